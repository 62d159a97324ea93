"""`python -m lab.inside`: one part of a topology's run, inside the lab's own namespaces. `lab.__main__` starts it."""

import json
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from components.rules.ipsec import DPD_SECONDS
from topology.proof.requirement import PROVED
from topology.reading import SettingsError, read_stack_file
from topology.settings.model import Settings

from .blueprint import blueprint
from .breakages import run_breakages
from .building import build
from .detection import AZURE_OBSERVED, AZURE_WITH_BFD, AZURE_WITHOUT_BFD, lose_circuits
from .devices import lost_links, session_keys, shared_routes
from .faults import Faults
from .findings import Findings
from .isolation import settle_in
from .machine import LabError
from .policy import CHANGED, negotiated, one_field_changed
from .route_sets import run_route_sets
from .scenarios import run_scenarios, scenarios
from .sessions import await_sessions
from .steps import Say, four_steps
from .stream import Ends
from .world import World

SHORTEST_DPD_SECONDS, _ = DPD_SECONDS
"""A dead tunnel's loss is only waited for, so briefly."""
RUNS = 5
"""How often the loss of the circuit is measured with BFD."""


def load(path: Path) -> Settings:
    """Settings of a file, with the shortest dead peer timeout. Raises LabError with the file's problems."""
    try:
        settings, problems = read_stack_file(path)
    except SettingsError as error:
        raise LabError(str(error)) from None
    # What the failover lacks is the lab's to show, and no reason to refuse.
    errors = [str(problem) for problem in problems if problem.severity == "error" and problem.rule not in PROVED]
    if settings is None or errors:
        raise LabError("\n".join(errors))
    sites = [site.model_copy(update={"dpd_timeout_seconds": SHORTEST_DPD_SECONDS}) for site in settings.vpn.sites]
    return settings.model_copy(update={"vpn": settings.vpn.model_copy(update={"sites": sites})})


@dataclass(frozen=True)
class Task:
    """What a part of a run works on. bird: on BIRD run Microsoft's edges and the ExpressRoute gateway."""

    settings: Settings
    key: str
    found: Findings
    say: Say
    bird: bool = False

    def running(self, bfd: bool = True) -> World:
        """A world that runs. bfd: whether Microsoft's edges speak it."""
        self.say("building")
        world = World(blueprint(self.settings, self.key, bfd, self.bird))
        try:
            build(world)
            await_sessions(world, frozenset())
        except BaseException:
            world.close()
            raise
        return world


def _steps(task: Task) -> None:
    with task.running() as world:
        negotiated(world, task.found)
        four_steps(world, Ends(world), Faults(world), task.found, task.say)


def _failures(task: Task) -> None:
    with task.running() as world:
        run_scenarios(world, Ends(world), Faults(world), task.found, task.say, scenarios(task.settings))


def _breakages(task: Task) -> None:
    run_breakages(task.settings, task.key, task.found, task.say)


def _detection(task: Task) -> None:
    with task.running() as world:
        ends, faults = Ends(world), Faults(world)
        azure = f"{AZURE_WITH_BFD}; {AZURE_OBSERVED}"
        lose_circuits(world, ends, faults, task.found, task.say, "silent", RUNS, azure)
        lose_circuits(world, ends, faults, task.found, task.say, "linkDown", 1, azure)


def _hold_time(task: Task) -> None:
    with task.running(bfd=False) as world:
        ends, faults = Ends(world), Faults(world)
        lose_circuits(world, ends, faults, task.found, task.say, "linkDown", 1, AZURE_OBSERVED)
        lose_circuits(world, ends, faults, task.found, task.say, "silent", 1, AZURE_WITHOUT_BFD)


def _policy(task: Task) -> None:
    one_field_changed(task.settings, task.key, task.found, task.say, list(CHANGED))


def _route_sets(task: Task) -> None:
    with task.running() as world:
        run_route_sets(world, Ends(world), task.found, task.say)


def _devices(task: Task) -> None:
    with task.running() as world:
        shared_routes(world, task.found)
        lost_links(world, Ends(world), Faults(world), task.found, task.say)
        session_keys(world, task.found)


PARTS: dict[str, Callable[[Task], None]] = {
    "steps": _steps,
    "failures": _failures,
    "breakages": _breakages,
    "detection": _detection,
    "holdTime": _hold_time,
    "policy": _policy,
    "routeSets": _route_sets,
    "devices": _devices,
}


def main() -> int:
    """Arguments: a name, its settings file, the part, `frr` or `bird`, and the file for what was found. 0: passed."""
    name, settings_file, part, routers, result_file = sys.argv[1:]
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {name}, {part}: {text}", flush=True)

    found = Findings(part, name)
    try:
        settle_in()
        PARTS[part](Task(load(Path(settings_file)), secrets.token_hex(16), found, say, routers == "bird"))
    except LabError as error:
        found.check("the lab works", False, str(error))
    except KeyboardInterrupt:
        say("interrupted; everything is taken down")
        return 130
    found.data["seconds"] = round(time.monotonic() - started, 1)
    Path(result_file).write_text(json.dumps(found.as_json()))
    failed = [check for check in found.checks if not check.passed]
    for check in failed:
        say(f"FAILED: {check.name}: {check.detail}")
    say("passed" if not failed else f"{len(failed)} checks failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
