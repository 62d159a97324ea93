"""Ten kills by signal 9, in the worst moments: after recovery and `up` all is as if nothing had happened.

Each is printed with what was in flight. Half kill the engine, half the simulated Azure with its provider; two try
`up` again before they recover.
"""

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lifecycle import recovery_support as support
from tests.lifecycle.recovery_support import Undisturbed
from toolchain import simulated
from toolchain.workspace import Workspace

SEED = 20261122

Tell = Callable[[str, object], None]
"""pytest's record_property: what is told as "told" is printed when all tests are done."""

ER_GATEWAY, VPN_GATEWAY = "vgw-reference-er", "vgw-reference-vpn"
VPN_CONNECTION, ER_CONNECTION = "con-reference-vpn-onprem", "con-reference-er-primary"
CIRCUIT, LOCAL_GATEWAY = "erc-reference-primary", "lgw-reference-onprem"
BASTION = "bas-reference"


@dataclass(frozen=True)
class Kill:
    """One kill: `victim` dies while Azure works on all of `during`, a seeded share of their time after they began."""

    name: str
    victim: str
    during: tuple[str, ...]
    phase: int = 1
    slow: int = 0
    """Simulated minutes that the work takes more, so that its time can be hit."""
    answer: str = ""
    """The kill comes when this resource is made, and before the engine has heard of it."""
    retry: bool = False
    """`pulumi up` is tried again before the recovery."""


ENGINE = (
    Kill("gateways", "engine", (ER_GATEWAY, VPN_GATEWAY)),
    Kill("gateways-retried", "engine", (ER_GATEWAY, VPN_GATEWAY), retry=True),
    Kill("vpn-connection", "engine", (VPN_CONNECTION,), slow=40),
    Kill("phase-two-connection", "engine", (ER_CONNECTION,), phase=2, slow=40),
    Kill("before-the-answer", "engine", (), answer=LOCAL_GATEWAY),
)
SIMULATOR = (
    Kill("gateways", "simulator", (ER_GATEWAY, VPN_GATEWAY)),
    Kill("gateways-retried", "simulator", (ER_GATEWAY, VPN_GATEWAY), retry=True),
    Kill("vpn-connection", "simulator", (VPN_CONNECTION,), slow=40),
    Kill("circuit", "simulator", (CIRCUIT,), slow=40),
    Kill("before-the-answer", "simulator", (), answer=CIRCUIT),
)


@pytest.fixture(autouse=True)
def simulator_of_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is killed has no part in another process."""
    command = simulated._command

    def started(*arguments: str) -> list[str]:
        return [sys.executable, *command(*arguments)[1:]] if arguments[0] == "serve" else command(*arguments)

    monkeypatch.setattr(simulated, "_command", started)


def by_name(kill: Kill) -> str:
    return kill.name


class TestEngineKills:
    @pytest.mark.parametrize("kill", ENGINE, ids=by_name)
    def test_nothing_is_lost(self, kill: Kill, undisturbed: Undisturbed, tmp_path: Path, record_property: Tell):
        live_through(kill, undisturbed, tmp_path, record_property)


class TestSimulatorKills:
    @pytest.mark.parametrize("kill", SIMULATOR, ids=by_name)
    def test_nothing_is_lost(self, kill: Kill, undisturbed: Undisturbed, tmp_path: Path, record_property: Tell):
        live_through(kill, undisturbed, tmp_path, record_property)


def live_through(kill: Kill, undisturbed: Undisturbed, folder: Path, tell: Tell) -> None:
    """Disturb a run, recover, and hold the outcome against the undisturbed run."""
    start, goal = (
        (undisturbed.empty, undisturbed.phase_one)
        if kill.phase == 1
        else (undisturbed.phase_one, undisturbed.phase_two)
    )
    with start.clone(folder / "run") as workspace:
        if kill.phase == 2:
            workspace.provision(CIRCUIT)
        story = strike(kill, workspace)
        if kill.victim == "simulator":
            with support.served_again(workspace):
                story += recover_and_compare(kill, workspace, goal)
        else:
            story += recover_and_compare(kill, workspace, goal)
        assert support.left_processes(workspace) == []
    tell("told", f"kill of the {kill.victim} {story}")


def strike(kill: Kill, workspace: Workspace) -> str:
    """Start `pulumi up` and kill; what was in flight, in words."""
    support.fault(workspace, *faults(kill))
    run = support.Running(workspace)
    try:
        moment_to_kill(kill, workspace)
        work, now = support.in_flight(workspace), support.moment(workspace)
        if kill.victim == "engine":
            run.kill()
        else:
            support.kill_simulator(workspace)
            assert run.end().code != 0
        names = {item.id.rsplit("/", 1)[-1] for item in work}
        assert set(kill.during) <= names, "the kill missed its moment"
        what = support.described(work, now) or "nothing"
        if kill.answer:
            what += f"; {kill.answer} made and not answered"
        return f"({kill.name}) with in flight: {what}"
    finally:
        run.close()
        if kill.victim == "engine":
            support.fault(workspace)


def faults(kill: Kill) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = [
        {"operation": "create", "name": name, "delay_min": kill.slow} for name in kill.during if kill.slow
    ]
    if kill.answer:
        # The reading after the creation takes its time, and with it the answer.
        rules.append({"operation": "read", "name": kill.answer, "delay_min": 200})
    return rules


def moment_to_kill(kill: Kill, workspace: Workspace) -> None:
    if kill.answer:
        support.wait_for(f"{kill.answer} made", lambda: made(workspace, kill.answer))
        return
    support.wait_for(f"work on {', '.join(kill.during)}", lambda: set(kill.during) <= at_work(workspace))
    share = random.Random(f"{SEED} {kill.victim} {kill.name}").uniform(0.05, 0.6)
    work = [item for item in support.in_flight(workspace) if item.id.rsplit("/", 1)[-1] in kill.during]
    until = min(item.start + share * (item.end - item.start) for item in work)
    while support.moment(workspace) < until:
        time.sleep(0.01)


def at_work(workspace: Workspace) -> set[str]:
    return {item.id.rsplit("/", 1)[-1] for item in support.in_flight(workspace)}


def made(workspace: Workspace, name: str) -> bool:
    there = {entry["id"].rsplit("/", 1)[-1] for entry in workspace.cloud()["resources"]}
    return name in there and name not in at_work(workspace)


def recover_and_compare(kill: Kill, workspace: Workspace, goal: Workspace) -> str:
    told = ""
    if kill.retry:
        again = support.up(workspace)
        assert again.code != 0, "a second try was thought to be refused"
        told = "; `up` again was refused"
    recovery = support.recover(workspace).check()
    adopted = recovery.stdout.count("  adopted  ")
    support.up(workspace).check()
    workspace.pulumi("preview", "--expect-no-changes").check()
    assert support.pending(workspace) == []
    assert support.unlike(workspace, goal) == []
    secrets = support.secrets_of(workspace)
    assert len(secrets) >= 3
    assert not any(secret in recovery.text for secret in secrets)
    assert support.files_with(workspace, secrets) == []
    return f"{told}; {adopted} adopted, nothing lost"
