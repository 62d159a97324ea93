"""What flows where: bytes over each tunnel, connection and link, and since when each path has been up.

The cloud's file keeps, for each path, what had been counted when something last changed, and at what rate it goes on.
The rates are invented: a tunnel that carries nothing has its keepalives, one that carries traffic has much more. So
one can tell from two readings which way the traffic goes, and nothing else (ALERT-04, ALERT-05).
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulator.prefixes import Network
from simulator.resources import gateway_log, paths
from simulator.resources.base import AnyCloud
from simulator.resources.gateways import network_of
from simulator.store import Json, Record

IDLE_BYTES_S, CARRYING_BYTES_S = 20, 125_000
"""Of a path with nothing but keepalives, and of one with traffic, for each Mbit/s (1 unless the outside says more)."""
_META = "traffic"


@dataclass(frozen=True)
class Count:
    """A path's bytes, the same each way, and the moment since which it is up; None while it is down."""

    bytes: int = 0
    since: float | None = None


def counts(cloud: AnyCloud, now: float) -> Mapping[str, Count]:
    """Every path's count as it is now: tunnels, ExpressRoute connections and links, each by its key."""
    kept: Json = cloud.store.meta(_META, {})
    return {
        key: Count(round(one["bytes"] + one["rate"] * max(0.0, now - one["at"])), one["since"])
        for key, one in kept.items()
    }


def rates(cloud: AnyCloud) -> Mapping[str, int]:
    """The bytes a second of each path, each way, by its key."""
    kept: Json = cloud.store.meta(_META, {})
    return {key: one["rate"] for key, one in kept.items()}


def observe(cloud: AnyCloud, now: float, reset: Iterable[str] = ()) -> None:
    """Something has changed: what was counted until now stays, and from now on other rates may hold.

    reset: keys of paths that came up anew just now.
    """
    if cloud.store.meta("outside") is None:
        return
    before, rates, again = counts(cloud, now), _rates(cloud), set(reset)
    after = {}
    for key, rate in rates.items():
        old = before.get(key, Count())
        since = None if rate == 0 else now if old.since is None or key in again else old.since
        after[key] = {"bytes": old.bytes, "rate": rate, "at": now, "since": since}
    if after != cloud.store.meta(_META):
        cloud.store.set_meta(_META, after)
        _log(cloud, now, before, after)


def _log(cloud: AnyCloud, now: float, before: Mapping[str, Count], after: Json) -> None:
    """What a VPN gateway logs of tunnels that have come up or gone down."""
    for connection in cloud.find("VirtualNetworkGatewayConnection"):
        if connection.body.get("connectionType") != "IPsec":
            continue
        for tunnel in paths.tunnels(cloud, connection):
            was, is_now = before.get(tunnel.key, Count()).since, after[tunnel.key]["since"]
            if was == is_now:
                continue
            gateway = connection.body["virtualNetworkGateway1"]["id"].lower()
            where = {
                "remoteIP_s": paths.remote_address(cloud, connection),
                "instance_s": gateway_log.instance(tunnel.instance),
            }
            operation = "TunnelDisconnected" if is_now is None else "TunnelConnected"
            gateway_log.add(cloud, now, gateway, gateway_log.TUNNELS, operation, where)


def _rates(cloud: AnyCloud) -> dict[str, int]:
    found: dict[str, int] = {}
    over_circuits: dict[str, set[Network]] = {}
    connections = cloud.find("VirtualNetworkGatewayConnection")
    for connection in connections:
        if connection.body.get("connectionType") == "ExpressRoute":
            network = _network(cloud, connection)
            for link in paths.reached(cloud, connection):
                over_circuits.setdefault(network, set()).update(map(ipaddress.ip_network, link.announces))
    for connection in connections:
        if connection.body.get("connectionType") == "ExpressRoute":
            live = paths.reached(cloud, connection)
            used = [CARRYING_BYTES_S * link.mbps for link in live if link.announces]
            found[connection.key] = max(used, default=IDLE_BYTES_S * bool(live))
            continue
        better = over_circuits.get(_network(cloud, connection), set())
        static = paths.static_prefixes(cloud, connection)
        for tunnel in paths.tunnels(cloud, connection):
            carries = any(not _covered(ipaddress.ip_network(text), better) for text in (*static, *tunnel.announces))
            found[tunnel.key] = (CARRYING_BYTES_S * tunnel.mbps if carries else IDLE_BYTES_S) if tunnel.up else 0
    for circuit in cloud.find("ExpressRouteCircuit"):
        for link in paths.links(cloud, circuit):
            used = any(found.get(connection.key) for connection in connections if paths.is_of(connection, circuit))
            rate = CARRYING_BYTES_S * link.mbps if used and link.announces else IDLE_BYTES_S
            found[f"{circuit.key}/{link.name}"] = rate if link.session else 0
    return found


def _network(cloud: AnyCloud, connection: Record) -> str:
    gateway = cloud.store.get((connection.body.get("virtualNetworkGateway1") or {}).get("id", ""))
    return network_of(gateway.body) if gateway else ""


def _covered(net: Network, better: set[Network]) -> bool:
    """Whether ExpressRoute carries all of a prefix of the VPN's: equal or more specific routes win (ROUTE-01)."""
    if net in better:
        return True
    inner = [other for other in better if other.version == net.version and other.subnet_of(net)]  # type: ignore[arg-type]
    return net in ipaddress.collapse_addresses(inner)  # type: ignore[type-var]
