"""What changes together changes in an order that Azure takes, and what it does not take just then is sent again."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.again import TRIES, WAIT_VARIABLE
from tests.lifecycle.observe import ids, owned
from tests.stacks import ROOT
from toolchain.workspace import Run, Workspace

UP = ("up", "--yes", "--skip-preview")
AT_ONCE = {WAIT_VARIABLE: "0.01"}
"""The simulator's minutes are short, and so are the waits."""
SLOW_MINUTE_MS = 1500
"""The short operations then last 150 ms: two that the engine starts one after the other are under way together."""
CODE = "ReferencedResourceNotProvisioned"


def calls(workspace: Workspace, **having: Any) -> list[dict[str, Any]]:
    """The calls to Azure with these values, in their order."""
    log = json.loads(workspace.simulated("calls", "--json"))["calls"]
    return [call for call in log if all(call[name] == value for name, value in having.items())]


def disturb(workspace: Workspace, *rules: dict[str, Any]) -> None:
    workspace.simulator.faults.write_text(json.dumps(rules))


def once_each(operation: str) -> dict[str, Any]:
    """The first such call of every resource is refused, as while something that it refers to is being changed."""
    return {"operation": operation, "nth": 1, "each": True, "error": {"status": 400, "code": CODE}}


OVERLAP = (
    {"operation": "update", "type": "NetworkSecurityGroup", "delay_min": 0.3},
    {"operation": "update", "type": "RouteTable", "delay_min": 0.3},
    {"operation": "read", "type": "VirtualNetwork", "delay_min": 0.1},
)
"""Without an order, a network's update would meet the others: it reads first what there is, and comes after them."""


def network_changed(workspace: Workspace, revision: int) -> None:
    """Another revision of everything that hangs on the network; from the second on, all of it is an update."""
    network = workspace.settings()["hybrid-network:network"]
    web, *others = network["tiers"]
    route = {"name": "elsewhere", "prefix": f"172.31.{revision}.0/24", "nextHopType": "None"}
    tiers = [web, others[0] if others else {"name": "data", "subnet": "10.0.2.0/24"}]
    for tier in tiers:
        tier["allow"] = [{"sources": ["onPremises"], "ports": [8000 + revision]}]
        tier["routes"] = [route]
        tier["internetOutbound"] = revision % 2 == 0
    network |= {
        "addressSpace": ["10.0.0.0/16", f"10.{revision}.0.0/16"],
        "dnsServers": [f"10.0.2.{revision + 10}"],
        "gatewaySubnetRoutes": [route],
        "tiers": tiers,
    }
    workspace.change(network=network)


def test_the_network_its_subnets_security_groups_and_routes_change_at_once(phase_two: Workspace, tmp_path: Path):
    with phase_two.clone(tmp_path / "slow", minute_ms=SLOW_MINUTE_MS) as workspace:
        network_changed(workspace, 1)
        workspace.pulumi(*UP).check()
        before = len(calls(workspace, operation="update"))
        disturb(workspace, *OVERLAP)
        network_changed(workspace, 2)
        workspace.pulumi(*UP).check()
        changed = [call["type"].rsplit(":", 1)[-1] for call in calls(workspace, operation="update")[before:]]
        assert {kind: changed.count(kind) for kind in sorted(set(changed))} == {
            "NetworkSecurityGroup": 2,
            "RouteTable": 3,
            "Subnet": 2,
            "VirtualNetwork": 1,
        }
        assert calls(workspace, outcome="refused", code=CODE) == []
        workspace.pulumi("preview", "--expect-no-changes").check()


def test_every_update_is_sent_again_when_azure_is_not_ready_for_it(connected: Workspace):
    before = ids(connected)
    disturb(connected, once_each("update"))
    network = connected.settings()["hybrid-network:network"]
    network |= {"dnsServers": ["10.0.1.4"]}
    network["tiers"][0] |= {"internetOutbound": True}
    connected.change(network=network, tags={"owner": "networks"})
    connected.pulumi(*UP, environment=AT_ONCE).check()
    refused = [call["id"] for call in calls(connected, operation="update", outcome="refused")]
    assert len(refused) == len(set(refused))
    kinds = {id.split("/")[-2] for id in refused}
    assert {
        "virtualNetworks",
        "subnets",
        "networkSecurityGroups",
        "loadBalancers",
        "virtualNetworkGateways",
        "localNetworkGateways",
        "connections",
        "publicIPAddresses",
        "expressRouteCircuits",
        "bastionHosts",
    } <= kinds
    assert ids(connected) == before
    connected.pulumi("preview", "--expect-no-changes").check()


