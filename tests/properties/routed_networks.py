"""Generated settings for the failover's properties: small, nested, and full of corners."""

from typing import Any

from hypothesis import strategies as st

POOL = [
    "192.168.0.0/16",
    "192.168.0.0/17",
    "192.168.128.0/17",
    "192.168.5.0/24",
    "192.168.5.128/25",
    "172.20.0.0/14",
    "172.20.0.0/16",
    "172.21.7.0/24",
    "10.0.0.0/8",
    "10.20.5.0/24",
    "100.64.0.0/10",
    "203.0.113.0/24",
    "203.0.113.128/25",
    "0.0.0.0/0",
]
"""Nested and disjoint, private and public, inside the address space (10.20.0.0/16) and around it."""
SPACE = "10.20.0.0/16"
SUBNETS = ["10.20.1.0/24", "10.20.2.0/24"]


@st.composite
def prefix_lists(draw: st.DrawFn) -> list[str]:
    """One to five prefixes; rarely the VNet's own is among them."""
    chosen = draw(st.lists(st.sampled_from(POOL), min_size=1, max_size=4, unique=True))
    return [*chosen, SPACE] if draw(st.integers(0, 9)) == 7 else chosen


@st.composite
def user_routes(draw: st.DrawFn) -> dict[str, Any]:
    """A user-defined route."""
    kind = draw(st.sampled_from([*["VirtualAppliance"] * 4, "VirtualNetworkGateway", "VnetLocal", "Internet", "None"]))
    route: dict[str, Any] = {"prefix": draw(st.sampled_from(POOL)), "nextHopType": kind}
    if kind == "VirtualAppliance":
        route["nextHopAddress"] = draw(st.sampled_from(["10.20.1.4", "10.20.2.4", "10.20.9.4", "192.0.2.4"]))
    return route


@st.composite
def tiers(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A tier; most learn routes and have no table of their own."""
    routes = draw(st.lists(user_routes(), max_size=2, unique_by=lambda route: route["prefix"]))
    own = routes if draw(st.integers(0, 2)) == 0 else []
    return {
        "name": f"tier{number}",
        "subnet": SUBNETS[number],
        "gatewayRoutes": draw(st.integers(0, 4)) != 0,
        "internetOutbound": draw(st.booleans()),
        "routes": [{"name": f"r{index}", **route} for index, route in enumerate(own)],
    }


@st.composite
def circuits(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A circuit: ordered from a layer 2 or layer 3 provider, or existing; now and then never connected."""
    weight = draw(st.sampled_from([0, 0, 10]))
    common: dict[str, Any] = {"name": f"c{number}", "routingWeight": weight}
    if draw(st.integers(0, 3)) == 0:
        identity = f"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/expressRouteCircuits/c{number}"
        return {**common, "existing": {"id": identity}, "connect": draw(st.sampled_from(["always", "always", "never"]))}
    place = draw(st.sampled_from(["Seattle", "Amsterdam"]))
    ordered = {**common, "provider": "P", "peeringLocation": place, "bandwidthInMbps": 50}
    if draw(st.booleans()):
        first, second = f"172.31.{number}.0/30", f"172.31.{number}.4/30"
        peering = {"peerAsn": 65010, "vlanId": 100, "primaryPrefix": first, "secondaryPrefix": second}
        ordered["privatePeering"] = peering
    return ordered


@st.composite
def sites(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A VPN site, static or with BGP; by default it carries all of on-premises."""
    site: dict[str, Any] = {"name": f"s{number}", "publicIp": f"203.0.113.{10 + number}"}
    if draw(st.booleans()):
        site["bgp"] = {"asn": 65010 + number, "peerAddress": f"192.168.255.{1 + number}"}
    if draw(st.integers(0, 2)):
        site["prefixes"] = draw(prefix_lists())
    site["instance"] = draw(st.sampled_from([0, None, 1]))
    return site


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Settings as a stack's file has them."""
    express_route: dict[str, Any] = {
        "gateway": {"sku": "ErGw1AZ"},
        "circuits": [draw(circuits(number)) for number in range(draw(st.sampled_from([1, 1, 2, 2, 3])))],
    }
    if draw(st.booleans()):
        express_route["prefixes"] = draw(prefix_lists())
    blocked = draw(st.integers(0, 7)) == 0
    block = {
        "name": "blocked",
        "prefix": draw(st.sampled_from([SUBNETS[0], SPACE, "10.0.0.0/8"])),
        "nextHopType": draw(st.sampled_from(["None", "VnetLocal"])),
    }
    return {
        "location": "westus2",
        "name": "generated",
        "network": {
            "addressSpace": [SPACE],
            "gatewaySubnet": "10.20.255.192/26",
            "tiers": [draw(tiers(number)) for number in range(draw(st.integers(1, 2)))],
            "gatewaySubnetRoutes": [block] if blocked else [],
        },
        "onPremises": {"prefixes": draw(prefix_lists())},
        "expressRoute": express_route,
        "vpn": {
            "gateway": {"sku": "VpnGw1AZ", "activeActive": draw(st.booleans())},
            "sites": [draw(sites(number)) for number in range(draw(st.integers(1, 3)))],
        },
    }
