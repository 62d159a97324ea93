"""Designs that Microsoft has published: the paths that its pages say, and the fault that each missing part is."""

from typing import Any

import pytest

from tests.unit.topology.reported import (
    Values,
    circuit,
    cuts,
    found,
    hybrid,
    judged,
    line,
    report,
    site,
    tier,
    to,
)
from topology.proof.failover import flows_of

LAN = "192.168.0.0/16"


def two(west: Values, east: Values, **more: Any) -> Values:
    """One gateway with a circuit in the west and one in the east of the country."""
    return hybrid(
        circuits=[circuit("west", "Silicon Valley", **west), circuit("east", "Washington DC", **east)], **more
    )


def way(values: Values, *failed: str) -> set[tuple[str, str, tuple[str, ...]]]:
    """Where traffic goes in each direction, over all flows."""
    return {(flow.direction[:5], flow.path.kind, flow.path.via) for flow in flows_of(report(values).model, failed)}


HALVES = ["192.168.0.0/17", "192.168.128.0/17"]
TECHNIQUES = {
    "weights": ({"routingWeight": 100}, {}),
    "prepending": ({}, {"prepend": 2}),
    "longer prefixes": ({"prefixes": HALVES}, {"prefixes": [LAN]}),
    "longer prefixes besides": ({"prefixes": [LAN, *HALVES]}, {}),
}
"""Designing for disaster recovery with ExpressRoute private peering: the ways to prefer the western circuit."""


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_each_technique_prefers_one_circuit_and_falls_back_to_the_other(technique: str) -> None:
    west, east = TECHNIQUES[technique]
    values = two({**west, "localPreference": 200}, {**east, "localPreference": 190})
    assert found(values) == []
    assert way(values) == {("azure", "expressRoute", ("west",)), ("onPre", "expressRoute", ("west",))}
    assert way(values, "circuit:west") == {("azure", "expressRoute", ("east",)), ("onPre", "expressRoute", ("east",))}
    assert way(values, "gateway:expressRoute") == {("azure", "vpn", ("hq",)), ("onPre", "vpn", ("hq",))}


@pytest.mark.parametrize("technique", ["prepending", "longer prefixes", "longer prefixes besides"])
def test_without_a_preference_on_premises_a_tie_decides_the_way_back(technique: str) -> None:
    west, east = TECHNIQUES[technique]
    values = two(west, east)
    assert way(values) == {("azure", "expressRoute", ("west",)), ("onPre", "expressRoute", ("west", "east"))}
    assert found(values) == ["FAIL-05"]
    [problem] = judged(values)[1]
    assert problem.path == "expressRoute.circuits[0].localPreference"
    assert "Microsoft's edge takes private AS numbers away" in problem.message


def test_weights_are_followed_on_premises_unless_the_settings_prefer_otherwise() -> None:
    weights, _ = TECHNIQUES["weights"]
    assert found(two(weights, {})) == []
    assert found(two({**weights, "localPreference": 100}, {"localPreference": 120})) == ["FAIL-05"]


def test_a_prefix_of_one_circuit_alone_is_lost_with_it_where_nothing_wider_is_announced() -> None:
    more: Values = {"prefixes": [LAN, "172.31.0.0/16"]}
    values = two({**more, "localPreference": 200}, {"prefixes": [LAN]})
    assert "FAIL-02" in found(values)
    assert line(values, "172.31.0.0/16") == "ExpressRoute west -> lost"
    # The other circuit is still there, and on-premises answers over it.
    carried = two({**more, "localPreference": 200}, {"prefixes": [LAN]}, sites=[site(**more)])
    assert line(carried, "172.31.0.0/16") == ("ExpressRoute west, then VPN hq out, ExpressRoute east back")
    # Without a preference it hears Azure over both alike, whatever it announces over them [MR-02, MR-03].
    assert line(two(more, {"prefixes": [LAN]}), "172.31.0.0/16") == "ExpressRoute west out, ExpressRoute back -> lost"


