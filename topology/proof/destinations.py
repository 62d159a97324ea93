"""Where traffic to on-premises can go: the prefixes within which every address has the same routes.

All prefixes that any router knows form a tree by nesting. A destination is one of its prefixes without the more
specific ones below it. The routes that cover a destination are its ladder, most specific first. Ladders are shared:
thousands of prefixes with equal routes are judged once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from components.rules.prefixes import DEFAULT_ROUTE, PRIVATE

from ..settings.model import UserRoute
from .network import Network

SystemRoute = Literal["", "virtualNetwork", "none", "internet"]


@dataclass(frozen=True)
class Level:
    """What is known of exactly one prefix. Bit n of a mask stands for site n of the network."""

    express_route: bool = False
    static_sites: int = 0
    bgp_sites: int = 0
    user: tuple[tuple[int, UserRoute], ...] = ()
    """User-defined routes, each with the number of its tier."""
    system: SystemRoute = ""


class Ladder:
    """The levels that cover a destination, most specific first. Equal ladders of one tree are one object."""

    __slots__ = ("bgp_sites", "express_route", "level", "levels", "sites", "wider")

    def __init__(self, level: Level, wider: "Ladder | None") -> None:
        self.level = level
        self.wider = wider
        self.levels: tuple[Level, ...] = (level, *(wider.levels if wider else ()))
        self.express_route: bool = level.express_route or (wider is not None and wider.express_route)
        """Whether ExpressRoute carries the destination, at any length."""
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
        self.owner: Node | None = self if listed else None if in_network or wider is None else wider.owner
        """The on-premises prefix it belongs to; the address space is never on-premises unless it is listed there."""
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


@dataclass(frozen=True)
class Tree:
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

    __slots__ = ("bgp_sites", "express_route", "listed", "static_sites", "system", "user")

    def __init__(self) -> None:
        self.express_route = False
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
            entry.express_route, entry.static_sites, entry.bgp_sites, tuple(sorted(entry.user.items())), entry.system
        )
        level = levels.setdefault(level, level)
        if wider is not None and level == _NOTHING:
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
        if not any(prefix.subnet_of(space) for space in network.address_space):
            at(prefix).system = "none"
    for prefix in network.address_space:
        at(prefix).system = "virtualNetwork"
    for prefix in network.on_premises:
        at(prefix).listed = True
    if network.circuits:
        for prefix in network.express_route_prefixes:
            at(prefix).express_route = True
    for index, site in enumerate(network.sites):
        for prefix in site.prefixes:
            if site.bgp:
                at(prefix).bgp_sites |= 1 << index
            else:
                at(prefix).static_sites |= 1 << index
    for index, tier in enumerate(network.tiers):
        for route in tier.routes:
            at(route.prefix).user.setdefault(index, route)
    return known
