"""A wrong setting for each rule about devices, firewalls and preferences, and its message."""

from typing import Any

from tests.unit.rules.changes import REMOVE, case, circuit

_DEVICES = "onPremises.devices"
_EXISTING = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/c"
_STATIC: dict[str, Any] = {"vpn.sites[0].bgp": REMOVE, "vpn.sites[0].prefixes": ["192.168.0.0/16", "172.20.0.0/16"]}


def _device(**changes: Any) -> dict[str, Any]:
    return {"name": "edge", "links": ["primary/primary"], "sites": ["hq"], **changes}


def _lan(address: str = "192.168.0.1/24", **more: Any) -> dict[str, Any]:
    return _device(lan={"address": address, **more})


_SECOND: dict[str, Any] = {"name": "other", "links": ["primary/secondary"], "sites": []}

EDGE = (
    case(
        "DEV-01",
        {_DEVICES: [_device(links=["primary/primry"])]},
        "error onPremises.devices[0].links[0]: 'primary/primry' is no link of a circuit; did you mean primary/primary? "
        "[DEV-01]",
    ),
    case(
        "DEV-01",
        {_DEVICES: [_device(links=["primary"], sites=["branch"])]},
        "error onPremises.devices[0].links[0]: 'primary' is no link of a circuit; there are primary/primary, "
        "primary/secondary [DEV-01]",
        "error onPremises.devices[0].sites[0]: 'branch' is no VPN site; there are hq [DEV-01]",
    ),
    case(
        "DEV-02",
        {_DEVICES: [_device(), _device(name="other", sites=[])]},
        "error onPremises.devices[1].links[0]: primary/primary is also onPremises.devices[0].links[0]; take one of "
        "them out [DEV-02]",
    ),
    case(
        "DEV-02",
        {_DEVICES: [_device(), _device(name="other", links=["primary/secondary"])]},
        "error onPremises.devices[1].sites[0]: hq is also onPremises.devices[0].sites[0]; take one of them out, or "
        "give each device an item of vpn.sites with its own publicIp [DEV-02]",
    ),
    case(
        "DEV-03",
        {_DEVICES: [{"name": "spare"}]},
        "error onPremises.devices[0]: device 'spare' holds nothing; give it links or sites, or take it out [DEV-03]",
    ),
    case(
        "DEV-04",
        {_DEVICES: [_device(asn=65099)]},
        "error onPremises.devices[0].asn: 65099, but Azure expects 65010 of it (vpn.sites[0].bgp.asn); make them equal "
        "[DEV-04]",
    ),
    case(
        "DEV-05",
        {_DEVICES: [_lan("192.168.0.0/24"), _lan("192.168.0.0/24") | _SECOND]},
        "error onPremises.devices[0].lan.address: 192.168.0.0/24 is the first address of 192.168.0.0/24, no machine's "
        "[DEV-05]",
        "error onPremises.devices[1].lan.address: 192.168.0.0 is also onPremises.devices[0].lan.address; give each "
        "device one of its own [DEV-05]",
        "error onPremises.devices[1].lan.address: 192.168.0.0/24 is the first address of 192.168.0.0/24, no machine's "
        "[DEV-05]",
    ),
    case(
        "DEV-05",
        {_DEVICES: [_lan("10.20.9.1/24")]},
        "error onPremises.devices[0].lan.address: 10.20.9.0/24 overlaps 10.20.0.0/16 (network.addressSpace[0]); give "
        "the LAN a subnet of its own [DEV-05]",
    ),
    case(
        "DEV-05",
        {_DEVICES: [_lan("172.16.0.5/29")]},
        "error onPremises.devices[0].lan.address: 172.16.0.0/29 overlaps 172.16.0.0/30 "
        "(expressRoute.circuits[0].privatePeering.primaryPrefix); give the LAN a subnet of its own [DEV-05]",
        "error onPremises.devices[0].lan.address: 172.16.0.0/29 overlaps 172.16.0.4/30 "
        "(expressRoute.circuits[0].privatePeering.secondaryPrefix); give the LAN a subnet of its own [DEV-05]",
    ),
    case(
        "DEV-05",
        {_DEVICES: [_lan(nextHop="192.168.1.2")]},
        "error onPremises.devices[0].lan.nextHop: 192.168.1.2 is outside the LAN's subnet 192.168.0.0/24; give the "
        "inner router's address there, or core [DEV-05]",
    ),
    case(
        "DEV-05",
        {_DEVICES: [_lan(nextHop="192.168.0.1", core={"asn": 65099, "peerAddress": "192.168.7.2"})]},
        "error onPremises.devices[0].lan.core.peerAddress: 192.168.7.2 is outside the LAN's subnet 192.168.0.0/24; "
        "give its address there [DEV-05]",
        "error onPremises.devices[0].lan.nextHop: 192.168.0.1 is the device's own address; give the inner router's "
        "[DEV-05]",
    ),
    case(
        "DEV-05",
        {_DEVICES: [_lan(nextHop="192.168.0.9", core={"asn": 65515, "peerAddress": "192.168.0.1"})]},
        "error onPremises.devices[0].lan.core.peerAddress: 192.168.0.1 is the device's own address; give the inner "
        "router's [DEV-05]",
        "error onPremises.devices[0].lan.core.asn: 65515 is reserved by Azure; use a private one (64512 to 65514, "
        "65521 to 65534) or your own public one [BGP-03]",
        "error onPremises.devices[0].lan.nextHop: 192.168.0.9 is in the LAN's subnet 192.168.0.0/24, so its loss would "
        "not be seen; give an address that the core announces, such as its loopback's, or leave nextHop out [DEV-05]",
    ),
    case(
        "DEV-06",
        {_DEVICES: [_lan(), _lan("192.168.1.1/24") | _SECOND]},
        "error onPremises.devices[1].lan.address: 192.168.1.0/24, but onPremises.devices[0].lan.address is in "
        "192.168.0.0/24: devices with links are one network and speak iBGP; give other an address in 192.168.0.0/24 "
        "[DEV-06]",
    ),
    case(
        "BGP-03",
        {_DEVICES: [_device(asn=65515, sites=[])]},
        "error onPremises.devices[0].asn: 65515 is reserved by Azure; use a private one (64512 to 65514, 65521 to "
        "65534) or your own public one [BGP-03]",
    ),
    case(
        "NAME-01",
        {_DEVICES: [_device(), {"name": "edge", "links": ["primary/secondary"]}]},
        "error onPremises.devices[1].name: the device 'edge' is also onPremises.devices[0]; give it another name "
        "[NAME-01]",
    ),
    case(
        "NVA-05",
        {"network.firewalls": [{"name": "fw", "address": "10.21.9.4"}]},
        "error network.firewalls[0].address: 10.21.9.4 is outside the network (10.20.0.0/16) and its peered "
        "networks, where "
        "Azure drops what a route leads to; give the address that routes lead to [NVA-05]",
    ),
    case(
        "NVA-05",
        {"network.firewalls": [{"name": "fw", "address": "10.20.255.196"}]},
        "error network.firewalls[0].address: 10.20.255.196 is in the GatewaySubnet 10.20.255.192/26, which has only "
        "gateways [NVA-05]",
    ),
    case(
        "NVA-06",
        {
            "network.management": REMOVE,
            "network.firewalls": [{"name": "fw", "address": "10.20.9.4", "redundant": True}],
            "network.tiers[0].allow": [],
            "network.tiers[1].allow": [],
            "vpn.sites[0].prefixes": ["192.168.0.0/16", "172.20.0.0/16", "0.0.0.0/0"],
        },
        "warning network.firewalls[0]: where fw is Azure Firewall, its subnet learns 0.0.0.0/0 (vpn.sites[0].prefixes) "
        "and it loses the Internet that it is managed over; give AzureFirewallSubnet the route "
        "{name: internet, prefix: "
        "0.0.0.0/0, nextHopType: Internet}, or its forced tunnelling mode [NVA-06]",
    ),
    case(
        "NVA-10",
        {"network.firewalls": [{"name": "a", "address": "10.20.9.4"}, {"name": "b", "address": "10.20.9.4"}]},
        "error network.firewalls[1].address: 10.20.9.4 is also network.firewalls[0].address; take one of them out "
        "[NVA-10]",
    ),
    case(
        "PREF-01",
        {"expressRoute.circuits[0].prepend": 17, "vpn.sites[0].prepend": -1},
        "error expressRoute.circuits[0].prepend: 17 is outside 0 to 16 [PREF-01]",
        "error vpn.sites[0].prepend: -1 is outside 0 to 16 [PREF-01]",
    ),
    case(
        "PREF-02",
        {"expressRoute.circuits[0].localPreference": 4294967296},
        "error expressRoute.circuits[0].localPreference: 4294967296 is outside 0 to 4294967295 [PREF-02]",
    ),
    case(
        "PREF-03",
        {**_STATIC, "vpn.sites[0].prepend": 1, "vpn.sites[0].localPreference": 90},
        "error vpn.sites[0].prepend: site 'hq' has no BGP; give it bgp, or remove this [PREF-03]",
        "error vpn.sites[0].localPreference: site 'hq' has no BGP; give it bgp, or remove this [PREF-03]",
    ),
    case(
        "FAIL-21",
        {"expressRoute.prefixes": []},
        "error expressRoute.prefixes: is empty, so circuit 'primary' carries nothing; name prefixes, or say connect: "
        "never [FAIL-21]",
    ),
    case(
        "FAIL-21",
        {"expressRoute.circuits[0].prefixes": []},
        "error expressRoute.circuits[0].prefixes: is empty, so circuit 'primary' carries nothing; name prefixes, or "
        "say connect: never [FAIL-21]",
    ),
    case(
        "FAIL-22",
        {
            "expressRoute.circuits": [
                {"name": "a", "existing": {"id": _EXISTING}, "connect": "always"},
                {"name": "b", "existing": {"id": f"{_EXISTING.upper()[:-1]}c"}, "connect": "always"},
            ]
        },
        "error expressRoute.circuits[1].existing.id: is also expressRoute.circuits[0].existing.id; keep one of them "
        "[FAIL-22]",
    ),
    case(
        "FAIL-23",
        {"expressRoute.circuits[1]": circuit(2)},
        "warning expressRoute.circuits: all 2 circuits are Equinix's and fail with it; Microsoft advises two providers "
        "[FAIL-23]",
    ),
    case(
        "FAIL-07",
        {"expressRoute.circuits[0].prefixes": ["192.168.0.0/16", "172.20.0.0/16", "10.20.7.0/24"]},
        "error expressRoute.circuits[0].prefixes[2]: 10.20.7.0/24 is in the virtual network's 10.20.0.0/16 "
        "(network.addressSpace[0]), so Azure ignores the announcement; use addresses that the virtual network does not "
        "have (a wider prefix is fine) [FAIL-07]",
    ),
    case(
        "VPN-27",
        {"expressRoute.circuits[0].prefixes": ["192.168.0.0/16", "172.20.0.0/16", "203.0.113.0/24"]},
        "warning vpn.sites[0].publicIp: 203.0.113.10 is inside 203.0.113.0/24 "
        "(expressRoute.circuits[0].prefixes[2]), so the "
        "tunnel's own packets may take ExpressRoute, and it fails with the circuit; give it an address of the Internet "
        "provider [VPN-27]",
    ),
)

