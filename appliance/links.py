"""The circuits' links that end on a device."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from components.rules.bgp import MICROSOFT_ASN
from topology.settings.model import Settings
from topology.settings.model_express_route import Circuit

from .announcement import Announcement
from .constants import EXPRESS_ROUTE_PREFERENCE
from .errors import Finding
from .facts import Facts
from .holding import HeldLink, Holding, connected_circuits
from .wiring import LinkWiring

NAME_LENGTH = 15
"""Most characters of an interface's name in Linux."""


@dataclass(frozen=True)
class Vlan:
    """An interface that is made for a VLAN."""

    parent: str
    interface: str
    number: int
    outer: bool = False
    """The provider's tag (802.1ad) around the peering's."""


@dataclass(frozen=True)
class Link:
    """One link of a circuit as the edge sees it."""

    circuit: str
    which: str
    interface: str
    vlans: tuple[Vlan, ...]
    """What has to be made for it, the outermost first."""
    address: IPv4Interface
    peer_address: IPv4Address
    peer_asn: int
    local_asn: int
    preference: int
    """Local preference of what this link brings; the edge prefers the circuit that Azure prefers (`routingWeight`)."""
    announces: Announcement
    has_key: bool
    """Whether its peering has an MD5 key."""


def links_of(settings: Settings, holding: Holding, asn: int, facts: Facts, findings: list[Finding]) -> tuple[Link, ...]:
    """The links that end on the device; what nobody says of them is a finding."""
    found: list[Link] = []
    given = preferences(settings)
    for number, held in enumerate(holding.links):
        circuit, wiring = held.circuit, facts.wiring.link(held)
        peering = circuit.private_peering
        interface, vlans = _interface(held, number, wiring, findings)
        if peering:
            prefix = peering.primary_prefix if held.which == "primary" else peering.secondary_prefix
            ends = IPv4Interface(f"{prefix[1]}/{prefix.prefixlen}"), prefix[2], MICROSOFT_ASN, peering.peer_asn
        elif wiring.address and wiring.peer_address and wiring.peer_asn:
            ends = wiring.address, wiring.peer_address, wiring.peer_asn, asn
        else:
            findings.append(
                Finding(
                    f"expressRoute.circuits[{held.index}].privatePeering",
                    f"is not set, and the wiring file does not say links.{circuit.name}.{held.which} either: "
                    "address, peerAddress and peerAsn",
                )
            )
            continue
        found.append(
            Link(
                circuit.name,
                held.which,
                interface,
                vlans,
                *ends,
                given[circuit.name],
                _announcement(settings, circuit, ends[3]),
                circuit.name in facts.peering_keys,
            )
        )
    return tuple(found)


def preferences(settings: Settings) -> Mapping[str, int]:
    """The local preference of each circuit: its own, or one less for each routing weight above its."""
    circuits = [circuit for _, circuit in connected_circuits(settings)]
    weights = sorted({circuit.routing_weight for circuit in circuits}, reverse=True)
    return {
        circuit.name: EXPRESS_ROUTE_PREFERENCE - weights.index(circuit.routing_weight)
        if circuit.local_preference is None
        else circuit.local_preference
        for circuit in circuits
    }


def _announcement(settings: Settings, circuit: Circuit, asn: int) -> Announcement:
    own = circuit.prefixes is not None or circuit.prepend
    return Announcement(
        f"EXPRESSROUTE-{circuit.name}" if own else "EXPRESSROUTE",
        tuple(settings.circuit_prefixes(circuit)),
        (asn,) * circuit.prepend,
    )


def _interface(
    held: HeldLink, number: int, wiring: LinkWiring, findings: list[Finding]
) -> tuple[str, tuple[Vlan, ...]]:
    """The link's interface, and the VLANs that are made for it: the provider's around the peering's."""
    if wiring.interface and (wiring.port or wiring.outer_vlan):
        findings.append(
            Finding(
                f"wiring.links.{held.circuit.name}.{held.which}.interface",
                f"{wiring.interface} is taken as it is, so port and outerVlan have no meaning beside it; keep one or "
                "the other",
            )
        )
    if wiring.interface:
        return wiring.interface, ()
    port = here = wiring.port or f"eth{2 + number}"
    vlans: list[Vlan] = []
    peering = held.circuit.private_peering
    for tag, outer in ((wiring.outer_vlan, True), (peering and peering.vlan_id, False)):
        if tag:
            name = f"{here}.{tag}" if len(f"{here}.{tag}") <= NAME_LENGTH else f"er{number}.{tag}{'o' * outer}"
            vlans.append(Vlan(here, name, tag, outer))
            here = name
    if len(port) > NAME_LENGTH:
        findings.append(
            Finding(
                f"wiring.links.{held.circuit.name}.{held.which}.port",
                f"{port!r} has {len(port)} characters; an interface's name has at most {NAME_LENGTH}",
            )
        )
    return here, tuple(vlans)
