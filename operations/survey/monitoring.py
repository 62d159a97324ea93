"""Monitoring as a setting, where all that it makes is there; else what watches the hub is listed.

An alert is known by what it watches, whatever it is called: a resource and its metric, or a query of the workspace.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.alerts import alerts
from components.rules import watching
from components.watched import EXPRESS_ROUTE, VPN, Alert, Check, Watched, circuit
from operations.survey.answers import ALERTS, Json, name_of, properties, reference, told
from operations.survey.found import Hub, Values, more_than
from operations.survey.gateways import EXPRESS_ROUTE as OF_EXPRESS_ROUTE
from operations.survey.gateways import VPN as OF_VPN
from operations.survey.gateways import gateway_of
from operations.survey.paths import connections
from topology.settings import watched
from topology.settings.model import Settings
from topology.settings.names import Names

_BASTION = "bastion"
_OF_WORKSPACE = (
    *("sku", "retentionInDays", "customerId", "features", "createdDate", "modifiedDate", "workspaceCapping"),
    *("publicNetworkAccessForIngestion", "publicNetworkAccessForQuery"),
)
_MENTIONED = 3
"""So many names in one sentence."""


class _NotOursError(Exception):
    """Why the setting cannot say what is there; the text is for the reader of the file."""


def monitoring(hub: Hub, settings: Settings | None) -> Values | None:
    """The setting `monitoring`; None where there is nothing that it says. settings: all others."""
    resources = _resources(hub, settings) if settings else {}
    sent = [one for one in _all(hub, "diagnosticSettings") if _extended(one) in _lower(resources.values())]
    spaces = {str(properties(one).get("workspaceId")).lower() for one in sent}
    rung = [
        one
        for kind in ALERTS
        for one in _all(hub, kind)
        if {str(scope).lower() for scope in properties(one).get("scopes") or ()}
        & {*_lower(resources.values()), *spaces}
    ]
    found, own, means = None, set[str](), "no setting says it"
    if settings and (sent or rung):
        try:
            found, own = _said(hub, settings, resources, sent, rung)
        except _NotOursError as why:
            means = f"`monitoring` does not say it: {why}"
    left = [one for one in (*sent, *rung) if str(one["id"]).lower() not in own]
    if left:
        listed = ", ".join(_title(one) for one in left)
        hub.leave(listed, f"it stays as it is, and the proof needs none of it; {means}")
    return found


def _all(hub: Hub, kind: str) -> Iterator[Json]:
    return (one for id, one in hub.answers.documents.items() if id.split("/")[-2] == kind.lower())


def _extended(setting: Json) -> str:
    """The id of the resource that a diagnostic setting is on, in small letters."""
    return str(setting["id"]).lower().rpartition("/providers/")[0]


def _lower(ids: Any) -> set[str]:
    return {str(id).lower() for id in ids}


def _title(document: Json) -> str:
    name = str(document.get("name") or name_of(str(document["id"])))
    kind = str(document["id"]).split("/")[-2].lower()
    of = name_of(str(document["id"]).rpartition("/providers/")[0])
    return f"diagnostic setting {name} of {of}" if kind not in _lower(ALERTS) else f"alert {name}"


def _resources(hub: Hub, settings: Settings) -> dict[str, str]:
    """The ids of what monitoring would watch, by the component's scopes."""
    express_route, vpn = gateway_of(hub, OF_EXPRESS_ROUTE), gateway_of(hub, OF_VPN)
    peers = {str(one.get("name")): reference(one, "peer") for one in connections(hub, express_route)}
    found = {
        circuit(one.name): peers[hub.own[f"circuitConnections.{one.name}"]]
        for one in settings.express_route.circuits
        if f"circuitConnections.{one.name}" in hub.own
    }
    for scope, gateway in ((EXPRESS_ROUTE, express_route), (VPN, vpn)):
        if gateway:
            found[scope] = str(gateway["id"])
    if "bastion" in hub.own and watched.audited(settings):
        found[_BASTION] = f"{hub.group}/providers/microsoft.network/bastionhosts/{hub.own['bastion']}"
    return found


