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


class Sent:
    """What diagnostic settings have sent to a workspace, looked up once for several queries."""

    def __init__(self, cloud: AnyCloud, workspace: Record) -> None:
        self._cloud, self._past = cloud, History(cloud)
        settings = [one for one in cloud.store.find(token=SETTING) if _goes_to(one, workspace)]
        found = [(setting, _resource(cloud, setting)) for setting in settings]
        self._settings = [(setting, resource) for setting, resource in found if resource is not None]
        entries = gateway_log.entries(cloud)
        self._logged = [row for setting, resource in self._settings for row in _logs(setting, resource, entries)]
        self._rows: dict[tuple[str, str, float], Row | None] = {}

    def tables(self, now: float, seconds: float, query: str = "") -> dict[str, Table]:
        """The tables as they are at a moment, with the rows of the last so many seconds. query: what they are for;
        metrics that it does not name are left out."""
        rows = [row for one in self._settings for row in self._metrics(*one, now, seconds, query)]
        found = {**STANDARD, METRICS: Table(_OF_METRICS, rows)}
        there = [row for row in self._logged if row["TimeGenerated"] <= now - 60.0 * MINUTES_LATE[LOGS]]
        if there:
            columns = tuple(dict.fromkeys((*_OF_LOGS, *(name for row in there for name in row))))
            within = [row for row in there if row["TimeGenerated"] > now - seconds]
            found[LOGS] = Table(columns, [{name: row.get(name) for name in columns} for row in within])
        return found

    def _metrics(self, setting: Record, resource: Record, now: float, seconds: float, query: str) -> Iterator[Row]:
        """Metrics without their dimensions, as Azure exports them: of all values of a metric's dimensions one row."""
        if not any(one.get("enabled") for one in setting.body.get("metrics") or []):
            return
        arm_type = self._cloud.kinds[resource.token].arm_type.lower()
        known = {name: one for name, one in metrics.of_type(arm_type).items() if one.exported}
        for name in [name for name in known if not query or name in query]:
            grain, last = 60.0 * known[name].minutes, now - 60.0 * MINUTES_LATE[arm_type]
            at = (now - seconds) // grain * grain + grain
            while at + grain <= last:
                row = self._row(resource, name, at, grain, list(known))
                if row is not None:
                    yield row
                at += grain

    def _row(self, resource: Record, name: str, at: float, grain: float, exported: list[str]) -> Row | None:
        """One row; None where nothing was said, or the resource is idle."""
        asked = (resource.key, name, at)
        if asked not in self._rows:
            found = self._past.samples(resource.key, name, grain, at, at + grain).values()
            samples = [one for series in found for one in series]
            idle = not samples or self._past.is_idle(resource.key, exported, at - _IDLE_S, at + grain)
            self._rows[asked] = None if idle else _row(resource, name, f"PT{int(grain / 60)}M", samples)
        return self._rows[asked]


def _goes_to(setting: Record, workspace: Record) -> bool:
    return str(setting.body.get("workspaceId", "")).lower() == workspace.key


def _resource(cloud: AnyCloud, setting: Record) -> Record | None:
    rid = parse(setting.id)
    return cloud.store.get(rid.parent) if rid else None


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


def _logs(setting: Record, resource: Record, entries: list[Json]) -> Iterator[Row]:
    wanted = [one for one in setting.body.get("logs") or [] if one.get("enabled")]
    for entry in entries:
        if entry["gateway"] != resource.key or not _is_wanted(wanted, entry["category"]):
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
