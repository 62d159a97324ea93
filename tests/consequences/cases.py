"""Every setting with at least one change of it, tried on a network that uses all settings.

The network is the stack `dev` with what it lacks: a second and a third site (static, and BGP over APIPA addresses), a
circuit of another owner, one on a Direct port, user-defined routes, and so on; its circuits are connected.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from simulator.ids import SUBSCRIPTION
from tests.stacks import KEY, stack_values

_THEIRS = "/subscriptions/00000000-0000-4000-8000-000000000009/resourceGroups/rg-theirs/providers/Microsoft.Network"
_HUBS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network"
_HUB, _GATEWAY = f"{_HUBS}/virtualNetworks/vnet-hub", f"{_HUBS}/virtualNetworkGateways/vgw-{{}}"
_PREFIXES = ["192.168.0.0/16", "172.20.0.0/16", "172.21.0.0/16", "172.22.0.0/16"]
_POLICY = {
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA256",
    "dhGroup": "DHGroup14",
    "ipsecEncryption": "AES256",
    "ipsecIntegrity": "SHA256",
    "pfsGroup": "PFS2048",
    "saLifeTimeSeconds": 14400,
    "saDataSizeKilobytes": 102400000,
}
_PEERING = {"peerAsn": 65010, "vlanId": 200, "primaryPrefix": "172.16.1.0/30", "secondaryPrefix": "172.16.1.4/30"}
_FIRST_PEERING = {"peerAsn": 65010, "vlanId": 100, "primaryPrefix": "172.16.0.0/30", "secondaryPrefix": "172.16.0.4/30"}
_THEIR_CIRCUIT = {"existing": {"id": f"{_THEIRS}/expressRouteCircuits/erc-theirs"}, "connect": "always"}
_DIRECT = {"port": {"id": f"{_THEIRS}/expressRoutePorts/port", "bandwidthInGbps": 1}, "connect": "always"}

EVERYTHING: dict[str, Any] = {
    # Where ErGwScale is offered, and as many zones are.
    "location": "westus3",
    "protect": False,
    "serializeGateways": False,
    "resourceGroup": {"name": "rg-dev"},
    "network.tiers.0.loadBalancer.backendPort": 8443,
    "network.tiers.0.loadBalancer.probePath": "/health",
    "network.tiers.1.routes": [
        {
            "name": "to-firewall",
            "prefix": "198.18.0.0/16",
            "nextHopType": "VirtualAppliance",
            "nextHopAddress": "10.20.1.4",
        }
    ],
    "network.gatewaySubnetRoutes": [
        {
            "name": "to-firewall",
            "prefix": "198.18.0.0/16",
            "nextHopType": "VirtualAppliance",
            "nextHopAddress": "10.20.1.4",
        }
    ],
    "network.dnsServers": ["10.20.1.53"],
    "network.firewalls": [{"name": "fw", "address": "10.20.1.4"}],
    "onPremises.prefixes": _PREFIXES,
    "expressRoute.prefixes": _PREFIXES,
    "expressRoute.circuits.0.authorizations": ["partner"],
    "expressRoute.circuits.1": {"name": "theirs", **_THEIR_CIRCUIT},
    "expressRoute.circuits.2": {"name": "direct", **_DIRECT, "privatePeering": _PEERING},
    "vpn.sites.0.prefixes": _PREFIXES[:2],
    "vpn.sites.1": {
        "name": "branch",
        "publicIp": "203.0.113.20",
        "prefixes": _PREFIXES[2:3],
        "ipsecPolicy": _POLICY,
    },
    "vpn.sites.2": {
        "name": "apipa",
        "publicIp": "203.0.113.30",
        "prefixes": _PREFIXES[3:],
        "bgp": {"asn": 65030, "peerAddress": "169.254.21.1", "gatewayAddresses": ["169.254.21.2", "169.254.22.2"]},
    },
    "failover.accept": [{"prefix": "172.22.0.0/16", "reason": "a test network"}],
}
"""What is added to `dev`: a path of the settings (numbers index lists) and its value."""

OTHERWISE: dict[str, Any] = {
    "network.management.bastionSku": "Standard",
    "network.gatewaySubnetRoutes": [],
    "expressRoute.gateway": {"sku": "ErGw3AZ"},
    "expressRoute.circuits.0.tier": "Premium",
    "expressRoute.circuits.0.family": "UnlimitedData",
    "vpn.gateway": {"sku": "VpnGw2AZ", "generation": "Generation1", "activeActive": False},
    "vpn.sites.2.bgp": {"asn": 65030, "peerAddress": "172.22.0.1"},
}
"""Other values, for the changes that go back."""
UNGUARDED: dict[str, Any] = {"network.management.securityGroup": False}
"""Bastion's subnet as a stack of an earlier version has it."""
BY_NAME: dict[str, Any] = {"vpn.sites.0.publicIp": None, "vpn.sites.0.fqdn": "vpn.example.com"}
PINNED: dict[str, Any] = {
    "vpn.sites.2.instance": 0,
    "vpn.sites.2.bgp.gatewayAddresses": ["169.254.21.2"],
    **{
        f"vpn.sites.{number}": {
            "name": f"apipa-{number}",
            "publicIp": f"203.0.113.{30 + number}",
            "instance": instance,
            "prefixes": _PREFIXES[3:],
            "bgp": {"asn": 65030, "peerAddress": peer, "gatewayAddresses": [own]},
        }
        for number, instance, peer, own in (
            (3, 1, "169.254.21.5", "169.254.21.6"),
            (4, 0, "169.254.22.1", "169.254.22.2"),
        )
    },
}
"""Tunnels that end on one instance of the VPN gateway each, as those of AWS."""
EXISTING: dict[str, Any] = {"network.existing": {"id": _HUB}, "network.dnsServers": []}
BROWN_FIELD: dict[str, Any] = {
    **EXISTING,
    "network.existing": {"id": _HUB, "gatewaySubnet": "adopt"},
    "network.gatewaySubnetRoutes": [],
    "expressRoute.gateway": {"existing": {"id": _GATEWAY.format("er")}},
    "vpn.gateway": {"existing": {"id": _GATEWAY.format("vpn")}},
}
OTHER_BROWN_FIELD: dict[str, Any] = {
    "network.existing.id": f"{_HUB}-other",
    "expressRoute.gateway.existing.id": _GATEWAY.format("er-other"),
    "vpn.gateway.existing.id": _GATEWAY.format("vpn-other"),
}
DEVICES: dict[str, Any] = {"onPremises.devices": [{"name": "edge", "links": ["primary/primary"], "sites": ["hq"]}]}
ON_A_LAN: dict[str, Any] = {
    **DEVICES,
    "onPremises.devices.0.lan": {
        "address": "192.168.0.1/24",
        "nextHop": "172.21.0.1",
        "core": {"asn": 65099, "peerAddress": "192.168.0.2"},
    },
}
SCALED: dict[str, Any] = {"expressRoute.gateway": {"sku": "ErGwScale", "minScaleUnits": 2, "maxScaleUnits": 4}}

