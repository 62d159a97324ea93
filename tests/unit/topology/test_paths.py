"""The path of traffic, as tables: settings, what has failed, where from and to, and the expected path."""

from collections.abc import Iterable

import pytest

from tests.unit.topology.variants import (
    Edit,
    devices,
    expressroute_prefixes,
    on_premises,
    route,
    second_circuit,
    second_site,
    settings,
    tier,
    vpn_prefixes,
)
from topology.proof.failover import Model, flows
from topology.proof.network import Edge, network
from topology.proof.route_tables import subnet_routes

OUT, BACK = "azureToOnPremises", "onPremisesToAzure"
ER = "expressRoute primary"
LOST = "unreachable"


def path(stack: str, edits: Iterable[Edit], failed: set[str], prefix: str, tier_name: str, direction: str) -> str:
    [found] = [
        flow.path
        for flow in flows(settings(stack, *edits), failed)
        if (str(flow.prefix), flow.tier, flow.direction) == (prefix, tier_name, direction)
    ]
    return " ".join((found.kind, *(found.via if found.arrives else ())))


MORE_SPECIFIC = [vpn_prefixes("192.168.0.0/16", "192.168.5.0/24")]
ONLY_VPN = [
    on_premises("192.168.0.0/16", "172.20.0.0/16"),
    expressroute_prefixes("192.168.0.0/16"),
    vpn_prefixes("172.20.0.0/16"),
]
WIDER_VPN = [vpn_prefixes("192.168.0.0/16"), expressroute_prefixes("192.168.0.0/16", "192.168.5.0/24")]


@pytest.mark.parametrize(
    ("edits", "failed", "prefix", "out", "back"),
    [
        # A static site: the tunnel is the floating path.
        ([], set(), "192.168.0.0/16", ER, ER),
        ([], {"circuit:primary"}, "192.168.0.0/16", "vpn onprem", "vpn onprem"),
        ([], {"link:primary/primary"}, "192.168.0.0/16", ER, ER),
        ([], {"link:primary/primary", "link:primary/secondary"}, "192.168.0.0/16", "vpn onprem", "vpn onprem"),
        ([], {"peeringLocation:Silicon Valley"}, "192.168.0.0/16", "vpn onprem", "vpn onprem"),
        ([], {"gateway:expressRoute", "gateway:vpn/0"}, "192.168.0.0/16", "vpn onprem", "vpn onprem"),
        ([], {"gateway:expressRoute", "gateway:vpn/0", "gateway:vpn/1"}, "192.168.0.0/16", LOST, LOST),
        ([], {"circuit:primary", "tunnel:onprem/0"}, "192.168.0.0/16", "vpn onprem", "vpn onprem"),
        ([], {"circuit:primary", "tunnel:onprem/0", "gateway:vpn/1"}, "192.168.0.0/16", LOST, LOST),
        # A more specific static prefix takes the traffic, and loses it when the tunnel is down, circuit or not.
        (MORE_SPECIFIC, set(), "192.168.5.0/24", "vpn onprem", ER),
        (MORE_SPECIFIC, {"appliance:onprem"}, "192.168.5.0/24", LOST, ER),
        (MORE_SPECIFIC, {"appliance:onprem"}, "192.168.0.0/16", ER, ER),
        # A wider VPN prefix covers a more specific one of ExpressRoute.
        (WIDER_VPN, set(), "192.168.5.0/24", ER, ER),
        (WIDER_VPN, {"circuit:primary"}, "192.168.5.0/24", "vpn onprem", "vpn onprem"),
        # A prefix that only the VPN carries answers over ExpressRoute, unless its site is a branch without a link.
        ([*ONLY_VPN], set(), "172.20.0.0/16", "vpn onprem", ER),
        ([*ONLY_VPN, devices(branch=["onprem"])], set(), "172.20.0.0/16", "vpn onprem", "vpn onprem"),
        # A prefix that the VPN lacks: the answer would come, but nothing goes out.
        ([vpn_prefixes("172.20.0.0/16")], {"circuit:primary"}, "192.168.0.0/16", LOST, "vpn onprem"),
        # A default route learned over ExpressRoute only: a leak where the tier may reach the Internet, else a loss.
        ([on_premises("0.0.0.0/0"), vpn_prefixes("0.0.0.0/0"), tier(0, internetOutbound=True)], {"circuit:primary"},
         "0.0.0.0/0", "vpn onprem", "vpn onprem"),
        ([on_premises("0.0.0.0/0"), vpn_prefixes("192.168.0.0/16"), tier(0, internetOutbound=True)],
         {"circuit:primary"}, "0.0.0.0/0", "internet", "vpn onprem"),
        ([on_premises("0.0.0.0/0"), vpn_prefixes("192.168.0.0/16")], {"circuit:primary"}, "0.0.0.0/0", LOST,
         "vpn onprem"),
        # Azure drops private addresses that no route leads to; they never leak.
        ([on_premises("0.0.0.0/0"), vpn_prefixes("192.168.0.0/16"), tier(0, internetOutbound=True)],
         {"circuit:primary"}, "172.16.0.0/12", LOST, "vpn onprem"),
        # Without the gateways' routes nothing is reached; with a user-defined route the traffic goes where that says.
        ([tier(0, gatewayRoutes=False)], set(), "192.168.0.0/16", LOST, ER),
        ([tier(0, routes=[route("192.168.0.0/16", "None")])], set(), "192.168.0.0/16", LOST, ER),
        ([tier(0, routes=[route("192.168.0.0/16", "Internet")], internetOutbound=True)], set(), "192.168.0.0/16",
         "internet", ER),
        ([tier(0, routes=[route("192.168.0.0/16", "VirtualAppliance", "10.0.9.4")])], set(), "192.168.0.0/16", ER, ER),
        ([tier(0, routes=[route("192.168.0.0/16", "VirtualAppliance", "10.0.1.4")])], set(), "192.168.0.0/16", LOST,
         ER),
        ([tier(0, routes=[route("192.168.0.0/16", "VirtualAppliance", "192.0.2.4")])], set(), "192.168.0.0/16", LOST,
         ER),
        # The VNet's own prefixes stay in the VNet, whatever on-premises announces.
        ([on_premises("10.0.5.0/24")], set(), "10.0.5.0/24", LOST, ER),
        ([on_premises("10.0.0.0/8")], set(), "10.0.0.0/8", ER, ER),
    ],
)  # fmt: skip
def test_path_in_the_reference(edits: list[Edit], failed: set[str], prefix: str, out: str, back: str) -> None:
    assert path("reference", edits, failed, prefix, "web", OUT) == out
    assert path("reference", edits, failed, prefix, "web", BACK) == back


