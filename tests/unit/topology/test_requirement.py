"""What is asked of the failover, what is said where it is lacking, and the line that a reviewer sees change."""

import pytest

from tests.unit.topology.reported import Values, hybrid, judged, site
from tests.unit.topology.variants import (
    Edit,
    failover,
    on_premises,
    route,
    second_circuit,
    second_site,
    settings,
    tier,
    vpn_prefixes,
)
from topology.proof.requirement import failover_problems
from topology.show.summary import summary

ACCEPTED = failover(accept=[{"prefix": "172.20.0.0/16", "reason": "archive, can wait"}])
MISSING = [on_premises("192.168.0.0/16", "172.20.0.0/16"), vpn_prefixes("192.168.0.0/16")]


def said(stack: str, *edits: Edit) -> list[str]:
    return [f"{problem.severity} {problem}" for problem in failover_problems(settings(stack, *edits))]


@pytest.mark.parametrize("stack", ["dev", "reference"])
def test_the_projects_own_stacks_survive_what_they_require(stack: str) -> None:
    assert said(stack) == []
    assert summary(settings(stack))["requirement"] == "circuitLoss: met"


@pytest.mark.parametrize(
    ("edits", "lines", "problem"),
    [
        (
            MISSING,
            {"172.20.0.0/16": "ExpressRoute -> lost", "192.168.0.0/16": "ExpressRoute, then VPN onprem"},
            "error vpn.sites[0].prefixes: 172.20.0.0/16 is lost when circuit:primary fails: no VPN site carries "
            "it; add it to vpn.sites[0].prefixes, or name it in failover.accept with a reason [FAIL-02]",
        ),
        (
            [vpn_prefixes("192.168.0.0/16", "192.168.5.0/24")],
            {
                "192.168.0.0/16": "ExpressRoute, then VPN onprem",
                "192.168.5.0/24": "VPN onprem out, ExpressRoute back -> lost",
            },
            "error vpn.sites[0].prefixes[1]: 192.168.5.0/24 is more specific than ExpressRoute's 192.168.0.0/16, "
            "so site onprem takes its traffic while the circuit works, and loses it whenever the tunnel is down, "
            "since Azure keeps static routes; remove it there, add it to expressRoute.prefixes (beside "
            "onPremises.prefixes, the default), or name it in failover.accept with a reason [FAIL-01]",
        ),
        (
            [tier(0, gatewayRoutes=False)],
            {"192.168.0.0/16": "lost"},
            "error network.tiers[0].gatewayRoutes: tier 'web' does not learn the gateways' routes, so neither "
            "ExpressRoute nor the VPN reaches it; set gatewayRoutes: true [FAIL-09]",
        ),
        (
            [tier(0, routes=[route("192.168.0.0/16", "VirtualNetworkGateway")])],
            {"192.168.0.0/16": "lost"},
            "error network.tiers[0].routes[0]: 192.168.0.0/16 cannot be reached even when nothing has failed: "
            "user-defined route 'udr' (192.168.0.0/16 to VirtualNetworkGateway, which cannot be used where both "
            "gateways coexist) of tier 'web' takes the traffic away from the gateways; remove it, or name it in "
            "failover.accept with a reason [FAIL-15]",
        ),
    ],
)
def test_a_network_that_does_not_survive_its_circuit_is_stopped_and_its_line_changes(
    edits: list[Edit], lines: dict[str, str], problem: str
) -> None:
    assert said("reference", *edits) == [problem]
    found = summary(settings("reference", *edits))
    assert found["requirement"] == "circuitLoss: not met"
    assert {name: line for name, line in found.items() if "/" in name} == lines


def test_an_accepted_prefix_is_excused_and_shown_as_accepted() -> None:
    assert said("reference", *MISSING, ACCEPTED) == []
    found = summary(settings("reference", *MISSING, ACCEPTED))
    assert found["requirement"] == "circuitLoss: met, 1 accepted"
    assert found["172.20.0.0/16"] == "ExpressRoute -> lost (accepted)"


def test_accepting_what_has_its_failover_or_is_not_there_is_said() -> None:
    unknown = failover(accept=[{"prefix": "172.21.0.0/16", "reason": "old"}])
    needless = failover(accept=[{"prefix": "192.168.0.0/16", "reason": "old"}])
    assert said("reference", unknown)[0].endswith("[FAIL-18]")
    assert said("reference", needless) == [
        "warning failover.accept[0].prefix: 192.168.0.0/16 has its failover; remove this [FAIL-19]"
    ]


