"""The alerts of a hybrid network: what is watched, when an alert rings, and what it means. Pure: nothing is deployed.

Microsoft's baseline where it is right, corrected where it is not [MON-01, MON-02, MON-03, ALERT-06], and what it lacks.
An alert on one resource is on its metrics, by their dimensions; one that joins two resources is a query of exported
metrics, which have no dimensions any more [MON-04].
"""

from collections.abc import Iterator

from .rules.limits import BGP_ROUTES, VNET_PREFIXES_TO_ER
from .watched import (
    ANY,
    EVERY_CIRCUIT,
    EVERY_GATEWAY,
    EXPRESS_ROUTE,
    NEAR,
    VPN,
    Alert,
    Check,
    Near,
    Query,
    Watched,
    WatchedCircuit,
    WatchedSite,
    circuit,
)

CARRIES_BYTES = 1_000_000
"""Bytes in five minutes, both ways, above which the VPN carries traffic: keepalives of BGP and IKE and dead peer
detection make some ten thousand for each tunnel."""
_BUSY_CPU, _MISMATCHED = 80, 100
"""Percent, and packets in 15 minutes."""
_LOST, _WHOLE = 25, 100
"""Percent of five minutes in which BGP or ARP works. 25 of both links together: they are away for four minutes, and
while one is away for good a minute without the other is none of it yet."""
_DOWN = 0.3
"""Part of 15 minutes in which BGP works. Of three samples a lost one, as in maintenance, leaves 0.67, and 0.33 where an
instance without a session counts half; the backup is down when two are lost."""


def alerts(watched: Watched) -> Iterator[Alert]:
    """Every alert of what is watched, by its key once."""
    for one in watched.circuits:
        yield from _circuit(one)
    if watched.express_route:
        yield from _express_route(watched)
    if watched.vpn:
        for site in watched.sites:
            yield from _site(site, active_active=watched.active_active)
        yield from _vpn(watched)
    if watched.vpn and watched.circuits:
        yield from _joined(watched)
    if watched.vpn or watched.express_route:
        yield _maintenance()


def _circuit(one: WatchedCircuit) -> Iterator[Alert]:
    here, start = circuit(one.name), f"circuit-{one.name}"
    by_peering, by_peer = ("PeeringType", ANY), ("Peer", ANY)
    yield Alert(
        f"{start}-lost",
        0,
        f"Circuit {one.name} is lost: BGP works on none of its links. Traffic moves to others or to the VPN.",
        Check(here, "BgpAvailability", "LessThan", _LOST, dimensions=(by_peering,)),
    )
    yield Alert(
        f"{start}-link",
        2,
        f"Circuit {one.name} has lost its redundancy: BGP was away on one of its links, or on both.",
        Check(here, "BgpAvailability", "LessThan", _WHOLE, dimensions=(by_peering, by_peer)),
    )
    yield Alert(
        f"{start}-arp",
        2,
        f"A line of circuit {one.name} is dark: its device does not answer ARP. Without this alert the line works, and "
        "BGP on it is what fails.",
        Check(here, "ArpAvailability", "LessThan", _WHOLE, dimensions=(by_peering, by_peer)),
    )
    if one.mbps is not None:
        for way, metric in (("in", "BitsInPerSecond"), ("out", "BitsOutPerSecond")):
            yield Alert(
                f"{start}-busy-{way}",
                2,
                f"Circuit {one.name} carries more than {NEAR:.0%} of its bandwidth {way}bound: above it Azure drops.",
                Check(
                    here,
                    metric,
                    "GreaterThan",
                    Near(one.mbps, 1e6),
                    dimensions=(by_peering, ("DeviceRole", ANY)),
                ),
            )


