"""Which route wins at the on-premises edge: the way from on-premises back to Azure.

It is chosen at the edge, and for all of it at once: devices with a link, the edge routers of links that no device holds
and the appliances of sites that no device holds are one network, which has every circuit's routes. So it answers over
ExpressRoute as long as any circuit works, whatever that circuit carries: over those with the highest local preference,
and of these over those that carry the addresses, if any does. When no circuit works it answers through the living sites
that carry the addresses most specifically, of these by local preference; what no site carries, through any.

Only what is at a branch (`Ladder.branch`) answers through the tunnels of the branch's own sites, and like the others
where none of these lives but others carry it too.
"""

from collections.abc import Iterator

from components.rules.bgp import AZURE_ASN, MICROSOFT_ASN

from .destinations import Ladder
from .network import Network
from .parts import Circuit, Site
from .routing import Path, circuit_names, least, site_names
from .state import Alive

EBGP_DISTANCE = 20
"""Administrative distance of routes learned from another AS, as routers have it by default."""
EXPRESS_ROUTE_PATH_TO_AZURE = (MICROSOFT_ASN,)
"""AS path of Azure's prefixes over ExpressRoute, as the on-premises edge sees it: Microsoft's edge takes private AS
numbers away, so that nothing that Azure's side repeats is seen there [MR-03]."""
VPN_PATH_TO_AZURE = (AZURE_ASN,)
"""The same through a tunnel. It is as long: without a preference a tie decides, of which the proof expects the worse,
the tunnel [ROUTE-10]."""

EdgeRank = tuple[int, int, int, int]
"""Administrative distance, local preference (negated), length of the AS path, and 1 for what loses ties: the lowest
wins."""


def path_to_azure(network: Network, ladder: Ladder, inbound: Path, alive: Alive) -> Path:
    """The path from a destination back to a tier. inbound: the way from the gateways to the tier."""
    if not inbound.arrives:
        return inbound
    for firewall in inbound.firewalls:
        if not alive.firewalls >> firewall & 1:
            return Path("unreachable", (), "firewall", inbound.route, inbound.setting, (firewall,))
    ranked = sorted(_candidates(network, ladder, alive), key=lambda item: item[0])
    if not ranked:
        return Path("unreachable", (), "edge")
    best = ranked[0][1]
    return Path(best.kind, best.via, "", inbound.route, inbound.setting, inbound.firewalls)


def circuit_preference(network: Network, circuit: Circuit) -> int:
    """The local preference of what comes over a circuit: its own, or ExpressRoute's, which is lower by one for each
    routing weight above its own, as the appliance's files set it."""
    if circuit.local_preference is not None:
        return circuit.local_preference
    weights = sorted({one.routing_weight for one in network.circuits}, reverse=True)
    return network.edge.express_route_preference - weights.index(circuit.routing_weight)


def site_preference(network: Network, site: Site) -> int:
    """The local preference of what comes through a site's tunnels."""
    return network.edge.vpn_preference if site.local_preference is None else site.local_preference


def _candidates(network: Network, ladder: Ladder, alive: Alive) -> Iterator[tuple[EdgeRank, Path]]:
    if ladder.branch:
        own = list(_through_tunnels(network, *_nearest(network, ladder, alive.sites & network.branches)))
        yield from own
        if own or not (ladder.circuits or ladder.sites & ~network.branches):
            return
    if alive.circuits:
        mask = least(network.circuits, alive.circuits, lambda one: -circuit_preference(network, one))
        preference = max(circuit_preference(network, network.circuits[index]) for index in _bits(mask))
        rank = (EBGP_DISTANCE, -preference, len(EXPRESS_ROUTE_PATH_TO_AZURE), 1)
        yield rank, Path("expressRoute", circuit_names(network, mask & ladder.circuits or mask))
    yield from _through_tunnels(network, *_nearest(network, ladder, alive.sites))


def _nearest(network: Network, ladder: Ladder, up: int) -> tuple[int, int]:
    """Of the sites of a mask the BGP and the static ones through which a destination answers: those that carry it, the
    most specific first; any of the network itself for what only ExpressRoute carries."""
    for level in ladder.levels:
        if (level.bgp_sites | level.static_sites) & up:
            return level.bgp_sites & up, level.static_sites & up
    if ladder.sites or not ladder.circuits:
        return 0, 0
    up &= ~network.branches
    bgp = sum(1 << index for index, site in enumerate(network.sites) if site.bgp)
    return up & bgp, up & ~bgp


def _through_tunnels(network: Network, bgp: int, static: int) -> Iterator[tuple[EdgeRank, Path]]:
    if bgp:
        best = least(network.sites, bgp, lambda site: -site_preference(network, site))
        preference = max(site_preference(network, network.sites[index]) for index in _bits(best))
        rank = (EBGP_DISTANCE, -preference, len(VPN_PATH_TO_AZURE), 0)
        yield rank, Path("vpn", site_names(network, best))
    if static:
        yield (network.edge.static_distance, 0, 0, 0), Path("vpn", site_names(network, static))


def _bits(mask: int) -> Iterator[int]:
    return (index for index in range(mask.bit_length()) if mask >> index & 1)
