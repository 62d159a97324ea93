"""Which route wins at the on-premises edge: the way from on-premises back to Azure.

It is chosen on a LAN, and for all of it at once: devices with a link, the edge routers of links that no device holds
and the appliances of sites that no device holds are one LAN, which has every circuit's routes; each device without a
link is a LAN of its own, a branch. An address is where its prefix is announced most specifically, by what works.

Each LAN hears Azure's prefixes over all of its circuits and tunnels, whatever it announces there. So it answers through
those of the highest local preference; where a circuit and a tunnel are preferred equally nobody knows which it takes.
Only among sites of one preference what they announce decides: the one that carries the addresses most specifically,
then BGP before static routes. These float: they count where no circuit works and no site with BGP is preferred above
the default.
"""

from collections.abc import Callable, Iterator, Sequence

from components.rules.bgp import AZURE_ASN, MICROSOFT_ASN

from .destinations import Ladder
from .network import Network
from .parts import HUB, Circuit, Site
from .routing import Item, Path, circuit_names, site_names, tier_at
from .state import Alive

EBGP_DISTANCE = 20
"""Administrative distance of routes learned from another AS, as routers have it by default."""
EXPRESS_ROUTE_PATH_TO_AZURE = (MICROSOFT_ASN,)
"""AS path of Azure's prefixes over ExpressRoute, as the on-premises edge sees it: Microsoft's edge takes private AS
numbers away, so that nothing that Azure's side repeats is seen there [MR-03]."""
VPN_PATH_TO_AZURE = (AZURE_ASN,)
"""The same through a tunnel. It is as long: without a preference a tie decides [ROUTE-10]."""
NO_PREFERENCE = -1
"""Below every local preference: of nothing."""


def paths_to_azure(network: Network, ladder: Ladder, tier: int, inbound: Sequence[Path], alive: Alive) -> list[Path]:
    """The paths from a destination back to a tier, of which traffic takes any. inbound: the ways from the gateways to
    the tier, which what comes over a circuit that goes past the gateway does not take into the hub."""
    best = _preferred(network, ladder, *_on_the_lan(network, ladder, alive))
    past: list[bool | None] = []
    if best is not None and network.gateway_subnet_routes and tier_at(network, tier).network == HUB:
        past = [one.past_gateway for one in network.circuits if one.name in best.via]
    straight = [best] if best is not None and any(one is not False for one in past) else []
    if straight and all(past):
        return straight
    return [*straight, *(_from_the_gateways(best, way, alive) for way in inbound)]


def _from_the_gateways(best: Path | None, inbound: Path, alive: Alive) -> Path:
    """A path over the edge, and on from the gateways."""
    if not inbound.arrives:
        return inbound
    for firewall in inbound.firewalls:
        if not alive.firewalls >> firewall & 1:
            return Path("unreachable", (), "firewall", inbound.route, inbound.setting, (firewall,))
    if best is None:
        return Path("unreachable", (), "edge")
    return best._replace(route=inbound.route, setting=inbound.setting, firewalls=inbound.firewalls)


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


def steering_sites(network: Network) -> int:
    """The sites that may be the way back of what they do not carry, though something that carries it works: those that
    are preferred above another site, or as much as a circuit."""
    lowest = min((site_preference(network, site) for site in network.sites), default=0)
    circuit = min((circuit_preference(network, one) for one in network.circuits), default=None)
    found = 0
    for index, site in enumerate(network.sites):
        given = site_preference(network, site)
        fixed = not site.bgp and network.edge.static_distance < EBGP_DISTANCE
        if fixed or given > lowest or (circuit is not None and given >= circuit):
            found |= 1 << index
    return found


def _on_the_lan(network: Network, ladder: Ladder, alive: Alive) -> tuple[int, int]:
    """The circuits and sites that work on the LAN of an address: where it is announced most specifically, by what
    works. LANs that announce one prefix are one."""
    for level in ladder.levels:
        circuits, near = level.circuits & alive.circuits, (level.static_sites | level.bgp_sites) & alive.sites
        if circuits or near:
            sites = network.edge_sites if circuits else 0
            for index in _bits(near):
                sites |= network.neighbours[index]
            at_edge = circuits or sites & network.edge_sites
            return alive.circuits if at_edge else 0, alive.sites & sites
    # Nothing that works carries it. What only ExpressRoute carries is on the edge's LAN, and its answer finds a way.
    only_circuits = ladder.circuits and not ladder.sites
    return alive.circuits, alive.sites & network.edge_sites if only_circuits else 0


def _preferred(network: Network, ladder: Ladder, circuits: int, sites: int) -> Path | None:
    """The way that a LAN with these circuits and sites takes to Azure."""
    bgp = sites & network.bgp_sites
    static = sites & ~bgp
    if static and network.edge.static_distance < EBGP_DISTANCE:
        return Path("vpn", site_names(network, _nearest(ladder, static)))
    over, best_circuits = _highest(network.circuits, circuits, lambda one: circuit_preference(network, one))
    through, best_sites = _highest(network.sites, bgp, lambda one: site_preference(network, one))
    if over > through:
        return Path("expressRoute", circuit_names(network, best_circuits))
    if not circuits and through <= network.edge.vpn_preference:
        best_sites |= static
    if not best_sites:
        return None
    near = _nearest(ladder, best_sites)
    tied = circuit_names(network, best_circuits) if over == through else ()
    return Path("vpn", site_names(network, near & bgp or near), tied=tied)


def _highest(items: Sequence[Item], mask: int, preference: Callable[[Item], int]) -> tuple[int, int]:
    """The highest preference of the items of a mask, and those that have it."""
    given = [(preference(items[index]), index) for index in _bits(mask)]
    highest = max((value for value, _ in given), default=NO_PREFERENCE)
    return highest, sum(1 << index for value, index in given if value == highest)


def _nearest(ladder: Ladder, sites: int) -> int:
    """Of the sites of a mask those that carry the addresses most specifically; all where none does."""
    carried = ((level.static_sites | level.bgp_sites) & sites for level in ladder.levels)
    return next(filter(None, carried), sites)


def _bits(mask: int) -> Iterator[int]:
    return (index for index in range(mask.bit_length()) if mask >> index & 1)
