"""Whatever texts Azure has, they stay texts: in the file, its comments, JSON, a terminal, Markdown and pictures."""

import json
import os
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.survey.answers import Answers
from operations.survey.collect import collect
from operations.survey.describe import describe
from operations.survey.found import Survey
from operations.survey.writer import as_data, as_text, stack_file
from tests.live_network import live_network
from tests.stacks import stack_config
from topology.reading import LOCATION, NAMESPACE, read
from topology.show import markdown, mermaid, svg, tables
from topology.show.report import Report
from topology.show.summary import provable

EXAMPLES = 300 if os.environ.get("READING") == "full" else 15
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
SPECIAL = (
    *("a: b", "- a", "yes", "null", "0x10", "1e5", "0o17", "1:30", "2001-01-01", "y", "~", "", " ", "a ", "<<"),
    *("*a", "&a", "!a", "!!python/object:os.system", "%a", "@a", "#a", "a #b", "'", '"', "{a: [b", "| a |", "|", ">"),
    *("\x1b[31mred", "\u202eturned", "a\x00b", "a\nb: c", "a\r\n# b", "\u2028", "\ud800", "\uffff", "\x85", "\ufeff"),
    *("</text><script>alert(1)</script>", "<!-- a", "]]>", "<b>&amp;", "`a`", "![x](http://x)", "[bold]a[/]", ":bomb:"),
    *("\ue000a\ue001", "# a", "config:", "hybrid-network:name: x", "{{a}}", "%s", "a" * 3000),
)
FREE = ("name", "description", "tags", "serviceProviderName", "peeringLocation", "serviceProviderNotes")
"""What people write; all else of Azure's has a form."""


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    """What Azure answers of `dev` with monitoring and a spoke."""
    config = stack_config("dev")
    config["hybrid-network:monitoring"] = {"emails": ["network@example.com"]}
    config["hybrid-network:maintenance"] = {"vpn": {"start": "01:00"}}
    config["hybrid-network:network"]["spokes"] = [{"name": "app", "addressSpace": ["10.30.0.0/16"]}]
    with live_network(config) as network:
        yield collect(network.azure, network.live.network, lambda text: None)


def texts(value: Any) -> Iterator[str]:
    """Every text in a document but ids."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from [key] if key == "environment" else []
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str) and not value.startswith("/"):
        yield value


def replaced(value: Any, by: dict[str, str]) -> Any:
    """A document with other texts, in its ids too, where a name has no slash."""
    if isinstance(value, dict):
        return {by.get(key, key): replaced(one, by) for key, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, by) for one in value]
    if not isinstance(value, str):
        return value
    if value.startswith("/"):
        return "/".join(by.get(part, part).replace("/", "") if part in by else part for part in value.split("/"))
    return by.get(value, value)


def with_texts(answers: Answers, by: dict[str, str]) -> Answers:
    """The answers with other texts."""
    low = {key.lower(): value.lower() for key, value in by.items()}
    documents = [replaced(one, by) for one in answers.documents.values()]
    return Answers(
        replaced(answers.network, by),
        {str(one["id"]).lower(): one for one in documents},
        {replaced(id, low): rows for id, rows in answers.learned.items()},
        {replaced(id, low): rows for id, rows in answers.links.items()},
    )


def check(found: Survey) -> str:
    """That every output has texts as texts. The answer is the picture; empty where nothing could be proved."""
    text = stack_file(found)
    written = {LOCATION if key == "location" else f"{NAMESPACE}:{key}": one for key, one in found.values.items()}
    assert yaml.safe_load(text) == {"config": written}
    assert not UNSEEN.search(text.replace("\n", ""))
    assert not re.search(r"(?m)^[^#]*[:-] (?![\"'\[{|>])(\d[\deEoxX_.:-]*[eEoxX_:]\S*)$", text), "a number to some"
    settings, problems = read(found.values)
    shown = as_text(found, problems)
    assert not UNSEEN.search(shown.replace("\n", ""))
    assert all(line.startswith("- ") for line in shown.splitlines()[1:])
    json.loads(json.dumps(as_data(found, problems)))
    report = Report(settings) if settings is not None and provable(settings, problems) else None
    notes = [f"{one.what}: {one.means}" for one in found.left]
    page = markdown.render(report, problems, notes)
    for block in page.split("\n\n"):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1 or not block.startswith("|"), block
        assert not re.match(r"\s*(#|```|<)", block), block
    assert not UNSEEN.search(page.replace("\n", ""))
    assert not UNSEEN.search(tables.render(report, problems, notes).replace("\n", ""))
    if report is None:
        return ""
    picture = svg.render(report)
    kinds = {one.tag.rpartition("}")[2] for one in ElementTree.fromstring(picture).iter()}
    assert kinds <= {"svg", "title", "desc", "rect", "path", "polygon", "text"}, kinds
    mermaid.render(report)
    return picture


def test_every_text_of_azures_stays_a_text(answers: Answers) -> None:
    every = sorted({text for one in answers.documents.values() for text in texts(one)})
    free = sorted({str(one["name"]) for one in answers.documents.values() if "name" in one} | {"environment", "dev"})
    free += ["Equinix", "Seattle"]
    hostile = st.sampled_from(SPECIAL) | st.text(max_size=30)
    proved = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.dictionaries(st.sampled_from(free) | st.sampled_from(every), hostile, min_size=1, max_size=5))
    def stays(by: dict[str, str]) -> None:
        check(describe(with_texts(answers, by)))
        proved.append(by)

    stays()
    assert len(proved) >= EXAMPLES


@pytest.mark.parametrize("text", SPECIAL)
def test_a_place_a_tag_and_a_name_stay_texts(answers: Answers, text: str) -> None:
    name = text or "x"
    check(describe(with_texts(answers, {"environment": name, "dev": text, "vgw-dev-vpn": name})))
    drawn = check(describe(with_texts(answers, {"Seattle": text})))
    # A place that is no line of text is refused as a setting, so nothing is proved.
    assert bool(drawn) == bool(text.strip() and not UNSEEN.search(text.replace("\uffff", "")))
    if drawn and len(text) < 20:
        assert escape(text).replace("\uffff", "\\uffff") in drawn