def test_everything_is_made_though_azure_is_never_ready_the_first_time(tmp_path: Path):
    with Workspace.open(tmp_path / "new") as workspace:
        workspace.make_shared_keys()
        disturb(workspace, once_each("create"))
        workspace.pulumi(*UP, environment=AT_ONCE).check()
        refused = [call["id"] for call in calls(workspace, operation="create", outcome="refused")]
        assert len(refused) == len(set(refused)) == len(owned(workspace))


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        pytest.param({"error": {"status": 400, "code": CODE}}, TRIES, id="not ready for long"),
        pytest.param({"error": {"status": 400, "code": "InUsePrefixCannotBeDeleted"}}, 1, id="refused"),
        pytest.param({"error": {"status": 403, "code": "AuthorizationFailed"}}, 1, id="forbidden"),
    ],
)
def test_a_refusal_that_stays_ends_the_update_with_azures_own_words(
    connected: Workspace, rule: dict[str, Any], times: int
):
    disturb(connected, {"operation": "update", "type": "NetworkSecurityGroup", **rule})
    network = connected.settings()["hybrid-network:network"]
    network["tiers"][0] |= {"internetOutbound": True}
    connected.change(network=network)
    run = connected.pulumi(*UP, environment=AT_ONCE)
    assert run.code != 0
    assert f'Status={rule["error"]["status"]} Code="{rule["error"]["code"]}"' in run.stdout
    assert len(calls(connected, operation="update", outcome="refused")) == times


def test_a_create_that_failed_after_azure_took_it_is_left_to_the_next_update(unconnected: Workspace):
    disturb(unconnected, {"operation": "create", "type": "NetworkSecurityGroup", "nth": 1, "fail": {"code": CODE}})
    network = unconnected.settings()["hybrid-network:network"]
    network["tiers"].append({"name": "data", "subnet": "10.0.2.0/24"})
    unconnected.change(network=network)
    run = unconnected.pulumi(*UP, environment=AT_ONCE)
    assert run.code != 0
    assert CODE in run.stdout
    assert "NetworkSecurityGroup data" in owned(unconnected)
    unconnected.pulumi(*UP).check()
    unconnected.pulumi("preview", "--expect-no-changes").check()


TWO_HUBS = """\
import pulumi
from components import ApplicationTier, HubNetwork, Management, ResourceGroup

revision = pulumi.Config().require_int("revision")
for name, octet in (("east", 10), ("west", 20)):
    def route(prefix):
        return [{"name": "elsewhere", "prefix": prefix, "next_hop_type": "None"}]
    group = ResourceGroup(name, {"name": f"rg-{name}"}).resource_group_name
    hub = HubNetwork(name, {
        "resource_group_name": group,
        "address_prefixes": [f"10.{octet}.0.0/16", f"10.{octet + revision}.0.0/16"],
        "gateway_subnet_prefix": f"10.{octet}.255.0/26",
        "gateway_subnet_routes": route(f"172.31.{revision}.0/24"),
        "dns_servers": [f"10.{octet}.1.{revision + 10}"],
    })
    last = hub.last
    for number in (1, 2):
        tier = ApplicationTier(f"{name}-{number}", {
            "resource_group_name": group,
            "virtual_network_name": hub.virtual_network_name,
            "subnet_prefix": f"10.{octet}.{number}.0/24",
            "allow": [{"name": "web", "source_prefixes": ["192.168.0.0/16"], "ports": [str(8000 + revision)]}],
            "load_balancer": {"frontend_address": f"10.{octet}.{number}.250", "port": 80 + revision},
            "routes": route(f"172.31.{revision}.0/24"),
            "internet_outbound": revision % 2 == 0,
        }, pulumi.ResourceOptions(depends_on=[last]))
        last = tier.subnet
"""


@pytest.fixture(scope="module")
def two_hubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A project whose program makes two hubs, each with two tiers, on a slow Azure, and what updates it."""
    with Workspace.open(tmp_path_factory.mktemp("hubs"), minute_ms=SLOW_MINUTE_MS) as workspace:
        project = workspace.folder / "hubs"
        project.mkdir()
        runtime = {"name": "python", "options": {"virtualenv": ".venv"}}
        (project / "Pulumi.yaml").write_text(json.dumps({"name": "hubs", "runtime": runtime}))
        (project / "__main__.py").write_text(TWO_HUBS)
        (project / ".venv").symlink_to(sys.prefix)
        place = {"project": project, "stack": "hubs"}
        workspace.pulumi("stack", "init", "hubs", **place).check()
        workspace.pulumi("config", "set", "azure-native:location", "westus2", **place).check()

        def up(revision: int) -> Run:
            workspace.pulumi("config", "set", "revision", str(revision), **place).check()
            return workspace.pulumi(*UP, environment={"PYTHONPATH": str(ROOT)}, **place)

        yield workspace, up


def test_two_hubs_of_one_program_are_made_and_changed_in_order(two_hubs: Any):
    workspace, up = two_hubs
    up(1).check()
    disturb(workspace, *OVERLAP)
    up(2).check()
    assert len(calls(workspace, operation="update", outcome="done")) == 2 * 10
    assert calls(workspace, outcome="refused", code=CODE) == []
