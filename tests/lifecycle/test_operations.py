"""Status, drill and rotate-key as commands, on stack `dev` with the real engine and the simulated Azure over HTTPS."""

import base64
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from appliance.outside import outside
from operations.journal import Journal
from simulator.arm.serving import Endpoint
from simulator.cloud import Cloud
from simulator.outside import parse
from tests.clients.azure_side import served
from tests.lifecycle import recovery_support
from tests.lifecycle.recovery_support import files_with, up, wait_for
from toolchain.workspace import Run, Workspace
from topology.reading import read_stack_file
from topology.under_way import file_of

FULL = os.environ.get("SWEEP") == "full"
QUICK_MS = 5.0
Json = dict[str, Any]


@dataclass
class Live:
    """The stack, deployed and connected, and the front that operations use."""

    workspace: Workspace
    cloud: Cloud
    endpoint: Endpoint

    def start(self, *words: str, python: str = sys.executable, **options: Any) -> subprocess.Popen[str]:
        there = ["--endpoint", self.endpoint.url, "--certificate", str(self.endpoint.ca)]
        command = [python, "-m", "operations", *words, "--stack", "dev", *there]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
        workspace = self.workspace
        return subprocess.Popen(command, cwd=workspace.project, env=workspace.environment, text=True, **pipes)

    def run(self, *words: str, stdin: str = "") -> Run:
        process = self.start(*words, python=recovery_support.PYTHON, stdin=subprocess.PIPE)
        out, err = process.communicate(stdin, timeout=120)
        return Run(words, process.returncode, out, err)

    def connect(self, change: Callable[[Json], object] | None = None) -> None:
        settings, _ = read_stack_file(self.workspace.settings_file)
        assert settings is not None
        told = outside(settings, self.workspace.keys)
        if change is not None:
            change(told)
        self.cloud.connect(parse(json.dumps(told)))

    @property
    def peering(self) -> str:
        """The state of the private peering."""
        [circuit] = self.cloud.find("ExpressRouteCircuit")
        found = self.cloud.get(f"{circuit.id}/peerings/AzurePrivatePeering")
        return found["state"] if found["provisioningState"] == "Succeeded" else found["provisioningState"]

    @property
    def record(self) -> Path:
        name = file_of("dev", "rg-dev").name
        return Path(self.workspace.environment["XDG_STATE_HOME"]) / "hybrid-network" / name


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Each test leaves it as it was."""
    folder = tmp_path_factory.mktemp("operations")
    with Workspace.open(folder / "work", stack="dev", minute_ms=QUICK_MS) as workspace:
        workspace.make_shared_keys()
        up(workspace).check()
        workspace.provision("erc-dev-primary")
        with closing(Cloud(workspace.simulator.cloud)) as cloud, served(cloud) as endpoint:
            [circuit] = cloud.find("ExpressRouteCircuit")
            wait_for(
                "the circuit",
                lambda: cloud.get(circuit.id)["serviceProviderProvisioningState"] == "Provisioned",
            )
            up(workspace).check()
            one = Live(workspace, cloud, endpoint)
            one.connect()
            yield one


def test_status_is_silent_in_peace_and_names_what_is_wrong(live: Live) -> None:
    assert live.run("status").check().stdout.endswith("All is as the settings say.\n")
    live.connect(lambda told: told["tunnels"][0].update(up=False))
    said = live.run("status", "--format", "json")
    live.connect()
    assert said.code == 1
    assert "No tunnel to site hq is up" in json.loads(said.stdout)["findings"][0]["sentence"]


def test_a_missing_permission_is_said_before_anything_is_changed(live: Live) -> None:
    options = live.cloud.options
    live.cloud.options = options.with_text("actions_left_out=Microsoft.Network/expressRouteCircuits/peerings/write")
    said = live.run("drill", "--yes")
    live.cloud.options = options
    assert said.code == 2
    assert "Microsoft.Network/expressRouteCircuits/peerings/write in /subscriptions/" in said.stderr
    assert (live.peering, live.record.exists()) == ("Enabled", False)


def test_a_drill_begins_only_when_somebody_agrees(live: Live) -> None:
    said = live.run("drill", "--dry-run").check()
    assert "192.168.0.0/16 from web: then VPN hq" in said.stdout
    said = live.run("drill")
    assert said.code == 2
    assert "say --yes" in said.stderr
    assert (live.peering, live.record.exists()) == ("Enabled", False)


def test_a_drill_ends_as_predicted_and_pulumi_sees_no_change(live: Live, tmp_path: Path) -> None:
    said = live.run("drill", "--yes", "--poll", "0.05", "--out", str(tmp_path)).check()
    assert "Every prefix went the predicted way, and ExpressRoute is back." in said.stdout
    assert {file.name for file in tmp_path.iterdir()} == {"drill.md", "drill.json", "timeline.svg"}
    live.workspace.pulumi("preview", "--refresh", "--expect-no-changes").check()


WAYS_BACK: dict[str, Callable[[Live], object]] = {
    "restore": lambda live: live.run("drill", "--restore", "--poll", "0.05").check(),
    "refresh, then up": lambda live: (
        live.workspace.pulumi("refresh", "--yes", "--skip-preview").check(),
        up(live.workspace).check(),
    ),
    "up --refresh": lambda live: live.workspace.pulumi("up", "--refresh", "--yes", "--skip-preview").check(),
}
MOMENTS: dict[str, tuple[str, float]] = {
    "reading": ("calls", 0.0),
    "reading on": ("calls", 0.1),
    "recorded": ("record", 0.0),
    "recorded, a moment later": ("record", 0.004),
    "recorded, two moments later": ("record", 0.008),
    "Azure at work": ("work", 0.0),
    "away": ("away", 0.0),
    "away, and looking": ("away", 0.05),
    "coming back": ("away", 0.2),
    "back, and looking": ("away", 0.3),
}
"""What is waited for, and how many seconds more, before the drill is killed."""
TRIED = (
    [(moment, way) for moment in MOMENTS for way in WAYS_BACK]
    if FULL
    else [*zip(("recorded", "Azure at work", "away"), WAYS_BACK, strict=True)]
)


def kill_a_drill(live: Live, moment: str) -> None:
    """As by a power cut; three of the moments are between the record and Azure's answer."""
    what, more = MOMENTS[moment]
    calls = len(live.cloud.store.calls())
    reached = {
        "calls": lambda: len(live.cloud.store.calls()) > calls + 10,
        "record": lambda: live.record.exists() and '"begun"' in live.record.read_text(),
        "work": lambda: live.peering != "Enabled",
        "away": lambda: live.peering == "Disabled",
    }[what]
    process = live.start("drill", "--yes", "--poll", "0.05", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(what, reached)
    time.sleep(more)
    process.kill()
    process.wait()


@pytest.mark.parametrize(("moment", "way"), TRIED)
def test_a_killed_drill_is_made_good_in_three_ways(live: Live, moment: str, way: str) -> None:
    kill_a_drill(live, moment)
    # What Azure has taken, it finishes.
    time.sleep(0.1)
    WAYS_BACK[way](live)
    wait_for("ExpressRoute", lambda: live.peering == "Enabled")
    if live.record.exists():
        # An update leaves it; it stops no update, and the next drill asks for this first.
        assert way != "restore"
        live.record.unlink()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_bring_expressroute_back(live: Live, number: signal.Signals) -> None:
    """Nobody reads its output any more: the terminal is closed."""
    process = live.start("drill", "--yes", "--poll", "0.05")
    wait_for("the loss", lambda: live.peering == "Disabled")
    assert process.stdout is not None
    assert process.stderr is not None
    if number is signal.SIGHUP:
        process.stdout.close()
        process.stderr.close()
    process.send_signal(number)
    if number is signal.SIGINT:
        process.send_signal(number)
        said, _ = process.communicate(timeout=60)
        assert "ExpressRoute was brought back. The drill was interrupted." in said
    assert process.wait(60) == 1
    assert (live.peering, live.record.exists()) == ("Enabled", False)


def test_no_update_begins_during_a_drill_and_no_drill_during_an_update(live: Live) -> None:
    """This process is the drill, and then the update that has the lock."""
    journal = Journal.begin(live.record, "drill", {}, "")
    refused, preview = up(live.workspace), live.workspace.pulumi("preview")
    second = live.run("drill", "--yes")
    journal.close()
    assert refused.code != 0
    assert "`drill` is under way on this stack" in refused.text
    assert "is under way" in preview.check().text
    assert (second.code, "`drill` is under way on this stack" in second.stderr) == (2, True)
    lock = live.workspace.folder / "state/.pulumi/locks/organization/hybrid-network/dev/one.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    owner = {"pid": 2**22 + 1, "username": "somebody", "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}
    lock.write_text(json.dumps(owner))
    third = live.run("drill", "--yes")
    lock.unlink()
    assert (third.code, live.peering) == (2, "Enabled")
    assert "An update of the stack is under way: process 4194305 of somebody@elsewhere" in third.stderr


