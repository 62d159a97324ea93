"""What can be asked of a resource, or done to it, besides reading and writing it: Azure's own names and paths."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.errors import fail
from simulator.resources import (
    circuit_tables,
    failover_tests,
    metrics_read,
    paths,
    routes,
    shared_keys,
    traffic,
    tunnel_state,
)
from simulator.resources.base import AnyCloud, Kind
from simulator.store import Json, Record

Run = Callable[[AnyCloud, Record, Json], Any]
"""The cloud, the resource, and what came with the request (path, query and body): the answer's body."""


@dataclass(frozen=True)
class Action:
    """One question or deed."""

    path: str
    """Below the resource's id."""
    run: Run
    method: str = "POST"
    """A GET is answered at once; everything else is an operation, which ends with the answer."""
    changes: bool = False
    """Whether no other operation may touch the resource meanwhile."""
    function: str = ""
    """azure-native's lookup that asks the same."""
    right: str = ""
    """The end of the right's name where Azure's list has another than path and method make: of a circuit's tables it is
    a `read` (role-based-access-control/permissions/networking)."""


def _now(cloud: AnyCloud) -> float:
    return cloud.clock.now()


def _advertised(cloud: AnyCloud, gateway: Record, given: Json) -> Json:
    if not given.get("peer"):
        raise fail("InvalidRequestFormat", detail="Value for peer is missing. Path 'peer'.")
    return {"value": routes.advertised(cloud, gateway, given["peer"])}


def _reset(cloud: AnyCloud, connection: Record, given: Json) -> None:
    """ROT-05: only this connection's tunnels are made anew; the gateway goes on."""
    traffic.observe(cloud, _now(cloud), [tunnel.key for tunnel in paths.tunnels(cloud, connection)])


_METRICS = Action("providers/Microsoft.Insights/metrics", metrics_read.read, method="GET")
GATEWAY = (
    _METRICS,
    Action(
        "getLearnedRoutes",
        lambda cloud, gateway, given: {"value": routes.learned(cloud, gateway)},
        function="getVirtualNetworkGatewayLearnedRoutes",
    ),
    Action("getAdvertisedRoutes", _advertised, function="getVirtualNetworkGatewayAdvertisedRoutes"),
    Action(
        "getBgpPeerStatus",
        lambda cloud, gateway, given: {"value": routes.peer_status(cloud, gateway, given.get("peer"), _now(cloud))},
        function="getVirtualNetworkGatewayBgpPeerStatus",
    ),
    Action(
        "startSiteFailoverTest",
        lambda cloud, gateway, given: failover_tests.start(cloud, gateway, given, _now(cloud)),
        changes=True,
    ),
    Action(
        "stopSiteFailoverTest",
        lambda cloud, gateway, given: failover_tests.stop(cloud, gateway, given, _now(cloud)),
        changes=True,
    ),
    Action("getFailoverAllTestsDetails", failover_tests.history),
    Action("getFailoverSingleTestDetails", failover_tests.one),
)
CONNECTION = (
    Action("sharedkey", lambda cloud, connection, given: shared_keys.read(cloud, connection), method="GET"),
    Action("sharedkey", shared_keys.write, method="PUT", changes=True),
    Action("sharedkey/reset", shared_keys.reset, changes=True),
    Action("resetconnection", _reset, changes=True),
    Action(
        "getikesas",
        # A text, in which there is a list: so Azure's SDKs have it.
        lambda cloud, connection, given: json.dumps(tunnel_state.security_associations(cloud, connection, _now(cloud))),
        function="getVirtualNetworkGatewayConnectionIkeSas",
    ),
)
CIRCUIT = (
    _METRICS,
    Action("stats", lambda cloud, circuit, given: circuit_tables.stats(cloud, circuit, _now(cloud)), method="GET"),
)
PEERING = (
    Action(
        "stats",
        lambda cloud, peering, given: circuit_tables.stats(cloud, circuit_tables.circuit(cloud, peering), _now(cloud)),
        method="GET",
    ),
    Action("arpTables/{devicePath}", lambda *of: {"value": circuit_tables.arp_table(*of)}, right="arpTables/read"),
    Action(
        "routeTables/{devicePath}", lambda *of: {"value": circuit_tables.route_table(*of)}, right="routeTables/read"
    ),
    Action(
        "routeTablesSummary/{devicePath}",
        lambda cloud, peering, given: {"value": circuit_tables.summary(cloud, peering, given, _now(cloud))},
        right="routeTablesSummary/read",
    ),
)
_BY_TYPE = {
    "VirtualNetworkGateway": GATEWAY,
    "VirtualNetworkGatewayConnection": CONNECTION,
    "ExpressRouteCircuit": CIRCUIT,
    "ExpressRouteCircuitPeering": PEERING,
}


def actions(kind: Kind) -> tuple[Action, ...]:
    """What a resource type can be asked and told."""
    return _BY_TYPE.get(kind.token.rpartition(":")[2], ())


def behind(function: str) -> tuple[str, Action] | None:
    """The type and the action behind one of azure-native's lookups."""
    found = ((name, action) for name, several in _BY_TYPE.items() for action in several if function)
    return next((pair for pair in found if pair[1].function == function), None)
