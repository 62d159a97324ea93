"""The page of all rules is the catalogue's, and every rule on it is judged or has its reason."""

import re
from datetime import date

from components.rules import CATALOGUE
from tests.rules_table import (
    COMMAND,
    DATA,
    EVIDENCE,
    KINDS_OF_EVIDENCE,
    NOT_JUDGED,
    OF_RULES,
    OF_SOURCES,
    evidence,
    line_of,
    sources,
    table,
)
from tests.stacks import ROOT


def _rows() -> list[list[str]]:
    lines = table().splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")][2:]


def test_the_page_is_what_the_command_makes() -> None:
    assert (ROOT / "docs" / "rules.md").read_text() == table(), f"run: {COMMAND}"


def test_every_rule_has_a_row_with_its_place_and_its_test_or_reason() -> None:
    rows = _rows()
    assert [row[0] for row in rows if not all(row)] == []
    assert len(rows) == len({*CATALOGUE, *NOT_JUDGED}) > 240


def test_no_rule_is_both_judged_and_listed_as_not() -> None:
    table()
    assert CATALOGUE.keys() & NOT_JUDGED.keys() == set(), f"take it out of {DATA.name}"


def test_no_rule_is_listed_twice_as_not_judged() -> None:
    listed = re.findall(r"^ +([A-Z]+-\d\d):$", DATA.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(NOT_JUDGED)


def test_a_row_names_what_enforces_it() -> None:
    places = {row[0]: row[3] for row in _rows()}
    assert places["VPN-14"] == "settings"
    assert places["CIRCUIT-03"].startswith("settings, ExpressRouteCircuit, simulator")
    assert places["GW-01"] == "components, simulator"
    assert places["ROUTE-01"] == "topology"
    assert "VirtualNetworkGatewaySubnetRouteTableCannotHaveDefaultRoute" in places["GW-12"]


def test_every_rule_says_how_it_is_known_and_when_that_was_seen() -> None:
    unknown = {id: source for id, source in sources().items() if evidence(id, source) is None}
    assert unknown == {}, f"say it in {EVIDENCE.name}: its source below `sources`, or the rule below `rules`"
    stated = [*OF_SOURCES.values(), *OF_RULES.values()]
    assert {one.kind for one in stated} <= set(KINDS_OF_EVIDENCE)
    assert [one for one in stated if type(one.seen) is not date] == []


def test_no_line_of_evidence_is_left_over() -> None:
    lines = {id: line_of(source) for id, source in sources().items()}
    assert OF_SOURCES.keys() - set(lines.values()) == set(), "no rule has this source"
    assert OF_RULES.keys() - lines.keys() == set(), "there is no such rule"
    assert [id for id, own in OF_RULES.items() if own == OF_SOURCES.get(lines[id] or "")] == [], "its source says it"
