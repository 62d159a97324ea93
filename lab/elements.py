"""Which elements carry a link or a tunnel: the lab's own reading of the names that `topology.proof.network` gives."""

from collections.abc import Iterator

from .blueprint import Blueprint
from .parts import Device, MicrosoftEdge, Tunnel

UNKNOWN = "peeringLocation:unknown"


def link_elements(blueprint: Blueprint, edge: MicrosoftEdge) -> frozenset[str]:
    """The elements without which a circuit's link carries nothing."""
    return frozenset(
        {
            edge.element,
            f"circuit:{edge.circuit}",
            "gateway:expressRoute",
            *_places(blueprint, edge),
            *_ports(edge),
            *device_elements(blueprint.device(edge.device)),
        }
    )


def tunnel_elements(blueprint: Blueprint, tunnel: Tunnel) -> frozenset[str]:
    """The elements without which a tunnel carries nothing."""
    gateway = blueprint.settings.vpn.gateway
    # Nobody knows those of a gateway that is there already, which may be one.
    new = ("unknown",) if gateway.existing and gateway.zones is None else blueprint.settings.zones_of_new
    zones = gateway.zones or new or ()
    return frozenset(
        {
            tunnel.element,
            f"appliance:{tunnel.site.name}",
            f"gateway:vpn/{tunnel.number}",
            # Both instances are in the only zone that there is.
            *(f"zone:{zone}" for zone in zones if len({*zones}) == 1),
            *device_elements(blueprint.device(tunnel.device)),
        }
    )


def device_elements(device: Device) -> frozenset[str]:
    """The element that a device is, if the settings name it."""
    return frozenset({device.element} if device.element else ())


def link_works(blueprint: Blueprint, edge: MicrosoftEdge, failed: frozenset[str]) -> bool:
    """Whether a circuit's link should carry routes with these elements failed."""
    return not link_elements(blueprint, edge) & failed


def tunnel_works(blueprint: Blueprint, tunnel: Tunnel, failed: frozenset[str]) -> bool:
    """Whether a tunnel should be up with these elements failed."""
    return not tunnel_elements(blueprint, tunnel) & failed


def _places(blueprint: Blueprint, edge: MicrosoftEdge) -> Iterator[str]:
    """Where a circuit is, by any spelling. One of which the place is not known may be anywhere."""
    if edge.place is None:
        yield UNKNOWN
    for other in blueprint.edges:
        if other.place is not None and (edge.place is None or _spelt(other.place) == _spelt(edge.place)):
            yield f"peeringLocation:{other.place}"


def _ports(edge: MicrosoftEdge) -> Iterator[str]:
    if edge.port is not None:
        port = edge.port.lower().rstrip("/")
        yield from (f"port:{port}", f"port:{port.rpartition('/')[2]}")


def _spelt(place: str) -> str:
    return "".join(place.lower().split())