WINDOWS: dict[str, Any] = {"maintenance": {"expressRoute": {"start": "01:00"}, "vpn": {"start": "13:00"}}}
"""Of maintenance, which few networks have."""
MONITORED: dict[str, Any] = {"monitoring": {"emails": ["network@example.com"]}}
"""Of monitoring, likewise."""
_INSIGHTS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-logs/providers"
UNMANAGED: dict[str, Any] = {
    "network.management": None,
    "network.tiers.0.allow.1": None,
    "network.tiers.1.allow.1": None,
}
_BALANCER = {"frontendAddress": "10.20.2.250", "port": 5432}
_ROUTE = {
    "name": "to-other",
    "prefix": "198.19.0.0/16",
    "nextHopType": "VirtualAppliance",
    "nextHopAddress": "10.20.1.4",
}
_NEW_CIRCUIT = {"name": "second", "provider": "Megaport", "peeringLocation": "Chicago", "bandwidthInMbps": 200}

_ORDERED = {**_NEW_CIRCUIT, "name": "theirs"}
_ANOTHER_CIRCUIT = {"existing": {"id": f"{_THEIRS}/expressRouteCircuits/erc-other"}, "connect": "always"}
_ANOTHER_PORT = {"port": {"id": f"{_THEIRS}/expressRoutePorts/other", "bandwidthInGbps": 1}, "connect": "always"}

_SHOP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-{{}}/providers/Microsoft.Network/virtualNetworks/vnet-shop"


