"""Maintenance windows of both gateways: made, changed, lost, replaced with their gateway, and taken down."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lifecycle import recovery_support as support
from tests.lifecycle import test_sweep as sweep
from tests.lifecycle.core_run import CoreRun
from tests.lifecycle.observe import calls, ids, steps
from toolchain.workspace import Workspace

WINDOWS: dict[str, Any] = {"expressRoute": {"start": "01:00"}, "vpn": {"start": "06:00", "hours": 19}}
MADE = {f"{kind} maintenance-{name}" for kind in ("MaintenanceConfiguration", "ConfigurationAssignment")
        for name in ("expressroute", "vpn")}  # fmt: skip


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Deployed and unprotected. Not to be changed: clone it."""
    with support.deployed(tmp_path_factory.mktemp("maintained"), maintenance=WINDOWS) as workspace:
        yield workspace


@pytest.fixture
def stack(deployed: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    with deployed.clone(tmp_path / "stack") as workspace:
        yield workspace


def begin(workspace: Workspace, name: str) -> str:
    return next(found["startDateTime"] for found in workspace.cloud()["resources"] if found["id"].endswith(f"s/{name}"))


def test_a_window_keeps_its_first_day_until_its_time_changes(stack: Workspace):
    assert ids(stack).keys() >= MADE
    vpn = ids(stack)["MaintenanceConfiguration maintenance-vpn"]
    stack.simulated("set", vpn, 'startDateTime="2026-01-01 06:00"')
    stack.pulumi("refresh", "--yes", "--skip-preview").check()
    stack.pulumi("preview", "--expect-no-changes").check()
    stack.change(maintenance={**WINDOWS, "vpn": {"start": "06:01", "hours": 18}})
    assert steps(stack) == {"update": {"MaintenanceWindows maintenance", "MaintenanceConfiguration maintenance-vpn"}}
    support.up(stack).check()
    assert begin(stack, "mc-reference-vpn") > "2026-01-01 06:00"
    assert begin(stack, "mc-reference-vpn").endswith(" 06:01")
    stack.pulumi("preview", "--expect-no-changes").check()


def test_what_azure_and_the_state_lost_is_found_and_made_again(stack: Workspace):
    found = ids(stack)
    stack.simulated("remove", found["ConfigurationAssignment maintenance-vpn"])
    document = json.loads(stack.pulumi("stack", "export").check().stdout)
    resources = document["deployment"]["resources"]
    kept = [entry for entry in resources if not entry["urn"].endswith("::maintenance-expressroute")]
    assert len(kept) == len(resources) - 2
    document["deployment"]["resources"] = kept
    stack.pulumi("stack", "import", stdin=json.dumps(document)).check()
    told = support.recover(stack)
    assert told.code == 0, told.text
    assert told.stdout.count("adopted") == 2
    assert steps(stack) == {"create": {"ConfigurationAssignment maintenance-vpn"}}
    support.up(stack).check()
    assert ids(stack) == found
    stack.pulumi("preview", "--expect-no-changes").check()


def test_a_gateway_that_is_replaced_gets_its_window_again_and_all_of_it_is_destroyed(stack: Workspace):
    stack.change(vpn={**stack.settings()["hybrid-network:vpn"], "gateway": {"sku": "VpnGw4AZ"}})
    assert steps(stack)["replace"] >= {"VirtualNetworkGateway vpn", "ConfigurationAssignment maintenance-vpn"}
    support.up(stack).check()
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes").check()
    stack.pulumi("destroy", "--yes", "--skip-preview").check()
    assert [found for found in stack.cloud()["resources"] if "Maintenance" in found["id"]] == []


def test_every_call_for_a_window_may_fail_in_every_way_until_it_is_made_and_gone(
    deployed: Workspace, record_property: sweep.Tell
):
    """On the core, as the sweep of the stack `reference`."""
    everything, circuit = sweep.wanted(deployed), ids(deployed)["ExpressRouteCircuit primary"]

    named = {"resourceGroupName": "rg-reference", "resourceName": "mc-reference-vpn"}

    def run(*faults: dict[str, Any]) -> CoreRun:
        asked = ("maintenance:getMaintenanceConfiguration", named)
        return CoreRun(everything, [], circuit, list(faults), asked=[asked])

    def of_a_window(call: sweep.Call) -> bool:
        return "Maintenance" in call.id

    tried = sweep.made_and_gone(run, of_a_window, every=2)
    record_property("told", f"sweep of the core with maintenance windows: {tried}")
    assert len([call for call in calls(deployed, "create") if "Maintenance" in call["id"]]) == 4
