"""One cloud, two ways to it: what Azure's own client sees, changes and makes over HTTP is what the stack has."""

from contextlib import closing
from pathlib import Path

from simulator.cloud import Cloud
from simulator.resources import kinds
from simulator.store import Json
from tests.clients.azure_side import Azure, names, served
from tests.lifecycle.conftest import CIRCUIT
from toolchain.workspace import Workspace

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
