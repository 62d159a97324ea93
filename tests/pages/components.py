"""The components as their classes have them: arguments, outputs and methods, for docs/components.md."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from textwrap import dedent
from typing import Any, NotRequired, Required, Union, get_args, get_origin, is_typeddict

from pulumi_azure_native import Provider

import components
from tests.pages.texts import one_line, summary, table, texts
from tests.unit.test_arguments import PLAIN

_WORDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true, false",
    Provider: "provider of azure-native",
}


def page() -> str:
    """Each component: what it is, its arguments, the parts of these, its outputs and its methods."""
    lines: list[str] = []
    for name, component in every().items():
        arguments = component.__init__.__annotations__["args"]
        text = dedent(f"    {inspect.cleandoc(component.__doc__ or '')}").strip()
        lines += [f"### {name}", "", text, ""]
        lines += [*_arguments(arguments, _plain(name), ""), ""]
        for inner, path in _parts(arguments, ""):
            lines += [f"`{path}`: {_lower(summary(inner))}", ""]
            lines += [*_arguments(inner, _plain(name), f"{path}."), ""]
        said = texts(component)
        outputs = [(f"`{output}`", said[output]) for output in said if not output.startswith("_")]
        lines += [*table(("output", "what it is"), outputs), ""]
        for method, function in _methods(component):
            (result,) = [function.__annotations__["return"]]
            kind = function.__annotations__["args"].__name__
            lines += [f"`{method}(name, {kind}(..))` makes a {result.__name__}. {one_line(function.__doc__)}", ""]
            inside, whole = function.__annotations__["args"], result.__init__.__annotations__["args"]
            added = [argument for argument in inside.__annotations__ if argument not in whole.__annotations__]
            assert not added, f"{kind} has arguments that {whole.__name__} has not: {added}"
            lines += [f"Its arguments: {', '.join(f'`{one}`' for one in inside.__annotations__)}.", ""]
    return "\n".join(lines).strip()


def every() -> dict[str, Any]:
    """The library's components by their names."""
    public = {name: getattr(components, name) for name in components.__all__}
    return {name: kind for name, kind in public.items() if hasattr(kind, "register_outputs")}


def _methods(component: Any) -> Iterator[tuple[str, Any]]:
    for name, function in inspect.getmembers(component, inspect.isfunction):
        if not name.startswith("_") and "args" in function.__annotations__:
            yield name, function


def _plain(component: str) -> set[str]:
    """The paths of a component's arguments that are plain."""
    return {one.path.replace("[0]", "[]") for one in PLAIN if one.component == component}


def _arguments(kind: Any, plain: set[str], above: str) -> list[str]:
    said = texts(kind)
    rows: list[tuple[str, str, str]] = []
    for name, annotation in kind.__annotations__.items():
        path = f"{above}{name}"
        words = _kind(annotation)
        if path in plain:
            words += ", plain"
        if f"{path}[]" in plain:
            words += ", plain items"
        rows.append((f"`{name}`", words, said[name]))
    return table(("argument", "type", "meaning"), rows)


def _parts(kind: Any, above: str) -> Iterator[tuple[Any, str]]:
    """The TypedDicts in the arguments of one, with their paths."""
    for name, annotation in kind.__annotations__.items():
        inner = _stripped(annotation)
        path = f"{above}{name}"
        if get_origin(inner) is Sequence:
            inner, path = _stripped(get_args(inner)[0]), f"{path}[]"
        if is_typeddict(inner):
            yield inner, path
            yield from _parts(inner, f"{path}.")


def _stripped(annotation: Any) -> Any:
    """A type without what says that it may be missing, or an Output."""
    if get_origin(annotation) in (NotRequired, Required, Union):
        return _stripped(get_args(annotation)[0])
    return annotation


def _kind(annotation: Any) -> str:
    wanted = _stripped(annotation)
    if get_origin(wanted) is Sequence:
        inner = _kind(get_args(wanted)[0])
        return f"list of {'texts' if inner == 'text' else 'maps' if inner == 'map' else inner}"
    if get_origin(wanted) is Mapping:
        return "names and texts"
    return "map" if is_typeddict(wanted) else _WORDS[wanted]


def _lower(text: str) -> str:
    return text[0].lower() + text[1:] if not text[:2].isupper() else text
