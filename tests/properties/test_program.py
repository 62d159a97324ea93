"""Whatever settings the model accepts, the program composes, with names and secrets as promised."""

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings

from tests.properties.networks import config_of, networks, secrets_of
from tests.recording import NOT_FOUND, LookupFailed, Recording, Secret, record_program
from tests.stacks import KEY, PEERING_KEY
from topology.reading import read


def provisioned(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    if token.endswith("getExpressRouteCircuit"):
        return {"serviceProviderProvisioningState": "Provisioned"}
    raise LookupFailed(NOT_FOUND)


def run(values: dict[str, Any], **options: Any) -> Recording:
    return record_program(config_of(values), secrets_of(values), lookup=provisioned, **options)


def accepted(values: dict[str, Any]) -> bool:
    return not [p for p in read(values, secrets_of(values))[1] if p.severity == "error"]


def logical_names(recording: Recording) -> set[tuple[str, str]]:
    return {(resource.urn.split("::")[2], resource.name) for resource in recording.resources}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_what_the_model_accepts_composes_with_names_and_secrets_as_promised(values: dict[str, Any]) -> None:
    assume(accepted(values))
    update, preview = run(values), run(values, preview=True)
    assert logical_names(preview) == logical_names(update)
    urns = [resource.urn for resource in update.resources]
    assert len(urns) == len(set(urns))
    for recording in (update, preview):
        keeps_its_secrets(recording, sites=len(values["vpn"]["sites"]))
    other = of_other_values(values)
    if accepted(other):
        event("the same of other values")
        assert logical_names(run(other)) == logical_names(update), "a logical name depends on a value"


def of_other_values(values: dict[str, Any]) -> dict[str, Any]:
    """The same things, called and placed otherwise."""
    sites = values["vpn"]["sites"]
    return {
        **values,
        **{"name": "other", "tags": {"x": "y"}, "location": "eastus"},
        "vpn": {**values["vpn"], "sites": [*({**site, "publicIp": "198.51.100.7"} for site in sites[:1]), *sites[1:]]},
        "expressRoute": {**values["expressRoute"], "gateway": {"sku": "ErGw2AZ"}},
    }


def keeps_its_secrets(recording: Recording, *, sites: int) -> None:
    """No secret is ever unmarked, and each site's key is there."""
    for resource in recording.resources:
        assert _shown(resource.inputs) == [], resource.urn
    assert _shown(recording.outputs) == []
    marked = [resource for resource in recording.resources if Secret(KEY) in resource.inputs.values()]
    assert len(marked) >= sites


def _shown(value: Any) -> list[str]:
    return [key for key in (KEY, PEERING_KEY) if key in str(_public(value))]


def _public(value: Any) -> Any:
    if isinstance(value, Secret):
        return None
    if isinstance(value, dict):
        return {key: _public(item) for key, item in value.items()}
    return [_public(item) for item in value] if isinstance(value, list) else value
