"""Route tables as the devices show them: a tier's subnet, the gateways, the on-premises edge."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.rules.bgp import AZURE_ASN

from .failover import Model
from .network import Network
from .parts import HUB, Site
from .routing import Candidate, Origin, candidates, default_is_replaced, tier_at
from .state import Remaining, remaining
from .way_back import (
    EBGP_DISTANCE,
    EXPRESS_ROUTE_PATH_TO_AZURE,
    VPN_PATH_TO_AZURE,
    circuit_preference,
    site_preference,
)

EXPRESS_ROUTE_WEIGHT = 32769
"""Weight that both gateways give to what is learned over ExpressRoute; it is compared first [ROUTE-04]."""
VPN_WEIGHT = 32768
"""Weight of what is learned over the VPN."""


@dataclass(frozen=True)
class SubnetRoute:
    """A row of a subnet's effective routes."""

    prefix: IPv4Network
    origin: Origin
    next_hop: str
    """Type of the next hop, as in `Candidate`, or of the user-defined route."""
    next_hops: tuple[str, ...]
    """Addresses or elements that share the traffic."""
    active: bool
    """False where a preferred route to the same prefix, or the VNet's own, takes the traffic."""
    alive: bool = True
    """False for a static route into a tunnel that is down."""


def subnet_routes(model: Model, tier: int, failed: Collection[str] = ()) -> list[SubnetRoute]:
    """The effective routes of a tier's subnet, in the order of their prefixes."""
    network, left = model.network, remaining(model.network, failed)
    state, subnet = left.alive, tier_at(model.network, tier)
    rows: list[SubnetRoute] = []
    for node in model.tree.nodes:
        if node.length != 0 and node.wider is not None and node.ladder is node.wider.ladder:
            continue
        replaced = default_is_replaced(network, node.ladder, subnet, state)
        if node.ladder.level.system == "virtualNetwork" and not network.peered(
            subnet.network, network.network_of(node.prefix) or HUB
        ):
            continue
        found = candidates(network, node.ladder.level, tier, state, replaced)
        taken = False
        for candidate in found:
            active = not taken and (candidate.origin in ("user", "system") or not node.inside_network)
            taken = taken or active
            next_hop = candidate.route.next_hop_type if candidate.route else candidate.next_hop
            hops = tuple(_next_hops(left, candidate))
            rows.append(SubnetRoute(node.prefix, candidate.origin, next_hop, hops, active, candidate.alive))
    return rows


def _next_hops(left: Remaining, candidate: Candidate) -> Iterator[str]:
    network = left.network
    if candidate.route is not None:
        if candidate.route.next_hop_address is not None:
            yield str(candidate.route.next_hop_address)
    elif candidate.next_hop == "expressRoute":
        yield network.express_route_gateway_address
    elif candidate.next_hop == "vpn":
        sites = [site for site in network.sites if site.name in candidate.via]
        for index in left.instances if any(not site.moves for site in sites) else left.instances[:1]:
            if candidate.origin == "static" or any(left.has_tunnel(site, index) for site in sites):
                yield network.vpn_gateway_addresses[index]


@dataclass(frozen=True)
class LearnedRoute:
    """A row of what a gateway instance has learned, as Azure's learned-routes command shows it."""

    prefix: IPv4Network
    next_hop: str
    as_path: tuple[int, ...]
    weight: int
    origin: str
    """EBgp, IBgp (from the other gateway or instance) or Network (a local network gateway's static prefix)."""


def learned_by_vpn_gateway(network: Network, instance: int, failed: Collection[str] = ()) -> list[LearnedRoute]:
    """What one instance of the VPN gateway has learned: from its tunnels, the other instance and ExpressRoute."""
    rows: list[LearnedRoute] = []
    left = remaining(network, failed)
    if instance not in left.instances:
        return rows
    for site in network.sites:
        for prefix in site.prefixes:
            if site.asn is None:
                rows.append(LearnedRoute(prefix, "", (), VPN_WEIGHT, "Network"))
                continue
            if left.has_tunnel(site, instance):
                rows.append(LearnedRoute(prefix, site.peer_address, site.as_path, VPN_WEIGHT, "EBgp"))
            for other in left.instances:
                if other != instance and left.has_tunnel(site, other):
                    address = network.vpn_gateway_addresses[other]
                    rows.append(LearnedRoute(prefix, address, site.as_path, VPN_WEIGHT, "IBgp"))
    for circuit, _ in left.links:
        for prefix in network.circuit_prefixes(circuit):
            address = network.express_route_gateway_address
            rows.append(LearnedRoute(prefix, address, circuit.as_path, EXPRESS_ROUTE_WEIGHT, "IBgp"))
    return rows


