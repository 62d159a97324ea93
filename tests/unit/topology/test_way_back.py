"""The way back: what is preferred on-premises decides, whatever is announced where; what is announced decides last."""

from typing import Any

import pytest

from tests.unit.topology.reported import Values, circuit, device, found, hybrid, judged, line, report, site
from topology.proof.failover import flows_of
from topology.show.roles import roles

LAN = "192.168.0.0/16"
HALF = "192.168.0.0/17"
OTHER = "172.21.7.0/24"
LOST = "gateway:expressRoute"


def static(name: str, number: int, **more: Any) -> Values:
    """A site without BGP."""
    return {key: value for key, value in site(name, number, **more).items() if key != "bgp"}


def back(values: Values, *failed: str, prefix: str = LAN) -> str:
    """The way back from a destination."""
    [path] = {
        flow.path
        for flow in flows_of(report(values).model, failed)
        if (flow.direction, str(flow.prefix)) == ("onPremisesToAzure", prefix)
    }
    return " or ".join(filter(None, ("+".join(path.tied), str(path))))


def backs(values: Values, *failed: str) -> set[str]:
    """The ways back from all destinations."""
    return {back(values, *failed, prefix=str(node.prefix)) for node in report(values).model.tree.destinations}


TWO = ["a/primary", "a/secondary", "b/primary", "b/secondary"]


@pytest.mark.parametrize("devices", [[], [device("edge", *TWO, "hq")], [device("d", *TWO[:2]), device("e", *TWO[2:])]])
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({}, {"prefixes": [HALF]}),
        ({"prefixes": [LAN, HALF]}, {}),
        ({"prefixes": [LAN, HALF, "192.168.128.0/17"]}, {"prefixes": [LAN]}),
        ({}, {"prefixes": [OTHER]}),
    ],
)
def test_what_a_circuit_announces_does_not_change_what_is_heard_over_it(
    a: Values, b: Values, devices: list[Values]
) -> None:
    def both(a: Values, b: Values) -> Values:
        return hybrid(
            circuits=[circuit("a", "Dallas", **a), circuit("b", "Chicago", **b)],
            sites=[site(prefixes=[LAN, HALF, OTHER])],
            devices=devices,
        )

    values = both(a, b)
    assert backs(values) == {"expressRoute a+b"}
    assert backs(values, "circuit:a") == {"expressRoute b"}
    assert "FAIL-05" in found(values)
    assert backs(both({**a, "localPreference": 160}, b)) == {"expressRoute a"}
    assert backs(both(a, {**b, "localPreference": 160})) == {"expressRoute b"}
    assert backs(both({**a, "routingWeight": 10}, b)) == {"expressRoute a"}


def test_a_site_that_is_preferred_above_circuits_is_so_for_what_another_is_nearest_to() -> None:
    sites = [static("s0", 10, prefixes=[LAN, HALF]), site("s1", 11, prefixes=[LAN], localPreference=180)]
    values = hybrid(sites=sites, over_express_route=(LAN, HALF))
    assert back(values) == back(values, prefix=HALF) == "vpn s1"
    assert line(values, HALF) == "ExpressRoute out, VPN s1 back, then VPN s0"
    assert back(values, "appliance:s1", prefix=HALF) == "expressRoute primary"
    assert report(values).proof.tally(("appliance:s1",)).asymmetric == 0
    nothing_of_it = hybrid(sites=[static("s0", 10), site("s1", 11, prefixes=[OTHER], localPreference=180)])
    assert back(nothing_of_it) == "vpn s1"


@pytest.mark.parametrize("devices", [[], [device("d2", "s0", "s2")], [device("d1", "s0", "primary/primary")]])
def test_among_sites_the_preference_comes_before_the_nearest_prefix(devices: list[Values]) -> None:
    def values(near: Values, wide: Values) -> Values:
        sites = [site("s0", 10, prefixes=[HALF], **near), site("s2", 11, prefixes=[LAN], **wide)]
        return hybrid(sites=sites, devices=devices, over_express_route=(OTHER,), prefixes=(LAN,))

    preferred = values({}, {"localPreference": 110})
    assert back(preferred, LOST, prefix=HALF) == "vpn s2"
    assert report(preferred).proof.tally((LOST,)).asymmetric == 1
    assert back(preferred, LOST, "appliance:s2" if not devices else "tunnel:s2/0", prefix=HALF) in ("vpn s0", "vpn s2")
    for equal in (values({}, {}), values({"localPreference": 110}, {"localPreference": 110})):
        assert back(equal, LOST, prefix=HALF) == "vpn s0"
    assert back(values({"localPreference": 90}, {}), LOST, prefix=HALF) == "vpn s2"
    assert back(values({"localPreference": 120}, {"localPreference": 110}), LOST) == "vpn s0"


def test_sites_whose_prefixes_differ_are_told_of_the_preference() -> None:
    sites = [
        site("s0", 10, prefixes=[HALF, "192.168.128.0/17"]),
        site("s2", 11, prefixes=[LAN, OTHER], localPreference=110),
    ]
    values = hybrid(sites=sites, over_express_route=(OTHER,), devices=[device("d2", "s0", "s2")])
    [problem] = [problem for problem in judged(values)[1] if problem.rule == "FAIL-05"]
    assert "out through site s0 and comes back through site s2" in problem.message
    assert "on-premises goes by local preference first, whatever each site carries" in problem.message
    values["vpn"]["sites"][0]["localPreference"] = 120
    assert report(values).proof.tally(()).asymmetric == 0


