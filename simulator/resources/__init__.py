"""One module per family of Azure resources: what Azure accepts of each, and what it answers."""

from functools import cache

from simulator.resources import (
    addresses,
    bastion,
    circuits,
    connections,
    gateways,
    groups,
    maintenance,
    monitor,
    networks,
    security,
)
from simulator.resources.base import Kind

_FAMILIES = (groups, networks, security, addresses, bastion, gateways, connections, circuits, maintenance, monitor)


@cache
def kinds() -> dict[str, Kind]:
    """Every resource type the simulator has, by its Pulumi token."""
    found = [kind for module in _FAMILIES for kind in module.KINDS]
    return {kind.token: kind for kind in found}
