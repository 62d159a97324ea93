"""The failover, proved: every single failure and every pair, exhaustively, and the smallest cut of every prefix."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import combinations
from typing import Literal, NamedTuple

from .destinations import Ladder, Node
from .failover import Matter, Model, Paths
from .parts import VPN_INSTANCES
from .routing import Path
from .state import Alive, pairs

Scenario = tuple[str, ...]
"""The elements that have failed, in the network's order."""
Requirement = Literal["circuitLoss", "anySingleFailure", "anyTwoFailures"]
Reach = Literal["expressRoute", "vpn", "asymmetric", "leak", "internet", "unreachable"]
"""How a destination is reached in a scenario; of all tiers and both directions the worst. `asymmetric` is reached, with
different paths out and back. `leak` is the Internet itself, reached directly instead of through on-premises;
`internet` is traffic for on-premises that leaves to the Internet. What a stateful firewall drops, since it sees one
direction only, is `unreachable`."""

ORDER: tuple[Reach, ...] = ("expressRoute", "vpn", "asymmetric", "leak", "internet", "unreachable")
"""From good to bad."""
LOST: frozenset[Reach] = frozenset(("internet", "unreachable"))


def worst(ladder: Ladder, paths: Iterable[Paths]) -> Reach:
    """How a destination with this ladder is reached, from the paths between it and each tier."""
    return max([_reach(ladder, one) for one in paths], key=ORDER.index)


def _reach(ladder: Ladder, paths: Paths) -> Reach:
    if paths.leaks:
        return "leak" if ladder.level.internet else "internet"
    if not paths.reachable:
        return "unreachable"
    if paths.asymmetric:
        return "asymmetric"
    return "expressRoute" if paths.out.kind == "expressRoute" else "vpn"


class Tally(NamedTuple):
    """What one scenario means: how many destinations are reached how."""

    failed: Scenario
    counts: tuple[tuple[Reach, int], ...]

    @property
    def lost(self) -> int:
        """Destinations that cannot be reached, leaks to the Internet included."""
        return sum(count for kind, count in self.counts if kind in LOST)

    @property
    def leaking(self) -> int:
        """Destinations whose traffic leaves to the Internet."""
        counts = dict(self.counts)
        return counts.get("internet", 0) + counts.get("leak", 0)

    @property
    def asymmetric(self) -> int:
        """Destinations that are reached over one path and answer over another."""
        return dict(self.counts).get("asymmetric", 0)


