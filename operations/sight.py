"""What Azure says of a live network, as plain data; `operations.seen` reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Literal

Key = Literal["same", "other", "unknown"]


@dataclass(frozen=True)
class LinkSeen:
    """One link of a circuit, as Microsoft's edge router tells. session: BGP is established; None where it is not told.
    prefixes: what on-premises announces on it. azure: what the networks announce that are connected to the circuit."""

    session: bool | None = None
    prefixes: frozenset[IPv4Network] = frozenset()
    azure: frozenset[IPv4Network] = frozenset()


@dataclass(frozen=True)
class CircuitSeen:
    """A circuit and its connection. Texts are Azure's own words; empty where there is no such thing, or none is told.

    peering: state of the private peering (Enabled, Disabled); modified_by: who made it. unreadable: why the circuit
    itself cannot be read, such as one of another subscription. carried: prefixes that the ExpressRoute gateway has
    over it.
    """

    connection: str = ""
    provider: str = ""
    circuit_state: str = ""
    peering: str = ""
    modified_by: str = ""
    links: Mapping[str, LinkSeen] = field(default_factory=dict)
    unreadable: str = ""
    carried: frozenset[IPv4Network] = frozenset()
    as_path: tuple[int, ...] = ()
    weight: int = 0


@dataclass(frozen=True)
class SiteSeen:
    """A site's connection. connection: its state, empty where it is not there. tunnels: whether each is up, by the
    gateway's instance; empty where Azure does not tell. sessions: state of BGP with the site, by instance."""

    connection: str = ""
    key: Key = "unknown"
    tunnels: Mapping[int, bool] = field(default_factory=dict)
    sessions: Mapping[int, str] = field(default_factory=dict)
    learned: frozenset[IPv4Network] = frozenset()
    static: frozenset[IPv4Network] = frozenset()
    bgp: bool = False
    path_length: int = 1

    @property
    def up(self) -> bool:
        """Whether a tunnel is up."""
        return any(self.tunnels.values()) if self.tunnels else self.connection == "Connected"


@dataclass(frozen=True)
class RouteSeen:
    """A route of a route table, in the settings' words."""

    prefix: IPv4Network
    next_hop_type: str
    next_hop_address: str = ""


@dataclass(frozen=True)
class TableSeen:
    """The routes of a subnet. learns: it has the gateways' routes."""

    routes: frozenset[RouteSeen] = frozenset()
    learns: bool = True


@dataclass(frozen=True)
class Seen:
    """All that was read. gateways: the provisioning state of both. peerings: of each spoke. undeclared: names of
    connections that no setting declares; those of sites are among the sites too, under the connection's name. untold:
    what Azure did not tell, and why.
    """

    circuits: Mapping[str, CircuitSeen]
    sites: Mapping[str, SiteSeen]
    tables: Mapping[str, TableSeen]
    gateway_subnet: TableSeen
    gateways: Mapping[str, str]
    active_active: bool
    peerings: Mapping[str, str] = field(default_factory=dict)
    undeclared: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
