"""What firewalls do to traffic, in words, and the routes that they need."""

from collections import Counter
from ipaddress import IPv4Address, IPv4Network

from components.rules import rule

from ..settings.model import Settings
from ..settings.model_network import UserRoute
from .causes import EXCUSE, FAIL_16, Cause
from .failover import Model, Paths
from .inbound import GATEWAY_SUBNET
from .parts import HUB, Firewall, TierNetwork
from .routing import Path, hop, path_from_azure, subnet_of, tier_at

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
    """The stateful firewall that sees one direction only, and the route that is missing [NVA-01, NVA-03].

    The gateways tell tiers apart, never destinations: whatever leaves a tier has to cross the same firewalls. All ways
    out and all answers are advised towards one chain, so that no advice undoes another.
    """
    network, subnet = model.network, model.network.tiers[tier]
    number = paths.one_way[0]
    firewall = network.firewalls[number]
    sees, other = ("leaves", "the answers") if number in paths.out.firewalls else ("comes to", "what leaves it")
    text = (
        f"asymmetric: {called(firewall)} sees what {sees} tier {subnet.name!r}, but not {other}, and drops it, being "
        "stateful"
    )
    own = next((one for one in paths.back.firewalls if _inside(model, one, subnet)), None)
    if own is not None and own in paths.one_way:
        return _in_its_own_subnet(model, text, tier, paths, own)
    chain = _chain(model, tier, paths)
    if paths.out.firewalls != chain and _stateful(model, paths.out.firewalls) != _stateful(model, chain):
        return _way_out(model, text, tier, prefix, paths.out.firewalls, chain)
    return _answers(settings, model, text, tier, paths.back, chain[::-1])


def _chain(model: Model, tier: int, paths: Paths) -> tuple[int, ...]:
    """The firewalls that everything between a tier and on-premises should cross, in the order of what leaves: of all
    that some traffic crosses now the most, so that no advice takes a firewall away; of as many those of the answers."""
    network, subnet = model.network, model.network.tiers[tier]
    if tier not in model.chains:
        normal = (path_from_azure(network, ladder, tier, model.normal) for ladder in model.tree.ladders)
        outs = Counter(path.firewalls for path in normal if path.arrives)
        answers = {way.firewalls[::-1] for way in model.inbound[tier] if way.arrives}
        model.chains[tier] = {**outs, **{chain: outs.total() + 1 for chain in answers}}
    ranks = {paths.out.firewalls: 0, paths.back.firewalls[::-1]: 0, **model.chains[tier]}
    fitting = [chain for chain in ranks if not any(_inside(model, one, subnet) for one in chain)]

    def rank(chain: tuple[int, ...]) -> tuple[int, int, int, tuple[int, ...]]:
        return len(_stateful(model, chain)), len(chain), ranks[chain], chain

    return max(fitting, key=rank, default=())


def _inside(model: Model, firewall: int, subnet: TierNetwork) -> bool:
    """Whether a firewall is in a subnet that the settings make."""
    return bool(subnet.path) and model.network.firewalls[firewall].address in subnet.subnet


