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
SPOKES = ["10.30.0.0/16", "10.31.0.0/16"]
GATEWAY_SUBNET = "10.20.255.192/26"
FIREWALLS = ["10.20.9.4", "10.20.2.4", "10.20.9.5", "10.30.1.4"]
"""In a subnet of its own, in a tier, and in a spoke."""
NO_FIREWALLS = ["192.0.2.4", "10.20.255.200"]
"""Next hops in no network, and in a subnet in which nothing forwards."""
OFTEN_NOT = st.sampled_from([False, False, False, True])


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
        route["nextHopAddress"] = draw(st.sampled_from(["10.20.1.4", *FIREWALLS, *NO_FIREWALLS]))
    return route


def named(routes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Routes with names, one for each prefix."""
    by_prefix = {route["prefix"]: route for route in routes}
    return [{"name": f"r{index}", **route} for index, route in enumerate(by_prefix.values())]


@st.composite
def tiers(draw: st.DrawFn, number: int, subnet: str, firewall: str | None, calm: bool) -> dict[str, Any]:
    """A tier; most learn routes and have no table of their own, but where a firewall guards the network most do."""
    learns = calm or draw(st.integers(0, 4)) != 0
    routes = draw(st.lists(user_routes(), max_size=2)) if not calm and draw(st.integers(0, 3)) == 0 else []
    if firewall and (calm or draw(st.integers(0, 4))):
        learns = not calm and draw(OFTEN_NOT)
        guarded = [["0.0.0.0/0"], *([] if calm else [["192.168.0.0/16", "172.20.0.0/14"]]), POOL]
        to_firewall = {"nextHopType": "VirtualAppliance", "nextHopAddress": firewall}
        routes += [{"prefix": prefix, **to_firewall} for prefix in draw(st.sampled_from(guarded))]
    return {
        "name": f"tier{number}",
        "subnet": subnet,
        "gatewayRoutes": learns,
        "internetOutbound": draw(st.booleans()),
        "routes": named(routes),
    }


@st.composite
def circuits(draw: st.DrawFn, number: int, calm: bool) -> dict[str, Any]:
    """A circuit: ordered from a layer 2 or layer 3 provider, on a Direct port, or existing; rarely never connected."""
    weight = draw(st.sampled_from([0, 0, 0, 10]))
    circuit: dict[str, Any] = {"name": f"c{number}", "routingWeight": weight}
    if not calm and draw(OFTEN_NOT):
        circuit["prefixes"] = draw(prefix_lists())
    if draw(OFTEN_NOT):
        circuit["prepend"] = draw(st.integers(1, 2))
    if draw(OFTEN_NOT):
        circuit["localPreference"] = draw(st.sampled_from([100, 120, 160, 200]))
    group = draw(st.sampled_from(["g", "g", "g", "h"]))
    resources = f"/subscriptions/s/resourceGroups/{group}/providers/Microsoft.Network"
    place = draw(st.sampled_from(["Seattle", "seattle", "Amsterdam"]))
    kind = draw(st.sampled_from(["existing", "port", "layer 2", "layer 2", "layer 3"]))
    if kind == "existing":
        known = {"peeringLocation": place} if draw(st.booleans()) else {}
        existing = {"existing": {"id": f"{resources}/expressRouteCircuits/c{number}"}, **known}
        return {**circuit, **existing, "connect": draw(st.sampled_from(["always", "always", "never"]))}
    if kind == "port":
        port = draw(st.sampled_from(["p", "p", "P", "q"]))
        circuit["port"] = {"id": f"{resources}/expressRoutePorts/{port}", "bandwidthInGbps": 1}
        circuit["connect"] = "always"
    else:
        circuit |= {"provider": "P", "peeringLocation": place, "bandwidthInMbps": 50}
    if kind != "layer 3":
        first, second = f"172.31.{number}.0/30", f"172.31.{number}.4/30"
        peering = {"peerAsn": 65010, "vlanId": 100 + number, "primaryPrefix": first, "secondaryPrefix": second}
        circuit["privatePeering"] = peering
    return circuit


@st.composite
def sites(draw: st.DrawFn, number: int, calm: bool) -> dict[str, Any]:
    """A VPN site, static or with BGP; by default it carries all of on-premises."""
    site: dict[str, Any] = {"name": f"s{number}", "publicIp": f"203.0.113.{10 + number}"}
    if calm or draw(st.booleans()):
        site["bgp"] = {"asn": 65010 + number, "peerAddress": f"192.168.255.{1 + number}"}
        if draw(OFTEN_NOT):
            site["prepend"] = draw(st.integers(1, 2))
        if draw(st.integers(0, 5)) == 0:
            site["localPreference"] = draw(st.sampled_from([110, 150, 150, 180]))
    if not calm and draw(st.integers(0, 2)):
        site["prefixes"] = draw(prefix_lists())
    site["instance"] = draw(st.sampled_from([0, None, 1]))
    return site


@st.composite
def devices(draw: st.DrawFn, links: list[str], names: list[str]) -> list[dict[str, Any]]:
    """Which machine holds what: nothing said, or every link and site with one of three machines, or with none."""
    if draw(st.booleans()):
        return []
    held: list[dict[str, Any]] = [{"name": f"d{number}", "links": [], "sites": []} for number in range(3)]
    for kind, every in (("links", links), ("sites", names)):
        for one in every:
            number = draw(st.sampled_from([0, 1, 3] if kind == "links" else [0, 1, 2, 2, 3]))
            if number < len(held):
                held[number][kind].append(one)
    return [device for device in held if device["links"] or device["sites"]]


@st.composite
def spokes(draw: st.DrawFn, number: int, firewall: str | None, calm: bool) -> dict[str, Any]:
    """A spoke, with a tier or without, which no firewall guards."""
    space = SPOKES[number]
    subnet = space.replace("0.0/16", "1.0/24")
    inner = [draw(tiers(0, subnet, firewall, calm))] if (firewall and calm) or draw(st.booleans()) else []
    spoke: dict[str, Any] = {"name": f"spoke{number}", "addressSpace": [space], "tiers": inner}
    return {**spoke, "forwardedTraffic": False} if not calm and draw(st.integers(0, 5)) == 0 else spoke


@st.composite
def hubs(draw: st.DrawFn, calm: bool) -> dict[str, Any]:
    """The network in Azure; now and then a firewall guards it, with routes in both directions or some left out."""
    wrong = [] if calm else [*FIREWALLS, *NO_FIREWALLS]
    number_of_tiers, number_of_spokes = draw(st.integers(1, 2)), draw(st.sampled_from([0, 0, 1, 2]))
    in_a_spoke = [address for address in FIREWALLS if number_of_spokes and address.startswith("10.30")]
    firewall = draw(st.sampled_from([None, None, None, *FIREWALLS[:1], *in_a_spoke, *wrong]))
    hub: dict[str, Any] = {
        "addressSpace": [SPACE],
        "gatewaySubnet": GATEWAY_SUBNET,
        "tiers": [draw(tiers(number, SUBNETS[number], firewall, calm)) for number in range(number_of_tiers)],
        "spokes": [draw(spokes(number, firewall, calm)) for number in range(number_of_spokes)],
    }
    routes: list[dict[str, Any]] = []
    if firewall:
        to_firewall = {"nextHopType": "VirtualAppliance", "nextHopAddress": firewall}
        guarded = [tier["subnet"] for tier in hub["tiers"]] + [spoke["addressSpace"][0] for spoke in hub["spokes"]]
        routes = [{"prefix": prefix, **to_firewall} for prefix in guarded if calm or draw(st.integers(0, 5))]
        if not calm and draw(st.booleans()):
            routes.append({"prefix": "10.20.1.128/25", **to_firewall})
    if not calm and draw(st.integers(0, 7)) == 0:
        prefix = draw(st.sampled_from([SUBNETS[0], "10.20.1.0/26", SPACE, "10.0.0.0/8"]))
        routes.append({"prefix": prefix, "nextHopType": draw(st.sampled_from(["None", "VnetLocal"]))})
    hub["gatewaySubnetRoutes"] = named(routes)
    known = [address for address in FIREWALLS if draw(st.booleans())]
    hub["firewalls"] = [
        {"name": f"f{index}", "address": address, "redundant": draw(st.booleans()), "stateful": not draw(OFTEN_NOT)}
        for index, address in enumerate(known)
        if hub["spokes"] or not address.startswith("10.30")
    ]
    return hub


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Settings as a stack's file has them. Every third network is calm: it has what it needs, and little else."""
    calm = draw(st.integers(0, 2)) == 0
    express_route: dict[str, Any] = {
        "gateway": {"sku": "ErGw3AZ"},
        "circuits": [draw(circuits(number, calm)) for number in range(draw(st.sampled_from([1, 1, 2, 2, 3])))],
    }
    if not calm and draw(st.booleans()):
        express_route["prefixes"] = draw(prefix_lists())
    on_premises = draw(prefix_lists())
    if draw(OFTEN_NOT):
        general = express_route.get("prefixes", on_premises)
        longer = [*general, draw(st.sampled_from([prefix for prefix in POOL if prefix not in general]))]
        draw(st.sampled_from(express_route["circuits"]))["prefixes"] = longer
    gateway: dict[str, Any] = {"sku": "VpnGw1AZ", "activeActive": draw(st.booleans())}
    if draw(st.integers(0, 5)) == 0:
        gateway["zones"] = ["2"]
    vpn_sites = [draw(sites(number, calm)) for number in range(draw(st.integers(1, 3)))]
    links = [f"{one['name']}/{which}" for one in express_route["circuits"] for which in ("primary", "secondary")]
    names = [site["name"] for site in vpn_sites]
    hub, held = draw(hubs(calm)), draw(devices(links, names))
    if draw(st.integers(0, 3)) == 0:
        draw(st.sampled_from(express_route["circuits"]))["fastPath"] = True
    return {
        "location": "westus2",
        "name": "generated",
        "network": hub,
        "onPremises": {"prefixes": on_premises, "devices": held},
        "expressRoute": express_route,
        "vpn": {"gateway": gateway, "sites": vpn_sites},
    }
