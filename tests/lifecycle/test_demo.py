"""`make demo`, as a person runs it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from toolchain.locate import PROJECT


def start(folder: Path) -> subprocess.Popen[str]:
    """The demo, with `folder` as the place for its temporary files."""
    return subprocess.Popen(
        [sys.executable, "-m", "toolchain", "demo"],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A job that a script runs in the background has SIGINT switched off, nohup SIGHUP, and both hand that on.
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGHUP)],
    )


def using(folder: Path) -> list[str]:
    """The processes that work in `folder`."""
    found: list[str] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(folder) in " ".join([*process.cmdline(), process.environ().get("PULUMI_HOME", "")]):
                found.append(" ".join(process.cmdline()))
    return found


def test_the_demo_shows_both_phases_and_ends_well(tmp_path: Path):
    demo = start(tmp_path)
    output, _ = demo.communicate(timeout=600)
    assert demo.returncode == 0, output
    proof, _ = output.split("Made in phase 1")
    assert "proved from the settings alone" in proof
    assert "failover.require circuitLoss: met" in proof
    first, second = output.split("Made in phase 2")
    assert "con-reference-vpn-onprem" in first
    assert "con-reference-er-primary" not in first
    assert "con-reference-er-primary" in second
    assert "Nothing to change." in second
    assert re.search(r"serviceKeys\S*\s+\[secret\]", second)
    assert "simulated Azure" in output
    _, drill = output.split("A failover drill of the live network")
    assert re.search(r"without ExpressRoute +\d+ +192\.168\.0\.0/16 +web +VPN onprem +VPN onprem", drill)
    assert "Every prefix went the predicted way." in drill
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_stopped_leaves_nothing(tmp_path: Path, number: signal.Signals):
    demo = start(tmp_path)
    for _ in range(600):
        if any("pulumi up" in command for command in using(tmp_path)):
            break
        time.sleep(0.1)
    demo.send_signal(number)
    output, _ = demo.communicate(timeout=120)
    assert demo.returncode == 128 + number, output
    assert "Traceback" not in output
    assert using(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
