"""Maintenance windows: when, every day, Azure may maintain each gateway of a network."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import maintenance

from . import gateway_parts
from .arguments import judged
from .base import Component, group_of
from .lookup import find
from .rules.maintenance import DEFAULT_TIME_ZONE, LEAST_HOURS


class MaintenanceWindowArgs(TypedDict):
    """When one gateway is maintained."""

    name: str
    """Required. Name of the window in the program: lower-case letters, digits and hyphens."""
    gateway_id: pulumi.Input[str]
    """Required. Resource id of the gateway, made here or existing."""
    start: pulumi.Input[str]
    """Required. When it begins, every day, as `HH:mm` [MAINT-01]."""
    hours: NotRequired[pulumi.Input[int]]
    """Optional. How long it is: 5 to 23 hours. Default 5 [MAINT-01]."""
    physical_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name; `mc-`, the component's name and the window's by default."""


class MaintenanceWindowsArgs(TypedDict):
    """Arguments of MaintenanceWindows."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of the maintenance configurations."""
    windows: Sequence[MaintenanceWindowArgs]
    """Required. One for each gateway; no two may overlap [MAINT-04]."""
    time_zone: NotRequired[pulumi.Input[str]]
    """Optional. The time zone of all of them, by its name in Windows, such as W. Europe Standard Time, with its summer
    time. Default UTC."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. The gateways' region; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of the maintenance configurations."""


class MaintenanceWindows(Component):
    """A daily maintenance window for each gateway of a network, so that Azure never maintains two at once.

    It covers the guest system and the service, neither the host nor urgent security updates [MAINT-03], and takes
    effect within a day [MAINT-02]. Azure wants a first day that is not over: it is chosen when a window is made or gets
    another time of day, and stays otherwise.

    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    configuration_ids: pulumi.Output[dict[str, str]]
    """Window name -> resource id of its maintenance configuration."""

    def __init__(self, name: str, args: MaintenanceWindowsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, MaintenanceWindowsArgs, args, gateway_parts.maintenance_windows)
        super().__init__(name, args, opts)
        ids = {window["name"]: self._window(name, args, window) for window in args["windows"]}
        self.configuration_ids = pulumi.Output.all(**ids) if ids else pulumi.Output.from_input({})
        self.register_outputs({"configurationIds": self.configuration_ids})

    def _window(self, name: str, args: MaintenanceWindowsArgs, window: MaintenanceWindowArgs) -> pulumi.Output[str]:
        logical = f"{name}-{window['name']}"
        physical = window.get("physical_name", f"mc-{logical}")
        group, gateway = args["resource_group_name"], pulumi.Output.from_input(window["gateway_id"])
        # Whether the name is a secret is no matter of the day's.
        found = [pulumi.Output.unsecret(pulumi.Output.from_input(one)) for one in (group, physical)]
        configuration = maintenance.MaintenanceConfiguration(
            logical,
            resource_name_=physical,
            resource_group_name=group,
            location=args.get("location"),
            maintenance_scope="Resource",
            extension_properties={"maintenanceSubScope": "NetworkGatewayMaintenance"},
            visibility="Custom",
            recur_every="1Day",
            start_date_time=pulumi.Output.all(*found, window["start"]).apply(self._begin),
            duration=pulumi.Output.from_input(window.get("hours", LEAST_HOURS)).apply(lambda hours: f"{hours:02}:00"),
            time_zone=args.get("time_zone", DEFAULT_TIME_ZONE),
            tags=args.get("tags"),
            opts=self.child(depends_on=self.after()),
        )
        # Part of the gateway: what its id is made of is in this one's, and so it is replaced with its gateway.
        maintenance.ConfigurationAssignment(
            logical,
            configuration_assignment_name=physical,
            resource_group_name=gateway.apply(group_of),
            provider_name="Microsoft.Network",
            resource_type="virtualNetworkGateways",
            resource_name_=gateway.apply(lambda id: id.rsplit("/", 1)[-1]),
            resource_id=gateway,
            maintenance_configuration_id=configuration.id,
            location=args.get("location"),
            opts=self.child(),
        )
        return configuration.id

    def _begin(self, place: Sequence[str]) -> str:
        """The first day and the time of a window: those that it has in Azure, where the time is right."""
        group, name, start = place
        there = find(
            "the maintenance window",
            maintenance.get_maintenance_configuration,
            resource_group_name=group,
            resource_name=name,
            opts=pulumi.InvokeOptions(parent=self),
        )
        begun = (there.start_date_time or "") if there else ""
        # Tomorrow is not over in any time zone.
        return begun if begun[11:16] == start else f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d} {start}"
