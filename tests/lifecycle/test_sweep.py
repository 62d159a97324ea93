"""Every call to Azure fails once, in a deployment of both phases: nothing is lost.

Each pair of a call and a fault is tried on the core (the provider's client on a simulated Azure in memory), and all
pairs again with the real engine, many in one run, where `python -m operations recover` has to mend what does not
mend itself. With SWEEP=full (`make sweep`) the engine's runs leave nothing out.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator import show
from simulator.ids import SUBSCRIPTION, subscription_of
from tests.lifecycle import recovery_support as support
from tests.lifecycle.core_run import CoreRun, Wanted
from tests.lifecycle.recovery_support import Undisturbed
from toolchain.workspace import Workspace

Tell = Callable[[str, object], None]
"""pytest's record_property: what is told as "told" is printed when all tests are done."""

CIRCUIT = "erc-reference-primary"
GET = ("lookup", "check", "read")
LONG = ("bas-reference", "vgw-reference-er", "vgw-reference-vpn", "con-reference-er-primary")
"""What takes longer to make than a client tries again (ARM-07): an answer that is lost ends the run."""

REFUSALS: dict[str, dict[str, Any]] = {
    "429": {"error": {"status": 429, "code": "TooManyRequests"}},
    "409": {"error": {"status": 409, "code": "AnotherOperationInProgress"}},
    "500": {"error": {"status": 500, "code": "InternalServerError"}},
}
FAULTS: dict[str, dict[str, Any]] = {**REFUSALS, "lost": {"lost": True}, "timeout": {"delay_min": 200}}
"""Two hours are the longest that a resource waits: an answer after 200 minutes comes too late for all."""

ROUNDS = 14
"""Runs of `pulumi up` after which a disturbed stack counts as lost: more than the longest chain of resources."""

FULL = os.environ.get("SWEEP") == "full"


@dataclass(frozen=True)
class Call:
    """One call of the undisturbed run: the nth of its operation on this resource."""

    operation: str
    id: str
    nth: int

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[-1]

    def rule(self, fault: str) -> dict[str, Any]:
        """The rule that makes its first try fail."""
        which = {"operation": self.operation, "name": self.id, "attempt": 1, "nth": self.nth}
        return {"id": f"{self.operation} {self.id} {self.nth} {fault}", **which, **FAULTS[fault]}


def calls_of(log: list[dict[str, Any]]) -> list[Call]:
    """The calls of a log that made or asked something, first tries only."""
    count: Counter[tuple[str, str]] = Counter()
    found = []
    for entry in log:
        if entry["attempt"] == 1:
            key = (entry["operation"], entry["id"])
            count[key] += 1
            found.append(Call(*key, count[key]))
    return found


class TestCore:
    """Without an engine, in no time."""

    def test_every_call_may_fail_in_every_way(self, undisturbed: Undisturbed, record_property: Tell):
        plain = core(undisturbed)
        plain.whole()
        goal = outcome(plain)
        calls = calls_of(plain.cloud.store.calls())
        assert {call.operation for call in calls} == {*GET, "create"}
        ends: Counter[str] = Counter()
        lost = []
        for fault, group in groups(calls):
            run = core(undisturbed, *(call.rule(fault) for call in group))
            try:
                run.whole()
                for index, call in enumerate(group):
                    assert run.cloud.store.meta(f"fault fault {index}", 0) >= call.nth, f"{call} did not come"
                assert outcome(run) == goal, "the outcome is another"
            except AssertionError as error:
                lost.append(f"{fault} at {group}: {error}")
                continue
            ends["recovered" if run.recoveries else "again" if run.failures else "by itself"] += len(group)
        ways = f"{ends['by itself']} in one run, {ends['again']} with a second, {ends['recovered']} after adoption"
        pairs = f"{ends.total()} of {len(calls) * len(FAULTS)} pairs of a call and a fault"
        record_property("told", f"sweep of the core: {pairs} end well: {ways}")
        assert lost == []


