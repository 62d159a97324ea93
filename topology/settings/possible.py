"""What can be said of settings of which a part cannot be read.

Each unreadable value is replaced by several stand-ins, and what is judged wrong whatever stands there is wrong whatever
was meant: it is told. What depends on a stand-in differs from one to the next, and is not. The same holds for items
that bear one name: which of them is meant is not known, so each stands once beside stand-ins for the others.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import count
from types import NoneType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from components.rules import Problem

from .model import Settings

WORLDS = 3
"""Ways to replace what cannot be read. With three, no two values of a setting agree by chance in all of them."""


class Unknown(NamedTuple):
    """A value that is there, or has to be, and cannot be read."""

    path: str
    annotation: Any


@dataclass
class Part:
    """What was read of a model: for each field that is given, in Python's name, what was read of it."""

    path: str
    model: type[BaseModel]
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        """Its name among its neighbours, in small letters; None where it has none, or none that could be read."""
        given = self.values.get("name")
        return given.casefold() if isinstance(given, str) else None


class World(NamedTuple):
    """Settings as they might have been meant, and the paths of what in them is made up."""

    settings: Settings
    made_up: Collection[str]
    names: Collection[str]
    """Paths in what is made up that were written so: the names of items that bear one."""

    def knows(self, path: str) -> bool:
        """Whether what is at this path was written so."""
        return path in self.names or not any(above in self.made_up for above in (*_above(path), path))


def worlds(root: Part) -> Iterator[World]:
    """The settings as they might have been meant; a single world where everything was read and each name is one's."""
    unknown: list[str] = []
    namesakes: list[list[Part]] = []
    _survey(root, unknown, namesakes)
    most = max([1, WORLDS if unknown else 1, *(min(len(group), WORLDS) for group in namesakes)])
    for number in range(most):
        others = [part.path for group in namesakes for place, part in enumerate(group) if place != _kept(group, number)]
        names = {f"{path}.name" for path in others}
        yield World(_Builder(number, frozenset(others)).build(root), {*unknown, *others}, names)


def certain(possible: list[World], judge: Callable[[Settings], Collection[Problem]]) -> list[Problem]:
    """The problems that are found in every world that knows their place, and in one at least."""
    if len(possible) == 1 and not possible[0].made_up:
        return list(judge(possible[0].settings))
    found = [(world, set(problems := judge(world.settings)), problems) for world in possible]
    every = dict.fromkeys(problem for _, _, problems in found for problem in problems)
    return [
        problem
        for problem in every
        if (knowing := [told for world, told, _ in found if world.knows(problem.path)])
        and all(problem in told for told in knowing)
    ]


def _above(path: str) -> Iterator[str]:
    """The paths of all that holds what is at this path."""
    return (path[:place] for place, sign in enumerate(path) if sign in ".[" and place)


def _kept(group: list[Part], world: int) -> int:
    return min(world, len(group) - 1)


def _survey(node: Any, unknown: list[str], namesakes: list[list[Part]]) -> None:
    if isinstance(node, Unknown):
        unknown.append(node.path)
    elif isinstance(node, Part):
        for value in node.values.values():
            _survey(value, unknown, namesakes)
    elif isinstance(node, list):
        named: dict[str, list[Part]] = {}
        for item in node:
            _survey(item, unknown, namesakes)
            if isinstance(item, Part) and item.name is not None:
                named.setdefault(item.name, []).append(item)
        namesakes += [group for group in named.values() if len(group) > 1]


class _Builder:
    """Makes the settings of one world."""

    def __init__(self, world: int, replaced: frozenset[str]) -> None:
        self.world = world
        self.replaced = replaced
        self._numbers = count(1)

    def build(self, node: Any) -> Any:
        if isinstance(node, Unknown):
            return self.stand_in(node.annotation)
        if isinstance(node, list):
            return [self.build(item) for item in node]
        if not isinstance(node, Part):
            return node
        if node.path in self.replaced:
            made_up = {name: self.stand_in(field.annotation) for name, field in node.model.model_fields.items()}
            return node.model.model_construct(**made_up | {"name": node.values["name"]})
        return node.model.model_construct(**{name: self.build(value) for name, value in node.values.items()})

    def stand_in(self, annotation: Any) -> Any:
        """A value of the type: another in each world, and for each place."""
        number, world = next(self._numbers), self.world
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.stand_in(arguments[0])
        if origin is Literal:
            return arguments[world % len(arguments)]
        if origin is list:
            return [self.stand_in(arguments[0]) for _ in range(1 + world)]
        if origin is dict:
            return {}
        if NoneType in arguments:
            (wanted,) = (argument for argument in arguments if argument is not NoneType)
            leave_out = isinstance(wanted, type) and issubclass(wanted, BaseModel) and world == 1
            return None if leave_out else self.stand_in(wanted)
        if issubclass(annotation, BaseModel):
            required = {n: f for n, f in annotation.model_fields.items() if f.is_required()}
            return annotation.model_construct(**{n: self.stand_in(f.annotation) for n, f in required.items()})
        return _SCALARS[annotation](number, world)


_PREFIXES = ((IPv4Address("198.18.0.0"), 29), (IPv4Address("100.64.0.0"), 26), (IPv4Address("11.0.0.0"), 30))
"""First prefix of each world: nobody's network, and of different sizes."""

_SCALARS: dict[Any, Callable[[int, int], Any]] = {
    str: lambda number, world: f"unreadable-{number}-{world}",
    bool: lambda _, world: world % 2 == 0,
    int: lambda number, world: number + 1000 * world,
    float: lambda number, world: float(number + 1000 * world),
    IPv4Address: lambda number, world: _PREFIXES[world][0] + 65536 + number,
    IPv4Interface: lambda number, world: IPv4Interface(
        (int(_PREFIXES[world][0]) + 65536 + 8 * number + 1, _PREFIXES[world][1])
    ),
    IPv4Network: lambda number, world: IPv4Network(
        (int(_PREFIXES[world][0]) + (number % 4096) * 2 ** (32 - _PREFIXES[world][1]), _PREFIXES[world][1])
    ),
}
