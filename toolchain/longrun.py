"""Running a command that takes minutes: a person sees life, and an interruption leaves nothing behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from toolchain.process import end_session

PROJECT = Path(__file__).resolve().parent.parent

QUIET_SECONDS = 15
"""Seconds between two lines of progress where the output is not a terminal."""


def say(text: str) -> None:
    """Print one line for the person who waits; standard output belongs to the answer (a path, a table)."""
    print(text, file=sys.stderr, flush=True)


def run_with_progress(
    command: Sequence[str],
    what: str,
    *,
    limit: float,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = say,
) -> tuple[int, str]:
    """Run `command` to its end and return its exit code and output (both streams).

    `what` names it in the lines of progress, `limit` is the longest time it may take, in seconds: then, and
    whenever this function is left early, the command and all that it started are killed. A command that
    overran ends with -1. When this process is killed, or its parent (`make`) is gone, the command ends too.
    """
    log = cwd / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "toolchain.guard", str(cwd), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=PROJECT,
            env=env,
            start_new_session=True,
        )
    parent = os.getppid()
    started = time.monotonic()
    terminal = sys.stderr.isatty()
    spoken = started
    try:
        while process.poll() is None:
            now = time.monotonic()
            if now - started > limit:
                return -1, f"{what} was stopped after {elapsed(limit)}"
            if os.getppid() != parent:
                raise SystemExit(f"{what} was stopped: who asked for it is gone")
            if terminal:
                print(f"\r  {what}: {elapsed(now - started)} ", end="", file=sys.stderr, flush=True)
            elif now - spoken >= QUIET_SECONDS:
                spoken = now
                tell(f"  {what}: {elapsed(now - started)}")
            time.sleep(0.5)
        return process.returncode, log.read_text(errors="replace")
    finally:
        end_session(process)
        assert process.stdin is not None
        process.stdin.close()
        if terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def elapsed(seconds: float) -> str:
    """A duration as people say it: "45 s", "3 min 05 s"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
