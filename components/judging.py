"""Rules applied to the values of one part of the network: a component's arguments, or the settings of the same part.

A composition (`network_parts.py`, `gateway_parts.py`) says once which rules read which fields. Here the values are
known; `arguments.py` has the judge of arguments that may be Outputs.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from inspect import Parameter, signature
from ipaddress import IPv4Address, IPv4Network
from typing import Any, get_args

from .rules import Problem, at, rule

ARG_01 = rule("ARG-01", "a component is given what it needs, by the names of its arguments", "this project: components")
ARG_02 = rule("ARG-02", "an argument has its type; what decides what is made is known at once", "this project")

UNREADABLE: Any = type("Unreadable", (), {"__repr__": lambda _: "UNREADABLE"})()
"""In place of a value whose problem is told already: rules that need it say nothing more."""

Composition = Callable[["Judge"], None]
"""Applies the rules of one part."""

_FORMS = {IPv4Network: "prefix such as 10.0.0.0/16", IPv4Address: "address such as 10.0.1.250"}
_Step = str | int
_PLAIN = frozenset((str, int, bool, float, type(None)))
"""What has nothing in it, as most values: to ask whether something is a `Mapping` takes longer than a rule does."""


class Judge:
    """Applies rules to the fields of some values and collects the problems.

    values: snake_case field -> value; parts of the part are mappings, and lists of them.
    path: where the values stand: a path of the settings, or empty for a component's own arguments.
    paths: fields that are written elsewhere, or under another name: `{"prefixes": "onPremises.prefixes"}`, and with a
    period `{"allow.[].source_prefixes": ".sources"}`.
    """

    def __init__(self, values: Mapping[str, Any], path: str = "", paths: Mapping[str, str] | None = None) -> None:
        self.problems: list[Problem] = []
        self.root = values
        self.inside: tuple[_Step, ...] = ()
        self._path = path
        self._paths = paths or {}

    def __call__(
        self,
        rule: Callable[..., Iterable[Problem]],
        *fields: str,
        same: Iterable[str] = (),
        path: str | None = None,
        given: Mapping[str, Any] | None = None,
        **named: str,
    ) -> None:
        """Applies a rule to fields: its parameters after the path, in order, and further ones by name.

        A field is a name, a way into a part (`bgp.asn`), or the same field of every item of a list (`routes[].name`).
        A rule whose parameter has neither a value nor a default says nothing. Addresses and prefixes become what the
        rule's own annotations say.

        same: fields that the rule's parameters are named after.
        path: the field that the rule's path is; by default the first one, "" for the whole part.
        given: further parameters, which are no fields.
        """
        wanted = _wanted(rule, fields, tuple(same), *named.items())
        values: list[Any] = []
        for parameter, field in wanted:
            value = self.value(field)
            if value is None and parameter.default is Parameter.empty:
                return
            if any_in(value, _is_unreadable):
                return
            values.append(value)
        where = self.path((fields[0] if fields else "") if path is None else path)

        def judged(known: Sequence[Any]) -> list[Problem]:
            taken: dict[str, Any] = {}
            wrong: list[Problem] = []
            for (parameter, field), value in zip(wanted, known, strict=True):
                if value is None and parameter.default is Parameter.empty:
                    return []
                if value is not None:
                    taken[parameter.name], bad = _typed(value, parameter.annotation, self.path(field))
                    wrong += bad
            return wrong or list(rule(where, **taken, **(given or {})))

        self.when_known(values, [field for _, field in wanted], judged)

    def when_known(
        self, values: Sequence[Any], fields: Sequence[str], judged: Callable[[Sequence[Any]], list[Problem]]
    ) -> None:
        """Judges the values of these fields; here they are known."""
        self.problems += judged(values)

    def value(self, field: str) -> Any:
        """A field's value, None where it or what it is in is absent; of a field of every item, the list of them."""
        return value_at(self.root, self.place(field))

    def place(self, field: str) -> tuple[_Step, ...]:
        """The way to a field from the whole part; a field that starts with a slash is one of the whole part."""
        return _steps(field) if field.startswith("/") else (*self.inside, *_steps(field))

    def within(self, field: str) -> "Judge | None":
        """The judge of a part of this part; None where it is absent or unreadable."""
        return self._of(self.place(field)) if isinstance(self.value(field), Mapping) else None

    def each(self, field: str) -> Iterator["Judge"]:
        """The judges of a list's items, but the unreadable ones."""
        items = self.value(field)
        for index, item in enumerate(items if isinstance(items, list | tuple) else ()):
            if isinstance(item, Mapping):
                yield self._of((*self.place(field), index))

    def tell(self, problems: Iterable[Problem]) -> None:
        """Problems that were found otherwise."""
        self.problems += problems

    def path(self, field: str = "") -> str:
        """Where a field stands; of a field of every item, where the list stands."""
        path, steps = self._path, self.place(field)
        for position, step in enumerate(steps):
            if step == "[]":
                break
            if isinstance(step, int):
                path = type(path)(f"{path}[{step}]")
                continue
            elsewhere = self._paths.get(
                ".".join("[]" if isinstance(one, int) else one for one in steps[: position + 1])
            )
            if elsewhere is None:
                path = at(path, step)
            else:
                path = f"{path}{elsewhere}" if elsewhere.startswith(".") else elsewhere
        return path

    def is_elsewhere(self, field: str) -> bool:
        """Whether a field of the whole part is written, and so judged, elsewhere."""
        return not self._paths.get(field, ".").startswith(".")

    def _of(self, inside: tuple[_Step, ...]) -> "Judge":
        part = object.__new__(type(self))
        part.__dict__ |= self.__dict__ | {"inside": inside}
        return part


