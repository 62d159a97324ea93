"""Well-formed requests for every resource type, and a small network to put them in.

The values follow Azure's documents, not this project's program.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.ids import SUBSCRIPTION
from simulator.options import Options
from simulator.store import Json

GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
_NIGHTLY = f"{GROUP_ID}/providers/Microsoft.Maintenance/maintenanceConfigurations/nightly"
WORKSPACE_ID = f"{GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/logs"
ACTION_GROUP_ID = f"{GROUP_ID}/providers/Microsoft.Insights/actionGroups/people"
NETWORK_ID = f"{GROUP_ID}/providers/Microsoft.Network"


_MODULES = {
    "ResourceGroup": "resources",
    "MaintenanceConfiguration": "maintenance",
    "ConfigurationAssignment": "maintenance",
    "Workspace": "operationalinsights",
    "ActionGroup": "monitor",
    "DiagnosticSetting": "monitor",
    "MetricAlert": "monitor",
    "ScheduledQueryRule": "monitor",
}


def token(name: str) -> str:
    """The Pulumi token of a type."""
    return f"azure-native:{_MODULES.get(name, 'network')}:{name}"


def id_of(path: str) -> str:
    """The id of something in the resource group, such as virtualNetworks/hub/subnets/GatewaySubnet."""
    return f"{NETWORK_ID}/{path}"


def ref(path: str) -> Json:
    """A reference to it."""
    return {"id": id_of(path)}


GATEWAY_SUBNET = "virtualNetworks/hub/subnets/GatewaySubnet"

REQUESTS: dict[str, tuple[str, Json]] = {
    "group": ("ResourceGroup", {"location": "westus3"}),
    "network": (
        "VirtualNetwork",
        {"virtualNetworkName": "hub", "location": "westus3", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
    ),
    "gateway subnet": (
        "Subnet",
        {"virtualNetworkName": "hub", "subnetName": "GatewaySubnet", "addressPrefix": "10.0.255.0/26"},
    ),
    "subnet": ("Subnet", {"virtualNetworkName": "hub", "subnetName": "web", "addressPrefix": "10.0.1.0/24"}),
    "bastion subnet": (
        "Subnet",
        {"virtualNetworkName": "hub", "subnetName": "AzureBastionSubnet", "addressPrefix": "10.0.254.0/26"},
    ),
    "nsg": ("NetworkSecurityGroup", {"networkSecurityGroupName": "nsg", "location": "westus3"}),
    "application group": (
        "ApplicationSecurityGroup",
        {"applicationSecurityGroupName": "machines", "location": "westus3"},
    ),
    "rule": (
        "SecurityRule",
        {
            "networkSecurityGroupName": "nsg",
            "securityRuleName": "http",
            "priority": 100,
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "VirtualNetwork",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "80",
        },
    ),
    "table": ("RouteTable", {"routeTableName": "table", "location": "westus3"}),
    "route": (
        "Route",
        {"routeTableName": "table", "routeName": "r", "addressPrefix": "10.9.0.0/16", "nextHopType": "None"},
    ),
    "address": (
        "PublicIPAddress",
        {
            "publicIpAddressName": "pip",
            "location": "westus3",
            "sku": {"name": "Standard"},
            "publicIPAllocationMethod": "Static",
            "zones": ["1", "2", "3"],
        },
    ),
    "bastion": (
        "BastionHost",
        {
            "bastionHostName": "bas",
            "location": "westus3",
            "ipConfigurations": [
                {
                    "name": "a",
                    "subnet": ref("virtualNetworks/hub/subnets/AzureBastionSubnet"),
                    "publicIPAddress": ref("publicIPAddresses/pip"),
                }
            ],
        },
    ),
    "balancer": (
        "LoadBalancer",
        {
            "loadBalancerName": "lb",
            "location": "westus3",
            "sku": {"name": "Standard"},
            "frontendIPConfigurations": [
                {"name": "front", "subnet": ref("virtualNetworks/hub/subnets/web"), "privateIPAddress": "10.0.1.250"}
            ],
            "backendAddressPools": [{"name": "pool"}],
            "probes": [{"name": "tcp", "port": 80, "protocol": "Tcp"}],
            "loadBalancingRules": [
                {
                    "name": "http",
                    "frontendPort": 80,
                    "backendPort": 80,
                    "protocol": "Tcp",
                    "frontendIPConfiguration": ref("loadBalancers/lb/frontendIPConfigurations/front"),
                    "backendAddressPool": ref("loadBalancers/lb/backendAddressPools/pool"),
                    "probe": ref("loadBalancers/lb/probes/tcp"),
                }
            ],
        },
    ),
    "vpn gateway": (
        "VirtualNetworkGateway",
        {
            "virtualNetworkGatewayName": "vpn",
            "location": "westus3",
            "gatewayType": "Vpn",
            "vpnType": "RouteBased",
            "sku": {"name": "VpnGw1AZ", "tier": "VpnGw1AZ"},
            "ipConfigurations": [
                {"name": "a", "subnet": ref(GATEWAY_SUBNET), "publicIPAddress": ref("publicIPAddresses/pip")}
            ],
        },
    ),
    "er gateway": (
        "VirtualNetworkGateway",
        {
            "virtualNetworkGatewayName": "er",
            "location": "westus3",
            "gatewayType": "ExpressRoute",
            "sku": {"name": "ErGw1AZ", "tier": "ErGw1AZ"},
            "ipConfigurations": [{"name": "a", "subnet": ref(GATEWAY_SUBNET)}],
        },
    ),
    "site": (
        "LocalNetworkGateway",
        {
            "localNetworkGatewayName": "site",
            "location": "westus3",
            "gatewayIpAddress": "198.51.100.7",
            "localNetworkAddressSpace": {"addressPrefixes": ["192.168.0.0/16"]},
        },
    ),
    "vpn connection": (
        "VirtualNetworkGatewayConnection",
        {
            "virtualNetworkGatewayConnectionName": "con-vpn",
            "location": "westus3",
            "connectionType": "IPsec",
            "virtualNetworkGateway1": ref("virtualNetworkGateways/vpn"),
            "localNetworkGateway2": ref("localNetworkGateways/site"),
            "sharedKey": "ThisIsNotARealKey0",
        },
    ),
    "circuit": (
        "ExpressRouteCircuit",
        {
            "circuitName": "circuit",
            "location": "westus3",
            "sku": {"name": "Premium_UnlimitedData", "tier": "Premium", "family": "UnlimitedData"},
            "serviceProviderProperties": {
                "serviceProviderName": "Equinix",
                "peeringLocation": "Silicon Valley",
                "bandwidthInMbps": 50,
            },
        },
    ),
    "peering": (
        "ExpressRouteCircuitPeering",
        {
            "circuitName": "circuit",
            "peeringName": "AzurePrivatePeering",
            "peeringType": "AzurePrivatePeering",
            "peerASN": 64600,
            "vlanId": 100,
            "primaryPeerAddressPrefix": "172.16.0.0/30",
            "secondaryPeerAddressPrefix": "172.16.0.4/30",
        },
    ),
    "authorization": ("ExpressRouteCircuitAuthorization", {"circuitName": "circuit", "authorizationName": "other"}),
    "er connection": (
        "VirtualNetworkGatewayConnection",
        {
            "virtualNetworkGatewayConnectionName": "con-er",
            "location": "westus3",
            "connectionType": "ExpressRoute",
            "virtualNetworkGateway1": ref("virtualNetworkGateways/er"),
            "peer": ref("expressRouteCircuits/circuit"),
        },
    ),
    "spoke": (
        "VirtualNetwork",
        {"virtualNetworkName": "spoke", "location": "westus3", "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}},
    ),
    "spoke peering": (
        "VirtualNetworkPeering",
        {
            "virtualNetworkName": "spoke",
            "virtualNetworkPeeringName": "to-hub",
            "remoteVirtualNetwork": ref("virtualNetworks/hub"),
        },
    ),
    "maintenance configuration": (
        "MaintenanceConfiguration",
        {
            "resourceName": "nightly",
            "location": "westus3",
            "maintenanceScope": "Resource",
            "extensionProperties": {"maintenanceSubScope": "NetworkGatewayMaintenance"},
            "visibility": "Custom",
            "startDateTime": "2999-01-01 01:00",
            "duration": "05:00",
            "timeZone": "Pacific Standard Time",
            "recurEvery": "Day",
        },
    ),
    "assignment": (
        "ConfigurationAssignment",
        {
            "providerName": "Microsoft.Network",
            "resourceType": "virtualNetworkGateways",
            "resourceName": "er",
            "configurationAssignmentName": "nightly",
            "location": "westus3",
            "resourceId": id_of("virtualNetworkGateways/er"),
            "maintenanceConfigurationId": _NIGHTLY,
        },
    ),
    "workspace": (
        "Workspace",
        {"workspaceName": "logs", "location": "westus3", "sku": {"name": "PerGB2018"}, "retentionInDays": 30},
    ),
    "action group": (
        "ActionGroup",
        {
            "actionGroupName": "people",
            "location": "Global",
            "enabled": True,
            "groupShortName": "network",
            "emailReceivers": [{"name": "a", "emailAddress": "a@example.com", "useCommonAlertSchema": True}],
        },
    ),
    "diagnostic setting": (
        "DiagnosticSetting",
        {
            "resourceUri": id_of("expressRouteCircuits/circuit"),
            "name": "logs",
            "workspaceId": WORKSPACE_ID,
            "logs": [{"categoryGroup": "allLogs", "enabled": True}],
            "metrics": [{"category": "AllMetrics", "enabled": True}],
        },
    ),
    "metric alert": (
        "MetricAlert",
        {
            "ruleName": "link",
            "location": "global",
            "enabled": True,
            "severity": 2,
            "evaluationFrequency": "PT1M",
            "windowSize": "PT5M",
            "scopes": [id_of("expressRouteCircuits/circuit")],
            "criteria": {
                "odataType": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                "allOf": [
                    {
                        "criterionType": "StaticThresholdCriterion",
                        "name": "link",
                        "metricName": "BgpAvailability",
                        "metricNamespace": "Microsoft.Network/expressRouteCircuits",
                        "operator": "LessThan",
                        "threshold": 100,
                        "timeAggregation": "Average",
                        "dimensions": [{"name": "Peer", "operator": "Include", "values": ["*"]}],
                    }
                ],
            },
            "actions": [{"actionGroupId": ACTION_GROUP_ID}],
        },
    ),
    "query rule": (
        "ScheduledQueryRule",
        {
            "ruleName": "asked",
            "location": "westus3",
            "enabled": True,
            "kind": "LogAlert",
            "severity": 1,
            "evaluationFrequency": "PT5M",
            "windowSize": "PT15M",
            "scopes": [WORKSPACE_ID],
            "criteria": {
                "allOf": [
                    {
                        "query": 'AzureMetrics | where MetricName == "BgpAvailability" and Average < 50',
                        "operator": "GreaterThan",
                        "threshold": 0,
                        "timeAggregation": "Count",
                    }
                ]
            },
            "actions": {"actionGroups": [ACTION_GROUP_ID]},
        },
    ),
}
"""A short name for each request, its type, and its inputs (without the resource group)."""

BASE = ("group", "network", "gateway subnet")
WITH_VPN = (*BASE, "address", "vpn gateway")
WITH_SITE = (*WITH_VPN, "site")
WITH_CIRCUIT = (*BASE, "er gateway", "circuit")

POLICY = {
    "dhGroup": "DHGroup24",
    "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA384",
    "ipsecEncryption": "GCMAES256",
    "ipsecIntegrity": "GCMAES256",
    "pfsGroup": "PFS24",
    "saLifeTimeSeconds": 27000,
    "saDataSizeKilobytes": 102400000,
}
"""A custom IPsec/IKE policy that breaks no rule."""


def inputs(name: str, /, **changes: Any) -> Json:
    """The inputs of one request; `changes` replace properties, and None takes one out."""
    body = {"resourceGroupName": "rg", **copy.deepcopy(REQUESTS[name][1]), **changes}
    if "resourceUri" in body:
        del body["resourceGroupName"]  # It extends a resource, and has no group of its own.
    return {key: value for key, value in body.items() if value is not None}


def put(cloud: Cloud, name: str, /, **changes: Any) -> Json:
    """Send one request and wait for its end."""
    return cloud.put(token(REQUESTS[name][0]), inputs(name, **changes))


def make(*names: str, options: Options | None = None) -> Cloud:
    """A cloud in memory with these requests done."""
    cloud = Cloud(options=options)
    for name in names:
        put(cloud, name)
    return cloud


def refusal(cloud: Cloud, name: str, /, **changes: Any) -> str:
    """The code that a request is refused with; empty when it is not."""
    try:
        put(cloud, name, **changes)
    except AzureError as error:
        return error.code
    return ""


@dataclass(frozen=True)
class Case:
    """One refusal: after `given` and `before`, the request with its changes ends with `code`."""

    rules: str
    """Rule ids, separated by spaces; empty for what Azure Resource Manager always asks."""
    code: str
    request: str
    changes: Json = field(default_factory=dict)
    given: tuple[str, ...] = BASE
    before: Callable[[Cloud], object] | None = None
    options: Options | None = None
    delete: str = ""
    """Delete this id instead of sending the request."""

    @property
    def name(self) -> str:
        """Shown by pytest."""
        return f"{self.rules or 'ARM'}: {self.code}"

    def run(self) -> str:
        """The code that it ends with."""
        cloud = make(*self.given, options=self.options)
        if self.before:
            self.before(cloud)
        if not self.delete:
            return refusal(cloud, self.request, **self.changes)
        try:
            cloud.delete(id_of(self.delete))
        except AzureError as error:
            return error.code
        return ""


def unknown(rule: str) -> str:
    """The code where nobody has told Azure's."""
    return f"CodeUnknown_{rule}"
