"""The commands of docs/appliance.md that need root and a machine of their own: run as they stand there, in namespaces.

Skipped, with the reason, where the lab cannot run.
"""

import re
import subprocess
from pathlib import Path

import pytest

from lab.needs import what_is_missing
from tests.commands import blocks
from tests.stacks import ROOT

PAGE = [block for block in blocks(ROOT / "docs" / "appliance.md") if block.language == "sh"]


def test_the_files_of_a_device_can_be_tried_without_one_as_the_page_says(tmp_path: Path) -> None:
    if reason := what_is_missing():
        pytest.skip(f"Failover lab skipped: {reason}")
    (tried,) = [block.text for block in PAGE if block.heading == "Try it without a device"]
    _, shown = [block.text for block in PAGE if block.heading == "Install"]
    # There each tunnel has a daemon of its own, on a device the one that is asked by default.
    shown = shown.replace("swanctl --list-sas", "swanctl --list-sas --uri unix:///run/hybrid-appliance/tunnel0.vici")
    # The second line opens a shell, which reads the others.
    done = subprocess.run(
        ["bash"],
        cwd=ROOT,
        input=f"{tried}\n{shown}\n".replace("/tmp/onprem", str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    printed = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, printed
    assert "Wrote 1" in printed, printed
    assert "tunnel0: #1, CONNECTING" in printed, printed
    assert re.search(r"\b(Active|Connect|Idle)\b", printed), printed
    assert "10.0.0.0/16" in printed, printed