def test_among_sites_prepending_prefers_one_and_the_preference_makes_both_ways_agree() -> None:
    sites = [site("a", 10), site("b", 11, prepend=2)]
    lost = ("gateway:expressRoute",)
    assert way(hybrid(sites=sites), *lost) == {("azure", "vpn", ("a",)), ("onPre", "vpn", ("a", "b"))}
    preferred = hybrid(sites=[site("a", 10, localPreference=120), site("b", 11, prepend=2)])
    assert way(preferred, *lost) == {("azure", "vpn", ("a",)), ("onPre", "vpn", ("a",))}
    assert way(preferred, *lost, "appliance:a") == {("azure", "vpn", ("b",)), ("onPre", "vpn", ("b",))}


def test_on_premises_that_prefers_the_tunnel_is_told() -> None:
    values = hybrid(sites=[site(localPreference=200)])
    assert found(values) == ["FAIL-05"]
    assert judged(values)[1][0].path == "vpn.sites[0].localPreference"


SPOKE_TO = [{"name": "to-hub", "prefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopAddress": "10.5.0.4"}]
GATEWAY_TO = [to("10.6.0.0/16", "10.5.0.4", "to-spoke")]


def tutorial(
    spoke_routes: list[Values] = SPOKE_TO,
    gateway_routes: list[Values] = GATEWAY_TO,
    propagated: bool = False,
    **spoke: Any,
) -> Values:
    """Deploy and configure Azure Firewall in a hybrid network: a hub with the firewall, and a spoke behind it."""
    workload = {"name": "workload", "subnet": "10.6.0.0/24", "routes": spoke_routes, "gatewayRoutes": propagated}
    values = hybrid(
        tiers=[{"name": "firewall", "subnet": "10.5.0.0/26"}],
        gatewaySubnetRoutes=gateway_routes,
        firewalls=[{"name": "fw-hub", "address": "10.5.0.4", "redundant": True}],
        spokes=[{"name": "work", "addressSpace": ["10.6.0.0/16"], "tiers": [workload], **spoke}],
    )
    values["network"] |= {"addressSpace": ["10.5.0.0/16"], "gatewaySubnet": "10.5.1.0/26"}
    return values


def test_the_hybrid_firewall_with_all_its_routes_sees_both_directions_on_either_path() -> None:
    values = tutorial()
    assert found(values) == []
    assert line(values) == "ExpressRoute, then VPN hq"
    for failed in ((), ("circuit:primary",)):
        state = report(values).model.alive(failed)
        [node] = report(values).model.tree.destinations
        model = report(values).model
        paths = model.paths(next(iter(model.tree.ladders)), 1, state)
        assert paths.out.firewalls == paths.back.firewalls == (0,), node
    assert not cuts(values, "circuit:primary", "link:primary/primary")


@pytest.mark.parametrize(
    ("values", "rule", "path", "said"),
    [
        (
            tutorial(gateway_routes=[]),
            "NVA-01",
            "network.gatewaySubnetRoutes",
            "add {name: workload, prefix: 10.6.0.0/24, nextHopType: VirtualAppliance, nextHopAddress: 10.5.0.4}",
        ),
        (
            tutorial(spoke_routes=[], propagated=True),
            "NVA-01",
            "network.spokes[0].tiers[0].routes",
            f"{{name: to-192-168-0-0-16, prefix: {LAN}, nextHopType: VirtualAppliance, nextHopAddress: 10.5.0.4}}",
        ),
        (
            tutorial(spoke_routes=[]),
            "NVA-01",
            "network.spokes[0].tiers[0].routes",
            f"{{name: to-192-168-0-0-16, prefix: {LAN}, nextHopType: VirtualAppliance, nextHopAddress: 10.5.0.4}}",
        ),
        (
            tutorial(propagated=True),
            "NVA-03",
            "network.spokes[0].tiers[0].routes",
            f"{{name: to-192-168-0-0-16, prefix: {LAN}, nextHopType: VirtualAppliance, nextHopAddress: 10.5.0.4}}",
        ),
        (
            tutorial(forwardedTraffic=False),
            "FAIL-15",
            "network.spokes[0].forwardedTraffic",
            "does not let in what firewall fw-hub (10.5.0.4) forwards; set forwardedTraffic: true",
        ),
    ],
    ids=["no route of the gateways", "no route of the spoke", "no way out", "propagated routes", "not forwarded"],
)
def test_the_hybrid_firewall_without_one_of_its_parts_is_told_what_to_add(
    values: Values, rule: str, path: str, said: str
) -> None:
    assert found(values) == [rule]
    [problem] = judged(values)[1]
    assert problem.path == path
    assert said in problem.message


