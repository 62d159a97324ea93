"""A hub with two spokes, one that is there already and one in another subscription: made, changed, taken down."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from simulator.cloud import Cloud
from simulator.ids import SUBSCRIPTION
from tests.lifecycle import recovery_support as support
from tests.lifecycle import test_sweep as sweep
from tests.lifecycle.core_run import CoreRun
from tests.lifecycle.observe import calls, ids, steps
from toolchain.workspace import Workspace

UP = ("up", "--yes", "--skip-preview")
ELSEWHERE = "22222222-2222-4222-8222-222222222222"
THEIRS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.Network/virtualNetworks/vnet-shop"
SPOKES = [
    {
        "name": "data",
        "addressSpace": ["10.1.0.0/16"],
        "subscription": ELSEWHERE,
        "tiers": [{"name": "db", "subnet": "10.1.1.0/24", "allow": [{"sources": ["onPremises"], "ports": [5432]}]}],
    },
    {"name": "shop", "addressSpace": ["10.2.0.0/16"], "existing": {"id": THEIRS}},
]
_GROUP = {"resourceGroupName": "rg-shop", "location": "westus"}
_SPACE = {"addressSpace": {"addressPrefixes": ["10.2.0.0/16"]}}
THEIR_NETWORK: list[tuple[str, dict[str, Any]]] = [
    ("resources:ResourceGroup", _GROUP),
    ("network:VirtualNetwork", {**_GROUP, "virtualNetworkName": "vnet-shop", **_SPACE}),
]
SIDES = ("data-hub", "data-spoke", "shop-hub", "shop-spoke")


def put(workspace: Workspace, kind: str, **inputs: Any) -> None:
    """Something that another team has in Azure."""
    with closing(Cloud(workspace.simulator.cloud)) as cloud:
        cloud.put(f"azure-native:{kind}", inputs)


def their_network(workspace: Workspace, *prefixes: str) -> None:
    put(workspace, "resources:ResourceGroup", resourceGroupName="rg-shop", location="westus")
    put(
        workspace,
        "network:VirtualNetwork",
        resourceGroupName="rg-shop",
        virtualNetworkName="vnet-shop",
        location="westus",
        addressSpace={"addressPrefixes": list(prefixes)},
    )


def spokes(workspace: Workspace, *wanted: dict[str, Any]) -> None:
    workspace.change(network={**workspace.settings()["hybrid-network:network"], "spokes": list(wanted)})


def sides(workspace: Workspace) -> dict[str, tuple[str, str]]:
    """Each side of a peering: its state and its sync level, as Azure shows them."""
    return {
        found["id"].rsplit("/", 1)[-1]: (found["peeringState"], found["peeringSyncLevel"])
        for found in workspace.cloud()["resources"]
        if "virtualNetworkPeerings" in found["id"]
    }


GOOD = {
    "peer-reference-hub-to-data": ("Connected", "FullyInSync"),
    "peer-reference-data-to-hub": ("Connected", "FullyInSync"),
    "peer-reference-hub-to-shop": ("Connected", "FullyInSync"),
    "peer-reference-shop-to-hub": ("Connected", "FullyInSync"),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Set up and not deployed. Not to be changed: clone it."""
    with Workspace.open(tmp_path_factory.mktemp("empty"), stack="reference") as workspace:
        workspace.make_shared_keys()
        their_network(workspace, "10.2.0.0/16")
        spokes(workspace, *SPOKES)
        workspace.change(protect=False)
        yield workspace


