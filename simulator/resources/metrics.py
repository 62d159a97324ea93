"""The metrics of gateways and circuits: which there are, and what they say now.

Azure Monitor's lists of supported metrics (2025-04-16): name, how it is aggregated, dimensions, the smallest grain, and
whether a diagnostic setting exports it to logs. The values follow from what is outside and from what flows; what they
were before is kept by `history`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from simulator import outside
from simulator.resources import paths, routes, traffic
from simulator.resources.base import AnyCloud
from simulator.resources.gateway_log import instance
from simulator.resources.gateways import connections_of
from simulator.store import Record

GATEWAYS, CIRCUITS = "microsoft.network/virtualnetworkgateways", "microsoft.network/expressroutecircuits"


@dataclass(frozen=True)
class Metric:
    """One metric of a type. minutes: its smallest grain. exported: to logs, by a diagnostic setting."""

    aggregations: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    exported: bool = True
    minutes: int = 5


@dataclass(frozen=True)
class Series:
    """One metric's value now, for one value of each dimension; of a sum, what one minute adds."""

    dimensions: Mapping[str, str]
    value: float


_AVERAGE, _TOTAL, _MAXIMUM = ("Average",), ("Total",), ("Maximum",)
_SOME = ("Average", "Minimum", "Maximum")
_TUNNEL, _PEER, _ROLE = ("ConnectionName", "RemoteIP", "Instance"), ("BgpPeerAddress", "Instance"), ("roleInstance",)
_CIRCUIT_PEER, _CIRCUIT_ROLE = ("PeeringType", "Peer"), ("PeeringType", "DeviceRole")
_OF_SUFFIX = {
    "BitsPerSecond": Metric(_SOME, _ROLE, exported=False),
    "PacketsPerSecond": Metric(_SOME, _ROLE, exported=False),
    "CpuUtilization": Metric(_SOME, _ROLE),
    "ActiveFlows": Metric(_SOME, _ROLE, exported=False),
    "CountOfRoutesLearnedFromPeer": Metric(_MAXIMUM, ("roleInstance", "BgpPeerAddress")),
    "CountOfRoutesAdvertisedToPeer": Metric(_MAXIMUM, ("roleInstance", "BgpPeerAddress")),
    "FrequencyOfRoutesChanged": Metric(_TOTAL, _ROLE, exported=False),
    "NumberOfVmInVnet": Metric(_MAXIMUM, _ROLE, exported=False),
}
SCALABLE = "Scalable"
"""What an ErGwScale's metrics begin with, before what other SKUs' begin with (ALERT-06)."""
_ER = "ExpressRouteGateway"


def _scalable(metric: Metric) -> Metric:
    own = tuple(name for name in metric.dimensions if name != "roleInstance")
    return Metric(metric.aggregations, own, exported=False)


METRICS: Mapping[str, Mapping[str, Metric]] = {
    GATEWAYS: {
        "BgpPeerStatus": Metric(_AVERAGE, _PEER, exported=False),
        "BgpRoutesLearned": Metric(_TOTAL, _PEER),
        "BgpRoutesAdvertised": Metric(_TOTAL, _PEER),
        "AverageBandwidth": Metric(_AVERAGE, ("Instance",)),
        "TunnelAverageBandwidth": Metric(_AVERAGE, _TUNNEL),
        **{
            f"Tunnel{way}{what}": Metric(_TOTAL, _TUNNEL)
            for way in ("Ingress", "Egress")
            for what in ("Bytes", "Packets", "PacketDropCount", "PacketDropTSMismatch")
        },
        **{f"{_ER}{suffix}": metric for suffix, metric in _OF_SUFFIX.items()},
        **{f"{SCALABLE}{_ER}{suffix}": _scalable(metric) for suffix, metric in _OF_SUFFIX.items()},
        f"{SCALABLE}{_ER}ScaleUnit": Metric(_SOME, exported=False),
    },
    CIRCUITS: {
        "ArpAvailability": Metric(_AVERAGE, _CIRCUIT_PEER, minutes=1),
        "BgpAvailability": Metric(_AVERAGE, _CIRCUIT_PEER, minutes=1),
        "BitsInPerSecond": Metric(_AVERAGE, _CIRCUIT_ROLE, minutes=1),
        "BitsOutPerSecond": Metric(_AVERAGE, _CIRCUIT_ROLE, minutes=1),
        "QosDropBitsInPerSecond": Metric(_AVERAGE),
        "QosDropBitsOutPerSecond": Metric(_AVERAGE),
    },
}
"""By the type of resource, in lower case, then by the metric's name."""
_MBPS = {"ErGw1AZ": 1000, "Standard": 1000, "ErGw2AZ": 2000, "HighPerformance": 2000}
"""What an ExpressRoute gateway's SKU carries (SKU page); the others 10 Gbps, ErGwScale 1 Gbps a scale unit."""
_IDLE_CPU = 5.0


