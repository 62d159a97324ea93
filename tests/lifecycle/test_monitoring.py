"""Monitoring and maintenance windows: both phases, changed, lost, replaced with their gateway, and taken down."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from operations.azure import Azure, Endpoint
from operations.survey.collect import collect
from operations.survey.describe import describe
from operations.survey.writer import stack_file
from simulator.cloud import Cloud
from simulator.outside import parse
from tests.clients.azure_side import served
from tests.lifecycle import recovery_support as support
from tests.lifecycle import test_sweep as sweep
from tests.lifecycle.core_run import CoreRun
from tests.lifecycle.observe import calls, ids, owned, steps
from toolchain.workspace import Workspace

WINDOWS: dict[str, Any] = {"expressRoute": {"start": "01:00"}, "vpn": {"start": "06:00", "hours": 19}}
MONITORING: dict[str, Any] = {"emails": ["network@example.com"]}
OF_THE_CIRCUIT = {
    "DiagnosticSetting monitoring-circuit-primary",
    *(f"MetricAlert monitoring-circuit-primary-{what}" for what in ("lost", "link", "arp", "busy-in", "busy-out")),
    *(f"ScheduledQueryRule monitoring-{what}" for what in ("failed-over", "taken")),
}
PROVIDERS = ("Microsoft.Insights", "Microsoft.OperationalInsights")


def is_of_monitoring(id: str) -> bool:
    return any(provider in id for provider in PROVIDERS)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """`reference`, watched and with windows, in phase 1 and unprotected. Not to be changed: clone it."""
    with support.deployed(tmp_path_factory.mktemp("watched"), maintenance=WINDOWS, monitoring=MONITORING) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def second(first: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The same in phase 2."""
    with first.clone(tmp_path_factory.mktemp("connected") / "stack") as workspace:
        workspace.provision("erc-reference-primary")
        support.up(workspace).check()
        yield workspace