def _stateful(model: Model, chain: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(number for number in chain if model.network.firewalls[number].stateful)


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """The first place in which `other` is not like `one`."""
    return next((i for i, number in enumerate(other) if i >= len(one) or one[i] != number), len(other))


def _table_after(model: Model, firewall: int) -> TierNetwork:
    """The subnet whose routes a firewall forwards by."""
    network = model.network
    where = network.network_of(network.firewalls[firewall].address) or HUB
    return tier_at(network, subnet_of(network, firewall, where))


def _way_out(
    model: Model, text: str, tier: int, prefix: IPv4Network, crossed: tuple[int, ...], chain: tuple[int, ...]
) -> Cause:
    """What leads what leaves a tier for a prefix through the chain."""
    network = model.network
    step = _apart(crossed, chain)
    before = chain[step - 1] if step else None
    table = network.tiers[tier] if before is None else _table_after(model, before)
    to = network.firewalls[chain[step]].address
    routes = [route for route in table.routes if prefix.subnet_of(route.prefix)]
    same = next((route for route in routes if route.prefix == prefix), None)
    if same is not None and table.path:
        # A table has one route for a prefix [UDR-01].
        return Cause(NVA_01, f"{table.path}.routes[{table.routes.index(same)}]", f"{text}; {_leading_to(to)}")
    past = any(hop(network, table.network, route)[0] == chain[step] for route in routes)
    why = "; a learned prefix is more specific than the route that leads to it" if past else ""
    path, owner = _owner(model, table, before)
    return Cause(NVA_03 if past else NVA_01, path, f"{text}{why}; add to {owner}", routes_to=to)


def _answers(settings: Settings, model: Model, text: str, tier: int, back: Path, wanted: tuple[int, ...]) -> Cause:
    """What leads what comes to a tier through the chain."""
    network, subnet = model.network, model.network.tiers[tier]
    step = _apart(back.firewalls, wanted)
    to = network.firewalls[wanted[step]].address
    if not step:
        return _at_the_gateways(settings, model, text, tier, back, to)
    table = _table_after(model, wanted[step - 1])
    path, owner = _owner(model, table, wanted[step - 1])
    inside = [route for route in table.routes if route.prefix.subnet_of(subnet.subnet)]
    other = next((route for route in inside if route.next_hop_address != to), None)
    if other is not None and table.path:
        return Cause(NVA_01, f"{table.path}.routes[{table.routes.index(other)}]", f"{text}; {_leading_to(to)}")
    return Cause(NVA_01, path, f"{text}; add {route_line(subnet.subnet, to)} to {owner}, {EXCUSE}")


def _owner(model: Model, table: TierNetwork, firewall: int | None) -> tuple[str, str]:
    """Where a route is added, and that in words."""
    if table.path:
        return f"{table.path}.routes", f"{table.path}.routes"
    path = "network.tiers" if table.network == HUB else f"network.spokes[{table.network - 1}].tiers"
    what = "its subnets" if firewall is None else f"the subnet of {model.network.firewalls[firewall].address}"
    return path, f"the route tables of {what} (with routes it is an item of {path})"


def _in_its_own_subnet(model: Model, text: str, tier: int, paths: Paths, firewall: int) -> Cause:
    """A firewall that what comes to its own subnet crosses: what leaves from there cannot."""
    network, subnet = model.network, model.network.tiers[tier]
    place = paths.back.firewalls.index(firewall)
    if place:
        table = _table_after(model, paths.back.firewalls[place - 1])
        routes, owner = table.routes, f"{table.path}.routes"
    else:
        routes, owner = network.gateway_subnet_routes, GATEWAY_SUBNET
    address = network.firewalls[firewall].address
    leading = [route for route in routes if route.next_hop_address == address and route.prefix.overlaps(subnet.subnet)]
    route = max(leading, key=lambda one: one.prefix.prefixlen)
    path = f"{owner}[{routes.index(route)}]" if owner != ".routes" else "network.tiers"
    way_out = (
        "remove it"
        if route.prefix.subnet_of(subnet.subnet)
        else f"name the other subnets' prefixes there in place of {route.prefix}, or put it into a subnet of its own"
    )
    return Cause(NVA_01, path, f"{text}; the firewall is in this tier's own subnet: {way_out}, {EXCUSE}")


def last_subnet(model: Model, tier: int, out: Path) -> TierNetwork:
    """The subnet whose routes decided last on a way out: the tier's own, or that of the last firewall."""
    return _table_after(model, out.firewalls[-1]) if out.firewalls else model.network.tiers[tier]


def no_route_out(model: Model, tier: int, paths: Paths) -> Cause | None:
    """A tier that learns no routes, and has none to the firewall that what comes to it crosses; None where that is no
    firewall that it can have a route to."""
    subnet = model.network.tiers[tier]
    chain = _chain(model, tier, paths)
    if paths.out.firewalls or not chain:
        return None
    firewall = model.network.firewalls[chain[0]]
    return Cause(
        NVA_01,
        f"{subnet.path}.routes",
        f"tier {subnet.name!r} does not learn the gateways' routes, and has none to {called(firewall)}, which what "
        f"comes to it crosses; add to {subnet.path}.routes",
        routes_to=firewall.address,
    )


def _at_the_gateways(settings: Settings, model: Model, text: str, tier: int, back: Path, to: IPv4Address) -> Cause:
    """The route of the GatewaySubnet that leads what comes from on-premises to a firewall."""
    subnet = model.network.tiers[tier]
    table = settings.network.gateway_subnet_routes
    fast = {one.name for one in model.network.circuits if one.past_gateway is not False and one.name in back.via}
    there = any(subnet.subnet.subnet_of(route.prefix) and route.next_hop_address == to for route in table)
    if fast and subnet.network == HUB and (there or not back.firewalls):
        # A provider's circuit with FastPath goes past such a route [CIRCUIT-15].
        index = next(i for i, one in enumerate(settings.express_route.circuits) if one.name in fast)
        said = settings.express_route.circuits[index]
        unless = ", unless the circuit is on a Direct port" if said.existing else ""
        more = (
            ""
            if there or any(one.prefix == subnet.subnet for one in table)
            else f" and add {route_line(subnet.subnet, to)} to {GATEWAY_SUBNET}"
        )
        return Cause(
            NVA_01,
            f"expressRoute.circuits[{index}].fastPath",
            f"{text}; with FastPath no route of the GatewaySubnet is followed{unless}: set fastPath: false{more}, or "
            f"take the tier's route away, {EXCUSE}",
        )
    if back.route is not None and back.route.prefix.subnet_of(subnet.subnet):
        return Cause(NVA_01, back.setting, f"{text}; {_leading_to(to)}")
    name = subnet.name.rpartition("/")[2]
    taken = {route.name for route in table}
    line = route_line(subnet.subnet, to, "" if name in taken or " " in name else name)
    return Cause(NVA_01, GATEWAY_SUBNET, f"{text}; add {line} to {GATEWAY_SUBNET}, {EXCUSE}")


def _leading_to(to: IPv4Address) -> str:
    return f"let it lead to {to} (nextHopType: VirtualAppliance), {EXCUSE}"


def route_line(prefix: IPv4Network, to: IPv4Address, name: str = "") -> str:
    """A user-defined route as the settings write it."""
    name = name or f"to-{prefix.network_address}-{prefix.prefixlen}".replace(".", "-")
    return f"{{name: {name}, prefix: {prefix}, nextHopType: VirtualAppliance, nextHopAddress: {to}}}"
