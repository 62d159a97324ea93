"""What Azure refuses of networks, addresses and load balancers: one row a refusal."""

from simulator.cloud import Cloud
from simulator.options import Options
from tests.simulator.world import BASE, REQUESTS, Case, put, ref, unknown

BALANCER = (*BASE, "subnet")
RULE = (*BASE, "nsg", "rule")
TABLE = (*BASE, "table")
NO_GROUP = ref("applicationSecurityGroups/none")


def _attach(subnet: str, name: str, path: str):
    def act(cloud: Cloud) -> None:
        put(cloud, subnet, **{name: ref(path)})

    return act


def _default_route(cloud: Cloud) -> None:
    put(cloud, "route", addressPrefix="0.0.0.0/0", nextHopType="Internet")


def _front(**changes: object) -> dict[str, list[dict[str, object]]]:
    front: dict[str, object] = {"name": "front", "subnet": ref("virtualNetworks/hub/subnets/web"), **changes}
    return {"frontendIPConfigurations": [{key: value for key, value in front.items() if value is not None}]}


def _zoned_front(cloud: Cloud) -> None:
    put(cloud, "balancer", **_front(zones=["1", "2", "3"]))


def _space(*prefixes: str) -> dict[str, object]:
    return {"addressSpace": {"addressPrefixes": list(prefixes)}}


def _rule(rules: str, code: str, **changes: object) -> Case:
    """A rule beside which `http` has priority 100 already."""
    return Case(rules, code, "rule", {"securityRuleName": "wrong", "priority": 200, **changes}, given=RULE)


def _sources(*prefixes: str) -> dict[str, object]:
    return {"sourceAddressPrefix": None, "sourceAddressPrefixes": list(prefixes)}


def _ports(*ports: str) -> dict[str, object]:
    return {"destinationPortRange": None, "destinationPortRanges": list(ports)}


