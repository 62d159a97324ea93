"""What metrics have said until now: kept at each change of what somebody watches, since between two nothing moves.

A metric is collected in grains of a minute or of five, and of each grain there is one sample (reference of metrics).
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator import outside
from simulator.ids import parse
from simulator.resources import metrics
from simulator.resources.base import AnyCloud
from simulator.store import Json

METRIC_ALERT, SETTING = "azure-native:monitor:MetricAlert", "azure-native:monitor:DiagnosticSetting"
_META, _MOST = "metrics", 500
Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sample:
    """One metric in one grain from `at` on, for one value of each dimension. total: of a sum, what the grain adds."""

    at: float
    average: float
    minimum: float
    maximum: float
    total: float


def observe(cloud: AnyCloud, now: float) -> None:
    """Something has changed: from now on the metrics that somebody watches say what they say now."""
    if outside.load(cloud.store) is None:
        return
    said: dict[str, dict[str, list[Json]]] = {}
    for key, names in _watched(cloud).items():
        resource = cloud.store.get(key)
        if resource is not None:
            said[key] = {
                name: [{"of": dict(one.dimensions), "value": one.value} for one in series]
                for name, series in metrics.every(cloud, resource, sorted(names)).items()
            }
    kept: list[Json] = cloud.store.meta(_META, [])
    if said != (kept[-1]["said"] if kept else {}):
        now = max(now, kept[-1]["at"]) if kept else now
        kept = [*(one for one in kept if one["at"] < now), {"at": now, "said": said}]
        cloud.store.set_meta(_META, kept[-_MOST:])


def _watched(cloud: AnyCloud) -> dict[str, set[str]]:
    """The metrics that metric alerts and diagnostic settings name, by the key of what has them."""
    found: dict[str, set[str]] = {}
    for alert in cloud.store.find(token=METRIC_ALERT):
        names = {criterion["metricName"] for criterion in alert.body["criteria"]["allOf"]}
        found.setdefault(alert.body["scopes"][0].lower(), set()).update(names)
    for setting in cloud.store.find(token=SETTING):
        rid = parse(setting.id)
        resource = cloud.store.get(rid.parent) if rid else None
        if resource is not None:
            known = metrics.of_type(cloud.kinds[resource.token].arm_type)
            exported = {name for name, metric in known.items() if metric.exported}
            found.setdefault(resource.key, set()).update(exported)
    return found


class History:
    """What a cloud's metrics have said until now."""

    def __init__(self, cloud: AnyCloud) -> None:
        self._kept: list[Json] = cloud.store.meta(_META, [])
        self.changes = [float(one["at"]) for one in self._kept]
        """The moments at which something changed, the oldest first."""
        self._grains: dict[tuple[str, str, float, float], dict[Dimensions, Sample]] = {}

    def samples(self, key: str, name: str, grain: float, first: float, last: float) -> dict[Dimensions, list[Sample]]:
        """A metric's samples between two moments, by its dimensions. grain: seconds."""
        found: dict[Dimensions, list[Sample]] = {}
        at = -(-first // grain) * grain
        while at + grain <= last:
            for of, sample in self._grain(key, name, at, grain).items():
                found.setdefault(of, []).append(sample)
            at += grain
        return found

    def _grain(self, key: str, name: str, at: float, grain: float) -> dict[Dimensions, Sample]:
        """The samples of one grain, kept: windows overlap."""
        asked = (key, name, at, grain)
        if asked not in self._grains:
            pieces: dict[Dimensions, list[tuple[float, float]]] = {}
            for seconds, said in self._pieces(at, at + grain):
                for one in said.get(key, {}).get(name, []):
                    pieces.setdefault(tuple(one["of"].items()), []).append((seconds, one["value"]))
            self._grains[asked] = {of: _sample(at, values) for of, values in pieces.items()}
        return self._grains[asked]

    def is_idle(self, key: str, names: Sequence[str], first: float, last: float) -> bool:
        """Whether these metrics have said nothing but zero between two moments."""
        of = (said.get(key, {}) for _, said in self._pieces(first, last))
        return not any(one["value"] for said in of for name in names for one in said.get(name, []))

    def _pieces(self, first: float, last: float) -> Iterator[tuple[float, Mapping[str, Mapping[str, list[Json]]]]]:
        """What was said between two moments, each with the seconds for which it was."""
        number = max(0, bisect_right(self.changes, first) - 1)
        while number < len(self.changes):
            start = max(first, self.changes[number])
            end = min(last, self.changes[number + 1]) if number + 1 < len(self.changes) else last
            if end <= start:
                return
            yield end - start, self._kept[number]["said"]
            number += 1


def _sample(at: float, pieces: Sequence[tuple[float, float]]) -> Sample:
    seconds, values = sum(length for length, _ in pieces), [value for _, value in pieces]
    total = sum(length * value for length, value in pieces)
    return Sample(at, total / seconds, min(values), max(values), total / 60.0)
