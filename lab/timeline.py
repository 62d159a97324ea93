"""The four steps as a picture: which path each direction's probes took, and when they were lost."""

from collections.abc import Iterator
from html import escape
from typing import Any

WIDTH, LEFT, RIGHT, TOP = 1000, 170, 30, 96
LANE, LANE_GAP = 34, 22
DIRECTIONS = {"onPremisesToAzure": "on-premises to Azure", "azureToOnPremises": "Azure to on-premises"}
EXPRESS_ROUTE, TUNNEL, LOST = "#2f6fb2", "#d58b1c", "#c0262d"
STEPS = ("1 reach Azure", "2 stop", "3 still reach Azure", "4 bring ExpressRoute back")
FONT = 'font-family="Helvetica, Arial, sans-serif"'
SHORTEST = 0.004
"""Share of the width that a loss has at least, so that one lost probe can be seen."""


def svg(findings: dict[str, Any]) -> str:
    """The picture of one run of the four steps, from what `lab.steps` found."""
    timeline, marks = findings["timeline"], findings["marks"]
    end = marks[-1]
    scale = (WIDTH - LEFT - RIGHT) / end
    height = TOP + len(DIRECTIONS) * (LANE + LANE_GAP) + 74
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {FONT}>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="28" font-size="17" font-weight="bold">{escape(_title(findings))}</text>',
        f'<text x="{LEFT}" y="48" font-size="13" fill="#555">{escape(_subtitle(findings))}</text>',
    ]
    parts += _steps(marks, scale, height)
    for lane, (direction, words) in enumerate(DIRECTIONS.items()):
        y = TOP + lane * (LANE + LANE_GAP)
        parts.append(f'<text x="{LEFT - 12}" y="{y + 22}" font-size="13" text-anchor="end">{words}</text>')
        parts += _runs(timeline[direction], y, scale, end)
    parts += _axis(end, scale, TOP + len(DIRECTIONS) * (LANE + LANE_GAP))
    parts += _legend(height - 18)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _title(findings: dict[str, Any]) -> str:
    return f"Failover of topology {findings['topology']}: the path of each probe"


def _subtitle(findings: dict[str, Any]) -> str:
    how = "silent loss" if findings["failure"] == "silent" else "link down"
    gaps = [findings["steps"][1][direction]["longestGapSeconds"] for direction in DIRECTIONS]
    return (
        f"{how} of every circuit; longest gap {max(gaps):.2f} s, BFD detection {findings['detectionSeconds']:.2f} s; "
        "a probe every 10 ms each way"
    )


def _steps(marks: list[float], scale: float, height: int) -> Iterator[str]:
    bottom = height - 66
    for number, since in enumerate(marks[:-1]):
        x = LEFT + since * scale
        yield f'<line x1="{x:.1f}" y1="66" x2="{x:.1f}" y2="{bottom}" stroke="#999" stroke-dasharray="3 3"/>'
        y = 78 if number % 2 == 0 else 64
        yield f'<text x="{x + 4:.1f}" y="{y}" font-size="12" fill="#333">{STEPS[number]}</text>'


def _runs(runs: list[list[Any]], y: int, scale: float, end: float) -> Iterator[str]:
    for number, (since, until, passed) in enumerate(runs):
        # A run lasts until the next begins.
        until = runs[number + 1][0] if number + 1 < len(runs) else min(until, end)
        x = LEFT + max(0.0, since) * scale
        width = max((until - max(0.0, since)) * scale, SHORTEST * WIDTH if passed is None else 0)
        words = "lost" if passed is None else passed
        yield (
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{LANE}" fill="{_colour(passed)}">'
            f"<title>{escape(words)}: {since:.2f} s to {until:.2f} s</title></rect>"
        )
        label = f"{until - since:.2f} s" if passed is None else passed
        if width > 7 * len(label):
            yield (
                f'<text x="{x + width / 2:.1f}" y="{y + 22}" font-size="12" fill="#fff" '
                f'text-anchor="middle">{escape(label)}</text>'
            )


def _colour(passed: str | None) -> str:
    if passed is None:
        return LOST
    return EXPRESS_ROUTE if passed.startswith("link:") else TUNNEL


def _axis(end: float, scale: float, y: int) -> Iterator[str]:
    yield f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + end * scale:.1f}" y2="{y}" stroke="#333"/>'
    for second in range(0, int(end) + 1, 2):
        x = LEFT + second * scale
        yield f'<line x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + 5}" stroke="#333"/>'
        yield f'<text x="{x:.1f}" y="{y + 20}" font-size="12" text-anchor="middle">{second} s</text>'


def _legend(y: int) -> Iterator[str]:
    x = LEFT
    for colour, words in ((EXPRESS_ROUTE, "ExpressRoute"), (TUNNEL, "VPN tunnel"), (LOST, "lost")):
        yield f'<rect x="{x}" y="{y - 11}" width="14" height="14" fill="{colour}"/>'
        yield f'<text x="{x + 20}" y="{y + 1}" font-size="13">{words}</text>'
        x += 140
