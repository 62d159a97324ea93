"""The components as every Pulumi language sees them."""

import ast
import inspect
import json
import sys
from textwrap import dedent
from typing import Any, is_typeddict

from pulumi import ComponentResource
from pulumi.provider.experimental.component import ComponentProvider


class Components(ComponentProvider):
    """Pulumi's provider of components, whose schema also has the texts of arguments that a TypedDict inherits."""

    def __init__(self, components: list[type[ComponentResource]], name: str, version: str = "0.0.0") -> None:
        super().__init__(components, name, version=version)
        schema = json.loads(self.schema or "{}")
        for component in components:
            texts = _texts(component.__init__.__annotations__["args"])
            for property in schema["resources"][f"{name}:index:{component.__name__}"]["inputProperties"].items():
                property[1].setdefault("description", texts[property[0]])
        self.schema = json.dumps(schema)


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
            head, *tail = ast.unparse(field.target).split("_")
            found[head + "".join(map(str.capitalize, tail))] = str(text.value.value)
    return found
