"""What the simulated Azure Monitor says: metrics of what is outside, logs of what happens, and the alerts that ring."""

import json
import math
from typing import Any

import pytest

from simulator import kql, show
from simulator.alerts import events, ringing
from simulator.cloud import Cloud
from simulator.outside import parse
from simulator.resources import gateway_log, logs, metrics
from simulator.resources.monitor import WORKSPACE
from tests.simulator.cases_connections import provisioned
from tests.simulator.world import REQUESTS, WITH_SITE, id_of, make, put

KEY = REQUESTS["vpn connection"][1]["sharedKey"]
PEACE = f"""
links:
- {{circuit: circuit, path: primary, announces: [10.1.11.0/25]}}
- {{circuit: circuit, path: secondary, announces: [10.1.11.0/25]}}
tunnels: [{{connection: con-vpn, key: {KEY}, announces: [10.1.11.0/25]}}]
"""
CIRCUIT, VPN = id_of("expressRouteCircuits/circuit"), id_of("virtualNetworkGateways/vpn")
ONE_DOWN, TUNNEL_DOWN = ("path: primary", "path: primary, up: false"), ("con-vpn", "con-vpn, up: false")


@pytest.fixture(scope="module")
def cloud() -> Cloud:
    cloud = make(*WITH_SITE, "circuit", "er gateway", "workspace", "action group")
    put(cloud, "site", bgpSettings={"asn": 65020, "bgpPeeringAddress": "192.168.11.88"}, localNetworkAddressSpace=None)
    put(cloud, "vpn gateway", enableBgp=True)
    put(cloud, "vpn connection", enableBgp=True)
    provisioned(cloud)
    put(cloud, "peering", peerASN=65020)
    put(cloud, "er connection")
    put(cloud, "diagnostic setting")
    put(cloud, "diagnostic setting", resourceUri=VPN)
    put(cloud, "metric alert")
    put(cloud, "query rule")
    return cloud


def connect(cloud: Cloud, *changes: tuple[str, str]) -> None:
    text = PEACE
    for old, new in changes:
        text = text.replace(old, new)
    cloud.connect(parse(text))


def seen(cloud: Cloud, id: str, name: str) -> dict[tuple[str, ...], float]:
    record = cloud.store.get(id)
    assert record is not None
    return {tuple(one.dimensions.values()): one.value for one in metrics.series(cloud, record, name)}


def exported(cloud: Cloud, query: str, seconds: float = 900.0) -> list[dict[str, Any]]:
    (workspace,) = cloud.store.find(token=WORKSPACE)
    now = cloud.clock.now()
    return list(kql.run(query, logs.Sent(cloud, workspace).tables(now, seconds), now).rows)


def pass_by(cloud: Cloud, minutes: float) -> None:
    cloud.clock.sleep_until(cloud.clock.now() + 60 * minutes)


def test_metrics_follow_what_is_outside(cloud: Cloud) -> None:
    connect(cloud)
    assert seen(cloud, CIRCUIT, "BgpAvailability") == {("Private", "Primary"): 100.0, ("Private", "Secondary"): 100.0}
    assert seen(cloud, VPN, "TunnelAverageBandwidth") == {("con-vpn", "198.51.100.7", "GatewayTenantWorker_IN_0"): 20.0}
    assert seen(cloud, VPN, "BgpPeerStatus")[("192.168.11.88", "GatewayTenantWorker_IN_0")] == 1.0
    connect(cloud, ONE_DOWN, TUNNEL_DOWN)
    assert seen(cloud, CIRCUIT, "ArpAvailability") == {("Private", "Primary"): 0.0, ("Private", "Secondary"): 100.0}
    assert set(seen(cloud, VPN, "TunnelIngressBytes").values()) == {0.0}
    assert seen(cloud, VPN, "BgpPeerStatus")[("192.168.11.88", "GatewayTenantWorker_IN_0")] == 0.0


