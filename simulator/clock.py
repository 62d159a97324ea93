"""Simulated time: minutes that pass faster than real ones, and go on while nobody runs.

The clock is three numbers: a simulated moment, the real moment it was taken at, and the pace between them. The cloud's
file keeps them, so an operation of 45 minutes which was under way when the simulator was killed goes on meanwhile.

For measuring there is another clock: it stands still while anything happens, and when nothing has happened for a moment
it jumps to the next thing that somebody waits for. So it leaves out the time that the engine itself takes.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

DEFAULT_MINUTE_MS = 50.0
"""Real milliseconds per simulated minute: a gateway's 45 minutes pass in 2.25 seconds."""


class Clock(Protocol):
    """Simulated seconds since the cloud was made."""

    def now(self) -> float:
        """The simulated moment, in simulated seconds."""
        ...

    def sleep_until(self, moment: float, wake: threading.Event | None = None) -> bool:
        """Wait until `moment`; False when `wake` was set first."""
        ...


@dataclass(frozen=True)
class Anchor:
    """Where simulated time stood at one real moment."""

    simulated_s: float
    real_s: float
    minute_ms: float

    def at(self, real_s: float) -> float:
        """The simulated moment at a real one (both in seconds)."""
        return self.simulated_s + max(0.0, real_s - self.real_s) * 60_000.0 / self.minute_ms


class RunningClock:
    """The clock of a cloud that is served: real time, scaled."""

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = anchor

    def now(self) -> float:
        return self.anchor.at(time.time())

    def sleep_until(self, moment: float, wake: threading.Event | None = None) -> bool:
        event = wake or threading.Event()
        while (left := moment - self.now()) > 0:
            if event.wait(min(1.0, left * self.anchor.minute_ms / 60_000.0)):
                return False
        return True


class QuietClock:
    """Time that jumps from one awaited moment to the next as soon as all is quiet; kept by the cloud's file."""

    def __init__(self, read: Callable[[], float], write: Callable[[float], None], quiet_ms: float) -> None:
        """`read` and `write` keep the simulated moment; `quiet_ms` real milliseconds without `touch` are quiet."""
        self._read = read
        self._write = write
        self._quiet_s = quiet_ms / 1000.0
        self._lock = threading.Lock()
        self._awaited: list[float] = []
        self._touched = time.monotonic()

    def touch(self) -> None:
        """Something happens: time stands still for a moment more."""
        self._touched = time.monotonic()

    def now(self) -> float:
        return self._read()

    def sleep_until(self, moment: float, wake: threading.Event | None = None) -> bool:
        event = wake or threading.Event()
        self.touch()
        with self._lock:
            self._awaited.append(moment)
        try:
            while self.now() < moment:
                if event.wait(self._quiet_s / 4):
                    return False
                self._jump()
        finally:
            with self._lock:
                self._awaited.remove(moment)
            self.touch()
        return True

    def _jump(self) -> None:
        with self._lock:
            earliest = min(self._awaited, default=0.0)
            if time.monotonic() - self._touched >= self._quiet_s and self.now() < earliest:
                self._write(earliest)
                self.touch()


class InstantClock:
    """A clock for tests: it stands still, and waiting moves it on at once."""

    def __init__(self, start_s: float = 0.0) -> None:
        self._now = start_s
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now

    def sleep_until(self, moment: float, wake: threading.Event | None = None) -> bool:
        with self._lock:
            self._now = max(self._now, moment)
        return True

    def advance(self, minutes: float) -> None:
        """Let simulated minutes pass."""
        self.sleep_until(self._now + minutes * 60.0)
