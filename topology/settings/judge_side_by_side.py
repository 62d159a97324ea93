"""Circuits, peerings and sites, judged side by side, and each gateway against all that it connects."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from components.rules import Problem, apipa, bgp, circuits, geography, limits, peering, routes, vpn
from components.rules import gateways as gateway_rules
from components.rules.prefixes import Prefixes, listed, on_premises

from .judge_edge import carried
from .model import Settings
from .model_express_route import Circuit
from .reader import LOCATION

_CIRCUITS = "expressRoute.circuits"
NOT_KNOWN = ""
"""In place of the SKU of an existing gateway before Azure was asked: no rule says anything of it."""


def express_route_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the ExpressRoute path."""
    express_route, gateway = settings.express_route, settings.express_route.gateway
    for index, circuit in enumerate(express_route.circuits):
        yield from _circuit(settings, circuit, f"{_CIRCUITS}[{index}]")
    connected = [circuit for circuit in express_route.circuits if circuit.connects]
    yield from gateway_rules.circuits(
        _CIRCUITS, gateway.sku or NOT_KNOWN, gateway.min_scale_units, count=len(connected)
    )
    yield from circuits.locations(_CIRCUITS, [circuit.peering_location for circuit in connected])
    own = [circuit for circuit in express_route.circuits if not circuit.existing]
    yield from limits.circuits_in_region(_CIRCUITS, len(own))
    yield from _peerings_side_by_side(settings)
    yield from circuits.fast_path_routes(
        {
            f"{_CIRCUITS}[{index}].fastPath": circuit.port is not None
            for index, circuit in enumerate(express_route.circuits)
            if circuit.fast_path
        },
        "network.gatewaySubnetRoutes",
        len(settings.network.gateway_subnet_routes),
    )
    for path, prefixes in carried(settings):
        yield from on_premises(path, prefixes, settings.network.address_space, space_path="network.addressSpace")
    general = "onPremises.prefixes" if express_route.prefixes is None else "expressRoute.prefixes"
    for index, circuit in enumerate(express_route.circuits):
        if circuit.connects:
            path = general if circuit.prefixes is None else f"{_CIRCUITS}[{index}].prefixes"
            count = len(settings.circuit_prefixes(circuit))
            yield from limits.peering_prefixes(path, circuit.tier, count, circuit.name)
    learned = {prefix for circuit in connected for prefix in settings.circuit_prefixes(circuit)}
    if connected and gateway.sku:
        yield from limits.gateway_routes(general, gateway.sku, len(learned))


def _listed(settings: Settings) -> list[tuple[str, IPv4Network]]:
    """Every prefix that ExpressRoute is said to carry, with its path."""
    return [named for path, prefixes in carried(settings) for named in listed(path, prefixes)]


def vpn_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the VPN path."""
    yield from _vpn_gateway(settings)
    yield from _around_the_tunnels(settings)
    yield from _sites_side_by_side(settings)


def _around_the_tunnels(settings: Settings) -> Iterator[Problem]:
    """The appliances' addresses and the routes of the GatewaySubnet against every prefix that there is."""
    everything = Prefixes(
        [
            *listed("onPremises.prefixes", settings.on_premises.prefixes),
            *_listed(settings),
            *(
                named
                for index, site in enumerate(settings.vpn.sites)
                for named in listed(f"vpn.sites[{index}].prefixes", site.prefixes or [])
            ),
        ]
    )
    network = settings.network
    networks = Prefixes(
        [
            *listed("network.addressSpace", network.address_space),
            *(
                named
                for index, spoke in enumerate(network.spokes)
                for named in listed(f"network.spokes[{index}].addressSpace", spoke.address_space)
            ),
        ]
    )
    appliances = {
        f"vpn.sites[{index}].publicIp": site.public_ip
        for index, site in enumerate(settings.vpn.sites)
        if site.public_ip is not None
    }
    for path, address in appliances.items():
        yield from vpn.outside(path, address, everything)
        yield from vpn.in_no_network(path, address, networks)
    table = network.gateway_subnet_routes
    yield from routes.tunnels_way(
        "network.gatewaySubnetRoutes", [(one.prefix, one.next_hop_type) for one in table], appliances, networks
    )
    yield from routes.between_the_gateways(
        "network.gatewaySubnetRoutes",
        [(one.prefix, one.next_hop_type, one.next_hop_address) for one in table],
        network.gateway_subnet,
        network.address_space,
        networks,
    )


