"""Rules for the private peering of a circuit."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from . import Problem, at, rule
from .bgp import peering_asn
from .prefixes import Prefixes, listed
from .sources import ER_PEERING, ER_ROUTING

CIRCUIT_10 = rule(
    "CIRCUIT-10",
    "a private peering has two /30 subnets, apart from each other, from the virtual network and from other circuits'",
    f"{ER_ROUTING}#ip-addresses-used-for-azure-private-peering",
)
CIRCUIT_11 = rule(
    "CIRCUIT-11",
    "a peering's VLAN is 1 to 4094, and used once on a circuit and on a Direct port",
    ER_PEERING,
)

PEERING_PREFIX = 30
"""Prefix length of each link's subnet [CIRCUIT-10]."""
VLANS = 1, 4094
"""First and last VLAN of IEEE 802.1Q [CIRCUIT-11]."""


def private_peering(
    path: str,
    *,
    peer_asn: int,
    vlan_id: int,
    primary_prefix: IPv4Network,
    secondary_prefix: IPv4Network,
    space: Sequence[IPv4Network] = (),
    space_path: str = "the address space",
) -> Iterator[Problem]:
    """One circuit's private peering [BGP-06, CIRCUIT-10, CIRCUIT-11]. space: the virtual network's prefixes."""
    yield from peering_asn(at(path, "peer_asn"), peer_asn)
    if not VLANS[0] <= vlan_id <= VLANS[1]:
        yield CIRCUIT_11(at(path, "vlan_id"), f"{vlan_id} is outside {VLANS[0]} to {VLANS[1]}")
    primary, secondary = at(path, "primary_prefix"), at(path, "secondary_prefix")
    network = Prefixes(listed(space_path, space))
    for here, prefix in ((primary, primary_prefix), (secondary, secondary_prefix)):
        if prefix.prefixlen != PEERING_PREFIX:
            yield CIRCUIT_10(
                here, f"{prefix} has {prefix.num_addresses} addresses, the subnet of a link is a /{PEERING_PREFIX} (4)"
            )
        if found := network.overlapping(prefix):
            yield CIRCUIT_10(
                here, f"{prefix} overlaps the virtual network's {found[1]} ({found[0]}); choose one outside"
            )
    if primary_prefix.overlaps(secondary_prefix):
        yield CIRCUIT_10(
            secondary, f"{secondary_prefix} overlaps {primary_prefix} ({primary}); each link has its own /30"
        )


def links_apart(links: Mapping[str, Mapping[str, IPv4Network]]) -> Iterator[Problem]:
    """Peering subnets of different circuits do not overlap (circuit's path -> subnet's path -> subnet) [CIRCUIT-10]."""
    earlier: list[tuple[str, IPv4Network]] = []
    for own in links.values():
        for path, prefix in own.items():
            for other_path, other in earlier:
                if prefix.overlaps(other):
                    yield CIRCUIT_10(path, f"{prefix} overlaps {other} ({other_path}); each link has its own /30")
        earlier.extend(own.items())


def apart_from_on_premises(links: Mapping[str, IPv4Network], prefixes: Prefixes) -> Iterator[Problem]:
    """No on-premises prefix is a link's subnet or part of it (path -> subnet); a wider one is fine [CIRCUIT-10]."""
    for path, subnet in links.items():
        found = prefixes.overlapping(subnet)
        if found and found[1].prefixlen >= subnet.prefixlen:
            yield CIRCUIT_10.warning(
                path,
                f"{subnet} holds the on-premises prefix {found[1]} ({found[0]}), whose announcement would lead the "
                "session's own traffic astray; announce a wider prefix or none",
            )


def outside_spokes(links: Mapping[str, IPv4Network], spokes: Prefixes) -> Iterator[Problem]:
    """No link's subnet overlaps a spoke's prefixes, as none overlaps the hub's (path -> subnet) [CIRCUIT-10]."""
    for path, subnet in links.items():
        if found := spokes.overlapping(subnet):
            yield CIRCUIT_10(path, f"{subnet} overlaps a spoke's {found[1]} ({found[0]}); choose one outside")


def vlans_on_ports(vlans: Sequence[tuple[str, str, int]]) -> Iterator[Problem]:
    """Circuits on one Direct port have VLANs of their own (path, port's id, VLAN) [CIRCUIT-11].

    A warning: ports with QinQ encapsulation keep their circuits' VLANs apart, and the settings do not say which it is.
    """
    seen: dict[tuple[str, int], str] = {}
    for path, port, vlan in vlans:
        first = seen.setdefault((port.lower(), vlan), path)
        if first != path:
            yield CIRCUIT_11.warning(path, f"VLAN {vlan} is also {first} on the same port; with Dot1Q it must differ")
