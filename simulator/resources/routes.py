"""The routes and BGP peers of a gateway, as Azure tells them.

The forms follow Microsoft's page on S2S VPN as a backup for ExpressRoute (2023-12-28), which has what a VPN gateway
learns and advertises, and a lab's tables of an ExpressRoute gateway: routes over ExpressRoute have weight 32769 and
Microsoft's AS number before the others, those over the VPN 32768. A gateway has two instances, whatever its settings
show: of an ExpressRoute gateway both are told here, of a VPN gateway the active ones.
"""

from collections.abc import Iterator
from typing import NamedTuple

from simulator import prefixes
from simulator.resources import bgp, paths, traffic
from simulator.resources.base import AnyCloud
from simulator.resources.gateways import connections_of, gateways_of, network_of
from simulator.resources.networks import ranges
from simulator.store import Json, Record

EXPRESS_ROUTE_WEIGHT, VPN_WEIGHT = 32769, 32768
"""ROUTE-04."""
_KEEPALIVE_S = 60.0
"""BGP-11, TIME-06."""


class Peer(NamedTuple):
    """One BGP session of a gateway's instance."""

    local: str
    neighbor: str
    asn: int
    up: bool
    key: str
    """The path that it runs over; empty inside the network, where all is up."""


def instances(gateway: Record) -> list[str]:
    """The BGP addresses of a gateway's instances."""
    own = [text for text in gateway.body["bgpSettings"]["bgpPeeringAddress"].split(",") if text]
    if gateway.body["gatewayType"] == "Vpn" or len(own) > 1:
        return own
    return [own[0], str(prefixes.address(own[0]) + 1)]  # type: ignore[operator]


def edges(cloud: AnyCloud, gateway: Record) -> dict[str, dict[str, str]]:
    """The addresses of Microsoft's edge routers in an ExpressRoute gateway's subnet: connection -> link -> address.

    They are the first that no gateway has (the tables have the fourth and fifth address of the subnet).
    """
    subnet = cloud.store.get(gateway.body["ipConfigurations"][0]["subnet"]["id"])
    if subnet is None:
        return {}
    net = next(net for net in ranges(subnet.body, subnet.id) if net.version == 4)
    taken = {text for other in gateways_of(cloud, network_of(gateway.body)) for text in instances(other)}
    free = (text for at in range(4, net.num_addresses - 1) if (text := str(net[at])) not in taken)
    found = sorted(connections_of(cloud, gateway.key), key=lambda connection: connection.born)
    return {connection.key: {"primary": next(free, ""), "secondary": next(free, "")} for connection in found}


def _beside(cloud: AnyCloud, gateway: Record) -> Record | None:
    """The network's other gateway: all gateways of a network tell each other their routes (ROUTE-05)."""
    others = (found for found in gateways_of(cloud, network_of(gateway.body)) if found.key != gateway.key)
    return next(others, None)


def _row(local: str, network: object, hop: str, peer: str, origin: str, path: str, weight: int) -> Json:
    return {
        "localAddress": local,
        "network": str(network),
        "nextHop": hop,
        "sourcePeer": peer,
        "origin": origin,
        "asPath": path,
        "weight": weight,
    }


def _path(*numbers: int) -> str:
    return "-".join(map(str, numbers))


def learned(cloud: AnyCloud, gateway: Record) -> list[Json]:
    """getLearnedRoutes: each instance's own, those of its peers, and those that the other gateway's instances tell."""
    rows = []
    own, other = instances(gateway), _beside(cloud, gateway)
    for local in own:
        rows += [_row(local, net, "", local, "Network", "", VPN_WEIGHT) for net in paths.own_prefixes(cloud, gateway)]
    if gateway.body["gatewayType"] == "ExpressRoute":
        for local in own:
            rows += [
                _row(local, text, hop, hop, "EBgp", path, EXPRESS_ROUTE_WEIGHT)
                for hop, text, path in _over_circuits(cloud, gateway)
            ]
            if other is not None:
                rows += [
                    _row(local, text, source, source, "IBgp", path, VPN_WEIGHT)
                    for source, _, text, path in _over_tunnels(cloud, other)
                ]
        return rows
    told = list(_over_tunnels(cloud, gateway))
    for local in own:
        for source, peer, text, path in told:
            if source == local:
                rows.append(_row(local, text, peer, peer, "EBgp", path, VPN_WEIGHT))
            else:
                rows.append(_row(local, text, source, source, "IBgp", path, VPN_WEIGHT))
        # A prefix of a site without BGP is the gateway's own: its tunnel is an interface (I).
        rows += [_row(local, text, "", local, "Network", "", VPN_WEIGHT) for text in _static(cloud, gateway)]
        if other is not None:
            rows += [
                _row(local, text, hop, source, "IBgp", path, EXPRESS_ROUTE_WEIGHT)
                for source in instances(other)
                for text, (hop, path) in _best(cloud, other).items()
            ]
    return rows


def _over_circuits(cloud: AnyCloud, gateway: Record) -> Iterator[tuple[str, str, str]]:
    """What an ExpressRoute gateway learns: the edge router's address, the prefix and its path."""
    hops = edges(cloud, gateway)
    for connection in connections_of(cloud, gateway.key):
        for link in paths.reached(cloud, connection):
            for text in link.announces:
                yield hops[connection.key][link.name], text, _path(bgp.MICROSOFT_ASN, *link.as_path)


