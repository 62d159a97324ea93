"""What a component is told to wait for, everything that it makes waits for."""

import copy
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

import components
from tests.recording import record
from tests.unit.examples import ACTION_GROUP, EXAMPLES, WORKSPACE
from tests.unit.test_arguments import lookup, no_aliases, with_providers

WAITED_FOR = "Waited"
MADE = [(name, given) for name, examples in EXAMPLES.items() for given in examples]
_WATCHED = {name: value for name, value in EXAMPLES["Monitoring"][0].items() if name not in ("emails", "short_name")}
_OF_A_MADE_WORKSPACE = ("workspace_name", "retention_in_days", "action_group_name")
TOLD_ELSEWHERE = {name: value for name, value in _WATCHED.items() if name not in _OF_A_MADE_WORKSPACE}
"""Monitoring that makes neither workspace nor action group, for which what it makes could wait."""
MADE.append(("Monitoring", {**TOLD_ELSEWHERE, "workspace_id": WORKSPACE, "action_group_id": ACTION_GROUP}))


@pytest.mark.parametrize(("component", "example"), MADE, ids=lambda value: value if isinstance(value, str) else "")
def test_all_that_a_component_makes_waits_for_what_it_was_told(component: str, example: Mapping[str, Any]) -> None:
    def program() -> None:
        pulumi.runtime.register_stack_transformation(no_aliases)
        first = components.ResourceGroup(WAITED_FOR, components.ResourceGroupArgs(name="first", location="westus2"))
        given = with_providers(copy.deepcopy(example))
        getattr(components, component)("it", given, pulumi.ResourceOptions(depends_on=[first]))

    made = record(program, lookup=lookup)
    (own,) = (one for one in made.resources if one.type == f"hybrid-network:index:{component}" and one.name == "it")
    children = [one for one in made.resources if one.parent == own.urn]
    hasty = [
        f"{one.type} {one.name}"
        for one in children
        if f"resources:ResourceGroup/{WAITED_FOR}" not in made.waits_for(one)
    ]
    assert hasty == []
