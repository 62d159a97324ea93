"""What Microsoft's edge routers say of a circuit: their routes, BGP neighbours, ARP tables and bytes.

The forms follow Microsoft's pages "Getting ARP tables" and "Verify ExpressRoute connectivity".
"""

from simulator.errors import fail
from simulator.resources import bgp, paths, routes, traffic
from simulator.resources.base import AnyCloud
from simulator.resources.gateways import connections_to
from simulator.store import Json, Record

_ARP_AGE_MIN = 10


def circuit(cloud: AnyCloud, peering: Record) -> Record:
    """The circuit of a peering."""
    found = cloud.store.get(peering.parent)
    assert found is not None
    return found


def _link(cloud: AnyCloud, peering: Record, given: Json) -> paths.LinkState:
    """The link of a peering that is asked for. Of another peering than the private one nothing is known."""
    name = str(given["devicePath"]).lower()
    found = next((link for link in paths.links(cloud, circuit(cloud, peering)) if link.name == name), None)
    if found is None:
        raise fail("InvalidRequestFormat", detail=f"{given['devicePath']} is no device path. Path 'devicePath'.")
    return found if peering.name.lower() == paths.PRIVATE.lower() else paths.LinkState(name, False, False, {})


def _gateways(cloud: AnyCloud, peering: Record, link: paths.LinkState) -> list[Record]:
    """The gateways that have routes over a link."""
    found = []
    for connection in connections_to(cloud, peering.parent):
        gateway = cloud.store.get(connection.body["virtualNetworkGateway1"]["id"])
        if gateway is not None and link.name in {one.name for one in paths.reached(cloud, connection)}:
            found.append(gateway)
    return found


def route_table(cloud: AnyCloud, peering: Record, given: Json) -> list[Json]:
    """The routes of one edge router: the device's, and those of every gateway that is connected."""
    link = _link(cloud, peering, given)
    path = " ".join(map(str, link.as_path))
    rows = [_route(text, link.address(1), path) for text in link.announces]
    for gateway in _gateways(cloud, peering, link):
        asn = str(gateway.body["bgpSettings"]["asn"])
        for hop in routes.instances(gateway):
            rows += [_route(str(net), hop, asn) for net in paths.own_prefixes(cloud, gateway)]
    return rows


def _route(network: str, hop: str, path: str) -> Json:
    return {"network": network, "nextHop": hop, "locPrf": "", "weight": 0, "path": path}


def summary(cloud: AnyCloud, peering: Record, given: Json, now: float) -> list[Json]:
    """The BGP neighbours of one edge router, and how many prefixes each has told."""
    link = _link(cloud, peering, given)
    if "peerASN" not in link.peering:
        return []
    since = traffic.counts(cloud, now).get(f"{peering.parent}/{link.name}", traffic.Count()).since
    span = _span(now - since) if since is not None else "never"
    # As routers print it: a number of prefixes once a session is up, else the state that it is in.
    told = str(len(link.announces)) if link.session else "Active"
    rows = [_neighbor(link.address(1), link.peering["peerASN"], span, told)]
    for gateway in _gateways(cloud, peering, link):
        count = str(len(paths.own_prefixes(cloud, gateway)))
        rows += [_neighbor(hop, bgp.AZURE_ASN, span, count) for hop in routes.instances(gateway)]
    return rows


def _neighbor(address: str, asn: int, span: str, told: str) -> Json:
    return {"neighbor": address, "v": 4, "as": asn, "upDown": span, "statePfxRcd": told}


def _span(seconds: float) -> str:
    """As routers write a length of time: 01:02:03, then 1d02h, then 1w2d."""
    whole = int(seconds)
    days, hours = divmod(whole // 3600, 24)
    if days >= 7:
        return f"{days // 7}w{days % 7}d"
    return f"{days}d{hours:02}h" if days else f"{hours:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def arp_table(cloud: AnyCloud, peering: Record, given: Json) -> list[Json]:
    """Who answers on one link: "only one entry" where the on-premises side has trouble."""
    link = _link(cloud, peering, given)
    if not link.address(2):
        return []
    sides = [("On-Prem", 1, _ARP_AGE_MIN)] * link.line + [("Microsoft", 2, 0)]
    return [
        {
            "age": age,
            "interface": interface,
            "ipAddress": link.address(number),
            "macAddress": _mac(cloud.store.derive_uuid("mac", peering.parent, link.name, interface)),
        }
        for interface, number, age in sides
    ]


def _mac(text: str) -> str:
    """A hardware address, locally administered, as routers write it."""
    digits = f"02{text.replace('-', '')[2:12]}"
    return ".".join(digits[at : at + 4] for at in (0, 4, 8))


def stats(cloud: AnyCloud, circuit: Record, now: float) -> Json:
    """The bytes over both links, the same in and out."""
    counted = traffic.counts(cloud, now)
    found = {name: counted.get(f"{circuit.key}/{name}", traffic.Count()).bytes for name in ("primary", "secondary")}
    return {f"{name}bytes{way}": count for name, count in found.items() for way in ("In", "Out")}
