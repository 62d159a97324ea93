"""Every rule with who enforces it: each component alone, down to the last value that is right, and the settings."""

import re
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components.rules import CATALOGUE, at
from tests.rules_table import components_that_judge
from tests.unit.examples import EXAMPLES, WRONG
from tests.unit.rules.cases import CASES, FAILOVER
from tests.unit.rules.cases_components import COMPONENT_CASES, NOT_ALONE, OF_AZURE, SETTINGS_ALONE, ComponentCase
from tests.unit.test_arguments import ALL, Argument, deploy

WRONG_VALUES = [argument for argument in ALL if WRONG.get(argument.field) is not None]


def said(component: str, given: Mapping[str, Any]) -> tuple[str, bool]:
    """What a component says of arguments, warnings too; and whether it refuses them."""
    texts: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi.log, "warn", lambda text, *_: texts.append(text))
        try:
            deploy(component, lambda: given)
        except pulumi.RunError as stopped:
            return "\n".join([*texts, str(stopped)]), True
    return "\n".join(texts), False


_ARGUMENTS = set(re.findall(r"'([a-z]+(?:_[a-z]+)+)':", str(EXAMPLES)))
IN_SETTINGS = {at("it", name).rpartition(".")[2] for name in _ARGUMENTS}
"""The arguments' names as the settings write them."""


def changed(case: ComponentCase, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {**EXAMPLES[case.component][case.example], **changes}


def wrong(argument: Argument) -> dict[str, Any]:
    value = WRONG[argument.field]
    return argument.given([value] if isinstance(argument.value, list) else value)


@pytest.mark.parametrize("case", COMPONENT_CASES, ids=lambda case: f"{case.component} {case.rule}")
def test_a_component_alone_speaks_of_a_value_just_wrong_and_takes_one_just_right(case: ComponentCase) -> None:
    text, refused = said(case.component, changed(case, case.wrong))
    assert f"[{case.rule}]" in text
    assert not IN_SETTINGS.intersection(re.findall(r"\w+", text)), "an argument is named as a setting is"
    assert refused or CATALOGUE[case.rule].severity == "warning"
    text, refused = said(case.component, changed(case, case.right))
    assert f"[{case.rule}]" not in text
    assert not refused, text


def test_every_rule_of_a_component_is_seen_to_stop_it() -> None:
    seen = {(case.component, case.rule) for case in COMPONENT_CASES}
    for argument in WRONG_VALUES:
        text, _ = said(argument.component, wrong(argument))
        seen |= {(argument.component, rule) for rule in CATALOGUE if f"[{rule}]" in text}
    listed = {(name, rule) for rule in CATALOGUE for name in components_that_judge(rule) if name in EXAMPLES}
    assert listed - seen == OF_AZURE
    assert NOT_ALONE.keys() & seen == set(), "it is judged after all"


def test_every_rule_of_the_settings_is_a_component_s_too_or_has_its_reason() -> None:
    settings = {case.rule for case in (*CASES, *FAILOVER)} | {rule for rule in CATALOGUE if rule.startswith("SET-")}
    alone = {rule for rule in settings if not components_that_judge(rule)}
    assert alone == SETTINGS_ALONE.keys()
