"""Networks that people have reported, in which a proof said "met" that should not, and others of each kind."""

from typing import Any

import pytest

from tests.unit.topology.reported import (
    FIREWALL,
    Values,
    circuit,
    cuts,
    device,
    existing,
    found,
    hybrid,
    judged,
    line,
    on_port,
    report,
    site,
    tier,
    to,
)
from topology.show.summary import provable, summary

PART = ("192.168.1.0/24",)
OTHER_PART = ("172.20.0.0/14", "172.21.7.0/25")


@pytest.mark.parametrize(
    ("prefixes", "part", "rest"),
    [(("192.168.0.0/16",), PART, "192.168.0.0/16"), (("172.20.0.0/14",), ("172.21.7.0/25",), "172.20.0.0/14")],
)
def test_what_only_the_vpn_carries_comes_back_over_express_route(
    prefixes: tuple[str, ...], part: tuple[str, ...], rest: str
) -> None:
    values = hybrid(prefixes=prefixes, over_express_route=part)
    assert line(values, rest) == "VPN hq out, ExpressRoute back -> lost"
    assert found(values) == ["FAIL-05"]
    [problem] = judged(values)[1]
    assert problem.path == "vpn.sites[0]"
    assert (
        "add it to expressRoute.prefixes too, or, where its device has no link, say so in onPremises" in problem.message
    )
    assert report(values).proof.tally(()).asymmetric == 1


@pytest.mark.parametrize(
    ("held", "back"),
    [
        (["hq"], "VPN hq"),
        (["hq", "primary/primary"], "VPN hq out, ExpressRoute back"),
        (["hq", "primary/secondary"], "VPN hq out, ExpressRoute back"),
    ],
)
def test_only_a_device_without_a_link_answers_through_its_tunnel(held: list[str], back: str) -> None:
    values = hybrid(over_express_route=PART, devices=[device("edge", *held)])
    assert line(values).split(" -> ")[0] == back
    assert "FAIL-05" not in found(values) if held == ["hq"] else "FAIL-05" in found(values)


def test_a_branch_without_a_circuit_stands_beside_a_headquarters_with_one() -> None:
    branch = site("branch", 11, prefixes=["172.20.0.0/16"], bgp={"asn": 65020, "peerAddress": "172.30.255.11"})
    sites = [site(prefixes=["192.168.0.0/16"]), branch]
    values = hybrid(
        prefixes=("192.168.0.0/16", "172.20.0.0/16"),
        over_express_route=("192.168.0.0/16",),
        sites=sites,
        devices=[device("edge", "primary/primary", "primary/secondary", "hq"), device("shop", "branch")],
    )
    assert line(values) == "ExpressRoute, then VPN hq"
    assert line(values, "172.20.0.0/16") == "VPN branch -> lost"
    assert found(values) == []
    assert cuts(values, "device:edge")
    assert cuts(values, "device:shop")
    assert not cuts(values, "circuit:primary")


def test_a_device_fails_with_all_that_it_holds() -> None:
    both_on_one = hybrid(
        sites=[site("a", 10), site("b", 11)],
        devices=[device("edge", "primary/primary", "primary/secondary", "a", "b")],
        require="anySingleFailure",
    )
    assert cuts(both_on_one, "device:edge")
    assert found(both_on_one) == ["FAIL-16"]
    assert "device edge holds all that carries it; put a link, or a site" in judged(both_on_one)[1][0].message
    shared_out = hybrid(
        sites=[site("a", 10), site("b", 11)],
        devices=[device("one", "primary/primary", "a"), device("two", "primary/secondary", "b")],
        require="anySingleFailure",
    )
    assert found(shared_out) == []
    assert not cuts(shared_out, "device:one")
    assert cuts(shared_out, "device:one", "device:two")
    assert report(shared_out).assumptions == []
    assert not [e for e in report(shared_out).model.network.elements if e.startswith("appliance:")]


@pytest.mark.parametrize(
    ("place", "more", "rules"),
    [
        ("Amsterdam", {}, ["CIRCUIT-23"]),
        ("Amsterdam", {"tier": "Premium"}, []),
        ("Amsterdam", {"connect": "never"}, []),
        ("washington-dc2", {}, []),
        ("A place of tomorrow", {}, []),
    ],
)
def test_a_standard_circuit_stays_in_its_geopolitical_region(place: str, more: Values, rules: list[str]) -> None:
    values = hybrid(circuits=[circuit(), circuit("b", place, **more)])
    assert [rule for rule in found(values) if rule.startswith("CIRCUIT")] == rules