TWO = [second_circuit(), second_site()]
WEIGHTED = [second_circuit(routingWeight=10), second_site()]


@pytest.mark.parametrize(
    ("edits", "failed", "expected"),
    [
        # BGP sites: routes come and go with the session.
        ([], {"circuit:primary"}, "vpn hq"),
        ([], {"circuit:primary", "appliance:hq"}, LOST),
        (MORE_SPECIFIC, {"appliance:hq"}, ER),
        # Two circuits share the traffic, or the heavier one has it all.
        (TWO, set(), "expressRoute primary west"),
        (TWO, {"circuit:primary"}, "expressRoute west"),
        (WEIGHTED, set(), "expressRoute west"),
        (WEIGHTED, {"peeringLocation:Chicago"}, ER),
        (TWO, {"gateway:expressRoute"}, "vpn hq dr"),
        (TWO, {"gateway:expressRoute", "appliance:hq"}, "vpn dr"),
        # A circuit that never connects is no path.
        ([second_circuit(connect="never")], {"circuit:primary"}, "vpn hq"),
    ],
)
def test_path_from_a_tier_of_dev(edits: list[Edit], failed: set[str], expected: str) -> None:
    assert path("dev", edits, failed, "192.168.0.0/16", "data", OUT) == expected


def test_a_route_of_the_gateway_subnet_that_leads_nowhere_keeps_on_premises_from_its_tier() -> None:
    blocked = [lambda values: values["network"].update(gatewaySubnetRoutes=[route("10.20.1.0/24", "None")])]
    assert path("dev", blocked, set(), "192.168.0.0/16", "web", BACK) == LOST
    assert path("dev", blocked, set(), "192.168.0.0/16", "data", BACK) == ER


@pytest.mark.parametrize(
    ("stack", "edge", "back"),
    [
        ("reference", Edge(), "expressRoute"),
        ("reference", Edge(static_distance=1), "vpn"),
        ("reference", Edge(static_distance=21), "expressRoute"),
        ("dev", Edge(), "expressRoute"),
        ("dev", Edge(express_route_preference=100), "vpn"),
        ("dev", Edge(express_route_preference=90), "vpn"),
    ],
)
def test_an_edge_that_does_not_prefer_expressroute_answers_through_the_tunnel(
    stack: str, edge: Edge, back: str
) -> None:
    found = flows(settings(stack), edge=edge)
    assert len({flow.direction for flow in found}) == 2
    for flow in found:
        assert flow.path.kind == ("expressRoute" if flow.direction == OUT else back)


def test_until_the_circuit_is_connected_the_vpn_carries_everything() -> None:
    assert {flow.path.via for flow in flows(settings("dev"), connected=())} == {("hq",)}


def test_an_element_that_the_network_does_not_have_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no element 'circuit:east'; this network has circuit:primary, link:primary"):
        flows(settings("dev"), {"circuit:east"})


def test_a_subnets_routes_come_from_users_gateways_and_the_system_and_the_losers_are_shown() -> None:
    edits = [tier(0, routes=[route("192.168.0.0/16", "None")], internetOutbound=True), vpn_prefixes("172.20.0.0/16")]
    model = Model(network(settings("reference", *edits)))
    rows = [(str(r.prefix), r.origin, r.next_hop, r.active, r.alive) for r in subnet_routes(model, 0)]

    assert rows == [
        ("0.0.0.0/0", "system", "internet", True, True),
        ("10.0.0.0/8", "system", "none", True, True),
        ("10.0.0.0/16", "system", "virtualNetwork", True, True),
        ("100.64.0.0/10", "system", "none", True, True),
        ("172.16.0.0/12", "system", "none", True, True),
        ("172.20.0.0/16", "static", "vpn", True, True),
        ("192.168.0.0/16", "user", "None", True, True),
        ("192.168.0.0/16", "expressRoute", "expressRoute", False, True),
        ("192.168.0.0/16", "system", "none", False, True),
    ]
    [static] = [r for r in subnet_routes(model, 0, {"appliance:onprem"}) if r.origin == "static"]
    assert (static.active, static.alive) == (True, False)
