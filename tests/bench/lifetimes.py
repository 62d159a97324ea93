"""How long Azure takes for the first phase and for a destroy, against the least that its dependencies allow.

The dependencies are written down here from Azure's documents, and not taken from our program: what waits for more than
it must shows as a ratio above 1. Times are simulated minutes; the simulated Azure's table has them (TIME-*).
"""

import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator import durations
from simulator.cloud import Cloud
from tests.bench.measure import Figure
from toolchain.workspace import Workspace

LIMIT = 1.05
MINUTE_MS = {"up": 600.0, "destroy": 2000.0}
"""Real milliseconds of a simulated minute: so many that the engine's own work, some 10 ms a step, hardly counts."""
POLL_MINUTES = {"create": 10 / 60, "delete": 30 / 60}
"""How often azure-native asks whether an operation has ended [ARM-02, ARM-04]."""


@dataclass(frozen=True)
class Step:
    """One operation of Azure: a row of the simulator's durations, and the steps that must have ended before."""

    kind: str
    after: tuple[str, ...] = ()


CREATION = {
    "resource group": Step("short"),
    "virtual network": Step("short", ("resource group",)),
    # A gateway is made in the subnet of this name [GW-01]; subnets are made one at a time [ORDER-06].
    "GatewaySubnet": Step("short", ("virtual network",)),
    "public address": Step("short", ("resource group",)),
    # Either gateway may be first, and both may be made at once [ORDER-01, ORDER-02].
    "ExpressRoute gateway": Step("gateway", ("GatewaySubnet",)),
    "VPN gateway": Step("gateway", ("GatewaySubnet", "public address")),
    "local network gateway": Step("localNetworkGateway", ("resource group",)),
    # A reference to what is not yet Succeeded is refused [ORDER-07].
    "VPN connection": Step("connection", ("VPN gateway", "local network gateway")),
    "circuit": Step("circuit", ("resource group",)),
    "AzureBastionSubnet": Step("short", ("GatewaySubnet",)),
    "Bastion": Step("bastion", ("AzureBastionSubnet", "public address")),
    "tier subnet": Step("short", ("AzureBastionSubnet",)),
    "load balancer": Step("loadBalancer", ("tier subnet",)),
}
"""The first phase of the reference architecture: each step with what Azure refuses to do it without."""

DELETION = {
    "VPN connection": Step("connection"),
    # A gateway with connections cannot be deleted [DELETE-01], nor a public address or a subnet in use
    # [DELETE-02, DELETE-03].
    "VPN gateway": Step("vpnGateway", ("VPN connection",)),
    "ExpressRoute gateway": Step("expressRouteGateway"),
    "public address": Step("short", ("VPN gateway",)),
    "GatewaySubnet": Step("short", ("VPN gateway", "ExpressRoute gateway")),
    "Bastion": Step("bastion"),
    "AzureBastionSubnet": Step("short", ("Bastion",)),
    "local network gateway": Step("localNetworkGateway", ("VPN connection",)),
    "circuit": Step("circuit"),
    "virtual network": Step("short", ("GatewaySubnet", "AzureBastionSubnet")),
    "resource group": Step("resourceGroup", ("virtual network", "public address", "circuit", "local network gateway")),
}
"""The destruction of what the first phase made."""


def least(steps: dict[str, Step], verb: str) -> float:
    """Minutes until the last step has ended, when each starts as soon as Azure allows."""
    ends: dict[str, float] = {}
    for name, step in steps.items():
        start = max((ends[other] for other in step.after), default=0.0)
        polls = math.ceil(durations.minutes(step.kind, verb) / POLL_MINUTES[verb] - 1e-9)
        ends[name] = start + polls * POLL_MINUTES[verb]
    return max(ends.values())


def lifetimes() -> Iterator[Figure]:
    """Phase 1 of `reference` and its destroy, by the real engine on the simulated Azure's clock."""
    with tempfile.TemporaryDirectory(prefix="hybrid-network-") as folder:
        cloud = Path(folder) / "cloud.db"
        _pace(cloud, MINUTE_MS["up"])
        with Workspace.open(Path(folder), stack="reference") as workspace:
            workspace.make_shared_keys()
            workspace.change(protect=False)
            yield from _measured(workspace, "phase 1", "up", "create", CREATION)
            # The clone's simulator starts with the pace that the file has then.
            _pace(cloud, MINUTE_MS["destroy"])
            with workspace.clone() as slower:
                yield from _measured(slower, "destroy", "destroy", "delete", DELETION)


def _pace(cloud: Path, minute_ms: float) -> None:
    Cloud(cloud, minute_ms=minute_ms).close()


def _measured(workspace: Workspace, name: str, command: str, verb: str, steps: dict[str, Step]) -> Iterator[Figure]:
    workspace.pulumi(command, "--yes", "--skip-preview").check()
    minutes, bound = _duration(workspace, verb), least(steps, verb)
    yield Figure(f"{name}, simulated", minutes, "min")
    yield Figure(f"{name}, least that Azure allows", bound, "min")
    yield Figure(f"{name}, simulated / least", minutes / bound, "ratio", LIMIT)


def _duration(workspace: Workspace, verb: str) -> float:
    """Simulated minutes from the first call of a kind to the end of the last."""
    calls = json.loads(workspace.simulated("calls", "--json"))["calls"]
    chosen = [call for call in calls if call["operation"] == verb]
    return max(call["end"] for call in chosen) - min(call["start"] for call in chosen)
