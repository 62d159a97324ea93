"""The life of an example on the simulated Azure: its page's commands deploy it, then it is looked at and destroyed."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.commands import blocks
from tests.examples.picture import drawn
from toolchain.locate import PROJECT
from toolchain.workspace import Workspace

EXAMPLES = "examples"


@dataclass
class Example:
    """One example's project in a workspace, on the stack that it has settings for."""

    workspace: Workspace
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace, name: str, environment: Mapping[str, str] | None = None) -> "Example":
        """The example of this name, in a workspace where others may be deployed; nothing is run yet."""
        (settings,) = (workspace.project / EXAMPLES / name).glob("Pulumi.*.yaml")
        return cls(workspace.inside(f"{EXAMPLES}/{name}", settings.name.split(".")[1]), environment or {})

    def commands(self, block: int = 0, changes: Mapping[str, str] | None = None) -> None:
        """Run a block of commands of the example's page, in the project's folder as the page says; a later block
        where the first one has led. changes: what the page leaves open, and what it is here."""
        script = list(blocks(PROJECT / self.workspace.part / "README.md"))[block].text
        for left_open, here in (changes or {}).items():
            assert left_open in script
            script = script.replace(left_open, here)
        environment = {**self.workspace.environment, **self.environment, "PULUMI_SKIP_CONFIRMATIONS": "true"}
        folder = self.workspace.project if block else self.workspace.folder / "project"
        command = ["bash", "-euc", script]
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def pulumi(self, *arguments: str) -> str:
        return self.workspace.pulumi(*arguments, environment=self.environment).check().stdout

    def up(self) -> None:
        self.pulumi("up", "--yes", "--skip-preview")

    def nothing_changes(self) -> None:
        self.pulumi("preview", "--expect-no-changes")

    def destroy(self) -> None:
        """Protection is a setting; here it is taken away in the state alone."""
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

    def output(self, name: str) -> Any:
        return json.loads(self.pulumi("stack", "output", name, "--json"))

    def picture(self) -> None:
        """The example's picture is of what its stack makes."""
        compare(PROJECT / self.workspace.part / "network.svg", drawn(self.workspace.part, self.workspace.state()))


def compare(picture: Path, made: str) -> None:
    """A picture is kept as it is made; PICTURES=write makes it anew."""
    if os.environ.get("PICTURES") == "write":
        picture.write_text(made)
    assert picture.read_text() == made


def ids(workspace: Workspace) -> set[str]:
    """What the simulated Azure has."""
    return {resource["id"] for resource in workspace.cloud()["resources"]}


@contextmanager
def opened(folder: Path) -> Iterator[Workspace]:
    """A workspace for examples, in which nothing is deployed, and a simulated minute takes next to no time."""
    with Workspace.open(folder / "place", minute_ms=5) as workspace:
        yield workspace
