"""The provider protocol, call by call over gRPC, as the engine speaks it."""

from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from simulator import drift, values
from simulator.checks import UNKNOWN
from simulator.cloud import Cloud
from simulator.faults import Faults, parse
from simulator.front import Front
from simulator.provider import Provider
from simulator.store import Json
from tests.simulator.world import BASE, REQUESTS, WITH_CIRCUIT, WITH_SITE, id_of, inputs, make, token


class Engine:
    """The engine's side of the protocol, for one cloud."""

    def __init__(self, cloud: Cloud, rules: str = "[]") -> None:
        self.cloud = cloud
        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
        provider = Provider(cloud, Front(cloud, Faults(cloud, rules=parse(rules))))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, self.server)
        port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.call: Any = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def close(self) -> None:
        self.channel.close()
        self.server.stop(0).wait()

    @staticmethod
    def urn(name: str) -> str:
        return f"urn:pulumi:stack::project::{token(REQUESTS[name][0])}::{name.replace(' ', '-')}"

    def check(self, name: str, news: Json, olds: Json | None = None) -> Any:
        request = provider_pb2.CheckRequest(
            urn=self.urn(name), news=values.write(news), olds=values.write(olds or {}), randomSeed=b"seed"
        )
        return self.call.Check(request)

    def diff(self, name: str, old: Json, new: Json, state: Json | None = None) -> Any:
        request = provider_pb2.DiffRequest(
            urn=self.urn(name), old_inputs=values.write(old), news=values.write(new), olds=values.write(state or {})
        )
        return self.call.Diff(request)

    def create(self, name: str, news: Json, *, preview: bool = False, timeout: float = 0) -> Any:
        request = provider_pb2.CreateRequest(
            urn=self.urn(name), properties=values.write(news), preview=preview, timeout=timeout
        )
        return self.call.Create(request)

    def read(self, name: str, id: str, state: Json | None = None, old: Json | None = None) -> Any:
        request = provider_pb2.ReadRequest(urn=self.urn(name), id=id, properties=values.write(state or {}))
        if old is not None:
            request.inputs.CopyFrom(values.write(old))
        return self.call.Read(request)


@pytest.fixture
def engine() -> Iterator[Engine]:
    found = Engine(make(*BASE))
    yield found
    found.close()


def kinds_of(response: Any) -> dict[str, str]:
    name = provider_pb2.PropertyDiff.Kind.Name
    return {place: name(diff.kind) for place, diff in response.detailedDiff.items()}


def test_secrets_are_left_to_the_engine_to_mark(engine: Engine) -> None:
    """PULUMI-02: azure-native takes no envelopes, so the engine marks outputs of the same name as secret inputs."""
    answer = engine.call.Configure(provider_pb2.ConfigureRequest(acceptSecrets=True))
    assert (answer.acceptSecrets, answer.supportsPreview) == (False, True)


def test_what_the_program_leaves_out_is_filled(engine: Engine) -> None:
    found = values.read(engine.check("network", {"resourceGroupName": "rg"}).inputs)
    assert found["virtualNetworkName"].startswith("network")
    assert len(found["virtualNetworkName"]) == len("network") + 8
    assert found["location"] == "westus3"
    assert found["azureApiVersion"] == "2024-05-01"


def test_a_name_that_was_chosen_stays(engine: Engine) -> None:
    first = values.read(engine.check("network", {"resourceGroupName": "rg"}).inputs)
    again = values.read(engine.check("network", {"resourceGroupName": "rg"}, first).inputs)
    assert again == first


def test_the_providers_location_goes_before_the_groups(engine: Engine) -> None:
    variables = {"azure-native:config:location": "eastus"}
    engine.call.Configure(provider_pb2.ConfigureRequest(variables=variables))
    assert values.read(engine.check("network", {"resourceGroupName": "rg"}).inputs)["location"] == "eastus"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"addressPrefix": 10}, "'addressPrefix' should be of type 'string' but got a number"),
        ({"virtualNetworkName": None}, "missing required property 'virtualNetworkName'"),
        ({"colour": "blue"}, "'colour' is not a property that azure-native knows"),
        ({"delegations": "x"}, "'delegations' should be of type 'array' but got a string"),
        ({"serviceEndpoints": [{"services": "x"}]}, "'serviceEndpoints[0].services' is not a property"),
    ],
)
def test_a_request_against_the_sdk_is_refused_before_it_is_sent(engine: Engine, change: Json, reason: str) -> None:
    failures = engine.check("subnet", inputs("subnet", **change)).failures
    assert [failure.reason for failure in failures if failure.reason.startswith(reason)] != []


