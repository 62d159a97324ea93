"""Route tables as the devices show them: a tier's subnet, the gateways, the on-premises edge."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.rules.bgp import AZURE_ASN

from .failover import Model
from .network import VPN_INSTANCES, Circuit, Link, Network, Site, alive, tunnels_up
from .routing import (
    EBGP_DISTANCE,
    EXPRESS_ROUTE_PATH_TO_AZURE,
    VPN_PATH_TO_AZURE,
    Candidate,
    Origin,
    candidates,
    default_is_replaced,
    tier_at,
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
    network, state = model.network, model.alive(failed)
    subnet = tier_at(network, tier)
    rows: list[SubnetRoute] = []
    for node in model.tree.nodes:
        if node.length != 0 and node.wider is not None and node.ladder is node.wider.ladder:
            continue
        replaced = default_is_replaced(node.ladder, subnet, tier, state)
        found = candidates(network, node.ladder.level, tier, state, replaced)
        taken = False
        for candidate in found:
            active = not taken and (candidate.origin in ("user", "system") or not node.inside_network)
            taken = taken or active
            next_hop = candidate.route.next_hop_type if candidate.route else candidate.next_hop
            hops = tuple(_next_hops(network, candidate, failed))
            rows.append(SubnetRoute(node.prefix, candidate.origin, next_hop, hops, active, candidate.alive))
    return rows


def _next_hops(network: Network, candidate: Candidate, failed: Collection[str]) -> Iterator[str]:
    if candidate.route is not None:
        if candidate.route.next_hop_address is not None:
            yield str(candidate.route.next_hop_address)
    elif candidate.next_hop == "expressRoute":
        yield network.express_route_gateway_address
    elif candidate.next_hop == "vpn":
        sites = [site for site in network.sites if site.name in candidate.via]
        living = _instances(failed)
        for index in living if any(not site.moves for site in sites) else living[:1]:
            if candidate.origin == "static" or any(_has_tunnel(site, index, failed) for site in sites):
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
    living = _instances(failed)
    if instance not in living:
        return rows
    for site in network.sites:
        for prefix in site.prefixes:
            if site.asn is None:
                rows.append(LearnedRoute(prefix, "", (), VPN_WEIGHT, "Network"))
                continue
            path = (site.asn,)
            if _has_tunnel(site, instance, failed):
                rows.append(LearnedRoute(prefix, site.peer_address, path, VPN_WEIGHT, "EBgp"))
            for other in living:
                if other != instance and _has_tunnel(site, other, failed):
                    address = network.vpn_gateway_addresses[other]
                    rows.append(LearnedRoute(prefix, address, path, VPN_WEIGHT, "IBgp"))
    for circuit, _ in _links(network, failed):
        for prefix in network.express_route_prefixes:
            address = network.express_route_gateway_address
            rows.append(LearnedRoute(prefix, address, circuit.as_path, EXPRESS_ROUTE_WEIGHT, "IBgp"))
    return rows


def learned_by_express_route_gateway(network: Network, failed: Collection[str] = ()) -> list[LearnedRoute]:
    """What the ExpressRoute gateway has learned: over each link, and from the VPN gateway's instances [ROUTE-05]."""
    rows: list[LearnedRoute] = []
    if "gateway:expressRoute" in failed:
        return rows
    for circuit, link in _links(network, failed):
        for prefix in network.express_route_prefixes:
            rows.append(
                LearnedRoute(prefix, link.azure_next_hop or link.element, circuit.as_path, EXPRESS_ROUTE_WEIGHT, "EBgp")
            )
    for index in _instances(failed):
        for site in network.sites:
            if site.asn is None or _has_tunnel(site, index, failed):
                path = (site.asn,) if site.asn is not None else ()
                for prefix in site.prefixes:
                    address = network.vpn_gateway_addresses[index]
                    rows.append(LearnedRoute(prefix, address, path, VPN_WEIGHT, "IBgp"))
    return rows


@dataclass(frozen=True)
class AdvertisedRoute:
    """A row of what a gateway instance advertises to on-premises."""

    prefix: IPv4Network
    next_hop: str
    as_path: tuple[int, ...]


def advertised_by_vpn_gateway(network: Network, site: Site, failed: Collection[str] = ()) -> list[AdvertisedRoute]:
    """What the VPN gateway tells a BGP site: the VNet's prefixes [BGP-14], and nothing learned over ExpressRoute, since
    there is no transit between the two [BGP-02]."""
    return [
        AdvertisedRoute(prefix, network.vpn_gateway_addresses[index], (AZURE_ASN,))
        for prefix in network.address_space
        for index in _instances(failed)
        if site.bgp and _has_tunnel(site, index, failed)
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
    """The on-premises edge's routes to the VNet: over every link and tunnel that is up, the preferred ones active.

    Among circuits the edge prefers what Azure prefers (`routingWeight`), by a local preference lower by one a step.
    """
    edge = network.edge
    weights = sorted({circuit.routing_weight for circuit in network.circuits}, reverse=True)
    found: list[tuple[str, str, int, int | None, tuple[int, ...]]] = []
    for circuit, link in _links(network, failed):
        preference = edge.express_route_preference - weights.index(circuit.routing_weight)
        next_hop = link.edge_next_hop or link.element
        found.append(("bgp", next_hop, EBGP_DISTANCE, preference, EXPRESS_ROUTE_PATH_TO_AZURE))
    for site in network.sites:
        if f"appliance:{site.name}" in failed:
            continue
        for number, up in tunnels_up(site, _instances(failed), failed).items():
            if up and site.bgp:
                found.append(
                    ("bgp", f"tunnel:{site.name}/{number}", EBGP_DISTANCE, edge.vpn_preference, VPN_PATH_TO_AZURE)
                )
            elif up:
                found.append(("static", f"tunnel:{site.name}/{number}", edge.static_distance, None, ()))
    ranks = [(distance, -(preference or 0), len(path)) for _, _, distance, preference, path in found]
    return [
        EdgeRoute(prefix, *route, active=rank == min(ranks))
        for prefix in network.address_space
        for route, rank in zip(found, ranks, strict=True)
    ]


def _links(network: Network, failed: Collection[str]) -> Iterator[tuple[Circuit, Link]]:
    """The links that are up, of circuits that are up."""
    up = alive(network, failed).circuits
    for index, circuit in enumerate(network.circuits):
        if up >> index & 1:
            for link in circuit.links:
                if link.element not in failed:
                    yield circuit, link


def _instances(failed: Collection[str]) -> list[int]:
    return [index for index in range(VPN_INSTANCES) if f"gateway:vpn/{index}" not in failed]


def _has_tunnel(site: Site, instance: int, failed: Collection[str]) -> bool:
    """Whether this instance has a tunnel to the site; without active-active only the first living one has."""
    living = _instances(failed)
    if f"appliance:{site.name}" in failed or instance not in living:
        return False
    up = tunnels_up(site, living, failed)
    return up[0] and instance == living[0] if site.moves else up.get(instance, False)