def _express_route(watched: Watched) -> Iterator[Alert]:
    family = "ScalableExpressRouteGateway" if watched.scalable else "ExpressRouteGateway"
    roles = () if watched.scalable else (("roleInstance", ANY),)
    peers = (*roles, ("BgpPeerAddress", ANY))
    yield Alert(
        "expressroute-cpu",
        1,
        f"The ExpressRoute gateway is near its limit: its processors are busier than {_BUSY_CPU} percent.",
        Check(EXPRESS_ROUTE, f"{family}CpuUtilization", "GreaterThan", _BUSY_CPU, dimensions=roles),
    )
    for way, metric, limit, verb in (
        ("learned", "CountOfRoutesLearnedFromPeer", watched.routes, "learns"),
        ("advertised", "CountOfRoutesAdvertisedToPeer", VNET_PREFIXES_TO_ER, "advertises"),
    ):
        yield Alert(
            f"expressroute-routes-{way}",
            1,
            f"The ExpressRoute gateway {verb} more than {NEAR:.0%} of the routes that it can: above it BGP drops, and "
            "ExpressRoute is lost.",
            Check(EXPRESS_ROUTE, f"{family}{metric}", "GreaterThan", Near(limit), "Maximum", peers, frequency="PT5M"),
        )


def _site(site: WatchedSite, *, active_active: bool) -> Iterator[Alert]:
    """Where every instance has a tunnel, each by itself; else all together, since which one has it no setting says, and
    what metrics call an instance no page."""
    start, each = f"site-{site.name}", active_active and site.instance is None
    instances = (("Instance", ANY),) if each else ()
    down = f"The tunnel to site {site.name} is down: the backup is lost, or a part of it."
    if site.peer is not None:
        yield Alert(
            f"{start}-bgp",
            1,
            f"BGP with site {site.name} is down: the VPN has none of its routes; the backup is lost, or a part of it.",
            Check(
                VPN,
                "BgpPeerStatus",
                "LessThan",
                _DOWN,
                dimensions=(("BgpPeerAddress", (site.peer,)), *instances),
                window="PT15M",
            ),
        )
        yield Alert(
            f"{start}-tunnel",
            1,
            f"{down} With BGP up its keepalives alone would be seen.",
            Check(
                VPN,
                "TunnelAverageBandwidth",
                "LessThan",
                1,
                dimensions=(("ConnectionName", (site.connection,)), *instances),
                window="PT15M",
            ),
        )
    elif site.public_ip is not None:
        by = "remoteIP_s, instance_s" if each else "remoteIP_s"
        text = (
            f"{_logged('TunnelDiagnosticLog', VPN, 'TunnelConnected', 'TunnelDisconnected')}\n"
            '| where remoteIP_s == "{ip}"\n'
            f"| summarize arg_max(TimeGenerated, OperationName) by {by}\n"
            '| where OperationName == "TunnelDisconnected" and TimeGenerated < ago(10m)'
        )
        yield Alert(
            f"{start}-tunnel",
            1,
            f"{down} Its gateway has logged that it was disconnected, ten minutes to two days ago, and not that it "
            "came back.",
            Query(text, (VPN,), site.public_ip, window="P2D"),
        )


def _vpn(watched: Watched) -> Iterator[Alert]:
    peers = tuple(site.peer for site in watched.sites if site.peer is not None)
    if peers:
        yield Alert(
            "vpn-routes",
            1,
            f"A site announces more than {NEAR:.0%} of the routes that the VPN gateway takes: above it BGP drops.",
            Check(
                VPN,
                "BgpRoutesLearned",
                "GreaterThan",
                Near(BGP_ROUTES),
                "Total",
                (("BgpPeerAddress", peers), ("Instance", ANY)),
                frequency="PT5M",
            ),
        )
    if watched.vpn_mbps is not None:
        yield Alert(
            "vpn-busy",
            2,
            f"The VPN gateway carries more than {NEAR:.0%} of what its SKU can: after a failover it may be too slow.",
            Check(
                VPN, "AverageBandwidth", "GreaterThan", Near(watched.vpn_mbps, 1e6 / 8), dimensions=(("Instance", ANY),)
            ),
        )
    for way, metric in (("in", "Ingress"), ("out", "Egress")):
        yield Alert(
            f"vpn-selectors-{way}",
            3,
            f"The VPN gateway drops {way}bound packets that fit no traffic selector: the device and Azure disagree.",
            Check(
                VPN,
                f"Tunnel{metric}PacketDropTSMismatch",
                "GreaterThan",
                _MISMATCHED,
                "Total",
                (("ConnectionName", ANY), ("RemoteIP", ANY)),
                frequency="PT5M",
                window="PT15M",
            ),
        )


