"""The failover report: what every format shows, as plain data."""

from collections.abc import Collection
from functools import cached_property
from ipaddress import IPv4Network
from typing import Any, NamedTuple

from components.rules import Problem, errors

from ..proof.assumptions import assumptions
from ..proof.destinations import Ladder, Node
from ..proof.detection import detection
from ..proof.failover import Model, Paths
from ..proof.network import network
from ..proof.proof import LOST, Proof, Scenario, paths_in_turn
from ..proof.remedies import taken_by_vpn, why_lost
from ..proof.requirement import problems
from ..settings.model import Settings
from . import words

NAMED = 50
"""Prefixes that a scenario names; of more it gives the number."""


class Fallback(NamedTuple):
    """The paths in turn of destinations with equal routes, seen from tiers with equal routes: normally, and then each
    time that all that carries the traffic fails."""

    tiers: tuple[str, ...]
    """Names of the tiers; all of them where they do not differ."""
    line: str
    """The paths in words, such as `ExpressRoute, then VPN hq`."""
    normal: Paths
    steps: tuple[Paths, ...]
    failover: bool
    """Whether traffic finds another path when all that carries it normally fails."""
    reason: str
    """Why there is no failover, and what to change; empty where there is one."""
    setting: str
    """The setting that the reason is about."""


class Row(NamedTuple):
    """One destination in the report."""

    prefix: IPv4Network
    owner: IPv4Network
    """The on-premises prefix it belongs to; itself where it is one."""
    partial: bool
    """Whether more specific rows take some of its addresses."""
    fallbacks: tuple[Fallback, ...]
    cut: Scenario
    """The smallest set of failures that cuts it off from some tier; () where it is cut off already."""
    accepted: str
    """The reason why its loss is accepted; empty where it is not."""


