"""Which elements carry a link or a tunnel: the lab's own reading of the names that `topology.proof.network` gives."""

from .blueprint import Blueprint, MicrosoftEdge


def link_elements(edge: MicrosoftEdge) -> frozenset[str]:
    """The elements without which a circuit's link carries nothing."""
    return frozenset({edge.element, f"circuit:{edge.circuit}", f"peeringLocation:{edge.place}", "gateway:expressRoute"})


def tunnel_elements(blueprint: Blueprint, number: int) -> frozenset[str]:
    """The elements without which a tunnel carries nothing."""
    site = blueprint.site.name
    return frozenset({f"tunnel:{site}/{number}", f"appliance:{site}", f"gateway:vpn/{number}"})


def link_works(edge: MicrosoftEdge, failed: frozenset[str]) -> bool:
    """Whether a circuit's link should carry routes with these elements failed."""
    return not link_elements(edge) & failed


def tunnel_works(blueprint: Blueprint, number: int, failed: frozenset[str]) -> bool:
    """Whether a tunnel should be up with these elements failed."""
    return not tunnel_elements(blueprint, number) & failed
