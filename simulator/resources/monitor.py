"""Azure Monitor: workspaces, diagnostic settings, action groups, metric alerts and alerts on log queries.

Sources: the SDK's own texts, Azure Monitor's pages on metric and log alerts, Microsoft's baseline of alerts (AMBA), and
reports of Azure's refusals: Azure/azure-cli#16106 and #31138, hashicorp/terraform-provider-azurerm#2470,
CDCgov/prime-reportstream#11773, Azure/bicep-registry-modules#3407, MicrosoftDocs/azure-docs#38575 and #69798.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator import checks, kql, schema
from simulator.errors import AzureError, fail
from simulator.ids import ResourceId, parse
from simulator.resources import logs, metrics
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.history import METRIC_ALERT
from simulator.store import Json, Record

SINGLE = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"
STATIC = "StaticThresholdCriterion"
_LONGEST_SHORT_NAME, _MOST_SETTINGS, _LEAST_DAYS, _MOST_DAYS = 12, 5, 30, 730
_GLOBAL, _ACROSS = "global", "Microsoft.OperationalInsights/workspaces/read"
_METRIC_WINDOWS = {"PT1M": 1, "PT5M": 5, "PT15M": 15, "PT30M": 30, "PT1H": 60, "PT6H": 360, "PT12H": 720, "P1D": 1440}
_METRIC_FREQUENCIES = {name: _METRIC_WINDOWS[name] for name in ("PT1M", "PT5M", "PT15M", "PT30M", "PT1H")}
_QUERY_WINDOWS = {
    **{f"PT{minutes}M": minutes for minutes in (1, 5, 10, 15, 30, 45)},
    **{f"PT{hours}H": 60 * hours for hours in (1, 2, 3, 4, 5, 6)},
    **{"P1D": 1440, "P2D": 2880},
}
_QUERY_FREQUENCIES = {name: minutes for name, minutes in _QUERY_WINDOWS.items() if name != "P2D"}
_VPN_LOGS = (
    "GatewayDiagnosticLog",
    "TunnelDiagnosticLog",
    "RouteDiagnosticLog",
    "IKEDiagnosticLog",
    "P2SDiagnosticLog",
)
_LOGS: Mapping[str, tuple[str, ...]] = {
    metrics.GATEWAYS: _VPN_LOGS,
    metrics.CIRCUITS: ("PeeringRouteLog",),
    "microsoft.network/bastionhosts": ("BastionAuditLogs",),
}
"""Categories of logs by the type of resource (MON-05)."""


def minutes(duration: str) -> int:
    """The minutes of a length of time that an alert may have."""
    return {**_METRIC_WINDOWS, **_QUERY_WINDOWS}[duration]


@dataclass(frozen=True)
class _OfMonitor(Kind):
    """What Azure Monitor's types have: no etag, no state of provisioning."""

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        return {name: value for name, value in body.items() if name not in ("etag", "provisioningState")}

    def allowed_across(self, request: Request) -> dict[str, str]:
        """A workspace or an action group may be of another subscription."""
        return {target.lower(): _ACROSS for target in self.references(request)}


@dataclass(frozen=True)
class Workspace(Kind):
    """A Log Analytics workspace."""

    def check(self, request: Request) -> None:
        days = request.inputs.get("retentionInDays")
        if days is not None and not _LEAST_DAYS <= days <= _MOST_DAYS:
            what = f"retentionInDays {days} is outside {_LEAST_DAYS} to {_MOST_DAYS}"
            raise fail("CodeUnknown_MON-13", id=request.id, what=what)
        quota = (request.inputs.get("workspaceCapping") or {}).get("dailyQuotaGb")
        if quota is not None and quota != -1 and quota <= 0:
            raise fail("CodeUnknown_MON-13", id=request.id, what=f"dailyQuotaGb {quota} is neither above 0 nor -1")

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        return super().view(cloud, record) | {"customerId": cloud.store.derive_uuid("workspace", record.key)}


@dataclass(frozen=True)
class ActionGroup(_OfMonitor):
    """Who is told."""

    def check(self, request: Request) -> None:
        short, receivers = str(request.inputs.get("groupShortName", "")), request.inputs.get("emailReceivers") or []
        names = [str(one.get("name", "")).lower() for one in receivers]
        wrong = (
            f"groupShortName {short!r} has not 1 to {_LONGEST_SHORT_NAME} characters"
            if not 1 <= len(short) <= _LONGEST_SHORT_NAME
            else "a receiver's name is given twice"
            if len(set(names)) < len(names)
            else "an email address is none"
            if not all(re.fullmatch(r"[^@\s]+@[^@\s]+", str(one.get("emailAddress", ""))) for one in receivers)
            else ""
        )
        if wrong:
            raise fail("CodeUnknown_MON-12", id=request.id, what=wrong)


