"""What Azure has in names and refusals is text in the lines of the commands and in the reports of status and drill."""

import re
from xml.etree import ElementTree

import pytest

from operations.azure import AzureError
from operations.causes import Finding
from operations.drill_outcome import Look, Outcome, Phase
from operations.drill_report import as_markdown, timeline
from operations.probes import Loss
from operations.status import Status, shown
from operations.telling import complain, say

HOSTILE = "\x1b[31m</text><script>`|\n# \u202ea\x00 | [bold] ![x](http://x)\ud800"
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def drilled() -> Outcome:
    key = (HOSTILE, HOSTILE)
    phase = Phase(HOSTILE, 0.0, {key: HOSTILE}, [Look(0.5, {key: f"{HOSTILE}, another"})], None, 2.0)
    phase.losses, phase.said = {HOSTILE: Loss(3, 1, 1.0)}, [HOSTILE]
    return Outcome(HOSTILE, "peering", (HOSTILE,), [phase], HOSTILE)


def test_a_drills_picture_has_its_own_elements_alone() -> None:
    picture = ElementTree.fromstring(timeline(drilled()))
    assert {one.tag.rpartition("}")[2] for one in picture.iter()} == {"svg", "title", "rect", "line", "text"}


@pytest.mark.parametrize(
    "page",
    [
        as_markdown(drilled()),
        shown(
            Status(HOSTILE, [], [Finding("link", HOSTILE, HOSTILE, setting=HOSTILE)], (HOSTILE,), None, None),  # pyright: ignore[reportArgumentType]
            "markdown",
        ),
    ],
    ids=["drill", "status"],
)
def test_no_line_of_a_report_is_the_datas(page: str) -> None:
    assert not UNSEEN.search(page)
    for block in page.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1, block
    assert [line for line in page.splitlines() if line.startswith("# ") and "Failover drill" not in line] == []
    assert "<script" not in page.replace("\\<script", "")
    assert "![x]" not in page.replace("\\![x]", "")


def test_no_line_of_a_command_turns_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    found = Status(HOSTILE, [], [Finding("link", HOSTILE, HOSTILE)], (HOSTILE,), None, None)  # pyright: ignore[reportArgumentType]
    say(HOSTILE)
    say(HOSTILE, aside=True)
    complain(AzureError("a circuit", HOSTILE, HOSTILE))
    for text in (shown(found, "text"), *capsys.readouterr()):
        assert text
        assert not UNSEEN.search(text)
