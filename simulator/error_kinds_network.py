"""Errors of Azure Resource Manager itself, of networks, addresses and load balancers."""

from simulator.error_kinds import Kind

GENERAL = {
    "SubscriptionNotFound": Kind(404, "The subscription '{subscription}' could not be found."),
    "InvalidSubscriptionId": Kind(
        400, "The provided subscription identifier '{subscription}' is malformed or invalid."
    ),
    "AuthorizationFailed": Kind(
        403,
        "The client '{client}' with object id '{client}' does not have authorization to perform action '{action}' "
        "over scope '{id}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
    ),
    "LinkedAuthorizationFailed": Kind(
        403,
        "The client has permission to perform action '{action}' on scope '{id}', however, it does not have permission "
        "to perform action(s) '{linked}' on the linked scope(s) '{target}' or the linked scope(s) are invalid.",
    ),
    "LinkedSubscriptionNotFound": Kind(
        403,
        "The client has permission to perform action '{action}' on scope '{id}', however the linked subscription "
        "'{subscription}' was not found.",
        code="LinkedAuthorizationFailed",
    ),
    "CodeUnknown_SUBSCRIPTION": Kind(
        400,
        "Resource {target} referenced by resource {id} is in another subscription; both must be in the same.",
        confidence="U",
    ),
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
    "RequestDisallowedByPolicy": Kind(
        403, "Resource '{name}' was disallowed by policy. Policy identifiers: '{policy}'.", ("BAS-11",), "I"
    ),
    "InvalidRequestFormat": Kind(400, "Cannot parse the request. {detail}"),
    "CodeUnknown_TAG-01": Kind(400, "The tags of resource {id} are invalid: {what}.", ("TAG-01",), "U"),
    "InvalidResourceName": Kind(
        400,
        "Resource name {name} is invalid. The name can be up to {most} characters long. It must begin with a word "
        "character, and it must end with a word character or with '_'. The name may contain word characters or '.', "
        "'-', '_'.",
    ),
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
}

SUBNETS = {
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
    "RouteTableCannotBeAttachedForAzureBastionSubnet": Kind(
        400, "Route Table {table} cannot be attached to Azure Bastion Subnet {subnet}", ("BAS-03",)
    ),
    "NetworkSecurityGroupNotCompliantForAzureBastionSubnet": Kind(
        400,
        "Network security group {nsg} does not have necessary rules for Azure Bastion Subnet {subnet}.",
        ("BAS-07", "BAS-09"),
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
    "CodeUnknown_BAS-04": Kind(
        400, "{feature} of Bastion host {id} needs SKU {least} or higher, and the SKU is {sku}.", ("BAS-04",), "U"
    ),
    "BastionHostVnetIdNotProvided": Kind(
        400, "Virtual Network Id is a mandatory field for Developer BastionHost SKU.", ("BAS-05",)
    ),
    "FeatureNotSupportedForDeveloperBastionSku": Kind(
        400, "{feature} is not supported for Developer BastionHost SKU.", ("BAS-04", "BAS-05")
    ),
    "BastionUpdateNotSupported": Kind(
        400, "Downgrading SKU or updating bastion host subnet or public ip is not allowed", ("BAS-06",)
    ),
    "SecurityRuleConflict": Kind(
        400,
        "Security rule {first} conflicts with rule {second}. Rules cannot have the same Priority and Direction.",
        ("NSG-19",),
    ),
    "SecurityRuleConflict_default": Kind(
        400,
        "Security rule {name} conflicts with rule {name}. A default rule has this name.",
        ("NSG-19",),
        "R",
        "SecurityRuleConflict",
    ),
    "SecurityRuleInvalidPriority": Kind(
        400,
        "Security rule has invalid Priority. Value provided: {value} Allowed range 100-4096.",
        ("NSG-23",),
    ),
    "OverlappingSubnetsNotPermittedInSecurityRule": Kind(
        400,
        "Security rule {id} has overlapping address prefixes {first} and {second} in {name}.",
        ("NSG-14",),
    ),
    "SecurityRuleParameterContainsInvalidPortRanges": Kind(
        400, "Security rule parameter {name} for rule with Id {id} contains invalid port ranges: {value}.", ("NSG-15",)
    ),
    "SecurityRuleParameterContainsUnsupportedValue": Kind(
        400,
        "Security rule parameter {name} for rule with Id {id} cannot specify existing VIRTUALNETWORK, INTERNET, "
        "AZURELOADBALANCER, '*' or system tags. Unsupported value used: {value}.",
        ("NSG-16",),
    ),
    "SecurityRuleInvalidAddressPrefix": Kind(
        400, "Security rule has invalid Address prefix. Value provided: {value}", ("NSG-17",)
    ),
    "SecurityRuleInvalidPortRange": Kind(
        400,
        "Security rule has invalid Port range. Value provided: {value}. Value should be an integer OR integer range "
        "with '-' delimiter. Valid range 0-65535.",
        ("NSG-18",),
    ),
    "SecurityRuleInvalidAccessType": Kind(
        400, "Security rule {id} has access {access}; the tag {value} can only be denied.", ("NSG-20",)
    ),
    "CodeUnknown_NSG-23": Kind(400, "Security rule {id} has {what} of {one} and {many}.", ("NSG-23",), "U"),
}

ADDRESSES = {
    "StandardSkuPublicIPAddressesMustBeStatic": Kind(
        400, "Standard sku publicIp {id} must have AllocationMethod set to Static.", ("PIP-03",)
    ),
    "CodeUnknown_IDLE": Kind(
        400, "idleTimeoutInMinutes {minutes} of {id} is not between {least} and {most}.", confidence="U"
    ),
    "CodeUnknown_PIP-07": Kind(
        400, "Zones cannot be added/updated/removed once the resource is created.", ("PIP-07",), "R"
    ),
    "LocationNotSupportAvailabilityZones": Kind(
        400,
        "The resource '{type}/{name}' does not support availability zones at location '{location}'.",
        ("ZONE-04",),
    ),
    "InvalidAvailabilityZone": Kind(
        400,
        "The zone(s) '{zone}' for resource '{type}/{name}' is not supported. The supported zones for location "
        "'{location}' are '1,2,3'",
        ("ZONE-04",),
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
    "FrontendIPConfigHasNoSubnetOrPublicIP": Kind(
        400, "Frontend IP Configuration {id} must reference either a Subnet or a Public IP Address."
    ),
    "FrontendIPConfigHasBothSubnetAndPublicIP": Kind(
        400, "Frontend IP Configuration {id} must not reference both a Subnet and a Public IP Address."
    ),
    "LoadBalancerFrontendIPConfigCannotHaveZoneWhenReferencingPublicIPAddress": Kind(
        400,
        "Load balancer frontendIPConfiguration {id} has {count} zone specified and is referencing a publicIPAddress "
        "{pip}. Networking supports zones only for frontendIpconfigurations which reference a subnet.",
        ("LB-02",),
    ),
    "ResourceCannotHaveMultipleZonesSpecified": Kind(
        400,
        "Resource {id} has {count} zones specified. Only one zone can be specified for this resource.",
        ("LB-04",),
    ),
    "CodeUnknown_LB-01": Kind(
        400, "Frontend IP Configuration {id} cannot change its zones from {old} to {new}.", ("LB-01",), "U"
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
