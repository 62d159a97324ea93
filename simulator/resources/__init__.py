"""One module per family of Azure resources: what Azure accepts of each, and what it answers."""

from functools import cache

from simulator.resources.base import Kind


@cache
def kinds() -> dict[str, Kind]:
    """Every resource type the simulator has, by its Pulumi token."""
    from simulator.resources import addresses, bastion, circuits, connections, gateways, groups, networks, security

    found = [
        kind
        for module in (groups, networks, security, addresses, bastion, gateways, connections, circuits)
        for kind in module.KINDS
    ]
    return {kind.token: kind for kind in found}


@cache
def kind_of_arm_type(arm_type: str) -> Kind | None:
    """The resource type with this Azure name (any case), such as Microsoft.Network/virtualNetworks/subnets."""
    return next((kind for kind in kinds().values() if kind.arm_type.lower() == arm_type.lower()), None)