def test_an_enumeration_is_left_to_azure(engine: Engine) -> None:
    """PULUMI-06: azure-native takes any string; Azure does not."""
    news = inputs("circuit", sku={"name": "x", "tier": "y", "family": "z"})
    assert not engine.check("circuit", news).failures
    with pytest.raises(grpc.RpcError, match="InvalidRequestFormat"):
        engine.create("circuit", news)


def test_unknown_values_pass_a_preview(engine: Engine) -> None:
    news = inputs("subnet", virtualNetworkName=UNKNOWN, addressPrefix=UNKNOWN)
    assert not engine.check("subnet", news).failures
    found = values.read(engine.create("subnet", news, preview=True).properties)
    assert found["addressPrefix"] is UNKNOWN
    assert found["etag"] is UNKNOWN


def test_a_preview_foretells_the_inputs_and_nothing_else(engine: Engine) -> None:
    found = values.read(engine.create("er gateway", inputs("er gateway"), preview=True).properties)
    assert found["gatewayType"] == "ExpressRoute"
    assert found["ipConfigurations"][0]["name"] == "a"
    assert found["ipConfigurations"][0]["id"] is UNKNOWN
    assert found["bgpSettings"] is UNKNOWN
    assert engine.cloud.find("VirtualNetworkGateway") == []


def test_a_created_resource_can_be_read_and_shows_no_difference(engine: Engine) -> None:
    news = values.read(engine.check("subnet", inputs("subnet")).inputs)
    made = engine.create("subnet", news)
    state = values.read(made.properties)
    assert made.id == id_of("virtualNetworks/hub/subnets/web")
    again = engine.read("subnet", made.id, state, news)
    assert values.read(again.properties) == state
    assert values.read(again.inputs) == news
    assert engine.diff("subnet", news, news, state).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_drift_comes_into_the_inputs_and_a_default_does_not(engine: Engine) -> None:
    news = values.read(engine.check("subnet", inputs("subnet")).inputs)
    made = engine.create("subnet", news)
    drift.change(engine.cloud, made.id, {"defaultOutboundAccess": True, "addressPrefix": "10.0.7.0/24"})
    found = values.read(engine.read("subnet", made.id, values.read(made.properties), news).inputs)
    assert found == {**news, "defaultOutboundAccess": True, "addressPrefix": "10.0.7.0/24"}


def test_children_made_apart_do_not_come_into_the_parents_inputs(engine: Engine) -> None:
    news = values.read(engine.check("network", inputs("network")).inputs)
    state = values.read(engine.read("network", id_of("virtualNetworks/hub")).properties) | {"subnets": []}
    found = values.read(engine.read("network", id_of("virtualNetworks/hub"), state, news).inputs)
    assert found == news


def test_an_import_takes_the_inputs_from_id_and_answer(engine: Engine) -> None:
    found = values.read(engine.read("gateway subnet", id_of("virtualNetworks/hub/subnets/GatewaySubnet")).inputs)
    assert found["virtualNetworkName"] == "hub"
    assert found["subnetName"] == "GatewaySubnet"
    assert found["resourceGroupName"] == "rg"
    assert found["addressPrefix"] == "10.0.255.0/26"


def test_a_resource_that_is_gone_reads_as_no_id(engine: Engine) -> None:
    assert engine.read("subnet", id_of("virtualNetworks/hub/subnets/none"), {}, {}).id == ""


@pytest.mark.parametrize(
    ("name", "change", "replaced"),
    [
        ("subnet", {"addressPrefix": "10.0.3.0/24"}, []),
        ("subnet", {"subnetName": "other"}, ["subnetName"]),
        ("subnet", {"virtualNetworkName": "other"}, ["virtualNetworkName"]),
        ("subnet", {"resourceGroupName": "other"}, ["resourceGroupName"]),
        ("subnet", {"resourceGroupName": "RG"}, []),
        ("network", {"location": "eastus"}, ["location"]),
        ("network", {"location": "West US 3"}, []),
        ("address", {"sku": {"name": "Basic"}}, ["sku.name"]),
        ("address", {"zones": ["1"]}, []),
        ("vpn gateway", {"gatewayType": "ExpressRoute", "vpnType": "PolicyBased"}, []),
        ("vpn connection", {"connectionProtocol": "IKEv1"}, []),
        ("circuit", {"location": "eastus"}, []),
    ],
)
def test_only_these_changes_replace(engine: Engine, name: str, change: Json, replaced: list[str]) -> None:
    """PULUMI-03: everything else is tried in place."""
    answer = engine.diff(name, inputs(name), inputs(name, **change))
    assert list(answer.replaces) == replaced
    assert answer.deleteBeforeReplace is bool(replaced)


def test_a_resource_with_a_random_name_is_replaced_by_its_successor_first(engine: Engine) -> None:
    old = values.read(engine.check("network", {"resourceGroupName": "rg"}).inputs)
    answer = engine.diff("network", old, {**old, "location": "eastus"})
    assert (list(answer.replaces), answer.deleteBeforeReplace) == (["location"], False)


