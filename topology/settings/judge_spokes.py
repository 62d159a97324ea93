"""Spokes side by side, and against their hub, the circuits' links and on-premises."""

from collections.abc import Iterator

from components.rules import Problem, bgp, limits, peering, prefixes, spokes, subnets
from components.rules.prefixes import Prefixes, listed

from .judge_edge import carried
from .model import Settings

_SPOKES = "network.spokes"


def spoke_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the spokes that no spoke has by itself."""
    network = settings.network
    if not network.spokes:
        return
    named = [(f"{_SPOKES}[{index}]", spoke) for index, spoke in enumerate(network.spokes)]
    spaces = [(f"{path}.addressSpace", spoke.address_space) for path, spoke in named]
    yield from spokes.count(_SPOKES, len(named))
    yield from spokes.apart([("network.addressSpace", network.address_space), *spaces])
    there = [("network.existing.id", network.existing.id)] if network.existing else []
    there += [(f"{path}.existing.id", spoke.existing.id) for path, spoke in named if spoke.existing]
    yield from spokes.once(there)
    yield from limits.peered_prefixes(_SPOKES, len(network.address_space), sum(len(space) for _, space in spaces))
    for path, spoke in named:
        if spoke.existing:
            yield from spokes.subscription(f"{path}.subscription", spoke.subscription)
        yield from subnets.apart({f"{path}.tiers[{n}].subnet": tier.subnet for n, tier in enumerate(spoke.tiers)})
    yield from _outside_the_hub(settings, Prefixes(one for path, space in spaces for one in listed(path, space)))


def _outside_the_hub(settings: Settings, every: Prefixes) -> Iterator[Problem]:
    """What on-premises and the circuits' links have is none of the spokes'."""
    lists = {
        "onPremises.prefixes": settings.on_premises.prefixes,
        **dict(carried(settings)),
    } | {f"vpn.sites[{index}].prefixes": site.prefixes or [] for index, site in enumerate(settings.vpn.sites)}
    for path, announced in lists.items():
        yield from prefixes.outside_spokes(path, announced, every)
    for index, site in enumerate(settings.vpn.sites):
        if site.bgp:
            yield from bgp.peer_outside_spokes(f"vpn.sites[{index}].bgp.peerAddress", site.bgp.peer_address, every)
    yield from peering.outside_spokes(
        {
            f"expressRoute.circuits[{index}].privatePeering.{side}Prefix": subnet
            for index, circuit in enumerate(settings.express_route.circuits)
            if (link := circuit.private_peering)
            for side, subnet in (("primary", link.primary_prefix), ("secondary", link.secondary_prefix))
        },
        every,
    )
