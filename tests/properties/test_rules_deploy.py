"""At the edges of Azure's rules: what the rules accept there, the simulated Azure deploys."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from components.rules import service_tags
from simulator.ids import SUBSCRIPTION
from simulator.options import Options
from simulator.resources import service_tags as simulated_tags
from tests.deploying import SimulatedAzure, deploy, provision, what_others_own
from tests.properties.edges import EDGES, at_edge
from tests.properties.networks import config_of, secrets_of
from tests.stacks import keys_for
from tests.unit.rules.cases_bastion import WITHIN as BASTION
from tests.unit.rules.cases_within import WITHIN
from tests.unit.rules.changes import Case, changed
from topology.reading import read

UNSURE = {"CIRCUIT-05", "CIRCUIT-15", "IPSEC-08", "BAS-12"}
"""Warnings of what Azure may or may not take: where one of them speaks, neither outcome is wrong."""


def refusals(values: dict[str, Any]) -> list[str]:
    """All that Azure refuses when a network is deployed, provisioned by its provider and connected.

    What others own is put into the simulated subscription, where no authorization is needed.
    """
    values = json.loads(json.dumps(values).replace("/subscriptions/0/", f"/subscriptions/{SUBSCRIPTION}/"))
    azure, secrets = SimulatedAzure(), {**secrets_of(values), "circuitAuthorizationKeys": {}}
    what_others_own(azure.cloud, values)
    deploy(config_of(values), secrets, azure)
    provision(azure)
    deploy(config_of(values), secrets, azure)
    return [str(refusal) for refusal in azure.refusals]


@pytest.mark.parametrize("edge", EDGES)
def test_on_one_side_of_an_edge_a_rule_refuses_and_on_the_other_azure_deploys(edge: str) -> None:
    drawn: list[tuple[str, dict[str, Any]]] = []

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(at_edge(edge))
    def judge(values: dict[str, Any]) -> None:
        _, problems = read(values, secrets_of(values))
        rules = {problem.rule for problem in problems}
        refused = any(problem.severity == "error" for problem in problems)
        drawn.append(("refused" if refused else "unsure" if rules & UNSURE else "accepted", values))

    judge()
    counted = Counter(verdict for verdict, _ in drawn)
    print(edge, dict(counted))
    assert counted["refused"]
    # Reading costs a few milliseconds, a deployment half a second: the last one is the least trivial.
    deployed = [values for verdict, values in drawn if verdict == "accepted"][-1]
    assert refusals(deployed) == [], deployed


TRAFFIC = [case for case in WITHIN if case.rule.startswith("NSG") and case.rule not in ("NSG-02", "NSG-05", "NSG-06")]


@pytest.mark.parametrize("case", TRAFFIC, ids=lambda case: case.rule)
def test_traffic_that_the_rules_allow_becomes_security_rules_that_azure_takes(case: Case) -> None:
    """Overlapping words, `*`, service tags and application security groups [NSG-14 to NSG-22]."""
    values = changed(case.changes)
    azure = SimulatedAzure()
    what_others_own(azure.cloud, values)
    config = config_of({"protect": False, "serializeGateways": False, **values})
    made = deploy(config, {"vpnSharedKeys": keys_for(config)}, azure)
    assert [str(refusal) for refusal in azure.refusals] == []
    assert made.of("network:NetworkSecurityGroup")


ZONED = [case for case in WITHIN if case.rule.startswith(("LB-", "PIP-", "ZONE-"))]


@pytest.mark.parametrize("case", ZONED, ids=lambda case: case.rule)
def test_the_zones_and_regions_that_the_rules_allow_are_taken(case: Case) -> None:
    assert refusals({"protect": False, "serializeGateways": False, **changed(case.changes)}) == []


@pytest.mark.parametrize("case", BASTION, ids=lambda case: case.rule)
def test_a_bastion_that_the_rules_take_is_one_that_azure_takes(case: Case) -> None:
    """Its SKUs with what each can, its group and who reaches it [BAS-04, BAS-05, BAS-07, BAS-09]."""
    azure = SimulatedAzure()
    config = config_of({"protect": False, "serializeGateways": False, **changed(case.changes)})
    deploy(config, {"vpnSharedKeys": keys_for(config)}, azure)
    assert [str(refusal) for refusal in azure.refusals] == []
    assert azure.cloud.find("BastionHost")


@pytest.mark.parametrize("guarded", [True, False])
def test_a_landing_zone_takes_the_network_where_bastions_subnet_has_its_group(guarded: bool) -> None:
    """BAS-11: GatewaySubnet is exempt, AzureBastionSubnet is not."""
    azure = SimulatedAzure()
    azure.cloud.set_options(Options(subnets_need_security_groups=True))
    values = changed({"network.management.securityGroup": guarded})
    config = config_of({"protect": False, "serializeGateways": False, **values})
    deploy(config, {"vpnSharedKeys": keys_for(config)}, azure)
    codes = [refusal.code for refusal in azure.refusals]
    assert codes == ([] if guarded else ["RequestDisallowedByPolicy"])


def test_the_simulated_azure_takes_every_service_tag_that_the_rules_take() -> None:
    """Both have the same list, which nobody has compared with Azure's own: the test holds that they stay alike."""
    assert [tag for tag in service_tags.KNOWN if not simulated_tags.is_tag(tag)] == []
