"""Devices of one site: what they tell each other, and that a lost link is answered by the other one."""

import time
from ipaddress import IPv4Address
from typing import Any

from .bfd import FlapWatch
from .faults import Faults, Mode
from .findings import Findings
from .machine import LabError, wait
from .parts import MicrosoftEdge
from .paths import PAST
from .sessions import await_sessions
from .steps import Say, pair_of_flows
from .stream import Ends, longest_gap, passages
from .world import World

ANSWER_SECONDS = 1.0
"""Within this time the other device answers for a lost link: in one run at least, since a busy machine only adds."""
LONGEST_SECONDS = 2 * ANSWER_SECONDS
RUNS: dict[Mode, int] = {"linkDown": 1, "silent": 3}
BEFORE_SECONDS, AFTER_SECONDS = 1.0, 2.0
KEY_SECONDS = 6.0
"""How long a session with another key is watched; with the right one it is up in a second."""


def shared_routes(world: World, found: Findings) -> None:
    """Every device has each path of the others, not only their best one. Raises LabError where there are no others."""
    if len(world.blueprint.devices) < 2:
        raise LabError("onPremises.devices: there are no two devices that could answer for each other")
    prefix = world.blueprint.azure_prefixes[0]
    for device in world.blueprint.devices:
        learned = world[device.name].ask("bgpd", f"show bgp ipv4 unicast {prefix}")["paths"]
        for other in world.blueprint.devices:
            if other is device:
                continue
            address, own = str(other.lan_address.ip), len(other.plan.links) + len(other.plan.tunnels)
            paths = [path for path in learned if path.get("peer", {}).get("peerId") == address]
            found.check(
                f"{device.name} has every path of {other.name} by iBGP",
                len(paths) == own,
                f"{len(paths)} of {own} paths to {prefix}",
            )


def session_keys(world: World, found: Findings) -> None:
    """The circuit's sessions have their MD5 key: with another one they do not come up."""
    for edge in world.blueprint.edges:
        if edge.peering_key is None:
            continue
        machine, peer = world[edge.device], edge.address.ip
        signed = _neighbour(world, edge).get("authenticationEnabled") == 1
        asn = world.blueprint.device(edge.device).plan.asn
        change = ("configure terminal", f"router bgp {asn}")
        machine.vtysh(*change, f"neighbor {peer} password another-key")
        end = time.monotonic() + KEY_SECONDS
        up = False
        while time.monotonic() < end:
            time.sleep(0.2)
            up = up or (time.monotonic() > end - KEY_SECONDS / 2 and _is_up(world, edge, peer))
        refused = _failures(world, edge)
        machine.vtysh(*change, f"neighbor {peer} password {edge.peering_key}")
        wait(lambda e=edge, p=peer: _is_up(world, e, p), f"{edge.name}: the right key does not bring it back", 30)
        found.check(
            f"{edge.name}: the session is signed, and with another key refused",
            signed and not up and refused > 0,
            f"signed: {signed}; with another key {'up' if up else 'not up'}, {refused} segments refused",
        )


def lost_links(world: World, ends: Ends, faults: Faults, found: Findings, say: Say) -> None:
    """Loses the link that the traffic takes, link down and silently, and measures until the other device answers."""
    for mode, runs in RUNS.items():
        gaps: dict[str, list[float]] = {}
        other: list[bool] = []
        for run in range(1, runs + 1):
            say(f"lost link, {mode}, run {run} of {runs}")
            for direction, (gap, answered) in _lose(world, ends, faults, found, mode).items():
                gaps.setdefault(direction, []).append(round(gap, 3))
                other.append(answered)
        for direction, measured in gaps.items():
            found.check(
                f"lost link, {mode}, {direction}: the other device answers within {ANSWER_SECONDS:g} s",
                min(measured) <= ANSWER_SECONDS and max(measured) <= LONGEST_SECONDS and all(other),
                f"gaps of {', '.join(f'{gap:.2f}' for gap in measured)} s",
            )
        found.data.setdefault("lostLinks", []).append({"failure": mode, "gapSeconds": gaps})


def _lose(world: World, ends: Ends, faults: Faults, found: Findings, mode: Mode) -> dict[str, tuple[float, bool]]:
    watch = FlapWatch(world)
    answers: dict[str, tuple[float, bool]] = {}
    for flow in pair_of_flows(world):
        # Equal paths are told apart by the addresses, so a stream takes the link that these probes take.
        now = {passed.partition(PAST)[0] for passed in passages(ends.pulse([flow])[flow])}
        links = [edge for edge in world.blueprint.edges if edge.element in now]
        if len(links) != 1:
            raise LabError(f"traffic does not take one link: {', '.join(sorted(now))}")
        lost = frozenset({links[0].element})
        stream = ends.start(flow)
        time.sleep(BEFORE_SECONDS)
        faults.become(lost, mode)
        await_sessions(world, lost)
        time.sleep(AFTER_SECONDS)
        probes = ends.finish(flow, stream)
        after = (probes[-1].passed or "nothing").partition(PAST)[0]
        others = {edge.element for edge in world.blueprint.edges if edge.device != links[0].device}
        answers[flow.direction] = (longest_gap(probes), after in others)
        faults.become(frozenset())
        await_sessions(world, frozenset())
        watch.check(lost)
    if watch.flaps:
        found.check(f"lost link, {mode}: no BFD session flapped", False, "; ".join(watch.flaps))
    return answers


def _neighbour(world: World, edge: MicrosoftEdge) -> dict[str, Any]:
    found: dict[str, Any] = world[edge.device].ask("bgpd", f"show bgp neighbors {edge.address.ip}")
    return found.get(str(edge.address.ip), {})


def _is_up(world: World, edge: MicrosoftEdge, peer: IPv4Address) -> bool:
    return str(peer) in world[edge.device].learned()


def _failures(world: World, edge: MicrosoftEdge) -> int:
    """Segments that the device refused because of their signature."""
    told = world[edge.device].run("cat", "/proc/net/netstat").splitlines()
    names, values = (line.split() for line in told[:2])
    counted = dict(zip(names, values, strict=True))
    return sum(int(counted[name]) for name in ("TCPMD5NotFound", "TCPMD5Unexpected", "TCPMD5Failure"))
