"""A picture of what a stack makes, for examples that have no settings of which the failover could be drawn."""

from collections.abc import Iterable, Sequence
from typing import Any

from toolchain.demo import component_of
from topology.show.drawing import EXPRESS_ROUTE, FAINT, INK, LINE, VPN, Drawing, fit

WIDTH, MARGIN, GAP, COLUMNS = 1160, 20, 16, 3
HEAD, ROW = 40, 20
BOX = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS


def drawn(folder: str, state: Iterable[dict[str, Any]]) -> str:
    """The picture as SVG text: a box for each component, with what is in it. folder: of the example."""
    boxes = sorted(parts(state).items(), key=lambda part: part[0])
    rows = [boxes[start : start + COLUMNS] for start in range(0, len(boxes), COLUMNS)]
    heights = [HEAD + ROW * max(len(lines) for _, lines in row) for row in rows]
    title = f"{folder.rpartition('/')[2]}: what the stack makes"
    picture = Drawing(WIDTH, 60 + sum(heights) + GAP * len(rows), title, ", ".join(part for part, _ in boxes))
    picture.text(MARGIN, 34, title, 18, INK, bold=True)
    top = 56.0
    for row, height in zip(rows, heights, strict=True):
        for column, (part, lines) in enumerate(row):
            left = MARGIN + column * (BOX + GAP)
            picture.box(left, top, BOX, height, color(part), area=part.startswith("Stack"))
            picture.text(left + 14, top + 24, fit(part, 13, BOX - 28), 13, INK, bold=True)
            for number, line in enumerate(lines):
                picture.text(left + 14, top + HEAD + 6 + ROW * number, fit(line, 11, BOX - 28), 11, FAINT)
        top += height + GAP
    return picture.svg()


def parts(state: Iterable[dict[str, Any]]) -> dict[str, Sequence[str]]:
    """What each component makes, and what the program makes itself or takes from another stack."""
    found: dict[str, list[str]] = {}
    for resource in state:
        kind = resource["type"].rpartition(":")[2]
        if resource["type"] == "pulumi:pulumi:StackReference":
            found.setdefault("Stack of others", []).append(resource["id"])
        elif resource["type"].startswith("azure-native:"):
            own = component_of(resource) or "The program itself"
            found.setdefault(own, []).append(f"{kind} {resource['id'].rpartition('/')[2]}")
    return {part: sorted(lines) for part, lines in found.items()}


def color(part: str) -> str:
    """The colour of what belongs to a path: ExpressRoute's and the VPN's, as in every picture."""
    if part.startswith("ExpressRoute"):
        return EXPRESS_ROUTE
    return VPN if part.startswith("Vpn") else LINE
