"""The failover before and after a change: every line that is not what it was."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from ..proof.proof import Scenario
from ..show.report import Fallback
from .stack import Stack

Turn = Literal["lost", "failover lost", "failover gained", "reached", "other path"]
"""What becomes of traffic: it is lost for good; it flows, and nothing takes over any more; something takes over now; it
is reached now; it flows as well as before, otherwise."""
BAD: tuple[Turn, ...] = ("lost", "failover lost")
ABSENT = "not carried"
NEW = "new"


@dataclass(frozen=True)
class Line:
    """The paths of prefixes with the same lines before and after, from the tiers where they are so.

    tiers: empty where all that are in both networks are meant. old, new: paths in turn. cut: what now cuts it off.
    """

    prefixes: tuple[IPv4Network, ...]
    tiers: tuple[str, ...]
    old: str
    new: str
    turn: Turn
    reason: str = ""
    """Why there is no failover, and what to change."""
    accepted: bool = False
    """Whether the settings after the change accept its loss by name."""
    partial: bool = False
    """Whether more specific prefixes, with lines of their own, take a part of the addresses."""

    @property
    def named(self) -> str:
        """The prefixes, the first of many."""
        return some_prefixes(self.prefixes) + (" (the rest of it)" if self.partial else "")

    @property
    def with_tiers(self) -> str:
        """The tiers that the traffic is with, to stand behind the prefixes; empty where it is all of them."""
        return f" with {', '.join(self.tiers)}" if self.tiers else ""


def some_prefixes(prefixes: Iterable[object], most: int = 4) -> str:
    """The first of many prefixes."""
    named = list(map(str, prefixes))
    left = len(named) - most
    return ", ".join(named[:most]) + (f" and {left} more" if left > 0 else "")


def compared(old: Stack, new: Stack) -> list[Line]:
    """Every line that differs, the worst first. Nothing where one of the two is not proved."""
    if old.report is None or new.report is None:
        return []
    both = [tier for tier in old.tiers if tier in new.tiers]
    found: dict[tuple[str, str, Turn, str, bool, bool], dict[IPv4Network, list[str]]] = {}
    partial = {row.prefix for row in new.report.rows if row.partial}
    accepted = {row.prefix for row in new.report.rows if row.accepted}
    for prefix in sorted({*old.lines, *new.lines}):
        for tier in both:
            was, now = old.line(prefix, tier), new.line(prefix, tier)
            line = _of(was), _of(now)
            if line[0] == line[1]:
                continue
            turn = _turn(was, now)
            key = (*line, turn, now.reason if now and turn in BAD else "", prefix in accepted, prefix in partial)
            found.setdefault(key, {}).setdefault(prefix, []).append(tier)
    lines = [
        Line(prefixes, tiers, *key) for key, named in found.items() for tiers, prefixes in _by_tiers(named, len(both))
    ]
    order: tuple[Turn, ...] = ("lost", "failover lost", "other path", "failover gained", "reached")
    return sorted(lines, key=lambda line: (order.index(line.turn), line.prefixes))


def of_new_tiers(old: Stack, new: Stack) -> Iterator[Line]:
    """The paths of the tiers that are only there after the change."""
    if new.report is None:
        return
    for tier in new.tiers if old.settings else ():
        if tier in old.tiers or old.report is None:
            continue
        by_line: dict[tuple[str, bool, str], list[IPv4Network]] = {}
        for prefix, fallbacks in new.lines.items():
            if now := fallbacks.get(tier):
                by_line.setdefault((now.line, now.failover, now.reason), []).append(prefix)
        for (line, failover, reason), prefixes in by_line.items():
            yield Line(tuple(prefixes), (tier,), NEW, line, "reached" if failover else "failover lost", reason)


def accepted(stack: Stack, prefix: IPv4Network) -> bool:
    """Whether the settings accept by name that a prefix is lost."""
    row = stack.row(prefix)
    return bool(row and row.accepted)


@dataclass(frozen=True)
class Weaker:
    """Prefixes that fewer failures cut off than before, or other sets of as many. cuts: the sets that are new."""

    prefixes: tuple[IPv4Network, ...]
    before: int
    """Failures that it took; 3 is three or more."""
    cuts: tuple[Scenario, ...]

    @property
    def text(self) -> str:
        """In words."""
        named = some_prefixes(self.prefixes)
        sets = "; ".join(" and ".join(cut) for cut in self.cuts[:3])
        more = f" and {len(self.cuts) - 3} more" if len(self.cuts) > 3 else ""
        now = min(map(len, self.cuts))
        if now < self.before:
            at_once = f"{now} failure{'s' if now > 1 else ''} at once cut{'s' if now == 1 else ''} off {named}"
            return f"{at_once}, before it took {self.before}: {sets}{more}"
        return f"{named}: cut off by more than before: {sets}{more}"


def weaker(old: Stack, new: Stack) -> list[Weaker]:
    """The prefixes that are in both and flow in both, and that a smaller set of failures cuts off, or another one of as
    many; not those whose loss the settings before the change accept by name."""
    if old.report is None or new.report is None or old.report.model.network == new.report.model.network:
        return []
    found: dict[tuple[int, tuple[Scenario, ...]], list[IPv4Network]] = {}
    for prefix in sorted(new.rows):
        was, now = old.row(prefix), new.rows[prefix]
        if was is None or not was.cut or not now.cut or was.accepted or len(now.cut) > len(was.cut):
            continue
        most = len(now.cut)
        if most > 2:
            continue
        if len(was.cut) == most:
            before, after = old.report.cuts(was.prefix, most), new.report.cuts(prefix, most)
        else:
            before, after = set[Scenario](), new.report.cuts(prefix, most)
        # An element that has another name is no new one: then as many cut it off as before.
        if len(after) > len(before):
            cuts = tuple(cut for cut in sorted(after) if cut not in before)
            found.setdefault((len(was.cut), cuts), []).append(prefix)
    return [Weaker(tuple(prefixes), before, cuts) for (before, cuts), prefixes in found.items()]


def _of(line: Fallback | None) -> str:
    return ABSENT if line is None else line.line


def _turn(was: Fallback | None, now: Fallback | None) -> Turn:
    flowed = was is not None and was.normal.reachable
    flows = now is not None and now.normal.reachable
    if not flows:
        return "lost" if flowed else "other path"
    if not flowed:
        return "reached"
    if was is not None and now is not None and was.failover != now.failover:
        return "failover gained" if now.failover else "failover lost"
    return "other path"


def _by_tiers(
    named: dict[IPv4Network, list[str]], all_tiers: int
) -> Iterator[tuple[tuple[str, ...], tuple[IPv4Network, ...]]]:
    groups: dict[tuple[str, ...], list[IPv4Network]] = {}
    for prefix, tiers in named.items():
        groups.setdefault(() if len(tiers) == all_tiers else tuple(tiers), []).append(prefix)
    for tiers, prefixes in groups.items():
        yield tiers, tuple(prefixes)
