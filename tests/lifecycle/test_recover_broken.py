"""The kills find a recovery that is broken: each way of breaking it makes a kill cost something."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lifecycle import recovery_support as support
from tests.lifecycle import test_kills as kills
from tests.lifecycle.recovery_support import Undisturbed
from toolchain.workspace import Run, RunFailedError, Workspace

pytestmark = pytest.mark.skipif(os.environ.get("SWEEP") != "full", reason="takes minutes: make sweep")


@dataclass(frozen=True)
class Breakage:
    """A line of `operations` in the workspace's copy, what stands in its place, and the kill that must tell."""

    file: str
    line: str
    instead: str
    kill: kills.Kill
    complaint: str


GATEWAYS, CIRCUIT = kills.ENGINE[0], kills.SIMULATOR[3]
BREAKAGES = {
    "it adopts nothing": Breakage(
        "adoption.py",
        '"resources": [*in_place, *_in_order(attached)]',
        '"resources": in_place',
        GATEWAYS,
        "cannot create already existing resource",
    ),
    "it forgets the names": Breakage(
        "adoption.py", '"inputs": names, "outputs": {}', '"inputs": {}, "outputs": {}', GATEWAYS, "unable to replace"
    ),
    "it marks no secrets": Breakage(
        "adoption.py", 'for name in secret_inputs(entry["type"])', "for name in ()", CIRCUIT, "/state/.pulumi/"
    ),
    "it leaves the lock": Breakage("recover.py", "self.stack.cancel()", "pass", GATEWAYS, "is locked by"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_recovery_is_found(
    name: str, undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    breakage = BREAKAGES[name]
    sound = support.recover

    def broken(workspace: Workspace, *options: str) -> Run:
        file = workspace.project / "operations" / breakage.file
        text = file.read_text()
        assert text.count(breakage.line) == 1, "the line to break is not there any more"
        file.write_text(text.replace(breakage.line, breakage.instead))
        return sound(workspace, *options)

    monkeypatch.setattr(support, "recover", broken)
    with pytest.raises((AssertionError, RunFailedError)) as failure:
        kills.live_through(breakage.kill, undisturbed, tmp_path, lambda name, text: None)
    assert breakage.complaint in str(failure.value)
