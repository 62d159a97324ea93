"""What an account must be allowed for each command, and whether it is: asked before anything is changed.

Azure tells what an account may do in a resource group: actions with wildcards, less those that its roles leave out.

The names are those of Microsoft's lists: role-based-access-control/permissions/networking (2024-04-25), and what a
connection refers to from expressroute/roles-permissions (2024-12-18). A circuit's route tables are a `read` there,
although they are asked for by POST. The failover test is in no list: its actions are named as the paths of its calls
are, which is Azure's way with an action (VirtualNetworkGateways, API 2024-05-01).
"""

import re
from collections.abc import Collection, Iterable, Mapping

from operations.azure import Azure, group_of
from operations.live import Live

_NETWORK = "Microsoft.Network"
_PERMISSIONS = "providers/Microsoft.Authorization/permissions"
_VERSION = "2022-04-01"

READS: dict[str, tuple[str, ...]] = {
    "virtualNetworkGateways": ("read", "getLearnedRoutes/action", "getBgpPeerStatus/action"),
    "connections": ("read", "sharedKey/read"),
    "localNetworkGateways": ("read",),
    "expressRouteCircuits": ("read",),
    "expressRouteCircuits/peerings": ("read", "routeTables/read", "routeTablesSummary/read"),
    "virtualNetworks": ("read",),
    "virtualNetworks/subnets": ("read",),
    "virtualNetworks/virtualNetworkPeerings": ("read",),
    "routeTables": ("read",),
}
"""Of each type what `status` asks. A gateway's routes that are asked for are an action to Azure: a role Reader is not
enough. A lock ReadOnly is in the way of these and of a circuit's [LOCK-03]."""

SURVEY = (
    "Microsoft.Resources/subscriptions/resources/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Network/virtualNetworks/read",
    "Microsoft.Network/networkSecurityGroups/read",
    "Microsoft.Network/routeTables/read",
    "Microsoft.Network/publicIPAddresses/read",
    "Microsoft.Network/loadBalancers/read",
    "Microsoft.Network/bastionHosts/read",
    "Microsoft.Network/virtualNetworkGateways/read",
    "Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action",
    "Microsoft.Network/connections/read",
    "Microsoft.Network/localNetworkGateways/read",
    "Microsoft.Network/expressRouteCircuits/read",
    "Microsoft.Network/expressRouteCircuits/peerings/routeTables/read",
    "Microsoft.Maintenance/configurationAssignments/read",
    "Microsoft.Maintenance/maintenanceConfigurations/read",
    "Microsoft.Insights/diagnosticSettings/read",
    "Microsoft.Insights/metricAlerts/read",
    "Microsoft.Insights/scheduledQueryRules/read",
    "Microsoft.Insights/actionGroups/read",
    "Microsoft.OperationalInsights/workspaces/read",
)
"""What `survey` asks. What is missing is no error there: it is told what could not be read, and what that needs."""

CHANGES: dict[str, dict[str, tuple[str, ...]]] = {
    "status": {},
    "drill peering": {
        "expressRouteCircuits": ("authorizations/read",),
        "expressRouteCircuits/peerings": ("write",),
        "connections": ("read",),
    },
    "drill connection": {
        "connections": ("write", "delete"),
        "virtualNetworkGateways": ("join/action",),
        "expressRouteCircuits": ("join/action",),
    },
    "drill site": {
        "virtualNetworkGateways": (
            "startSiteFailoverTest/action",
            "stopSiteFailoverTest/action",
            "getFailoverAllTestsDetails/action",
        ),
    },
    "rotate-key": {"connections": ("sharedKey/write", "resetConnection/action")},
}
"""What each command does besides."""


def right(id: str, verb: str = "read") -> str:
    """The action of a call at an id, or of the list of a type, in Azure's words."""
    _, between, last = id.rpartition("/providers/")
    provider, *parts = last.split("/") if between else ("Microsoft.Resources", *id.split("/")[1:])
    action = "/".join((provider, *parts[::2], verb))
    return next((known for known in SURVEY if known.lower() == action.lower()), action)


def needed(command: str, types: Collection[str] | None = None) -> list[str]:
    """The actions that a command needs, in Azure's words. types: those of a resource group that has no others."""
    found: dict[str, None] = {}
    for table in (READS, CHANGES[command]):
        for kind, verbs in table.items():
            if types is None or kind in types:
                found.update({f"{_NETWORK}/{kind}/{verb}": None for verb in verbs})
    return list(found)


def missing(azure: Azure, wanted: Mapping[str, Iterable[str]]) -> list[str]:
    """A line for each action that the account may not do. wanted: id of a resource group -> actions.

    Raises `azure.AzureError` where Azure does not tell."""
    lines = []
    for group, actions in wanted.items():
        told = azure.read(f"what this account may do in {group}", f"{group}/{_PERMISSIONS}", _VERSION)
        roles = told.get("value") or []
        lines += [f"{action} in {group}" for action in actions if not any(_allows(role, action) for role in roles)]
    return lines


def _allows(role: Mapping[str, Collection[str]], action: str) -> bool:
    return _among(action, role.get("actions") or ()) and not _among(action, role.get("notActions") or ())


def _among(action: str, patterns: Collection[str]) -> bool:
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), action, re.IGNORECASE) for pattern in patterns
    )


def wanted(live: Live, command: str) -> dict[str, list[str]]:
    """The actions that a command needs in each resource group that something of a network is in."""
    found: dict[str, list[str]] = {}
    kinds: dict[str, set[str]] = {}
    for id in live.ids:
        group, parts = group_of(id), id.split("/")[7:]
        own = kinds.setdefault(group.lower(), set())
        own.update("/".join(parts[: 2 * depth + 1 : 2]) for depth in range(len(parts) // 2))
        if parts[0] == "expressRouteCircuits":
            own.add("expressRouteCircuits/peerings")
        if parts[0] == "virtualNetworks":
            own.add("routeTables")
        found.setdefault(group, [])
    for group in found:
        found[group] = needed(command, kinds[group.lower()])
    return found
