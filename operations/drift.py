"""What differs between Azure and a stack's state, from what `pulumi refresh --preview-only --json` printed, for people.

    pulumi refresh --preview-only --json --stack dev > dev.json
    python -m operations drift dev.json

Nothing is asked of Azure here. Values of secrets read "[secret]" in what Pulumi prints, and so here.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WAYS_OUT = (
    "To put back what the settings say: `pulumi refresh --stack STACK`, then `pulumi up --stack STACK`; what only a "
    "replacement mends is refused while it is protected. To keep what Azure has: say it in the settings, refresh, and "
    "see that a preview changes nothing.\n"
)
_MANY = 8
"""Properties of one resource that are listed; who wants all of them asks for the refresh itself."""


@dataclass(frozen=True)
class Difference:
    """One resource that is not as the stack says. resource: "RouteTable web". what: in words, one entry a property."""

    resource: str
    id: str
    what: tuple[str, ...]


@dataclass(frozen=True)
class Drift:
    """What a refresh found of one stack: what differs, or why it could not be told."""

    stack: str
    differences: tuple[Difference, ...] = ()
    unreadable: str = ""

    @property
    def none(self) -> bool:
        """Whether all is as the stack says."""
        return not self.differences and not self.unreadable


def read(file: Path) -> Drift:
    """What the refresh in the file found. Its stack is in the URNs; where it has none, the file's name says it."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        return Drift(file.stem, unreadable=f"the refresh printed no result ({error})")
    steps = found.get("steps") or []
    stack = next((step["urn"].split(":")[2] for step in steps), file.stem)
    failed = [said["message"].strip() for said in found.get("diagnostics") or [] if said.get("severity") == "error"]
    # With --expect-no-changes drift is an error too; that one is no failure.
    failed = [text for text in failed if "no changes were expected" not in text]
    if failed:
        return Drift(stack, unreadable="; ".join(failed))
    return Drift(stack, tuple(difference for step in steps if (difference := _difference(step))))


def report(drifts: Iterable[Drift]) -> str:
    """The drift of some stacks as Markdown; empty where there is none."""
    found = [drift for drift in drifts if not drift.none]
    return "\n".join(line for drift in found for line in _lines(drift)) + f"\n{WAYS_OUT}" if found else ""


def _lines(drift: Drift) -> Iterator[str]:
    yield f"### {drift.stack}\n"
    if drift.unreadable:
        yield f"Not looked at: {_cell(drift.unreadable)}\n"
        return
    yield "| resource | in Azure |\n| --- | --- |"
    for difference in drift.differences:
        more = len(difference.what) - _MANY
        said = [*difference.what[:_MANY], *([f"and {more} more"] if more > 0 else [])]
        yield f"| {difference.resource}<br>`{difference.id}` | {'<br>'.join(map(_cell, said))} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _difference(step: Mapping[str, Any]) -> Difference | None:
    """What a refresh's step says; None where nothing differs. What the program does not say itself, such as a state
    that Azure has reached since, is no drift."""
    kind, name = step["urn"].split("::")[-2:]
    old, new = step.get("oldState") or {}, step.get("newState") or {}
    resource = f"{kind.rsplit('$', 1)[-1].rsplit(':', 1)[-1]} {name}"
    if step["op"] == "delete":
        return Difference(resource, old.get("id", ""), ("is gone",))
    if step["op"] != "update":
        return None
    changed = [path for path, detail in (step.get("detailedDiff") or {}).items() if detail.get("inputDiff")]
    said = tuple(f"{path}: {_value(old, path)} → {_value(new, path)}" for path in changed)
    return Difference(resource, old.get("id", ""), said) if said else None


def _value(state: Mapping[str, Any], path: str) -> str:
    """What a state has at a path such as `routes[0].addressPrefix` or `tags["a.b"]`, in few words."""
    value: Any = state.get("inputs") or {}
    for quoted, index, name in re.findall(r'\["([^"]+)"\]|\[(\d+)\]|([^.\[\]]+)', path):
        try:
            value = value[int(index)] if index else value[quoted or name]
        except (KeyError, IndexError, TypeError):
            return "nothing"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
