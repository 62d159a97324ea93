"""Virtual network gateways (VPN and ExpressRoute) and local network gateways."""

from dataclasses import dataclass

from simulator import durations
from simulator.errors import fail
from simulator.resources import bgp, gateway_skus, regions, skus
from simulator.resources.addresses import refuse_taken
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.networks import GATEWAY_SUBNET, ranges
from simulator.resources.peerings import spaces, users_of_gateways, uses_remote_gateways
from simulator.resources.sites import KINDS as SITE_KINDS
from simulator.store import Json, Record

LONGEST_PREFIX = {"Vpn": 29, "ExpressRoute": 27}
"""GW-05: a VPN gateway alone may be in a /29; an ExpressRoute gateway needs a /27."""
COEXISTENCE_PREFIX = 27
"""GW-04."""
SCALED_PREFIX = 26
"""GW-08."""


def network_of(gateway: Json) -> str:
    """Id of the virtual network a gateway is in, in lower case; empty without ip configurations."""
    for config in gateway.get("ipConfigurations") or []:
        subnet = (config.get("subnet") or {}).get("id", "")
        if "/subnets/" in subnet:
            return subnet.rsplit("/subnets/", 1)[0].lower()
    return ""


def gateways_of(cloud: AnyCloud, network: str) -> list[Record]:
    """The gateways in a virtual network, whatever their state."""
    return [gateway for gateway in cloud.find("VirtualNetworkGateway") if network_of(gateway.body) == network.lower()]


def connections_of(cloud: AnyCloud, gateway: str) -> list[Record]:
    """The connections of a gateway, whatever their state."""
    return [
        connection
        for connection in cloud.find("VirtualNetworkGatewayConnection")
        for name in ("virtualNetworkGateway1", "virtualNetworkGateway2")
        if (connection.body.get(name) or {}).get("id", "").lower() == gateway.lower()
    ]


def circuit_of(connection: Json) -> str:
    """Id of the circuit of an ExpressRoute connection, in lower case; empty for others."""
    return (connection.get("peer") or {}).get("id", "").lower()


def connections_to(cloud: AnyCloud, circuit: str) -> list[Record]:
    """The connections to a circuit, whatever their state."""
    found = cloud.find("VirtualNetworkGatewayConnection")
    return [connection for connection in found if circuit_of(connection.body) == circuit.lower()]


def scale_bounds(gateway: Json) -> Json:
    """The bounds of an ErGwScale gateway's scale units; empty when nothing is said."""
    return (gateway.get("autoScaleConfiguration") or {}).get("bounds") or {}


def scale_units(gateway: Json) -> int:
    """The least number of scale units of an ErGwScale gateway; 1 when nothing is said."""
    return int(scale_bounds(gateway).get("min") or 1)


