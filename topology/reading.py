"""Reading settings: from plain data to `Settings`, or to every problem at once.

A problem in one place does not hide those elsewhere: what cannot be read is left out and the rest is judged.
"""

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from components.rules import Problem, rule

from .judge import judge
from .model import NOT_EMPTY, Settings

NAMESPACE = "hybrid-network"
LOCATION = "azure-native:location"
SECRET_KEYS = {
    "vpnSharedKeys": "VPN site",
    "circuitAuthorizationKeys": "existing circuit",
    "peeringSharedKeys": "circuit with a private peering",
}
"""Secret maps of the stack's configuration, and what their keys name."""

OTHER_KEYS = ("keepOldTypeAliases",)
"""Keys of our namespace that are no settings of the network."""

SET_01 = rule("SET-01", "a settings key is a known one", "this project: topology.model")
SET_02 = rule(
    "SET-02",
    "a setting has the shape and the values that its description says",
    "this project: topology.model",
)


SET_03 = rule("SET-03", "a key is a secret of the stack, never clear text in its file", "this project: README")


class SettingsError(Exception):
    """The settings cannot be used; `problems` has every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read(
    values: Mapping[str, Any], secrets: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[Settings | None, list[Problem]]:
    """Settings and every problem of plain `values` (camelCase keys of our namespace, and `location`).

    secrets: each secret map's names and values, which no message ever shows; None leaves the secrets unjudged.
    The settings are None where too little could be read to judge how the parts fit together.
    """
    problems = list(_shape(Settings, values, ""))
    data = _plain_copy(dict(values))
    unreadable: set[str] = set()
    settings: Settings | None = None
    while settings is None:
        try:
            settings = Settings.model_validate(data)
        except ValidationError as error:
            mended = False
            for detail in error.errors(include_url=False):
                problems.append(SET_02(_path(detail["loc"]), _message(detail)))
                stand_in = _leave_out(data, detail["loc"])
                if stand_in is not None:
                    mended = True
                    unreadable |= {stand_in} - {""}
            if not mended:
                break
    if settings is not None:
        judged = judge(settings, secrets)
        problems += [p for p in judged if not any(path in f"{p.path} {p.message}" for path in unreadable)]
    return settings, list(dict.fromkeys(problems))


def read_config(config: Mapping[str, str], secret_keys: Collection[str]) -> tuple[Settings | None, list[Problem]]:
    """Settings and problems of a stack's configuration as Pulumi hands it to a program.

    config: full key -> text (JSON for what is not a string). secret_keys: the full keys that are encrypted.
    """
    values: dict[str, Any] = {}
    secrets: dict[str, Mapping[str, str]] = {}
    problems: list[Problem] = []
    for full, text in config.items():
        namespace, _, key = full.partition(":")
        if full == LOCATION:
            values["location"] = text
        elif namespace == NAMESPACE and key in SECRET_KEYS:
            secrets[key] = secret_map(text)
            if secrets[key] and full not in secret_keys:
                way_out = f"pulumi config set --secret --path '{key}.NAME'"
                problems.append(SET_03(key, f"is in clear text; remove it, take a new key and set it with: {way_out}"))
        elif namespace == NAMESPACE and key not in OTHER_KEYS:
            values[key] = text if key in _TEXT_KEYS else _decoded(text)
    settings, found = read(values, secrets)
    return settings, problems + found


def secret_map(text: str | None) -> Mapping[str, str]:
    """The names and values of a secret map; empty where it is not set or no map."""
    decoded = _decoded(text or "{}")
    return decoded if isinstance(decoded, dict) else {}


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def read_stack_file(path: Path) -> tuple[Settings | None, list[Problem]]:
    """Reads a `Pulumi.STACK.yaml` without Pulumi; secrets are not judged, they are encrypted there."""
    import yaml  # here, since the program has its settings from the engine and never needs it

    try:
        document = yaml.safe_load(path.read_text()) or {}
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError([SET_02(str(path), f"cannot be read: {error}")]) from None
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise SettingsError([SET_02(str(path), "has no `config:` section; is it a Pulumi.STACK.yaml file?")])
    values = {
        key.split(":", 1)[1]: value
        for key, value in config.items()
        if key.startswith(f"{NAMESPACE}:") and key.split(":", 1)[1] not in SECRET_KEYS
    }
    if LOCATION in config:
        values["location"] = config[LOCATION]
    return read(values)


def _plain_copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain_copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain_copy(item) for item in value]
    return value


def _shape(model: type[BaseModel], values: Any, path: str) -> Iterator[Problem]:
    """Keys that no field has, with the nearest that one has; and lists that may not be empty."""
    if not isinstance(values, Mapping):
        return
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    for key, value in values.items():
        here = f"{path}.{key}" if path else str(key)
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(fields))}"
            yield SET_01(here, f"unknown setting; {hint}")
            continue
        if value == [] and NOT_EMPTY in fields[key].metadata:
            yield SET_02(here, "needs at least one item")
        for nested in _models(fields[key].annotation):
            items = (
                {f"{here}[{index}]": item for index, item in enumerate(value)}
                if isinstance(value, list)
                else {here: value}
            )
            for item_path, item in items.items():
                yield from _shape(nested, item, item_path)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _path(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return LOCATION if text == "location" else text


def _message(detail: Any) -> str:
    kind, given = detail["type"], detail.get("input")
    text = detail["msg"].removeprefix("Value error, ")
    if kind == "missing":
        return "is required and not set"
    if kind == "value_error":
        return text
    shown = repr(given) if isinstance(given, str | int | float | bool) or given is None else type(given).__name__
    return f"{text}, not {shown}"


def _leave_out(data: Any, loc: tuple[int | str, ...]) -> str | None:
    """Takes what cannot be read out of the data, so that the rest can be judged.

    An optional part goes and "" is returned. A required value gets a stand-in, or the list item goes: the path of the
    stand-in or of the list is returned, since what is judged about it is void. None where nothing can be done.
    """
    holders = [data]
    for part in loc[:-1]:
        try:
            holders.append(holders[-1][part])
        except (KeyError, IndexError, TypeError):
            break
    fields = _fields(loc)
    leaf = fields[-1]
    if len(holders) == len(loc) and leaf is not None and leaf.is_required() and isinstance(holders[-1], dict):
        stand_in = _STAND_INS.get(leaf.annotation or object)
        if stand_in is not None:
            holders[-1][loc[-1]] = stand_in
            return _path(loc)
    for holder, part, field in reversed(list(zip(holders, loc, fields, strict=False))):
        if isinstance(holder, list) and isinstance(part, int):
            del holder[part]
            return _path(loc[: holders.index(holder)])
        if isinstance(holder, dict) and part in holder and field is not None and not field.is_required():
            del holder[part]
            return ""
    return None


_STAND_INS: dict[Any, Any] = {
    IPv4Network: "255.255.255.248/29",
    IPv4Address: "255.255.255.250",
    str: "unreadable",
    int: 1,
}


def _fields(loc: tuple[int | str, ...]) -> list[FieldInfo | None]:
    """The field that each part of a path names; None for an index into a list."""
    models: list[type[BaseModel]] = [Settings]
    found: list[FieldInfo | None] = []
    for part in loc:
        named = [f for model in models for n, f in model.model_fields.items() if (f.alias or n) == part]
        found.append(named[0] if named else None)
        if named:
            models = list(_models(named[0].annotation))
    return found


_TEXT_KEYS = {field.alias or name for name, field in Settings.model_fields.items() if field.annotation is str}