def groups(calls: list[Call]) -> Iterator[tuple[str, list[Call]]]:
    """What fails in one run: several calls where a client tries again or waits, since they do not meet; else one."""
    for fault in FAULTS:
        patient = [call for call in calls if survived(call, fault)]
        yield from ((fault, patient[start::4]) for start in range(4))
        yield from ((fault, [call]) for call in calls if call not in patient)


def survived(call: Call, fault: str) -> bool:
    """Whether a client is thought to come through by itself."""
    late = fault == "timeout" and call.operation in ("lookup", "read")
    return fault in REFUSALS or late or (fault == "lost" and call.operation in GET)


def core(undisturbed: Undisturbed, *faults: dict[str, Any]) -> CoreRun:
    one, two = wanted(undisturbed.phase_one), wanted(undisturbed.phase_two)
    (circuit,) = [name for name in support.ids(undisturbed.phase_one) if name.endswith(CIRCUIT)]
    return CoreRun(one, [item for item in two if item not in one], circuit, list(faults))


def wanted(workspace: Workspace) -> list[Wanted]:
    """What the program wants, out of the state of its run."""
    if workspace.folder not in _WANTED:
        export = json.loads(workspace.pulumi("stack", "export", "--show-secrets").check().stdout)
        _WANTED[workspace.folder] = [
            Wanted(
                entry["type"],
                {
                    key: support.in_clear(value)
                    for key, value in entry["inputs"].items()
                    if key != "azureApiVersion" and not key.startswith("__")
                },
                float((entry.get("customTimeouts") or {}).get("create") or 0.0),
                subscription_of(entry["id"]) or SUBSCRIPTION,
            )
            for entry in export["deployment"]["resources"]
            if entry["type"].startswith("azure-native:")
        ]
    return _WANTED[workspace.folder]


_WANTED: dict[Path, list[Wanted]] = {}


def outcome(run: CoreRun) -> Any:
    """What exists at the end, in Azure and in the state."""
    views = [run.cloud.view(record) for record in run.cloud.store.find()]
    there = {view["id"].lower(): support.normal(show.masked(view)) for view in views}
    return there, sorted(run.state.items())


def made_and_gone(
    run: Callable[..., CoreRun], struck: Callable[[Call], bool], every: int, *, looked_up: bool = True
) -> str:
    """Fails calls of a stack that is made and destroyed, each once in each way: what is made, and what is left, is the
    same. run: makes a run with these faults. struck: whether a call is meant. every: of what is no creation one of so
    many; with SWEEP=full all. looked_up: whether the program asks Azure about what is meant. Answers what was tried, in
    words.
    """
    plain = run()
    plain.once()
    made = outcome(plain)
    plain.gone()
    left = outcome(plain)
    assert left[1] == []
    calls = [call for call in calls_of(plain.cloud.store.calls()) if struck(call)]
    asked = {*GET} - (set() if looked_up else {"lookup"})
    assert {call.operation for call in calls} == {*asked, "create", "delete"}
    pairs = 0
    others = [call for call in calls if call.operation != "create"]
    creations = [call for call in calls if call.operation == "create"]
    for fault, group in groups(calls if FULL else [*creations, *others[::every]]):
        disturbed = run(*(call.rule(fault) for call in group))
        disturbed.once()
        assert outcome(disturbed) == made, (fault, group)
        disturbed.gone()
        assert outcome(disturbed) == left, (fault, group)
        for index, call in enumerate(group):
            assert disturbed.cloud.store.meta(f"fault fault {index}", 0) >= call.nth, f"{call} did not come"
        pairs += len(group)
    return f"{pairs} pairs of a call and a fault end well, made and gone"


