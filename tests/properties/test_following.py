"""Who does what the proof advises gets on: no remedy undoes another, and the end is a network that survives, or a
message that names no change of the settings."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.rules import Problem, errors
from tests.properties.following import NoWayOut, followed
from tests.properties.routed_networks import networks
from tests.unit.topology.reported import FIREWALL, Values, circuit, hybrid, judged, site, tier, to
from topology.proof.requirement import failover_problems
from topology.reading import read

OTHER, THIRD = "10.0.9.5", "10.0.8.4"
LOW, HIGH = "192.168.0.0/17", "192.168.128.0/17"
MOST_STEPS = 40
REQUIREMENTS = ("circuitLoss", "anySingleFailure", "anyTwoFailures")


def _proved(values: Values) -> list[Problem]:
    found, problems = read(values)
    assert found is not None, problems
    return errors(failover_problems(found))


def _end(values: Values, pick: Any, problems_of: Any) -> tuple[int, Problem | None]:
    """How many remedies were followed, and the problem that had none; None where nothing was left."""
    before, said = [values], list[str]()
    while problems := problems_of(values):
        problem = pick(problems)
        said.append(str(problem))
        try:
            values = followed(values, problem.path, problem.message)
        except NoWayOut:
            return len(before) - 1, problem
        assert values not in before, said
        before.append(values)
        assert len(before) <= MOST_STEPS, said
    return len(before) - 1, None


def test_remedies_never_lead_back_and_end() -> None:
    ends: Counter[str] = Counter()

    @settings(max_examples=60, derandomize=True, deadline=None, database=None)
    @given(networks(), st.sampled_from(REQUIREMENTS[:2]), st.randoms(use_true_random=False))
    def follow(values: dict[str, Any], require: str, chance: Any) -> None:
        steps, left = _end({**values, "failover": {"require": require}}, chance.choice, _proved)
        ends["no way out" if left else "met by remedies" if steps else "met"] += 1

    follow()
    assert ends["met by remedies"] >= 20, ends


def _hub(to_tier: list[Values], out: list[Values], order: tuple[str, ...] = (FIREWALL, OTHER), **more: Any) -> Values:
    """A tier whose ways out, and the answers, lead to firewalls that all are redundant."""
    firewalls = [{"name": f"f{number}", "address": one, "redundant": True} for number, one in enumerate(order)]
    guarded = tier(routes=out, **more.pop("tier", {}))
    return hybrid(prefixes=(LOW, HIGH), tiers=[guarded], firewalls=firewalls, gatewaySubnetRoutes=to_tier, **more)


WEB = "10.0.1.0/24"
APART = [to(LOW), to(HIGH, OTHER)]
SPOKE = {"name": "s", "addressSpace": ["10.1.0.0/16"], "tiers": [{**tier("app", 1), "subnet": "10.1.1.0/24"}]}
SHAPES = {
    "by destination, no answers": _hub([], APART),
    "by destination, answers through one": _hub([to(WEB)], APART),
    "by destination, answers through the other": _hub([to(WEB, OTHER)], APART),
    "by destination, known in the other order": _hub([to(WEB)], APART, (OTHER, FIREWALL)),
    "by destination, answers through a third": _hub([to(WEB, THIRD)], APART, (FIREWALL, OTHER, THIRD)),
    "by destination, no routes learned": _hub([to(WEB)], APART, tier={"gatewayRoutes": False}),
    "one destination past the firewall": _hub([to(WEB)], [to(LOW)]),
    "answers of a part of the tier through another": _hub([to(WEB), to("10.0.1.128/25", OTHER)], [to(LOW), to(HIGH)]),
    "all of the answers' routes are for parts": _hub(
        [to("10.0.1.0/25", OTHER), to("10.0.1.128/25", THIRD)], [to(LOW), to(HIGH)], (FIREWALL, OTHER, THIRD)
    ),
    "answers through another by a wider route": _hub([to("10.0.0.0/20", OTHER)], [to(LOW), to(HIGH)]),
    "everything out through one, a part through another": _hub([], [to("0.0.0.0/0"), to(HIGH, OTHER)]),
    "FastPath past a firewall": _hub([], APART, circuits=[circuit(fastPath=True)])
    | {"expressRoute": {"gateway": {"sku": "ErGw3AZ"}, "circuits": [circuit(fastPath=True)]}},
    "two tiers by destination": hybrid(
        prefixes=(LOW, HIGH),
        tiers=[tier(routes=APART), tier("data", 2, APART[::-1])],
        gatewaySubnetRoutes=[to("10.0.2.0/24", OTHER)],
    ),
    "in a row, one way out past the second": hybrid(
        prefixes=(LOW, HIGH),
        tiers=[tier(routes=[to(LOW), to(HIGH)]), tier("nva", 9, [to(LOW, THIRD)]), tier("edge", 8)],
        gatewaySubnetRoutes=[to(WEB)],
    ),
    "a firewall in its tier's own subnet": hybrid(
        tiers=[tier("nva", 9), tier(routes=[to("192.168.0.0/16")])],
        gatewaySubnetRoutes=[to(WEB), to("10.0.9.0/24")],
    ),
    "a spoke by destination": hybrid(
        prefixes=(LOW, HIGH),
        spokes=[{**SPOKE, "tiers": [{**SPOKE["tiers"][0], "routes": APART}]}],
        gatewaySubnetRoutes=[to("10.1.0.0/16", OTHER)],
    ),
    "a part that only the VPN carries by itself": hybrid(
        prefixes=("192.168.0.0/16", HIGH),
        over_express_route=("192.168.0.0/16",),
        sites=[site(prefixes=[LOW, HIGH])],
    ),
}


@pytest.mark.parametrize("require", REQUIREMENTS[:2])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_all_that_is_advised_is_accepted_and_the_end_is_met(shape: str, last: bool, require: str) -> None:
    values = SHAPES[shape] | {"failover": {"require": require}}
    steps, left = _end(values, lambda found: found[-last], lambda made: errors(judged(made)[1]))
    assert left is None, left
    assert steps
