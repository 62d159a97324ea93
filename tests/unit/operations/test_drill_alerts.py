"""The alerts that a drill says it will set off are those that ring while it runs, and no others."""

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
import yaml

from operations.drill import Drill
from operations.drill_outcome import Wanted
from operations.methods import Method
from simulator.alerts import ringing
from tests.live_network import LiveNetwork, live_network
from tests.stacks import ROOT, stack_config

WATCHED = {"hybrid-network:monitoring": {"emails": ["network@example.com"]}}


@pytest.fixture(scope="module")
def dev() -> Iterator[LiveNetwork]:
    with live_network(stack_config("dev") | WATCHED) as network:
        yield network


@pytest.fixture(scope="module")
def two() -> Iterator[LiveNetwork]:
    topology = yaml.safe_load((ROOT / "lab" / "topologies" / "two-circuits.yaml").read_text())
    with live_network(topology["config"] | WATCHED, stack="two-circuits") as network:
        yield network


def test_metrics_are_read_over_http_as_azure_monitor_has_them(dev: LiveNetwork) -> None:
    query = "api-version=2023-10-01&metricnames=BgpAvailability&$filter=" + quote("PeeringType eq '*' and Peer eq '*'")
    with dev.served() as endpoint:
        url = f"{endpoint.url}{dev.live.circuits['primary']}/providers/Microsoft.Insights/metrics?{query}"
        with urlopen(url, context=ssl.create_default_context(cafile=str(endpoint.ca))) as answer:
            (metric,) = json.load(answer)["value"]
    found = {
        tuple(one["value"] for one in series["metadatavalues"]): series["data"][0]["average"]
        for series in metric["timeseries"]
    }
    assert found == {("Private", "Primary"): 100.0, ("Private", "Secondary"): 100.0}


def rung(network: LiveNetwork, record: Path, wanted: Wanted) -> tuple[set[str], set[str]]:
    """The alerts that are said before, and those that ring when ExpressRoute has been stopped and is watched."""
    seen: set[str] = set()

    def tell(text: str) -> None:
        if "ways are as predicted" in text and not seen:
            seen.update(one.name for one in ringing(network.cloud))

    drill = Drill(network.azure, network.live, network.secrets, network.stack, record, tell=tell)
    plan = drill.prepare(wanted)
    assert drill.run(plan).passed
    assert ringing(network.cloud) == [], "it is over"
    named = [line for line in plan.lines() if "alerts that will ring" in line]
    assert all(name in "".join(named) for name in plan.alerts)
    return {*plan.alerts}, seen


@pytest.mark.parametrize("method", ["peering", "connection"])
def test_a_drill_names_the_alerts_that_it_sets_off(dev: LiveNetwork, method: Method, tmp_path: Path) -> None:
    said, seen = rung(dev, tmp_path / "record", Wanted(method))
    assert said == seen
    assert said


@pytest.mark.parametrize("circuits", [(), ("amsterdam",)])
def test_of_two_circuits_too(two: LiveNetwork, circuits: tuple[str, ...], tmp_path: Path) -> None:
    said, seen = rung(two, tmp_path / "record", Wanted("peering", circuits))
    assert said == seen
    assert ("alert-twocircuits-failed-over" in said) is not bool(circuits)


def test_azures_own_test_leaves_the_circuits_up(two: LiveNetwork, tmp_path: Path) -> None:
    said, seen = rung(two, tmp_path / "record", Wanted("site", location="Amsterdam"))
    assert said == seen == set()
