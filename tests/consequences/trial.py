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
from pulumi.runtime import mocks

from components.rules import errors
from simulator.clock import InstantClock
from simulator.cloud import Cloud
from simulator.errors import AzureError
from tests.consequences.cases import CASES, EVERYTHING, Case, network, put
from tests.consequences.plan import Plan, plan
from tests.consequences.update import Update, update
from tests.deploying import SimulatedAzure, deploy, provision, what_others_own, wire
from tests.properties.networks import config_of
from tests.recording import LookupFailed, Recording, record_program
from tests.stacks import KEY
from topology.reading import read


@dataclass
class Trial:
    """What a change led to: rules that refuse it, or a plan and what came of it."""

    case: Case
    rules: tuple[str, ...] = ()
    """Ids of the rules that stop the preview."""
    plan: Plan | None = None
    update: Update | None = None


@dataclass
class _Base:
    """A deployed network."""

    values: dict[str, Any]
    recording: Recording
    cloud: Path
    now: float


class _Foretold(mocks.Mocks):
    """Answers as in a preview: with what Azure has of a resource, or with its inputs."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def call(self, args: mocks.MockCallArgs) -> Any:
        try:
            return self._cloud.invoke(args.token, dict(args.args))
        except AzureError as error:
            raise LookupFailed(str(error)) from None

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if not args.custom:
            return "", args.inputs
        inputs = wire(args.inputs)
        id = self._cloud.id_of(args.typ, inputs)
        try:
            return id, {**self._cloud.get(id), **inputs}
        except AzureError:
            return id, {**inputs, "name": id.rsplit("/", 1)[-1]}


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
            after = record_program(config_of(values), secrets, azure=_Foretold(cloud))
        except pulumi.RunError as error:
            return Trial(case, tuple(re.findall(r"\[([A-Z]+-\d+)\]", str(error))))
        made = plan(base.recording, after, cloud)
        return Trial(case, (), made, update(made, cloud))


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
    """A key for whatever needs one; what others own and is not on the cloud yet is made there."""
    circuits = values["expressRoute"]["circuits"]
    theirs = {circuit["name"]: circuit["existing"]["id"] for circuit in circuits if "existing" in circuit}
    keys = {
        name: cloud.get(f"{id}/authorizations/for-us")["authorizationKey"]
        for name, id in theirs.items()
        if _is_there(cloud, id)
    }
    missing = {"location": values["location"], "network": dict(values["network"])}
    if (existing := missing["network"].get("existing")) and _is_there(cloud, existing["id"]):
        del missing["network"]["existing"]
    owned = ((circuit, circuit.get("existing") or circuit.get("port")) for circuit in circuits)
    missing["expressRoute"] = {"circuits": [c for c, part in owned if part and not _is_there(cloud, part["id"])]}
    return {
        "vpnSharedKeys": {site["name"]: KEY for site in values["vpn"]["sites"]},
        "circuitAuthorizationKeys": keys | what_others_own(cloud, missing),
        "peeringSharedKeys": {circuits[0]["name"]: "OneKey1"},
    }


def _is_there(cloud: Cloud, id: str) -> bool:
    return cloud.store.get(id) is not None


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