def of_type(arm_type: str) -> Mapping[str, Metric]:
    """The metrics of a type of resource; none where it has none here."""
    return METRICS.get(arm_type.lower(), {})


def series(cloud: AnyCloud, resource: Record, name: str) -> list[Series]:
    """A metric's values now; none where nobody has said what is outside, or where the metric is of another SKU."""
    return every(cloud, resource, [name])[name]


def every(cloud: AnyCloud, resource: Record, names: Iterable[str]) -> dict[str, list[Series]]:
    """Several metrics' values now, by their names."""
    if outside.load(cloud.store) is None:
        return {name: [] for name in names}
    if resource.token.endswith(":ExpressRouteCircuit"):
        of = _of_circuit
    else:
        of = _of_express_route if resource.body.get("gatewayType") == "ExpressRoute" else _of_vpn
    now = _Now(cloud, resource)
    return {name: list(of(now, name)) for name in names}


class _Now:
    """What a resource's metrics are counted from, looked up once for all of them."""

    def __init__(self, cloud: AnyCloud, resource: Record) -> None:
        self.cloud, self.resource = cloud, resource

    @cached_property
    def rates(self) -> Mapping[str, int]:
        return traffic.rates(self.cloud)

    @cached_property
    def links(self) -> list[paths.LinkState]:
        return paths.links(self.cloud, self.resource)

    @cached_property
    def tunnels(self) -> list[paths.TunnelState]:
        connections = paths.site_connections(self.cloud, self.resource)
        return [one for connection in connections for one in paths.tunnels(self.cloud, connection)]

    @cached_property
    def sessions(self) -> list[routes.Peer]:
        return routes.peers(self.cloud, self.resource)


def _of_circuit(now: _Now, name: str) -> Iterator[Series]:
    if name.startswith("QosDrop"):
        yield Series({}, 0.0)
        return
    for link in now.links:
        if not link.peering:
            continue
        value = {
            "ArpAvailability": 100.0 * link.line,
            "BgpAvailability": 100.0 * link.session,
        }.get(name, 8.0 * now.rates.get(f"{now.resource.key}/{link.name}", 0))
        dimension = "Peer" if name.endswith("Availability") else "DeviceRole"
        yield Series({"PeeringType": "Private", dimension: link.name.capitalize()}, value)


