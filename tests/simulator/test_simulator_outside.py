"""What follows from the outside: routes, sessions, tunnels, bytes, keys, tests of a failover."""

from collections import Counter
from typing import Any

import pytest

from simulator import drift, outside, show
from simulator.clock import InstantClock
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.ids import parse
from simulator.outside import Link, Outside, Tunnel
from simulator.outside import parse as read
from simulator.resources import failover_tests
from simulator.resources.actions import actions
from simulator.resources.base import of_arm_type
from tests.simulator.cases_connections import provisioned
from tests.simulator.world import GATEWAY_SUBNET, REQUESTS, WITH_SITE, id_of, make, put, ref

KEY = REQUESTS["vpn connection"][1]["sharedKey"]
LINKS = """links:
- {circuit: circuit, path: primary, announces: [10.1.11.0/25], up: %s}
- {circuit: circuit, path: secondary, announces: [10.1.11.0/25], up: %s}
"""
TUNNEL = "tunnels: [{connection: con-vpn, key: %s, announces: [10.1.11.0/25, 10.17.11.0/26]}]\n"
ALL = LINKS % ("true", "true") + TUNNEL % KEY
PEERING = id_of("expressRouteCircuits/circuit/peerings/AzurePrivatePeering")
VPN, ER = id_of("virtualNetworkGateways/vpn"), id_of("virtualNetworkGateways/er")
CONNECTION = id_of("connections/con-vpn")


def ask(cloud: Cloud, id: str, path: str, **given: Any) -> Any:
    """What one action answers."""
    rid = parse(id)
    kind = of_arm_type(cloud.kinds.values(), rid.type) if rid else None
    assert kind is not None
    action = next(one for one in actions(kind) if one.path == path and one.method != "GET")
    operation = cloud.begin_action(id, action, given)
    cloud.wait(operation)
    return operation.body


def rows(cloud: Cloud, id: str, path: str, *columns: str, **given: Any) -> Counter[tuple[Any, ...]]:
    """Some columns of a table that is asked for, each row with how often it stands there."""
    return Counter(tuple(row[name] for name in columns) for row in ask(cloud, id, path, **given)["value"])


@pytest.fixture
def cloud() -> Cloud:
    """Microsoft's example of a VPN as the backup of ExpressRoute: S2SBACKUP, with its addresses and AS numbers."""
    cloud = make("group")
    put(cloud, "network", addressSpace={"addressPrefixes": ["10.17.11.0/25"]})
    put(cloud, "gateway subnet", addressPrefix="10.17.11.64/27")
    put(cloud, "address")
    put(cloud, "address", publicIpAddressName="second")
    configs = [
        {"name": name, "subnet": ref(GATEWAY_SUBNET), "publicIPAddress": ref(f"publicIPAddresses/{address}")}
        for name, address in (("a", "pip"), ("b", "second"))
    ]
    put(cloud, "vpn gateway", activeActive=True, enableBgp=True, ipConfigurations=configs)
    put(cloud, "er gateway")
    put(cloud, "site", localNetworkAddressSpace=None, bgpSettings={"asn": 65020, "bgpPeeringAddress": "192.168.11.88"})
    put(cloud, "vpn connection", enableBgp=True)
    put(cloud, "circuit")
    provisioned(cloud)
    prefixes = {"primaryPeerAddressPrefix": "192.168.11.16/30", "secondaryPeerAddressPrefix": "192.168.11.20/30"}
    put(cloud, "peering", peerASN=65020, **prefixes)
    put(cloud, "er connection")
    put(cloud, "spoke", addressSpace={"addressPrefixes": ["10.17.11.128/26"]})
    hub = {"virtualNetworkName": "hub", "virtualNetworkPeeringName": "to-spoke"}
    put(cloud, "spoke peering", **hub, remoteVirtualNetwork=ref("virtualNetworks/spoke"), allowGatewayTransit=True)
    put(cloud, "spoke peering", useRemoteGateways=True)
    cloud.connect(read(ALL))
    return cloud


def later(cloud: Cloud, minutes: float) -> None:
    assert isinstance(cloud.clock, InstantClock)
    cloud.clock.advance(minutes)


