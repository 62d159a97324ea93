"""The engine built from its Go module: pinned, complete or not there at all."""

import os
from pathlib import Path

import pytest

from toolchain import build, official

GO = """#!/bin/sh
if [ "$1" = env ]; then echo {version}; echo {toolchain}; exit 0; fi
while [ "$1" != -o ]; do shift; done
mkdir -p "$(dirname "$2")"
{act}
"""
MAKE_ENGINE = f'printf \'#!/bin/sh\\necho v{build.pinned_version()}\\n\' > "$2"; chmod +x "$2"'


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


def fake_go(
    monkeypatch: pytest.MonkeyPatch, folder: Path, version: str, act: str = MAKE_ENGINE, toolchain: str = "auto"
) -> None:
    """Put a `go` on PATH: its version, whether it may fetch another, and what it does with the output, $2."""
    (folder / "go-bin").mkdir()
    go = folder / "go-bin" / "go"
    go.write_text(GO.format(version=version, toolchain=toolchain, act=act))
    go.chmod(0o755)
    monkeypatch.setenv("PATH", str(go.parent), prepend=os.pathsep)


def test_the_pinned_version_is_the_oldest_that_the_program_accepts():
    assert tuple(int(part) for part in build.pinned_version().split(".")) >= official.MINIMUM


def test_the_engine_is_built_from_the_pinned_module_and_found_again(
    monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path
):
    seen = tmp_path / "seen"
    fake_go(monkeypatch, tmp_path, "go1.25.11", f'cp go.mod "{seen}"; {MAKE_ENGINE}')
    made, why = build.build(cache)
    assert (made, why) == (build.built(cache), "")
    assert made is not None
    assert seen.read_text() == (build.HERE / "go.mod").read_text()


@pytest.mark.parametrize("version", ["go1.20.14", "devel"])
def test_a_go_that_is_too_old_is_named_and_not_used(
    monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path, version: str
):
    fake_go(monkeypatch, tmp_path, version)
    made, why = build.build(cache)
    assert made is None
    assert f"is {version}, and Go 1.21 or newer is needed" in why


@pytest.mark.parametrize(("version", "toolchain"), [("go1.21", "auto"), ("go1.26.6", "local"), ("go1.27", "local")])
def test_a_go_that_can_build_or_fetch_one_that_can_is_used(
    monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path, version: str, toolchain: str
):
    fake_go(monkeypatch, tmp_path, version, toolchain=toolchain)
    assert build.build(cache)[1] == ""


def test_a_go_that_is_too_old_and_may_not_fetch_another_is_not_used(
    monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path
):
    monkeypatch.setattr(build, "go_of_the_module", lambda: (1, 26, 6))
    fake_go(monkeypatch, tmp_path, "go1.26.5", toolchain="local")
    made, why = build.build(cache)
    assert made is None
    assert "is go1.26.5, and Go 1.26.6 or newer is needed: GOTOOLCHAIN is local" in why


def test_the_module_says_which_go_it_needs():
    assert build.go_of_the_module() >= build.OLDEST_GO


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ('echo half > "$2"; echo "no space left on device"; exit 1', "no space left on device"),
        ('echo half > "$2"; kill -9 $$', "failed"),
        ('echo half > "$2"', "failed"),
    ],
    ids=["fails", "is killed", "makes nonsense"],
)
def test_a_build_that_fails_leaves_no_engine(
    monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path, act: str, told: str
):
    fake_go(monkeypatch, tmp_path, "go1.26.0", act)
    made, why = build.build(cache)
    assert made is None
    assert told in why
    assert build.built(cache) is None
    assert list(cache.iterdir()) == []


def test_the_language_host_lies_beside_the_engine_and_is_made_once(tmp_path: Path):
    binary = tmp_path / "pulumi"
    binary.write_text("engine")
    folder = build.bin_folder(binary, tmp_path / "bin")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert sorted(before) == ["pulumi", "pulumi-language-python"]
    assert os.access(folder / "pulumi-language-python", os.X_OK)
    build.bin_folder(binary, folder)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_an_engine_on_another_file_system_is_copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    binary = tmp_path / "pulumi"
    binary.write_text("engine")
    folder = build.bin_folder(binary, tmp_path / "bin")
    assert (folder / "pulumi").read_text() == "engine"
