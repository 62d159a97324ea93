"""Regions of US Government's and China's clouds, and the cloud that is deployed to [CLOUD-01]."""

import json
from typing import Any

import pytest

from tests.stacks import stack_config
from topology.reading import read_config
from topology.settings.cloud import ENVIRONMENT, METADATA, with_cloud

SPOKE = {"name": "far", "addressSpace": ["10.200.0.0/16"]}


def said(location: str, *regions: str, **more: str | None) -> list[str]:
    """What is told of the cloud, of `dev` in this region with a spoke in each of the others. more: other keys."""
    config: dict[str, Any] = {**stack_config("dev"), "azure-native:location": location}
    config["hybrid-network:zones"] = []
    spokes = [
        {**SPOKE, "name": f"s{n}", "addressSpace": [f"10.{200 + n}.0.0/16"], "location": region}
        for n, region in enumerate(regions)
    ]
    config["hybrid-network:network"]["spokes"] = spokes
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    texts |= {f"azure-native:{key}": value for key, value in more.items() if value is not None}
    _, problems = read_config(texts, [])
    return [f"{one.severity} {one.path}" for one in problems if one.rule == "CLOUD-01"]


@pytest.mark.parametrize(
    ("regions", "environment", "expected"),
    [
        (["westus2"], "public", []),
        (["westus2"], None, []),
        (["westus2", "northeurope"], None, []),
        (["usgovvirginia"], "usgovernment", []),
        (["US Gov Virginia"], "AzureUSGovernmentCloud", []),
        (["chinanorth3"], "China", []),
        (["atlantis"], "china", []),
        (["usgovvirginia"], "public", ["error azure-native:location"]),
        (["westus2"], "usgovernment", ["error azure-native:location"]),
        (["chinaeast2"], "usgovernment", ["error azure-native:location"]),
        (["usdodeast"], None, ["warning azure-native:environment"]),
        (["usgovtexas"], "usgov", ["warning azure-native:environment"]),
        (["westus2", "chinaeast2"], None, ["error network.spokes[0].location"]),
        (["usgovvirginia", "usgovtexas", "westus2"], "usgovernment", ["error network.spokes[1].location"]),
        (["atlantis", "westus2", "chinaeast2"], None, ["error network.spokes[1].location"]),
    ],
)
def test_all_regions_are_of_the_cloud_that_is_deployed_to(
    regions: list[str], environment: str | None, expected: list[str]
) -> None:
    assert said(*regions, environment=environment) == expected


def test_a_cloud_that_a_host_describes_may_have_any_region() -> None:
    assert said("usgovvirginia", environment="public", metadataHost="management.local") == []


def test_a_run_knows_the_cloud_from_its_configuration_then_from_the_account_s_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("ARM_ENVIRONMENT", "AZURE_ENVIRONMENT", "ARM_METADATA_HOSTNAME", "ARM_METADATA_HOST"):
        monkeypatch.delenv(name, raising=False)
    assert with_cloud({}) == {ENVIRONMENT: "public"}
    monkeypatch.setenv("ARM_ENVIRONMENT", "usgovernment")
    assert with_cloud({"a:b": "c"}) == {ENVIRONMENT: "usgovernment", "a:b": "c"}
    assert with_cloud({ENVIRONMENT: "china"}) == {ENVIRONMENT: "china"}
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", "management.local")
    assert with_cloud({})[METADATA] == "management.local"
