"""The table between Azure's bodies and the SDK's, and the check that every answer of these tests goes through."""

from collections.abc import Callable
from typing import Any

import pytest

from simulator import schema
from simulator.arm import bodies, make_bodies
from simulator.arm.calls import Calls
from simulator.arm.messages import Answer
from simulator.errors import AzureError
from simulator.resources import kinds
from simulator.store import Json
from tests.clients.azure_side import Azure, served
from tests.clients.fits import Misfit
from tests.simulator.world import REQUESTS, WITH_SITE, inputs, make, token


def test_the_table_is_what_the_models_say() -> None:
    assert make_bodies.TABLE.read_text() == make_bodies.text(make_bodies.make())


@pytest.mark.parametrize("type_token", [found for found in schema.TOKENS if ":network:" in found])
def test_every_property_of_the_simulator_has_a_place_in_azures_body(type_token: str) -> None:
    """But for what is asked in the path or the query, and in no body."""
    kind, shape = kinds()[type_token], schema.load().resources[type_token]
    asked = {"resourceGroupName", *kind.parameters, "azureApiVersion", "syncRemoteAddressSpace"}
    flat = dict.fromkeys(({*shape.inputs, *shape.outputs} - asked), "x")
    nested = bodies.write(kind, flat)
    fields = bodies._by_name(bodies.model_of(kind) or "")
    assert flat.keys() <= fields.keys()
    assert set(nested) - {"properties"} <= {"id", "name", "type", "location", "tags", "etag", "sku", "zones",
                                            "identity", "extendedLocation"}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_survives_azures_form(name: str) -> None:
    kind = kinds()[token(REQUESTS[name][0])]
    flat = {key: value for key, value in inputs(name).items() if key not in ("resourceGroupName", *kind.parameters)}
    assert bodies.read(kind, bodies.write(kind, flat)) == flat


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"addressSpace": {}}, "Could not find member 'addressSpace' on object of type 'VirtualNetwork'"),
        ({"properties": {"colour": 1}}, "Path 'properties.colour'"),
        ({"properties": {"addressSpace": {"prefixes": []}}}, "object of type 'AddressSpace'"),
        (
            {"properties": {"subnets": [{"addressPrefix": "10.0.0.0/24"}]}},
            r"Path 'properties.subnets\[0\].addressPrefix'",
        ),
        ({"properties": 1}, "Path 'properties'"),
    ],
)
def test_what_azure_does_not_know_is_refused(body: Json, problem: str) -> None:
    with pytest.raises(AzureError, match=problem):
        bodies.read(kinds()[token("VirtualNetwork")], body)


def test_what_azure_only_answers_is_ignored() -> None:
    """In a part of a resource too, where the azure-native SDK's types take some of it from other API versions."""
    read_only = {"etag": "W/x", "properties": {"provisioningState": "Failed", "resourceGuid": "x"}}
    assert bodies.read(kinds()[token("VirtualNetwork")], read_only) == {}
    rule = {"name": "r", "etag": "W/x", "properties": {"provisioningState": "Failed", "priority": 100}}
    group = {"properties": {"securityRules": [rule]}}
    read = {"securityRules": [{"name": "r", "priority": 100}]}
    assert bodies.read(kinds()[token("NetworkSecurityGroup")], group) == read


PLANTED: dict[str, Callable[[Any], Any]] = {
    "an unknown field": lambda body: body["properties"].update(colour="red"),
    "an unknown field deep inside": lambda body: body["properties"]["bgpSettings"].update(speed=1),
    "a number as a text": lambda body: body["properties"]["bgpSettings"].update(asn="65515"),
    "an object instead of a list": lambda body: body["properties"].update(ipConfigurations={}),
    "what belongs into properties": lambda body: body.update(gatewayType=body["properties"].pop("gatewayType")),
    "a word that Azure has not": lambda body: body["properties"].update(vpnType="Wireless"),
    "a required field that is missing": lambda body: body["properties"]["vpnClientConfiguration"].update(
        radiusServers=[{"radiusServerScore": 1}]
    ),
}
"""Mistakes of a server, each of which Azure's own client would have swallowed."""


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_wrong_answer_is_caught(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Calls.get

    def wrong(self: Calls, *args: Any) -> Answer:
        answer = right(self, *args)
        assert isinstance(answer.body, dict)
        answer.body["properties"].setdefault("vpnClientConfiguration", {})
        PLANTED[mistake](answer.body)
        return answer

    cloud = make(*WITH_SITE)
    with served(cloud) as endpoint:
        Azure(endpoint).get(token("VirtualNetworkGateway"), inputs("vpn gateway"))
    monkeypatch.setattr(Calls, "get", wrong)
    with served(cloud) as endpoint, pytest.raises(Misfit):
        Azure(endpoint).get(token("VirtualNetworkGateway"), inputs("vpn gateway"))
