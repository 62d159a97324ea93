"""One program, two phases: what each makes, that another run changes nothing, that no live path is taken away."""

import json
from pathlib import Path

import pytest

from tests.lifecycle.conftest import CIRCUIT
from tests.lifecycle.observe import changes, owned, steps
from toolchain.workspace import Workspace

CIRCUIT_CONNECTION = "VirtualNetworkGatewayConnection expressroute-primary"
VPN_CONNECTION = "VirtualNetworkGatewayConnection onprem"


def of_circuit(workspace: Workspace) -> dict[str, str]:
    """The circuit's outputs."""
    return workspace.outputs()["expressRoute"]["circuits"]["primary"]


def test_the_first_run_brings_the_site_online_over_the_vpn_and_orders_the_circuit(phase_one: Workspace):
    made = owned(phase_one)
    assert {VPN_CONNECTION, "ExpressRouteCircuit primary", "VirtualNetworkGateway expressroute"} <= made
    assert CIRCUIT_CONNECTION not in made
    assert of_circuit(phase_one)["providerState"] == "NotProvisioned"
    assert "service key" in of_circuit(phase_one)["next"]
    assert phase_one.outputs()["serviceKeys"] == "[secret]"
    assert set(phase_one.outputs(show_secrets=True)["serviceKeys"]) == {"primary"}


def test_the_second_phase_makes_the_connection_and_nothing_else(phase_one: Workspace, phase_two: Workspace):
    assert owned(phase_two) - owned(phase_one) == {CIRCUIT_CONNECTION}
    assert owned(phase_one) <= owned(phase_two)
    assert of_circuit(phase_two)["providerState"] == "Provisioned"


@pytest.mark.parametrize("phase", ["phase_one", "phase_two"])
def test_another_run_changes_nothing(phase: str, request: pytest.FixtureRequest):
    workspace: Workspace = request.getfixturevalue(phase)
    workspace.pulumi("preview", "--expect-no-changes").check()
    workspace.pulumi("preview", "--refresh", "--expect-no-changes").check()


@pytest.mark.parametrize(("status", "code"), [(403, "AuthorizationFailed"), (429, "TooManyRequests")])
def test_a_lookup_that_fails_takes_no_live_path_away(connected: Workspace, status: int, code: str):
    before = owned(connected), changes(connected)
    fault = {"operation": "lookup", "error": {"status": status, "code": code, "message": "not now"}}
    connected.simulator.faults.write_text(json.dumps([fault]))
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        run = connected.pulumi(*command)
        assert run.code != 0
        assert code in run.stdout
        assert "Traceback" not in run.stdout
    assert (owned(connected), changes(connected)) == before


def test_a_circuit_that_its_provider_has_deprovisioned_keeps_its_connection(connected: Workspace):
    connected.deprovision(CIRCUIT)
    assert "delete" not in steps(connected)
    connected.pulumi("up", "--yes", "--skip-preview").check()
    assert CIRCUIT_CONNECTION in owned(connected)


def test_a_connection_that_is_asked_for_too_early_is_refused_before_anything_changes(unconnected: Workspace):
    before = owned(unconnected), changes(unconnected)
    connect(unconnected, "always")
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        run = unconnected.pulumi(*command)
        assert run.code != 0
        assert "expressRoute.circuits[0].connect" in run.stdout
        assert "Traceback" not in run.stdout
    assert (owned(unconnected), changes(unconnected)) == before


def test_a_circuit_that_is_not_to_be_connected_stays_unconnected(unconnected: Workspace):
    connect(unconnected, "never")
    unconnected.provision(CIRCUIT)
    assert CIRCUIT_CONNECTION not in steps(unconnected).get("create", set())


def connect(workspace: Workspace, when: str) -> None:
    """Set `connect` of the first circuit."""
    express_route = workspace.settings()["hybrid-network:expressRoute"]
    express_route["circuits"][0]["connect"] = when
    workspace.change(expressRoute=express_route)


@pytest.mark.parametrize("phase", ["phase_one", "phase_two"])
def test_no_secret_is_written_in_clear_text(phase: str, request: pytest.FixtureRequest):
    workspace: Workspace = request.getfixturevalue(phase)
    secrets = [*workspace.keys.values(), *workspace.outputs(show_secrets=True)["serviceKeys"].values()]
    assert len(secrets) == 2
    assert all(len(secret) >= 32 for secret in secrets)
    searched: list[Path] = []
    for folder in (workspace.folder / "state", workspace.folder / "home", workspace.project):
        for path in folder.rglob("*"):
            if path.is_file() and ".venv" not in path.relative_to(folder).parts:
                searched.append(path)
                text = path.read_bytes()
                assert not [secret for secret in secrets if secret.encode() in text], path
    assert any(path.name == "reference.json" for path in searched)
    assert any("history" in path.parts for path in searched)
