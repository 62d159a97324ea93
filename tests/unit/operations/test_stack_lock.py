"""Whose lock it is, and whether it may be freed."""

import os
import socket
import subprocess
import sys

import pytest

from operations.stack import STACKS_THERE, PulumiError
from operations.stack_lock import Lock, LockedError, is_pulumi, is_refusal, locks_in

REFUSAL = """\
error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock
file with `pulumi cancel`.
  file:///b/.pulumi/locks/organization/p/s/ad16.json?no_tmp_dir=true: created by me@there (pid 15775) at 2026-11-22
"""


def ended_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_a_refusal_of_the_cli_names_the_locks():
    assert is_refusal(REFUSAL)
    assert locks_in(REFUSAL) == [Lock(15775, "me", "there", "2026-11-22")]


def test_any_other_error_is_no_refusal():
    assert not is_refusal("error: no stack named 'x' found")
    assert locks_in("error: no stack named 'x' found") == []


def test_a_process_that_has_ended_is_gone():
    assert Lock(ended_process(), "me", socket.gethostname(), "now").alive() is False


def test_another_program_with_the_same_number_is_not_the_owner():
    assert is_pulumi(os.getpid()) is False


def test_a_pulumi_that_runs_is_alive(tmp_path):
    pulumi = tmp_path / "pulumi"
    pulumi.symlink_to("/bin/sleep")
    process = subprocess.Popen([pulumi, "60"])
    try:
        lock = Lock(process.pid, "me", socket.gethostname(), "now")
        assert lock.alive() is True
        assert "still runs" in str(LockedError(lock))
    finally:
        process.kill()
        process.wait()


def test_an_owner_on_another_machine_cannot_be_seen():
    lock = Lock(ended_process(), "me", "elsewhere.example", "now")
    assert lock.alive() is None
    assert "--owner-is-gone" in str(LockedError(lock))


@pytest.mark.parametrize("lock", [None, Lock(1, "me", "elsewhere.example", "now")])
def test_a_lock_that_nobody_can_judge_is_left_to_the_user(lock: Lock | None):
    assert "--owner-is-gone" in str(LockedError(lock))


def test_a_stack_that_is_not_there_is_told_with_where_to_look() -> None:
    assert STACKS_THERE in str(PulumiError(("pulumi", "stack", "export"), "error: no stack named 'x' found"))
    assert STACKS_THERE not in str(PulumiError(("pulumi", "stack", "export"), "error: incorrect passphrase"))
