"""The ids that recovery looks for, held against the simulated Azure's, which were written apart."""

import re
from pathlib import Path

import pytest

from operations.azure_ids import (
    UNKNOWN,
    UnknownTypeError,
    id_of,
    path_parameters,
    secret_inputs,
    subscription_in,
    types,
)
from simulator.resources import kinds
from simulator.schema import load

ROOT = Path(__file__).parents[3]
SUBSCRIPTION = "00000000-0000-4000-8000-00000000000f"


@pytest.mark.parametrize("kind", types())
def test_an_id_is_the_one_that_the_simulated_azure_uses(kind: str):
    names = {name: f"the-{name}" for name in path_parameters(kind)}
    assert id_of(kind, names, SUBSCRIPTION) == kinds()[kind].make_id(SUBSCRIPTION, names)


def test_every_type_that_the_components_make_can_be_found_again():
    made = set()
    for file in (ROOT / "components").glob("*.py"):
        for module, name in re.findall(r"\b(network|resources)\.([A-Z]\w+)\(", file.read_text()):
            if not name.endswith("Args"):
                made.add(f"azure-native:{module}:{name}")
    assert len(made) > 10
    assert made <= set(types())


SECRET = ("key", "secret", "password")


@pytest.mark.parametrize("kind", [kind for kind in types() if kind != "azure-native:resources:ResourceGroup"])
def test_every_secret_input_of_a_type_is_known(kind: str):
    inputs = load().resources[kind].inputs
    assert set(secret_inputs(kind)) == {name for name in inputs if name.lower().endswith(SECRET)}


def test_a_name_that_is_not_known_yet_gives_no_id():
    names = {"resourceGroupName": "rg", "virtualNetworkName": UNKNOWN, "subnetName": "web"}
    assert id_of("azure-native:network:Subnet", names, SUBSCRIPTION) is None
    del names["virtualNetworkName"]
    assert id_of("azure-native:network:Subnet", names, SUBSCRIPTION) is None


def test_an_unknown_type_is_named():
    with pytest.raises(UnknownTypeError, match="azure-native:storage:StorageAccount"):
        id_of("azure-native:storage:StorageAccount", {"resourceGroupName": "rg"}, SUBSCRIPTION)


def test_the_subscription_is_read_from_an_id():
    assert subscription_in(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg") == SUBSCRIPTION
    assert subscription_in("01ef8b26-b6d3-4a98-8a50-16e4aeb0f822") is None
