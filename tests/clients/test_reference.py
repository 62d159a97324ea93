"""The reference network, made through Azure's own client: the same network as through azure-native, in both phases."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator.cloud import Cloud
from simulator.ids import SUBSCRIPTION
from simulator.resources import kinds
from simulator.store import Json
from tests.clients.azure_side import Azure, names, quick_clock, served
from tests.deploying import SimulatedAzure, deploy, provision
from tests.stacks import keys_for, stack_config

_OWN = ("etag", "resourceGuid", "serviceKey", "authorizationKey", "ipAddress", "tunnelIpAddresses", "dnsName")
"""What is another in every cloud, or depends on what was made first."""


class ThroughClient(Cloud):
    """A cloud whose every PUT goes through azure-mgmt-network and HTTP."""

    client: Azure | None = None
    sent: list[tuple[str, Json]]

    def put(self, token: str, inputs: Json, subscription: str = SUBSCRIPTION) -> Json:
        if self.client is None:
            return super().put(token, inputs, subscription)
        self.sent.append((token, inputs))
        self.client.put(token, inputs)
        return self.get(self.id_of(token, inputs))


@dataclass
class Deployed:
    """The stack `reference`, deployed by the program itself."""

    cloud: Cloud
    azure: SimulatedAzure = field(init=False)
    config: dict[str, Any] = field(default_factory=lambda: stack_config("reference"))

    def __post_init__(self) -> None:
        self.azure = SimulatedAzure(self.cloud)

    def update(self) -> None:
        secrets = {"vpnSharedKeys": keys_for(self.config), "circuitAuthorizationKeys": {}}
        deploy(self.config, secrets, self.azure)
        assert self.azure.refusals == []


def views(cloud: Cloud) -> dict[str, Json]:
    """Everything in a cloud, without what is its own."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(value[name]) for name in sorted(value) if name not in _OWN}
        # Who uses a subnet is told in the order in which they were made.
        return sorted(map(plain, value), key=str) if isinstance(value, list) else value

    return {record.id: plain(copy.deepcopy(cloud.get(record.id))) for record in cloud.store.find()}


@pytest.fixture(scope="module")
def through() -> Iterator[ThroughClient]:
    cloud = ThroughClient(clock=quick_clock())
    cloud.sent = []
    with served(cloud) as endpoint:
        cloud.client = Azure(endpoint)
        yield cloud


def test_the_network_is_the_same_in_both_phases(through: ThroughClient) -> None:
    ours, theirs = Deployed(Cloud()), Deployed(through)
    for _ in range(2):
        ours.update()
        theirs.update()
        assert views(through) == views(ours.cloud)
        provision(ours.azure)
        provision(theirs.azure)
    made = {through.id_of(token, inputs) for token, inputs in through.sent}
    assert {record.id for record in through.store.find() if not record.token.endswith(":SecurityRule")} == made
    assert through.client is not None
    assert {status for method, _, status in through.client.checking.seen if method == "PUT"} == {201}


def test_it_is_read_updated_listed_and_deleted(through: ThroughClient) -> None:
    """Continues with the network of the test above."""
    azure = through.client
    assert azure is not None
    before = views(through)
    for token, inputs in through.sent:
        if token.endswith(":ResourceGroup"):
            continue
        kind, id = kinds()[token], through.id_of(token, inputs)
        assert azure.get(token, inputs).id == id
        listed = azure.members(kind, names(kind, inputs)[:-1])
        assert id in [found.id for found in listed]
        # What was read, sent back as it is, changes nothing.
        found = azure.get(token, inputs)
        operations = azure.operations(kind)
        operations.begin_create_or_update(*names(kind, inputs), found).result()
    assert views(through) == before
    through.client = None
    for circuit in through.find("ExpressRouteCircuit"):
        circuit.body["serviceProviderProvisioningState"] = "NotProvisioned"
        through.store.save(circuit)
    through.client = azure
    for token, inputs in reversed(through.sent):
        azure.delete(token, inputs)
    assert through.store.find() == []
