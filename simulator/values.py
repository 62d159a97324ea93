"""Pulumi's property values between protobuf and Python: secrets opened, unknowns kept as `UNKNOWN`."""

from typing import Any

from google.protobuf import json_format, struct_pb2

from simulator.checks import UNKNOWN, Unknown

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a value it does not know yet."""
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def read(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A property bag as plain Python. Nulls go; secrets are opened, as azure-native opens them."""
    return _plain(json_format.MessageToDict(struct))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        signature = value.get(_SIGNATURE)
        if signature == _SECRET:
            return _plain(value.get("value"))
        if signature == _OUTPUT:
            return _plain(value["value"]) if "value" in value else UNKNOWN
        return {name: _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return UNKNOWN if value == UNKNOWN_TEXT else value


def write(value: dict[str, Any]) -> struct_pb2.Struct:
    """Plain Python as a property bag; `UNKNOWN` becomes what the engine calls unknown."""
    struct = struct_pb2.Struct()
    struct.update(_wire(value))
    return struct


def _wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _wire(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return UNKNOWN_TEXT if isinstance(value, Unknown) else value


def has_unknown(value: Any) -> bool:
    """Whether anything inside is not known yet."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)
