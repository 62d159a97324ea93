"""How long the loss of the circuit goes unnoticed: silent and with the link down, with BFD and without."""

import time
from typing import Any

from topology.proof.detection import BGP_HOLD_SECONDS

from .bfd import FlapWatch, detection_seconds
from .faults import Faults, Mode
from .findings import Findings
from .sessions import await_sessions
from .steps import DETECTION_FACTOR, RETURN_LOSS, Say, all_circuits, pair_of_flows
from .stream import Ends, longest_gap, lost
from .world import World

BEFORE_SECONDS, AFTER_SECONDS = 1.0, 1.5
AZURE_WITH_BFD = "detection below 1 s, convergence between gateway and Microsoft's edge up to 1 min [TIME-07]"
AZURE_WITHOUT_BFD = f"up to {BGP_HOLD_SECONDS} s, the BGP hold time [TIME-06]"
AZURE_OBSERVED = "ExpressRoute to VPN below 10 s to about 90 s, as observed by others [TIME-08]"
NOTICED_SECONDS = BGP_HOLD_SECONDS + 30


def lose_circuits(
    world: World, ends: Ends, faults: Faults, found: Findings, say: Say, mode: Mode, runs: int, azure: str
) -> None:
    """Loses every circuit `runs` times with a steady stream and measures the gap, and what the return loses."""
    bfd = world.blueprint.bfd
    detection = detection_seconds(world) if bfd else 0.0
    rows: list[dict[str, Any]] = []
    for run in range(1, runs + 1):
        say(f"circuit loss, {_words(mode, bfd)}, run {run} of {runs}")
        watch = FlapWatch(world)
        streams = {flow: ends.start(flow) for flow in pair_of_flows(world)}
        time.sleep(BEFORE_SECONDS)
        faults.become(all_circuits(world), mode)
        await_sessions(world, faults.failed, NOTICED_SECONDS)
        time.sleep(AFTER_SECONDS)
        restored = time.monotonic()
        faults.become(frozenset())
        await_sessions(world, frozenset(), 60)
        time.sleep(AFTER_SECONDS)
        watch.check(all_circuits(world))
        if watch.flaps:
            found.check(
                f"circuit loss, {_words(mode, bfd)}, run {run}: no BFD session flapped", False, str(watch.flaps)
            )
        for flow, stream in streams.items():
            probes = ends.finish(flow, stream)
            away = [probe for probe in probes if probe.sent < restored]
            back = [probe for probe in probes if probe.sent >= restored]
            rows.append(
                {
                    "run": run,
                    "direction": flow.direction,
                    "lost": lost(away),
                    "gapSeconds": round(longest_gap(away), 3),
                    "lostOnReturn": lost(back),
                }
            )
    gap = max(row["gapSeconds"] for row in rows)
    back = max(row["lostOnReturn"] for row in rows)
    name = f"circuit loss, {_words(mode, bfd)}"
    if mode == "silent":
        limit = DETECTION_FACTOR * detection if bfd else BGP_HOLD_SECONDS + DETECTION_FACTOR
        against = f"negotiated detection {detection:.2f} s" if bfd else f"BGP hold time {BGP_HOLD_SECONDS} s"
        found.check(
            f"{name}: longest gap at most {limit:g} s in {runs} of {runs} runs", gap <= limit, f"{gap:.2f} s, {against}"
        )
    found.check(f"{name}: the return loses at most {RETURN_LOSS} probes", back <= RETURN_LOSS, f"{back} lost at most")
    found.data.setdefault("detection", []).append(
        {
            "failure": mode,
            "bfd": bfd,
            "negotiatedSeconds": detection or BGP_HOLD_SECONDS,
            "runs": rows,
            "longestGapSeconds": gap,
            "azure": azure,
        }
    )


def _words(mode: Mode, bfd: bool) -> str:
    return f"{'silent' if mode == 'silent' else 'link down'}, {'with' if bfd else 'without'} BFD"
