"""How long a preview takes: our program against a flat one, and against the number of sites."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import yaml

from tests.bench.flat import flat_program
from tests.bench.measure import Figure, Spent, growth, interleaved, median_of, ratio
from tests.bench.networks import with_sites
from tests.stacks import KEY, stack_config
from toolchain.workspace import Workspace

ROUNDS = 15
"""The ratio of one round differs by a tenth from the next one's, so it takes many to tell 1.17 from 1.2."""
ROUNDS_WITH_SITES = 5
LIMIT = 1.2
"""Ours against the flat program that only registers, in processor time. Ours registers its components too, which are a
third of all registrations with 40 sites. Against the usual flat program, which registers the old types too, the ratio
says more about those than about ours, and has no limit."""
OURS, USUAL, LEAN = "ours", "flat", "flat without old types"
MANY_SITES = 40
SITES = (1, 50, 100)
SITES_ROUNDS = 3
SITES_LIMIT = 1.2
"""What one more site costs beyond 50, ours against the flat program. It costs more than one of the first 50 in both:
the connections are made one after another [ORDER-04], and the SDK walks that chain at each registration."""
HOSTS = ("pulumi-language-python", "toolchain/language_host.py")
"""How the process that runs the program is called: the official host's, or this project's own."""


def against_flat() -> Iterator[Figure]:
    """The first preview of `reference` with the real engine on the simulated Azure, against the flat programs."""
    with Workspace.open(stack="reference") as workspace:
        workspace.make_shared_keys()
        programs = _programs(workspace, stack_config("reference"))
        taken = interleaved({name: partial(preview, workspace, at) for name, at in programs.items()}, ROUNDS)
        yield from _compared("preview", taken)
        for name, project in programs.items():
            yield Figure(f"peak memory of the program, {name}", _peak_memory(workspace, project), "MiB")


def against_flat_with_sites() -> Iterator[Figure]:
    """The same with many VPN sites, where the resources outweigh what every preview begins with."""
    with Workspace.open(stack="reference") as workspace:
        config = with_sites(MANY_SITES)
        _set_sites(workspace, config)
        programs = _programs(workspace, config)
        taken = interleaved({name: partial(preview, workspace, at) for name, at in programs.items()}, ROUNDS_WITH_SITES)
        yield from _compared(f"preview with {MANY_SITES} sites", taken)


def _compared(what: str, taken: dict[str, list[Spent]]) -> Iterator[Figure]:
    for name, runs in taken.items():
        middle = median_of(runs)
        yield Figure(f"{what}, {name}", middle.wall, "s")
        yield Figure(f"{what}, {name}, processor", middle.processor, "s")
    for name, limit in ((LEAN, LIMIT), (USUAL, None)):
        found = ratio(taken[OURS], taken[name])
        yield Figure(f"{what}, ours / {name}, processor", found.processor, "ratio", limit)
        yield Figure(f"{what}, ours / {name}", found.wall, "ratio")


def _programs(workspace: Workspace, config: Mapping[str, Any]) -> dict[str, Path]:
    """Our project and the flat ones, which register the same; AssertionError where they do not."""
    programs = {
        OURS: workspace.project,
        USUAL: _flat_project(workspace, config, old_types=True),
        LEAN: _flat_project(workspace, config, old_types=False),
    }
    plans = {name: _plan(workspace, project) for name, project in programs.items()}
    for name, plan in plans.items():
        if plan != plans[OURS]:
            raise AssertionError(f"{name!r} registers something else than ours: {_differing(plans, name)}")
    return programs


def _set_sites(workspace: Workspace, config: Mapping[str, Any]) -> None:
    """Makes a workspace's stack one of `with_sites`."""
    workspace.change(**{key: config[f"hybrid-network:{key}"] for key in ("onPremises", "vpn")})
    keys = [f"vpnSharedKeys.{site['name']}={KEY}" for site in config["hybrid-network:vpn"]["sites"]]
    workspace.pulumi("config", "set-all", "--path", *(part for key in keys for part in ("--secret", key))).check()


