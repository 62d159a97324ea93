"""BGP of gateways and sites: ASNs, peering addresses, APIPA."""

import ipaddress
from typing import Any

from simulator import prefixes
from simulator.errors import fail
from simulator.resources.base import Request
from simulator.store import Json, Record

AZURE_ASN = 65515
"""BGP-01: a gateway's ASN unless another is given."""
MICROSOFT_ASN = 12076
"""BGP-06: Microsoft's side of a private peering."""
_RESERVED = (
    range(8074, 8076),
    range(12076, 12077),
    range(65515, 65516),
    range(65517, 65521),
    range(23456, 23457),
    range(64496, 64512),
    range(65535, 65552),
    range(429496729, 429496730),
    range(4294967295, 4294967296),
)
"""BGP-03: ASNs on-premises may not use, Azure's and IANA's (429496729 as printed, and what it probably means)."""
APIPA = (ipaddress.ip_address("169.254.21.0"), ipaddress.ip_address("169.254.22.255"))
"""BGP-08: first and last custom address Azure takes."""
MAX_CUSTOM = 32
"""BGP-08."""


def reserved(asn: float) -> bool:
    """Whether on-premises may not have this ASN (BGP-03)."""
    return any(int(asn) in block for block in _RESERVED)


def is_apipa(text: str) -> bool:
    """Whether this is an address of 169.254.0.0/16."""
    found = prefixes.address(text)
    return found is not None and found in ipaddress.ip_network("169.254.0.0/16")


def check_gateway(request: Request) -> None:
    """The BGP part of a gateway's PUT."""
    gateway = request.inputs
    settings = gateway.get("bgpSettings") or {}
    if gateway.get("enableBgp"):
        for wrong, what in (
            (gateway["sku"]["name"] == "Basic", "SKU Basic has none"),
            (gateway.get("vpnType", "RouteBased") != "RouteBased", "it needs vpnType RouteBased"),
        ):
            if wrong:
                raise fail("CodeUnknown_BGP-05", id=request.id, what=what)
    given = settings.get("bgpPeeringAddress")
    known = (request.before.get("bgpSettings") or {}).get("bgpPeeringAddress")
    if given and known and given != known:
        raise fail("VirtualNetworkGatewayBgpPeeringAddressCannotBeModified", id=request.id)
    addresses = settings.get("bgpPeeringAddresses")
    if not addresses:
        return
    needed = len(gateway["ipConfigurations"])
    left = request.before.get("activeActive") and not gateway.get("activeActive")
    if left and needed == 1 and len(addresses) == len(request.before.get("ipConfigurations") or []):
        # Clients that read a gateway, take one ip configuration out and send it back leave both entries in (R).
        kept = f"{request.id}/ipConfigurations/{gateway['ipConfigurations'][0].get('name')}".lower()
        addresses = [entry for entry in addresses if (entry.get("ipconfigurationId") or "").lower() == kept]
    if len(addresses) != needed:
        raise fail("BgpPeeringAddressesCountNotCorrect", id=request.id, count=len(addresses), needed=needed)
    _check_custom(request, addresses)


def _check_custom(request: Request, addresses: list[Json]) -> None:
    configs = {f"{request.id}/ipConfigurations/{c.get('name')}".lower() for c in request.inputs["ipConfigurations"]}
    custom = [text for entry in addresses for text in entry.get("customBgpIpAddresses") or []]
    named = [(entry.get("ipconfigurationId") or "").lower() for entry in addresses]
    for entry, key in zip(addresses, named, strict=True):
        if key not in configs:
            raise fail("InvalidResourceReference", target=entry.get("ipconfigurationId"), id=request.id)
    if len(set(named)) < len(named):
        raise fail("CodeUnknown_VPN-41", id=request.id, what="an ip configuration is named twice")
    for text in custom:
        found = prefixes.address(text)
        if found is None or found.version != 4 or not APIPA[0] <= found <= APIPA[1]:  # type: ignore[operator]
            what = f"outside {APIPA[0]} to {APIPA[1]}"
            raise fail("CodeUnknown_BGP-08", address=text, id=request.id, what=what)
    if len(custom) > MAX_CUSTOM:
        raise fail("CodeUnknown_BGP-08", address=custom[-1], id=request.id, what=f"more than {MAX_CUSTOM}")
    if not request.inputs.get("activeActive") and len(custom) > 1:
        # VPN-41: "an active-passive VPN gateway only supports one custom BGP APIPA".
        raise fail("CodeUnknown_VPN-41", id=request.id, what="a gateway that is not active-active has one at most")
    if len(set(custom)) < len(custom):
        raise fail("CodeUnknown_BGP-08", address=custom[-1], id=request.id, what="given twice")


