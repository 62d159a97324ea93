"""A change tried: a network deployed on the simulated Azure's core, a setting changed, the update planned and done."""

import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from components.rules import errors
from simulator.clock import InstantClock
from simulator.cloud import Cloud
from tests.consequences.cases import CASES, EVERYTHING, Case, network, put
from tests.consequences.plan import Plan, plan
from tests.consequences.update import Update, update
from tests.deploying import PlannedAzure, SimulatedAzure, deploy, provision, what_others_own
from tests.properties.networks import config_of
from tests.recording import Recording, record_program
from tests.stacks import KEY
from topology.reading import read


@dataclass
class Trial:
    """What a change led to: rules that refuse it, or a plan and what came of it."""

    case: Case
    rules: tuple[str, ...] = ()
    """Ids of the rules that stop the preview."""
    asked: bool = False
    """Whether the settings alone did not show it."""
    plan: Plan | None = None
    update: Update | None = None


@dataclass
class _Base:
    """A deployed network."""

    values: dict[str, Any]
    recording: Recording
    cloud: Path
    now: float


def trials(cases: Iterable[Case] = CASES, everything: Mapping[str, Any] = EVERYTHING) -> Iterator[Trial]:
    """Every case, tried on a copy of the network that it starts from: `dev` with `everything`, and the case's base."""
    with tempfile.TemporaryDirectory(prefix="hybrid-network-") as folder:
        bases: dict[str, _Base] = {}
        for case in cases:
            key = repr(sorted(case.base.items()))
            if key not in bases:
                bases[key] = _deployed(network(everything, case.base), Path(folder) / f"{len(bases)}.db")
            yield _trial(case, bases[key])


def _trial(case: Case, base: _Base) -> Trial:
    values = deepcopy(base.values)
    put(values, case.to)
    with _copy(base) as cloud:
        secrets = _secrets(values, cloud)
        for name, keys in case.keys.items():
            secrets[name] = {**secrets.get(name, {}), **keys}
        if stopping := errors(read(values, secrets)[1]):
            return Trial(case, tuple(dict.fromkeys(problem.rule for problem in stopping)))
        try:
            owned = [resource.urn for resource in base.recording.resources]
            after = record_program(config_of(values), secrets, azure=PlannedAzure(cloud), state=owned)
        except pulumi.RunError as error:
            return Trial(case, tuple(re.findall(r"\[([A-Z]+-\d+)\]", str(error))), asked=True)
        made = plan(base.recording, after, cloud)
        return Trial(case, plan=made, update=update(made, cloud))


def _deployed(values: dict[str, Any], path: Path) -> _Base:
    """Both phases of a network on a new cloud in a file. Raises AssertionError for what is refused."""
    cloud = Cloud(path, clock=InstantClock())
    secrets = _secrets(values, cloud)
    wrong = errors(read(values, secrets)[1])
    assert not wrong, wrong
    azure = SimulatedAzure(cloud)
    deploy(config_of(values), secrets, azure)
    provision(azure)
    recording = deploy(config_of(values), secrets, azure)
    assert not azure.refusals, azure.refusals
    now = cloud.clock.now()
    cloud.close()
    return _Base(values, recording, path, now)


def _secrets(values: dict[str, Any], cloud: Cloud) -> dict[str, dict[str, str]]:
    """A key for whatever needs one; what others own is made on the cloud, if it is not there yet."""
    return {
        "vpnSharedKeys": {site["name"]: KEY for site in values["vpn"]["sites"]},
        "circuitAuthorizationKeys": what_others_own(cloud, values),
        "peeringSharedKeys": {values["expressRoute"]["circuits"][0]["name"]: "OneKey1"},
    }


@contextmanager
def _copy(base: _Base) -> Iterator[Cloud]:
    with tempfile.NamedTemporaryFile(dir=base.cloud.parent, suffix=".db") as file:
        original, copy = sqlite3.connect(base.cloud), sqlite3.connect(file.name)
        original.backup(copy)
        original.close()
        copy.close()
        cloud = Cloud(file.name, clock=InstantClock(base.now))
        try:
            yield cloud
        finally:
            cloud.close()
