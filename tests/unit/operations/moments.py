"""Kills and interruptions at every moment at which a command changes something."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from operations.azure import Azure
from operations.journal import Journal


class Dead(BaseException):
    """The process is no more: from now on nothing that it does has an effect."""


@dataclass
class Moments:
    """Counts what a command does to the world, before and after each: writes of its record, and requests to Azure that
    change something. At one of these moments something happens."""

    at: int
    raises: type[BaseException]
    count: int = 0
    dead: bool = False

    def step(self) -> None:
        """One moment."""
        if self.dead:
            raise Dead
        self.count += 1
        if self.count == self.at:
            self.dead = self.raises is Dead
            raise self.raises

    def around(self, patch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        """Let a moment be before and after each call of this."""
        real: Callable[..., Any] = getattr(owner, name)

        def call(*args: Any) -> Any:
            self.step()
            answer = real(*args)
            self.step()
            return answer

        patch.setattr(owner, name, call)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let this count."""
        ask = Azure.ask

        def asked(*args: Any) -> Any:
            if self.dead:
                raise Dead
            return ask(*args)

        for owner, name in ((Journal, "_write"), (Journal, "close"), (Azure, "change")):
            self.around(patch, owner, name)
        patch.setattr(Azure, "ask", asked)


def dead(record: Path) -> None:
    """Let the process that a record names be another one: this one lives."""
    if record.exists() and record.stat().st_size:
        said = json.loads(record.read_text())
        said["owner"]["born"] -= 100
        record.write_text(json.dumps(said))
