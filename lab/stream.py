"""Streams of probes between the ends of a world, and what became of each probe."""

import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .machine import LabError
from .paths import LabFlow, passage
from .world import World

SPACING_SECONDS = 0.01
"""Between two probes of a steady stream."""
SETTLE_SECONDS = 0.3
"""How long the last probe of a stream may be on its way."""
WORKS_SECONDS, DROPPED_SECONDS = 4.0, 1.0
"""How long a connection is waited for that should work, and one that should not."""
_streams = itertools.count(1)


@dataclass(frozen=True)
class Probe:
    """What became of one probe. sent: seconds of the machine's monotonic clock. passed: the link or tunnel, or None."""

    number: int
    sent: float
    passed: str | None

    @property
    def lost(self) -> bool:
        """Whether it never arrived."""
        return self.passed is None


def lost(probes: Iterable[Probe]) -> int:
    """How many never arrived."""
    return sum(probe.lost for probe in probes)


def longest_gap(probes: Sequence[Probe]) -> float:
    """The longest time without any arrival, in seconds: from the last probe before a loss to the first after it.

    Zero without a loss; a loss at either end counts up to the end.
    """
    longest, before = 0.0, probes[0].sent if probes else 0.0
    missing = False
    for probe in probes:
        if probe.lost:
            missing = True
            continue
        if missing:
            longest = max(longest, probe.sent - before)
        before, missing = probe.sent, False
    return max(longest, probes[-1].sent - before) if missing else longest


def passages(probes: Iterable[Probe]) -> dict[str, int]:
    """How many arrived over each link and tunnel."""
    return dict(sorted(Counter(probe.passed for probe in probes if probe.passed is not None).items()))


class Ends:
    """The agents in the machines at the ends of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._agents: dict[str, subprocess.Popen[str]] = {}
        for name in ["host", *(f"vm-{number}" for number in range(len(world.blueprint.tiers)))]:
            machine = world[name]
            machine.start(
                "probe",
                *(sys.executable, "-m", "lab.probe"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[1],
            )
            self._agents[name] = machine.processes["probe"]
        for name in self._agents:
            self._answer(name)

    def start(self, flow: LabFlow, interval: float = SPACING_SECONDS, count: int | None = None) -> int:
        """Starts a stream along a flow and returns its number."""
        stream = next(_streams)
        self._ask(
            flow.first, do="send", stream=stream, source=flow.source, target=flow.target, interval=interval, count=count
        )
        return stream

    def finish(self, flow: LabFlow, stream: int) -> list[Probe]:
        """Ends a stream and tells what became of every probe."""
        sent = self._ask(flow.first, do="halt", stream=stream)
        time.sleep(SETTLE_SECONDS)
        return self._collect(flow, stream, sent)

    def pulse(self, flows: Iterable[LabFlow], count: int = 5, interval: float = 0.02) -> dict[LabFlow, list[Probe]]:
        """A few probes along each flow, all at the same time."""
        streams = {flow: self.start(flow, interval, count) for flow in flows}
        time.sleep(count * interval + SETTLE_SECONDS)
        sent = {flow: self._ask(flow.first, do="halt", stream=stream) for flow, stream in streams.items()}
        return {flow: self._collect(flow, stream, sent[flow]) for flow, stream in streams.items()}

    def connections(self, flows: Mapping[LabFlow, bool]) -> dict[LabFlow, str]:
        """What becomes of a new TCP connection along each flow: `echoed`, `connected` without an echo, or `nothing`.

        flows: with each whether it is expected to work; then it is given more time, since a machine may be busy.
        """
        by_machine: dict[str, list[LabFlow]] = {}
        for flow in flows:
            by_machine.setdefault(flow.first, []).append(flow)
        started: list[tuple[str, int, list[LabFlow]]] = []
        for name, some in by_machine.items():
            ends = [(flow.source, flow.target, WORKS_SECONDS if flows[flow] else DROPPED_SECONDS) for flow in some]
            stream = next(_streams)
            self._ask(name, do="connect", stream=stream, ends=ends)
            started.append((name, stream, some))
        return {
            flow: told
            for name, stream, some in started
            for flow, told in zip(some, self._ask(name, do="connected", stream=stream), strict=True)
        }

    def _collect(self, flow: LabFlow, stream: int, sent: list[list[int]]) -> list[Probe]:
        arrived = {number: mark for number, _, _, mark in self._ask(flow.last, do="received", stream=stream)}
        blueprint = self.world.blueprint
        return [
            Probe(number, moment / 1e9, passage(blueprint, arrived[number]) if number in arrived else None)
            for number, moment in sent
        ]

    def _ask(self, name: str, **command: Any) -> Any:
        pipe = self._agents[name].stdin
        assert pipe is not None
        pipe.write(json.dumps(command) + "\n")
        pipe.flush()
        return self._answer(name)

    def _answer(self, name: str) -> Any:
        pipe = self._agents[name].stdout
        assert pipe is not None
        line = pipe.readline()
        if not line:
            raise LabError(f"{name}: the probe agent ended: {self.world[name].log('probe')}")
        return json.loads(line)
