"""Monitoring: a workspace for metrics and logs, who is told, and the alerts of a network with failover."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import monitor, operationalinsights

from . import gateway_parts
from .alert_inputs import criterion, query
from .alerts import alerts
from .arguments import judged
from .base import Component
from .watched import EXPRESS_ROUTE, VPN, Alert, Check, Watched, circuit

_SINGLE = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"


class WatchedCircuitArgs(TypedDict):
    """A circuit that is watched."""

    name: str
    """Required. Its name in the program, part of its alerts' names."""
    circuit_id: pulumi.Input[str]
    """Required. Resource id of a circuit that is connected: of another one each alert would ring."""
    capacity_in_mbps: NotRequired[pulumi.Input[int]]
    """Optional. Its bandwidth, for alerts from 80 percent on."""


class WatchedSiteArgs(TypedDict):
    """A site that is watched."""

    name: str
    """Required. Its name in the program, part of its alerts' names."""
    connection_name: pulumi.Input[str]
    """Required. Physical name of its VPN connection."""
    bgp_peer_address: NotRequired[pulumi.Input[str]]
    """Conditional. Its BGP address, of a site with BGP: its metrics say whether session and tunnel are up [MON-01]."""
    public_ip: NotRequired[pulumi.Input[str]]
    """Conditional. Its device's public address, of a site without BGP: the gateway's log says whether its tunnel is up,
    since an idle one has no bytes [MON-01, MON-06]. Without either (a device by its DNS name) there is no alert."""
    instance: NotRequired[int]
    """Optional. 0 or 1, where the tunnel ends on this instance of the gateway alone; by default on all."""
    carries: NotRequired[bool]
    """Optional. It carries traffic in peace too, which no circuit has. Default false. Where one does, what the VPN
    carries is watched site by site."""


class MonitoringArgs(TypedDict):
    """Arguments of Monitoring."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of what is made."""
    workspace_id: NotRequired[pulumi.Input[str]]
    """Optional. A Log Analytics workspace that is there already, of this subscription or another; by default one is
    made."""
    workspace_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the workspace; `log-` and the component's name by default."""
    retention_in_days: NotRequired[pulumi.Input[int]]
    """Optional. How long the workspace keeps its logs: 30 to 730 days [MON-13]. Default 30."""
    emails: NotRequired[Sequence[pulumi.Input[str]]]
    """Optional. Whom the action group that is made writes to [MON-12]."""
    action_group_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the action group; `ag-` and the component's name by default."""
    short_name: NotRequired[pulumi.Input[str]]
    """Optional. What messages call the action group: 1 to 12 characters [MON-12]. Default `network`."""
    action_group_id: NotRequired[pulumi.Input[str]]
    """Optional. An action group that is there already, which is told too."""
    express_route_gateway_id: NotRequired[pulumi.Input[str]]
    """Optional. The ExpressRoute gateway."""
    express_route_scalable: NotRequired[bool]
    """Conditional. The gateway is an ErGwScale, whose metrics have other names [ALERT-06]. Default false."""
    express_route_routes: NotRequired[pulumi.Input[int]]
    """Optional. Routes that gateway and circuits take from a peer [LIMIT-03, LIMIT-20]. Default 4000."""
    vpn_gateway_id: NotRequired[pulumi.Input[str]]
    """Optional. The VPN gateway."""
    vpn_capacity_in_mbps: NotRequired[pulumi.Input[int]]
    """Optional. What the VPN gateway carries [LIMIT-11], for an alert from 80 percent on."""
    vpn_active_active: NotRequired[bool]
    """Optional. Whether the VPN gateway has two active instances. Default true."""
    bastion_id: NotRequired[pulumi.Input[str]]
    """Optional. A Bastion host, whose audit log is kept."""
    circuits: NotRequired[Sequence[WatchedCircuitArgs]]
    """Optional. The circuits."""
    sites: NotRequired[Sequence[WatchedSiteArgs]]
    """Optional. The sites."""
    notes: NotRequired[Mapping[str, str]]
    """Optional. By alert, what its description says besides: such as what to do."""
    alert_names: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Optional. By alert, its physical name; `alert-`, the component's name and the alert's by default."""
    diagnostic_setting_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the diagnostic settings, one on each resource; `diag-` and the component's name by
    default."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region of the workspace and of alerts on queries; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of what is made."""


