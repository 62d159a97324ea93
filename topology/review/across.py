"""What only several stacks together show: circuits, gateways, networks and addresses that they share."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from components.rules import Problem, few, gateways, limits, rule
from components.rules.circuits import CIRCUITS_PER_LOCATION, same_name
from components.rules.prefixes import DEFAULT_ROUTE, Prefixes
from components.rules.sources import ER_FAQ, ER_GATEWAYS, ER_LIMITS, ER_LINK_VNET, VPN_FAQ
from components.rules.vpn import XS_08

from ..settings.model import Settings
from ..settings.model_express_route import Circuit
from ..settings.model_vpn import Site
from ..settings.names import Names
from .places import Place, made_twice, place_of, same
from .stack import Stack

XS_01 = rule("XS-01", "all stacks order at most 10 circuits in a region of a subscription, and 50 in it", ER_LIMITS)
XS_02 = rule("XS-02", "all stacks together link no more virtual networks to a circuit than it takes", ER_LIMITS)
XS_03 = rule("XS-03", "all stacks together connect no more circuits to a gateway than it takes", ER_GATEWAYS)
XS_04 = rule("XS-04", "each stack of another subscription has an authorization of its own for a circuit", ER_LINK_VNET)
XS_05 = rule("XS-05", "networks on one circuit have different addresses, which on-premises does not announce", ER_FAQ)
XS_06 = rule("XS-06", "all stacks together expect no more prefixes over a circuit than it takes", ER_LIMITS)
XS_07 = rule("XS-07", "sites of several stacks at one device or BGP peer of a VPN gateway are told apart", VPN_FAQ)
CIRCUITS_PER_SUBSCRIPTION = 50
"""[XS-01]"""


@dataclass(frozen=True)
class Across:
    """Problems across stacks after a change: those that are new, those that were there before, those that are gone."""

    new: tuple[Problem, ...] = ()
    kept: tuple[Problem, ...] = ()
    gone: tuple[Problem, ...] = ()
    not_known: tuple[str, ...] = ()


def across(old: Sequence[Stack], new: Sequence[Stack]) -> Across:
    """What several stacks together show before and after a change; nothing of one stack alone."""
    before, after = (list(problems(side)) if len(side) > 1 else [] for side in (old, new))
    unsaid = [stack.name for stack in new if stack.settings and not stack.subscription]
    note = (
        f"the subscription of {', '.join(unsaid[:4])}{f' and {len(unsaid) - 4} more' if len(unsaid) > 4 else ''} "
        "(azure-native:subscriptionId): taken to be one [XS-01], and nobody knows who needs an authorization [XS-04]"
    )
    shared = len(new) > 1 and unsaid
    return Across(
        tuple(one for one in after if one not in before),
        tuple(one for one in after if one in before),
        tuple(one for one in before if one not in after),
        (note,) if shared else (),
    )


def problems(stacks: Iterable[Stack]) -> Iterator[Problem]:
    """Every problem of stacks that are deployed together [XS-01 to XS-09]."""
    known = [(stack, stack.settings) for stack in stacks if stack.settings is not None]
    yield from made_twice(known)
    yield from _ordered(known)
    for uses in _circuits(known):
        yield from _links(uses)
        yield from _authorizations(uses)
        yield from few(_addresses(uses))
        yield from _prefixes(uses)
    yield from _connected(known)
    yield from _sites(known)


_Known = Sequence[tuple[Stack, Settings]]


@dataclass(frozen=True)
class _Use:
    """A stack's circuit: its own, or another's."""

    stack: Stack
    settings: Settings
    circuit: Circuit
    index: int

    @property
    def path(self) -> str:
        return f"{self.stack.name}: expressRoute.circuits[{self.index}]"

    @property
    def own(self) -> bool:
        return self.circuit.existing is None

    @property
    def place(self) -> Place:
        existing = self.circuit.existing
        return place_of(
            self.stack,
            self.settings,
            existing.id if existing else None,
            Names(self.settings).circuit(self.circuit.name),
        )


def _ordered(known: _Known) -> Iterator[Problem]:
    by_region: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for stack, settings in known:
        count = sum(circuit.existing is None for circuit in settings.express_route.circuits)
        if count:
            region = "".join(settings.location.split()).lower()
            by_region.setdefault((stack.subscription, region), []).append((stack.name, count))
    totals: dict[str, list[tuple[str, int]]] = {}
    for (subscription, region), counted in by_region.items():
        totals.setdefault(subscription, []).extend(counted)
        yield from _too_many(subscription, f"in {region}", counted, limits.CIRCUITS_PER_REGION)
    for subscription, counted in totals.items():
        yield from _too_many(subscription, "in all", counted, CIRCUITS_PER_SUBSCRIPTION)


def _too_many(subscription: str, where: str, counted: Sequence[tuple[str, int]], most: int) -> Iterator[Problem]:
    total = sum(count for _, count in counted)
    if total > most and len(counted) > 1:
        say = XS_01 if subscription else XS_01.warning
        whose = f"subscription {subscription}" if subscription else "one subscription, if it is one"
        stacks = ", ".join(name for name, _ in counted[:6]) + (" ..." if len(counted) > 6 else "")
        yield say(
            stacks, f"{total} circuits are ordered {where}, {whose} has {most}; order some in another subscription"
        )


def _circuits(known: _Known) -> Iterator[list[_Use]]:
    """Every circuit that several stacks use, with all its uses."""
    uses = [
        _Use(stack, settings, circuit, index)
        for stack, settings in known
        for index, circuit in enumerate(settings.express_route.circuits)
    ]
    for group in same([use.place for use in uses]):
        found = [uses[index] for index in group]
        if len({use.stack.name for use in found}) > 1:
            yield found


def _owner(uses: Collection[_Use]) -> _Use | None:
    return next((use for use in uses if use.own), None)


def _links(uses: list[_Use]) -> Iterator[Problem]:
    linked, owner = [use for use in uses if use.circuit.connects], _owner(uses)
    names = _named(linked)
    if owner is not None:
        for problem in limits.links("", owner.circuit.tier, owner.circuit.mbps or 0, len(linked)):
            yield XS_02(owner.path, f"{names} connect to it: {problem.message}")
    elif len(linked) > limits.LINKS:
        yield XS_02.warning(
            linked[0].path,
            f"{names} connect to it: {len(linked)} virtual networks, a circuit links {limits.LINKS} unless its tier is "
            "Premium; ask its owner",
        )


def _named(uses: Sequence[_Use]) -> str:
    names = list(dict.fromkeys(use.stack.name for use in uses))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _authorizations(uses: list[_Use]) -> Iterator[Problem]:
    owner = _owner(uses)
    if owner is None or not owner.stack.subscription:
        return
    others = [
        use for use in uses if use.circuit.connects and use.stack.subscription not in ("", owner.stack.subscription)
    ]
    there = len(owner.circuit.authorizations)
    if len(others) > there:
        yield XS_04(
            f"{owner.path}.authorizations",
            f"{there} authorizations, but {len(others)} connections from other subscriptions ({_named(others)}): each "
            "takes one, and none is used twice; add one for each",
        )


def _addresses(uses: list[_Use]) -> Iterator[Problem]:
    """All networks on a circuit, against each other and against what on-premises announces and links with."""
    networks: dict[Place, tuple[Stack, list[tuple[str, IPv4Network]]]] = {}
    for use in uses:
        if use.circuit.connects:
            networks.setdefault(*_network(use.stack, use.settings))
    taken: list[tuple[str, IPv4Network]] = []
    for _, named in networks.values():
        others = Prefixes(taken)
        for path, prefix in named:
            if found := others.overlapping(prefix):
                yield XS_05(
                    path, f"{prefix} overlaps {found[1]} ({found[0]}), which is on the same circuit; use others"
                )
        taken += named
    spaces = Prefixes(taken)
    seen: set[tuple[str, IPv4Network]] = set()
    for use in uses:
        for where, prefix in _announced(use):
            found = spaces.covering(prefix)
            if found is None or prefix == DEFAULT_ROUTE or found[0].startswith(f"{use.stack.name}: "):
                continue
            if (found[0], prefix) not in seen:
                seen.add((found[0], prefix))
                network = f"{found[1]} ({found[0]})"
                yield XS_05(where, f"{prefix} is in {network}, a network on the same circuit; use others")


def _network(stack: Stack, settings: Settings) -> tuple[Place, tuple[Stack, list[tuple[str, IPv4Network]]]]:
    """A stack's hub, by its place, with all prefixes of it and its spokes."""
    network = settings.network
    place = place_of(stack, settings, network.existing and network.existing.id, Names(settings).virtual_network)
    named = [(f"{stack.name}: network.addressSpace[{index}]", one) for index, one in enumerate(network.address_space)]
    for number, spoke in enumerate(network.spokes):
        path = f"{stack.name}: network.spokes[{number}].addressSpace"
        named += [(f"{path}[{index}]", one) for index, one in enumerate(spoke.address_space)]
    return place, (stack, named)


