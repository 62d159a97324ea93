"""A wrong setting for each rule about tunnels that end on one instance, sites by name, and what the VPN does not have;
and its message."""

from typing import Any

from tests.unit.rules.changes import REMOVE, case, keys, site

SITE = "vpn.sites[0]"
BGP = f"{SITE}.bgp"
MORE = "vpn.sites[1]"


def tunnel(number: int, instance: int, peer: str, *gateway: str, **more: Any) -> dict[str, Any]:
    """A remote tunnel that ends on one instance, as AWS's do."""
    bgp = {"asn": 64512, "peerAddress": peer, "gatewayAddresses": list(gateway)}
    return {
        "name": f"t{number}",
        "publicIp": f"198.51.100.{number + 1}",
        "instance": instance,
        "prefixes": ["172.31.0.0/16"],
        "bgp": bgp,
        **more,
    }


AWS = [
    tunnel(0, 0, "169.254.21.1", "169.254.21.2"),
    tunnel(1, 0, "169.254.22.1", "169.254.22.2"),
    tunnel(2, 1, "169.254.21.5", "169.254.21.6"),
    tunnel(3, 1, "169.254.22.5", "169.254.22.6"),
]
"""The four tunnels of Microsoft's tutorial."""
AWS_KEYS = keys("hq", "t0", "t1", "t2", "t3")
HQ = {
    "name": "hq",
    "publicIp": "203.0.113.10",
    "prefixes": ["192.168.0.0/16", "172.20.0.0/16"],
    "bgp": {"asn": 65010, "peerAddress": "192.168.255.1"},
}


def with_aws(*tunnels: dict[str, Any]) -> dict[str, Any]:
    """`dev`'s own site and tunnels."""
    return {"vpn.sites": [HQ, *tunnels]}


_NO_NAT = (
    "no NAT here: ExpressRoute carries the addresses as they are and the VPN would carry translated ones, so what is "
    "reached over the one is not reached over the other, and nothing fails over; take prefixes that do not overlap, or "
    "translate on-premises, in front of both paths; remove this [VPN-45]"
)
_NO_SELECTORS = (
    "no traffic selectors here: the tunnels are any to any, as BGP and a failover need them, and Azure would take "
    "whatever selectors the appliance proposes; let the appliance propose 0.0.0.0/0 on both sides, and say in prefixes "
    "what is behind it; remove this [VPN-46]"
)
_NO_CERTIFICATES = (
    "no certificates here: a connection's authentication type and certificates are not in the API version of Azure's "
    "network resources that this project speaks (2024-05-01), and the gateway would need an identity and a Key Vault; "
    "use a long random pre-shared key, a secret of its own for each site; remove this [VPN-47]"
)

ROUTES = "network.gatewaySubnetRoutes"


def _route(prefix: str, kind: str = "None", **more: Any) -> dict[str, Any]:
    return {"name": f"r{prefix.partition('/')[0]}".replace(".", "-"), "prefix": prefix, "nextHopType": kind, **more}


