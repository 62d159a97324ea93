"""A stateful firewall and the two sets of routes that lead to it: whole, and with each one missing [NVA-01].

First it is shown that the firewall drops: the same routes lose connections while it is stateful, and not otherwise.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from topology.proof.failover import flows
from topology.settings.model import Settings
from topology.settings.model_network import Tier, UserRoute

from .fabric import dropped, program, set_stateful
from .findings import Findings
from .paths import Ends as Pair
from .paths import expected_connections, expected_paths
from .scenarios import compare
from .steps import Say
from .stream import Ends
from .world import World

Change = Callable[[UserRoute], UserRoute | None]


@dataclass(frozen=True)
class RouteSet:
    """Settings with some routes changed, and what they are called."""

    name: str
    settings: Settings
    whole: bool = False


def route_sets(settings: Settings) -> Iterator[RouteSet]:
    """These settings, and the same without each of their routes to a firewall."""
    yield RouteSet("all routes", settings, whole=True)
    table = settings.network.gateway_subnet_routes
    for route in table:
        left = [one for one in table if one != route]
        network = settings.network.model_copy(update={"gateway_subnet_routes": left})
        yield RouteSet(
            f"without the GatewaySubnet's route {route.name}", settings.model_copy(update={"network": network})
        )
    for tier in settings.network.tiers:
        for route in tier.routes:
            yield RouteSet(f"without the route {route.name} of tier {tier.name}", _without(settings, tier, route))


def _without(settings: Settings, tier: Tier, route: UserRoute) -> Settings:
    changed = tier.model_copy(update={"routes": [one for one in tier.routes if one != route]})
    tiers = [changed if one == tier else one for one in settings.network.tiers]
    return settings.model_copy(update={"network": settings.network.model_copy(update={"tiers": tiers})})


def run_route_sets(world: World, ends: Ends, found: Findings, say: Say) -> None:
    """Gives the running world each route set and compares paths and connections with the expected ones."""
    whole = world.blueprint
    told: list[dict[str, Any]] = []
    for one in route_sets(whole.settings):
        say(f"routes: {one.name}")
        _use(world, one.settings)
        if not one.whole:
            _drops(world, ends, found, one)
        rows: list[dict[str, Any]] = []
        differences = compare(world, ends, rows, frozenset())
        told += [{"routes": one.name, **row} for row in rows]
        works = expected_connections(one.settings, ())
        lost = sorted(f"{prefix} {tier}" for (prefix, tier), reached in works.items() if not reached)
        found.check(
            f"{one.name}: expected and real path agree, and connections",
            not differences and bool(lost) != one.whole,
            "; ".join(differences) or f"no connection between {', '.join(lost)}" if lost else "all connections work",
        )
    _use(world, whole.settings)
    found.data["routeSets"] = told


def _use(world: World, settings: Settings) -> None:
    world.blueprint = replace(world.blueprint, settings=settings, tiers=_tiers_with_routes(world, settings))
    program(world["vnet"], world.blueprint)


def _tiers_with_routes(world: World, settings: Settings) -> Any:
    routes = {tier.name: tuple(tier.routes) for tier in settings.network.tiers}
    return tuple(replace(tier, routes=routes.get(tier.name, tier.routes)) for tier in world.blueprint.tiers)


def _drops(world: World, ends: Ends, found: Findings, one: RouteSet) -> None:
    """Shows that it is the firewall that drops: without a memory it lets the same connections through."""
    firewalls = [firewall for firewall in world.blueprint.firewalls if firewall.stateful]
    works = expected_connections(one.settings, ())
    harmed: dict[Pair, bool] = {pair: reached for pair, reached in works.items() if not reached}
    some = {
        flow: False
        for flow in expected_paths(world.blueprint, flows(one.settings))
        if (flow.prefix, flow.tier) in harmed
    }
    said: list[dict[str, int]] = []
    for stateful in (False, True):
        for firewall in firewalls:
            set_stateful(world[firewall.name], stateful)
        told = list(ends.connections(dict.fromkeys(some, not stateful)).values())
        said.append({word: told.count(word) for word in sorted(set(told))})
    count = sum(dropped(world[firewall.name]) for firewall in firewalls)
    found.check(
        f"{one.name}: the firewall drops, and nothing else does",
        bool(some) and said[0] == {"echoed": len(some)} and "echoed" not in said[1] and count > 0,
        f"connections without a memory: {said[0]}; with: {said[1]}, {count} packets dropped as of no connection",
    )
