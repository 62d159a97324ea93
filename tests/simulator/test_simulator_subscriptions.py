"""Several subscriptions in one cloud: nothing of one is seen in another, but for what a full id may name."""

from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from simulator import drift, show, values
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.front import Front
from simulator.ids import SUBSCRIPTION, TENANT
from simulator.native import Client, Failure
from simulator.options import Options
from simulator.provider import Provider
from simulator.resources import kinds
from simulator.store import Json
from simulator.subscriptions import Account
from tests.simulator.world import BASE, REQUESTS, WITH_CIRCUIT, id_of, inputs, make, put, token

OTHER = "22222222-2222-4222-8222-222222222222"
TENANT_OF_OTHER = "33333333-3333-4333-8333-333333333333"


def there(id: str, subscription: str = OTHER) -> str:
    """The same id in another subscription."""
    return id.replace(SUBSCRIPTION, subscription)


def put_there(cloud: Cloud, name: str, **changes: Any) -> Json:
    """One request to the other subscription."""
    return cloud.put(token(REQUESTS[name][0]), inputs(name, **changes), OTHER)


def client(cloud: Cloud, subscription: str = OTHER) -> Client:
    return Client(cloud, Front(cloud, account=Account(subscription)))


def look(cloud: Cloud, subscription: str = OTHER) -> Json:
    names = {"resourceGroupName": "rg", "virtualNetworkName": "hub"}
    return client(cloud, subscription).invoke("azure-native:network:getVirtualNetwork", names)


def refusal(cloud: Cloud, name: str, **changes: Any) -> AzureError:
    with pytest.raises(AzureError) as caught:
        put(cloud, name, **changes)
    return caught.value


def test_a_network_of_one_subscription_is_not_found_in_another() -> None:
    cloud = make(*BASE)
    with pytest.raises(Failure, match=f"request failed {there(id_of('virtualNetworks/hub'))}.*ResourceGroupNotFound"):
        look(cloud)
    put_there(cloud, "group")
    with pytest.raises(Failure, match="ResourceNotFound"):
        look(cloud)
    with pytest.raises(AzureError, match="ResourceGroupNotFound"):
        cloud.put(token("VirtualNetwork"), inputs("network"), "44444444-4444-4444-8444-444444444444")


def test_the_same_names_in_two_subscriptions_are_two_resources() -> None:
    cloud = make(*BASE)
    assert put_there(cloud, "group", location="eastus")["location"] == "eastus"
    kind = kinds()[token("VirtualNetwork")]
    body = inputs("network", location="eastus", addressSpace={"addressPrefixes": ["10.0.0.0/16"]})
    id, _ = client(cloud).create(kind, body, 0.0)
    assert id == there(id_of("virtualNetworks/hub"))
    assert look(cloud)["location"] == "eastus"
    assert look(cloud, SUBSCRIPTION)["location"] == "westus3"
    client(cloud).update(kind, body | {"tags": {"owner": "them"}}, 0.0)
    assert "tags" not in look(cloud, SUBSCRIPTION)
    client(cloud).delete(kind, id, 0.0)
    assert look(cloud, SUBSCRIPTION)["id"] == id_of("virtualNetworks/hub")
    cloud.delete(there(id_of("virtualNetworks/hub")).partition("/providers/")[0])
    assert look(cloud, SUBSCRIPTION)["id"] == id_of("virtualNetworks/hub")


def test_work_in_one_subscription_holds_nothing_of_another() -> None:
    """ORDER-06 is about one virtual network."""
    cloud = make(*BASE)
    for name in BASE[:2]:
        put_there(cloud, name)
    first = cloud.begin_put(token("Subnet"), inputs("subnet"))
    with pytest.raises(AzureError, match="AnotherOperationInProgress"):
        cloud.begin_put(token("Subnet"), inputs("gateway subnet"))
    cloud.wait(cloud.begin_put(token("Subnet"), inputs("gateway subnet"), OTHER))
    assert not first.done


def test_calls_are_counted_for_each_subscription() -> None:
    """ORDER-12."""
    cloud = Cloud(options=Options(write_limit=2))
    group = kinds()[token("ResourceGroup")]

    def put_groups(subscription: str, *names: str) -> None:
        for name in names:
            id = cloud.id_of(group.token, {"resourceGroupName": name}, subscription)
            Front(cloud).put(group, id, "create", {"resourceGroupName": name, "location": "westus3"}, 1)

    put_groups(SUBSCRIPTION, "a", "b")
    put_groups(OTHER, "a", "b")
    with pytest.raises(AzureError, match=f"requests for subscription '{OTHER}' exceeded the limit of 2"):
        put_groups(OTHER, "c")


def test_a_circuits_prefixes_may_be_in_use_in_another_subscription() -> None:
    cloud = make(*WITH_CIRCUIT)
    put_there(cloud, "group")
    put_there(cloud, "network", addressSpace={"addressPrefixes": ["172.16.0.0/24"]})
    cloud.wait(drift.provision(cloud, "circuit"))
    put(cloud, "peering")
    put(cloud, "network", addressSpace={"addressPrefixes": ["10.0.0.0/16", "172.16.0.0/24"]})
    assert refusal(cloud, "peering", vlanId=200).code == "CodeUnknown_CIRCUIT-10"


