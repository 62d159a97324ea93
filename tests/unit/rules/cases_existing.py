"""What is there already: the stack `dev` in a network with both gateways that others own, and what does not fit."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any, NamedTuple

from components.rules import Problem
from components.rules.there import Existing, GatewayThere, NetworkThere, RouteTableThere, SubnetThere
from simulator.ids import SUBSCRIPTION
from tests.unit.rules.changes import ASG, OTHER, OTHER_ASG, ROUTE_MODEL, case, changed, circuit, keys
from topology.reading import read
from topology.settings.judge_existing import azure_problems, own_problems
from topology.settings.model import Settings

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers/Microsoft.Network"
NETWORK, TABLE = f"{GROUP}/virtualNetworks/hub", f"{GROUP}/routeTables/rt"
EXPRESS_ROUTE, VPN = f"{GROUP}/virtualNetworkGateways/er", f"{GROUP}/virtualNetworkGateways/vpn"
USER = "{}/ipConfigurations/default"

BROWN_FIELD: dict[str, Any] = {
    "network.existing": {"id": NETWORK, "gatewaySubnet": "adopt"},
    "expressRoute.gateway": {"existing": {"id": EXPRESS_ROUTE}},
    "vpn.gateway": {"existing": {"id": VPN}},
}
"""Changes of `dev`: network and gateways are there already."""
MADE = {
    "expressRoute.gateway": {"sku": "ErGw1AZ"},
    "vpn.gateway": {"sku": "VpnGw1AZ"},
    "network.existing": {"id": NETWORK},
}
"""Gateways, and their subnet, that are made in an existing network."""
GATEWAY_SUBNET = SubnetThere(
    "GatewaySubnet", (IPv4Network("10.20.255.192/26"),), users=(USER.format(EXPRESS_ROUTE), USER.format(VPN))
)
OWN_SUBNET = replace(GATEWAY_SUBNET, users=(USER.format(f"{GROUP}/virtualNetworkGateways/own"),))
EMPTY = replace(GATEWAY_SUBNET, users=())
HUB = NetworkThere(
    NETWORK,
    "westus2",
    (IPv4Network("10.20.0.0/16"),),
    (GATEWAY_SUBNET, SubnetThere("theirs", (IPv4Network("10.20.9.0/24"),))),
    gateway_subnet=GATEWAY_SUBNET,
)
WITHOUT_GATEWAYS = replace(HUB, subnets=(), gateway_subnet=None)
THERE = Existing(
    HUB,
    GatewayThere(EXPRESS_ROUTE, "ExpressRoute", "ErGw1AZ", "", "westus2", "Succeeded", NETWORK),
    GatewayThere(
        id=VPN,
        type="Vpn",
        sku="VpnGw1AZ",
        generation="Generation1",
        location="westus2",
        network=NETWORK,
        vpn_type="RouteBased",
        active_active=True,
        bgp=True,
        apipa_addresses=(("169.254.21.2",), ("169.254.22.2",)),
    ),
)
"""What Azure says of them, all as it has to be."""


class Owned(NamedTuple):
    """A resource in the stack's own state."""

    type: str
    name: str


OWN = (Owned("Subnet", "web"), Owned("Subnet", "data"), Owned("Subnet", "management"))


@dataclass(frozen=True)
class Brown:
    """A brown field: changes of the settings, what Azure says, and what the stack has by its own state."""

    changes: Mapping[str, Any]
    there: Existing = THERE
    own: Collection[Owned] = OWN


def said(field: Brown) -> list[Problem]:
    """What Azure's answers, and the settings with them, are told of; not the failover's own."""
    told: list[Problem] = []

    def ask(settings: Settings) -> Existing:
        told.extend(own_problems(settings, field.own))
        told.extend(azure_problems(settings, field.there, field.own))
        return field.there

    _, problems = read(changed({**BROWN_FIELD, **field.changes}), keys("hq"), ask)
    return [*told, *(problem for problem in problems if problem.rule not in ROUTE_MODEL)]


def network(**more: Any) -> Existing:
    """The network is otherwise."""
    return replace(THERE, network=replace(HUB, **more))


def subnet(**more: Any) -> Existing:
    """Its GatewaySubnet is otherwise."""
    return network(gateway_subnet=replace(GATEWAY_SUBNET, **more))


def vpn(**more: Any) -> Existing:
    """The VPN gateway is otherwise."""
    assert THERE.vpn_gateway
    return replace(THERE, vpn_gateway=replace(THERE.vpn_gateway, **more))


