"""What an operation is doing to a live network right now: a record on this machine, which the program looks for too.

`python -m operations drill` and `rotate-key` write it before they change anything, and take it away when all is as it
was. While their process lives, no update of the stack begins; when it is dead, its record stops nobody: every way back
stays open.
"""

import json
import os
import socket
from pathlib import Path
from typing import Any, NamedTuple


class UnderWay(NamedTuple):
    """A record: what runs, whose it is. lives: its process runs; None where that cannot be seen from this machine."""

    command: str
    pid: int
    host: str
    lives: bool | None


def folder() -> Path:
    """The project's folder in the user's state folder (`$XDG_STATE_HOME`)."""
    base = os.environ.get("XDG_STATE_HOME") or ""
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local/state") / "hybrid-network"


def file_of(stack: str, resource_group: str) -> Path:
    """Where the record of a stack is. stack: with or without its organization."""
    return folder() / f"under-way-{stack.rsplit('/', 1)[-1]}-{resource_group}.json"


def owner() -> dict[str, Any]:
    """This process, as a record names it."""
    import psutil

    return {"pid": os.getpid(), "born": psutil.Process().create_time(), "host": socket.gethostname()}


def under_way(file: Path) -> UnderWay | None:
    """What the record says; None where there is none."""
    try:
        record = json.loads(file.read_text())
        own, command = record["owner"], str(record["command"])
        pid, born, host = int(own["pid"]), float(own["born"]), str(own["host"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return UnderWay("an operation", 0, "", None)
    return UnderWay(command, pid, host, _lives(pid, born) if host == socket.gethostname() else None)


def _lives(pid: int, born: float) -> bool | None:
    """Whether the process still runs: another one may have its number by now, which psutil alone can tell. The program
    works without it, as only the tools require it; then a number in use says nothing."""
    try:
        import psutil
    except ModuleNotFoundError:
        return None if number_in_use(pid) else False
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - born) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def number_in_use(pid: int) -> bool:
    """Whether some process of this machine has the number, be it another one than that which is meant."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
