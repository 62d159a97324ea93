"""Which route wins in a subnet and at the gateways: the way from Azure to on-premises.

Longest prefix first [ROUTE-01]. For equal prefixes in a subnet: user-defined route, then what the gateways learned
(ExpressRoute before VPN), then system routes [ROUTE-02]; system routes of the virtual networks' own prefixes stand
above more specific learned routes, only a user-defined route overrides them [ROUTE-03].
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from ..settings.model_network import UserRoute
from .destinations import Ladder, Level
from .network import Network
from .parts import HUB, TierNetwork
from .state import Alive

Kind = Literal["expressRoute", "vpn", "internet", "unreachable"]
Origin = Literal["user", "expressRoute", "static", "bgp", "system"]
"""Where a subnet's route comes from; `static` and `bgp` are the VPN gateway's."""
Cause = Literal[
    "",
    "noRoute",
    "deadTunnel",
    "userRoute",
    "virtualNetwork",
    "edge",
    "gatewaySubnetRoute",
    "outside",
    "loop",
    "firewall",
    "forwarding",
]
"""Why traffic does not arrive: no route to on-premises; a static route into a tunnel that is down; a user-defined route
leads elsewhere; the address is the VNet's own; the on-premises edge has no route; a user-defined route on the way from
the gateways leads elsewhere; one leads to an address outside the network and its peered networks, or in a circle, or
to a firewall that has failed; a spoke's peering does not let in what a firewall forwards."""

Item = TypeVar("Item")


class Path(NamedTuple):
    """Where traffic goes in one direction: over which circuits or through which sites' tunnels, or why it does not
    arrive."""

    kind: Kind
    via: tuple[str, ...] = ()
    """Names of the circuits (expressRoute) or sites (vpn) that share the traffic."""
    cause: Cause = ""
    route: UserRoute | None = None
    """The user-defined route that decided, if one did."""
    setting: str = ""
    """Where the settings have that route."""
    firewalls: tuple[int, ...] = ()
    """Numbers of the firewalls that it passes, in its order."""
    tied: tuple[str, ...] = ()
    """Names of circuits that on-premises prefers as much as these sites: nobody knows which of the two it takes."""

    def __str__(self) -> str:
        return f"{self.kind} {'+'.join(self.via)}".strip()

    @property
    def arrives(self) -> bool:
        """Whether the traffic reaches the other end."""
        return self.kind in ("expressRoute", "vpn")


class Candidate(NamedTuple):
    """One route to a prefix, as a subnet knows it."""

    origin: Origin
    next_hop: Literal["expressRoute", "vpn", "user", "virtualNetwork", "none", "internet"]
    via: tuple[str, ...] = ()
    alive: bool = True
    """False for a static route into tunnels that are down: Azure keeps it, and it takes the traffic."""
    route: UserRoute | None = None


def plain_subnet(network: int) -> int:
    """Stands for a subnet of a virtual network that these settings do not make: gateway routes, none user-defined."""
    return -1 - network


def tier_at(network: Network, tier: int) -> TierNetwork:
    """The tier of this number, or a plain subnet."""
    if tier >= 0:
        return network.tiers[tier]
    number = -1 - tier
    return TierNetwork("", network.spaces[number][0], network=number)


def candidates(network: Network, level: Level, tier: int, alive: Alive, default_replaced: bool) -> list[Candidate]:
    """The routes to exactly one prefix in a tier's subnet, the preferred one first.

    default_replaced: whether a route other than the system's own leads to 0.0.0.0/0 (see `default_is_replaced`).
    """
    subnet = tier_at(network, tier)
    table = network.tables.get(subnet.routes) if subnet.routes else None
    found = [Candidate("user", "user", route=route) for owner, route in level.user if owner == table]
    if subnet.gateway_routes:
        found += learned(network, level, alive)
    system = level.system
    if (
        system == "virtualNetwork"
        or (system == "none" and not default_replaced)
        or (system == "internet" and subnet.internet_outbound)
    ):
        found.append(Candidate("system", system))
    return found


def learned(network: Network, level: Level, alive: Alive) -> list[Candidate]:
    """What the gateways program into the subnets for one prefix, the preferred route first [ROUTE-01, ROUTE-07].

    A static route is in force as long as an instance of the VPN gateway lives, whether the tunnel is up or not, and its
    empty AS path is shorter than any learned one. A BGP route is there while a session is.
    """
    found: list[Candidate] = []
    if level.circuits & alive.circuits:
        preferred = preferred_circuits(network, level.circuits & alive.circuits)
        found.append(Candidate("expressRoute", "expressRoute", preferred))
    if level.static_sites and alive.vpn_gateway:
        all_up = level.static_sites & ~alive.sites == 0
        found.append(Candidate("static", "vpn", site_names(network, level.static_sites), all_up))
    if level.bgp_sites & alive.sites:
        shortest = least(network.sites, level.bgp_sites & alive.sites, lambda site: len(site.as_path))
        found.append(Candidate("bgp", "vpn", site_names(network, shortest)))
    return found


def default_is_replaced(network: Network, ladder: Ladder, subnet: TierNetwork, alive: Alive) -> bool:
    """Whether a user-defined or learned route leads to 0.0.0.0/0; then Azure takes away the routes that drop private
    addresses (https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#routing-example)."""
    default = ladder.levels[-1]
    if subnet.routes and any(owner == network.tables[subnet.routes] for owner, _ in default.user):
        return True
    return subnet.gateway_routes and bool(
        default.circuits & alive.circuits
        or (default.static_sites and alive.vpn_gateway)
        or default.bgp_sites & alive.sites
    )