def check_connection(request: Request, gateway: Record, site: Json) -> None:
    """The custom BGP addresses of a connection's PUT. site: its local network gateway."""
    own = gateway.body["bgpSettings"]["bgpPeeringAddresses"]
    peer = prefixes.address(site["bgpSettings"]["bgpPeeringAddress"])
    for entry in own:
        if is_apipa(str(peer)) and not entry["customBgpIpAddresses"]:
            what = f"its BGP peer {peer} needs customBgpIpAddresses of {entry['ipconfigurationId']} too"
            raise fail("CodeUnknown_VPN-40", id=request.id, what=what)
        if str(peer) in (*entry["customBgpIpAddresses"], *entry["defaultBgpIpAddresses"]):
            raise fail("CodeUnknown_VPN-43", id=request.id, address=peer, gateway=gateway.id)
    chosen = request.inputs.get("gatewayCustomBgpIpAddresses") or []
    if not chosen:
        return
    of_gateway = {entry["ipconfigurationId"].lower(): entry["customBgpIpAddresses"] for entry in own}
    named = [(entry.get("ipConfigurationId") or "").lower() for entry in chosen]
    for entry, key in zip(chosen, named, strict=True):
        if key not in of_gateway:
            raise fail("InvalidResourceReference", target=entry.get("ipConfigurationId"), id=request.id)
        if entry.get("customBgpIpAddress") not in of_gateway[key]:
            what = f"{entry.get('customBgpIpAddress')} is none of {entry.get('ipConfigurationId')}"
            raise fail("CodeUnknown_VPN-41", id=request.id, what=what)
    if sorted(named) != sorted(of_gateway):
        what = f"{len(chosen)} are given, and the gateway has {len(of_gateway)} instances: one for each, used or not"
        raise fail("CodeUnknown_VPN-41", id=request.id, what=what)


def gateway_settings(request: Request, body: Json) -> Json:
    """A gateway's bgpSettings as Azure answers them, with the addresses it chose.

    The addresses follow the documents' examples: an active-passive gateway has the last usable address of the
    GatewaySubnet, an active-active one the fourth and fifth.
    """
    settings: dict[str, Any] = body.get("bgpSettings") or {}
    subnet = request.record(body["ipConfigurations"][0]["subnet"])
    assert subnet is not None
    text = subnet.body.get("addressPrefix") or subnet.body["addressPrefixes"][0]
    net = prefixes.read(text, subnet.id)
    configs = body["ipConfigurations"]
    offset = 4 if body["gatewayType"] == "Vpn" else 12
    own = [str(net[offset + index]) for index in range(len(configs))]
    if len(configs) == 1 and body["gatewayType"] == "Vpn":
        own = [str(net[-2])]
    if len(configs) == 1 and body["gatewayType"] == "ExpressRoute":
        own = [str(net[-4])]
    custom = {
        (entry.get("ipconfigurationId") or "").lower(): entry.get("customBgpIpAddresses") or []
        for entry in settings.get("bgpPeeringAddresses") or []
    }
    entries = []
    for config, address in zip(configs, own, strict=True):
        public = request.record(config.get("publicIPAddress"))
        entries.append(
            {
                "ipconfigurationId": config["id"],
                "defaultBgpIpAddresses": [address],
                "customBgpIpAddresses": custom.get(config["id"].lower(), []),
                "tunnelIpAddresses": [public.body["ipAddress"]] if public and public.body.get("ipAddress") else [],
            }
        )
    return {
        "asn": settings.get("asn") or AZURE_ASN,
        "peerWeight": settings.get("peerWeight") or 0,
        "bgpPeeringAddress": ",".join(own),
        "bgpPeeringAddresses": entries,
    }
