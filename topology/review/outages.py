"""What does not work while an update is under way: which parts of the network are away, and whose traffic that is."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from ..proof.destinations import Node
from ..proof.failover import Model
from ..proof.proof import paths_in_turn
from ..settings.model import Settings
from .changes import Change
from .consequences import (
    BASTION,
    EVERYTHING,
    EXPRESS_ROUTE,
    FOLLOWERS,
    SPOKE,
    TIER,
    TUNNEL,
    VPN,
    Consequence,
    consequences,
)
from .stack import Stack

SECONDS = 0
"""Minutes of what is away for a few seconds."""
FOLLOWED = 1_000_000
"""Minutes, from which on it is not Azure that ends an absence: the first of `FOLLOWERS`, and so on."""


@dataclass(frozen=True)
class Away:
    """A part of the network that is away for a while.

    what: in words. minutes: how long; `SECONDS`; `FOLLOWED` and more. elements: what that is to the proof. tiers: tiers
    that do not answer meanwhile; `bastion`: whether administrators cannot log in. why: the settings, or the resources,
    that bring it.
    """

    what: str
    minutes: int
    elements: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    bastion: bool = False
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interrupted:
    """Traffic that does not flow for a while. prefixes: on-premises, between which and the tiers nothing flows."""

    prefixes: tuple[IPv4Network, ...]
    tiers: tuple[str, ...]
    """All of them where empty."""
    minutes: int


@dataclass(frozen=True)
class Outages:
    """What an update interrupts, and what has no failover meanwhile."""

    away: tuple[Away, ...] = ()
    interrupted: tuple[Interrupted, ...] = ()
    unprotected: tuple[Interrupted, ...] = field(default=())
    """Traffic that flows, and would not any more if what carries it failed too; normally it would."""


def away(change: Change, row: Consequence, settings: Settings) -> Iterator[Away]:
    """What is away while a change is made. settings: those before it."""
    why = (change.path,)
    for service, minutes in row.minutes.items():
        yield from _service(service, minutes, row.replaces, change.items, settings, why)
    if settings.network.spokes and any(noun.endswith(" gateway") for noun in row.replaces) and SPOKE not in row.minutes:
        # Their peerings use the gateways: they go before one is replaced, and come back after it [SPOKE-10].
        minutes = max(row.minutes.values()) + consequences()["names.spokePeerings", ""].minutes[SPOKE]
        yield Away("every spoke", minutes, tiers=frozenset(_of_spokes(settings)), why=why)
    if row.renegotiates:
        yield _negotiated(change, settings, SECONDS)
    for service, who in row.until_followed.items():
        minutes = FOLLOWED + FOLLOWERS.index(who)
        if service == TUNNEL:
            yield _negotiated(change, settings, minutes)
        elif service == TIER:
            named = "/".join(change.items)
            yield Away(f"the load balancer of tier {named}", minutes, tiers=frozenset([named]), why=why)
        else:
            yield from _service(service, minutes, (), change.items, settings, why)


def lasting(minutes: int) -> str:
    """How long something lasts, in words."""
    if minutes >= FOLLOWED:
        return f"until {FOLLOWERS[minutes - FOLLOWED]}"
    if minutes == SECONDS:
        return "a few seconds"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def during(minutes: int, about: str = "") -> str:
    """The same, with the word that goes before. about: one more, where it is a number."""
    return lasting(minutes) if minutes >= FOLLOWED else f"for {about}{lasting(minutes)}"


def _negotiated(change: Change, settings: Settings, minutes: int) -> Away:
    """The tunnels of a change's site, or of all that have the common policy."""
    sites = change.items[:1] or [one.name for one in settings.vpn.sites if one.ipsec_policy is None]
    named = ", ".join(sites)
    what = f"the tunnel of {named}" if named else "no tunnel"
    return Away(what, minutes, _tunnels(settings, sites), why=(change.path,))


def named_service(noun: str, item: str, row: Consequence, settings: Settings, why: tuple[str, ...]) -> Iterator[Away]:
    """What is away while one resource is replaced. noun: what a row that replaces it calls it. item: what it is of."""
    for service, minutes in row.minutes.items():
        of_gateway = noun.endswith("gateway")
        yield from _service(
            service, minutes, (noun,) if of_gateway else (), () if of_gateway else (item,), settings, why
        )


def _service(
    service: str,
    minutes: int,
    replaced: Collection[str],
    items: tuple[str, ...],
    settings: Settings,
    why: tuple[str, ...],
) -> Iterator[Away]:
    item = items[0] if items else ""
    if service == EVERYTHING:
        elements = frozenset(("gateway:expressRoute", "gateway:vpn/0", "gateway:vpn/1"))
        yield Away("everything", minutes, elements, frozenset(_tiers(settings)), True, why)
    elif service == EXPRESS_ROUTE:
        whole = "ExpressRoute gateway" in replaced or not item
        elements = frozenset(["gateway:expressRoute" if whole else f"circuit:{item}"])
        what = "the ExpressRoute gateway" if whole else f"the connection to circuit {item}"
        yield Away(what, minutes, elements, why=why)
    elif service == VPN:
        whole = "VPN gateway" in replaced or not item
        elements = frozenset(("gateway:vpn/0", "gateway:vpn/1")) if whole else _tunnels(settings, [item])
        yield Away("the VPN gateway" if whole else f"the VPN connection of {item}", minutes, elements, why=why)
    elif service in (TIER, SPOKE):
        tiers = _named(settings, items)
        kind = "spoke" if service == SPOKE else "tier"
        yield Away(f"the {kind} {'/'.join(items)}", minutes, tiers=frozenset(tiers), why=why)
    elif service == BASTION:
        yield Away("the Bastion host", minutes, bastion=True, why=why)


