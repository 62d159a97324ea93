"""A brown field: network, both gateways and circuit are there already and stay what they are; only tiers, sites and
connections are this stack's."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from simulator import drift
from simulator.cloud import Cloud
from simulator.ids import SUBSCRIPTION
from tests.deploying import what_others_own
from tests.lifecycle import test_sweep as sweep
from tests.lifecycle.core_run import CoreRun
from tests.lifecycle.observe import calls, changes, owned, steps
from tests.lifecycle.recovery_support import fault, recover, up
from tests.stacks import stack_values
from toolchain.workspace import Workspace

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers/Microsoft.Network"
NETWORK, CIRCUIT = f"{GROUP}/virtualNetworks/vnet-theirs", f"{GROUP}/expressRouteCircuits/erc-theirs"
EXPRESS_ROUTE, VPN = (f"{GROUP}/virtualNetworkGateways/{name}" for name in ("vgw-theirs-er", "vgw-theirs-vpn"))
BRANCH = {"name": "branch", "publicIp": "203.0.113.20", "prefixes": ["172.20.0.0/16"]}


def values() -> dict[str, Any]:
    """The stack `dev` on what is there already."""
    values = stack_values("dev")
    values["network"]["existing"] = {"id": NETWORK, "gatewaySubnet": "adopt"}
    values["expressRoute"]["gateway"] = {"existing": {"id": EXPRESS_ROUTE}}
    values["expressRoute"]["circuits"] = [{"name": "primary", "existing": {"id": CIRCUIT}, "connect": "always"}]
    values["vpn"]["gateway"] = {"existing": {"id": VPN}}
    return values


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Nothing deployed yet, but for what others own."""
    with Workspace.open(tmp_path_factory.mktemp("brown-field"), stack="dev") as workspace:
        wanted = values()
        workspace.change(**{key: wanted[key] for key in ("network", "expressRoute", "vpn")})
        workspace.make_shared_keys()
        with closing(Cloud(workspace.simulator.cloud)) as cloud:
            (key,) = what_others_own(cloud, wanted).values()
        workspace.secret("circuitAuthorizationKeys.primary", key)
        yield workspace


