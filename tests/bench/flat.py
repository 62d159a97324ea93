"""The same registrations as a flat program, written the usual way: plain azure-native resources, one after another.

The source is generated from what our own program registers, so that both ask for the same: resources, inputs,
references, dependencies, protection, timeouts, secrets. What it leaves out is what such programs do without:
components, the judgement of the settings, and the question how far a circuit is. The older type names, which every
azure-native resource brings as aliases, stay or are dropped.
"""

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pulumi

from tests.recording import Recording, Resource, Secret, record_program
from tests.stacks import KEY

DROP_ALIASES = """

def without_old_types(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    args.opts.aliases = None
    return pulumi.ResourceTransformationResult(args.props, args.opts)


pulumi.runtime.register_stack_transformation(without_old_types)
"""

OUTPUTS = {
    "network:VirtualNetwork": "id",
    "network:VirtualNetworkGateway": "id",
    "network:PublicIPAddress": "ip_address",
    "network:ExpressRouteCircuit": "service_key",
    "network:VirtualNetworkGatewayConnection": "id",
}
"""What the flat program exports of each resource of a type."""


def flat_program(config: Mapping[str, Any], *, old_types: bool) -> str:
    """The source of the flat program for a stack file's `config:`, in its first phase.

    old_types: keep the aliases that azure-native's resources bring; where not, a stack transformation drops them.
    """
    sites = [site["name"] for site in config["hybrid-network:vpn"]["sites"]]
    recording = record_program(config, {"vpnSharedKeys": {site: f"{KEY}{site}" for site in sites}})
    return _Writer(recording, {f"{KEY}{site}": site for site in sites}).source(old_types)


