"""In which subscription and region everything is, as far as the settings show it: Azure joins little across them."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.rules import Problem, circuits, existing_gateways, existing_network, security
from components.rules.names import SUB_01, subscription_in
from components.rules.regions import normal
from components.rules.there import GatewayThere

from .arguments import spoke_subscription
from .judge_existing import PATHS, existing_ids
from .model import Settings
from .model_network import Tier

Secrets = Mapping[str, Mapping[str, str | None] | None]


def subscription_problems(settings: Settings, secrets: Secrets | None, configured: str) -> Iterator[Problem]:
    """Everything that is in another subscription than what it is joined to.

    secrets: as for `topology.reading.read`. configured: id of the subscription that the provider's configuration names,
    empty where it names none: then the existing network's is the stack's, where there is one.
    """
    network = settings.network
    own = configured.lower()
    if network.existing and (theirs := subscription_in(network.existing.id)):
        if own and own != theirs:
            yield from existing_network.network(PATHS.id, network.existing.id, subscription=own, there=True)
        # What else is of the network's subscription is no slip of its own.
        own = theirs
    if own:
        for field, (path, id) in existing_ids(settings).items():
            if field != "network" and subscription_in(id):
                yield from existing_gateways.there(path, id, subscription=own, found=GatewayThere(id))
        yield from _keyless_circuits(settings, secrets, own)
    yield from _groups_in_sources(settings, own)


def _keyless_circuits(settings: Settings, secrets: Secrets | None, own: str) -> Iterator[Problem]:
    given: Mapping[str, Any] | None = None if secrets is None else secrets.get("circuitAuthorizationKeys", {})
    if given is None:
        return
    for index, circuit in enumerate(settings.express_route.circuits):
        there = circuit.existing
        if there and circuit.connects and circuit.name not in given and subscription_in(there.id):
            way_out = f"pulumi config set --secret --path 'circuitAuthorizationKeys.{circuit.name}'"
            path = f"expressRoute.circuits[{index}].existing.id"
            yield from circuits.authorization(path, there.id, own, way_out)


def _groups_in_sources(settings: Settings, own: str) -> Iterator[Problem]:
    """Application security groups are in the subscription and the region of the tiers that name them [SUB-01]."""
    network = settings.network
    subscriptions: dict[str, list[tuple[str, str]]] = {}
    places: dict[str, tuple[str, str]] = {}
    everywhere = [("network", network.tiers, own, settings.location)]
    for index, spoke in enumerate(network.spokes):
        theirs = (spoke_subscription(spoke) or own).lower()
        everywhere.append((f"network.spokes[{index}]", spoke.tiers, theirs, spoke.location or settings.location))
    for at, tiers, subscription, location in everywhere:
        named = list(_groups(at, tiers))
        subscriptions.setdefault(subscription, []).extend(named)
        for path, id in named:
            first_path, first = places.setdefault(id.lower(), (path, location))
            if normal(first) != normal(location):
                yield SUB_01(
                    path,
                    f"the application security group is named in {location} here, and in {first} in {first_path}; a "
                    "security rule names groups of its own region only; take another one here, or prefixes",
                )
    for subscription, named in subscriptions.items():
        yield from security.groups_here(named, subscription)


def _groups(at: str, tiers: list[Tier]) -> Iterator[tuple[str, str]]:
    for index, tier in enumerate(tiers):
        for number, allowed in enumerate(tier.allow):
            for position, source in enumerate(allowed.sources):
                if source.startswith("/"):
                    yield f"{at}.tiers[{index}].allow[{number}].sources[{position}]", source
