"""The review as blocks of text and tables, for every format that people read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.rules import errors

from ..show import mermaid
from ..show.content import Table
from ..show.escape import code
from .consequences import BASTION, effect, outage
from .lines import NEW, Line, Turn, some_prefixes
from .outages import during, lasting
from .review import UNKNOWN, Review

PICTURED = 40
"""Circuits, sites and tiers up to which a network is drawn."""
MANY = 60
"""Rows of a table."""
MEANING: dict[Turn, str] = {
    "lost": "LOST: these addresses and Azure do not reach each other any more",
    "failover lost": "NO FAILOVER: it flows, but nothing takes over when what carries it fails",
    "failover gained": "has a failover now",
    "reached": "is reached now",
    "other path": "flows otherwise",
}
WORDS = (
    ("prefix", "a block of addresses on-premises, such as 192.168.0.0/16"),
    ("ExpressRoute", "the private line to Azure, which carries the traffic while nothing has failed"),
    ("VPN", "the encrypted tunnel over the Internet, which takes over when the line is lost"),
    ("site", "the place on-premises where a tunnel ends"),
    ("tier", "a part of the application in Azure, with its own block of addresses"),
    ("failover", "that traffic finds the second path by itself"),
    ("the rest of it", "the addresses of a prefix that are in none of the longer prefixes beside it"),
    ("ExpressRoute, then VPN hq", "carried by ExpressRoute, and when that fails by the VPN of site hq"),
    ("ExpressRoute -> lost", "carried by ExpressRoute, and when that fails by nothing"),
)
"""For who knows nothing of the project."""


@dataclass(frozen=True)
class Steps:
    """A list whose order counts, or not."""

    title: str
    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Picture:
    """A flowchart in Mermaid's language."""

    title: str
    text: str


Block = str | Table | Steps | Picture
"""A paragraph, a table, a list, a picture."""


def verdict(review: Review) -> str:
    """What to think of it, in a few words."""
    if review.stops:
        return "not as it is"
    if review.idle:
        return "no effect"
    if review.new and errors(review.new.reading.problems):
        return "not deployable, as before"
    if review.outages.away or any(line.turn == "failover lost" for line in review.lines):
        return "with care"
    return "can be deployed"


def idle(review: Review) -> str:
    """The one line of a change without effect."""
    touched = list(dict.fromkeys(one.change.path for one in review.effects))
    what = f" Changed: {', '.join(map(code, touched[:6]))}{' and more' if len(touched) > 6 else ''}." if touched else ""
    return f"{review.name}: no effect: nothing changes in Azure, and the failover stays as it is.{what}"


def blocks(review: Review) -> Iterator[Block]:
    """Everything about one stack, the most important first."""
    yield from _summary(review)
    if short := tuple(_short(review)):
        yield Steps("In short", short)
    if review.stops:
        # Nobody's leave lets Azure take what it refuses.
        allowed = ",".join(dict.fromkeys(stop.kind for stop in review.stops if stop.kind != "refusal"))
        leave = f"; what is meant to be so is allowed with {code(f'--allow {allowed}')}" if allowed else ""
        yield f"What is marked stops the change{leave}."
    if review.advice:
        yield Steps("What to do", tuple(review.advice), numbered=True)
    yield from _traffic(review.lines)
    yield from _meanwhile(review)
    yield from _azure(review)
    for title, found in (("New problems", review.new_problems), ("Problems gone", review.gone_problems)):
        if found:
            left = len(found) - MANY
            more = [f"and {left} more; --format json has all"] if left > 0 else []
            yield Steps(title, (*(f"{one.severity}: {one}" for one in found[:MANY]), *more))
    yield from _preview(review)
    yield from _assumed(review)
    yield from pictures(review)


def _summary(review: Review) -> Iterator[Block]:
    if review.old is None or review.new is None:
        side = review.new or review.old
        assert side is not None
        yield (
            "The stack is new: there are no settings to compare with."
            if review.old is None
            else "The stack is removed."
        )
        if review.new and side.report:
            yield f"failover.require {side.report.verdict}."
        return
    before, after = review.verdicts
    if before and after:
        yield f"failover.require {after}." if before == after else f"failover.require: before {before}, after {after}."
    elif not before and not after:
        yield "The failover is not compared: the settings have errors, or are encrypted, on both sides."
    else:
        side = "before" if not before else "after"
        yield f"The failover is not compared: the settings {side} the change have other errors, or are encrypted."


