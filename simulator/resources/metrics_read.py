"""Microsoft.Insights/metrics: what a metric says now, in the form of Azure Monitor's REST API."""

import re

from simulator.errors import fail
from simulator.resources import metrics
from simulator.resources.base import AnyCloud
from simulator.resources.failover_tests import utc
from simulator.store import Json, Record

_SPLIT = re.compile(r"(\w+) eq '\*'")


def read(cloud: AnyCloud, resource: Record, given: Json) -> Json:
    """The metrics of `metricnames`, one value each: of all dimensions together, or of each that `$filter` splits by."""
    known = metrics.of_type(cloud.kinds[resource.token].arm_type)
    names = [name for name in str(given.get("metricnames", "")).split(",") if name]
    if unknown := [name for name in names if name not in known] or ([] if names else ["(none)"]):
        raise fail("MetricNotFound", metric=", ".join(unknown))
    split = _SPLIT.findall(str(given.get("$filter", "")))
    return {
        "cost": 0,
        "interval": f"PT{max(known[name].minutes for name in names)}M",
        "namespace": cloud.kinds[resource.token].arm_type,
        "value": [_metric(cloud, resource, name, known[name], split) for name in names],
    }


def _metric(cloud: AnyCloud, resource: Record, name: str, metric: metrics.Metric, split: list[str]) -> Json:
    grouped: dict[tuple[str, ...], list[float]] = {}
    for one in metrics.series(cloud, resource, name):
        grouped.setdefault(tuple(one.dimensions.get(dimension, "") for dimension in split), []).append(one.value)
    total = metric.aggregations == ("Total",)
    moment = utc(cloud.clock.now())
    return {
        "id": f"{resource.id}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name},
        "timeseries": [
            {
                "metadatavalues": [
                    {"name": {"value": dimension.lower()}, "value": value}
                    for dimension, value in zip(split, key, strict=True)
                ],
                "data": [
                    {"timeStamp": moment, "total": sum(values) * metric.minutes}
                    if total
                    else {"timeStamp": moment, "average": sum(values) / len(values), "maximum": max(values)}
                ],
            }
            for key, values in grouped.items()
        ],
    }
