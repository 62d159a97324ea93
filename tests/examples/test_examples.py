"""Every example: sound by its own settings, deployed, deployed again without a change, and taken away."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.lives import EXAMPLES, Example, ids, opened
from toolchain.locate import PROJECT
from topology.__main__ import main as topology

WHOLE = ("two-circuits", "direct", "two-devices", "firewall")
"""Examples that are whole networks by themselves. `minimal` is the hub of two others, and lives with them."""


def settings() -> list[Path]:
    """The examples that have settings of this project."""
    found = sorted((PROJECT / EXAMPLES).glob("*/Pulumi.*.yaml"))
    return [path for path in found if "hybrid-network:name" in path.read_text()]


@pytest.mark.parametrize("path", settings(), ids=lambda path: path.parent.name)
def test_an_examples_settings_are_sound_and_its_picture_is_what_they_say(path: Path, tmp_path: Path) -> None:
    assert topology([str(path)]) == 0
    picture = tmp_path / "network.svg"
    assert topology([str(path), "--format", "svg", "--out", str(picture)]) == 0
    assert picture.read_text() == (path.parent / "network.svg").read_text()


@pytest.mark.parametrize("name", WHOLE)
def test_a_network_lives(name: str, tmp_path: Path) -> None:
    with opened(tmp_path) as workspace:
        example = Example.beside(workspace, name)
        for circuit in example.circuits():
            if port := circuit.get("port"):
                workspace.simulated("add", port["id"], json.dumps({"location": "westus2", "bandwidthInGbps": 100}))
        before = ids(workspace)
        example.workspace.make_shared_keys()
        example.up()
        example.provision()
        example.up()
        example.nothing_changes()
        connected = example.output("expressRoute")
        assert isinstance(connected, dict)
        assert len(connected["connectionIds"]) == len(connected["circuits"])
        example.provision(back=True)
        example.destroy()
        assert ids(workspace) == before


def test_what_others_have_made_is_used_and_left_as_it_was(tmp_path: Path) -> None:
    """The example `existing` in the network of `minimal`, and the spoke of another stack beside it."""
    with opened(tmp_path) as workspace:
        library = tmp_path / "library"
        install = ("install", "--quiet", "--no-deps", "--no-build-isolation", "--target", str(library))
        subprocess.run([sys.executable, "-m", "pip", *install, str(workspace.project)], check=True)
        nothing = ids(workspace)
        minimal = Example.beside(workspace, "minimal")
        minimal.workspace.make_shared_keys()
        minimal.up()
        minimal.provision()
        hub = ids(workspace)

        existing = Example.beside(workspace, "existing")
        existing.workspace.make_shared_keys()
        existing.up()
        existing.nothing_changes()
        assert ids(workspace) > hub
        existing.destroy()
        assert ids(workspace) == hub

        spoke = Example.beside(workspace, "spoke", {"PYTHONPATH": str(library)})
        spoke.up()
        spoke.nothing_changes()
        assert spoke.output("peeringId") in ids(workspace)
        spoke.destroy()
        assert ids(workspace) == hub

        minimal.up()
        minimal.nothing_changes()
        minimal.provision(back=True)
        minimal.destroy()
        assert ids(workspace) == nothing

        shop = Example.beside(workspace, "one-component", {"PYTHONPATH": str(library)})
        shop.up()
        shop.nothing_changes()
        assert shop.output("subnetId") in ids(workspace)
        shop.destroy()
        assert ids(workspace) == nothing
