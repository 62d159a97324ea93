"""Eight states of a network, and the alerts that ring in each: evaluated from what was deployed, and nothing else.

The program runs on a simulated cloud; what is outside makes the states, and its metrics and logs make the alerts ring.
"""

from typing import Any

import pytest

from components.rules import watching
from simulator.resources import metrics
from simulator.resources.monitor import METRIC_ALERT, QUERY_RULE
from tests.kusto.reader import NoReaderError, complaints
from tests.stacks import ROOT, example_config, stack_config
from tests.watched_network import State, WatchedNetwork, read, watched_network
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
    """`dev` with a site without BGP at a gateway with one active instance, as many are."""
    vpn = stack_config("dev")["hybrid-network:vpn"]
    site = {name: value for name, value in vpn["sites"][0].items() if name != "bgp"}
    gateway = {**vpn["gateway"], "activeActive": False}
    return watched_network({**stack_config("dev"), "hybrid-network:vpn": {"gateway": gateway, "sites": [site]}})


def peace(_: Json) -> None: ...


def circuit_lost(now: Json) -> None:
    for link in now["links"]:
        link["up"] = False


def one_link_lost(now: Json) -> None:
    now["links"][0]["up"] = False


def bgp_lost_on_a_link(now: Json) -> None:
    now["links"][0]["asn"] = 65011


def tunnel_down(now: Json) -> None:
    now["tunnels"][0]["up"] = False


def vpn_bgp_down(now: Json) -> None:
    now["tunnels"][0]["asn"] = 65011


def taken(now: Json) -> None:
    now["tunnels"][0]["announces"].append("192.168.7.0/24")


def withdrawn(now: Json) -> None:
    for link in now["links"]:
        link["announces"] = link["announces"][1:]


def many(count: int) -> list[str]:
    return [f"172.20.{number // 64}.{number % 64 * 4}/30" for number in range(count)]


def circuit_at_its_limit(now: Json) -> None:
    for link in now["links"]:
        link["announces"] = [*link["announces"], *many(3200 - len(link["announces"]) + 1)]


def circuit_near_its_limit(now: Json) -> None:
    for link in now["links"]:
        link["announces"] = [*link["announces"], *many(3200 - len(link["announces"]))]


def all_at_their_limit(now: Json) -> None:
    """The VPN gateway tells the ExpressRoute gateway all that it learns, too."""
    circuit_at_its_limit(now)
    now["tunnels"][0]["announces"] = [*now["tunnels"][0]["announces"], *many(3199)]


CIRCUIT = {"circuit-primary-lost", "circuit-primary-link", "circuit-primary-arp", "failed-over"}
LINK = {"circuit-primary-link", "circuit-primary-arp"}
BACKUP = {"site-hq-bgp", "site-hq-tunnel"}
TABLE: tuple[tuple[State, set[str]], ...] = (
    (peace, set()),
    (circuit_lost, CIRCUIT),
    (one_link_lost, LINK),
    (bgp_lost_on_a_link, {"circuit-primary-link"}),
    (tunnel_down, BACKUP),
    (vpn_bgp_down, {"site-hq-bgp"}),
    (taken, {"taken"}),
    (withdrawn, {"taken"}),
    (circuit_near_its_limit, set()),
    (circuit_at_its_limit, {"expressroute-routes-learned"}),
    (all_at_their_limit, {"vpn-routes", "expressroute-routes-learned"}),
)


@pytest.mark.parametrize(("state", "expected"), TABLE, ids=lambda one: getattr(one, "__name__", ""))
def test_each_alert_rings_where_it_must_and_nowhere_else(dev: WatchedNetwork, state: State, expected: set[str]) -> None:
    assert dev.rings(state) == expected


def test_two_states_at_once_ring_both(dev: WatchedNetwork) -> None:
    def both(now: Json) -> None:
        one_link_lost(now)
        vpn_bgp_down(now)

    assert dev.rings(both) == {*LINK, "site-hq-bgp"}


def test_a_static_tunnel_rings_when_it_is_down_and_never_because_it_is_idle(static: WatchedNetwork) -> None:
    assert static.rings(peace) == set()
    assert static.rings(tunnel_down) == {"site-hq-tunnel"}
    assert static.rings(circuit_lost) == CIRCUIT
    assert static.rings(peace) == set()


def test_where_a_site_carries_traffic_in_peace_only_the_others_ring_for_it() -> None:
    config: Json = {**stack_config("dev"), "hybrid-network:onPremises": {"prefixes": ["192.168.0.0/16"]}}
    vpn, bgp = config["hybrid-network:vpn"], {"asn": 65020, "peerAddress": "192.168.255.9"}
    branch = {"name": "branch", "publicIp": "203.0.113.99", "prefixes": ["172.30.0.0/16"], "bgp": bgp}
    config["hybrid-network:vpn"] = {**vpn, "sites": [*vpn["sites"], branch]}
    two = watched_network(config)
    assert two.rings(peace) == set()
    assert two.rings(circuit_lost) == {*CIRCUIT - {"failed-over"}, "site-hq-carries"}


def test_kustos_own_reader_takes_every_query(dev: WatchedNetwork, static: WatchedNetwork) -> None:
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


def test_an_ergwscale_is_watched_by_its_own_metrics() -> None:
    config: Json = stack_config("dev") | {"azure-native:location": "westus3"}
    scaled = {"sku": "ErGwScale", "minScaleUnits": 2, "maxScaleUnits": 2}
    config["hybrid-network:expressRoute"] = {**config["hybrid-network:expressRoute"], "gateway": scaled}
    assert watched_network(config).rings(circuit_at_its_limit) == {"expressroute-routes-learned"}


def test_every_alert_says_what_it_means_what_is_next_and_what_to_run(dev: WatchedNetwork) -> None:
    told = {name: one.body["description"] for name, one in dev.alerts().items()}
    assert all(text.endswith("Run: python -m operations status --stack test") for text in told.values())
    assert "One more failure, of " in told["circuit-primary-lost"]
    assert "192.168.0.0/16" in told["circuit-primary-lost"]
    assert "One more failure, of " in told["site-hq-tunnel"]
    assert max(map(len, told.values())) < 1000


def test_the_page_has_every_alert(dev: WatchedNetwork) -> None:
    page = (ROOT / "docs" / "operations.md").read_text().partition("## Monitoring")[2]
    for name, one in dev.alerts().items():
        key = name.replace("primary", "NAME").replace("hq", "NAME")
        start, _, end = key.rpartition("-")
        assert f"`{key}`" in page or (f"`{start}-" in page and f"`-{end}`" in page), key
        assert f"({one.body['severity']})" in page


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