class Proof:
    """All scenarios of one network. Everything is computed when asked for, and once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.groups: dict[Ladder, list[Node]] = {}
        for node in model.tree.destinations:
            self.groups.setdefault(node.ladder, []).append(node)
        self._reaches: dict[Matter, Reach] = {}
        self._cuts: dict[Ladder, Scenario] = {}

    @cached_property
    def singles(self) -> list[Scenario]:
        """Every single failure."""
        return [(element,) for element in self.model.network.elements]

    @cached_property
    def pairs(self) -> list[Scenario]:
        """Every pair of failures."""
        return list(combinations(self.model.network.elements, 2))

    def _each(self) -> Iterator[tuple[Scenario, Alive]]:
        yield from ((scenario, self.model.alive(scenario)) for scenario in ((), *self.singles))
        yield from pairs(self.model.network)

    @cached_property
    def _states(self) -> dict[Scenario, Alive]:
        return dict(self._each())

    @cached_property
    def _left(self) -> dict[Alive, tuple[Scenario, list[int]]]:
        """Each thing that can be left alive: the first scenario that leaves it, and how many scenarios of no, one and
        two failures do. Of thousands of pairs only this is kept, unless one of them is asked about."""
        found: dict[Alive, tuple[Scenario, list[int]]] = {}
        for scenario, state in self._each():
            if state not in found:
                found[state] = (scenario, [0, 0, 0])
            found[state][1][len(scenario)] += 1
        return found

    @cached_property
    def _tallies(self) -> dict[Alive, tuple[tuple[Reach, int], ...]]:
        """For each thing that can be left alive how many destinations are reached how. A lost site changes its own
        prefixes only, so that the work for all pairs does not grow with sites times sites times prefixes."""
        every_site = (1 << len(self.model.network.sites)) - 1
        bases: dict[tuple[int, bool, int], tuple[dict[Ladder, Reach], Counter[Reach]]] = {}
        tallies: dict[Alive, tuple[tuple[Reach, int], ...]] = {}
        for state in self._left:
            key = (state.circuits, state.vpn_gateway, state.firewalls)
            if key not in bases:
                base = Alive(state.circuits, every_site, state.vpn_gateway, state.firewalls)
                reached: dict[Ladder, Reach] = {ladder: self.reach(ladder, base) for ladder in self.groups}
                counts: Counter[Reach] = Counter()
                for ladder, reach in reached.items():
                    counts[reach] += len(self.groups[ladder])
                bases[key] = (reached, counts)
            reached, counts = bases[key]
            changed = counts.copy()
            for ladder in self._touched(every_site & ~state.sites):
                before, after = reached[ladder], self.reach(ladder, state)
                if before != after:
                    changed[before] -= len(self.groups[ladder])
                    changed[after] += len(self.groups[ladder])
            tallies[state] = tuple((kind, changed[kind]) for kind in ORDER if changed[kind])
        return tallies

    def _touched(self, sites: int) -> Iterable[Ladder]:
        """The ladders for which the loss of some of these sites may matter: each site's, and those of no site."""
        if not sites:
            return ()
        touched = dict.fromkeys(self._of_site[-1])
        for index in range(sites.bit_length()):
            if sites >> index & 1:
                touched.update(dict.fromkeys(self._of_site[index]))
        return touched

    @cached_property
    def _of_site(self) -> dict[int, list[Ladder]]:
        """The ladders of each site: those that it carries, or all where it steers; under -1 those of none."""
        found: dict[int, list[Ladder]] = {index: [] for index in range(-1, len(self.model.network.sites))}
        for ladder in self.groups:
            sites = ladder.sites | self.model.steering if ladder.sites else 0
            matter = [index for index in range(sites.bit_length()) if sites >> index & 1]
            for index in matter or [-1]:
                found[index].append(ladder)
        return found

    def reach(self, ladder: Ladder, state: Alive) -> Reach:
        """How the destinations with this ladder are reached."""
        key = self.model.matter(ladder, state)
        found = self._reaches.get(key)
        if found is None:
            found = worst(ladder, (self.model.paths(ladder, tier, state) for tier in self.model.kinds))
            self._reaches[key] = found
        return found

    def tally(self, scenario: Scenario) -> Tally:
        """What a single failure, a pair or none at all means."""
        return Tally(scenario, self._tallies[self._states[scenario]])

    def survived(self, failures: Literal[1, 2]) -> tuple[int, int]:
        """In how many single failures, or pairs, every destination is reached; and how many there are."""
        left = [(counts[failures], Tally(first, self._tallies[state])) for state, (first, counts) in self._left.items()]
        return sum(count for count, tally in left if not tally.lost), sum(count for count, _ in left)

    def lost_in(self, scenario: Scenario) -> list[Node]:
        """The destinations that a scenario cuts off."""
        state = self._states[scenario]
        return [n for ladder, nodes in self.groups.items() if self.reach(ladder, state) in LOST for n in nodes]

    def required(self, requirement: Requirement) -> list[Scenario]:
        """The scenarios that the requirement asks to survive, normal operation first."""
        return required(self.model, requirement)

    def smallest_cut(self, ladder: Ladder) -> Scenario:
        """The smallest set of failures that cuts off the destinations with this ladder; () where they never were
        reachable. Of several the first. Three failures always suffice: both gateways, the VPN's with two instances."""
        found = self._cuts.get(ladder)
        if found is None:
            found = self._cuts[ladder] = self._smallest_cut(ladder)
        return found

    def cuts(self, ladder: Ladder, most: int) -> set[Scenario]:
        """All sets of failures, of at most so many and two, that cut off the destinations with this ladder."""
        cut = LOST | {"leak"} if ladder.level.internet else LOST
        sites = ladder.sites | self.model.steering if ladder.sites else 0
        # What is another site's alone does not matter.
        other = {site.name for number, site in enumerate(self.model.network.sites) if not sites >> number & 1}
        elements = [element for element in self.model.network.elements if _site_of(element) not in other]
        scenarios = (failed for size in range(min(most, 2) + 1) for failed in combinations(elements, size))
        return {failed for failed in scenarios if self.reach(ladder, self._states[failed]) in cut}

    def _smallest_cut(self, ladder: Ladder) -> Scenario:
        cut = LOST | {"leak"} if ladder.level.internet else LOST
        for state, (scenario, _) in self._left.items():
            if self.reach(ladder, state) in cut:
                return scenario
        return ("gateway:expressRoute", *(f"gateway:vpn/{index}" for index in range(VPN_INSTANCES)))


def _site_of(element: str) -> str | None:
    """The name of the site that an element is of alone; None where it is none's."""
    kind, _, name = element.partition(":")
    return name.partition("/")[0] if kind == "tunnel" else name if kind == "appliance" else None


def required(model: Model, requirement: Requirement) -> list[Scenario]:
    """The scenarios that a requirement asks to survive, normal operation first, then single failures, then pairs."""
    elements = model.network.elements
    if requirement == "circuitLoss":
        elements = tuple(element for element in elements if element.startswith(("circuit:", "link:")))
    scenarios: list[Scenario] = [(), *((element,) for element in elements)]
    if requirement == "anyTwoFailures":
        scenarios += combinations(elements, 2)
    return scenarios


def paths_in_turn(model: Model, node: Node, tier: int, failed: Scenario = ()) -> Iterator[tuple[Scenario, Paths]]:
    """The paths of a destination's traffic when, again and again, all that carries it fails, until it does not arrive
    or nothing is left to fail; each with the failures up to it. failed: what has failed before."""
    while True:
        paths = model.paths(node.ladder, tier, model.alive(failed))
        yield failed, paths
        if not paths.reachable:
            return
        failed = tuple(dict.fromkeys((*failed, *_carriers(model, paths.out), *_carriers(model, paths.back))))


def _carriers(model: Model, path: Path) -> Iterator[str]:
    """The elements without which a path is gone."""
    if path.kind == "expressRoute":
        yield from (f"circuit:{name}" for name in path.via)
    yield from (f"circuit:{name}" for name in path.tied)
    for site in model.network.sites if path.kind == "vpn" else ():
        if site.name in path.via:
            yield from (f"tunnel:{site.name}/{number}" for number in site.tunnel_numbers)