def test_a_difference_names_the_place(engine: Engine) -> None:
    old = inputs("er gateway")
    new = inputs("er gateway", tags={"a": "b"}, sku={"name": "ErGw2AZ"})
    assert kinds_of(engine.diff("er gateway", old, new)) == {"tags": "ADD", "sku.name": "UPDATE", "sku.tier": "DELETE"}


def test_inputs_without_the_path_mean_a_replacement(engine: Engine) -> None:
    """A state record that was made without inputs loses its path: the refresh brings back only the body."""
    found = values.read(
        engine.read("gateway subnet", id_of("virtualNetworks/hub/subnets/GatewaySubnet"), {}, {}).inputs
    )
    assert "resourceGroupName" not in found
    answer = engine.diff("gateway subnet", found, inputs("gateway subnet"))
    assert "resourceGroupName" in answer.replaces


def partly(error: Any) -> Any:
    """The resource that a failed create left, as the engine reads it from the trailing metadata."""
    metadata = error.trailing_metadata()
    [raw] = [value for key, value in metadata if key == "grpc-status-details-bin"]
    status = status_pb2.Status.FromString(raw)
    detail = provider_pb2.ErrorResourceInitFailed()
    packed: any_pb2.Any = status.details[0]
    assert packed.Unpack(detail)
    return detail


def test_a_resource_that_failed_halfway_is_handed_over() -> None:
    """ARM-06, CIRCUIT-08."""
    engine = Engine(make(*WITH_CIRCUIT))
    news = inputs("er connection")
    with pytest.raises(grpc.RpcError) as caught:
        engine.create("er connection", news)
    detail = partly(caught.value)
    engine.close()
    assert detail.id == id_of("connections/con-er")
    assert values.read(detail.properties)["provisioningState"] == "Failed"
    assert values.read(detail.inputs) == news
    assert "ServiceProviderNotProvisioned" in detail.reasons[0]


def test_a_resource_whose_time_ran_out_is_handed_over_without_outputs(engine: Engine) -> None:
    """ARM-06."""
    with pytest.raises(grpc.RpcError) as caught:
        engine.create("er gateway", inputs("er gateway"), timeout=600)
    detail = partly(caught.value)
    assert detail.id == id_of("virtualNetworkGateways/er")
    assert not values.read(detail.properties)
    assert detail.reasons == ["operation timed out"]


def test_a_lookup_answers_the_sdks_names_with_the_id(engine: Engine) -> None:
    request = provider_pb2.InvokeRequest(
        tok="azure-native:network:getVirtualNetwork",
        args=values.write({"resourceGroupName": "rg", "virtualNetworkName": "hub"}),
    )
    found = values.read(getattr(engine.call.Invoke(request), "return"))
    assert found["id"] == id_of("virtualNetworks/hub")
    assert found["addressSpace"] == {"addressPrefixes": ["10.0.0.0/16"]}


@pytest.mark.parametrize(
    ("what", "tok"), [("lookup", "azure-native:network:getVirtualHub"), ("lookup", "azure-native:compute:getDisk")]
)
def test_an_unknown_lookup_is_named(engine: Engine, what: str, tok: str) -> None:
    with pytest.raises(grpc.RpcError, match=f"no {what} {tok}"):
        engine.call.Invoke(provider_pb2.InvokeRequest(tok=tok))


def test_an_unknown_type_is_named(engine: Engine) -> None:
    urn = "urn:pulumi:stack::project::azure-native:network:VirtualHub::hub"
    with pytest.raises(grpc.RpcError, match="azure-native:network:VirtualHub"):
        engine.call.Check(provider_pb2.CheckRequest(urn=urn))


def test_the_whole_life_of_a_resource_over_the_wire() -> None:
    engine = Engine(make(*WITH_SITE))
    news = values.read(engine.check("vpn connection", inputs("vpn connection")).inputs)
    made = engine.create("vpn connection", news)
    assert values.read(made.properties)["sharedKey"] == news["sharedKey"]  # as Azure answers it
    changed = {**news, "dpdTimeoutSeconds": 30}
    request = provider_pb2.UpdateRequest(
        id=made.id,
        urn=engine.urn("vpn connection"),
        olds=made.properties,
        news=values.write(changed),
        old_inputs=values.write(news),
    )
    assert values.read(engine.call.Update(request).properties)["dpdTimeoutSeconds"] == 30
    engine.call.Delete(
        provider_pb2.DeleteRequest(id=made.id, urn=engine.urn("vpn connection"), properties=made.properties)
    )
    assert engine.read("vpn connection", made.id, {}, {}).id == ""
    engine.close()
