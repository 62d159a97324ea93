"""docs/simulator.md says of the simulated Azure what there is."""

from simulator.errors import KINDS
from simulator.resources import kinds
from simulator.resources.actions import actions
from tests.rules_table import evidence, sources
from tests.simulator_page import COMMAND, page
from tests.stacks import ROOT


def test_the_page_is_what_the_command_makes() -> None:
    assert (ROOT / "docs" / "simulator.md").read_text() == page(), f"run: {COMMAND}"


def test_every_type_action_and_code_is_on_it() -> None:
    text = page()
    named = [kind.arm_type for kind in kinds().values()]
    named += [action.path for kind in kinds().values() for action in actions(kind)]
    named += [kind.code or key for key, kind in KINDS.items()]
    assert [name for name in named if f"`{name}`" not in text] == []


def test_every_rule_that_a_refusal_names_says_how_it_is_known() -> None:
    known = sources()
    unknown = {rule for kind in KINDS.values() for rule in kind.rules if rule not in known}
    assert unknown == set()
    assert [rule for rule in known if evidence(rule, known[rule]) is None] == []
