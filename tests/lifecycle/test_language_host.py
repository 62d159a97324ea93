"""The real engine runs a small program through this machine's language host, whichever that is."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import yaml

from toolchain.locate import bin_folder
from toolchain.workspace import Workspace

PROJECT = """\
name: small
runtime:
  name: python
  options: {virtualenv: .venv}
"""
PROGRAM = """\
import sys

import pulumi

import beside

config = pulumi.Config()
match config.get("mode"):
    case "run error":
        raise pulumi.RunError("settings are wrong:\\n  - this\\n  - and that")
    case "exception":
        raise ValueError("a mistake in the program")
    case "apply":
        pulumi.export("never", pulumi.Output.from_input(1).apply(lambda value: value / 0))
    case "exit":
        sys.exit(3)
    case "hang":
        print("hanging", flush=True)
        import time

        time.sleep(600)
pulumi.export("beside", beside.VALUE)
pulumi.export("prefix", sys.prefix)
pulumi.export("secret", config.get_secret("secret"))
"""


@pytest.fixture(scope="module", autouse=True)
def own_start() -> Iterator[None]:
    """The language host is what is tested here: it starts as a user's does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolchain.workspace.bin_folder", bin_folder)
        yield


@pytest.fixture(scope="module")
def small(own_start: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with a small program that fails in the way that its setting `mode` says."""
    source = tmp_path_factory.mktemp("small")
    (source / "Pulumi.yaml").write_text(PROJECT)
    (source / "Pulumi.dev.yaml").write_text("config: {}\n")
    (source / "__main__.py").write_text(PROGRAM)
    (source / "beside.py").write_text("VALUE = 'imported'\n")
    with Workspace.open(stack="dev", source=source) as workspace:
        yield workspace


@pytest.fixture(autouse=True)
def start_in_normal_mode(small: Workspace) -> None:
    document = yaml.safe_load(small.settings_file.read_text())
    small.settings_file.write_text(yaml.safe_dump({**document, "config": {}}))


def preview_in_mode(small: Workspace, mode: str) -> str:
    """What a preview that must fail prints."""
    small.pulumi("config", "set", "mode", mode).check()
    run = small.pulumi("preview")
    assert run.code != 0
    return run.stdout


def test_a_program_runs_with_its_modules_its_interpreter_and_its_secrets(small: Workspace):
    small.secret("secret", "hush")
    small.pulumi("up", "--yes", "--skip-preview").check()
    assert small.outputs() == {"beside": "imported", "prefix": sys.prefix, "secret": "[secret]"}
    assert small.outputs(show_secrets=True)["secret"] == "hush"


def test_a_run_error_is_its_text_and_no_traceback(small: Workspace):
    text = preview_in_mode(small, "run error")
    assert text.count("settings are wrong:") == 2, "once on the stack's line, once under Diagnostics"
    assert "    error: settings are wrong:\n      - this\n      - and that\n" in text.replace("        -", "      -")
    assert "Traceback" not in text
    assert "unhandled" not in text


@pytest.mark.parametrize(
    ("mode", "error"), [("exception", "ValueError: a mistake in the program"), ("apply", "ZeroDivisionError")]
)
def test_any_other_exception_comes_with_its_traceback(small: Workspace, mode: str, error: str):
    text = preview_in_mode(small, mode)
    assert "Program failed with an unhandled exception:" in text
    assert error in text


def test_an_exit_code_of_the_program_is_told(small: Workspace):
    assert "Program exited with non-zero exit code: 3" in preview_in_mode(small, "exit")


def test_a_project_with_another_virtual_environment_runs_in_it(small: Workspace, tmp_path: Path):
    other = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", other], check=True)
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    (next(other.glob("lib/python*/site-packages")) / "ours.pth").write_text(f"{ours}\n")
    project_file = small.project / "Pulumi.yaml"
    project_file.write_text(PROJECT.replace(".venv", str(other)))
    try:
        small.pulumi("up", "--yes", "--skip-preview").check()
    finally:
        project_file.write_text(PROJECT)
    assert small.outputs()["prefix"] == str(other)


def test_a_program_that_hangs_ends_with_its_engine(small: Workspace):
    small.pulumi("config", "set", "mode", "hang").check()
    with pytest.raises(subprocess.TimeoutExpired):
        small.pulumi("preview", timeout=5)
    assert [process for process in psutil.process_iter() if belongs_to(small, process)] == []


def belongs_to(workspace: Workspace, process: psutil.Process) -> bool:
    """Whether a process is the workspace's engine, or was started by it."""
    with contextlib.suppress(psutil.Error):
        return process.environ().get("PULUMI_HOME") == workspace.environment["PULUMI_HOME"]
    return False
