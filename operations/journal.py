"""A journal of what a command does to a live network: on disk before it is done, so that a killed one can be undone.

The file is for its owner alone (mode 600) and has no key in it. It names its process, so that no two commands and no
update work on one stack at a time; a dead one's journal can be taken over, and is then undone or brought to its end.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from topology.under_way import owner, under_way

Json = dict[str, Any]
State = Literal["begun", "done", "undone"]


class BusyError(Exception):
    """Another command works on the stack, or one has ended before its end; the text says which, and what to do."""


@dataclass
class Step:
    """One change. facts: what undoing it needs, without keys."""

    name: str
    facts: Json
    state: State = "begun"
    at: float = field(default_factory=time.time)


class Journal:
    """The steps of one command on one stack. Made by `begin` or `take_over`."""

    def __init__(self, file: Path, command: str, facts: Json, steps: list[Step]) -> None:
        self.file, self.command, self.facts, self.steps = file, command, facts, steps

    @classmethod
    def begin(cls, file: Path, command: str, facts: Json, way_out: str) -> "Journal":
        """A new journal, on disk. way_out: what to do about one that is there already. Raises `BusyError`."""
        check_free(file, way_out)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = cls(file, command, facts, [])
        try:
            # Of two that begin at once one is refused here.
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise BusyError(f"Another command has just begun on this stack. {way_out}") from None
        journal._write()
        return journal

    @classmethod
    def take_over(cls, file: Path, command: str) -> "Journal | None":
        """The journal that a dead process of this command has left; None where there is none. Raises `BusyError`."""
        found = under_way(file)
        if found is None:
            return None
        if found.lives:
            raise BusyError(f"`{found.command}` is under way (process {found.pid}): wait for it, or interrupt it.")
        try:
            record = json.loads(file.read_text())
            steps = [Step(**step) for step in record["steps"]]
            journal = cls(file, str(record["command"]), dict(record["facts"]), steps)
        except (ValueError, KeyError, TypeError):
            # It was begun and never written: nothing was changed yet.
            journal = cls(file, command, {}, [])
        if journal.command != command:
            raise BusyError(f"What was left unfinished is `{journal.command}`, not `{command}`: see to that first.")
        journal._write()
        return journal

    def do(self, name: str, facts: Json, action: Callable[[], Any]) -> Any:
        """Do one step; that it has begun is on disk before."""
        step = Step(name, facts)
        self.steps.append(step)
        self._write()
        answer = action()
        step.state = "done"
        self._write()
        return answer

    def undo(self, action: Callable[[Step], Any]) -> None:
        """Undo all that was begun, the last first."""
        for step in reversed(self.steps):
            if step.state != "undone":
                action(step)
                step.state = "undone"
                self._write()

    def note(self, **facts: Any) -> None:
        """Keep more of what a later run needs."""
        self.facts |= facts
        self._write()

    def close(self) -> None:
        """All is as it was, or as it should be."""
        self.file.unlink(missing_ok=True)

    def _write(self) -> None:
        record = {
            "command": self.command,
            "owner": owner(),
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "facts": self.facts,
            "steps": [asdict(step) for step in self.steps],
        }
        new = self.file.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(record, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.file)
        place = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def check_free(file: Path, way_out: str) -> None:
    """Raises `BusyError` where a command works on the stack, or has left it unfinished."""
    found = under_way(file)
    if found is None:
        return
    if found.lives:
        raise BusyError(f"`{found.command}` is under way on this stack (process {found.pid} on {found.host}).")
    if found.lives is False and not _steps(file):
        # It has changed nothing.
        file.unlink(missing_ok=True)
        return
    raise BusyError(f"`{found.command}` ended before its end, and its record is in {file}. {way_out}")


def _steps(file: Path) -> bool:
    """Whether a record has a step that was begun."""
    try:
        return bool(json.loads(file.read_text())["steps"])
    except (OSError, ValueError, KeyError, TypeError):
        return True
