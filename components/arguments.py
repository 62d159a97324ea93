"""Arguments against the TypedDict that defines them, judged now or as soon as they are known.

What passes through to Azure may be an Output (`pulumi.Input` in the TypedDict); what decides what is made is plain. A
mistake that can be seen ends the program before the component registers anything. One that an Output brings later
fails the resource that is given the Output, with the same sentence; siblings may exist by then.
"""

import inspect
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from functools import cache
from typing import Any, NotRequired, Required, TypeVar, Union, cast, get_args, get_origin, is_typeddict

import pulumi

from .base import refuse
from .judging import ARG_01, ARG_02, UNREADABLE, Composition, Judge, any_in, value_at
from .rules import CATALOGUE, Problem, names, not_offered
from .rules.keys import RULES_THAT_SHOW_NOTHING

SECRETS = ("shared_key", "authorization_key")
"""Arguments that are secrets, whoever gives them."""

_DECIDING = {
    "existing_id",
    "existing_network_id",
    "virtual_network_name",
    "virtual_network_id",
    "port_id",
    "public_ip_id",
    "bastion_subnet_prefix",
    "source_application_security_group_ids",
    "probe_path",
    "workspace_id",
    "action_group_id",
    "express_route_gateway_id",
    "vpn_gateway_id",
    "bastion_id",
    "vpn_capacity_in_mbps",
    "capacity_in_mbps",
    "bgp_peer_address",
    "WatchedSiteArgs.public_ip",
    "VpnSiteArgs.fqdn",
}
"""Arguments whose being given decides what is made, so that an Output of them cannot turn out to be None: by name, or
by the TypedDict's and their own where others of that name decide nothing."""
_GROUPS = ("resource_group_name", "virtual_network_resource_group_name")
"""Arguments of every component that has them, which name a resource group [NAME-02]."""
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
_A = TypeVar("_A")
_Gates = dict[tuple[str | int, ...], list[pulumi.Output[Any]]]


def judged(name: str, kind: type[_A], args: _A, rules: Composition) -> _A:
    """The arguments of a component, judged: secrets are marked, and each Output fails where a rule finds it wrong.

    name: of the component. kind: the TypedDict of its arguments.

    Raises pulumi.RunError with every mistake that can be seen now.
    """

    def tell(found: list[Problem]) -> None:
        refuse(f"{kind.__name__.removesuffix('Args')} {name!r}", found)

    values, problems = _Reader(tell).read(args, kind)
    judge = _LateJudge(values if isinstance(values, Mapping) else {}, tell)
    rules(judge)
    for field in _GROUPS:
        if values is not UNREADABLE and field in kind.__annotations__:
            judge(names.resource_group, field)
    tell([*problems, *judge.problems])
    return cast(_A, _given(values, judge.gates))


def waits(values: Any) -> bool:
    """Whether a value, or anything in it, is an Output."""
    return any_in(values, lambda value: isinstance(value, pulumi.Output))


