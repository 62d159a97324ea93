"""A wrong setting for each rule about autonomous systems and BGP peers, and its message."""

from tests.unit.rules.changes import case, keys, site

SITE = "vpn.sites[0]"

BGP = (
    case(
        "BGP-01",
        {"vpn.gateway.asn": 65001},
        "error vpn.gateway.asn: 65001, but beside an ExpressRoute gateway it must be 65515; remove it, and "
        "give the appliances (in AWS the customer gateways) 65515 as Azure's [BGP-01]",
    ),
    case(
        "BGP-03",
        {f"{SITE}.bgp.asn": 65515},
        "error vpn.sites[0].bgp.asn: 65515 is reserved by Azure; use a private one (64512 to 65514, "
        "65521 to 65534) or your own public one [BGP-03]",
    ),
    case(
        "BGP-03",
        {f"{SITE}.bgp.asn": 64500},
        "error vpn.sites[0].bgp.asn: 64500 is reserved by IANA; use a private one (64512 to 65514, 65521 "
        "to 65534) or your own public one [BGP-03]",
    ),
    case(
        "BGP-04",
        {f"{SITE}.bgp.asn": 65516},
        "error vpn.sites[0].bgp.asn: 65516 is in no list of ASNs that Azure accepts; use a private one "
        "(64512 to 65514, 65521 to 65534) or your own public one [BGP-04]",
    ),
    case(
        "BGP-04",
        {f"{SITE}.bgp.asn": 0},
        "error vpn.sites[0].bgp.asn: 0 is outside 1 to 4294967295; use a private one (64512 to 65514, "
        "65521 to 65534) or your own public one [BGP-04]",
    ),
    case(
        "BGP-05",
        {f"{SITE}.bgp.asn": 65001, "vpn.gateway.asn": 65001},
        "error vpn.gateway.asn: 65001, but beside an ExpressRoute gateway it must be 65515; remove it, and "
        "give the appliances (in AWS the customer gateways) 65515 as Azure's [BGP-01]",
        "error vpn.sites[0].bgp.asn: 65001 is the VPN gateway's own ASN, and the two ends need different "
        "ones; use a private one (64512 to 65514, 65521 to 65534) or your own public one [BGP-05]",
    ),
    case(
        "BGP-08",
        {
            f"{SITE}.bgp": {
                "asn": 65010,
                "peerAddress": "169.254.21.1",
                "gatewayAddresses": ["169.254.21.2", "169.254.23.2"],
            }
        },
        "error vpn.sites[0].bgp.gatewayAddresses[1]: 169.254.23.2 is outside 169.254.21.0 to "
        "169.254.22.255; use one of those [BGP-08]",
    ),
    case(
        "BGP-08",
        {
            f"{SITE}.bgp": {
                "asn": 65010,
                "peerAddress": "169.254.1.1",
                "gatewayAddresses": ["169.254.21.2", "169.254.21.6"],
            }
        },
        "warning vpn.sites[0].bgp.peerAddress: 169.254.1.1 is outside 169.254.21.0 to 169.254.22.255, "
        "what Azure's documents use; take one of those [BGP-08]",
    ),
    case(
        "BGP-09",
        {f"{SITE}.bgp": {"asn": 65010, "peerAddress": "169.254.21.1", "gatewayAddresses": ["169.254.21.2"]}},
        "error vpn.sites[0].bgp.gatewayAddresses: 1 given, but with the APIPA peer 169.254.21.1 the "
        "gateway needs 2: one for each instance [BGP-09]",
    ),
    case(
        "BGP-09",
        {f"{SITE}.bgp.gatewayAddresses": ["169.254.21.2", "169.254.21.6"]},
        "error vpn.sites[0].bgp.gatewayAddresses: APIPA addresses of the gateway go with an APIPA peer, "
        "and 192.168.255.1 is none; remove them [BGP-09]",
    ),
    case(
        "BGP-10",
        {f"{SITE}.bgp.peerAddress": "203.0.113.10"},
        "error vpn.sites[0].bgp.peerAddress: 203.0.113.10 is the appliance's public address; give an "
        "address inside, such as its loopback's [BGP-10]",
    ),
    case(
        "BGP-10",
        {f"{SITE}.bgp.peerAddress": "10.20.9.9"},
        "error vpn.sites[0].bgp.peerAddress: 10.20.9.9 is inside the virtual network's 10.20.0.0/16 "
        "(network.addressSpace[0]); use one on-premises [BGP-10]",
    ),
    case(
        "BGP-16",
        {"vpn.sites[1]": site(1, bgp={"asn": 65020, "peerAddress": "192.168.255.1"})},
        "error vpn.sites[1].bgp.peerAddress: 192.168.255.1 is also vpn.sites[0].bgp.peerAddress; give "
        "this appliance's BGP speaker another address [BGP-16]",
        secrets=keys("hq", "s1"),
    ),
)
