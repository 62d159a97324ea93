"""What Azure refuses of networks, addresses, load balancers and Bastion: one row a refusal."""

from simulator.cloud import Cloud
from tests.simulator.world import BASE, Case, put, ref, unknown

BASTION = (*BASE, "bastion subnet", "address")
BALANCER = (*BASE, "subnet")
RULE = (*BASE, "nsg", "rule")
TABLE = (*BASE, "table")


def _attach(subnet: str, name: str, path: str):
    def act(cloud: Cloud) -> None:
        put(cloud, subnet, **{name: ref(path)})

    return act


def _default_route(cloud: Cloud) -> None:
    put(cloud, "route", addressPrefix="0.0.0.0/0", nextHopType="Internet")


def _default_route_on_bastion(cloud: Cloud) -> None:
    put(cloud, "bastion subnet")
    _attach("bastion subnet", "routeTable", "routeTables/table")(cloud)


def _front(**changes: object) -> dict[str, list[dict[str, object]]]:
    front: dict[str, object] = {"name": "front", "subnet": ref("virtualNetworks/hub/subnets/web"), **changes}
    return {"frontendIPConfigurations": [{key: value for key, value in front.items() if value is not None}]}


def _space(*prefixes: str) -> dict[str, object]:
    return {"addressSpace": {"addressPrefixes": list(prefixes)}}


BAD_RULE = "SecurityRuleParameterContainsUnsupportedValue"

CASES = (
    Case("", "ResourceGroupNotFound", "network", given=()),
    Case("", "ParentResourceNotFound", "subnet", given=("group",)),
    Case("", "LocationRequired", "network", {"location": None}, given=("group",)),
    Case("", "InvalidResourceLocation", "network", {"location": "eastus"}),
    Case("", "InvalidResourceName", "network", {"virtualNetworkName": "-hub"}),
    Case("", "InvalidResourceName", "network", {"virtualNetworkName": "h" * 65}),
    Case("", "InvalidResourceName", "group", {"resourceGroupName": "(net)."}, given=()),
    Case("", "InvalidResourceName", "group", {"resourceGroupName": "g" * 91}, given=()),
    Case("", "InvalidRequestFormat", "network", {"colour": "blue"}),
    Case("", "InvalidRequestFormat", "network", {"addressSpace": "10.0.0.0/16"}),
    Case("", "InvalidRequestFormat", "subnet", {"virtualNetworkName": None}),
    Case("", "InvalidRequestFormat", "rule", {"access": "Perhaps"}, given=(*BASE, "nsg")),
    Case("", "InvalidRequestFormat", "rule", {"priority": None}, given=(*BASE, "nsg")),
    Case("", "InvalidRequestFormat", "balancer", _front(name=None), given=BALANCER),
    Case("", "InvalidResourceReference", "subnet", {"networkSecurityGroup": ref("networkSecurityGroups/none")}),
    Case(
        "",
        "InvalidResourceReference",
        "subnet",
        {"networkSecurityGroup": ref("networkSecurityGroups/far")},
        before=lambda cloud: put(cloud, "nsg", networkSecurityGroupName="far", location="eastus"),
    ),
    Case("", "InvalidAddressPrefixFormat", "subnet", {"addressPrefix": "10.0.1.0"}),
    Case("", "InvalidAddressPrefixFormat", "subnet", {"addressPrefix": "10.0.300.0/24"}),
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
    Case(
        "BAS-03",
        unknown("BAS-03"),
        "route",
        {"addressPrefix": "0.0.0.0/0"},
        given=TABLE,
        before=_default_route_on_bastion,
    ),
    Case(
        "BAS-01",
        "SubnetNameMustBeAzureBastionSubnet",
        "bastion",
        {
            "ipConfigurations": [
                {
                    "name": "a",
                    "subnet": ref("virtualNetworks/hub/subnets/web"),
                    "publicIPAddress": ref("publicIPAddresses/pip"),
                }
            ]
        },
        given=(*BASTION, "subnet"),
    ),
    Case(
        "BAS-02",
        unknown("BAS-02"),
        "bastion",
        given=BASTION,
        before=lambda cloud: put(cloud, "bastion subnet", addressPrefix="10.0.254.0/27"),
    ),
    Case(
        "BAS-03",
        unknown("BAS-03-PIP"),
        "bastion",
        given=(*BASE, "bastion subnet"),
        before=lambda cloud: put(cloud, "address", sku={"name": "Basic"}, zones=None),
    ),
    Case("GW-02", "GatewaySubnet", "balancer", _front(subnet=ref("virtualNetworks/hub/subnets/GatewaySubnet"))),
    Case("", "SecurityRuleInvalidPriority", "rule", {"priority": 99}, given=(*BASE, "nsg")),
    Case("", "SecurityRuleConflict", "rule", {"securityRuleName": "again"}, given=RULE),
    Case("", BAD_RULE, "rule", {"sourceAddressPrefix": "10.0.0.0/40"}, given=(*BASE, "nsg")),
    Case("", BAD_RULE, "rule", {"destinationPortRange": "90-80"}, given=(*BASE, "nsg")),
    Case("", BAD_RULE, "rule", {"sourceAddressPrefix": None}, given=(*BASE, "nsg")),
    Case("PIP-03", "StandardSkuPublicIPAddressesMustBeStatic", "address", {"publicIPAllocationMethod": "Dynamic"}),
    Case("PIP-07", unknown("PIP-07"), "address", {"zones": ["1"]}, given=(*BASE, "address")),
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
    Case(
        "",
        "PublicIPAddressInUse",
        "bastion",
        {"bastionHostName": "second"},
        given=BASTION,
        before=lambda cloud: put(cloud, "bastion"),
    ),
    Case("ORDER-11", "RemoteVnetHasNoGateways", "spoke peering", {"useRemoteGateways": True}, given=(*BASE, "spoke")),
    Case(
        "",
        "VnetAddressSpacesOverlap",
        "spoke peering",
        given=(*BASE, "spoke"),
        before=lambda cloud: put(cloud, "spoke", **_space("10.0.0.0/20")),
    ),
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
    Case(
        "DELETE-02",
        "PublicIPAddressCannotBeDeleted",
        "",
        given=(*BASTION, "bastion"),
        delete="publicIPAddresses/pip",
    ),
)