@pytest.fixture
def stack(second: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    with second.clone(tmp_path / "stack") as workspace:
        yield workspace


def test_a_circuit_is_watched_when_it_is_connected_and_another_run_changes_nothing(first: Workspace, second: Workspace):
    assert owned(first) & OF_THE_CIRCUIT == set()
    made = owned(second) - owned(first)
    assert made - OF_THE_CIRCUIT == {"VirtualNetworkGatewayConnection expressroute-primary"}
    assert made >= OF_THE_CIRCUIT
    for workspace in (first, second):
        workspace.pulumi("preview", "--refresh", "--expect-no-changes").check()


def test_a_change_is_made_in_place_and_without_the_setting_all_of_it_goes(stack: Workspace):
    stack.change(monitoring={**MONITORING, "emails": ["other@example.com"], "retentionInDays": 90})
    assert steps(stack) == {
        "update": {"Monitoring monitoring", "ActionGroup monitoring", "Workspace monitoring"},
    }
    support.up(stack).check()
    watched = {one for one in owned(stack) if ids(stack)[one] and is_of_monitoring(ids(stack)[one])}
    stack.change(monitoring={})
    assert steps(stack) == {"delete": {*watched, "Monitoring monitoring"}}
    support.up(stack).check()
    assert [one for one in stack.cloud()["resources"] if is_of_monitoring(one["id"])] == []
    stack.pulumi("preview", "--expect-no-changes").check()


def begin(workspace: Workspace, name: str) -> str:
    return next(found["startDateTime"] for found in workspace.cloud()["resources"] if found["id"].endswith(f"s/{name}"))


def test_a_window_keeps_its_first_day_until_its_time_changes(stack: Workspace):
    kinds = ("MaintenanceConfiguration", "ConfigurationAssignment")
    assert ids(stack).keys() >= {f"{kind} maintenance-{name}" for kind in kinds for name in ("expressroute", "vpn")}
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
    of_azure = {"MetricAlert monitoring-circuit-primary-lost", "ConfigurationAssignment maintenance-vpn"}
    for one in of_azure:
        stack.simulated("remove", found[one])
    document = json.loads(stack.pulumi("stack", "export").check().stdout)
    resources = document["deployment"]["resources"]
    # Of the window for ExpressRoute its configuration and its assignment, which have one name.
    lost = ("DiagnosticSetting::monitoring-vpn", "ScheduledQueryRule::monitoring-taken", "::maintenance-expressroute")
    kept = [entry for entry in resources if not entry["urn"].endswith(lost)]
    assert len(kept) == len(resources) - 4
    document["deployment"]["resources"] = kept
    stack.pulumi("stack", "import", stdin=json.dumps(document)).check()
    told = support.recover(stack)
    assert told.code == 0, told.text
    assert told.stdout.count("adopted") == 4
    assert steps(stack) == {"create": of_azure}
    support.up(stack).check()
    assert ids(stack) == found
    stack.pulumi("preview", "--expect-no-changes").check()


def test_a_surveyed_network_that_is_watched_is_adopted_with_all_of_it(stack: Workspace, tmp_path: Path):
    watched = {id for id in ids(stack).values() if id and is_of_monitoring(id)}
    stack.simulated("provision", "--with-peering", "erc-reference-primary")
    prefixes = stack.settings()["hybrid-network:onPremises"]["prefixes"]
    link = {"circuit": "erc-reference-primary", "announces": prefixes}
    links = [{**link, "path": path} for path in ("primary", "secondary")]
    with closing(Cloud(stack.simulator.cloud)) as cloud, served(cloud) as endpoint:
        cloud.connect(parse(json.dumps({"links": links, "tunnels": []})))
        azure = Azure(Endpoint.read(endpoint.url, endpoint.ca))
        found = describe(collect(azure, ids(stack)["VirtualNetwork hub"], lambda text: None))
    assert found.values["monitoring"] == MONITORING
    assert (found.left, found.unread) == ([], ())
    stack.pulumi("stack", "init", "again").check()
    stack.stack = "again"
    stack.settings_file.write_text(stack_file(found))
    stack.make_shared_keys()
    told = support.recover(stack).check().stdout
    assert "absent" not in told
    assert {id for id in ids(stack).values() if id and is_of_monitoring(id)} == watched
    left = told.partition("What pulumi up changes in Azure")[2].splitlines()[1:-1]
    # The descriptions of alerts name the stack.
    nothing = ("sent as Azure has it", "description", "no traffic depends on it")
    assert [line for line in left if not (nothing[0] in line or (nothing[1] in line and nothing[2] in line))] == []


def test_a_gateway_that_is_replaced_gets_all_of_it_again_and_it_is_destroyed(stack: Workspace):
    stack.change(vpn={**stack.settings()["hybrid-network:vpn"], "gateway": {"sku": "VpnGw4AZ"}})
    theirs = {"DiagnosticSetting monitoring-vpn", "ConfigurationAssignment maintenance-vpn"}
    assert steps(stack)["replace"] >= {"VirtualNetworkGateway vpn", *theirs}
    support.up(stack).check()
    stack.pulumi("preview", "--refresh", "--expect-no-changes").check()
    stack.deprovision("erc-reference-primary")
    stack.pulumi("destroy", "--yes", "--skip-preview").check()
    assert stack.cloud()["resources"] == []


def test_dev_is_watched_too_in_both_phases_and_taken_down(tmp_path: Path):
    with Workspace.open(tmp_path / "dev", stack="dev") as workspace:
        workspace.make_shared_keys()
        workspace.change(maintenance=WINDOWS, monitoring=MONITORING)
        support.up(workspace).check()
        workspace.provision("erc-dev-primary")
        support.up(workspace).check()
        assert {"MetricAlert monitoring-site-hq-bgp", *OF_THE_CIRCUIT} <= owned(workspace)
        workspace.pulumi("preview", "--refresh", "--expect-no-changes").check()
        workspace.deprovision("erc-dev-primary")
        workspace.pulumi("destroy", "--yes", "--skip-preview").check()
        assert workspace.cloud()["resources"] == []


def test_every_call_for_monitoring_may_fail_in_every_way_until_it_is_made_and_gone(
    first: Workspace, record_property: sweep.Tell
):
    """On the core, as the sweep of the stack `reference`."""
    everything, circuit = sweep.wanted(first), ids(first)["ExpressRouteCircuit primary"]

    def run(*faults: dict[str, Any]) -> CoreRun:
        return CoreRun(everything, [], circuit, list(faults))

    tried = sweep.made_and_gone(run, lambda call: is_of_monitoring(call.id), every=6, looked_up=False)
    record_property("told", f"sweep of the core with monitoring: {tried}")
    assert len([call for call in calls(first, "create") if is_of_monitoring(call["id"])]) > 10


def test_every_call_for_a_window_may_fail_in_every_way_until_it_is_made_and_gone(
    first: Workspace, record_property: sweep.Tell
):
    """On the core, as the sweep of the stack `reference`."""
    everything, circuit = sweep.wanted(first), ids(first)["ExpressRouteCircuit primary"]

    named = {"resourceGroupName": "rg-reference", "resourceName": "mc-reference-vpn"}

    def run(*faults: dict[str, Any]) -> CoreRun:
        asked = ("maintenance:getMaintenanceConfiguration", named)
        return CoreRun(everything, [], circuit, list(faults), asked=[asked])

    def of_a_window(call: sweep.Call) -> bool:
        return "Maintenance" in call.id

    tried = sweep.made_and_gone(run, of_a_window, every=2)
    record_property("told", f"sweep of the core with maintenance windows: {tried}")
    assert len([call for call in calls(first, "create") if "Maintenance" in call["id"]]) == 4
