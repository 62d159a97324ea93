"""The reviews of all stacks in a format: text for a terminal, Markdown for a pull request, JSON for machines."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from io import StringIO
from typing import Any

from pydantic.alias_generators import to_camel
from rich.console import Console
from rich.markup import escape as escape_rich
from rich.table import Table as RichTable

from components.rules import Problem

from ..show.content import Table
from ..show.escape import code, markdown, plain
from ..show.markdown import table as markdown_table
from .across import Across
from .content import MANY, WORDS, Block, Picture, Steps, blocks, idle, verdict
from .outages import FOLLOWED, lasting
from .review import Review, Stop

MARK = "<!-- topology review -->"
"""The first line of the Markdown, by which a workflow finds its own comment."""
MOST = 60_000
"""Characters of the Markdown; a comment of GitHub's has 65,536."""
_WORDS = 2_000
"""Of these so many for the words at the end."""
ROWS = 200
"""Stacks in the table of all."""
WIDTH = 120


def render(
    kind: str, reviews: Sequence[Review], across: Across, stops: Collection[Stop], allowed: Collection[str]
) -> str:
    """The whole report. stops: what is not allowed of all that stops it."""
    if kind == "json":
        return json.dumps(as_data(reviews, across, stops, allowed), indent=2) + "\n"
    return _markdown(reviews, across, stops) if kind == "markdown" else _text(reviews, across, stops)


def _shown(reviews: Sequence[Review]) -> list[Review]:
    """Those with an effect, what stops first."""
    return sorted((one for one in reviews if not one.idle), key=lambda one: not one.stops)


def _overview(reviews: Sequence[Review]) -> Table:
    rows = [
        (
            review.name,
            verdict(review),
            "; ".join(stop.text for stop in review.stops[:2]) + (" ..." if len(review.stops) > 2 else ""),
            lasting(max(one.minutes for one in review.outages.away)) if review.outages.away else "none",
        )
        for review in _shown(reviews)
    ]
    rest = len(reviews) - len(rows)
    note = f"{rest} more stack{'s' if rest > 1 else ''} without an effect" if rest else ""
    if len(rows) > ROWS:
        note = f"{len(rows) - ROWS} more; --format json has all" + (f"; {note}" if note else "")
    return Table("Stacks", ("Stack", "Verdict", "Why", "Something is away for"), rows[:ROWS], note)


def _conclusion(stops: Collection[Stop]) -> str:
    if not stops:
        return "Nothing stops this change."
    return f"This change is stopped: {len(stops)} reason{'s' if len(stops) > 1 else ''} that nobody has allowed."


def _across(across: Across) -> Iterator[Block]:
    for title, found in (
        ("New problems across stacks", across.new),
        ("Problems across stacks, as before", across.kept),
    ):
        if found:
            left = len(found) - MANY
            more = [f"and {left} more; --format json has all"] if left > 0 else []
            yield Steps(title, (*(f"{one.severity}: {one}" for one in found[:MANY]), *more))
    if across.not_known:
        yield Steps("Not known across stacks", tuple(across.not_known))


def _markdown(reviews: Sequence[Review], across: Across, stops: Collection[Stop]) -> str:
    shown = _shown(reviews)
    parts = [MARK]
    if not shown and not across.new:
        parts += [markdown(_nothing(reviews))]
        return "\n".join(parts) + "\n"
    parts.append(f"**{_conclusion(stops)}**")
    if len(reviews) > 1:
        parts.append(_block(_overview(reviews)))
    parts += map(_block, _across(across))
    room = MOST - sum(map(len, parts)) - _WORDS
    for number, review in enumerate(shown):
        made, whole = _fitting(review, room)
        parts.append(made)
        room -= len(made)
        if not whole:
            rest = len(shown) - number - 1
            more = f", and {rest} more stack{'s' if rest > 1 else ''}" if rest else ""
            parts.append(f"Too long for here: the rest of this stack{more}. --format json has it all.")
            break
    words = "\n".join(f"- **{markdown(word)}**: {markdown(meaning)}" for word, meaning in WORDS)
    parts.append(f"<details><summary>The words</summary>\n\n{words}\n\n</details>")
    return "\n\n".join(parts) + "\n"


def _fitting(review: Review, room: int) -> tuple[str, bool]:
    """A stack's review, as many of its blocks as there is room for, and whether that is all of it."""
    made = f"### Stack {markdown(code(review.name))}: {verdict(review)}"
    for block in blocks(review):
        text = _block(block)
        if len(made) + len(text) > room:
            return made, False
        made += f"\n\n{text}"
    return made, True


def _nothing(reviews: Sequence[Review]) -> str:
    if len(reviews) == 1:
        return idle(reviews[0])
    changed = [review for review in reviews if review.effects]
    if len(changed) == 1:
        return idle(changed[0])
    which = f" Changed: {', '.join(one.name for one in changed[:6])}." if changed else ""
    return f"No effect: nothing changes in Azure in any of {len(reviews)} stacks, and no failover.{which}"


