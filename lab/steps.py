"""The architecture's own test, in four steps: reach Azure, stop ExpressRoute, still reach it, bring it back."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from topology.proof.failover import flows
from topology.proof.routing import Kind, Path

from .bfd import FlapWatch, detection_seconds
from .faults import Faults, Mode
from .findings import Findings
from .machine import LabError, wait
from .paths import LabFlow, expected_paths, kind_of, real_path
from .sessions import TunnelCount, await_sessions, tunnel_count
from .stream import Ends, Probe, longest_gap, lost, passages
from .world import World

REACH_SECONDS, HOLD_SECONDS = 3.0, 4.0
RETURN_LOSS = 3
"""Probes that the return to ExpressRoute may lose."""
BACKGROUND_PACKETS = 10
"""What BGP may say through an idle tunnel during a step."""
KERNEL_SECONDS = 5.0
"""How long the kernels' routes may lag behind the daemons'."""
COUNTING_SKEW = 0.05
"""Reading the counters of all tunnels takes a moment."""
DETECTION_FACTOR = 2
"""The longest gap at most, in negotiated detection times."""
Say = Callable[[str], None]


def all_circuits(world: World) -> frozenset[str]:
    """Every circuit: what "stop ExpressRoute" stops."""
    return frozenset(f"circuit:{edge.circuit}" for edge in world.blueprint.edges)


def pair_of_flows(world: World) -> list[LabFlow]:
    """The two directions between the first prefix and the first tier."""
    return list(expected_paths(world.blueprint, flows(world.blueprint.settings)))[:2]


def four_steps(world: World, ends: Ends, faults: Faults, found: Findings, say: Say, mode: Mode = "silent") -> None:
    """Runs the four steps with a steady stream in both directions and judges every one of them."""
    pair = pair_of_flows(world)
    stopped = all_circuits(world)
    watch = FlapWatch(world)
    detection = detection_seconds(world)
    streams = {flow: ends.start(flow) for flow in pair}
    moments: list[float] = []
    counts: list[TunnelCount] = []
    paths: list[dict[LabFlow, Path]] = []

    def mark() -> None:
        moments.append(time.monotonic())
        counts.append(tunnel_count(world))

    say("step 1: reach Azure")
    mark()
    time.sleep(REACH_SECONDS)
    paths.append({flow: real_path(world, flow) for flow in pair})
    mark()
    say("step 2: stop ExpressRoute")
    moments[-1] = time.monotonic()
    faults.become(stopped, mode)
    _await_paths(world, stopped, pair, "vpn")
    mark()
    say("step 3: still reach Azure")
    time.sleep(HOLD_SECONDS)
    paths.append({flow: real_path(world, flow) for flow in pair})
    mark()
    say("step 4: bring ExpressRoute back")
    faults.become(frozenset())
    _await_paths(world, frozenset(), pair, "expressRoute")
    back = time.monotonic()
    time.sleep(HOLD_SECONDS)
    paths.append({flow: real_path(world, flow) for flow in pair})
    mark()
    watch.check(stopped)
    probes = {flow: ends.finish(flow, stream) for flow, stream in streams.items()}
    _judge(found, probes, moments, back, counts, paths, detection)
    found.check("no BFD session flapped", not watch.flaps, "; ".join(watch.flaps) or "none went down without a fault")
    found.data |= {
        "failure": mode,
        "detectionSeconds": detection,
        "steps": _steps(probes, moments),
        "timeline": _timeline(probes, moments[0]),
        "marks": [round(moment - moments[0], 3) for moment in moments],
    }


def _await_paths(world: World, failed: frozenset[str], pair: Sequence[LabFlow], kind: Kind) -> None:
    """Waits for the sessions, and then for the kernels, which have a route some moments after its daemon knows it: what
    is sent until then belongs to the change. Where it does not come, the step's own check says what there is."""
    await_sessions(world, failed)
    with suppress(LabError):
        wait(lambda: all(real_path(world, flow).kind == kind for flow in pair), "", KERNEL_SECONDS, 0.02)


