"""The tables of the report as rows of text, for every format that shows tables."""

from dataclasses import dataclass

from ..proof.detection import detection
from ..proof.proof import Scenario, Tally
from . import words
from .report import Report

MANY = 30
"""Rows of the table of prefixes; of more the rest is counted."""
FEW = 3
"""Prefixes named where many have the same reason."""
PAIRS = 15
"""Rows of the table of pairs that cut something off."""


@dataclass(frozen=True)
class Table:
    """A table with its title and, below it, what was left out."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""


def tables(report: Report) -> list[Table]:
    """All tables that have rows: what happens to each prefix, why some have no failover, each single failure, and the
    pairs that cut something off."""
    return [table for make in (prefixes, reasons, singles, pairs) if (table := make(report)).rows]


def requirement(report: Report) -> str:
    """The requirement and whether it is met, in one line."""
    proof = report.proof
    single, double = proof.survived(1), proof.survived(2)
    return (
        f"failover.require {report.verdict.replace('not met', 'NOT met')}. "
        f"Survived: {single[0]} of {single[1]} single failures, {double[0]} of {double[1]} pairs."
    )


def assumed(report: Report) -> list[str]:
    """What the proof assumes, a line each."""
    return [f"Assumed: {assumption}." for assumption in report.assumptions]


def prefixes(report: Report) -> Table:
    """The paths of every prefix, and what cuts it off."""
    every = tuple(tier.name for tier in report.model.network.tiers)
    several = any(len(row.fallbacks) > 1 for row in report.rows)
    lines: list[tuple[str, ...]] = []
    for row in report.rows:
        for fallback in row.fallbacks:
            name = f"{row.prefix}{' (the rest of it)' if row.partial else ''}"
            tiers = (", ".join(fallback.tiers) if fallback.tiers != every else "all",) if several else ()
            remark = f"accepted: {row.accepted}" if row.accepted else ""
            lines.append((name, *tiers, fallback.line, words.scenario(row.cut), remark))
    head = (
        "Prefix",
        *(("From tier",) if several else ()),
        "Path, then failover",
        "Smallest cut",
        "Remark",
    )
    if not any(line[-1] for line in lines):
        head, lines = head[:-1], [line[:-1] for line in lines]
    note = f"and {len(lines) - MANY} more prefixes; --format json names all" if len(lines) > MANY else ""
    return Table("What happens to each prefix", head, lines[:MANY], note)


def reasons(report: Report) -> Table:
    """For each prefix without failover why, and what to change."""
    found: dict[str, list[str]] = {}
    for row in report.rows:
        for fallback in row.fallbacks:
            if fallback.reason:
                named = found.setdefault(fallback.reason, [])
                named += [str(row.prefix)] if str(row.prefix) not in named else []
    lines = [(some(named, FEW), reason) for reason, named in found.items()]
    return Table("Without failover", ("Prefix", "Why, and what to change"), lines)


def some(names: list[str], most: int) -> str:
    """The first of many names, with the number of the others."""
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left} more" if left > 0 else "")


def singles(report: Report) -> Table:
    """Every single failure: where the traffic goes then, and how soon."""
    lines: list[tuple[str, ...]] = []
    for scenario in ((), *report.proof.singles):
        tally = report.proof.tally(scenario)
        noticed = ""
        if scenario:
            expected = detection(report.model.network, scenario[0])
            noticed = f"{expected.seconds:g} s"
            if expected.worst_seconds > expected.seconds:
                noticed += f", at worst {expected.worst_seconds:g} s"
        lines.append((words.scenario(scenario), _spread(tally), noticed))
    return Table("What each failure does", ("Failed", "Traffic of the prefixes", "Noticed within"), lines)


def pairs(report: Report) -> Table:
    """The pairs that cut something off although neither of the two does alone."""
    proof = report.proof
    alone = {element: proof.tally((element,)).lost for element in report.model.network.elements}
    cutting: list[tuple[Scenario, Tally]] = []
    for pair in proof.pairs:
        tally = proof.tally(pair)
        if tally.lost > max(alone[element] for element in pair):
            cutting.append((pair, tally))
    cutting.sort(key=lambda item: -item[1].lost)
    lines = [(words.scenario(pair), _spread(tally)) for pair, tally in cutting[:PAIRS]]
    note = f"and {len(cutting) - PAIRS} more pairs; --format json names all" if len(cutting) > PAIRS else ""
    title = "Pairs of failures that cut off more than either alone"
    return Table(title, ("Failed", "Traffic of the prefixes"), lines, note)


NAMES = {
    "expressRoute": "ExpressRoute",
    "vpn": "VPN",
    "asymmetric": "asymmetric",
    "leak": "leaks to the Internet",
    "internet": "leaks to the Internet",
    "unreachable": "lost",
}


def _spread(tally: Tally) -> str:
    if len(tally.counts) == 1:
        kind, count = tally.counts[0]
        return f"{'all ' if count > 1 else ''}{NAMES[kind]}"
    return ", ".join(f"{count} {NAMES[kind]}" for kind, count in tally.counts)