@dataclass(frozen=True)
class Case:
    """One change of one setting.

    setting: its path in the model, `[]` for any item of a list. to: path -> new value; None removes it. words: which
    change, where a setting has several. base: what the network has besides `EVERYTHING`. keys: secrets that change, map
    -> name -> new value.
    """

    setting: str
    to: Mapping[str, Any]
    words: str = ""
    base: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def network(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of `dev` with the layers' values put over it."""
    values = stack_values("dev")
    for layer in layers:
        put(values, layer)
    return values


def put(values: dict[str, Any], layer: Mapping[str, Any]) -> None:
    """Puts a layer's values over settings, in place."""
    for path, value in layer.items():
        _put(values, path.split("."), deepcopy(value))


def _put(place: Any, path: list[str], value: Any) -> None:
    head, *rest = path
    key: Any = int(head) if isinstance(place, list) else head
    if rest:
        if isinstance(place, dict):
            place.setdefault(key, {})
        _put(place[key], rest, value)
    elif value is None:
        del place[key]
    elif isinstance(place, list) and key == len(place):
        place.append(value)
    else:
        place[key] = value


def one(setting: str, value: Any, words: str = "", *, at: str = "", base: Mapping[str, Any] | None = None) -> Case:
    """A change of one value. at: its path, by default the setting's with the first item of every list."""
    return Case(setting, {at or setting.replace("[]", ".0"): value}, words, base or {})


_TIER, _CIRCUIT, _SITE = "network.tiers[]", "expressRoute.circuits[]", "vpn.sites[]"
_POLICY_CHANGES = {
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA256",
    "dhGroup": "ECP256",
    "pfsGroup": "ECP256",
    "saLifeTimeSeconds": 3600,
    "saDataSizeKilobytes": 1024000,
}

_OWN = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-dev/providers/Microsoft.Network/virtualNetworkGateways/vgw-dev"
_OWN_ER, _OWN_VPN = ({"existing": {"id": f"{_OWN}-{which}"}} for which in ("er", "vpn"))
_ADOPTED = {path: value for path, value in BROWN_FIELD.items() if path.startswith("network.")}


SPOKES: dict[str, Any] = {
    "network.spokes": [
        {
            "name": "data",
            "addressSpace": ["10.30.0.0/16"],
            "dnsServers": ["10.30.1.53"],
            "tiers": json.loads(json.dumps(network(EVERYTHING)["network"]["tiers"]).replace("10.20.", "10.30.")),
        },
        {"name": "shop", "addressSpace": ["10.31.0.0/16"], "existing": {"id": _SHOP.format("shop")}},
    ]
}
"""Two spokes: one that is made, with the tiers that the hub has, and one that is there already."""
_SPOKE = "network.spokes[]"


def _in_a_spoke(case: Case) -> Case:
    """The same change of a spoke's tier."""
    moved = {
        path.replace("network.tiers", "network.spokes.0.tiers"): json.loads(
            json.dumps(value).replace("10.20.", "10.30.")
        )
        for path, value in case.to.items()
    }
    return Case(case.setting.replace("network.tiers", f"{_SPOKE}.tiers"), moved, case.words, SPOKES)


def _spoke(setting: str, value: Any, words: str = "", at: str = "0") -> Case:
    """A change of one value of the spoke that is made, or of another."""
    return one(f"{_SPOKE}.{setting}", value, words, at=f"network.spokes.{at}.{setting}", base=SPOKES)


def _subnet(network: str, name: str, prefix: str) -> dict[str, Any]:
    """A tier in a subnet of a network that is there."""
    return {"name": "theirs", "subnet": prefix, "existing": {"id": f"{network}/subnets/{name}"}}


_SPOKE_CASES: tuple[Case, ...] = (
    one(
        f"{_SPOKE}.tiers[].existing.id",
        f"{_SHOP.format('shop')}/subnets/others",
        at="network.spokes.1.tiers.0.existing.id",
        base={**SPOKES, "network.spokes.1.tiers": [_subnet(_SHOP.format("shop"), "theirs", "10.31.9.0/24")]},
    ),
    one("names.spokeNetworks", {"data": "vnet-own"}, base=SPOKES),
    one("names.hubPeerings", {"data": "peer-own"}, base=SPOKES),
    one("names.spokePeerings", {"data": "peer-own"}, base=SPOKES),
    _spoke("name", "store"),
    _spoke("addressSpace", ["10.30.0.0/16", "10.32.0.0/16"], "a prefix more"),
    _spoke("addressSpace", ["10.30.0.0/17", "10.30.128.0/17"], "other prefixes"),
    _spoke("existing.id", _SHOP.format("other"), at="1"),
    _spoke("subscription", "22222222-2222-4222-8222-222222222222"),
    _spoke("resourceGroup", {"name": "rg-own"}),
    Case(f"{_SPOKE}.resourceGroup.name", {"network.spokes.0.resourceGroup": {"name": "rg-own"}}, base=SPOKES),
    Case(
        f"{_SPOKE}.resourceGroup.existing",
        {"network.spokes.0.resourceGroup.existing": True},
        "of its own",
        base={**SPOKES, "network.spokes.0.resourceGroup": {"name": "rg-own"}},
    ),
    Case(
        f"{_SPOKE}.resourceGroup.existing",
        {"network.spokes.0.resourceGroup": {"name": "rg-dev", "existing": True}},
        "to the hub's",
        base=SPOKES,
    ),
    _spoke("location", "northeurope"),
    _spoke("dnsServers", ["10.30.1.54"]),
    _spoke("forwardedTraffic", False),
    Case(_SPOKE, {"network.spokes.1": None}, "one less, existing", base=SPOKES),
    Case(
        _SPOKE,
        {"network.spokes.2": {"name": "labs", "addressSpace": ["10.32.0.0/16"]}},
        "one more, made here",
        base=SPOKES,
    ),
    Case(
        _SPOKE,
        {"network.spokes.1": SPOKES["network.spokes"][1]},
        "one more, existing",
        base={"network.spokes": SPOKES["network.spokes"][:1]},
    ),
    Case(_SPOKE, {"network.spokes.0": None}, "one less, made here", base=SPOKES),
    one("vpn.gateway.sku", "VpnGw4AZ", "to another generation, with spokes", base=SPOKES),
)

_CASES: tuple[Case, ...] = (
    one("location", "eastus2"),
    one("name", "other"),
    one("resourceGroup.name", "rg-other"),
    one("resourceGroup.existing", True),
    one("names.virtualNetwork", "vnet-own"),
    one("names.gatewaySubnetRouteTable", "rt-own"),
    one("names.bastion", "bas-own"),
    one("names.bastionPublicIp", "pip-own"),
    one("names.bastionSecurityGroup", "nsg-own"),
    one("names.expressRouteGateway", "vgw-own-er"),
    one("names.vpnGateway", "vgw-own-vpn"),
    one("names.vpnPublicIps", ["pip-own-1", "pip-own-2"]),
    one("names.subnets", {"web": "snet-own"}),
    one("names.networkSecurityGroups", {"web": "nsg-own"}),
    one("names.routeTables", {"data": "rt-own"}),
    one("names.loadBalancers", {"web": "lbi-own"}),
    one("names.circuits", {"primary": "erc-own"}),
    one("names.circuitConnections", {"primary": "con-own-er"}),
    one("names.localNetworkGateways", {"hq": "lgw-own"}),
    one("names.siteConnections", {"hq": "con-own-vpn"}),
    one("tags", {"environment": "dev", "owner": "networks"}),
    one("ignoreTags", ["createdBy"]),
    one("zones", ["1"]),
    one("protect", True),
    one("network.addressSpace", ["10.20.0.0/16", "10.21.0.0/16"], "a prefix more"),
    one("network.addressSpace", ["10.20.0.0/17", "10.20.128.0/17"], "other prefixes"),
    Case(
        "network.tiers[].existing.id",
        {"network.tiers.2": _subnet(_HUB, "others", "10.20.8.0/24")},
        base={**EXISTING, "network.tiers.2": _subnet(_HUB, "theirs", "10.20.9.0/24")},
    ),
    one("vpn.sites[].azurePolicy", True, at="vpn.sites.1.azurePolicy"),
    one("network.gatewaySubnet", "10.20.253.0/26"),
    one("network.tiers[].name", "store", at="network.tiers.1.name"),
    one("network.tiers[].subnet", "10.20.3.0/24", at="network.tiers.1.subnet"),
    Case(
        "network.tiers[]",
        {"network.tiers.2": {"name": "batch", "subnet": "10.20.3.0/24"}},
        "one more",
    ),
    Case("network.tiers[]", {"network.tiers.1": None}, "one less"),
    Case(f"{_TIER}.loadBalancer", {"network.tiers.1.loadBalancer": _BALANCER}, "added"),
    Case(f"{_TIER}.loadBalancer", {"network.tiers.0.loadBalancer": None}, "removed"),
    one(f"{_TIER}.loadBalancer.frontendAddress", "10.20.1.251"),
    one(f"{_TIER}.loadBalancer.port", 8080),
    one(f"{_TIER}.loadBalancer.backendPort", 9443),
    one(f"{_TIER}.loadBalancer.probePath", "/ready"),
    one(f"{_TIER}.loadBalancer.zones", ["1"]),
    one(f"{_TIER}.allow[].sources", ["virtualNetwork", "onPremises", "198.51.100.0/24"], "more"),
    one(f"{_TIER}.allow[].sources", ["onPremises"], "fewer or others"),
    one(f"{_TIER}.allow[].ports", [443, 8443], "more"),
    one(f"{_TIER}.allow[].ports", [8443], "fewer or others"),
    one(f"{_TIER}.allow[].protocol", "*", "more"),
    one(f"{_TIER}.allow[].protocol", "Udp", "fewer or others"),
    Case(f"{_TIER}.allow[]", {"network.tiers.1.allow.2": {"sources": ["web"], "ports": [5433]}}, "one more"),
    Case(f"{_TIER}.allow[]", {"network.tiers.1.allow.0": None}, "one less"),
    Case(f"{_TIER}.allow[]", {"network.tiers.1.allow.1": None}, "one less, of Bastion"),
    one(f"{_TIER}.internetOutbound", True, at="network.tiers.0.internetOutbound"),
    one(f"{_TIER}.routes[].name", "elsewhere", at="network.tiers.1.routes.0.name"),
    one(f"{_TIER}.routes[].prefix", "198.19.0.0/16", at="network.tiers.1.routes.0.prefix"),
    Case(
        f"{_TIER}.routes[].nextHopType",
        {"network.tiers.1.routes.0.nextHopType": "None", "network.tiers.1.routes.0.nextHopAddress": None},
    ),
    one(f"{_TIER}.routes[].nextHopAddress", "10.20.1.5", at="network.tiers.1.routes.0.nextHopAddress"),
    Case(f"{_TIER}.routes[]", {"network.tiers.1.routes.1": _ROUTE}, "one more"),
    Case(
        f"{_TIER}.routes[]", {"network.tiers.1.routes.1": None}, "one less", base={"network.tiers.1.routes.1": _ROUTE}
    ),
    Case(f"{_TIER}.routes[]", {"network.tiers.0.routes": [_ROUTE]}, "the first"),
    Case(f"{_TIER}.routes[]", {"network.tiers.1.routes": []}, "the last removed"),
    one(f"{_TIER}.gatewayRoutes", False),
    one("network.management.bastionSubnet", "10.20.252.0/26"),
    one("network.management.bastionSku", "Standard", "up"),
    one("network.management.bastionSku", "Basic", "down", base=OTHERWISE),
    one("network.management.scaleUnits", 4, base=OTHERWISE),
    one("network.management.tunneling", True, base=OTHERWISE),
    one("network.management.sessionRecording", True, base={"network.management.bastionSku": "Premium"}),
    one("network.management.securityGroup", True, "to true", base=UNGUARDED),
    one("network.management.securityGroup", False, "to false"),
    one("network.management.allowedSources", ["203.0.113.0/24"]),
    Case(
        "network.management",
        {"network.management": None, "network.tiers.0.allow.1": None, "network.tiers.1.allow.1": None},
        "removed",
    ),
    Case(
        "network.management",
        {"network.management": {"bastionSubnet": "10.20.254.0/26", "securityGroup": True}},
        "added",
        base=UNMANAGED,
    ),
    Case(
        "network.management.bastionSku",
        {"network.management": {"bastionSubnet": "10.20.254.0/26"}},
        "from Developer",
        base={"network.management": {"bastionSku": "Developer"}},
    ),
    Case(
        "network.existing",
        EXISTING,
        "to a network that is there",
    ),
    Case("network.existing.id", OTHER_BROWN_FIELD, "to another, with its gateways", base=BROWN_FIELD),
    Case(
        "network.existing.gatewaySubnet",
        {"network.existing.gatewaySubnet": "adopt", "network.gatewaySubnetRoutes": []},
        base=EXISTING,
    ),
    one("network.dnsServers", ["10.20.1.54"]),
    one("network.gatewaySubnetRoutes[].name", "elsewhere"),
    one("network.gatewaySubnetRoutes[].prefix", "198.19.0.0/16"),
    Case(
        "network.gatewaySubnetRoutes[].nextHopType",
        {"network.gatewaySubnetRoutes.0.nextHopType": "None", "network.gatewaySubnetRoutes.0.nextHopAddress": None},
    ),
    one("network.gatewaySubnetRoutes[].nextHopAddress", "10.20.1.5"),
    Case("network.gatewaySubnetRoutes[]", {"network.gatewaySubnetRoutes.1": _ROUTE}, "one more"),
    Case(
        "network.gatewaySubnetRoutes[]",
        {"network.gatewaySubnetRoutes.1": None},
        "one less",
        base={"network.gatewaySubnetRoutes.1": _ROUTE},
    ),
    Case(
        "network.gatewaySubnetRoutes[]",
        {"network.gatewaySubnetRoutes": [_ROUTE]},
        "the first",
        base={"network.gatewaySubnetRoutes": []},
    ),
    Case("network.gatewaySubnetRoutes[]", {"network.gatewaySubnetRoutes": []}, "the last removed"),
    Case(
        "onPremises.prefixes",
        {
            "onPremises.prefixes": [*_PREFIXES, "172.23.0.0/16"],
            "expressRoute.prefixes": [*_PREFIXES, "172.23.0.0/16"],
            "vpn.sites.0.prefixes": [*_PREFIXES[:2], "172.23.0.0/16"],
        },
    ),
    one("network.firewalls[].name", "other"),
    one("network.firewalls[].address", "10.20.1.5"),
    one("network.firewalls[].redundant", True),
    one("network.firewalls[].stateful", False),
    Case("network.firewalls[]", {"network.firewalls.1": {"name": "second", "address": "10.20.1.6"}}, "one more"),
    Case("network.firewalls[]", {"network.firewalls.0": None}, "one less"),
    one("onPremises.devices[].name", "other", base=DEVICES),
    one("onPremises.devices[].links", ["primary/primary", "primary/secondary"], base=DEVICES),
    one("onPremises.devices[].sites", ["hq", "apipa"], base=DEVICES),
    one("onPremises.devices[].asn", 65010, base=DEVICES),
    one("onPremises.devices[].lan.address", "192.168.0.3/24", base=ON_A_LAN),
    one("onPremises.devices[].lan.nextHop", "172.21.0.9", base=ON_A_LAN),
    one("onPremises.devices[].lan.core.asn", 65077, base=ON_A_LAN),
    one("onPremises.devices[].lan.core.peerAddress", "192.168.0.4", base=ON_A_LAN),
    Case("onPremises.devices[]", DEVICES, "one more"),
    Case("onPremises.devices[]", {"onPremises.devices": []}, "one less", base=DEVICES),
    one("expressRoute.gateway.sku", "ErGw2AZ", "inside ErGw1AZ to ErGw3AZ, up"),
    one("expressRoute.gateway.sku", "ErGw1AZ", "inside ErGw1AZ to ErGw3AZ, down", base=OTHERWISE),
    Case("expressRoute.gateway.sku", SCALED, "to ErGwScale"),
    Case("expressRoute.gateway.sku", {"expressRoute.gateway": {"sku": "ErGw3AZ"}}, "from ErGwScale", base=SCALED),
    one("expressRoute.gateway.minScaleUnits", 3, base=SCALED),
    one("expressRoute.gateway.maxScaleUnits", 5, base=SCALED),
    Case("expressRoute.gateway.existing.id", OTHER_BROWN_FIELD, "with its network", base=BROWN_FIELD),
    Case("expressRoute.gateway.existing", {"expressRoute.gateway": _OWN_ER}, "to this stack's own", base=_ADOPTED),
    one(f"{_CIRCUIT}.name", "first"),
    Case(_CIRCUIT, {"expressRoute.circuits.3": _NEW_CIRCUIT}, "one more, ordered"),
    Case(
        _CIRCUIT,
        {"expressRoute.circuits.2": {"name": "theirs", **_THEIR_CIRCUIT}},
        "one more, existing",
        base={
            "expressRoute.circuits.1": {"name": "direct", **_DIRECT, "privatePeering": _PEERING},
            "expressRoute.circuits.2": None,
        },
    ),
    Case(
        _CIRCUIT,
        {"expressRoute.circuits.2": {"name": "direct", **_DIRECT, "privatePeering": _PEERING}},
        "one more, on a port",
        base={"expressRoute.circuits.2": None},
    ),
    Case(_CIRCUIT, {"expressRoute.circuits.0": None}, "one less, ordered"),
    Case(_CIRCUIT, {"expressRoute.circuits.1": None}, "one less, existing"),
    Case(_CIRCUIT, {"expressRoute.circuits.2": None}, "one less, on a port"),
    Case(
        f"{_CIRCUIT}.existing",
        {"expressRoute.circuits.0": {"name": "primary", **_ANOTHER_CIRCUIT}},
        "in place of an ordered one",
    ),
    Case(f"{_CIRCUIT}.existing", {"expressRoute.circuits.1": _ORDERED}, "back to an ordered one"),
    Case(
        f"{_CIRCUIT}.port",
        {"expressRoute.circuits.0": {"name": "primary", **_ANOTHER_PORT, "privatePeering": _FIRST_PEERING}},
        "in place of an ordered one",
    ),
    Case(f"{_CIRCUIT}.port", {"expressRoute.circuits.2": {**_ORDERED, "name": "direct"}}, "back to an ordered one"),
    one(f"{_CIRCUIT}.provider", "Megaport"),
    one(f"{_CIRCUIT}.peeringLocation", "Chicago"),
    one(f"{_CIRCUIT}.bandwidthInMbps", 500, "up"),
    one(f"{_CIRCUIT}.bandwidthInMbps", 100, "down"),
    Case(
        f"{_CIRCUIT}.existing.id",
        {"expressRoute.circuits.1.existing.id": f"{_THEIRS}/expressRouteCircuits/erc-other"},
    ),
    one(f"{_CIRCUIT}.port.id", f"{_THEIRS}/expressRoutePorts/other", at="expressRoute.circuits.2.port.id"),
    one(f"{_CIRCUIT}.port.bandwidthInGbps", 2, "up", at="expressRoute.circuits.2.port.bandwidthInGbps"),
    one(
        f"{_CIRCUIT}.port.bandwidthInGbps",
        1,
        "down",
        at="expressRoute.circuits.2.port.bandwidthInGbps",
        base={"expressRoute.circuits.2.port.bandwidthInGbps": 2},
    ),
    one(f"{_CIRCUIT}.tier", "Premium", "Standard to Premium"),
    one(f"{_CIRCUIT}.tier", "Standard", "Premium to Standard", base=OTHERWISE),
    one(f"{_CIRCUIT}.tier", "Local", "to Local", base=OTHERWISE),
    one(f"{_CIRCUIT}.family", "UnlimitedData", "to UnlimitedData"),
    one(f"{_CIRCUIT}.family", "MeteredData", "to MeteredData", base=OTHERWISE),
    one(f"{_CIRCUIT}.privatePeering", None, "removed"),
    one(
        f"{_CIRCUIT}.privatePeering",
        _FIRST_PEERING,
        "added",
        at="expressRoute.circuits.0.privatePeering",
        base={"expressRoute.circuits.0.privatePeering": None},
    ),
    one(
        f"{_CIRCUIT}.privatePeering",
        _PEERING,
        "added, to one that never connects",
        at="expressRoute.circuits.2.privatePeering",
        base={"expressRoute.circuits.2.privatePeering": None, "expressRoute.circuits.2.connect": "never"},
    ),
    one(f"{_CIRCUIT}.privatePeering.peerAsn", 65011),
    one(f"{_CIRCUIT}.privatePeering.vlanId", 101),
    one(f"{_CIRCUIT}.privatePeering.primaryPrefix", "172.16.2.0/30"),
    one(f"{_CIRCUIT}.privatePeering.secondaryPrefix", "172.16.2.4/30"),
    one(f"{_CIRCUIT}.connect", "always", "auto to always"),
    one(f"{_CIRCUIT}.connect", "never", "to never"),
    one(f"{_CIRCUIT}.connect", "auto", "from never", base={"expressRoute.circuits.0.connect": "never"}),
    one(f"{_CIRCUIT}.routingWeight", 10),
    one(f"{_CIRCUIT}.fastPath", True, base=OTHERWISE),
    one(f"{_CIRCUIT}.prefixes", _PREFIXES[:3]),
    one(f"{_CIRCUIT}.prepend", 1),
    one(f"{_CIRCUIT}.localPreference", 200),
    one(f"{_CIRCUIT}.authorizations", ["partner", "second"], "one more"),
    one(f"{_CIRCUIT}.authorizations", [], "one less"),
    Case(
        "expressRoute.prefixes",
        {
            "expressRoute.prefixes": [*_PREFIXES, "172.24.0.0/16"],
            "vpn.sites.0.prefixes": [*_PREFIXES[:2], "172.24.0.0/16"],
        },
    ),
    one("vpn.gateway.sku", "VpnGw3AZ", "inside the generation", base=OTHERWISE),
    one("vpn.gateway.sku", "VpnGw4AZ", "to another generation"),
    one("vpn.gateway.generation", "Generation2", base=OTHERWISE),
    Case(
        "vpn.gateway.activeActive",
        {"vpn.gateway.activeActive": False, "vpn.sites.2.bgp": {"asn": 65030, "peerAddress": "172.22.0.1"}},
        "to false",
    ),
    one("vpn.gateway.activeActive", True, "to true", base=OTHERWISE),
    one("vpn.gateway.zones", ["1"]),
    one("vpn.gateway.asn", 65020),
    Case("vpn.gateway.existing.id", OTHER_BROWN_FIELD, "with its network", base=BROWN_FIELD),
    Case("vpn.gateway.existing", {"vpn.gateway": _OWN_VPN}, "to this stack's own", base=_ADOPTED),
    one(f"{_SITE}.name", "main"),
    Case(
        _SITE,
        {"vpn.sites.3": {"name": "depot", "publicIp": "203.0.113.50", "prefixes": ["172.23.0.0/16"]}},
        "one more",
    ),
    Case(
        _SITE,
        {
            "vpn.sites.1": None,
            "onPremises.prefixes": [p for p in _PREFIXES if "172.21" not in p],
            "expressRoute.prefixes": [p for p in _PREFIXES if "172.21" not in p],
        },
        "one less",
    ),
    one(f"{_SITE}.publicIp", "203.0.113.99"),
    one(f"{_SITE}.prefixes", ["172.21.0.0/16", "172.25.0.0/16"], at="vpn.sites.1.prefixes"),
    one(f"{_SITE}.bgp.asn", 65012),
    one(f"{_SITE}.bgp.peerAddress", "192.168.255.2"),
    one(f"{_SITE}.bgp.gatewayAddresses", ["169.254.21.6", "169.254.22.6"], at="vpn.sites.2.bgp.gatewayAddresses"),
    one(
        f"{_SITE}.bgp.gatewayAddresses",
        ["169.254.22.10"],
        "of one instance",
        at="vpn.sites.4.bgp.gatewayAddresses",
        base=PINNED,
    ),
    one(f"{_SITE}.instance", 1, "from both to one"),
    one(f"{_SITE}.instance", None, "from one to both", base={"vpn.sites.0.instance": 1}),
    Case(
        f"{_SITE}.instance",
        {
            "vpn.sites.4.instance": 1,
            "vpn.sites.4.bgp": {"asn": 65030, "peerAddress": "169.254.22.5", "gatewayAddresses": ["169.254.22.6"]},
        },
        "to the other one, with its APIPA addresses",
        base=PINNED,
    ),
    Case(f"{_SITE}.fqdn", BY_NAME, "in place of an address"),
    Case(
        f"{_SITE}.fqdn",
        {"vpn.sites.0.fqdn": None, "vpn.sites.0.publicIp": "203.0.113.10"},
        "back to an address",
        base=BY_NAME,
    ),
    one(f"{_SITE}.fqdn", "vpn2.example.com", "another name", base=BY_NAME),
    Case(f"{_SITE}.bgp", {"vpn.sites.0.bgp": None}, "from BGP to static routes"),
    Case(
        f"{_SITE}.bgp",
        {"vpn.sites.1.bgp": {"asn": 65040, "peerAddress": "172.21.0.1"}},
        "from static routes to BGP",
    ),
    Case(f"{_SITE}.ipsecPolicy", {"vpn.sites.0.ipsecPolicy": _POLICY}, "to one of its own"),
    Case(f"{_SITE}.ipsecPolicy", {"vpn.sites.1.ipsecPolicy": None}, "to the common one"),
    *(
        one(f"{_SITE}.ipsecPolicy.{name}", value, at=f"vpn.sites.1.ipsecPolicy.{name}")
        for name, value in {**_POLICY_CHANGES, "ikeEncryption": "GCMAES256", "ikeIntegrity": "SHA384"}.items()
    ),
    *(
        Case(
            f"{_SITE}.ipsecPolicy.{name}",
            {
                "vpn.sites.1.ipsecPolicy.ipsecEncryption": "GCMAES128",
                "vpn.sites.1.ipsecPolicy.ipsecIntegrity": "GCMAES128",
            },
        )
        for name in ("ipsecEncryption", "ipsecIntegrity")
    ),
    one(f"{_SITE}.connectionMode", "InitiatorOnly"),
    one(f"{_SITE}.dpdTimeoutSeconds", 30),
    one(f"{_SITE}.prepend", 1),
    one(f"{_SITE}.localPreference", 90),
    *(one(f"vpn.ipsecPolicy.{name}", value) for name, value in _POLICY_CHANGES.items()),
    *(
        Case(
            f"vpn.ipsecPolicy.{name}",
            {"vpn.ipsecPolicy.ipsecEncryption": "AES256", "vpn.ipsecPolicy.ipsecIntegrity": "SHA256"},
        )
        for name in ("ipsecEncryption", "ipsecIntegrity")
    ),
    one("names.maintenance", {"vpn": "mc-own"}, base=WINDOWS),
    one("maintenance.timeZone", "W. Europe Standard Time", base=WINDOWS),
    *(
        case
        for gateway, start in (("expressRoute", "01:00"), ("vpn", "13:00"))
        for case in (
            one(f"maintenance.{gateway}.start", "07:00", base=WINDOWS),
            one(f"maintenance.{gateway}.hours", 6, base=WINDOWS),
            one(f"maintenance.{gateway}", {"start": start}, "added", base={**WINDOWS, f"maintenance.{gateway}": None}),
            one(f"maintenance.{gateway}", None, "removed", base=WINDOWS),
        )
    ),
    one("names.workspace", "log-own", base=MONITORED),
    one("names.actionGroup", "ag-own", base=MONITORED),
    one("names.diagnosticSetting", "diag-own", base=MONITORED),
    one("names.alerts", {"failed-over": "alert-own"}, base=MONITORED),
    one("monitoring.emails", ["network@example.com", "other@example.com"], base=MONITORED),
    one("monitoring.emails", MONITORED["monitoring"], "first", at="monitoring"),
    one("monitoring.emails", {}, "none", at="monitoring", base=MONITORED),
    one("monitoring.actionGroup", f"{_INSIGHTS}/Microsoft.Insights/actionGroups/ag", base=MONITORED),
    one("monitoring.workspace", f"{_INSIGHTS}/Microsoft.OperationalInsights/workspaces/log", base=MONITORED),
    one("monitoring.retentionInDays", 60, base=MONITORED),
    one("failover.require", "anySingleFailure"),
    one("failover.accept[].prefix", "172.21.0.0/16"),
    one("failover.accept[].reason", "another reason"),
    Case(
        "failover.accept[]",
        {"failover.accept.1": {"prefix": "172.21.0.0/16", "reason": "another test network"}},
        "one more",
    ),
    Case("failover.accept[]", {"failover.accept": []}, "one less"),
    one("serializeGateways", True),
    Case("vpnSharedKeys.SITE", {}, keys={"vpnSharedKeys": {"hq": f"{KEY}.2"}}),
    Case("peeringSharedKeys.CIRCUIT", {}, keys={"peeringSharedKeys": {"primary": "AnotherKey2"}}),
)

CASES: tuple[Case, ...] = (
    *_CASES,
    *_SPOKE_CASES,
    *(_in_a_spoke(case) for case in _CASES if case.setting.startswith(_TIER) and not case.base),
)
"""Every case; a spoke's tiers change as the hub's do."""
