"""Every call that a drill makes fails once, in every way: it ends with ExpressRoute back, and says so.

A call is one request on the way from Azure's client to Azure, a poll too. Of each method all of them fail in one drill,
and those that stop ExpressRoute or bring it back fail alone, each in a drill of its own; with SWEEP=full (`make sweep`)
those that only look do, too.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
import yaml

from operations.azure import LIMITS
from operations.drill import Drill
from operations.drill_outcome import Outcome
from operations.methods import METHODS, Method
from operations.permissions import needed
from simulator import front
from simulator.ids import parse
from tests.live_network import live_network
from tests.nearby import Effect, Line, Meddler, NearAzure, Request, lost, refused
from tests.stacks import PEERING_KEY, ROOT, stack_config
from tests.unit.operations.drilling import Trial, unwatched

FULL = os.environ.get("SWEEP") == "full"
Fault = Callable[[Line, Effect], requests.Response]


def broken(line: Line, effect: Effect) -> requests.Response:
    """Azure has done it, and nobody hears of it."""
    effect()
    raise lost()


def silent(line: Line, effect: Effect) -> requests.Response:
    """Azure has done it, and answers too late."""
    effect()
    line.clock.sleep(LIMITS["read_timeout"])
    raise requests.ReadTimeout("read timed out")


def unheard(line: Line, effect: Effect) -> requests.Response:
    """Azure has seen nothing of it."""
    line.clock.sleep(LIMITS["connection_timeout"])
    raise requests.ConnectTimeout("timed out")


FAULTS: dict[str, Fault] = {
    "429": lambda line, effect: refused(429, "TooManyRequests"),
    "409": lambda line, effect: refused(409, "AnotherOperationInProgress"),
    "500": lambda line, effect: refused(500, "InternalServerError"),
    "lost answer": broken,
    "timeout": silent,
    "timeout before Azure": unheard,
}


@pytest.fixture(scope="module", params=METHODS)
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A network that can be drilled by the method. Each test leaves it as it was."""
    method: Method = request.param
    file, config = ROOT / "lab/topologies/two-circuits.yaml", stack_config("dev")
    location, keys = "", {"peeringSharedKeys": {"primary": PEERING_KEY}}
    if method == "site":
        location, config, keys = "Amsterdam", yaml.safe_load(file.read_text())["config"], {}
    with live_network(config, secrets=keys) as network:
        record = tmp_path_factory.mktemp("drills") / "record.json"
        yield Trial(network, record, location=location, method=method)
        assert network.status().sound


@contextmanager
def meddling(trial: Trial, meddle: Meddler) -> Iterator[None]:
    """Let this happen to the calls."""
    trial.network.line.begin(meddle)
    try:
        yield
    finally:
        trial.network.line.begin()


def calls(trial: Trial, run: Callable[[], Outcome]) -> list[str]:
    """Those of an undisturbed drill."""
    found = list[str]()

    def noted(request: Request, effect: Effect) -> requests.Response:
        found.append(str(request))
        return effect()

    with meddling(trial, noted):
        assert run().passed
    return found


def check(trial: Trial, outcome: Outcome, where: str) -> None:
    """ExpressRoute is back, and the drill has said so."""
    assert outcome.passed, f"{where}: {outcome}"
    assert trial.there(), where
    assert not trial.record.exists(), where


@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_fails_once_and_the_drill_ends_restored(trial: Trial, fault: str) -> None:
    """Of each path the first request, and the third: that after the one which was made again."""
    failed = list[str]()

    def meddle(request: Request, effect: Effect) -> requests.Response:
        if request.nth not in (1, 3):
            return effect()
        failed.append(str(request))
        return FAULTS[fault](trial.network.line, effect)

    with meddling(trial, meddle):
        # So many fail in a row, and each thread that waits moves the time of all.
        outcome = trial.run(azure=NearAzure(trial.network.line, patience_s=100_000.0))
    assert len(failed) > 40
    check(trial, outcome, fault)
    assert trial.network.status().sound


def test_every_call_that_stops_expressroute_or_brings_it_back_fails_alone(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drill for each call and each fault. Nobody looks in these drills: what goes which way, other tests say."""
    plan = trial.drill().prepare(trial.wanted)
    monkeypatch.setattr(Drill, "_watch", unwatched)
    changing = calls(trial, lambda: trial.drill().run(plan))
    assert len(changing) >= 8
    for name in FAULTS:
        for call in changing if name != "timeout before Azure" or FULL else changing[::3]:
            alone(trial, call, name, lambda: trial.drill().run(plan))


@pytest.mark.skipif(not FULL, reason="takes minutes: make sweep")
@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_fails_alone(trial: Trial, fault: str) -> None:
    for call in calls(trial, trial.run):
        alone(trial, call, fault, trial.run)


def alone(trial: Trial, call: str, fault: str, run: Callable[[], Outcome]) -> None:
    """A drill in which one call fails."""
    struck = list[str]()

    def meddle(request: Request, effect: Effect) -> requests.Response:
        if str(request) != call or struck:
            return effect()
        struck.append(call)
        return FAULTS[fault](trial.network.line, effect)

    with meddling(trial, meddle):
        outcome = run()
    assert struck, call
    check(trial, outcome, f"{fault} at {call}")


def test_a_drill_asks_for_no_right_but_those_that_are_listed(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """And for all of them: but what a connection refers to, which no call names."""
    asked = set[str]()

    def noted(options: object, account: object, id: str, verb: str) -> None:
        found = parse(id)
        asked.add(f"{found.type if found else 'Microsoft.Network'}/{verb}".lower())

    monkeypatch.setattr(front, "check_rights", noted)
    assert trial.run().passed
    listed = {action.lower() for action in needed(f"drill {trial.method}")}
    assert asked <= listed | {"microsoft.resources/resourcegroups/read", "microsoft.network/read"}
    assert {one for one in listed - asked if not one.endswith("join/action")} <= ABSENT


ABSENT = {
    "microsoft.network/expressroutecircuits/authorizations/read",
    "microsoft.network/routetables/read",
    "microsoft.network/virtualnetworks/read",
    "microsoft.network/virtualnetworks/virtualnetworkpeerings/read",
}
"""What these networks have none of; and the authorizations, since the simulated Azure takes a list for its parent's."""