@pytest.mark.parametrize(
    ("require", "edits", "rules"),
    [
        ("circuitLoss", [], []),
        ("anySingleFailure", [], []),
        ("anyTwoFailures", [], ["FAIL-16"]),
        ("anyTwoFailures", [second_site()], []),
        # Two circuits stand in for each other until their common gateway fails.
        ("circuitLoss", [second_circuit(), vpn_prefixes("192.168.0.0/16")], ["FAIL-20"]),
        ("anySingleFailure", [second_circuit(), vpn_prefixes("192.168.0.0/16")], ["FAIL-02"]),
        ("circuitLoss", [vpn_prefixes("192.168.0.0/16")], ["FAIL-02"]),
    ],
)
def test_each_requirement_asks_for_more_than_the_one_before(require: str, edits: list[Edit], rules: list[str]) -> None:
    found = failover_problems(settings("dev", failover(require=require), *edits))
    assert [problem.rule for problem in found] == rules


def test_a_leak_to_the_internet_is_called_one() -> None:
    public = [on_premises("192.168.0.0/16", "198.51.100.0/24"), vpn_prefixes("192.168.0.0/16")]
    lines = said("reference", *public, tier(0, internetOutbound=True))
    assert "198.51.100.0/24 leaks to the Internet when circuit:primary fails" in lines[0]
    assert lines[1].startswith("warning network.tiers[0].internetOutbound:")
    assert "is lost when circuit:primary fails" in said("reference", *public)[0]


def test_many_prefixes_with_one_cause_are_one_problem_and_few_lines() -> None:
    many = [f"172.{16 + number // 256}.{number % 256}.0/24" for number in range(300)]
    edits = [on_premises("192.168.0.0/16", *many), vpn_prefixes("192.168.0.0/16")]
    [problem] = failover_problems(settings("reference", *edits))
    assert "172.16.0.0/24, 172.16.1.0/24, 172.16.2.0/24 and 297 more prefixes are lost" in problem.message
    found = summary(settings("reference", *edits))
    assert found["172.16.0.0/24 and 299 more"] == "ExpressRoute -> lost"
    assert list(found)[:3] == ["requirement", "singleFailures", "doubleFailures"]
    assert len([name for name in found if "/" in name]) == 2


def test_tiers_that_fare_differently_have_lines_of_their_own() -> None:
    found = summary(settings("dev", tier(1, gatewayRoutes=False)))
    assert found["192.168.0.0/16 from web"] == "ExpressRoute, then VPN hq"
    assert found["192.168.0.0/16 from data"] == "lost"


def test_the_path_of_today_stands_beside_the_finished_one_until_the_circuit_is_connected() -> None:
    assert summary(settings("dev"), [])["192.168.0.0/16"] == "ExpressRoute, then VPN hq (today: VPN hq -> lost)"
    assert summary(settings("dev"), ["primary"]) == summary(settings("dev"))


def test_two_circuits_and_sites_are_named_in_the_order_in_which_they_take_over() -> None:
    found = summary(settings("dev", second_circuit(routingWeight=10), second_site()))
    assert found["192.168.0.0/16"] == "ExpressRoute west, then ExpressRoute primary, then VPN hq + dr"
    assert found["doubleFailures"] == "136 of 136 survived"


NARROW, OTHERS = "192.168.5.0/24", ["192.168.0.0/16", "172.20.0.0/16"]
BESIDE = " (beside onPremises.prefixes, the default)"


@pytest.mark.parametrize(
    ("values", "way_out", "change"),
    [
        (
            hybrid(over_express_route=("192.168.0.0/16", "172.31.0.0/16")),
            f"add it to vpn.sites[0].prefixes{BESIDE}",
            {"vpn": ["192.168.0.0/16", "172.31.0.0/16"]},
        ),
        (
            hybrid(over_express_route=("192.168.0.0/16", "172.31.0.0/16"), sites=[site("a", 10), site("b", 11)]),
            f"add it to the prefixes of one of vpn.sites{BESIDE}",
            {"vpn": ["192.168.0.0/16", "172.31.0.0/16"]},
        ),
        (
            hybrid(over_express_route=("192.168.0.0/16", "0.0.0.0/0")),
            f"add it to vpn.sites[0].prefixes{BESIDE}",
            {"vpn": ["192.168.0.0/16", "0.0.0.0/0"]},
        ),
        (
            hybrid(prefixes=tuple(OTHERS), sites=[site(prefixes=[*OTHERS, NARROW])]),
            f"remove it there, add it to expressRoute.prefixes{BESIDE},",
            {"expressRoute": [*OTHERS, NARROW]},
        ),
        (
            hybrid(prefixes=(*OTHERS, NARROW), over_express_route=tuple(OTHERS)),
            "list the others of onPremises.prefixes there, add it to expressRoute.prefixes,",
            {"vpn": OTHERS},
        ),
    ],
)
def test_a_list_that_stands_for_the_on_premises_prefixes_is_told_to_keep_them(
    values: Values, way_out: str, change: dict[str, list[str]]
) -> None:
    [problem] = judged(values)[1]
    assert way_out in problem.message
    for part, prefixes in change.items():
        changed = {**values[part], "prefixes": prefixes}
        if part == "vpn":
            first, *others = values["vpn"]["sites"]
            changed = {**values["vpn"], "sites": [{**first, "prefixes": prefixes}, *others]}
        assert judged({**values, part: changed})[1] == []
