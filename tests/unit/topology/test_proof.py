"""Scenarios, cuts and detection, and that the work does not grow with the number of prefixes."""

from itertools import combinations
from typing import Any

import pytest
import yaml

from tests.bench.networks import nested, two_by_two
from tests.stacks import ROOT, example_config, stack_config
from tests.unit.topology.variants import Edit, on_premises, second_site, settings, vpn_prefixes
from topology.proof.detection import detection
from topology.proof.failover import Model
from topology.proof.network import network
from topology.proof.proof import Proof
from topology.proof.state import alive, pairs
from topology.reading import read
from topology.settings.model import Settings


def proof(stack: str, *edits: Edit) -> Proof:
    return Proof(Model(network(settings(stack, *edits))))


def active_standby(values: dict) -> None:
    values["vpn"]["gateway"]["activeActive"] = False


def test_every_element_of_the_topology_can_fail() -> None:
    assert proof("dev").model.network.elements == (
        "circuit:primary",
        "link:primary/primary",
        "link:primary/secondary",
        "peeringLocation:Seattle",
        "gateway:expressRoute",
        "gateway:vpn/0",
        "gateway:vpn/1",
        "appliance:hq",
        "tunnel:hq/0",
        "tunnel:hq/1",
    )


def test_an_active_standby_gateway_has_one_tunnel_and_a_standby_that_takes_over() -> None:
    standby = proof("dev", active_standby)
    assert "tunnel:hq/1" not in standby.model.network.elements
    assert standby.tally(("circuit:primary", "gateway:vpn/0")).lost == 0
    assert standby.tally(("circuit:primary", "tunnel:hq/0")).lost == 2


@pytest.mark.parametrize(
    ("edits", "cut"),
    [
        ([], ("circuit:primary", "appliance:hq")),
        ([second_site()], ("gateway:expressRoute", "gateway:vpn/0", "gateway:vpn/1")),
        ([vpn_prefixes("172.20.0.0/16")], ("circuit:primary",)),
        ([on_premises("10.20.9.0/24")], ()),
    ],
)
def test_smallest_cut(edits: list[Edit], cut: tuple[str, ...]) -> None:
    found = proof("dev", *edits)
    assert found.smallest_cut(found.model.tree.destinations[-1].ladder) == cut


@pytest.mark.parametrize(
    ("stack", "edits", "element", "seconds", "worst"),
    [
        ("dev", [], "circuit:primary", 0.9, 180),
        ("dev", [], "link:primary/secondary", 0.9, 180),
        ("dev", [], "peeringLocation:Seattle", 0.9, 180),
        ("dev", [], "gateway:expressRoute", 60, 180),
        ("dev", [], "tunnel:hq/0", 45, 180),
        ("dev", [], "gateway:vpn/1", 45, 180),
        ("reference", [], "appliance:onprem", 45, 45),
        ("reference", [active_standby], "gateway:vpn/0", 60, 180),
    ],
)
def test_detection(stack: str, edits: list[Edit], element: str, seconds: float, worst: float) -> None:
    found = detection(network(settings(stack, *edits)), element)
    assert (found.seconds, found.worst_seconds) == (seconds, worst)


def test_detection_follows_the_sites_dead_peer_detection() -> None:
    slow = settings("reference", lambda values: values["vpn"]["sites"][0].update(dpdTimeoutSeconds=90))
    assert detection(network(slow), "tunnel:onprem/0").seconds == 90


@pytest.mark.parametrize(
    "config",
    [
        *(yaml.safe_load(path.read_text())["config"] for path in sorted((ROOT / "lab" / "topologies").glob("*.yaml"))),
        example_config("aws-four-tunnels"),
        stack_config("dev"),
    ],
)
def test_a_pair_of_failures_leaves_what_both_together_leave(config: dict[str, Any]) -> None:
    found, _ = read({key.partition(":")[2]: value for key, value in config.items()})
    assert found is not None
    of = network(found)
    assert dict(pairs(of)) == {pair: alive(of, pair) for pair in combinations(of.elements, 2)}


def test_prefixes_with_equal_routes_are_judged_once() -> None:
    found = Proof(Model(network(Settings.model_validate(two_by_two(4000)))))
    counts = {found.tally(scenario).counts for scenario in (*found.singles, *found.pairs)}
    assert counts == {((reach, 4000),) for ((reach, _),) in counts}
    assert len(counts) > 1
    assert len(found.model.tree.destinations) == 4000
    assert len(found.groups) == 1


def test_the_large_bench_network_is_as_large_and_varied_as_it_says() -> None:
    found = Proof(Model(network(Settings.model_validate(nested(10_000)))))
    assert len(found.model.network.on_premises) == 10_000
    assert len(found.model.tree.destinations) > 9_900
    assert len(found.groups) >= 200
    assert max(sum(wider.listed for wider in node.upwards()) for node in found.model.tree.destinations) >= 2