def test_sites_on_one_device_need_another_device_and_no_other_site() -> None:
    links, sites = ("primary/primary", "primary/secondary"), [site("a", 10), site("b", 11)]
    values = hybrid(sites=sites, devices=[device("one", "a", "b"), device("edge", *links)], require="anyTwoFailures")
    [problem] = judged(values)[1]
    assert (problem.rule, problem.path) == ("FAIL-16", "onPremises.devices")
    assert "sites a and b, which carry it, are on device one; put one of them on another device" in problem.message
    apart = [device("one", "a"), device("two", "b"), device("edge", *links)]
    assert found(hybrid(sites=sites, devices=apart, require="anyTwoFailures")) == []
    alone = hybrid(devices=[device("one", "hq"), device("edge", *links)], require="anyTwoFailures")
    assert "let another site with BGP carry it" in judged(alone)[1][0].message


def test_without_devices_the_output_says_what_it_assumes() -> None:
    two = hybrid(sites=[site("a", 10), site("b", 11)], require="anyTwoFailures")
    assert summary(judged(two)[0])["requirement"] == "anyTwoFailures: met"
    assert "are machines of their own" in summary(judged(two)[0])["assumes"]
    some = hybrid(devices=[device("edge", "primary/primary", "primary/secondary")])
    assert "each site's appliance that no device holds is a machine of its own" in summary(judged(some)[0])["assumes"]


ONE_WAY = hybrid(tiers=[tier(routes=[to("192.168.0.0/16")]), tier("nva", 9)])


def test_a_stateful_firewall_that_sees_one_direction_drops_the_traffic() -> None:
    assert found(ONE_WAY) == ["NVA-01"]
    [problem] = judged(ONE_WAY)[1]
    assert problem.path == "network.gatewaySubnetRoutes"
    assert "asymmetric: firewall 10.0.9.4" in problem.message
    missing = {"name": "web", "prefix": "10.0.1.0/24", "nextHopType": "VirtualAppliance", "nextHopAddress": FIREWALL}
    assert f"add {{{', '.join(f'{key}: {value}' for key, value in missing.items())}}} to network" in problem.message
    assert line(ONE_WAY) == "lost, asymmetric at firewall 10.0.9.4"
    assert summary(judged(ONE_WAY)[0])["requirement"] == "circuitLoss: not met"
    mended = hybrid(tiers=ONE_WAY["network"]["tiers"], gatewaySubnetRoutes=[missing])
    assert found(mended) == []
    assert line(mended) == "ExpressRoute, then VPN hq"


def test_the_answers_past_a_firewall_are_told_with_the_route_for_each_prefix() -> None:
    back_only = hybrid(
        prefixes=("192.168.0.0/16", "172.20.0.0/16"),
        tiers=[tier(), tier("nva", 9)],
        gatewaySubnetRoutes=[to("10.0.1.0/24")],
    )
    [problem] = judged(back_only)[1]
    assert (problem.path, problem.rule) == ("network.tiers[0].routes", "NVA-01")
    for prefix, name in (("192.168.0.0/16", "to-192-168-0-0-16"), ("172.20.0.0/16", "to-172-20-0-0-16")):
        assert f"{{name: {name}, prefix: {prefix}, nextHopType: VirtualAppliance, nextHopAddress: 10.0.9.4}}" in str(
            problem
        )


def test_a_learned_prefix_that_is_more_specific_goes_past_the_firewall() -> None:
    values = hybrid(
        prefixes=("192.168.0.0/16", "192.168.5.0/24"),
        tiers=[tier(routes=[to("192.168.0.0/16")]), tier("nva", 9)],
        gatewaySubnetRoutes=[to("10.0.1.0/24")],
    )
    assert found(values) == ["NVA-03"]
    assert line(values) == "ExpressRoute, then VPN hq"
    assert line(values, "192.168.5.0/24") == "lost, asymmetric at firewall 10.0.9.4"


