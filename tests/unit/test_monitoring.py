"""What monitoring deploys: its queries, its metrics, what its alerts say, and who they are about."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from components.alerts import alerts
from components.rules import watching
from components.watched import Watched, WatchedCircuit, WatchedSite
from simulator.resources import metrics
from simulator.resources.monitor import METRIC_ALERT, QUERY_RULE
from tests.kusto.reader import NoReaderError, complaints
from tests.stacks import ROOT, example_config, stack_config
from tests.watched_network import WatchedNetwork, dev_with, read, watched_network
from topology.proof.failover import Model, flows_of
from topology.proof.network import network
from topology.settings.watched import carries

Json = dict[str, Any]


@pytest.fixture(scope="module")
def dev() -> WatchedNetwork:
    """`dev`: one circuit of two links, and a site with BGP."""
    return watched_network(stack_config("dev"))


@pytest.fixture(scope="module")
def static() -> WatchedNetwork:
    """The same with a site without BGP, at a gateway with one active instance."""
    return watched_network(dev_with(active_active=False, bgp=False))


OF_OTHERS = "/subscriptions/00000000-0000-4000-8000-00000000000b/resourceGroups/rg-logs/providers"


@pytest.mark.parametrize("name", ["aws-four-tunnels", "existing/Pulumi.existing"])
def test_other_kinds_of_networks_are_watched_by_what_they_have(name: str) -> None:
    """Tunnels to one instance each, and gateways, a network and a workspace of other owners."""
    config: Json = example_config(name)
    workspace = f"{OF_OTHERS}/Microsoft.OperationalInsights/workspaces/log-all"
    told = {"workspace": workspace, "actionGroup": f"{OF_OTHERS}/Microsoft.Insights/actionGroups/ag-all"}
    windows = {"expressRoute": {"start": "01:00"}, "vpn": {"start": "13:00"}}
    network = watched_network({**config, "hybrid-network:monitoring": told, "hybrid-network:maintenance": windows})
    there = {one.key for one in network.cloud.store.find()}
    for alert in network.alerts().values():
        assert {scope.lower() for scope in alert.body["scopes"]} <= there
        named = re.findall(r'"(/subscriptions/[^"]+)"', str(alert.body["criteria"]))
        assert {id.lower() for id in named} <= there
    assert network.rings(lambda _: None) == set()

    def tunnels_down(now: Json) -> None:
        for tunnel in now["tunnels"]:
            tunnel["up"] = False

    sites = [site["name"] for site in config["hybrid-network:vpn"]["sites"]]
    assert network.rings(tunnels_down) == {f"site-{site}-{what}" for site in sites for what in ("bgp", "tunnel")}


def test_kustos_own_reader_takes_every_query(
    dev: WatchedNetwork, static: WatchedNetwork, record_property: Callable[[str, object], None]
) -> None:
    queries = [
        one.body["criteria"]["allOf"][0]["query"]
        for network in (dev, static)
        for one in network.cloud.store.find(token=QUERY_RULE)
    ]
    assert len(queries) == 7
    wrong = ["AzureMetrics | where MetricNane == 1", "AzureMetrics | sumarize count()", queries[0].replace("(", "", 1)]
    try:
        *found, one, two, three = complaints([*queries, *wrong])
    except NoReaderError as error:
        record_property("told", f"the queries were not read by Kusto's own reader, which cannot be had here: {error}")
        pytest.skip(f"Kusto's reader cannot be had here: {error}")
    assert [*filter(None, found)] == []
    assert one
    assert two
    assert three


def test_every_metric_that_an_alert_names_is_one_that_azure_lists(dev: WatchedNetwork) -> None:
    alerts = dev.cloud.store.find(token=METRIC_ALERT)
    assert len(alerts) == 14
    for alert in alerts:
        (criterion,) = alert.body["criteria"]["allOf"]
        assert criterion["metricName"] in metrics.of_type(criterion["metricNamespace"]), alert.name


def test_every_alert_says_what_it_means_what_is_next_and_what_to_run(dev: WatchedNetwork) -> None:
    told = {name: one.body["description"] for name, one in dev.alerts().items()}
    assert all(text.endswith("Run: python -m operations status --stack test") for text in told.values())
    assert "One more failure, of " in told["circuit-primary-lost"]
    assert "192.168.0.0/16" in told["circuit-primary-lost"]
    assert "One more failure, of " in told["site-hq-tunnel"]
    assert max(map(len, told.values())) < 1000


def test_the_page_has_every_alert(dev: WatchedNetwork) -> None:
    page = (ROOT / "docs" / "operations.md").read_text().partition("## Monitoring")[2]
    every = {name: one.body["severity"] for name, one in dev.alerts().items()}
    sites = [WatchedSite("hq", peer="192.168.255.1"), WatchedSite("other", carries=True)]
    where_a_site_carries = Watched([WatchedCircuit("primary", 200)], sites, express_route=True, vpn=True, vpn_mbps=650)
    every |= {one.key: one.severity for one in alerts(where_a_site_carries)}
    for name, severity in every.items():
        key = name.replace("primary", "NAME").replace("hq", "NAME")
        start, _, end = key.rpartition("-")
        assert f"`{key}`" in page or (f"`{start}-" in page and f"`-{end}`" in page), key
        assert f"({severity})" in page


def test_a_limit_of_nothing_would_always_be_near() -> None:
    """MON-16 is of the component alone: no setting says a limit."""
    assert [str(problem) for problem in watching.limit("capacity_in_mbps", 0)] == [
        "capacity_in_mbps: 0 is no limit; leave it out where nobody knows it [MON-16]"
    ]
    assert [*watching.limit("capacity_in_mbps", 1)] == []


@pytest.mark.parametrize(
    "name", ["dev", "reference", *sorted(file.stem for file in (ROOT / "examples").glob("*.yaml"))]
)
def test_the_sites_that_carry_traffic_in_peace_are_those_of_the_proof(name: str) -> None:
    settings = read(stack_config(name) if name in ("dev", "reference") else example_config(name))
    normal = flows_of(Model(network(settings)), ())
    by_proof = {site for flow in normal if flow.path.kind == "vpn" for site in flow.path.via}
    assert {site.name for site in settings.vpn.sites if carries(settings, site)} == by_proof
