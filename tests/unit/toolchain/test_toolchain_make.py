"""`make engine` and `make demo` on a machine that has no engine: what they print where, and that they end when told."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from toolchain import build
from toolchain.locate import PROJECT
from toolchain.workspace import copy_project

GO = """#!/bin/sh
if [ "$1" = env ]; then echo go1.99.0; echo auto; exit 0; fi
echo $$ > "{place}/go.pid"
mkdir "$GOTMPDIR/go-build1"
sh -c 'echo $$ > "{place}/compiler.pid"; sleep 600' &
wait
"""
PYTHON = """#!/bin/sh
# What pip and venv print.
[ "$1" = -c ] || echo "noise of $*"
if [ "$2" = venv ]; then mkdir -p .venv/bin; cp "$0" .venv/bin/python; fi
if [ "$1 $2" = "-m toolchain" ]; then exec {python} "$@"; fi
"""
"""Stands for Python where `.venv` is made; runs the project's own command with the real one."""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a machine with a Go that builds and builds, a cache of its own, and no way out."""
    (tmp_path / "bin").mkdir()
    fake(tmp_path / "bin" / "go", GO.format(place=tmp_path))
    kept = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    yield kept | {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "https_proxy": "http://127.0.0.1:9",
        "MAKEFLAGS": "",
    }
    for name in ("go", "compiler"):
        if (tmp_path / f"{name}.pid").exists() and alive(tmp_path / f"{name}.pid"):
            os.kill(int((tmp_path / f"{name}.pid").read_text()), signal.SIGKILL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A clone with its `.venv` made, and no engine."""
    copy_project(PROJECT, tmp_path / "project")
    (tmp_path / "project" / ".venv").unlink()
    (tmp_path / "project" / ".venv" / "bin").mkdir(parents=True)
    fake(tmp_path / "project" / ".venv" / "bin" / "python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "project" / ".venv" / ".requirements").touch()
    return tmp_path / "project"


def fake(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def keep_engine(project: Path, version: str) -> Path:
    """Put an engine that says this version where an earlier run has left its own."""
    (project / "build" / "engine").mkdir(parents=True)
    fake(project / "build" / "engine" / "pulumi", f"#!/bin/sh\necho v{version}\n")
    return project / "build" / "engine"


def alive(file: Path) -> bool:
    try:
        return psutil.Process(int(file.read_text())).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def in_time(said: str, true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    pytest.fail(f"never came: {said}")


def test_nothing_but_the_folder_is_printed_for_path(project: Path, machine: dict[str, str], tmp_path: Path) -> None:
    shutil.rmtree(project / ".venv")
    kept = keep_engine(project, build.pinned_version())
    fake(tmp_path / "python", PYTHON.format(python=sys.executable))
    command = ["make", "-s", "engine", f"PYTHON={tmp_path / 'python'}"]
    done = subprocess.run(command, cwd=project, env=machine, capture_output=True, text=True, check=False)
    assert "noise of -m venv" in done.stderr
    assert "noise of -m pip install" in done.stderr
    # What the stand-in says for the command itself is not of the project.
    assert done.stdout.replace("noise of -m toolchain path\n", "") == f"{kept}\n", done.stderr


def test_an_engine_of_the_project_serves_another_cache(project: Path, machine: dict[str, str], tmp_path: Path) -> None:
    kept = keep_engine(project, build.pinned_version())
    done = subprocess.run(
        ["make", "-s", "engine"], cwd=project, env=machine, capture_output=True, text=True, check=False
    )
    assert done.stdout == f"{kept}\n", done.stderr
    assert not (tmp_path / "go.pid").exists()


def to(select: Callable[[subprocess.Popen[str]], int]) -> Callable[[subprocess.Popen[str], int], None]:
    return lambda make, number: os.kill(select(make), number)


def python_of(make: subprocess.Popen[str]) -> int:
    return psutil.Process(make.pid).children()[0].pid


ENDS: list[tuple[str, Callable[[subprocess.Popen[str], int], None], signal.Signals, bool]] = [
    ("make is told to end", to(lambda make: make.pid), signal.SIGTERM, True),
    ("all are told to end", lambda make, number: os.killpg(make.pid, number), signal.SIGTERM, True),
    ("Ctrl-C", lambda make, number: os.killpg(make.pid, number), signal.SIGINT, True),
    ("the terminal is closed", lambda make, number: os.killpg(make.pid, number), signal.SIGHUP, True),
    ("make is killed", to(lambda make: make.pid), signal.SIGKILL, True),
    ("python is killed", to(python_of), signal.SIGKILL, False),
]


@pytest.mark.parametrize(("send", "number", "clean"), [end[1:] for end in ENDS], ids=[end[0] for end in ENDS])
def test_a_build_ends_with_who_asked_for_it(
    project: Path,
    machine: dict[str, str],
    tmp_path: Path,
    send: Callable[[subprocess.Popen[str], int], None],
    number: signal.Signals,
    clean: bool,
) -> None:
    make = subprocess.Popen(
        ["make", "engine"],
        cwd=project,
        env=machine,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A job that a script runs in the background has SIGINT switched off, nohup SIGHUP, and both hand that on.
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGHUP)],
    )
    pids = [tmp_path / "go.pid", tmp_path / "compiler.pid"]
    in_time("a build", lambda: all(file.exists() and file.read_text() for file in pids))
    send(make, number)
    output, _ = make.communicate(timeout=60)
    assert make.returncode != 0
    assert "Traceback" not in output
    in_time("the build's end", lambda: not any(map(alive, pids)))
    if clean:
        in_time("the removal of what it made", lambda: not list((tmp_path / "cache").glob("*/build-*")))


def test_what_a_killed_build_left_is_removed_by_the_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(tmp_path / "go", GO.replace("mkdir", "exit 1; mkdir").format(place=tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "cache" / "build-left" / "work").mkdir(parents=True)
    assert build.build(tmp_path / "cache")[0] is None
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_demo_shows_the_proof_before_it_waits_for_an_engine(
    project: Path, machine: dict[str, str], tmp_path: Path
) -> None:
    with subprocess.Popen(
        ["make", "demo"], cwd=project, env=machine, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as make:
        assert make.stdout is not None
        seen = ""
        while "proved from the settings alone" not in seen or "(where this machine has none" not in seen:
            line = make.stdout.readline()
            assert line, f"the demo ended: {seen}"
            seen += line
        proof = seen.split("proved from the settings alone")[1]
        assert "circuit:primary" in proof
        assert "circuitLoss: met" in proof
        in_time("a build", lambda: (tmp_path / "go.pid").exists())
        os.killpg(make.pid, signal.SIGTERM)


def test_the_help_is_plain_text() -> None:
    command = [sys.executable, "-m", "toolchain", "--help"]
    shown = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "Gives this machine a Pulumi CLI: one on PATH that is new enough, else the official one" in " ".join(
        shown.split()
    )
    assert "\\" not in shown
