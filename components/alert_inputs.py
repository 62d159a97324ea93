"""What Azure is told of an alert's condition: its criterion on a metric, or its query with the ids in it."""

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import monitor

from .watched import Check, Near, Query

_STATIC = "StaticThresholdCriterion"


def criterion(key: str, when: Check) -> monitor.MetricCriteriaArgs:
    """The criterion of a metric alert. key: the alert's."""
    near = when.threshold
    return monitor.MetricCriteriaArgs(
        criterion_type=_STATIC,
        name=key,
        metric_name=when.metric,
        metric_namespace=when.namespace,
        operator=when.operator,
        threshold=pulumi.Output.from_input(near.limit).apply(near.of) if isinstance(near, Near) else near,
        time_aggregation=when.aggregation,
        dimensions=[
            monitor.MetricDimensionArgs(name=name, operator="Include", values=list(values))
            for name, values in when.dimensions
        ],
        # A metric that has never had a value is not known yet, as of a gateway that has just been made.
        skip_metric_validation=True,
    )


def query(when: Query, resources: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """The query with the ids of what it watches."""
    watched = {scope: resources[scope] for scopes in when.among(resources).values() for scope in scopes}
    return pulumi.Output.all(pulumi.Output.all(**watched), when.ip or "").apply(
        lambda known: when.filled(known[0], known[1])
    )
