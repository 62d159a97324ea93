"""Every picture is drawn by one module, in one palette, with text that fits its place whatever the font."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lab import timeline
from tests.pages import picture
from tests.stacks import ROOT, stack_values
from tests.unit.test_page import BOXES
from topology.settings.model import Settings
from topology.show import drawing, svg
from topology.show.drawing import EXPRESS_ROUTE, LOST, VPN, Drawing, fit, width_of
from topology.show.report import Report

RUN = [[0.0, 2.0, "link:a/primary"], [2.01, 3.0, None], [3.01, 9.0, "tunnel:hq/1"], [9.01, 12.0, "link:a/secondary"]]
FOUND: dict[str, Any] = {
    "topology": "two-devices",
    "failure": "silent",
    "detectionSeconds": 0.9,
    "steps": [{}, {direction: {"longestGapSeconds": 1.0} for direction in timeline.DIRECTIONS}],
    "timeline": dict.fromkeys(timeline.DIRECTIONS, RUN),
    "marks": [0.0, 2.0, 2.6, 11.5, 12.0],
}
DRAWN = {
    "architecture": picture.draw,
    "failover": lambda: svg.draw(Report(Settings.model_validate(stack_values("reference")))),
    "the lab's steps": lambda: timeline.draw(FOUND),
    "the lab's steps, with little time between": lambda: timeline.draw({**FOUND, "marks": [0, 0.4, 0.8, 1.2, 12.0]}),
}
PICTURES = sorted((ROOT / "docs").glob("*.svg"))


def boxes(drawn: Drawing) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of everything with an edge."""
    found = re.findall(r'<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', "".join((*drawn.areas, *drawn.boxes)))
    sizes = [tuple(map(float, one)) for one in found]
    return [(x, y, x + width, y + height) for x, y, width, height in sizes]


@pytest.mark.parametrize("name", DRAWN)
def test_text_crosses_no_edge_and_no_other_text(name: str) -> None:
    drawn = DRAWN[name]()
    assert len(drawn.texts) > 5
    for text in drawn.texts:
        left, top, right, bottom = text.box
        assert left >= 0, text
        assert right <= drawn.width, text
        assert bottom <= drawn.height, text
        for a, b, c, d in boxes(drawn):
            beside = right <= a or left >= c or bottom <= b or top >= d
            assert beside or (a <= left and right <= c), f"{text} crosses the edge of the box at {a, b, c, d}"
    for one, other in combinations(drawn.texts, 2):
        (a, b, c, d), (e, f, g, h) = one.box, other.box
        assert c <= e or g <= a or d <= f or h <= b, f"{one} overlaps {other}"


def test_the_picture_of_the_architecture_has_the_boxes_of_the_program() -> None:
    words = " ".join(text.text for text in picture.draw().texts)
    assert [box for box, _, _ in BOXES if box not in words] == []


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_has_the_colours_of_the_palette_alone(path: Path) -> None:
    palette = {value for value in vars(drawing).values() if isinstance(value, str) and value.startswith("#")}
    text = path.read_text()
    assert {EXPRESS_ROUTE, VPN} <= set(re.findall(r"#[0-9a-f]{6}", text)) <= palette
    ElementTree.fromstring(text)


def test_no_other_module_draws_or_names_colours() -> None:
    files = [file for folder in ("topology", "lab", "tests/pages") for file in (ROOT / folder).rglob("*.py")]
    others = [file for file in files if re.search(r"#[0-9a-f]{6}\b|<svg|<rect", file.read_text())]
    assert [file.name for file in others] == ["drawing.py"]


def test_expressroute_the_vpn_and_what_is_lost_look_different_in_the_lab() -> None:
    text = timeline.svg(FOUND)
    assert len({EXPRESS_ROUTE, VPN, LOST}) == 3
    assert [text.count(f'height="34" fill="{colour}"') for colour in (EXPRESS_ROUTE, VPN, LOST)] == [4, 2, 2]


def test_a_text_is_cut_where_it_is_too_wide_and_not_before() -> None:
    for text in ("ExpressRoute gateway", "WWWWWWWW", "iiiiiiiiii", "10.0.255.224/27"):
        for bold in (False, True):
            whole = width_of(text, 12, bold)
            assert fit(text, 12, whole, bold) == text
            short = fit(text, 12, whole - 1, bold)
            assert short.endswith("…")
            assert width_of(short, 12, bold) <= whole - 1
