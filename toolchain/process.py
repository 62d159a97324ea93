"""Ending what was started: a process in a session of its own, with everything that came of it."""

import contextlib
import os
import signal
import subprocess

import psutil

AnyProcess = subprocess.Popen[bytes] | subprocess.Popen[str]


def end_session(process: AnyProcess, grace: float = 0.0) -> None:
    """End a process started with `start_new_session=True` and all its descendants, and wait for it.

    With a `grace` (seconds) it is first interrupted as by Ctrl-C and may end by itself. Descendants that made
    process groups of their own, as the engine's plugins do, are still of its session and are killed too.
    """
    if grace > 0 and process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    process.kill()
    kill_others(process.pid)
    process.wait()


def kill_others(leader: int) -> None:
    """Kill every process of a session but its leader, those too that were being started meanwhile."""
    killed = {leader}
    while found := set(session_members(leader)) - killed:
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        killed |= found


def session_members(session: int) -> list[int]:
    """The ids of the live processes of a session."""
    members: list[int] = []
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session:
                members.append(pid)
    return members
