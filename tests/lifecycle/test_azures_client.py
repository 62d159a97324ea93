"""One cloud, two ways to it: what Azure's own client sees, changes and makes over HTTP is what the stack has."""

import json
from contextlib import closing
from pathlib import Path

from appliance.outside import outside
from simulator.cloud import Cloud
from simulator.resources import kinds
from simulator.store import Json
from tests.clients.azure_side import Azure, names, served
from tests.lifecycle.conftest import CIRCUIT
from tests.lifecycle.recovery_support import files_with
from toolchain.workspace import Workspace
from topology.reading import read_stack_file

_QUICK_MS = 5.0


def needs_no_change(workspace: Workspace) -> None:
    workspace.pulumi("preview", "--refresh", "--expect-no-changes").check()


def empty(cloud: Cloud) -> None:
    """As new, but with its seed: who makes the same in the same order gets the same keys and addresses."""
    with cloud.store.transaction():
        for record in cloud.store.find():
            cloud.store.remove(record.key)
        for counter in ("born", "address"):
            cloud.store.set_meta(counter, 0)


def test_a_network_that_azures_client_makes_is_the_stacks(phase_two: Workspace, tmp_path: Path) -> None:
    """Every resource of both phases is read and sent back as it is, then all are made again from nothing: no change."""
    with (
        phase_two.clone(tmp_path / "clone", minute_ms=_QUICK_MS) as workspace,
        closing(Cloud(workspace.simulator.cloud)) as cloud,
        served(cloud) as endpoint,
    ):
        azure = Azure(endpoint)
        found: list[tuple[str, list[str], Json]] = []
        for record in cloud.store.find():
            kind = kinds()[record.token]
            path = record.id.split("/")
            if "providers" in path:
                values = dict(zip(("resourceGroupName", *kind.parameters), (path[4], *path[8::2]), strict=True))
                found.append((record.token, names(kind, values), {**values, "location": record.body.get("location")}))
        bodies = [azure.operations(kinds()[token]).get(*path) for token, path, _ in found]
        for (token, path, _), body in zip(found, bodies, strict=True):
            azure.operations(kinds()[token]).begin_create_or_update(*path, body).result()
        needs_no_change(workspace)

        groups = [record for record in cloud.store.find() if "/providers/" not in record.key]
        empty(cloud)
        for group in groups:
            azure.send("PUT", group.id, {"location": group.body["location"], "tags": group.body["tags"]})
        for (token, path, _), body in zip(found, bodies, strict=True):
            if token.endswith(":VirtualNetwork"):
                body.subnets = None  # they come after what they refer to, each by itself
            if getattr(body, "connection_type", "") == "ExpressRoute":
                workspace.provision(CIRCUIT)
            if getattr(body, "connection_type", "") == "IPsec":
                body.shared_key = next(iter(workspace.keys.values()))
            azure.operations(kinds()[token]).begin_create_or_update(*path, body).result()
        needs_no_change(workspace)


def test_a_live_stack_is_connected_and_shows_no_key(connected: Workspace, tmp_path: Path) -> None:
    """The outside is made of the stack's settings. Azure answers keys in clear; the stack tells them nobody."""
    settings, _ = read_stack_file(connected.settings_file)
    assert settings is not None
    file = tmp_path / "outside.json"
    file.write_text(json.dumps(outside(settings, connected.keys)))
    connected.simulated("provision", CIRCUIT, "--with-peering")  # its provider makes the peering
    connected.simulated("outside", str(file))
    file.unlink()
    with closing(Cloud(connected.simulator.cloud)) as cloud, served(cloud) as endpoint:
        client = Azure(endpoint).client
        connections = client.virtual_network_gateway_connections
        group = settings.resource_group_name
        found = {one.name: connections.get(group, one.name) for one in connections.list(group)}
        assert {one.connection_status for one in found.values()} == {"Connected"}
        [key] = connected.keys.values()
        assert [one.shared_key for one in found.values() if one.shared_key] == [key]
        learned = client.virtual_network_gateways.begin_get_learned_routes(group, "vgw-reference-er").result().value
        prefixes = {str(prefix) for prefix in settings.on_premises.prefixes}
        assert prefixes <= {route.network for route in learned if route.origin == "EBgp"}
    said = [
        connected.pulumi(*command).check()
        for command in (["refresh", "--yes", "--diff"], ["preview", "--diff"], ["stack", "output"], ["stack", "export"])
    ]
    states = [resource["outputs"].get("connectionStatus") for resource in connected.state() if resource.get("outputs")]
    assert {state for state in states if state} == {"Connected"}
    assert not [run.command for run in said if key in run.stdout + run.stderr]
    assert files_with(connected, [key]) == []
