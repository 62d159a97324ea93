"""What each component refuses by itself: its arguments with one value just wrong, and the same just right."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from components.rules.ipsec import STRONG_POLICY
from tests.unit.examples import EXAMPLES, GROUP, NETWORK, ROUTE
from tests.unit.rules.cases_bastion import administrators
from tests.unit.rules.changes import ASG, OTHER, numbered


class ComponentCase(NamedTuple):
    """Changes of the component's example (argument -> value) that break a rule, and changes that just keep it."""

    component: str
    rule: str
    wrong: Mapping[str, Any]
    right: Mapping[str, Any]
    example: int = 0


def _one(component: str, rule: str, argument: str, wrong: Any, right: Any, example: int = 0) -> ComponentCase:
    return ComponentCase(component, rule, {argument: wrong}, {argument: right}, example)


def _routes(count: int) -> list[dict[str, Any]]:
    return [{**ROUTE, "name": f"r{n}", "prefix": prefix} for n, prefix in enumerate(numbered(count, "172.20.0.0"))]


def _route(prefix: str, **more: Any) -> list[dict[str, Any]]:
    return [{**ROUTE, "prefix": prefix, **more}]


def _allow(count: int, sources: int = 1, **more: Any) -> list[dict[str, Any]]:
    rule = {"source_prefixes": numbered(sources), "ports": ["443"]}
    return [{"name": f"a{n}", **rule, **more} for n in range(count)]


def _from(*sources: str) -> list[dict[str, Any]]:
    return _allow(1, source_prefixes=list(sources))


def _front(zones: list[str] | None) -> dict[str, Any]:
    return {**EXAMPLES["ApplicationTier"][0]["load_balancer"], "zones": zones}


_ASG = f"{GROUP}/applicationSecurityGroups/asg-{{}}"


def _groups(*numbers: int) -> list[dict[str, Any]]:
    ids = [_ASG.format(number) for number in numbers]
    return [{"name": "a", "source_application_security_group_ids": ids, "ports": ["443"]}]


_PIP, _ER, _VPN = (
    f"{GROUP}/publicIPAddresses/p",
    f"{GROUP}/virtualNetworkGateways/vgw-er",
    f"{GROUP}/virtualNetworkGateways/vgw-vpn",
)


def _elsewhere(id: str) -> str:
    return id.replace(id.split("/")[2], OTHER)


def _from_group(id: str) -> dict[str, Any]:
    return {"name": f"from-{id.split('/')[2]}", "source_application_security_group_ids": [id], "ports": ["443"]}


def _connections(*places: str | None) -> list[dict[str, Any]]:
    id = EXAMPLES["ExpressRouteGateway"][0]["connections"][0]["circuit_id"]
    places_given = [{"peering_location": place} if place else {} for place in places]
    return [{"name": f"c{n}", "circuit_id": id, **place} for n, place in enumerate(places_given)]


def _daily(*starts: str, hours: int = 5, names: str = "ab") -> list[dict[str, Any]]:
    id = EXAMPLES["MaintenanceWindows"][0]["windows"][0]["gateway_id"]
    return [
        {"name": name, "gateway_id": id, "start": start, "hours": hours}
        for name, start in zip(names, starts, strict=False)
    ]


_TWO = _daily("01:00", "07:00")


def _watched(*names: str) -> list[dict[str, Any]]:
    return [{**EXAMPLES["Monitoring"][0]["circuits"][0], "name": name} for name in names]


def _site_of(instance: int) -> list[dict[str, Any]]:
    return [{**EXAMPLES["Monitoring"][0]["sites"][0], "instance": instance}]


def _site_at(address: str) -> list[dict[str, Any]]:
    return [{**EXAMPLES["Monitoring"][0]["sites"][1], "public_ip": address}]


def _policy(**more: Any) -> dict[str, Any]:
    return {**STRONG_POLICY, **more}


