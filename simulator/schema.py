"""What the azure-native SDK says about each resource type: its inputs, its outputs, their types and enumerations.

The source is the installed SDK itself (its argument classes and their wire names), so nothing here can drift from it.
Importing the SDK costs most of a second, so the answer is kept as JSON in the user's cache folder, under a name that
holds the SDK's version and a digest of this file.

A *spec* is one value's type, as plain JSON:

    {"type": "string" | "boolean" | "integer" | "number" | "any"}   with "enum": [..] beside "string" where there is one
    {"type": "array", "items": spec}      {"type": "map", "items": spec}      {"type": "object", "ref": type's name}
"""

import collections.abc
import enum
import hashlib
import importlib
import importlib.metadata
import json
import os
import re
import sys
import tempfile
import types
import typing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Spec = dict[str, Any]

NETWORK_TYPES = (
    "VirtualNetwork",
    "Subnet",
    "NetworkSecurityGroup",
    "SecurityRule",
    "ApplicationSecurityGroup",
    "RouteTable",
    "Route",
    "LoadBalancer",
    "PublicIPAddress",
    "BastionHost",
    "VirtualNetworkGateway",
    "LocalNetworkGateway",
    "VirtualNetworkGatewayConnection",
    "ExpressRouteCircuit",
    "ExpressRouteCircuitPeering",
    "ExpressRouteCircuitAuthorization",
    "VirtualNetworkPeering",
)
TOKENS = (
    "azure-native:resources:ResourceGroup",
    *(f"azure-native:network:{name}" for name in NETWORK_TYPES),
    "azure-native:maintenance:MaintenanceConfiguration",
    "azure-native:maintenance:ConfigurationAssignment",
    "azure-native:operationalinsights:Workspace",
    "azure-native:monitor:ActionGroup",
    "azure-native:monitor:DiagnosticSetting",
    "azure-native:monitor:MetricAlert",
    "azure-native:monitor:ScheduledQueryRule",
)
_NO_ENUM = (("ConditionArgs", "operator"),)
"""Values that the SDK gives the enumeration of another type of the same name: a query rule's operators are those of
metric alerts, in words, and the SDK has `gt`."""
_STANDALONE = "Do not mix inline and standalone"
"""How the SDK's documentation marks a list of children that may also be resources of their own."""


@dataclass(frozen=True)
class TypeSchema:
    """One resource type as the SDK declares it. Names are wire names (camel case)."""

    token: str
    inputs: dict[str, Spec]
    required: frozenset[str]
    outputs: dict[str, Spec]
    maintained: frozenset[str]
    """Inline lists of children which azure-native keeps as they are when the program leaves them out."""
    api_version: str
    """Azure's API version behind this type (PULUMI-01)."""


@dataclass(frozen=True)
class Schema:
    """All resource types the simulator knows, with the object types they refer to."""

    resources: dict[str, TypeSchema]
    objects: dict[str, dict[str, Any]]
    """Object type's name -> {"properties": {wire name: spec}, "required": [names]}."""


@cache
def load() -> Schema:
    """The schema, from the cache folder when this version of the SDK has been read before."""
    version = importlib.metadata.version("pulumi-azure-native")
    digest = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = home / "hybrid-network" / f"azure-native-schema-{version}-{digest}.json"
    try:
        raw = json.loads(path.read_text())
    except (OSError, ValueError):
        raw = read_sdk()
        _write(path, raw)
    resources = {
        token: TypeSchema(
            token,
            entry["inputs"],
            frozenset(entry["required"]),
            entry["outputs"],
            frozenset(entry["maintained"]),
            entry["apiVersion"],
        )
        for token, entry in raw["resources"].items()
    }
    return Schema(resources, raw["objects"])


def _write(path: Path, raw: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            json.dump(raw, file)
        Path(file.name).replace(path)
    except OSError:
        return  # a read-only home only makes the next start slower


def read_sdk() -> dict[str, Any]:
    """Read the installed SDK's classes (slow: imports all of its network module)."""
    reader = _Reader()
    resources = {token: reader.resource(token) for token in TOKENS}
    return {"resources": resources, "objects": reader.objects}


class _Reader:
    def __init__(self) -> None:
        from pulumi import _types

        self._sdk: Any = _types
        self.objects: dict[str, dict[str, Any]] = {}

    def resource(self, token: str) -> dict[str, Any]:
        _, module, name = token.split(":")
        package = importlib.import_module(f"pulumi_azure_native.{module}")
        cls = getattr(package, name)
        home = sys.modules[cls.__module__]
        args = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
        inputs = self._sdk.input_type_types(args)
        names = self._sdk.input_type_py_to_pulumi_names(args)
        maintained = [
            wire
            for py, wire in names.items()
            if _STANDALONE in (getattr(getattr(args, py, None), "__doc__", None) or "")
        ]
        texts = " ".join(item.__doc__ or "" for item in typing.get_overloads(cls.__init__))
        version = re.search(r"Uses Azure REST API version (\d{4}-\d{2}-\d{2})", texts)
        return {
            "inputs": {wire: self.spec(tp) for wire, tp in inputs.items()},
            "required": sorted(self._sdk._required_property_names(args)),
            "outputs": {wire: self.spec(tp) for wire, tp in self._sdk.resource_types(cls).items()},
            "maintained": maintained,
            "apiVersion": version[1] if version else "",
        }

    def spec(self, tp: Any) -> Spec:
        origin = typing.get_origin(tp)
        if origin in (typing.Union, types.UnionType):
            return self._union(typing.get_args(tp))
        if origin is collections.abc.Sequence:
            return {"type": "array", "items": self.spec(typing.get_args(tp)[0])}
        if origin is collections.abc.Mapping:
            return {"type": "map", "items": self.spec(typing.get_args(tp)[1])}
        simple = {str: "string", bool: "boolean", int: "integer", float: "number"}
        if tp in simple:
            return {"type": simple[tp]}
        if isinstance(tp, type) and issubclass(tp, enum.Enum):
            return {"type": "string", "enum": [str(member.value) for member in tp]}
        if self._sdk.is_input_type(tp) or self._sdk.is_output_type(tp):
            return {"type": "object", "ref": self._object(tp)}
        return {"type": "any"}

    def _union(self, members: tuple[Any, ...]) -> Spec:
        kept = [
            m
            for m in members
            if m is not type(None) and typing.get_origin(m) is not collections.abc.Awaitable and not _is_output(m)
        ]
        specs = [self.spec(m) for m in kept]
        enums = [s for s in specs if "enum" in s]
        if enums:
            return enums[0]
        objects = [s for s in specs if s["type"] == "object"]
        if len({s["ref"] for s in objects if s["ref"].endswith("Args")}) > 1:
            return {"type": "any"}  # which of them, a property inside says: the kind looks
        return (objects or specs or [{"type": "any"}])[0]

    def _object(self, cls: Any) -> str:
        name = cls.__name__
        if name not in self.objects:
            self.objects[name] = {
                "properties": {},
                "required": [],
            }  # first, because types refer to themselves
            if self._sdk.is_input_type(cls):
                found = self._sdk.input_type_types(cls)
                required = sorted(self._sdk._required_property_names(cls))
            else:
                found = self._sdk.output_type_types(cls)
                required = []
            properties = {wire: self.spec(tp) for wire, tp in found.items()}
            for owner, wire in _NO_ENUM:
                if owner == name:
                    properties[wire].pop("enum", None)
            self.objects[name] = {"properties": properties, "required": required}
        return name


def _is_output(member: Any) -> bool:
    return (typing.get_origin(member) or member).__name__ == "Output"
