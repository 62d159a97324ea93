"""What is not as the settings say in a live network, each in one sentence that names session, key, route or setting.

Each finding says which elements it is about, so that a prefix that goes another way than expected is told why.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from operations.live import Live
from operations.sight import CircuitSeen, Seen, SiteSeen, TableSeen
from operations.ways import Ways
from topology.proof.parts import Site
from topology.settings.model import Settings
from topology.settings.model_network import UserRoute
from topology.settings.names import Names

Kind = Literal[
    "connection", "key", "tunnel", "session", "announcement", "undeclared", "circuit", "peering", "route", "gateway"
]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as the settings say.

    about: elements such as `circuit:primary`, `site:hq`, `tier:web`, `gateway:vpn`. prefixes: which ones it concerns,
    None for all. setting: the path of the setting that says otherwise; empty where none does.
    """

    kind: Kind
    about: str
    sentence: str
    prefixes: frozenset[IPv4Network] | None = None
    setting: str = ""

    def touches(self, prefix: IPv4Network, elements: Collection[str]) -> bool:
        """Whether it may be why a prefix goes another way. elements: what carries it, or should."""
        if self.about not in elements:
            return False
        return self.prefixes is None or any(one.overlaps(prefix) for one in self.prefixes)


def findings(live: Live, seen: Seen, ways: Ways) -> list[Finding]:
    """All that is not as the settings say; the same thing is told once."""
    settings = live.settings
    found = [*_gateways(seen)]
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.name in live.connections:
            announced = frozenset(settings.circuit_prefixes(circuit))
            found += _circuit(Names(settings), circuit.name, index, seen.circuits[circuit.name], announced)
    for index, site in enumerate(settings.vpn.sites):
        found += _site(settings, index, seen.sites[site.name], ways)
    for name in seen.undeclared:
        found += _undeclared(name, seen.sites.get(name), ways)
    for tier in ways.wanted.network.tiers:
        if (table := seen.tables.get(tier.name)) is not None:
            found += _table(
                f"tier:{tier.name}", f"tier {tier.name}", tier.path, tier.routes, tier.gateway_routes, table
            )
    wanted = ways.wanted.network.gateway_subnet_routes
    found += _table(
        "gatewaySubnet", "the GatewaySubnet", "network.gatewaySubnetRoutes", wanted, True, seen.gateway_subnet
    )
    for spoke, state in seen.peerings.items():
        if state != "Connected":
            said = f"is {state}" if state else "is not there"
            sentence = f"The hub's peering with spoke {spoke} {said}: neither gateway reaches its tiers."
            found.append(Finding("connection", f"spoke:{spoke}", sentence, setting="network.spokes"))
    return found


def _gateways(seen: Seen) -> Iterator[Finding]:
    for name, state in seen.gateways.items():
        if state not in ("Succeeded", "Updating"):
            yield Finding("gateway", f"gateway:{name}", f"The {name} gateway is {state or 'not there'} in Azure.")


def _circuit(
    names: Names, name: str, index: int, one: CircuitSeen, announced: frozenset[IPv4Network]
) -> Iterator[Finding]:
    about, path = f"circuit:{name}", f"expressRoute.circuits[{index}]"
    connection = names.circuit_connection(name)
    if not one.connection:
        yield Finding("connection", about, f"Connection {connection} of circuit {name} is not there.", setting=path)
        return
    if one.unreadable:
        if one.connection != "Connected":
            sentence = (
                f"Connection {connection} is {one.connection}, and circuit {name} itself cannot be read from here."
            )
            yield Finding("connection", about, sentence)
        elif lost := announced - one.carried:
            yield _lost(about, f"Circuit {name} no longer brings", lost, path)
        return
    told = False
    if one.provider and one.provider != "Provisioned":
        told = True
        yield Finding("circuit", about, f"Circuit {name} is {one.provider} at its provider, and not Provisioned.")
    if not one.peering:
        told = True
        sentence = (
            f"Circuit {name} has no private peering: no session can be up on it. Its provider makes it (layer 3), or "
            "the setting privatePeering does."
        )
        yield Finding("peering", about, sentence, setting=f"{path}.privatePeering")
    elif one.peering != "Enabled":
        told = True
        sentence = f"The private peering of circuit {name} is {one.peering}: both its BGP sessions are down [DRILL-01]."
        yield Finding("peering", about, sentence, setting=f"{path}.privatePeering")
    else:
        for link, state in one.links.items():
            if state.session is False:
                told = told or all(other.session is False for other in one.links.values())
                sentence = f"The BGP session on the {link} link of circuit {name} is down."
                yield Finding("session", about, sentence, setting=f"{path}.privatePeering")
    if one.connection != "Connected" and not told:
        told = True
        sentence = (
            f"Connection {connection} to circuit {name} is {one.connection} though a session of the circuit is up."
        )
        yield Finding("connection", about, sentence, setting=path)
    up = {link: state for link, state in one.links.items() if state.session}
    for link, state in up.items():
        if lost := announced - state.prefixes:
            yield _lost(about, f"On the {link} link of circuit {name} on-premises no longer announces", lost, path)
    everywhere = frozenset(prefix for state in up.values() for prefix in state.prefixes)
    for prefix in sorted(everywhere - announced):
        yield _extra(about, f"Over circuit {name} on-premises announces {prefix}", prefix, path)
    missing = (everywhere & announced) - one.carried
    if missing and one.connection == "Connected" and not told:
        yield _lost(about, f"The ExpressRoute gateway has not learned over circuit {name}", missing, path)


def _lost(about: str, start: str, lost: frozenset[IPv4Network], path: str) -> Finding:
    listed = ", ".join(map(str, sorted(lost)))
    return Finding("announcement", about, f"{start} {listed}.", lost, f"{path}.prefixes")


