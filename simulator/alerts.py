"""Which of the alerts that a cloud has would ring now: each evaluated from what was deployed, and nothing else."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from simulator import kql
from simulator.cloud import Cloud
from simulator.resources import logs, metrics, monitor
from simulator.store import Json, Record

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqual": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqual": operator.le,
}


@dataclass(frozen=True)
class Ringing:
    """An alert that rings. where: the dimensions of each series for which it does; of a query its rows."""

    name: str
    severity: int
    where: tuple[str, ...]


def ringing(cloud: Cloud) -> list[Ringing]:
    """The alerts that ring now, by name. What a metric says now counts for the whole of an alert's window."""
    with cloud.store.transaction():
        cloud.settle()
        seen: dict[tuple[str, float], dict[str, kql.Table]] = {}
        found = [
            *(_ring(one, _metric(cloud, one)) for one in cloud.store.find(token=monitor.METRIC_ALERT)),
            *(_ring(one, _query(cloud, one, seen)) for one in cloud.store.find(token=monitor.QUERY_RULE)),
        ]
    return sorted((one for one in found if one.where), key=lambda one: one.name)


def _ring(alert: Record, where: Iterator[str]) -> Ringing:
    return Ringing(alert.name, int(alert.body["severity"]), tuple(where) if alert.body.get("enabled", True) else ())


def _metric(cloud: Cloud, alert: Record) -> Iterator[str]:
    resource = cloud.store.get(alert.body["scopes"][0])
    criteria = alert.body["criteria"]["allOf"]
    if resource is None:
        return
    if len(criteria) != 1:
        raise NotImplementedError(f"{alert.name}: an alert with {len(criteria)} criteria is not evaluated here")
    criterion = criteria[0]
    named = {one["name"]: one for one in criterion.get("dimensions") or []}
    grouped: dict[tuple[tuple[str, str], ...], list[float]] = {}
    for series in metrics.series(cloud, resource, criterion["metricName"]):
        if all(_included(one, series.dimensions.get(name, "")) for name, one in named.items()):
            key = tuple((name, series.dimensions[name]) for name in named)
            grouped.setdefault(key, []).append(series.value)
    for key, values in grouped.items():
        value = _aggregated(criterion["timeAggregation"], values, monitor.minutes(alert.body["windowSize"]))
        if _OPERATORS[criterion["operator"]](value, criterion["threshold"]):
            yield ", ".join(f"{name} {text}" for name, text in key) or resource.name


def _included(dimension: Json, value: str) -> bool:
    named = "*" in dimension["values"] or value in dimension["values"]
    return named if dimension["operator"] == "Include" else not named


def _aggregated(how: str, values: list[float], window: int) -> float:
    if how == "Total":
        return sum(values) * window
    return {"Average": sum(values) / len(values), "Maximum": max(values), "Minimum": min(values)}[how]


def _query(cloud: Cloud, alert: Record, seen: dict[tuple[str, float], dict[str, kql.Table]]) -> Iterator[str]:
    workspace = cloud.store.get(alert.body["scopes"][0])
    if workspace is None:
        return
    condition, seconds = alert.body["criteria"]["allOf"][0], 60.0 * monitor.minutes(alert.body["windowSize"])
    periods = condition.get("failingPeriods") or {}
    if periods.get("numberOfEvaluationPeriods", 1) != 1:
        raise NotImplementedError(f"{alert.name}: only one evaluation period is evaluated here")
    key = (workspace.key, seconds)
    if key not in seen:
        seen[key] = logs.tables(cloud, workspace, cloud.clock.now(), seconds)
    found = kql.run(condition["query"], seen[key])
    if _OPERATORS[condition["operator"]](len(found.rows), condition["threshold"]):
        yield from (", ".join(f"{name} {value}" for name, value in row.items()) for row in found.rows)
