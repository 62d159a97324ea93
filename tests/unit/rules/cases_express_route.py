"""A wrong setting for each rule about the ExpressRoute gateway, circuits and peerings, and its message."""

from tests.unit.rules.changes import REMOVE, case, circuit, numbered

CIRCUIT = "expressRoute.circuits[0]"
EXISTING = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/c"
PORT = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/expressRoutePorts/p"

EXPRESS_ROUTE = (
    case(
        "ER-01",
        {"expressRoute.gateway.sku": "VpnGw1AZ"},
        "error expressRoute.gateway.sku: 'VpnGw1AZ' is no ExpressRoute gateway SKU; that is a VPN "
        "gateway's SKU; use one of ErGw1AZ, ErGw2AZ, ErGw3AZ, ErGwScale, Standard, HighPerformance, "
        "UltraPerformance [ER-01]",
    ),
    case(
        "ER-02",
        {"expressRoute.circuits": [circuit(n) for n in range(5)]},
        "error expressRoute.circuits: 5 circuits are connected, SKU ErGw1AZ takes 4; use a larger one [ER-02]",
    ),
    case(
        "ER-02",
        {
            "location": "westus3",
            "expressRoute.gateway": {"sku": "ErGwScale", "minScaleUnits": 2, "maxScaleUnits": 4},
            "expressRoute.circuits": [circuit(n) for n in range(9)],
        },
        "error expressRoute.circuits: 9 circuits are connected, SKU ErGwScale with 2 scale units takes "
        "8; use a larger one [ER-02]",
    ),
    case(
        "ER-03",
        {
            "expressRoute.gateway.sku": "ErGw2AZ",
            "expressRoute.circuits": [*(circuit(n, peeringLocation="Seattle") for n in range(5)), circuit(5)],
        },
        "error expressRoute.circuits: 5 circuits in Seattle, a virtual network takes 4 from one place [ER-03]",
    ),
    case(
        "ER-04",
        {f"{CIRCUIT}.fastPath": True},
        "error expressRoute.circuits[0].fastPath: FastPath needs UltraPerformance, ErGw3AZ, ErGwScale, "
        "the gateway's SKU is ErGw1AZ [ER-04]",
    ),
    case(
        "ER-05",
        {
            "location": "westus3",
            "expressRoute.gateway": {"sku": "ErGwScale", "minScaleUnits": 1, "maxScaleUnits": 4},
        },
        "error expressRoute.gateway.minScaleUnits: 1 to 4: an automatic range starts at 2; a fixed size "
        "has both equal [ER-05]",
    ),
    case(
        "ER-05",
        {"expressRoute.gateway.minScaleUnits": 2},
        "error expressRoute.gateway.minScaleUnits: scale units belong to ErGwScale, the SKU is ErGw1AZ; "
        "remove it or change the SKU [ER-05]",
    ),
    case(
        "ER-08",
        {"expressRoute.circuits[1]": circuit(1, peeringLocation="Seattle")},
        "warning expressRoute.circuits: all 2 circuits are in Seattle and fail with that place; use "
        "another for one of them [ER-08]",
    ),
    case(
        "ER-11",
        {f"{CIRCUIT}.bandwidthInMbps": 2000, "vpn.gateway.sku": "VpnGw3AZ"},
        "warning expressRoute.circuits[0].bandwidthInMbps: the circuit brings 2000 Mbps, a gateway of "
        "SKU ErGw1AZ carries 1000; use a larger SKU, or FastPath, which goes past the gateway [ER-11]",
    ),
    case(
        "CIRCUIT-01",
        {f"{CIRCUIT}.tier": "Basic"},
        "error expressRoute.circuits[0].tier: 'Basic' is none of Local, Standard, Premium [CIRCUIT-01]",
    ),
    case(
        "CIRCUIT-01",
        {f"{CIRCUIT}.family": "Unlimited"},
        "error expressRoute.circuits[0].family: 'Unlimited' is none of MeteredData, UnlimitedData [CIRCUIT-01]",
    ),
    case(
        "CIRCUIT-01",
        {f"{CIRCUIT}.tier": "Local"},
        "error expressRoute.circuits[0].family: MeteredData, but a circuit of tier Local has "
        "UnlimitedData [CIRCUIT-01]",
        "warning expressRoute.circuits[0].tier: Local reaches only the regions near Seattle; where "
        "westus2 is none of them, take Standard [CIRCUIT-02]",
    ),
    case(
        "CIRCUIT-02",
        {f"{CIRCUIT}.tier": "Local", f"{CIRCUIT}.family": "UnlimitedData"},
        "warning expressRoute.circuits[0].tier: Local reaches only the regions near Seattle; where "
        "westus2 is none of them, take Standard [CIRCUIT-02]",
    ),
    case(
        "CIRCUIT-03",
        {f"{CIRCUIT}.bandwidthInMbps": 300},
        "error expressRoute.circuits[0].bandwidthInMbps: 300 Mbps is none of 50, 100, 200, 500, 1000, "
        "2000, 5000, 10000 [CIRCUIT-03]",
    ),
    case(
        "CIRCUIT-05",
        {
            "expressRoute.circuits": [
                {
                    "name": "direct",
                    "port": {"id": PORT, "bandwidthInGbps": 1},
                    "provider": "Equinix",
                    "connect": "never",
                }
            ]
        },
        "error expressRoute.circuits[0].provider: Equinix: a circuit on a port has bandwidthInGbps and "
        "no provider; remove it [CIRCUIT-05]",
    ),
    case(
        "CIRCUIT-05",
        {"expressRoute.circuits": [{"name": "direct", "port": {"id": PORT, "bandwidthInGbps": 3}, "connect": "never"}]},
        "warning expressRoute.circuits[0].port.bandwidthInGbps: 3 Gbps is none of 1, 2, 5, 10, 40, 100, "
        "which Azure's documents name [CIRCUIT-05]",
    ),
    case(
        "CIRCUIT-10",
        {f"{CIRCUIT}.privatePeering.primaryPrefix": "172.16.0.8/29"},
        "error expressRoute.circuits[0].privatePeering.primaryPrefix: 172.16.0.8/29 has 8 addresses, the "
        "subnet of a link is a /30 (4) [CIRCUIT-10]",
    ),
    case(
        "CIRCUIT-10",
        {f"{CIRCUIT}.privatePeering.secondaryPrefix": "172.16.0.0/30"},
        "error expressRoute.circuits[0].privatePeering.secondaryPrefix: 172.16.0.0/30 overlaps "
        "172.16.0.0/30 (expressRoute.circuits[0].privatePeering.primaryPrefix); each link has its own "
        "/30 [CIRCUIT-10]",
    ),
    case(
        "CIRCUIT-10",
        {f"{CIRCUIT}.privatePeering.primaryPrefix": "10.20.3.0/30"},
        "error expressRoute.circuits[0].privatePeering.primaryPrefix: 10.20.3.0/30 overlaps the virtual "
        "network's 10.20.0.0/16 (network.addressSpace[0]); choose one outside [CIRCUIT-10]",
    ),
    case(
        "CIRCUIT-10",
        {
            "expressRoute.circuits[1]": circuit(
                1,
                privatePeering={
                    "peerAsn": 65010,
                    "vlanId": 100,
                    "primaryPrefix": "172.16.0.4/30",
                    "secondaryPrefix": "172.16.0.8/30",
                },
            )
        },
        "error expressRoute.circuits[1].privatePeering.primaryPrefix: 172.16.0.4/30 overlaps "
        "172.16.0.4/30 (expressRoute.circuits[0].privatePeering.secondaryPrefix); each link has its own "
        "/30 [CIRCUIT-10]",
    ),
    case(
        "CIRCUIT-10",
        {"onPremises.prefixes[2]": "172.16.0.1/32"},
        "warning expressRoute.circuits[0].privatePeering.primaryPrefix: 172.16.0.0/30 holds the "
        "on-premises prefix 172.16.0.1/32 (onPremises.prefixes[2]), whose announcement would lead the "
        "session's own traffic astray; announce a wider prefix or none [CIRCUIT-10]",
    ),
    case(
        "CIRCUIT-11",
        {f"{CIRCUIT}.privatePeering.vlanId": 4095},
        "error expressRoute.circuits[0].privatePeering.vlanId: 4095 is outside 1 to 4094 [CIRCUIT-11]",
    ),
    case(
        "CIRCUIT-11",
        {
            "expressRoute.circuits": [
                {
                    "name": f"direct{n}",
                    "port": {"id": PORT, "bandwidthInGbps": 1},
                    "connect": "never",
                    "privatePeering": {
                        "peerAsn": 65010,
                        "vlanId": 100,
                        "primaryPrefix": f"172.16.{n}.0/30",
                        "secondaryPrefix": f"172.16.{n}.4/30",
                    },
                }
                for n in range(2)
            ]
        },
        "warning expressRoute.circuits[1].privatePeering.vlanId: VLAN 100 is also "
        "expressRoute.circuits[0].privatePeering.vlanId on the same port; with Dot1Q it must differ "
        "[CIRCUIT-11]",
    ),
    case(
        "CIRCUIT-15",
        {
            f"{CIRCUIT}.fastPath": True,
            "expressRoute.gateway.sku": "ErGw3AZ",
            "network.gatewaySubnetRoutes": [
                {
                    "name": "web",
                    "prefix": "10.20.1.0/24",
                    "nextHopType": "VirtualAppliance",
                    "nextHopAddress": "10.20.2.4",
                }
            ],
        },
        "warning expressRoute.circuits[0].fastPath: with FastPath a circuit that is on no Direct port goes past the 1 "
        "route in network.gatewaySubnetRoutes; remove them or FastPath [CIRCUIT-15]",
    ),
    case(
        "CIRCUIT-23",
        {f"{CIRCUIT}.peeringLocation": "Amsterdam2"},
        "error expressRoute.circuits[0].tier: Standard, but Amsterdam2 is in Europe and westus2 "
        "(azure-native:location) in North America: Standard reaches only the regions of its own geopolitical region; "
        "set Premium, or take a place in North America [CIRCUIT-23]",
    ),
    case(
        "CIRCUIT-23",
        {
            CIRCUIT: {
                "name": "primary",
                "existing": {"id": EXISTING},
                "connect": "always",
                "peeringLocation": "Sydney",
            },
        },
        "warning expressRoute.circuits[0].tier: Standard, but Sydney is in Oceania and westus2 "
        "(azure-native:location) in North America: Standard reaches only the regions of its own geopolitical region; "
        "say what it is, or take a place in North America [CIRCUIT-23]",
    ),
    case(
        "CIRCUIT-17",
        {f"{CIRCUIT}.peeringLocation": REMOVE},
        "error expressRoute.circuits[0]: a provider's circuit needs "
        "expressRoute.circuits[0].peeringLocation too; or make it existing, or on a port [CIRCUIT-17]",
    ),
    case(
        "CIRCUIT-17",
        {
            "expressRoute.circuits": [
                {
                    "name": "both",
                    "existing": {"id": EXISTING},
                    "port": {"id": PORT, "bandwidthInGbps": 1},
                    "connect": "never",
                }
            ]
        },
        "error expressRoute.circuits[0]: it is existing and on a port; keep the one that it is [CIRCUIT-17]",
    ),
    case(
        "CIRCUIT-17",
        {
            "expressRoute.circuits": [
                {"name": "other", "existing": {"id": EXISTING}, "connect": "always", "authorizations": ["a"]}
            ]
        },
        "error expressRoute.circuits[0].authorizations: that is made by the existing circuit's owner; "
        "remove it here [CIRCUIT-17]",
    ),
    case(
        "CIRCUIT-18",
        {"expressRoute.circuits": [{"name": "other", "existing": {"id": EXISTING}}]},
        "error expressRoute.circuits[0].connect: auto cannot be answered for an existing circuit or a "
        "Direct port; say always once it is ready, or never [CIRCUIT-18]",
    ),
    case(
        "CONN-05",
        {f"{CIRCUIT}.routingWeight": 32001},
        "error expressRoute.circuits[0].routingWeight: 32001 is outside 0 to 32000 [CONN-05]",
    ),
    case(
        "BGP-06",
        {f"{CIRCUIT}.privatePeering.peerAsn": 65515},
        "error expressRoute.circuits[0].privatePeering.peerAsn: 65515 is reserved (65515 to 65520); use "
        "a private one such as 65010, or your own public ASN [BGP-06]",
    ),
    case(
        "LIMIT-01",
        {"expressRoute.gateway.sku": "ErGw3AZ", "expressRoute.circuits": [circuit(n) for n in range(11)]},
        "error expressRoute.circuits: 11 circuits are ordered, a subscription has 10 in a region; use "
        "another [LIMIT-01]",
    ),
    case(
        "LIMIT-20",
        {
            "expressRoute.prefixes": ["192.168.0.0/16", "172.20.0.0/16", *numbered(3999)],
            f"{CIRCUIT}.tier": "Premium",
        },
        "error expressRoute.prefixes: 4001 prefixes, a gateway of SKU ErGw1AZ learns 4000; ErGw2AZ and larger ones "
        "learn 9500, or announce fewer, wider prefixes [LIMIT-20]",
    ),
    case(
        "LIMIT-20",
        {
            "expressRoute.prefixes": ["192.168.0.0/16", "172.20.0.0/16", *numbered(9499)],
            f"{CIRCUIT}.tier": "Premium",
            "expressRoute.gateway.sku": "ErGw3AZ",
        },
        "error expressRoute.prefixes: 9501 prefixes, a gateway of SKU ErGw3AZ learns 9500, or announce fewer, wider "
        "prefixes [LIMIT-20]",
    ),
    case(
        "LIMIT-03",
        {
            "expressRoute.prefixes": ["192.168.0.0/16", "172.20.0.0/16", *numbered(3999)],
            "expressRoute.gateway.sku": "ErGw2AZ",
        },
        "error expressRoute.prefixes: 4001 prefixes, circuit 'primary' of tier Standard takes 4000 and "
        "drops BGP above that; tier Premium takes 10000, or announce fewer, wider prefixes [LIMIT-03]",
    ),
    case(
        "LIMIT-08",
        {f"{CIRCUIT}.authorizations": [f"a{n}" for n in range(10)]},
        "error expressRoute.circuits[0].authorizations: 11 virtual networks, a circuit of tier Standard "
        "with 200 Mbps links 10; remove some [LIMIT-08]",
    ),
    case(
        "KEY-03",
        {},
        "error peeringSharedKeys.primary: it has signs other than letters and digits; use only those [KEY-03]",
        secrets={"peeringSharedKeys": {"primary": "with-hyphen"}},
    ),
)
