"""Seeds: deployed stacks as a released version left them, for a later version to take over.

A seed is what one stack's users had at that release, in one phase (1: the circuit is ordered; 2: it is provisioned and
connected): the state of each of its stacks, and the simulated Azure that they were deployed to. They are made by
`.venv/bin/python -m tests.upgrade.make`, of each release those that say most (`KEPT` there):

    seeds/VERSION/Pulumi.STACK.yaml       the settings of that release
    seeds/VERSION/second/                 another team's project that stands on `reference`, with its stack `team`
    seeds/VERSION/STACK-PHASE/*.jsonl     the cloud, and the state of each stack

Version 0.1.0 is commit 8ccad58, with the engine 3.259.0. No seed has a real secret in it: the shared keys are the
tests' own, and what Azure would generate is derived from "5eed", repeated.

The cloud is kept as text, not as the simulator's database: it can be reviewed, and it does not tie the simulator to the
tables of that release. `plant_cloud` is all that a later simulator has to keep working. A file's first line is its
head, with the format's version and, for a state, the secret settings; each line after it is one resource.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from simulator.store import Record, Store
from toolchain.workspace import Run, Workspace

Json = dict[str, Any]

SEEDS = Path(__file__).parent / "seeds"
FORMAT = 1
"""The version of the files' format; a seed of another version is refused by `read`."""
MAIN = ("dev", "reference")
"""The stacks of this project that have seeds."""
SECOND, TEAM = "second", "team"
"""The other team's project, and its stack."""


@dataclass(frozen=True)
class Seed:
    """One seed: the release, the stack of this project and the phase it was in."""

    version: str
    stack: str
    phase: int
    root: Path = SEEDS

    def __str__(self) -> str:
        return f"{self.version}-{self.stack}-{self.phase}"

    @property
    def release(self) -> Path:
        """The folder of the release, with its settings."""
        return self.root / self.version

    @property
    def folder(self) -> Path:
        """The folder of the cloud and the states."""
        return self.release / f"{self.stack}-{self.phase}"

    @property
    def stacks(self) -> list[str]:
        """The stacks that were deployed to this cloud; the second comes after the one that it reads."""
        names = sorted(path.stem for path in self.folder.glob("*.jsonl"))
        return [self.stack, *(name for name in names if name not in (self.stack, "cloud"))]

    def ids(self, stack: str) -> set[str]:
        """The Azure ids in a stack's state."""
        return azure_ids(read(self.folder / f"{stack}.jsonl")[1])


@dataclass
class Stack:
    """One stack in a workspace, of this project or of the second one, and its secret settings."""

    workspace: Workspace
    name: str
    project: Path
    secrets: dict[str, str] = field(default_factory=dict)

    def pulumi(self, *arguments: str, stdin: str = "") -> Run:
        """Run the Pulumi CLI on this stack; `hybrid_network` is the workspace's own library."""
        library = {"PYTHONPATH": str(self.workspace.folder / "library")}
        return self.workspace.pulumi(
            *arguments, project=self.project, stack=self.name, stdin=stdin, environment=library
        )

    @property
    def settings_file(self) -> Path:
        return self.project / f"Pulumi.{self.name}.yaml"

    def export(self, *options: str) -> Json:
        """The stack's state, as the engine exports it."""
        return json.loads(self.pulumi("stack", "export", *options).check().stdout)

    def ids(self) -> set[str]:
        """The Azure ids in the state."""
        return azure_ids(self.export()["deployment"]["resources"])

    def import_state(self, seed: Seed) -> None:
        """Take over a seed's settings, secrets and state. The stack exists and is empty."""
        head, resources = read(seed.folder / f"{self.name}.jsonl")
        vault = {key: value for key, value in yaml.safe_load(self.settings_file.read_text()).items() if key != "config"}
        place = seed.release if self.name == seed.stack else seed.release / SECOND
        settings = (place / self.settings_file.name).read_text()
        self.settings_file.write_text(f"{settings}\n{yaml.safe_dump(vault)}")
        for key, value in head["secrets"].items():
            self.pulumi("config", "set", "--secret", "--path", key, stdin=value).check()
        # Secret outputs stand in clear in the seed; the engine encrypts them, and panics where it is not told how.
        provider = self.export()["deployment"]["secrets_providers"]
        deployment = {"manifest": head["manifest"], "secrets_providers": provider, "resources": resources}
        state = {"version": head["version"], "deployment": deployment}
        self.pulumi("stack", "import", stdin=json.dumps(state)).check()