def _joined(watched: Watched) -> Iterator[Alert]:
    """What the VPN carries, beside the circuits; where it carries traffic in peace too, of the other sites alone."""
    if not any(site.carries for site in watched.sites):
        for key, which, meaning in (
            (
                "failed-over",
                _FAILED_OVER,
                "The network has failed over: the VPN carries the traffic, since BGP is down on all circuits.",
            ),
            (
                "taken",
                _TAKEN,
                "The VPN carries traffic though a circuit is up all the time: a site announces a more specific prefix "
                "than ExpressRoute has, or one that ExpressRoute has lost, or the site's device prefers the tunnel, or "
                "the ExpressRoute gateway has no connection.",
            ),
        ):
            yield Alert(key, 1, meaning, Query(f"{_CARRIED}\n{which}", (VPN, EVERY_CIRCUIT), window="PT45M"))
        return
    for site in watched.sites:
        if not site.carries:
            yield Alert(
                f"site-{site.name}-carries",
                1,
                f"Site {site.name} carries traffic, which it does not in peace: the network has failed over, or the "
                "site takes what a circuit should carry.",
                Check(
                    VPN,
                    "TunnelIngressBytes",
                    "GreaterThan",
                    CARRIES_BYTES / 2,
                    "Total",
                    (("ConnectionName", (site.connection,)),),
                    frequency="PT5M",
                ),
            )


def _maintenance() -> Alert:
    text = _logged("GatewayDiagnosticLog", EVERY_GATEWAY, "HostMaintenanceEvent", "GatewayTenantPrimaryChanged")
    meaning = "Azure maintains a gateway: its instances take turns, and a tunnel may be away for some seconds."
    return Alert("maintenance", 3, meaning, Query(text, (EVERY_GATEWAY,)))


def _logged(category: str, scope: str, *operations: str) -> str:
    """What gateways have logged. The table is there only when its first row is: the union keeps to its columns."""
    named = ", ".join(f'"{one}"' for one in operations)
    return (
        "union isfuzzy=true (datatable(TimeGenerated: datetime, ResourceId: string, Category: string, "
        "OperationName: string, remoteIP_s: string, instance_s: string) []), AzureDiagnostics\n"
        f'| where ResourceId in~ ({{{scope}}}) and Category == "{category}" and OperationName in ({named})'
    )


_CARRIED = """\
let up = AzureMetrics
| where ResourceId in~ ({circuits}) and MetricName == "BgpAvailability"
| summarize Up = max(Average), Rows = count() by bin(TimeGenerated, 1m)
| summarize Least = min(Up), Most = max(Up), Minutes = count(), Told = sum(Rows) by bin(TimeGenerated, 5m);
AzureMetrics
| where ResourceId in~ ({vpn}) and MetricName in ("TunnelIngressBytes", "TunnelEgressBytes")
| summarize Bytes = sum(Total) by bin(TimeGenerated, 5m)
| join kind=leftouter (up) on TimeGenerated
| where Told == {rows} or TimeGenerated < ago(15m)"""
"""What the VPN carries in five minutes, beside how much of them the best circuit's BGP was up, at worst and at best: 0
is none of its links. Only where every minute of every circuit is there, or the wait for it is over: rows come minutes
later, of each resource at another time, and of a circuit that is dead for an hour none [MON-17]."""
_FAILED_OVER = f"""\
| top 1 by TimeGenerated
| where Bytes > {CARRIES_BYTES} and (isnull(Most) or Most == 0)"""
_TAKEN = f"""\
| top 3 by TimeGenerated
| where Minutes == 5
| summarize Times = count(), Bytes = min(Bytes), Least = min(Least)
| where Times == 3 and Bytes > {CARRIES_BYTES} and Least > 0"""
"""Three times: for minutes after the circuit has come back the last of the traffic may still come through the VPN."""
