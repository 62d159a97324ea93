"""Which rule tells before a deployment what the simulated Azure would refuse during it, code by code."""

import re

from simulator.errors import KINDS

FORESEEN_BY: dict[str, tuple[str, ...]] = {
    "NetcfgSubnetRangesOverlap": ("NET-02",),
    "NetcfgSubnetRangeOutsideVnet": ("NET-01",),
    "NetcfgInvalidSubnet": ("NET-03",),
    "CodeUnknown_VNET": ("NET-04", "NET-07"),
    "PrivateIPAddressNotInSubnet": ("NET-01",),
    "SecurityRuleConflict": ("NSG-05",),
    "SecurityRuleInvalidPriority": ("NSG-05",),
    "InvalidResourceName": ("NAME-02", "NAME-03", "MON-13"),
    "CodeUnknown_MON-10": ("ID-01",),
    "ResourceGroupNotFound": ("ID-01",),
    "ParentResourceNotFound": ("ID-01",),
    "CodeUnknown_SUBSCRIPTION": ("NET-08", "SUB-01"),
    "InvalidAddressPrefixFormat": ("SET-02",),
    "InvalidCIDRNotation": ("SET-02",),
    "GatewaySubnetTooSmallForExpressrouteUltraPerformanceGatewaySku": ("GW-04",),
    "CodeUnknown_GW-05": ("GW-04",),
    "InvalidGatewaySize": ("ER-01",),
    "InvalidGatewaySkuSpecifiedForGatewayDeploymentType": ("ZONE-06",),
    "RegionalVmssVpnGatewayPublicIpsMustNotHaveZonesConfigured": ("VPN-04",),
    "CodeUnknown_LNG": ("VPN-26", "BGP-04"),
    "CodeUnknown_BGP-08": ("VPN-43",),
    "CodeUnknown_CIRCUIT-10": ("CIRCUIT-11",),
    "CodeUnknown_VPN-11": ("VPN-02",),
    "CodeUnknown_BGP-05": ("VPN-02",),
    "BastionHostVnetIdNotProvided": ("ARG-01",),
    "CodeUnknown_NSG-23": ("BAS-05", "BAS-07"),
    "CodeUnknown_CIRCUIT-13": ("FAIL-22",),
}
"""Rules that foresee a code, besides those that the simulator's own row names."""

FORESEEN_IN_A_REQUEST = {
    "ipsecPolicies[0].ikeEncryption": "IPSEC-02",
    "ipsecPolicies[0].ikeIntegrity": "IPSEC-03",
    "ipsecPolicies[0].dhGroup": "IPSEC-04",
    "ipsecPolicies[0].ipsecEncryption": "IPSEC-05",
    "ipsecPolicies[0].ipsecIntegrity": "IPSEC-06",
    "ipsecPolicies[0].pfsGroup": "IPSEC-07",
    "connectionMode": "VPN-19",
    "protocol": "NSG-23",
    "vpnGatewayGeneration": "VPN-09",
    "ipConfigurations": "BAS-05",
    "sku.name": "BAS-04",
    "scaleUnits": "BAS-04",
    "sku.tier": "CIRCUIT-01",
    "sku.family": "CIRCUIT-01",
    "serviceProviderProperties.serviceProviderName": "CIRCUIT-17",
    "serviceProviderProperties.peeringLocation": "CIRCUIT-17",
    "serviceProviderProperties.bandwidthInMbps": "CIRCUIT-17",
}
"""InvalidRequestFormat, which Azure answers for whatever it cannot read: the property, and the rule of its setting."""

