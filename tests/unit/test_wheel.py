"""The library as it is installed: what the wheel holds. What type checkers find in a program that uses it is in
tests/examples/test_types.py."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest

import components
from tests import installed
from toolchain.locate import PROJECT

PUBLIC: dict[str, Any] = {name: getattr(components, name) for name in components.__all__}
COMPONENTS = {name: kind for name, kind in PUBLIC.items() if hasattr(kind, "register_outputs")}


class User(NamedTuple):
    """A virtual environment of another team, which has the library from its wheel."""

    folder: Path
    python: Path
    wheel: Path


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    folder = tmp_path_factory.mktemp("user")
    wheel = installed.build(folder / "built")
    return User(folder, installed.install(wheel, folder / ".venv"), wheel)


def test_the_wheel_holds_the_library_and_nothing_else(user: User) -> None:
    names = [name for name in ZipFile(user.wheel).namelist() if ".dist-info/" not in name]
    folder = PROJECT / "components"
    files = [*folder.rglob("*.py"), folder / "py.typed"]
    assert sorted(names) == sorted(f"hybrid_network/{file.relative_to(folder)}" for file in files)


def test_the_wheel_says_its_version_its_licence_and_what_it_needs(user: User) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    archive = ZipFile(user.wheel)
    folder = f"hybrid_network-{project['version']}.dist-info"
    said = message_from_bytes(archive.read(f"{folder}/METADATA"))
    assert (said["Name"], said["Version"], said["License-Expression"]) == (
        "hybrid-network",
        project["version"],
        "Apache-2.0",
    )
    needed = said.get_all("Requires-Dist", [])
    assert [re.split("[><=]", one)[0] for one in needed] == ["pulumi", "pulumi-azure-native"]
    assert archive.read(f"{folder}/licenses/LICENSE").decode() == (PROJECT / "LICENSE").read_text()


def test_the_version_is_that_of_the_changelogs_first_heading_and_of_the_policies(user: User) -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert re.findall(r"^## (.*)$", (PROJECT / "CHANGELOG.md").read_text(), re.M)[0] == version
    assert f"version: {version}\n" in (PROJECT / "policy" / "PulumiPolicy.yaml").read_text()
    assert f"hybrid_network-{version}-" in user.wheel.name


def test_every_module_of_the_library_can_be_imported_from_the_wheel(user: User) -> None:
    names = [
        name.removesuffix(".py").replace("/", ".") for name in ZipFile(user.wheel).namelist() if ".py" in name[-3:]
    ]
    modules = ", ".join(name.removesuffix(".__init__") for name in names)
    subprocess.run([user.python, "-I", "-c", f"import {modules}"], cwd=user.folder, check=True)


def test_the_library_imports_only_what_its_wheel_asks_for() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    asked = {re.split("[><=]", entry)[0].replace("-", "_") for entry in declared}
    nodes = [node for file in (PROJECT / "components").rglob("*.py") for node in ast.walk(ast.parse(file.read_text()))]
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    assert {name.split(".")[0] for name in whole | parts} - sys.stdlib_module_names == asked


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_output_of_a_component_has_a_text(name: str) -> None:
    (definition,) = ast.parse(dedent(inspect.getsource(COMPONENTS[name]))).body
    bodies = [node.body for node in ast.walk(definition) if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.If)]
    bodies += [node.orelse for node in ast.walk(definition) if isinstance(node, ast.If)]
    explained = {
        ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node.targets[0]).removeprefix("self.")
        for body in bodies
        for node, text in pairwise(body)
        if isinstance(node, ast.AnnAssign | ast.Assign)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }
    stored = {
        node.attr
        for node in ast.walk(definition)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and not node.attr.startswith("_")
    }
    assert {*COMPONENTS[name].__annotations__} | stored <= explained
