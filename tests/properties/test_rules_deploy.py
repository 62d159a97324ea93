"""At the edges of Azure's rules: what the rules accept there, the simulated Azure deploys."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pulumi.runtime import mocks

from simulator import drift
from simulator.admission import SUBSCRIPTION
from tests.deploying import SimulatedAzure, deploy, provision
from tests.properties.edges import EDGES, at_edge
from tests.properties.networks import config_of, secrets_of
from topology.reading import read

UNSURE = {"PIP-12", "PIP-13", "CIRCUIT-05", "CIRCUIT-15", "IPSEC-08", "BAS-03"}
"""Warnings of what Azure may or may not take: where one of them speaks, neither outcome is wrong."""


class Engine(SimulatedAzure):
    """Sends Azure only what has changed, as Pulumi's engine does."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str], tuple[dict[str, Any], tuple[str, dict[str, Any]]]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        known = self._known.get((args.typ, args.name))
        if known is None or known[0] != args.inputs:
            known = args.inputs, super().new_resource(args)
            self._known[args.typ, args.name] = known
        return known[1]


def refusals(values: dict[str, Any]) -> list[str]:
    """All that Azure refuses when a network is deployed, provisioned by its provider and connected.

    What others own is put into the simulated subscription, where no authorization is needed.
    """
    values = json.loads(json.dumps(values).replace("/subscriptions/0/", f"/subscriptions/{SUBSCRIPTION}/"))
    azure, secrets = Engine(), {**secrets_of(values), "circuitAuthorizationKeys": {}}
    for circuit in values["expressRoute"]["circuits"]:
        if theirs := circuit.get("existing"):
            body = {"serviceProviderProvisioningState": "Provisioned", "sku": {"tier": "Standard"}}
            drift.add(azure.cloud, theirs["id"], {**body, "location": values["location"]})
            peering = f"{theirs['id']}/peerings/AzurePrivatePeering"
            drift.add(azure.cloud, peering, {"peeringType": "AzurePrivatePeering"})
        if port := circuit.get("port"):
            drift.add(azure.cloud, port["id"], {"bandwidthInGbps": 100, "location": values["location"]})
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
