"""Maintenance windows of gateways: Microsoft's pages on customer-controlled gateway maintenance (2025-11-03)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simulator.errors import fail
from simulator.ids import ResourceId
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.store import Json, Record

_SUB_SCOPE = "NetworkGatewayMaintenance"
_LEAST_HOURS = 5
_START = re.compile(r"\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d")
_DURATION = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAILY = ("day", "1day", "1days")


@dataclass(frozen=True)
class _OfMaintenance(Kind):
    """What Microsoft.Maintenance has."""

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        return {name: value for name, value in body.items() if name not in ("etag", "provisioningState")}


@dataclass(frozen=True)
class MaintenanceConfiguration(_OfMaintenance):
    """A schedule; one of a gateway's recurs daily, and is five hours long or longer."""

    def check(self, request: Request) -> None:
        sent = request.inputs
        wrong = (
            "maintenanceScope"
            if sent.get("maintenanceScope") != "Resource"
            else "extensionProperties.maintenanceSubScope"
            if (sent.get("extensionProperties") or {}).get("maintenanceSubScope") != _SUB_SCOPE
            else "recurEvery"
            if str(sent.get("recurEvery", "")).lower() not in _DAILY
            else "duration"
            if not _DURATION.fullmatch(str(sent.get("duration"))) or int(sent["duration"][:2]) < _LEAST_HOURS
            else "startDateTime"
            if not _begins(request)
            else "timeZone"
            if not _is_windows_name(str(sent.get("timeZone", "")))
            else ""
        )
        if wrong:
            raise fail("CodeUnknown_MAINT-01", id=request.id, what=wrong)


def _begins(request: Request) -> bool:
    """Whether the first day is today or later, somewhere; one that stays as it is may be over (I)."""
    start = str(request.inputs.get("startDateTime"))
    if request.before.get("startDateTime") == start:
        return True
    return bool(_START.fullmatch(start)) and start[:10] >= f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"


def _is_windows_name(name: str) -> bool:
    """A rough look: Windows has no `Europe/Berlin`, and only UTC and its neighbours have no word of theirs."""
    return name.startswith("UTC") or name.endswith(("Standard Time", "Standard Time (Mexico)")) or "Time Zone" in name


@dataclass(frozen=True)
class ConfigurationAssignment(_OfMaintenance):
    """A gateway's schedule. It extends the gateway, goes with it, and is none of its parts."""

    def make_id(self, subscription: str, values: Json) -> str:
        home = f"/subscriptions/{subscription}/resourceGroups/{values['resourceGroupName']}"
        gateway = "/".join(str(values[name]) for name in self.parameters[:-1])
        return f"{home}/providers/{gateway}/providers/{self.arm_type}/{values[self.name_parameter]}"

    def path_values(self, rid: ResourceId) -> Json:
        (kind, gateway), *_, (_, name) = rid.segments
        values = (rid.provider, kind, gateway, name)
        return {"resourceGroupName": rid.group, **dict(zip(self.parameters, values, strict=True))}

    def references(self, request: Request) -> Iterator[str]:
        yield request.rid.parent
        if target := request.inputs.get("maintenanceConfigurationId"):
            yield target

    def check(self, request: Request) -> None:
        gateway = request.cloud.store.get(request.rid.parent)
        schedule = request.cloud.store.get(request.inputs.get("maintenanceConfigurationId") or "")
        same = str(request.inputs.get("resourceId", "")).lower() == request.rid.parent.lower()
        regions = {record.body.get("location") for record in (gateway, schedule) if record}
        others = request.cloud.store.find(token=self.token, parent=request.rid.parent)
        wrong = (
            "maintenanceConfigurationId is missing"
            if schedule is None
            else "resourceId is another resource"
            if not same
            else "the configuration is in another region"
            if len(regions) > 1
            else f"it has {others[0].id} already"
            if [one for one in others if one.key != request.id.lower()]
            else ""
        )
        if wrong:
            raise fail("CodeUnknown_MAINT-02", id=request.id, what=wrong)


KINDS = (
    MaintenanceConfiguration(
        "azure-native:maintenance:MaintenanceConfiguration",
        "Microsoft.Maintenance/maintenanceConfigurations",
        ("resourceName",),
        "MaintenanceConfiguration",
    ),
    ConfigurationAssignment(
        "azure-native:maintenance:ConfigurationAssignment",
        "Microsoft.Maintenance/configurationAssignments",
        ("providerName", "resourceType", "resourceName", "configurationAssignmentName"),
        "ConfigurationAssignment",
    ),
)
