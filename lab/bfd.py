"""BFD as the daemons see it: the negotiated detection time, and sessions that go down without a fault."""

from .elements import device_elements, link_elements
from .world import World

Session = tuple[str, str]
"""A machine and the address of its peer."""


def detection_seconds(world: World) -> float:
    """The longest negotiated detection time of all sessions, at either end: the other end's multiplier times the slower
    of its sending and our receiving interval (RFC 5880, section 6.8.4)."""
    longest = 0.0
    for name in _speakers(world):
        for peer in world[name].ask("bfdd", "show bfd peers"):
            interval = max(peer["receive-interval"], peer["remote-transmit-interval"])
            longest = max(longest, peer["remote-detect-multiplier"] * interval / 1000)
    return longest


class FlapWatch:
    """Counts how often each session went down, and tells which went down without a fault of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._known = self._downs()
        self.flaps: list[str] = []

    def check(self, failed_since: frozenset[str]) -> None:
        """Compares with the last check. failed_since: every element that failed at some time since then."""
        now, needs = self._downs(), _elements(self.world)
        for session, count in now.items():
            times = count - self._known.get(session, 0)
            allowed = 1 if needs[session] & failed_since else 0
            if times > allowed:
                name, peer = session
                self.flaps.append(f"{name}'s BFD session with {peer} went down {times} times, {allowed} expected")
        self._known = now

    def _downs(self) -> dict[Session, int]:
        return {
            (name, counters["peer"]): counters["session-down"]
            for name in _speakers(self.world)
            for counters in self.world[name].ask("bfdd", "show bfd peers counters")
        }


def _elements(world: World) -> dict[Session, frozenset[str]]:
    """For each session the elements with which it goes down."""
    blueprint = world.blueprint
    found: dict[Session, frozenset[str]] = {}
    for edge in blueprint.edges:
        elements = link_elements(blueprint, edge)
        found[edge.device, str(edge.address.ip)] = found[edge.name, str(edge.edge_address)] = elements
    for device in blueprint.devices:
        own, address = device_elements(device), str(device.lan_address.ip)
        found[device.name, str(blueprint.core.ip)] = found["host", address] = own
        for other in blueprint.devices:
            found[other.name, address] = own | device_elements(other)
    return found


def _speakers(world: World) -> list[str]:
    """The machines whose BFD daemon counts how often its sessions went down: FRR's does."""
    blueprint = world.blueprint
    if not blueprint.bfd:
        return []
    names = [device.name for device in blueprint.devices] + ["host"] * blueprint.has_core
    return names + [edge.name for edge in blueprint.edges if not blueprint.bird]
