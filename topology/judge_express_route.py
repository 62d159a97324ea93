"""The ExpressRoute half of a network, judged: gateway, circuits, peerings, and what they carry."""

from collections.abc import Iterator

from components.rules import Problem, circuits, limits, names, peering, unique
from components.rules import gateways as gateway_rules
from components.rules.names import NAME_01
from components.rules.prefixes import Prefixes, listed, on_premises

from .model import Circuit, Settings

_CIRCUITS = "expressRoute.circuits"


def circuit_mbps(circuit: Circuit) -> int | None:
    """Bandwidth of a circuit in Mbps; None for an existing one, whose owner knows it."""
    return round(circuit.port.bandwidth_in_gbps * 1000) if circuit.port else circuit.bandwidth_in_mbps


def express_route_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the ExpressRoute path."""
    express_route, gateway = settings.express_route, settings.express_route.gateway
    yield from gateway_rules.express_route_gateway(
        "expressRoute.gateway", gateway.sku, gateway.min_scale_units, gateway.max_scale_units
    )
    for index, circuit in enumerate(express_route.circuits):
        yield from _circuit(settings, circuit, f"{_CIRCUITS}[{index}]")
    connected = [circuit for circuit in express_route.circuits if circuit.connect != "never"]
    yield from gateway_rules.circuits(_CIRCUITS, gateway.sku, gateway.min_scale_units, len(connected))
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
    prefixes_path = "onPremises.prefixes"
    if express_route.prefixes is not None:
        prefixes_path = "expressRoute.prefixes"
        yield from on_premises(
            prefixes_path, express_route.prefixes, settings.network.address_space, "network.addressSpace"
        )
    for circuit in connected:
        yield from limits.peering_prefixes(
            prefixes_path, circuit.tier, len(settings.express_route_prefixes), circuit.name
        )


def _circuit(settings: Settings, circuit: Circuit, path: str) -> Iterator[Problem]:
    gateway = settings.express_route.gateway
    yield from circuits.circuit(
        path,
        tier=circuit.tier,
        family=circuit.family,
        provider=circuit.provider,
        peering_location=circuit.peering_location,
        bandwidth_in_mbps=circuit.bandwidth_in_mbps,
        port=circuit.port is not None,
        bandwidth_in_gbps=circuit.port.bandwidth_in_gbps if circuit.port else None,
        existing=circuit.existing is not None,
        location=settings.location,
    )
    yield from circuits.automatic(f"{path}.connect", circuit.connect, ordered=circuit.ordered)
    yield from circuits.routing_weight(f"{path}.routingWeight", circuit.routing_weight)
    yield from unique(f"{path}.authorizations", "the authorization", circuit.authorizations, NAME_01, field="")
    if circuit.fast_path:
        yield from gateway_rules.fast_path(f"{path}.fastPath", gateway.sku, gateway.min_scale_units)
    if circuit.existing:
        yield from names.resource_id(f"{path}.existing.id", circuit.existing.id, ["expressRouteCircuits"])
        yield from circuits.owners_parts(
            path, private_peering=circuit.private_peering is not None, authorizations=bool(circuit.authorizations)
        )
    if circuit.port:
        yield from names.resource_id(f"{path}.port.id", circuit.port.id, ["expressRoutePorts"])
    if link := circuit.private_peering:
        yield from peering.private_peering(
            f"{path}.privatePeering",
            peer_asn=link.peer_asn,
            vlan_id=link.vlan_id,
            primary_prefix=link.primary_prefix,
            secondary_prefix=link.secondary_prefix,
            space=settings.network.address_space,
            space_path="network.addressSpace",
        )
    mbps = circuit_mbps(circuit)
    if mbps is not None:
        bandwidth_path = f"{path}.port.bandwidthInGbps" if circuit.port else f"{path}.bandwidthInMbps"
        if circuit.connect != "never" and not circuit.fast_path:
            yield from gateway_rules.throughput(bandwidth_path, gateway.sku, gateway.min_scale_units, mbps)
        links = len(circuit.authorizations) + (circuit.connect != "never")
        yield from limits.links(f"{path}.authorizations", circuit.tier, mbps, links)


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
    announced += listed("expressRoute.prefixes", settings.express_route.prefixes or [])
    subnets = {path: subnet for own in links.values() for path, subnet in own.items()}
    yield from peering.apart_from_on_premises(subnets, Prefixes(announced))