class TestEngine:
    """Many faults in one run, with the real engine and the real recovery."""

    def test_every_call_may_be_refused_three_times(
        self, undisturbed: Undisturbed, tmp_path: Path, record_property: Tell
    ):
        """With 429, then 409, then 500: a client has four tries, and the last one must do."""
        calls = engine_calls(undisturbed)
        rules = [
            {"operation": call.operation, "name": call.id, "attempt": attempt, "id": f"{call} {fault}", **FAULTS[fault]}
            for call in first_of(calls)
            for attempt, fault in enumerate(REFUSALS, 1)
        ]
        rounds = disturb(undisturbed, tmp_path, rules)
        assert rounds == 0, "azure-native tries again by itself"
        told(record_property, "429, 409 and 500", len(rules), "in one run")

    def test_every_answer_may_be_lost(self, undisturbed: Undisturbed, tmp_path: Path, record_property: Tell):
        calls = [call for call in engine_calls(undisturbed) if call.operation in GET or call.name not in LONG]
        rules = [call.rule("lost") for call in calls]
        rounds = disturb(undisturbed, tmp_path, rules)
        assert rounds == 0, "azure-native tries again by itself"
        told(record_property, "lost answer", len(rules), "in one run")

    def test_the_answer_to_a_long_creation_may_be_lost(
        self, undisturbed: Undisturbed, tmp_path: Path, record_property: Tell
    ):
        """azure-native then finds the operation of its own first try in the way, and gives up."""
        calls = [call for call in engine_calls(undisturbed) if call.operation == "create" and call.name in LONG]
        assert len(calls) == len(LONG)
        rounds = disturb(undisturbed, tmp_path, [call.rule("lost") for call in calls])
        assert rounds > 0, "these were thought to need a recovery"
        told(record_property, "lost answer to a long creation", len(calls), f"with {rounds} recoveries")

    def test_a_creation_may_time_out(self, undisturbed: Undisturbed, tmp_path: Path, record_property: Tell):
        creations = [call for call in engine_calls(undisturbed) if call.operation == "create"]
        calls = creations if FULL else [call for call in creations if call.name in (*LONG, CIRCUIT)]
        rounds = disturb(undisturbed, tmp_path, [call.rule("timeout") for call in calls])
        assert rounds > 0, "a timeout was thought to end the run"
        told(record_property, "timeout of a creation", len(calls), f"with {rounds} recoveries")

    @pytest.mark.skipif(not FULL, reason="takes minutes: make sweep")
    def test_a_question_may_be_answered_too_late(self, undisturbed: Undisturbed, tmp_path: Path, record_property: Tell):
        calls = [call for call in engine_calls(undisturbed) if call.operation in GET]
        rounds = disturb(undisturbed, tmp_path, [call.rule("timeout") for call in calls])
        told(record_property, "late answer to a question", len(calls), f"with {rounds} recoveries")


def engine_calls(undisturbed: Undisturbed) -> list[Call]:
    """Every call of the undisturbed runs of both phases."""
    log = json.loads(undisturbed.phase_two.simulated("calls", "--json"))["calls"]
    return calls_of(log)


def first_of(calls: list[Call]) -> list[Call]:
    """One call for each operation on a resource: a rule by attempt is for all of them."""
    return list({(call.operation, call.id): call for call in reversed(calls)}.values())


def disturb(undisturbed: Undisturbed, folder: Path, rules: list[dict[str, Any]]) -> int:
    """Both phases under these rules, compared with the undisturbed run; the answer is how many recoveries it took."""
    with undisturbed.empty.clone(folder / "run") as workspace:
        support.fault(workspace, *rules)
        rounds = phase(workspace)
        workspace.provision(CIRCUIT)
        rounds += phase(workspace)
        unstruck = [rule["id"] for rule in rules if not support.struck(workspace, rule)]
        assert unstruck == [], "these calls never came"
        support.fault(workspace)
        workspace.pulumi("preview", "--expect-no-changes").check()
        assert support.unlike(workspace, undisturbed.phase_two) == []
        assert support.files_with(workspace, support.secrets_of(workspace)) == []
    return rounds


def phase(workspace: Workspace) -> int:
    """`pulumi up`, and recovery and `up` again until it ends well."""
    for rounds in range(ROUNDS):
        if support.up(workspace).code == 0:
            return rounds
        assert support.recover(workspace).code in (0, 3)
    raise AssertionError(f"not up after {ROUNDS} runs: {support.up(workspace).text}")


def told(tell: Tell, what: str, pairs: int, how: str) -> None:
    tell("told", f"sweep with the engine, {what}: {pairs} of {pairs} pairs, {how}, nothing lost")
