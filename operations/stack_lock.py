"""The lock of a stack, and whether whoever took it is still there.

A backend of one's own (a folder, a bucket) locks a stack with a file that names process, user and machine. After a
killed run the file stays, and every later run is refused.
"""

import re
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from topology.under_way import number_in_use

STARTER = "HYBRID_NETWORK_OPERATION"
"""In the environment of each command that an operation starts: the number of the operation's process."""

_OWNER = re.compile(r"(?P<file>\S+): created by (?P<user>[^@\s]*)@(?P<host>\S*) \(pid (?P<pid>\d+)\) at (?P<when>\S+)")
"""How the Pulumi CLI names a lock when it refuses to work."""

REFUSALS = ("the stack is currently locked by", "Another update is currently in progress")
"""What the CLI says of a locked stack: a backend of one's own, and Pulumi Cloud."""


@dataclass(frozen=True)
class Lock:
    """One lock: who took it, where and when."""

    pid: int
    user: str
    host: str
    when: str

    @property
    def owner(self) -> str:
        """The owner in words."""
        return f"process {self.pid} of {self.user}@{self.host}, since {self.when}"

    def alive(self) -> bool | None:
        """Whether the owner still runs; None where that cannot be seen from this machine."""
        if self.host != socket.gethostname():
            return None
        return is_pulumi(self.pid)

    def left_behind(self) -> bool:
        """Whether the owner still runs and was started by an operation that is gone."""
        if not self.alive():
            return False
        try:
            starter = psutil.Process(self.pid).environ().get(STARTER, "")
        except psutil.Error:
            return False
        return starter.isdecimal() and not psutil.pid_exists(int(starter))


class LockedError(Exception):
    """The stack is locked, and the lock must not be freed; the text says whose it is and what can be done."""

    def __init__(self, lock: Lock | None) -> None:
        if lock is not None and lock.alive():
            text = f"The stack is in use by {lock.owner}, which still runs: wait for it, or end it first."
        elif lock is not None:
            text = (
                f"The stack is locked by {lock.owner}, and whether that still runs cannot be seen from here. "
                "When you know that it has ended, run this again with --owner-is-gone."
            )
        else:
            text = (
                "The backend says that another update is in progress, and not whose it is. When you know that it has "
                "ended, run this again with --owner-is-gone."
            )
        super().__init__(text)


def locks_in(refusal: str) -> list[Lock]:
    """The locks that a refusal of the CLI names."""
    return [Lock(int(found["pid"]), found["user"], found["host"], found["when"]) for found in _OWNER.finditer(refusal)]


def is_refusal(text: str) -> bool:
    """Whether a command failed because the stack is locked."""
    return any(refusal in text for refusal in REFUSALS)


def is_pulumi(pid: int) -> bool:
    """Whether a process runs and is a Pulumi CLI: a number that another program has by now does not count."""
    if not number_in_use(pid):
        return False
    state, name = _seen(pid)
    return state != "Z" and ("pulumi" in name or not name)


def _seen(pid: int) -> tuple[str, str]:
    """State letter and name of a process, as far as the machine tells."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
        name, _, rest = text.partition("(")[2].rpartition(")")
        return rest.strip()[:1], name
    except OSError:
        pass
    try:
        done = subprocess.run(["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    except OSError:
        return "", ""
    state, _, name = done.stdout.strip().partition(" ")
    return state[:1], name.strip()
