"""Is a request one that the SDK's types allow? Unknown, missing, wrong type, value outside an enumeration."""

from typing import Any

from simulator.schema import Schema, Spec, load

_KINDS = {"string": str, "boolean": bool, "array": list, "object": dict, "map": dict}


class Unknown:
    """A value that a preview does not know yet."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()


def problems(
    properties: dict[str, Spec],
    required: frozenset[str] | list[str],
    value: dict[str, Any],
    *,
    enums: bool,
    path: str = "",
) -> list[str]:
    """What is wrong with an object, one sentence each, with the path of the property. Names and types are the SDK's."""
    found = [f"missing required property '{path}{name}'" for name in sorted(required) if value.get(name) is None]
    schema = load()
    for name, item in value.items():
        if name not in properties:
            found.append(f"'{path}{name}' is not a property that azure-native knows")
        else:
            found += _value(schema, properties[name], item, f"{path}{name}", enums)
    return found


def _value(schema: Schema, spec: Spec, value: Any, path: str, enums: bool) -> list[str]:
    kind = spec["type"]
    if value is None or isinstance(value, Unknown) or kind == "any":
        return []
    if kind in ("integer", "number"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return [f"'{path}' should be of type '{kind}' but got {_name(value)}"]
        if kind == "integer" and value != int(value):
            return [f"'{path}' must be an integer but got {value}"]
        return []
    if not isinstance(value, _KINDS[kind]):
        return [f"'{path}' should be of type '{kind}' but got {_name(value)}"]
    if kind == "array":
        return [
            text
            for index, item in enumerate(value)
            for text in _value(schema, spec["items"], item, f"{path}[{index}]", enums)
        ]
    if kind == "map":
        return [
            text for key, item in value.items() for text in _value(schema, spec["items"], item, f"{path}.{key}", enums)
        ]
    if kind == "object":
        shape = schema.objects[spec["ref"]]
        return problems(shape["properties"], shape["required"], value, enums=enums, path=f"{path}.")
    # Json.NET, which Azure's network provider reads bodies with, takes an empty text for no value of an enumeration.
    if enums and value and "enum" in spec and _member(spec, value) is None:
        return [f"Error converting value \"{value}\" to one of {', '.join(spec['enum'])}. Path '{path}'"]
    return []


def _name(value: object) -> str:
    names = {str: "a string", bool: "a boolean", list: "an array", dict: "an object"}
    return names.get(type(value), "a number")


def _member(spec: Spec, value: str) -> str | None:
    """Azure reads enumerations without regard to case."""
    return next((member for member in spec["enum"] if member.lower() == value.lower()), None)


def canonical(properties: dict[str, Spec], value: dict[str, Any]) -> dict[str, Any]:
    """The same object as Azure would keep it: enumerations as it spells them, whole numbers as integers, no nulls."""
    return {
        name: _canonical(properties.get(name, {"type": "any"}), item)
        for name, item in value.items()
        if item is not None and not (item == "" and "enum" in properties.get(name, {}))
    }


def _canonical(spec: Spec, value: Any) -> Any:
    kind = spec["type"]
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if kind == "array":
        return [_canonical(spec["items"], item) for item in value]
    if kind == "map":
        return {key: _canonical(spec["items"], item) for key, item in value.items()}
    if kind == "object":
        return canonical(load().objects[spec["ref"]]["properties"], value)
    if "enum" in spec and isinstance(value, str):
        return _member(spec, value) or value
    return value


def project(properties: dict[str, Spec], value: dict[str, Any]) -> dict[str, Any]:
    """Only what `properties` know of an object: outputs reduced to inputs, for example."""
    return {name: _project(properties[name], item) for name, item in value.items() if name in properties}


def _project(spec: Spec, value: Any) -> Any:
    kind = spec["type"]
    if kind == "array" and isinstance(value, list):
        return [_project(spec["items"], item) for item in value]
    if kind == "object" and isinstance(value, dict):
        return project(load().objects[spec["ref"]]["properties"], value)
    return value
