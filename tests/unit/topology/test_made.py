"""What is said to be made is what the program registers: names are compared before anything is."""

from typing import Any

import pytest

from tests.properties.networks import config_of
from tests.recording import record_program
from tests.stacks import KEY, stack_values
from tests.unit.rules.changes import changed, keys
from tests.unit.test_program import azure
from topology.reading import read
from topology.settings.made import made

ROUTE = {"name": "r", "prefix": "198.18.0.0/16", "nextHopType": "None"}
MORE = {
    "network.tiers[0].routes": [ROUTE],
    "network.gatewaySubnetRoutes": [{"name": "own", "prefix": "10.20.0.0/16", "nextHopType": "VnetLocal"}],
    "expressRoute.circuits[0].authorizations": ["partner", "other"],
    "maintenance": {"expressRoute": {"start": "01:00"}, "vpn": {"start": "13:00"}},
    "monitoring": {"emails": ["network@example.com"]},
}
OWN = {
    **MORE,
    "names": {
        "virtualNetwork": "own-vnet",
        "gatewaySubnetRouteTable": "own-rt",
        "bastion": "own-bas",
        "bastionPublicIp": "own-pip",
        "expressRouteGateway": "own-er",
        "vpnGateway": "own-vpn",
        "vpnPublicIps": ["own-1", "own-2"],
        "subnets": {"web": "own-snet"},
        "networkSecurityGroups": {"web": "own-nsg"},
        "routeTables": {"web": "own-rt-web"},
        "loadBalancers": {"web": "own-lbi"},
        "circuits": {"primary": "own-erc"},
        "circuitConnections": {"primary": "own-con-er"},
        "localNetworkGateways": {"hq": "own-lgw"},
        "siteConnections": {"hq": "own-con-vpn"},
        "maintenance": {"expressRoute": "own-mc"},
        "workspace": "own-log",
        "actionGroup": "own-ag",
        "diagnosticSetting": "own-diag",
        "alerts": {"failed-over": "own-alert", "circuit-primary-lost": "own-lost"},
    },
}
NAMED = {
    "virtualNetworks": ("VirtualNetwork", "virtualNetworkName"),
    "subnets": ("Subnet", "subnetName"),
    "networkSecurityGroups": ("NetworkSecurityGroup", "networkSecurityGroupName"),
    "routeTables": ("RouteTable", "routeTableName"),
    "loadBalancers": ("LoadBalancer", "loadBalancerName"),
    "bastionHosts": ("BastionHost", "bastionHostName"),
    "publicIPAddresses": ("PublicIPAddress", "publicIpAddressName"),
    "virtualNetworkGateways": ("VirtualNetworkGateway", "virtualNetworkGatewayName"),
    "localNetworkGateways": ("LocalNetworkGateway", "localNetworkGatewayName"),
    "connections": ("VirtualNetworkGatewayConnection", "virtualNetworkGatewayConnectionName"),
    "expressRouteCircuits": ("ExpressRouteCircuit", "circuitName"),
    "peerings": ("ExpressRouteCircuitPeering", "peeringName"),
    "authorizations": ("ExpressRouteCircuitAuthorization", "authorizationName"),
    "maintenanceConfigurations": ("MaintenanceConfiguration", "resourceName"),
    "configurationAssignments": ("ConfigurationAssignment", "configurationAssignmentName"),
    "workspaces": ("Workspace", "workspaceName"),
    "actionGroups": ("ActionGroup", "actionGroupName"),
    "diagnosticSettings": ("DiagnosticSetting", "name"),
    "metricAlerts": ("MetricAlert", "ruleName"),
    "scheduledQueryRules": ("ScheduledQueryRule", "ruleName"),
}


@pytest.mark.parametrize("changes", [{}, MORE, OWN], ids=["dev", "more", "own names"])
def test_what_is_made_is_what_the_program_registers(changes: dict[str, Any]) -> None:
    values = {"protect": False, "serializeGateways": False, **changed(changes)}
    settings, problems = read(values, keys("hq"))
    assert settings is not None
    assert [problem for problem in problems if problem.severity == "error"] == []
    said = {(*NAMED[thing.kind], thing.component, thing.logical, thing.name) for thing in made(settings)}
    recording = record_program(config_of(values), {"vpnSharedKeys": {"hq": KEY}}, lookup=azure("Provisioned"))
    fields = dict(NAMED.values())
    registered = {
        (type, fields[type], r.urn.split("::")[2].split("$")[-2].rsplit(":", 1)[-1], r.name, r.inputs[fields[type]])
        for r in recording.resources
        if (type := r.type.rsplit(":", 1)[-1]) in fields and r.custom
    }
    assert said == registered


@pytest.mark.parametrize("stack", ["dev", "reference"])
def test_names_of_todays_stacks_are_made_of_the_stacks_name(stack: str) -> None:
    settings, _ = read(stack_values(stack))
    assert settings is not None
    own = {"GatewaySubnet", "AzureBastionSubnet", "AzurePrivatePeering"}
    assert all(settings.name in thing.name.split("-") for thing in made(settings) if thing.name not in own)
