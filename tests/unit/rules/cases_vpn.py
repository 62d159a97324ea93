"""A wrong setting for each rule about the VPN gateway, its sites and keys, and its message."""

from tests.stacks import KEY
from tests.unit.rules.changes import REMOVE, case, keys, numbered, site

SITE = "vpn.sites[0]"
CIRCUIT = "expressRoute.circuits[0]"

VPN = (
    case(
        "VPN-02",
        {"vpn.gateway.sku": "Basic"},
        "error vpn.gateway.sku: a gateway of SKU Basic cannot be beside an ExpressRoute gateway; use one "
        "of VpnGw1AZ, VpnGw2AZ, VpnGw3AZ, VpnGw4AZ, VpnGw5AZ [VPN-02]",
    ),
    case(
        "VPN-04",
        {"vpn.gateway.sku": "VpnGw1"},
        "error vpn.gateway.sku: VpnGw1 cannot be created any more; use VpnGw1AZ [VPN-04]",
    ),
    case(
        "VPN-06",
        {"vpn.gateway.sku": "Standard"},
        "error vpn.gateway.sku: Standard is retired; its successor is VpnGw1AZ [VPN-06]",
    ),
    case(
        "VPN-09",
        {"vpn.gateway": {"sku": "VpnGw1AZ", "generation": "Generation2"}},
        "error vpn.gateway.generation: Generation2 has no VpnGw1AZ, only VpnGw2AZ, VpnGw3AZ, VpnGw4AZ, "
        "VpnGw5AZ [VPN-09]",
    ),
    case(
        "VPN-09",
        {"vpn.gateway": {"sku": "VpnGw1AZ", "generation": "Generation3"}},
        "error vpn.gateway.generation: 'Generation3' is neither Generation1 nor Generation2 [VPN-09]",
    ),
    case(
        "VPN-10",
        {"vpn.gateway.sku": "ErGw1AZ"},
        "error vpn.gateway.sku: 'ErGw1AZ' is no VPN gateway SKU; that is an ExpressRoute gateway's SKU; "
        "use one of VpnGw1AZ, VpnGw2AZ, VpnGw3AZ, VpnGw4AZ, VpnGw5AZ [VPN-10]",
    ),
    case(
        "VPN-13",
        {"vpn.gateway.activeActive": False},
        "warning vpn.gateway.activeActive: with one active instance every tunnel drops whenever Azure "
        "maintains it; true gives each site a second tunnel, at no higher price for the gateway [VPN-13]",
    ),
    case(
        "VPN-14",
        {"vpn.sites[1]": {"name": "branch", "publicIp": "203.0.113.20"}},
        "error vpn.sites[1]: site 'branch' is static and reaches the same prefixes as 'hq' "
        "(vpn.sites[0]); two appliances at one site need bgp: {asn, peerAddress}, both of them [VPN-14]",
        secrets=keys("hq", "branch"),
    ),
    case(
        "VPN-15",
        {},
        "error vpnSharedKeys.hq: character 8, 14, 22 of 28 is not allowed: printable ASCII, without "
        "space, hyphen and tilde [VPN-15]",
        secrets={"vpnSharedKeys": {"hq": "Correct Horse Battery-Staple"}},
    ),
    case(
        "VPN-16",
        {},
        "warning vpnSharedKeys.hq: 129 characters, more than the 128 that Azure's reset of a key takes [VPN-16]",
        secrets={"vpnSharedKeys": {"hq": "x" * 129}},
    ),
    case(
        "VPN-17",
        {f"{SITE}.bgp": REMOVE, f"{SITE}.prefixes": ["10.20.0.0/15"]},
        "error vpn.sites[0].prefixes[0]: 10.20.0.0/15 as a static route overlaps the virtual network's "
        "10.20.0.0/16 (network.addressSpace[0]); leave it out [VPN-17]",
    ),
    case(
        "VPN-17",
        {f"{SITE}.bgp": REMOVE, "onPremises.prefixes": ["10.0.0.0/8"]},
        "error onPremises.prefixes[0]: 10.0.0.0/8 as a static route overlaps the virtual network's "
        "10.20.0.0/16 (network.addressSpace[0]); leave it out [VPN-17]",
    ),
    case(
        "VPN-17",
        {f"{SITE}.bgp": REMOVE, f"{SITE}.prefixes": ["0.0.0.0/0"]},
        "error vpn.sites[0].prefixes[0]: 0.0.0.0/0 as a static route holds the virtual network too; "
        "announce it by BGP [VPN-17]",
        "warning vpn.sites[0].prefixes[0]: 0.0.0.0/0 reaches AzureBastionSubnet "
        "(network.management.bastionSubnet) too, and Bastion loses the Internet that it is managed over; "
        "announce narrower prefixes, or do without Bastion [BAS-03]",
    ),
    case(
        "VPN-17",
        {
            f"{SITE}.bgp": REMOVE,
            "vpn.sites[1]": {"name": "branch", "publicIp": "203.0.113.20", "prefixes": ["192.168.5.0/24"]},
        },
        "error vpn.sites[1].prefixes[0]: 192.168.5.0/24 of site 'branch' overlaps 192.168.0.0/16 of site "
        "'hq' (onPremises.prefixes[0]), both static; take them apart, or use BGP on both [VPN-17]",
        secrets=keys("hq", "branch"),
    ),
    case(
        "VPN-18",
        {f"{SITE}.prefixes": ["192.168.0.0/16", "172.20.0.0/16", "192.168.255.1/32"]},
        "warning vpn.sites[0].prefixes[2]: 192.168.255.1/32 is the BGP peer itself, whose route Azure "
        "adds; remove it [VPN-18]",
    ),
    case(
        "VPN-19",
        {f"{SITE}.connectionMode": "Both"},
        "error vpn.sites[0].connectionMode: 'Both' is none of Default, InitiatorOnly, ResponderOnly [VPN-19]",
    ),
    case(
        "VPN-24",
        {f"{SITE}.publicIp": "10.1.2.3"},
        "error vpn.sites[0].publicIp: 10.1.2.3 is inside 10.0.0.0/8, which the Internet does not reach; "
        "give the public one [VPN-24]",
    ),
    case(
        "VPN-25",
        {"vpn.sites[1]": site(1, publicIp="203.0.113.10")},
        "error vpn.sites[1].publicIp: 203.0.113.10 is also vpn.sites[0].publicIp; each appliance has one "
        "of its own [VPN-25]",
        secrets=keys("hq", "s1"),
    ),
    case(
        "VPN-26",
        {f"{SITE}.bgp": REMOVE, f"{SITE}.prefixes": []},
        "error vpn.sites[0].prefixes: a site without BGP needs at least one prefix; add one, or a BGP peer [VPN-26]",
    ),
    case(
        "VPN-27",
        {"onPremises.prefixes[2]": "203.0.113.0/24"},
        "warning vpn.sites[0].publicIp: 203.0.113.10 is inside 203.0.113.0/24 (onPremises.prefixes[2]), "
        "so the tunnel's own packets may take ExpressRoute, and it fails with the circuit; give it an "
        "address of the Internet provider [VPN-27]",
    ),
    case(
        "LIMIT-07",
        {f"{SITE}.bgp": REMOVE, f"{SITE}.prefixes": ["192.168.0.0/16", "172.20.0.0/16", *numbered(999)]},
        "error vpn.sites[0].prefixes: 1001 prefixes, a site's local network gateway holds 1000; use "
        "fewer, wider prefixes, or BGP [LIMIT-07]",
    ),
    case(
        "LIMIT-07",
        {f"{SITE}.prefixes": ["192.168.0.0/16", "172.20.0.0/16", *numbered(3999)]},
        "error vpn.sites[0].prefixes: 4001 prefixes, a site's BGP session drops above 4000; announce "
        "fewer, wider prefixes [LIMIT-07]",
    ),
    case(
        "LIMIT-10",
        {"vpn.sites": [site(n) for n in range(31)]},
        "error vpn.sites: 31 sites, a VPN gateway of SKU VpnGw1AZ connects 30; VpnGw4AZ connects 100 [LIMIT-10]",
        secrets=keys(*(f"s{n}" for n in range(31))),
    ),
    case(
        "LIMIT-11",
        {f"{CIRCUIT}.bandwidthInMbps": 1000},
        "warning vpn.gateway.sku: VpnGw1AZ (Generation1) carries 650 Mbps, the circuit 1000 "
        "(expressRoute.circuits[0]): after a failover the rest is lost; VpnGw2AZ carries 1250 [LIMIT-11]",
    ),
    case(
        "KEY-01",
        {},
        "error vpn.sites[0]: site 'hq' has no shared key; run: pulumi config set --secret --path "
        "'vpnSharedKeys.hq' KEY [KEY-01]",
        secrets={"vpnSharedKeys": {}},
    ),
    case(
        "KEY-02",
        {},
        "warning vpnSharedKeys.hdq: is used by nothing; vpnSharedKeys names hq here [KEY-02]",
        secrets={"vpnSharedKeys": {"hq": KEY, "hdq": KEY}},
    ),
    case(
        "KEY-02",
        {},
        "warning vpnSharedKeys: one name in it is no name, and may be the key itself: NAME: KEY; vpnSharedKeys names "
        "hq here [KEY-02]",
        secrets={"vpnSharedKeys": {"hq": KEY, "Correct-Horse-Battery-1": "hq"}},
    ),
    case(
        "KEY-02",
        {},
        "warning vpnSharedKeys: one name in it is no name, and may be the key itself: NAME: KEY; vpnSharedKeys names "
        "hq here [KEY-02]",
        secrets={"vpnSharedKeys": {"hq": KEY, "correct-horse": "HQ"}},
    ),
    case(
        "KEY-04",
        {},
        "warning vpnSharedKeys.hq: 5 characters; take 20 or more at random [KEY-04]",
        secrets={"vpnSharedKeys": {"hq": "short"}},
    ),
)
