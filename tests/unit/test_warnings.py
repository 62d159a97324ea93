"""What a program and its components warn of: each thing that is wrong, once."""

from typing import Any

import pulumi
import pytest

from components import ApplicationTier, warn
from components.rules import Problem
from tests.recording import record, record_program
from tests.stacks import KEY
from tests.unit.rules.changes import changed
from topology.reading import read

TO_THE_INTERNET = {"name": "out", "prefix": "198.51.100.0/24", "next_hop_type": "Internet"}
SAID = "198.51.100.0/24 to the Internet, but the tier's internetOutbound is false, which denies it [NSG-03]"


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings that the engine is given, in order."""
    texts: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: texts.append(text))
    return texts


def tier(name: str, *routes: Any) -> None:
    arguments: Any = {"resource_group_name": "rg", "virtual_network_name": "v", "subnet_prefix": "10.0.1.0/24"}
    arguments["routes"] = list(routes)
    ApplicationTier(name, arguments)


def test_two_components_with_the_same_mistake_both_say_it(warned: list[str]) -> None:
    record(lambda: (tier("web", TO_THE_INTERNET), tier("app", TO_THE_INTERNET)))
    paths = [text.removesuffix(SAID) for text in warned]
    assert len(set(paths)) == 2
    assert [path.split(": ")[0] for path in paths] == ["ApplicationTier 'web'", "ApplicationTier 'app'"]


def test_a_component_says_each_of_its_mistakes_of_one_kind(warned: list[str]) -> None:
    record(lambda: tier("web", TO_THE_INTERNET, {**TO_THE_INTERNET, "name": "away", "prefix": "203.0.113.0/24"}))
    assert [text.split(": ")[1].split(".")[0] for text in warned] == ["routes[0]", "routes[1]"]


def test_the_same_problem_is_said_once(warned: list[str]) -> None:
    problem = Problem("a.b", "is odd", "X-01", "warning")
    record(lambda: (warn([problem, problem]), warn([problem]), warn([Problem("a.c", "is odd", "X-01", "warning")])))
    assert warned == ["a.b: is odd [X-01]", "a.c: is odd [X-01]"]


def test_an_error_is_no_warning(warned: list[str]) -> None:
    record(lambda: warn([Problem("a.b", "is wrong", "X-01")]))
    assert warned == []


def test_a_program_that_judges_its_whole_network_says_each_problem_once_in_its_own_words(warned: list[str]) -> None:
    route = {"name": "out", "prefix": "198.51.100.0/24", "nextHopType": "Internet"}
    values = changed(
        {
            "network.gatewaySubnet": "10.20.255.192/27",
            "network.gatewaySubnetRoutes": [{"name": "r", "prefix": "10.20.255.192/28", "nextHopType": "VnetLocal"}],
            "network.tiers[0].routes": [route],
            "network.tiers[1].routes": [route],
            "vpn.gateway.activeActive": False,
            "vpn.sites[0].bgp.gatewayAddresses": [],
            "vpn.sites[0].dpdTimeoutSeconds": 120,
            "vpn.ipsecPolicy.dhGroup": "DHGroup2",
        }
    )
    secrets = {"vpnSharedKeys": {"hq": KEY}}
    _, problems = read(values, secrets)
    expected = [str(problem) for problem in problems]
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert {"GW-09", "GW-15", "NSG-03", "IPSEC-11", "IPSEC-13"} <= {problem.rule for problem in problems}
    assert sum(text.endswith(SAID) for text in expected) == 2
    keys = {
        f"{'azure-native' if key == 'location' else 'hybrid-network'}:{key}": value for key, value in values.items()
    }
    record_program(keys, secrets)
    assert sorted(warned) == sorted(expected)
    # Automation runs several programs in one process: the second has its own say.
    record_program(keys, secrets)
    assert sorted(warned) == sorted(expected * 2)
