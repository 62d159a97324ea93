"""Which route wins: in a tier's subnet, at the gateways, and at the on-premises edge.

Longest prefix first [ROUTE-01]. For equal prefixes in a subnet: user-defined route, then what the gateways learned
(ExpressRoute before VPN), then system routes [ROUTE-02]; system routes of the VNet's own prefixes stand above more
specific learned routes, only a user-defined route overrides them [ROUTE-03].
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal

from components.rules.bgp import AZURE_ASN, MICROSOFT_ASN

from ..settings.model import UserRoute
from .destinations import Ladder, Level
from .network import Alive, Network, TierNetwork

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
]
"""Why traffic does not arrive: no route to on-premises; a static route into a tunnel that is down; a user-defined route
leads elsewhere; the address is the VNet's own; the on-premises edge has no route; a user-defined route of the
GatewaySubnet leads elsewhere."""

EBGP_DISTANCE = 20
"""Administrative distance of routes learned from another AS, as routers have it by default."""
EXPRESS_ROUTE_PATH_TO_AZURE = (MICROSOFT_ASN, AZURE_ASN)
"""AS path of the VNet's prefixes over ExpressRoute, as the on-premises edge sees it."""
VPN_PATH_TO_AZURE = (AZURE_ASN,)
"""The same through a tunnel. Without a preference this shorter path would win [ROUTE-10]."""


@dataclass(frozen=True)
class Path:
    """Where traffic goes in one direction: over which circuits or through which sites' tunnels, or why it does not
    arrive."""

    kind: Kind
    via: tuple[str, ...] = ()
    """Names of the circuits (expressRoute) or sites (vpn) that share the traffic."""
    cause: Cause = ""
    route: UserRoute | None = None
    """The user-defined route that decided, if one did."""

    def __str__(self) -> str:
        return f"{self.kind} {'+'.join(self.via)}".strip()

    @property
    def arrives(self) -> bool:
        """Whether the traffic reaches the other end."""
        return self.kind in ("expressRoute", "vpn")


@dataclass(frozen=True)
class Candidate:
    """One route to a prefix, as a subnet knows it."""

    origin: Origin
    next_hop: Literal["expressRoute", "vpn", "user", "virtualNetwork", "none", "internet"]
    via: tuple[str, ...] = ()
    alive: bool = True
    """False for a static route into tunnels that are down: Azure keeps it, and it takes the traffic."""
    route: UserRoute | None = None


PLAIN_SUBNET = -1
"""Stands for a subnet that these settings do not make: gateway routes, no user-defined ones."""


def tier_at(network: Network, tier: int) -> TierNetwork:
    """The tier of this number, or a plain subnet."""
    return TierNetwork("", network.address_space[0]) if tier == PLAIN_SUBNET else network.tiers[tier]


def candidates(network: Network, level: Level, tier: int, alive: Alive, default_replaced: bool) -> list[Candidate]:
    """The routes to exactly one prefix in a tier's subnet, the preferred one first.

    default_replaced: whether a route other than the system's own leads to 0.0.0.0/0 (see `default_is_replaced`).
    """
    subnet = tier_at(network, tier)
    found = [Candidate("user", "user", route=route) for owner, route in level.user if owner == tier]
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
    if level.express_route and alive.circuits:
        found.append(Candidate("expressRoute", "expressRoute", preferred_circuits(network, alive.circuits)))
    if level.static_sites and alive.vpn_gateway:
        all_up = level.static_sites & ~alive.sites == 0
        found.append(Candidate("static", "vpn", site_names(network, level.static_sites), all_up))
    if level.bgp_sites & alive.sites:
        found.append(Candidate("bgp", "vpn", site_names(network, level.bgp_sites & alive.sites)))
    return found


def default_is_replaced(ladder: Ladder, subnet: TierNetwork, tier: int, alive: Alive) -> bool:
    """Whether a user-defined or learned route leads to 0.0.0.0/0; then Azure takes away the routes that drop private
    addresses (https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#routing-example)."""
    default = ladder.levels[-1]
    if any(owner == tier for owner, _ in default.user):
        return True
    return subnet.gateway_routes and bool(
        (default.express_route and alive.circuits)
        or (default.static_sites and alive.vpn_gateway)
        or default.bgp_sites & alive.sites
    )


def path_from_azure(network: Network, ladder: Ladder, tier: int, alive: Alive) -> Path:
    """The path from a tier to a destination."""
    return _from_subnet(network, ladder, tier, alive, frozenset())


def _from_subnet(network: Network, ladder: Ladder, tier: int, alive: Alive, seen: frozenset[int]) -> Path:
    subnet = tier_at(network, tier)
    replaced = default_is_replaced(ladder, subnet, tier, alive)
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
            return _user_defined(network, ladder, best.route, tier, alive, seen)
        if best.next_hop == "expressRoute":
            return Path("expressRoute", best.via)
        if best.next_hop == "vpn":
            return Path("vpn", best.via) if best.alive else Path("unreachable", best.via, "deadTunnel")
        if best.next_hop == "internet":
            return Path("internet", (), "noRoute")
        return Path("unreachable", (), "virtualNetwork" if best.next_hop == "virtualNetwork" else "noRoute")
    return Path("unreachable", (), "noRoute")