@dataclass(frozen=True)
class DiagnosticSetting(_OfMonitor):
    """Where a resource's metrics and logs go. It extends the resource, and goes with it."""

    @property
    def path(self) -> tuple[str, ...]:
        return self.parameters

    def make_id(self, subscription: str, values: Json) -> str:
        return f"{values['resourceUri']}/providers/{self.arm_type}/{values['name']}"

    def path_values(self, rid: ResourceId) -> Json:
        return {"resourceUri": rid.parent, "name": rid.name}

    def references(self, request: Request) -> Iterator[str]:
        if target := request.inputs.get("workspaceId"):
            yield target

    def check(self, request: Request) -> None:
        parent = request.cloud.store.get(request.rid.parent)
        assert parent is not None
        of_type = request.cloud.kinds[parent.token].arm_type.lower()
        sent, known = request.inputs, _LOGS.get(of_type, ())
        for one in sent.get("logs") or []:
            category, group = one.get("category"), one.get("categoryGroup")
            if (category and category not in known) or (group and (group != "allLogs" or not known)):
                raise fail("DiagnosticCategoryNotSupported", kind="Category", category=category or group)
        for one in sent.get("metrics") or []:
            if one.get("category") != "AllMetrics":
                raise fail("DiagnosticCategoryNotSupported", kind="Metric category", category=one.get("category"))
        others = request.cloud.store.find(token=self.token, parent=request.rid.parent)
        others = [one for one in others if one.key != request.id.lower()]
        sinks = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")
        wrong = (
            "it goes nowhere"
            if not any(sent.get(name) for name in sinks)
            else "it sends nothing"
            if not sent.get("logs") and not sent.get("metrics")
            else f"the resource has {_MOST_SETTINGS} already"
            if len(others) >= _MOST_SETTINGS
            else ""
        )
        if wrong:
            raise fail("CodeUnknown_MON-08", id=request.id, what=wrong)
        for other in others:
            shared = _categories(sent) & _categories(other.body)
            if shared and str(other.body.get("workspaceId")).lower() == str(sent.get("workspaceId")).lower():
                raise fail("DataSinkInUse", sink=sent["workspaceId"], other=other.name, category=sorted(shared)[0])


def _categories(setting: Json) -> set[str]:
    listed = [*(setting.get("logs") or []), *(setting.get("metrics") or [])]
    return {str(one.get("category") or one.get("categoryGroup")) for one in listed if one.get("enabled")}


@dataclass(frozen=True)
class MetricAlert(_OfMonitor):
    """An alert on metrics of one resource, against thresholds that stay."""

    def references(self, request: Request) -> Iterator[str]:
        # What is watched need not be quiet: only be there.
        yield from (one["actionGroupId"] for one in request.inputs.get("actions") or [] if one.get("actionGroupId"))

    def check(self, request: Request) -> None:
        sent = request.inputs
        wrong = _wrong_times(sent, _METRIC_WINDOWS, _METRIC_FREQUENCIES) or (
            f"its location is {sent['location']}, not {_GLOBAL}"
            if sent["location"] != _GLOBAL
            else f"it has {len(sent['scopes'])} scopes, and here it has one"
            if len(sent["scopes"]) != 1
            else ""
        )
        if wrong:
            raise fail("CodeUnknown_MON-09", id=request.id, what=wrong)
        if request.cloud.store.get(sent["scopes"][0]) is None:
            raise fail("InvalidResourceReference", target=sent["scopes"][0], id=request.id)
        for criterion in _criteria(sent["criteria"]):
            error = _wrong_criterion(request, criterion)
            if error is not None:
                raise error


def _criteria(criteria: Json) -> list[Json]:
    """The criteria of a metric alert, if they are of the form that is known here."""
    shapes = schema.load().objects
    of_all, of_one = shapes["MetricAlertSingleResourceMultipleMetricCriteriaArgs"], shapes["MetricCriteriaArgs"]
    if criteria.get("odataType") != SINGLE or not criteria.get("allOf"):
        raise fail("InvalidRequestFormat", detail=f"only {SINGLE} with allOf is simulated. Path 'criteria'.")
    wrong = checks.problems(of_all["properties"], of_all["required"], criteria, enums=True, path="criteria.")
    for one in criteria["allOf"]:
        wrong += checks.problems(of_one["properties"], of_one["required"], one, enums=True, path="criteria.allOf.")
        if one.get("criterionType") != STATIC:
            wrong.append(f"only {STATIC} is simulated. Path 'criteria.allOf.criterionType'.")
    if wrong:
        raise fail("InvalidRequestFormat", detail="; ".join(dict.fromkeys(wrong)))
    return criteria["allOf"]