def _tunnels(settings: Settings, sites: Iterable[str]) -> frozenset[str]:
    return frozenset(f"tunnel:{site}/{number}" for site in sites for number in (0, 1))


def _tiers(settings: Settings) -> Iterator[str]:
    """The tiers, as the proof calls them."""
    yield from (tier.name for tier in settings.network.tiers)
    yield from _of_spokes(settings)


def _of_spokes(settings: Settings) -> Iterator[str]:
    for spoke in settings.network.spokes:
        yield spoke.name
        yield from (f"{spoke.name}/{tier.name}" for tier in spoke.tiers)


def _named(settings: Settings, items: tuple[str, ...]) -> Iterator[str]:
    """The tiers that a change's items name: one, or all of a spoke."""
    item = "/".join(items)
    yield from (name for name in _tiers(settings) if name == item or name.startswith(f"{item}/"))


def outages(stack: Stack, all_away: Iterable[Away]) -> Outages:
    """What these absences mean for the traffic of the network as it is before the change."""
    found = tuple(_longest(all_away))
    report = stack.report
    if report is None or not found:
        return Outages(found)
    model = report.today or report.model
    lost = _lost(stack, model, found)
    return Outages(
        found, tuple(_grouped(lost, stack.tiers)), tuple(_grouped(_bare(stack, model, found, lost), stack.tiers))
    )


def _longest(all_away: Iterable[Away]) -> Iterator[Away]:
    """Of all that says the same is away the longest, with every reason."""
    kept: dict[tuple[str, frozenset[str]], Away] = {}
    for one in all_away:
        key = (one.what, one.tiers)
        before = kept.get(key, one)
        why = tuple(dict.fromkeys((*before.why, *one.why)))
        kept[key] = Away(one.what, max(before.minutes, one.minutes), one.elements, one.tiers, one.bastion, why)
    yield from kept.values()


Lost = Mapping[tuple[IPv4Network, str], int]
"""Minutes by destination and tier."""


def _lost(stack: Stack, model: Model, found: Collection[Away]) -> Lost:
    """What does not flow that did."""
    known = set(model.network.elements)
    each = [(frozenset(one.elements & known), one) for one in found]
    together = model.alive(frozenset().union(*(elements for elements, _ in each)))
    alone = [(model.alive(elements), one) for elements, one in each]
    lost: dict[tuple[IPv4Network, str], int] = {}
    for prefix, tier, number, node in _flows(stack, model):
        if not model.paths(node.ladder, number, model.normal).reachable:
            continue
        minutes = [
            one.minutes
            for state, one in alone
            if tier in one.tiers or not model.paths(node.ladder, number, state).reachable
        ]
        if not minutes and not model.paths(node.ladder, number, together).reachable:
            minutes = [min(one.minutes for elements, one in each if elements)]
        if minutes:
            lost[prefix, tier] = max(minutes)
    return lost


def _bare(stack: Stack, model: Model, found: Collection[Away], lost: Lost) -> Lost:
    """What flows without the failover that it has otherwise."""
    known = set(model.network.elements)
    bare: dict[tuple[IPv4Network, str], int] = {}
    for one in found:
        elements = tuple(sorted(one.elements & known))
        for prefix, tier, number, node in _flows(stack, model) if elements else ():
            line = stack.line(prefix, tier)
            if line is None or not line.failover or (prefix, tier) in lost:
                continue
            steps = [paths for _, paths in paths_in_turn(model, node, number, elements)]
            if steps[0].reachable and not steps[min(1, len(steps) - 1)].reachable:
                bare[prefix, tier] = max(one.minutes, bare.get((prefix, tier), 0))
    return bare


def _flows(stack: Stack, model: Model) -> Iterator[tuple[IPv4Network, str, int, Node]]:
    """Every destination that the report shows, with each tier, its number and the destination's node."""
    nodes = {node.prefix: node for node in model.tree.destinations}
    for prefix in stack.lines:
        if (node := nodes.get(prefix)) is not None:
            for number, tier in enumerate(model.network.tiers):
                yield prefix, tier.name, number, node


def _grouped(lost: Lost, tiers: Collection[str]) -> Iterator[Interrupted]:
    """The same minutes and the same tiers in one."""
    by_prefix: dict[tuple[IPv4Network, int], list[str]] = {}
    for (prefix, tier), minutes in lost.items():
        by_prefix.setdefault((prefix, minutes), []).append(tier)
    groups: dict[tuple[tuple[str, ...], int], list[IPv4Network]] = {}
    for (prefix, minutes), names in by_prefix.items():
        some = () if len(names) == len(tiers) else tuple(names)
        groups.setdefault((some, minutes), []).append(prefix)
    for (some, minutes), prefixes in groups.items():
        yield Interrupted(tuple(prefixes), some, minutes)
