"""What can fail, and what each failure takes away.

Elements have names: `circuit:NAME`, `link:NAME/primary`, `link:NAME/secondary`, `port:NAME` (a Direct port pair),
`peeringLocation:PLACE`, `gateway:expressRoute`, `gateway:vpn/0`, `gateway:vpn/1`, `zone:NUMBER`, `appliance:SITE`,
`tunnel:SITE/0`, `tunnel:SITE/1`, `device:NAME` and `firewall:NAME`. What paths have in common is one element:

- a Direct port pair takes all circuits on it;
- a peering location takes all circuits there, whatever the spelling. A circuit of which the place is not known may be
  in any: it falls with every known place, and those of unknown places fall together (`peeringLocation:unknown`);
- a zone takes the VPN gateway when all its addresses are in that zone alone. The ExpressRoute gateway's address is
  Azure's own, in all zones [PIP-09]. A gateway that is there already may be in one zone until the settings say its
  zones (`zone:unknown`);
- a device takes its links and its sites; its sites have no appliance besides;
- a firewall that is not redundant is lost, and traffic that a route leads to it is dropped. The route stays.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from components.rules.circuits import same_name

from .parts import VPN_INSTANCES, Circuit, Device, Firewall, Site

UNKNOWN_PLACE = "unknown"
UNKNOWN_ZONE = "unknown"


class Harm(NamedTuple):
    """What the failure of elements takes away. Bit n of a mask is the number of a circuit, link, instance of the VPN
    gateway, site or firewall; links are counted through all circuits."""

    circuits: int = 0
    links: int = 0
    instances: int = 0
    sites: int = 0
    tunnels: tuple[tuple[int, int], ...] = ()
    """Numbers of the site and of its tunnel."""
    firewalls: int = 0

    def __or__(self, other: "Harm") -> "Harm":
        return Harm(
            self.circuits | other.circuits,
            self.links | other.links,
            self.instances | other.instances,
            self.sites | other.sites,
            self.tunnels + other.tunnels,
            self.firewalls | other.firewalls,
        )


def harms(
    circuits: Sequence[Circuit],
    sites: Sequence[Site],
    devices: Sequence[Device],
    firewalls: Sequence[Firewall],
    vpn_zone: str | None,
) -> dict[str, Harm]:
    """Every element, in a stable order, with its harm. vpn_zone: the only zone of the VPN gateway's addresses."""
    return dict(
        (
            *_express_route(circuits),
            *_vpn(sites, devices, vpn_zone),
            *_devices(circuits, sites, devices),
            *(
                (f"firewall:{firewall.name}", Harm(firewalls=1 << number))
                for number, firewall in enumerate(firewalls)
                if not firewall.redundant
            ),
        )
    )


def places(circuits: Sequence[Circuit]) -> list[str | None]:
    """The peering location of each circuit, so that spellings of one place are equal: its own, or that of another
    circuit on its port. None where it is not known."""
    of_ports = {one.port: _spelt(one.peering_location) for one in circuits if one.port and one.peering_location}
    return [_spelt(one.peering_location) or (of_ports.get(one.port) if one.port else None) for one in circuits]


def _spelt(place: str | None) -> str | None:
    return None if place is None or same_name(place) in ("", UNKNOWN_PLACE) else same_name(place)


def _links(circuits: Sequence[Circuit]) -> dict[str, int]:
    """The number of every link, by its element's name."""
    return {link.element: number for number, link in enumerate(link for one in circuits for link in one.links)}


def _express_route(circuits: Sequence[Circuit]) -> Iterator[tuple[str, Harm]]:
    links = _links(circuits)
    for index, circuit in enumerate(circuits):
        yield f"circuit:{circuit.name}", Harm(circuits=1 << index)
        for link in circuit.links:
            yield link.element, Harm(links=1 << links[link.element])
    ports = dict.fromkeys(circuit.port for circuit in circuits if circuit.port)
    names = [port.rpartition("/")[2] for port in ports]
    for port, name in zip(ports, names, strict=True):
        # Two ports of one name are told apart by their whole ids.
        unique = name if names.count(name) == 1 else port
        yield f"port:{unique}", Harm(circuits=_mask(circuit.port == port for circuit in circuits))
    found = places(circuits)
    for place in filter(None, dict.fromkeys(found)):
        named = next(one.peering_location for one in circuits if _spelt(one.peering_location) == place)
        yield f"peeringLocation:{named}", Harm(circuits=_mask(other in (place, None) for other in found))
    unknown = _mask(place is None for place in found)
    if unknown.bit_count() > 1:
        yield f"peeringLocation:{UNKNOWN_PLACE}", Harm(circuits=unknown)


def _vpn(sites: Sequence[Site], devices: Sequence[Device], zone: str | None) -> Iterator[tuple[str, Harm]]:
    yield "gateway:expressRoute", Harm(circuits=-1)
    for index in range(VPN_INSTANCES):
        alone = _mask(site.instance == index for site in sites)
        yield f"gateway:vpn/{index}", Harm(instances=1 << index, sites=alone)
    if zone is not None:
        yield f"zone:{zone}", Harm(instances=(1 << VPN_INSTANCES) - 1)
    held = {name for device in devices for name in device.sites}
    for index, site in enumerate(sites):
        if site.name not in held:
            yield f"appliance:{site.name}", Harm(sites=1 << index)
        for number in site.tunnel_numbers:
            yield f"tunnel:{site.name}/{number}", Harm(tunnels=((index, number),))


def _devices(
    circuits: Sequence[Circuit], sites: Sequence[Site], devices: Sequence[Device]
) -> Iterator[tuple[str, Harm]]:
    links = {element.removeprefix("link:"): number for element, number in _links(circuits).items()}
    for device in devices:
        own = sum(1 << links[name] for name in dict.fromkeys(device.links) if name in links)
        yield f"device:{device.name}", Harm(links=own, sites=_mask(site.name in device.sites for site in sites))


def _mask(some: Iterator[bool] | Sequence[bool]) -> int:
    return sum(1 << index for index, one in enumerate(some) if one)