def _circuit(settings: Settings, circuit: Circuit, path: str) -> Iterator[Problem]:
    gateway = settings.express_route.gateway
    yield from circuits.automatic(f"{path}.connect", circuit.connect, ordered=circuit.ordered)
    if circuit.connects:
        yield from geography.within_reach(
            f"{path}.tier",
            circuit.tier,
            circuit.peering_location,
            settings.location,
            said=circuit.existing is None or "tier" in circuit.model_fields_set,
            location_path=LOCATION,
        )
    mbps = circuit.mbps
    if mbps is not None:
        bandwidth_path = f"{path}.port.bandwidthInGbps" if circuit.port else f"{path}.bandwidthInMbps"
        if circuit.connects and not circuit.fast_path:
            yield from gateway_rules.throughput(bandwidth_path, gateway.sku or NOT_KNOWN, gateway.min_scale_units, mbps)


def _peerings_side_by_side(settings: Settings) -> Iterator[Problem]:
    links = {}
    vlans = []
    for index, circuit in enumerate(settings.express_route.circuits):
        if link := circuit.private_peering:
            path = f"{_CIRCUITS}[{index}].privatePeering"
            links[path] = {
                f"{path}.primaryPrefix": link.primary_prefix,
                f"{path}.secondaryPrefix": link.secondary_prefix,
            }
            if circuit.port:
                vlans.append((f"{path}.vlanId", circuit.port.id, link.vlan_id))
    yield from peering.links_apart(links)
    yield from peering.vlans_on_ports(vlans)
    announced = [*listed("onPremises.prefixes", settings.on_premises.prefixes)]
    announced += _listed(settings)
    subnets = {path: subnet for own in links.values() for path, subnet in own.items()}
    yield from peering.apart_from_on_premises(subnets, Prefixes(announced))


def _vpn_gateway(settings: Settings) -> Iterator[Problem]:
    gateway = settings.vpn.gateway
    sku = gateway.sku or NOT_KNOWN
    yield from limits.tunnels("vpn.sites", sku, len(settings.vpn.sites))
    generation = gateway.generation or gateway_rules.default_generation(sku)
    bandwidths = {
        f"expressRoute.circuits[{index}]": mbps
        for index, circuit in enumerate(settings.express_route.circuits)
        if circuit.connects and (mbps := circuit.mbps) is not None
    }
    if bandwidths:
        path = "vpn.gateway.existing.id" if gateway.existing else "vpn.gateway.sku"
        largest = max(bandwidths, key=lambda path: bandwidths[path])
        yield from limits.vpn_throughput(path, sku, generation, bandwidths[largest], largest)


def _sites_side_by_side(settings: Settings) -> Iterator[Problem]:
    sites = settings.vpn.sites
    yield from vpn.side_by_side(
        [
            vpn.SiteRoutes(
                path=f"vpn.sites[{index}]",
                name=site.name,
                asn=site.bgp.asn if site.bgp else None,
                public_ip=site.public_ip,
                fqdn=site.fqdn,
                prefixes_path="onPremises.prefixes" if site.prefixes is None else f"vpn.sites[{index}].prefixes",
                prefixes=settings.site_prefixes(site),
            )
            for index, site in enumerate(sites)
        ]
    )
    yield from bgp.peers_apart(
        {f"vpn.sites[{index}].bgp.peerAddress": site.bgp.peer_address for index, site in enumerate(sites) if site.bgp}
    )
    active_active = settings.vpn.gateway.active_active
    yield from apipa.sites_apipa(
        {
            f"vpn.sites[{index}].bgp": (site.bgp.peer_address, site.apipa())
            for index, site in enumerate(sites)
            if site.bgp
        },
        active_active,
    )
    yield from apipa.apipa_count("vpn.sites", sum(map(len, settings.apipa_addresses())))
