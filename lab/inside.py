"""`python -m lab.inside`: one part of a topology's run, inside the lab's own namespaces. `lab.__main__` starts it."""

import json
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

from components.rules.ipsec import DPD_SECONDS
from topology.proof.requirement import PROVED
from topology.reading import SettingsError, read_stack_file
from topology.settings.model import Settings

from .blueprint import Blueprint, blueprint
from .breakages import run_breakages
from .detection import AZURE_OBSERVED, AZURE_WITH_BFD, AZURE_WITHOUT_BFD, lose_circuits
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


def _steps(settings: Settings, key: str, found: Findings, say: Say) -> None:
    with _running(blueprint(settings, key), say) as world:
        negotiated(world, found)
        four_steps(world, Ends(world), Faults(world), found, say)


def _failures(settings: Settings, key: str, found: Findings, say: Say) -> None:
    with _running(blueprint(settings, key), say) as world:
        run_scenarios(world, Ends(world), Faults(world), found, say, scenarios(settings))


def _breakages(settings: Settings, key: str, found: Findings, say: Say) -> None:
    run_breakages(settings, key, found, say)


def _detection(settings: Settings, key: str, found: Findings, say: Say) -> None:
    with _running(blueprint(settings, key), say) as world:
        ends, faults = Ends(world), Faults(world)
        azure = f"{AZURE_WITH_BFD}; {AZURE_OBSERVED}"
        lose_circuits(world, ends, faults, found, say, "silent", RUNS, azure)
        lose_circuits(world, ends, faults, found, say, "linkDown", 1, azure)


def _hold_time(settings: Settings, key: str, found: Findings, say: Say) -> None:
    with _running(blueprint(settings, key, bfd=False), say) as world:
        ends, faults = Ends(world), Faults(world)
        lose_circuits(world, ends, faults, found, say, "linkDown", 1, AZURE_OBSERVED)
        lose_circuits(world, ends, faults, found, say, "silent", 1, AZURE_WITHOUT_BFD)


def _policy(settings: Settings, key: str, found: Findings, say: Say) -> None:
    one_field_changed(settings, key, found, say, list(CHANGED))


def _route_sets(settings: Settings, key: str, found: Findings, say: Say) -> None:
    with _running(blueprint(settings, key), say) as world:
        run_route_sets(world, Ends(world), found, say)


PARTS: dict[str, Callable[[Settings, str, Findings, Say], None]] = {
    "steps": _steps,
    "failures": _failures,
    "breakages": _breakages,
    "detection": _detection,
    "holdTime": _hold_time,
    "policy": _policy,
    "routeSets": _route_sets,
}


def _running(plan: Blueprint, say: Say) -> World:
    say("building")
    world = World(plan)
    try:
        world.build()
        await_sessions(world, frozenset())
    except BaseException:
        world.close()
        raise
    return world


def main() -> int:
    """Arguments: topology's name, its settings file, the part, and the file for what was found. 0: all passed."""
    name, settings_file, part, result_file = sys.argv[1:]
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {name}, {part}: {text}", flush=True)

    found = Findings(part, name)
    try:
        settle_in()
        PARTS[part](load(Path(settings_file)), secrets.token_hex(16), found, say)
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