def _inline(*names: str) -> dict[str, object]:
    common = {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourcePortRange": "*"}
    to = {"sourceAddressPrefix": "10.0.0.0/8", "destinationAddressPrefix": "*", "destinationPortRange": "80"}
    return {"securityRules": [{"name": name, **common, **to} for name in names]}


OVERLAP, TAG_IN_LIST = "OverlappingSubnetsNotPermittedInSecurityRule", "SecurityRuleParameterContainsUnsupportedValue"
BAD_PORTS, BAD_SOURCE = "SecurityRuleParameterContainsInvalidPortRanges", "SecurityRuleInvalidAddressPrefix"
BAD_PORT, ONLY_DENIED = "SecurityRuleInvalidPortRange", "SecurityRuleInvalidAccessType"
SECURITY_RULES = (
    _rule("NSG-23", "SecurityRuleInvalidPriority", priority=99),
    _rule("NSG-23", "SecurityRuleInvalidPriority", priority=4097),
    _rule("NSG-14", OVERLAP, **_sources("10.0.0.0/8", "10.0.0.0/16")),
    _rule("NSG-14", OVERLAP, **_sources("1.1.0.22/32", "172.16.0.0/12", "1.1.0.0/24")),
    _rule("NSG-14", OVERLAP, **_sources("10.0.0.0/8", "10.0.0.0/8")),
    _rule("NSG-14", OVERLAP, destinationAddressPrefix=None, destinationAddressPrefixes=["10.0.0.0/8", "10.1.0.0/16"]),
    _rule("NSG-15", BAD_PORTS, **_ports("*")),
    _rule("NSG-15", BAD_PORTS, **_ports("*", "443")),
    _rule("NSG-15", BAD_PORTS, sourcePortRange=None, sourcePortRanges=["*"]),
    _rule("NSG-16", TAG_IN_LIST, **_sources("VirtualNetwork")),
    _rule("NSG-16", TAG_IN_LIST, **_sources("10.0.0.0/8", "Internet")),
    _rule("NSG-16", TAG_IN_LIST, **_sources("AzureLoadBalancer", "Storage.WestUS")),
    _rule("NSG-16", TAG_IN_LIST, **_sources("*")),
    _rule("NSG-17", BAD_SOURCE, sourceAddressPrefix="10.0.0.0/40"),
    _rule("NSG-17", BAD_SOURCE, sourceAddressPrefix="web"),
    _rule("NSG-17", BAD_SOURCE, sourceAddressPrefix="2001:db8::1"),
    _rule("NSG-17", BAD_SOURCE, **_sources("10.0.0.0/8", "Narnia")),
    _rule("NSG-18", BAD_PORT, destinationPortRange="80,443"),
    _rule("NSG-18", BAD_PORT, destinationPortRange="90-80"),
    _rule("NSG-18", BAD_PORT, **_ports("443", "65536")),
    _rule("NSG-19", "SecurityRuleConflict", priority=100),
    _rule("NSG-19", "SecurityRuleConflict", securityRuleName="DenyAllInBound"),
    Case("NSG-19", "SecurityRuleConflict", "nsg", _inline("a", "b")),
    Case("NSG-19", "SecurityRuleConflict", "nsg", _inline("AllowVnetInBound")),
    _rule("NSG-20", ONLY_DENIED, destinationAddressPrefix="AzurePlatformDNS"),
    _rule("NSG-23", unknown("NSG-23"), sourceAddressPrefix=None),
    _rule("NSG-23", unknown("NSG-23"), sourceAddressPrefixes=["10.0.0.0/8"]),
    _rule("NSG-23", unknown("NSG-23"), destinationPortRange=None),
    _rule("NSG-23", "InvalidRequestFormat", protocol="Gre"),
    _rule("NSG-23", "InvalidResourceName", securityRuleName="-web"),
    _rule("NSG-22", "InvalidResourceReference", sourceAddressPrefix=None, sourceApplicationSecurityGroups=[NO_GROUP]),
)
"""What Azure refuses of a security rule (section 2 of the sheet)."""


def _idle(minutes: int) -> dict[str, object]:
    """A load balancing rule with this idle timeout."""
    [rule] = REQUESTS["balancer"][1]["loadBalancingRules"]
    return {"loadBalancingRules": [{**rule, "idleTimeoutInMinutes": minutes}]}


CASES = (
    Case("", "ResourceGroupNotFound", "network", given=()),
    Case("", "ParentResourceNotFound", "subnet", given=("group",)),
    Case("", "LocationRequired", "network", {"location": None}, given=("group",)),
    Case("", "InvalidResourceLocation", "network", {"location": "eastus"}),
    Case("", "InvalidResourceName", "network", {"virtualNetworkName": "-hub"}),
    Case("", "InvalidResourceName", "network", {"virtualNetworkName": "h" * 65}),
    Case("", "InvalidResourceName", "group", {"resourceGroupName": "(net)."}, given=()),
    Case("", "InvalidResourceName", "group", {"resourceGroupName": "g" * 91}, given=()),
    Case("TAG-01", unknown("TAG-01"), "network", {"tags": {f"t{number}": "" for number in range(51)}}),
    Case("TAG-01", unknown("TAG-01"), "network", {"tags": {"a/b": ""}}),
    Case("TAG-01", unknown("TAG-01"), "network", {"tags": {" ": ""}}),
    Case("TAG-01", unknown("TAG-01"), "network", {"tags": {"a" * 513: ""}}),
    Case("TAG-01", unknown("TAG-01"), "network", {"tags": {"a": "b" * 257}}),
    Case("", "InvalidRequestFormat", "network", {"colour": "blue"}),
    Case("", "InvalidRequestFormat", "network", {"addressSpace": "10.0.0.0/16"}),
    Case("", "InvalidRequestFormat", "subnet", {"virtualNetworkName": None}),
    Case("", "InvalidRequestFormat", "rule", {"access": "Perhaps"}, given=(*BASE, "nsg")),
    Case("", "InvalidRequestFormat", "rule", {"priority": None}, given=(*BASE, "nsg")),
    Case("", "InvalidRequestFormat", "balancer", _front(name=None), given=BALANCER),
    Case("", "InvalidResourceReference", "subnet", {"networkSecurityGroup": ref("networkSecurityGroups/none")}),
    Case(
        "NSG-24",
        "InvalidResourceReference",
        "subnet",
        {"networkSecurityGroup": ref("networkSecurityGroups/far")},
        before=lambda cloud: put(cloud, "nsg", networkSecurityGroupName="far", location="eastus"),
    ),
    Case("", "InvalidAddressPrefixFormat", "subnet", {"addressPrefix": "10.0.1.0"}),
    Case("", "InvalidAddressPrefixFormat", "subnet", {"addressPrefix": "10.0.300.0/24"}),
    Case("", "InvalidAddressPrefixFormat", "subnet", {"addressPrefix": "10.0.1.0/255.255.255.0"}),
    Case("", "InvalidCIDRNotation", "subnet", {"addressPrefix": "10.0.1.1/24"}),
    Case("", unknown("VNET"), "network", _space("10.0.0.0/16", "10.0.128.0/17")),
    Case("", "NetcfgSubnetRangesOverlap", "subnet", {"addressPrefix": "10.0.255.32/27"}),
    Case("", "NetcfgSubnetRangeOutsideVnet", "subnet", {"addressPrefix": "10.1.0.0/24"}),
    Case("", "NetcfgSubnetRangeOutsideVnet", "network", _space("10.8.0.0/16")),
    Case("NSG-02", "NetcfgInvalidSubnet", "subnet", {"addressPrefix": "10.0.1.0/30"}),
    Case(
        "",
        "InUsePrefixCannotBeDeleted",
        "subnet",
        {"addressPrefix": "10.0.2.0/24"},
        given=BALANCER,
        before=lambda cloud: put(cloud, "balancer"),
    ),
    Case(
        "GW-11",
        "NetworkSecurityGroupCannotBeAttachedToGatewaySubnet",
        "gateway subnet",
        {"networkSecurityGroup": ref("networkSecurityGroups/nsg")},
        given=(*BASE, "nsg"),
    ),
    Case(
        "GW-12",
        "VirtualNetworkGatewaySubnetRouteTableCannotHaveDefaultRoute",
        "gateway subnet",
        {"routeTable": ref("routeTables/table")},
        given=TABLE,
        before=_default_route,
    ),
    Case(
        "GW-12",
        "VirtualNetworkGatewaySubnetRouteTableCannotHaveDefaultRoute",
        "route",
        {"addressPrefix": "0.0.0.0/0"},
        given=TABLE,
        before=_attach("gateway subnet", "routeTable", "routeTables/table"),
    ),
    Case("GW-02", "GatewaySubnet", "balancer", _front(subnet=ref("virtualNetworks/hub/subnets/GatewaySubnet"))),
    *SECURITY_RULES,
    Case("PIP-03", "StandardSkuPublicIPAddressesMustBeStatic", "address", {"publicIPAllocationMethod": "Dynamic"}),
    Case("PIP-07", unknown("PIP-07"), "address", {"zones": ["1"]}, given=(*BASE, "address")),
    Case("PIP-07", unknown("PIP-07"), "address", {"zones": None}, given=(*BASE, "address")),
    Case("ZONE-04", "LocationNotSupportAvailabilityZones", "address", {"location": "West US"}),
    Case(
        "ZONE-04", "LocationNotSupportAvailabilityZones", "address", options=Options(regions_without_zones=["westus3"])
    ),
    Case("ZONE-04", "LocationNotSupportAvailabilityZones", "address", {"location": "usgovtexas", "zones": ["1"]}),
    Case(
        "ZONE-04",
        "LocationNotSupportAvailabilityZones",
        "balancer",
        {"location": "northcentralus", **_front(zones=["1", "2", "3"])},
        given=BALANCER,
    ),
    Case("ZONE-04", "InvalidAvailabilityZone", "address", {"zones": ["1", "4"]}),
    Case("ZONE-04", "InvalidAvailabilityZone", "balancer", _front(zones=["4"]), given=BALANCER),
    Case("LB-01", unknown("LB-01"), "balancer", _front(zones=["1", "2", "3"]), given=(*BALANCER, "balancer")),
    Case("LB-01", unknown("LB-01"), "balancer", _front(zones=None), given=BALANCER, before=_zoned_front),
    Case("LB-01", unknown("LB-01"), "balancer", _front(zones=["1"]), given=BALANCER, before=_zoned_front),
    Case(
        "LB-02",
        "LoadBalancerFrontendIPConfigCannotHaveZoneWhenReferencingPublicIPAddress",
        "balancer",
        _front(zones=["1"], subnet=None, publicIPAddress=ref("publicIPAddresses/pip")),
        given=(*BASE, "address"),
    ),
    Case("LB-04", "ResourceCannotHaveMultipleZonesSpecified", "balancer", _front(zones=["1", "2"]), given=BALANCER),
    Case("", unknown("PIP-SKU"), "address", {"sku": {"name": "Basic"}}, given=(*BASE, "address")),
    Case("", "FrontendIPConfigHasNoSubnetOrPublicIP", "balancer", _front(subnet=None)),
    Case(
        "",
        "FrontendIPConfigHasBothSubnetAndPublicIP",
        "balancer",
        _front(publicIPAddress=ref("publicIPAddresses/pip")),
        given=(*BALANCER, "address"),
    ),
    Case("", "PrivateIPAddressNotInSubnet", "balancer", _front(privateIPAddress="10.0.2.9"), given=BALANCER),
    Case("NSG-02", "PrivateIPAddressInReservedRange", "balancer", _front(privateIPAddress="10.0.1.3"), given=BALANCER),
    Case(
        "NSG-02", "PrivateIPAddressInReservedRange", "balancer", _front(privateIPAddress="10.0.1.255"), given=BALANCER
    ),
    Case(
        "",
        "PrivateIPAddressIsAllocated",
        "balancer",
        {"loadBalancerName": "second", "loadBalancingRules": None},
        given=BALANCER,
        before=lambda cloud: put(cloud, "balancer"),
    ),
    Case("", "LBRuleReferenceNotFound", "balancer", {"probes": []}, given=BALANCER),
    *(Case("", "CodeUnknown_IDLE", "address", {"idleTimeoutInMinutes": minutes}) for minutes in (3, 31)),
    *(Case("", "CodeUnknown_IDLE", "balancer", _idle(minutes), given=BALANCER) for minutes in (3, 101)),
    Case(
        "DELETE-03",
        "InUseSubnetCannotBeDeleted",
        "",
        given=(*BALANCER, "balancer"),
        delete="virtualNetworks/hub/subnets/web",
    ),
    Case("DELETE-03", "InUseSubnetCannotBeDeleted", "", given=(*BALANCER, "balancer"), delete="virtualNetworks/hub"),
    Case(
        "DELETE-04",
        "InUseNetworkSecurityGroupCannotBeDeleted",
        "",
        given=(*BALANCER, "nsg"),
        before=_attach("subnet", "networkSecurityGroup", "networkSecurityGroups/nsg"),
        delete="networkSecurityGroups/nsg",
    ),
    Case(
        "DELETE-04",
        "InUseRouteTableCannotBeDeleted",
        "",
        given=(*BALANCER, "table"),
        before=_attach("subnet", "routeTable", "routeTables/table"),
        delete="routeTables/table",
    ),
)
