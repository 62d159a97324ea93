"""The life of an example on the simulated Azure: it is deployed, deployed again without a change, and destroyed."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolchain.workspace import Workspace

EXAMPLES = "examples"


@dataclass
class Example:
    """One example's project in a workspace: its folder in `examples`, and the stack that it has settings for."""

    workspace: Workspace
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def beside(cls, workspace: Workspace, name: str, environment: Mapping[str, str] | None = None) -> "Example":
        """The example of this name, in a workspace where others may be deployed."""
        folder = workspace.folder / "project" / EXAMPLES / name
        (settings,) = folder.glob("Pulumi.*.yaml")
        return cls(workspace.beside(f"{EXAMPLES}/{name}", settings.name.split(".")[1]), environment or {})

    def pulumi(self, *arguments: str) -> str:
        return self.workspace.pulumi(*arguments, environment=self.environment).check().stdout

    def up(self) -> None:
        self.pulumi("up", "--yes", "--skip-preview")

    def nothing_changes(self) -> None:
        self.pulumi("preview", "--expect-no-changes")

    def destroy(self) -> None:
        """What is protected is so by a setting; here it is taken away in the state alone."""
        self.pulumi("state", "unprotect", "--all", "--yes")
        self.pulumi("destroy", "--yes", "--skip-preview")

    def circuits(self) -> list[dict[str, Any]]:
        """The circuits of the settings."""
        return self.workspace.settings()["hybrid-network:expressRoute"]["circuits"]

    def provision(self, *, back: bool = False) -> None:
        """The connectivity providers provision the circuits that the stack has ordered; back: they take them away."""
        name = self.workspace.settings()["hybrid-network:name"]
        for circuit in self.circuits():
            if "provider" in circuit:
                self.workspace.simulated("deprovision" if back else "provision", f"erc-{name}-{circuit['name']}")

    def output(self, name: str) -> object:
        return json.loads(self.pulumi("stack", "output", name, "--json"))


def ids(workspace: Workspace) -> set[str]:
    """What the simulated Azure has."""
    return {resource["id"] for resource in workspace.cloud()["resources"]}


@contextmanager
def opened(folder: Path) -> Iterator[Workspace]:
    """A workspace for examples, in which nothing is deployed; a simulated minute takes no time."""
    with Workspace.open(folder / "place", minute_ms=5) as workspace:
        yield workspace
