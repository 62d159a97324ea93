"""The page of all rules is the catalogue's, and every rule on it is judged or has its reason."""

from components.rules import CATALOGUE
from components.rules.not_judged import NOT_JUDGED
from tests.rules_table import COMMAND, table
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
    assert CATALOGUE.keys() & NOT_JUDGED.keys() == set(), "take it out of components/rules/not_judged.py or facts.py"


def test_a_row_names_the_rooms_that_enforce_it() -> None:
    places = {row[0]: row[3] for row in _rows()}
    assert places["VPN-14"] == "settings"
    assert places["CIRCUIT-03"].startswith("settings, ExpressRouteCircuit, simulator")
    assert places["GW-01"] == "components, simulator"
    assert places["ROUTE-01"] == "topology"
    assert "VirtualNetworkGatewaySubnetRouteTableCannotHaveDefaultRoute" in places["GW-12"]
