"""Paths and scenarios in words, the same in every report."""

from collections.abc import Sequence

from ..proof.failover import Paths
from ..proof.network import Network
from ..proof.proof import Scenario
from ..proof.routing import Path
from ..settings.model_express_route import ExpressRouteGateway
from ..settings.model_vpn import VpnGateway

LOST = "lost"
LEAK = "leaks to the Internet"
FEW = 3
"""Circuits or sites named where many share the traffic."""


def both(network: Network, paths: Paths) -> str:
    """Where traffic goes, both directions in one phrase, such as `ExpressRoute`, `VPN hq` or `lost`."""
    if paths.one_way:
        names = ", ".join(network.firewalls[number].name for number in paths.one_way)
        return f"{LOST}, asymmetric at firewall {names}"
    if not paths.reachable:
        return LEAK if paths.leaks else LOST
    out, back = _one(network, paths.out), _one(network, paths.back)
    return out if out == back else f"{out} out, {back} back"


def in_turn(network: Network, steps: Sequence[Paths]) -> str:
    """The paths that traffic takes in turn as what carries it fails: `ExpressRoute, then VPN hq`, or with no other
    `ExpressRoute -> lost`. steps: as `topology.proof.proof.paths_in_turn` finds them."""
    words = [both(network, paths) for paths in steps]
    return " -> ".join(words) if len(words) <= 2 else ", then ".join(words[:-1])


def size(gateway: ExpressRouteGateway | VpnGateway) -> str:
    """A gateway's SKU; of an existing one before Azure was asked that it is one."""
    return gateway.sku or "existing"


def mode(gateway: VpnGateway) -> str:
    """How many instances of the VPN gateway are active, which of an existing one may only be assumed."""
    if gateway.active_active:
        return "active-active"
    return "active-standby" if gateway.known else "one instance assumed"


def scenario(failed: Scenario) -> str:
    """What has failed, such as `circuit:primary + appliance:hq`."""
    return " + ".join(failed) or "nothing"


def _one(network: Network, path: Path) -> str:
    if path.kind == "expressRoute":
        return _circuits(network, path.via)
    return f"{_circuits(network, path.tied)} or VPN {_names(path.via)}" if path.tied else f"VPN {_names(path.via)}"


def _circuits(network: Network, names: tuple[str, ...]) -> str:
    return "ExpressRoute" if len(names) == len(network.circuits) else f"ExpressRoute {_names(names)}"


def _names(names: tuple[str, ...]) -> str:
    return " + ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else "")
