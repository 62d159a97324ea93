"""azure-native's own part: existence checks, retries, polling, timeouts, and what a failure leaves (ARM-*)."""

import itertools
from typing import Any

import pytest

from simulator import drift
from simulator.cloud import Cloud
from simulator.faults import Faults, parse
from simulator.front import Front
from simulator.native import Client, Failure, PartlyDone
from simulator.resources import kinds
from simulator.resources.base import Kind
from tests.simulator.world import BASE, REQUESTS, WITH_CIRCUIT, WITH_VPN, id_of, inputs, make, put, token


def client_of(cloud: Cloud, rules: str = "[]") -> Client:
    """A client, with faults on its way."""
    return Client(cloud, Front(cloud, Faults(cloud, rules=parse(rules))))


def kind_of(name: str) -> Kind:
    return kinds()[token(REQUESTS[name][0])]


def create(client: Client, name: str, timeout_s: float = 0.0, **changes: Any) -> Any:
    return client.create(kind_of(name), inputs(name, **changes), timeout_s)


def log(cloud: Cloud) -> list[tuple[str, str, int, int]]:
    return [(call["method"], call["operation"], call["attempt"], call["status"]) for call in cloud.store.calls()]


def test_a_create_asks_first_and_reads_afterwards() -> None:
    """ARM-01."""
    cloud = make()
    create(client_of(cloud), "group")
    assert log(cloud) == [("GET", "check", 1, 404), ("PUT", "create", 1, 202), ("GET", "read", 1, 200)]


def test_what_exists_is_not_created_again() -> None:
    """ARM-01."""
    cloud = make(*BASE)
    with pytest.raises(Failure, match=r"^cannot create already existing resource '/subscriptions/.*/hub'$"):
        create(client_of(cloud), "network")


def test_a_check_that_fails_is_no_leave_to_create() -> None:
    """ARM-01."""
    cloud = make("group")
    rules = "[{operation: check, error: {status: 403, code: AuthorizationFailed, message: denied}}]"
    with pytest.raises(Failure, match=r"cannot check existence of resource .*: status code 403, denied"):
        create(client_of(cloud, rules), "network")
    assert cloud.find("VirtualNetwork") == []


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_these_are_tried_again_after_20_60_and_120_seconds(status: int) -> None:
    """ARM-07."""
    cloud = make("group")
    rules = f"[{{operation: create, nth: [1, 2, 3], error: {{status: {status}, code: Busy}}}}]"
    create(client_of(cloud, rules), "network")
    starts = [call["start"] for call in cloud.store.calls() if call["method"] == "PUT"]
    assert [later - earlier for earlier, later in itertools.pairwise(starts)] == [20, 60, 120]


def test_the_fourth_failure_is_final() -> None:
    cloud = make("group")
    rules = "[{operation: create, error: {status: 429, code: RetryableError, message: later}}]"
    with pytest.raises(Failure, match='Status=429 Code="RetryableError" Message="later"'):
        create(client_of(cloud, rules), "network")
    assert sum(call["method"] == "PUT" for call in cloud.store.calls()) == 4


def test_a_retry_waits_as_long_as_azure_says() -> None:
    cloud = make("group")
    rules = "[{operation: create, nth: 1, error: {status: 429, code: TooManyRequests, retry_after_s: 7}}]"
    create(client_of(cloud, rules), "network")
    starts = [call["start"] for call in cloud.store.calls() if call["method"] == "PUT"]
    assert starts[1] - starts[0] == 7


@pytest.mark.parametrize(("code", "tries"), [("AnotherOperationInProgress", 2), ("Conflict", 1)])
def test_a_conflict_is_tried_again_only_with_azures_code(code: str, tries: int) -> None:
    """ARM-07."""
    cloud = make("group")
    client = client_of(cloud, f"[{{operation: create, nth: 1, error: {{status: 409, code: {code}}}}}]")
    if tries == 1:
        with pytest.raises(Failure, match="409"):
            create(client, "network")
    else:
        create(client, "network")
    assert sum(call["method"] == "PUT" for call in cloud.store.calls()) == tries


def test_parallel_subnets_get_through_by_retries() -> None:
    """ORDER-06 with ARM-07: the conflict is over by the second try."""
    cloud = make(*BASE)
    cloud.begin_put(token("Subnet"), inputs("bastion subnet"))
    create(client_of(cloud), "subnet")
    assert [call["code"] for call in cloud.store.calls() if call["method"] == "PUT"] == [
        "AnotherOperationInProgress",
        "",
    ]


def test_a_put_and_a_delete_are_polled_as_often_as_azure_says() -> None:
    """ARM-02, ARM-04: Azure's Retry-After of ten seconds takes the place of azure-native's thirty of a DELETE."""
    cloud = make("group")
    client = client_of(cloud)
    start = cloud.clock.now()
    create(client, "network")
    assert cloud.clock.now() - start == 10
    start = cloud.clock.now()
    client.delete(kind_of("network"), id_of("virtualNetworks/hub"), 0)
    assert cloud.clock.now() - start == 10