def test_a_metric_of_another_sku_says_nothing(cloud: Cloud) -> None:
    connect(cloud)
    name, er = "ExpressRouteGatewayCpuUtilization", id_of("virtualNetworkGateways/er")
    assert len(seen(cloud, er, name)) == 2
    assert seen(cloud, er, f"{metrics.SCALABLE}{name}") == {}
    assert seen(cloud, VPN, name) == {}


def test_metrics_are_exported_without_their_dimensions_and_only_those_that_can_be(cloud: Cloud) -> None:
    connect(cloud, ONE_DOWN)
    pass_by(cloud, 30)
    query = 'AzureMetrics | where MetricName == "BgpAvailability" | summarize count(), Up = avg(Average) by ResourceId'
    (row,) = exported(cloud, query)
    assert (row["ResourceId"], row["Up"]) == (CIRCUIT.upper(), 50.0)
    assert 9 <= row["count_"] <= 10, "rows come five minutes later"
    assert exported(cloud, 'AzureMetrics | where MetricName == "BgpPeerStatus"') == []
    (row,) = exported(
        cloud,
        'AzureMetrics | where MetricName == "TunnelIngressBytes" | top 1 by TimeGenerated',
    )
    assert row["Total"] == math.prod((20, 300))


def test_a_tunnel_that_comes_and_goes_and_maintenance_are_logged(cloud: Cloud) -> None:
    connect(cloud)
    connect(cloud, TUNNEL_DOWN)
    last = (
        'AzureDiagnostics | where Category == "TunnelDiagnosticLog" | summarize arg_max(TimeGenerated, OperationName)'
    )
    gateway = cloud.store.get(VPN)
    assert gateway is not None
    assert [entry["operation"] for entry in gateway_log.entries(cloud)][-2:] == [
        "TunnelConnected",
        "TunnelDisconnected",
    ]
    assert exported(cloud, f'{last} by ResourceId | where OperationName == "TunnelDisconnected"') == [], "not yet there"
    gateway_log.maintain(cloud, gateway, cloud.clock.now() - 60, "198.51.100.7")
    pass_by(cloud, 6)
    (row,) = exported(cloud, f"{last} by ResourceId")
    assert (row["ResourceId"], row["OperationName"]) == (VPN.upper(), "TunnelDisconnected")
    assert exported(cloud, 'AzureDiagnostics | where OperationName == "HostMaintenanceEvent"')


def test_alerts_ring_by_what_was_deployed(cloud: Cloud) -> None:
    connect(cloud)
    pass_by(cloud, 60)
    assert ringing(cloud) == []
    connect(cloud, ONE_DOWN)
    assert ringing(cloud) == [], "nobody has looked yet"
    pass_by(cloud, 10)
    assert [(one.name, one.severity, one.where) for one in ringing(cloud)] == [("link", 2, ("Peer Primary",))]
    connect(cloud, ONE_DOWN, ("path: secondary", "path: secondary, up: false"))
    pass_by(cloud, 40)
    assert [one.name for one in ringing(cloud)] == ["asked", "link"]
    shown, read = show.alerts(cloud, as_json=False), json.loads(show.alerts(cloud, as_json=True))
    assert "2 alerts ring" in shown
    assert shown.index("severity 1  asked") < shown.index("severity 2  link") < shown.index("fired     link")
    assert [one["name"] for one in read["ringing"]] == ["asked", "link"]
    assert {one["name"] for one in read["events"]} == {"asked", "link"}


def test_a_query_on_a_table_of_later_is_taken_in_a_fuzzy_union_or_unread(cloud: Cloud) -> None:
    fresh = make(*WITH_SITE, "workspace", "action group")
    for query, more in (
        ('union isfuzzy=true (datatable(Category: string) []), AzureDiagnostics | where Category == "x"', {}),
        ('AzureDiagnostics | where Category == "x"', {"skipQueryValidation": True}),
    ):
        condition = {**REQUESTS["query rule"][1]["criteria"]["allOf"][0], "query": query}
        put(fresh, "query rule", criteria={"allOf": [condition]}, **more)