_TAGGED = [component for component in EXAMPLES if component != "HubPeering"]
"""Components whose resources take tags."""
_SPACES = (
    ("HubNetwork", "address_prefixes", "10.0.0.0/16"),
    ("Spoke", "address_prefixes", "10.1.0.0/16"),
    ("HubPeering", "hub_prefixes", "10.0.0.0/16"),
)
"""Arguments that are the address space of a network, with a prefix of the example."""
_SUBNET = "gateway_subnet_prefix"
_PLAIN = dict.fromkeys(("scale_units", "tunneling", "session_recording"))
_ALONE = {"bastion_subnet_prefix": "10.0.254.0/26"}
_FIXED = {"sku": "ErGw1AZ", "min_scale_units": None, "max_scale_units": None, "connections": []}
"""An ExpressRoute gateway that is not of SKU ErGwScale."""
_STATIC = 1
"""The example of a VpnSite without BGP."""
_TUNNEL = 2
"""The example of a VpnSite whose tunnel ends on one instance."""
_OF_GATEWAY = "gateway_apipa_addresses"
_ONE_INSTANCE = {"active_active": False, "public_ip_names": ["a"]}
_SPACE = "virtual_network_prefixes"

COMPONENT_CASES = (
    *(_one(component, "TAG-01", "tags", {"a/b": "x"}, {"a.b": "x"}) for component in _TAGGED),
    *(_one(component, "TAG-02", "tags", {"a": "x", "A": "x"}, {"a": "x", "b": "x"}) for component in _TAGGED),
    _one(
        "ApplicationTier",
        "NSG-14",
        "allow",
        _from("10.0.0.0/8", "10.1.0.0/16"),
        _from("10.0.0.0/16", "10.1.0.0/16"),
    ),
    _one("ExpressRouteGateway", "ER-04", "min_scale_units", 9, 10),
    _one("ExpressRouteCircuit", "CIRCUIT-05", "provider", "Equinix", None, 1),
    _one("MaintenanceWindows", "NAME-01", "windows", _daily("01:00", "07:00", names="aa"), _daily("01:00", "07:00")),
    _one("MaintenanceWindows", "MAINT-01", "windows", _daily("24:00"), _daily("23:59")),
    _one("MaintenanceWindows", "MAINT-01", "windows", _daily("09:00", hours=24), _daily("09:00", hours=23)),
    _one("MaintenanceWindows", "MAINT-04", "windows", _daily("01:00", "05:59"), _daily("01:00", "06:00")),
    _one("MaintenanceWindows", "MAINT-04", "windows", _daily("22:00", "02:59"), _daily("22:00", "03:00")),
    _one(
        "MaintenanceWindows",
        "MAINT-04",
        "windows",
        _daily("03:00", "14:59", hours=12),
        _daily("03:00", "15:00", hours=12),
    ),
    _one("Monitoring", "NAME-01", "circuits", _watched("a", "a"), _watched("a", "b")),
    _one("Monitoring", "MON-12", "short_name", "thirteen-long", "twelve-chars"),
    _one("Monitoring", "MON-12", "emails", ["a@b"], ["a@b.c"]),
    _one("Monitoring", "MON-13", "retention_in_days", 731, 730),
    _one("Monitoring", "MON-13", "workspace_name", "log", "logs"),
    _one("Monitoring", "MON-16", "express_route_routes", 0, 1),
    ComponentCase("Monitoring", "MON-15", {"emails": []}, {"emails": ["a@b.c"]}, 1),
    _one("Monitoring", "VPN-24", "sites", _site_at("10.0.0.1"), _site_at("203.0.113.9")),
    _one("Monitoring", "VPN-40", "sites", _site_of(2), _site_of(1)),
    _one("ApplicationTier", "ARG-01", "virtual_network_name", None, "vnet"),
    _one("ApplicationTier", "ARG-01", "virtual_network_name", "vnet", None, 1),
    _one("Management", "ARG-01", "virtual_network_name", None, "vnet"),
    _one("ApplicationTier", "NSG-15", "allow", _allow(1, ports=["*", "443"]), _allow(1, ports=["*"])),
    _one(
        "ApplicationTier",
        "NSG-16",
        "allow",
        _from("Internet", "10.1.0.0/16"),
        _from("Internet"),
    ),
    _one("ApplicationTier", "NSG-20", "allow", _from("AzurePlatformDNS"), _from("AzureCloud")),
    _one("ApplicationTier", "NSG-21", "allow", _groups(*range(11)), _groups(*range(10))),
    ComponentCase(
        "ApplicationTier",
        "SUB-01",
        {"allow": _groups(0), "virtual_network_name": None, "virtual_network_id": _elsewhere(NETWORK)},
        {"allow": _groups(0), "virtual_network_name": None, "virtual_network_id": NETWORK},
    ),
    _one("ApplicationTier", "SUB-01", "allow", [_from_group(ASG), _from_group(_elsewhere(ASG))], [_from_group(ASG)]),
    _one("ExpressRouteGateway", "SUB-01", "public_ip_id", _elsewhere(_PIP), _PIP.upper()),
    _one("Monitoring", "SUB-01", "vpn_gateway_id", _elsewhere(_VPN), _VPN),
    _one("MaintenanceWindows", "SUB-01", "windows", [_TWO[0], {**_TWO[1], "gateway_id": _elsewhere(_ER)}], _TWO),
    _one("ApplicationTier", "NSG-22", "allow", _groups(0, 0), _groups(0, 1)),
    _one("ApplicationTier", "LIMIT-14", "routes", _routes(401), _routes(400)),
    _one("ApplicationTier", "UDR-01", "routes", [ROUTE, {**ROUTE, "name": "b"}], _routes(2)),
    _one("ApplicationTier", "NAME-01", "allow", [*_allow(1), *_allow(1)], _allow(2)),
    _one("ApplicationTier", "NSG-05", "allow", _allow(401), _allow(400)),
    _one("ApplicationTier", "NSG-06", "allow", _allow(1, 4001), _allow(1, 4000)),
    _one("ApplicationTier", "NSG-19", "allow", _allow(1, name="DenyAllInBound"), _allow(1, name="DenyAll")),
    ComponentCase(
        "ApplicationTier",
        "NSG-03",
        {"routes": [{"name": "out", "prefix": "198.51.100.0/24", "next_hop_type": "Internet"}]},
        {
            "routes": [{"name": "out", "prefix": "198.51.100.0/24", "next_hop_type": "Internet"}],
            "internet_outbound": True,
        },
    ),
    ComponentCase(
        "ExpressRouteCircuit",
        "CIRCUIT-02",
        {"tier": "Local", "bandwidth_in_mbps": 1000},
        {"tier": "Standard", "bandwidth_in_mbps": 1000},
    ),
    ComponentCase("ExpressRouteCircuit", "CIRCUIT-05", {"bandwidth_in_gbps": None}, {"bandwidth_in_gbps": 5.0}, 1),
    _one("ExpressRouteCircuit", "CIRCUIT-05", "bandwidth_in_gbps", 5.0, None),
    _one("ExpressRouteCircuit", "CIRCUIT-17", "existing_id", EXAMPLES["ExpressRouteCircuit"][2]["existing_id"], None),
    _one("ExpressRouteCircuit", "NAME-01", "authorizations", ["a", "a"], ["a", "b"]),
    ComponentCase(
        "ExpressRouteCircuit",
        "LIMIT-08",
        {"tier": "Standard", "authorizations": [f"a{n}" for n in range(11)]},
        {"tier": "Standard", "authorizations": [f"a{n}" for n in range(10)]},
    ),
    ComponentCase(
        "ExpressRouteCircuit",
        "LIMIT-08",
        {"authorizations": [f"a{n}" for n in range(101)], "tier": "Premium"},
        {"authorizations": [f"a{n}" for n in range(100)], "tier": "Premium"},
        1,
    ),
    ComponentCase(
        "ExpressRouteGateway",
        "ER-02",
        {**_FIXED, "connections": _connections(*"abcde")},
        {**_FIXED, "connections": _connections(*"abcd")},
    ),
    _one("ExpressRouteGateway", "ER-03", "connections", _connections(*["a"] * 5), _connections(*["a"] * 4, "b")),
    _one("ExpressRouteGateway", "ER-08", "connections", _connections("a", "A"), _connections("a", "b")),
    _one("ExpressRouteGateway", "NAME-01", "connections", _connections("a", "b")[:1] * 2, _connections("a", "b")),
    ComponentCase(
        "ExpressRouteGateway", "GW-04", {**_FIXED, _SUBNET: "10.0.255.0/28"}, {**_FIXED, _SUBNET: "10.0.255.0/27"}
    ),
    ComponentCase(
        "ExpressRouteGateway",
        "GW-05",
        {**_FIXED, _SUBNET: "10.0.255.0/28", "alone": True},
        {**_FIXED, _SUBNET: "10.0.255.0/27", "alone": True},
    ),
    ComponentCase(
        "ExpressRouteGateway",
        "GW-07",
        {**_FIXED, "sku": "ErGw3AZ", _SUBNET: "10.0.255.0/27", "connections": _connections(*"abcdefghijklmnop")},
        {**_FIXED, "sku": "ErGw3AZ", _SUBNET: "10.0.255.0/26", "connections": _connections(*"abcdefghijklmnop")},
    ),
    ComponentCase(
        "ExpressRouteGateway", "GW-09", {**_FIXED, _SUBNET: "10.0.255.0/27"}, {**_FIXED, _SUBNET: "10.0.255.0/26"}
    ),
    _one("HubNetwork", "GW-12", "gateway_subnet_routes", _route("0.0.0.0/0"), _route("0.0.0.0/1")),
    _one("HubNetwork", "GW-14", "gateway_subnet_routes", _route("10.0.255.0/25"), _route("10.0.254.0/25")),
    _one("HubNetwork", "GW-15", "gateway_subnet_routes", _route("10.0.255.0/26"), _route("10.0.254.0/26")),
    *(_one(name, "GW-16", "dns_servers", ["10.0.1.4"], ["168.63.129.16"]) for name in ("HubNetwork", "Spoke")),
    _one("HubNetwork", "LIMIT-14", "gateway_subnet_routes", _routes(401), _routes(400)),
    *(
        _one(name, "LIMIT-15", "dns_servers", numbered(21, length=32), ["168.63.129.16"])
        for name in ("HubNetwork", "Spoke")
    ),
    _one("HubNetwork", "UDR-01", "gateway_subnet_routes", [ROUTE, {**ROUTE, "name": "b"}], _routes(2)),
    _one("HubNetwork", "NAME-01", "gateway_subnet_routes", [ROUTE, {**ROUTE, "prefix": "172.20.0.0/16"}], _routes(2)),
    *(
        _one(
            "HubNetwork",
            rule,
            "address_prefixes",
            ["10.0.0.0/16", *numbered(wrong - 1, "172.16.0.0", 28)],
            ["10.0.0.0/16", *numbered(right - 1, "172.16.0.0", 28)],
        )
        for rule, wrong, right in (("LIMIT-04", 1001, 600), ("LIMIT-07", 601, 600), ("LIMIT-05", 201, 200))
    ),
    _one("HubNetwork", "NET-01", _SUBNET, "10.1.255.0/26", "10.0.0.0/26"),
    ComponentCase("Management", "BAS-04", {"sku": "Basic", **_PLAIN, "tunneling": True}, {"tunneling": True}),
    ComponentCase("Management", "BAS-04", {"sku": "Standard", **_PLAIN, "session_recording": True}, {}),
    ComponentCase("Management", "BAS-04", {"sku": "Basic", **_PLAIN, "scale_units": 3}, {"scale_units": 50}),
    ComponentCase("Management", "BAS-05", {"bastion_subnet_prefix": None}, {}, 1),
    ComponentCase("Management", "BAS-05", {"bastion_subnet_prefix": "10.0.254.0/26"}, {"sku": None, **_ALONE}, 2),
    ComponentCase("Management", "BAS-05", {"security_group": True}, {**_ALONE, "sku": None, "security_group": True}, 2),
    _one("Management", "BAS-07", "security_group", False, True),
    _one("Management", "BAS-07", "allowed_sources", [], ["203.0.113.0/24"]),
    _one("Management", "NSG-06", "allowed_sources", administrators(4001), administrators(4000)),
    _one("Management", "NSG-14", "allowed_sources", ["203.0.113.0/24", "203.0.113.7/32"], ["203.0.113.0/24"]),
    *(
        _one(component, rule, argument, [first, wrong], [first, right])
        for component, argument, first in _SPACES
        for rule, wrong, right in (
            ("NET-04", first.replace("0.0/16", "1.0/24"), "10.9.0.0/24"),
            ("NET-05", "224.0.0.0/24", "223.0.0.0/24"),
            ("NET-07", first, "10.9.0.0/16"),
        )
    ),
    _one("HubPeering", "SPOKE-06", "spoke_prefixes", ["10.0.255.0/24"], ["10.1.0.0/16"]),
    _one(
        "HubPeering",
        "SPOKE-07",
        "spoke_network_id",
        EXAMPLES["HubPeering"][0]["hub_network_id"],
        f"{GROUP}/virtualNetworks/v",
    ),
    _one("Management", "NET-01", "bastion_subnet_prefix", "10.1.254.0/26", "10.0.254.0/26"),
    _one("Management", "NET-03", "bastion_subnet_prefix", "10.0.254.0/30", "10.0.254.0/26"),
    ComponentCase("VpnGateway", "BGP-01", {"asn": 65010}, {"asn": 65010, "alone": True}),
    _one("VpnGateway", "BGP-09", "apipa_addresses", [["169.254.21.1"]], [["169.254.21.1"], ["169.254.21.5"]]),
    _one("VpnGateway", "NET-05", _SPACE, ["224.0.0.0/24"], ["223.0.0.0/24"]),
    _one("VpnGateway", "PIP-04", "zones", [], ["1"]),
    ComponentCase("VpnGateway", "PIP-12", {"zones": [], "location": "westus"}, {"zones": ["1"]}),
    _one("VpnGateway", "ZONE-04", "location", "West US", "West US 2"),
    _one("Management", "ZONE-04", "location", "West US", "West US 2"),
    _one("Management", "ZONE-04", "zones", ["1", "1"], []),
    _one("ApplicationTier", "ZONE-04", "location", "West US", "West US 2"),
    _one("ApplicationTier", "ZONE-04", "load_balancer", _front(["1", "4"]), _front(["2"])),
    _one("ApplicationTier", "LB-04", "load_balancer", _front(["1", "2"]), _front(["3", "1", "2"])),
    _one("ApplicationTier", "LB-03", "load_balancer", _front([]), _front(None)),
    _one("ExpressRouteGateway", "ZONE-06", "location", "West US 2", "West US 3"),
    *(
        _one("VpnGateway", rule, "sku", sku, "VpnGw2AZ")
        for rule, sku in (("VPN-02", "Basic"), ("VPN-04", "VpnGw2"), ("VPN-06", "HighPerformance"))
    ),
    ComponentCase(
        "VpnGateway",
        "VPN-13",
        {"active_active": False, "public_ip_names": ["a"], "apipa_addresses": [["169.254.21.1"]]},
        {"active_active": True},
    ),
    _one("VpnGateway", "ZONE-04", "zones", ["4"], ["3"]),
    ComponentCase(
        "VpnSite",
        "BGP-03",
        {"bgp": {"asn": 8074, "peer_address": "192.168.255.1"}},
        {"bgp": {"asn": 8073, "peer_address": "192.168.255.1"}},
    ),
    _one("ExpressRouteGateway", "ARG-01", "sku", None, "ErGwScale"),
    _one("VpnGateway", "ARG-01", "sku", None, "VpnGw2AZ"),
    _one("ApplicationTier", "ARG-02", "subnet_prefix", "10.0.1.0/255.255.255.0", "10.0.1.0/24"),
    _one("ApplicationTier", "ARG-02", "subnet_prefix", "10.0.1.0/024", "10.0.1.0/24"),
    _one("ExpressRouteGateway", "EXIST-11", "sku", "ErGw1AZ", None, 1),
    _one("VpnGateway", "EXIST-11", "public_ip_names", ["pip-1", "pip-2"], None, 1),
    _one("ExpressRouteCircuit", "EXIST-11", "family", "MeteredData", None, 2),
    _one("Spoke", "EXIST-11", "dns_servers", ["10.1.0.4"], None, 1),
    _one("Monitoring", "EXIST-11", "retention_in_days", 90, None, 1),
    _one("HubNetwork", "EXIST-11", "gateway_subnet_route_table_name", "rt", None, 1),
    _one("VpnSite", "BGP-05", "gateway_bgp", False, True),
    _one("VpnGateway", "VPN-43", "apipa_addresses", [["169.254.21.2"]] * 2, [["169.254.21.2"], ["169.254.21.6"]]),
    ComponentCase(
        "VpnGateway",
        "VPN-41",
        {**_ONE_INSTANCE, "apipa_addresses": [["169.254.21.2", "169.254.21.6"]]},
        {**_ONE_INSTANCE, "apipa_addresses": [["169.254.21.2"]]},
    ),
    _one("VpnSite", "BGP-05", "gateway_asn", 65010, 65011),
    ComponentCase("VpnSite", "VPN-40", {"gateway_active_active": False}, {"gateway_active_active": True}, _TUNNEL),
    _one("VpnSite", "VPN-41", _OF_GATEWAY, [["169.254.21.2"], []], [["169.254.21.2"], ["169.254.22.2"]], _TUNNEL),
    _one("VpnSite", "VPN-41", _OF_GATEWAY, [["169.254.21.1"]], [["169.254.21.1"], ["169.254.21.5"]]),
    _one("VpnSite", "VPN-44", "fqdn", None, "vpn.example.com", _TUNNEL),
    _one("VpnSite", "VPN-44", "fqdn", "vpn.example.com", None),
    _one("VpnSite", "FAIL-07", "prefixes", ["10.0.1.0/24"], ["10.1.0.0/24"]),
    _one("VpnSite", "IPSEC-08", "ipsec_policy", _policy(ipsec_integrity="SHA256"), _policy()),
    _one("VpnSite", "IPSEC-13", "ipsec_policy", _policy(dh_group="DHGroup2"), _policy(dh_group="ECP256")),
    _one("VpnSite", "LIMIT-07", "prefixes", numbered(1001), numbered(1000), _STATIC),
    _one("VpnSite", "LIMIT-07", "prefixes", numbered(4001), numbered(4000)),
    _one("VpnSite", "NET-06", "prefixes", ["224.0.0.0/24"], ["223.0.0.0/24"], _STATIC),
    _one("VpnSite", "NET-07", "prefixes", ["192.168.0.0/16"] * 2, ["192.168.0.0/16", "192.169.0.0/16"], _STATIC),
    _one("VpnSite", "VPN-16", "shared_key", "k" * 129, "Planted.Key_" * 10),
    ComponentCase(
        "VpnSite",
        "VPN-17",
        {"prefixes": ["10.0.0.0/24"], _SPACE: ["10.0.0.0/16"]},
        {"prefixes": ["10.1.0.0/24"], _SPACE: ["10.0.0.0/16"]},
        _STATIC,
    ),
    ComponentCase(
        "VpnSite",
        "VPN-18",
        {"prefixes": ["192.168.255.1/32"], "bgp": {"asn": 65010, "peer_address": "192.168.255.1"}},
        {"prefixes": ["192.168.255.2/32"], "bgp": {"asn": 65010, "peer_address": "192.168.255.1"}},
    ),
    _one("VpnSite", "VPN-26", "prefixes", [], ["192.168.0.0/16"], _STATIC),
    _one("VpnSite", "VPN-27", "prefixes", ["203.0.113.0/28"], ["203.0.113.0/29"], _STATIC),
)
"""The rules that no wrong value of one argument in `tests.unit.examples` breaks."""

