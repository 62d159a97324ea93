"""Every call over HTTP fails once, in every way: nothing is lost and nothing is done twice."""

import json
import time
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.core.pipeline.policies import RetryPolicy

from simulator.cloud import Cloud
from simulator.resources import kinds
from simulator.store import Json
from tests.clients.azure_side import Azure, names, quick_clock, served
from tests.clients.test_reference import views
from tests.simulator.world import REQUESTS, inputs, make, put, token

NETWORK = ("network", "gateway subnet", "subnet", "nsg", "rule", "address", "vpn gateway", "site", "vpn connection",
           "table", "route", "balancer", "circuit", "authorization")  # fmt: skip
UPDATED = {name: inputs(name, tags={"again": "yes"}) for name in ("network", "site", "vpn connection")}


class Patient(RetryPolicy):
    """azure-core's own policy, without its pauses: a lost answer is tried again after 0, 1.6, 3.2 seconds."""

    def get_backoff_time(self, settings: dict[str, Any]) -> float:
        return 0.0


def patiently(call: Any, *args: Any) -> None:
    """As whoever writes a script does: a conflict is no failure, the call is made again.

    A PUT whose answer was lost is at work; azure-core sends it again, and Azure answers that it is.
    """
    for _ in range(200):
        try:
            return call(*args)
        except ResourceExistsError:
            time.sleep(0.005)
    raise AssertionError(args)


def live(azure: Azure) -> None:
    """Make a network, read, list and change it, and delete a part."""
    for name in NETWORK:
        patiently(azure.put, token(REQUESTS[name][0]), inputs(name))
    for name in NETWORK:
        kind = kinds()[token(REQUESTS[name][0])]
        path = names(kind, inputs(name))
        assert azure.get(kind.token, inputs(name)).name == path[-1]
        assert path[-1] in [found.name for found in azure.members(kind, path[:-1])]
    for name, changed in UPDATED.items():
        patiently(azure.put, token(REQUESTS[name][0]), changed)
    for name in ("vpn connection", "site", "route", "authorization"):
        patiently(azure.delete, token(REQUESTS[name][0]), inputs(name))


def result(rules: list[Json]) -> tuple[dict[str, Json], list[Json]]:
    """What a life with these faults leaves: the cloud and its log."""
    cloud = Cloud(clock=quick_clock())
    put(cloud, "group")
    with served(cloud, json.dumps(rules)) as endpoint:
        azure = Azure(endpoint, retry_policy=Patient())
        live(azure)
        return views(cloud), cloud.store.calls()


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Json]:
    return result([])[0]


@pytest.mark.parametrize(
    "effect",
    [
        *({"error": {"status": status, "code": "Busy", "retry_after_s": 20}} for status in (429, 500, 503)),
        {"error": {"status": 429, "code": "TooManyRequests"}},
        {"lost": True},
    ],
    ids=lambda effect: str(effect.get("error", {}).get("status", "lost")),
)
def test_what_azures_client_tries_again_is_done_once(effect: Json, undisturbed: dict[str, Json]) -> None:
    """The first call of every kind to every resource: 429, 5xx, or done and its answer cut off."""
    found, calls = result([{"nth": 1, "each": True, **effect}])
    assert found == undisturbed
    first: dict[tuple[str, str], str] = {}
    for call in calls:
        first.setdefault((call["operation"], call["id"].lower()), call["outcome"])
    assert {operation for operation, _ in first} == {"create", "read", "update", "delete", "list", "poll"}
    assert set(first.values()) == {"lost" if "lost" in effect else "refused"}


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_a_conflict_reaches_the_caller_and_the_same_call_succeeds_later(operation: str) -> None:
    conflict = {
        "operation": operation,
        "nth": 1,
        "each": True,
        "error": {"status": 409, "code": "AnotherOperationInProgress"},
    }
    cloud = make("group")

    def twice(call: Any, *args: Any) -> None:
        with pytest.raises(ResourceExistsError, match="AnotherOperationInProgress"):
            call(*args)
        call(*args)

    with served(cloud, json.dumps([conflict])) as endpoint:
        azure = Azure(endpoint)
        put = twice if operation == "create" else lambda call, *args: call(*args)
        for name in ("network", "subnet", "site"):
            put(azure.put, token(REQUESTS[name][0]), inputs(name))
        if operation == "update":
            twice(azure.put, token("LocalNetworkGateway"), inputs("site", tags={"again": "yes"}))
        if operation == "delete":
            twice(azure.delete, token("LocalNetworkGateway"), inputs("site"))
    assert bool(cloud.find("LocalNetworkGateway")) is (operation != "delete")


def test_an_operation_that_is_made_to_fail_leaves_the_resource_failed() -> None:
    with served(make("group"), "[{operation: create, type: VirtualNetwork, fail: {code: Broken}}]") as endpoint:
        azure = Azure(endpoint)
        with pytest.raises(HttpResponseError, match="Broken"):
            azure.put(token("VirtualNetwork"), inputs("network"))
        assert azure.get(token("VirtualNetwork"), inputs("network")).provisioning_state == "Failed"


def test_the_lost_answer_of_a_list_or_a_read_is_asked_for_again() -> None:
    cloud: Cloud = make("group", "network")
    with served(cloud, "[{operation: list, nth: 1, lost: true}, {operation: read, nth: 1, lost: true}]") as endpoint:
        azure = Azure(endpoint, retry_policy=Patient())
        assert [found.name for found in azure.client.virtual_networks.list("rg")] == ["hub"]
        assert azure.get(token("VirtualNetwork"), inputs("network")).name == "hub"