def _announced(use: _Use) -> Iterator[tuple[str, IPv4Network]]:
    for prefix in use.settings.circuit_prefixes(use.circuit):
        yield f"{use.stack.name}: expressRoute", prefix
    if link := use.circuit.private_peering:
        yield f"{use.path}.privatePeering.primaryPrefix", link.primary_prefix
        yield f"{use.path}.privatePeering.secondaryPrefix", link.secondary_prefix


def _prefixes(uses: list[_Use]) -> Iterator[Problem]:
    owner = _owner(uses)
    expected = {prefix for use in uses if use.circuit.connects for prefix in use.settings.circuit_prefixes(use.circuit)}
    tier = owner.circuit.tier if owner else "Premium"
    if len(expected) > limits.PEERING_PREFIXES.get(tier, len(expected)):
        yield XS_06(
            (owner or uses[0]).path,
            f"{_named(uses)} expect {len(expected)} prefixes over it, a circuit of tier {tier} takes "
            f"{limits.PEERING_PREFIXES[tier]} and drops BGP above that; announce fewer, wider ones",
        )


def _connected(known: _Known) -> Iterator[Problem]:
    """Circuits of one ExpressRoute gateway, which several stacks connect."""
    places = []
    for stack, settings in known:
        existing = settings.express_route.gateway.existing
        places.append(place_of(stack, settings, existing and existing.id, Names(settings).express_route_gateway))
    for group in same(places):
        if len(group) < 2:
            continue
        sides = [known[index] for index in group]
        uses = {
            use.place: use
            for stack, settings in sides
            for index, circuit in enumerate(settings.express_route.circuits)
            if circuit.connects
            for use in [_Use(stack, settings, circuit, index)]
        }
        names = _named(list(uses.values()))
        gateway = next((one.express_route.gateway for _, one in sides if one.express_route.gateway.sku), None)
        most = gateways.max_circuits(gateway.sku or "", gateway.min_scale_units) if gateway else 16
        where = f"{sides[0][0].name}: expressRoute.gateway"
        if most is not None and len(uses) > most:
            sku = f"SKU {gateway.sku}" if gateway else "the largest"
            yield XS_03(where, f"{names} connect {len(uses)} circuits to it, {sku} takes {most}; use a larger one")
        by_place: dict[str, int] = {}
        for use in uses.values():
            if use.circuit.peering_location:
                place = same_name(use.circuit.peering_location)
                by_place[place] = by_place.get(place, 0) + 1
        for place, count in by_place.items():
            if count > CIRCUITS_PER_LOCATION:
                yield XS_03(
                    where,
                    f"{names} connect {count} circuits of {place} to it, it takes {CIRCUITS_PER_LOCATION} of a place",
                )


