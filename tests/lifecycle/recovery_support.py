"""What the tests of recovery share: a stack to disturb, kills, and the comparison with an undisturbed run."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml

from simulator.cloud import Cloud
from simulator.store import Operation
from toolchain.process import end_session
from toolchain.simulated import Simulator
from toolchain.workspace import Run, Workspace

Json = dict[str, Any]

PYTHON = sys.executable

PATIENCE_SECONDS = 120.0
"""How long a test waits for what must come; far more than it takes."""

SECRET_KEY = "4dabf18193072939515e22adb298388d"
SECRET_OUTPUTS = ("serviceKey", "authorizationKey")

FULL = {
    "privatePeering": {
        "peerAsn": 64600,
        "vlanId": 200,
        "primaryPrefix": "172.16.0.0/30",
        "secondaryPrefix": "172.16.0.4/30",
    },
    "authorizations": ["partner"],
}
"""What the circuit of `reference` gets besides, so that every kind of resource with a secret is there."""


@contextmanager
def prepared(folder: Path) -> Iterator[Workspace]:
    """The stack `reference` with a private peering and an authorization, its keys set, nothing deployed."""
    with Workspace.open(folder, stack="reference") as workspace:
        settings = workspace.settings()["hybrid-network:expressRoute"]
        settings["circuits"][0] |= FULL
        workspace.change(expressRoute=settings)
        workspace.make_shared_keys()
        yield workspace


@contextmanager
def deployed(folder: Path, **settings: Any) -> Iterator[Workspace]:
    """The stack `reference` in phase 1 and unprotected, with these settings."""
    with Workspace.open(folder, stack="reference") as workspace:
        workspace.make_shared_keys()
        workspace.change(protect=False, **settings)
        workspace.pulumi("preview").check()
        up(workspace).check()
        yield workspace


@dataclass
class Undisturbed:
    """The same stack before it is deployed, in phase 1 and in phase 2. Not to be changed: clone them."""

    empty: Workspace
    phase_one: Workspace
    phase_two: Workspace

    @classmethod
    @contextmanager
    def deploy(cls, folder: Path) -> "Iterator[Undisturbed]":
        with ExitStack() as stack:
            empty = stack.enter_context(prepared(folder / "empty"))
            one = stack.enter_context(empty.clone(folder / "one"))
            up(one).check()
            two = stack.enter_context(one.clone(folder / "two"))
            two.provision("erc-reference-primary")
            up(two).check()
            yield cls(empty, one, two)


def up(workspace: Workspace, **options: Any) -> Run:
    """`pulumi up` without asking."""
    return workspace.pulumi("up", "--yes", "--skip-preview", **options)


def recover(workspace: Workspace, *options: str) -> Run:
    """`python -m operations recover` in the workspace."""
    command = _recover(PYTHON, workspace, *options)
    done = subprocess.run(
        command, cwd=workspace.project, env=workspace.environment, capture_output=True, text=True, check=False
    )
    return Run(tuple(command), done.returncode, done.stdout, done.stderr)


def _recover(python: str, workspace: Workspace, *options: str) -> list[str]:
    keep = str(workspace.folder / "kept")
    command = [python, "-m", "operations", "recover", "--stack", workspace.stack]
    return [*command, "--poll", "2", "--timeout", "2", "--keep", keep, *options]


KILLED = {"PULUMI_SKIP_CHECKPOINTS": "false"}
"""For an engine that is killed: it writes the state before and after each operation, as engines do."""


@contextmanager
def recovering(workspace: Workspace) -> "Iterator[subprocess.Popen[str]]":
    """A recovery under way, to be killed: one process; what it prints is read from a pipe."""
    process = subprocess.Popen(
        _recover(sys.executable, workspace),
        cwd=workspace.project,
        env={**workspace.environment, **KILLED},
        text=True,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def fault(workspace: Workspace, *rules: Json) -> None:
    """Put these rules into the file of faults, in place of those before."""
    workspace.simulator.faults.write_text(yaml.safe_dump(list(rules)))


class Running:
    """A `pulumi up` under way."""

    def __init__(self, workspace: Workspace) -> None:
        self.process = subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color=never"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=workspace.project,
            env={**workspace.environment, **KILLED, "PULUMI_STACK": workspace.stack},
            start_new_session=True,
        )

    def kill(self) -> None:
        """Kill the engine as a power cut would; what it had started is left to itself."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> Run:
        """Wait until it has ended by itself."""
        text, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        return Run(("pulumi", "up"), self.process.returncode, text, "")

    def close(self) -> None:
        """End it and all that came of it."""
        end_session(self.process)


