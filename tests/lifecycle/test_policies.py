"""The policy pack, run by the real engine on another team's project: it passes, and each policy stops what is wrong."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from toolchain.environments import policy_pack
from toolchain.locate import PROJECT
from toolchain.workspace import Run, Workspace

PROGRAM = """\
import pulumi
from pulumi import ResourceOptions
from pulumi_azure_native import network
from hybrid_network import (
    ExpressRouteCircuit, ExpressRouteGateway, HubNetwork, ResourceGroup, VpnGateway
)

config = pulumi.Config()
broken = config.get_bool("broken")
opts = ResourceOptions(protect=config.get_bool("protect") is not False)
group = ResourceGroup("team", {"name": "rg-team"}, opts)
name = group.resource_group_name
hub = HubNetwork(
    "team",
    {"resource_group_name": name, "address_prefixes": ["10.8.0.0/16"], "gateway_subnet_prefix": "10.8.255.0/26"},
    opts,
)
hub.add_tier("web", {"subnet_prefix": "10.8.1.0/24", "load_balancer": {"frontend_address": "10.8.1.250", "port": 443}})
hub.add_management("management", {"bastion_subnet_prefix": "10.8.254.0/26", "security_group": True})
after = ResourceOptions.merge(opts, ResourceOptions(depends_on=[hub.last]))
order = {"provider": "Equinix", "peering_location": "Dallas", "bandwidth_in_mbps": 50}
circuit = ExpressRouteCircuit("team", {"resource_group_name": name, **order, "authorizations": ["theirs"]}, opts)
gateways = {"resource_group_name": name, "gateway_subnet_id": hub.gateway_subnet_id}
ExpressRouteGateway("express", {**gateways, "sku": "ErGw1AZ", "connections": []}, after)
vpn = VpnGateway(config.get("vpn") or "vpn", {**gateways, "sku": config.get("sku") or "VpnGw1AZ"}, after)
key = config.require_secret("key")
site = vpn.connect("hq", {"public_ip": "203.0.113.10", "shared_key": key, "prefixes": ["192.168.0.0/16"]})
if broken:
    common = {"resource_group_name": name, "location": "westus2"}
    network.ExpressRouteCircuit("open", circuit_name="erc-open", **common)
    network.VirtualNetworkGatewayConnection(
        "clear",
        virtual_network_gateway_connection_name="con-clear",
        connection_type="IPsec",
        virtual_network_gateway1={"id": vpn.gateway_id},
        shared_key="in-clear",
        opts=ResourceOptions(protect=True),
        **common,
    )
    network.PublicIPAddress("basic", public_ip_address_name="pip-basic", **common)
    group_of_gateways = network.NetworkSecurityGroup("gateways", network_security_group_name="nsg", **common)
    network.Subnet(
        "grouped",
        resource_group_name=name,
        virtual_network_name="vnet-other",
        subnet_name="GatewaySubnet",
        address_prefix="10.9.255.0/26",
        network_security_group={"id": group_of_gateways.id},
    )
    # Its own name is not known yet: what stands beside it is judged all the same.
    unknown = {"name": group_of_gateways.etag, "address_prefix": "10.7.1.0/24"}
    inline = {"name": "machines", "address_prefix": "10.7.0.0/24"}
    network.VirtualNetwork(
        "outbound",
        virtual_network_name="vnet-outbound",
        address_space={"address_prefixes": ["10.7.0.0/16"]},
        subnets=[unknown, inline],
        **common,
    )
if not config.get_bool("silent"):
    pulumi.export("failover", {"requirement": "circuitLoss: not met" if broken else "circuitLoss: met, 1 accepted"})
"""
BROKEN = {
    ("paths-protected", "azure-native:network:ExpressRouteCircuit: open"),
    ("secrets-marked", "azure-native:network:ExpressRouteCircuit: open"),
    ("secrets-marked", "azure-native:network:VirtualNetworkGatewayConnection: clear"),
    ("no-basic-sku", "azure-native:network:PublicIPAddress: basic"),
    ("no-default-outbound", "azure-native:network:VirtualNetwork: outbound"),
    ("gateway-subnet-without-group", "azure-native:network:Subnet: grouped"),
    ("failover-met", "pulumi:pulumi:Stack: team-live"),
}


VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]


@dataclass
class Team:
    """The other team's project on a simulated Azure, and what the pack finds in it."""

    workspace: Workspace
    folder: Path

    def pulumi(self, *arguments: str, stdin: str = "") -> Run:
        library = {"PYTHONPATH": str(self.folder / "library")}
        return self.workspace.pulumi(*arguments, project=self.folder, stack="live", stdin=stdin, environment=library)

    def change(self, **values: str) -> None:
        for name, value in values.items():
            self.pulumi("config", "set", name, value).check()

    def found(self, command: str, *options: str) -> tuple[int, set[tuple[str, str]]]:
        """The exit code of a run with the pack, and each policy that was violated, with the resource."""
        run = self.pulumi(command, *options, "--policy-pack", str(policy_pack()))
        assert f"hybrid-network@v{VERSION}" in run.text, run.text
        return run.code, set(re.findall(r"\[mandatory\]  (\S+)  \((.+)\)", run.text))


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    source = tmp_path_factory.mktemp("team")
    (source / "Pulumi.yaml").write_text("name: team\nruntime: {name: python, options: {virtualenv: .venv}}\n")
    (source / "Pulumi.live.yaml").write_text("config: {azure-native:location: westus2}\n")
    (source / "__main__.py").write_text(PROGRAM)
    with Workspace.open(source=source, stack="live") as workspace:
        (workspace.project / "library").mkdir()
        (workspace.project / "library" / "hybrid_network").symlink_to(PROJECT / "components")
        project = Team(workspace, workspace.project)
        workspace.secret("key", "Some_Key.0f.A.Team")
        yield project


def test_a_stack_that_keeps_them_passes(team: Team) -> None:
    assert team.found("preview") == (0, set())


def test_each_policy_stops_what_it_forbids_and_names_the_resource(team: Team) -> None:
    team.change(broken="true")
    try:
        assert team.found("preview") == (1, BROKEN)
    finally:
        team.change(broken="false")


def test_a_stack_with_both_gateways_has_to_prove_its_failover(team: Team) -> None:
    team.change(silent="true")
    try:
        assert team.found("preview") == (1, {("failover-met", "pulumi:pulumi:Stack: team-live")})
    finally:
        team.change(silent="false")


def test_a_gateway_is_replaced_only_where_a_tag_of_the_stack_allows_it(team: Team) -> None:
    tag = ("stack", "tag", "set")
    # As a stack that had no policies was left.
    team.change(protect="false")
    team.pulumi("up", "--yes", "--skip-preview").check()
    team.change(protect="true", vpn="other")
    assert team.found("preview") == (1, {("gateways-kept", "pulumi:pulumi:Stack: team-live")}), "another logical name"
    team.change(vpn="vpn")
    assert team.found("preview") == (0, set())
    team.change(sku="VpnGw4AZ")
    assert team.found("preview") == (1, {("gateways-kept", "azure-native:network:VirtualNetworkGateway: vpn")})
    team.pulumi(*tag, "hybrid-network:replace-gateways", "allowed").check()
    assert team.found("preview") == (0, set())
    team.change(protect="false")
    open_circuit = {("paths-protected", "azure-native:network:ExpressRouteCircuit: team")}
    assert team.found("preview") == (1, open_circuit), "the tag allows gateways and connections, no circuits"
    team.pulumi(*tag, "hybrid-network:unprotected", "allowed").check()
    assert team.found("up", "--yes", "--skip-preview") == (0, set())