TUNNELS = (
    # What the tunnels' own packets need in Azure.
    case(
        "GW-23",
        {
            ROUTES: [
                _route("203.0.113.0/24", "VirtualAppliance", nextHopAddress="10.20.1.4"),
                _route("203.0.113.8/29"),
                _route("10.77.0.0/16"),
            ]
        },
        "error network.gatewaySubnetRoutes[1].prefix: 203.0.113.8/29 holds 203.0.113.10 (vpn.sites[0].publicIp), so "
        "None takes the tunnel's own packets, and it never comes up; leave that address out, or give it a route of its "
        "own: {prefix: 203.0.113.10/32, nextHopType: Internet} [GW-23]",
        "warning network.gatewaySubnetRoutes[0].prefix: 203.0.113.0/24 has public addresses; where the gateways' own "
        "are among them, or what they are managed over, VirtualAppliance cuts them off; name private prefixes only "
        "[GW-23]",
    ),
    case(
        "GW-15",
        {ROUTES: [_route("10.20.252.0/22", "VirtualAppliance", nextHopAddress="192.0.2.4")]},
        "warning network.gatewaySubnetRoutes[0].prefix: 10.20.252.0/22 covers the GatewaySubnet 10.20.255.192/26 "
        "(network.gatewaySubnet), so VirtualAppliance comes between the two gateways; use the tiers' prefixes instead "
        "[GW-14]",
        "error network.gatewaySubnetRoutes[0].prefix: 10.20.252.0/22 holds the GatewaySubnet 10.20.255.192/26, and "
        "192.0.2.4, in none of the networks, drops what the two gateways tell each other, so that the VPN's routes are "
        "lost; use the tiers' prefixes instead [GW-15]",
    ),
    case(
        "VPN-24",
        {"network.spokes": [{"name": "s", "addressSpace": ["203.0.113.0/28"]}]},
        "error vpn.sites[0].publicIp: 203.0.113.10 is inside 203.0.113.0/28 (network.spokes[0].addressSpace[0]), so "
        "the tunnel's own packets stay in Azure; give the appliance's own one, or the network another prefix [VPN-24]",
    ),
    case(
        "BGP-10",
        {f"{BGP}.peerAddress": "10.100.0.9", "network.spokes": [{"name": "s", "addressSpace": ["10.100.0.0/16"]}]},
        "error vpn.sites[0].bgp.peerAddress: 10.100.0.9 is inside a spoke's 10.100.0.0/16 "
        "(network.spokes[0].addressSpace[0]); use one on-premises [BGP-10]",
    ),
    case(
        "BGP-01",
        {**with_aws(*AWS), "vpn.gateway.asn": 65000},
        "error vpn.gateway.asn: 65000, but beside an ExpressRoute gateway it must be 65515; remove it, and give the "
        "appliances (in AWS the customer gateways) 65515 as Azure's [BGP-01]",
        secrets=AWS_KEYS,
    ),
    case(
        "BGP-09",
        with_aws(*AWS, tunnel(4, 1, "169.254.22.9")),
        "error vpn.sites[5].bgp.gatewayAddresses: 0 given, but the APIPA peer 169.254.22.9 needs the gateway's address "
        "in its tunnel, that of instance 1; another one for the other instance may be with it [BGP-09]",
        secrets=keys("hq", "t0", "t1", "t2", "t3", "t4"),
    ),
    case(
        "VPN-40",
        {f"{SITE}.instance": 2},
        "error vpn.sites[0].instance: 2 is neither 0 nor 1, the instances of an active-active gateway [VPN-40]",
    ),
    case(
        "VPN-40",
        {f"{SITE}.instance": 0, "vpn.gateway.activeActive": False},
        "warning vpn.gateway.activeActive: with one active instance every tunnel drops whenever Azure maintains it; "
        "true gives each site a second tunnel, at no higher price for the gateway [VPN-13]",
        "error vpn.sites[0].instance: 0, but the gateway is not active-active: it has one public address, and its "
        "tunnels move with it; make the gateway active-active, or remove this [VPN-40]",
    ),
    case(
        "VPN-40",
        with_aws(*AWS[:3], tunnel(3, 1, "169.254.22.6", "169.254.22.5")),
        "warning vpn.sites[4].bgp.gatewayAddresses[0]: the peer 169.254.22.6 and 169.254.22.5 are not the first and "
        "the second address of one /30, as AWS asks; in 169.254.22.4/30 the peer has 169.254.22.5 and the gateway "
        "169.254.22.6 [VPN-40]",
        secrets=AWS_KEYS,
    ),
    case(
        "VPN-40",
        with_aws(*AWS[:3], tunnel(3, 1, "169.254.22.5", "169.254.21.6")),
        "warning vpn.sites[4].bgp.gatewayAddresses[0]: the peer 169.254.22.5 and 169.254.21.6 are not the first and "
        "the second address of one /30, as AWS asks; in 169.254.22.4/30 the peer has 169.254.22.5 and the gateway "
        "169.254.22.6 [VPN-40]",
        secrets=AWS_KEYS,
    ),
    case(
        "VPN-41",
        with_aws(*AWS[:2]),
        *(
            f"error vpn.sites[{n}].bgp.gatewayAddresses: names none for instance 1, nor does another site; Azure "
            "wants one for each instance, used or not: write two, in the order of the instances [VPN-41]"
            for n in (1, 2)
        ),
        secrets=keys("hq", "t0", "t1"),
    ),
    case(
        "VPN-41",
        {
            "vpn.gateway.activeActive": False,
            "vpn.sites": [
                site(0, bgp={"asn": 65020, "peerAddress": "169.254.21.1", "gatewayAddresses": ["169.254.21.2"]}),
                site(1, bgp={"asn": 65021, "peerAddress": "169.254.21.5", "gatewayAddresses": ["169.254.21.6"]}),
            ],
        },
        "warning vpn.gateway.activeActive: with one active instance every tunnel drops whenever Azure maintains it; "
        "true gives each site a second tunnel, at no higher price for the gateway [VPN-13]",
        "error vpn.sites[1].bgp.gatewayAddresses[0]: 169.254.21.6 is a second APIPA address, and a gateway that is not "
        "active-active has one; take 169.254.21.2 here too, or make the gateway active-active [VPN-41]",
        secrets=keys("s0", "s1"),
    ),
    case(
        "VPN-41",
        {
            **with_aws(tunnel(0, 0, "169.254.21.1", "169.254.21.2", "169.254.21.6")),
            "vpn.gateway.activeActive": False,
        },
        "warning vpn.gateway.activeActive: with one active instance every tunnel drops whenever Azure maintains it; "
        "true gives each site a second tunnel, at no higher price for the gateway [VPN-13]",
        "error vpn.sites[1].instance: 0, but the gateway is not active-active: it has one public address, and its "
        "tunnels move with it; make the gateway active-active, or remove this [VPN-40]",
        "error vpn.sites[1].bgp.gatewayAddresses[1]: 169.254.21.6 would be of instance 1, and a gateway that is not "
        "active-active has instance 0 only; remove it, or make the gateway active-active [VPN-41]",
        secrets=keys("hq", "t0"),
    ),
    case(
        "VPN-43",
        with_aws(*AWS[:3], tunnel(3, 1, "169.254.22.2", "169.254.22.6")),
        "warning vpn.sites[4].bgp.gatewayAddresses[0]: the peer 169.254.22.2 and 169.254.22.6 are not the first and "
        "the second address of one /30, as AWS asks; in 169.254.22.0/30 the peer has 169.254.22.1 and the gateway "
        "169.254.22.2 [VPN-40]",
        "error vpn.sites[4].bgp.peerAddress: 169.254.22.2 is the gateway's own in "
        "vpn.sites[2].bgp.gatewayAddresses[0]; each end of a tunnel has an address of its own [VPN-43]",
        secrets=AWS_KEYS,
    ),
    case(
        "VPN-43",
        with_aws(*AWS[:3], tunnel(3, 1, "169.254.22.5", "169.254.22.2")),
        "warning vpn.sites[4].bgp.gatewayAddresses[0]: the peer 169.254.22.5 and 169.254.22.2 are not the first and "
        "the second address of one /30, as AWS asks; in 169.254.22.4/30 the peer has 169.254.22.5 and the gateway "
        "169.254.22.6 [VPN-40]",
        "error vpn.sites[4].bgp.gatewayAddresses[0]: 169.254.22.2 of instance 1 is also "
        "vpn.sites[2].bgp.gatewayAddresses[0], of instance 0; each has its own [VPN-43]",
        secrets=AWS_KEYS,
    ),
    case(
        "VPN-44",
        {f"{SITE}.fqdn": "vpn.example.com"},
        "error vpn.sites[0].fqdn: is given beside publicIp, and Azure takes one of them; remove one [VPN-44]",
    ),
    case(
        "VPN-44",
        {f"{SITE}.publicIp": REMOVE},
        "error vpn.sites[0].publicIp: is missing, and fqdn too; give the appliance's public address, or its name in "
        "DNS [VPN-44]",
    ),
    *(
        case(
            "VPN-44",
            {f"{SITE}.publicIp": REMOVE, f"{SITE}.fqdn": name},
            f"{severity} vpn.sites[0].fqdn: {said} [VPN-44]",
        )
        for name, severity, said in (
            ("203.0.113.10", "error", "203.0.113.10 is an address, no name; an IPv4 address goes into publicIp"),
            ("2001:db8::1", "error", "2001:db8::1 is an address, no name; an IPv4 address goes into publicIp"),
            (
                "vpn_1.example.com",
                "error",
                "'vpn_1.example.com' is no name in DNS: labels of at most 63 letters, digits and hyphens, 253 "
                "characters in all; other letters in their xn-- form",
            ),
            ("router", "error", "'router' has one label, which no DNS of the Internet knows; write the whole name"),
            (
                "router.corp.local",
                "warning",
                "router.corp.local ends in .local, which the Internet's DNS does not know, and Azure asks that",
            ),
        )
    ),
    case(
        "VPN-25",
        {
            f"{SITE}.publicIp": REMOVE,
            f"{SITE}.fqdn": "vpn.example.com",
            MORE: {**site(1, fqdn="VPN.example.com."), "publicIp": None},
        },
        "error vpn.sites[1].fqdn: vpn.example.com is also vpn.sites[0].fqdn; each appliance has one of its own "
        "[VPN-25]",
        secrets=keys("hq", "s1"),
    ),
    case("VPN-45", {"vpn.gateway.natRules": [{"name": "out"}]}, f"error vpn.gateway.natRules: {_NO_NAT}"),
    case("VPN-45", {f"{SITE}.nat": True}, f"error vpn.sites[0].nat: {_NO_NAT}"),
    case("VPN-46", {f"{SITE}.trafficSelectors": []}, f"error vpn.sites[0].trafficSelectors: {_NO_SELECTORS}"),
    case(
        "VPN-46",
        {f"{SITE}.usePolicyBasedTrafficSelectors": True},
        f"error vpn.sites[0].usePolicyBasedTrafficSelectors: {_NO_SELECTORS}",
    ),
    case("VPN-47", {f"{SITE}.certificate": "c"}, f"error vpn.sites[0].certificate: {_NO_CERTIFICATES}"),
    case("VPN-47", {"vpn.authentication": "certificate"}, f"error vpn.authentication: {_NO_CERTIFICATES}"),
    case(
        "VPN-49",
        {f"{BGP}.peerWeight": 10},
        "error vpn.sites[0].bgp.peerWeight: no weight here: no document says what it does among the tunnels of a VPN "
        "gateway; to prefer one path, let the appliance of the other one prepend its ASN; remove this [VPN-49]",
    ),
    case(
        "XS-08",
        {MORE: site(1, bgp={"asn": 65010, "peerAddress": "192.168.1.1"})},
        "warning vpn.sites[1].bgp.asn: 65010 is also vpn.sites[0].bgp.asn, and the two have no prefix in common: "
        "neither takes from Azure what the other announces; give each an ASN of its own if they are to reach each "
        "other [XS-08]",
        secrets=keys("hq", "s1"),
    ),
)

