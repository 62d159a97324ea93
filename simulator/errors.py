"""Every error this simulated Azure can answer with, in one table.

`code` is Azure's own where a document or a report names it. Where nobody has told Azure's code the table says
`CodeUnknown_<rule id>`: nothing may rely on such a code, only on the refusal. `confidence` speaks of code and text: D
documented or read in published code, R reported, I inferred, U unknown. A text in R or D is Azure's where a source
quotes it; the others are ours.
"""

from dataclasses import dataclass


class AzureError(Exception):
    """An answer of 400 or above, as Azure's error body has it."""

    def __init__(self, status: int, code: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(f'Status={status} Code="{code}" Message="{message}"')
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Kind:
    """One row of the table."""

    status: int
    text: str
    rules: tuple[str, ...] = ()
    confidence: str = "R"
    code: str = ""
    """Azure's code when it differs from the row's key."""


def fail(key: str, /, **fields: object) -> AzureError:
    """The error of one row, to be raised; `fields` fill its text. `retry_after_s` goes into the answer's header."""
    kind = KINDS[key]
    retry = fields.pop("retry_after_s", None)
    seconds = float(retry) if isinstance(retry, int | float) else None
    return AzureError(kind.status, kind.code or key, kind.text.format(**fields), seconds)


_GENERAL = {
    "ResourceGroupNotFound": Kind(404, "Resource group '{group}' could not be found.", confidence="D"),
    "ResourceNotFound": Kind(
        404,
        "The Resource '{type}/{name}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        confidence="D",
    ),
    "NotFound": Kind(404, "Resource {id} not found."),
    "ParentResourceNotFound": Kind(
        404,
        "Failed to perform 'write' on resource(s) of type '{type}', because the parent resource '{parent}' could not "
        "be found.",
        confidence="D",
    ),
    "InvalidResourceReference": Kind(
        400,
        "Resource {target} referenced by resource {id} was not found. Please make sure that the referenced resource "
        "exists, and that both resources are in the same region.",
    ),
    "ReferencedResourceNotProvisioned": Kind(
        400,
        "Cannot proceed with operation because resource {target} used by resource {id} is not in Succeeded state. "
        "Resource is in {state} state and the last operation that updated/is updating the resource is {operation}.",
        ("ORDER-07",),
    ),
    "AnotherOperationInProgress": Kind(
        409,
        "Another operation on this or dependent resource is in progress. To retrieve status of the operation use "
        "uri: {uri}.",
        ("ORDER-04", "ORDER-05", "ORDER-06"),
    ),
    "RetryableError": Kind(
        429,
        "A retryable error occurred. Operation {operation} is updating resource {target}. The call can be retried in "
        "{retry_s} seconds.",
        ("ORDER-08", "ORDER-09"),
    ),
    "TooManyRequests": Kind(
        429,
        "The number of {kind} requests for subscription '{subscription}' exceeded the limit of {limit} for time "
        "interval '00:05:00'. Please try again after '{retry_s}' seconds.",
        ("ORDER-12",),
        "D",
    ),
    "InvalidRequestFormat": Kind(400, "Cannot parse the request. {detail}"),
    "InvalidResourceLocation": Kind(
        409,
        "The resource '{name}' already exists in location '{old}' in resource group '{group}'. A resource with the "
        "same name cannot be created in location '{new}'. Please select a new resource name.",
        confidence="D",
    ),
    "LocationRequired": Kind(400, "The location property is required for this definition.", confidence="D"),
    "ResourceGroupDeletionBlocked": Kind(
        409,
        "Deletion of resource group '{group}' failed as resources with identifiers '{names}' could not be deleted.",
    ),
    "AuthorizationFailed": Kind(
        403,
        "The client '{client}' does not have authorization to perform action '{action}' over scope '{id}' or the "
        "scope is invalid.",
        confidence="D",
    ),
}

_SUBNETS = {
    "InvalidAddressPrefixFormat": Kind(
        400,
        "Address prefix {prefix} of resource {id} is not formatted correctly. It should follow CIDR notation, for "
        "example 10.0.0.0/24.",
    ),
    "InvalidCIDRNotation": Kind(
        400,
        "The address prefix {prefix} in resource {id} has an invalid CIDR notation. For the given prefix length, the "
        "address prefix should be {right}.",
    ),
    "NetcfgSubnetRangesOverlap": Kind(
        400,
        "Subnet '{subnet}' is not valid because its IP address range overlaps with that of an existing subnet in "
        "virtual network '{vnet}'.",
    ),
    "NetcfgSubnetRangeOutsideVnet": Kind(
        400,
        "Subnet '{subnet}' is not valid because its IP address range is outside the IP address range of virtual "
        "network '{vnet}'.",
    ),
    "NetcfgInvalidSubnet": Kind(400, "Subnet '{subnet}' is not valid in virtual network '{vnet}'.", ("NSG-02",)),
    "CodeUnknown_VNET": Kind(
        400, "Address spaces {first} and {second} of virtual network '{vnet}' overlap.", confidence="U"
    ),
    "InUsePrefixCannotBeDeleted": Kind(
        400, "IpPrefix {prefix} on Subnet {subnet} has active allocations and cannot be deleted."
    ),
    "InUseSubnetCannotBeDeleted": Kind(
        400,
        "Subnet {subnet} is in use by {user} and cannot be deleted. In order to delete the subnet, delete all the "
        "resources within the subnet. See aka.ms/deletesubnet.",
        ("DELETE-03",),
    ),
    "InUseNetworkSecurityGroupCannotBeDeleted": Kind(
        400, "Network security group {id} cannot be deleted because it is in use by: {user}.", ("DELETE-04",)
    ),
    "InUseRouteTableCannotBeDeleted": Kind(
        400, "Route table {id} is in use and cannot be deleted. It is in use by: {user}.", ("DELETE-04",)
    ),
    "NetworkSecurityGroupCannotBeAttachedToGatewaySubnet": Kind(
        400, "Network security group {nsg} cannot be attached to subnet {subnet}.", ("GW-11",)
    ),
    "VirtualNetworkGatewaySubnetRouteTableCannotHaveDefaultRoute": Kind(
        400,
        "Route table {table} cannot be used by subnet {subnet}, because it has a route with address prefix 0.0.0.0/0.",
        ("GW-12",),
    ),
    "GatewaySubnet": Kind(
        400,
        "Subnet with name 'GatewaySubnet' can be used only for the Gateway resource.",
        ("GW-02",),
    ),
    "CodeUnknown_BAS-03": Kind(
        400,
        "Route table {table} cannot be used by subnet {subnet}, because it has a route with address prefix 0.0.0.0/0.",
        ("BAS-03",),
        "U",
    ),
    "SubnetNameMustBeAzureBastionSubnet": Kind(
        400,
        "Subnet name {subnet} is invalid for Azure Bastion. Azure Bastion can only be created in subnet with name "
        "'AzureBastionSubnet'.",
        ("BAS-01",),
    ),
    "CodeUnknown_BAS-02": Kind(
        400, "Subnet {subnet} has prefix /{length}, but Azure Bastion needs /26 or larger.", ("BAS-02",), "U"
    ),
    "CodeUnknown_BAS-03-PIP": Kind(
        400, "Azure Bastion needs a Standard, static public IP address, and {pip} is {what}.", ("BAS-03",), "U"
    ),
    "SecurityRuleConflict": Kind(
        400,
        "Security rule {first} conflicts with rule {second}. Rules cannot have the same Priority and Direction.",
    ),
    "SecurityRuleInvalidPriority": Kind(
        400,
        "Security rule has invalid Priority. Value provided: {value} Allowed range 100-4096.",
    ),
    "SecurityRuleParameterContainsUnsupportedValue": Kind(
        400, "Security rule parameter {name} for rule with Id {id} cannot be specified as {value}."
    ),
    "RemoteVnetHasNoGateways": Kind(
        400,
        "Peering {id} cannot have UseRemoteGateways flag set to true because remote virtual network {remote} "
        "referenced by the peering does not have any gateways.",
        ("ORDER-11",),
    ),
    "VnetAddressSpacesOverlap": Kind(
        400,
        "Cannot create or update peering {id}. Virtual networks {first} and {second} cannot be peered because their "
        "address spaces overlap.",
    ),
}

_ADDRESSES = {
    "StandardSkuPublicIPAddressesMustBeStatic": Kind(
        400, "Standard sku publicIp {id} must have AllocationMethod set to Static.", ("PIP-03",)
    ),
    "CodeUnknown_PIP-07": Kind(
        400, "Zones cannot be added/updated/removed once the resource is created.", ("PIP-07",), "R"
    ),
    "PublicIPAddressCannotBeDeleted": Kind(
        400,
        "Public IP address {id} can not be deleted since it is still allocated to resource {user}. In order to delete "
        "the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see "
        "aka.ms/deletepublicip.",
        ("DELETE-02",),
    ),
    "PublicIPAddressInUse": Kind(
        400, "Resource {id} is referencing public IP address {pip} that is already allocated to resource {user}."
    ),
    "CodeUnknown_PIP-SKU": Kind(
        400, "Sku, location and version of public IP address {id} cannot be changed.", ("PIP-01",), "U"
    ),
    "LoadBalancerInUseByBackend": Kind(400, "Load balancer {id} is in use.", confidence="U"),
    "FrontendIPConfigHasNoSubnetOrPublicIP": Kind(
        400, "Frontend IP Configuration {id} must reference either a Subnet or a Public IP Address."
    ),
    "FrontendIPConfigHasBothSubnetAndPublicIP": Kind(
        400, "Frontend IP Configuration {id} must not reference both a Subnet and a Public IP Address."
    ),
    "PrivateIPAddressNotInSubnet": Kind(
        400, "Private static IP address {ip} does not belong to the range of subnet prefix {prefix}."
    ),
    "PrivateIPAddressInReservedRange": Kind(
        400, "Private static IP address {ip} falls within reserved IP range of subnet prefix {prefix}.", ("NSG-02",)
    ),
    "PrivateIPAddressIsAllocated": Kind(
        400, "IP configuration {id} is using the private IP address {ip} which is already allocated to resource {user}."
    ),
    "LBRuleReferenceNotFound": Kind(
        400, "Load balancing rule {rule} refers to {target}, which load balancer {id} does not have.", confidence="I"
    ),
}

_GATEWAYS = {
    "CodeUnknown_GW-01": Kind(
        400, "Virtual network gateway {id} must be in a subnet named 'GatewaySubnet', not {subnet}.", ("GW-01",), "U"
    ),
    "CodeUnknown_GW-03": Kind(
        400, "Virtual network {vnet} already has a gateway of type {type}: {other}.", ("GW-03",), "U"
    ),
    "GatewaySubnetTooSmallForExpressrouteUltraPerformanceGatewaySku": Kind(
        400,
        "Subnet {subnet} has prefix /{length}, too small for an ExpressRoute gateway of SKU UltraPerformance.",
        ("GW-06",),
    ),
    "CodeUnknown_GW-04": Kind(
        400,
        "Subnet {subnet} has prefix /{length}; an ExpressRoute gateway beside a VPN gateway needs /27 or larger.",
        ("GW-04", "GW-06"),
        "U",
    ),
    "CodeUnknown_GW-05": Kind(
        400, "Subnet {subnet} has prefix /{length}; this gateway needs /{needed} or larger.", ("GW-05", "GW-06"), "U"
    ),
    "CodeUnknown_GW-08": Kind(
        400, "Subnet {subnet} has prefix /{length}; SKU ErGwScale needs /26 or larger.", ("GW-08",), "U"
    ),
    "PublicIpWithBasicSkuNotAllowedOnVPNGateways": Kind(
        400,
        "Basic IP configuration for VPN virtual network gateways is not supported. Follow the link for more "
        "details: {pip}.",
        ("PIP-01",),
    ),
    "PublicIpWithBasicSkuNotAllowedOnExpressRouteGateways": Kind(
        400, "Basic IP configuration for ExpressRoute virtual network gateways is not supported: {pip}.", ("PIP-02",)
    ),
    "VmssVpnGatewayPublicIpsMustHaveZonesConfigured": Kind(
        400,
        "Standard Public IPs associated with VPN Gateways with AZ VPN skus must have zones configured.",
        ("PIP-04",),
    ),
    "RegionalVmssVpnGatewayPublicIpsMustNotHaveZonesConfigured": Kind(
        400,
        "Standard Public IPs associated with VPN Gateways with non-AZ VPN skus must not have zones configured.",
        ("PIP-05",),
    ),
    "PublicIpForGatewayIsRequired": Kind(
        400, "Public IP address is required for gateway {id} in its ip configuration {name}.", ("PIP-06",)
    ),
    "CodeUnknown_PIP-08": Kind(
        500, "An error occurred. The public IP address of gateway {id} cannot be swapped.", ("PIP-08",), "U"
    ),
    "CodeUnknown_PIP-11": Kind(
        400, "ExpressRoute gateway {id}: a public IP address is {what} here.", ("PIP-09", "PIP-10", "PIP-11"), "U"
    ),
    "NonAzSkusNotAllowedForVPNGateway": Kind(
        400,
        "VpnGw1-5 non-AZ SKUs are no longer supported for new deployments. Please use VpnGw1-5AZ SKUs.",
        ("VPN-04",),
    ),
    "CodeUnknown_VPN-06": Kind(400, "VPN gateway SKU {sku} can no longer be created.", ("VPN-06",), "U"),
    "CodeUnknown_VPN-01": Kind(
        400,
        "VPN gateway {id} must be RouteBased, since it shares its virtual network with an ExpressRoute gateway.",
        ("VPN-01",),
        "U",
    ),
    "CodeUnknown_VPN-02": Kind(
        400,
        "VPN gateway SKU Basic cannot coexist with an ExpressRoute gateway in one virtual network.",
        ("VPN-02",),
        "U",
    ),
    "CodeUnknown_VPN-03": Kind(400, "vpnType PolicyBased is only for SKU Basic.", ("VPN-03",), "U"),
    "CodeUnknown_IMMUTABLE": Kind(
        400,
        "{property} of {id} cannot be changed from {old} to {new}: delete and create the resource again.",
        ("VPN-03", "VPN-09", "VPN-19", "PULUMI-03", "ER-07", "CIRCUIT-04"),
        "U",
    ),
    "VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration": Kind(
        400, "Virtual network gateway SKU {sku} cannot be created for generation {generation}.", ("VPN-09",)
    ),
    "InvalidGatewaySize": Kind(400, "The gateway size {sku} is not valid for gateway type {type}.", ("VPN-10",)),
    "ActiveActiveGatewayMustHaveExactlyTwoIpConfigurations": Kind(
        400, "Active-active gateway {id} must have exactly two ip configurations, but has {count}.", ("VPN-11",)
    ),
    "CodeUnknown_VPN-11": Kind(
        400, "Gateway {id}: active-active needs a route-based VPN gateway, not {what}.", ("VPN-11",), "U"
    ),
    "CodeUnknown_VPN-12": Kind(
        400,
        "ActiveActive Gateway with Vpn client configuration must be created with three IP configurations",
        ("VPN-12",),
    ),
    "CodeUnknown_IPCONFIG": Kind(
        400, "Gateway {id} has {count} ip configurations, but needs exactly one.", ("VPN-11",), "I"
    ),
    "CodeUnknown_BGP-01": Kind(
        400, "ASN {asn} of gateway {id}: beside an ExpressRoute gateway it must stay 65515.", ("BGP-01",), "U"
    ),
    "CodeUnknown_BGP-03": Kind(400, "ASN {asn} of {id} is reserved.", ("BGP-03",), "U"),
    "CodeUnknown_BGP-05": Kind(400, "BGP of {id}: {what}.", ("BGP-05",), "U"),
    "CodeUnknown_BGP-08": Kind(400, "Custom BGP address {address} of {id}: {what}.", ("BGP-08",), "U"),
    "VirtualNetworkGatewayBgpPeeringAddressCannotBeModified": Kind(
        400, "Bgp peering address of virtual network gateway {id} cannot be modified.", ("BGP-12",)
    ),
    "BgpPeeringAddressesCountNotCorrect": Kind(
        400, "Gateway {id} has {count} bgpPeeringAddresses, but must have {needed}.", ("BGP-13",)
    ),
    "CodeUnknown_VPN-21": Kind(400, "NAT rule {name} of {id}: {what}.", ("VPN-21",), "U"),
    "CodeUnknown_ER-01": Kind(400, "ExpressRoute gateway {id}: {what}.", ("ER-01",), "U"),
    "CodeUnknown_ER-05": Kind(400, "Scale units of {id}: {what}.", ("ER-05",), "U"),
    "CodeUnknown_ER-10": Kind(
        400, "Virtual network {vnet} has IPv6 and cannot hold an ExpressRoute and a VPN gateway.", ("ER-10",), "U"
    ),
    "CodeUnknown_ORDER-03": Kind(
        400,
        "To deploy both an Expressroute and VPN gateway in the same vnet, the Expressroute gateway must be created "
        "first. Delete the VPN gateway, and create the ExpressRoute gateway first.",
        ("ORDER-03",),
    ),
    "VirtualNetworkGatewayCannotBeDeleted": Kind(
        400, "Virtual network gateway {id} cannot be deleted because it has connections: {user}.", ("DELETE-01",)
    ),
    "CodeUnknown_DELETE-05": Kind(400, "Local network gateway {id} is in use by {user}.", ("DELETE-05",), "U"),
    "CodeUnknown_DELETE-06": Kind(400, "NAT rule {name} is in use by {user}.", ("DELETE-06",)),
}

_CONNECTIONS = {
    "CodeUnknown_CONN-01": Kind(400, "Connection {id}: {what}.", ("CONN-01",), "U"),
    "ExpressRouteConnectionPeerCannotBeChanged": Kind(
        400, "The peer or gateway of connection {id} cannot be changed.", ("CONN-02",)
    ),
    "CodeUnknown_CONN-05": Kind(400, "routingWeight {value} of {id} is not between 0 and 32000.", ("CONN-05",), "U"),
    "CodeUnknown_VPN-15": Kind(
        400,
        "Shared key of {id} has a character that is not allowed: printable ASCII except space, hyphen and tilde.",
        ("VPN-15",),
        "U",
    ),
    "CodeUnknown_VPN-16": Kind(
        400, "Shared key of {id} has {length} characters; 1 to 128 are allowed.", ("VPN-16",), "U"
    ),
    "CodeUnknown_VPN-22": Kind(400, "Connection {id}: {what}.", ("VPN-22",), "U"),
    "CodeUnknown_IPSEC-01": Kind(400, "IPsec policy of {id}: {what}.", ("IPSEC-01",), "U"),
    "CodeUnknown_IPSEC-02": Kind(
        400,
        "IPsec policy of {id}: {name} {value} is not one that Azure documents.",
        ("IPSEC-02", "IPSEC-03", "IPSEC-04", "IPSEC-05", "IPSEC-06", "IPSEC-07"),
        "U",
    ),
    "CodeUnknown_IPSEC-08": Kind(
        400,
        "IPsec policy of {id}: encryption {encryption} needs the same integrity, not {integrity}.",
        ("IPSEC-08",),
        "U",
    ),
    "CodeUnknown_IPSEC-09": Kind(400, "IPsec policy of {id}: {name} {value} is below {least}.", ("IPSEC-09",), "U"),
    "CodeUnknown_IPSEC-11": Kind(
        400, "dpdTimeoutSeconds {value} of {id} is not between 9 and 3600.", ("IPSEC-11",), "U"
    ),
    "CodeUnknown_VPN-20": Kind(
        400, "trafficSelectorPolicies of {id} need usePolicyBasedTrafficSelectors.", ("VPN-20",), "U"
    ),
    "CodeUnknown_LNG": Kind(400, "Local network gateway {id}: {what}.", ("VPN-17", "VPN-18"), "U"),
    "CodeUnknown_LIMIT-10": Kind(
        400, "Gateway {gateway} of SKU {sku} has {limit} tunnels already.", ("LIMIT-10",), "U"
    ),
    "CodeUnknown_ER-02": Kind(400, "Gateway {gateway} of SKU {sku} has its {limit} circuits already.", ("ER-02",), "U"),
    "CodeUnknown_ER-03": Kind(
        400, "Virtual network {vnet} has 4 circuits of peering location {location} already.", ("ER-03",), "U"
    ),
    "CodeUnknown_ER-04": Kind(400, "Gateway {gateway} of SKU {sku} has no FastPath.", ("ER-04",), "U"),
    "CodeUnknown_CIRCUIT-15": Kind(
        400, "enablePrivateLinkFastPath of {id} needs expressRouteGatewayBypass.", ("CIRCUIT-15",), "U"
    ),
    "CodeUnknown_CIRCUIT-13": Kind(400, "Authorization of connection {id}: {what}.", ("CIRCUIT-13",), "U"),
    "InvalidParameter": Kind(
        400,
        "The creation of the virtual network gateway connection failed because your circuit in {location} cannot be "
        "connected to {region} on a Local circuit. A Local ExpressRoute circuit can only connect to a designated Azure "
        "region. Please upgrade the circuit to Standard SKU or Premium SKU.",
        ("CIRCUIT-02",),
    ),
}

_CIRCUITS = {
    "ServiceProviderNotProvisioned": Kind(
        400,
        "The current cross connection provisioning state '{state}' of this service key '{key}' prevents this "
        "operation.",
        ("CIRCUIT-08",),
    ),
    "CodeUnknown_CIRCUIT-01": Kind(400, "SKU of circuit {id}: {what}.", ("CIRCUIT-01",), "U"),
    "CodeUnknown_CIRCUIT-03": Kind(
        400, "Circuit {id}: {value} Mbps is not a bandwidth that ExpressRoute offers.", ("CIRCUIT-03",), "U"
    ),
    "CodeUnknown_CIRCUIT-04": Kind(400, "Circuit {id}: {what}.", ("CIRCUIT-04",), "U"),
    "CodeUnknown_CIRCUIT-05": Kind(400, "Circuit {id}: {what}.", ("CIRCUIT-05",), "U"),
    "CodeUnknown_CIRCUIT-10": Kind(400, "Peering {id}: {what}.", ("CIRCUIT-10",), "U"),
    "CodeUnknown_CIRCUIT-12": Kind(400, "Peering {id}: {what}.", ("CIRCUIT-12",), "U"),
    "CodeUnknown_BGP-06": Kind(400, "Peering {id}: peer ASN {asn} is reserved.", ("BGP-06",), "U"),
    "CodeUnknown_DELETE-07": Kind(400, "{id} cannot be deleted: it is in use by {user}.", ("DELETE-07",), "U"),
    "ConflictError": Kind(
        409,
        "The specified dedicated circuit is not in Deprovisioned state. Please initiate the deprovisioning process "
        "with your service provider.",
        ("DELETE-08",),
    ),
}

KINDS: dict[str, Kind] = {**_GENERAL, **_SUBNETS, **_ADDRESSES, **_GATEWAYS, **_CONNECTIONS, **_CIRCUITS}
"""Every error, by the key that `fail` takes."""
