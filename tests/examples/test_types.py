"""What type checkers find in a program that uses the library from its wheel.

The program is made from the components and their TypedDicts, so that a new argument or output is in.
"""

import inspect
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NotRequired, Required, Union, get_args, get_origin, is_typeddict

import pytest
from pulumi_azure_native import Provider

import components
from tests import installed
from toolchain.locate import PROJECT

PUBLIC: dict[str, Any] = {name: getattr(components, name) for name in components.__all__}
COMPONENTS = {name: kind for name, kind in PUBLIC.items() if hasattr(kind, "register_outputs")}
ARGUMENTS = {name: kind for name, kind in PUBLIC.items() if is_typeddict(kind)}
PLAIN = {str: '"text"', int: "1", float: "1.5", bool: "True", Provider: "a_provider"}
RELATED = {"spoke": "a_Spoke", "gateways": "[a_VpnGateway]"}
"""What methods take besides a name and arguments."""

# azure-native takes a type checker most of a minute; what a program says of this library does not need it.
MYPY = """\
[mypy]
[mypy-pulumi_azure_native.*]
follow_imports = skip
"""
PYRIGHT = {"typeCheckingMode": "standard"}


class Line(NamedTuple):
    """A statement of the user's program, and the mistake planted in it, if any."""

    text: str
    planted: str = ""


def calls(name: str, component: type) -> Iterator[tuple[str, Any, str]]:
    """How a program makes a component, and what its methods add to it: the call, the TypedDict that it takes, and what
    comes after it."""
    yield name, component.__init__.__annotations__["args"], ""
    for method, function in inspect.getmembers(component, inspect.isfunction):
        if not method.startswith("_") and "args" in function.__annotations__:
            named = inspect.getfullargspec(function).kwonlyargs
            more = "".join(f", {one}={RELATED[one]}" for one in named)
            yield f"a_{name}.{method}", function.__annotations__["args"], more


def sample(annotation: Any, late: bool) -> str:
    """A value of an argument's type, as a program writes it. late: as an Output, where one may stand."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (NotRequired, Required):
        return sample(parts[0], late)
    if origin is Union:  # pulumi.Input
        return f"pulumi.Output.from_input({sample(parts[0], False)})" if late else sample(parts[0], late)
    if is_typeddict(annotation):
        return literal(fields(annotation, late))
    if origin is Sequence:
        return f"[{sample(parts[0], late)}]"
    if origin is Mapping:
        return f'{{"key": {sample(parts[1], late)}}}'
    return PLAIN[annotation]


def fields(kind: Any, late: bool = False) -> dict[str, str]:
    return {name: sample(annotation, late) for name, annotation in kind.__annotations__.items()}


def literal(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {value}' for name, value in values.items()) + "}"


def misspelt(values: Mapping[str, str], wrong: str) -> dict[str, str]:
    return {f"{name}x" if name == wrong else name: value for name, value in values.items()}


def program() -> Iterator[Line]:
    """Each call with all its arguments, and once more with each of them misspelt; each output, and misspelt."""
    yield Line("import pulumi")
    yield Line("from hybrid_network import (")
    yield from (Line(f"    {name},") for name in sorted({*COMPONENTS, *ARGUMENTS}))
    yield Line(")")
    yield Line("from typing import Any")
    yield Line("a_provider: Any = None")
    for name, component in COMPONENTS.items():
        for late in (False, True):
            yield Line(f'a_{name} = {name}("one", {literal(fields(component.__init__.__annotations__["args"], late))})')
    for name, component in COMPONENTS.items():
        for call, kind, more in calls(name, component):
            known = fields(kind)
            yield Line(f'{call}("one", {literal(known)}{more})')
            for argument in known:
                wrong = literal(misspelt(known, argument))
                yield Line(f'{call}("one", {wrong}{more})', f"argument {call} {argument}")
        for output in component.__annotations__:
            yield Line(f'pulumi.export("one", a_{name}.{output})')
            yield Line(f'pulumi.export("one", a_{name}.{output}x)', f"output {name} {output}")
    for name, kind in ARGUMENTS.items():
        known = fields(kind)
        for planted in ("", *known):
            given = misspelt(known, planted)
            written = ", ".join(f"{argument}={value}" for argument, value in given.items())
            told = f"field {name} {planted}" if planted else ""
            yield Line(f"{name}({written})", told)
            yield Line(f"some_{name}_{planted}: {name} = {literal(given)}", told)


class User(NamedTuple):
    """Another team's program, beside a virtual environment that has the library from its wheel."""

    folder: Path
    python: Path
    lines: Sequence[Line]

    def told(self, *checker: str) -> str:
        """What a type checker prints about the program."""
        command = (sys.executable, "-m", *checker, "program.py")
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True).stdout

    def check(self, found: Mapping[int, str]) -> None:
        """Each mistake is found in its line, and nothing in the sound ones."""
        planted = {number: line.planted for number, line in enumerate(self.lines, 1) if line.planted}
        assert [line for number, line in planted.items() if number not in found] == []
        assert [(self.lines[number - 1].text, text) for number, text in found.items() if number not in planted] == []
        kinds = Counter(line.split()[0] for line in planted.values())
        print(f"found {kinds} of {len(COMPONENTS)} components and {len(ARGUMENTS)} TypedDicts")


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    folder = tmp_path_factory.mktemp("user")
    wheel = installed.build(folder / "built")
    lines = list(program())
    (folder / "program.py").write_text("".join(f"{line.text}\n" for line in lines))
    (folder / "mypy.ini").write_text(MYPY)
    (folder / "pyrightconfig.json").write_text(json.dumps(PYRIGHT))
    return User(folder, installed.install(wheel, folder / ".venv"), lines)


def test_mypy_finds_each_misspelt_argument_and_output_and_nothing_else(user: User) -> None:
    told = user.told("mypy", "--python-executable", str(user.python))
    user.check({int(line): text for line, text in re.findall(r"^program\.py:(\d+): error: (.*)$", told, re.M)})


def test_pyright_finds_each_misspelt_argument_and_output_and_nothing_else(user: User) -> None:
    told = json.loads(user.told("basedpyright", "--pythonpath", str(user.python), "--outputjson"))
    user.check({item["range"]["start"]["line"] + 1: item["message"] for item in told["generalDiagnostics"]})


def test_the_types_of_the_examples_that_use_the_library_are_sound(user: User) -> None:
    found = {path.parent.name: path.read_text() for path in (PROJECT / "examples").glob("*/__main__.py")}
    programs = {f"example-{name}.py": text for name, text in found.items() if "hybrid_network" in text}
    assert len(programs) > 1
    for name, text in programs.items():
        (user.folder / name).write_text(text)
    command = (sys.executable, "-m", "basedpyright", "--pythonpath", str(user.python), "--outputjson", *programs)
    told = json.loads(subprocess.run(command, cwd=user.folder, capture_output=True, text=True).stdout)
    assert told["summary"]["filesAnalyzed"] == len(programs)
    assert [item["message"] for item in told["generalDiagnostics"]] == []
