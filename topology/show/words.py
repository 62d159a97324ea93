"""Ways and scenarios in words, the same in every report."""

from collections.abc import Sequence

from ..proof.failover import Outcome
from ..proof.network import Network
from ..proof.proof import Scenario
from ..proof.routing import Path

LOST = "lost"
LEAK = "leaks to the Internet"
FEW = 3
"""Circuits or sites named where many share the traffic."""


def way(network: Network, outcome: Outcome) -> str:
    """Where traffic goes, both directions in one phrase, such as `ExpressRoute`, `VPN hq` or `lost`."""
    if not outcome.reachable:
        return LEAK if outcome.leaks else LOST
    out, back = _way(network, outcome.out), _way(network, outcome.back)
    return out if out == back else f"{out} out, {back} back"


def chain(network: Network, steps: Sequence[Outcome]) -> str:
    """The ways that traffic takes in turn as what carries it fails: `ExpressRoute, then VPN hq`, or with no other way
    `ExpressRoute -> lost`. steps: as `topology.proof.proof.chain` finds them."""
    ways = [way(network, outcome) for outcome in steps]
    return " -> ".join(ways) if len(ways) <= 2 else ", then ".join(ways[:-1])


def scenario(failed: Scenario) -> str:
    """What has failed, such as `circuit:primary + appliance:hq`."""
    return " + ".join(failed) or "nothing"


def _way(network: Network, path: Path) -> str:
    names = " + ".join(path.via[:FEW]) + (f" and {len(path.via) - FEW} more" if len(path.via) > FEW else "")
    if path.kind == "vpn":
        return f"VPN {names}"
    return "ExpressRoute" if len(path.via) == len(network.circuits) else f"ExpressRoute {names}"