def test_a_new_key_is_in_azure_the_stack_and_the_file_and_nowhere_else(live: Live, tmp_path: Path) -> None:
    """The device's operator changes it as soon as Azure has it. No process has it in an argument or its environment."""
    new, old = secrets.token_hex(20), live.workspace.keys["hq"]
    file = tmp_path / "secrets.conf"
    file.write_text("secrets {\n  ike-hq {\n    secret = 0snothing\n  }\n}\n")
    options = ("--stdin", "--site", "hq", "--appliance", str(file), "--poll", "0.05", "--minutes", "1")
    process = live.start("rotate-key", *options, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(f"{new}\n")
    process.stdin.close()
    process.stdin = None
    seen = {"count": 0}

    def azure_has_it() -> bool:
        watch(process, seen, new)
        [connection] = [one for one in live.cloud.find("VirtualNetworkGatewayConnection") if "vpn" in one.name]
        return connection.digests.get("sharedKey") == live.cloud.store.digest(new)

    wait_for("the new key", azure_has_it)
    live.connect(lambda told: told["tunnels"][0].update(key=new))
    while process.poll() is None:
        watch(process, seen, new)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "have the new key; the tunnel is up." in out
    assert seen["count"] > 5
    live.workspace.keys["hq"] = new
    assert live.workspace.pulumi("config", "get", "--path", "vpnSharedKeys.hq").check().stdout.strip() == new
    assert base64.b64decode(file.read_text().split("0s")[1].split()[0]).decode() == new
    assert file.stat().st_mode & 0o777 == 0o600
    assert [text for text in (out, err) if new in text or old in text] == []
    live.workspace.pulumi("preview", "--expect-no-changes").check()
    assert files_with(live.workspace, [new, old]) == []


def test_a_preview_says_that_azure_keeps_the_old_key_and_names_the_command(live: Live) -> None:
    old, new = live.workspace.keys["hq"], secrets.token_hex(20)
    command = "python -m operations rotate-key --site hq --from-stack"
    live.workspace.secret("vpnSharedKeys.hq", new)
    said = live.workspace.pulumi("preview").check().text
    live.workspace.secret("vpnSharedKeys.hq", old)
    calm = live.workspace.pulumi("preview", "--expect-no-changes").check().text
    assert "the shared key of site hq has changed, and no update changes it in Azure" in said
    assert (command in said, command in calm) == (True, False)
    assert not [key for key in (old, new) if key in said]


def watch(process: subprocess.Popen[str], seen: dict[str, int], secret: str) -> None:
    """Look into the arguments and the environments of a process and of all that it has started."""
    with contextlib.suppress(psutil.Error):
        own = psutil.Process(process.pid)
        for one in [own, *own.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                assert secret not in " ".join([*one.cmdline(), *one.environ().values()])
                seen["count"] += 1


def test_a_device_that_does_not_change_its_key_brings_the_old_one_back(live: Live) -> None:
    said = live.run("rotate-key", "--site", "hq", "--poll", "0.05", "--minutes", "0.005")
    assert said.code == 1
    assert "have the old key; the tunnel is up." in said.stdout
    live.run("status").check()


def test_nothing_that_operations_leave_has_a_key_in_it(live: Live) -> None:
    assert files_with(live.workspace, list(live.workspace.keys.values())) == []
