"""The device's packet filter on a real kernel: what the tunnels need comes in from the Internet, and nothing else.

Skipped, with the reason, where the lab cannot run.
"""

import json
import subprocess
from pathlib import Path

import pytest

from lab.isolation import command
from lab.needs import what_is_missing
from tests.stacks import ROOT

LET_IN = {"the gateway's IKE", "the gateway's ESP in UDP", "the manager's SSH", "what the device asks for"}


def test_the_internet_reaches_the_tunnels_and_nothing_else(tmp_path: Path) -> None:
    if reason := what_is_missing():
        pytest.skip(f"Failover lab skipped: {reason}")
    report = tmp_path / "filter.json"
    subprocess.run(command("tests.lab.filtering", [str(report)]), cwd=ROOT, check=True, timeout=120)
    found = json.loads(report.read_text())
    assert [name for name, arrived in found["without"].items() if not arrived] == []
    assert {name for name, arrived in found["with"].items() if arrived} == LET_IN
