"""Every single failure, and the pairs that matter: the path really taken against the expected one."""

import time
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from topology.proof.failover import flows
from topology.proof.network import Edge, network
from topology.proof.routing import Path
from topology.settings.model import Settings

from .bfd import FlapWatch
from .faults import Faults
from .findings import Findings
from .paths import expected_connections, expected_paths, path_of, real_path, words
from .sessions import await_sessions
from .steps import Say
from .stream import Ends, Probe, lost, passages
from .world import World

Scenario = frozenset[str]
MEND_SECONDS = 45
SETTLE_SECONDS = 0.5
"""For what the sessions do not show: routes that go with an interface."""


def scenarios(settings: Settings) -> list[Scenario]:
    """All single failures, and every pair that either does what neither of its two does alone or takes a part of the
    VPN away while ExpressRoute is gone; in an order that changes the slow VPN side least often."""
    elements = network(settings).elements
    singles = [frozenset({element}) for element in elements]
    paths = {failed: _paths(settings, failed) for failed in singles}
    chosen = list(singles)
    for pair in map(frozenset, combinations(elements, 2)):
        one, two = (paths[frozenset({element})] for element in sorted(pair))
        surprising = any(path not in (one[key], two[key]) for key, path in _paths(settings, pair).items())
        if surprising or ("gateway:expressRoute" in pair and any(map(_of_vpn, pair))):
            chosen.append(pair)
    return sorted(
        dict.fromkeys(chosen), key=lambda failed: (sorted(filter(_of_vpn, failed)), len(failed), sorted(failed))
    )


def _of_vpn(element: str) -> bool:
    return element.startswith(("gateway:vpn", "appliance:", "tunnel:"))


def _paths(settings: Settings, failed: Iterable[str]) -> dict[Any, Any]:
    return {(p.prefix, p.tier, p.direction): (p.path.kind, p.path.via) for p in flows(settings, frozenset(failed))}


def run_scenarios(
    world: World, ends: Ends, faults: Faults, found: Findings, say: Say, chosen: Sequence[Scenario], mend: bool = True
) -> None:
    """Makes each scenario real and compares the path of every flow with the expected one.

    mend: let nothing be failed in the end.
    """
    rows: list[dict[str, Any]] = []
    for number, failed in enumerate(chosen, 1):
        name = " + ".join(sorted(failed))
        say(f"failure {number} of {len(chosen)}: {name}")
        watch = FlapWatch(world)
        before = faults.failed
        faults.become(failed)
        await_sessions(world, failed, MEND_SECONDS)
        time.sleep(SETTLE_SECONDS)
        watch.check(failed | before)
        differences = compare(world, ends, rows, failed)
        found.check(
            f"{name}: expected and real path agree",
            not differences,
            "; ".join(differences) or f"{len(flows(world.blueprint.settings))} flows agree",
        )
        if watch.flaps:
            found.check(f"{name}: no BFD session flapped", False, "; ".join(watch.flaps))
    if mend:
        faults.become(frozenset())
        await_sessions(world, frozenset(), MEND_SECONDS)
    found.data["scenarios"] = rows


def compare(
    world: World, ends: Ends, rows: list[dict[str, Any]], failed: Scenario, edge: Edge | None = None
) -> list[str]:
    """Compares the expected path of every flow with the kernels' and with that of probes, and whether connections work
    with what becomes of new ones; the differences in words.

    edge: how the on-premises edge prefers, where that is not as the appliance's files do.
    """
    settings = world.blueprint.settings
    expected = expected_paths(world.blueprint, flows(settings, failed, edge=edge))
    works = expected_connections(settings, failed, edge)
    pulses = ends.pulse(expected)
    told = ends.connections({flow: works[flow.prefix, flow.tier] for flow in expected})
    differences: list[str] = []
    for flow, wanted in expected.items():
        real = real_path(world, flow)
        probed = of_probes(world, pulses[flow])
        connects = works[flow.prefix, flow.tier]
        path_agrees = agrees(wanted, real, probed)
        agree = path_agrees and (told[flow] == "echoed") == connects
        rows.append(
            {
                "failed": sorted(failed),
                "prefix": str(flow.prefix),
                "tier": flow.tier,
                "direction": flow.direction,
                "expected": words(wanted),
                "kernel": words(real),
                "probes": words(probed),
                "connects": connects,
                "connection": told[flow],
                "agree": agree,
            }
        )
        name = f"{flow.direction} {flow.prefix} {flow.tier}"
        if not path_agrees:
            differences.append(f"{name}: expected {words(wanted)}, kernel {words(real)}, probes {words(probed)}")
        if (told[flow] == "echoed") != connects:
            wish = "works" if connects else "does not work"
            differences.append(f"{name}: expected that a connection {wish}, and its probe says: {told[flow]}")
    return differences


def agrees(expected: Path, real: Path, probed: Path) -> bool:
    """Whether a flow goes as expected: the kernels say the same, and probes arrived over nothing else.

    One flow's probes take one of several equal paths, so they must be among the expected ones. Of several firewalls
    they tell the last. Where a tie decides, it may be either path.
    """
    if expected.kind == "unreachable":
        return real.kind == "unreachable" and probed.kind == "unreachable"
    if expected.tied:
        return probed.kind in ("expressRoute", "vpn") and real.kind in (probed.kind, "unreachable")
    return (
        expected == real
        and probed.kind == expected.kind
        and probed.firewalls == expected.firewalls[-1:]
        and set(probed.via) <= set(expected.via)
        and bool(probed.via)
    )


def of_probes(world: World, probes: list[Probe]) -> Path:
    """The path that probes took, by their marks; unreachable where any was lost."""
    passed = passages(probes)
    if lost(probes):
        return Path("unreachable", ("some arrived",) if passed else ())
    return path_of(world.blueprint, passed)