@pytest.fixture(scope="module")
def deployed(empty: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Deployed and unprotected. Not to be changed: clone it."""
    with empty.clone(tmp_path_factory.mktemp("deployed")) as workspace:
        workspace.pulumi(*UP).check()
        yield workspace


@pytest.fixture
def hub(deployed: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    with deployed.clone(tmp_path / "hub") as workspace:
        yield workspace


def test_two_spokes_are_peered_with_the_hub_and_stay_as_they_are(hub: Workspace):
    assert sides(hub) == GOOD
    found = {found["id"].rsplit("/", 1)[-1]: found for found in hub.cloud()["resources"]}
    assert found["vnet-reference-data"]["id"].split("/")[2] == ELSEWHERE
    assert found["snet-reference-data-db"]["id"].split("/")[4] == "rg-reference-data"
    assert found["peer-reference-hub-to-data"]["allowGatewayTransit"]
    assert found["peer-reference-data-to-hub"]["useRemoteGateways"]
    hub.pulumi("preview", "--expect-no-changes").check()
    hub.pulumi("refresh", "--yes", "--skip-preview").check()
    hub.pulumi("preview", "--expect-no-changes").check()


def test_an_address_space_that_grows_is_synced_in_place(hub: Workspace):
    before = ids(hub)
    data, shop = SPOKES
    their_network(hub, "10.2.0.0/16", "10.12.0.0/16")
    spokes(
        hub,
        {**data, "addressSpace": ["10.1.0.0/16", "10.11.0.0/16"]},
        {**shop, "addressSpace": ["10.2.0.0/16", "10.12.0.0/16"]},
    )
    plan = steps(hub)
    assert set(plan) == {"update"}
    assert {"VirtualNetwork data", "VirtualNetworkPeering data-hub", "VirtualNetworkPeering shop-hub"} <= plan["update"]
    hub.pulumi(*UP).check()
    assert sides(hub) == GOOD
    network = hub.settings()["hybrid-network:network"]
    hub.change(network={**network, "addressSpace": [*network["addressSpace"], "10.20.0.0/16"]})
    assert set(steps(hub)) == {"update"}
    hub.pulumi(*UP).check()
    assert sides(hub) == GOOD
    assert ids(hub) == before
    assert calls(hub, "delete") == []
    hub.pulumi("preview", "--expect-no-changes").check()


def test_a_gateway_that_is_replaced_takes_the_peerings_with_it(hub: Workspace):
    before = ids(hub)
    vpn = hub.settings()["hybrid-network:vpn"]
    hub.change(vpn={**vpn, "gateway": {"sku": "VpnGw4AZ"}})
    assert {"VirtualNetworkGateway vpn", *(f"VirtualNetworkPeering {side}" for side in SIDES)} <= steps(hub)["replace"]
    hub.pulumi(*UP).check()
    deleted = [call["id"].rsplit("/", 1)[-1] for call in calls(hub, "delete")]
    assert deleted[-1] == "vgw-reference-vpn"
    assert set(GOOD) <= set(deleted[:-1])
    assert ids(hub) == before
    assert sides(hub) == GOOD
    hub.pulumi("preview", "--expect-no-changes").check()


def test_one_sides_new_name_replaces_both(hub: Workspace):
    for key, name in (("spokePeerings", "to-hub"), ("hubPeerings", "to-data")):
        hub.change(names={key: {"data": name}})
        hub.pulumi(*UP).check()
        states = sides(hub)
        assert len(states) == 4
        assert name in states
        assert set(states.values()) == {("Connected", "FullyInSync")}


def test_a_spoke_leaves_alone_and_all_of_it_is_destroyed(hub: Workspace):
    spokes(hub, SPOKES[1])
    hub.pulumi(*UP).check()
    assert sides(hub) == {name: state for name, state in GOOD.items() if "shop" in name}
    spokes(hub, *SPOKES)
    hub.pulumi(*UP).check()
    assert sides(hub) == GOOD
    hub.pulumi("destroy", "--yes", "--skip-preview").check()
    assert {found["id"].rsplit("/", 1)[-1] for found in hub.cloud()["resources"]} <= {
        "rg-shop",
        "vnet-shop",
        "erc-reference-primary",
    }


FAULTS: dict[str, list[dict[str, Any]]] = {
    "refused": [
        {"attempt": 1, "error": {"status": 429, "code": "TooManyRequests"}},
        {"attempt": 2, "error": {"status": 409, "code": "AnotherOperationInProgress"}},
        {"attempt": 3, "error": {"status": 500, "code": "InternalServerError"}},
    ],
    "answer lost": [{"attempt": 1, "nth": 1, "lost": True}],
    "timed out": [{"attempt": 1, "nth": 1, "delay_min": 200}],
}
"""Each creation of what a spoke has fails so, all of them in one deployment."""


@pytest.mark.parametrize("fault", FAULTS)
def test_every_creation_of_a_spoke_may_fail_and_nothing_is_lost(
    empty: Workspace, deployed: Workspace, tmp_path: Path, fault: str
):
    made = [
        call["id"]
        for call in calls(deployed, "create")
        if "virtualNetworkPeerings" in call["id"] or ELSEWHERE in call["id"]
    ]
    assert len(made) == 8
    if fault == "timed out" and not sweep.FULL:
        # Each costs an update and a recovery of its own.
        made = list({id.rsplit("/", 2)[1]: id for id in reversed(made)}.values())
    with empty.clone(tmp_path / "disturbed", minute_ms=20) as workspace:
        rules = [
            {"operation": "create", "name": id, "id": f"{id} {number}", **rule}
            for id in made
            for number, rule in enumerate(FAULTS[fault])
        ]
        support.fault(workspace, *rules)
        for _ in range(2 * len(made)):
            if support.up(workspace).code == 0:
                break
            assert support.recover(workspace).code in (0, 3)
        assert [rule["id"] for rule in rules if not support.struck(workspace, rule)] == []
        support.fault(workspace)
        workspace.pulumi("preview", "--expect-no-changes").check()
        assert support.unlike(workspace, deployed) == []
        assert sides(workspace) == GOOD


def test_every_call_for_a_spoke_may_fail_in_every_way_until_it_is_made_and_gone(
    deployed: Workspace, record_property: sweep.Tell
):
    """On the core, as the sweep of the stack `reference`: what is made is the same, and nothing is left of it."""
    everything = sweep.wanted(deployed)
    circuit = ids(deployed)["ExpressRouteCircuit primary"]

    def theirs(cloud: Cloud) -> dict[str, Any]:
        for kind, inputs in THEIR_NETWORK:
            cloud.put(f"azure-native:{kind}", inputs)
        return {}

    def run(*faults: dict[str, Any]) -> CoreRun:
        asked = ("getVirtualNetwork", {"resourceGroupName": "rg-shop", "virtualNetworkName": "vnet-shop"})
        return CoreRun(everything, [], circuit, list(faults), theirs, [asked])

    def of_a_spoke(call: sweep.Call) -> bool:
        return any(part in call.id for part in ("virtualNetworkPeerings", ELSEWHERE, "/rg-shop/"))

    tried = sweep.made_and_gone(run, of_a_spoke, every=6)
    record_property("told", f"sweep of the core with two spokes: {tried}")


def test_what_the_state_lost_is_found_again_in_both_subscriptions(hub: Workspace):
    """A state without the spokes' things, as a killed run may leave it: nothing of them is made a second time."""
    document = json.loads(hub.pulumi("stack", "export").check().stdout)
    lost = ("Spoke", "HubPeering", "VirtualNetworkPeering")

    def kept(entry: dict[str, Any]) -> bool:
        kinds = entry["urn"].split("::")[2]
        return not any(kind in kinds for kind in lost) and not entry["urn"].endswith("data-db")

    resources = document["deployment"]["resources"]
    document["deployment"]["resources"] = [entry for entry in resources if kept(entry)]
    assert len(document["deployment"]["resources"]) == len(resources) - 12
    before = ids(hub)
    hub.pulumi("stack", "import", stdin=json.dumps(document)).check()
    told = support.recover(hub)
    assert told.code == 0, told.text
    assert told.stdout.count("adopted") == 7
    hub.pulumi(*UP).check()
    assert ids(hub) == before
    assert sides(hub) == GOOD
    hub.pulumi("preview", "--expect-no-changes").check()
