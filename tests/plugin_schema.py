"""`.venv/bin/python -m tests.plugin_schema > plugin/schema.json`: the schema, so that a diff shows its changes.

It is what `pulumi package get-schema ./plugin` prints, but for the version, which `pyproject.toml` alone says.
"""

import importlib.util
import json
from types import ModuleType
from typing import Any

from toolchain.locate import PROJECT


def plugin() -> ModuleType:
    """The program that serves the components, as a module."""
    spec = importlib.util.spec_from_file_location("plugin_program", PROJECT / "plugin" / "__main__.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def schema(provider: Any) -> str:
    """The file's text."""
    document = json.loads(provider.schema)
    del document["version"]
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    print(schema(plugin().served()), end="")