def test_networks_of_two_subscriptions_are_peered() -> None:
    """SPOKE-01, SPOKE-16."""
    cloud = make(*BASE)
    put_there(cloud, "group")
    put_there(cloud, "spoke")
    spoke, hub = there(id_of("virtualNetworks/spoke")), id_of("virtualNetworks/hub")
    to_spoke = {"virtualNetworkName": "hub", "remoteVirtualNetwork": {"id": spoke}}
    assert put(cloud, "spoke peering", **to_spoke)["peeringState"] == "Initiated"
    assert put_there(cloud, "spoke peering", remoteVirtualNetwork={"id": hub})["peeringState"] == "Connected"
    assert put(cloud, "spoke peering", **to_spoke)["peeringState"] == "Connected"


def test_a_peering_needs_rights_on_the_other_network() -> None:
    """SPOKE-16."""
    cloud = make(*BASE, options=Options(subscriptions_without_rights=[OTHER.upper()]))
    drift.add(cloud, there(id_of("virtualNetworks/spoke")), {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}})
    remote = {"id": there(id_of("virtualNetworks/spoke"))}
    wrong = refusal(cloud, "spoke peering", virtualNetworkName="hub", remoteVirtualNetwork=remote)
    assert (wrong.status, wrong.code) == (403, "LinkedAuthorizationFailed")
    assert f"'Microsoft.Network/virtualNetworks/peer/action' on the linked scope(s) '{remote['id']}'" in wrong.message


def test_a_circuit_of_another_subscription_needs_its_key_and_no_rights() -> None:
    """CIRCUIT-13."""
    cloud = make(*BASE, "er gateway", options=Options(subscriptions_without_rights=[OTHER]))
    circuit = there(id_of("expressRouteCircuits/circuit"))
    drift.add(cloud, circuit, {"serviceProviderProvisioningState": "Provisioned", "sku": {"tier": "Standard"}})
    drift.add(cloud, f"{circuit}/authorizations/ours", {})
    assert refusal(cloud, "er connection", peer={"id": circuit}).code == "CodeUnknown_CIRCUIT-13"
    key = cloud.get(f"{circuit}/authorizations/ours")["authorizationKey"]
    made = put(cloud, "er connection", peer={"id": circuit}, authorizationKey=key)
    assert made["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("subnet", {"routeTable": {"id": there(id_of("routeTables/table"))}}),
        ("subnet", {"networkSecurityGroup": {"id": there(id_of("networkSecurityGroups/group"))}}),
        (
            "network",
            {
                "subnets": [
                    {
                        "name": "inline",
                        "addressPrefix": "10.0.9.0/24",
                        "routeTable": {"id": there(id_of("routeTables/table"))},
                    }
                ]
            },
        ),
    ],
)
def test_what_must_be_in_one_subscription_may_not_be_in_two(name: str, changes: Json) -> None:
    cloud = make(*BASE)
    for id in ("routeTables/table", "networkSecurityGroups/group"):
        drift.add(cloud, there(id_of(id)), {"location": "westus3"})
    assert refusal(cloud, name, **changes).code == "CodeUnknown_SUBSCRIPTION"


def test_a_subscription_that_does_not_exist() -> None:
    """Azure answers 404, so the provider takes what it knew there for deleted."""
    cloud = make(*BASE, options=Options(subscriptions_not_found=[OTHER]))
    message = f'Code="SubscriptionNotFound" Message="The subscription \'{OTHER}\' could not be found."'
    network, kind = there(id_of("virtualNetworks/hub")), kinds()[token("VirtualNetwork")]
    drift.add(cloud, network, {})
    for call in (
        lambda: look(cloud),
        lambda: client(cloud).create(kind, inputs("network"), 0.0),
        lambda: client(cloud).update(kinds()[token("ResourceGroup")], inputs("group"), 0.0),
    ):
        with pytest.raises(Failure) as caught:
            call()
        assert message in str(caught.value)
    assert client(cloud).read(kind, network) is None
    client(cloud).delete(kind, network, 0.0)
    assert cloud.store.get(network) is not None


def test_a_reference_into_a_subscription_that_does_not_exist() -> None:
    cloud = make(*BASE, options=Options(subscriptions_not_found=[OTHER]))
    remote = {"id": there(id_of("virtualNetworks/spoke"))}
    wrong = refusal(cloud, "spoke peering", virtualNetworkName="hub", remoteVirtualNetwork=remote)
    assert (wrong.status, wrong.code) == (403, "LinkedAuthorizationFailed")
    assert f"the linked subscription '{OTHER}' was not found" in wrong.message


