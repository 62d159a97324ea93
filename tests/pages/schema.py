"""The settings for editors: a JSON Schema of a stack's file, and the descriptions of the keys in Pulumi.yaml."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from tests.pages.settings import Setting, of, parts, stripped
from tests.pages.texts import summary
from topology.reading import NAMESPACE, OTHER_KEYS, SECRET_KEYS
from topology.settings import values
from topology.settings.model import Settings
from topology.settings.model_base import AUTO, NOT_EMPTY

Schema = dict[str, Any]

_NUMBER = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS = rf"{_NUMBER}(\.{_NUMBER}){{3}}"
_WITH_LENGTH: Schema = {"type": "string", "pattern": rf"^{_ADDRESS}/(3[0-2]|[12]?\d)$"}
_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string", "minLength": 1},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    IPv4Network: _WITH_LENGTH,
    IPv4Interface: _WITH_LENGTH,
    IPv4Address: {"type": "string", "pattern": rf"^{_ADDRESS}$"},
}
_READ_BY: Mapping[Any, Schema] = {
    values.name: {"type": "string", "pattern": "^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$"},
    values.port: {"type": "integer", "minimum": 1, "maximum": 65535},
    values.port_range: {"type": ["integer", "string"]},
    values.bandwidth: {"type": "number", "exclusiveMinimum": 0},
    values.tag: {"type": ["string", "integer"]},
    values.subscription: {"type": "string", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"},
}
"""What the functions read that know more of a value than its type says."""
_SEALED: Schema = {
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}


def schema() -> str:
    """The JSON Schema of a stack's file (draft 7), as text."""
    root = {_full(one): _property(one) for one in of(Settings)}
    root |= {f"{NAMESPACE}:{key}": _secret(text) for key, text in SECRET_KEYS.items()}
    root |= {f"{NAMESPACE}:{key}": {"type": "boolean", "description": text} for key, text in OTHER_KEYS.items()}
    ours = "|".join(key.partition(":")[2] for key in root if key.startswith(NAMESPACE))
    document: Schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"A stack's file (Pulumi.STACK.yaml) of {NAMESPACE}",
        "description": "Made by `.venv/bin/python -m tests.pages`.",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": [_full(one) for one in of(Settings) if one.field.is_required()],
                "properties": root,
                "patternProperties": {f"^{NAMESPACE}:(?!({ours})$)": False},
            }
        },
        "definitions": {model.__name__: _definition(model) for model, (first, *_) in parts() if first},
    }
    return json.dumps(document, indent=1) + "\n"


def _full(setting: Setting) -> str:
    return setting.path if ":" in setting.path else f"{NAMESPACE}:{setting.path}"


def _definition(model: type[BaseModel]) -> Schema:
    inside = list(of(model))
    found: Schema = {
        "type": "object",
        "description": summary(model),
        "properties": {one.path: _property(one) for one in inside},
        "additionalProperties": False,
    }
    required = [one.path for one in inside if one.field.is_required()]
    return {**found, "required": required} if required else found


def _property(setting: Setting) -> Schema:
    field = setting.field
    made: Schema = _of_type(field.annotation, field.metadata)
    if NOT_EMPTY in field.metadata:
        made["minItems"] = 1
    if AUTO in field.metadata:
        made = {"anyOf": [{"const": AUTO}, made]}
    if NoneType in get_args(field.annotation) and AUTO not in field.metadata:
        made = _or_nothing(made)
    if "$ref" in made:
        # What stands beside a reference is not read in draft 7.
        made = {"allOf": [made]}
    made["description"] = setting.text
    default = field.default
    if not field.is_required() and default is not None and not isinstance(default, BaseModel):
        made["default"] = default
    return made


def _of_type(annotation: Any, marks: Any = ()) -> Schema:
    if get_origin(annotation) is Annotated:
        _, *marks = get_args(annotation)
    wanted = stripped(annotation)
    for mark in marks:
        if isinstance(mark, BeforeValidator) and mark.func in _READ_BY:
            return dict(_READ_BY[mark.func])
    origin = get_origin(wanted)
    if origin is Literal:
        words = get_args(wanted)
        return {"enum": [*words, *(int(word) for word in words if word.isdigit())]}
    if origin is list:
        return {"type": "array", "items": _of_type(get_args(wanted)[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _of_type(get_args(wanted)[1])}
    if issubclass(wanted, BaseModel):
        return {"$ref": f"#/definitions/{wanted.__name__}"}
    return dict(_PLAIN[wanted])


def _or_nothing(made: Schema) -> Schema:
    if "enum" in made:
        return {**made, "enum": [*made["enum"], None]}
    if "type" in made:
        types = made["type"] if isinstance(made["type"], list) else [made["type"]]
        return {**made, "type": [*types, "null"]}
    return {"anyOf": [made, {"type": "null"}]}


def _secret(text: str) -> Schema:
    return {
        "description": f"{text} Only ever set with `pulumi config set --secret --path`.",
        "anyOf": [_SEALED, {"type": "object", "additionalProperties": _SEALED}],
    }


def project_file(text: str) -> str:
    """Pulumi.yaml's text with the description of every key."""
    for key, said in descriptions().items():
        folded = textwrap.wrap(said, 112, break_long_words=False, break_on_hyphens=False)
        block = "\n".join(["    description: >-", *(f"      {line}" for line in folded)])
        pattern = rf"(^  {NAMESPACE}:{key}:\n(?:    (?!description).*\n)*)    description:.*\n(?:      .*\n)*"
        text, count = re.subn(pattern, lambda found, block=block: f"{found[1]}{block}\n", text, count=1, flags=re.M)
        assert count == 1, f"{key} has no description in Pulumi.yaml"
    return text


def descriptions() -> dict[str, str]:
    """The description of each key of our namespace: its text, and what is in it."""
    found: dict[str, str] = {}
    for one in of(Settings):
        if ":" not in one.path:
            shape = _shape(one, set())
            found[one.path] = f"{one.text} {shape}".strip()
    return (
        found
        | {key: f"{text} A secret: only ever set with --secret." for key, text in SECRET_KEYS.items()}
        | OTHER_KEYS
    )


def _shape(setting: Setting, seen: set[type[BaseModel]]) -> str:
    """What is in a map, `?` behind what may be left out; what was told once is `..` from then on."""
    if not setting.inner:
        return ""
    inside = "{..}" if setting.inner in seen else f"{{{', '.join(_names(setting.inner, seen))}}}"
    return f"[{inside}]" if get_origin(setting.wanted) is list else inside


def _names(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    seen.add(model)
    for one in of(model):
        name = one.path + ("" if one.field.is_required() else "?")
        shape = _shape(one, seen)
        yield f"{name}: {shape}" if shape else name