def wait_for(what: str, holds: Callable[[], Any]) -> Any:
    """Wait until something holds and return it."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := holds()):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.02)
    return found


def in_flight(workspace: Workspace) -> list[Operation]:
    """The operations that Azure is working on now."""
    with closing(Cloud(workspace.simulator.cloud)) as cloud:
        now = cloud.clock.now()
        return [work for work in cloud.store.open_operations() if work.end > now and work.verb != "provider"]


def described(work: list[Operation], now: float) -> str:
    """Operations in words, such as `create vgw-reference-er (12 of 45 min)`."""

    def progress(item: Operation) -> str:
        return f"{(now - item.start) / 60:.0f} of {(item.end - item.start) / 60:.0f} min"

    return ", ".join(f"{item.verb} {item.id.rsplit('/', 1)[-1]} ({progress(item)})" for item in work)


def moment(workspace: Workspace) -> float:
    """The simulated time, in seconds."""
    with closing(Cloud(workspace.simulator.cloud)) as cloud:
        return cloud.clock.now()


def simulator_process(workspace: Workspace) -> psutil.Process:
    """The process that serves the workspace's cloud."""
    cloud = str(workspace.simulator.cloud)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = process.cmdline()
            if "serve" in command and cloud in command:
                return process
    raise AssertionError(f"nothing serves {cloud}")


@contextmanager
def served_again(workspace: Workspace) -> Iterator[None]:
    """Serve the cloud of a workspace whose simulator is dead."""
    with Simulator.serve(workspace.simulator.cloud, workspace.simulator.environment) as simulator:
        workspace.simulator = simulator
        workspace.environment["PULUMI_DEBUG_PROVIDERS"] = simulator.attach
        yield


def left_processes(workspace: Workspace) -> list[psutil.Process]:
    """The processes of the workspace's engine that still run; a language host needs seconds to see that it is alone."""
    home = workspace.environment["PULUMI_HOME"]

    def ours() -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("PULUMI_HOME") == home and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    end = time.monotonic() + 30.0
    while (left := ours()) and time.monotonic() < end:
        time.sleep(0.2)
    return left


def secrets_of(workspace: Workspace) -> list[str]:
    """Every secret of the stack: what was set, and what Azure made up."""
    with closing(Cloud(workspace.simulator.cloud)) as cloud:
        views = [cloud.view(record) for record in cloud.store.find()]
    made = [view[name] for view in views for name in SECRET_OUTPUTS if view.get(name)]
    return [*workspace.keys.values(), *made]


def files_with(workspace: Workspace, secrets: list[str]) -> list[Path]:
    """The files of the workspace in which one of the secrets stands in clear."""
    marks = [secret.encode() for secret in secrets]
    found = []
    for path in workspace.folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and ".venv" not in path.parts:
            content = path.read_bytes()
            if any(mark in content for mark in marks):
                found.append(path)
    return found


def normal_state(workspace: Workspace) -> Json:
    """What the state says of every resource, without what differs from run to run. Values of outputs are left to the
    comparison of clouds: a state has them as old as their last reading."""
    volatile = {"created", "modified", "sourcePosition", "stackTrace", "outputs", "id", "provider"}
    found: Json = {}
    for entry in workspace.state():
        kept = {
            key: normal(value) for key, value in entry.items() if key not in volatile and value not in ({}, [], None)
        }
        # What the program leaves to Azure is an input only after a refresh.
        for name in entry.get("ignoreChanges") or []:
            kept.get("inputs", {}).pop(name, None)
        for name in ("dependencies", "additionalSecretOutputs"):
            kept[name] = sorted(entry.get(name) or [])
        kept["propertyDependencies"] = {
            key: sorted(value or []) for key, value in (entry.get("propertyDependencies") or {}).items()
        }
        kept["secretOutputs"] = sorted(_secret_paths(entry.get("outputs"), ""))
        if entry["type"].startswith("azure-native:"):
            kept["id"] = entry["id"]
        assert entry["urn"] not in found, f"{entry['urn']} is twice in the state"
        found[entry["urn"]] = kept
    return found


