"""Settings that are just within a rule's limit: the rule is silent."""

from simulator.ids import SUBSCRIPTION
from tests.stacks import KEY
from tests.unit.rules.cases_bastion import WITHIN as BASTION
from tests.unit.rules.cases_edge import EDGE_WITHIN
from tests.unit.rules.cases_spokes import JUST_WITHIN as SPOKES
from tests.unit.rules.cases_tunnels import JUST_RIGHT
from tests.unit.rules.changes import ASG, REMOVE, case, circuit, keys, numbered, site

_SITE, _CIRCUIT = "vpn.sites[0]", "expressRoute.circuits[0]"
_OWN = ["192.168.0.0/16", "172.20.0.0/16"]
_SCALE = {"sku": "ErGwScale", "minScaleUnits": 10, "maxScaleUnits": 40}
_NETWORK = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers/Microsoft.Network/virtualNetworks/hub"
_IN_A_NETWORK = {"network.existing": {"id": _NETWORK}}
_OWN_ROUTE = {"name": "own", "prefix": "10.20.0.0/16", "nextHopType": "VnetLocal"}

WITHIN = (
    *BASTION,
    *SPOKES,
    *EDGE_WITHIN,
    case("NAME-02", {"resourceGroup": {"name": "r" * 90}}),
    case("NAME-03", {"names": {"virtualNetwork": "v" * 64, "circuits": {"primary": "e" * 80}}}),
    case("NAME-05", {"network.tiers[1].name": "gateway-subnet"}),
    case(
        "NAME-05",
        {
            "network.tiers[1].name": "gateway-subnet",
            "network.tiers[1].routes": [{"name": "r", "prefix": "198.18.0.0/16", "nextHopType": "None"}],
            "network.gatewaySubnetRoutes": [{"name": "own", "prefix": "10.20.0.0/16", "nextHopType": "VnetLocal"}],
            "names": {"routeTables": {"gateway-subnet": "rt-of-a-tier"}},
        },
    ),
    case("NAME-05", {"vpn.sites[0].name": "expressroute-primary"}, secrets=keys("expressroute-primary")),
    case(
        "NAME-05",
        {
            "network.spokes": [
                {"name": "a", "addressSpace": ["10.100.0.0/16"], "resourceGroup": {"name": "rg-a"}},
                {"name": "b", "addressSpace": ["10.101.0.0/16"], "resourceGroup": {"name": "rg-a", "existing": True}},
                {"name": "network", "addressSpace": ["10.102.0.0/16"]},
            ]
        },
    ),
    case("NAME-07", {"names": {"vpnPublicIps": ["a", "b"], "bastion": "bas", "subnets": {"web": "snet"}}}),
    case("TAG-01", {"tags": {f"t{n}": "x" * 256 for n in range(50)}}),
    case("NET-03", {"network.tiers[1].subnet": "10.20.2.0/29"}),
    case("NET-06", {"onPremises.prefixes[2]": "223.255.255.0/24"}),
    case("FAIL-07", {"onPremises.prefixes[2]": "10.0.0.0/8"}),
    case("GW-04", {"network.gatewaySubnet": "10.20.255.192/27"}),
    case("GW-08", {"expressRoute.gateway": _SCALE}),
    case("GW-09", {"network.gatewaySubnet": "10.20.255.192/26"}),
    case(
        "GW-14",
        {"network.gatewaySubnetRoutes": [{"name": "own", "prefix": "10.20.0.0/16", "nextHopType": "VnetLocal"}]},
    ),
    case(
        "ROUTE-12",
        {"network.tiers[0].routes": [{"name": "a", "prefix": "10.77.0.0/16", "nextHopType": "VnetLocal"}]},
    ),
    case("GW-16", {"network.dnsServers": ["168.63.129.16"]}),
    case("EXIST-11", {**_IN_A_NETWORK, "network.gatewaySubnetRoutes": [_OWN_ROUTE]}),
    case("EXIST-11", {"serializeGateways": True, "network.dnsServers": ["168.63.129.16"]}),
    case("EXIST-12", _IN_A_NETWORK),
    case("NSG-02", {"network.tiers[0].loadBalancer.frontendAddress": "10.20.1.4"}),
    case("NSG-02", {"network.tiers[0].loadBalancer.frontendAddress": "10.20.1.254"}),
    case("NSG-05", {"network.tiers[1].allow": [{"sources": ["web"], "ports": [n]} for n in range(400)]}),
    case("NSG-06", {"network.tiers[1].allow": [{"sources": numbered(4000), "ports": [443]}]}),
    case("NSG-04", {"network.tiers[1].allow[0].sources": ["Storage.WestUS"]}),
    case("NSG-04", {"network.tiers[1].allow[0].sources": ["AzureLoadBalancer"]}),
    case("NSG-04", {"network.tiers[1].name": "internet", "network.tiers[1].allow[0].sources": ["tag:Internet"]}),
    case("NSG-14", {"network.tiers[1].allow[0].sources": ["virtualNetwork", "management", "web", "10.20.0.0/16"]}),
    case("NSG-14", {"network.tiers[1].allow[0].sources": ["onPremises", "192.168.7.0/24", "192.168.7.0/24"]}),
    case("NSG-15", {"network.tiers[1].allow[0].ports": ["*"]}),
    case("NSG-15", {"network.tiers[1].allow[0]": {"sources": ["web"], "ports": ["*"], "protocol": "Icmp"}}),
    case("NSG-16", {"network.tiers[1].allow[0].sources": [ASG, f"{ASG}2"]}),
    case("NSG-16", {"network.tiers[1].allow[0].sources": ["Internet"]}),
    case("NSG-20", {"network.tiers[1].allow[0].sources": ["AzureMonitor"]}),
    case("NSG-21", {"network.tiers[1].allow[0].sources": [f"{ASG}{number}" for number in range(10)]}),
    case(
        "NSG-21",
        {"network.tiers[1].allow": [{"sources": [f"{ASG}{number}"], "ports": [443]} for number in range(100)]},
    ),
    case("LIMIT-20", {"expressRoute.prefixes": [*_OWN, *numbered(3998)]}),
    case(
        "LIMIT-20",
        {
            "expressRoute.prefixes": [*_OWN, *numbered(9498)],
            f"{_CIRCUIT}.tier": "Premium",
            "expressRoute.gateway.sku": "ErGw2AZ",
        },
    ),
    case("LIMIT-05", {"network.addressSpace": ["10.20.0.0/16", *numbered(199, "10.128.0.0", 24)]}),
    case("LIMIT-07", {"network.addressSpace": ["10.20.0.0/16", *numbered(599, "10.128.0.0", 24)]}),
    case("LIMIT-04", {"network.addressSpace": ["10.20.0.0/16", *numbered(999, "10.128.0.0", 24)]}),
    case("LIMIT-07", {f"{_SITE}.bgp": REMOVE, f"{_SITE}.prefixes": [*_OWN, *numbered(998, "198.18.0.0")]}),
    case("LIMIT-07", {f"{_SITE}.prefixes": [*_OWN, *numbered(3998, "198.18.0.0")]}),
    case("LIMIT-10", {"vpn.sites": [site(n) for n in range(30)]}, secrets=keys(*(f"s{n}" for n in range(30)))),
    case(
        "LIMIT-10",
        {"vpn.gateway.sku": "VpnGw4AZ", "vpn.sites": [site(n) for n in range(31)]},
        secrets=keys(*(f"s{n}" for n in range(31))),
    ),
    case("LIMIT-11", {f"{_CIRCUIT}.bandwidthInMbps": 1000, "vpn.gateway.sku": "VpnGw2AZ"}),
    case(
        "LIMIT-14",
        {
            "network.tiers[0].routes": [
                {"name": f"r{n}", "prefix": prefix, "nextHopType": "None"} for n, prefix in enumerate(numbered(400))
            ]
        },
    ),
    case("LIMIT-15", {"network.dnsServers": ["168.63.129.16", *(prefix[:-3] for prefix in numbered(19))]}),
    case("LIMIT-01", {"expressRoute.gateway.sku": "ErGw3AZ", "expressRoute.circuits": [circuit(n) for n in range(10)]}),
    case("LIMIT-03", {"expressRoute.prefixes": [*_OWN, *numbered(3998)]}),
    case("LIMIT-03", {f"{_CIRCUIT}.tier": "Premium", "expressRoute.prefixes": [*_OWN, *numbered(9998)]}),
    case("LIMIT-08", {f"{_CIRCUIT}.authorizations": [f"a{n}" for n in range(9)]}),
    case("LIMIT-08", {f"{_CIRCUIT}.tier": "Premium", f"{_CIRCUIT}.authorizations": [f"a{n}" for n in range(24)]}),
    case("ER-02", {"expressRoute.circuits": [circuit(n) for n in range(4)]}),
    case("ER-02", {"expressRoute.gateway.sku": "ErGw2AZ", "expressRoute.circuits": [circuit(n) for n in range(8)]}),
    case("ER-02", {"expressRoute.gateway": _SCALE, "expressRoute.circuits": [circuit(n) for n in range(16)]}),
    case(
        "ER-02",
        {"expressRoute.circuits": [*(circuit(n) for n in range(4)), circuit(4, connect="never")]},
    ),
    case("ER-08", {"expressRoute.circuits[1]": circuit(1, peeringLocation="Seattle", connect="never")}),
    case("ER-03", {"expressRoute.circuits": [circuit(n, peeringLocation="Seattle") for n in range(4)]}),
    case("ER-04", {"expressRoute.gateway": _SCALE, f"{_CIRCUIT}.fastPath": True}),
    case("ER-05", {"expressRoute.gateway": {"sku": "ErGwScale", "minScaleUnits": 1, "maxScaleUnits": 1}}),
    case("ER-11", {f"{_CIRCUIT}.bandwidthInMbps": 1000}),
    case("LB-03", {"location": "westus", "network.tiers[0].loadBalancer.zones": []}),
    case("LB-04", {"network.tiers[0].loadBalancer.zones": ["2"]}),
    case("LB-04", {"network.tiers[0].loadBalancer.zones": [3, 1, 2]}),
    case("LB-04", {"vpn.gateway.zones": [1, 2]}),
    case("PIP-04", {"vpn.gateway.zones": [1]}),
    case("PIP-04", {"location": "westus"}),
    case("PIP-12", {"location": "usgovvirginia"}),
    case("ZONE-01", {"location": "West US 2"}),
    case("ZONE-01", {"location": "atlantiscentral", "zones": [1, 2, 3]}),
    case("ZONE-01", {"location": "atlantiscentral", "zones": []}),
    case(
        "ZONE-01",
        {
            "location": "atlantiscentral",
            "vpn.gateway.zones": ["1"],
            "network.tiers[0].loadBalancer.zones": ["1"],
            "network.management": REMOVE,
            "network.tiers[0].allow[1]": REMOVE,
            "network.tiers[1].allow[1]": REMOVE,
        },
    ),
    case("ZONE-04", {"location": "West US", "zones": []}),
    case("ZONE-04", {"location": "Norway East", "zones": [3, 2, 1], f"{_CIRCUIT}.tier": "Premium"}),
    case("CIRCUIT-23", {"location": "Norway East", f"{_CIRCUIT}.tier": "Premium"}),
    case("CIRCUIT-23", {f"{_CIRCUIT}.peeringLocation": "Silicon Valley2"}),
    case("ZONE-06", {"location": "West US 3", "expressRoute.gateway": _SCALE}),
    case("ZONE-06", {"location": "westus2", "expressRoute.gateway.sku": "ErGw3AZ"}),
    case("ER-11", {f"{_CIRCUIT}.bandwidthInMbps": 10000, f"{_CIRCUIT}.fastPath": True}),
    case("CONN-05", {f"{_CIRCUIT}.routingWeight": 32000}),
    case("CIRCUIT-10", {"onPremises.prefixes[2]": "172.16.0.0/24"}),
    case("CIRCUIT-11", {f"{_CIRCUIT}.privatePeering.vlanId": 4094}),
    case("CIRCUIT-11", {f"{_CIRCUIT}.privatePeering.vlanId": 1}),
    case("BGP-06", {f"{_CIRCUIT}.privatePeering.peerAsn": 65514}),
    case("BGP-06", {f"{_CIRCUIT}.privatePeering.peerAsn": 65521}),
    case("BGP-03", {f"{_SITE}.bgp.asn": 65514}),
    case("BGP-03", {f"{_SITE}.bgp.asn": 65521}),
    case("BGP-03", {f"{_SITE}.bgp.asn": 65552}),
    case("BGP-04", {f"{_SITE}.bgp.asn": 4294967294}),
    case(
        "BGP-08",
        {
            f"{_SITE}.bgp": {
                "asn": 65010,
                "peerAddress": "169.254.21.1",
                "gatewayAddresses": ["169.254.21.0", "169.254.22.255"],
            }
        },
    ),
    case("IPSEC-08", {"vpn.ipsecPolicy": {"ipsecEncryption": "AES256", "ipsecIntegrity": "SHA256"}}),
    case("IPSEC-09", {"vpn.ipsecPolicy": {"saLifeTimeSeconds": 300, "saDataSizeKilobytes": 1024}}),
    case("IPSEC-11", {f"{_SITE}.dpdTimeoutSeconds": 30}),
    case("VPN-14", {"vpn.sites[1]": site(1, prefixes=_OWN)}, secrets=keys("hq", "s1")),
    case("VPN-15", {}, secrets={"vpnSharedKeys": {"hq": "!\"#$%&'()*+,./09:;<=>?@AZ[\\]^_`az{|}"}}),
    case("VPN-16", {}, secrets={"vpnSharedKeys": {"hq": (KEY * 5)[:128]}}),
    case("VPN-24", {f"{_SITE}.publicIp": "172.32.0.1"}),
    case("KEY-03", {}, secrets={"peeringSharedKeys": {"primary": "a" * 25}}),
    case("KEY-04", {}, secrets={"vpnSharedKeys": {"hq": KEY[:20]}}),
    *JUST_RIGHT,
)