def _of_vpn(now: _Now, name: str) -> Iterator[Series]:
    cloud, gateway, rates, tunnels = now.cloud, now.resource, now.rates, now.tunnels
    if name in ("BgpPeerStatus", "BgpRoutesLearned", "BgpRoutesAdvertised"):
        learned = {(one.speaker, one.peer): len(one.announces) for one in tunnels}
        for session in now.sessions:
            number = _number(gateway, session.local)
            value = float(session.up)
            if name == "BgpRoutesLearned":
                value = float(learned.get((session.local, session.neighbor), 0)) / METRICS[GATEWAYS][name].minutes
            if name == "BgpRoutesAdvertised":
                told = len(routes.advertised(cloud, gateway, session.neighbor)) if session.key else 0
                value = float(told) / METRICS[GATEWAYS][name].minutes
            yield Series({"BgpPeerAddress": session.neighbor, "Instance": instance(number)}, value)
    elif name == "AverageBandwidth":
        for number in range(len(gateway.body["ipConfigurations"])):
            own = sum(rates.get(one.key, 0) for one in tunnels if one.instance == number)
            yield Series({"Instance": instance(number)}, float(own))
    elif name.startswith("Tunnel"):
        for one in tunnels:
            rate = rates.get(one.key, 0)
            dimensions = {
                "ConnectionName": one.connection.name,
                "RemoteIP": paths.remote_address(cloud, one.connection),
                "Instance": instance(one.instance),
            }
            dropped = float(one.mismatched * one.up)
            a_minute = {"Bytes": 60.0 * rate, "Packets": rate / 10.0, "PacketDropTSMismatch": dropped}
            suffix = name.removeprefix("TunnelIngress").removeprefix("TunnelEgress")
            yield Series(dimensions, float(rate) if name == "TunnelAverageBandwidth" else a_minute.get(suffix, 0.0))


def _number(gateway: Record, speaker: str) -> int:
    """The instance that has a BGP address, its default or a custom one."""
    entries = gateway.body["bgpSettings"]["bgpPeeringAddresses"]
    owned = [{*entry["defaultBgpIpAddresses"], *entry["customBgpIpAddresses"]} for entry in entries]
    return next((number for number, own in enumerate(owned) if speaker in own), 0)


def _of_express_route(now: _Now, name: str) -> Iterator[Series]:
    cloud, gateway = now.cloud, now.resource
    sku = gateway.body["sku"]["name"]
    scalable = sku == "ErGwScale"
    if name.startswith(SCALABLE) != scalable or _ER not in name:
        return
    suffix = name.removeprefix(SCALABLE).removeprefix(_ER)
    own = routes.instances(gateway)
    if suffix.startswith("CountOfRoutes"):
        yield from _routes(now, suffix, scalable=scalable)
        return
    bits = 8.0 * sum(now.rates.get(connection.key, 0) for connection in connections_of(cloud, gateway.key))
    units = ((gateway.body.get("autoScaleConfiguration") or {}).get("bounds") or {}).get("min", 1)
    mbps = 1000 * units if scalable else _MBPS.get(sku, 10_000)
    value = {
        "BitsPerSecond": bits,
        "CpuUtilization": min(100.0, _IDLE_CPU + (100.0 - _IDLE_CPU) * bits / (mbps * 1e6)),
        "ScaleUnit": float(units),
    }.get(suffix, 0.0)
    for number in range(1 if scalable else len(own)):
        yield Series({} if scalable else {"roleInstance": instance(number)}, value)


def _routes(now: _Now, suffix: str, *, scalable: bool) -> Iterator[Series]:
    cloud, gateway, sessions = now.cloud, now.resource, now.sessions
    own = routes.instances(gateway)
    counted = {(session.local, session.neighbor): 0 for session in sessions}
    if suffix == "CountOfRoutesLearnedFromPeer":
        for row in routes.learned(cloud, gateway):
            if row["sourcePeer"] != row["localAddress"]:
                key = (row["localAddress"], row["sourcePeer"])
                counted[key] = counted.get(key, 0) + 1
    else:
        for session in sessions:
            if session.key and session.up:
                counted[session.local, session.neighbor] = len(paths.own_prefixes(cloud, gateway))
    found: dict[tuple[tuple[str, str], ...], float] = {}
    for (local, peer), count in counted.items():
        role = {} if scalable else {"roleInstance": instance(own.index(local) if local in own else 0)}
        key = tuple({**role, "BgpPeerAddress": peer}.items())
        found[key] = max(found.get(key, 0.0), float(count))
    for key, count in found.items():
        yield Series(dict(key), count)
