"""What continuous integration sees is what pytest ended with."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from toolchain.locate import PROJECT


@pytest.mark.parametrize(
    ("make", "lint", "examples", "code"),
    [
        ("echo 0 > build/pytest-exit; exit 0", 0, 0, 0),
        ("echo 1 > build/pytest-exit; exit 2", 0, 0, 1),
        ("echo 5 > build/pytest-exit; exit 2", 0, 2, 5),
        ("exit 2", 0, 0, 2),
        ("echo 0 > build/pytest-exit; exit 0", 2, 0, 2),
        ("echo 0 > build/pytest-exit; exit 0", 0, 2, 2),
    ],
    ids=["all passed", "a test failed", "no tests", "style failed", "a type failed", "an example failed"],
)
def test_ci_ends_with_pytests_own_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: str, lint: int, examples: int, code: int
):
    for folder in (".ci", "build", "bin"):
        (tmp_path / folder).mkdir()
    shutil.copy(PROJECT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "build" / "pytest-exit").write_text("0\n")
    fake = tmp_path / "bin" / "make"
    others = f"lint) exit {lint} ;; examples) exit {examples} ;; test) ;; *) exit 99 ;;"
    fake.write_text(f'#!/bin/sh\ncase "$1" in {others} esac\n{make}\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=os.pathsep)
    assert subprocess.run([tmp_path / ".ci" / "run"], check=False).returncode == code


def test_make_help_describes_every_command():
    makefile = (PROJECT / "Makefile").read_text()
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    shown = subprocess.run(["make", "--silent", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert [name for name in phony if f"make {name} " not in shown] == []