def unlike(workspace: Workspace, goal: Workspace) -> list[str]:
    """Where the state and the cloud of a workspace differ from those of one that nothing changes any more."""
    if goal.folder not in _GOALS:
        _GOALS[goal.folder] = normal_state(goal), normal_cloud(goal)
    state, cloud = _GOALS[goal.folder]
    return differences(normal_state(workspace), state) + differences(normal_cloud(workspace), cloud)


_GOALS: dict[Path, tuple[Json, Json]] = {}


def in_clear(value: Any) -> Any:
    """A value of a state that was exported with its secrets shown."""
    if isinstance(value, dict):
        return json.loads(value["plaintext"]) if SECRET_KEY in value else {k: in_clear(v) for k, v in value.items()}
    return [in_clear(entry) for entry in value] if isinstance(value, list) else value


def ids(workspace: Workspace) -> list[str]:
    """The Azure ids in the state."""
    return [entry["id"] for entry in workspace.state() if entry["type"].startswith("azure-native:")]


def struck(workspace: Workspace, rule: Json) -> bool:
    """Whether the call that a rule (with an id, and at most one `nth`) is for has come."""
    with closing(Cloud(workspace.simulator.cloud)) as cloud:
        return cloud.store.meta(f"fault {rule['id']}", 0) >= rule.get("nth", 1)


def pending(workspace: Workspace) -> list[Any]:
    """The pending operations that the state notes."""
    return workspace.deployment().get("pending_operations") or []


def normal_cloud(workspace: Workspace) -> Json:
    """What exists in Azure, without what differs from run to run."""
    return {entry["id"].lower(): normal(entry) for entry in workspace.cloud()["resources"]}


_MADE_UP = re.compile(r"198\.18\.\d+\.\d+|bst-[0-9a-f-]{36}")
"""Public addresses and the names of bastions, which Azure chooses."""


def normal(value: Any) -> Any:
    """A value without what differs from run to run, lists in an order of their own, secrets as a mark."""
    if isinstance(value, dict):
        if SECRET_KEY in value:
            return "[secret]"
        return {key: normal(entry) for key, entry in value.items() if key not in ("etag", "resourceGuid", "customerId")}
    if isinstance(value, list):
        return sorted((normal(entry) for entry in value), key=lambda entry: json.dumps(entry, sort_keys=True))
    return _MADE_UP.sub("(chosen)", value) if isinstance(value, str) else value


def _secret_paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        if SECRET_KEY in value:
            yield path
            return
        for key, entry in value.items():
            yield from _secret_paths(entry, f"{path}.{key}")
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _secret_paths(entry, f"{path}[{index}]")


def differences(found: Any, wanted: Any, path: str = "") -> list[str]:
    """Where two normal states or clouds differ, one line each."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        lines = []
        for key in sorted(found.keys() | wanted.keys()):
            lines += differences(found.get(key, "(nothing)"), wanted.get(key, "(nothing)"), f"{path} {key}")
        return lines
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = enumerate(zip(found, wanted, strict=True))
        return [line for index, pair in pairs for line in differences(*pair, f"{path}[{index}]")]
    return [] if found == wanted else [f"{path.strip()}: {found!r} instead of {wanted!r}"]


def kill_simulator(workspace: Workspace) -> None:
    """Kill the simulated Azure (and the provider in front of it) as a power cut would."""
    process = simulator_process(workspace)
    os.kill(process.pid, signal.SIGKILL)
    with contextlib.suppress(psutil.Error):
        process.wait(10)
