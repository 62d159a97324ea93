"""What a change of each setting does: every setting has a case, the data tells what they led to, and the real engine
plans what the core foretold.

One change of each setting is tried; with SWEEP=full (`make sweep`) every change is.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.consequences.cases import CASES, Case, network, one
from tests.consequences.plan import Plan
from tests.consequences.table import rows
from tests.consequences.trial import Trial, trials
from tests.lifecycle.observe import short
from tests.properties.networks import config_of
from tests.recording import Resource, record_program
from tests.stacks import KEY
from tests.unit.test_pages import nested_models
from toolchain.workspace import Workspace
from topology.__main__ import main as topology
from topology.review.consequences import consequences, written
from topology.settings.model import Settings

UNPROTECTED = {"protect": False, "serializeGateways": False}
WRITE = "run: python -m tests.consequences --write"
FULL = os.environ.get("SWEEP") == "full"
AS_IN_THE_HUB = "network.spokes[].tiers[]."
"""A spoke's tiers, which are made as the hub's are."""


@pytest.fixture(scope="module")
def tried() -> list[Trial]:
    first = {case.setting: case for case in reversed(CASES) if not case.setting.startswith(AS_IN_THE_HUB)}
    return list(trials(CASES if FULL else first.values()))


def settings(model: Any = Settings, path: str = "") -> Iterator[str]:
    """Every setting's path in the model."""
    for name, field in model.model_fields.items():
        here = f"{path}{field.alias or name}"
        nested = list(nested_models(field.annotation))
        for inner in nested:
            yield from settings(inner, f"{here}{'[]' if 'list[' in str(field.annotation) else ''}.")
        if not nested:
            yield here


def test_every_setting_has_a_case():
    assert set(settings()) - {case.setting for case in CASES} == set()


def test_the_consequences_have_a_row_for_each_case_and_no_other():
    assert list(consequences()) == [(case.setting, case.words) for case in CASES], WRITE


def test_the_rows_of_the_consequences_are_what_the_changes_led_to(tried: list[Trial]):
    found = rows(tried)
    assert written(found) == written(consequences()[one.setting, one.change] for one in found), WRITE
    assert len(found) == len(tried) > 100


def test_nothing_unprotected_is_replaced_or_deleted_by_a_change(tried: list[Trial]):
    protecting = {**network(UNPROTECTED), "protect": True}
    guarded = record_program(config_of(protecting), {"vpnSharedKeys": {"hq": KEY}})
    types = {resource.type for resource in guarded.resources if not resource.protect}
    touched = {r.type for trial in tried if trial.plan for r in (*trial.plan.replaced, *trial.plan.deleted)}
    assert touched & types == set()


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The stack `dev`, deployed by the real engine and connected."""
    with Workspace.open(tmp_path_factory.mktemp("dev"), stack="dev") as workspace:
        workspace.secret("vpnSharedKeys.hq", KEY)
        workspace.secret("peeringSharedKeys.primary", "OneKey1")
        workspace.pulumi("up", "--yes", "--skip-preview").check()
        workspace.provision("erc-dev-primary")
        workspace.pulumi("up", "--yes", "--skip-preview").check()
        yield workspace


ON_THE_ENGINE = (
    one("vpn.gateway.sku", "VpnGw4AZ"),
    one("vpn.gateway.zones", ["1"]),
    one("network.tiers[].loadBalancer.zones", ["1"]),
    one("zones", ["1"]),
    one("names.bastionPublicIp", "pip-own"),
    one("expressRoute.circuits[].routingWeight", 10),
    one("expressRoute.circuits[].connect", "never"),
    one("network.tiers[].name", "store", at="network.tiers.1.name"),
    one("failover.require", "anySingleFailure"),
    one("name", "other"),
)


@pytest.fixture(scope="module")
def foretold_plans() -> dict[str, Plan | None]:
    """The core's plan for each case that the engine plans too, by its setting."""
    return {trial.case.setting: trial.plan for trial in trials(ON_THE_ENGINE, UNPROTECTED)}


@pytest.mark.parametrize("case", ON_THE_ENGINE, ids=lambda case: case.setting)
def test_the_real_engine_plans_what_the_core_foretells(
    dev: Workspace, case: Case, foretold_plans: dict[str, Plan | None]
):
    plan_of_the_core = foretold_plans[case.setting]
    assert plan_of_the_core is not None
    before = dev.settings_file.read_text()
    try:
        dev.change(**{key: value for key, value in network(UNPROTECTED, case.to).items() if key != "location"})
        plan = json.loads(dev.pulumi("preview", "--json").check().stdout)
    finally:
        dev.settings_file.write_text(before)
    found: dict[str, set[str]] = {}
    for step in plan["steps"]:
        if "azure-native:" in step["urn"].split("::")[2].split("$")[-1]:
            found.setdefault(step["op"], set()).add(short(step["urn"]))
    expected = foretold(plan_of_the_core)
    assert {op: found.get(op, set()) for op in expected} == expected


def test_the_review_reads_what_the_engine_previews(dev: Workspace, capsys: pytest.CaptureFixture[str]):
    file, before = dev.settings_file, dev.settings_file.read_text()
    base = file.with_name("base.yaml")
    base.write_text(before)
    streaming = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
    found: dict[str, Any] = {}
    try:
        for sku in ("VpnGw1AZ", "VpnGw4AZ"):
            dev.change(vpn={**network()["vpn"], "gateway": {"sku": sku}})
            preview = file.with_name(f"{sku}.jsonl")
            preview.write_text(dev.pulumi("preview", "--json", environment=streaming).check().stdout)
            topology(["review", str(base), str(file), "--preview", str(preview), "--format", "json", "--allow", "all"])
            found[sku] = json.loads(capsys.readouterr().out)["stacks"][0]
    finally:
        file.write_text(before)
    same, other = found["VpnGw1AZ"], found["VpnGw4AZ"]
    assert (same["preview"]["steps"], same["verdict"]) == ([], "no effect")
    assert same["preview"]["connected"] == ["primary"]
    replaced = {(step["type"], step["name"]) for step in other["preview"]["steps"] if step["op"] == "replace"}
    assert replaced == {("VirtualNetworkGateway", "vpn"), ("VirtualNetworkGatewayConnection", "hq")}
    assert [one["what"] for one in other["away"]] == ["the VPN gateway"]


def foretold(plan: Plan) -> dict[str, set[str]]:
    """The core's plan in the engine's words; what goes together with a replaced resource has no step of its own."""

    def names(resources: list[Resource]) -> set[str]:
        return {short(resource.urn) for resource in resources}

    return {
        "create": names(plan.created),
        "update": names(plan.updated),
        "replace": names(plan.replaced),
        "delete": names([resource for resource in plan.deleted if resource.urn not in plan.first_gone]),
    }
