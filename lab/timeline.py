"""The four steps as a picture: which path each direction's probes took, and when they were lost."""

from collections.abc import Sequence
from typing import Any

from topology.show.drawing import EXPRESS_ROUTE, FAINT, INK, LINE, LOST, VPN, Drawing, width_of

WIDTH, LEFT, RIGHT = 1040, 190, 30
HEAD, LINE_HEIGHT = 64, 17
"""Where the words of the steps begin, and how far apart two lines of them are."""
LANE, LANE_GAP = 34, 22
DIRECTIONS = {"onPremisesToAzure": "on-premises to Azure", "azureToOnPremises": "Azure to on-premises"}
STEPS = ("1 reach Azure", "2 stop", "3 still reach Azure", "4 bring ExpressRoute back")
SHORTEST = 0.004
"""Share of the width that a loss has at least, so that one lost probe can be seen."""


def svg(findings: dict[str, Any]) -> str:
    """The picture of one run of the four steps, from what `lab.steps` found."""
    return draw(findings).svg()


def draw(findings: dict[str, Any]) -> Drawing:
    """The picture with the places of its texts."""
    timeline, marks = findings["timeline"], findings["marks"]
    end = marks[-1]
    scale = (WIDTH - LEFT - RIGHT) / end
    words = _placed(marks, scale)
    top = HEAD + LINE_HEIGHT * (1 + max(line for _, line in words)) + 8
    bottom = top + len(DIRECTIONS) * (LANE + LANE_GAP)
    title = f"Failover of topology {findings['topology']}: the path of each probe"
    picture = Drawing(WIDTH, bottom + 74, title, _subtitle(findings))
    picture.text(20, 28, title, 17, bold=True)
    picture.text(20, 48, _subtitle(findings), 12, FAINT)
    for since, step, (start, line) in zip(marks, STEPS, words, strict=False):
        x = round(LEFT + since * scale, 1)
        picture.line([(x, HEAD + 8), (x, bottom)], LINE, 1, "3 3")
        picture.text(start, top - 10 - LINE_HEIGHT * line, step, 12)
    for lane, (direction, name) in enumerate(DIRECTIONS.items()):
        y = top + lane * (LANE + LANE_GAP)
        picture.text(LEFT - 12, y + 22, name, 12, end=True)
        _runs(picture, timeline[direction], y, scale, end)
    _axis(picture, end, scale, bottom)
    x = float(LEFT)
    for colour, name in ((EXPRESS_ROUTE, "ExpressRoute"), (VPN, "VPN tunnel"), (LOST, "lost")):
        picture.bar(x, bottom + 45, 14, 14, colour, "", name)
        picture.text(x + 22, bottom + 57, name, 12)
        x += 150
    return picture


def _subtitle(findings: dict[str, Any]) -> str:
    how = "silent loss" if findings["failure"] == "silent" else "link down"
    gaps = [findings["steps"][1][direction]["longestGapSeconds"] for direction in DIRECTIONS]
    return (
        f"{how} of every circuit; longest gap {max(gaps):.2f} s, BFD detection {findings['detectionSeconds']:.2f} s; "
        "a probe every 10 ms each way"
    )


def _placed(marks: Sequence[float], scale: float) -> list[tuple[float, int]]:
    """Where the words of each step begin, and in which line above the lanes: the lowest that is free."""
    taken: list[float] = []
    found: list[tuple[float, int]] = []
    for since, step in zip(marks[:-1], STEPS, strict=True):
        wide = width_of(step, 12)
        start = round(min(LEFT + since * scale + 4, WIDTH - 4 - wide), 1)
        line = next((number for number, end in enumerate(taken) if end <= start), len(taken))
        taken[line : line + 1] = [start + wide + 6]
        found.append((start, line))
    return found


def _runs(picture: Drawing, runs: list[list[Any]], y: int, scale: float, end: float) -> None:
    for number, (since, until, passed) in enumerate(runs):
        # A run lasts until the next begins.
        until = runs[number + 1][0] if number + 1 < len(runs) else min(until, end)
        x = LEFT + max(0.0, since) * scale
        width = max((until - max(0.0, since)) * scale, SHORTEST * WIDTH if passed is None else 0)
        words = "lost" if passed is None else passed
        label = f"{until - since:.2f} s" if passed is None else passed
        picture.bar(x, y, width, LANE, _colour(passed), label, f"{words}: {since:.2f} s to {until:.2f} s")


def _colour(passed: str | None) -> str:
    if passed is None:
        return LOST
    return EXPRESS_ROUTE if passed.startswith("link:") else VPN


def _axis(picture: Drawing, end: float, scale: float, y: float) -> None:
    picture.line([(LEFT, y), (round(LEFT + end * scale, 1), y)], INK, 1)
    for second in range(0, int(end) + 1, max(2, round(end / 20) * 2)):
        x = round(LEFT + second * scale, 1)
        picture.line([(x, y), (x, y + 5)], INK, 1)
        picture.text(x, y + 20, f"{second} s", 12, middle=True)
