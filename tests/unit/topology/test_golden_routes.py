"""Route tables that Microsoft and a lab have published, row for row."""

from collections import Counter
from ipaddress import IPv4Network

from topology.proof.failover import Model, flows_of
from topology.proof.network import Circuit, Link, Network, Site, TierNetwork
from topology.proof.route_tables import (
    advertised_by_vpn_gateway,
    edge_routes,
    learned_by_express_route_gateway,
    learned_by_vpn_gateway,
    subnet_routes,
)

LAN = IPv4Network("10.1.11.0/25")
HUB = IPv4Network("10.17.11.0/25")
SPOKE = IPv4Network("10.17.11.128/26")

# "Using S2S VPN as a backup for ExpressRoute private peering": an active-active gateway, one appliance with BGP.
MICROSOFT = Network(
    address_space=(HUB,),
    spokes=((SPOKE,),),
    on_premises=(LAN,),
    express_route_prefixes=(LAN,),
    circuits=(
        Circuit(
            "circuit",
            (
                Link("link:circuit/primary", "192.168.11.18", "192.168.11.0"),
                Link("link:circuit/secondary", "192.168.11.22", "192.168.11.2"),
            ),
            as_path=(12076, 65020),
        ),
    ),
    sites=(Site("firewall", (LAN,), 65020, "192.168.11.88"),),
    tiers=(TierNetwork("spoke", SPOKE, network=1),),
    express_route_gateway_address="10.17.11.69",
    vpn_gateway_addresses=("10.17.11.76", "10.17.11.77"),
)

REMOTE = IPv4Network("172.16.0.0/16")
VNET = IPv4Network("172.29.0.0/16")

# A community lab that connects Azure with another cloud: one ExpressRoute link, an active-active gateway.
LAB = Network(
    address_space=(VNET,),
    on_premises=(REMOTE,),
    express_route_prefixes=(REMOTE,),
    circuits=(Circuit("circuit", (Link("link:circuit/primary", "172.29.255.4"),), as_path=(12076, 64600, 64901)),),
    sites=(Site("remote", (REMOTE,), 64900, "169.254.21.1"),),
    tiers=(TierNetwork("machines", IPv4Network("172.29.1.0/24")),),
    vpn_gateway_addresses=("172.29.255.14", "172.29.255.15"),
)


def test_vpn_gateway_learns_eight_rows_and_prefers_expressroute_by_weight() -> None:
    rows = [row for instance in (0, 1) for row in learned_by_vpn_gateway(MICROSOFT, instance)]

    assert {row.prefix for row in rows} == {LAN}
    assert Counter((row.next_hop, row.as_path, row.weight) for row in rows) == {
        ("192.168.11.88", (65020,), 32768): 2,
        ("10.17.11.76", (65020,), 32768): 1,
        ("10.17.11.77", (65020,), 32768): 1,
        ("10.17.11.69", (12076, 65020), 32769): 4,
    }


def test_the_spokes_machine_reaches_on_premises_over_expressroute_then_over_both_instances() -> None:
    model = Model(MICROSOFT)

    before = {str(row.prefix): (row.origin, row.next_hops) for row in subnet_routes(model, 0) if row.active}
    [after] = [row for row in subnet_routes(model, 0, {"circuit:circuit"}) if row.prefix == LAN and row.active]

    assert before[str(LAN)] == ("expressRoute", ("10.17.11.69",))
    assert before[str(HUB)] == before[str(SPOKE)] == ("system", ())
    assert (after.origin, after.next_hops) == ("bgp", ("10.17.11.76", "10.17.11.77"))
    for failed, via in (((), ("circuit",)), (("circuit:circuit",), ("firewall",))):
        assert {flow.path.via for flow in flows_of(model, failed)} == {via}


def test_vpn_gateway_advertises_the_network_and_nothing_learned_over_expressroute() -> None:
    rows = advertised_by_vpn_gateway(MICROSOFT, MICROSOFT.sites[0])

    assert {(row.prefix, row.next_hop, row.as_path) for row in rows} == {
        (prefix, address, (65515,)) for prefix in (HUB, SPOKE) for address in ("10.17.11.76", "10.17.11.77")
    }


def test_firewall_prefers_expressroute_by_local_preference() -> None:
    rows = edge_routes(MICROSOFT)

    for prefix in (HUB, SPOKE):
        over_expressroute = [row for row in rows if row.prefix == prefix and row.as_path[0] == 12076]
        through_tunnels = [row for row in rows if row.prefix == prefix and row.as_path[0] == 65515]
        assert [(row.next_hop, row.local_preference, row.active) for row in over_expressroute] == [
            ("192.168.11.0", 150, True),
            ("192.168.11.2", 150, True),
        ]
        assert [(row.local_preference, row.active) for row in through_tunnels] == [(100, False), (100, False)]


def test_disabled_peering_moves_the_firewall_and_the_gateway_to_the_vpn() -> None:
    failed = {"link:circuit/primary", "link:circuit/secondary"}

    weights = {row.weight for instance in (0, 1) for row in learned_by_vpn_gateway(MICROSOFT, instance, failed)}
    assert weights == {32768}
    assert {(row.as_path, row.active) for row in edge_routes(MICROSOFT, failed)} == {((65515,), True)}


def test_expressroute_gateway_learns_its_link_and_both_vpn_instances() -> None:
    assert {(row.origin, row.next_hop, row.as_path, row.weight) for row in learned_by_express_route_gateway(LAB)} == {
        ("EBgp", "172.29.255.4", (12076, 64600, 64901), 32769),
        ("IBgp", "172.29.255.14", (64900,), 32768),
        ("IBgp", "172.29.255.15", (64900,), 32768),
    }


def test_machine_has_one_route_over_expressroute_and_two_next_hops_after_its_loss() -> None:
    model = Model(LAB)

    [before] = [row for row in subnet_routes(model, 0) if row.prefix == REMOTE and row.active]
    [after] = [row for row in subnet_routes(model, 0, {"circuit:circuit"}) if row.prefix == REMOTE and row.active]

    assert (before.origin, len(before.next_hops)) == ("expressRoute", 1)
    assert (after.origin, after.next_hops) == ("bgp", ("172.29.255.14", "172.29.255.15"))
    assert "EBgp" not in {row.origin for row in learned_by_express_route_gateway(LAB, {"circuit:circuit"})}