@contextmanager
def planted(seed: Seed, folder: Path) -> Iterator[list[Stack]]:
    """A workspace in `folder` with today's program, whose stacks are in the seed's state and have its settings."""
    plant_cloud(seed.folder / "cloud.jsonl", folder / "cloud.db")
    with Workspace.open(folder, stack=seed.stack) as workspace:
        stacks = [Stack(workspace, seed.stack, workspace.project)]
        if TEAM in seed.stacks:
            files = {path.name: path.read_text() for path in (seed.release / SECOND).iterdir()}
            stacks.append(second_project(workspace, files))
        for stack in stacks:
            stack.import_state(seed)
        yield stacks


def second_project(workspace: Workspace, files: dict[str, str]) -> Stack:
    """The other team's project in a workspace, its stack empty.

    It uses the workspace's library through a link, which takes no time; that pip installs it is another test's matter.
    """
    project, library = workspace.folder / SECOND, workspace.folder / "library"
    project.mkdir()
    for name, text in files.items():
        (project / name).write_text(text)
    (project / ".venv").symlink_to(sys.prefix)
    library.mkdir()
    (library / "hybrid_network").symlink_to(workspace.project / "components")
    stack = Stack(workspace, TEAM, project)
    stack.pulumi("stack", "init", TEAM).check()
    return stack


def plant_cloud(source: Path, target: Path) -> None:
    """Make a simulated cloud in the file `target` as a seed has it; no operation is under way in it."""
    head, resources = read(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    new_cloud(target, head["meta"])
    with closing(Store(target)) as store, store.transaction():
        for resource in resources:
            store.save(Record(**resource))


def new_cloud(target: Path, meta: Json) -> None:
    """An empty cloud with these values; `seed` is what all that Azure generates is derived from."""
    with closing(Store(target)) as store, store.transaction():
        for key, value in meta.items():
            store.set_meta(key, value)


def azure_ids(resources: list[Json]) -> set[str]:
    """The ids of those resources of a state that are Azure's."""
    return {entry["id"] for entry in resources if entry["type"].startswith("azure-native:")}


def read(path: Path) -> tuple[Json, list[Json]]:
    """A file's head and its resources. Raises ValueError when its format is another one."""
    head, *resources = map(json.loads, path.read_text().splitlines())
    if head["format"] != FORMAT:
        raise ValueError(f"{path}: its format is {head['format']}, and {FORMAT} is the one that is read")
    return head, resources


def write(path: Path, head: Json, resources: list[Json]) -> None:
    """Write a file that `read` reads."""
    lines = [json.dumps(line, sort_keys=True) for line in ({"format": FORMAT, **head}, *resources)]
    path.write_text("\n".join(lines) + "\n")


def all_seeds(root: Path = SEEDS) -> list[Seed]:
    """Every seed there is, oldest release first."""
    found = [
        Seed(release.name, *_stack_and_phase(folder), root)
        for release in root.iterdir()
        for folder in release.glob("*-[12]")
    ]
    return sorted(found, key=lambda seed: ([int(part) for part in seed.version.split(".")], seed.stack, seed.phase))


def _stack_and_phase(folder: Path) -> tuple[str, int]:
    stack, _, phase = folder.name.rpartition("-")
    return stack, int(phase)
