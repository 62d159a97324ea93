"""Which Pulumi CLI is used, and what a machine without one is told."""

import os
import threading
import time
from pathlib import Path

import pytest

from toolchain import build, locate, official
from toolchain.locate import NoEngineError, bin_folder


def fake_cli(folder: Path, version: str, host: bool = True) -> Path:
    """A `pulumi` that says its version, with or without a language host beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    pulumi = folder / "pulumi"
    pulumi.write_text(f"#!/bin/sh\necho {version}\n")
    pulumi.chmod(0o755)
    if host:
        (folder / "pulumi-language-python").write_text("#!/bin/sh\n")
        (folder / "pulumi-language-python").chmod(0o755)
    return folder


@pytest.fixture
def nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with a shell and no more: no Pulumi, no answer from the installer, no Go. Returns the cache folder."""
    (tmp_path / "bin").mkdir()
    for name in ("sh", "echo"):
        (tmp_path / "bin" / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(official, "answers", lambda url, seconds: False)
    monkeypatch.setattr(locate, "PROJECT", tmp_path / "project")
    return tmp_path / "cache"


def test_a_cli_on_path_that_is_new_enough_is_used(nothing_else: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    folder = fake_cli(tmp_path / "newer", "v3.300.1")
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    assert bin_folder(nothing_else) == folder
    assert not nothing_else.exists()


@pytest.mark.parametrize(
    ("version", "host", "told"),
    [
        ("v3.258.9", True, "is 3.258.9, and 3.259.0 or newer is needed"),
        ("gibberish", True, "of unknown version"),
        ("v3.300.0", False, "has no Python language host beside it"),
    ],
)
def test_a_cli_on_path_that_cannot_be_used_is_named_in_the_message(
    nothing_else: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, host: bool, told: str
):
    monkeypatch.setenv("PATH", str(fake_cli(tmp_path / "other", version, host)), prepend=":")
    with pytest.raises(NoEngineError, match=told):
        bin_folder(nothing_else)


def test_a_machine_with_nothing_is_told_the_three_ways_out(nothing_else: Path):
    with pytest.raises(NoEngineError) as caught:
        bin_folder(nothing_else)
    text = str(caught.value)
    for reason in ("there is no pulumi on PATH", "did not answer", "Go is not installed"):
        assert reason in text
    for way in ("1. install the Pulumi CLI 3.259.0", "2. let this machine reach", "3. install Go"):
        assert way in text


def test_an_engine_installed_before_is_used_without_asking_the_installer(
    nothing_else: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = fake_cli(official.home(nothing_else) / "bin", "v3.272.0")
    monkeypatch.setattr(official, "install", lambda cache: pytest.fail("the installer was asked"))
    assert bin_folder(nothing_else) == folder


def test_an_engine_built_before_is_used_without_asking_the_installer(
    nothing_else: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    fake_cli(nothing_else / f"pulumi-built-{build.pinned_version()}", f"v{build.pinned_version()}", host=False)
    monkeypatch.setattr(official, "install", lambda cache: pytest.fail("the installer was asked"))
    folder = bin_folder(nothing_else)
    assert folder == tmp_path / "project" / "build" / "engine"
    assert build.works(folder / "pulumi")
    assert (folder / "pulumi-language-python").exists()


@pytest.mark.parametrize(
    ("text", "used"),
    [("echo v{pinned}", True), ("echo v3.100.0", False), ("exit 1", False)],
    ids=["the pinned one", "an older one", "a broken one"],
)
def test_an_engine_that_the_project_keeps_is_used_where_the_cache_has_none(
    nothing_else: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, used: bool
):
    kept = fake_cli(tmp_path / "project" / "build" / "engine", "", host=False)
    (kept / "pulumi").write_text("#!/bin/sh\n" + text.format(pinned=build.pinned_version()))
    builds: list[Path] = []
    monkeypatch.setattr(build, "build", lambda cache: builds.append(cache) or (None, "built anew"))
    if used:
        assert bin_folder(nothing_else) == kept
        assert os.access(kept / "pulumi-language-python", os.X_OK)
    else:
        with pytest.raises(NoEngineError, match="built anew"):
            bin_folder(nothing_else)
    assert bool(builds) != used


def test_two_runs_at_once_build_one_engine(nothing_else: Path, monkeypatch: pytest.MonkeyPatch):
    builds: list[Path] = []

    def slow_build(cache: Path) -> tuple[Path, str]:
        builds.append(cache)
        time.sleep(0.3)
        fake_cli(cache / f"pulumi-built-{build.pinned_version()}", f"v{build.pinned_version()}", host=False)
        return cache / f"pulumi-built-{build.pinned_version()}" / "pulumi", ""

    monkeypatch.setattr(build, "build", slow_build)
    found: list[Path] = []
    runs = [threading.Thread(target=lambda: found.append(bin_folder(nothing_else))) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(builds) == 1
    assert len(found) == 2


@pytest.mark.parametrize(
    ("value", "expected"), [("/var/caches", "/var/caches"), ("", "~/.cache"), ("relative", "~/.cache")]
)
def test_the_cache_lies_where_the_user_keeps_caches(monkeypatch: pytest.MonkeyPatch, value: str, expected: str):
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert locate.default_cache() == Path(expected).expanduser() / "hybrid-network"
