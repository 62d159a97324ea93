"""What firewalls do to traffic, in words, and the routes that they need."""

from ipaddress import IPv4Address, IPv4Network

from components.rules import rule

from ..settings.model import Settings
from ..settings.model_network import UserRoute
from .causes import EXCUSE, FAIL_16, Cause
from .failover import Model, Paths
from .inbound import GATEWAY_SUBNET
from .parts import HUB, Firewall, TierNetwork
from .routing import Path, hop, subnet_of, tier_at

_HYBRID = "https://learn.microsoft.com/azure/firewall/tutorial-hybrid-portal"

NVA_01 = rule(
    "NVA-01",
    "a stateful firewall sees both directions: the GatewaySubnet and the subnets behind it have routes to it alike",
    _HYBRID,
)
NVA_03 = rule(
    "NVA-03",
    "no learned prefix is more specific than a tier's route to a firewall: its traffic would go past it, one way",
    _HYBRID,
)


def dead_firewall(model: Model, route: UserRoute) -> Cause:
    """A firewall that all paths cross, and that is not redundant."""
    network = model.network
    assert route.next_hop_address is not None
    number = network.firewall_at[route.next_hop_address]
    firewall = network.firewalls[number]
    if firewall.claimed:
        path = f"network.firewalls[{number}].redundant"
        what = "is not redundant; put a second machine beside it, behind a load balancer, and set redundant: true"
    else:
        path = "network.firewalls"
        what = (
            "is taken for one machine; where it is Azure Firewall, or a load balancer before several, add {name: ..., "
            f"address: {firewall.address}, redundant: true}}"
        )
    return Cause(FAIL_16, path, f"it crosses {called(firewall)}, which {what}, {EXCUSE}")


def gateways_apart(model: Model, mask: int) -> Cause:
    """A firewall that has failed between the two gateways, so that the VPN's routes are withdrawn [ROUTE-05]."""
    firewall = model.network.firewalls[mask.bit_length() - 1]
    return Cause(
        FAIL_16,
        GATEWAY_SUBNET,
        f"{called(firewall)} stands between the two gateways, and without it the VPN's routes are withdrawn; name the "
        f"tiers' prefixes there in place of one that holds the GatewaySubnet, {EXCUSE}",
    )


def called(firewall: Firewall) -> str:
    """A firewall in words."""
    return f"firewall {firewall.name}" + (f" ({firewall.address})" if firewall.claimed else "")


def one_way(settings: Settings, model: Model, prefix: IPv4Network, tier: int, paths: Paths) -> Cause:
    """The stateful firewall that sees one direction only, and the route that is missing [NVA-01, NVA-03]."""
    network, subnet = model.network, model.network.tiers[tier]
    number = paths.one_way[0]
    firewall = network.firewalls[number]
    there = number in paths.out.firewalls
    sees, other = ("leaves", "the answers") if there else ("comes to", "what leaves it")
    text = (
        f"asymmetric: {called(firewall)} sees what {sees} tier {subnet.name!r}, but not {other}, and drops it, being "
        "stateful"
    )
    long, short = (paths.out, paths.back) if there else (paths.back, paths.out)
    wanted = long.firewalls[::-1]
    step = next(
        (index for index, one in enumerate(wanted) if index >= len(short.firewalls) or short.firewalls[index] != one), 0
    )
    to = network.firewalls[wanted[step]].address
    before = wanted[step - 1] if step else None
    if there and before is None:
        return _at_the_gateways(settings, text, subnet.name, subnet.path, subnet.subnet, to)
    if before is None and subnet.path and to in subnet.subnet:
        return Cause(
            NVA_01,
            GATEWAY_SUBNET,
            f"{text}; the firewall is in this tier's own subnet: let no route for {subnet.subnet} lead to it there, "
            f"{EXCUSE}",
        )
    where = tier
    if before is not None:
        where = subnet_of(network, before, network.network_of(network.firewalls[before].address) or HUB)
    table = tier_at(network, where)
    owner, path = f"{table.path}.routes", f"{table.path}.routes"
    if not table.path:
        path = "network.tiers" if table.network == HUB else f"network.spokes[{table.network - 1}].tiers"
        what = "its subnets" if before is None else f"the subnet of {network.firewalls[before].address}"
        owner = f"the route tables of {what} (with routes it is an item of {path})"
    wants = subnet.subnet if there else prefix
    same = next((index for index, route in enumerate(table.routes) if route.prefix == wants), None)
    if same is not None and table.path:
        # A table has one route for a prefix [UDR-01].
        return Cause(NVA_01, f"{table.path}.routes[{same}]", f"{text}; {_leading_to(to)}")
    if there:
        return Cause(NVA_01, GATEWAY_SUBNET, f"{text}; add {route_line(subnet.subnet, to)} to {owner}, {EXCUSE}")
    past = any(
        prefix.subnet_of(route.prefix) and hop(network, table.network, route)[0] == wanted[step]
        for route in table.routes
    )
    why = "; a learned prefix is more specific than the route that leads to it" if past else ""
    return Cause(NVA_03 if past else NVA_01, path, f"{text}{why}; add to {owner}", routes_to=to)