def _sites(known: _Known) -> Iterator[Problem]:
    """Sites of one VPN gateway, which several stacks connect."""
    places = []
    for stack, settings in known:
        existing = settings.vpn.gateway.existing
        places.append(place_of(stack, settings, existing and existing.id, Names(settings).vpn_gateway))
    for group in same(places):
        ends: dict[object, tuple[str, Site]] = {}
        peers: dict[IPv4Address, tuple[str, Site]] = {}
        of_asn: dict[int, tuple[str, Site, set[IPv4Network]]] = {}
        sides = [known[index] for index in group]
        # Two that make one gateway of that name cannot both be deployed [XS-09].
        alone = len(sides) == 1 or sum(settings.vpn.gateway.existing is None for _, settings in sides) > 1
        for stack, settings in () if alone else sides:
            for index, site in enumerate(settings.vpn.sites):
                path = f"{stack.name}: vpn.sites[{index}]"
                end = site.public_ip or site.fqdn
                first = ends.setdefault(end, (path, site))
                if first[0] != path and not (site.bgp and first[1].bgp):
                    yield XS_07(
                        path, f"{end} is also the device of {first[0]}, at one VPN gateway: give both sites BGP"
                    )
                if site.bgp is None:
                    continue
                peer = peers.setdefault(site.bgp.peer_address, (path, site))
                if peer[0] != path:
                    yield XS_07(
                        f"{path}.bgp.peerAddress",
                        f"{site.bgp.peer_address} is also that of {peer[0]}, at one VPN gateway; each peer has its own",
                    )
                prefixes = {*settings.site_prefixes(site)}
                other = of_asn.setdefault(site.bgp.asn, (path, site, prefixes))
                if other[0] != path and not other[2] & prefixes:
                    yield XS_08(
                        f"{path}.bgp.asn",
                        f"{site.bgp.asn} is also that of {other[0]}, and the two have no prefix in common: neither "
                        "takes from Azure what the other announces",
                    )