def _short(review: Review) -> Iterator[str]:
    """What a reader has to know who reads no more."""
    yield from (f"{stop.text} ({code(stop.kind)})" for stop in review.stops)
    for line in review.lines:
        if line.turn == "failover lost":
            when = "has no failover" if line.old == NEW else "loses its failover"
            why = ", as the settings accept by name" if line.accepted else ""
            yield (
                f"traffic of {line.named}{line.with_tiers} {when}{why}: it flows ({line.new}), and when what carries "
                "it fails it is lost for as long as that lasts"
            )
        elif line.turn == "failover gained":
            yield f"traffic of {line.named}{line.with_tiers} has a failover now: {line.new}"
    for one in review.outages.unprotected:
        yield (
            f"traffic of {some_prefixes(one.prefixes)}{_with(one.tiers)} flows on during the update, "
            f"{during(one.minutes, 'about ')} without a failover"
        )
    if any(one.bastion for one in review.outages.away):
        longest = max(one.minutes for one in review.outages.away if one.bastion)
        yield f"administrators cannot log in through Bastion {during(longest, 'about ')} during the update"
    if any(one.row and BASTION in one.row.until_back for one in review.effects):
        yield "administrators cannot log in through Bastion any more"
    for one in review.effects:
        if one.change.setting == "protect":
            yield (
                "everything is protected from now on: Pulumi replaces and deletes nothing of it"
                if one.change.new == "true"
                else "protection is lifted: from then on Pulumi replaces and deletes what a change asks for"
            )


def _with(tiers: Sequence[str]) -> str:
    return f" with {', '.join(tiers)}" if tiers else ""


def _traffic(lines: Sequence[Line]) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for line in lines[:MANY]:
        meaning = MEANING[line.turn] + (" (accepted by name)" if line.accepted else "")
        why = f". Why: {line.reason}" if line.reason else ""
        rows.append((line.named, ", ".join(line.tiers) or "all", line.old, line.new, f"{meaning}{why}"))
    if rows:
        left = len(lines) - MANY
        note = f"and {left} more; --format json has all" if left > 0 else ""
        head = ("Prefix", "Tiers", "Before", "After", "What that means")
        yield Table("Traffic once it is deployed", head, rows, note)


def _meanwhile(review: Review) -> Iterator[Block]:
    found = review.outages
    if not found.away:
        return
    rows: list[tuple[str, ...]] = []
    for one in found.away:
        rows.append((one.what, lasting(one.minutes), ", ".join(one.why[:4]) + (" ..." if len(one.why) > 4 else "")))
    yield Table("Away while the update runs", ("What", "For about", "Because of"), rows)
    items: list[str] = []
    for group, words in ((found.interrupted, "INTERRUPTED"), (found.unprotected, "flows, WITHOUT FAILOVER")):
        for one in group:
            items.append(f"{some_prefixes(one.prefixes)}{_with(one.tiers)}: {words} {during(one.minutes)}")
    if any(one.bastion for one in found.away):
        items.append("administrators cannot log in through Bastion; no other traffic is concerned")
    if review.old is not None and review.old.report is None:
        items.append("whose traffic that is is not known, since the settings before the change are not proved")
    elif not found.interrupted:
        items.append("all other traffic flows on")
    yield Steps("Traffic meanwhile", tuple(items))


def _azure(review: Review) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for one in review.effects[:MANY]:
        change = one.change
        what = effect(one.row) if one.row else UNKNOWN
        lasts = outage(one.row) if one.row else "not known"
        rows.append((code(change.path), change.old or "-", change.new or "-", what, lasts))
    if rows:
        left = len(review.effects) - MANY
        note = f"and {left} more; --format json has all" if left > 0 else ""
        yield Table("What Azure does", ("Setting", "Before", "After", "What happens", "Outage"), rows, note)


def _preview(review: Review) -> Iterator[Block]:
    preview = review.preview
    if preview is None:
        return
    rows = [
        (step.op, f"{step.side} {step.type}".strip(), step.name)
        for step in sorted(preview.steps, key=lambda step: ("replace", "delete", "create", "update").index(step.op))
    ]
    if rows:
        left = len(rows) - MANY
        yield Table(
            "What the preview says", ("Step", "Kind", "Name"), rows[:MANY], f"and {left} more" if left > 0 else ""
        )
    elif preview.whole:
        yield "The preview changes nothing in Azure."
    for title, found in (
        ("Refused by Pulumi", preview.refused),
        ("Policies broken", preview.broken),
        ("Policies' advice", preview.advised),
        ("Errors of the preview", preview.failed),
    ):
        if found:
            yield Steps(title, found)


def _assumed(review: Review) -> Iterator[Block]:
    side = review.new
    if side is None:
        return
    items = [*(side.report.assumptions if side.report else ())]
    items += [f"not asked: {one}" for one in side.reading.not_asked]
    if side.connected is None and side.settings and side.settings.express_route.circuits:
        items.append("every circuit is taken to carry traffic today; --connected, or a preview, says which do")
    if items and not review.idle:
        yield Steps("Taken for granted", tuple(items))


def pictures(review: Review) -> Iterator[Picture]:
    """The network before and after, where they differ."""
    drawn = [_drawn(stack) for stack in (review.old, review.new)]
    before, after = drawn
    if before == after:
        return
    for title, text in (("Before", before), ("After", after)):
        if text:
            yield Picture(f"{title}: thick arrows are the normal path, dotted ones the failover", text)


def _drawn(stack: object) -> str:
    report = getattr(stack, "report", None)
    if report is None:
        return ""
    network = report.model.network
    small = len(network.tiers) + len(network.sites) + len(network.circuits) <= PICTURED
    return mermaid.render(report) if small else ""
