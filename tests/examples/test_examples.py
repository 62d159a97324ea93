"""Every example: sound by its settings, deployed by its page's commands, again without a change, and destroyed."""

import json
from pathlib import Path

import pytest

from simulator.ids import SUBSCRIPTION
from tests.examples.lives import EXAMPLES, Example, compare, ids, opened
from toolchain.locate import PROJECT
from toolchain.workspace import Workspace
from topology.__main__ import main as topology

LEFT_OPEN = {
    "new-environment": {
        "azblob://state": '"file://$PWD"',
        "azurekeyvault://VAULT.vault.azure.net/keys/pulumi": "passphrase",
        "SUBSCRIPTION": SUBSCRIPTION,
    }
}
"""What an example's page leaves to its reader, and what it is here."""


def settings() -> list[Path]:
    """The examples that have settings of this project."""
    found = sorted((PROJECT / EXAMPLES).glob("*/Pulumi.*.yaml"))
    return [path for path in found if "hybrid-network:name" in path.read_text()]


def test_the_page_of_examples_names_each_of_them() -> None:
    page = (PROJECT / EXAMPLES / "README.md").read_text()
    for folder in (PROJECT / EXAMPLES).iterdir():
        assert f"]({folder.name})" in page or folder.name == "README.md"


@pytest.mark.parametrize("path", settings(), ids=lambda path: path.parent.name)
def test_an_examples_settings_are_sound_and_its_picture_is_what_they_say(path: Path, tmp_path: Path) -> None:
    assert topology([str(path)]) == 0
    picture = tmp_path / "network.svg"
    assert topology([str(path), "--format", "svg", "--out", str(picture)]) == 0
    compare(path.parent / "network.svg", picture.read_text())


@pytest.mark.parametrize("name", ["two-circuits", "direct", "two-devices", "firewall", "new-environment"])
def test_a_network_lives(name: str, tmp_path: Path) -> None:
    with opened(tmp_path) as workspace:
        example = Example.of(workspace, name)
        for circuit in example.circuits():
            if port := circuit.get("port"):
                workspace.simulated("add", port["id"], json.dumps({"location": "westus2", "bandwidthInGbps": 100}))
        before = ids(workspace)
        example.commands(changes=LEFT_OPEN.get(name))
        if name == "new-environment":
            example.environment = {"PULUMI_BACKEND_URL": f"file://{example.workspace.project}"}
        example.provision()
        example.up()
        example.nothing_changes()
        connected = example.output("expressRoute")
        assert len(connected["connectionIds"]) == len(connected["circuits"])
        example.provision(back=True)
        example.destroy()
        assert ids(workspace) == before


def test_what_others_have_made_is_used_and_left_as_it_was(tmp_path: Path) -> None:
    """`existing` in the network of `minimal`, and `spoke` beside it; then `minimal` itself, to its end."""
    with opened(tmp_path) as workspace:
        nothing = ids(workspace)
        minimal = Example.of(workspace, "minimal")
        minimal.commands()
        minimal.provision()
        hub = ids(workspace)

        existing = Example.of(workspace, "existing")
        existing.commands()
        existing.nothing_changes()
        assert len(existing.output("expressRoute")["connectionIds"]) == 1
        existing.destroy()
        assert ids(workspace) == hub

        spoke = Example.of(workspace, "spoke", library(workspace))
        spoke.commands()
        spoke.nothing_changes()
        spoke.picture()
        assert spoke.output("peeringId") in ids(workspace)
        spoke.destroy()
        assert ids(workspace) == hub

        minimal.up()
        minimal.nothing_changes()
        minimal.provision(back=True)
        minimal.destroy()
        assert ids(workspace) == nothing


def test_a_program_of_ones_own_takes_one_component(tmp_path: Path) -> None:
    with opened(tmp_path) as workspace:
        nothing = ids(workspace)
        shop = Example.of(workspace, "one-component", library(workspace))
        shop.commands()
        shop.nothing_changes()
        shop.picture()
        assert shop.output("subnetId") in ids(workspace)
        shop.destroy()
        assert ids(workspace) == nothing


def library(workspace: Workspace) -> dict[str, str]:
    """Where the pages' `pip install` puts the library here: not into the environment that all tests share."""
    folder = str(workspace.folder / "library")
    # With 0, pip takes setuptools as it is here instead of fetching another.
    return {"PIP_TARGET": folder, "PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": folder}
