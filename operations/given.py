"""What the program gives of each resource that a recovery has adopted: kept on disk until the state says it.

A recovery that is killed between its adoption and its last word leaves inputs in the state that are Azure's answers;
the next one takes them out again with this. Names alone are kept, no values.
"""

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path


class Given:
    """URN -> names of inputs, for one stack. folder: where states are kept."""

    def __init__(self, folder: Path, stack: str) -> None:
        self._file = folder / f"recovering-{stack.replace('/', '-')}.json"

    def read(self) -> dict[str, Collection[str]]:
        """What a recovery that was killed has left; empty where none was."""
        try:
            found = json.loads(self._file.read_text())
            return {str(urn): frozenset(map(str, names)) for urn, names in found.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def keep(self, given: Mapping[str, Collection[str]]) -> None:
        """Keep this, before the state is changed."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._file.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({urn: sorted(names) for urn, names in given.items()}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._file)

    def forget(self) -> None:
        """The state says it."""
        self._file.unlink(missing_ok=True)
