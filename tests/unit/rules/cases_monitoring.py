"""Wrong settings of monitoring, and those that are just right."""

from typing import Any

from tests.unit.rules.changes import case

_HERE = "monitoring"
_GROUP = "/subscriptions/ID/resourceGroups/GROUP/providers"
_ELSEWHERE = f"{_GROUP}/Microsoft.Network/virtualNetworks/vnet"


def _watched(*emails: str, **more: Any) -> dict[str, Any]:
    return {_HERE: {"emails": [*emails] or ["network@example.com"], **more}}


MONITORING = (
    case(
        "MON-12",
        _watched("network"),
        f"error {_HERE}.emails[0]: 'network' is no email address such as network@example.com [MON-12]",
    ),
    case(
        "MON-12",
        _watched("a@example.com", "A@example.com"),
        f"error {_HERE}.emails[1]: A@example.com stands there already; remove one [MON-12]",
    ),
    *(
        case(
            "MON-13",
            _watched(retentionInDays=days),
            f"error {_HERE}.retentionInDays: {days} is outside 30 to 730 days [MON-13]",
        )
        for days in (29, 731)
    ),
    case(
        "MON-15",
        {_HERE: {"workspace": f"{_GROUP}/Microsoft.OperationalInsights/workspaces/log"}},
        f"warning {_HERE}: nobody is told of an alert; say {_HERE}.emails or {_HERE}.actionGroup [MON-15]",
    ),
    case(
        "MON-15",
        {_HERE: {"retentionInDays": 90}},
        f"warning {_HERE}: nobody is told of an alert; say {_HERE}.emails or {_HERE}.actionGroup [MON-15]",
    ),
    case(
        "EXIST-11",
        _watched(workspace=f"{_GROUP}/Microsoft.OperationalInsights/workspaces/log", retentionInDays=30),
        f"error {_HERE}.retentionInDays: the workspace is there already, and is used as it is: this has no effect; "
        "remove it [EXIST-11]",
    ),
    case(
        "ID-01",
        _watched(workspace=_ELSEWHERE),
        f"error {_HERE}.workspace: '{_ELSEWHERE}' is no id of workspaces; such a one is "
        f"{_GROUP}/Microsoft.OperationalInsights/workspaces/NAME [ID-01]",
    ),
    case(
        "ID-01",
        _watched(actionGroup=_ELSEWHERE),
        f"error {_HERE}.actionGroup: '{_ELSEWHERE}' is no id of actionGroups; such a one is "
        f"{_GROUP}/Microsoft.Insights/actionGroups/NAME [ID-01]",
    ),
    case(
        "MON-13",
        {**_watched(), "names": {"workspace": "log"}},
        "error names.workspace: 'log' (3 characters): a workspace's name has 4 to 63 letters, digits and hyphens, and "
        "no hyphen first or last [MON-13]",
    ),
)
