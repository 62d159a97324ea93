"""Probes of a drill: TCP connections, ten a second, to what should be reachable all the time."""

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from operations.azure import UsageError

EVERY_S = 0.1
TIMEOUT_S = 1.0


class Shot(NamedTuple):
    """One try. at: when it began (seconds since the epoch)."""

    at: float
    answered: bool


@dataclass(frozen=True)
class Loss:
    """What a span of time cost. longest_s: the longest time without an answer, in seconds."""

    sent: int
    lost: int
    longest_s: float


@dataclass
class Probe:
    """Probes of one target, until it is stopped."""

    host: str
    port: int
    shots: list[Shot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @classmethod
    def read(cls, text: str) -> "Probe":
        """A target of the command line, HOST:PORT. Raises `UsageError`."""
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise UsageError(f"--probe {text}: HOST:PORT was expected")
        return cls(host.strip("[]"), int(port))

    @property
    def name(self) -> str:
        """The target as it was given."""
        return f"{self.host}:{self.port}"

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is under way is waited for."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(2 * TIMEOUT_S)

    def _run(self) -> None:
        due = time.monotonic()
        while not self._end.is_set():
            # Each in a thread of its own: one that is lost must not delay the next ones.
            threading.Thread(target=self._shoot, daemon=True).start()
            due += EVERY_S
            self._end.wait(max(0.0, due - time.monotonic()))

    def _shoot(self) -> None:
        at = time.time()
        try:
            socket.create_connection((self.host, self.port), TIMEOUT_S).close()
            answered = True
        except OSError:
            answered = False
        self.shots.append(Shot(at, answered))

    def loss(self, start: float, end: float) -> Loss:
        """What was lost between two moments."""
        shots = sorted(shot for shot in list(self.shots) if start <= shot.at <= end)
        lost, longest, since = 0, 0.0, start
        for shot in shots:
            if shot.answered:
                longest, since = max(longest, shot.at - since), shot.at
            else:
                lost += 1
        if shots and not shots[-1].answered:
            longest = max(longest, end - since)
        return Loss(len(shots), lost, round(longest, 1) if lost else 0.0)
