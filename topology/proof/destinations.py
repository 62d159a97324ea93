"""Where traffic to on-premises can go: the prefixes within which every address has the same routes.

All prefixes that any router knows form a tree by nesting. A destination is one of its prefixes without the more
specific ones below it. The routes that cover a destination are its ladder, most specific first. Ladders are shared:
thousands of prefixes with equal routes are judged once.

Destinations are the prefixes that must stay reachable: those of on-premises and those that a circuit carries. A default
route that only circuits carry stands for the Internet's own addresses: neither for private ones, which nobody
announced, nor for a loss where the Internet is reached directly instead, which is a leak.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Literal, NamedTuple

from components.rules.prefixes import DEFAULT_ROUTE, PRIVATE

from ..settings.model_network import UserRoute
from .network import Network

SystemRoute = Literal["", "virtualNetwork", "none", "internet"]


class Level(NamedTuple):
    """What is known of exactly one prefix. Bit n of a mask stands for circuit or site n of the network."""

    circuits: int = 0
    static_sites: int = 0
    bgp_sites: int = 0
    user: tuple[tuple[int, UserRoute], ...] = ()
    """User-defined routes, each with the number of its table."""
    system: SystemRoute = ""
    internet: bool = False
    """It is the default route, must be reached, and is none of on-premises' prefixes."""


class Ladder:
    """The levels that cover a destination, most specific first. Equal ladders of one tree are one object."""

    __slots__ = ("circuits", "level", "levels", "sites", "wider")

    def __init__(self, level: Level, wider: "Ladder | None") -> None:
        self.level = level
        self.wider = wider
        self.levels: tuple[Level, ...] = (level, *(wider.levels if wider else ()))
        self.circuits: int = level.circuits | (wider.circuits if wider else 0)
        """The circuits that carry the destination, at any length."""
        self.sites: int = level.static_sites | level.bgp_sites | (wider.sites if wider else 0)
        """The sites that carry the destination, at any length."""


class Node:
    """A prefix that some router knows."""

    __slots__ = ("address", "covered", "inside_network", "ladder", "length", "listed", "owner", "wider")

    def __init__(self, address: int, length: int, ladder: Ladder, wider: "Node | None", listed: bool) -> None:
        self.address = address
        self.length = length
        self.ladder = ladder
        self.wider = wider
        self.listed = listed
        self.covered = 0
        """Addresses that more specific nodes take."""
        in_network = ladder.level.system == "virtualNetwork"
        system = ladder.level.system
        above = wider.owner if wider is not None else None
        elsewhere = in_network or (system == "none" and above is not None and above.ladder.level.internet)
        self.owner: Node | None = self if listed else None if elsewhere else above
        """The prefix it belongs to that must be reached; a virtual network's is none unless it is listed itself."""
        self.inside_network: bool = in_network or (wider is not None and wider.inside_network)

    @property
    def prefix(self) -> IPv4Network:
        """The prefix, built when asked for."""
        return IPv4Network((self.address, self.length))

    def upwards(self) -> Iterator["Node"]:
        """This node and all wider ones: its ladder's levels with their prefixes."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.wider


class Tree(NamedTuple):
    """Every prefix that some router knows, wider before more specific, in the order of addresses."""

    nodes: tuple[Node, ...]
    destinations: tuple[Node, ...]
    """The nodes with addresses on-premises that no more specific node takes."""

    @property
    def ladders(self) -> list[Ladder]:
        """The distinct sets of routes among the destinations."""
        return list(dict.fromkeys(node.ladder for node in self.destinations))


class _Known:
    """A level while it is being collected."""

    __slots__ = ("bgp_sites", "circuits", "internet", "listed", "static_sites", "system", "user")

    def __init__(self) -> None:
        self.circuits = 0
        self.internet = False
        self.static_sites = 0
        self.bgp_sites = 0
        self.user: dict[int, UserRoute] = {}
        self.system: SystemRoute = ""
        self.listed = False


def tree(network: Network) -> Tree:
    """The tree of a network's prefixes; time and memory grow with their number and nesting, never with its square."""
    known = _collect(network)
    levels: dict[Level, Level] = {}
    ladders: dict[tuple[Level, int], Ladder] = {}
    nodes: list[Node] = []
    above: list[Node] = []
    for (address, length), entry in sorted(known.items()):
        while above and not _contains(above[-1], address, length):
            above.pop()
        wider = above[-1] if above else None
        level = Level(
            entry.circuits,
            entry.static_sites,
            entry.bgp_sites,
            tuple(sorted(entry.user.items(), key=_table)),
            entry.system,
            entry.internet,
        )
        level = levels.setdefault(level, level)
        if wider is not None and level == _NOTHING and not wider.ladder.level.internet:
            ladder = wider.ladder
        else:
            key = (level, id(wider.ladder) if wider else 0)
            ladder = ladders.get(key) or Ladder(level, wider.ladder if wider else None)
            ladders[key] = ladder
        node = Node(address, length, ladder, wider, entry.listed)
        if wider is not None:
            wider.covered += 1 << (32 - length)
        nodes.append(node)
        above.append(node)
    on_premises = (node for node in nodes if node.owner is not None and node.covered < 1 << (32 - node.length))
    return Tree(tuple(nodes), tuple(on_premises))


_NOTHING = Level()


def _table(item: tuple[int, UserRoute]) -> int:
    return item[0]


def _contains(node: Node, address: int, length: int) -> bool:
    return length >= node.length and address >> (32 - node.length) == node.address >> (32 - node.length)


def _collect(network: Network) -> dict[tuple[int, int], _Known]:
    known: dict[tuple[int, int], _Known] = {}

    def at(prefix: IPv4Network) -> _Known:
        key = (int(prefix.network_address), prefix.prefixlen)
        entry = known.get(key)
        if entry is None:
            entry = known[key] = _Known()
        return entry

    at(DEFAULT_ROUTE).system = "internet"
    # Every subnet has system routes that drop what goes to private prefixes
    # (https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#default).
    for prefix in PRIVATE:
        if not any(prefix.subnet_of(own) for space in network.spaces for own in space):
            at(prefix).system = "none"
    for space in network.spaces:
        for prefix in space:
            at(prefix).system = "virtualNetwork"
    for index, circuit in enumerate(network.circuits):
        for prefix in network.circuit_prefixes(circuit):
            entry = at(prefix)
            entry.circuits |= 1 << index
            entry.listed = True
            entry.internet = prefix == DEFAULT_ROUTE
    for prefix in network.on_premises:
        entry = at(prefix)
        entry.listed = True
        entry.internet = False
    for index, site in enumerate(network.sites):
        for prefix in site.prefixes:
            if site.bgp:
                at(prefix).bgp_sites |= 1 << index
            else:
                at(prefix).static_sites |= 1 << index
    for routes, table in network.tables.items():
        for route in routes:
            at(route.prefix).user.setdefault(table, route)
    return known
