"""Components load only what they use of the Azure SDK, and a stack that uses the SDK beside them does not notice."""

import json
import subprocess
import sys
from typing import Any

import pytest

from engine.locate import PROJECT

COMPONENTS = """
import components
from components import *
from components.sdk import network
network.get_subnet, network.Subnet, network.SubnetArgs, network.IPVersion
"""
WHOLE = """
import pulumi_azure_native
pulumi_azure_native.network.VirtualNetwork
"""
REPORT = """
import json, sys
prefix = "pulumi_azure_native.network."
whole = vars(sys.modules[prefix[:-1]])
print(json.dumps({
    "loaded": sorted(name.removeprefix(prefix) for name in sys.modules if name.startswith(prefix)),
    "names": {name: [type(value).__name__, getattr(value, "__module__", None)] for name, value in whole.items()},
}))
"""


def run(*parts: str) -> dict[str, Any]:
    """What a new interpreter has loaded of the SDK's network package after a program, and the package's names."""
    program = "\n".join([*parts, REPORT])
    return json.loads(
        subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, check=True).stdout
    )


@pytest.fixture(scope="module")
def untouched() -> dict[str, Any]:
    return run(WHOLE)


def test_components_load_what_they_use_and_no_more(untouched: dict[str, Any]):
    loaded = run(COMPONENTS)["loaded"]
    assert {"subnet", "get_subnet", "_inputs", "_enums", "outputs"} <= set(loaded)
    assert "azure_firewall" not in loaded
    assert len(loaded) < len(untouched["loaded"]) / 10


@pytest.mark.parametrize("order", [(COMPONENTS, WHOLE), (WHOLE, COMPONENTS)], ids=["before", "after"])
def test_the_whole_package_is_what_it_is_without_components(order: tuple[str, ...], untouched: dict[str, Any]):
    same = """
from components.sdk import network
whole = pulumi_azure_native.network
for name in ("get_subnet", "Subnet", "SubnetArgs", "IPVersion", "outputs", "AzureFirewall", "get_azure_firewall"):
    assert getattr(network, name) is getattr(whole, name), name
"""
    found = run(*order, same)
    names = {name: value for name, value in found["names"].items() if not name.startswith("__")}
    assert names == {name: value for name, value in untouched["names"].items() if not name.startswith("__")}


def test_a_name_that_the_sdk_does_not_have_is_an_attribute_error():
    program = "from components.sdk import network\nnetwork.NoSuchResource"
    ended = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "AttributeError" in ended.stderr
