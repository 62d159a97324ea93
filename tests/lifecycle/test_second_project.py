"""Another team's project: it installs this library with pip, uses one component and reads this stack's outputs."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from toolchain.workspace import Run, Workspace

PROJECT = """\
name: second
runtime:
  name: python
  options: {virtualenv: .venv}
"""
SETTINGS = """\
config:
  azure-native:location: westus2
"""
PROGRAM = """\
import pulumi
from hybrid_network import ApplicationTier

network = pulumi.StackReference("organization/hybrid-network/reference")
tier = ApplicationTier(
    "reports",
    {
        "resource_group_name": network.require_output("resourceGroup"),
        "virtual_network_name": network.require_output("virtualNetworkId").apply(lambda id: id.rsplit("/", 1)[-1]),
        "subnet_prefix": "10.0.9.0/24",
        "allow": [{"name": "branch", "source_prefixes": ["192.168.7.0/24"], "ports": ["8443"]}],
        "load_balancer": {"frontend_address": "FRONTEND", "port": 8443},
    },
)
pulumi.export("subnetId", tier.subnet_id)
pulumi.export("serviceKeys", network.require_output("serviceKeys"))
"""


@dataclass
class Second:
    """The other team's project, in the same backend and the same simulated Azure as the first."""

    workspace: Workspace
    folder: Path
    library: Path

    def write(self, frontend: str) -> None:
        (self.folder / "__main__.py").write_text(PROGRAM.replace("FRONTEND", frontend))

    def pulumi(self, *arguments: str) -> Run:
        path = {"PYTHONPATH": str(self.library)}
        return self.workspace.pulumi(*arguments, project=self.folder, stack="team", environment=path)


@pytest.fixture(scope="module")
def second(phase_one: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Second]:
    """The second project with the library installed from a copy of this one."""
    with phase_one.clone(tmp_path_factory.mktemp("teams")) as workspace:
        project = Second(workspace, workspace.folder / "second", workspace.folder / "library")
        install = ("install", "--quiet", "--no-deps", "--no-build-isolation", "--target", str(project.library))
        subprocess.run([sys.executable, "-m", "pip", *install, str(workspace.project)], check=True)
        project.folder.mkdir()
        (project.folder / "Pulumi.yaml").write_text(PROJECT)
        (project.folder / "Pulumi.team.yaml").write_text(SETTINGS)
        (project.folder / ".venv").symlink_to(sys.prefix)
        project.pulumi("stack", "init", "team").check()
        yield project


def test_a_mistake_in_an_argument_is_one_clean_message(second: Second):
    second.write("10.0.8.5")
    run = second.pulumi("preview")
    assert run.code != 0
    assert "load_balancer.frontend_address: 10.0.8.5" in run.stdout
    assert "Traceback" not in run.stdout


def test_a_tier_is_added_to_the_network_of_the_first_stack(second: Second):
    second.write("10.0.9.250")
    second.pulumi("up", "--yes", "--skip-preview").check()
    network = second.workspace.outputs()["virtualNetworkId"]
    subnet = second.pulumi("stack", "output", "subnetId").check().stdout.strip()
    assert subnet.startswith(f"{network}/subnets/")
    assert subnet in [resource["id"] for resource in second.workspace.cloud()["resources"]]
    second.pulumi("preview", "--expect-no-changes").check()
    second.workspace.pulumi("preview", "--expect-no-changes").check()


def test_a_secret_of_the_first_stack_stays_one_in_the_second(second: Second):
    assert second.pulumi("stack", "output", "serviceKeys").check().stdout.strip() == "[secret]"
    keys = second.workspace.outputs(show_secrets=True)["serviceKeys"].values()
    state = (second.workspace.folder / "state" / ".pulumi" / "stacks" / "second" / "team.json").read_text()
    assert [key for key in keys if key in state] == []


def test_the_tier_goes_again_and_the_first_stack_stays(second: Second):
    second.pulumi("destroy", "--yes", "--skip-preview").check()
    second.workspace.pulumi("preview", "--expect-no-changes").check()