def test_a_subscription_without_rights() -> None:
    cloud = make(*BASE, options=Options(subscriptions_without_rights=[OTHER]))
    network, kind = there(id_of("virtualNetworks/hub")), kinds()[token("VirtualNetwork")]
    drift.add(cloud, network, {})
    for call, action in (
        (lambda: look(cloud), "read"),
        (lambda: client(cloud).create(kind, inputs("network"), 0.0), "read"),
        (lambda: client(cloud).read(kind, network), "read"),
        (lambda: client(cloud).delete(kind, network, 0.0), "delete"),
    ):
        with pytest.raises(Failure) as caught:
            call()
        assert f"perform action 'Microsoft.Network/virtualNetworks/{action}' over scope '{network}'" in str(
            caught.value
        )
    assert [call["code"] for call in cloud.store.calls()] == ["AuthorizationFailed"] * 4


def test_a_subscription_is_a_guid() -> None:
    cloud = make(*BASE)
    with pytest.raises(Failure, match='Status=400 Code="InvalidSubscriptionId"'):
        look(cloud, "Pay-As-You-Go")
    with pytest.raises(AzureError, match="InvalidSubscriptionId"):
        cloud.put(token("ResourceGroup"), inputs("group"), "Pay-As-You-Go")


def test_a_subscription_in_which_somebody_has_put_something_exists_whatever_its_name() -> None:
    cloud = make(*BASE)
    id = there(id_of("virtualNetworks/spoke"), "S")
    remote = {"virtualNetworkName": "hub", "remoteVirtualNetwork": {"id": id}}
    assert refusal(cloud, "spoke peering", **remote).code == "LinkedAuthorizationFailed"
    drift.add(cloud, id, {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}})
    assert put(cloud, "spoke peering", **remote)["peeringState"] == "Initiated"
    assert cloud.get(id)["id"] == id


def test_show_lists_each_subscription_apart() -> None:
    cloud = make(*BASE)
    assert "subscription" not in show.resources(cloud, as_json=False)
    put_there(cloud, "group", resourceGroupName="theirs")
    lines = show.resources(cloud, as_json=False).splitlines()
    assert lines[0].endswith(": 4 resources")
    headings = [line for line in lines if "subscription" in line]
    assert headings == [f"subscription {SUBSCRIPTION}: 3 resources", f"subscription {OTHER}: 1 resource"]
    assert lines.index(headings[1]) < next(place for place, line in enumerate(lines) if "theirs" in line)


def test_a_circuits_name_in_two_subscriptions_is_ambiguous() -> None:
    cloud = make(*WITH_CIRCUIT)
    put_there(cloud, "group")
    put_there(cloud, "circuit")
    with pytest.raises(ValueError, match="give the id"):
        drift.provision(cloud, "circuit")
    cloud.wait(drift.provision(cloud, there(id_of("expressRouteCircuits/circuit"))))
    assert cloud.get(id_of("expressRouteCircuits/circuit"))["serviceProviderProvisioningState"] == "NotProvisioned"


@pytest.fixture
def served() -> Iterator[str]:
    """An attached provider in front of a cloud: its address."""
    cloud = make(*BASE)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(cloud, Front(cloud)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(0).wait()


class Connection:
    """One of the engine's connections: it has a provider of its own."""

    def __init__(self, address: str, **config: str) -> None:
        options = [("grpc.use_local_subchannel_pool", 1)]
        self.call: Any = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(address, options))
        if config:
            variables = {f"azure-native:config:{name}": value for name, value in config.items()}
            self.call.Configure(provider_pb2.ConfigureRequest(variables=variables))

    def account(self) -> Json:
        request = provider_pb2.InvokeRequest(tok="azure-native:authorization:getClientConfig")
        return values.read(getattr(self.call.Invoke(request), "return"))

    def location(self) -> str:
        urn = f"urn:pulumi:stack::project::{token('VirtualNetwork')}::name"
        news = values.write({"resourceGroupName": "rg"})
        return values.read(self.call.Check(provider_pb2.CheckRequest(urn=urn, news=news)).inputs)["location"]


def test_each_connection_of_the_engine_has_its_own_account_and_location(served: str) -> None:
    first = Connection(served, location="eastus")
    second = Connection(served, subscriptionId=OTHER, tenantId=TENANT_OF_OTHER, location="northeurope")
    for _ in range(2):
        assert (first.account()["subscriptionId"], first.location()) == (SUBSCRIPTION, "eastus")
        assert first.account()["tenantId"] == TENANT
        assert (second.account()["subscriptionId"], second.location()) == (OTHER, "northeurope")
        assert second.account()["tenantId"] == TENANT_OF_OTHER


def test_a_connection_made_anew_is_never_mistaken(served: str) -> None:
    Connection(served, subscriptionId=OTHER)
    assert Connection(served).account()["subscriptionId"] == OTHER
    Connection(served, location="eastus")
    with pytest.raises(grpc.RpcError, match="run the command again"):
        Connection(served).account()


def test_the_environment_says_what_the_configuration_leaves_out(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", OTHER)
    monkeypatch.setenv("ARM_TENANT_ID", TENANT_OF_OTHER)
    assert Connection(served, location="eastus").account()["subscriptionId"] == OTHER
    account = Connection(served, subscriptionId=SUBSCRIPTION).account()
    assert (account["subscriptionId"], account["tenantId"]) == (SUBSCRIPTION, TENANT_OF_OTHER)
