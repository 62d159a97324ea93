"""Nothing that was started stays behind."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from toolchain.longrun import elapsed, run_with_progress
from toolchain.process import end_session

PARENT_WITH_CHILD_IN_ITS_OWN_GROUP = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
print(child.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int) -> bool:
    """Whether a process has ended (or is a corpse that only waits to be collected)."""
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_child_with_a_process_group_of_its_own_is_killed_with_its_parent():
    command = [sys.executable, "-c", PARENT_WITH_CHILD_IN_ITS_OWN_GROUP]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    end_session(process)
    assert process.returncode is not None
    assert gone(child)


def test_a_process_that_ends_by_itself_when_interrupted_is_not_killed():
    script = "import signal, sys, time\nsignal.signal(2, lambda *_: sys.exit(7))\nprint(1, flush=True)\ntime.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    end_session(process, grace=20)
    assert process.returncode == 7


def test_a_long_command_returns_its_code_and_both_outputs(tmp_path: Path):
    script = "import sys; print('to stdout'); print('to stderr', file=sys.stderr); sys.exit(3)"
    code, output = run_with_progress([sys.executable, "-c", script], "trying", limit=60, cwd=tmp_path)
    assert code == 3
    assert "to stdout" in output
    assert "to stderr" in output


def test_a_command_that_takes_too_long_is_killed_with_its_children(tmp_path: Path):
    command = [sys.executable, "-c", PARENT_WITH_CHILD_IN_ITS_OWN_GROUP]
    code, output = run_with_progress(command, "waiting", limit=2, cwd=tmp_path)
    assert (code, output) == (-1, "waiting was stopped after 2 s")
    child = int((tmp_path / "output.log").read_text())
    assert gone(child)


@pytest.mark.parametrize(("seconds", "said"), [(0, "0 s"), (59.9, "59 s"), (60, "1 min 00 s"), (185, "3 min 05 s")])
def test_durations_read_as_people_say_them(seconds: float, said: str):
    assert elapsed(seconds) == said
