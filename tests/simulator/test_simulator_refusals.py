"""Every refusal of the simulated Azure, one row each, written from Azure's documents."""

import ast
import re
from pathlib import Path

import pytest

from simulator.errors import KINDS
from tests.simulator.cases_bastion import CASES as BASTION
from tests.simulator.cases_connections import CASES as CONNECTIONS
from tests.simulator.cases_gateways import CASES as GATEWAYS
from tests.simulator.cases_maintenance import CASES as MAINTENANCE
from tests.simulator.cases_monitor import CASES as MONITOR
from tests.simulator.cases_network import CASES as NETWORK
from tests.simulator.cases_peerings import CASES as PEERINGS
from tests.simulator.cases_tunnels import CASES as TUNNELS
from tests.simulator.world import Case

CASES = (*NETWORK, *BASTION, *PEERINGS, *GATEWAYS, *CONNECTIONS, *TUNNELS, *MAINTENANCE, *MONITOR)

ELSEWHERE = {
    "ResourceNotFound": "test_simulator_life",
    "NotFound": "test_simulator_life",
    "ResourceGroupDeletionBlocked": "test_simulator_life",
    "ReferencedResourceNotProvisioned": "test_simulator_order",
    "AnotherOperationInProgress": "test_simulator_order",
    "RetryableError": "test_simulator_order",
    "TooManyRequests": "test_simulator_order",
    "CodeUnknown_DRILL-05": "test_simulator_outside",
    "SubscriptionNotFound": "test_simulator_subscriptions",
    "InvalidSubscriptionId": "test_simulator_subscriptions",
    "AuthorizationFailed": "test_simulator_subscriptions",
    "LinkedAuthorizationFailed": "test_simulator_subscriptions",
    "CodeUnknown_SUBSCRIPTION": "test_simulator_subscriptions",
}
"""Errors that need more than a row, with the file that raises them."""

SIMULATED = """
GW-01 GW-03 GW-04 GW-06 GW-11 GW-12 BAS-01 BAS-02 BAS-03 BAS-04 BAS-05 BAS-06 BAS-07 BAS-08 BAS-09 BAS-11
NSG-02 NSG-14 NSG-15 NSG-16 NSG-17 NSG-18 NSG-19 NSG-20 NSG-22 NSG-23 NSG-24
PIP-01 PIP-02 PIP-03 PIP-04 PIP-05 PIP-06 PIP-07 PIP-08
PIP-09 PIP-10 VPN-01 VPN-02 VPN-03 VPN-04 VPN-06 VPN-09 VPN-10 VPN-11 VPN-12 VPN-15 VPN-19 VPN-21 IPSEC-01 IPSEC-02
IPSEC-03 IPSEC-04 IPSEC-05 IPSEC-06 IPSEC-07 IPSEC-08 IPSEC-09 IPSEC-11 IPSEC-12 ER-01 ER-02 ER-03 ER-04 ER-05 ER-07
CIRCUIT-01 CIRCUIT-02 CIRCUIT-03 CIRCUIT-04 CIRCUIT-05 CIRCUIT-06 CIRCUIT-08 CIRCUIT-09 CIRCUIT-10 CIRCUIT-12 CIRCUIT-13
CONN-01 CONN-02 CONN-03 CONN-04 CONN-05 BGP-01 BGP-03 BGP-05 BGP-06 BGP-08 BGP-12 BGP-13 ORDER-01 ORDER-02 ORDER-03
ORDER-04 ORDER-05 ORDER-06 ORDER-07 ORDER-08 ORDER-09 ORDER-11 ORDER-12 DELETE-01 DELETE-02 DELETE-03 DELETE-04
DELETE-05 DELETE-06 DELETE-07 DELETE-08 EXIST-01 EXIST-05 SPOKE-01 SPOKE-02 SPOKE-03 SPOKE-04 SPOKE-06 SPOKE-07 SPOKE-08
SPOKE-10 SPOKE-12 SPOKE-15 VPN-40 VPN-41 LB-01 LB-02 LB-04 PIP-20 ZONE-04 ZONE-06 MAINT-01 MAINT-02
MON-05 MON-08 MON-09 MON-10 MON-12 MON-13
"""
"""The rules that a simulated Azure has to apply (ORDER-10 is about virtual WAN, which is not simulated)."""

RULES_ELSEWHERE = {
    "PIP-09": "test_simulator_life",
    "PIP-20": "test_simulator_life",
    "IPSEC-12": "test_simulator_life",
    "CIRCUIT-06": "test_simulator_life",
    "CIRCUIT-09": "test_simulator_life",
    "CONN-03": "test_simulator_life",
    "CONN-04": "test_simulator_life",
    "ORDER-01": "test_simulator_order",
    "ORDER-02": "test_simulator_order",
    "ORDER-04": "test_simulator_order",
    "ORDER-05": "test_simulator_order",
    "ORDER-06": "test_simulator_order",
    "ORDER-07": "test_simulator_order",
    "ORDER-08": "test_simulator_order",
    "ORDER-09": "test_simulator_order",
    "ORDER-12": "test_simulator_order",
    "SPOKE-01": "test_simulator_peerings",
    "SPOKE-12": "test_simulator_peerings",
}
"""Rules that are more than a refusal, with the file that tests them."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_azure_refuses(case: Case) -> None:
    assert case.run() == case.code


def test_every_error_of_the_table_is_raised_by_a_test() -> None:
    for code, file in ELSEWHERE.items():
        assert any(f'"{code}"' in test for test in sources_of(file)), f"no test of {file} expects {code}"
    raised = {case.code for case in CASES} | set(ELSEWHERE)
    assert {kind.code or key for key, kind in KINDS.items()} <= raised


def test_every_rule_meant_for_the_simulator_has_a_test() -> None:
    rows = {rule for case in CASES for rule in case.rules.split()}
    assert set(SIMULATED.split()) - rows == set(RULES_ELSEWHERE)
    for rule, file in RULES_ELSEWHERE.items():
        claims = [test.split('"""')[1] for test in sources_of(file) if test.count('"""') >= 2]
        assert any(re.search(rf"\b{rule}\b", claim) for claim in claims), f"no test of {file} is about {rule}"


def sources_of(file: str) -> list[str]:
    """The source of each test of a file beside this one."""
    text = (Path(__file__).parent / f"{file}.py").read_text()
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [ast.get_source_segment(text, node) or "" for node in functions if node.name.startswith("test_")]


def test_every_row_names_an_error_of_the_table() -> None:
    assert {case.code for case in CASES} <= {kind.code or key for key, kind in KINDS.items()}
