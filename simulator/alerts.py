"""Which of the alerts that a cloud has ring, and since when: each evaluated from what was deployed, and nothing else.

As Azure Monitor does (alerts-overview, alerts-troubleshoot-metric): an alert is looked at as often as it says, over its
window. A metric alert fires for each series of its dimensions by itself. What has fired is resolved when its condition
was not met in three looks one after the other. A series without data fires nothing; what had fired before stays, which
no page says.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator import kql
from simulator.cloud import Cloud
from simulator.resources import gateway_log, logs, metrics, monitor
from simulator.resources.history import Dimensions, History, Sample
from simulator.store import Json, Record

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqual": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqual": operator.le,
}
COLLECTED_AFTER_S = 60.0
"""From the end of a metric's grain until alerts see it: "in under a minute" (data-ingestion-time)."""
_LOOKS_UNTIL_RESOLVED = 3
_LATEST_S = 900.0
"""From a change until its last sample or row is there: a metric's grain, and what rows take."""
_HOUR_S = 3600.0
_META, _MOST = "alerts", 1000


@dataclass(frozen=True)
class Ringing:
    """An alert that rings. where: the dimensions of each series for which it does; of a query its rows."""

    name: str
    severity: int
    where: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """An alert has fired, or is resolved. at: in simulated seconds."""

    at: float
    name: str
    fired: bool


def ringing(cloud: Cloud) -> list[Ringing]:
    """The alerts that ring now, by name."""
    with cloud.store.transaction():
        fired, _ = _until_now(cloud)
        alerts = _alerts(cloud)
    found = [
        Ringing(alerts[key].name, int(alerts[key].body["severity"]), tuple(one["where"] for one in series.values()))
        for key, series in fired.items()
        if series
    ]
    return sorted(found, key=lambda one: one.name)


def events(cloud: Cloud, since: float = 0.0) -> list[Event]:
    """What fired and what was resolved from a moment on, the oldest first."""
    with cloud.store.transaction():
        _, found = _until_now(cloud)
    return [Event(*one) for one in found if one[0] >= since]


def _alerts(cloud: Cloud) -> dict[str, Record]:
    tokens = (monitor.METRIC_ALERT, monitor.QUERY_RULE)
    return {one.key: one for token in tokens for one in cloud.store.find(token=token)}


def _until_now(cloud: Cloud) -> tuple[dict[str, dict[str, Json]], list[tuple[float, str, bool]]]:
    """By alert and series what has fired, and all that has happened: brought up to now, and kept."""
    cloud.settle()
    now, past, alerts = cloud.clock.now(), History(cloud), _alerts(cloud)
    kept: Json = cloud.store.meta(_META, {"until": -1.0, "fired": {}, "events": []})
    until, happened = kept["until"], [tuple(one) for one in kept["events"]]
    fired = {key: series for key, series in kept["fired"].items() if key in alerts}
    causes, workspaces = _causes(cloud, past, until), dict[str, logs.Sent]()
    for key, alert in alerts.items():
        series, met = fired.setdefault(key, {}), _condition(cloud, alert, past, workspaces)
        for at in _looks(alert, causes, until, now):
            before = bool(series)
            _look(series, met(at))
            if bool(series) != before:
                happened.append((at, alert.name, bool(series)))
    happened = sorted(happened)[-_MOST:]
    cloud.store.set_meta(_META, {"until": now, "fired": fired, "events": happened})
    return fired, happened


def _causes(cloud: Cloud, past: History, until: float) -> list[float]:
    """The moments from which on an alert may be met anew or no longer: between them nothing moves."""
    logged = [entry["at"] for entry in gateway_log.entries(cloud)]
    idle = [at + _HOUR_S for at in past.changes]
    return sorted({until, *past.changes, *idle, *logged, *(at + 2 * 24 * _HOUR_S for at in logged)})