def test_the_tables_of_microsofts_example(cloud: Cloud) -> None:
    """Its eight rows of 10.1.11.0/25, and what it advertises; the addresses in the gateway's subnet are others."""
    first, second = "10.17.11.68", "10.17.11.69"
    learned = rows(cloud, VPN, "getLearnedRoutes", "network", "nextHop", "asPath", "weight")
    there = {row[1:]: count for row, count in learned.items() if row[0] == "10.1.11.0/25"}
    edge = next(hop for hop, path, _ in there if path == "12076-65020")
    assert there == {
        ("192.168.11.88", "65020", 32768): 2,
        (first, "65020", 32768): 1,
        (second, "65020", 32768): 1,
        (edge, "12076-65020", 32769): 4,
    }
    # FAIL-07: what is inside the network is not taken from a peer.
    assert not [row for row in learned if row[0] == "10.17.11.0/26"]
    told = rows(cloud, VPN, "getAdvertisedRoutes", "network", "nextHop", "asPath", "weight", peer="192.168.11.88")
    networks = ("10.17.11.0/25", "10.17.11.128/26")
    assert told == {(net, hop, "65515", 0): 1 for net in networks for hop in (first, second)}


def test_an_express_route_gateway_sees_both_links_and_the_vpn(cloud: Cloud) -> None:
    """The rows of a lab (LAB-AWS): EBgp over the circuit, IBgp from both instances of the VPN gateway."""
    found = rows(cloud, ER, "getLearnedRoutes", "network", "origin", "asPath", "weight")
    assert found["10.1.11.0/25", "EBgp", "12076-65020", 32769] == 4
    assert found["10.1.11.0/25", "IBgp", "65020", 32768] == 4
    edge = next(row["nextHop"] for row in ask(cloud, ER, "getLearnedRoutes")["value"] if row["origin"] == "EBgp")
    told = rows(cloud, ER, "getAdvertisedRoutes", "network", "asPath", peer=edge)
    # BGP-02, BGP-15: the network and its spokes, nothing of the VPN's.
    assert set(told) == {("10.17.11.0/25", "65515"), ("10.17.11.128/26", "65515")}


def test_the_loss_of_express_route_is_seen_everywhere(cloud: Cloud) -> None:
    """S2SBACKUP's drill: the peering is Disabled, and Enabled again."""
    cloud.clock.sleep_until(cloud.clock.now() + 3600)
    before = cloud.get(CONNECTION)
    put(cloud, "peering", peerASN=65020, state="Disabled", **addresses(cloud))
    learned = rows(cloud, VPN, "getLearnedRoutes", "network", "weight")
    assert ("10.1.11.0/25", 32769) not in learned
    assert learned["10.1.11.0/25", 32768] == 4
    assert cloud.get(id_of("connections/con-er"))["connectionStatus"] == "NotConnected"
    states = rows(cloud, ER, "getBgpPeerStatus", "asn", "state")
    assert {state for asn, state in states if asn == 12076} == {"Connecting"}
    assert ask(cloud, PEERING, "routeTables/{devicePath}", devicePath="primary")["value"] == []
    # ALERT-04: the tunnel that had keepalives alone has traffic now.
    idle = before["ingressBytesTransferred"]
    assert 0 < idle < 1_000_000
    later(cloud, 10)
    assert cloud.get(CONNECTION)["ingressBytesTransferred"] > idle + 2 * 600 * 100_000
    put(cloud, "peering", peerASN=65020, state="Enabled", **addresses(cloud))
    assert rows(cloud, VPN, "getLearnedRoutes", "network", "weight")["10.1.11.0/25", 32769] == 4


def addresses(cloud: Cloud) -> dict[str, str]:
    body = cloud.get(PEERING)
    return {name: body[name] for name in ("primaryPeerAddressPrefix", "secondaryPeerAddressPrefix")}


@pytest.mark.parametrize(
    ("told", "word", "sessions"),
    [
        (ALL, "Connected", "Connected"),
        (ALL.replace(KEY, "AnotherKey0"), "NotConnected", "Connecting"),
        (ALL.replace("con-vpn,", "con-vpn, up: false,"), "NotConnected", "Connecting"),
        (ALL.replace("con-vpn,", "con-vpn, address: 198.51.100.8,"), "NotConnected", "Connecting"),
        (ALL.replace("con-vpn,", "con-vpn, asn: 65021,"), "Connected", "Connecting"),
        (LINKS % ("true", "true"), "NotConnected", "Connecting"),
    ],
    ids=["as it should be", "another key", "the device is off", "from elsewhere", "another AS number", "no device"],
)
def test_a_tunnel_is_up_where_both_ends_agree(cloud: Cloud, told: str, word: str, sessions: str) -> None:
    cloud.connect(read(told))
    found = cloud.get(CONNECTION)
    assert found["connectionStatus"] == word
    assert {one["connectionStatus"] for one in found["tunnelConnectionStatus"]} == {word}
    assert len(found["tunnelConnectionStatus"]) == 2
    states = rows(cloud, VPN, "getBgpPeerStatus", "neighbor", "state", peer="192.168.11.88")
    assert states == {("192.168.11.88", sessions): 2}


