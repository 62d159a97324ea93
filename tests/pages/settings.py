"""The settings as their model has them: tables for docs/settings.md, and the stack's outputs."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tests.pages.texts import summary, table, texts
from tests.stacks import ROOT
from topology.reading import OTHER_KEYS, SECRET_KEYS
from topology.settings.model import Settings
from topology.settings.model_base import AUTO, NOT_EMPTY

_WORDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true, false",
    IPv4Network: "prefix",
    IPv4Address: "address",
    IPv4Interface: "address/length",
}


@dataclass(frozen=True)
class Setting:
    """One setting: where it stands, and what the model says of it."""

    path: str
    """network.tiers[].subnet."""
    field: FieldInfo
    text: str

    @property
    def wanted(self) -> Any:
        """Its type, without what says that it may be missing."""
        return stripped(self.field.annotation)

    @property
    def inner(self) -> type[BaseModel] | None:
        """The model of what is in it, if that is one."""
        wanted = self.wanted
        item = stripped(get_args(wanted)[0]) if get_origin(wanted) is list else wanted
        return item if isinstance(item, type) and issubclass(item, BaseModel) else None

    @property
    def below(self) -> str:
        """What the paths of the settings in it begin with."""
        return f"{self.path}[]." if get_origin(self.wanted) is list else f"{self.path}."


def stripped(annotation: Any) -> Any:
    """A type without None and without what it is annotated with."""
    if get_origin(annotation) is Annotated:
        return stripped(get_args(annotation)[0])
    if NoneType in get_args(annotation):
        (annotation,) = (one for one in get_args(annotation) if one is not NoneType)
        return stripped(annotation)
    return annotation


def of(model: type[BaseModel], above: str = "") -> Iterator[Setting]:
    """The settings of one model, in the model's order."""
    said = texts(model)
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        full = "azure-native:location" if model is Settings and name == "location" else path
        yield Setting(full, field, said[name])


def parts() -> Iterator[tuple[type[BaseModel], list[str]]]:
    """Each model with the places where it stands, the first first; `Settings` itself stands nowhere."""
    places: dict[type[BaseModel], list[str]] = {}

    def visit(model: type[BaseModel], above: str) -> None:
        seen = model in places
        places.setdefault(model, []).append(above.removesuffix("."))
        for setting in () if seen else of(model, above):
            if setting.inner:
                visit(setting.inner, setting.below)

    visit(Settings, "")
    yield from places.items()


def page() -> str:
    """A table of each part of the settings."""
    lines: list[str] = []
    for model, (first, *others) in parts():
        if first:
            lines += [f"### `{first}`", "", summary(model)]
            if others:
                lines[-1] += f" The same in {', '.join(f'`{other}`' for other in others)}."
            lines.append("")
        rows = (
            (f"`{one.path}`", _kind(one), _default(one), one.text) for one in of(model, f"{first}." if first else "")
        )
        lines += [*table(("setting", "type", "default", "meaning"), rows), ""]
    return "\n".join(lines).strip()


def secrets() -> str:
    """The table of the secret maps."""
    return "\n".join(table(("map", "what is in it"), ((f"`{key}`", text) for key, text in SECRET_KEYS.items())))


def others() -> str:
    """The table of the keys that are no settings of the network."""
    return "\n".join(table(("key", "meaning"), ((f"`{key}`", text) for key, text in OTHER_KEYS.items())))


def outputs() -> str:
    """The table of the stack's outputs, with the comment above each in the program."""
    return "\n".join(table(("output", "what it is"), ((f"`{name}`", text) for name, text in exported().items())))


def exported() -> dict[str, str]:
    """Each output of the program, and the comment right above it."""
    page = (ROOT / "__main__.py").read_text()
    lines = page.splitlines()
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(page)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pulumi.export":
            name = ast.literal_eval(node.args[0])
            comment: list[str] = []
            number = node.lineno - 2
            while lines[number].startswith("# "):
                comment.insert(0, lines[number][2:])
                number -= 1
            found[name] = " ".join(comment)
    return found


def _kind(setting: Setting) -> str:
    words = _kind_of(setting.wanted)
    if AUTO in setting.field.metadata:
        words += f", or `{AUTO}`"
    return words


def _kind_of(wanted: Any) -> str:
    wanted = stripped(wanted)
    match get_origin(wanted):
        case origin if origin is Literal:
            return ", ".join(f"`{word}`" for word in get_args(wanted))
        case origin if origin is list:
            return f"list of {_plural(_kind_of(get_args(wanted)[0]))}"
        case origin if origin is dict:
            return "names and texts"
    if issubclass(wanted, BaseModel):
        (first,) = (places[0] for model, places in parts() if model is wanted)
        return f"[map](#{re.sub(r'[^a-z0-9]', '', first.lower())})"
    return _WORDS[wanted]


def _plural(words: str) -> str:
    """`[map](#..)` is a list's item as `[maps](#..)`."""
    if words.startswith("["):
        return words.replace("[map]", "[maps]")
    return {"prefix": "prefixes", "address": "addresses", "text": "texts"}.get(words, words)


def _default(setting: Setting) -> str:
    field = setting.field
    if field.is_required():
        return "required, not empty" if NOT_EMPTY in field.metadata else "required"
    default = field.default
    if AUTO in field.metadata and default is None:
        return f"`{AUTO}`" if setting.path == "zones" else "not set"
    if default is None or isinstance(default, BaseModel) or default is PydanticUndefined:
        return "not set"
    if default in ([], {}):
        return "none"
    return f"`{json.dumps(default) if isinstance(default, bool) else default}`"
