"""What a workspace's tables hold: the metrics and logs that diagnostic settings send there.

Azure takes minutes to send them (data-ingestion-time): platform metrics three and what the workspace itself takes, logs
of networks five. A resource that has said nothing but zero for an hour is idle, and its zeros are no longer sent in
time (diagnostic-settings, "Inactive resources"): here not at all.
"""

from collections.abc import Iterator, Mapping

from simulator.ids import parse
from simulator.kql import Row, Table
from simulator.resources import gateway_log, metrics
from simulator.resources.base import AnyCloud
from simulator.resources.history import SETTING, History, Sample
from simulator.store import Json, Record

METRICS, LOGS = "AzureMetrics", "AzureDiagnostics"
MINUTES_LATE = {metrics.GATEWAYS: 5, metrics.CIRCUITS: 5, LOGS: 5}
"""From the end of a metric's grain, by its resource's type, or from an event, until its row is there."""
_IDLE_S = 3600
_OF_METRICS = (
    *("TimeGenerated", "ResourceId", "MetricName", "Total", "Count", "Maximum", "Minimum", "Average", "TimeGrain"),
)
_OF_LOGS = ("TimeGenerated", "ResourceId", "Category", "OperationName")
STANDARD: Mapping[str, Table] = {
    METRICS: Table(_OF_METRICS),
    "AzureActivity": Table(("TimeGenerated", "ResourceId", "OperationName")),
    "Heartbeat": Table(("TimeGenerated", "ResourceId")),
    "Usage": Table(("TimeGenerated", "DataType")),
}
"""The tables that every workspace has; AzureDiagnostics is there with its first row, and so are that one's columns."""


def tables(
    cloud: AnyCloud, workspace: Record, now: float, seconds: float, past: History, query: str = ""
) -> dict[str, Table]:
    """A workspace's tables as they are at a moment, with the rows of the last so many seconds. query: what they are
    for; metrics that it does not name are left out."""
    sent = [one for one in cloud.store.find(token=SETTING) if _goes_to(one, workspace)]
    rows = [row for setting in sent for row in _metrics(cloud, setting, now, seconds, past, query)]
    found = {**STANDARD, METRICS: Table(_OF_METRICS, rows)}
    logged = [row for setting in sent for row in _logs(cloud, setting)]
    there = [row for row in logged if row["TimeGenerated"] <= now - 60.0 * MINUTES_LATE[LOGS]]
    if there:
        columns = tuple(dict.fromkeys((*_OF_LOGS, *(name for row in there for name in row))))
        within = [row for row in there if row["TimeGenerated"] > now - seconds]
        found[LOGS] = Table(columns, [{name: row.get(name) for name in columns} for row in within])
    return found


def _goes_to(setting: Record, workspace: Record) -> bool:
    return str(setting.body.get("workspaceId", "")).lower() == workspace.key


def _resource(cloud: AnyCloud, setting: Record) -> Record | None:
    rid = parse(setting.id)
    return cloud.store.get(rid.parent) if rid else None


def _metrics(cloud: AnyCloud, setting: Record, now: float, seconds: float, past: History, query: str) -> Iterator[Row]:
    """Metrics without their dimensions, as Azure exports them: of all values of a metric's dimensions one row."""
    resource = _resource(cloud, setting)
    if resource is None or not any(one.get("enabled") for one in setting.body.get("metrics") or []):
        return
    known = metrics.of_type(cloud.kinds[resource.token].arm_type)
    exported = [name for name, metric in known.items() if metric.exported]
    last = now - 60.0 * MINUTES_LATE[cloud.kinds[resource.token].arm_type.lower()]
    for name in exported:
        if query and name not in query:
            continue
        grain = 60.0 * known[name].minutes
        by_time: dict[float, list[Sample]] = {}
        for samples in past.samples(resource.key, name, grain, now - seconds, last).values():
            for one in samples:
                by_time.setdefault(one.at, []).append(one)
        for at, samples in by_time.items():
            if not past.is_idle(resource.key, exported, at - _IDLE_S, at + grain):
                yield _row(resource, name, f"PT{known[name].minutes}M", samples)


def _row(resource: Record, name: str, grain: str, samples: list[Sample]) -> Row:
    averages = [one.average for one in samples]
    return {
        "TimeGenerated": samples[0].at,
        "ResourceId": resource.id.upper(),
        "MetricName": name,
        "Total": sum(one.total for one in samples),
        "Count": float(len(samples)),
        "Maximum": max(one.maximum for one in samples),
        "Minimum": min(one.minimum for one in samples),
        "Average": sum(averages) / len(averages),
        "TimeGrain": grain,
    }


def _logs(cloud: AnyCloud, setting: Record) -> Iterator[Row]:
    resource = _resource(cloud, setting)
    wanted = [one for one in setting.body.get("logs") or [] if one.get("enabled")]
    for entry in gateway_log.entries(cloud) if resource is not None and wanted else []:
        if resource is None or entry["gateway"] != resource.key or not _is_wanted(wanted, entry["category"]):
            continue
        yield {
            "TimeGenerated": entry["at"],
            "ResourceId": resource.id.upper(),
            "Category": entry["category"],
            "OperationName": entry["operation"],
            **entry["more"],
        }


def _is_wanted(wanted: list[Json], category: str) -> bool:
    return any(one.get("categoryGroup") == "allLogs" or one.get("category") == category for one in wanted)
