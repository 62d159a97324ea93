"""A live stack changes in place; what is replaced is replaced on purpose, and with all that hangs on it."""

from typing import Any

from tests.lifecycle.observe import calls, ids, steps
from toolchain.workspace import Workspace

UP = ("up", "--yes", "--skip-preview")


def changed(workspace: Workspace, key: str, **values: Any) -> None:
    """Change parts of one setting and keep the rest of it."""
    workspace.change(**{key: {**workspace.settings()[f"hybrid-network:{key}"], **values}})


def kept(workspace: Workspace, before: dict[str, str]) -> None:
    """Everything that was there is still there, under the same id, and nothing was deleted."""
    after = ids(workspace)
    assert {name: after.get(name) for name in before} == before
    assert calls(workspace, "delete") == []


def test_bandwidth_weight_tags_and_rules_change_in_place(connected: Workspace):
    before = ids(connected)
    express_route = connected.settings()["hybrid-network:expressRoute"]
    express_route["circuits"][0] |= {"bandwidthInMbps": 100, "routingWeight": 10}
    network = connected.settings()["hybrid-network:network"]
    network["tiers"][0]["allow"][0]["ports"] = [80, 443]
    connected.change(expressRoute=express_route, network=network, tags={"owner": "networks"})
    plan = steps(connected)
    assert set(plan) == {"update"}
    assert {
        "ExpressRouteCircuit primary",
        "VirtualNetworkGatewayConnection expressroute-primary",
        "VirtualNetwork hub",
        "NetworkSecurityGroup web",
    } <= plan["update"]
    connected.pulumi(*UP).check()
    kept(connected, before)
    connected.pulumi("preview", "--expect-no-changes").check()


def test_a_tier_and_a_site_are_added_to_a_live_stack_without_touching_the_rest(connected: Workspace):
    before = ids(connected)
    network = connected.settings()["hybrid-network:network"]
    network["tiers"].insert(
        0, {"name": "data", "subnet": "10.0.2.0/24", "allow": [{"sources": ["web"], "ports": [5432]}]}
    )
    vpn = connected.settings()["hybrid-network:vpn"]
    vpn["sites"].insert(0, {"name": "branch", "publicIp": "203.0.113.77", "prefixes": ["172.20.0.0/16"]})
    connected.change(network=network, vpn=vpn, onPremises={"prefixes": ["192.168.0.0/16", "172.20.0.0/16"]})
    connected.secret("vpnSharedKeys.branch", "0123456789abcdef0123456789abcdef")
    plan = steps(connected)
    assert set(plan) <= {"create", "update"}
    # The new site's prefixes are on-premises prefixes, which the web tier accepts.
    assert plan["update"] == {"ApplicationTier web", "NetworkSecurityGroup web"}
    assert {"Subnet data", "NetworkSecurityGroup data", "VirtualNetworkGatewayConnection branch"} <= plan["create"]
    connected.pulumi(*UP).check()
    kept(connected, before)
    connected.pulumi("preview", "--expect-no-changes").check()


def test_a_protected_gateway_is_not_replaced(connected: Workspace):
    before = ids(connected)
    changed(connected, "vpn", gateway={"sku": "VpnGw2AZ"})
    run = connected.pulumi(*UP)
    assert run.code != 0
    assert "as it is currently marked for protection" in run.stdout
    kept(connected, before)


def test_a_gateway_that_is_replaced_on_purpose_takes_its_connections_with_it(connected: Workspace):
    connected.change(protect=False)
    connected.pulumi(*UP).check()
    before = ids(connected)
    # Generation1 has no VpnGw4AZ, and a generation is for life: Azure needs a new gateway.
    changed(connected, "vpn", gateway={"sku": "VpnGw4AZ"})
    replaced = {"VirtualNetworkGateway vpn", "VirtualNetworkGatewayConnection onprem"}
    assert replaced <= steps(connected)["replace"]
    connected.pulumi(*UP).check()
    deleted = [call["id"].rsplit("/", 1)[-1] for call in calls(connected, "delete")]
    assert deleted == ["con-reference-vpn-onprem", "vgw-reference-vpn"]
    assert ids(connected) == before
    connected.pulumi("preview", "--expect-no-changes").check()
