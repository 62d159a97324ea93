"""The components' schema, kept so that a diff shows what changes for other languages.

It is what `pulumi package get-schema ./plugin` prints, but for the version, which `pyproject.toml` alone says.
"""

import importlib.util
import json
from types import ModuleType

from toolchain.locate import PROJECT


def program() -> ModuleType:
    """The program that serves the components, as a module."""
    spec = importlib.util.spec_from_file_location("plugin_program", PROJECT / "plugin" / "__main__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def schema() -> str:
    """The file's text."""
    document = json.loads(program().served().schema)
    del document["version"]
    return json.dumps(document, indent=2) + "\n"
