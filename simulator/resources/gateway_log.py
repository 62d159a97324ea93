"""The log of the gateways: tunnels that come and go, and maintenance, as Microsoft's page on VPN diagnostics has it.

Of the categories that a gateway has, two are kept: TunnelDiagnosticLog and GatewayDiagnosticLog.
"""

from collections.abc import Mapping

from simulator.resources.base import AnyCloud
from simulator.store import Json, Record

TUNNELS, GATEWAY = "TunnelDiagnosticLog", "GatewayDiagnosticLog"
_META, _MOST = "gateway log", 1000


def instance(number: int) -> str:
    """What a VPN gateway's instance is called in metrics and logs."""
    return f"GatewayTenantWorker_IN_{number}"


def add(cloud: AnyCloud, now: float, gateway: str, category: str, operation: str, more: Mapping[str, str]) -> None:
    """Something has happened at a gateway. more: what its row has besides."""
    kept: list[Json] = cloud.store.meta(_META, [])
    row = {"at": now, "gateway": gateway, "category": category, "operation": operation, "more": dict(more)}
    cloud.store.set_meta(_META, [*kept, row][-_MOST:])


def entries(cloud: AnyCloud) -> list[Json]:
    """All that has happened, the oldest first: at, gateway (its key), category, operation, more."""
    return cloud.store.meta(_META, [])


def maintain(cloud: AnyCloud, gateway: Record, now: float, remote: str = "", seconds: float = 4.0) -> None:
    """Azure maintains a gateway: its other instance takes over within seconds (MON-06). remote: the device whose tunnel
    moves, of a VPN gateway with one active instance."""
    add(cloud, now, gateway.key, GATEWAY, "HostMaintenanceEvent", {"instance_s": instance(0)})
    add(cloud, now, gateway.key, GATEWAY, "GatewayTenantPrimaryChanged", {"instance_s": instance(1)})
    if remote:
        for at, operation, number in ((now, "TunnelDisconnected", 0), (now + seconds, "TunnelConnected", 1)):
            add(cloud, at, gateway.key, TUNNELS, operation, {"remoteIP_s": remote, "instance_s": instance(number)})
