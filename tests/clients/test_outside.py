"""What Azure's own client sees of the outside: every question has its path, its form and its answer."""

import json
from collections.abc import Iterator

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.network import models

from simulator import drift, show
from simulator.cloud import Cloud
from simulator.outside import parse
from tests.clients.azure_side import Azure, served
from tests.simulator.cases_connections import connected
from tests.simulator.world import REQUESTS, WITH_CIRCUIT, make, put, ref

KEY = REQUESTS["vpn connection"][1]["sharedKey"]
PREFIX = "192.168.0.0/16"
OUTSIDE = f"""
links:
- {{circuit: circuit, path: primary, announces: [{PREFIX}]}}
- {{circuit: circuit, path: secondary, announces: [{PREFIX}]}}
- {{circuit: other, path: primary, announces: [{PREFIX}]}}
tunnels: [{{connection: con-vpn, key: {KEY}, announces: [{PREFIX}]}}]
"""


@pytest.fixture(scope="module")
def cloud() -> Cloud:
    cloud = make(*WITH_CIRCUIT, "address")
    put(cloud, "vpn gateway", enableBgp=True)
    put(cloud, "site", localNetworkAddressSpace=None, bgpSettings={"asn": 65020, "bgpPeeringAddress": "192.168.0.1"})
    put(cloud, "vpn connection", enableBgp=True)
    connected(cloud)
    provider = REQUESTS["circuit"][1]["serviceProviderProperties"] | {"peeringLocation": "Dallas"}
    put(cloud, "circuit", circuitName="other", serviceProviderProperties=provider)
    cloud.wait(drift.provision(cloud, "other", with_peering=True))
    put(cloud, "er connection", virtualNetworkGatewayConnectionName="two", peer=ref("expressRouteCircuits/other"))
    cloud.connect(parse(OUTSIDE))
    return cloud


@pytest.fixture(scope="module")
def azure(cloud: Cloud) -> Iterator[Azure]:
    with served(cloud) as endpoint:
        yield Azure(endpoint)


def test_a_gateway_tells_its_routes_and_peers(azure: Azure) -> None:
    gateways = azure.client.virtual_network_gateways
    learned = gateways.begin_get_learned_routes("rg", "vpn").result().value
    assert {route.weight for route in learned if route.network == PREFIX} == {32768, 32769}
    advertised = gateways.begin_get_advertised_routes("rg", "vpn", peer="192.168.0.1").result().value
    assert [(route.network, route.as_path) for route in advertised] == [("10.0.0.0/16", "65515")]
    peers = gateways.begin_get_bgp_peer_status("rg", "er").result().value
    assert {peer.state for peer in peers if peer.asn == 12076} == {"Connected", "Connecting"}
    one = gateways.begin_get_bgp_peer_status("rg", "vpn", peer="192.168.0.1").result().value
    assert [(peer.asn, peer.routes_received) for peer in one] == [(65020, 1)]
    with pytest.raises(HttpResponseError, match="peer"):
        gateways.begin_get_advertised_routes("rg", "vpn", peer="")


def test_a_circuit_tells_its_routes_neighbours_and_addresses(azure: Azure) -> None:
    circuits, where = azure.client.express_route_circuits, ("rg", "circuit", "AzurePrivatePeering")
    table = circuits.begin_list_routes_table(*where, "primary").result().value
    assert (PREFIX, "64600") in [(route.network, route.path) for route in table]
    summary = circuits.begin_list_routes_table_summary(*where, "secondary").result().value
    assert (64600, "1") in [(row.as_property, row.state_pfx_rcd) for row in summary]
    arp = circuits.begin_list_arp_table(*where, "primary").result().value
    assert [(row.interface, row.ip_address) for row in arp] == [("On-Prem", "172.16.0.1"), ("Microsoft", "172.16.0.2")]
    for stats in (circuits.get_stats("rg", "circuit"), circuits.get_peering_stats(*where)):
        assert stats.primarybytes_in == stats.primarybytes_out >= 0


def test_a_connection_tells_its_state_and_its_key(azure: Azure) -> None:
    connections = azure.client.virtual_network_gateway_connections
    found = connections.get("rg", "con-vpn")
    assert (found.connection_status, found.shared_key) == ("Connected", KEY)
    assert [one.connection_status for one in found.tunnel_connection_status] == ["Connected"]
    assert connections.get("rg", "con-er").connection_status == "Connected"
    [association] = json.loads(connections.begin_get_ike_sas("rg", "con-vpn").result())
    assert association["remoteEndpoint"] == "198.51.100.7"
    assert connections.begin_reset_connection("rg", "con-vpn").result() is None


def test_a_key_is_read_set_and_reset(azure: Azure, cloud: Cloud) -> None:
    connections = azure.client.virtual_network_gateway_connections
    assert connections.get_shared_key("rg", "con-vpn").value == KEY
    new = models.ConnectionSharedKey(value="AnotherKey.Of+Ours1")
    assert connections.begin_set_shared_key("rg", "con-vpn", new).result().value == new.value
    assert connections.get("rg", "con-vpn").connection_status == "NotConnected"
    length = models.ConnectionResetSharedKey(key_length=33)
    assert connections.begin_reset_shared_key("rg", "con-vpn", length).result().key_length == 33
    assert len(connections.get_shared_key("rg", "con-vpn").value) == 33
    wrong = models.ConnectionSharedKey(value="Wrong-Key")
    with pytest.raises(HttpResponseError) as refused:
        connections.begin_set_shared_key("rg", "con-vpn", wrong)
    connections.begin_set_shared_key("rg", "con-vpn", models.ConnectionSharedKey(value=KEY)).result()
    assert connections.get("rg", "con-vpn").connection_status == "Connected"
    log = show.calls(cloud, as_json=True) + str(refused.value)
    assert not [key for key in (KEY, new.value, wrong.value) if key in log]


def test_a_site_failover_test_is_started_seen_and_stopped(azure: Azure) -> None:
    gateways = azure.client.virtual_network_gateways
    begin = gateways.begin_start_express_route_site_failover_simulation
    guid = begin("rg", "er", peering_location="Dallas").result()
    with pytest.raises(HttpResponseError, match="another test"):
        begin("rg", "er", peering_location="Silicon Valley")
    asked = {"type": "SingleSiteFailover", "fetch_latest": True}
    [test] = gateways.begin_get_failover_all_test_details("rg", "er", **asked).result()
    assert (test.test_guid, test.status) == (guid, "Running")
    said = models.ExpressRouteFailoverStopApiParameters(peering_location="Dallas", was_simulation_successful=True)
    gateways.begin_stop_express_route_site_failover_simulation("rg", "er", said).result()
    one = {"peering_location": "Dallas", "failover_test_id": guid}
    [done] = gateways.begin_get_failover_single_test_details("rg", "er", **one).result()
    assert (done.status, done.was_simulation_successful) == ("Completed", True)


def test_azure_native_asks_the_same(cloud: Cloud) -> None:
    """The lookups of a Pulumi program, through its own way to the cloud."""
    where = {"resourceGroupName": "rg", "virtualNetworkGatewayName": "vpn"}
    learned = cloud.invoke("azure-native:network:getVirtualNetworkGatewayLearnedRoutes", where)
    assert PREFIX in [row["network"] for row in learned["value"]]
    where = {"resourceGroupName": "rg", "virtualNetworkGatewayConnectionName": "con-vpn"}
    found = cloud.invoke("azure-native:network:getVirtualNetworkGatewayConnectionIkeSas", where)
    assert "198.51.100.7" in found["value"]