def test_a_stateless_one_may_see_one_direction() -> None:
    values = {
        **ONE_WAY,
        "network": {**ONE_WAY["network"], "firewalls": [{"name": "r", "address": FIREWALL, "stateful": False}]},
    }
    assert found(values) == []


@pytest.mark.parametrize("address", ["172.16.9.4", "10.1.9.4", "10.0.255.196", "10.0.9.2", "10.0.9.255"])
@pytest.mark.parametrize("table", ["gateway subnet", "tier"])
def test_a_next_hop_where_no_machine_can_be_drops_the_traffic(address: str, table: str) -> None:
    nva = tier("nva", 9)
    if table == "tier":
        values = hybrid(tiers=[tier(routes=[to("192.168.0.0/16", address)]), nva])
    else:
        values = hybrid(tiers=[tier(), nva], gatewaySubnetRoutes=[to("10.0.1.0/24", address)])
    assert found(values) == ["FAIL-15"]
    [problem] = judged(values)[1]
    assert "[NVA-05]" in problem.message
    assert problem.path == ("network.tiers[0].routes[0]" if table == "tier" else "network.gatewaySubnetRoutes[0]")


THROUGH: dict[str, Any] = {
    "tiers": [tier(routes=[to("192.168.0.0/16")]), tier("nva", 9)],
    "gatewaySubnetRoutes": [to("10.0.1.0/24")],
}
TWO_SITES = [site("a", 10), site("b", 11)]


@pytest.mark.parametrize(
    ("require", "rules"), [("circuitLoss", []), ("anySingleFailure", ["FAIL-16"]), ("anyTwoFailures", ["FAIL-16"])]
)
def test_one_firewall_that_everything_crosses_is_one_failure(require: str, rules: list[str]) -> None:
    unknown = hybrid(sites=TWO_SITES, require=require, **THROUGH)
    assert found(unknown) == rules
    assert cuts(unknown, "firewall:10.0.9.4")
    assert "10.0.9.4: a stateful firewall that is not redundant" in "".join(report(unknown).assumptions)
    single = hybrid(sites=TWO_SITES, require=require, firewalls=[{"name": "fw", "address": FIREWALL}], **THROUGH)
    assert found(single) == rules
    assert cuts(single, "firewall:fw")
    double = [{"name": "fw", "address": FIREWALL, "redundant": True}]
    assert found(hybrid(sites=TWO_SITES, require=require, firewalls=double, **THROUGH)) == []


def test_firewalls_in_a_circle_lose_the_traffic() -> None:
    values = hybrid(
        tiers=[
            tier(routes=[to("192.168.0.0/16", "10.0.8.4")]),
            tier("one", 8, routes=[to("192.168.0.0/16", "10.0.9.4")]),
            tier("two", 9, routes=[to("192.168.0.0/16", "10.0.8.4")]),
        ],
        gatewaySubnetRoutes=[],
    )
    assert found(values) == ["FAIL-15"]
    assert line(values) == "lost"


def test_a_firewall_whose_subnet_learns_no_routes_is_what_is_told() -> None:
    values = hybrid(
        tiers=[tier(routes=[to("192.168.0.0/16")]), tier("nva", 9, gatewayRoutes=False)],
        gatewaySubnetRoutes=[to("10.0.1.0/24")],
    )
    [problem] = judged(values)[1]
    assert (problem.rule, problem.path) == ("FAIL-09", "network.tiers[1].gatewayRoutes")


def test_a_route_for_a_part_of_a_tiers_subnet_is_followed_for_that_part() -> None:
    values = hybrid(tiers=[tier(), tier("nva", 9)], gatewaySubnetRoutes=[to("10.0.1.128/25")])
    assert found(values) == ["NVA-01"]


def test_two_firewalls_in_a_row_see_both_directions_in_turn() -> None:
    tiers = [
        tier(routes=[to("192.168.0.0/16", "10.0.8.4")]),
        tier("inner", 8, routes=[to("192.168.0.0/16", "10.0.9.4")]),
        tier("outer", 9, routes=[to("10.0.1.0/24", "10.0.8.4")]),
    ]
    complete = hybrid(tiers=tiers, gatewaySubnetRoutes=[to("10.0.1.0/24", "10.0.9.4"), to("10.0.8.0/24", "10.0.9.4")])
    assert found(complete) == []
    short = hybrid(tiers=[*tiers[:2], tier("outer", 9)], gatewaySubnetRoutes=complete["network"]["gatewaySubnetRoutes"])
    assert found(short) == ["NVA-01"]
    [problem] = judged(short)[1]
    assert "nextHopAddress: 10.0.8.4} to network.tiers[2].routes" in problem.message


