"""Every argument of every component, one by one: an Output known at once, one that is not known yet, one that turns out
wrong, None and a wrong type. Made from the TypedDicts, so that a new argument is in."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from typing import Any, NotRequired, Required, Union, get_args, get_origin, is_typeddict

import pulumi
import pytest
from pulumi_azure_native import Provider

import components
from tests.recording import UNKNOWN, Recording, Secret, record
from tests.unit.examples import EXAMPLES, NOT_JUDGED, PROVIDER, WRONG, lookup


@dataclass(frozen=True)
class Argument:
    """One argument, or one argument of a part: of which component and example, where, and what it may be."""

    component: str
    example: int
    place: tuple[str | int, ...]
    kind: Any
    passes: bool
    """An Output may stand there."""
    required: bool

    @property
    def path(self) -> str:
        text = ""
        for step in self.place:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    @property
    def field(self) -> str:
        return next(step for step in reversed(self.place) if isinstance(step, str))

    @property
    def value(self) -> Any:
        value: Any = EXAMPLES[self.component][self.example]
        for step in self.place:
            value = value[step]
        return value

    def given(self, value: Any) -> dict[str, Any]:
        """The example with this argument's value in place of its own."""
        arguments: Any = copy.deepcopy(EXAMPLES[self.component][self.example])
        holder = arguments
        for step in self.place[:-1]:
            holder = holder[step]
        holder[self.place[-1]] = value
        return arguments

    def as_it_is(self, *, preview: bool = False) -> Recording:
        """What the example itself registers."""
        return deploy_example(self.component, self.example, preview=preview)

    def run(self, value: Callable[[], Any], *, preview: bool = False) -> Recording:
        return deploy(self.component, lambda: self.given(value()), preview=preview)

    def __str__(self) -> str:
        return f"{self.component}-{self.example}-{self.path}"


def arguments() -> Iterator[Argument]:
    for component, examples in EXAMPLES.items():
        kind = getattr(components, component).__init__.__annotations__["args"]
        for index, example in enumerate(examples):
            yield from _arguments(component, index, (), kind, example)


def _arguments(component: str, index: int, place: tuple[str | int, ...], kind: Any, value: Any) -> Iterator[Argument]:
    for name, part in kind.__annotations__.items():
        if name in value:
            yield from _argument(
                component, index, (*place, name), part, value[name], required=name in kind.__required_keys__
            )


def _argument(
    component: str, index: int, place: tuple[str | int, ...], part: Any, value: Any, *, required: bool
) -> Iterator[Argument]:
    inner, passes = stripped(part)
    yield Argument(component, index, place, inner, passes, required)
    if is_typeddict(inner):
        yield from _arguments(component, index, place, inner, value)
    elif isinstance(value, list):
        # One item stands for all.
        yield from _argument(component, index, (*place, 0), get_args(inner)[0], value[0], required=True)


def stripped(annotation: Any) -> tuple[Any, bool]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (NotRequired, Required):
        return stripped(parts[0])
    if origin is Union:
        return next(get_args(part)[0] for part in parts if get_origin(part) is Awaitable), True
    return annotation, False


def deploy(component: str, given: Callable[[], Any], *, preview: bool = False) -> Recording:
    def program() -> None:
        pulumi.runtime.register_stack_transformation(no_aliases)
        getattr(components, component)("it", with_providers(given()))

    return record(program, lookup=lookup, preview=preview)


def with_providers(given: Any) -> Any:
    """The arguments with a provider in each place that stands for one."""
    if not isinstance(given, Mapping):
        return given
    made = {name: Provider(name, subscription_id=value[1]) for name, value in given.items() if value == PROVIDER}
    return {**given, **made}


@cache
def deploy_example(component: str, example: int, *, preview: bool = False) -> Recording:
    return deploy(component, lambda: copy.deepcopy(EXAMPLES[component][example]), preview=preview)