def test_one_tunnel_of_two(cloud: Cloud) -> None:
    cloud.connect(read(ALL.replace("tunnels: [", "tunnels: [{connection: con-vpn, instance: 1, up: false}, ")))
    found = cloud.get(CONNECTION)
    words = [one["connectionStatus"] for one in found["tunnelConnectionStatus"]]
    assert (found["connectionStatus"], words) == ("Connected", ["Connected", "NotConnected"])
    learned = rows(cloud, VPN, "getLearnedRoutes", "network", "nextHop")
    assert (learned["10.1.11.0/25", "192.168.11.88"], learned["10.1.11.0/25", "10.17.11.68"]) == (1, 1)


@pytest.mark.parametrize(
    ("more", "expected"),
    [("asn: 65021", 0), ("prepend: 2", 4), ("up: false", 0)],
    ids=["another AS number", "a longer path", "a cut line"],
)
def test_a_link_is_up_where_both_ends_agree(cloud: Cloud, more: str, expected: int) -> None:
    cloud.connect(read(f"links: [{{circuit: circuit, path: primary, announces: [10.1.11.0/25], {more}}}]"))
    found = ask(cloud, VPN, "getLearnedRoutes")["value"]
    over = [row for row in found if row["asPath"].startswith("12076-65020")]
    assert len(over) == expected
    assert {row["asPath"] for row in over} <= {"12076-65020-65020-65020"}


def test_too_many_prefixes_drop_the_session(cloud: Cloud) -> None:
    """LIMIT-03: 10,000 of a Premium circuit, 4,000 of others; LIMIT-07: 4,000 of a VPN gateway."""
    many = tuple(f"10.{at >> 8}.{at & 255}.0/24" for at in range(10_001))
    for count, word in ((10_001, "NotConnected"), (10_000, "Connected")):
        cloud.connect(Outside(links=(Link("circuit", "primary", announces=many[:count]),)))
        assert cloud.get(id_of("connections/con-er"))["connectionStatus"] == word
    for count, word in ((4_001, "Connecting"), (4_000, "Connected")):
        cloud.connect(Outside(tunnels=(Tunnel("con-vpn", KEY, announces=many[:count]),)))
        assert rows(cloud, VPN, "getBgpPeerStatus", "state", peer="192.168.11.88") == {(word,): 2}


def test_the_edge_routers_tell_of_a_circuit(cloud: Cloud) -> None:
    cloud.connect(read(LINKS % ("true", "false")))
    later(cloud, 60 * 26)
    table = rows(cloud, PEERING, "routeTables/{devicePath}", "network", "nextHop", "path", devicePath="primary")
    assert table["10.1.11.0/25", "192.168.11.17", "65020"] == 1
    assert {row[0] for row in table if row[2] == "65515"} == {"10.17.11.0/25", "10.17.11.128/26"}
    summary = rows(
        cloud, PEERING, "routeTablesSummary/{devicePath}", "as", "upDown", "statePfxRcd", devicePath="primary"
    )
    assert summary == {(65020, "1d02h", "1"): 1, (65515, "1d02h", "2"): 2}
    arp = [
        rows(cloud, PEERING, "arpTables/{devicePath}", "interface", "ipAddress", devicePath=name)
        for name in outside.PATHS
    ]
    assert arp == [
        {("On-Prem", "192.168.11.17"): 1, ("Microsoft", "192.168.11.18"): 1},
        {("Microsoft", "192.168.11.22"): 1},
    ]
    down = rows(
        cloud, PEERING, "routeTablesSummary/{devicePath}", "as", "upDown", "statePfxRcd", devicePath="secondary"
    )
    assert down == {(65020, "never", "Active"): 1}
    with pytest.raises(AzureError, match="tertiary"):
        ask(cloud, PEERING, "arpTables/{devicePath}", devicePath="tertiary")