def _judge(
    found: Findings,
    probes: dict[LabFlow, list[Probe]],
    moments: Sequence[float],
    back: float,
    counts: Sequence[TunnelCount],
    paths: Sequence[dict[LabFlow, Path]],
    detection: float,
) -> None:
    start, stop, over, restore, end = moments
    for flow, all_probes in probes.items():
        name = flow.direction
        first = _between(all_probes, start, stop)
        second = _between(all_probes, stop, over)
        third = _between(all_probes, over, restore)
        last = _between(all_probes, restore, end)
        settled = _between(all_probes, back, end)
        _over(found, f"step 1 {name}: reached over ExpressRoute", first, "expressRoute", paths[0][flow])
        gap = longest_gap(second)
        found.check(
            f"step 2 {name}: longest gap at most {DETECTION_FACTOR} detection times",
            0 < gap <= DETECTION_FACTOR * detection,
            f"{lost(second)} probes lost, longest gap {gap:.2f} s, negotiated detection {detection:.2f} s",
        )
        _over(found, f"step 3 {name}: reached through the tunnel", third, "vpn", paths[1][flow])
        found.check(
            f"step 4 {name}: the return loses at most {RETURN_LOSS} probes",
            lost(last) <= RETURN_LOSS,
            f"{lost(last)} of {len(last)} probes lost, longest gap {longest_gap(last):.2f} s",
        )
        _over(found, f"step 4 {name}: reached over ExpressRoute again", settled, "expressRoute", paths[2][flow])
    idle, carried = (counts[later].since(counts[later - 1]) for later in (1, 3))
    through = sum(len(_between(all_probes, counts[2].moment, counts[3].moment)) for all_probes in probes.values())
    found.check(
        "step 3: the tunnels' own counters show the probes",
        carried >= through * (1 - COUNTING_SKEW),
        f"{through} probes sent, {carried} packets counted on the ESP associations",
    )
    found.check("step 1: the tunnels are idle", idle <= BACKGROUND_PACKETS, f"{idle} packets counted on them")


def _over(found: Findings, name: str, probes: list[Probe], kind: str, real: Path) -> None:
    kinds = {kind_of(passed) for passed in passages(probes)}
    passed = kinds == {kind} and lost(probes) == 0 and real.kind == kind
    found.check(name, passed, f"{lost(probes)} of {len(probes)} lost, over {passages(probes)}, kernel: {real}")


def _between(probes: Sequence[Probe], start: float, end: float) -> list[Probe]:
    return [probe for probe in probes if start <= probe.sent < end]


def _steps(probes: dict[LabFlow, list[Probe]], moments: Sequence[float]) -> list[dict[str, Any]]:
    start, stop, over, restore, end = moments
    names = ("reach Azure", "stop ExpressRoute", "still reach Azure", "bring ExpressRoute back")
    steps = []
    for name, since, until in zip(names, (start, stop, over, restore), (stop, over, restore, end), strict=True):
        step: dict[str, Any] = {"step": name, "seconds": round(until - since, 2)}
        for flow, all_probes in probes.items():
            some = _between(all_probes, since, until)
            step[flow.direction] = {
                "sent": len(some),
                "lost": lost(some),
                "longestGapSeconds": round(longest_gap(some), 3),
                "over": passages(some),
            }
        steps.append(step)
    return steps


def _timeline(probes: dict[LabFlow, list[Probe]], start: float) -> dict[str, list[list[Any]]]:
    """Runs of probes that went the same: seconds of the first, seconds of the last, and what they went through."""
    lines: dict[str, list[list[Any]]] = {}
    for flow, all_probes in probes.items():
        lines[flow.direction] = []
        for passed, group in groupby(all_probes, key=lambda probe: probe.passed):
            run = list(group)
            lines[flow.direction].append([round(run[0].sent - start, 3), round(run[-1].sent - start, 3), passed])
    return lines