_WHOLE = "the hub does not know which gateways come; ExpressRouteGateway judges its `gateway_subnet_prefix`"
NOT_ALONE = {("HubNetwork", rule): _WHOLE for rule in ("GW-07", "GW-08", "GW-09")}
"""Rules that a component's composition has, but that only the settings can break there."""

OF_AZURE = {
    *(
        ("HubNetwork", rule)
        for rule in (
            *("EXIST-01", "EXIST-02", "EXIST-03", "EXIST-05", "EXIST-09", "GW-02", "GW-03", "GW-04", "GW-11", "GW-13"),
            *("GW-19", "GW-22"),
        )
    ),
    *(("Spoke", rule) for rule in ("EXIST-01", "SPOKE-03", "SPOKE-04", "SPOKE-12", "SPOKE-18")),
}
"""Rules that are broken by what a lookup finds: `tests/unit/test_components.py` and `cases_existing.py` have them."""

_ROUTES = "which path a prefix takes is a question to the whole network"
_MAPS = "secret maps are the stack's; a component is given its secret itself, and ARG-01 asks for it"
_FILE = "the form of a stack's settings"
_EDGE = "what on-premises has and prefers is nobody's argument: only the proof and the device's files read it"
SETTINGS_ALONE = {
    "BAS-10": "which tier lets Bastion in: the rules are the tiers', the subnet is Management's",
    "BAS-12": "what all sites and circuits announce: default routes are theirs, the subnet is Management's",
    "BGP-16": "several sites side by side",
    "CIRCUIT-15": "FastPath is the ExpressRoute gateway's, the routes of its subnet are the hub's",
    "CIRCUIT-23": "the place and the tier are the circuit's, the region is its gateway's",
    "EXIST-14": "a tier with a subnet that is there makes no component",
    "ER-11": "bandwidth is the circuit's, throughput the gateway's",
    **{f"DEV-{n:02}": _EDGE for n in (1, 2, 3, 4, 5, 6)},
    **{f"FAIL-{n:02}": _ROUTES for n in (1, 2, 3, 5, 9, 15, 16, 17, 18, 19, 20, 21, 22, 23)},
    "KEY-01": _MAPS,
    "KEY-02": _MAPS,
    "GW-23": "which addresses the sites and the spokes have: the routes are the hub's",
    "LIMIT-01": "several circuits of a subscription",
    "LIMIT-03": "what on-premises announces is nobody's argument",
    "LIMIT-20": "what on-premises announces is nobody's argument",
    "LIMIT-10": "several sites side by side",
    "LIMIT-11": "bandwidth is the circuit's, throughput the VPN gateway's",
    "ROUTE-12": "whether the network has both gateways: the routes are the tiers'",
    "NAME-05": "names are compared over everything that the stack makes",
    "NAME-06": "the words of `sources` are the settings' own",
    "NAME-07": "the setting `names` is the settings' own",
    "NET-02": "several subnets side by side; Azure refuses the second, and nothing is lost",
    "NSG-04": "words for sources are the settings'; a component takes prefixes and Azure's tags [NSG-17]",
    **{f"NVA-{n:02}": _ROUTES for n in (1, 3, 5, 6, 10)},
    **{f"PREF-{n:02}": _EDGE for n in (1, 2, 3)},
    "SET-01": _FILE,
    "SET-02": _FILE,
    "SET-03": _FILE,
    "SPOKE-15": "several spokes side by side",
    "VPN-14": "several sites side by side",
    "ZONE-01": "a component is told its zones; which ones a region has is asked by the settings alone",
    "VPN-25": "several sites side by side",
    "XS-08": "several sites side by side",
}
"""Rules of settings that no component enforces, each with the reason."""
