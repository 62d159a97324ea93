"""What Azure's own client does to a resource group of its own, on the simulator or on Azure: the same, step by step.

Each scenario makes some resources, reads and lists them, sends what Azure is said to refuse, changes tags, and deletes
everything. The refusals are those of the simulator's own tests that need nothing but their resources.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import DeserializationError, HttpResponseError
from azure.mgmt.network import models

from simulator.arm import bodies
from simulator.ids import SUBSCRIPTION
from simulator.resources import kinds
from simulator.store import Json
from tests.clients.azure_side import Azure, model_of, names
from tests.simulator.test_simulator_refusals import CASES
from tests.simulator.world import GROUP_ID, Case, inputs, token
from tests.simulator.world import REQUESTS as WORLD

COSTLY = frozenset({"vpn gateway", "er gateway", "circuit", "bastion", "vpn connection", "authorization"})
"""What costs money by the hour, or takes most of one to make."""
PROVIDERS_WORK = frozenset({"peering", "er connection"})
"""What needs a circuit that its provider has provisioned: nobody does that for a test."""
EVERYTHING_CHEAP = (
    *("group", "network", "gateway subnet", "subnet", "nsg", "application group", "rule", "table", "route", "address"),
    *("balancer", "site", "spoke", "spoke peering"),
)
WITH_GATEWAYS = (
    *(
        "group",
        "network",
        "gateway subnet",
        "address",
        "vpn gateway",
        "site",
        "vpn connection",
        "er gateway",
        "circuit",
    ),
    "authorization",
)


@dataclass(frozen=True)
class Scenario:
    """Resources, made in this order, and what is refused once they are there."""

    name: str
    given: tuple[str, ...]
    cases: tuple[Case, ...] = ()

    @property
    def costly(self) -> bool:
        return bool(COSTLY & {*self.given, *(case.request for case in self.cases)})


def scenarios() -> list[Scenario]:
    """All of them; the costly cases of a set of resources are apart from the others."""
    found: dict[tuple[tuple[str, ...], bool], list[Case]] = {}
    for case in CASES:
        wanted = {*case.given, case.request}
        apart = case.before or case.options or case.delete or PROVIDERS_WORK & wanted
        served = all(":network:" in _token(one) for one in wanted - {"", "group"})
        if served and not apart and "group" in case.given and case.request != "group" and _sendable(case):
            found.setdefault((case.given, bool(COSTLY & wanted)), []).append(case)
    lives = [Scenario("life", EVERYTHING_CHEAP), Scenario("life-with-gateways", WITH_GATEWAYS)]
    return lives + [
        Scenario(f"refusals-{'costly-' * costly}{number}", given, tuple(cases))
        for number, ((given, costly), cases) in enumerate(found.items())
    ]


@dataclass(frozen=True)
class Player:
    """One client in one resource group."""

    azure: Azure
    group: str
    subscription: str

    def inputs(self, name: str, **changes: Any) -> Json:
        """A request of the world, in this group and subscription."""
        text = json.dumps(inputs(name, **changes)).replace(GROUP_ID, self.azure.group_id(self.group))
        return json.loads(text.replace(SUBSCRIPTION, self.subscription)) | {"resourceGroupName": self.group}

    def play(self, scenario: Scenario) -> dict[str, str]:
        """Go through a scenario; the answer is the code of each refusal, by the name of its case."""
        for name in scenario.given:
            self._put(name)
        for name in scenario.given:
            self._look_at(name)
        codes = {f"{number} {case.name}": self._refusal(case) for number, case in enumerate(scenario.cases)}
        for name in scenario.given:
            if kinds()[_token(name)].located and name != "group":
                self._tag(name)
        if "vpn connection" in scenario.given:
            self._ask()
        for name in reversed(scenario.given):
            if name != "group":
                self.azure.delete(_token(name), self.inputs(name))
        return codes

    def _put(self, name: str, **changes: Any) -> None:
        self.azure.put(_token(name), self.inputs(name, **changes))

    def _look_at(self, name: str) -> None:
        kind = kinds()[_token(name)]
        if name == "group":
            self.azure.send("GET", self.azure.group_id(self.group)).raise_for_status()
            return
        path = names(kind, self.inputs(name))
        assert self.azure.operations(kind).get(*path).name == path[-1]
        assert path[-1] in [found.name for found in self.azure.members(kind, path[:-1])]

    def _tag(self, name: str) -> None:
        kind, body = kinds()[_token(name)], self.inputs(name)
        id = kind.make_id(self.subscription, body)
        self.azure.send("PATCH", id, {"tags": {"parity": "yes"}}, "2024-05-01").raise_for_status()

    def _refusal(self, case: Case) -> str:
        try:
            self._put(case.request, **case.changes)
        except HttpResponseError as refused:
            return refused.error.code if refused.error and refused.error.code else str(refused.status_code)
        if case.request in case.given:
            self._put(case.request)  # as it was
        else:
            self.azure.delete(_token(case.request), self.inputs(case.request, **case.changes))
        return ""

    def _ask(self) -> None:
        """What a connected gateway and its connection can be asked and told."""
        gateways, connections = (
            self.azure.client.virtual_network_gateways,
            self.azure.client.virtual_network_gateway_connections,
        )
        gateways.begin_get_learned_routes(self.group, "vpn").result()
        gateways.begin_get_bgp_peer_status(self.group, "vpn").result()
        connections.get_shared_key(self.group, "con-vpn")
        new = models.ConnectionSharedKey(value=f"{WORLD['vpn connection'][1]['sharedKey']}1")
        connections.begin_set_shared_key(self.group, "con-vpn", new).result()
        connections.begin_reset_shared_key(
            self.group, "con-vpn", models.ConnectionResetSharedKey(key_length=32)
        ).result()
        connections.get(self.group, "con-vpn")


def _sendable(case: Case) -> bool:
    """Whether Azure's client can send the request: it refuses a missing name or a wrong type by itself."""
    kind, body = kinds()[_token(case.request)], inputs(case.request, **case.changes)
    try:
        path = names(kind, body)
        sent = bodies.read(kind, model_of(kind, body).serialize())
    except (DeserializationError, KeyError):
        return False
    return len(sent) + len({"resourceGroupName", *kind.parameters}) == len(body) and all(path)


def expected(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """The code that each case is meant to end with."""
    for number, case in enumerate(scenario.cases):
        yield f"{number} {case.name}", case.code


def _token(name: str) -> str:
    return token(WORLD[name][0])
