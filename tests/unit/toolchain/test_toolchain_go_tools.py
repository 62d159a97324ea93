"""Programs that are built from their Go modules: pinned, once, and only where the machine has none."""

import os
from pathlib import Path

import pytest

from toolchain import go_tools

MODULE = ("example.test/commands/tool", "1.2.3")
GO = """#!/bin/sh
if [ "$1" = env ]; then echo go1.26.6; echo auto; exit 0; fi
echo "$@" >> "{seen}"
{act}
"""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What the `go` on PATH was asked to install; it makes an empty program."""
    return fake_go(monkeypatch, tmp_path, 'touch "$GOBIN/${4##*/}"; mv "$GOBIN/${4##*/}" "$GOBIN/tool"')


def fake_go(monkeypatch: pytest.MonkeyPatch, folder: Path, act: str) -> Path:
    go = folder / "bin" / "go"
    go.parent.mkdir()
    go.write_text(GO.format(seen=folder / "seen", act=act))
    go.chmod(0o755)
    monkeypatch.setenv("PATH", str(go.parent), prepend=os.pathsep)
    return folder / "seen"


def test_a_program_is_built_once_at_its_version(seen: Path, tmp_path: Path) -> None:
    made = go_tools.from_go(MODULE, tmp_path / "cache")
    assert made == go_tools.from_go(MODULE, tmp_path / "cache")
    assert made.exists()
    assert seen.read_text() == "install -ldflags -s -w example.test/commands/tool@v1.2.3\n"


def test_another_version_is_another_program(seen: Path, tmp_path: Path) -> None:
    first = go_tools.from_go(MODULE, tmp_path / "cache")
    second = go_tools.from_go((MODULE[0], "1.2.4"), tmp_path / "cache")
    assert first != second
    assert len(seen.read_text().splitlines()) == 2


def test_what_cannot_be_built_is_told_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_go(monkeypatch, tmp_path, "echo no such module >&2; exit 1")
    with pytest.raises(go_tools.NoToolError, match=r"tool@v1\.2\.3` failed: no such module"):
        go_tools.from_go(MODULE, tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["tool.lock"]


def test_what_runs_yaml_is_put_beside_the_engine_unless_it_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine, built = tmp_path / "engine", tmp_path / "built"
    engine.mkdir()
    built.write_text("runs yaml")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(go_tools, "bin_folder", lambda: engine)
    monkeypatch.setattr(go_tools, "from_go", lambda module: built)
    assert go_tools.with_yaml() == engine
    host = engine / "pulumi-language-yaml"
    assert host.read_text() == "runs yaml"
    host.unlink()
    host.write_text("the official one")
    go_tools.with_yaml()
    assert host.read_text() == "the official one"