def _extra(about: str, start: str, prefix: IPv4Network, path: str) -> Finding:
    return Finding("undeclared", about, f"{start}, which no setting declares.", frozenset({prefix}), f"{path}.prefixes")


def _site(settings: Settings, index: int, one: SiteSeen, ways: Ways) -> Iterator[Finding]:
    site, path = settings.vpn.sites[index], f"vpn.sites[{index}]"
    name, about = site.name, f"site:{site.name}"
    connection = Names(settings).site_connection(name)
    if not one.connection:
        yield Finding("connection", about, f"Connection {connection} of site {name} is not there.", setting=path)
        return
    where = site.public_ip or site.fqdn
    wanted = next(one for one in ways.wanted.network.sites if one.name == name)
    # A site that is pinned to one instance has no tunnel to the other [VPN-40].
    down = sorted(number for number, up in one.tunnels.items() if not up and number in wanted.tunnel_numbers)
    whole = not one.up
    if one.key == "other":
        up = " Its tunnels are down." if whole else ""
        sentence = (
            f"Azure has another shared key on connection {connection} than the stack's secret vpnSharedKeys.{name}.{up}"
        )
        yield Finding("key", about, sentence, setting=f"vpnSharedKeys.{name}")
    elif whole:
        known = "Azure has the stack's shared key" if one.key == "same" else "Azure's shared key could not be compared"
        sentence = (
            f"No tunnel to site {name} is up; {known}: the device at {where} is silent, or has another shared key."
        )
        yield Finding("tunnel", about, sentence, setting=path)
    if not whole:
        for number in down:
            up = ", ".join(f"{other}" for other, state in one.tunnels.items() if state)
            sentence = f"The tunnel from gateway instance {number} to site {name} is down; that of instance {up} is up."
            yield Finding("tunnel", about, sentence, setting=path)
    if site.bgp and not one.bgp:
        sentence = f"Connection {connection} has no BGP, and the settings have it."
        yield Finding("session", about, sentence, setting=f"{path}.bgp")
    elif site.bgp and not whole:
        yield from _sessions(site.bgp.peer_address, wanted, about, path, one)
    if not site.bgp:
        for prefix in sorted(one.static - set(wanted.prefixes)):
            yield _extra(about, f"The local network gateway of site {name} has {prefix}", prefix, path)
        if lost := frozenset(wanted.prefixes) - one.static:
            yield _lost(about, f"The local network gateway of site {name} no longer has", lost, path)
        return
    for prefix in sorted(one.learned - set(wanted.prefixes)):
        longer = [other for other in _carried(ways) if prefix != other and prefix.subnet_of(other)]
        more = f", longer than ExpressRoute's {longer[0]}, whose traffic it takes" if longer else ""
        start = f"Site {name} announces {prefix}{more}"
        yield _extra(about, start, prefix, path)
    if any(state == "Connected" for state in one.sessions.values()) and (
        lost := frozenset(wanted.prefixes) - one.learned
    ):
        yield _lost(about, f"Site {name} no longer announces", lost, path)


def _sessions(peer: object, wanted: Site, about: str, path: str, one: SiteSeen) -> Iterator[Finding]:
    up = [number for number, state in one.sessions.items() if state == "Connected"]
    for number, state in sorted(one.sessions.items()):
        if state != "Connected" and one.tunnels.get(number, True):
            sentence = (
                f"The BGP session of gateway instance {number} with site {wanted.name} ({peer}, AS {wanted.asn}) is "
                f"{state} though the tunnel is up."
            )
            yield Finding("session", about, sentence, None if not up else frozenset(), f"{path}.bgp")
    if not one.sessions:
        sentence = f"The VPN gateway has no BGP peer {peer} of site {wanted.name}."
        yield Finding("session", about, sentence, setting=f"{path}.bgp")


def _carried(ways: Ways) -> list[IPv4Network]:
    net = ways.wanted.network
    return sorted({prefix for circuit in net.circuits for prefix in net.circuit_prefixes(circuit)}, reverse=True)


def _undeclared(name: str, one: SiteSeen | None, ways: Ways) -> Iterator[Finding]:
    brought = sorted(one.learned | one.static) if one else []
    more = f"; it brings {', '.join(map(str, brought))}" if brought else ""
    sentence = f"Connection {name} is one that no setting declares{more}."
    yield Finding("undeclared", f"site:{name}", sentence, frozenset(brought) or None)


def _table(
    about: str, what: str, path: str, wanted: tuple[UserRoute, ...], learns: bool, table: TableSeen
) -> Iterator[Finding]:
    declared = {(route.prefix, route.next_hop_type, str(route.next_hop_address or "")) for route in wanted}
    real = {(route.prefix, route.next_hop_type, route.next_hop_address) for route in table.routes}
    setting = path if about == "gatewaySubnet" else f"{path}.routes"
    for prefix, kind, address in sorted(real - declared):
        sentence = f"The route table of {what} has a route {prefix} to {kind} {address}".rstrip()
        yield Finding("route", about, f"{sentence}, which no setting declares.", frozenset({prefix}), setting)
    for prefix, kind, address in sorted(declared - real):
        sentence = f"The route table of {what} lacks the route {prefix} to {kind} {address}".rstrip()
        yield Finding("route", about, f"{sentence} of the settings.", frozenset({prefix}), setting)
    if learns != table.learns:
        verb = "learns the gateways' routes" if table.learns else "no longer learns the gateways' routes"
        sentence = f"The subnet of {what} {verb}, and the settings say otherwise."
        yield Finding("route", about, sentence, setting=f"{path}.gatewayRoutes")
