"""At the edges of Azure's rules: what the rules accept there, the simulated Azure deploys."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from simulator.ids import SUBSCRIPTION
from tests.deploying import SimulatedAzure, deploy, provision, what_others_own
from tests.properties.edges import EDGES, at_edge
from tests.properties.networks import config_of, secrets_of
from topology.reading import read

UNSURE = {"PIP-12", "PIP-13", "CIRCUIT-05", "CIRCUIT-15", "IPSEC-08", "BAS-03"}
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
