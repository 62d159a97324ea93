"""`python -m operations recover` on a stack in trouble: what it says, what it waits for, what it leaves alone."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lifecycle import recovery_support as support
from toolchain.workspace import Workspace

GATEWAYS = {"vgw-reference-er", "vgw-reference-vpn"}
CONNECTION = "con-reference-vpn-onprem"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    with support.prepared(tmp_path / "workspace") as workspace:
        yield workspace


def state_files(workspace: Workspace) -> dict[Path, bytes]:
    folder = workspace.folder / "state"
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_killed_run_is_recovered_step_by_step(empty: Workspace):
    support.fault(empty, {"operation": "create", "type": "VirtualNetworkGateway", "delay_min": 700})
    run = support.Running(empty)
    try:
        support.wait_for("work on the gateways", lambda: at_work(empty) >= GATEWAYS)
        held = support.recover(empty)
        assert held.code == 1
        assert f"in use by process {run.process.pid}" in held.stderr
        run.kill()
    finally:
        run.close()
    support.fault(empty)

    attributes = half_written(empty)
    unreadable = support.recover(empty, "--dry-run")
    assert (unreadable.code, f"backend  would be removed: {attributes.name}," in unreadable.stdout) == (3, True)
    attributes.unlink()
    before = state_files(empty)
    dry = support.recover(empty, "--dry-run").check()
    assert "lock     would be freed: process " in dry.stdout
    for gateway in GATEWAYS:
        assert f"missing  VirtualNetworkGateway {gateway}: in Azure (Updating), would be adopted" in dry.stdout
    assert f"missing  VirtualNetworkGatewayConnection {CONNECTION}: not in Azure" in dry.stdout
    assert state_files(empty) == before

    half_written(empty)
    impatient = support.recover(empty, "--timeout", "0.001")
    assert impatient.code == 3
    assert f"backend  removed: {attributes.name}," in impatient.stdout
    assert "adopted  VirtualNetworkGateway vgw-reference-er, Updating" in impatient.stdout
    assert "AT WORK  VirtualNetworkGateway vgw-reference-er" in impatient.stdout

    # A recovery is killed in its refresh, and what it had started goes on for a while: the next one lets it.
    with support.recovering(empty) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Recovering")
        time.sleep(1.0)
        process.kill()

    patient = support.recover(empty).check()
    assert "waiting  VirtualNetworkGateway" in patient.stdout
    assert "none Failed, none being made" in patient.stdout
    support.up(empty).check()
    empty.pulumi("preview", "--expect-no-changes").check()


def half_written(workspace: Workspace) -> Path:
    """The file of attributes beside the state, as an engine leaves it that is killed after it opened it."""
    file = workspace.folder / "state/.pulumi/stacks/hybrid-network/reference.json.attrs"
    file.write_bytes(b"")
    assert "failed to load checkpoint: EOF" in workspace.pulumi("stack", "export").stderr
    return file


def at_work(workspace: Workspace) -> set[str]:
    return {item.id.rsplit("/", 1)[-1] for item in support.in_flight(workspace)}


def test_what_is_failed_is_named_with_its_way_out_and_sent_again_by_up(empty: Workspace):
    support.fault(empty, {"operation": "create", "name": CONNECTION, "fail": {"code": "InternalServerError"}})
    assert support.up(empty).code != 0
    support.fault(empty)
    recovery = support.recover(empty)
    assert recovery.code == 3
    assert f"FAILED   VirtualNetworkGatewayConnection {CONNECTION}: Azure says Failed." in recovery.stdout
    assert f"/connections/{CONNECTION}" in recovery.stdout
    support.up(empty).check()
    assert "none Failed" in support.recover(empty).check().stdout
    empty.pulumi("preview", "--expect-no-changes").check()


def test_a_state_that_was_lost_as_a_whole_is_rebuilt(empty: Workspace, tmp_path: Path):
    support.up(empty).check()
    wanted = support.normal_state(empty)
    cloud = support.normal_cloud(empty)
    document = json.loads(empty.pulumi("stack", "export").check().stdout)
    document["deployment"]["resources"] = []
    lost = tmp_path / "lost.json"
    lost.write_text(json.dumps(document))
    empty.pulumi("stack", "import", "--file", str(lost)).check()

    recovery = support.recover(empty).check()
    assert "absent" not in recovery.stdout
    support.up(empty).check()
    empty.pulumi("preview", "--expect-no-changes").check()
    assert support.differences(support.normal_state(empty), wanted) == []
    assert support.differences(support.normal_cloud(empty), cloud) == []
    assert support.files_with(empty, support.secrets_of(empty)) == []