def express_route(**more: Any) -> Existing:
    """The ExpressRoute gateway is otherwise."""
    assert THERE.express_route_gateway
    return replace(THERE, express_route_gateway=replace(THERE.express_route_gateway, **more))


class Told(NamedTuple):
    """One line of what is said: how severe, where, some of its words, and the rule."""

    severity: str
    path: str
    words: str
    rule: str


class ExistingCase(NamedTuple):
    """A rule, a brown field that breaks it, and all that is said."""

    rule: str
    field: Brown
    said: tuple[Told, ...]


def _case(
    rule: str,
    there: Existing,
    path: str,
    words: str,
    *more: Told,
    changes: Mapping[str, Any] | None = None,
    own: Collection[Owned] = OWN,
    severity: str = "error",
) -> ExistingCase:
    return ExistingCase(rule, Brown(changes or {}, there, own), (Told(severity, path, words, rule), *more))


_HUB, _VPN, _LOCATION = "network.existing.id", "vpn.gateway.existing.id", "azure-native:location"
_STANDBY = Told("warning", _VPN, "one active instance", "VPN-13")
_SERVER = Told("warning", _HUB, "has a Route Server", "EXIST-09")
_TAKEN = Told("error", _HUB, "use it as it is (existing: {id})", "GW-03")
_APIPA = {"asn": 65010, "peerAddress": "169.254.21.1", "gatewayAddresses": ["169.254.21.2", "169.254.22.3"]}
_ADOPT = {"network.existing": {"id": NETWORK, "gatewaySubnet": "adopt"}}
_SMALL = (
    network(gateway_subnet=replace(EMPTY, prefixes=(IPv4Network("10.20.255.192/28"),))),
    "network.existing.id",
    "its GatewaySubnet 10.20.255.192/28 has 16 addresses",
)
_RG = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/RG-dev/providers/Microsoft.Network"
_OWN_VPN, _OWN_CIRCUIT = f"{_RG}/virtualNetworkGateways/vgw-dev-vpn", f"{_RG}/expressRouteCircuits/erc-dev-primary"
_OWN_NETWORK, _CALLED_NETWORK = f"{_RG}/virtualNetworks/vnet-dev", f"{_RG}/expressRouteCircuits/erc-dev-network"
_ROUTE_SERVER = SubnetThere("RouteServerSubnet", users=(f"{GROUP}/virtualHubs/rs/ipConfigurations/a",))

