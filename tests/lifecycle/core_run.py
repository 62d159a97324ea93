"""The stack's run without an engine: the provider's client makes the same resources, in the same order, in no time.

It stands in for the engine where a run is needed hundreds of times: what is in the state is not made again, what is
there with an error is updated, and a failure ends the run. Recovery is reduced to its idea: what exists and is missing
is adopted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator import drift
from simulator.clock import InstantClock
from simulator.cloud import Cloud
from simulator.faults import Faults, Rule
from simulator.front import Front
from simulator.native import Client, Failure, PartlyDone
from simulator.resources import kinds

Json = dict[str, Any]

LIMIT = 12
"""Runs after which a disturbed stack counts as lost."""


@dataclass(frozen=True)
class Wanted:
    """A resource of the program: its type, inputs (secrets in clear) and timeout in seconds."""

    token: str
    inputs: Json
    timeout_s: float


@dataclass
class CoreRun:
    """One stack on one simulated Azure in memory, with at most one fault."""

    phase_one: list[Wanted]
    phase_two: list[Wanted]
    """All that phase 2 has besides."""
    circuit: str
    """The circuit's id."""
    faults: list[Json] = field(default_factory=list)
    failures: int = 0
    recoveries: int = 0

    def __post_init__(self) -> None:
        self.cloud = Cloud(clock=InstantClock())
        rules = [Rule(f"fault {index}", raw) for index, raw in enumerate(self.faults)]
        self.client = Client(self.cloud, Front(self.cloud, Faults(self.cloud, rules=rules)))
        self.state: dict[str, bool] = {}
        """Ids in the state, and whether each is in order."""

    def whole(self) -> None:
        """Both phases to their good end; AssertionError when that does not come."""
        self._phase(self.phase_one)
        self.cloud.wait(drift.provision(self.cloud, self.circuit))
        self._phase([*self.phase_one, *self.phase_two])

    def _phase(self, wanted: list[Wanted]) -> None:
        last = ""
        for _ in range(LIMIT):
            try:
                self._up(wanted)
                return
            except Failure as failure:
                last = str(failure)
                self.failures += 1
                self._recover(wanted)
        raise AssertionError(f"not up in {LIMIT} runs: {last}")

    def _up(self, wanted: Iterable[Wanted]) -> None:
        self._look_up()
        for item in wanted:
            kind = kinds()[item.token]
            id = self.cloud.id_of(item.token, item.inputs)
            if self.state.get(id):
                continue
            try:
                if id in self.state:
                    self.client.update(kind, item.inputs, item.timeout_s)
                else:
                    self.client.create(kind, item.inputs, item.timeout_s)
            except PartlyDone:
                self.state[id] = False
                raise
            self.state[id] = True

    def _look_up(self) -> None:
        """What the program asks before it registers anything."""
        group, name = self.circuit.split("/")[4], self.circuit.rsplit("/", 1)[1]
        for token, parameter in (
            ("azure-native:network:getExpressRouteCircuit", {"circuitName": name}),
            (
                "azure-native:network:getVirtualNetworkGatewayConnection",
                {"virtualNetworkGatewayConnectionName": "con-reference-er-primary"},
            ),
        ):
            try:
                self.client.invoke(token, {"resourceGroupName": group, **parameter})
            except Failure as failure:
                if "Status=404" not in str(failure):
                    raise

    def _recover(self, wanted: Iterable[Wanted]) -> None:
        """Adopt what exists and wait until Azure is done with it."""
        adopted = [id for id in self._ids(wanted) if id not in self.state and self.cloud.store.get(id)]
        self.recoveries += bool(adopted)
        self.state |= dict.fromkeys(adopted, False)
        for work in self.cloud.store.open_operations():
            self.cloud.clock.sleep_until(work.end)
        with self.cloud.store.transaction():
            self.cloud.settle()

    def _ids(self, wanted: Iterable[Wanted]) -> list[str]:
        return [self.cloud.id_of(item.token, item.inputs) for item in wanted]