class Monitoring(Component):
    """What tells that a network has failed over, that its backup is lost, or that the VPN takes what a circuit should
    carry; with Microsoft's baseline of alerts, corrected.

    Metrics and logs of gateways, circuits and Bastion go to a Log Analytics workspace. Each alert's description says
    what it means. Metrics come every five minutes from gateways, and logs and exported metrics some minutes later
    [MON-04, MON-05, MON-17]: docs/operations.md says how soon each rings.

    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    workspace_id: pulumi.Output[str]
    """Resource id of the workspace. Its keys are no output: who needs them asks Azure."""
    alert_ids: pulumi.Output[dict[str, str]]
    """Alert -> resource id."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, MonitoringArgs, args, gateway_parts.monitoring)
        super().__init__(name, args, opts)
        self._args = args
        group = args["resource_group_name"]
        self._common = {"resource_group_name": group, "tags": args.get("tags")}
        self.workspace_id = self._workspace(name)
        told = self._told(name)
        resources = self._resources()
        for scope, id in resources.items():
            self._send(name, scope, id)
        if "bastion_id" in args:
            self._send(name, "bastion", args["bastion_id"], metrics=False)
        found = alerts(Watched.of(args))
        ids = {alert.key: self._alert(name, alert, resources, told) for alert in found}
        self.alert_ids = pulumi.Output.all(**ids) if ids else pulumi.Output.from_input({})
        self.register_outputs({"workspaceId": self.workspace_id, "alertIds": self.alert_ids})

    def _workspace(self, name: str) -> pulumi.Output[str]:
        if "workspace_id" in self._args:
            return pulumi.Output.from_input(self._args["workspace_id"])
        return operationalinsights.Workspace(
            name,
            workspace_name=self._args.get("workspace_name", f"log-{name}"),
            location=self._args.get("location"),
            sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
            retention_in_days=self._args.get("retention_in_days", 30),
            **self._common,
            opts=self.child(depends_on=self.after()),
        ).id

    def _told(self, name: str) -> list[pulumi.Input[str]]:
        """The action groups that are told."""
        there = [self._args["action_group_id"]] if "action_group_id" in self._args else []
        emails = self._args.get("emails", [])
        if not emails:
            return there
        made = monitor.ActionGroup(
            name,
            action_group_name=self._args.get("action_group_name", f"ag-{name}"),
            location="Global",
            enabled=True,
            group_short_name=self._args.get("short_name", "network"),
            # As dicts here and in `_send`: azure-native 3.26 calls these types otherwise than 3.24.
            email_receivers=[
                {"name": f"email-{number}", "email_address": email, "use_common_alert_schema": True}
                for number, email in enumerate(emails, 1)
            ],
            **self._common,
            opts=self.child(depends_on=self.after()),
        )
        return [made.id, *there]

    def _resources(self) -> dict[str, pulumi.Input[str]]:
        """The ids of what is watched, by the alerts' scopes."""
        args = self._args
        found: dict[str, pulumi.Input[str]] = {
            circuit(one["name"]): one["circuit_id"] for one in args.get("circuits", [])
        }
        if "express_route_gateway_id" in args:
            found[EXPRESS_ROUTE] = args["express_route_gateway_id"]
        if "vpn_gateway_id" in args:
            found[VPN] = args["vpn_gateway_id"]
        return found

    def _send(self, name: str, scope: str, id: pulumi.Input[str], *, metrics: bool = True) -> None:
        """A resource's metrics and logs go to the workspace."""
        monitor.DiagnosticSetting(
            f"{name}-{scope.replace(' ', '-').lower()}",
            name=self._args.get("diagnostic_setting_name", f"diag-{name}"),
            resource_uri=id,
            workspace_id=self.workspace_id,
            logs=[{"category_group": "allLogs", "enabled": True}],
            metrics=[{"category": "AllMetrics", "enabled": True}] if metrics else None,
            opts=self.child(),
        )

    def _alert(
        self,
        name: str,
        alert: Alert,
        resources: Mapping[str, pulumi.Input[str]],
        told: Sequence[pulumi.Input[str]],
    ) -> pulumi.Output[str]:
        note = self._args.get("notes", {}).get(alert.key)
        common = {
            **self._common,
            "rule_name": self._args.get("alert_names", {}).get(alert.key, f"alert-{name}-{alert.key}"),
            "description": f"{alert.meaning} {note}" if note else alert.meaning,
            "enabled": True,
            "severity": alert.severity,
            "auto_mitigate": True,
            "window_size": alert.when.window,
            "opts": self.child(),
        }
        logical, when = f"{name}-{alert.key}", alert.when
        if isinstance(when, Check):
            return monitor.MetricAlert(
                logical,
                location="global",
                scopes=[resources[when.scope]],
                evaluation_frequency=when.frequency,
                criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                    odata_type=_SINGLE, all_of=[criterion(alert.key, when)]
                ),
                actions=[monitor.MetricAlertActionArgs(action_group_id=id) for id in told],
                **common,
            ).id
        return monitor.ScheduledQueryRule(
            logical,
            location=self._args.get("location"),
            kind="LogAlert",
            scopes=[self.workspace_id],
            evaluation_frequency="PT5M",
            criteria=monitor.ScheduledQueryRuleCriteriaArgs(
                all_of=[
                    monitor.ConditionArgs(
                        query=query(when, resources),
                        time_aggregation="Count",
                        operator="GreaterThan",
                        threshold=0,
                        failing_periods=monitor.ConditionFailingPeriodsArgs(
                            number_of_evaluation_periods=1, min_failing_periods_to_alert=1
                        ),
                    )
                ]
            ),
            actions=monitor.ActionsArgs(action_groups=told) if told else None,
            **common,
        ).id
