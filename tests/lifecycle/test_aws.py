"""A network with four tunnels to AWS (`examples/aws-four-tunnels.yaml`): it deploys, changes in place and goes away."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.lifecycle.core_run import CoreRun
from tests.lifecycle.observe import calls, ids, owned, steps
from tests.lifecycle.test_sweep import calls_of, groups, outcome, wanted
from tests.stacks import KEY, example_config
from toolchain.workspace import Workspace

UP = ("up", "--yes", "--skip-preview")
INSTANCES = {
    "aws-1-to-0": (0, "169.254.21.1", ["169.254.21.2", "169.254.21.6"]),
    "aws-2-to-0": (0, "169.254.22.1", ["169.254.22.2", "169.254.21.6"]),
    "aws-1-to-1": (1, "169.254.21.5", ["169.254.21.2", "169.254.21.6"]),
    "aws-2-to-1": (1, "169.254.22.5", ["169.254.21.2", "169.254.22.6"]),
}
"""Each tunnel's instance and peer, and the two addresses that Microsoft's tutorial has its connection name."""


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Deployed in both phases, unprotected. The tests follow each other on it."""
    with Workspace.open(tmp_path_factory.mktemp("aws"), stack="aws") as workspace:
        write(workspace, example_config("aws-four-tunnels"))
        workspace.change(protect=False)
        workspace.make_shared_keys()
        workspace.pulumi(*UP).check()
        workspace.provision("erc-aws-primary")
        workspace.pulumi(*UP).check()
        yield workspace


def write(workspace: Workspace, config: dict[str, Any]) -> None:
    """Put an example's settings into the stack's file, beside what the engine has written there."""
    file = workspace.settings_file
    document = yaml.safe_load(file.read_text()) if file.exists() else {}
    file.write_text(yaml.safe_dump({**(document or {}), "config": config}))


def of_kind(workspace: Workspace, kind: str) -> dict[str, dict[str, Any]]:
    """What Azure has of a type, by physical name."""
    found = [one for one in workspace.cloud()["resources"] if f"/{kind}/" in one["id"]]
    return {one["id"].rsplit("/", 1)[-1]: one for one in found}


def test_each_remote_tunnel_is_a_local_network_gateway_and_a_connection_that_names_its_own_address(aws: Workspace):
    gateway = of_kind(aws, "virtualNetworkGateways")["vgw-aws-vpn"]
    custom = [entry["customBgpIpAddresses"] for entry in gateway["bgpSettings"]["bgpPeeringAddresses"]]
    assert custom == [["169.254.21.2", "169.254.22.2"], ["169.254.21.6", "169.254.22.6"]]
    assert gateway["bgpSettings"]["asn"] == 65515
    sites, connections = of_kind(aws, "localNetworkGateways"), of_kind(aws, "connections")
    for name, (_, peer, addresses) in INSTANCES.items():
        site = sites[f"lgw-aws-{name}"]
        assert site["bgpSettings"]["bgpPeeringAddress"] == peer
        assert not site["localNetworkAddressSpace"].get("addressPrefixes")
        chosen = connections[f"con-aws-vpn-{name}"]["gatewayCustomBgpIpAddresses"]
        assert [entry["customBgpIpAddress"] for entry in chosen] == addresses
        ends = [entry["ipConfigurationId"].rsplit("/", 1)[-1] for entry in chosen]
        assert ends == ["instance0", "instance1"]
    aws.pulumi("preview", "--expect-no-changes").check()


def test_every_call_for_the_gateway_and_its_tunnels_may_fail_in_every_way(aws: Workspace):
    """On the core, as the sweep of the stack `reference`: the outcome is that of the undisturbed run."""
    everything = wanted(aws)
    later = [
        item
        for item in everything
        if item.token.endswith(":ExpressRouteCircuitPeering") or item.inputs.get("connectionType") == "ExpressRoute"
    ]
    circuit = ids(aws)["ExpressRouteCircuit primary"]

    def run(*faults: dict[str, Any]) -> CoreRun:
        return CoreRun([item for item in everything if item not in later], later, circuit, list(faults))

    plain = run()
    plain.whole()
    goal = outcome(plain)
    of_tunnels = [call for call in calls_of(plain.cloud.store.calls()) if "-aws-" in call.name and "-to-" in call.name]
    of_gateway = [call for call in calls_of(plain.cloud.store.calls()) if call.name == "vgw-aws-vpn"]
    assert len([call for call in of_tunnels if call.operation == "create"]) == 2 * len(INSTANCES)
    for fault, group in groups([*of_tunnels, *of_gateway]):
        disturbed = run(*(call.rule(fault) for call in group))
        disturbed.whole()
        assert outcome(disturbed) == goal, (fault, group)


def test_a_tunnels_key_and_a_prefix_change_in_place(aws: Workspace):
    before = ids(aws)
    aws.secret("vpnSharedKeys.aws-2-to-1", KEY)
    vpn = aws.settings()["hybrid-network:vpn"]
    for site in vpn["sites"][1:]:
        site["prefixes"].append("10.3.0.0/16")
    aws.change(vpn=vpn, onPremises={"prefixes": ["192.168.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]})
    plan = steps(aws)
    assert set(plan) <= {"update"}
    assert "VirtualNetworkGatewayConnection aws-2-to-1" in plan["update"]
    assert "VirtualNetworkGatewayConnection aws-1-to-1" not in plan["update"]
    aws.pulumi(*UP).check()
    assert ids(aws) == before
    aws.pulumi("preview", "--expect-no-changes").check()


def test_another_apipa_address_is_given_to_the_gateway_and_then_to_its_tunnel(aws: Workspace):
    before = ids(aws)
    vpn = aws.settings()["hybrid-network:vpn"]
    tunnel = next(site for site in vpn["sites"] if site["name"] == "aws-2-to-0")
    tunnel["bgp"] |= {"peerAddress": "169.254.22.9", "gatewayAddresses": ["169.254.22.10"]}
    aws.change(vpn=vpn)
    plan = steps(aws)
    assert set(plan) == {"update"}
    assert {"VirtualNetworkGateway vpn", "LocalNetworkGateway aws-2-to-0"} <= plan["update"]
    assert "VirtualNetworkGatewayConnection aws-1-to-0" not in plan["update"]
    aws.pulumi(*UP).check()
    assert ids(aws) == before
    aws.pulumi("preview", "--expect-no-changes").check()


def test_the_tutorials_asn_is_refused_with_the_reason_before_anything_changes(aws: Workspace):
    settings = aws.settings()
    try:
        vpn = aws.settings()["hybrid-network:vpn"]
        aws.change(vpn={**vpn, "gateway": {**vpn["gateway"], "asn": 65000}})
        run = aws.pulumi("preview")
        assert run.code != 0
        assert "vpn.gateway.asn: 65000, but beside an ExpressRoute gateway it must be 65515" in run.text
        assert "(in AWS the customer gateways) 65515 as Azure's [BGP-01]" in run.text
    finally:
        write(aws, settings)


def test_it_is_destroyed_connections_before_gateways_and_nothing_is_left(aws: Workspace):
    aws.deprovision("erc-aws-primary")
    aws.pulumi("destroy", "--yes", "--skip-preview").check()
    assert aws.cloud()["resources"] == []
    assert owned(aws) == set()
    deleted = [call["id"].rsplit("/", 1)[-1] for call in calls(aws, "delete")]
    for name in INSTANCES:
        connection = deleted.index(f"con-aws-vpn-{name}")
        assert connection < deleted.index(f"lgw-aws-{name}")
        assert connection < deleted.index("vgw-aws-vpn")
