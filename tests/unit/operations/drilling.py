"""Drills of a simulated live network."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from operations.azure import Azure
from operations.drill import Drill
from operations.drill_outcome import Outcome, Phase, Wanted
from operations.live import PEERING
from operations.methods import Method
from simulator.errors import AzureError
from simulator.resources.failover_tests import cut_off
from tests.live_network import LiveNetwork


@dataclass
class Trial:
    """Drills of one network. said: what they told."""

    network: LiveNetwork
    record: Path
    said: list[str] = field(default_factory=list)
    busy: str = ""
    method: Method = "peering"
    location: str = ""

    def drill(self, azure: Azure | None = None, **options: Any) -> Drill:
        network = self.network
        keys = options.pop("keys", network.secrets)
        options = {"busy": lambda: self.busy, "tell": self.said.append} | options
        return Drill(azure or network.azure, network.live, keys, "dev", self.record, **options)

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.method, location=self.location)

    def run(self, method: Method | None = None, **options: Any) -> Outcome:
        drill = self.drill(**options)
        return drill.run(drill.prepare(Wanted(method) if method else self.wanted))

    def there(self) -> bool:
        """Whether Azure has all that ExpressRoute needs, and no test of its own runs."""
        cloud, live = self.network.cloud, self.network.live
        gateway = cloud.store.get(live.express_route_gateway)
        try:
            peerings = [cloud.get(f"{circuit}/peerings/{PEERING}") for circuit in live.circuits.values()]
            found = [*peerings, *(cloud.get(id) for id in live.connections.values())]
        except AzureError:
            return False
        tested = gateway is None or cut_off(cloud, gateway)
        states = {one["provisioningState"] for one in found}, {one["state"] for one in peerings}
        return states == ({"Succeeded"}, {"Enabled"}) and not tested

    def restored(self) -> bool:
        """Whether ExpressRoute is there, nothing is recorded, and the network is sound."""
        return self.network.status().sound and not self.record.exists()


def unwatched(drill: Drill, phase: Phase, minutes: float) -> None:
    """In place of a drill's looking, where a test is about what it changes: all goes as predicted."""
    phase.reached = phase.begun


def peering(network: LiveNetwork) -> str:
    return f"{network.live.circuits['primary']}/peerings/AzurePrivatePeering"