@pytest.mark.parametrize(
    "query",
    [
        "AzureMetrics | take 1",
        "AzureMetrics | where Average + 1 > 2",
        "AzureMetrics | summarize percentile(Average)",
        "AzureMetrics | summarize sum(Average, Total)",
        "AzureMetrics | join kind=rightouter AzureMetrics on TimeGenerated",
        "AzureMetrics | where Average > now()",
        "AzureMetrics | where TimeGenerated > ago(5)",
        'AzureMetrics | top "1" by TimeGenerated',
        "AzureMetrics AzureMetrics",
        "union AzureMetrics, Usage",
        "AzureMetrics | summarize max(Average) by bin(TimeGenerated, 5)",
        "AzureMetrics | where `x` == 1",
    ],
)
def test_what_the_reader_of_queries_does_not_know_it_refuses(query: str) -> None:
    with pytest.raises(kql.NotSimulated):
        kql.run(query, logs.STANDARD)


def test_queries_are_answered_as_kusto_does() -> None:
    rows = [{"T": at, "N": "a" if at < 300 else "B", "V": float(at)} for at in range(0, 600, 60)]
    tables = {"Some": kql.Table(("T", "N", "V"), rows)}

    def answer(query: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in kql.run(query, tables, 540 + 30).rows]

    assert answer('Some | where N =~ "b" and (V < 400 or V >= 540)') == [
        (300, "B", 300.0),
        (360, "B", 360.0),
        (540, "B", 540.0),
    ]
    assert answer("Some | summarize max(V), Least = min(V) by bin(T, 5m)") == [(0, 240.0, 0.0), (300, 540.0, 300.0)]
    assert answer(
        'let b = Some | where N in ("B"); Some | where V > 400 | join kind=inner (b) on T | where V1 < 450'
    ) == [(420, "B", 420.0, 420, "B", 420.0)]
    assert answer("Some | summarize arg_max(T, V) by N") == [("a", 240, 240.0), ("B", 540, 540.0)]
    assert answer('Some | where N != "a" | summarize count() by N') == [("B", 5)]
    assert answer("Some | top 2 by V | where T > ago(1m)") == [(540, "B", 540.0)]
    more = "let b = Some | where T == 0; Some | where T < 120 | join kind=leftouter (b) on T"
    assert answer(f"{more} | where isnull(V1)") == [(60, "a", 60.0, None, None, None)]
    assert answer(f"{more} | where V1 < 100 or V1 >= 100 | summarize count()") == [(1,)]
    assert answer(f"{more} | summarize min(V1), avg(V1), count()") == [(0.0, 0.0, 2)]


def test_several_periods_are_counted_each_by_itself(cloud: Cloud) -> None:
    """failingPeriods: so many of the last windows have rows (types of the SDK)."""
    condition = dict(REQUESTS["query rule"][1]["criteria"]["allOf"][0])
    condition["query"] = (
        'AzureMetrics | where MetricName == "BgpAvailability" | summarize Up = avg(Average) by bin(TimeGenerated, 1m) '
        "| where Up < 100"
    )
    condition["failingPeriods"] = {"numberOfEvaluationPeriods": 3, "minFailingPeriodsToAlert": 3}
    put(cloud, "query rule", ruleName="thrice", windowSize="PT10M", criteria={"allOf": [condition]})
    connect(cloud)
    pass_by(cloud, 60)
    for minutes, expected in ((5, False), (30, True)):
        began = cloud.clock.now()
        connect(cloud, ONE_DOWN)
        pass_by(cloud, minutes)
        connect(cloud)
        pass_by(cloud, 60)
        assert any(one.name == "thrice" and one.fired for one in events(cloud, began)) is expected


def test_a_metric_without_data_fires_nothing_and_what_had_fired_stays(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(cloud, ONE_DOWN)
    pass_by(cloud, 30)
    assert "link" in {one.name for one in ringing(cloud)}
    monkeypatch.setattr(metrics, "every", lambda cloud, resource, names: {name: [] for name in names})
    connect(cloud)
    pass_by(cloud, 60)
    assert "link" in {one.name for one in ringing(cloud)}
    monkeypatch.undo()
    connect(cloud, TUNNEL_DOWN)
    pass_by(cloud, 60)
    assert "link" not in {one.name for one in ringing(cloud)}