EXISTING = (
    _case("EXIST-01", network(location="eastus"), _LOCATION, "hub (network.existing.id) is in eastus"),
    _case("EXIST-01", replace(vpn(location="eastus"), network=replace(HUB, location="")), _LOCATION, "say eastus"),
    _case(
        "EXIST-02",
        network(prefixes=(IPv4Network("10.20.0.0/16"), IPv4Network("10.9.0.0/16"))),
        "network.addressSpace",
        "10.20.0.0/16 is said, but hub has 10.9.0.0/16, 10.20.0.0/16",
    ),
    _case("EXIST-02", network(prefixes=(IPv4Network("10.20.0.0/17"),)), "network.addressSpace", "has 10.20.0.0/17"),
    _case("EXIST-02", subnet(delegations=("Microsoft.Web/serverFarms",)), _HUB, "Microsoft.Web/serverFarms"),
    _case("EXIST-03", subnet(service_endpoint_policies=("policy",)), _HUB, "service endpoint policy policy"),
    _case("EXIST-05", network(uses_gateways_of=("to-hub",)), _HUB, "peering to-hub, useRemoteGateways"),
    _case(
        "EXIST-06",
        network(gateway_subnet=EMPTY),
        "network.gatewaySubnet",
        "say gatewaySubnet: adopt",
        changes=MADE,
        own=(),
    ),
    _case(
        "EXIST-06",
        network(gateway_subnet=EMPTY),
        "network.gatewaySubnet",
        "operations recover",
        changes=MADE,
        severity="warning",
    ),
    _case(
        "EXIST-06",
        network(subnets=(SubnetThere("SNET-dev-web", (IPv4Network("10.20.1.0/24"),)),)),
        "network.tiers[0].subnet",
        "names.subnets.web",
        own=(),
    ),
    _case(
        "EXIST-06",
        network(subnets=(SubnetThere("AzureBastionSubnet", (IPv4Network("10.20.254.0/26"),)),)),
        "network.management.bastionSubnet",
        "leave out network.management",
        own=(),
    ),
    _case(
        "EXIST-08",
        network(subnets=(SubnetThere("theirs", (IPv4Network("10.20.1.0/25"),)),)),
        "network.tiers[0].subnet",
        "10.20.1.0/24 overlaps 10.20.1.0/25, subnet theirs of hub",
    ),
    _case("EXIST-09", network(subnets=(_ROUTE_SERVER,)), _HUB, "has a Route Server", severity="warning"),
    _case(
        "RS-04",
        replace(vpn(active_active=False), network=replace(HUB, subnets=(_ROUTE_SERVER,))),
        _VPN,
        "one active instance, but hub has a Route Server",
        _STANDBY,
        _SERVER,
    ),
    _case(
        "RS-04",
        Existing(replace(WITHOUT_GATEWAYS, subnets=(_ROUTE_SERVER,))),
        "vpn.gateway.activeActive",
        "one active instance, but hub has a Route Server",
        Told("warning", "vpn.gateway.activeActive", "one active instance", "VPN-13"),
        _SERVER,
        changes={**MADE, "vpn.gateway": {"sku": "VpnGw1AZ", "activeActive": False}},
    ),
    _case("EXIST-12", vpn(network=f"{GROUP}/virtualNetworks/other"), _VPN, "vpn is in network"),
    _case(
        "EXIST-13",
        network(gateway_subnet=replace(GATEWAY_SUBNET, users=(USER.format(EXPRESS_ROUTE), USER.format(_OWN_VPN)))),
        _VPN,
        f"{_OWN_VPN} is this stack's own, and would be deleted",
        changes={"vpn.gateway": {"existing": {"id": _OWN_VPN}}},
        own=(*OWN, Owned("VirtualNetworkGateway", "vpn")),
    ),
    _case(
        "EXIST-13",
        network(),
        "expressRoute.circuits[0].existing.id",
        "`pulumi state delete` with the URN of its ExpressRouteCircuit primary",
        changes={"expressRoute.circuits": [{"name": "primary", "existing": {"id": _OWN_CIRCUIT}, "connect": "always"}]},
        own=(*OWN, Owned("ExpressRouteCircuit", "primary")),
    ),
    _case(
        "EXIST-13",
        network(id=_OWN_NETWORK),
        _HUB,
        f"{_OWN_NETWORK} is this stack's own",
        Told("error", "expressRoute.circuits[0].existing.id", "is this stack's own", "EXIST-13"),
        Told("error", _VPN, "this one is", "EXIST-12"),
        Told("error", "expressRoute.gateway.existing.id", "this one is", "EXIST-12"),
        changes={
            "network.existing": {"id": _OWN_NETWORK, "gatewaySubnet": "adopt"},
            # Whatever a circuit is called, it is no network.
            "expressRoute.circuits": [{"name": "network", "existing": {"id": _CALLED_NETWORK}, "connect": "always"}],
        },
        own=(*OWN, Owned("VirtualNetwork", "hub"), Owned("ExpressRouteCircuit", "network")),
    ),
    _case("GW-02", subnet(users=("nic/ipConfigurations/a",)), _HUB, "nic/ipConfigurations/a is in its GatewaySubnet"),
    _case("GW-03", network(), _HUB, f"gateway {VPN} is in its", changes={"vpn.gateway": {"sku": "VpnGw1AZ"}}),
    _case("GW-03", network(), _HUB, f"gateway {VPN} is in its", _TAKEN, changes={**MADE, **_ADOPT}),
    _case("GW-04", *_SMALL, changes={**MADE, **_ADOPT}),
    _case("GW-11", subnet(network_security_group="nsg"), _HUB, "has network security group nsg"),
    _case("GW-12", network(gateway_subnet_routes=RouteTableThere("rt", ("0.0.0.0/0",))), _HUB, "route for 0.0.0.0/0"),
    _case("GW-13", network(gateway_subnet_routes=RouteTableThere("rt", (), propagates=False)), _HUB, "does not learn"),
    _case("GW-19", network(gateway_subnet=None), _HUB, "has no GatewaySubnet to adopt"),
    _case(
        "GW-19", subnet(prefixes=(IPv4Network("10.20.255.0/26"),)), "network.gatewaySubnet", "ask for 10.20.255.0/26"
    ),
    _case("GW-20", express_route(type="Vpn"), "expressRoute.gateway.existing.id", "ExpressRoute is needed"),
    _case("GW-21", vpn(state="Failed"), _VPN, "vpn is Failed"),
    _case("GW-21", vpn(state="Updating"), _VPN, "vpn is Updating", severity="warning"),
    _case(
        "GW-22",
        network(gateway_subnet_routes=RouteTableThere("rt", ("10.20.1.0/24",))),
        _HUB,
        "routes of its own (10.20.1.0/24)",
        severity="warning",
    ),
    _case("VPN-01", vpn(vpn_type="PolicyBased"), _VPN, "must be route-based"),
    _case("VPN-02", vpn(sku="Basic"), _VPN, "is of SKU Basic"),
    _case("VPN-13", vpn(active_active=False), _VPN, "has one active instance", severity="warning"),
    _case(
        "BGP-01",
        vpn(asn=65020),
        _VPN,
        "has ASN 65020, but beside an ExpressRoute gateway it must be 65515",
    ),
    _case("BGP-05", vpn(asn=65010), "vpn.sites[0].bgp.asn", "65010 is", Told("error", _VPN, "has ASN 65010", "BGP-01")),
    _case("BGP-05", vpn(bgp=False), "vpn.sites[0].bgp", "BGP is off"),
    _case(
        "VPN-41",
        network(),
        "vpn.sites[0].bgp.gatewayAddresses[1]",
        "169.254.22.3 is no APIPA address of the gateway's instance 1, which has 169.254.22.2",
        changes={"vpn.sites[0].bgp": _APIPA},
    ),
    _case(
        "ER-02",
        network(),
        "expressRoute.circuits",
        "5 circuits are connected, SKU ErGw1AZ takes 4",
        changes={"expressRoute.circuits": [circuit(n) for n in range(5)]},
    ),
    _case(
        "ER-04",
        network(),
        "expressRoute.circuits[0].fastPath",
        "the gateway's SKU is ErGw1AZ",
        changes={"expressRoute.circuits[0].fastPath": True},
    ),
    _case(
        "LIMIT-11",
        network(),
        _VPN,
        "VpnGw1AZ (Generation1) carries 650 Mbps, the circuit 1000",
        changes={"expressRoute.circuits[0].bandwidthInMbps": 1000},
        severity="warning",
    ),
)
"""What does not fit, and all that is said of it."""

