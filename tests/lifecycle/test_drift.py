"""What others change behind the stack's back: a refresh finds it, and `up` mends it or says why it must not."""

import pytest

from tests.lifecycle import recovery_support as support
from tests.lifecycle.observe import calls, ids, steps
from toolchain.workspace import Run, Workspace

NETWORK = "VirtualNetwork hub"
BALANCER = "LoadBalancer web"
FIREWALL = "NetworkSecurityGroup web"
VPN_GATEWAY = "VirtualNetworkGateway vpn"
CIRCUIT = "ExpressRouteCircuit primary"
VPN_CONNECTION = "VirtualNetworkGatewayConnection onprem"
ER_CONNECTION = "VirtualNetworkGatewayConnection expressroute-primary"


def outside(workspace: Workspace, command: str, resource: str, *arguments: str) -> None:
    """Somebody else changes (`set`) or removes (`remove`) one of the stack's resources."""
    workspace.simulated(command, ids(workspace)[resource], *arguments)


def first_rule(workspace: Workspace) -> str:
    """The id of the first rule of the tier's network security group."""
    (firewall,) = [entry for entry in workspace.state() if entry["urn"].endswith(":NetworkSecurityGroup::web")]
    return f"{firewall['id']}/securityRules/{firewall['inputs']['securityRules'][0]['name']}"


def refresh(workspace: Workspace) -> Run:
    return workspace.pulumi("refresh", "--yes", "--skip-preview").check()


def test_changes_tags_and_removals_are_found_by_refresh_alone_and_mended_by_up(connected: Workspace):
    # What a refresh finds beside drift (the provider's own progress) is taken in first.
    refresh(connected)
    connected.pulumi("up", "--yes", "--skip-preview").check()
    before = support.normal_cloud(connected)
    outside(connected, "set", NETWORK, 'tags.owner="somebody"')
    outside(connected, "set", ER_CONNECTION, "routingWeight=7")
    outside(connected, "set", VPN_GATEWAY, 'sku.name="VpnGw2AZ"', 'sku.tier="VpnGw2AZ"')
    connected.simulated("set", first_rule(connected), "priority=777")
    outside(connected, "remove", BALANCER)
    outside(connected, "remove", VPN_CONNECTION)
    assert steps(connected) == {}, "without a refresh a preview compares with the state only"
    refresh(connected)
    assert steps(connected) == {
        "update": {NETWORK, ER_CONNECTION, VPN_GATEWAY, FIREWALL},
        "create": {BALANCER, VPN_CONNECTION},
    }
    connected.pulumi("up", "--yes", "--skip-preview").check()
    connected.pulumi("preview", "--expect-no-changes").check()
    assert support.differences(support.normal_cloud(connected), before) == []


def test_a_vpn_gateway_moved_to_another_generation_by_microsoft_is_not_replaced(connected: Workspace):
    """VPN-09."""
    outside(connected, "set", VPN_GATEWAY, 'vpnGatewayGeneration="Generation2"')
    refresh(connected)
    assert steps(connected) == {}
    run = connected.pulumi("up", "--yes", "--skip-preview").check()
    assert "[VPN-09]" in run.stdout + run.stderr
    outside(connected, "set", VPN_GATEWAY, 'vpnGatewayGeneration="Generation1"')
    refresh(connected)
    assert steps(connected) == {}


def test_a_circuit_grown_by_somebody_else_is_not_shrunk_and_the_preview_says_why(connected: Workspace):
    outside(connected, "set", CIRCUIT, "serviceProviderProperties.bandwidthInMbps=200")
    refresh(connected)
    for command in (["preview"], ["up", "--yes", "--skip-preview"]):
        run = connected.pulumi(*command)
        assert run.code != 0
        assert "bandwidthInMbps: 50 Mbps, but the circuit in Azure has 200" in run.text
        assert "[CIRCUIT-04]" in run.text
    assert calls(connected, "delete") == []
    assert calls(connected, "update") == []


def test_what_only_a_replacement_mends_is_refused_while_it_is_protected(connected: Workspace):
    outside(connected, "set", VPN_CONNECTION, 'connectionProtocol="IKEv1"')
    refresh(connected)
    run = connected.pulumi("up", "--yes", "--skip-preview")
    assert run.code != 0
    assert "marked for protection" in run.text
    assert calls(connected, "delete") == []


@pytest.mark.parametrize("way", ["refresh", "recover"])
def test_a_resource_that_azure_lost_leaves_the_state_and_is_made_again(unconnected: Workspace, way: str):
    outside(unconnected, "remove", BALANCER)
    if way == "refresh":
        refresh(unconnected)
    else:
        told = support.recover(unconnected).check().stdout
        assert "lost     LoadBalancer lbi-reference-web" in told
    assert steps(unconnected) == {"create": {BALANCER}}
    unconnected.pulumi("up", "--yes", "--skip-preview").check()
    unconnected.pulumi("preview", "--expect-no-changes").check()


def test_a_tag_that_a_policy_sets_stays_where_it_is_ignored(connected: Workspace):
    connected.change(ignoreTags=["created.by", "costCentre"])
    outside(connected, "set", NETWORK, 'tags.costCentre="42"', 'tags.other="7"')
    outside(connected, "set", BALANCER, 'tags.costCentre="42"')
    refresh(connected)
    assert steps(connected) == {"update": {NETWORK}}, "of the other tag, which is not ignored"
    connected.pulumi("up", "--yes", "--skip-preview").check()
    tags = {entry["type"].rsplit(":", 1)[-1]: entry.get("outputs", {}).get("tags") for entry in connected.state()}
    assert tags["VirtualNetwork"] == {"costCentre": "42"}
    assert tags["LoadBalancer"] == {"costCentre": "42"}
    connected.pulumi("preview", "--expect-no-changes").check()
