"""What other languages see of the components: their schema, and what is said of a mistake."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest

from tests.pages.plugin import program
from tests.recording import Recording, record

PROVIDER = program().served()
SCHEMA = json.loads(PROVIDER.schema)
TIER: dict[str, Any] = {
    "resourceGroupName": "rg",
    "virtualNetworkName": "vnet",
    "subnetPrefix": "10.0.1.0/24",
    "loadBalancer": {"frontendAddress": "10.0.1.250", "port": 443.0},
}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from [item] if key == "description" and isinstance(item, str) else texts(item)


def make(kind: str, inputs: dict[str, Any], **late: Any) -> Recording:
    """One component, as an engine asks for it: with the schema's names, and every number a float; late: Outputs."""

    def program() -> object:
        outputs = {name: pulumi.Output.from_input(value) for name, value in late.items()}
        return PROVIDER.construct("it", f"hybrid-network:index:{kind}", inputs | outputs)

    return record(program)


def mistakes(kind: str, inputs: dict[str, Any], **late: Any) -> list[str]:
    with pytest.raises(pulumi.RunError) as stopped:
        make(kind, inputs, **late)
    return [line.removeprefix("  - ") for line in str(stopped.value).splitlines()[1:]]


def test_texts_have_no_words_of_python() -> None:
    words = re.compile(r"\b[a-z]+_\w+|pulumi\.|\bRaises\b|\bPython\b|TypedDict|\n +")
    described = list(texts(SCHEMA))
    assert len(described) > 150
    assert [text for text in described if words.search(text)] == []


def test_a_secret_argument_is_one_in_every_language() -> None:
    parts = [*SCHEMA["types"].values(), *SCHEMA["resources"].values()]
    arguments = [pair for part in parts for pair in part.get("inputProperties", part["properties"]).items()]
    assert {name for name, said in arguments if said.get("secret")} == {"sharedKey", "authorizationKey"}


def test_the_schema_refers_to_no_other_package() -> None:
    assert set(re.findall(r'"\$ref": "([^"#]*)#', json.dumps(SCHEMA))) == {"", "pulumi.json"}


def test_whole_numbers_are_whole() -> None:
    (told,) = mistakes("ApplicationTier", {**TIER, "loadBalancer": {**TIER["loadBalancer"], "port": 70000.0}})
    assert told.startswith("loadBalancer.port: 70000 ")


def test_a_number_that_is_not_known_yet_passes() -> None:
    circuit = {"resourceGroupName": "rg", "provider": "Equinix", "peeringLocation": "Seattle"}
    made = make("ExpressRouteCircuit", circuit, bandwidthInMbps=200.0).of("network:ExpressRouteCircuit")
    assert made[0].inputs["serviceProviderProperties"]["bandwidthInMbps"] == 200


def test_all_mistakes_are_told_at_once_under_the_schemas_names() -> None:
    wrong = {
        "virtualNetworkName": "vnet",
        "subnetPrefix": "10.0.1.0/24",
        "internetOutbond": True,
        "loadBalancer": {"frontendAddress": "10.0.2.250", "port": 443.5, "probPath": "/"},
    }
    assert mistakes("ApplicationTier", wrong) == [
        "resourceGroupName: is missing; ApplicationTierArgs needs it [ARG-01]",
        "internetOutbond: is no argument of ApplicationTierArgs; is it internetOutbound? [ARG-01]",
        "loadBalancer.probPath: is no argument of LoadBalancerArgs; is it probePath? [ARG-01]",
        "loadBalancer.port: is a number; a whole number is needed [ARG-02]",
        "loadBalancer.frontendAddress: 10.0.2.250 is outside 10.0.1.0/24 (subnetPrefix); choose an address inside it "
        "[NET-01]",
    ]


def test_a_preview_shows_arguments_under_the_schemas_names() -> None:
    (tier,) = make("ApplicationTier", TIER).of("ApplicationTier")
    assert tier.inputs == TIER


def test_a_warning_has_the_schemas_names_too(monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: warned.append(text))
    make("ApplicationTier", {**TIER, "routes": [{"name": "out", "prefix": "1.1.1.0/24", "nextHopType": "Internet"}]})
    (warning,) = warned
    assert warning.startswith("ApplicationTier 'it': routes[0].nextHopType: ")
    assert "_" not in warning


def test_what_decides_the_layout_must_be_known() -> None:
    (told,) = mistakes("ApplicationTier", TIER, loadBalancer=TIER["loadBalancer"])
    assert told.startswith("loadBalancer: decides what is made")