def test_the_lines_that_are_told_are_the_ones_that_mend() -> None:
    line_of_gateway = to("10.6.0.0/24", "10.5.0.4", "workload")
    assert found(tutorial(gateway_routes=[line_of_gateway])) == []
    assert found(tutorial([to(LAN, "10.5.0.4", "to-192-168-0-0-16")], propagated=True)) == []


def spokes(*names: str, hub: dict[str, Any] | None = None, **more: Any) -> Values:
    """Spokes side by side, each with a tier."""
    made = [
        {"name": name, "addressSpace": [f"10.{number}.0.0/16"], "tiers": [_spoke_tier(number, **more)]}
        for number, name in enumerate(names, 6)
    ]
    return hybrid(spokes=made, **(hub or {}))


def _spoke_tier(number: int, **more: Any) -> Values:
    return {"name": "app", "subnet": f"10.{number}.1.0/24", **more}


def test_a_spoke_is_reached_through_the_hubs_gateways_as_the_hubs_own_tiers_are() -> None:
    values = spokes("one", "two")
    assert found(values) == []
    assert line(values) == "ExpressRoute, then VPN hq"
    assert {flow.tier for flow in flows_of(report(values).model, ())} == {"web", "one/app", "two/app"}


def test_a_spoke_without_tiers_stands_for_its_subnets() -> None:
    values = hybrid(spokes=[{"name": "bare", "addressSpace": ["10.6.0.0/16", "10.7.0.0/16"]}])
    assert found(values) == []
    assert {flow.tier for flow in flows_of(report(values).model, ())} == {"web", "bare/10.6.0.0/16", "bare/10.7.0.0/16"}
    behind = hybrid(
        tiers=[tier(), tier("nva", 9)],
        spokes=[{"name": "bare", "addressSpace": ["10.6.0.0/16"]}],
        gatewaySubnetRoutes=[to("10.6.0.0/16")],
    )
    assert found(behind) == ["NVA-01"]
    assert judged(behind)[1][0].path == "network.spokes[0].tiers"


def test_a_firewall_in_another_spoke_is_out_of_reach() -> None:
    values = spokes("one", "two", routes=[to(LAN, "10.7.1.4")])
    assert "FAIL-15" in found(values)
    problems = [problem for problem in judged(values)[1] if problem.path == "network.spokes[0].tiers[0].routes[0]"]
    assert "one peered with it has that address [NVA-05]" in problems[0].message


def test_a_firewall_in_a_spoke_serves_the_hub() -> None:
    values = spokes(
        "security",
        hub={
            "tiers": [tier(routes=[to(LAN, "10.6.1.4")])],
            "gatewaySubnetRoutes": [to("10.0.1.0/24", "10.6.1.4")],
            "firewalls": [{"name": "fw", "address": "10.6.1.4", "redundant": True}],
        },
    )
    assert found(values) == []
    values["network"]["spokes"][0]["forwardedTraffic"] = False
    assert found(values) == ["FAIL-15"]


def test_what_fares_alike_in_many_spokes_is_judged_once() -> None:
    many = spokes(*(f"s{number}" for number in range(40)), routes=[to(LAN, FIREWALL_OF_HUB)], hub=HUB_WITH_FIREWALL)
    many["network"]["gatewaySubnetRoutes"] = [to(f"10.{number}.1.0/24", FIREWALL_OF_HUB) for number in range(6, 46)]
    assert found(many) == []
    assert len(report(many).model.kinds) == 3


FIREWALL_OF_HUB = "10.0.9.4"
HUB_WITH_FIREWALL: dict[str, Any] = {
    "tiers": [tier(), tier("nva", 9)],
    "firewalls": [{"name": "fw", "address": "10.0.9.4", "redundant": True}],
}