def _user_defined(
    network: Network, ladder: Ladder, route: UserRoute, tier: int, alive: Alive, seen: frozenset[int]
) -> Path:
    """Where a user-defined route leads. An appliance in the VNet forwards by the routes of its own subnet; a next hop
    VirtualNetworkGateway cannot be used where both gateways coexist (the same page, #user-defined)."""
    lost = Path("unreachable", (), "userRoute", route)
    if route.next_hop_type == "Internet" and tier_at(network, tier).internet_outbound:
        return Path("internet", (), "userRoute", route)
    if route.next_hop_address is None or not any(route.next_hop_address in space for space in network.address_space):
        return lost
    onward = subnet_of(network, route.next_hop_address)
    if onward in seen or onward == tier:
        return lost
    path = _from_subnet(network, ladder, onward, alive, seen | {tier})
    return Path(path.kind, path.via, path.cause, path.route or route)


def subnet_of(network: Network, address: IPv4Address) -> int:
    """The number of the tier whose subnet has this address."""
    return next((index for index, tier in enumerate(network.tiers) if address in tier.subnet), PLAIN_SUBNET)


def path_to_azure(network: Network, ladder: Ladder, tier: int, alive: Alive) -> Path:
    """The path from a destination back to a tier: the on-premises edge's preference, then the GatewaySubnet's routes.

    A destination that ExpressRoute does not carry is not behind the circuit, only behind its sites' appliances.
    """
    blocked = _gateway_subnet_block(network, network.tiers[tier])
    if blocked is not None:
        return Path("unreachable", (), "gatewaySubnetRoute", blocked)
    ranked = sorted(_edge_candidates(network, ladder, alive), key=lambda item: item[0])
    return ranked[0][1] if ranked else Path("unreachable", (), "edge")


EdgeRank = tuple[int, int, int]
"""Administrative distance, local preference (negated), length of the AS path: the lowest wins."""


def _edge_candidates(network: Network, ladder: Ladder, alive: Alive) -> Iterator[tuple[EdgeRank, Path]]:
    edge = network.edge
    if ladder.express_route and alive.circuits:
        rank = (EBGP_DISTANCE, -edge.express_route_preference, len(EXPRESS_ROUTE_PATH_TO_AZURE))
        yield rank, Path("expressRoute", preferred_circuits(network, alive.circuits))
    bgp, static = _near_sites(network, ladder, alive)
    if bgp:
        yield (EBGP_DISTANCE, -edge.vpn_preference, len(VPN_PATH_TO_AZURE)), Path("vpn", site_names(network, bgp))
    if static:
        yield (edge.static_distance, 0, 0), Path("vpn", site_names(network, static))


def _near_sites(network: Network, ladder: Ladder, alive: Alive) -> tuple[int, int]:
    """The BGP and static sites through which on-premises sends a destination's traffic: those that carry it, the most
    specific first; any site for what only ExpressRoute carries."""
    for level in ladder.levels:
        if (level.bgp_sites | level.static_sites) & alive.sites:
            return level.bgp_sites & alive.sites, level.static_sites & alive.sites
    if ladder.sites or not ladder.express_route:
        return 0, 0
    bgp = sum(1 << index for index, site in enumerate(network.sites) if site.bgp)
    return alive.sites & bgp, alive.sites & ~bgp


def _gateway_subnet_block(network: Network, tier: TierNetwork) -> UserRoute | None:
    """The user-defined route of the GatewaySubnet that keeps traffic from a tier."""
    covering = [
        route
        for route in network.gateway_subnet_routes
        if tier.subnet.subnet_of(route.prefix) and any(route.prefix.subnet_of(space) for space in network.address_space)
    ]
    if not covering:
        return None
    longest = max(covering, key=lambda route: route.prefix.prefixlen)
    return None if longest.next_hop_type in ("VirtualAppliance", "VnetLocal") else longest


def preferred_circuits(network: Network, mask: int) -> tuple[str, ...]:
    """Among circuits that are up those that share the traffic: weight, then AS path, then all equally [ROUTE-06]."""
    up = [circuit for index, circuit in enumerate(network.circuits) if mask >> index & 1]
    best = min((-circuit.routing_weight, len(circuit.as_path)) for circuit in up)
    return tuple(circuit.name for circuit in up if (-circuit.routing_weight, len(circuit.as_path)) == best)


def site_names(network: Network, mask: int) -> tuple[str, ...]:
    """Names of the sites of a mask."""
    return tuple(site.name for index, site in enumerate(network.sites) if mask >> index & 1)
