"""Every rule speaks when it is broken, says the same thing each time, and is silent for the project's own stacks."""

import re

import pytest

from components.rules import CATALOGUE, at, few
from components.rules.names import resource
from components.rules.subnets import NET_01
from tests.stacks import stack_values
from tests.unit.examples import EXAMPLES
from tests.unit.rules.cases import ARGUMENTS, CASES, EXISTING, FAILOVER, named_in_tests
from tests.unit.rules.cases_existing import RIGHT, Brown, ExistingCase, said
from tests.unit.rules.cases_within import WITHIN
from tests.unit.rules.changes import Case, changed, said_of
from topology.reading import read
from topology.settings.names import Names

_ARGUMENTS = set(re.findall(r"'([a-z]+(?:_[a-z]+)+)':", str(EXAMPLES)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {', '.join(case.changes) or 'secrets'}")
def test_a_wrong_setting_gives_exactly_its_message(case: Case) -> None:
    assert said_of(case) == list(case.said)
    assert not _ARGUMENTS.intersection(re.findall(r"\w+", " ".join(case.said))), "a setting is named as an argument is"
    assert any(line.endswith(f"[{case.rule}]") for line in case.said)


@pytest.mark.parametrize("case", WITHIN, ids=lambda case: f"{case.rule} {', '.join(case.changes) or 'secrets'}")
def test_just_within_its_limit_a_rule_is_silent(case: Case) -> None:
    assert not [line for line in said_of(case) if line.endswith(f"[{case.rule}]") or "[SET-" in line]


@pytest.mark.parametrize("case", FAILOVER, ids=lambda case: case.rule)
def test_a_network_without_failover_is_told_so(case: Case) -> None:
    assert any(line.endswith(f"[{case.rule}]") for line in said_of(case))


@pytest.mark.parametrize("case", ARGUMENTS, ids=lambda case: case.rule)
def test_a_wrong_argument_gives_exactly_its_message(case) -> None:
    found = [f"{problem.severity} {problem}" for problem in case.find()]
    assert found == list(case.said)
    assert all(line.endswith(f"[{case.rule}]") for line in found)


@pytest.mark.parametrize("case", EXISTING, ids=lambda case: case.rule)
def test_what_is_there_and_does_not_fit_gives_exactly_its_messages(case: ExistingCase) -> None:
    found = said(case.field)
    assert {(p.severity, p.path, p.rule) for p in found} == {(one.severity, one.path, one.rule) for one in case.said}
    for one in case.said:
        assert [p for p in found if p.rule == one.rule and one.words in p.message], one


@pytest.mark.parametrize("field", RIGHT, ids=lambda field: ", ".join(field.changes) or "what Azure says")
def test_of_what_is_there_and_fits_nothing_is_said(field: Brown) -> None:
    assert said(field) == []


def test_every_judged_rule_is_tested() -> None:
    tested = {case.rule for case in (*CASES, *FAILOVER, *ARGUMENTS, *EXISTING)}
    assert [rule for rule in CATALOGUE if rule not in tested and not named_in_tests(rule)] == []


@pytest.mark.parametrize(
    ("stack", "warnings"),
    [("dev", []), ("reference", ["GW-09"])],
)
def test_the_projects_own_stacks_have_no_errors_and_few_warnings(stack: str, warnings: list[str]) -> None:
    _, problems = read(stack_values(stack))
    assert [problem.rule for problem in problems if problem.severity == "error"] == []
    assert [problem.rule for problem in problems] == warnings


def test_many_problems_come_at_once() -> None:
    _, problems = read(
        changed(
            {
                "network.gatewaySubnet": "10.20.255.192/28",
                "vpn.gateway.sku": "VpnGw1",
                "vpn.sites[0].bgp.asn": 65515,
                "expressRoute.circuits[0].bandwidthInMbps": 300,
            }
        ),
        {"vpnSharedKeys": {}},
    )
    assert {problem.rule for problem in problems} == {"GW-04", "VPN-04", "BGP-03", "CIRCUIT-03", "KEY-01"}


@pytest.mark.parametrize("key", ["Correct Horse Battery-Staple", "Qz7", "Qz7" * 50, "Qz7~" * 10, "ключключ"])
def test_no_message_shows_a_key_or_a_part_of_it(key: str) -> None:
    _, problems = read(changed({}), {"vpnSharedKeys": {"hq": key}, "peeringSharedKeys": {"primary": f"{key}!"}})
    assert len(problems) >= 2
    assert not any(key[:3] in str(problem) or key[-4:] in str(problem) for problem in problems)


def test_the_longest_names_that_the_settings_allow_are_names_in_azure() -> None:
    longest = "n" * 24
    settings, problems = read(
        changed(
            {
                "name": longest,
                "network.tiers[1].name": longest,
                "vpn.sites[0].name": longest,
                "expressRoute.circuits[0].name": longest,
            }
        )
    )
    assert settings is not None
    assert problems == []
    names = Names(settings)
    physical = [
        *(value for value in vars(names).values() if isinstance(value, str)),
        *names.vpn_public_ips,
        *(
            name(longest)
            for name in (
                *(names.subnet, names.network_security_group, names.route_table, names.load_balancer),
                *(names.circuit, names.circuit_connection, names.local_network_gateway, names.site_connection),
                *(names.spoke_network, names.hub_peering, names.spoke_peering),
            )
        ),
    ]
    assert len(physical) >= 15
    assert [problem for name in physical if name != longest for problem in resource("", name)] == []


def test_paths_are_those_of_settings_or_of_arguments() -> None:
    assert at("vpn.sites[0]", "bgp", "peer_address") == "vpn.sites[0].bgp.peerAddress"
    assert at("", "bgp", "peer_address") == "bgp.peer_address"


def test_a_long_list_of_wrong_values_is_told_shortly() -> None:
    problems = list(few(NET_01(f"prefixes[{index}]", "is outside") for index in range(1000)))
    assert len(problems) == 5
    assert problems[-1].message == "is outside (and 995 more like this)"