def _said(
    hub: Hub, settings: Settings, resources: Mapping[str, str], sent: Sequence[Json], rung: Sequence[Json]
) -> tuple[Values, set[str]]:
    """The setting, and the ids in small letters of what it says. Raises `_NotOursError`."""
    if hub.as_is:
        raise _NotOursError("asked for (--as-is)")
    names = Names(settings)
    setting, workspace_id = _sent(names, resources, sent)
    made = _rung(hub, settings, names, resources, workspace_id, rung)
    groups = {frozenset(told(one)) for one in made.values()}
    if len(groups) > 1:
        raise _NotOursError("its alerts do not all tell the same")
    found = _whom(hub, settings, sorted(next(iter(groups), frozenset())))
    workspace = hub.read(workspace_id)
    if workspace and found and _is_usual(hub, workspace):
        hub.own["workspace"] = name_of(str(workspace["id"]))
        days = int(properties(workspace).get("retentionInDays") or watching.LEAST_DAYS)
        if days != watching.LEAST_DAYS:
            found["retentionInDays"] = days
    else:
        found["workspace"] = str(workspace["id"]) if workspace else workspace_id
    hub.own["diagnosticSetting"] = setting
    hub.own |= {f"alerts.{key}": str(one.get("name")) for key, one in made.items()}
    of_own = [one for one in sent if str(one.get("name")).lower() == setting.lower()]
    return found, _lower(one["id"] for one in (*of_own, *made.values()))


def _sent(names: Names, resources: Mapping[str, str], sent: Sequence[Json]) -> tuple[str, str]:
    """Name of the diagnostic settings, one on each resource, and the id of the workspace."""
    common: set[tuple[str, str]] | None = None
    for scope, id in resources.items():
        wanted = ({"allLogs"}, set() if scope == _BASTION else {"AllMetrics"})
        fit = {
            (str(one.get("name")), str(properties(one).get("workspaceId")))
            for one in sent
            if _extended(one) == id.lower()
            and (_enabled(one, "logs"), _enabled(one, "metrics")) == wanted
            and not more_than(one, ("workspaceId", "logs", "metrics"), {})
        }
        common = fit if common is None else common & fit
        if not common:
            raise _NotOursError(
                "with it all metrics and logs of gateways, connected circuits and Bastion go to one workspace, by "
                f"settings of one name, and {name_of(id)} has none such"
            )
    return min(common or (), key=lambda one: (one[0] != names.diagnostic_setting, one))


def _enabled(setting: Json, kind: str) -> set[str]:
    listed = properties(setting).get(kind) or ()
    return {str(one.get("categoryGroup") or one.get("category")) for one in listed if one.get("enabled")}


def _rung(
    hub: Hub,
    settings: Settings,
    names: Names,
    resources: Mapping[str, str],
    workspace: str,
    rung: Sequence[Json],
) -> dict[str, Json]:
    """Azure's alert for each that the setting makes, by its key."""
    connected = [one.name for one in settings.express_route.circuits if circuit(one.name) in resources]
    ids = {scope: id for scope, id in resources.items() if scope != _BASTION}
    gateways = {"express_route_gateway_id": ids[EXPRESS_ROUTE], "vpn_gateway_id": ids[VPN]}
    what = watched.monitoring(_with_gateways(hub, settings), names, connected)
    found, missing = {}, []
    for alert in alerts(Watched.of({**what, **gateways})):
        fit = [one for one in rung if hub.is_own(str(one["id"])) and _same(alert, one, ids, workspace)]
        if fit:
            found[alert.key] = min(fit, key=lambda one: (one.get("name") != names.alert(alert.key), str(one["name"])))
        else:
            missing.append(alert.key)
    if missing:
        more = f" and {len(missing) - _MENTIONED} more" if len(missing) > _MENTIONED else ""
        listed = ", ".join(missing[:_MENTIONED])
        raise _NotOursError(f"of its {len(found) + len(missing)} alerts there is none for {listed}{more}")
    return found