class _Writer:
    def __init__(self, recording: Recording, keys: dict[str, str]) -> None:
        self._keys = keys
        self._made: list[Resource] = [one for one in recording.resources if one.custom]
        self._variables = {one.urn: f"{_snake(one.type.rsplit(':', 1)[-1])}_{_snake(one.name)}" for one in self._made}
        self._ids = {recording.ids[one.urn]: one for one in self._made}
        self._physical = {one.urn: recording.ids[one.urn].rsplit("/", 1)[-1] for one in self._made}

    def source(self, old_types: bool) -> str:
        """The whole program."""
        head = "import pulumi\nfrom pulumi_azure_native import network, resources\n"
        keys = '\nkeys = pulumi.Config("hybrid-network").require_secret_object("vpnSharedKeys")\n\n'
        body = "\n".join(self._resource(one) for one in self._made)
        exports = "\n".join(
            f'pulumi.export("{self._variables[one.urn]}", {self._variables[one.urn]}.{OUTPUTS[kind]})'
            for one in self._made
            if (kind := one.type.split(":", 1)[1]) in OUTPUTS
        )
        return f"{head}{'' if old_types else DROP_ALIASES}{keys}{body}\n\n{exports}\n"

    def _resource(self, resource: Resource) -> str:
        _, module, name = resource.type.split(":")
        types = _input_types(module, name)
        used: set[str] = set()
        arguments = [
            f"{argument}={self._top(resource, wire, value, tp, used)}"
            for wire, value in sorted(resource.inputs.items())
            for argument, tp in [types[wire]]
        ]
        options = ", ".join(self._options(resource, used))
        call = f'{module}.{name}(\n    "{resource.name}",\n    '
        call += ",\n    ".join([*arguments, f"opts=pulumi.ResourceOptions({options})"])
        return f"{self._variables[resource.urn]} = {call},\n)"

    def _options(self, resource: Resource, used: set[str]) -> Iterator[str]:
        # A reference is a dependency by itself; what else our program waits for is said.
        rest = [other for other in self._made if other.urn in resource.dependencies - used]
        if rest:
            yield f"depends_on=[{', '.join(self._variables[other.urn] for other in rest)}]"
        if resource.protect:
            yield "protect=True"
        if any(resource.timeouts):
            create, update, delete = resource.timeouts
            yield f"custom_timeouts=pulumi.CustomTimeouts(create={create!r}, update={update!r}, delete={delete!r})"
        if resource.additional_secret_outputs:
            yield f"additional_secret_outputs={sorted(map(_snake, resource.additional_secret_outputs))}"
        if resource.replace_on_changes:
            yield f"replace_on_changes={sorted(map(_snake, resource.replace_on_changes))}"
        if resource.ignore_changes:
            yield f"ignore_changes={sorted(map(_snake, resource.ignore_changes))}"
        if resource.replace_with:
            names = [self._variables[other.urn] for other in self._made if other.urn in resource.replace_with]
            yield f"replace_with=[{', '.join(names)}]"
        if resource.delete_before_replace:
            yield "delete_before_replace=True"

    def _top(self, resource: Resource, wire: str, value: Any, tp: Any, used: set[str]) -> str:
        """An argument of a resource; names of others are their outputs, as in `resource_group_name=group.name`."""
        if isinstance(value, str) and value != self._physical[resource.urn]:
            for urn in sorted(resource.dependencies & self._physical.keys()):
                if self._physical[urn] == value:
                    used.add(urn)
                    return f"{self._variables[urn]}.name"
        return self._value(resource, value, tp, used)

    def _value(self, resource: Resource, value: Any, tp: Any, used: set[str]) -> str:
        match value:
            case Secret():
                return f'keys.apply(lambda keys: keys["{self._keys[value.value]}"])'
            case list():
                return f"[{', '.join(self._value(resource, item, tp, used) for item in value)}]"
            case dict():
                return self._object(resource, value, tp, used)
            case float() if value.is_integer():
                return str(int(value))
            case str() if value.startswith("/subscriptions/"):
                return self._reference(resource, value, used)
        return repr(value)

    def _object(self, resource: Resource, value: dict[str, Any], tp: Any, used: set[str]) -> str:
        cls = _input_class(tp)
        if cls is None:
            return "{" + ", ".join(f"{k!r}: {self._value(resource, v, None, used)}" for k, v in value.items()) + "}"
        types = _types_of(cls)
        given = [
            (argument, self._value(resource, value[w], t, used)) for w, (argument, t) in types.items() if w in value
        ]
        return f"network.{cls.__name__}({', '.join(f'{argument}={text}' for argument, text in given)})"

    def _reference(self, resource: Resource, id: str, used: set[str]) -> str:
        """An id as an output of the nearest resource that it belongs to, as far as the program waits for that one."""
        owners = [
            known
            for known, other in self._ids.items()
            if other.urn in resource.dependencies and (id == known or id.startswith(f"{known}/"))
        ]
        if not owners:
            return repr(id)
        nearest = max(owners, key=len)
        used.add(self._ids[nearest].urn)
        own = f"{self._variables[self._ids[nearest].urn]}.id"
        return own if id == nearest else f"pulumi.Output.concat({own}, {id.removeprefix(nearest)!r})"


def _input_types(module: str, name: str) -> dict[str, tuple[str, Any]]:
    """The arguments of a resource's class: wire name -> (Python's name, type)."""
    cls = getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name)
    home = sys.modules[cls.__module__]
    return _types_of(getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args"))


def _types_of(cls: type) -> dict[str, tuple[str, Any]]:
    sdk: Any = pulumi._types  # the wire names are known nowhere else
    types = sdk.input_type_types(cls)
    return {wire: (argument, types[wire]) for argument, wire in sdk.input_type_py_to_pulumi_names(cls).items()}


def _input_class(tp: Any) -> type | None:
    """The first `...Args` class in an annotation; None where there is none."""
    sdk: Any = pulumi._types
    if isinstance(tp, type) and sdk.is_input_type(tp):
        return tp
    return next((found for part in get_args(tp) if (found := _input_class(part)) is not None), None)


def _snake(text: str) -> str:
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text))
    return re.sub(r"\W", "_", words).lower()
