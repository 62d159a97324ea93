"""One program with providers of several subscriptions, on the real engine: the simulated Azure keeps them apart."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.ids import SUBSCRIPTION
from toolchain.workspace import Run, Workspace

HUB = "11111111-1111-4111-8111-111111111111"
SPOKE = "22222222-2222-4222-8222-222222222222"
ELSEWHERE = "44444444-4444-4444-8444-444444444444"
TENANT = "33333333-3333-4333-8333-333333333333"

PROJECT = """\
name: several
runtime:
  name: python
  options: {virtualenv: .venv}
"""
PROGRAM = f"""\
import pulumi
from pulumi_azure_native import Provider, authorization, network, resources

PREFIXES = {{"hub": "10.0.0.0/16", "spoke": "10.1.0.0/16", "own": "10.2.0.0/16"}}
PROVIDERS = {{
    "hub": Provider("hub", subscription_id="{HUB}", location="westus"),
    "spoke": Provider("spoke", subscription_id="{SPOKE}", tenant_id="{TENANT}", location="eastus"),
    "own": None,
}}
networks = {{}}
for name, provider in PROVIDERS.items():
    options = pulumi.ResourceOptions(provider=provider)
    group = resources.ResourceGroup(name, resource_group_name="rg", opts=options)
    networks[name] = network.VirtualNetwork(
        name,
        resource_group_name=group.name,
        virtual_network_name="vnet",
        address_space={{"address_prefixes": [PREFIXES[name]]}},
        opts=options,
    )
    pulumi.export(name, networks[name].id)
    pulumi.export(f"{{name}}-location", networks[name].location)
    account = authorization.get_client_config_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    pulumi.export(f"{{name}}-account", [account.subscription_id, account.tenant_id])
    found = network.get_virtual_network_output(
        resource_group_name="rg",
        virtual_network_name=networks[name].name,
        opts=pulumi.InvokeOutputOptions(provider=provider),
    )
    pulumi.export(f"{{name}}-found", found.id)
sides = []
for here, there in (("hub", "spoke"), ("spoke", "hub")):
    side = network.VirtualNetworkPeering(
        f"{{here}}-to-{{there}}",
        resource_group_name="rg",
        virtual_network_name=networks[here].name,
        virtual_network_peering_name=there,
        remote_virtual_network={{"id": networks[there].id}},
        # One side after the other: a peering makes its network Updating [SPOKE-02].
        opts=pulumi.ResourceOptions(provider=PROVIDERS[here], depends_on=sides),
    )
    sides = [side]
"""


@dataclass
class Several:
    """A project of its own in a workspace."""

    workspace: Workspace
    folder: Path

    def pulumi(self, *arguments: str) -> Run:
        return self.workspace.pulumi(*arguments, project=self.folder, stack="several")

    def output(self, name: str) -> str:
        return self.pulumi("stack", "output", name).check().stdout.strip()


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Several]:
    with Workspace.open(tmp_path / "workspace") as workspace:
        project = Several(workspace, workspace.folder / "several")
        project.folder.mkdir()
        (project.folder / "Pulumi.yaml").write_text(PROJECT)
        (project.folder / "__main__.py").write_text(PROGRAM)
        (project.folder / ".venv").symlink_to(sys.prefix)
        project.pulumi("stack", "init", "several").check()
        project.pulumi("config", "set", "azure-native:location", "northeurope").check()
        yield project


def network_in(subscription: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet"


def test_each_provider_of_a_program_acts_in_its_own_subscription(several: Several) -> None:
    several.pulumi("up", "--yes", "--skip-preview").check()
    for name, subscription, location in (
        ("hub", HUB, "westus"),
        ("spoke", SPOKE, "eastus"),
        ("own", SUBSCRIPTION, "northeurope"),
    ):
        assert several.output(name) == network_in(subscription)
        assert several.output(f"{name}-found") == network_in(subscription)
        assert several.output(f"{name}-location") == location
        assert subscription in several.output(f"{name}-account")
    assert TENANT in several.output("spoke-account")
    assert TENANT not in several.output("hub-account")
    peerings = [found for found in several.workspace.cloud()["resources"] if "Peerings" in found["type"]]
    assert {found["id"].split("/")[2]: found["peeringState"] for found in peerings} == {
        HUB: "Connected",
        SPOKE: "Connected",
    }
    several.pulumi("preview", "--expect-no-changes").check()
    several.pulumi("destroy", "--yes", "--skip-preview").check()
    assert several.workspace.cloud()["resources"] == []


def test_another_subscription_in_the_settings_is_another_cloud(several: Several) -> None:
    several.pulumi("up", "--yes", "--skip-preview").check()
    several.pulumi("config", "set", "azure-native:subscriptionId", ELSEWHERE).check()
    preview = several.pulumi("preview")
    assert preview.code != 0
    assert f"request failed {network_in(ELSEWHERE)}" in preview.text
    assert "ResourceGroupNotFound" in preview.text
    # What the state knows is read by its id, and stays.
    several.pulumi("refresh", "--yes", "--skip-preview").check()
    state = several.pulumi("stack", "export").check().stdout
    assert all(f'"id": "{network_in(subscription)}"' in state for subscription in (HUB, SPOKE, SUBSCRIPTION))