def _best(cloud: AnyCloud, gateway: Record) -> dict[str, tuple[str, str]]:
    """The routes that an ExpressRoute gateway tells on: of each prefix one with the shortest path, the last such."""
    found: dict[str, tuple[str, str]] = {}
    for hop, text, path in _over_circuits(cloud, gateway):
        if text not in found or path.count("-") <= found[text][1].count("-"):
            found[text] = hop, path
    return found


def _over_tunnels(cloud: AnyCloud, gateway: Record) -> Iterator[tuple[str, str, str, str]]:
    """What a VPN gateway learns: the instance's address, the peer's, the prefix and its path."""
    speakers = instances(gateway)
    for connection in paths.site_connections(cloud, gateway):
        for tunnel in paths.tunnels(cloud, connection):
            for text in tunnel.announces:
                yield speakers[tunnel.instance], tunnel.peer, text, _path(*tunnel.as_path)


def _static(cloud: AnyCloud, gateway: Record) -> list[str]:
    """The prefixes of a VPN gateway's sites: routed whether their tunnels are up or not."""
    found = paths.site_connections(cloud, gateway)
    return [text for connection in found for text in paths.static_prefixes(cloud, connection)]


def advertised(cloud: AnyCloud, gateway: Record, peer: str) -> list[Json]:
    """getAdvertisedRoutes: what a gateway tells one peer; nothing where no session with it is up.

    A VPN gateway tells its network, its sites' prefixes, and what other peers told it, without a default route or what
    overlaps the network (BGP-14); an ExpressRoute gateway its network alone (BGP-15, BGP-02).
    """
    rows = []
    own = paths.own_prefixes(cloud, gateway)
    asn = int(gateway.body["bgpSettings"]["asn"])
    for session in peers(cloud, gateway):
        if not session.up or session.neighbor != peer or session.asn == asn:
            continue
        local = session.local
        rows += [_row(local, net, local, local, "Igp", str(asn), 0) for net in own]
        if gateway.body["gatewayType"] == "ExpressRoute":
            continue
        rows += [_row(local, text, local, local, "Igp", str(asn), 0) for text in _static(cloud, gateway)]
        for text, path in {
            text: path for _, source, text, path in _over_tunnels(cloud, gateway) if source != peer
        }.items():
            net = prefixes.read(text, gateway.id)
            if net.prefixlen and not any(prefixes.overlap(net, mine) for mine in own):
                rows.append(_row(local, text, local, local, "Igp", f"{asn}-{path}", 0))
    return rows


def peers(cloud: AnyCloud, gateway: Record) -> list[Peer]:
    """Every BGP session that a gateway has or tries to have."""
    own, found = instances(gateway), []
    other = _beside(cloud, gateway)
    if gateway.body["gatewayType"] == "ExpressRoute":
        hops = edges(cloud, gateway)
        for connection in connections_of(cloud, gateway.key):
            up = {link.name for link in paths.reached(cloud, connection)}
            found += [
                Peer(local, hop, bgp.MICROSOFT_ASN, name in up, connection.key)
                for local in own
                for name, hop in hops[connection.key].items()
            ]
    else:
        for connection in paths.site_connections(cloud, gateway):
            found += [
                Peer(tunnel.speaker, tunnel.peer, tunnel.peer_asn, tunnel.session, tunnel.key)
                for tunnel in paths.tunnels(cloud, connection)
                if tunnel.bgp
            ]
    asn = int(gateway.body["bgpSettings"]["asn"])
    inner = [*own, *(instances(other) if other else [])]
    return found + [Peer(local, there, asn, True, "") for local in own for there in inner if there != local]


def peer_status(cloud: AnyCloud, gateway: Record, peer: str | None, now: float) -> list[Json]:
    """getBgpPeerStatus: each session, or those with one peer."""
    rows, counted = learned(cloud, gateway), traffic.counts(cloud, now)
    found = []
    for session in peers(cloud, gateway):
        if peer and session.neighbor != peer:
            continue
        count = counted.get(session.key) if session.key else traffic.Count(0, 0.0)
        lasted = now - count.since if session.up and count is not None and count.since is not None else 0.0
        received = sum(
            1 for row in rows if row["sourcePeer"] == session.neighbor and _same(gateway, row["localAddress"], session)
        )
        messages = round(lasted / _KEEPALIVE_S) + received if session.up else 0
        found.append(
            {
                "localAddress": session.local,
                "neighbor": session.neighbor,
                "asn": session.asn,
                "state": "Connected" if session.up else "Connecting",
                "connectedDuration": _span(lasted),
                "routesReceived": received,
                "messagesSent": messages,
                "messagesReceived": messages,
            }
        )
    return found


def _same(gateway: Record, local: str, session: Peer) -> bool:
    """Whether a session is of the instance with this address: its BGP address may be a custom one."""
    if local == session.local:
        return True
    entries = gateway.body["bgpSettings"]["bgpPeeringAddresses"]
    return any(
        session.local in one["customBgpIpAddresses"] and local in one["defaultBgpIpAddresses"] for one in entries
    )


def _span(seconds: float) -> str:
    """As .NET writes a length of time: 1.02:03:04.0000000."""
    whole = int(seconds)
    days, rest = divmod(whole, 86400)
    parts = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.{int((seconds - whole) * 1e7):07}"
    return f"{days}.{parts}" if days else parts
