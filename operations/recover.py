"""Recovery of a stack after a run that was killed, timed out or lost its way; see `python -m operations recover`."""

import json
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.adoption import Candidate, adopt, as_given, unread
from operations.condition import Condition, condition, send_again
from operations.differences import differences
from operations.given import Given
from operations.search import Search, azure_resources, short
from operations.stack import Stack
from operations.stack_lock import LockedError
from operations.telling import say

Json = dict[str, Any]

QUIET_SECONDS = 60.0
"""Longest silence while waiting."""


class Recovery:
    """One recovery of one stack.

    `keep` is the folder for the state as it was, `patience_minutes` how long to wait for what Azure is still making,
    `pause_seconds` the time between two looks at it. `owner_is_gone`: free a lock even where its owner cannot be seen.
    """

    def __init__(
        self,
        stack: Stack,
        *,
        keep: Path,
        patience_minutes: float,
        pause_seconds: float,
        owner_is_gone: bool = False,
        tell: Callable[[str], None] = say,
    ) -> None:
        self.stack = stack
        self.keep = keep
        self.patience_s = patience_minutes * 60.0
        self.pause_s = pause_seconds
        self.owner_is_gone = owner_is_gone
        self.tell = tell
        self._kept: Path | None = None
        self._search = Search(stack, self._keep, tell)

    def run(self) -> bool:
        """Recover. The answer is whether something is left that needs a person: Failed, or still being made.

        Raises `stack_lock.LockedError`, `stack.PulumiError` and `stack.UnreadableStateError`.
        """
        self.tell(f"Recovering stack {self.stack.name}; Azure is only read.")
        self._free_lock(dry=False)
        before = self.stack.export()
        self._tell_pending(before)
        after = self._adopt_what_exists(before)
        self._tell_lost(before, after)
        open_matters = self._tell_conditions(self._wait(after))
        if self._kept:
            self.tell(f"The state as it was is kept in {self._kept} (secrets encrypted).")
        if not azure_resources(before) and azure_resources(after):
            self._tell_differences()
        self.tell("Next: pulumi up." if not open_matters else "Then: pulumi up.")
        return open_matters

    def foretell(self) -> bool:
        """Tell what `run` would do, and change nothing. The answer and the errors are as those of `run`."""
        self.tell(f"Dry run for stack {self.stack.name}: nothing is changed.")
        if self._free_lock(dry=True):
            self.tell("  no more can be foretold: Pulumi reads the state again when this is removed")
            return True
        before = self.stack.export()
        self._tell_pending(before)
        if self._adopted(before, Given(self.keep, self.stack.name).read()):
            self.tell("  no more can be foretold: a recovery was killed, and what it adopted is to be read first")
            return True
        looked = self._search.look(before, (), dry=True)
        answers = self._search.states(looked.candidates)
        for entry, state in zip(looked.candidates, answers, strict=True):
            what = {"": "not in Azure", "unknown": "Azure does not say whether it exists"}.get(state)
            self.tell(f"  missing  {_name(entry)}: {what or f'in Azure ({state}), would be adopted'}")
        for entry in looked.unknown:
            self.tell(f"  missing  {short(entry.urn)}: looked for when what it belongs to is found")
        conditions = [condition(entry) for entry in azure_resources(before)]
        for entry in conditions:
            if not entry.settled or entry.failed:
                self.tell(f"  in state {entry.name}: {entry.provisioning_state} when it was last read")
        return any(entry.failed for entry in conditions) or "Failed" in answers

    def _free_lock(self, *, dry: bool) -> bool:
        """Free the stack of who is gone. The answer is whether a kill has left the state unreadable (mended unless
        `dry`)."""
        locks = self.stack.locks()
        end = time.monotonic() + QUIET_SECONDS
        while any(lock.left_behind() for lock in locks) and time.monotonic() < end:
            # What a recovery that was killed had started, such as a refresh, comes to its end by itself.
            time.sleep(min(self.pause_s, 1.0))
            locks = self.stack.locks()
        for lock in locks:
            if not self.owner_is_gone and lock.alive() is not False:
                raise LockedError(lock)
        broken = self.stack.half_written()
        for file in broken:
            # `pulumi cancel` reads the state too.
            if not dry:
                file.unlink()
            does = "would be removed" if dry else "removed"
            self.tell(f"  backend  {does}: {file.name}, which a kill left half written; no state is in it")
        if not dry and (locks or self.owner_is_gone):
            self.stack.cancel()
        for lock in locks:
            self.tell(f"  lock     {'would be freed' if dry else 'freed'}: {lock.owner}, which is gone")
        return bool(broken)

    def _tell_pending(self, document: Json) -> None:
        for operation in document["deployment"].get("pending_operations") or []:
            self.tell(
                f"  pending  {operation['type']} {short(operation['resource']['urn'])}: settled by what Azure says"
            )

    def _adopt_what_exists(self, before: Json) -> Json:
        """Rounds of look and adopt: what a found resource contains can be looked for when it is in the state."""
        looked: set[str] = set()
        left = Given(self.keep, self.stack.name)
        given: dict[str, Collection[str]] = {
            urn: frozenset(entry.get("inputs") or {}) for urn, entry in unread(before["deployment"]).items()
        }
        interrupted = left.read()
        given |= interrupted
        document = self._read_adopted(before, interrupted)
        first = True
        while True:
            search = self._search.look(document, looked)
            document, found = search.document, search.candidates
            if found or (first and (given or document["deployment"].get("pending_operations"))):
                self._keep(before)
                given |= {entry.urn: entry.given for entry in found}
                left.keep(given)
                self.stack.restore({**document, "deployment": adopt(document["deployment"], found)})
            # The first refresh is of everything: it also finds what Azure lost, finished or gave up meanwhile.
            if first:
                self.stack.refresh()
            elif found:
                self.stack.refresh(entry.urn for entry in found)
            first = False
            looked |= {*(entry.urn for entry in found), *search.homeless}
            document = self._as_given(self.stack.export(), given)
            present = {entry["urn"]: entry for entry in azure_resources(document)}
            adopted = [entry for entry in found if entry.urn in present]
            for entry in found:
                if entry in adopted:
                    state = condition(present[entry.urn]).provisioning_state
                    self.tell(f"  adopted  {_name(entry)}{f', {state}' if state else ''}")
                else:
                    self.tell(f"  absent   {_name(entry)}: not in Azure; pulumi up makes it")
            if not adopted or not search.unknown:
                left.forget()
                return document

    def _read_adopted(self, before: Json, given: Mapping[str, Collection[str]]) -> Json:
        """The state with what a killed recovery had adopted and not read yet: a preview would compare nothing but its
        names with the program, and refuse to replace it."""
        present = self._adopted(before, given)
        if not present:
            return before
        self._keep(before)
        self.stack.restore({**before, "deployment": adopt(before["deployment"], ())})
        self.stack.refresh(present)
        return self._as_given(self.stack.export(), given)

    @staticmethod
    def _adopted(document: Json, given: Collection[str]) -> list[str]:
        """Which of these the state has: the record of what is given is written before the state is."""
        return [entry["urn"] for entry in azure_resources(document) if entry["urn"] in given]

    def _as_given(self, document: Json, given: Mapping[str, Collection[str]]) -> Json:
        """The state with the inputs of these resources as the program gives them."""
        resources = document["deployment"].get("resources") or []
        cleaned = [as_given(entry, given[entry["urn"]]) if entry["urn"] in given else entry for entry in resources]
        if cleaned == resources:
            return document
        changed = {**document, "deployment": {**document["deployment"], "resources": cleaned}}
        self.stack.restore(changed)
        return changed

    def _tell_differences(self) -> None:
        """Of a network that was there before its stack: what the first update changes."""
        lines = sorted(differences(self.stack.plan()))
        self.tell(f"What pulumi up changes in Azure, each with its outage: {len(lines) or 'nothing'}.")
        for line in lines:
            self.tell(f"  {line}")

    def _tell_lost(self, before: Json, after: Json) -> None:
        left = {entry["urn"] for entry in azure_resources(after)}
        for entry in azure_resources(before):
            if entry["urn"] not in left:
                self.tell(f"  lost     {condition(entry).name}: no longer in Azure, dropped from the state")

    def _wait(self, document: Json) -> Json:
        """Wait until Azure is done with every resource of the stack, or patience is at its end; the state then."""
        started = spoken = time.monotonic()
        shown = ""
        while at_work := [entry for entry in map(condition, azure_resources(document)) if not entry.settled]:
            now = time.monotonic()
            text = ", ".join(f"{entry.name} is {entry.provisioning_state}" for entry in at_work)
            if text != shown or now - spoken >= QUIET_SECONDS:
                self.tell(f"  waiting  {text} ({int(now - started) // 60} min)")
                shown, spoken = text, now
            if now - started >= self.patience_s:
                break
            time.sleep(self.pause_s)
            self.stack.refresh(entry.urn for entry in at_work)
            document = self.stack.export()
        return document

    def _tell_conditions(self, document: Json) -> bool:
        conditions = [condition(entry) for entry in azure_resources(document)]
        failed = [entry for entry in conditions if entry.failed]
        at_work = [entry for entry in conditions if not entry.settled]
        if failed:
            self._mark(document, failed)
        for entry in failed:
            self.tell(f"  FAILED   {entry.name}: Azure says {entry.provisioning_state}.")
            for line in entry.way_out():
                self.tell(f"           {line}")
        for entry in at_work:
            self.tell(f"  AT WORK  {entry.name}: still {entry.provisioning_state}; recover again later.")
        if not failed and not at_work:
            self.tell(f"  in order {len(conditions)} resources, none Failed, none being made.")
        return bool(failed or at_work)

    def _mark(self, document: Json, failed: Iterable[Condition]) -> None:
        """Let the next update send the failed ones again: without a mark it sees no difference and leaves them so."""
        self._keep(document)
        why = {entry.urn: f"Azure says {entry.provisioning_state}" for entry in failed}
        resources = [
            send_again(entry, why[entry["urn"]]) if entry["urn"] in why else entry
            for entry in document["deployment"]["resources"]
        ]
        self.stack.restore({**document, "deployment": {**document["deployment"], "resources": resources}})

    def _keep(self, document: Json) -> None:
        """Keep the state as it was before the first change, for its owner's eyes only."""
        if self._kept:
            return
        self.keep.mkdir(parents=True, exist_ok=True, mode=0o700)
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self._kept = self.keep / f"{self.stack.name.replace('/', '-')}-{moment}.json"
        with os.fdopen(os.open(self._kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(document, file, indent=1)


def _name(candidate: Candidate) -> str:
    return f"{candidate.type.rpartition(':')[2]} {candidate.id.rpartition('/')[2]}"
