"""Azure's nested bodies and the SDK's flat ones: the same resource, written in two ways.

`bodies.json` has the places; `make_bodies.py` makes it. A resource group has no nesting, and no row there.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulator import schema
from simulator.errors import AzureError, fail
from simulator.resources.base import Kind
from simulator.schema import Spec
from simulator.store import Json

_READ_ONLY = frozenset({"id", "name", "type", "etag", "properties"})
"""What a client may send of a resource group as it has read it; Azure takes it from the path instead."""


@dataclass(frozen=True)
class Field:
    """One property of a model: where it is in Azure's body, and the model of its value where that is one."""

    place: tuple[str, ...]
    model: str | None
    read_only: bool

    @property
    def name(self) -> str:
        """Its flat name."""
        return self.place[-1]


@cache
def _fields(model: str) -> dict[tuple[str, ...], Field]:
    """A model's fields by their places."""
    found = {}
    for text in _table()[model]:
        place, _, inner = text.partition(":")
        parts = tuple(place.removeprefix("-").split("."))
        found[parts] = Field(parts, inner or None, place.startswith("-"))
    return found


@cache
def _by_name(model: str) -> dict[str, Field]:
    return {field.name: field for field in _fields(model).values()}


@cache
def _containers(model: str) -> frozenset[str]:
    return frozenset(place[0] for place in _fields(model) if len(place) > 1)


@cache
def _table() -> dict[str, list[str]]:
    return json.loads(Path(__file__).with_name("bodies.json").read_text())["models"]


def model_of(kind: Kind) -> str | None:
    """The model of a kind's bodies; None for a resource group."""
    name = kind.token.rsplit(":", 1)[1]
    return name if name in _table() else None


def read(kind: Kind, body: Json) -> Json:
    """A client's body in the SDK's flat names.

    What Azure only ever answers is left out, as Azure ignores it; what it does not know at all is refused.
    """
    known = schema.load().resources[kind.token].inputs
    model = model_of(kind)
    if kind.arm_type.startswith(OF_PROPERTIES):
        inside = dict(body.get("properties") or {})
        if isinstance(criteria := inside.get("criteria"), dict):
            inside["criteria"] = {_FLAT.get(name, name): one for name, one in criteria.items()}
        body = {**body, **inside, **(inside.get("maintenanceWindow") or {})}
        return {name: value for name, value in body.items() if name in known}
    if model is None:
        return {name: value for name, value in body.items() if name not in _READ_ONLY}
    return {name: value for name, value in _flat(model, known, body, "").items() if name not in ("name", "type", "id")}


def _flat(model: str, known: dict[str, Spec], body: Json, path: str) -> Json:
    found: Json = {}
    for name, value in body.items():
        place = f"{path}.{name}" if path else name
        if name not in _containers(model):
            _take(found, model, known, (name,), value, place)
        elif isinstance(value, dict):
            for inner, item in value.items():
                _take(found, model, known, (name, inner), item, f"{place}.{inner}")
        elif value is not None:
            raise _unreadable(value, place)
    return found


def _take(found: Json, model: str, known: dict[str, Spec], place: tuple[str, ...], value: Any, path: str) -> None:
    field = _fields(model).get(place)
    if field is None:
        # Azure's own words, as its JSON reader has them.
        detail = f"Could not find member '{place[-1]}' on object of type '{model}'. Path '{path}'."
        raise fail("InvalidRequestFormat", detail=detail)
    if field.name in known and not field.read_only and value is not None:
        found[field.name] = _flat_value(field.model, known[field.name], value, path)


def _flat_value(model: str | None, spec: Spec, value: Any, path: str) -> Any:
    if model is None:
        return value
    if spec["type"] == "array" and isinstance(value, list):
        return [_flat_value(model, spec["items"], item, f"{path}[{index}]") for index, item in enumerate(value)]
    if spec["type"] == "map" and isinstance(value, dict):
        return {key: _flat_value(model, spec["items"], item, f"{path}.{key}") for key, item in value.items()}
    if spec["type"] == "object" and isinstance(value, dict):
        return _flat(model, schema.load().objects[spec["ref"]]["properties"], value, path)
    return value


def _unreadable(value: Any, path: str) -> AzureError:
    return fail("InvalidRequestFormat", detail=f"Error converting value of type {type(value).__name__}. Path '{path}'.")


def write(kind: Kind, body: Json) -> Json:
    """A flat body as Azure answers it."""
    if kind.arm_type.startswith(OF_PROPERTIES):
        return _with_properties(body)
    model = model_of(kind)
    return body if model is None else _nested(model, body)


OF_PROPERTIES = ("Microsoft.Maintenance/", "Microsoft.Insights/", "Microsoft.OperationalInsights/")
"""Types that azure-mgmt-network has no models of: their REST references have all under `properties` but a few."""
_AT_TOP = ("id", "name", "type", "etag", "location", "tags", "kind")
_FLAT = {"odata.type": "odataType"}
_SCHEDULE = ("startDateTime", "expirationDateTime", "duration", "timeZone", "recurEvery")
"""Of a maintenance configuration what stands under `maintenanceWindow` (its REST reference, 2023-04-01)."""


def _with_properties(body: Json) -> Json:
    """A resource of these types as Azure answers it."""
    inside = {name: value for name, value in body.items() if name not in (*_AT_TOP, *_SCHEDULE)}
    schedule = {name: body[name] for name in _SCHEDULE if name in body}
    found = {name: body[name] for name in _AT_TOP if name in body}
    if isinstance(criteria := inside.get("criteria"), dict):
        nested = {flat: name for name, flat in _FLAT.items()}
        inside["criteria"] = {nested.get(name, name): one for name, one in criteria.items()}
    return found | {"properties": {**inside, **({"maintenanceWindow": schedule} if schedule else {})}}


def _nested(model: str, body: Json) -> Json:
    fields = _by_name(model)
    found: Json = {}
    for name, value in body.items():
        field = fields.get(name)
        place = field.place if field else (name,)
        inner = _nested_value(field.model if field else None, value)
        home = found.setdefault(place[0], {}) if len(place) > 1 else found
        home[name] = inner
    return found


def _nested_value(model: str | None, value: Any) -> Any:
    if model is None:
        return value
    if isinstance(value, list):
        return [_nested_value(model, item) for item in value]
    if isinstance(value, dict):
        return _nested(model, value)
    return value