def learned_by_express_route_gateway(network: Network, failed: Collection[str] = ()) -> list[LearnedRoute]:
    """What the ExpressRoute gateway has learned: over each link, and from the VPN gateway's instances [ROUTE-05]."""
    rows: list[LearnedRoute] = []
    left = remaining(network, failed)
    if "gateway:expressRoute" in failed:
        return rows
    for circuit, link in left.links:
        for prefix in network.circuit_prefixes(circuit):
            rows.append(
                LearnedRoute(prefix, link.azure_next_hop or link.element, circuit.as_path, EXPRESS_ROUTE_WEIGHT, "EBgp")
            )
    for index in left.instances:
        for site in network.sites:
            if site.asn is None or left.has_tunnel(site, index):
                for prefix in site.prefixes:
                    address = network.vpn_gateway_addresses[index]
                    rows.append(LearnedRoute(prefix, address, site.as_path, VPN_WEIGHT, "IBgp"))
    return rows


@dataclass(frozen=True)
class AdvertisedRoute:
    """A row of what a gateway instance advertises to on-premises."""

    prefix: IPv4Network
    next_hop: str
    as_path: tuple[int, ...]


def advertised_by_vpn_gateway(network: Network, site: Site, failed: Collection[str] = ()) -> list[AdvertisedRoute]:
    """What the VPN gateway tells a BGP site: the prefixes of the hub and of its spokes [BGP-14, SPOKE-13], and nothing
    learned over ExpressRoute, since there is no transit between the two [BGP-02]."""
    left = remaining(network, failed)
    return [
        AdvertisedRoute(prefix, network.vpn_gateway_addresses[index], (AZURE_ASN,))
        for space in network.spaces
        for prefix in space
        for index in left.instances
        if site.bgp and left.has_tunnel(site, index)
    ]


@dataclass(frozen=True)
class EdgeRoute:
    """A row of the on-premises edge's routes to Azure."""

    prefix: IPv4Network
    protocol: str
    """bgp or static"""
    next_hop: str
    distance: int
    local_preference: int | None
    as_path: tuple[int, ...]
    active: bool


def edge_routes(network: Network, failed: Collection[str] = ()) -> list[EdgeRoute]:
    """The routes to the virtual networks of the on-premises edge with all links and the sites that are no branch's:
    over every link and tunnel that is up, the preferred ones active."""
    left = remaining(network, failed)
    found: list[tuple[str, str, int, int | None, tuple[int, ...]]] = []
    for circuit, link in left.links:
        preference = circuit_preference(network, circuit)
        next_hop = link.edge_next_hop or link.element
        found.append(("bgp", next_hop, EBGP_DISTANCE, preference, EXPRESS_ROUTE_PATH_TO_AZURE))
    for index, site in enumerate(network.sites):
        if network.branches >> index & 1:
            continue
        for number, up in left.tunnels_up(index).items():
            next_hop = f"tunnel:{site.name}/{number}"
            if up and site.bgp:
                found.append(("bgp", next_hop, EBGP_DISTANCE, site_preference(network, site), VPN_PATH_TO_AZURE))
            elif up:
                found.append(("static", next_hop, network.edge.static_distance, None, ()))
    ranks = [(distance, -(preference or 0), len(path)) for _, _, distance, preference, path in found]
    return [
        EdgeRoute(prefix, *route, active=rank == min(ranks))
        for space in network.spaces
        for prefix in space
        for route, rank in zip(found, ranks, strict=True)
    ]
