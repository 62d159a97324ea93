"""What a stack has, and what a run would do to it, in words that a test can compare."""

import json
from contextlib import closing
from typing import Any

from simulator.cloud import Cloud
from toolchain.workspace import Workspace


def short(urn: str) -> str:
    """A resource as "Type name": the last part of its type, and its logical name."""
    kind, name = urn.split("::")[-2:]
    return f"{kind.rsplit('$', 1)[-1].rsplit(':', 1)[-1]} {name}"


def steps(workspace: Workspace, *options: str) -> dict[str, set[str]]:
    """What `pulumi preview` would do: for each operation (create, update, delete, replace ..) the resources."""
    plan = json.loads(workspace.pulumi("preview", "--json", *options).check().stdout)
    found: dict[str, set[str]] = {}
    for step in plan.get("steps", []):
        if step["op"] != "same":
            found.setdefault(step["op"], set()).add(short(step["urn"]))
    return found


def owned(workspace: Workspace) -> set[str]:
    """The Azure resources in the stack's state, as "Type name"."""
    return {short(entry["urn"]) for entry in workspace.state() if entry["type"].startswith("azure-native:")}


def ids(workspace: Workspace) -> dict[str, str]:
    """The Azure ids of the stack's resources, by "Type name"."""
    return {
        short(entry["urn"]): entry["id"] for entry in workspace.state() if entry["type"].startswith("azure-native:")
    }


def calls(workspace: Workspace, *operations: str) -> list[dict[str, Any]]:
    """The calls that Azure was asked for and did (create, update, delete, lookup ..), in order."""
    with closing(Cloud(workspace.simulator.cloud)) as cloud:
        log = cloud.store.calls()
    return [call for call in log if call["operation"] in operations and call["outcome"] != "refused"]


def changes(workspace: Workspace) -> int:
    """How many changes Azure has been asked for so far; two equal numbers mean that nothing was changed between."""
    return len(calls(workspace, "create", "update", "delete"))