@cache
def _steps(field: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\[\]|\w+", field))


def value_at(value: Any, steps: Sequence[_Step]) -> Any:
    for position, step in enumerate(steps):
        if step == "[]":
            items = value if isinstance(value, list | tuple) else ()
            return [value_at(item, steps[position + 1 :]) for item in items]
        if value is UNREADABLE:
            return value
        value = value[step] if isinstance(step, int) else value.get(step) if isinstance(value, Mapping) else None
    return value


@cache
def _wanted(
    rule: Callable[..., Iterable[Problem]], fields: tuple[str, ...], same: tuple[str, ...], *named: tuple[str, str]
) -> list[tuple[Parameter, str]]:
    """A rule's parameters, but its path, each with its field."""
    parameters = list(signature(rule).parameters.values())
    by_name = dict(named) | {field: field for field in same}
    return [
        *zip(parameters[1:], fields, strict=False),
        *((parameter, by_name[parameter.name]) for parameter in parameters if parameter.name in by_name),
    ]


def _is_unreadable(value: Any) -> bool:
    return value is UNREADABLE


def any_in(value: Any, test: Callable[[Any], bool]) -> bool:
    """Whether a value, or anything in it, passes a test."""
    if type(value) in _PLAIN:
        return test(value)
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return test(value) or any(any_in(item, test) for item in inside)


def _typed(value: Any, kind: Any, path: str) -> tuple[Any, list[Problem]]:
    """A value as a rule's annotation wants it: addresses and prefixes in place of their texts; and what is wrong."""
    if kind in _FORMS:
        return _form(value, kind, path)
    if isinstance(value, list | tuple):
        item = next(iter(get_args(kind)), None)
        typed = [_typed(one, item, f"{path}[{index}]") for index, one in enumerate(value)]
        return [one for one, _ in typed], [problem for _, bad in typed for problem in bad]
    form = next((part for part in get_args(kind) if part in _FORMS), None) if isinstance(value, str) else None
    return _form(value, form, path) if form else (value, [])


def _form(value: Any, kind: Any, path: str) -> tuple[Any, list[Problem]]:
    if not isinstance(value, str):
        return value, []
    try:
        found = kind(value)
        if kind is IPv4Network and "/" in value and str(found) != value:
            # What Python reads of a mask or of 016, Azure does not: the text itself is sent.
            return value, [ARG_02(path, f"{value!r} is not in Azure's notation of prefixes; write {found}")]
        return found, []
    except ValueError as error:
        near = f"; write {kind(value, strict=False)}" if "host bits" in str(error) else ""
        return value, [ARG_02(path, f"{value!r} is not an IPv4 {_FORMS[kind]}{near}")]