RIGHT = (
    Brown({}),
    # Given away: in the state no more.
    Brown(
        {"vpn.gateway": {"existing": {"id": _OWN_VPN}}},
        network(gateway_subnet=replace(GATEWAY_SUBNET, users=(USER.format(EXPRESS_ROUTE), USER.format(_OWN_VPN)))),
    ),
    Brown({}, own=(*OWN, Owned("VirtualNetworkGateway", "vpn"))),
    Brown(MADE, replace(Existing(), network=WITHOUT_GATEWAYS)),
    Brown({**MADE, "network.existing.gatewaySubnet": "adopt"}, network(gateway_subnet=EMPTY)),
    Brown({"vpn.gateway": {"sku": "VpnGw1AZ"}}, subnet(users=(USER.format(EXPRESS_ROUTE),))),
    Brown({}, network(location="West US 2")),
    Brown({}, network(subnets=(SubnetThere("snet-dev-web", (IPv4Network("10.20.1.0/25"),)),))),
    Brown({}, network(subnets=(SubnetThere("RouteServerSubnet"),))),
    # This stack's own, though its state was lost: `operations recover` finds it.
    Brown(
        {},
        network(subnets=(SubnetThere("snet-dev-web", network_security_group="x/networkSecurityGroups/NSG-dev-web"),)),
        (),
    ),
    Brown(
        {},
        network(subnets=(SubnetThere("AzureBastionSubnet", users=("x/bastionHosts/bas-dev/ipConfigurations/a",)),)),
        (),
    ),
    Brown(
        {**MADE, "names": {"vpnGateway": "own"}},
        Existing(replace(WITHOUT_GATEWAYS, subnets=(OWN_SUBNET,), gateway_subnet=OWN_SUBNET)),
        (),
    ),
    # Older than the limit, and Azure's affair since nothing is made in it.
    Brown({"network.gatewaySubnet": "10.20.255.192/28"}, subnet(prefixes=(IPv4Network("10.20.255.192/28"),))),
    # A second gateway of the type, which a migration prepares.
    Brown({}, subnet(users=tuple(USER.format(id) for id in (EXPRESS_ROUTE, VPN, f"{VPN}-new")))),
    Brown({}, network(gateway_subnet_routes=RouteTableThere(TABLE))),
    Brown({"vpn.sites[0].bgp": {**_APIPA, "gatewayAddresses": ["169.254.21.2", "169.254.22.2"]}}),
    Brown({"expressRoute.circuits[0].fastPath": True}, express_route(sku="ErGw3AZ")),
    Brown({}, vpn(network=NETWORK.upper(), sku="VpnGw1")),
)
"""What fits: nothing is said."""

