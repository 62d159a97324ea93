"""No module of the project imports itself, whichever way round.

Every import counts: at the head of a module, inside a function, and under `if TYPE_CHECKING` too, since a reader who
wants to understand one file of a circle has to read them all. Python runs a module's packages before the module; that
alone is no import of theirs: an `__init__` may gather names from its own modules, as long as these take none from it.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from toolchain.locate import PROJECT
from toolchain.workspace import project_files

Graph = Mapping[str, set[str]]


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources() -> dict[str, Path]:
    """Every module of the project and its file; a new folder is found by itself."""
    files = (PROJECT / name for name in project_files(PROJECT) if name.endswith(".py"))
    return {module_name(file): file for file in files}


def imports(name: str, path: Path, text: str) -> Iterator[str]:
    """What a module imports, in full: `a.b` for `from a import b`, whether b is a module or a name."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*home, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def graph(files: Mapping[str, Path], texts: Mapping[str, str] | None = None) -> Graph:
    """Which modules of the project each module imports."""
    found: dict[str, set[str]] = {}
    for name, path in files.items():
        text = texts[name] if texts else path.read_text()
        targets = (_module(target, files) for target in imports(name, path, text))
        found[name] = {target for target in targets if target and target != name}
    return found


def _module(target: str, files: Mapping[str, Path]) -> str:
    """The module behind an import: `a.b.c` itself, or `a.b` when c is a name in it; empty for what others wrote."""
    while target and target not in files:
        target = target.rpartition(".")[0]
    return target


def circles(modules: Graph) -> list[list[str]]:
    """Every largest set of modules each of which leads to all the others."""
    reach = {name: _reached(modules, name) for name in modules}
    found = {frozenset({name, *(other for other in reach[name] if name in reach[other])}) for name in modules}
    return sorted(sorted(circle) for circle in found if len(circle) > 1)


def _reached(modules: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    left = [start]
    while left:
        for name in modules[left.pop()] - seen:
            seen.add(name)
            left.append(name)
    return seen


def test_no_module_imports_itself_whichever_way_round() -> None:
    files = sources()
    assert {"__main__", "components", "simulator.cloud", "topology", "tests.unit.test_imports"} <= files.keys()
    found = circles(graph(files))
    assert found == [], "\n".join(f"{len(circle)} modules form a circle: {', '.join(circle)}" for circle in found)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("import pack.b", "import pack.a"),
        ("from pack import b", "from . import a"),
        ("from pack.b import name", "from .a import name"),
        ("def f():\n    from pack import b", "from pack import a"),
        ("if TYPE_CHECKING:\n    from pack.b import name", "import pack.a as other"),
    ],
)
def test_a_circle_is_seen_however_the_import_is_written(first: str, second: str) -> None:
    files = {name: PROJECT / f"{name.replace('.', '/')}.py" for name in ("pack.a", "pack.b", "pack.c")}
    files["pack"] = PROJECT / "pack" / "__init__.py"
    texts = {"pack": "from pack.a import name", "pack.a": first, "pack.b": second, "pack.c": "import pack.a, os.path"}
    assert circles(graph(files, texts)) == [["pack.a", "pack.b"]]
    assert circles(graph(files, texts | {"pack.b": "import os"})) == []
    assert circles(graph(files, texts | {"pack.a": "from pack import name"})) == [["pack", "pack.a"]]
