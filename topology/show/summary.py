"""The failover in a few lines, for a stack's outputs: a reviewer sees a change as a changed line in the preview."""

from collections.abc import Collection, Iterable
from typing import Literal

from components.rules import Problem, errors

from ..proof.proof import Proof
from ..proof.requirement import PROVED
from ..settings.model import Settings
from .report import Fallback, Report, Row

MANY = 50
"""Prefixes from which on those with the same paths share a line."""


def summary(settings: Settings, connected: Collection[str] | None = None) -> dict[str, str]:
    """Whether the requirement is met, how many single and double failures are survived, what is assumed where the
    settings leave it open, then a line for each prefix.

    A prefix's line names its paths in turn: `ExpressRoute, then VPN hq`, or `VPN hq -> lost` where there is no other.
    It is the finished topology's; what differs today stands behind it. connected: names of the circuits that carry
    traffic today. Pure data in a stable order; small, since many prefixes with the same paths share a line.
    """
    return lines(Report(settings, connected))


def provable(settings: Settings | None, problems: Iterable[Problem]) -> bool:
    """Whether the failover of these settings can be shown: all were read, and no error is another than the proof's own.

    What is refused for another reason will be changed, and a proof of it would be one of another network.
    """
    return settings is not None and all(problem.rule in PROVED for problem in errors(problems))


def failover_of_the_refused(settings: Settings | None, problems: Iterable[Problem]) -> str:
    """What the failover of settings that are refused would be, to stand below the errors; empty where it is not why,
    or not all of it."""
    refused = errors(problems)
    if not refused or settings is None or not provable(settings, refused):
        return ""
    return "\nIts failover would be:" + "".join(f"\n  {name}: {line}" for name, line in summary(settings).items())


def lines(report: Report) -> dict[str, str]:
    """`summary` of a report."""
    proof = report.proof
    found = {
        "requirement": _requirement(report),
        "singleFailures": _survived(proof, 1),
        "doubleFailures": _survived(proof, 2),
        **({"assumes": "; ".join(report.assumptions)} if report.assumptions else {}),
    }
    tiers = len(report.model.network.tiers)
    entries = [
        (
            str(row.prefix),
            "" if len(fallback.tiers) == tiers else f" from {', '.join(fallback.tiers)}",
            _line(report, row, fallback),
        )
        for row in report.rows
        for fallback in row.fallbacks
    ]
    return {
        **found,
        **(_grouped(entries) if len(entries) > MANY else {f"{p}{where}": line for p, where, line in entries}),
    }


def _grouped(entries: list[tuple[str, str, str]]) -> dict[str, str]:
    """One line for all prefixes with the same paths from the same tiers."""
    named: dict[tuple[str, str], list[str]] = {}
    for prefix, where, line in entries:
        named.setdefault((where, line), []).append(prefix)
    return {
        (f"{prefixes[0]}{f' and {len(prefixes) - 1} more' if len(prefixes) > 1 else ''}{where}"): line
        for (where, line), prefixes in named.items()
    }


def _requirement(report: Report) -> str:
    accepted = len(report.settings.failover.accept)
    return f"{report.verdict}" + (f", {accepted} accepted" if accepted else "")


def _survived(proof: Proof, failures: Literal[1, 2]) -> str:
    return "{} of {} survived".format(*proof.survived(failures))


def _line(report: Report, row: Row, fallback: Fallback) -> str:
    line = fallback.line
    today = report.today_lines.get(row.prefix, line)
    return line + (" (accepted)" if row.accepted else "") + (f" (today: {today})" if today != line else "")