JUST_RIGHT = (
    *(
        case(rule, with_aws(*AWS), secrets=AWS_KEYS)
        for rule in ("VPN-40", "VPN-41", "VPN-43", "XS-08", "BGP-08", "BGP-16")
    ),
    # Azure's own pairs: the other instance's address beside the tunnel's own, though no other site has one there.
    case(
        "VPN-41",
        with_aws(tunnel(0, 0, "169.254.21.1", "169.254.21.2", "169.254.21.6")),
        secrets=keys("hq", "t0"),
    ),
    case("VPN-40", {f"{SITE}.instance": 1}),
    case(
        "VPN-41",
        {
            "vpn.gateway.activeActive": False,
            "vpn.sites": [
                site(
                    n,
                    bgp={"asn": 65020 + n, "peerAddress": f"169.254.21.{n + 2}", "gatewayAddresses": ["169.254.21.1"]},
                )
                for n in (0, 1)
            ],
        },
        secrets=keys("s0", "s1"),
    ),
    case("GW-23", {ROUTES: [_route("203.0.113.10/32", "Internet"), _route("100.64.0.0/10")]}),
    case(
        "GW-23",
        {ROUTES: [_route("198.51.100.0/24")], "network.spokes": [{"name": "s", "addressSpace": ["198.51.100.0/24"]}]},
    ),
    # A route that is wider than the network's own loses to it, and one to the network itself changes nothing.
    case("GW-15", {ROUTES: [_route("10.0.0.0/8"), _route("10.20.252.0/22", "VnetLocal")]}),
    case("VPN-24", {"network.spokes": [{"name": "s", "addressSpace": ["203.0.113.16/28"]}]}),
    *(
        case("VPN-44", {f"{SITE}.publicIp": REMOVE, f"{SITE}.fqdn": name})
        for name in ("vpn.example.com", "VPN.Example.com.", f"{'a' * 63}.xn--p1ai", "a.b")
    ),
    case("VPN-45", {f"{SITE}.name": "nat"}, secrets=keys("nat")),
    case("VPN-46", {}),
    case("VPN-47", {f"{SITE}.name": "certificate"}, secrets=keys("certificate")),
    case(
        "XS-08",
        {MORE: site(1, bgp={"asn": 65010, "peerAddress": "192.168.1.1"}, prefixes=["192.168.0.0/16"])},
        secrets=keys("hq", "s1"),
    ),
)
"""Settings in which a rule is silent."""
