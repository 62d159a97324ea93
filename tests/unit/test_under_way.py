"""What the program sees of an operation under way where only its own requirements are installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from topology.under_way import UnderWay, owner, under_way


def record(folder: Path, pid: int) -> Path:
    file = folder / "record.json"
    file.write_text(json.dumps({"command": "drill", "owner": {**owner(), "pid": pid}}))
    return file


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.fixture
def without_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)


def lives(file: Path) -> bool | None:
    found = under_way(file)
    assert isinstance(found, UnderWay)
    return found.lives


def test_a_process_that_lives_and_one_that_is_dead(tmp_path: Path, dead: int) -> None:
    assert lives(record(tmp_path, os.getpid())) is True
    assert lives(record(tmp_path, dead)) is False


def test_without_psutil_a_dead_one_is_dead_and_a_number_in_use_says_nothing(
    tmp_path: Path, dead: int, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "other").mkdir()
    living, ended = record(tmp_path, os.getpid()), record(tmp_path / "other", dead)
    request.getfixturevalue("without_psutil")
    assert lives(living) is None
    assert lives(ended) is False