_BOTH = ["primary/primary", "primary/secondary"]
EDGE_WITHIN = (
    case("DEV-01", {_DEVICES: [_device(links=_BOTH)]}),
    case("DEV-02", {_DEVICES: [_device(), {"name": "other", "links": ["primary/secondary"]}]}),
    case("DEV-03", {_DEVICES: [_device(links=[]), {"name": "routers", "links": _BOTH}]}),
    case("DEV-04", {_DEVICES: [_device(asn=65010)]}),
    case("DEV-05", {_DEVICES: [_lan("192.168.0.254/24", nextHop="192.168.0.1"), _lan("192.168.0.2/24") | _SECOND]}),
    case("DEV-05", {_DEVICES: [_lan(nextHop="192.168.1.1", core={"asn": 65010, "peerAddress": "192.168.0.2"})]}),
    case("DEV-06", {_DEVICES: [_lan(), _lan("192.168.0.2/24") | _SECOND]}),
    case(
        "DEV-06",
        {
            _DEVICES: [
                _lan() | {"links": _BOTH, "sites": []},
                _device(name="far", links=[], lan={"address": "172.20.0.1/24"}),
            ]
        },
    ),
    case("NVA-05", {"network.firewalls": [{"name": "fw", "address": "10.20.9.4"}]}),
    case(
        "NVA-06",
        {
            "network.firewalls": [{"name": "fw", "address": "10.20.2.4", "redundant": True}],
            "vpn.sites[0].prefixes": ["192.168.0.0/16", "172.20.0.0/16", "0.0.0.0/0"],
        },
    ),
    case(
        "NVA-10", {"network.firewalls": [{"name": "a", "address": "10.20.9.4"}, {"name": "b", "address": "10.20.9.5"}]}
    ),
    case("PREF-01", {"expressRoute.circuits[0].prepend": 16, "vpn.sites[0].prepend": 0}),
    case("PREF-02", {"expressRoute.circuits[0].localPreference": 4294967295, "vpn.sites[0].localPreference": 0}),
    case("PREF-03", {"vpn.sites[0].prepend": 1, "vpn.sites[0].localPreference": 90}),
    case("FAIL-21", {"expressRoute.circuits[0].prefixes": [], "expressRoute.circuits[0].connect": "never"}),
    case(
        "FAIL-22",
        {
            "expressRoute.circuits": [
                {"name": "a", "existing": {"id": _EXISTING}, "connect": "always"},
                {"name": "b", "existing": {"id": f"{_EXISTING}2"}, "connect": "always"},
            ]
        },
    ),
    case("FAIL-23", {"expressRoute.circuits[1]": circuit(1)}),
    case("FAIL-23", {"expressRoute.circuits[1]": circuit(2, connect="never")}),
)
"""Settings that are just within these rules."""
