"""What Azure is asked about before anything is made: the settings, as the lookups of the components take them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from components.rules.gateways import default_generation

from . import arguments
from .made import keeping_zones
from .model import Settings
from .names import Names

EXPRESS_ROUTE, VPN, MANAGEMENT = "expressroute", "vpn", "management"
"""Logical names of the components of the two gateways and of Bastion."""


class Asked(NamedTuple):
    """What Azure is asked of one resource: `components.azure_state` says how."""

    lookup: str
    type: str
    logical: str
    arguments: Mapping[str, Any]


def asked(settings: Settings, names: Names, keys: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of `components.stack_state`, but for the stack's own state. keys: circuits' authorization keys."""
    return {
        "circuits": dict(_circuits(settings, names)),
        "keyless": dict(_keyless(settings, keys)),
        "tiers": list(_tiers(settings)),
        "others": list(_others(settings, names)),
    }


def _circuits(settings: Settings, names: Names) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, circuit in enumerate(settings.express_route.circuits):
        yield (
            circuit.name,
            {
                "mode": circuit.connect,
                "path": f"expressRoute.circuits[{index}]",
                "order": arguments.order(circuit),
                "resource_group_name": names.resource_group,
                "circuit_name": names.circuit(circuit.name),
                "connection_name": names.circuit_connection(circuit.name),
                "circuit_component": circuit.name,
                "connection": f"{EXPRESS_ROUTE}-{circuit.name}",
                "private_peering": circuit.private_peering is not None,
            },
        )


def _keyless(settings: Settings, keys: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.existing and not keys.get(circuit.name):
            yield (
                circuit.name,
                {
                    "path": f"expressRoute.circuits[{index}].existing.id",
                    "circuit_id": circuit.existing.id,
                    "way_out": f"pulumi config set --secret --path 'circuitAuthorizationKeys.{circuit.name}'",
                },
            )


def _tiers(settings: Settings) -> Iterator[dict[str, Any]]:
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.existing and "tier" in circuit.model_fields_set:
            path = f"expressRoute.circuits[{index}].tier"
            yield {"path": path, "circuit_id": circuit.existing.id, "tier": circuit.tier}


def _others(settings: Settings, names: Names) -> Iterator[Asked]:
    gateway, group = "VirtualNetworkGateway", {"resource_group_name": names.resource_group}
    express_route, vpn, management = settings.express_route.gateway, settings.vpn.gateway, settings.network.management
    if express_route.sku and not express_route.existing:
        wanted = {"name": names.express_route_gateway, "sku": express_route.sku}
        here = {"path": "expressRoute.gateway.sku"}
        yield Asked("gateway_change", gateway, EXPRESS_ROUTE, {**group, **wanted, **here})
    if management:
        wanted = {"name": names.bastion, "sku": management.bastion_sku}
        here = {"path": "network.management.bastionSku"}
        yield Asked("bastion_change", "BastionHost", MANAGEMENT, {**group, **wanted, **here})
    if vpn.sku and not vpn.existing:
        wanted = {
            "name": names.vpn_gateway,
            "sku": vpn.sku,
            "generation": vpn.generation or default_generation(vpn.sku),
        }
        yield Asked("moved_generation", gateway, VPN, {**group, **wanted})
    for kept in keeping_zones(settings):
        wanted = {"name": kept.name, "wanted": settings.zones_of_new or ()}
        told = {"path": kept.zones_path, "way_out": kept.way_out}
        yield Asked("kept_zones", kept.type, kept.logical, {**group, **wanted, **told, "type": kept.type})
