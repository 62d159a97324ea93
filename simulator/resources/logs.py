"""What a workspace's tables hold: the metrics and logs that diagnostic settings send there."""

from collections.abc import Iterator, Mapping

from simulator.ids import parse
from simulator.kql import Row, Table
from simulator.resources import gateway_log, metrics
from simulator.resources.base import AnyCloud
from simulator.store import Json, Record

SETTING = "azure-native:monitor:DiagnosticSetting"
METRICS, LOGS = "AzureMetrics", "AzureDiagnostics"
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


def tables(cloud: AnyCloud, workspace: Record, now: float, seconds: float) -> dict[str, Table]:
    """A workspace's tables with the rows of the last so many seconds."""
    sent = [one for one in cloud.store.find(token=SETTING) if _goes_to(one, workspace)]
    rows = [row for setting in sent for row in _metrics(cloud, setting, now, seconds)]
    found = {**STANDARD, METRICS: Table(_OF_METRICS, rows)}
    logged = [row for setting in sent for row in _logs(cloud, setting)]
    if logged:
        columns = tuple(dict.fromkeys((*_OF_LOGS, *(name for row in logged for name in row))))
        within = [row for row in logged if now - seconds <= row["TimeGenerated"] <= now]
        found[LOGS] = Table(columns, [{name: row.get(name) for name in columns} for row in within])
    return found


def _goes_to(setting: Record, workspace: Record) -> bool:
    return str(setting.body.get("workspaceId", "")).lower() == workspace.key


def _resource(cloud: AnyCloud, setting: Record) -> Record | None:
    rid = parse(setting.id)
    return cloud.store.get(rid.parent) if rid else None


def _metrics(cloud: AnyCloud, setting: Record, now: float, seconds: float) -> Iterator[Row]:
    """Metrics without their dimensions, as Azure exports them: of all values of a metric's dimensions one row."""
    resource = _resource(cloud, setting)
    if resource is None or not any(one.get("enabled") for one in setting.body.get("metrics") or []):
        return
    for name, metric in metrics.of_type(cloud.kinds[resource.token].arm_type).items():
        values = [one.value for one in metrics.series(cloud, resource, name)] if metric.exported else []
        if not values:
            continue
        grain = 60 * metric.minutes
        scale = metric.minutes if metric.aggregations == ("Total",) else 1
        whole = [value * scale for value in values]
        row = {
            "ResourceId": resource.id.upper(),
            "MetricName": name,
            "Total": sum(whole),
            "Count": float(len(whole)),
            "Maximum": max(whole),
            "Minimum": min(whole),
            "Average": sum(whole) / len(whole),
            "TimeGrain": f"PT{metric.minutes}M",
        }
        first = int((now - seconds) // grain + 1) * grain
        for at in range(first, int(now), grain):
            yield {"TimeGenerated": float(at), **row}


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
