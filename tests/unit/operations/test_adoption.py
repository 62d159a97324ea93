"""What recovery writes into a state for a resource of which only the id is known."""

from typing import Any

from operations.adoption import (
    adopt,
    as_given,
    missing_in_operations,
    missing_in_plan,
    record,
    subscriptions,
    without_provider,
)
from operations.azure_ids import UNKNOWN

STACK = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"
SUBSCRIPTION = "00000000-0000-4000-8000-00000000000f"
PROVIDER = "urn:pulumi:s::p::pulumi:providers:azure-native::default::01ef8b26-b6d3-4a98-8a50-16e4aeb0f822"


def resource(kind: str, name: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A resource as a plan tells it."""
    token = f"azure-native:network:{kind}"
    return {
        "urn": f"urn:pulumi:s::p::{token}::{name}",
        "custom": True,
        "type": token,
        "inputs": {"resourceGroupName": "rg", **inputs},
        "outputs": {"provisioningState": UNKNOWN},
        "parent": STACK,
        "provider": PROVIDER,
        **more,
    }


GATEWAY = resource("VirtualNetworkGateway", "vpn", {"virtualNetworkGatewayName": "vgw"}, protect=True)
CONNECTION = resource(
    "VirtualNetworkGatewayConnection",
    "hq",
    {"virtualNetworkGatewayConnectionName": "con", "sharedKey": "[secret]"},
    dependencies=[GATEWAY["urn"]],
    propertyDependencies={"virtualNetworkGateway1": [GATEWAY["urn"]], "sharedKey": []},
    customTimeouts={"create": 3600},
    additionalSecretOutputs=["sharedKey", "authorizationKey"],
)
AUTHORIZATION = resource(
    "ExpressRouteCircuitAuthorization",
    "a",
    {"circuitName": "erc", "authorizationName": "a"},
    additionalSecretOutputs=["authorizationKey"],
)
ROOT = {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False}


def steps(*resources: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"op": "create", "urn": entry["urn"], "newState": entry} for entry in resources]


def candidates(*resources: dict[str, Any]) -> list[Any]:
    return [entry.candidate(SUBSCRIPTION) for entry in missing_in_plan(steps(*resources))]


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"


def test_a_record_keeps_what_the_engine_knows_and_leaves_out_what_only_azure_knows():
    found = record(CONNECTION, "/the/id")
    assert found["id"] == "/the/id"
    assert found["outputs"] == {}
    for name in ("parent", "provider", "dependencies", "propertyDependencies", "customTimeouts"):
        assert found[name] == CONNECTION[name]
    assert found["additionalSecretOutputs"] == ["sharedKey", "authorizationKey"]


def test_a_records_inputs_are_the_names_in_its_id_and_marks_for_its_secrets():
    inputs = record(CONNECTION, "/the/id")["inputs"]
    assert is_secret(inputs.pop("sharedKey"))
    assert is_secret(inputs.pop("authorizationKey"))
    assert inputs == {"resourceGroupName": "rg", "virtualNetworkGatewayConnectionName": "con"}


def test_a_secret_that_azure_makes_up_is_marked_before_it_is_read():
    assert is_secret(record(AUTHORIZATION, "/the/id")["inputs"]["authorizationKey"])


def test_an_adopted_resource_has_the_inputs_that_the_program_gives():
    (candidate,) = candidates(AUTHORIZATION)
    read = {"inputs": {"circuitName": "erc", "authorizationName": "a", "authorizationKey": "x", "name": "a"}}
    assert as_given(read, candidate.given)["inputs"] == {"circuitName": "erc", "authorizationName": "a"}


def test_only_azure_resources_that_would_be_created_are_missing():
    plan = steps(ROOT, GATEWAY)
    plan.append({"op": "update", "urn": CONNECTION["urn"], "newState": CONNECTION})
    assert [entry.urn for entry in missing_in_plan(plan)] == [GATEWAY["urn"]]


def test_a_creation_under_way_is_missing_and_other_operations_are_not():
    operations = [{"type": "creating", "resource": GATEWAY}, {"type": "updating", "resource": CONNECTION}]
    assert [entry.urn for entry in missing_in_operations({"pending_operations": operations})] == [GATEWAY["urn"]]


def test_a_resource_whose_name_is_unknown_cannot_be_looked_for():
    unknown = resource("VirtualNetworkGateway", "vpn", {"virtualNetworkGatewayName": UNKNOWN})
    assert candidates(unknown) == [None]


def test_a_plan_without_provider_is_noticed():
    assert not without_provider(missing_in_plan(steps(GATEWAY)))
    alone = {**GATEWAY, "provider": f"urn:pulumi:s::p::pulumi:providers:azure-native::default::{UNKNOWN}"}
    assert without_provider(missing_in_plan(steps(alone)))


def test_a_providers_subscription_is_what_it_is_told_or_where_its_resources_are():
    told, other = (f"urn:pulumi:s::p::pulumi:providers:azure-native::{name}" for name in ("told", "other"))
    network = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet"
    deployment = {
        "resources": [
            {"urn": told, "type": "pulumi:providers:azure-native", "inputs": {"subscriptionId": "theirs"}},
            {"urn": other, "type": "pulumi:providers:azure-native", "inputs": {}},
            {"urn": "urn:n", "type": "azure-native:network:VirtualNetwork", "id": network, "provider": f"{other}::id"},
        ]
    }
    assert subscriptions(deployment) == {told: "theirs", other: SUBSCRIPTION}


def test_records_come_after_what_they_depend_on_and_pending_operations_go():
    deployment = {"resources": [ROOT], "pending_operations": [{"type": "creating", "resource": GATEWAY}]}
    found = adopt(deployment, candidates(CONNECTION, GATEWAY))
    assert [entry["urn"] for entry in found["resources"]] == [STACK, GATEWAY["urn"], CONNECTION["urn"]]
    assert found["pending_operations"] == []


def test_a_record_does_not_point_to_what_the_state_does_not_have():
    child = {**CONNECTION, "parent": "urn:pulumi:s::p::hybrid-network:index:VpnSite::hq"}
    found = adopt({"resources": [ROOT]}, candidates(child))["resources"][-1]
    assert found["parent"] == STACK
    assert found["dependencies"] == []
    assert found["propertyDependencies"] == {"virtualNetworkGateway1": [], "sharedKey": []}


def test_what_was_made_and_never_read_gets_its_secrets_marked_and_keeps_its_inputs():
    timed_out = {**CONNECTION, "id": "/con", "outputs": {}, "initErrors": ["operation timed out"]}
    (found,) = adopt({"resources": [timed_out]}, [])["resources"]
    assert is_secret(found["inputs"].pop("authorizationKey"))
    assert found["inputs"] == CONNECTION["inputs"]


def test_what_was_read_is_left_as_it_is():
    read = {**CONNECTION, "id": "/con", "outputs": {"provisioningState": "Succeeded"}}
    assert adopt({"resources": [read]}, [])["resources"] == [read]


def test_a_record_takes_the_place_of_its_deleted_predecessor():
    predecessor = {**GATEWAY, "pendingReplacement": True, "id": "/old"}
    user = {**CONNECTION, "id": "/con"}
    found = adopt({"resources": [ROOT, predecessor, user]}, candidates(GATEWAY))["resources"]
    assert [entry["urn"] for entry in found] == [STACK, GATEWAY["urn"], CONNECTION["urn"]]
    assert "pendingReplacement" not in found[1]
    assert found[1]["id"].endswith("/virtualNetworkGateways/vgw")