def _wrong_criterion(request: Request, criterion: Json) -> AzureError | None:
    rid, name = parse(request.inputs["scopes"][0]), criterion["metricName"]
    assert rid is not None
    namespace = criterion.get("metricNamespace")
    if namespace and namespace.lower() != rid.type.lower():
        return fail("MetricNamespaceInvalid", namespace=namespace, type=rid.type)
    metric = metrics.of_type(rid.type).get(name)
    if metric is None:
        return None if criterion.get("skipMetricValidation") else fail("MetricNotFound", metric=name)
    named = criterion.get("dimensions") or []
    wrong = (
        f"{name} has no dimension {', '.join(unknown)}"
        if (unknown := [one["name"] for one in named if one["name"] not in metric.dimensions])
        else f"{name} has no aggregation {criterion['timeAggregation']}"
        if criterion["timeAggregation"] not in metric.aggregations
        else "a dimension has no values, or an operator that is neither Include nor Exclude"
        if any(one["operator"] not in ("Include", "Exclude") or not one["values"] for one in named)
        else f"windowSize {request.inputs['windowSize']} is shorter than {name}'s grain, PT{metric.minutes}M"
        if minutes(request.inputs["windowSize"]) < metric.minutes
        else ""
    )
    return fail("CodeUnknown_MON-09", id=request.id, what=wrong) if wrong else None


def _wrong_times(sent: Json, windows: Mapping[str, int], frequencies: Mapping[str, int]) -> str:
    """What is wrong with an alert's window, frequency and severity; empty for nothing."""
    window, frequency, severity = sent.get("windowSize", ""), sent.get("evaluationFrequency", ""), sent.get("severity")
    if window not in windows:
        return f"windowSize {window!r} is none of {', '.join(windows)}"
    if frequency not in frequencies:
        return f"evaluationFrequency {frequency!r} is none of {', '.join(frequencies)}"
    if frequencies[frequency] > windows[window]:
        return f"evaluationFrequency {frequency} is longer than windowSize {window}"
    return "" if severity in range(5) else f"severity {severity} is none of 0 to 4"


@dataclass(frozen=True)
class ScheduledQueryRule(_OfMonitor):
    """An alert on the answer of a query of a workspace's tables."""

    def references(self, request: Request) -> Iterator[str]:
        yield from request.inputs.get("scopes") or []
        yield from (request.inputs.get("actions") or {}).get("actionGroups") or []

    def check(self, request: Request) -> None:
        sent = request.inputs
        scopes = [request.cloud.store.get(id) for id in sent.get("scopes") or []]
        conditions = (sent.get("criteria") or {}).get("allOf") or []
        wrong = _wrong_times(sent, _QUERY_WINDOWS, _QUERY_FREQUENCIES) or (
            "its scope is not one workspace"
            if [one.token for one in scopes if one] != [WORKSPACE]
            else "it has not one condition with a query"
            if len(conditions) != 1 or not conditions[0].get("query")
            else _wrong_condition(conditions[0])
        )
        if wrong:
            raise fail("CodeUnknown_MON-10", id=request.id, what=wrong)
        workspace = scopes[0]
        if sent.get("skipQueryValidation") or workspace is None:
            return
        try:
            now = request.cloud.clock.now()
            kql.run(conditions[0]["query"], logs.Sent(request.cloud, workspace).tables(now, 0.0), now)
        except kql.Unresolved as error:
            raise fail("QuerySemanticError", what=error) from None
        except kql.NotSimulated as error:
            raise fail("InvalidRequestFormat", detail=f"{error}. Path 'criteria.allOf[0].query'.") from None


def _wrong_condition(condition: Json) -> str:
    periods = condition.get("failingPeriods") or {}
    least, most = periods.get("minFailingPeriodsToAlert", 1), periods.get("numberOfEvaluationPeriods", 1)
    if not 1 <= least <= most <= 6:
        return f"{least} failing periods of {most} are not 1 to 6 of 1 to 6"
    if condition.get("operator") not in OPERATORS or condition.get("threshold") is None:
        return f"its operator is none of {', '.join(OPERATORS)}, or it has no threshold"
    if condition.get("timeAggregation") != "Count":
        return "only the aggregation Count is simulated"
    return ""


OPERATORS = ("Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual")
WORKSPACE = "azure-native:operationalinsights:Workspace"
QUERY_RULE = "azure-native:monitor:ScheduledQueryRule"
KINDS = (
    Workspace(WORKSPACE, "Microsoft.OperationalInsights/workspaces", ("workspaceName",), "Workspace"),
    ActionGroup(
        "azure-native:monitor:ActionGroup", "Microsoft.Insights/actionGroups", ("actionGroupName",), "ActionGroup"
    ),
    DiagnosticSetting(
        logs.SETTING, "Microsoft.Insights/diagnosticSettings", ("resourceUri", "name"), "DiagnosticSetting"
    ),
    MetricAlert(METRIC_ALERT, "Microsoft.Insights/metricAlerts", ("ruleName",), "MetricAlert"),
    ScheduledQueryRule(QUERY_RULE, "Microsoft.Insights/scheduledQueryRules", ("ruleName",), "ScheduledQueryRule"),
)
