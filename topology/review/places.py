"""Where what stacks make and use is in Azure, and what two stacks make under one name.

A circuit or gateway of another stack is known by its id: the resource group and the name, and the subscription where
both files say it (`azure-native:subscriptionId`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from components.rules import Problem, rule
from components.rules.sources import NAMING

from ..settings.model import Settings
from ..settings.model_base import ResourceId
from ..settings.names import Names, in_id
from .stack import Stack

XS_09 = rule("XS-09", "no two stacks make a network, gateway or circuit of one name in a resource group", NAMING)


@dataclass(frozen=True)
class Place:
    """Where a resource is: subscription (empty where it is not said), resource group and name, in small letters."""

    subscription: str
    group: str
    name: str


def place_of(stack: Stack, settings: Settings, id: ResourceId | None, own: str) -> Place:
    """Where a resource is. id: of one that is there already. own: the name of one that the stack makes."""
    if id is None:
        return Place(stack.subscription, settings.resource_group_name.lower(), own.lower())
    words = (in_id(id, "subscriptions"), in_id(id, "resourceGroups"), id.rstrip("/").rpartition("/")[2])
    return Place(*(word.lower() for word in words))


def same(places: Sequence[Place]) -> Iterator[list[int]]:
    """The positions of what is the same: equal group and name, and no two different subscriptions."""
    named: dict[tuple[str, str], dict[str, list[int]]] = {}
    for index, place in enumerate(places):
        named.setdefault((place.group, place.name), {}).setdefault(place.subscription, []).append(index)
    for by_subscription in named.values():
        unsaid = by_subscription.pop("", [])
        if len(by_subscription) == 1:
            # The only one that says its subscription is the others' too.
            yield sorted([*unsaid, *next(iter(by_subscription.values()))])
            continue
        yield from by_subscription.values()
        if unsaid:
            yield unsaid


def made_twice(known: Iterable[tuple[Stack, Settings]]) -> Iterator[Problem]:
    """A problem for each stack that makes what an earlier one makes: a settings file that was copied, name and all."""
    made = [one for stack, settings in known for one in _made(stack, settings)]
    pairs: dict[tuple[str, str], list[str]] = {}
    unsure: set[tuple[str, str]] = set()
    for group in same([place for _, _, place in made]):
        (first, _, _), *others = (made[index] for index in group)
        for second, what, _ in others:
            pair = (first.name, second.name)
            pairs.setdefault(pair, []).append(what)
            if not (first.subscription and second.subscription):
                unsure.add(pair)
    for (first, second), named in pairs.items():
        pair = (first, second)
        yield (XS_09.warning if pair in unsure else XS_09)(
            f"{second}: name",
            f"stack {first} makes {', '.join(named)} too{', if both are in one subscription' * (pair in unsure)}: "
            "Azure has one of each name, and the later `pulumi up` fails; give this stack another name",
        )


def _made(stack: Stack, settings: Settings) -> Iterator[tuple[Stack, str, Place]]:
    """The network, the gateways and the circuits that a stack makes itself."""
    names = Names(settings)
    own = [] if settings.network.existing else [names.virtual_network]
    own += [] if settings.express_route.gateway.existing else [names.express_route_gateway]
    own += [] if settings.vpn.gateway.existing else [names.vpn_gateway]
    own += [names.circuit(circuit.name) for circuit in settings.express_route.circuits if not circuit.existing]
    for name in own:
        yield stack, name, place_of(stack, settings, None, name)
