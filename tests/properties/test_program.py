"""Whatever settings the model accepts, the program composes, with names and secrets as promised."""

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.properties.networks import config_of, networks, secrets_of
from tests.recording import NOT_FOUND, LookupFailed, Recording, Secret, record_program
from tests.stacks import KEY, PEERING_KEY
from topology.reading import read

EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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


@EXAMPLES
@given(networks())
def test_what_the_model_accepts_composes_in_preview_as_in_update(values: dict[str, Any]) -> None:
    assume(accepted(values))
    update, preview = run(values), run(values, preview=True)
    assert logical_names(preview) == logical_names(update)
    urns = [resource.urn for resource in update.resources]
    assert len(urns) == len(set(urns))


@EXAMPLES
@given(networks(), st.data())
def test_logical_names_never_depend_on_values(values: dict[str, Any], data: st.DataObject) -> None:
    assume(accepted(values))
    changed = {**values, "name": "other", "tags": {"x": "y"}, "location": "northeurope"}
    changed["vpn"] = {**values["vpn"], "sites": [{**s, "publicIp": "198.51.100.7"} for s in values["vpn"]["sites"][:1]]}
    changed["vpn"]["sites"] += values["vpn"]["sites"][1:]
    changed["expressRoute"] = {**values["expressRoute"], "gateway": {"sku": "ErGw2AZ"}}
    assume(accepted(changed))
    assert logical_names(run(changed)) == logical_names(run(values))


@EXAMPLES
@given(networks(), st.booleans())
def test_no_secret_is_ever_unmarked(values: dict[str, Any], preview: bool) -> None:
    assume(accepted(values))
    recording = run(values, preview=preview)
    for resource in recording.resources:
        assert _shown(resource.inputs) == [], resource.urn
    assert _shown(recording.outputs) == []
    marked = [r for r in recording.resources if Secret(KEY) in r.inputs.values()]
    assert len(marked) >= len(values["vpn"]["sites"])


def _shown(value: Any) -> list[str]:
    return [key for key in (KEY, PEERING_KEY) if key in str(_public(value))]


def _public(value: Any) -> Any:
    if isinstance(value, Secret):
        return None
    if isinstance(value, dict):
        return {key: _public(item) for key, item in value.items()}
    return [_public(item) for item in value] if isinstance(value, list) else value