def test_security_associations_are_those_of_live_tunnels(cloud: Cloud) -> None:
    later(cloud, 5)
    found = ask(cloud, CONNECTION, "getikesas")
    assert found.count('"remoteEndpoint": "198.51.100.7"') == 2
    assert found.count('"elapsedTimeInseconds": 300') == 2
    cloud.connect(read(LINKS % ("true", "true")))
    assert ask(cloud, CONNECTION, "getikesas") == "[]"


def test_a_connection_that_is_reset_comes_up_anew(cloud: Cloud) -> None:
    later(cloud, 60)
    before = [one["lastConnectionEstablishedUtcTime"] for one in cloud.get(CONNECTION)["tunnelConnectionStatus"]]
    ask(cloud, CONNECTION, "resetconnection")
    after = [one["lastConnectionEstablishedUtcTime"] for one in cloud.get(CONNECTION)["tunnelConnectionStatus"]]
    assert all(new > old for old, new in zip(before, after, strict=True))
    durations = rows(cloud, VPN, "getBgpPeerStatus", "connectedDuration", peer="192.168.11.88")
    assert all(text < ("00:01",) for text in durations)


def test_a_key_has_operations_of_its_own(cloud: Cloud) -> None:
    """ROT-01, ROT-02, CONN-04: the connection's PUT leaves it alone."""
    put(cloud, "vpn connection", enableBgp=True, sharedKey="AnotherKey1")
    assert (cloud.get(CONNECTION)["sharedKey"], cloud.get(CONNECTION)["connectionStatus"]) == (KEY, "Connected")
    ask(cloud, CONNECTION, "sharedkey", value="AnotherKey1")
    assert cloud.get(CONNECTION)["sharedKey"] == "AnotherKey1"
    assert cloud.get(CONNECTION)["connectionStatus"] == "NotConnected"
    cloud.connect(read(ALL.replace(KEY, "AnotherKey1")))
    assert cloud.get(CONNECTION)["connectionStatus"] == "Connected"
    assert ask(cloud, CONNECTION, "sharedkey/reset", keyLength=40) == {"keyLength": 40}
    made = cloud.get(CONNECTION)
    assert (len(made["sharedKey"]), made["connectionStatus"]) == (40, "NotConnected")
    for wrong in ({"value": "with-hyphen"}, {"value": ""}, {}):
        with pytest.raises(AzureError):
            ask(cloud, CONNECTION, "sharedkey", **wrong)
    for length in (0, 129, True, "8"):
        with pytest.raises(AzureError, match="keyLength"):
            ask(cloud, CONNECTION, "sharedkey/reset", keyLength=length)
    with pytest.raises(AzureError, match="IPsec"):
        ask(cloud, id_of("connections/con-er"), "sharedkey", value="AnotherKey1")


def test_a_site_without_bgp_is_routed_whether_its_tunnel_is_up_or_not() -> None:
    cloud = make(*WITH_SITE, "vpn connection")
    for told in ("tunnels: []", f"tunnels: [{{connection: con-vpn, key: {KEY}}}]"):
        cloud.connect(read(told))
        assert rows(cloud, VPN, "getLearnedRoutes", "network", "origin")["192.168.0.0/16", "Network"] == 1
    later(cloud, 10)
    found = cloud.get(CONNECTION)
    # Nothing else has its prefix: the tunnel carries what there is.
    assert (found["connectionStatus"], found["ingressBytesTransferred"] > 60_000_000) == ("Connected", True)


def test_nobody_has_said_anything() -> None:
    cloud = make(*WITH_SITE, "vpn connection")
    found = cloud.get(CONNECTION)
    assert (found["connectionStatus"], found["egressBytesTransferred"]) == ("Unknown", 0)
    assert "tunnelConnectionStatus" not in found


