"""Which way Azure sends traffic for each on-premises prefix now, and which way the proof expects.

Both are computed as the proof does it, from two networks: the one that the settings describe, and the one that Azure
shows: what circuits and sites really announce, which tunnels are up, which routes the tables really have. Where the two
differ, Azure is not what the settings say.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from operations.sight import Seen, TableSeen
from topology.proof.failover import Model
from topology.proof.network import Network, network
from topology.proof.parts import Circuit, Link, Site, TierNetwork
from topology.proof.routing import Path
from topology.proof.state import Alive
from topology.settings.model import Settings
from topology.settings.model_network import UserRoute

DEFAULT = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True)
class Way:
    """The way of one prefix from one group of tiers that fare alike: now, and as the proof expects it; the same with
    all ExpressRoute gone, which is the backup."""

    prefix: IPv4Network
    tiers: tuple[str, ...]
    now: Path
    expected: Path
    backup: Path
    expected_backup: Path

    @property
    def as_expected(self) -> bool:
        """Whether both are what the proof expects."""
        return same(self.now, self.expected) and same(self.backup, self.expected_backup)


def same(one: Path, other: Path) -> bool:
    """Whether two paths lead the same way. Where traffic does not arrive, why is another question."""
    if one.kind != other.kind:
        return False
    return not one.arrives or (frozenset(one.via), one.firewalls) == (frozenset(other.via), other.firewalls)


def text(path: Path) -> str:
    """A path in words: `ExpressRoute primary`, `VPN hq`, `the Internet`, `nowhere`."""
    kinds = {"expressRoute": "ExpressRoute", "vpn": "VPN", "internet": "the Internet", "unreachable": "nowhere"}
    return " ".join([kinds[path.kind], *(["+".join(sorted(path.via))] if path.arrives and path.via else [])])


class Ways:
    """The two networks, and their paths in any state."""

    def __init__(self, settings: Settings, seen: Seen, connected: Collection[str]) -> None:
        """connected: names of the circuits that the stack has connected."""
        wanted = network(_with_instances(settings, seen), connected)
        real, up = _observed(wanted, seen)
        union = _prefixes(wanted) | _prefixes(real)
        self.declared = _prefixes(wanted)
        self.wanted = Model(replace(wanted, on_premises=_all(union, wanted)))
        self.real = Model(replace(real, on_premises=_all(union, wanted)))
        self._sites_up = up
        self._gateway_up = seen.gateways.get("VPN") != "Failed"

    def ways(self) -> list[Way]:
        """The way of every prefix, tiers that fare alike together."""
        expected, gone = self.paths(self.wanted, ()), self.paths(self.wanted, self.circuits)
        now, backup = self.paths(self.real, ()), self.paths(self.real, self.circuits)
        found: dict[tuple[IPv4Network, str], list[str]] = {}
        firsts: dict[tuple[IPv4Network, str], tuple[IPv4Network, str]] = {}
        for key in now:
            if key not in expected:
                continue
            four = str([(one[key].kind, one[key].via, one[key].cause) for one in (now, expected, backup, gone)])
            found.setdefault((key[0], four), []).append(key[1])
            firsts.setdefault((key[0], four), key)
        ways = []
        for group, tiers in found.items():
            key = firsts[group]
            ways.append(Way(key[0], tuple(tiers), now[key], expected[key], backup[key], gone[key]))
        return ways

    @property
    def circuits(self) -> tuple[str, ...]:
        """The elements of all circuits that the settings have connected."""
        return tuple(f"circuit:{circuit.name}" for circuit in self.wanted.network.circuits)

    def paths(self, model: Model, failed: Collection[str]) -> dict[tuple[IPv4Network, str], Path]:
        """The path of every prefix from every tier. failed: elements that are out of order besides."""
        state = model.alive([one for one in failed if one in model.network.elements])
        if model is self.real:
            # Of the real network the circuits that carry nothing are not there at all.
            circuits = 0 if failed and set(failed) >= set(self.circuits) else state.circuits
            vpn = self._gateway_up
            state = Alive(circuits, self._sites_up if vpn else 0, vpn, state.firewalls)
        found = {}
        for node in model.tree.destinations:
            for index, tier in enumerate(model.network.tiers):
                found[node.prefix, tier.name] = model.paths(node.ladder, index, state).out
        return found


def _with_instances(settings: Settings, seen: Seen) -> Settings:
    """The settings with the number of instances that an existing VPN gateway has."""
    vpn = settings.vpn
    if not vpn.gateway.existing or vpn.gateway.active_active == seen.active_active:
        return settings
    gateway = vpn.gateway.model_copy(update={"active_active": seen.active_active})
    return settings.model_copy(update={"vpn": vpn.model_copy(update={"gateway": gateway})})


def _prefixes(net: Network) -> set[IPv4Network]:
    """All prefixes that some router is told of."""
    circuits = (prefix for circuit in net.circuits for prefix in net.circuit_prefixes(circuit))
    return {*net.on_premises, *circuits, *(prefix for site in net.sites for prefix in site.prefixes)}


def _all(union: Collection[IPv4Network], wanted: Network) -> tuple[IPv4Network, ...]:
    """What both networks are asked for: whatever either of them knows. The default route stays what it is to each, and
    the virtual networks' own prefixes are nobody's on-premises."""
    own = [space for spaces in wanted.spaces for space in spaces]
    kept = {prefix for prefix in union if prefix != DEFAULT and not any(prefix.subnet_of(one) for one in own)}
    return tuple(sorted(kept | set(wanted.on_premises)))


def _observed(wanted: Network, seen: Seen) -> tuple[Network, int]:
    """The network that Azure shows, and its sites that are up, as a mask."""
    circuits = [_circuit(wanted, name, seen) for name in seen.circuits if seen.circuits[name].carried]
    sites, up = [], 0
    for name, one in seen.sites.items():
        site = next((site for site in wanted.sites if site.name == name), None)
        if not one.connection:
            continue
        prefixes = tuple(sorted(one.learned if one.bgp else one.static))
        asn = (site.asn if site else None) or (1 if one.bgp else None)
        observed = (site or Site(name, ()))._replace(prefixes=prefixes, asn=asn if one.bgp else None)
        if one.bgp:
            observed = observed._replace(prepend=max(0, one.path_length - 1))
        up |= one.up << len(sites)
        sites.append(observed)
    tiers = tuple(_tier(tier, seen.tables.get(tier.name)) for tier in wanted.tiers)
    real = replace(
        wanted,
        circuits=tuple(circuits),
        sites=tuple(sites),
        tiers=tiers,
        gateway_subnet_routes=_routes(wanted.gateway_subnet_routes, seen.gateway_subnet),
        devices=(),
    )
    return real, up


def _circuit(wanted: Network, name: str, seen: Seen) -> Circuit:
    one = seen.circuits[name]
    declared = next((circuit for circuit in wanted.circuits if circuit.name == name), None)
    links = tuple(Link(f"link:{name}/{which}") for which in ("primary", "secondary"))
    base = declared or Circuit(name, links)
    return base._replace(
        prefixes=tuple(sorted(one.carried)), as_path=one.as_path or base.as_path, routing_weight=one.weight
    )


def _tier(tier: TierNetwork, table: TableSeen | None) -> TierNetwork:
    if table is None:
        return tier
    return tier._replace(routes=_routes(tier.routes, table), gateway_routes=table.learns)


def _routes(declared: tuple[UserRoute, ...], table: TableSeen) -> tuple[UserRoute, ...]:
    """The routes of a live table; those that are as declared keep their places."""
    known = {(route.prefix, route.next_hop_type, str(route.next_hop_address or "")): route for route in declared}
    found = []
    for one in sorted(table.routes, key=str):
        key = (one.prefix, one.next_hop_type, one.next_hop_address)
        made = UserRoute.model_construct(
            name="live",
            prefix=one.prefix,
            next_hop_type=one.next_hop_type,
            next_hop_address=IPv4Address(one.next_hop_address) if one.next_hop_address else None,
        )
        found.append(known.get(key, made))
    order = {route: number for number, route in enumerate(declared)}
    return tuple(sorted(found, key=lambda route: order.get(route, len(order))))


def by_tier(ways: Collection[Way]) -> Mapping[tuple[IPv4Network, str], Way]:
    """Each way under its prefix and each of its tiers."""
    return {(way.prefix, tier): way for way in ways for tier in way.tiers}
