"""Each requirement is where it is needed: the program has few, the tools their own, and none is there for nobody."""

import ast
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest

from tests.stacks import ROOT
from toolchain.workspace import project_files

PROGRAM = ("components",)
TOOLS = ("appliance", "lab", "operations", "simulator", "toolchain", "topology")
TOOLS_LISTS = ("requirements.txt", "requirements-tools.txt", "requirements-operations.txt")
RUN_AS_COMMANDS = {"ruff", "basedpyright", "mypy", "setuptools", "pytest-xdist"}
"""Nobody imports them."""

NOT_RUN = re.compile(r"/seeds/|simulator/arm/make_bodies.py")
"""Programs of other releases, and what makes a file of the simulator anew."""

ONLY = """
import sys
from importlib.metadata import packages_distributions

kept = set(sys.argv[1].split(","))
hidden = {name for name, owners in packages_distributions().items() if not {one.lower() for one in owners} & kept}


class Hidden:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"{name} is not in requirements.txt")


sys.meta_path.insert(0, Hidden)
"""
RECORDED = """
from tests.recording import record_program
from tests.stacks import keys_for, stack_config

config = stack_config("dev")
print(len(record_program(config, {"vpnSharedKeys": keys_for(config)}).resources))
"""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(name: str) -> dict[str, str]:
    """What one file lists itself, with the version."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if not line.startswith(("#", "-r"))]
    return {canonical(package): version for package, _, version in (line.partition("==") for line in lines)}


def closure(names: set[str]) -> set[str]:
    """These distributions and all that they ask for."""
    found: set[str] = set()
    left = set(names)
    while left:
        found.add(name := left.pop())
        try:
            asked = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        needed = {canonical(re.split(r"[^\w.-]", one, maxsplit=1)[0]) for one in asked if "extra ==" not in one}
        left |= needed - found
    return found


@cache
def of_file(file: str) -> frozenset[str]:
    """What a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(f"{node.module}.{node.names[0].name}")
    return frozenset(names)


def imported(*folders: str) -> set[str]:
    """The distributions that files below these folders import."""
    owners = packages_distributions()
    files = [file for file in project_files(ROOT) if file.endswith(".py") and Path(file).parts[0] in folders]
    names = set().union(*(of_file(file) for file in files if not NOT_RUN.search(file)))
    found = [owners.get(name.partition(".")[0], []) for name in names]
    # Azure's packages share their first name, and some their second.
    parts = [name.split(".") for name in names if name.startswith("azure.")]
    shared = {"-".join(words[: 3 if words[1] == "mgmt" else 2]) for words in parts}
    return {canonical(one[0]) for one in found if len(one) == 1} | shared


def test_every_requirement_is_pinned_and_listed_once() -> None:
    files = [declared(name) for name in (*TOOLS_LISTS, "requirements-dev.txt")]
    assert all(re.fullmatch(r"[\d.]+", version) for one in files for version in one.values())
    assert sum(map(len, files)) == len(set().union(*files))


def test_the_program_runs_with_its_own_requirements_alone() -> None:
    kept = closure(set(declared("requirements.txt")))
    program = [sys.executable, "-c", f"{ONLY}\n{RECORDED}", ",".join(kept | {one.replace("-", "_") for one in kept})]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 20


def test_the_program_needs_each_of_its_requirements() -> None:
    own = set(declared("requirements.txt"))
    kept = closure(own - {"pydantic"})
    program = [sys.executable, "-c", f"{ONLY}\n{RECORDED}", ",".join(kept | {one.replace("-", "_") for one in kept})]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "pydantic is not in requirements.txt" in done.stderr
    assert own - {"pydantic"} == imported(*PROGRAM)


@pytest.mark.parametrize(
    ("folders", "lists"),
    [
        ((*PROGRAM, *TOOLS), TOOLS_LISTS),
        ((*PROGRAM, *TOOLS, "tests", "__main__.py"), (*TOOLS_LISTS, "requirements-dev.txt")),
    ],
    ids=["the tools", "everything"],
)
def test_what_is_imported_is_listed_and_what_is_listed_is_imported(
    folders: tuple[str, ...], lists: tuple[str, ...]
) -> None:
    listed = set().union(*(declared(name) for name in lists))
    used = imported(*folders)
    direct = {name for name in used if name not in closure(listed) or name in listed}
    assert direct - listed == set()
    assert listed - RUN_AS_COMMANDS - used == set()