def second_circuit(cloud: Cloud, location: str = "Dallas") -> None:
    provider = {**REQUESTS["circuit"][1]["serviceProviderProperties"], "peeringLocation": location}
    put(cloud, "circuit", circuitName="other", serviceProviderProperties=provider)
    cloud.wait(drift.provision(cloud, "other"))
    prefixes = {"primaryPeerAddressPrefix": "192.168.12.16/30", "secondaryPeerAddressPrefix": "192.168.12.20/30"}
    put(cloud, "peering", circuitName="other", peerASN=65020, **prefixes)
    name = {"virtualNetworkGatewayConnectionName": "con-other"}
    put(cloud, "er connection", **name, peer=ref("expressRouteCircuits/other"))
    cloud.connect(read(ALL.replace("links:", "links:\n- {circuit: other, path: primary, announces: [10.1.11.0/25]}")))


def test_a_site_failover_test_cuts_one_gateway_off_one_location(cloud: Cloud) -> None:
    second_circuit(cloud)
    before = rows(cloud, ER, "getLearnedRoutes", "network", "origin")["10.1.11.0/25", "EBgp"]
    guid = ask(cloud, ER, "startSiteFailoverTest", peeringLocation="Silicon Valley")
    assert (before, rows(cloud, ER, "getLearnedRoutes", "network", "origin")["10.1.11.0/25", "EBgp"]) == (6, 2)
    words = [cloud.get(id_of(f"connections/{name}"))["connectionStatus"] for name in ("con-er", "con-other")]
    assert words == ["NotConnected", "Connected"]
    [running] = ask(cloud, ER, "getFailoverAllTestsDetails", type="SingleSiteFailover", fetchLatest="true")
    assert (running["status"], running["testGuid"]) == ("Running", guid)
    assert [one["status"] for one in running["connections"]] == ["Disconnected", "Connected"]
    details = [{"failoverConnectionName": "con-other", "failoverLocation": "Dallas", "isVerified": True}]
    said = {"peeringLocation": "Silicon Valley", "wasSimulationSuccessful": True, "details": details}
    assert ask(cloud, ER, "stopSiteFailoverTest", **said) == guid
    assert rows(cloud, ER, "getLearnedRoutes", "network", "origin")["10.1.11.0/25", "EBgp"] == before
    [done] = ask(cloud, ER, "getFailoverSingleTestDetails", peeringLocation="Silicon Valley", failoverTestId=guid)
    assert (done["status"], done["wasSimulationSuccessful"]) == ("Completed", True)
    assert ask(cloud, ER, "getFailoverAllTestsDetails", type="MultiSiteFailover") == []


def test_the_conditions_of_a_site_failover_test(cloud: Cloud) -> None:
    """DRILL-05: two peering locations, no other test, no Metro; and it is no drill of the VPN."""

    def refused(gateway: str, what: str, **given: Any) -> None:
        with pytest.raises(AzureError, match=what) as caught:
            ask(cloud, gateway, "startSiteFailoverTest", **given)
        assert caught.value.code == "CodeUnknown_DRILL-05"

    refused(ER, "in one peering location", peeringLocation="Silicon Valley")
    second_circuit(cloud)
    refused(ER, "no circuit in peering location 'Chicago'", peeringLocation="Chicago")
    refused(ER, "no circuit in peering location ''")
    refused(VPN, "is for ExpressRoute", peeringLocation="Dallas")
    ask(cloud, ER, "startSiteFailoverTest", peeringLocation="Dallas")
    refused(ER, "another test", peeringLocation="Silicon Valley")
    with pytest.raises(AzureError, match="no test of peering location 'Silicon Valley'"):
        ask(cloud, ER, "stopSiteFailoverTest", peeringLocation="Silicon Valley")
    ask(cloud, ER, "stopSiteFailoverTest", peeringLocation="Dallas")
    drift.change(
        cloud, id_of("expressRouteCircuits/other"), {"serviceProviderProperties.peeringLocation": "Zurich Metro"}
    )
    refused(ER, "Metro", peeringLocation="Silicon Valley")


def test_a_port_has_the_location_of_its_circuit() -> None:
    cloud = make("group")
    port = id_of("expressRoutePorts/port")
    drift.add(cloud, port, {"location": "westus3", "peeringLocation": "Dallas"})
    assert failover_tests.location({"expressRoutePort": {"id": port}}, cloud) == "Dallas"


def test_no_key_of_the_outside_is_kept_or_shown(cloud: Cloud) -> None:
    cloud.connect(read(ALL.replace(KEY, "Secret99")))
    kept = str(cloud.store.meta("outside"))
    assert "Secret99" not in kept
    assert KEY not in show.resources(cloud, as_json=True)
    assert KEY in str(cloud.get(CONNECTION))