@dataclass(frozen=True)
class Gateway(Kind):
    """A virtual network gateway."""

    def minutes(self, request: Request) -> float:
        if request.old is None:
            return durations.minutes("gateway", "create")
        old, new = ((body["sku"]["name"], scale_bounds(body)) for body in (request.before, request.inputs))
        if old != new:
            return durations.minutes("gateway", "resize")
        return durations.minutes("gateway", "update")

    def minutes_delete(self, cloud: AnyCloud, record: Record) -> float:
        vpn = record.body["gatewayType"] == "Vpn"
        return durations.minutes("vpnGateway" if vpn else "expressRouteGateway", "delete")

    def check(self, request: Request) -> None:
        gateway = request.inputs
        for name in ("gatewayType", "sku", "ipConfigurations"):
            if not gateway.get(name):
                raise fail("InvalidRequestFormat", detail=f"missing required property '{name}'")
        if not gateway["sku"].get("name"):
            raise fail("InvalidRequestFormat", detail="missing required property 'sku.name'")
        subnet = self._check_subnet(request)
        self._check_immutable(request)
        gateway_skus.check_sku(request)
        self._check_others(request, subnet)
        self._check_size(request, subnet)
        self._check_configurations(request)
        self._check_addresses(request)
        bgp.check_gateway(request)
        gateway_skus.check_nat(request)
        if request.old is not None and gateway["sku"]["name"] in skus.VPN_NON_AZ:
            raise fail("CodeUnknown_VPN-04", id=request.id, sku=gateway["sku"]["name"])

    def _check_subnet(self, request: Request) -> Record:
        found: list[Record] = []
        for config in request.inputs["ipConfigurations"]:
            subnet = request.record(config.get("subnet"))
            if subnet is None:
                raise fail("InvalidRequestFormat", detail="Subnet reference is required for ipconfiguration")
            if subnet.name != GATEWAY_SUBNET:
                raise fail("CodeUnknown_GW-01", id=request.id, subnet=subnet.id)
            request.near(request.cloud.store.get(subnet.parent), request.record(config.get("publicIPAddress")))
            found.append(subnet)
        return found[0]

    def _check_immutable(self, request: Request) -> None:
        request.immutable("gatewayType", "vpnType", "vpnGatewayGeneration")
        if request.old is None:
            return
        request.immutable(**{"ipConfigurations.subnet": (network_of(request.before), network_of(request.inputs))})
        old, new = ({_address(c) for c in body["ipConfigurations"]} for body in (request.before, request.inputs))
        if not old <= new and not request.inputs.get("activeActive") and request.before.get("activeActive"):
            return  # leaving active-active gives one address back
        if not old <= new:
            raise fail("CodeUnknown_PIP-08", id=request.id)

    @staticmethod
    def _check_size(request: Request, subnet: Record) -> None:
        kind, sku = request.inputs["gatewayType"], request.inputs["sku"]["name"]
        length = max(net.prefixlen for net in ranges(subnet.body, subnet.id) if net.version == 4)
        if sku == "UltraPerformance" and length > LONGEST_PREFIX[kind]:
            raise fail(
                "GatewaySubnetTooSmallForExpressrouteUltraPerformanceGatewaySku", subnet=subnet.id, length=length
            )
        if length > LONGEST_PREFIX[kind]:
            raise fail("CodeUnknown_GW-05", subnet=subnet.id, length=length, needed=LONGEST_PREFIX[kind])
        if sku == "ErGwScale" and length > SCALED_PREFIX:
            raise fail("CodeUnknown_GW-08", subnet=subnet.id, length=length)

    def _check_others(self, request: Request, subnet: Record) -> None:
        cloud, kind = request.cloud, request.inputs["gatewayType"]
        network = network_of(request.inputs)
        others = [other for other in gateways_of(cloud, network) if other.key != request.id.lower()]
        if peering := uses_remote_gateways(cloud, network):
            raise fail("CodeUnknown_EXIST-05", id=request.id, peering=peering.id)
        for other in others:
            if other.body["gatewayType"] == kind:
                raise fail("CodeUnknown_GW-03", vnet=network, type=kind, other=other.id)
        if not others:
            return
        vpn = request.inputs if kind == "Vpn" else others[0].body
        length = max(net.prefixlen for net in ranges(subnet.body, subnet.id) if net.version == 4)
        if length > COEXISTENCE_PREFIX:
            raise fail("CodeUnknown_GW-04", subnet=subnet.id, length=length)
        if vpn.get("vpnType", "RouteBased") != "RouteBased":
            raise fail("CodeUnknown_VPN-01", id=request.id)
        if vpn["sku"]["name"] == "Basic":
            raise fail("CodeUnknown_VPN-02")
        asn = (vpn.get("bgpSettings") or {}).get("asn") or bgp.AZURE_ASN
        if asn != bgp.AZURE_ASN:
            raise fail("CodeUnknown_BGP-01", asn=asn, id=request.id)
        home = cloud.store.get(network)
        dual = home is not None and any(net.version == 6 for net in spaces(home.body, home.id))
        if dual and not cloud.options.dual_stack_coexistence:
            raise fail("CodeUnknown_ER-10", vnet=network)
        if cloud.options.expressroute_first and kind == "ExpressRoute" and request.old is None:
            raise fail("CodeUnknown_ORDER-03")

    @staticmethod
    def _check_configurations(request: Request) -> None:
        gateway = request.inputs
        count = len(gateway["ipConfigurations"])
        if not gateway.get("activeActive"):
            if count != 1:
                raise fail("CodeUnknown_IPCONFIG", id=request.id, count=count)
            return
        for wrong, what in (
            (gateway["gatewayType"] != "Vpn", "an ExpressRoute gateway"),
            (gateway["sku"]["name"] == "Basic", "SKU Basic"),
            (gateway.get("vpnType", "RouteBased") != "RouteBased", "vpnType PolicyBased"),
        ):
            if wrong:
                raise fail("CodeUnknown_VPN-11", id=request.id, what=what)
        if (gateway.get("vpnClientConfiguration") or {}).get("vpnClientAddressPool"):
            if count != 3:
                raise fail("CodeUnknown_VPN-12")
        elif count != 2:
            raise fail("ActiveActiveGatewayMustHaveExactlyTwoIpConfigurations", id=request.id, count=count)

    def _check_addresses(self, request: Request) -> None:
        for config in request.inputs["ipConfigurations"]:
            address = request.record(config.get("publicIPAddress"))
            if request.inputs["gatewayType"] == "Vpn":
                if address is None:
                    raise fail("PublicIpForGatewayIsRequired", id=request.id, name=config.get("name"))
                self._check_vpn_address(request, address)
            else:
                self._check_er_address(request, address)
            if address is not None:
                refuse_taken(request, address)

    @staticmethod
    def _check_vpn_address(request: Request, address: Record) -> None:
        sku, options = request.inputs["sku"]["name"], request.cloud.options
        if address.body["sku"]["name"] == "Basic":
            # VPN-07: a gateway of SKU Basic that is there already keeps its Basic address.
            if sku != "Basic" or request.old is None:
                raise fail("PublicIpWithBasicSkuNotAllowedOnVPNGateways", pip=address.id)
            return
        zones = address.body.get("zones") or []
        location = request.inputs["location"]
        needed = location in regions.WITH_ZONES and location not in options.regions_without_zones
        if sku in skus.VPN_AZ and not zones and (needed or options.zones_checked_everywhere):
            raise fail("VmssVpnGatewayPublicIpsMustHaveZonesConfigured")
        if sku in skus.VPN_NON_AZ and zones:
            raise fail("RegionalVmssVpnGatewayPublicIpsMustNotHaveZonesConfigured")

    @staticmethod
    def _check_er_address(request: Request, address: Record | None) -> None:
        if address is not None and address.body["sku"]["name"] == "Basic":
            raise fail("PublicIpWithBasicSkuNotAllowedOnExpressRouteGateways", pip=address.id)
        rule = request.cloud.options.er_gateway_public_ip
        if rule == "required" and address is None:
            raise fail("CodeUnknown_PIP-11", id=request.id, what="required")
        if rule == "refused" and address is not None:
            raise fail("CodeUnknown_PIP-11", id=request.id, what="refused")

    def body(self, request: Request) -> Json:
        body = super().body(request)
        name, vpn = body["sku"]["name"], body["gatewayType"] == "Vpn"
        body["sku"] = {"capacity": 2, "tier": name, **body["sku"]}
        body.setdefault("vpnType", "RouteBased")
        generation = skus.default_generation(name) if vpn else "None"
        body["vpnGatewayGeneration"] = (
            body.get("vpnGatewayGeneration") or request.before.get("vpnGatewayGeneration") or generation
        )
        for config in body["ipConfigurations"]:
            config.setdefault("privateIPAllocationMethod", "Dynamic")
        body["bgpSettings"] = bgp.gateway_settings(request, body)
        if name == "ErGwScale" and not body.get("autoScaleConfiguration"):
            # It has a scale whatever was sent: the smallest fixed one that its page allows (ER-05; I).
            body["autoScaleConfiguration"] = {"bounds": {"min": 1, "max": 1}}
        return body

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        return body | {"resourceGuid": cloud.store.derive_uuid("guid", record.key, record.born)}

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        if found := connections_of(cloud, record.key):
            raise fail("VirtualNetworkGatewayCannotBeDeleted", id=record.id, user=found[0].id)
        # What ARM says is not known (SPOKE-10): what a spoke uses must not go, whether Azure minds or not.
        if used := users_of_gateways(cloud, network_of(record.body)):
            raise fail("CodeUnknown_SPOKE-10", id=record.id, peering=used[0].id)


def _address(config: Json) -> str:
    return (config.get("publicIPAddress") or {}).get("id", "").lower()


KINDS = (
    Gateway(
        "azure-native:network:VirtualNetworkGateway",
        "Microsoft.Network/virtualNetworkGateways",
        ("virtualNetworkGatewayName",),
        "VirtualNetworkGateway",
        duration="gateway",
        children=(("ipConfigurations", "ipConfigurations"), ("natRules", "natRules")),
        defaults={
            "activeActive": False,
            "enableBgp": False,
            "enablePrivateIpAddress": False,
            "disableIPSecReplayProtection": False,
            "allowRemoteVnetTraffic": False,
            "allowVirtualWanTraffic": False,
            # A GET that Cloudflare's page on Azure as a third party of its tunnels quotes (API 2022-05-01) has these.
            "natRules": [],
            "virtualNetworkGatewayPolicyGroups": [],
            "enableBgpRouteTranslationForNat": False,
        },
    ),
    *SITE_KINDS,
)
