"""The page of all rules is the catalogue's, and every rule on it is judged or has its reason."""

import re

from components.rules import CATALOGUE
from tests.rules_table import COMMAND, DATA, NOT_JUDGED, table
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
