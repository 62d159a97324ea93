"""Errors of gateways, connections and circuits."""

from simulator.error_kinds import Kind

GATEWAYS = {
    "CodeUnknown_MAINT-01": Kind(
        400, "Maintenance configuration {id} cannot be a gateway's: {what} is not as it must be.", ("MAINT-01",), "U"
    ),
    "CodeUnknown_MAINT-02": Kind(400, "Configuration assignment {id} cannot be made: {what}.", ("MAINT-02",), "U"),
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
    "InvalidGatewaySkuSpecifiedForGatewayDeploymentType": Kind(
        400, "Gateway SKU {sku} is not offered in {region}.", ("VPN-10",)
    ),
    "ErGwScaleNotOffered": Kind(
        400,
        "Gateway SKU ErGwScale is not offered in {region}.",
        ("ZONE-06",),
        "I",
        code="InvalidGatewaySkuSpecifiedForGatewayDeploymentType",
    ),
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
    "CodeUnknown_VPN-04": Kind(
        400, "Gateway {id} of SKU {sku} takes no change until its SKU is {sku}AZ.", ("VPN-04",), "U"
    ),
    "ExpressRouteVirtualNetworkGatewayAutoscaleBoundsNotValid": Kind(
        400,
        "ExpressRoute Virtual Network Gateway has invalid autoscale bounds. Min should be greater than 1 and less than "
        "Max 40.",
        ("ER-05",),
    ),
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
    "CodeUnknown_DRILL-05": Kind(400, "Site failover test of gateway {id}: {what}.", ("DRILL-05",), "U"),
}

CONNECTIONS = {
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
    "CodeUnknown_VPN-40": Kind(400, "Connection {id}: {what}.", ("VPN-40", "VPN-41", "BGP-09"), "U"),
    "CodeUnknown_VPN-41": Kind(400, "Custom BGP addresses of {id}: {what}.", ("VPN-41",), "U"),
    "CodeUnknown_VPN-43": Kind(
        400, "BGP peer {address} of connection {id} is an address of gateway {gateway}.", ("VPN-43",), "I"
    ),
    "CodeUnknown_VPN-44": Kind(400, "Local network gateway {id}: {what}.", ("VPN-44",), "U"),
    "CodeUnknown_LNG": Kind(400, "Local network gateway {id}: {what}.", ("VPN-26", "BGP-04"), "U"),
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

CIRCUITS = {
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
