"""Environments of other tools: made once for the same requirements, never left half made."""

import sys
from pathlib import Path

import pytest

from toolchain import environments
from toolchain.environments import NoEnvironmentError, environment, policy_pack

PYTHON = """#!/bin/sh
echo "$*" >> "{log}"
if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi
if [ "$2" = pip ] && [ -e "{offline}" ]; then echo "no such package" >&2; exit 1; fi
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Puts a Python that only notes what it is told in place of this one; pip fails while there is a file `offline`."""
    python, told = tmp_path / "python", tmp_path / "told"
    python.write_text(PYTHON.format(log=told, offline=tmp_path / "offline"))
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return told


def test_it_is_made_once_for_the_same_requirements(log: Path) -> None:
    first = environment("tool", "tool==1\n")
    assert environment("tool", "tool==1\n") == first
    assert len(log.read_text().splitlines()) == 2, "venv and pip"
    assert environment("tool", "tool==2\n") != first


def test_one_that_could_not_be_made_is_made_anew(log: Path, tmp_path: Path) -> None:
    (tmp_path / "offline").touch()
    with pytest.raises(NoEnvironmentError, match="no such package"):
        environment("tool", "tool==1\n")
    (tmp_path / "offline").unlink()
    assert (environment("tool", "tool==1\n") / "bin" / "python").exists()


@pytest.mark.usefixtures("log")
def test_the_pack_gets_a_link_to_its_environment_and_keeps_one_that_somebody_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "policy"
    pack.mkdir()
    monkeypatch.setattr(environments, "POLICY", pack)
    for requirements in ("a==1\n", "a==2\n"):
        (pack / "requirements.txt").write_text(requirements)
        assert policy_pack() == pack
        assert (pack / "venv").resolve() == environment("policy", requirements)
    (pack / "venv").unlink()
    (pack / "venv").mkdir()
    policy_pack()
    assert not (pack / "venv").is_symlink()