_AS_IT_IS = "is there already, and is used as it is: this has no effect; remove it [EXIST-11]"
_DNS = {"network.existing": {"id": NETWORK}, "network.dnsServers": ["168.63.129.16"]}
_ROUTE = {"name": "own", "prefix": "10.20.0.0/16", "nextHopType": "VnetLocal"}
_EXPRESS_ROUTE_ALONE = {"expressRoute.gateway": {"existing": {"id": EXPRESS_ROUTE}}}
_THEIR_CIRCUIT = {"name": "theirs", "existing": {"id": f"{GROUP}/expressRouteCircuits/c"}, "connect": "always"}
_THEIR_TIER = {"name": "theirs", "subnet": "10.20.9.0/24"}
_THEIR_SPOKE = {"name": "shop", "addressSpace": ["10.30.0.0/16"], "existing": {"id": f"{GROUP}/virtualNetworks/shop"}}

OF_EXISTING = (
    case(
        "GW-20",
        {**BROWN_FIELD, "vpn.gateway": {"existing": {"id": VPN.replace(SUBSCRIPTION, OTHER)}}},
        f"error vpn.gateway.existing.id: the gateway is in subscription {OTHER}, this stack deploys to {SUBSCRIPTION}; "
        "connections are made in the subscription of their gateway: deploy there [GW-20]",
    ),
    case(
        "SUB-01",
        {
            "network.existing": {"id": NETWORK},
            "network.tiers[0].allow[0].sources": [OTHER_ASG],
            "network.tiers[1].allow[0].sources": [ASG],
        },
        f"error network.tiers[0].allow[0].sources[0]: the application security group is in subscription {OTHER}, and "
        f"the tier is in {SUBSCRIPTION}; a security rule names groups of its own subscription only; name one of "
        f"{SUBSCRIPTION}, or prefixes [SUB-01]",
    ),
    case(
        "CIRCUIT-20",
        {
            "network.existing": {"id": NETWORK},
            "expressRoute.circuits[0]": {
                "name": "theirs",
                "existing": {"id": f"{GROUP.replace(SUBSCRIPTION, OTHER)}/expressRouteCircuits/c"},
                "connect": "always",
            },
        },
        f"error expressRoute.circuits[0].existing.id: the circuit is in subscription {OTHER}, this stack deploys to "
        f"{SUBSCRIPTION}, and there is no authorization key; ask the circuit's owner for one, and set it with: pulumi "
        "config set --secret --path 'circuitAuthorizationKeys.theirs' [CIRCUIT-20]",
    ),
    case("EXIST-11", _DNS, f"error network.dnsServers: the network {_AS_IT_IS}"),
    case(
        "EXIST-11",
        {
            "network.existing": {"id": NETWORK},
            "network.tiers[0].existing": {"id": f"{NETWORK}/subnets/web"},
            "network.tiers[0].allow": [{"sources": ["onPremises"], "ports": [443]}],
        },
        f"error network.tiers[0].allow: the subnet {_AS_IT_IS}",
        f"error network.tiers[0].loadBalancer: the subnet {_AS_IT_IS}",
    ),
    case(
        "ID-01",
        {"network.tiers[2]": {**_THEIR_TIER, "existing": {"id": "snet"}}},
        "error network.tiers[2].existing.id: 'snet' is no id of subnets; such a one is "
        "/subscriptions/ID/.../subnets/NAME [ID-01]",
    ),
    case(
        "ID-01",
        {
            "network.tiers[2]": {**_THEIR_TIER, "existing": {"id": f"{NETWORK}/subnets/"}},
            "network.existing": {"id": NETWORK},
        },
        f"error network.tiers[2].existing.id: '{NETWORK}/subnets/' is no id of subnets; such a one is "
        "/subscriptions/ID/.../subnets/NAME [ID-01]",
    ),
    case(
        "EXIST-14",
        {"network.tiers[2]": {**_THEIR_TIER, "existing": {"id": f"{NETWORK}/subnets/theirs"}}},
        "error network.tiers[2].existing.id: the subnet is in network hub, its tier in vnet-dev; name a subnet of "
        "vnet-dev, or the network itself in existing [EXIST-14]",
    ),
    case(
        "EXIST-14",
        {
            "network.existing": {"id": NETWORK},
            "network.tiers[2]": {**_THEIR_TIER, "existing": {"id": f"{NETWORK}/subnets/theirs"}},
            "network.tiers[3]": {
                "name": "again",
                "subnet": "10.20.10.0/24",
                "existing": {"id": f"{NETWORK}/subnets/Theirs"},
            },
        },
        "error network.tiers[3].existing.id: the same subnet is network.tiers[2].existing.id; join the two tiers, or "
        "name another subnet [EXIST-14]",
    ),
    case(
        "NAME-04",
        {
            "network.existing": {"id": NETWORK},
            "network.tiers[2]": {**_THEIR_TIER, "existing": {"id": f"{NETWORK}/subnets/GatewaySubnet"}},
        },
        "error network.tiers[2].existing.id: GatewaySubnet is the subnet of one of Azure's own services, which takes "
        "no machines; name another [NAME-04]",
    ),
    case(
        "EXIST-11",
        {**_ADOPT, "network.gatewaySubnetRoutes": [_ROUTE]},
        f"error network.gatewaySubnetRoutes: the GatewaySubnet {_AS_IT_IS}",
    ),
    case(
        "EXIST-11",
        {
            **BROWN_FIELD,
            "expressRoute.gateway": {"existing": {"id": EXPRESS_ROUTE}, "sku": "ErGwScale", "minScaleUnits": 2},
        },
        f"error expressRoute.gateway.sku: the gateway {_AS_IT_IS}",
        f"error expressRoute.gateway.minScaleUnits: the gateway {_AS_IT_IS}",
    ),
    case(
        "EXIST-11",
        {
            **BROWN_FIELD,
            "vpn.gateway": {
                **{"existing": {"id": VPN}, "sku": "VpnGw1AZ", "generation": "Generation1", "activeActive": True},
                **{"zones": ["1"], "asn": 65515},
            },
        },
        *(
            f"error vpn.gateway.{name}: the gateway {_AS_IT_IS}"
            for name in ("sku", "generation", "activeActive", "asn")
        ),
    ),
    case(
        "EXIST-11",
        {**BROWN_FIELD, "serializeGateways": True},
        "error serializeGateways: true, but a gateway is there already, so there is nothing to wait for; remove it "
        "[EXIST-11]",
    ),
    case(
        "EXIST-11",
        {"expressRoute.circuits[0]": {**_THEIR_CIRCUIT, "tier": "Premium", "family": "MeteredData"}},
        f"error expressRoute.circuits[0].family: the circuit {_AS_IT_IS}",
    ),
    case(
        "EXIST-11",
        {"network.spokes": [{**_THEIR_SPOKE, "dnsServers": ["168.63.129.16"]}]},
        f"error network.spokes[0].dnsServers: the network {_AS_IT_IS}",
    ),
    case(
        "EXIST-12",
        _EXPRESS_ROUTE_ALONE,
        "error expressRoute.gateway.existing.id: a gateway that is there is in a network that is there; name it in "
        "network.existing [EXIST-12]",
    ),
    case(
        "EXIST-12",
        {**_EXPRESS_ROUTE_ALONE, "network.existing": {"id": NETWORK}},
        "error expressRoute.gateway.existing.id: the gateway is in a GatewaySubnet that is there; say gatewaySubnet: "
        "adopt [EXIST-12]",
    ),
    case(
        "NAME-07",
        {**BROWN_FIELD, "names": {"vpnGateway": "own", "vpnPublicIps": ["a"], "virtualNetwork": "own"}},
        *(
            f"error names.{name}: names nothing that this stack makes; remove it [NAME-07]"
            for name in ("virtualNetwork", "vpnGateway", "vpnPublicIps[0]")
        ),
    ),
    case(
        "SET-02",
        {"vpn.gateway": {"activeActive": True}},
        "error vpn.gateway.sku: is required and not set; or say existing: {id} [SET-02]",
    ),
)
"""Settings of what is there already that are wrong by themselves."""
