"""A lab that is interrupted: nothing of it goes on running.

Skipped, with the reason, where the lab cannot run.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from lab.needs import what_is_missing
from tests.stacks import ROOT

LAB = [sys.executable, "-m", "lab", "run", "reference", "--short"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_lab_leaves_no_process(how: signal.Signals, tmp_path: Path) -> None:
    if reason := what_is_missing():
        pytest.skip(f"Failover lab skipped: {reason}")
    with subprocess.Popen(
        [*LAB, "--out", str(tmp_path)],
        cwd=ROOT,
        # What is killed leaves its temporary folder.
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as lab:
        assert lab.stdout is not None
        assert "building" in lab.stdout.readline()
        started = psutil.Process(lab.pid)
        _until(lambda: "zebra" in _names(started))
        family = started.children(recursive=True)
        lab.send_signal(how)
        said = lab.stdout.read()
        code = lab.wait(30)
    gone, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    assert len(gone) == len(family) > 3
    if how != signal.SIGKILL:
        assert code == 130
        assert "everything is taken down" in said
    assert not (tmp_path / "lab.json").exists()


def _names(process: psutil.Process) -> set[str]:
    """Names of everything that a process has started and that is still there."""
    found: set[str] = set()
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found.add(child.name())
    return found


def _until(done: Any) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.1)
