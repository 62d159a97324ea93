"""What Azure is told of an alert's condition: its criterion on a metric, or its query with the ids in it."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_azure_native import monitor

from .watched import EVERY_CIRCUIT, EVERY_GATEWAY, EXPRESS_ROUTE, VPN, Check, Near, Query

_STATIC, _MINUTES = "StaticThresholdCriterion", 5


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
    among: dict[str, list[pulumi.Input[str]]] = {
        EVERY_CIRCUIT: [id for scope, id in resources.items() if scope not in (VPN, EXPRESS_ROUTE)],
        EVERY_GATEWAY: [resources[scope] for scope in (EXPRESS_ROUTE, VPN) if scope in resources],
        VPN: [resources[VPN]] if VPN in resources else [],
    }

    rows = str(_MINUTES * len(among[EVERY_CIRCUIT]))

    def filled(known: dict[str, Any]) -> str:
        ids = {scope: ", ".join(f'"{id}"' for id in known["ids"][scope]) for scope in when.scopes}
        text = when.text
        for place, value in {**ids, "ip": str(known["ip"]), "rows": rows}.items():
            text = text.replace(f"{{{place}}}", value)
        return text

    ids = {scope: pulumi.Output.all(*among[scope]) for scope in when.scopes}
    return pulumi.Output.all(ids=pulumi.Output.all(**ids), ip=when.ip or "").apply(filled)