def against_sites() -> Iterator[Figure]:
    """The first preview of `reference` with more and more VPN sites, and what they cost the flat program."""
    works: dict[tuple[str, int], Callable[[], None]] = {}
    with ExitStack() as workspaces:
        for count in SITES:
            workspace = workspaces.enter_context(Workspace.open(stack="reference"))
            _set_sites(workspace, with_sites(count))
            works[OURS, count] = partial(preview, workspace, workspace.project)
            lean = _flat_project(workspace, with_sites(count), old_types=False)
            works[LEAN, count] = partial(preview, workspace, lean)
        taken = {which: median_of(runs).wall for which, runs in interleaved(works, SITES_ROUNDS).items()}
    yield from (Figure(f"preview, sites: {count}, {name}", value, "s") for (name, count), value in taken.items())

    def cost(name: str, fewer: int, more: int) -> tuple[float, float]:
        return more - fewer, taken[name, more] - taken[name, fewer]

    for name in (OURS, LEAN):
        one_more = growth(cost(name, 1, 50), cost(name, 50, 100))
        yield Figure(f"preview, one more site beyond 50 / up to 50, {name}", one_more, "ratio")
    against = growth(cost(LEAN, 50, 100), cost(OURS, 50, 100))
    yield Figure(f"preview, one more site beyond 50, {OURS} / {LEAN}", against, "ratio", SITES_LIMIT)


def preview(workspace: Workspace, project: Path, *options: str) -> None:
    """One preview; RunFailedError when it does not end well."""
    workspace.pulumi("preview", *options, project=project).check()


def _flat_project(workspace: Workspace, config: Mapping[str, Any], *, old_types: bool) -> Path:
    """A project beside ours with the flat program, with the same settings."""
    folder = workspace.folder / ("usual" if old_types else "lean")
    folder.mkdir()
    project = yaml.safe_load((workspace.project / "Pulumi.yaml").read_text())
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({key: project[key] for key in ("name", "runtime")}))
    (folder / "__main__.py").write_text(flat_program(config, old_types=old_types))
    (folder / workspace.settings_file.name).symlink_to(workspace.settings_file)
    (folder / ".venv").symlink_to(workspace.project / ".venv")
    return folder


def _plan(workspace: Workspace, project: Path) -> dict[str, Any]:
    """What a program would make in Azure: for each resource its inputs, what it waits for, and its options."""
    steps = json.loads(workspace.pulumi("preview", "--json", project=project).check().stdout)["steps"]
    states = [step["newState"] for step in steps if step["newState"]["type"].startswith("azure-native:")]
    return {
        _key(state["urn"]): {
            **{key: state.get(key) for key in ("inputs", "protect", "customTimeouts")},
            "dependencies": {_key(urn) for urn in state.get("dependencies", []) if "azure-native:" in _key(urn)},
        }
        for state in states
    }


def _key(urn: str) -> str:
    """Type and name, without the parents."""
    kind, name = urn.split("::")[-2:]
    return f"{kind.rsplit('$', 1)[-1]} {name}"


def _differing(plans: dict[str, dict[str, Any]], name: str) -> list[str]:
    ours, theirs = plans[OURS], plans[name]
    return sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))


def _peak_memory(workspace: Workspace, project: Path) -> float:
    """The most memory (MiB) that the process running the program ever had in a preview."""
    with _watched() as seen:
        preview(workspace, project)
    return max(seen) / 2**20


@contextmanager
def _watched() -> Iterator[list[int]]:
    """Collects the peak memory (bytes) of the language host among this process's descendants, while the block runs."""
    seen = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            seen.extend(_peak(child) for child in psutil.Process().children(recursive=True))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _peak(process: psutil.Process) -> int:
    """The high-water mark of a language host as Linux keeps it; elsewhere what it has now. 0 of any other process."""
    try:
        if not any(host in part for part in process.cmdline() for host in HOSTS):
            return 0
        status = Path(f"/proc/{process.pid}/status")
        if status.exists():
            peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
            return int(peak.split()[1]) * 1024
        return process.memory_info().rss
    except (psutil.Error, OSError, StopIteration):
        return 0
