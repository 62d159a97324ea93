"""The components from another language: a program in YAML with all of them, in both phases, run by the real engine."""

import os
from collections.abc import Iterator

import pytest
import yaml

import components
from tests.examples.lives import Example, ids, opened
from toolchain.go_tools import NoToolError, with_yaml
from toolchain.locate import PROJECT

PROGRAM = (PROJECT / "examples" / "yaml" / "Pulumi.yaml").read_text()
KEY = "Planted_Key.0f.Twenty.And.More"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The example `yaml`, deployed by the commands of its page: phase 1."""
    try:
        host = with_yaml()
    except NoToolError as error:
        pytest.skip(f"YAML's language host cannot be had here: {error}")
    with opened(tmp_path_factory.mktemp("yaml")) as workspace:
        # After the engine that starts quickly, which has none.
        workspace.environment["PATH"] += f"{os.pathsep}{host}"
        made = Example.of(workspace, "yaml")
        made.commands(changes={"$(openssl rand -hex 24)": KEY})
        yield made


def told(example: Example, right: str, wrong: str, *, late: bool = False) -> list[str]:
    """What the engine says of a mistake in the program: all of it, line by line."""
    assert right in PROGRAM
    program = example.workspace.project / "Pulumi.yaml"
    program.write_text(PROGRAM.replace(right, wrong))
    try:
        run = example.workspace.pulumi(*(("up", "--yes", "--skip-preview") if late else ("preview",)))
    finally:
        program.write_text(PROGRAM)
    assert run.code != 0
    assert "Traceback" not in run.text
    assert "Unexpected" not in run.text
    error = run.stdout.split("Diagnostics:")[1].partition("error:")[2].partition("\n\n")[0]
    return [line.strip() for line in error.splitlines()]


def test_the_example_has_every_component() -> None:
    kinds = {resource["type"].partition(":")[2] for resource in yaml.safe_load(PROGRAM)["resources"].values()}
    names = {name for name in components.__all__ if hasattr(getattr(components, name), "register_outputs")}
    assert kinds == names


def test_it_deploys_in_both_phases_has_its_mistakes_told_and_goes_away(example: Example) -> None:
    workspace = example.workspace
    example.nothing_changes()
    # Under the language's names, and the text alone.
    early = told(example, "gatewaySubnetPrefix: 10.0.255.0/26", "gatewaySubnetPrefix: 10.9.255.0/26")
    assert early[0].endswith("HubNetwork 'hub' cannot be deployed: 1 problem")
    assert early[1].startswith("- gatewaySubnetPrefix: 10.9.255.0/26 is outside addressPrefixes (10.0.0.0/16);")
    assert len(early) == 2
    assert KEY not in example.pulumi("stack", "export")
    workspace.provision("erc-yaml")
    example.commands(block=1)
    example.nothing_changes()
    connections = example.output("connectionIds")
    assert set(connections.values()) <= ids(workspace)
    assert len(connections) == 1
    example.picture()
    late = told(example, "publicIp: 203.0.113.10", "publicIp: ${vpn.gatewayId}", late=True)
    assert late[1].startswith("- publicIp: '/subscriptions/")
    workspace.deprovision("erc-yaml")
    example.destroy()
    assert ids(workspace) == set()