def _with_gateways(hub: Hub, settings: Settings) -> Settings:
    """The settings with what Azure says of gateways that are there already, as an update has them."""
    parts = {}
    for field, kind in (("express_route", OF_EXPRESS_ROUTE), ("vpn", OF_VPN)):
        part, inside = getattr(settings, field), properties(gateway_of(hub, kind) or {})
        told: dict[str, Any] = {"sku": (inside.get("sku") or {}).get("name")}
        if kind == OF_VPN:
            told |= {
                "generation": inside.get("vpnGatewayGeneration"),
                "active_active": bool(inside.get("activeActive")),
            }
        parts[field] = part.model_copy(update={"gateway": part.gateway.model_copy(update=told)})
    return settings.model_copy(update=parts)


def _same(alert: Alert, document: Json, ids: Mapping[str, str], workspace: str) -> bool:
    """Whether an alert of Azure's watches what this one would; where it rings may be another value."""
    inside, when = properties(document), alert.when
    criteria = (inside.get("criteria") or {}).get("allOf") or ()
    if len(criteria) != 1:
        return False
    scopes, one = [str(scope).lower() for scope in inside.get("scopes") or ()], criteria[0]
    if isinstance(when, Check):
        dimensions = {
            (str(of.get("name")), tuple(map(str, of.get("values") or ()))) for of in one.get("dimensions") or ()
        }
        return (
            scopes == [ids[when.scope].lower()]
            and (one.get("metricName"), one.get("operator")) == (when.metric, when.operator)
            and one.get("timeAggregation") == when.aggregation
            and dimensions == {(name, tuple(map(str, values))) for name, values in when.dimensions}
        )
    return scopes == [workspace.lower()] and _plain(str(one.get("query"))) == _plain(when.filled(ids, when.ip or ""))


def _plain(query: str) -> str:
    """A query in one form: Azure's ids are the same in any letters, and in any order here."""
    lists = re.compile(r'\(("[^"]*"(?:, "[^"]*")*)\)')
    return lists.sub(lambda found: f"({', '.join(sorted(found[1].split(', ')))})", query.strip().lower())


def _whom(hub: Hub, settings: Settings, ids: Sequence[str]) -> Values:
    """`emails` and `actionGroup`: who is told."""
    found = Values()
    for id in ids:
        group = hub.read(id)
        emails = _emails(settings, group) if group and hub.is_own(id) else []
        if emails and "emails" not in found:
            found["emails"] = emails
            hub.own["actionGroup"] = name_of(str((group or {}).get("id")))
        elif "actionGroup" not in found:
            found["actionGroup"] = str(group["id"]) if group else id
        else:
            raise _NotOursError("its alerts tell more than one action group that others made")
    return found


def _emails(settings: Settings, group: Json) -> list[str]:
    """The addresses of an action group that this project would make; none of another."""
    inside = properties(group)
    receivers = inside.get("emailReceivers") or []
    usual = (
        inside.get("enabled") is True
        and inside.get("groupShortName") == settings.name[: watching.MOST_IN_SHORT_NAME]
        and not more_than(group, ("groupShortName", "emailReceivers", "enabled"), {})
        and all(one.get("useCommonAlertSchema") for one in receivers)
    )
    by_name = {str(one.get("name")): str(one.get("emailAddress")) for one in receivers}
    wanted = [f"email-{number}" for number in range(1, len(receivers) + 1)]
    return [by_name[name] for name in wanted] if usual and sorted(by_name) == sorted(wanted) else []


def _is_usual(hub: Hub, workspace: Json) -> bool:
    """Whether a workspace is one that this project would make."""
    inside = properties(workspace)
    quota = (inside.get("workspaceCapping") or {}).get("dailyQuotaGb")
    return (
        hub.is_own(str(workspace["id"]))
        and str((inside.get("sku") or {}).get("name")).lower() == "pergb2018"
        and quota in (None, -1)
        and not more_than(workspace, _OF_WORKSPACE, {})
    )
