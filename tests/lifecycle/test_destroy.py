"""Destroying: refused whole while protected, in Azure's order otherwise, and nothing is left."""

import pytest

from tests.lifecycle.conftest import CIRCUIT
from tests.lifecycle.observe import calls, owned
from toolchain.workspace import Workspace

ORDER = [
    ("con-reference-vpn-onprem", "vgw-reference-vpn"),
    ("con-reference-vpn-onprem", "lgw-reference-onprem"),
    ("con-reference-er-primary", "vgw-reference-er"),
    ("con-reference-er-primary", "erc-reference-primary"),
    ("vgw-reference-vpn", "pip-reference-vpn-1"),
    ("vgw-reference-vpn", "GatewaySubnet"),
    ("vgw-reference-er", "GatewaySubnet"),
    ("bas-reference", "AzureBastionSubnet"),
    ("lbi-reference-web", "snet-reference-web"),
    ("GatewaySubnet", "vnet-reference"),
    ("vnet-reference", "rg-reference"),
    ("erc-reference-primary", "rg-reference"),
]
"""Pairs of which Azure deletes the second only after the first."""


@pytest.mark.parametrize("options", [(), ("--skip-preview",)], ids=["with a preview", "without a preview"])
def test_a_protected_stack_is_not_destroyed_not_even_in_part(connected: Workspace, options: tuple[str, ...]):
    before = owned(connected)
    run = connected.pulumi("destroy", "--yes", *options)
    assert run.code != 0
    assert "protected" in run.stdout
    assert calls(connected, "delete") == []
    assert owned(connected) == before


def test_a_stack_is_destroyed_in_azures_order_and_nothing_is_left(connected: Workspace):
    connected.change(protect=False)
    connected.pulumi("up", "--yes", "--skip-preview").check()
    connected.deprovision(CIRCUIT)
    connected.pulumi("destroy", "--yes").check()
    assert connected.cloud()["resources"] == []
    assert owned(connected) == set()
    deleted = [call["id"].rsplit("/", 1)[-1] for call in calls(connected, "delete")]
    assert [pair for pair in ORDER if deleted.index(pair[0]) > deleted.index(pair[1])] == []


def test_a_circuit_that_is_still_provisioned_is_kept_and_the_reason_told(connected: Workspace):
    connected.change(protect=False)
    connected.pulumi("up", "--yes", "--skip-preview").check()
    run = connected.pulumi("destroy", "--yes", "--skip-preview")
    assert run.code != 0
    assert "ExpressRouteCircuit primary" in owned(connected)
    connected.deprovision(CIRCUIT)
    connected.pulumi("destroy", "--yes", "--skip-preview").check()
    assert connected.cloud()["resources"] == []
