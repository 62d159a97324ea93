"""Make the seeds of a release, in a checkout of it: `.venv/bin/python -m tests.upgrade.make` (half a minute).

They are written to tests/upgrade/seeds/VERSION, VERSION being that of pyproject.toml. A release's seeds are made once,
by the release itself: those that exist are only made again (`--again`) while it is not out. The same checkout makes the
same seeds again but for what follows from the order of calls that are made at once (public addresses, generated keys)
and the ids of the providers.
"""

import argparse
import os
import shutil
import sys
import tempfile
import tomllib
from contextlib import closing
from pathlib import Path

from simulator.store import Store
from tests.lifecycle import test_second_project as second
from tests.stacks import keys_for
from tests.upgrade.seeds import MAIN, SECOND, SEEDS, TEAM, Json, Seed, Stack, new_cloud, second_project, write
from toolchain.locate import PROJECT
from toolchain.workspace import Workspace

CLOUD_SEED = "5eed" * 8
"""What the cloud derives service keys and the like from: a constant, so they are no secrets."""

KEPT = {"dev": (2,), "reference": (1,)}
"""The phases of each stack that are kept: each stack once, each phase once. What an upgraded stack in phase 1
becomes when it is connected, its test shows. 0.1.0 has all four."""

OF_THIS_RUN = {"created", "modified", "sourcePosition", "stackTrace"}
"""What the engine keeps of when and where a resource was registered; an import does without."""

TEAM_FILES = {
    "Pulumi.yaml": second.PROJECT,
    f"Pulumi.{TEAM}.yaml": second.SETTINGS,
    "__main__.py": second.PROGRAM.replace("FRONTEND", "10.0.9.250"),
}


def make(version: str, root: Path) -> None:
    """Deploy every stack and save what that leaves."""
    release = Seed(version, "", 0, root).release
    (release / SECOND).mkdir(parents=True)
    for name, text in TEAM_FILES.items():
        (release / SECOND / name).write_text(text)
    for stack in MAIN:
        shutil.copy(PROJECT / f"Pulumi.{stack}.yaml", release)
        with tempfile.TemporaryDirectory(prefix="hybrid-network-") as folder:
            deploy(version, stack, root, Path(folder))


def deploy(version: str, stack: str, root: Path, folder: Path) -> None:
    """Deploy one stack of this project, and the second project with `reference`, up to the last phase that is kept."""
    new_cloud(folder / "cloud.db", {"seed": CLOUD_SEED})
    with Workspace.open(folder, stack=stack) as workspace:
        first = Stack(workspace, stack, workspace.project)
        for site, key in keys_for(workspace.settings()).items():
            first.secrets[f"vpnSharedKeys.{site}"] = key
            workspace.secret(f"vpnSharedKeys.{site}", key)
        stacks = [first]
        for phase in range(1, max(KEPT[stack]) + 1):
            if phase == 2:
                for circuit in workspace.outputs()["expressRoute"]["circuits"].values():
                    workspace.provision(circuit["id"])
            first.pulumi("up", "--yes", "--skip-preview").check()
            if stack == "reference":
                if phase == 1:
                    stacks.append(second_project(workspace, TEAM_FILES))
                stacks[1].pulumi("up", "--yes", "--skip-preview").check()
            if phase in KEPT[stack]:
                save(Seed(version, stack, phase, root), stacks)


def save(seed: Seed, stacks: list[Stack]) -> None:
    """Write the cloud and the states as they are now, and look for what must not be in them."""
    print(f"Saving {seed} ...", file=sys.stderr, flush=True)
    seed.folder.mkdir()
    with closing(Store(stacks[0].workspace.simulator.cloud)) as store:
        if under_way := store.open_operations():
            raise ValueError(f"{seed}: {len(under_way)} operations are still under way")
        # The clock begins anew where the seed is planted.
        meta = {name: store.meta(name) for name in ("seed", "born", "address")}
        write(seed.folder / "cloud.jsonl", {"meta": meta}, [vars(record) for record in store.find()])
    for stack in stacks:
        state = stack.export("--show-secrets")
        head = {"version": state["version"], "manifest": manifest(state), "secrets": stack.secrets}
        resources = [
            {key: value for key, value in entry.items() if key not in OF_THIS_RUN}
            for entry in state["deployment"]["resources"]
        ]
        write(seed.folder / f"{stack.name}.jsonl", head, resources)
    for path in seed.folder.iterdir():
        for mark in {str(PROJECT), str(Path.home()), str(stacks[0].workspace.folder), tempfile.gettempdir()}:
            if f"{mark}{os.sep}" in path.read_text():
                raise ValueError(f"{path}: has the path {mark} of this machine in it")


def manifest(state: Json) -> Json:
    """The engine's own line about a state, without when it was written."""
    return state["deployment"]["manifest"] | {"time": "2000-01-01T00:00:00Z"}


def main(arguments: list[str]) -> int:
    """Make the seeds of this checkout's version; 1 when they are there already."""
    parser = argparse.ArgumentParser("python -m tests.upgrade.make", description=__doc__)
    parser.add_argument("--to", type=Path, default=SEEDS, metavar="FOLDER", help="where to; by default beside the test")
    parser.add_argument("--again", action="store_true", help="make this version's seeds again: it is not released yet")
    options = parser.parse_args(arguments)
    root: Path = options.to.resolve()
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    if options.again:
        shutil.rmtree(root / version, ignore_errors=True)
    if (root / version).exists():
        print(f"{root / version}: the seeds of {version} are there already", file=sys.stderr)
        return 1
    make(version, root)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
