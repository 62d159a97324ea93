"""What one machine at the on-premises edge holds: links, sites, and who shares its network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from topology.settings.model import Device, Settings
from topology.settings.model_express_route import Circuit
from topology.settings.model_vpn import Site

from .errors import ApplianceError, Finding

WHICH = ("primary", "secondary")
"""The links of a circuit."""


@dataclass(frozen=True)
class HeldLink:
    """One link of a connected circuit, which is `expressRoute.circuits[index]`."""

    index: int
    circuit: Circuit
    which: str

    @property
    def name(self) -> str:
        """As `onPremises.devices[].links` has it."""
        return f"{self.circuit.name}/{self.which}"


@dataclass(frozen=True)
class Holding:
    """What one machine holds. device: None for the machine of a site that no device holds; it has no peers."""

    name: str
    path: str
    """Where the settings say it."""
    device: Device | None
    sites: tuple[tuple[int, Site], ...]
    """Each with its place in `vpn.sites`."""
    links: tuple[HeldLink, ...]
    peers: tuple[tuple[int, Device], ...] = ()
    """The other devices of its network, each with its place: all with a link are on one, and a branch has its own."""

    @property
    def peerings(self) -> list[str]:
        """The circuits, each once, of which a link ends here and the settings have the private peering."""
        return list(dict.fromkeys(link.circuit.name for link in self.links if link.circuit.private_peering))

    @property
    def what(self) -> str:
        """In words: site or device, with its name."""
        return f"{'device' if self.device else 'site'} {self.name}"


def of_device(settings: Settings, name: str) -> Holding:
    """What `onPremises.devices` says of one. Raises ApplianceError naming the devices that there are."""
    devices = settings.on_premises.devices
    if not devices:
        raise _refused("onPremises.devices", "is not set; say there which machine holds what, or name a site (--site)")
    index = next((index for index, one in enumerate(devices) if one.name == name), None)
    if index is None:
        known = ", ".join(one.name for one in devices)
        raise _refused("onPremises.devices", f"there is no device {name!r}; the settings have {known}")
    device = devices[index]
    return Holding(
        name,
        f"onPremises.devices[{index}]",
        device,
        tuple((place, site) for place, site in enumerate(settings.vpn.sites) if site.name in device.sites),
        tuple(link for link in _links(settings) if link.name in device.links),
        tuple((place, one) for place, one in enumerate(devices) if device.links and one.links and one is not device),
    )


def of_site(settings: Settings, name: str) -> Holding:
    """The machine of a site that no device holds: it has every link that no device holds either.

    Raises ApplianceError where the site is on a device, or where more than one machine would have these links.
    """
    place, site = find_site(settings, name)
    devices = settings.on_premises.devices
    holder = next((device for device in devices if name in device.sites), None)
    if holder:
        raise _refused(f"vpn.sites[{place}]", f"site {name!r} is on device {holder.name!r}; name that: --device")
    held = {link for device in devices for link in device.links}
    links = tuple(link for link in _links(settings) if link.name not in held)
    alone = [one.name for one in settings.vpn.sites if not any(one.name in device.sites for device in devices)]
    neighbours = [device.name for device in devices if device.links]
    if neighbours:
        raise _refused(
            "onPremises.devices",
            f"the machine of site {name!r} shares a network with {', '.join(neighbours)}, which have to know it; give "
            f"it an item of its own, such as {_item(name, links)}",
        )
    if links and len(alone) > 1:
        shares = [(one, links[number :: len(alone)]) for number, one in enumerate(alone)]
        raise _refused(
            "onPremises.devices",
            f"says of the sites {', '.join(alone)} no machines, and a link ends on one: say which of them has "
            f"{', '.join(link.name for link in links)}, such as [{', '.join(_item(*share) for share in shares)}]",
        )
    return Holding(name, f"vpn.sites[{place}]", None, ((place, site),), links)


def find_site(settings: Settings, name: str) -> tuple[int, Site]:
    """A site and its index. Raises ApplianceError naming the sites that there are."""
    for index, site in enumerate(settings.vpn.sites):
        if site.name == name:
            return index, site
    known = ", ".join(site.name for site in settings.vpn.sites)
    raise _refused("vpn.sites", f"there is no site {name!r}; the settings have {known}")


def connected_circuits(settings: Settings) -> list[tuple[int, Circuit]]:
    """The circuits that carry traffic once all is provisioned, with their index in the settings."""
    return [(i, c) for i, c in enumerate(settings.express_route.circuits) if c.connects]


def network_asn(settings: Settings, holding: Holding) -> int | None:
    """The AS number that the settings say: the first of the network's devices, then of their sites, then of their
    circuits' peerings, in their order, so that each device finds the same. None where they say none."""
    devices = [device for _, device in holding.peers] + ([holding.device] if holding.device else [])
    order = [device for device in settings.on_premises.devices if device in devices]
    sites = [site for site in settings.vpn.sites if any(site.name in device.sites for device in order)]
    held = {name.partition("/")[0] for device in order for name in device.links}
    circuits = [circuit for _, circuit in connected_circuits(settings) if circuit.name in held]
    if not order:
        sites = [site for _, site in holding.sites]
        circuits = [link.circuit for link in holding.links]
    said = [device.asn for device in order if device.asn]
    said += [site.bgp.asn for site in sites if site.bgp]
    said += [circuit.private_peering.peer_asn for circuit in circuits if circuit.private_peering]
    return next(iter(said), None)


def _links(settings: Settings) -> Iterator[HeldLink]:
    return (HeldLink(index, circuit, which) for index, circuit in connected_circuits(settings) for which in WHICH)


def _item(name: str, links: Sequence[HeldLink]) -> str:
    held = f"links: [{', '.join(link.name for link in links)}], " if links else ""
    return f"{{name: {name}, {held}sites: [{name}]}}"


def _refused(path: str, message: str) -> ApplianceError:
    return ApplianceError([Finding(path, message)])
