"""What Azure Monitor refuses."""

from typing import Any

from tests.simulator.world import ACTION_GROUP_ID, REQUESTS, WITH_CIRCUIT, WORKSPACE_ID, Case, id_of, unknown

WATCHED = (*WITH_CIRCUIT, "workspace", "action group")
_CRITERIA = REQUESTS["metric alert"][1]["criteria"]
_CONDITION = REQUESTS["query rule"][1]["criteria"]["allOf"][0]


def _criterion(**changes: Any) -> dict[str, Any]:
    one = {**_CRITERIA["allOf"][0], **changes}
    return {"criteria": {**_CRITERIA, "allOf": [{name: value for name, value in one.items() if value is not None}]}}


def _condition(**changes: Any) -> dict[str, Any]:
    return {"criteria": {"allOf": [{**_CONDITION, **changes}]}}


def _dimension(name: str, operator: str = "Include", *values: str) -> dict[str, Any]:
    return {"dimensions": [{"name": name, "operator": operator, "values": [*values]}]}


_ALERTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("BadRequest", _criterion(metricName="BgpPeerStatus")),
    ("BadRequest", _criterion(metricName="BgpAvailabilty")),
    ("BadRequest", _criterion(metricNamespace="Microsoft.Network/virtualNetworkGateways")),
    ("InvalidRequestFormat", _criterion(operator="Below")),
    ("InvalidRequestFormat", _criterion(threshold=None)),
    ("InvalidRequestFormat", _criterion(criterionType="DynamicThresholdCriterion")),
    ("InvalidRequestFormat", {"criteria": {**_CRITERIA, "odataType": "Other"}}),
    ("InvalidResourceReference", {"scopes": [id_of("expressRouteCircuits/none")]}),
    ("InvalidResourceReference", {"actions": [{"actionGroupId": f"{ACTION_GROUP_ID}x"}]}),
    *(
        (unknown("MON-09"), changes)
        for changes in (
            {"windowSize": "PT10M"},
            {"evaluationFrequency": "PT2M"},
            {"evaluationFrequency": "PT15M"},
            {"severity": 5},
            {"location": "westus3"},
            {"scopes": [id_of("expressRouteCircuits/circuit"), id_of("virtualNetworkGateways/er")]},
            _criterion(timeAggregation="Total"),
            _criterion(**_dimension("BgpPeerAddress", "Include", "*")),
            _criterion(**_dimension("Peer", "Is", "*")),
            _criterion(**_dimension("Peer")),
            {
                "scopes": [id_of("virtualNetworkGateways/er")],
                "windowSize": "PT1M",
                **_criterion(
                    metricName="BgpPeerStatus", metricNamespace=None, **_dimension("BgpPeerAddress", "Include", "*")
                ),
            },
        )
    ),
)
_RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("BadRequest", _condition(query="AzureDiagnostics | where Category == 'x'".replace("'", '"'))),
    ("BadRequest", _condition(query='AzureMetrics | where MetricNane == "x"')),
    ("InvalidRequestFormat", _condition(query="AzureMetrics | take 1")),
    ("InvalidRequestFormat", _condition(query="AzureMetrics | where")),
    ("InvalidResourceReference", {"actions": {"actionGroups": [f"{ACTION_GROUP_ID}x"]}}),
    *(
        (unknown("MON-10"), changes)
        for changes in (
            {"windowSize": "PT20M"},
            {"evaluationFrequency": "PT30M"},
            {"severity": -1},
            {"scopes": [id_of("expressRouteCircuits/circuit")]},
            {"criteria": {"allOf": []}},
            _condition(operator="gt"),
            _condition(timeAggregation="Average"),
            _condition(failingPeriods={"numberOfEvaluationPeriods": 2, "minFailingPeriodsToAlert": 3}),
        )
    ),
)
_SETTINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("MON-05 MON-08", "BadRequest", {"logs": [{"category": "TunnelDiagnosticLog", "enabled": True}]}),
    ("MON-05 MON-08", "BadRequest", {"logs": [{"categoryGroup": "audit", "enabled": True}]}),
    ("MON-08", "BadRequest", {"metrics": [{"category": "BgpAvailability", "enabled": True}]}),
    ("MON-08", unknown("MON-08"), {"workspaceId": None}),
    ("MON-08", unknown("MON-08"), {"logs": None, "metrics": None}),
    ("MON-08", "InvalidResourceReference", {"workspaceId": f"{WORKSPACE_ID}x"}),
    ("MON-08", "ParentResourceNotFound", {"resourceUri": id_of("expressRouteCircuits/none")}),
)
_EMAIL = {"name": "a", "emailAddress": "a@example.com"}
CASES = (
    *(Case("MON-09", code, "metric alert", changes, given=WATCHED) for code, changes in _ALERTS),
    *(Case("MON-10", code, "query rule", changes, given=WATCHED) for code, changes in _RULES),
    *(Case(rules, code, "diagnostic setting", changes, given=WATCHED) for rules, code, changes in _SETTINGS),
    Case("MON-08", "Conflict", "diagnostic setting", {"name": "b"}, given=(*WATCHED, "diagnostic setting")),
    *(
        Case("MON-12", unknown("MON-12"), "action group", changes, given=("group",))
        for changes in (
            {"groupShortName": ""},
            {"groupShortName": "thirteen-long"},
            {"emailReceivers": [_EMAIL, {**_EMAIL, "emailAddress": "b@example.com"}]},
            {"emailReceivers": [{**_EMAIL, "emailAddress": "nobody"}]},
        )
    ),
    *(
        Case("MON-13", unknown("MON-13"), "workspace", changes, given=("group",))
        for changes in ({"retentionInDays": 29}, {"retentionInDays": 731}, {"workspaceCapping": {"dailyQuotaGb": 0}})
    ),
    Case("MON-13", "InvalidResourceName", "workspace", {"workspaceName": "log"}, given=("group",)),
)