@pytest.fixture(scope="module")
def deployed(field: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Deployed, after a preview. Not to be changed: clone it."""
    with field.clone(tmp_path_factory.mktemp("deployed")) as workspace:
        workspace.pulumi("preview").check()
        workspace.pulumi("up", "--yes").check()
        yield workspace


def theirs(workspace: Workspace) -> dict[str, Any]:
    """Each thing of others as the simulated Azure keeps it: its content, its state, and how often it was written."""
    with closing(Cloud(workspace.simulator.cloud)) as cloud:
        found = [record for record in cloud.store.find() if "/resourcegroups/theirs" in record.key]
    ours = "/subnets/snet-dev-", "/subnets/AzureBastionSubnet"
    return {
        record.id: (record.body, record.state, record.revision, record.digests)
        for record in found
        if not any(name in record.id for name in ours)
    }


def test_only_tiers_sites_and_connections_are_made_on_what_is_there(field: Workspace, deployed: Workspace) -> None:
    kinds = {name.split()[0] for name in owned(deployed)}
    assert not kinds & {"VirtualNetwork", "VirtualNetworkGateway", "ExpressRouteCircuit"}
    assert {"VirtualNetworkGatewayConnection expressroute-primary", "VirtualNetworkGatewayConnection hq"} <= owned(
        deployed
    )
    assert theirs(deployed) == theirs(field)
    outputs = deployed.outputs()
    assert outputs["virtualNetworkId"] == NETWORK
    assert outputs["expressRoute"]["gatewayId"] == EXPRESS_ROUTE
    assert outputs["vpnGateway"]["id"] == VPN
    assert outputs["vpnGateway"]["asn"] == 65515
    assert len(outputs["vpnGateway"]["publicIps"]) == len(outputs["vpnGateway"]["bgpPeerAddresses"]) == 2
    assert outputs["failover"]["192.168.0.0/16"] == "ExpressRoute, then VPN hq"
    deployed.pulumi("preview", "--expect-no-changes").check()
    deployed.pulumi("refresh", "--yes", "--skip-preview").check()
    deployed.pulumi("preview", "--expect-no-changes").check()


def test_it_changes_and_goes_and_what_others_own_stays_as_it_was(
    field: Workspace, deployed: Workspace, tmp_path: Path
) -> None:
    with deployed.clone(tmp_path / "changed") as workspace:
        settings = values()
        settings["vpn"]["sites"][0] |= {"prefixes": ["192.168.0.0/16", "172.20.0.0/16"], "dpdTimeoutSeconds": 30}
        settings["vpn"]["sites"].append({**BRANCH, "bgp": {"asn": 65020, "peerAddress": "172.20.0.1"}})
        settings["network"]["tiers"] = [
            *settings["network"]["tiers"][:1],
            {"name": "reports", "subnet": "10.20.7.0/24", "loadBalancer": {"frontendAddress": "10.20.7.9", "port": 80}},
        ]
        workspace.change(network=settings["network"], vpn=settings["vpn"])
        workspace.make_shared_keys()
        planned = steps(workspace)
        assert not any("Gateway " in name for name in planned.get("replace", set()))
        workspace.pulumi("up", "--yes", "--skip-preview").check()
        assert "LocalNetworkGateway branch" in owned(workspace)
        assert theirs(workspace) == theirs(field)
        workspace.pulumi("preview", "--expect-no-changes").check()
        # Their owner makes the gateway larger, which changes nothing here.
        with closing(Cloud(workspace.simulator.cloud)) as cloud:
            drift.change(cloud, EXPRESS_ROUTE, {"sku.name": "ErGwScale"})
        workspace.pulumi("preview", "--expect-no-changes").check()
        before = theirs(workspace)
        workspace.pulumi("destroy", "--yes", "--skip-preview").check()
        assert owned(workspace) == set()
        assert theirs(workspace) == before
        left = {resource["id"] for resource in workspace.cloud()["resources"]}
        assert {id for id in left if "/resourceGroups/theirs" not in id} == set()
        assert {id for id in left if "/subnets/" in id} == {f"{NETWORK}/subnets/GatewaySubnet"}


REFUSED = {
    "the network": (NETWORK, "the existing virtual network"),
    "its subnet": (f"{NETWORK}/subnets/GatewaySubnet", "the GatewaySubnet"),
    "a gateway": (VPN, "the existing gateway"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize(("status", "code"), [(403, "AuthorizationFailed"), (500, "InternalServerError")])
def test_a_question_that_is_refused_is_an_error_and_not_an_answer(
    deployed: Workspace, what: str, status: int, code: str
) -> None:
    id, words = REFUSED[what]
    before = changes(deployed)
    rule = {"id": "refused", "operation": "lookup", "name": id, "error": {"status": status, "code": code}}
    fault(deployed, rule)
    try:
        run = deployed.pulumi("up", "--yes", "--skip-preview")
    finally:
        fault(deployed)
    assert run.code != 0
    assert f"looking up {words}" in run.text
    assert "nothing is changed" in run.text
    assert code in run.text
    assert changes(deployed) == before


@pytest.mark.parametrize(("status", "code"), [(429, "TooManyRequests"), (409, "AnotherOperationInProgress")])
def test_every_question_about_what_is_there_may_fail_once(deployed: Workspace, status: int, code: str) -> None:
    asked = {call["id"] for call in calls(deployed, "lookup") if "/resourceGroups/theirs" in call["id"]}
    assert {NETWORK, f"{NETWORK}/subnets/GatewaySubnet", EXPRESS_ROUTE, VPN} <= asked
    once = {"operation": "lookup", "attempt": 1, "error": {"status": status, "code": code}}
    fault(deployed, *({"id": f"{id} {code}", "name": id, **once} for id in asked))
    try:
        deployed.pulumi("preview", "--expect-no-changes").check()
    finally:
        fault(deployed)


def test_a_connection_whose_answer_is_lost_is_found_again_on_a_gateway_that_is_there(
    field: Workspace, tmp_path: Path
) -> None:
    with field.clone(tmp_path / "lost") as workspace:
        connections = ("con-dev-er-primary", "con-dev-vpn-hq")
        fault(
            workspace,
            *(
                {"id": name, "operation": "create", "name": name, "attempt": 1, "delay_min": 200}
                for name in connections
            ),
        )
        assert up(workspace).code != 0
        fault(workspace)
        for _ in connections:
            assert recover(workspace).code == 0
            if up(workspace).code == 0:
                break
        workspace.pulumi("preview", "--expect-no-changes").check()
        assert theirs(workspace) == theirs(field)


def test_every_call_on_what_is_there_may_fail_in_every_way_until_it_is_made_and_gone(
    deployed: Workspace, record_property: sweep.Tell
) -> None:
    """On the core: what is made is the same, and of what others own nothing is lost."""
    everything = sweep.wanted(deployed)
    asked = [
        ("getVirtualNetwork", {"resourceGroupName": "theirs", "virtualNetworkName": "vnet-theirs"}),
        *(
            ("getVirtualNetworkGateway", {"resourceGroupName": "theirs", "virtualNetworkGatewayName": name})
            for name in ("vgw-theirs-er", "vgw-theirs-vpn")
        ),
    ]

    def there(cloud: Cloud) -> dict[str, Any]:
        (key,) = what_others_own(cloud, values()).values()
        return {"authorizationKey": key}

    def run(*faults: dict[str, Any]) -> CoreRun:
        return CoreRun(everything, [], CIRCUIT, list(faults), there, asked)

    def on_theirs(call: sweep.Call) -> bool:
        return "/theirs/" in call.id or "/connections/" in call.id

    record_property("told", f"sweep of the core on a brown field: {sweep.made_and_gone(run, on_theirs, every=6)}")


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (
            {VPN: {"activeActive": False, "enableBgp": False}, EXPRESS_ROUTE: {"provisioningState": "Failed"}},
            [
                "vpn.sites[0].bgp: the VPN gateway's BGP is off",
                "expressRoute.gateway.existing.id: vgw-theirs-er is Failed",
            ],
        ),
        (
            {
                NETWORK: {"location": "eastus", "addressSpace.addressPrefixes": ["10.20.0.0/16", "10.30.0.0/16"]},
                f"{NETWORK}/subnets/GatewaySubnet": {
                    "networkSecurityGroup": {"id": f"{GROUP}/networkSecurityGroups/n"}
                },
            },
            ["azure-native:location: westus2, but", "has 10.20.0.0/16, 10.30.0.0/16", "has network security group"],
        ),
    ],
    ids=["the gateways", "the network"],
)
def test_what_does_not_fit_is_told_all_at_once_and_nothing_is_made(
    field: Workspace, tmp_path: Path, change: dict[str, dict[str, Any]], sentences: list[str]
) -> None:
    with field.clone(tmp_path / "wrong") as workspace:
        with closing(Cloud(workspace.simulator.cloud)) as cloud:
            for id, wanted in change.items():
                drift.change(cloud, id, wanted)
        run = workspace.pulumi("up", "--yes", "--skip-preview")
        assert run.code != 0
        assert "do not fit what Azure has" in run.text
        assert [sentence for sentence in sentences if sentence not in run.text] == []
        assert "Traceback" not in run.text
        assert changes(workspace) == 0
