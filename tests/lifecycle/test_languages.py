"""The components from another language: a program in YAML with all of them, in both phases, run by the real engine."""

from collections.abc import Iterator

import pytest
import yaml

import components
from tests.examples.lives import Example, ids, opened
from toolchain.go_tools import NoToolError, with_yaml
from toolchain.locate import PROJECT

# One deployment for all, where tests are spread one by one.
pytestmark = pytest.mark.xdist_group("yaml")

PROGRAM = (PROJECT / "examples" / "yaml" / "Pulumi.yaml").read_text()
KEY = "Planted_Key.0f.Twenty.And.More"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The example `yaml`, deployed by the commands of its page: phase 1."""
    try:
        with_yaml()
    except NoToolError as error:
        pytest.skip(f"YAML's language host cannot be had here: {error}")
    with opened(tmp_path_factory.mktemp("yaml")) as workspace:
        made = Example.of(workspace, "yaml")
        made.commands(changes={"$(openssl rand -hex 24)": KEY})
        yield made


def told(example: Example, right: str, wrong: str, *, late: bool = False) -> list[str]:
    """What the engine says of a mistake in the program, line by line."""
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
    return [line.strip() for line in run.stdout.split("Diagnostics:")[1].split("Resources:")[0].splitlines()]


def test_the_example_has_every_component() -> None:
    kinds = {resource["type"].partition(":")[2] for resource in yaml.safe_load(PROGRAM)["resources"].values()}
    names = {name for name in components.__all__ if hasattr(getattr(components, name), "register_outputs")}
    assert kinds == names


def test_a_mistake_is_its_text_alone_under_the_languages_names(example: Example) -> None:
    lines = told(example, "gatewaySubnetPrefix: 10.0.255.0/26", "gatewaySubnetPrefix: 10.9.255.0/26")
    assert "HubNetwork 'hub' cannot be deployed: 1 problem" in lines[2]
    assert lines[3].startswith("- gatewaySubnetPrefix: 10.9.255.0/26 is outside addressPrefixes (10.0.0.0/16);")


def test_both_phases_deploy_change_nothing_again_and_go_away(example: Example) -> None:
    workspace = example.workspace
    example.nothing_changes()
    assert KEY not in example.pulumi("stack", "export")
    workspace.provision("erc-yaml")
    example.commands(block=1)
    example.nothing_changes()
    connections = example.output("connectionIds")
    assert set(connections.values()) <= ids(workspace)
    assert len(connections) == 1
    example.picture()
    late = told(example, "publicIp: 203.0.113.10", "publicIp: ${vpn.gatewayId}", late=True)
    assert any(line.startswith("- publicIp: '/subscriptions/") for line in late)
    workspace.deprovision("erc-yaml")
    example.destroy()
    assert ids(workspace) == set()
