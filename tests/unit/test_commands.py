"""Every command of every document is run by a test, or says that it needs Azure; what is named in passing exists."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from lab.needs import PACKAGES
from tests.commands import LANGUAGES, Command, blocks, commands, inline, pages
from tests.lifecycle.session import STEPS
from tests.stacks import ROOT

ELSEWHERE: Mapping[str, tuple[str, str]] = {
    "make demo": ("tests/lifecycle/test_demo.py", '"toolchain", "demo"'),
    "make test": (".ci/run", "make test"),
    "make lab": ("tests/lab/test_lab_short.py", '"-m", "lab", "run"'),
    ".venv/bin/python -m lab run reference --short": ("tests/lab/test_lab_short.py", '"run", "reference", "--short"'),
    ".venv/bin/python -m lab run Pulumi.prod.yaml": ("tests/lab/refusals.py", ""),
    "pip install git+https://github.com/YOU/THIS-REPOSITORY": ("tests/installed.py", '"pip", *wheel'),
    ".venv/bin/python -m operations drill --restore --stack dev": ("tests/lifecycle/test_operations.py", '"--restore"'),
    "pulumi refresh --stack dev && pulumi up --stack dev": ("tests/lifecycle/test_operations.py", '"refresh", "--yes"'),
    "pulumi up --refresh --stack dev": ("tests/lifecycle/test_operations.py", '"up", "--refresh"'),
    "make simulator": ("tests/lifecycle/session.py", '"make", "simulator"'),
}
"""Commands that another test runs, and the words of its file by which it does."""
IN_THE_LAB = ("Install", "Try it without a device")
"""Headings of docs/appliance.md whose commands `tests/lab/test_lab_page.py` runs, as root in namespaces of its own."""
WITH_AZURES_CLIENT = "Azure's own clients"
"""The heading of docs/simulator.md whose commands `make az` runs: azure-cli has an environment of its own."""

ALL = commands()


def test_the_documents_have_commands() -> None:
    assert len(ALL) > 40
    assert {command.page for command in ALL} >= {"README.md", "docs/operations.md", "docs/appliance.md"}


@pytest.mark.parametrize("command", ALL, ids=str)
def test_a_command_is_run_by_a_test_or_says_that_it_needs_azure(command: Command) -> None:
    if command.needs_azure:
        return
    if (found := ELSEWHERE.get(command.text)) is not None:
        file, words = found
        assert words in (ROOT / file).read_text()
        return
    if command.page == "docs/appliance.md" and command.heading in IN_THE_LAB:
        return
    if command.page == "docs/simulator.md" and command.heading == WITH_AZURES_CLIENT:
        assert any(command.text.startswith(start) for start in ("export AZURE", "az ", ".venv/bin/python -m simulator"))
        return
    without_a_stack = (ROOT / "tests" / "unit" / "test_pages.py").read_text()
    run = f'"{command.text}"' in without_a_stack or any(step.command == command.text for step in STEPS)
    assert run, "nobody runs it: add it to tests/lifecycle/session.py, or say in a comment that it needs Azure"


def test_every_step_of_the_session_is_a_command_of_a_document() -> None:
    told = {command.text for command in ALL}
    assert [step.command for step in STEPS if step.command not in told] == []


def test_every_other_test_is_of_a_command_of_a_document() -> None:
    assert set(ELSEWHERE) - {command.text for command in ALL} == set()


def test_make_az_does_what_the_page_about_the_simulator_tells() -> None:
    program = (ROOT / "tests" / "clients" / "az.py").read_text()
    told = [command.text for command in ALL if command.heading == WITH_AZURES_CLIENT]
    steps = [text.removeprefix("az ").split("@")[0] for text in told if text.startswith("az ")]
    assert len(steps) == 3
    assert [step for step in steps if step not in program] == []
    (exported,) = [text for text in told if text.startswith("export ")]
    assert [one for one in re.findall(r"([A-Z_]+)=", exported) if f'"{one}"' not in program] == []


def test_what_a_device_needs_is_what_the_lab_installs() -> None:
    (install,) = [command.text for command in ALL if command.text.startswith("apt-get install ")]
    assert set(install.removeprefix("apt-get install ").split()) <= set(PACKAGES)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_nothing_is_set_as_code_but_in_blocks_of_a_known_language(page) -> None:
    assert {block.language for block in blocks(page)} <= set(LANGUAGES)
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
    assert re.findall(r"(?<=\n\n)    (?!.*\|)\S.*", text) == []


MENTIONED = [*(command.text for command in ALL), *inline()]
IN_PYTHON = sorted(
    {line.split("&&")[0].split(" > ")[0].strip() for line in MENTIONED if re.search(r"(^|/)python3? -m ", line)}
)


def test_no_command_needs_a_python_that_is_not_there_after_make() -> None:
    assert len(IN_PYTHON) > 15
    assert [command for command in IN_PYTHON if ".venv/bin/python -m " not in command] == []


def test_every_make_command_is_one_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z.]+):.* ## ", (ROOT / "Makefile").read_text(), re.M))
    named = {target for line in MENTIONED for target in re.findall(r"(?:^|[( ])make (?:-s )?([a-z]+)", line)}
    assert len(named) > 6
    assert named - targets == set()


@pytest.mark.parametrize("module", sorted({c.partition("python -m ")[2].split()[0] for c in IN_PYTHON}))
def test_the_commands_of_a_module_know_the_options_that_they_are_given(module: str) -> None:
    given = [c.partition("python -m ")[2].split()[1:] for c in IN_PYTHON if f"python -m {module}" in f"{c} "]
    assert importlib.util.find_spec(module)
    helps: dict[str, str] = {}
    for words in given:
        inner = words[0] if words and re.fullmatch(r"[a-z][a-z-]*", words[0]) else ""
        options = [word for word in words if word.startswith("--")]
        if not options and not inner:
            continue
        if inner not in helps:
            asked = [sys.executable, "-m", module, *filter(None, [inner]), "--help"]
            done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
            helps[inner] = done.stdout + done.stderr
            assert "No module named" not in helps[inner]
        assert [option for option in options if option not in helps[inner]] == []


@pytest.mark.parametrize(
    "command",
    [
        "topology FILE",
        "topology review FILE /dev/null",
        "appliance --settings FILE --site hq --out build/never",
        "appliance.outside --settings FILE --out build/never.json",
        "simulator outside FILE --cloud build/never.db",
    ],
)
def test_what_is_interrupted_ends_without_a_traceback(command: str, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    os.mkfifo(file)
    words = [sys.executable, "-m", *command.replace("FILE", str(file)).split()]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE) as running, file.open("w"):
        # Opened: so the command runs, and waits for what is in its file.
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        assert (running.wait(30), running.stderr.read()) == (-signal.SIGINT, b"")


@pytest.mark.parametrize(
    "command", ["topology Pulumi.dev.yaml", "appliance.outside --settings Pulumi.dev.yaml --out OUT"]
)
def test_a_reader_that_goes_away_ends_a_command_without_a_traceback(command: str, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", *command.replace("OUT", str(tmp_path / "outside.json")).split()]
    done = subprocess.run(words, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")
