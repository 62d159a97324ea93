"""The Azure ids of the resources that the program makes, from the names in their inputs.

Every physical name of the program is explicit and deterministic, so the id of a resource is known before it exists:
that is how a resource is found again which exists in Azure and not in the stack's state.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes in a plan where a string is not known yet."""


@dataclass(frozen=True)
class ArmType:
    """Where a resource type lives in Azure Resource Manager."""

    path: str
    """Provider and types, such as Microsoft.Network/virtualNetworks/subnets; with `{}` in the place of each name where
    one provider extends a resource of another."""
    names: tuple[str, ...]
    """The inputs with the names in the id, outermost first (after resourceGroupName)."""
    secrets: tuple[str, ...] = ()
    """Its inputs that are secret, the program's and those that Azure makes up."""
    in_group: bool = True
    """Whether a resource group's name is among its inputs; what extends a resource has that one's id."""


_NETWORK = "azure-native:network:"
_TYPES: dict[str, ArmType] = {
    f"{_NETWORK}VirtualNetwork": ArmType("Microsoft.Network/virtualNetworks", ("virtualNetworkName",)),
    f"{_NETWORK}Subnet": ArmType("Microsoft.Network/virtualNetworks/subnets", ("virtualNetworkName", "subnetName")),
    f"{_NETWORK}VirtualNetworkPeering": ArmType(
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", ("virtualNetworkName", "virtualNetworkPeeringName")
    ),
    f"{_NETWORK}RouteTable": ArmType("Microsoft.Network/routeTables", ("routeTableName",)),
    f"{_NETWORK}NetworkSecurityGroup": ArmType(
        "Microsoft.Network/networkSecurityGroups", ("networkSecurityGroupName",)
    ),
    f"{_NETWORK}PublicIPAddress": ArmType("Microsoft.Network/publicIPAddresses", ("publicIpAddressName",)),
    f"{_NETWORK}LoadBalancer": ArmType("Microsoft.Network/loadBalancers", ("loadBalancerName",)),
    f"{_NETWORK}BastionHost": ArmType("Microsoft.Network/bastionHosts", ("bastionHostName",)),
    f"{_NETWORK}VirtualNetworkGateway": ArmType(
        "Microsoft.Network/virtualNetworkGateways", ("virtualNetworkGatewayName",)
    ),
    f"{_NETWORK}LocalNetworkGateway": ArmType("Microsoft.Network/localNetworkGateways", ("localNetworkGatewayName",)),
    f"{_NETWORK}VirtualNetworkGatewayConnection": ArmType(
        "Microsoft.Network/connections",
        ("virtualNetworkGatewayConnectionName",),
        secrets=("sharedKey", "authorizationKey"),
    ),
    f"{_NETWORK}ExpressRouteCircuit": ArmType(
        "Microsoft.Network/expressRouteCircuits", ("circuitName",), secrets=("serviceKey", "authorizationKey")
    ),
    f"{_NETWORK}ExpressRouteCircuitPeering": ArmType(
        "Microsoft.Network/expressRouteCircuits/peerings", ("circuitName", "peeringName"), secrets=("sharedKey",)
    ),
    f"{_NETWORK}ExpressRouteCircuitAuthorization": ArmType(
        "Microsoft.Network/expressRouteCircuits/authorizations",
        ("circuitName", "authorizationName"),
        secrets=("authorizationKey",),
    ),
    "azure-native:maintenance:MaintenanceConfiguration": ArmType(
        "Microsoft.Maintenance/maintenanceConfigurations", ("resourceName",)
    ),
    "azure-native:maintenance:ConfigurationAssignment": ArmType(
        "{}/{}/{}/providers/Microsoft.Maintenance/configurationAssignments/{}",
        ("providerName", "resourceType", "resourceName", "configurationAssignmentName"),
    ),
    "azure-native:operationalinsights:Workspace": ArmType(
        "Microsoft.OperationalInsights/workspaces", ("workspaceName",)
    ),
    "azure-native:monitor:ActionGroup": ArmType("Microsoft.Insights/actionGroups", ("actionGroupName",)),
    "azure-native:monitor:DiagnosticSetting": ArmType(
        "{}/providers/Microsoft.Insights/diagnosticSettings/{}", ("resourceUri", "name"), in_group=False
    ),
    "azure-native:monitor:MetricAlert": ArmType("Microsoft.Insights/metricAlerts", ("ruleName",)),
    "azure-native:monitor:ScheduledQueryRule": ArmType("Microsoft.Insights/scheduledQueryRules", ("ruleName",)),
}
"""Paths from Azure's REST reference; the parameters are azure-native's."""

GROUP = "azure-native:resources:ResourceGroup"
_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]+)", re.IGNORECASE)


class UnknownTypeError(Exception):
    """A resource type of azure-native whose ids are not known here; the text names it."""


def types() -> tuple[str, ...]:
    """The Pulumi types whose ids are known here."""
    return (GROUP, *_TYPES)


def id_of(pulumi_type: str, inputs: Mapping[str, Any], subscription: str) -> str | None:
    """The Azure id that a resource's inputs lead to; None where a name in it is not known yet.

    Raises `UnknownTypeError`.
    """
    parameters = path_parameters(pulumi_type)
    values = [inputs.get(name) for name in parameters]
    if not all(isinstance(value, str) and value and UNKNOWN not in value for value in values):
        return None
    found = _TYPES.get(pulumi_type)
    if found and not found.in_group:
        return found.path.format(*values)
    group, *names = (str(value) for value in values)
    start = f"/subscriptions/{subscription}/resourceGroups/{group}"
    if pulumi_type == GROUP:
        return start
    path = _TYPES[pulumi_type].path
    if "{}" in path:
        return f"{start}/providers/{path.format(*names)}"
    provider, *kinds = path.split("/")
    pairs = zip(kinds, names, strict=True)
    return f"{start}/providers/{provider}" + "".join(f"/{kind}/{name}" for kind, name in pairs)


def path_parameters(pulumi_type: str) -> tuple[str, ...]:
    """The inputs that make up a resource's id, the resource group's name first. Raises `UnknownTypeError`."""
    if pulumi_type == GROUP:
        return ("resourceGroupName",)
    if pulumi_type not in _TYPES:
        raise UnknownTypeError(f"{pulumi_type}: add its path to operations/azure_ids.py, so that it can be found again")
    found = _TYPES[pulumi_type]
    return ("resourceGroupName", *found.names) if found.in_group else found.names


def secret_inputs(pulumi_type: str) -> tuple[str, ...]:
    """The inputs of a type that must be secret; azure-native, reading a resource, puts what Azure tells among them."""
    return _TYPES[pulumi_type].secrets if pulumi_type in _TYPES else ()


def subscription_in(resource_id: str) -> str | None:
    """The subscription of an Azure id; None where the text is none."""
    found = _SUBSCRIPTION.match(resource_id)
    return found[1] if found else None
