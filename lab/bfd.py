"""BFD as the daemons see it: the negotiated detection time, and sessions that go down without a fault."""

from .elements import link_elements
from .world import World


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
        now = self._downs()
        addresses = {str(e.address.ip): e for e in self.world.blueprint.edges}
        addresses |= {str(e.edge_address): e for e in self.world.blueprint.edges}
        for (name, peer), count in now.items():
            times = count - self._known.get((name, peer), 0)
            allowed = 1 if link_elements(addresses[peer]) & failed_since else 0
            if times > allowed:
                self.flaps.append(f"{name}'s BFD session with {peer} went down {times} times, {allowed} expected")
        self._known = now

    def _downs(self) -> dict[tuple[str, str], int]:
        return {
            (name, counters["peer"]): counters["session-down"]
            for name in _speakers(self.world)
            for counters in self.world[name].ask("bfdd", "show bfd peers counters")
        }


def _speakers(world: World) -> list[str]:
    return ["edge", *(edge.name for edge in world.blueprint.edges)] if world.blueprint.bfd else []