class _Reader:
    """Reads arguments: UNREADABLE in place of what is wrong, Outputs that fail when they turn out wrong."""

    def __init__(self, tell: Callable[[list[Problem]], None]) -> None:
        self._tell = tell
        self._problems: list[Problem] = []

    def read(self, value: Any, annotation: Any, path: str = "") -> tuple[Any, list[Problem]]:
        """The value and what is wrong with it."""
        self._problems = []
        return self._walk(value, annotation, path), self._problems

    def _wrong(self, path: str, text: str) -> Any:
        self._problems.append(ARG_02(path, text))
        return UNREADABLE

    def _walk(self, value: Any, annotation: Any, path: str, *, optional: bool = False, decides: bool = False) -> Any:
        kind, may_wait = _stripped(annotation)
        if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
            if not may_wait:
                what = "decides what is made, so it must be known when the program runs; give a plain value, no Output"
                return self._wrong(path, what)

            def late(known: Any) -> Any:
                if waits(known):
                    return pulumi.Output.from_input(known).apply(late)
                # None is as good as absent: `Given` has the component's default, or Azure has one.
                return None if optional and known is None else self._late(known, kind, path, decides)

            output: Any = value if isinstance(value, pulumi.Output) else pulumi.Output.from_input(cast(Any, value))
            return output.apply(late)
        if isinstance(value, Enum):
            # azure-native's own are texts whose str() is the member's name: it would be part of ids and names.
            value = value.value
        if is_typeddict(kind):
            return self._fields(value, kind, path)
        origin, parts = _generic(kind)
        if origin in (list, Sequence):
            if isinstance(value, list | tuple):
                return [self._walk(item, parts[0], f"{path}[{index}]") for index, item in enumerate(value)]
            return self._wrong(path, f"is {_shown(value)}; a list is needed")
        if origin in (dict, Mapping):
            if isinstance(value, Mapping):
                if wrong := [key for key in value if not isinstance(key, str)]:
                    return self._wrong(path, f"has a name that is {_shown(wrong[0])}; names are texts")
                return {key: self._walk(item, parts[1], f"{path}.{key}") for key, item in value.items()}
            return self._wrong(path, f"is {_shown(value)}; a map is needed")
        if kind is int and isinstance(value, float) and value.is_integer():
            return int(value)  # other languages send every number as a float
        good = isinstance(value, (int, float) if kind is float else kind)
        if good and (kind is bool or not isinstance(value, bool)):
            return value
        return self._wrong(path, f"is {_shown(value)}; {_WORDS.get(kind, 'a provider')} is needed")

    def _fields(self, value: Any, kind: Any, path: str) -> Any:
        known, inside = kind.__annotations__, f"{path}." if path else ""
        if not isinstance(value, Mapping):
            return self._wrong(path, f"is {_shown(value)}; a map of {', '.join(known)} is needed")
        missing = sorted(name for name in kind.__required_keys__ if value.get(name) is None)
        for name in missing:
            self._problems.append(ARG_01(f"{inside}{name}", f"is missing; {kind.__name__} needs it"))
        for name in sorted(map(str, value.keys() - known.keys())):
            near = get_close_matches(name, known.keys() - value.keys(), 1)
            instead = f"is it {near[0]}?" if near else f"there are {', '.join(known)}"
            told = not_offered.not_offered(f"{inside}{name}", name) if ".vpn_" in kind.__module__ else None
            self._problems.append(told or ARG_01(f"{inside}{name}", f"is no argument of {kind.__name__}; {instead}"))
        return dict.fromkeys(missing, UNREADABLE) | {
            name: self._walk(value[name], part, f"{inside}{name}", **_may_be_nothing(kind, name))
            for name, part in known.items()
            if value.get(name) is not None
        }

    def _late(self, known: Any, kind: Any, path: str, decides: bool) -> Any:
        """A value that an Output turned out to have."""
        if decides and known is None:
            what = "is nothing; that it is given decides what is made, so leave it out"
            self._tell([ARG_02(path, what)])
        value, wrong = _Reader(self._tell).read(known, kind, path)
        self._tell(wrong)
        return value


class Given(dict[str, Any]):
    """Arguments as a component uses them: where an Output turns out to be None, its default is taken, too."""

    def get(self, key: str, default: Any = None) -> Any:
        value = super().get(key, default)
        if default is None or value is default or not isinstance(value, pulumi.Output):
            return value
        return value.apply(lambda known: default if known is None else known)


class _LateJudge(Judge):
    """A judge of arguments some of which may be Outputs."""

    def __init__(self, values: Mapping[str, Any], tell: Callable[[list[Problem]], None]) -> None:
        super().__init__(values)
        self.gates: _Gates = {}
        self._tell = tell

    def when_known(
        self, values: Sequence[Any], fields: Sequence[str], judged: Callable[[Sequence[Any]], list[Problem]]
    ) -> None:
        if not waits(values):
            super().when_known(values, fields, judged)
            return

        waiting = [value_at(values, place) for place in _outputs(values, ())]

        async def judge_late() -> None:
            if all([await output.is_known() for output in waiting]):
                found = judged([await _known(value) for value in values])
                secret = any([await output.is_secret() for output in waiting])
                self._tell([_veiled(problem) for problem in found] if secret else found)

        late = pulumi.Output[None](set(), Later(judge_late), Later(_yes))
        for field in fields:
            for place in _outputs(self.root, self.place(field)):
                self.gates.setdefault(place, []).append(late)