class Report:
    """Everything about the failover of one network. Computed when asked for.

    connected: names of the circuits that carry traffic today; None where that is not known.
    """

    def __init__(self, settings: Settings, connected: Collection[str] | None = None) -> None:
        self.settings = settings
        self.model = Model(network(settings))
        self.proof = Proof(self.model)
        finished = {circuit.name for circuit in self.model.network.circuits}
        self.today: Model | None = None
        """The network with the circuits connected today; None where that is the finished one, or not known."""
        if connected is not None and set(connected) != finished:
            self.today = Model(network(settings, connected))
        self._accepted = {item.prefix: item.reason for item in settings.failover.accept}
        self._fallbacks: dict[Ladder, tuple[Fallback, ...]] = {}
        self._cuts: dict[tuple[Ladder, int], set[Scenario]] = {}

    @cached_property
    def problems(self) -> list[Problem]:
        """What the failover lacks."""
        return list(problems(self.settings, self.model))

    @cached_property
    def assumptions(self) -> list[str]:
        """What the settings leave open, and what the proof takes for granted instead."""
        return assumptions(self.model.network)

    @property
    def verdict(self) -> str:
        """The requirement, and whether it is met; that there is nothing to meet it for, where there is not."""
        require = self.settings.failover.require
        if not self.survives:
            return f"{require}: not met"
        if not self._binding:
            return f"{require}: nothing to prove, every prefix is accepted"
        if require == "circuitLoss" and not self.model.network.circuits:
            return f"{require}: nothing to prove, no circuit is connected"
        return f"{require}: met"

    @property
    def survives(self) -> bool:
        """Whether the network survives what `failover.require` asks, but for what the settings accept."""
        return not errors(self.problems) and not any(
            self.proof.reach(ladder, state) in LOST
            for state in {self.model.alive(scenario) for scenario in self._required}
            for ladder in self._binding
        )

    @cached_property
    def _binding(self) -> list[Ladder]:
        """The sets of routes of destinations that are not accepted."""
        return [
            ladder
            for ladder, nodes in self.proof.groups.items()
            if not all(self._accepted.keys() & {node.prefix, node.owner.prefix} for node in nodes if node.owner)
        ]

    @cached_property
    def rows(self) -> list[Row]:
        """Every on-premises prefix, and every part of one that fares differently, in the order of addresses."""
        rows = {id(node): self._row(node) for node in self.model.tree.destinations}
        return [row for node, row in self._with_rows(rows) if node.listed or self._differs(node, row, rows)]

    def cuts(self, prefix: IPv4Network, most: int) -> set[Scenario]:
        """The sets of failures, of at most so many and two, that cut a destination off."""
        ladder = self._ladders.get(prefix)
        if ladder is None:
            return set()
        if (ladder, most) not in self._cuts:
            self._cuts[ladder, most] = self.proof.cuts(ladder, most)
        return self._cuts[ladder, most]

    @cached_property
    def _ladders(self) -> dict[IPv4Network, Ladder]:
        return {node.prefix: node.ladder for node in self.model.tree.destinations}

    @cached_property
    def today_lines(self) -> dict[IPv4Network, str]:
        """For each destination its paths today, where they are not the finished topology's."""
        today = self.today
        if today is None:
            return {}
        return {
            node.prefix: "; ".join(dict.fromkeys(self._line(today, node, tier) for tier in self._tiers))
            for node in today.tree.destinations
        }

    @property
    def _tiers(self) -> range:
        return range(len(self.model.network.tiers))

    def _with_rows(self, rows: dict[int, Row]) -> list[tuple[Node, Row]]:
        return [(node, rows[id(node)]) for node in self.model.tree.destinations]

    def _differs(self, node: Node, row: Row, rows: dict[int, Row]) -> bool:
        owner = rows.get(id(node.owner))
        return owner is None or (owner.fallbacks, owner.cut) != (row.fallbacks, row.cut)

    def _row(self, node: Node) -> Row:
        prefix = node.prefix
        owner = node.owner.prefix if node.owner is not None and node.owner is not node else prefix
        cut = self.proof.smallest_cut(node.ladder)
        accepted = self._accepted.get(prefix) or self._accepted.get(owner, "")
        return Row(prefix, owner, node.covered > 0, self._fallbacks_of(node), cut, accepted)

    def _fallbacks_of(self, node: Node) -> tuple[Fallback, ...]:
        found = self._fallbacks.get(node.ladder)
        if found is None:
            fallbacks: dict[str, Fallback] = {}
            for alike in self.model.alike.values():
                fallback = self._fallback(node, alike[0])
                before = fallbacks.get(fallback.line, fallback)
                named = {*before.tiers, *(self.model.network.tiers[tier].name for tier in alike)}
                tiers = tuple(tier.name for tier in self.model.network.tiers if tier.name in named)
                fallbacks[fallback.line] = Fallback(tiers, *_rest(before))
            found = self._fallbacks[node.ladder] = tuple(fallbacks.values())
        return found

    def _fallback(self, node: Node, tier: int) -> Fallback:
        model, settings = self.model, self.settings
        steps = [paths for _, paths in paths_in_turn(model, node, tier)]
        taken = taken_by_vpn(settings, model, node, steps[0])
        lost = steps[min(1, len(steps) - 1)]
        cause = taken or (None if lost.reachable else why_lost(settings, model, node, tier, lost))
        return Fallback(
            (model.network.tiers[tier].name,),
            words.in_turn(model.network, steps),
            steps[0],
            tuple(steps),
            lost.reachable,
            cause.text if cause else "",
            cause.path if cause else "",
        )

    def _line(self, model: Model, node: Node, tier: int) -> str:
        return words.in_turn(model.network, [paths for _, paths in paths_in_turn(model, node, tier)])

    def as_data(self) -> dict[str, Any]:
        """The failover for `--format json`."""
        return {
            "survives": self.survives,
            "require": self.settings.failover.require,
            "verdict": self.verdict,
            "assumptions": self.assumptions,
            "scenarios": [self._scenario(failed) for failed in ((), *self.proof.singles, *self.proof.pairs)],
            "prefixes": [self._prefix(row) for row in self.rows],
        }

    def _scenario(self, failed: Scenario) -> dict[str, Any]:
        tally = self.proof.tally(failed)
        data: dict[str, Any] = {
            "failed": list(failed),
            "required": failed in self._required,
            "destinations": dict(tally.counts),
            "lost": [str(node.prefix) for node in self.proof.lost_in(failed)[:NAMED]] if tally.lost else [],
        }
        if len(failed) == 1:
            noticed = detection(self.model.network, failed[0])
            data["detection"] = {
                "seconds": noticed.seconds,
                "worstSeconds": noticed.worst_seconds,
                "how": noticed.how,
            }
        return data

    @cached_property
    def _required(self) -> frozenset[Scenario]:
        return frozenset(self.proof.required(self.settings.failover.require))

    def _prefix(self, row: Row) -> dict[str, Any]:
        return {
            "prefix": str(row.prefix),
            "partOf": str(row.owner),
            "smallestCut": list(row.cut),
            "accepted": row.accepted,
            "today": self.today_lines.get(row.prefix),
            "tiers": [
                {
                    "tiers": list(fallback.tiers),
                    "path": fallback.line,
                    "azureToOnPremises": {"kind": fallback.normal.out.kind, "via": list(fallback.normal.out.via)},
                    "onPremisesToAzure": {"kind": fallback.normal.back.kind, "via": list(fallback.normal.back.via)},
                    "asymmetric": fallback.normal.asymmetric,
                    "firewalls": self._firewalls(fallback.normal),
                    "failover": fallback.failover,
                    "reason": fallback.reason,
                    "change": fallback.setting,
                }
                for fallback in row.fallbacks
            ],
        }

    def _firewalls(self, paths: Paths) -> dict[str, list[str]]:
        """Names of the firewalls that traffic crosses, in each direction."""
        known = self.model.network.firewalls
        named = {"azureToOnPremises": paths.out, "onPremisesToAzure": paths.back}
        return {direction: [known[number].name for number in path.firewalls] for direction, path in named.items()}


def _rest(fallback: Fallback) -> tuple[str, Paths, tuple[Paths, ...], bool, str, str]:
    return fallback.line, fallback.normal, fallback.steps, fallback.failover, fallback.reason, fallback.setting