def path_from_azure(network: Network, ladder: Ladder, tier: int, alive: Alive) -> Path:
    """The path from a tier to a destination: through the firewalls that user-defined routes lead to, each of which
    forwards by the routes of its own subnet."""
    return _from_subnet(network, ladder, tier, alive, frozenset(), ())


def _from_subnet(
    network: Network, ladder: Ladder, tier: int, alive: Alive, seen: frozenset[int], passed: tuple[int, ...]
) -> Path:
    subnet = tier_at(network, tier)
    replaced = default_is_replaced(network, ladder, subnet, alive)
    levels = ladder.levels
    own = next((index for index, level in enumerate(levels) if level.system == "virtualNetwork"), -1)
    for index, level in enumerate(levels):
        found = candidates(network, level, tier, alive, replaced)
        if index <= own:
            found = [candidate for candidate in found if candidate.origin in ("user", "system")]
        if not found:
            continue
        best = found[0]
        if best.route is not None:
            return _user_defined(network, ladder, best.route, tier, alive, seen, passed)
        if best.next_hop in ("expressRoute", "vpn") and passed and not network.forwards(subnet.network, HUB):
            return Path("unreachable", best.via, "forwarding", firewalls=passed)
        if best.next_hop == "expressRoute":
            return Path("expressRoute", best.via, firewalls=passed)
        if best.next_hop == "vpn":
            if best.alive:
                return Path("vpn", best.via, firewalls=passed)
            return Path("unreachable", best.via, "deadTunnel", firewalls=passed)
        if best.next_hop == "internet":
            return Path("internet", (), "noRoute", firewalls=passed)
        cause: Cause = "virtualNetwork" if best.next_hop == "virtualNetwork" else "noRoute"
        return Path("unreachable", (), cause, firewalls=passed)
    return Path("unreachable", (), "noRoute", firewalls=passed)


def _user_defined(
    network: Network,
    ladder: Ladder,
    route: UserRoute,
    tier: int,
    alive: Alive,
    seen: frozenset[int],
    passed: tuple[int, ...],
) -> Path:
    """Where a user-defined route leads. A next hop VirtualNetworkGateway cannot be used where both gateways coexist
    (the same page, #user-defined)."""
    subnet = tier_at(network, tier)
    setting = f"{subnet.path}.routes[{subnet.routes.index(route)}]"

    def lost(cause: Cause) -> Path:
        return Path("unreachable", (), cause, route, setting, passed)

    if route.next_hop_type == "Internet" and subnet.internet_outbound:
        return Path("internet", (), "userRoute", route, setting, passed)
    if route.next_hop_address is None:
        return lost("userRoute")
    firewall, where = hop(network, subnet.network, route)
    if firewall is None:
        return lost("outside")
    if not alive.firewalls >> firewall & 1:
        return lost("firewall")
    if passed and not network.forwards(subnet.network, where):
        return lost("forwarding")
    onward = subnet_of(network, firewall, where)
    if onward in seen or onward == tier:
        return lost("loop")
    path = _from_subnet(network, ladder, onward, alive, seen | {tier}, (*passed, firewall))
    if path.route is not None:
        return path
    return Path(path.kind, path.via, path.cause, route, setting, path.firewalls)


def hop(network: Network, here: int, route: UserRoute) -> tuple[int | None, int]:
    """The firewall that a route of a virtual network leads to, and the virtual network that it is in; None where Azure
    drops the traffic: outside the network and those peered with it [NVA-05], or where no machine can be."""
    address = route.next_hop_address
    if address is None:
        return None, HUB
    where = network.network_of(address)
    if where is None or not network.peered(here, where) or not network.can_have_machine(address):
        return None, HUB
    return network.firewall_at[address], where


def subnet_of(network: Network, firewall: int, where: int) -> int:
    """The number of the tier whose subnet a firewall is in, or of a plain subnet of its virtual network."""
    address = network.firewalls[firewall].address
    found = (index for index, tier in enumerate(network.tiers) if tier.network == where and address in tier.subnet)
    return next(found, plain_subnet(where))


def preferred_circuits(network: Network, mask: int) -> tuple[str, ...]:
    """Among circuits that are up those that share the traffic: weight, then AS path, then all equally [ROUTE-06]."""
    return circuit_names(network, least(network.circuits, mask, lambda one: (-one.routing_weight, len(one.as_path))))


def least(items: Sequence[Item], mask: int, rank: Callable[[Item], Any]) -> int:
    """Of the items of a mask those with the lowest rank, as a mask."""
    chosen = [(rank(item), index) for index, item in enumerate(items) if mask >> index & 1]
    best = min(value for value, _ in chosen)
    return sum(1 << index for value, index in chosen if value == best)


def circuit_names(network: Network, mask: int) -> tuple[str, ...]:
    """Names of the circuits of a mask."""
    return tuple(circuit.name for index, circuit in enumerate(network.circuits) if mask >> index & 1)


def site_names(network: Network, mask: int) -> tuple[str, ...]:
    """Names of the sites of a mask."""
    return tuple(site.name for index, site in enumerate(network.sites) if mask >> index & 1)