@cache
def _may_be_nothing(kind: Any, name: str) -> dict[str, bool]:
    """Whether a TypedDict's argument may be absent, and an Output of it None."""
    decides = not _DECIDING.isdisjoint((name, f"{kind.__name__}.{name}"))
    return {"optional": name not in kind.__required_keys__ and not decides, "decides": decides}


@cache
def _stripped(annotation: Any) -> tuple[Any, bool]:
    """What an annotation says without NotRequired and Input; and whether an Output may stand there."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (NotRequired, Required):
        return _stripped(parts[0])
    if origin is Union:
        # pulumi.Input[T] is Union[T, Awaitable[T], "Output[T]"].
        awaited = [get_args(part)[0] for part in parts if get_origin(part) is Awaitable]
        return (awaited[0], True) if awaited else (parts[0], False)
    return annotation, False


@cache
def _generic(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """`list` and its item's type of `list[str]`; None of a plain type."""
    return get_origin(kind), get_args(kind)


def _shown(value: Any) -> str:
    """A value by its kind alone: what is wrong may be a secret."""
    if isinstance(value, pulumi.Resource):
        return "a resource"
    for kind, word in ((bool, "true or false"), (str, "a text"), (int | float, "a number"), (Mapping, "a map")):
        if isinstance(value, kind):
            return word
    return "a list" if isinstance(value, list | tuple) else "nothing" if value is None else type(value).__name__


def _veiled(problem: Problem) -> Problem:
    """A problem of a secret: the rule instead of the message, which may show the value."""
    if problem.rule in RULES_THAT_SHOW_NOTHING:
        return problem
    return problem._replace(message=f"a secret value breaks the rule that {CATALOGUE[problem.rule].meaning}")


def _outputs(values: Any, steps: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    """The places of the Outputs at or below a place; `[]` is every item of a list."""
    if "[]" in steps:
        position = steps.index("[]")
        items = value_at(values, steps[:position])
        return [
            place
            for index in range(len(items) if isinstance(items, list | tuple) else 0)
            for place in _outputs(values, (*steps[:position], index, *steps[position + 1 :]))
        ]
    value = value_at(values, steps)
    if isinstance(value, pulumi.Output):
        return [steps]
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, _ in inside for place in _outputs(values, (*steps, key))]


async def _known(value: Any) -> Any:
    """A value whose Outputs are known, with what they turned out to be."""
    if isinstance(value, pulumi.Output):
        return await value.future()
    if isinstance(value, Mapping):
        return {key: await _known(item) for key, item in value.items()}
    return [await _known(item) for item in value] if isinstance(value, list) else value


async def _yes() -> bool:
    return True


class Later:
    """What a coroutine function gives, awaited: nothing is begun, and left lying about, where nobody ever awaits it."""

    def __init__(self, begin: Callable[[], Awaitable[Any]]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, None, Any]:
        return self._begin().__await__()


def _given(value: Any, gates: _Gates, place: tuple[str | int, ...] = ()) -> Any:
    """The arguments as the component uses them: absent where None or unreadable, gated, secrets marked."""
    if isinstance(value, Mapping):
        inside = {key: _given(item, gates, (*place, key)) for key, item in value.items()}
        return Given({key: pulumi.Output.secret(item) if key in SECRETS else item for key, item in inside.items()})
    if isinstance(value, list):
        return [_given(item, gates, (*place, index)) for index, item in enumerate(value)]
    return gated(value, gates[place]) if place in gates else value


def gated(value: pulumi.Output[Any], late: Sequence[pulumi.Output[Any]]) -> pulumi.Output[Any]:
    """The same Output, failing where a rule finds it wrong. It waits for what the rule read, and takes over neither
    dependencies nor secrecy from it."""

    async def known() -> Any:
        for one in late:
            await one.future()
        return await value.future(with_unknowns=True)

    return pulumi.Output(*map(Later, (value.resources, known, value.is_known, value.is_secret)))
