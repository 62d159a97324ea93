"""The ExpressRoute half of a network, judged: gateway, circuits, peerings, and what they carry."""

from collections.abc import Iterator

from components.rules import Problem, circuits, limits, peering
from components.rules import gateways as gateway_rules
from components.rules.prefixes import Prefixes, listed, on_premises

from .model import Circuit, Settings

_CIRCUITS = "expressRoute.circuits"


def circuit_mbps(circuit: Circuit) -> int | None:
    """Bandwidth of a circuit in Mbps; None for an existing one, whose owner knows it."""
    return round(circuit.port.bandwidth_in_gbps * 1000) if circuit.port else circuit.bandwidth_in_mbps


def express_route_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the ExpressRoute path."""
    express_route, gateway = settings.express_route, settings.express_route.gateway
    for index, circuit in enumerate(express_route.circuits):
        yield from _circuit(settings, circuit, f"{_CIRCUITS}[{index}]")
    connected = [circuit for circuit in express_route.circuits if circuit.connect != "never"]
    yield from gateway_rules.circuits(_CIRCUITS, gateway.sku, gateway.min_scale_units, count=len(connected))
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
            prefixes_path, express_route.prefixes, settings.network.address_space, space_path="network.addressSpace"
        )
    for circuit in connected:
        yield from limits.peering_prefixes(
            prefixes_path, circuit.tier, len(settings.express_route_prefixes), circuit.name
        )


def _circuit(settings: Settings, circuit: Circuit, path: str) -> Iterator[Problem]:
    gateway = settings.express_route.gateway
    yield from circuits.automatic(f"{path}.connect", circuit.connect, ordered=circuit.ordered)
    mbps = circuit_mbps(circuit)
    if mbps is not None:
        bandwidth_path = f"{path}.port.bandwidthInGbps" if circuit.port else f"{path}.bandwidthInMbps"
        if circuit.connect != "never" and not circuit.fast_path:
            yield from gateway_rules.throughput(bandwidth_path, gateway.sku, gateway.min_scale_units, mbps)


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
