"""The components as every Pulumi language sees them."""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator
from textwrap import dedent
from typing import Any, is_typeddict

import pulumi
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.provider import ConstructResult
from pulumi.provider.server import ComponentInitError

from .arguments import SECRETS
from .base import speaking

OPTIONS = ("depends_on", "replace_with")
"""Resource options that texts name."""

_OF_PYTHON = re.compile(r"\s*\b(Raises|In Python)\b.*?\.(?=\s+[A-Z]|$)", re.DOTALL)
"""A sentence of a component's documentation that is for Python alone."""


class Components(ComponentProvider):
    """Pulumi's provider of components, in words that every language has.

    The schema also has the texts of arguments that a TypedDict inherits, and refers to no other package: who uses a
    component would have to load all of azure-native's schema. Arguments are judged by the component alone, so that all
    mistakes are told at once, without a traceback and with the names that the user's language has.
    """

    def __init__(self, components: list[type[pulumi.ComponentResource]], name: str, version: str = "0.0.0") -> None:
        super().__init__(components, name, version=version)
        schema = json.loads(self.schema or "{}")
        for component in components:
            resource = schema["resources"][f"{name}:index:{component.__name__}"]
            resource["description"] = _OF_PYTHON.sub("", inspect.getdoc(component) or "")
            texts = _texts(component.__init__.__annotations__["args"])
            for property, described in resource["inputProperties"].items():
                described.setdefault("description", texts[property])
        for properties in (
            *(resource["inputProperties"] for resource in schema["resources"].values()),
            *(kind["properties"] for kind in schema["types"].values()),
        ):
            for secret in properties.keys() & {_camel(name) for name in SECRETS}:
                properties[secret]["secret"] = True
            for described in properties.values():
                if described.get("$ref", "").startswith("/"):
                    described["$ref"] = "pulumi.json#/Any"
        schema.pop("dependencies", None)
        self._names = {python: name for python, name in self._renamed() if python != name}
        self._components = {component.__name__: self._served(component) for component in components}
        self._told = re.compile(rf"\b({'|'.join(sorted(self._names, key=len, reverse=True))})\b")
        self.schema = json.dumps(self._shown(schema))

    def map_inputs(self, inputs: Any, component_def: ComponentDefinition) -> Any:
        """The arguments under their Python names, not judged here: what is missing or unknown the component tells."""
        return self._fields(inputs, component_def.inputs, component_def.inputs_mapping)

    def construct(
        self, name: str, resource_type: str, inputs: Any, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Make one component. Raises pulumi.RunError for a mistake in its arguments."""
        try:
            with speaking(self.in_every_language):
                return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            raise error.inner if isinstance(error.inner, pulumi.RunError) else error from None

    def in_every_language(self, text: str) -> str:
        """A text with the schema's names for Python's."""
        return self._told.sub(lambda found: self._names[found[0]], text)

    def _served(self, component: type[pulumi.ComponentResource]) -> type[pulumi.ComponentResource]:
        """The component as this provider makes it: a preview shows its arguments under the schema's names."""
        names = {"translate_input_property": lambda _, name: self._names.get(name, name)}
        return type(component.__name__, (component,), names)

    def _fields(self, value: Any, properties: dict[str, PropertyDefinition], mapping: dict[str, str]) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            mapping.get(name, name): self._named(item, properties[name]) if name in properties else item
            for name, item in value.items()
        }

    def _named(self, value: Any, prop: PropertyDefinition) -> Any:
        if prop.ref:
            kind = self.get_type_definition(prop)
            return self._fields(value, kind.properties, kind.properties_mapping) if kind else value
        if prop.items and isinstance(value, list):
            return [self._named(item, prop.items) for item in value]
        return value

    def _renamed(self) -> Iterator[tuple[str, str]]:
        """Each name that texts may have, and what it is in the schema."""
        for component in self._component_defs.values():
            for mapping in (component.inputs_mapping, component.outputs_mapping):
                yield from ((python, name) for name, python in mapping.items())
        for kind in self._type_defs.values():
            yield from ((python, name) for name, python in kind.properties_mapping.items())
        yield from ((option, _camel(option)) for option in OPTIONS)

    def _shown(self, value: Any) -> Any:
        """The schema, or a part of it, with texts that are the same however they are broken into lines."""
        if isinstance(value, list):
            return [self._shown(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self.in_every_language(re.sub(r"(?<!\n)\n *(?! *\n)", " ", inspect.cleandoc(item)))
            if key == "description" and isinstance(item, str)
            else self._shown(item)
            for key, item in value.items()
        }


def _texts(kind: Any) -> dict[str, str]:
    """The text below each field of a TypedDict, those that it inherits included, under the names of other languages."""
    (definition,) = ast.parse(dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for base in definition.bases:
        parent = getattr(sys.modules[kind.__module__], ast.unparse(base), None)
        found |= _texts(parent) if is_typeddict(parent) else {}
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[_camel(ast.unparse(field.target))] = str(text.value.value)
    return found


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(map(str.capitalize, tail))