def test_fast_path_is_not_told_to_take_routes_that_it_goes_past() -> None:
    values = hybrid(tiers=THROUGH["tiers"], circuits=[circuit(fastPath=True)])
    values["expressRoute"]["gateway"]["sku"] = "ErGw3AZ"
    [problem] = [problem for problem in judged(values)[1] if problem.rule == "NVA-01"]
    assert problem.path == "expressRoute.circuits[0].fastPath"


def test_fast_path_goes_past_the_firewall_that_the_gateway_subnets_routes_lead_to() -> None:
    values = hybrid(circuits=[circuit(fastPath=True)], **THROUGH)
    values["expressRoute"]["gateway"]["sku"] = "ErGw3AZ"
    [problem] = [problem for problem in judged(values)[1] if problem.rule == "NVA-01"]
    assert problem.path == "expressRoute.circuits[0].fastPath"
    assert "set fastPath: false, or take the tier's route away" in problem.message
    values["expressRoute"]["circuits"][0].pop("fastPath")
    assert "NVA-01" not in found(values)


def test_an_existing_circuit_with_fast_path_may_go_past_the_firewall_or_not() -> None:
    values = hybrid(circuits=[existing("primary", fastPath=True)], **THROUGH)
    values["expressRoute"]["gateway"]["sku"] = "ErGw3AZ"
    problem = next(one for one in judged(values)[1] if one.severity == "error")
    assert problem.path == "expressRoute.circuits[0].fastPath"
    assert "unless the circuit is on a Direct port" in problem.message
    assert any("may be on a Direct port or not" in text for text in report(values).assumptions)
    values["expressRoute"]["circuits"][0]["fastPath"] = False
    assert "NVA-01" not in found(values)
    dropping = [{"name": "drop", "prefix": "10.0.1.0/24", "nextHopType": "None"}]
    assert "FAIL-15" in found(hybrid(circuits=[existing("primary", fastPath=True)], gatewaySubnetRoutes=dropping))


@pytest.mark.parametrize("spelt", ["dallas", "DALLAS", "Dal-las", "dalLas"])
def test_one_place_in_two_spellings_is_one_failure(spelt: str) -> None:
    values = hybrid(circuits=[circuit("a", "Dallas"), circuit("b", spelt.strip())])
    assert cuts(values, "peeringLocation:Dallas", "appliance:hq")
    places = [e for e in report(values).model.network.elements if e.startswith("peeringLocation:")]
    assert places == ["peeringLocation:Dallas"]
    assert "ER-08" in found(values)


def test_circuits_on_one_port_fall_together() -> None:
    one = hybrid(circuits=[on_port("a"), on_port("b", vlan=20)])
    assert cuts(one, "port:p1", "appliance:hq")
    assert not cuts(one, "circuit:a", "appliance:hq")
    two = hybrid(circuits=[on_port("a", peeringLocation="Dallas"), on_port("b", "p2", 20, peeringLocation="Chicago")])
    assert not cuts(two, "port:p1", "appliance:hq")
    assert report(two).assumptions == report(hybrid()).assumptions


@pytest.mark.parametrize(
    "circuits",
    [
        [existing("a"), existing("b")],
        [existing("a"), on_port("b")],
        [existing("a"), existing("b"), circuit("c", "Chicago")],
    ],
)
def test_circuits_of_unknown_location_share_it_until_the_settings_tell(circuits: list[Values]) -> None:
    values = hybrid(circuits=circuits)
    assert any("of unknown peering location" in text for text in report(values).assumptions)
    assert "of unknown peering location" in summary(judged(values)[0])["assumes"]
    assert cuts(values, "peeringLocation:unknown", "appliance:hq") == (len(circuits) == 2)
    told = hybrid(circuits=[{**one, "peeringLocation": f"P{n}"} for n, one in enumerate(circuits)])
    assert report(told).assumptions == report(hybrid()).assumptions
    assert not cuts(told, "peeringLocation:P0", "appliance:hq")