def _looks(alert: Record, causes: Sequence[float], until: float, now: float) -> Iterable[float]:
    """The moments at which an alert is looked at, after one and until another, as far as anything may have moved."""
    every = 60.0 * monitor.minutes(alert.body["evaluationFrequency"])
    window = 60.0 * monitor.minutes(alert.body["windowSize"])
    settled = min(window, _HOUR_S) + _LOOKS_UNTIL_RESOLVED * every + _LATEST_S
    numbers: set[int] = set()
    for cause in causes:
        first, last = max(cause, until), min(cause + settled, now)
        if last > first:
            numbers.update(range(int(first // every) + 1, int(last // every) + 1))
    return (number * every for number in sorted(numbers))


def _look(fired: dict[str, Json], met: Mapping[str, bool]) -> None:
    """One look: what is met fires, and what is not met for the third time is resolved."""
    for where, is_met in met.items():
        if is_met:
            fired[where] = {"where": where, "calm": 0}
        elif where in fired:
            fired[where]["calm"] += 1
            if fired[where]["calm"] >= _LOOKS_UNTIL_RESOLVED:
                del fired[where]


def _condition(
    cloud: Cloud, alert: Record, past: History, workspaces: dict[str, logs.Sent]
) -> Callable[[float], dict[str, bool]]:
    """By series, whether an alert's condition is met at a moment; a series without data is not there."""
    scope = cloud.store.get(alert.body["scopes"][0])
    if scope is None or not alert.body.get("enabled", True):
        return lambda _: {}
    if alert.token == monitor.QUERY_RULE:
        sent = workspaces[scope.key] = workspaces.get(scope.key) or logs.Sent(cloud, scope)
        return lambda at: _query(alert, sent, at)
    known = metrics.of_type(cloud.kinds[scope.token].arm_type)
    return lambda at: dict(_metric(alert, scope, known, at, past))


def _metric(
    alert: Record, resource: Record, every: Mapping[str, metrics.Metric], at: float, past: History
) -> Iterator[tuple[str, bool]]:
    criteria = alert.body["criteria"]["allOf"]
    if len(criteria) != 1:
        raise NotImplementedError(f"{alert.name}: an alert with {len(criteria)} criteria is not evaluated here")
    criterion = criteria[0]
    known = every.get(criterion["metricName"])
    if known is None:
        return
    grain, window = 60.0 * known.minutes, 60.0 * monitor.minutes(alert.body["windowSize"])
    last = (at - COLLECTED_AFTER_S) // grain * grain
    named = {one["name"]: one for one in criterion.get("dimensions") or []}
    grouped: dict[Dimensions, list[Sample]] = {}
    for of, samples in past.samples(resource.key, criterion["metricName"], grain, last - window, last).items():
        values = dict(of)
        if all(_included(one, values.get(name, "")) for name, one in named.items()):
            grouped.setdefault(tuple((name, values[name]) for name in named), []).extend(samples)
    for key, samples in grouped.items():
        value = _aggregated(criterion["timeAggregation"], samples)
        where = ", ".join(f"{name} {text}" for name, text in key) or resource.name
        yield where, _OPERATORS[criterion["operator"]](value, criterion["threshold"])


def _included(dimension: Json, value: str) -> bool:
    named = "*" in dimension["values"] or value in dimension["values"]
    return named if dimension["operator"] == "Include" else not named


def _aggregated(how: str, samples: Sequence[Sample]) -> float:
    return {
        "Average": sum(one.average for one in samples) / len(samples),
        "Minimum": min(one.minimum for one in samples),
        "Maximum": max(one.maximum for one in samples),
        "Total": sum(one.total for one in samples),
    }[how]


def _query(alert: Record, sent: logs.Sent, at: float) -> dict[str, bool]:
    """Whether enough of the last windows have too many rows: those whose TimeGenerated is in each."""
    condition, window = alert.body["criteria"]["allOf"][0], 60.0 * monitor.minutes(alert.body["windowSize"])
    periods = condition.get("failingPeriods") or {}
    count, least = periods.get("numberOfEvaluationPeriods", 1), periods.get("minFailingPeriodsToAlert", 1)
    query = condition["query"]
    rows = kql.run(query, sent.tables(at, count * window, query), at).rows
    if count > 1 and any("TimeGenerated" not in row for row in rows):
        raise NotImplementedError(f"{alert.name}: of several periods each row says its TimeGenerated")
    counted = [0] * count
    for row in rows:
        counted[min(count - 1, int((at - row["TimeGenerated"]) // window)) if count > 1 else 0] += 1
    failing = sum(_OPERATORS[condition["operator"]](number, condition["threshold"]) for number in counted)
    return {"its query has rows": failing >= least}
