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

from topology.show.escape import code, markdown

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
        return _read(json.loads(file.read_text()), file.stem)
    except (OSError, ValueError, RecursionError) as error:
        return Drift(file.stem, unreadable=f"the refresh printed no result ({error})")


def read_all(files: Iterable[Path], stacks: Iterable[str] = ()) -> list[Drift]:
    """What the refreshes in the files found, and of these stacks that those without a file were not looked at."""
    files = [*files]
    found = [read(file) for file in files]
    seen = {*(file.stem for file in files), *(drift.stack for drift in found)}
    return [*found, *(Drift(stack, unreadable="its refresh left no result") for stack in stacks if stack not in seen)]


def _read(found: Any, name: str) -> Drift:
    found = _object(found, "the document")
    steps = [_object(step, "a step") for step in _list(found.get("steps"), "steps")]
    stack = next((_urn(step)[0] for step in steps), name)
    said = [_object(one, "a diagnostic") for one in _list(found.get("diagnostics"), "diagnostics")]
    failed = [str(one.get("message", "")).strip() for one in said if one.get("severity") == "error"]
    # With --expect-no-changes drift is an error too; that one is no failure.
    failed = [text for text in failed if "no changes were expected" not in text]
    if failed:
        return Drift(stack, unreadable="; ".join(failed))
    return Drift(stack, tuple(difference for step in steps if (difference := _difference(step))))


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is no object")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list | None):
        raise ValueError(f"{where} is no list")
    return value or []


def _urn(step: Mapping[str, Any]) -> tuple[str, str, str]:
    """The stack, the type and the name of a step's resource."""
    found = re.fullmatch(r"urn:pulumi:([^:]+)::.*?::(.*?)::(.*)", str(step.get("urn")))
    if not found:
        raise ValueError("a step has no URN")
    return found[1], found[2], found[3]


def report(drifts: Iterable[Drift]) -> str:
    """The drift of some stacks as Markdown; empty where there is none."""
    found = [drift for drift in drifts if not drift.none]
    return "\n".join(line for drift in found for line in _lines(drift)) + f"\n{WAYS_OUT}" if found else ""


def _lines(drift: Drift) -> Iterator[str]:
    yield f"### {markdown(drift.stack)}\n"
    if drift.unreadable:
        yield f"Not looked at: {_cell(drift.unreadable)}\n"
        return
    yield "| resource | in Azure |\n| --- | --- |"
    for difference in drift.differences:
        more = len(difference.what) - _MANY
        said = [*difference.what[:_MANY], *([f"and {more} more"] if more > 0 else [])]
        resource = f"{_cell(difference.resource)}<br>{markdown(code(difference.id))}"
        yield f"| {resource} | {'<br>'.join(map(_cell, said))} |"
    yield ""


def _cell(text: str) -> str:
    return markdown(" ".join(text.split()))


def _difference(step: Mapping[str, Any]) -> Difference | None:
    """What a refresh's step says; None where nothing differs. What the program does not say itself, such as a state
    that Azure has reached since, is no drift."""
    _, kind, name = _urn(step)
    old, new = (_object(step.get(state) or {}, state) for state in ("oldState", "newState"))
    resource = f"{kind.rsplit('$', 1)[-1].rsplit(':', 1)[-1]} {name}"
    identity = str(old.get("id", ""))
    if step.get("op") == "delete":
        return Difference(resource, identity, ("is gone",))
    if step.get("op") != "update":
        return None
    details = _object(step.get("detailedDiff") or {}, "detailedDiff").items()
    changed = [path for path, detail in details if _object(detail, path).get("inputDiff")]
    said = tuple(f"{path}: {_value(old, path)} → {_value(new, path)}" for path in changed)
    return Difference(resource, identity, said) if said else None


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