def no_aliases(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    """azure-native's older type names are more than half of a run's time, and no argument's affair."""
    args.opts.aliases = None
    return pulumi.ResourceTransformationResult(args.props, args.opts)


def refused(argument: Argument, value: Callable[[], Any]) -> str:
    """The one clean sentence on a value; the argument is named in it, and nothing secret is."""
    with pytest.raises(pulumi.RunError) as stopped:
        argument.run(value)
    text = str(stopped.value)
    assert argument.path in text or argument.field in text
    assert "Planted" not in text
    return text


def not_known() -> pulumi.Output[Any]:
    def future(value: Any) -> asyncio.Future[Any]:
        made: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
        made.set_result(value)
        return made

    return pulumi.Output(set(), future(None), future(False))


def of_another_type(argument: Argument) -> Any:
    return {"a": "map"} if argument.kind is str else ["a list"] if not isinstance(argument.value, list) else "a text"


def inputs(recording: Recording) -> list[tuple[str, str, Any, frozenset[str]]]:
    """What Azure is given, and what waits for what; the order of what does not wait for each other is not said."""
    return sorted(
        ((r.type, r.name, sent(r.inputs), r.dependencies) for r in recording.resources if r.custom),
        key=lambda one: one[:2],
    )


def sent(value: Any) -> Any:
    """What azure-native makes of inputs: it leaves out what is nothing."""
    if isinstance(value, dict):
        return {key: sent(item) for key, item in value.items() if unveiled(item) is not None}
    return [*map(sent, value)] if isinstance(value, list) else value


ALL = list(arguments())
PASSING = [argument for argument in ALL if argument.passes]
PLAIN = [argument for argument in ALL if not argument.passes]


def test_every_argument_is_in_an_example() -> None:
    def fields(kind: Any) -> Iterator[tuple[str, str]]:
        for name, part in kind.__annotations__.items():
            yield kind.__name__, name
            inner, _ = stripped(part)
            inner = get_args(inner)[0] if get_origin(inner) is not None and get_args(inner) else inner
            if is_typeddict(inner):
                yield from fields(inner)

    tried: set[tuple[str, str]] = set()
    for component, examples in EXAMPLES.items():
        for example in examples:
            tried |= set(_tried(getattr(components, component).__init__.__annotations__["args"], example))
    kinds = [getattr(components, name).__init__.__annotations__["args"] for name in EXAMPLES]
    assert {field for kind in kinds for field in fields(kind)} - tried == set()


def _tried(kind: Any, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, part in kind.__annotations__.items():
        if name not in value:
            continue
        yield kind.__name__, name
        inner, _ = stripped(part)
        if is_typeddict(inner):
            yield from _tried(inner, value[name])
        elif isinstance(value[name], list) and is_typeddict(item := stripped(get_args(inner)[0])[0]):
            for one in value[name]:
                yield from _tried(item, one)


@pytest.mark.parametrize("component", EXAMPLES)
def test_the_examples_deploy(component: str) -> None:
    for example in range(len(EXAMPLES[component])):
        assert deploy_example(component, example).resources


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_an_output_that_is_known_is_as_good_as_its_value(argument: Argument) -> None:
    plain, known = argument.as_it_is(), argument.run(lambda: pulumi.Output.from_input(argument.value))
    assert inputs(known) == inputs(plain)


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_a_secret_output_makes_nothing_else_secret(argument: Argument) -> None:
    plain, secret = argument.as_it_is(), argument.run(lambda: pulumi.Output.secret(argument.value))
    assert unveiled(inputs(secret)) == unveiled(inputs(plain))
    more = secrets_in(inputs(secret)) - secrets_in(inputs(plain))
    # What is made of an id, such as a name in it, is as secret as the id; so is a gateway's address, and a threshold.
    thresholds = ("express_route_routes", "capacity_in_mbps", "vpn_capacity_in_mbps")
    made_of = argument.field.endswith("_id") or argument.field in ("gateway_apipa_addresses", *thresholds)
    assert made_of or all(mentions(value, argument.value) for value in more), more


def unveiled(value: Any) -> Any:
    if isinstance(value, Secret):
        return unveiled(value.value)
    if isinstance(value, dict):
        return {key: unveiled(item) for key, item in value.items()}
    return type(value)(map(unveiled, value)) if isinstance(value, list | tuple) else value


def secrets_in(value: Any) -> set[str]:
    if isinstance(value, Secret):
        return {repr(value.value)}
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {found for item in inside for found in secrets_in(item)}


def mentions(found: str, value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return all(str(part) in found for part in parts)


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_an_output_that_is_not_known_yet_is_left_for_later(argument: Argument) -> None:
    plain, later = inputs(argument.as_it_is(preview=True)), inputs(argument.run(not_known, preview=True))
    for (*known, with_value, _), (*same, without, _) in zip(plain, later, strict=True):
        assert known == same
        assert with_value.keys() <= without.keys()
        for key, value in without.items():
            assert with_value[key] == value or UNKNOWN in repr(value), (known, key)


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_an_output_of_another_type_is_one_clean_sentence(argument: Argument) -> None:
    refused(argument, lambda: pulumi.Output.from_input(of_another_type(argument)))


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_an_output_that_a_rule_refuses_fails_with_the_sentence_of_the_plain_value(argument: Argument) -> None:
    wrong = WRONG.get(argument.field)
    if wrong is None:
        assert argument.field in NOT_JUDGED
        return
    wrong = [wrong] if isinstance(argument.value, list) else wrong
    now, later = (refused(argument, make) for make in (lambda: wrong, lambda: pulumi.Output.from_input(wrong)))
    assert later.splitlines()[1:]
    assert set(later.splitlines()[1:]) <= set(now.splitlines()[1:])


@pytest.mark.parametrize("argument", PLAIN, ids=str)
def test_an_output_where_the_layout_is_decided_is_one_clean_sentence(argument: Argument) -> None:
    for make in (lambda: pulumi.Output.from_input(argument.value), not_known):
        assert f"{argument.path}: decides what is made" in refused(argument, make)


@pytest.mark.parametrize("argument", ALL, ids=str)
def test_none_is_absent_or_missing(argument: Argument) -> None:
    def run() -> Recording:
        return argument.run(lambda: None)

    if not argument.required:
        without = copy.deepcopy(argument.given(None))
        holder: Any = without
        for step in argument.place[:-1]:
            holder = holder[step]
        del holder[argument.place[-1]]
        try:
            expected: Any = inputs(deploy(argument.component, lambda: without))
        except pulumi.RunError as stopped:
            expected = str(stopped)
        try:
            found: Any = inputs(run())
        except pulumi.RunError as stopped:
            found = str(stopped)
        assert found == expected
        return
    assert "is missing" in (text := refused(argument, lambda: None)) or "is nothing" in text


@pytest.mark.parametrize("argument", [argument for argument in PASSING if not argument.required], ids=str)
def test_an_output_that_turns_out_to_be_nothing_is_as_absent_as_none(argument: Argument) -> None:
    """As a stack's output is that is not there. Where an argument's being given decides what is made, it is refused."""

    def run(value: Any) -> Any:
        try:
            return filled(inputs(argument.run(lambda: value)))
        except pulumi.RunError as stopped:
            return set(str(stopped).splitlines()[1:])

    absent, later = run(None), run(pulumi.Output.from_input(None))
    if isinstance(later, set) and any("that it is given decides what is made" in line for line in later):
        assert [line for line in later if f"{argument.path}: is nothing" in line]
    else:
        assert later <= absent if isinstance(absent, set) else later == absent


def filled(value: Any) -> Any:
    """Inputs without empty maps, which say nothing."""
    if isinstance(value, dict):
        return {key: filled(item) for key, item in value.items() if item != {}}
    return type(value)(map(filled, value)) if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("component", EXAMPLES)
def test_members_of_enumerations_are_as_good_as_their_values(component: str) -> None:
    """azure-native has its constants so."""

    def member(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: member(item) for key, item in value.items()}
        if isinstance(value, list):
            return [*map(member, value)]
        return Enum("Constant", {"MEMBER": value}, type=str)["MEMBER"] if isinstance(value, str) else value

    for index, example in enumerate(EXAMPLES[component]):
        found = deploy(component, partial(member, example))
        assert inputs(found) == inputs(deploy_example(component, index))


@pytest.mark.parametrize("argument", ALL, ids=str)
def test_a_wrong_type_is_one_clean_sentence(argument: Argument) -> None:
    text = refused(argument, lambda: of_another_type(argument))
    assert f"{argument.path}: is " in text


@pytest.mark.parametrize("component", EXAMPLES)
@pytest.mark.parametrize("given", [None, "a text", ["a list"], 7])
def test_arguments_that_are_no_map_are_one_clean_sentence(component: str, given: Any) -> None:
    with pytest.raises(pulumi.RunError, match="a map of"):
        deploy(component, lambda: given)
