"""What each policy asks of one resource; that the engine runs them is tests/lifecycle/test_policies.py."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from policy import checks

SECRET = object()


@pytest.mark.parametrize(
    ("resource_type", "kind"),
    [
        ("azure-native:network:VirtualNetworkGateway", "VirtualNetworkGateway"),
        ("azure-native:network/v20240501:Subnet", "Subnet"),
        ("azure-native:network/v20230601preview:Subnet", "Subnet"),
        ("azure-native_network_v20240101:network:VirtualNetworkGateway", "VirtualNetworkGateway"),
        ("azure-native_compute_v20240101:compute:VirtualMachine", ""),
        ("another-azure-native:network:Subnet", ""),
        ("azure-native:compute:VirtualMachine", ""),
        ("hybrid-network:index:VpnGateway", ""),
        ("pulumi:pulumi:Stack", ""),
    ],
)
def test_a_resource_is_known_by_its_type_in_any_version(resource_type: str, kind: str) -> None:
    assert checks.kind_of(resource_type) == kind


@pytest.mark.parametrize(
    ("check", "kind", "props", "wrong"),
    [
        (checks.basic_sku, "PublicIPAddress", {}, True),
        (checks.basic_sku, "PublicIPAddress", {"sku": {"tier": "Regional"}}, True),
        (checks.basic_sku, "PublicIPAddress", {"sku": {"name": "Standard"}}, False),
        (checks.basic_sku, "LoadBalancer", {"sku": {"name": "Basic"}}, True),
        (checks.basic_sku, "LoadBalancer", {"sku": {"name": "Gateway"}}, False),
        (checks.basic_sku, "VirtualNetworkGateway", {"sku": {"name": "Basic", "tier": "Basic"}}, True),
        (checks.basic_sku, "VirtualNetworkGateway", {"sku": {"name": "VpnGw1AZ"}}, False),
        (checks.basic_sku, "ExpressRouteCircuit", {"sku": {"name": "x", "tier": "Basic"}}, True),
        (checks.basic_sku, "PublicIPAddress", {"sku": {"name": "basic"}}, True),
        (checks.basic_sku, "PublicIPAddress", {"sku": checks.UNKNOWN}, False),
        (checks.basic_sku, "PublicIPAddress", {"sku": {"name": checks.UNKNOWN}}, False),
        (checks.basic_sku, "VirtualNetworkGateway", {"sku": {"name": checks.UNKNOWN, "tier": "BASIC"}}, True),
        # A Bastion host of that SKU is what Microsoft sells today.
        (checks.basic_sku, "BastionHost", {"sku": {"name": "Basic"}}, False),
        (checks.default_outbound, "Subnet", {"subnetName": "web"}, True),
        (checks.default_outbound, "Subnet", {"subnetName": "web", "defaultOutboundAccess": True}, True),
        (checks.default_outbound, "Subnet", {"subnetName": "web", "defaultOutboundAccess": False}, False),
        (checks.default_outbound, "Subnet", {"subnetName": "GatewaySubnet"}, False),
        (checks.default_outbound, "Subnet", {"subnetName": "gatewaysubnet"}, False),
        (checks.default_outbound, "Subnet", {"subnetName": "web", "defaultOutboundAccess": checks.UNKNOWN}, False),
        (checks.default_outbound, "Subnet", {"subnetName": checks.UNKNOWN}, False),
        (checks.default_outbound, "VirtualNetwork", {"subnets": checks.UNKNOWN}, False),
        # What is not known yet hides nothing of what stands beside it.
        (checks.default_outbound, "VirtualNetwork", {"subnets": [checks.UNKNOWN, {"name": "web"}]}, True),
        (
            checks.default_outbound,
            "VirtualNetwork",
            {"subnets": [{"name": checks.UNKNOWN}, {"name": "web", "defaultOutboundAccess": None}]},
            True,
        ),
        (checks.gateway_subnet_group, "Subnet", {"name": "gatewaySubnet", "networkSecurityGroup": {"id": "/x"}}, True),
        (
            checks.gateway_subnet_group,
            "Subnet",
            {"name": "GatewaySubnet", "networkSecurityGroup": checks.UNKNOWN},
            False,
        ),
        (checks.default_outbound, "VirtualNetwork", {"subnets": [{"name": "web"}]}, True),
        (checks.default_outbound, "VirtualNetwork", {"subnets": [{"name": "AzureBastionSubnet"}]}, False),
        (checks.default_outbound, "VirtualNetwork", {}, False),
        (checks.gateway_subnet_group, "Subnet", {"subnetName": "GatewaySubnet"}, False),
        (checks.gateway_subnet_group, "Subnet", {"name": "GatewaySubnet", "networkSecurityGroup": {"id": "/x"}}, True),
        (checks.gateway_subnet_group, "Subnet", {"subnetName": "web", "networkSecurityGroup": {"id": "/x"}}, False),
        (
            checks.gateway_subnet_group,
            "VirtualNetwork",
            {"subnets": [{"name": "GatewaySubnet", "networkSecurityGroup": {"id": "/x"}}]},
            True,
        ),
    ],
)
def test_properties(
    check: Callable[[str, Mapping[str, Any]], Any], kind: str, props: Mapping[str, Any], wrong: bool
) -> None:
    assert bool(list(check(kind, props))) is wrong


@pytest.mark.parametrize(
    ("props", "clear"),
    [
        ({"sharedKey": "k"}, ["sharedKey"]),
        ({"sharedKey": SECRET}, []),
        ({"sharedKey": None, "authorizationKey": ""}, []),
        (
            {"vpnClientConfiguration": {"radiusServers": [{"radiusServerSecret": "k"}]}},
            ["vpnClientConfiguration.radiusServers[0].radiusServerSecret"],
        ),
        ({"peerings": SECRET, "name": "x"}, []),
    ],
)
def test_a_key_in_clear_is_found_wherever_it_stands(props: Mapping[str, Any], clear: list[str]) -> None:
    found = list(checks.clear_inputs(props, lambda value: value is SECRET))
    assert [problem.split(" ")[0] for problem in found] == clear


@pytest.mark.parametrize(
    ("outputs", "wrong"),
    [
        ({}, False),
        ({"failover": "another stack's own"}, False),
        ({"failover": {"requirement": "anyTwoFailures: not met, 2 accepted"}}, True),
        ({"failover": {"requirement": "circuitLoss: met"}}, False),
        ({"failover": {"requirement": "circuitLoss: nothing to prove, no circuit is connected"}}, False),
    ],
)
def test_only_a_failover_that_is_said_not_to_be_met_is_wrong(outputs: Mapping[str, Any], wrong: bool) -> None:
    assert bool(list(checks.unmet_failover(outputs))) is wrong


@pytest.mark.parametrize(
    ("outputs", "wrong"),
    [
        ({}, True),
        ({"failover": None}, True),
        ({"failover": "another stack's own"}, True),
        ({"failover": {"requirement": ""}}, True),
        ({"failover": checks.UNKNOWN}, False),
        ({"failover": {"requirement": checks.UNKNOWN}}, False),
        ({"failover": {"requirement": "circuitLoss: met"}}, False),
        ({"failover": {"requirement": "circuitLoss: not met"}}, True),
    ],
)
def test_a_stack_with_both_paths_has_to_say_that_its_failover_is_met(outputs: Mapping[str, Any], wrong: bool) -> None:
    assert len(list(checks.unmet_failover(outputs, needed=True))) == wrong


def test_both_paths_are_a_gateway_of_each_kind() -> None:
    express, vpn, other = ({"gatewayType": kind} for kind in ("expressRoute", "Vpn", checks.UNKNOWN))
    assert checks.both_paths([vpn, other, express])
    assert not checks.both_paths([vpn, vpn])
    assert not checks.both_paths([express, other, {}])
    assert not checks.both_paths([])


def test_protection_is_asked_of_what_carries_traffic() -> None:
    kinds = ("VirtualNetworkGateway", "ExpressRouteCircuit", "VirtualNetworkGatewayConnection", "Subnet", "")
    assert [kind for kind in kinds if list(checks.unprotected(kind, False))] == list(kinds[:3])
    assert not any(list(checks.unprotected(kind, True)) for kind in kinds)


def test_a_key_that_azure_answers_is_named_secret() -> None:
    assert list(checks.clear_outputs("ExpressRouteCircuit", ["authorizations"]))
    assert not list(checks.clear_outputs("ExpressRouteCircuit", ["serviceKey"]))
    assert not list(checks.clear_outputs("Subnet", []))
