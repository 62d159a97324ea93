"""Another team's network: it installs this library from its wheel and builds a hub of its own, in a subscription of its
own, out of what its program only learns while it runs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.ids import SUBSCRIPTION
from tests import installed
from toolchain.workspace import Run, Workspace

THEIRS = "22222222-2222-4222-8222-222222222222"
GROUP = f"/subscriptions/{THEIRS}/resourceGroups/rg-team"
KEY = "Planted_Key.0f.Twenty.And.More"
PROJECT = """\
name: network
runtime:
  name: python
  options: {virtualenv: .venv}
"""
SETTINGS = """\
config:
  network:prefixes: [10.8.0.0/16]
  network:gatewaySubnet: 10.8.255.0/26
  network:reports: 10.8.2.0/24
  network:owner: one
"""
PROGRAM = """\
import pulumi
from pulumi import Alias, ResourceOptions
from pulumi_azure_native import Provider, network, resources
from hybrid_network import ApplicationTier, HubNetwork, VpnGateway, VpnSite

config = pulumi.Config()
first = pulumi.StackReference("organization/hybrid-network/reference")
theirs = Provider("theirs", subscription_id="THEIRS", location="eastus")


class Team(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("network:index:Team", name, None, ResourceOptions(providers=[theirs]))


def tags_stay(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
    # What hub and tiers are tagged with is another team's.
    if args.custom and "tags" in args.props:
        args.opts.ignore_changes = ["tags"]
    return pulumi.ResourceTransformResult(args.props, args.opts)


team = Team("team")
inside = ResourceOptions(parent=team)
moved = config.get_bool("moved")
group = resources.ResourceGroup("team", resource_group_name="rg-team", opts=inside)
hub = HubNetwork(
    "team",
    {
        "resource_group_name": group.name,
        "address_prefixes": config.require_object("prefixes"),
        "gateway_subnet_prefix": config.require("gatewaySubnet"),
        "tags": {"network": first.require_output("virtualNetworkName"), "owner": config.require("owner")},
    },
    ResourceOptions(parent=team, ignore_changes=["tags"], transforms=[tags_stay]),
)
web = hub.add_tier(
    "web",
    {
        "subnet_prefix": "10.8.1.0/24",
        "allow": [{"name": "first", "source_prefixes": config.require_secret_object("sources"), "ports": ["443"]}],
        "load_balancer": {"frontend_address": "10.8.1.250", "port": 443},
    },
)
reports = ApplicationTier(
    "reports",
    {
        "resource_group_name": group.name,
        "virtual_network_id": hub.virtual_network_id,
        "virtual_network_prefixes": hub.virtual_network_prefixes,
        "subnet_prefix": group.name.apply(lambda _: config.require("reports")),
    },
    ResourceOptions(provider=theirs, depends_on=[web.subnet], aliases=[Alias(parent=team)])
    if moved
    else ResourceOptions(parent=team, depends_on=[web.subnet]),
)
gateway = VpnGateway(
    "team",
    {"resource_group_name": group.name, "gateway_subnet_id": hub.gateway_subnet_id, "sku": "VpnGw1AZ"},
    ResourceOptions.merge(inside, ResourceOptions(depends_on=[reports.subnet])),
)
addresses = first.require_output("vpnGateway").apply(lambda known: known["publicIps"])
connected = gateway.connect(
    "first-1",
    {
        "public_ip": addresses[0],
        "shared_key": config.require_secret("key"),
        "prefixes": ["10.0.0.0/16"],
        "dpd_timeout_seconds": config.get_int("timeout") or 45,
    },
)
VpnSite(
    "second-site" if moved else "first-2",
    {
        "resource_group_name": group.name,
        "gateway_id": gateway.gateway_id,
        "virtual_network_prefixes": hub.virtual_network_prefixes,
        "gateway_asn": gateway.asn,
        "public_ip": addresses[1],
        "shared_key": config.require_secret("key"),
        "prefixes": ["192.168.0.0/16"],
        "local_network_gateway_name": "lgw-2",
        "connection_name": "con-2",
    },
    ResourceOptions(
        parent=team,
        depends_on=[connected.connection],
        aliases=[Alias(name="first-2")] if moved else None,
    ),
)
# A network that is there already: looked up in its own subscription, not in the program's.
shared = network.VirtualNetwork(
    "shared",
    resource_group_name=group.name,
    virtual_network_name="vnet-shared",
    address_space={"address_prefixes": ["10.9.0.0/16"]},
    opts=inside,
)
existing = HubNetwork(
    "shared",
    {
        "resource_group_name": group.name,
        "address_prefixes": ["10.9.0.0/16"],
        "gateway_subnet_prefix": "10.9.255.0/26",
        "existing_network_id": first.require_output("virtualNetworkId") if config.get_bool("foreign") else shared.id,
    },
    ResourceOptions(provider=theirs),
)
existing.add_tier("shared-web", {"subnet_prefix": "10.9.1.0/24"})
pulumi.export("reports", reports.subnet_id)
pulumi.export("connection", connected.connection_id)
pulumi.export("existing", existing.gateway_subnet_id)
"""


@dataclass
class Team:
    """The other team's project, in the same backend and the same simulated Azure as the first."""

    workspace: Workspace
    folder: Path

    def pulumi(self, *arguments: str, stdin: str = "") -> Run:
        return self.workspace.pulumi(*arguments, project=self.folder, stack="team", stdin=stdin)

    def set(self, key: str, value: str, *, secret: bool = False) -> None:
        self.pulumi("config", "set", *(["--secret"] if secret else []), key, stdin=value).check()

    def of_azure(self) -> dict[str, dict[str, object]]:
        """What the team's subscription has."""
        resources = self.workspace.cloud()["resources"]
        return {found["id"]: found for found in resources if found["id"].split("/")[2] == THEIRS}

    def changes(self) -> dict[str, int]:
        """What the next update would do to resources, without those that stay."""
        summary = json.loads(self.pulumi("preview", "--json").check().stdout)["changeSummary"]
        return {what: count for what, count in summary.items() if what != "same"}


@pytest.fixture(scope="module")
def team(phase_one: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """The team's project, deployed."""
    with phase_one.clone(tmp_path_factory.mktemp("networks")) as workspace:
        project = Team(workspace, workspace.folder / "network")
        project.folder.mkdir()
        installed.install(installed.build(workspace.folder / "built"), project.folder / ".venv")
        (project.folder / "Pulumi.yaml").write_text(PROJECT)
        (project.folder / "__main__.py").write_text(PROGRAM.replace("THEIRS", THEIRS))
        (project.folder / "Pulumi.team.yaml").write_text(SETTINGS)
        project.pulumi("stack", "init", "team").check()
        project.set("sources", '["10.0.0.0/16"]', secret=True)
        project.set("key", KEY, secret=True)
        project.pulumi("preview").check()
        project.pulumi("up", "--yes", "--skip-preview").check()
        yield project


def test_all_of_it_is_in_the_subscription_of_its_provider(team: Team) -> None:
    names = {id.removeprefix(f"{GROUP}/providers/Microsoft.Network/") for id in team.of_azure()}
    assert {
        "virtualNetworks/vnet-team/subnets/GatewaySubnet",
        "virtualNetworks/vnet-team/subnets/snet-web",
        "virtualNetworks/vnet-team/subnets/snet-reports",
        "virtualNetworks/vnet-shared/subnets/GatewaySubnet",
        "virtualNetworks/vnet-shared/subnets/snet-shared-web",
        "loadBalancers/lbi-web",
        "virtualNetworkGateways/vgw-team",
        "connections/con-first-1",
        "connections/con-2",
    } <= names
    network = team.of_azure()[f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-team"]
    assert network["tags"] == {"network": "vnet-reference", "owner": "one"}
    team.workspace.pulumi("preview", "--expect-no-changes").check()


def test_a_secret_of_its_settings_stays_one(team: Team) -> None:
    assert KEY not in team.pulumi("stack", "export").check().stdout
    assert KEY not in team.pulumi("preview", "--diff", "--expect-no-changes").check().text


def test_a_changed_setting_changes_what_it_is_about(team: Team) -> None:
    team.set("timeout", "60")
    team.pulumi("up", "--yes", "--skip-preview").check()
    connection = team.of_azure()[f"{GROUP}/providers/Microsoft.Network/connections/con-first-1"]
    assert connection["dpdTimeoutSeconds"] == 60


def test_a_transform_of_a_hub_reaches_its_network_and_its_tiers(team: Team) -> None:
    team.set("owner", "two")
    # The component of the tier shows its new tags; nothing in Azure changes.
    assert team.changes() == {"update": 1}
    team.set("owner", "one")


def test_what_is_renamed_and_moved_with_aliases_stays_as_it_is(team: Team) -> None:
    before = team.of_azure()
    team.set("moved", "true")
    team.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes").check()
    assert team.of_azure() == before
    state = json.loads(team.pulumi("stack", "export").check().stdout)["deployment"]["resources"]
    urns = [resource["urn"] for resource in state]
    assert "urn:pulumi:team::network::hybrid-network:index:ApplicationTier::reports" in urns
    assert [urn for urn in urns if urn.endswith("::first-2")] == []


@pytest.mark.parametrize(
    ("setting", "wrong", "right", "sentence"),
    [
        (
            "reports",
            "10.7.2.0/24",
            "10.8.2.0/24",
            "subnet_prefix: 10.7.2.0/24 is outside virtual_network_prefixes (10.8.0.0/16)",
        ),
        ("foreign", "true", "false", f"the network is in subscription {SUBSCRIPTION}, this stack deploys to {THEIRS}"),
    ],
    ids=["of its own", "of the first stack"],
)
def test_an_output_that_turns_out_wrong_is_one_clean_sentence(
    team: Team, setting: str, wrong: str, right: str, sentence: str
) -> None:
    before = team.of_azure()
    team.set(setting, wrong)
    run = team.pulumi("up", "--yes", "--skip-preview")
    team.set(setting, right)
    assert run.code != 0
    assert sentence in run.text
    assert "Traceback" not in run.text
    assert team.of_azure() == before


def test_it_goes_and_the_first_network_stays(team: Team) -> None:
    team.pulumi("destroy", "--yes", "--skip-preview").check()
    assert team.of_azure() == {}
    team.workspace.pulumi("preview", "--expect-no-changes").check()