NOT_FROM_SETTINGS = {
    "another resource or an operation under way, not a setting": (
        "ResourceNotFound NotFound InvalidResourceReference ReferencedResourceNotProvisioned "
        "AnotherOperationInProgress RetryableError TooManyRequests ResourceGroupDeletionBlocked PublicIPAddressInUse "
        "PrivateIPAddressIsAllocated RemoteVnetHasNoGateways CodeUnknown_ORDER-03 RemotePeeringIsDisconnected "
        "CodeUnknown_DRILL-05"
    ),
    "a deletion of what is in use; the program's order keeps to it": (
        "InUsePrefixCannotBeDeleted InUseSubnetCannotBeDeleted InUseNetworkSecurityGroupCannotBeDeleted "
        "InUseRouteTableCannotBeDeleted PublicIPAddressCannotBeDeleted VirtualNetworkGatewayCannotBeDeleted "
        "CodeUnknown_DELETE-05 CodeUnknown_DELETE-06 CodeUnknown_DELETE-07 ConflictError CodeUnknown_SPOKE-10"
    ),
    "a change of what exists, which a single reading of the settings cannot see": (
        "CodeUnknown_LB-01 CodeUnknown_PIP-07 CodeUnknown_PIP-08 CodeUnknown_IMMUTABLE "
        "VirtualNetworkGatewayBgpPeeringAddressCannotBeModified ExpressRouteConnectionPeerCannotBeChanged"
    ),
    "by construction: no setting and no argument leads to it": (
        "LocationRequired InvalidResourceLocation NetworkSecurityGroupCannotBeAttachedToGatewaySubnet GatewaySubnet "
        "CodeUnknown_GW-01 RouteTableCannotBeAttachedForAzureBastionSubnet CodeUnknown_BAS-03-PIP "
        "SubnetNameMustBeAzureBastionSubnet "
        "StandardSkuPublicIPAddressesMustBeStatic CodeUnknown_PIP-SKU "
        "FrontendIPConfigHasNoSubnetOrPublicIP FrontendIPConfigHasBothSubnetAndPublicIP LBRuleReferenceNotFound "
        "LoadBalancerFrontendIPConfigCannotHaveZoneWhenReferencingPublicIPAddress "
        "PublicIpWithBasicSkuNotAllowedOnVPNGateways PublicIpWithBasicSkuNotAllowedOnExpressRouteGateways "
        "PublicIpForGatewayIsRequired CodeUnknown_VPN-01 CodeUnknown_VPN-03 CodeUnknown_VPN-12 "
        "ActiveActiveGatewayMustHaveExactlyTwoIpConfigurations CodeUnknown_IPCONFIG BgpPeeringAddressesCountNotCorrect "
        "CodeUnknown_VPN-21 CodeUnknown_VPN-20 CodeUnknown_VPN-22 CodeUnknown_CONN-01 CodeUnknown_IPSEC-01 "
        "CodeUnknown_CIRCUIT-12 CodeUnknown_SPOKE-02 CodeUnknown_IDLE CodeUnknown_MAINT-02 "
        "MetricNotFound MetricNamespaceInvalid CodeUnknown_MON-09 QuerySemanticError "
        "DiagnosticCategoryNotSupported DataSinkInUse CodeUnknown_MON-08"
    ),
    "the account: which subscriptions there are, and its rights in them": (
        "SubscriptionNotFound InvalidSubscriptionId AuthorizationFailed LinkedAuthorizationFailed "
        "LinkedSubscriptionNotFound"
    ),
    "only Azure knows: what is offered where, or an open question of its documents (a switch of the simulator)": (
        "CodeUnknown_PIP-11 CodeUnknown_ER-10 RequestDisallowedByPolicy"
    ),
}
"""Codes that no rule can foresee from settings, and why."""


def foreseeing(code: str, message: str | None = None) -> set[str]:
    """The rules that foresee a refusal. message: Azure's, where only those that fit it are wanted."""
    if code == "InvalidRequestFormat":
        named = set(FORESEEN_IN_A_REQUEST) if message is None else _properties(message)
        return {rule for name, rule in FORESEEN_IN_A_REQUEST.items() if name in named}
    return {*FORESEEN_BY.get(code, ()), *KINDS[code].rules}


def _properties(message: str) -> set[str]:
    """The properties that an InvalidRequestFormat names."""
    return {name for found in re.findall(r"Path '([^']+)'|property '([^']+)'", message) for name in found if name}
