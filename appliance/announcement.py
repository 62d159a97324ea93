"""What a neighbour in Azure's direction is told."""

from dataclasses import dataclass
from ipaddress import IPv4Network


@dataclass(frozen=True)
class Announcement:
    """Prefixes, and how much longer their path is made. Neighbours with one name are told the same."""

    name: str
    prefixes: tuple[IPv4Network, ...]
    prepend: tuple[int, ...] = ()
    """AS numbers in front of the path, besides the one that is there in any case."""
