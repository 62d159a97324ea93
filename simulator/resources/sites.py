"""Local network gateways: what Azure knows of an on-premises VPN device."""

import re
from dataclasses import dataclass

from simulator import prefixes
from simulator.errors import fail
from simulator.resources import bgp
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.store import Json, Record

_NAME = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?", re.IGNORECASE
)
"""A domain name with at least two labels, the last of which is no number (RFC 1035, RFC 1123)."""


@dataclass(frozen=True)
class LocalGateway(Kind):
    """A local network gateway."""

    def check(self, request: Request) -> None:
        site = request.inputs
        texts = (site.get("localNetworkAddressSpace") or {}).get("addressPrefixes") or []
        nets = [prefixes.read(text, request.id) for text in texts]
        address, name = site.get("gatewayIpAddress"), site.get("fqdn")
        if bool(address) == bool(name):
            raise fail("CodeUnknown_VPN-44", id=request.id, what="give either gatewayIpAddress or fqdn")
        if address and getattr(prefixes.address(address), "version", None) != 4:
            raise fail("CodeUnknown_LNG", id=request.id, what=f"{address} is no IPv4 address")
        if name and not _NAME.fullmatch(name):
            raise fail("CodeUnknown_VPN-44", id=request.id, what=f"fqdn {name} is no domain name")
        if request.old is not None and bool(name) != bool(request.before.get("fqdn")):
            what = "it cannot be changed between an FQDN and an IP address: delete its connections and create another"
            raise fail("CodeUnknown_VPN-44", id=request.id, what=what)
        settings = site.get("bgpSettings")
        if not settings:
            if not nets:
                raise fail("CodeUnknown_LNG", id=request.id, what="without BGP it needs address prefixes")
            return
        asn, peer = settings.get("asn"), settings.get("bgpPeeringAddress") or ""
        if not asn or prefixes.address(peer) is None:
            raise fail("CodeUnknown_LNG", id=request.id, what="bgpSettings need asn and bgpPeeringAddress")
        if bgp.reserved(asn):
            raise fail("CodeUnknown_BGP-03", asn=asn, id=request.id)
        address = prefixes.address(peer)
        if bgp.is_apipa(peer) and any(address in net for net in nets):
            raise fail("CodeUnknown_BGP-08", address=peer, id=request.id, what="it is in the address space")

    def body(self, request: Request) -> Json:
        body = super().body(request)
        if body.get("bgpSettings"):
            body["bgpSettings"].setdefault("peerWeight", 0)
        return body

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        return body | {"resourceGuid": cloud.store.derive_uuid("guid", record.key, record.born)}

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        for connection in cloud.find("VirtualNetworkGatewayConnection"):
            if (connection.body.get("localNetworkGateway2") or {}).get("id", "").lower() == record.key:
                raise fail("CodeUnknown_DELETE-05", id=record.id, user=connection.id)


KINDS = (
    LocalGateway(
        "azure-native:network:LocalNetworkGateway",
        "Microsoft.Network/localNetworkGateways",
        ("localNetworkGatewayName",),
        "LocalNetworkGateway",
        duration="localNetworkGateway",
    ),
)
