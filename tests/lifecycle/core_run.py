"""The stack's run without an engine: the provider's client makes the same resources, in the same order, in no time.

It stands in for the engine where a run is needed hundreds of times: what is in the state is not made again, what is
there with an error is updated, and a failure ends the run. Recovery is reduced to its idea: what exists and is missing
is adopted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator import drift
from simulator.clock import InstantClock
from simulator.cloud import Cloud
from simulator.faults import Faults, Rule
from simulator.front import Front
from simulator.ids import SUBSCRIPTION
from simulator.native import Client, Failure, PartlyDone
from simulator.resources import kinds
from simulator.subscriptions import Account

Json = dict[str, Any]

LIMIT = 12
"""Runs after which a disturbed stack counts as lost."""


@dataclass(frozen=True)
class Wanted:
    """A resource of the program: its type, inputs (secrets in clear), timeout in seconds, and its subscription."""

    token: str
    inputs: Json
    timeout_s: float
    subscription: str = SUBSCRIPTION


@dataclass
class CoreRun:
    """One stack on one simulated Azure in memory, with at most one fault."""

    phase_one: list[Wanted]
    phase_two: list[Wanted]
    """All that phase 2 has besides."""
    circuit: str
    """The circuit's id."""
    faults: list[Json] = field(default_factory=list)
    prepare: Callable[[Cloud], Json] = lambda cloud: {}
    """Puts there what others have in Azure; answers the inputs that only this Azure knows, such as a key."""
    asked: list[tuple[str, Json]] = field(default_factory=list)
    """Lookups that the program makes besides: of what others have."""
    failures: int = 0
    recoveries: int = 0

    def __post_init__(self) -> None:
        self.cloud = Cloud(clock=InstantClock())
        rules = [Rule(f"fault {index}", raw) for index, raw in enumerate(self.faults)]
        self.known = self.prepare(self.cloud)
        self.front = Front(self.cloud, Faults(self.cloud, rules=rules))
        self.client = Client(self.cloud, self.front)
        self.state: dict[str, bool] = {}
        """Ids in the state, and whether each is in order."""

    def whole(self) -> None:
        """Both phases to their good end; AssertionError when that does not come."""
        self._phase(self.phase_one)
        self.cloud.wait(drift.provision(self.cloud, self.circuit))
        self._phase([*self.phase_one, *self.phase_two])

    def once(self) -> None:
        """The first phase alone, to its good end."""
        self._phase(self.phase_one)

    def gone(self) -> None:
        """All of it destroyed, last things first; AssertionError when that does not come."""
        last = ""
        for _ in range(LIMIT):
            try:
                for item in reversed(self.phase_one):
                    id = self._id(item)
                    if id in self.state:
                        self._of(item).delete(kinds()[item.token], id, item.timeout_s)
                        del self.state[id]
                return
            except Failure as failure:
                last = str(failure)
                self.failures += 1
                self._recover(self.phase_one)
        raise AssertionError(f"not gone in {LIMIT} runs: {last}")

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
            id, client = self._id(item), self._of(item)
            if self.state.get(id):
                continue
            try:
                inputs = item.inputs | {key: value for key, value in self.known.items() if key in item.inputs}
                if id in self.state:
                    client.update(kind, inputs, item.timeout_s)
                else:
                    client.create(kind, inputs, item.timeout_s)
            except PartlyDone:
                self.state[id] = False
                raise
            self.state[id] = True

    def _look_up(self) -> None:
        """What the program asks before it registers anything."""
        group, name = self.circuit.split("/")[4], self.circuit.rsplit("/", 1)[1]
        connection = {"virtualNetworkGatewayConnectionName": "con-reference-er-primary"}
        for token, arguments in (
            ("getExpressRouteCircuit", {"resourceGroupName": group, "circuitName": name}),
            ("getVirtualNetworkGatewayConnection", {"resourceGroupName": group, **connection}),
            *self.asked,
        ):
            try:
                self.client.invoke(f"azure-native:{token if ':' in token else f'network:{token}'}", arguments)
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
        return [self._id(item) for item in wanted]

    def _id(self, item: Wanted) -> str:
        return self.cloud.id_of(item.token, item.inputs, item.subscription)

    def _of(self, item: Wanted) -> Client:
        """The client of the resource's own provider."""
        return Client(self.cloud, self.front.of(Account(item.subscription)))