def test_a_known_place_may_be_the_unknown_one() -> None:
    values = hybrid(circuits=[existing("a"), circuit("b", "Chicago")])
    assert cuts(values, "peeringLocation:Chicago", "appliance:hq")


def test_a_gateway_in_one_zone_falls_with_it() -> None:
    values = hybrid()
    values["vpn"]["gateway"]["zones"] = ["2"]
    assert "zone:2" in report(values).model.network.elements
    assert cuts(values, "zone:2", "circuit:primary")
    assert not [e for e in report(hybrid()).model.network.elements if e.startswith("zone:")]


@pytest.mark.parametrize("prefix", ["172.31.0.0/16", "10.99.0.0/16", "198.51.100.0/24"])
def test_a_prefix_that_only_express_route_carries_is_lost_with_it(prefix: str) -> None:
    values = hybrid(over_express_route=("192.168.0.0/16", prefix))
    assert found(values) == ["FAIL-02"]
    assert line(values, prefix) == "ExpressRoute -> lost"
    accepted = {**values, "failover": {"accept": [{"prefix": prefix, "reason": "archive"}]}}
    assert found(accepted) == []
    carried = {**values, "vpn": {**values["vpn"], "sites": [site(prefixes=["192.168.0.0/16", prefix])]}}
    assert found(carried) == []


def test_a_vpn_prefix_that_takes_what_express_route_alone_should_carry_is_told() -> None:
    taken = site(prefixes=["192.168.0.0/16", "172.31.0.0/16", "172.31.5.0/24"])
    values = hybrid(over_express_route=("192.168.0.0/16", "172.31.0.0/16"), sites=[taken])
    assert found(values) == ["FAIL-01"]


DEFAULT = ("192.168.0.0/16", "0.0.0.0/0")


def test_a_default_route_over_express_route_alone_leaks_when_the_circuit_is_lost() -> None:
    static = {"name": "hq", "publicIp": "203.0.113.10"}
    values = hybrid(over_express_route=DEFAULT, tiers=[tier(internetOutbound=True)], sites=[static])
    assert found(values) == ["FAIL-03"]
    [problem] = judged(values)[1]
    assert (problem.path, problem.severity) == ("network.tiers[0].internetOutbound", "warning")
    assert "announce it at a VPN site, which needs BGP for it" in problem.message
    assert line(values, "0.0.0.0/0") == "ExpressRoute -> leaks to the Internet"
    carried = hybrid(
        over_express_route=DEFAULT, tiers=[tier(internetOutbound=True)], sites=[site(prefixes=list(DEFAULT))]
    )
    assert found(carried) == []


def test_a_default_route_that_is_lost_where_nothing_leaks_is_told_and_can_be_accepted() -> None:
    values = hybrid(over_express_route=DEFAULT)
    assert found(values) == ["FAIL-02"]
    accepted = {**values, "failover": {"accept": [{"prefix": "0.0.0.0/0", "reason": "no need of the Internet"}]}}
    assert found(accepted) == []
    # It excuses the Internet, and nothing of on-premises.
    worse = {**accepted, "expressRoute": {**accepted["expressRoute"], "prefixes": [*DEFAULT, "172.31.0.0/16"]}}
    assert found(worse) == ["FAIL-02"]


def test_nothing_is_met_where_there_is_nothing_to_meet_it_for() -> None:
    excused = {**hybrid(), "failover": {"accept": [{"prefix": "192.168.0.0/16", "reason": "all of it"}]}}
    assert summary(judged(excused)[0])["requirement"] == (
        "circuitLoss: nothing to prove, every prefix is accepted, 1 accepted"
    )
    unconnected = hybrid(circuits=[circuit(connect="never")])
    assert summary(judged(unconnected)[0])["requirement"] == "circuitLoss: nothing to prove, no circuit is connected"
    empty, problems = judged(hybrid(over_express_route=()))
    assert not provable(empty, problems)
    inside, problems = judged(hybrid(prefixes=("192.168.0.0/16", "10.0.7.0/24")))
    assert not provable(inside, problems)
