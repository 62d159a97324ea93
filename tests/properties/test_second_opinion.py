"""The rules against the simulated Azure, which shares no code with them: what the rules accept, Azure accepts; and what
Azure would refuse because of the settings, a rule foresees."""

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import components.base
import components.rules
from components.rules import CATALOGUE
from simulator.cloud import Cloud
from simulator.errors import KINDS
from tests.deploying import SimulatedAzure, deploy, provision, what_others_own
from tests.properties.corners import CORNERS, cornered_networks
from tests.properties.foreseen import FORESEEN_BY, FORESEEN_IN_A_REQUEST, NOT_FROM_SETTINGS, foreseeing
from tests.properties.networks import config_of, secrets_of
from tests.stacks import keys_for
from tests.unit.rules.cases import CASES
from tests.unit.rules.changes import Case, changed
from topology.reading import read


@pytest.mark.parametrize("code", KINDS)
def test_every_code_is_foreseen_by_a_rule_or_cannot_come_from_settings(code: str) -> None:
    reasons = [reason for reason, codes in NOT_FROM_SETTINGS.items() if code in codes.split()]
    if reasons:
        assert len(reasons) == 1
        assert code not in FORESEEN_BY
    else:
        assert [rule for rule in foreseeing(code) if rule in CATALOGUE], f"{code}: no rule foresees it"


def test_the_tables_name_no_code_and_no_rule_that_is_gone() -> None:
    codes = {code for codes in NOT_FROM_SETTINGS.values() for code in codes.split()} | set(FORESEEN_BY)
    assert codes - set(KINDS) == set()
    rules = {rule for rules in FORESEEN_BY.values() for rule in rules} | set(FORESEEN_IN_A_REQUEST.values())
    assert rules - set(CATALOGUE) == set()


def traits(values: dict[str, Any]) -> list[str]:
    """What a network has that not every network has."""
    circuits, sites = values["expressRoute"]["circuits"], values["vpn"]["sites"]
    return [
        *("existing circuit" if "existing" in c else "port" if "port" in c else "ordered circuit" for c in circuits),
        *("peering" for circuit in circuits if "privatePeering" in circuit),
        *("BGP site" if "bgp" in site else "static site" for site in sites),
        *("tier" for _ in values["network"]["tiers"]),
        *("balancer" for tier in values["network"]["tiers"] if "loadBalancer" in tier),
        *("Bastion" for _ in range("management" in values["network"])),
        "active-active" if values["vpn"]["gateway"].get("activeActive", True) else "active-standby",
        *(f"network: {kind}" for kind in [values["network"].get("existing", {}).get("gatewaySubnet")] if kind),
    ]


def test_what_the_rules_accept_azure_accepts_in_both_phases(capsys: pytest.CaptureFixture[str]) -> None:
    accepted: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    @settings(
        max_examples=48,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        derandomize=True,
    )
    @given(cornered_networks())
    def deploys(drawn: tuple[dict[str, Any], list[str]]) -> None:
        values, corners = drawn
        problems = [p for p in read(values, secrets_of(values))[1] if p.severity == "error"]
        if problems:
            refused.update({problem.rule for problem in problems})
            return
        azure = SimulatedAzure(Cloud())
        secrets = {**secrets_of(values), "circuitAuthorizationKeys": what_others_own(azure.cloud, values)}
        deploy(config_of(values), secrets, azure)
        provision(azure)
        both = deploy(config_of(values), secrets, azure)
        assert [str(refusal) for refusal in azure.refusals] == []
        accepted.update(["deployed", *corners, *traits(values)])
        accepted["connection"] += len(both.of("network:VirtualNetworkGatewayConnection"))

    deploys()
    with capsys.disabled():
        print(f"\naccepted, and deployed: {dict(accepted.most_common())}\nrefused by rules: {dict(refused)}")
    common = {"existing circuit", "port", "ordered circuit", "peering", "BGP site", "static site", "tier", "balancer"}
    rarer = {"Bastion", "active-active", "active-standby", "network: create", "network: adopt", "connection"}
    assert {one for one in {*CORNERS, *common, *rarer} if not accepted[one]} == set()
    assert accepted["deployed"] >= 20


ERRORS = [case for case in CASES if any(said.startswith("error") for said in case.said)]
CANNOT_RUN = {
    "SET-01": "the program ends before it registers anything: there is no such setting",
    "SET-02": "the program ends before it registers anything: the setting has no value",
    "NAME-01": "two resources of one name, which the engine refuses before Azure sees them",
    "NAME-05": "two resources of one name, of which Azure would have one",
    "NAME-07": "the name is of nothing, so nothing is sent",
    "NSG-04": "the program ends before it registers anything: the source is no prefix",
    "SPOKE-15": "501 networks take minutes; the simulated Azure's own tests have the 501st peering",
    "KEY-01": "the program ends before it registers anything: there is no key",
    "EXIST-12": "what is said to be there is in no network that is there",
    "GW-20": "a gateway of another subscription is in a group that is not there either",
    "BGP-09": "an instance of the gateway has no address to be paired with",
}
"""Rules whose wrong settings cannot be sent to Azure, even with the rules silenced, and why."""


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: f"{case.rule} {', '.join(case.changes) or 'secrets'}")
def test_azure_refuses_nothing_but_what_the_rules_said(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong setting deployed all the same: whatever Azure refuses, a rule that spoke had foreseen."""
    if case.rule in CANNOT_RUN:
        pytest.skip(CANNOT_RUN[case.rule])
    monkeypatch.setattr(components.base, "errors", lambda problems: [])
    monkeypatch.setattr(components.rules, "errors", lambda problems: [])
    values = changed(case.changes)
    config = config_of({"protect": False, "serializeGateways": False, **values})
    azure = SimulatedAzure(provisioned_at_once=True)
    keys = what_others_own(azure.cloud, values)
    deploy(config, {"circuitAuthorizationKeys": keys, "vpnSharedKeys": keys_for(config), **case.secrets}, azure)
    said = {rule for line in case.said for rule in re.findall(r"^error .*\[([A-Z]+-\d+)\]$", line)}
    unforeseen = [str(refusal) for refusal in azure.refusals if not said & foreseeing(refusal.code, refusal.message)]
    assert unforeseen == [], f"the rules said {said}"
