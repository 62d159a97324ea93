"""What Azure refuses of maintenance windows."""

from typing import Any

from tests.simulator.world import WITH_CIRCUIT, Case, id_of, unknown

GIVEN = (*WITH_CIRCUIT, "maintenance configuration")
_CHANGES: tuple[dict[str, Any], ...] = (
    {"maintenanceScope": "Host"},
    {"extensionProperties": {"maintenanceSubScope": "Host"}},
    {"recurEvery": "Week Saturday"},
    {"duration": "04:59"},
    {"duration": "24:00"},
    {"startDateTime": "2020-01-01 01:00"},
    {"startDateTime": "2999-01-01 24:00"},
    {"timeZone": "Europe/Berlin"},
)
CASES = (
    *(
        Case("MAINT-01", unknown("MAINT-01"), "maintenance configuration", changes, given=("group",))
        for changes in _CHANGES
    ),
    Case("MAINT-02", "ParentResourceNotFound", "assignment", {"resourceName": "none"}, given=GIVEN),
    Case("MAINT-02", unknown("MAINT-02"), "assignment", {"resourceId": id_of("virtualNetworkGateways/x")}, given=GIVEN),
    Case("MAINT-02", unknown("MAINT-02"), "assignment", {"maintenanceConfigurationId": None}, given=GIVEN),
    Case(
        "MAINT-02",
        unknown("MAINT-02"),
        "assignment",
        {"configurationAssignmentName": "second"},
        given=(*GIVEN, "assignment"),
    ),
    Case("MAINT-02", "InvalidResourceReference", "assignment", given=WITH_CIRCUIT),
)