def _block(block: Block) -> str:
    if isinstance(block, str):
        return markdown(block)
    if isinstance(block, Table):
        return markdown_table(block)
    if isinstance(block, Picture):
        picture = f"```mermaid\n{block.text.rstrip()}\n```"
        return f"<details><summary>{markdown(block.title)}</summary>\n\n{picture}\n\n</details>"
    marks = (f"{number}." if block.numbered else "-" for number in range(1, len(block.items) + 1))
    items = "\n".join(f"{mark} {markdown(item)}" for mark, item in zip(marks, block.items, strict=True))
    return f"**{block.title}**\n\n{items}"


def _text(reviews: Sequence[Review], across: Across, stops: Collection[Stop]) -> str:
    shown = _shown(reviews)
    if not shown and not across.new:
        return f"{plain(_nothing(reviews))}\n"
    text = StringIO()
    out = Console(file=text, width=WIDTH, highlight=False, emoji=False)

    def say(block: Block) -> None:
        if isinstance(block, Table):
            grid = RichTable(title=block.title, title_justify="left", title_style="bold", caption=block.note or None)
            for name in block.head:
                grid.add_column(name, overflow="fold")
            for row in block.rows:
                grid.add_row(*(escape_rich(plain(cell)) for cell in row))
            out.print(grid)
        elif isinstance(block, Steps):
            out.print(block.title, markup=False)
            for number, item in enumerate(block.items, 1):
                mark = f"{number}." if block.numbered else "-"
                out.print(f"  {mark} {plain(item)}", markup=False, soft_wrap=True)
        elif isinstance(block, str):
            out.print(plain(block), markup=False, soft_wrap=True)

    say(_conclusion(stops))
    if len(reviews) > 1:
        say(_overview(reviews))
    for block in _across(across):
        say(block)
    for review in shown:
        say(f"\nStack {review.name}: {verdict(review)}".lstrip("\n"))
        for block in blocks(review):
            say(block)
    return text.getvalue()


def as_data(
    reviews: Sequence[Review], across: Across, stops: Collection[Stop], allowed: Collection[str]
) -> dict[str, Any]:
    """Everything, as plain data."""
    return {
        "stopped": bool(stops),
        "allowed": sorted(allowed),
        "stacks": [_review(review) for review in reviews],
        "acrossStacks": {
            "new": list(map(_problem, across.new)),
            "kept": list(map(_problem, across.kept)),
            "gone": list(map(_problem, across.gone)),
            "notKnown": list(across.not_known),
        },
    }


def _review(review: Review) -> dict[str, Any]:
    before, after = review.verdicts
    found = review.outages
    sides = {"old": review.old, "new": review.new}
    return {
        "stack": review.name,
        "verdict": verdict(review),
        "there": [name for name, stack in sides.items() if stack],
        "stops": [{"kind": stop.kind, "text": stop.text} for stop in review.stops],
        "requirement": {"before": before or None, "after": after or None},
        "changes": [
            {
                "setting": one.change.setting,
                "path": one.change.path,
                "change": one.change.change,
                "items": list(one.change.items),
                "before": one.change.old,
                "after": one.change.new,
                "consequence": _camel(asdict(one.row)) if one.row else None,
            }
            for one in review.effects
        ],
        "traffic": [
            {
                "prefixes": list(map(str, line.prefixes)),
                "tiers": list(line.tiers),
                "before": line.old,
                "after": line.new,
                "turn": line.turn,
                "reason": line.reason,
                "accepted": line.accepted,
            }
            for line in review.lines
        ],
        "away": [
            {
                "what": one.what,
                **_time(one.minutes),
                "elements": sorted(one.elements),
                "tiers": sorted(one.tiers),
                "bastion": one.bastion,
                "why": list(one.why),
            }
            for one in found.away
        ],
        "interrupted": list(map(_interrupted, found.interrupted)),
        "withoutFailover": list(map(_interrupted, found.unprotected)),
        "problems": {
            "new": list(map(_problem, review.new_problems)),
            "gone": list(map(_problem, review.gone_problems)),
        },
        "preview": _camel(asdict(review.preview)) if review.preview else None,
        "advice": [plain(one) for one in review.advice],
    }


def _interrupted(one: Any) -> dict[str, Any]:
    return {"prefixes": list(map(str, one.prefixes)), "tiers": list(one.tiers), **_time(one.minutes)}


def _time(minutes: int) -> dict[str, Any]:
    """Minutes, or until when where nobody knows them."""
    return {"minutes": None, "until": lasting(minutes)} if minutes >= FOLLOWED else {"minutes": minutes}


def _problem(problem: Problem) -> dict[str, str]:
    return {"path": problem.path, "rule": problem.rule, "severity": problem.severity, "message": problem.message}


def _camel(data: dict[str, Any]) -> dict[str, Any]:
    return {to_camel(key): sorted(value) if isinstance(value, frozenset) else value for key, value in data.items()}