def test_a_preferred_site_of_another_lan_is_none_of_this_one() -> None:
    sites = [site("hq", 10, prefixes=[LAN]), site("shop", 11, prefixes=[OTHER], localPreference=200)]
    held = [device("edge", "primary/primary", "primary/secondary", "hq"), device("branch", "shop")]
    values = hybrid(prefixes=(LAN, OTHER), over_express_route=(LAN,), sites=sites, devices=held)
    assert (back(values), back(values, prefix=OTHER)) == ("expressRoute primary", "vpn shop")
    assert "FAIL-05" not in found(values)
    assert back({**values, "onPremises": {"prefixes": [LAN, OTHER]}}) == "vpn shop"


def test_addresses_are_where_what_works_announces_them_most_specifically() -> None:
    sites = [site("hq", 10, prefixes=[LAN, HALF]), site("shop", 11, prefixes=[HALF])]
    held = [device("edge", "primary/primary", "primary/secondary", "hq"), device("branch", "shop")]
    values = hybrid(sites=sites, devices=held, over_express_route=(LAN,))
    assert back(values, prefix=HALF) == "expressRoute primary"
    assert back(values, "tunnel:hq/0", "tunnel:hq/1", prefix=HALF) == "vpn shop"


@pytest.mark.parametrize(
    ("over_express_route", "prefix", "said"),
    [
        ((LAN,), LAN, "ExpressRoute out, ExpressRoute or VPN s1 back"),
        ((LAN,), OTHER, "VPN s1 out, ExpressRoute or VPN s1 back"),
    ],
)
def test_nobody_knows_which_of_a_circuit_and_a_site_preferred_alike_is_taken(
    over_express_route: tuple[str, ...], prefix: str, said: str
) -> None:
    def of(circuits: int, sites: int, *others: Values) -> Values:
        return hybrid(
            prefixes=(prefix,),
            over_express_route=over_express_route,
            circuits=[circuit(localPreference=circuits)],
            sites=[site("s1", prefixes=[LAN, OTHER], localPreference=sites), *others],
        )

    values = of(150, 150)
    assert line(values, prefix).startswith(said)
    assert report(values).proof.tally(()).asymmetric == len(report(values).model.tree.destinations)
    assert set(roles(report(values)).values()) == {"normal"}
    problems = [problem for problem in judged(values)[1] if problem.rule == "FAIL-05"]
    assert {problem.path for problem in problems} == {"vpn.sites[0].localPreference"}
    [problem] = [problem for problem in problems if prefix in problem.message]
    assert "prefers circuit primary and site s1 equally, so that nobody knows which of them" in problem.message
    assert ("add it to expressRoute.prefixes too" in problem.message) == (prefix == OTHER)
    assert back(of(151, 150), prefix=prefix) == "expressRoute primary"
    assert back(of(150, 151), prefix=prefix) == "vpn s1"
    assert back(values, LOST, prefix=prefix) == "vpn s1"
    # A site that is preferred less has no part in it.
    assert "s2" not in back(of(150, 150, site("s2", 12)), prefix=prefix)


@pytest.mark.parametrize("preference", [50, 100, 150])
def test_a_static_route_floats_below_every_circuit_and_has_no_preference_to_tie_with(preference: int) -> None:
    values = hybrid(circuits=[circuit(localPreference=preference)], sites=[static("s0", 10)])
    assert line(values) == "ExpressRoute, then VPN s0"
    assert "FAIL-05" not in found(values)


@pytest.mark.parametrize(
    ("preference", "prefixes", "way"),
    [(60, [LAN], "vpn s1"), (100, [LAN], "vpn s1"), (100, ["192.168.0.0/15"], "vpn s0"), (110, [OTHER], "vpn s1")],
)
def test_among_sites_bgp_comes_before_static_and_the_nearest_before_both(
    preference: int, prefixes: list[str], way: str
) -> None:
    values = hybrid(sites=[static("s0", 10), site("s1", 11, prefixes=prefixes, localPreference=preference)])
    assert back(values, LOST) == way


def test_a_site_that_does_not_carry_a_prefix_matters_for_it_where_it_is_preferred() -> None:
    sites = [site("s0", 10), site("s1", 11, prefixes=[OTHER], localPreference=150)]
    circuits = [circuit(routingWeight=10), circuit("b", "Chicago", localPreference=140)]
    values = hybrid(circuits=circuits, sites=sites)
    proof = report(values).proof
    [node] = proof.model.tree.destinations
    assert proof.tally(()).asymmetric == proof.tally(("circuit:primary",)).asymmetric == 1
    assert proof.tally(("appliance:s1",)).asymmetric == 0
    reached = {
        failed: proof.reach(node.ladder, proof.model.alive([failed])) for failed in ("appliance:s1", "circuit:b")
    }
    assert reached == {"appliance:s1": "expressRoute", "circuit:b": "asymmetric"}
    assert back(values, "appliance:s1") == "expressRoute primary"
    assert back(values, "circuit:primary") == "vpn s1"
    assert back(values, "circuit:primary", "appliance:s1") == "expressRoute b"