def test_what_runs_out_of_time_stays_half_made_and_goes_on() -> None:
    """ARM-06, TIME-05: the id is kept, without outputs, and Azure finishes later."""
    cloud = make(*BASE)
    start = cloud.clock.now()
    with pytest.raises(PartlyDone, match="operation timed out") as caught:
        create(client_of(cloud), "er gateway", 30 * 60)
    assert cloud.clock.now() - start == 30 * 60
    assert (caught.value.id, caught.value.checkpoint) == (id_of("virtualNetworkGateways/er"), {})
    assert cloud.get(caught.value.id)["provisioningState"] == "Updating"
    cloud.clock.sleep_until(cloud.clock.now() + 16 * 60)
    assert cloud.get(caught.value.id)["provisioningState"] == "Succeeded"


def test_retries_count_against_the_time_too() -> None:
    cloud = make("group")
    rules = "[{operation: create, error: {status: 503, code: Busy}}]"
    with pytest.raises(Failure, match="operation timed out") as caught:
        create(client_of(cloud, rules), "network", 30)
    assert not isinstance(caught.value, PartlyDone)


def test_two_hours_is_the_time_without_another() -> None:
    """TIME-05."""
    cloud = make(*BASE)
    start = cloud.clock.now()
    with pytest.raises(PartlyDone):
        create(client_of(cloud, "[{operation: create, delay_min: 300}]"), "er gateway")
    assert cloud.clock.now() - start == 7200


def test_an_operation_that_fails_leaves_what_azure_has() -> None:
    """ARM-06, CIRCUIT-08."""
    cloud = make(*WITH_CIRCUIT)
    with pytest.raises(PartlyDone, match='Status=200 Code="ServiceProviderNotProvisioned"') as caught:
        create(client_of(cloud), "er connection")
    assert caught.value.checkpoint["provisioningState"] == "Failed"


def test_a_lost_answer_of_a_short_operation_heals() -> None:
    cloud = make("group")
    create(client_of(cloud, "[{operation: create, nth: 1, lost: true}]"), "network")
    puts = [(call["outcome"], call["attempt"]) for call in cloud.store.calls() if call["method"] == "PUT"]
    assert puts == [("lost", 1), ("done", 2)]


def test_a_lost_answer_of_a_gateway_ends_in_conflicts_and_an_orphan() -> None:
    """The gateway is made and the provider never knows: 45 minutes are longer than the retries."""
    cloud = make(*BASE)
    with pytest.raises(Failure, match="AnotherOperationInProgress") as caught:
        create(client_of(cloud, "[{operation: create, nth: 1, lost: true}]"), "er gateway")
    assert not isinstance(caught.value, PartlyDone)
    assert cloud.get(id_of("virtualNetworkGateways/er"))["provisioningState"] == "Updating"


def test_deleting_what_is_gone_is_no_error() -> None:
    """ARM-04."""
    cloud = make(*BASE)
    client_of(cloud).delete(kind_of("subnet"), id_of("virtualNetworks/hub/subnets/none"), 0)


def test_a_refused_deletion_says_why() -> None:
    cloud = make(*WITH_VPN)
    with pytest.raises(Failure, match='Status=400 Code="PublicIPAddressCannotBeDeleted"'):
        client_of(cloud).delete(kind_of("address"), id_of("publicIPAddresses/pip"), 0)


def test_reading_what_is_gone_answers_nothing() -> None:
    cloud = make(*BASE)
    assert client_of(cloud).read(kind_of("subnet"), id_of("virtualNetworks/hub/subnets/none")) is None


def test_an_update_keeps_the_children_that_the_program_leaves_out() -> None:
    cloud = make(*BASE, "nsg", "rule", "circuit")
    cloud.wait(drift.provision(cloud, "circuit"))
    put(cloud, "peering")
    client = client_of(cloud)
    for name, path, lists in (
        ("network", "virtualNetworks/hub", "subnets"),
        ("nsg", "networkSecurityGroups/nsg", "securityRules"),
        ("circuit", "expressRouteCircuits/circuit", "peerings"),
    ):
        client.update(kind_of(name), inputs(name, tags={"a": "b"}), 0)
        assert len(cloud.get(id_of(path))[lists]) == 1, name


def test_a_lookup_that_fails_says_what_it_asked_for() -> None:
    cloud = make("group")
    rules = "[{operation: lookup, error: {status: 403, code: AuthorizationFailed, message: denied}}]"
    args = {"resourceGroupName": "rg", "circuitName": "circuit"}
    expected = r'request failed /subscriptions/.*/circuit: Status=403 Code="AuthorizationFailed" Message="denied"'
    with pytest.raises(Failure, match=expected):
        client_of(cloud, rules).invoke("azure-native:network:getExpressRouteCircuit", args)
    with pytest.raises(Failure, match='Status=404 Code="ResourceNotFound"'):
        client_of(cloud).invoke("azure-native:network:getExpressRouteCircuit", args)


def test_a_cancelled_client_gives_up() -> None:
    cloud = make("group")
    client = client_of(cloud)
    client.stopped.set()
    with pytest.raises(Failure, match="cancelled"):
        create(client, "network")