def last_subnet(model: Model, tier: int, out: Path) -> TierNetwork:
    """The subnet whose routes decided last on a way out: the tier's own, or that of the last firewall."""
    network = model.network
    if not out.firewalls:
        return network.tiers[tier]
    last = out.firewalls[-1]
    where = network.network_of(network.firewalls[last].address) or HUB
    return tier_at(network, subnet_of(network, last, where))


def no_route_out(model: Model, tier: int, paths: Paths) -> Cause:
    """A tier that learns no routes, and has none to the firewall that what comes to it crosses."""
    subnet = model.network.tiers[tier]
    firewall = model.network.firewalls[paths.back.firewalls[-1]]
    return Cause(
        NVA_01,
        f"{subnet.path}.routes",
        f"tier {subnet.name!r} does not learn the gateways' routes, and has none to {called(firewall)}, which what "
        f"comes to it crosses; add to {subnet.path}.routes",
        routes_to=firewall.address,
    )


def _at_the_gateways(
    settings: Settings, text: str, tier: str, tier_path: str, subnet: IPv4Network, to: IPv4Address
) -> Cause:
    """The route of the GatewaySubnet that leads what comes from on-premises to a firewall."""
    table = settings.network.gateway_subnet_routes
    fast = [index for index, one in enumerate(settings.express_route.circuits) if one.fast_path and one.port is None]
    if fast and not tier_path.startswith("network.spokes"):
        # A provider's circuit with FastPath goes past such a route [CIRCUIT-15].
        there = any(subnet.subnet_of(route.prefix) and route.next_hop_address == to for route in table)
        more = "" if there else f" and add {route_line(subnet, to)} to {GATEWAY_SUBNET}"
        return Cause(
            NVA_01,
            f"expressRoute.circuits[{fast[0]}].fastPath",
            f"{text}; with FastPath no route of the GatewaySubnet is followed: set fastPath: false{more}, or take the "
            f"tier's route away, {EXCUSE}",
        )
    same = [index for index, route in enumerate(table) if route.prefix == subnet]
    if same:
        path = f"{GATEWAY_SUBNET}[{same[0]}]"
        return Cause(NVA_01, path, f"{text}; {_leading_to(to)}")
    name = tier.rpartition("/")[2]
    taken = {route.name for route in table}
    line = route_line(subnet, to, "" if name in taken or " " in name else name)
    return Cause(NVA_01, GATEWAY_SUBNET, f"{text}; add {line} to {GATEWAY_SUBNET}, {EXCUSE}")


def _leading_to(to: IPv4Address) -> str:
    return f"let it lead to {to} (nextHopType: VirtualAppliance), {EXCUSE}"


def route_line(prefix: IPv4Network, to: IPv4Address, name: str = "") -> str:
    """A user-defined route as the settings write it."""
    name = name or f"to-{prefix.network_address}-{prefix.prefixlen}".replace(".", "-")
    return f"{{name: {name}, prefix: {prefix}, nextHopType: VirtualAppliance, nextHopAddress: {to}}}"
