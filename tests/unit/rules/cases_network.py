"""A wrong setting for each rule about the network, its subnets, routes and names, and its message."""

from simulator.ids import SUBSCRIPTION
from tests.unit.rules.changes import ASG, OTHER, OTHER_ASG, case, circuit, numbered

EXISTING = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/c"
_NETWORKS = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks"

NETWORK = (
    case(
        "ROUTE-12",
        {
            "network.tiers[0].routes": [{"name": "a", "prefix": "0.0.0.0/0", "nextHopType": "VirtualNetworkGateway"}],
            "network.gatewaySubnetRoutes": [
                {"name": "b", "prefix": "10.77.0.0/16", "nextHopType": "VirtualNetworkGateway"}
            ],
        },
        *(
            f"error {path}.nextHopType: {prefix} to VirtualNetworkGateway: Azure does not use that where an "
            "ExpressRoute and a VPN gateway coexist; announce the prefix from on-premises instead, and remove the "
            "route [ROUTE-12]"
            for path, prefix in (
                ("network.gatewaySubnetRoutes[0]", "10.77.0.0/16"),
                ("network.tiers[0].routes[0]", "0.0.0.0/0"),
            )
        ),
    ),
    case(
        "SET-01",
        {"network.gatewaySubnt": "10.20.255.192/26"},
        "error network.gatewaySubnt: unknown setting; did you mean 'gatewaySubnet'? [SET-01]",
    ),
    case(
        "SET-02",
        {"network.gatewaySubnet": "10.20.255.193/26"},
        "error network.gatewaySubnet: 10.20.255.193/26 is an address inside 10.20.255.192/26, not a "
        "prefix; write 10.20.255.192/26 [SET-02]",
    ),
    case(
        "NAME-01",
        {"network.tiers[1].name": "web", "network.tiers[1].allow": []},
        "error network.tiers[1].name: the tier 'web' is also network.tiers[0]; give it another name [NAME-01]",
    ),
    case(
        "NAME-02",
        {"resourceGroup": {"name": "rg-dev."}},
        "error resourceGroup.name: 'rg-dev.': letters, digits, underscores, hyphens, periods and "
        "parentheses make a resource group's name, and it ends with no period [NAME-02]",
    ),
    case(
        "NAME-02",
        {"resourceGroup": {"name": "r" * 91}},
        "error resourceGroup.name: 91 characters, Azure allows 90 in a resource group's name [NAME-02]",
    ),
    case(
        "TAG-01", {"tags": {"cost/centre": "42"}}, "error tags.cost/centre: a tag's name has no /; rename it [TAG-01]"
    ),
    case(
        "TAG-01",
        {"tags": {" ": "42"}, "ignoreTags": ["owner"]},
        "error tags. : a tag's name is empty; name it, or remove it [TAG-01]",
    ),
    case(
        "ID-01",
        {"network.existing": {"id": EXISTING}},
        "error network.existing.id: "
        "'/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/c' is no id "
        "of virtualNetworks; such a one is "
        "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/NAME [ID-01]",
    ),
    case(
        "ID-01",
        {"network.existing": {"id": f"{_NETWORKS}/<v>"}},
        f"error network.existing.id: '{_NETWORKS}/<v>' is no id of virtualNetworks; such a one is "
        "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/NAME [ID-01]",
    ),
    case(
        "NET-01",
        {"network.tiers[1].subnet": "10.21.2.0/24"},
        "error network.tiers[1].subnet: 10.21.2.0/24 is outside network.addressSpace (10.20.0.0/16); "
        "choose a prefix inside it or add it there [NET-01]",
    ),
    case(
        "NET-02",
        {"network.tiers[1].subnet": "10.20.1.128/25"},
        "error network.tiers[1].subnet: 10.20.1.128/25 overlaps 10.20.1.0/24 (network.tiers[0].subnet); "
        "move one of them [NET-02]",
    ),
    case(
        "NET-03",
        {"network.tiers[1].subnet": "10.20.2.0/30"},
        "error network.tiers[1].subnet: 10.20.2.0/30 has 4 addresses, a subnet needs a /29 (8) or larger [NET-03]",
    ),
    case(
        "NET-04",
        {"network.addressSpace": ["10.20.0.0/16", "10.20.128.0/17"]},
        "error network.addressSpace[1]: 10.20.128.0/17 overlaps 10.20.0.0/16 (network.addressSpace[0]); "
        "keep one of them [NET-04]",
    ),
    case(
        "NET-05",
        {"network.addressSpace[1]": "169.254.0.0/24"},
        "error network.addressSpace[1]: 169.254.0.0/24 overlaps 169.254.0.0/16, which no virtual network "
        "may hold; use a private prefix [NET-05]",
    ),
    case(
        "NET-06",
        {"onPremises.prefixes[2]": "224.0.0.0/8"},
        "error onPremises.prefixes[2]: 224.0.0.0/8 is inside 224.0.0.0/3, which is not routed; use a "
        "unicast prefix [NET-06]",
    ),
    case(
        "NET-07",
        {"onPremises.prefixes[2]": "172.20.0.0/16"},
        "error onPremises.prefixes[2]: 172.20.0.0/16 is also onPremises.prefixes[1]; remove one of them [NET-07]",
    ),
    case(
        "FAIL-07",
        {"onPremises.prefixes[2]": "10.20.64.0/18"},
        "error onPremises.prefixes[2]: 10.20.64.0/18 is in the virtual network's 10.20.0.0/16 "
        "(network.addressSpace[0]), so Azure ignores the announcement; use addresses that the virtual "
        "network does not have (a wider prefix is fine) [FAIL-07]",
    ),
    case(
        "FAIL-07",
        {"onPremises.prefixes[2]": "10.20.0.0/16"},
        "error onPremises.prefixes[2]: 10.20.0.0/16 is in the virtual network's 10.20.0.0/16 "
        "(network.addressSpace[0]), so Azure ignores the announcement; use addresses that the virtual "
        "network does not have (a wider prefix is fine) [FAIL-07]",
    ),
    case(
        "GW-04",
        {"network.gatewaySubnet": "10.20.255.192/28"},
        "error network.gatewaySubnet: 10.20.255.192/28 has 16 addresses, but both gateways need a /27 "
        "(32) or larger; it cannot grow once a gateway is in it [GW-04]",
    ),
    case(
        "GW-07",
        {
            "expressRoute.gateway.sku": "ErGw3AZ",
            "network.gatewaySubnet": "10.20.255.192/27",
            "expressRoute.circuits": [
                *(circuit(n) for n in range(10)),
                *({"name": f"e{n}", "existing": {"id": f"{EXISTING}{n}"}, "connect": "always"} for n in range(6)),
            ],
        },
        "error network.gatewaySubnet: 10.20.255.192/27 has 32 addresses, but 16 circuits need a /26 (64) "
        "or larger [GW-07]",
    ),
    case(
        "GW-08",
        {
            "location": "westus3",
            "expressRoute.gateway": {"sku": "ErGwScale", "minScaleUnits": 1, "maxScaleUnits": 1},
            "network.gatewaySubnet": "10.20.255.192/27",
        },
        "error network.gatewaySubnet: 10.20.255.192/27 has 32 addresses, but ErGwScale needs a /26 (64) "
        "or larger; a gateway's subnet cannot grow later [GW-08]",
    ),
    case(
        "GW-09",
        {"network.gatewaySubnet": "10.20.255.192/27"},
        "warning network.gatewaySubnet: 10.20.255.192/27 has 32 addresses: enough for both gateways, not "
        "for a managed migration of one; choose a /26 (64) while you can, the subnet cannot grow once a "
        "gateway is in it [GW-09]",
    ),
    case(
        "GW-12",
        {
            "network.gatewaySubnetRoutes": [
                {"name": "all", "prefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopAddress": "10.20.1.4"}
            ]
        },
        "error network.gatewaySubnetRoutes[0].prefix: Azure refuses 0.0.0.0/0 on the GatewaySubnet; name "
        "the prefixes that it is meant for [GW-12]",
    ),
    case(
        "GW-14",
        {
            "network.gatewaySubnetRoutes": [
                {
                    "name": "all",
                    "prefix": "10.20.0.0/16",
                    "nextHopType": "VirtualAppliance",
                    "nextHopAddress": "10.20.1.4",
                }
            ]
        },
        "warning network.gatewaySubnetRoutes[0].prefix: 10.20.0.0/16 covers the GatewaySubnet "
        "10.20.255.192/26 (network.gatewaySubnet), so VirtualAppliance comes between the two gateways; "
        "use the tiers' prefixes instead [GW-14]",
    ),
    case(
        "GW-15",
        {
            "network.gatewaySubnetRoutes": [
                {
                    "name": "own",
                    "prefix": "10.20.255.192/26",
                    "nextHopType": "VirtualAppliance",
                    "nextHopAddress": "10.20.1.4",
                }
            ]
        },
        "error network.gatewaySubnetRoutes[0].prefix: 10.20.255.192/26 is inside the GatewaySubnet "
        "10.20.255.192/26 (network.gatewaySubnet), so VirtualAppliance comes between the two gateways "
        "and their BGP breaks; remove it [GW-15]",
    ),
    case(
        "GW-15",
        {"network.gatewaySubnetRoutes": [{"name": "own", "prefix": "10.20.255.192/26", "nextHopType": "VnetLocal"}]},
        "warning network.gatewaySubnetRoutes[0].prefix: 10.20.255.192/26 is inside the GatewaySubnet "
        "10.20.255.192/26 (network.gatewaySubnet): only needed beside a wider route to an appliance; "
        "Microsoft advises against it [GW-15]",
    ),
    case(
        "GW-16",
        {"network.dnsServers": ["10.20.1.4"]},
        "warning network.dnsServers: 10.20.1.4 must forward to 168.63.129.16, or the gateways cannot "
        "reach Azure's control plane [GW-16]",
    ),
    case(
        "UDR-01",
        {"network.tiers[0].routes": [{"name": n, "prefix": "10.9.0.0/16", "nextHopType": "None"} for n in ("a", "b")]},
        "error network.tiers[0].routes[1].prefix: 10.9.0.0/16 is also network.tiers[0].routes[0].prefix; "
        "keep one of them [UDR-01]",
    ),
    case(
        "NSG-02",
        {"network.tiers[0].loadBalancer.frontendAddress": "10.20.1.3"},
        "error network.tiers[0].loadBalancer.frontendAddress: 10.20.1.3 is one of the five addresses "
        "Azure keeps in 10.20.1.0/24; usable are 10.20.1.4 to 10.20.1.254 [NSG-02]",
    ),
    case(
        "NSG-03",
        {"network.tiers[0].routes": [{"name": "out", "prefix": "198.51.100.0/24", "nextHopType": "Internet"}]},
        "warning network.tiers[0].routes[0].nextHopType: 198.51.100.0/24 to the Internet, but the tier's "
        "internetOutbound is false, which denies it [NSG-03]",
    ),
    case(
        "TAG-02",
        {"tags": {"Owner": "a", "owner": "b"}},
        "error tags.owner: owner and Owner are one tag to Azure, which reads names in any case; remove one [TAG-02]",
    ),
    case(
        "TAG-02",
        {"tags": {"Owner": "a"}, "ignoreTags": ["owner", "a/b"]},
        "error ignoreTags[0]: owner is one of tags too, which sets Owner; remove one of the two [TAG-02]",
        "error ignoreTags[1]: a tag's name has no /; rename it [TAG-01]",
    ),
    case(
        "NAME-05",
        {
            "expressRoute.circuits[0].name": "a",
            "expressRoute.circuits[0].authorizations": ["b-c"],
            "expressRoute.circuits[1]": {**circuit(1), "name": "a-b", "authorizations": ["c"]},
        },
        "error expressRoute.circuits[1].authorizations[0]: is a-b-c in Pulumi's state, and so is "
        "expressRoute.circuits[0].authorizations[0]; rename one of the two [NAME-05]",
    ),
    case(
        "NAME-05",
        {
            "network.tiers[1].name": "gateway-subnet",
            "network.tiers[1].routes": [{"name": "r", "prefix": "198.18.0.0/16", "nextHopType": "None"}],
            "network.gatewaySubnetRoutes": [{"name": "own", "prefix": "10.20.0.0/16", "nextHopType": "VnetLocal"}],
        },
        "error network.tiers[1]: makes rt-dev-gateway-subnet of routeTables, and so does network.gatewaySubnetRoutes; "
        "rename one, or give one a name of its own: names.routeTables.gateway-subnet or names.gatewaySubnetRouteTable "
        "[NAME-05]",
    ),
    case(
        "NAME-05",
        {"names": {"vpnGateway": "VGW-dev-ER"}},
        "error vpn.gateway: makes VGW-dev-ER of virtualNetworkGateways, and so does expressRoute.gateway; rename one, "
        "or give one a name of its own: names.vpnGateway or names.expressRouteGateway [NAME-05]",
    ),
    case(
        "NAME-06",
        {"network.tiers[1].name": "management"},
        "error network.tiers[1].name: management would be the word management among sources; rename the tier [NAME-06]",
    ),
    case(
        "NAME-06",
        {"network.tiers[1].name": "virtualNetwork"},
        "error network.tiers[1].name: 'virtualNetwork' is no name: 1 to 24 lower-case letters, digits and hyphens, a "
        "letter first and no hyphen last; did you mean 'virtualnetwork'? [SET-02]",
        "error network.tiers[1].name: virtualNetwork would be the word virtualNetwork among sources; rename the tier "
        "[NAME-06]",
    ),
    case(
        "NAME-06",
        {"network.tiers[1].name": "onpremises"},
        "error network.tiers[1].name: onpremises would be the word onPremises among sources; rename the tier [NAME-06]",
    ),
    case(
        "NAME-07",
        {"names": {"subnets": {"wbe": "snet"}, "vpnPublicIps": ["a", "b", "c"], "routeTables": {"web": "rt"}}},
        "error names.vpnPublicIps[2]: names nothing that this stack makes; remove it [NAME-07]",
        "error names.subnets.wbe: names nothing that this stack makes; did you mean names.subnets.web? [NAME-07]",
        "error names.routeTables.web: names nothing that this stack makes; remove it [NAME-07]",
    ),
    case(
        "NAME-03",
        {"names": {"virtualNetwork": "v" * 65, "circuits": {"primary": "-erc"}, "siteConnections": {"hq": "c" * 81}}},
        f"error names.virtualNetwork: {'v' * 65!r} has 65 characters, Azure allows 64; shorten it [NAME-03]",
        "error names.circuits.primary: '-erc': a name starts with a letter or digit, goes on with those, underscores, "
        "hyphens or periods, and ends with no hyphen or period [NAME-03]",
        f"error names.siteConnections.hq: {'c' * 81!r} has 81 characters, Azure allows 80; shorten it [NAME-03]",
    ),
    case(
        "NAME-04",
        {"names": {"subnets": {"web": "RouteServerSubnet"}}},
        "error names.subnets.web: RouteServerSubnet is the subnet of one of Azure's own services, which takes no "
        "machines; rename it [NAME-04]",
    ),
    case(
        "NSG-04",
        {"network.tiers[1].allow[0].sources": ["wbe"]},
        "error network.tiers[1].allow[0].sources[0]: 'wbe' is neither a prefix nor one of "
        "virtualNetwork, onPremises, management, web, data [NSG-04]",
    ),
    case(
        "NSG-04",
        {"network.tiers[1].allow[0].sources": ["storage.WestUS", "OnPremises", "NewService", "*", "10.20.1.4/24"]},
        "error network.tiers[1].allow[0].sources[0]: 'storage.WestUS' is neither a prefix nor one of "
        "virtualNetwork, onPremises, management, web, data; did you mean Storage.WestUS? [NSG-04]",
        "error network.tiers[1].allow[0].sources[1]: 'OnPremises' is neither a prefix nor one of "
        "virtualNetwork, onPremises, management, web, data; did you mean onPremises? [NSG-04]",
        "error network.tiers[1].allow[0].sources[2]: 'NewService' is neither a prefix nor one of "
        "virtualNetwork, onPremises, management, web, data; a service tag that is new is written tag:NewService "
        "[NSG-04]",
        "error network.tiers[1].allow[0].sources[3]: * is no source; write 0.0.0.0/0 for every address, or Internet "
        "[NSG-04]",
        "error network.tiers[1].allow[0].sources[4]: 10.20.1.4/24 is an address inside 10.20.1.0/24, not a prefix; "
        "write 10.20.1.0/24 [NSG-04]",
    ),
    case(
        "NSG-04",
        {"network.tiers[1].name": "internet", "network.tiers[1].allow[0].sources": ["Internet"]},
        "error network.tiers[1].allow[0].sources[0]: Internet is a service tag of Azure's, and internet a tier of this "
        "network; write tag:Internet for the tag, or internet: did you mean internet? [NSG-04]",
    ),
    case(
        "NSG-15",
        {"network.tiers[1].allow[0].ports": ["*", 443]},
        "error network.tiers[1].allow[0].ports[0]: * means every port and stands alone, here it is one of 2; Azure "
        "answers SecurityRuleParameterContainsInvalidPortRanges; keep * or the others [NSG-15]",
    ),
    case(
        "NSG-16",
        {"network.tiers[1].allow[0].sources": ["web", "Storage.WestUS"]},
        "error network.tiers[1].allow[0].sources: Storage.WestUS stands alone in a security rule, here are 2 sources; "
        "Azure answers SecurityRuleParameterContainsUnsupportedValue; give each tag, and the prefixes, an item of "
        "their own [NSG-16]",
    ),
    case(
        "NSG-16",
        {"network.tiers[1].allow[0].sources": ["web", ASG]},
        "error network.tiers[1].allow[0]: has application security groups beside other sources, and a security rule "
        "takes one kind; make two of it [NSG-16]",
    ),
    case(
        "NSG-20",
        {"network.tiers[1].allow[0].sources": ["AzurePlatformDNS"]},
        "error network.tiers[1].allow[0].sources: AzurePlatformDNS can only be denied, and what stands here is "
        "allowed; remove it [NSG-20]",
    ),
    case(
        "NSG-21",
        {"network.tiers[1].allow[0].sources": [f"{ASG}{number}" for number in range(11)]},
        "error network.tiers[1].allow[0].sources: 11 application security groups, a rule takes 10; make two [NSG-21]",
    ),
    case(
        "NSG-21",
        {
            "network.tiers[1].allow": [
                {"sources": [f"{ASG}{number}"], "ports": ["*"], "protocol": "Esp"} for number in range(101)
            ]
        },
        "error network.tiers[1].allow: 101 application security groups in all, a security group takes 100; name fewer "
        "[NSG-21]",
    ),
    case(
        "NSG-22",
        {"network.tiers[1].allow[0].sources": [ASG, ASG.upper()]},
        "error network.tiers[1].allow[0].sources[1]: the same group is network.tiers[1].allow[0].sources[0]; remove "
        "one [NSG-22]",
    ),
    case(
        "SUB-01",
        {"network.tiers[0].allow[0].sources": [ASG], "network.tiers[1].allow[0].sources": [ASG, OTHER_ASG]},
        f"error network.tiers[1].allow[0].sources[1]: the application security group is in subscription {OTHER}, and "
        f"that of network.tiers[0].allow[0].sources[0] in {SUBSCRIPTION}; a security rule names groups of its own "
        f"subscription only; name one of {SUBSCRIPTION}, or prefixes [SUB-01]",
    ),
    case(
        "ID-01",
        {"network.tiers[1].allow[0].sources": ["/subscriptions/a"]},
        "error network.tiers[1].allow[0].sources[0]: '/subscriptions/a' is no id of applicationSecurityGroups; such a "
        "one is /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/applicationSecurityGroups/NAME "
        "[ID-01]",
    ),
    case(
        "NSG-05",
        {"network.tiers[1].allow": [{"sources": ["web"], "ports": [n]} for n in range(401)]},
        "error network.tiers[1].allow: 401 items, one security group has priorities for 400; join some [NSG-05]",
    ),
    case(
        "NSG-06",
        {"network.tiers[1].allow": [{"sources": numbered(4001), "ports": [443]}]},
        "error network.tiers[1].allow: 4001 source prefixes in all, a security group takes 4000; name "
        "fewer, wider ones [NSG-06]",
    ),
    case(
        "LIMIT-04",
        {"network.addressSpace": ["10.20.0.0/16", *numbered(1000, "10.128.0.0", 24)]},
        "error network.addressSpace: 1001 prefixes, ExpressRoute takes 1000, else it drops; use wider ones [LIMIT-04]",
    ),
    case(
        "LIMIT-05",
        {"network.addressSpace": ["10.20.0.0/16", *numbered(200, "10.128.0.0", 24)]},
        "warning network.addressSpace: 201 prefixes, 200 are allowed when the ExpressRoute connection is "
        "created; connect first, then add the rest [LIMIT-05]",
    ),
    case(
        "LIMIT-07",
        {"network.addressSpace": ["10.20.0.0/16", *numbered(600, "10.128.0.0", 24)]},
        "error network.addressSpace: 601 prefixes, a VPN gateway takes 600; use wider ones [LIMIT-07]",
    ),
    case(
        "LIMIT-14",
        {
            "network.tiers[0].routes": [
                {"name": f"r{n}", "prefix": p, "nextHopType": "None"} for n, p in enumerate(numbered(401))
            ]
        },
        "error network.tiers[0].routes: 401 routes, a route table holds 400; join some [LIMIT-14]",
    ),
    case(
        "LIMIT-15",
        {"network.dnsServers": ["168.63.129.16", *(p[:-3] for p in numbered(20))]},
        "error network.dnsServers: 21 DNS servers, a virtual network holds 20; remove some [LIMIT-15]",
    ),
)
