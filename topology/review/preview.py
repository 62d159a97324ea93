"""What Pulumi's engine says that an update would do: `pulumi preview --json`, one event a line or one document.

Only what is done to which resource is taken from it: no values, which may be anything.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..settings.model import Settings
from .consequences import consequences
from .outages import Away, named_service

STEPS = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import": "create",
    "import-replacement": "replace",
    "discard": "",
    "same": "",
}
"""The engine's steps, and what they come to."""
_CONNECTED = ("expressRoute", "connectionIds")
"""The stack's output that has an item for each circuit that is connected."""
_COLOUR = re.compile(r"<\{%.*?%\}>")
_PROTECTED = re.compile(r"protect", re.IGNORECASE)
_REPLACED_URN = re.compile(r'unable to replace resource "([^"]+)"')
LONGEST = 400
"""Characters of a message that are shown."""


class PreviewError(Exception):
    """A file is no preview."""


@dataclass(frozen=True)
class Step:
    """What is done to one resource. type: azure-native's, such as `VirtualNetworkGateway`. side: of a gateway or a
    connection, `ExpressRoute` or `VPN`."""

    op: str
    type: str
    name: str
    side: str = ""


@dataclass(frozen=True)
class Preview:
    """One stack's preview. refused: why the engine would not do it. broken, advised: findings of mandatory policies,
    and of others. failed: other errors that ended it."""

    stack: str
    steps: tuple[Step, ...] = ()
    refused: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    connected: frozenset[str] | None = None
    """Names of the circuits that the stack has connected; None where it is not deployed."""

    @property
    def whole(self) -> bool:
        """Whether the engine came to its end: what it does not name is not touched."""
        return not (self.refused or self.failed)

    @property
    def removes(self) -> bool:
        """Whether something is deleted or replaced."""
        return any(step.op in ("delete", "replace") for step in self.steps)

    def away(self, settings: Settings) -> Iterator[Away]:
        """What is away while it replaces what it says."""
        replaced = [step for step in self.steps if step.op == "replace"]
        gateways = {step.side for step in replaced if step.type == "VirtualNetworkGateway"}
        for step in replaced:
            noun = _NOUNS.get((step.type, step.side)) or _NOUNS.get((step.type, ""))
            if noun is None or (step.type == "VirtualNetworkGatewayConnection" and step.side in gateways):
                continue
            rows = [row for row in consequences().values() if noun in row.replaces and row.minutes]
            least = min(rows, key=lambda row: len(row.replaces), default=None)
            if least is not None:
                yield from named_service(noun, _item(step), least, settings, (f"{step.type} {step.name}",))


_NOUNS: Mapping[tuple[str, str], str] = {
    ("VirtualNetworkGateway", "ExpressRoute"): "ExpressRoute gateway",
    ("VirtualNetworkGateway", "VPN"): "VPN gateway",
    ("VirtualNetworkGatewayConnection", "ExpressRoute"): "ExpressRoute connection",
    ("VirtualNetworkGatewayConnection", "VPN"): "VPN connection",
    ("LoadBalancer", ""): "load balancer",
    ("BastionHost", ""): "Bastion host",
    ("VirtualNetworkPeering", ""): "peerings",
}
"""What the table of consequences calls a type."""


def _item(step: Step) -> str:
    """The circuit, site, tier or spoke that a resource is of, by its logical name."""
    name = step.name.removeprefix("expressroute-")
    return re.sub(r"-(hub|spoke)$", "", name) if step.type == "VirtualNetworkPeering" else name


def read_preview(path: Path, stack: str = "") -> Preview:
    """The preview in a file. stack: its stack, where nothing in the file says it. Raises PreviewError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PreviewError(f"{path} cannot be read: {getattr(error, 'strerror', 'no UTF-8 text')}") from None
    found = _Reader()
    for event in _events(text, path):
        found.take(event)
    named = found.stack or stack
    if not named:
        raise PreviewError(f"{path} names no stack; give it as STACK={path}")
    return found.preview(named)


def _events(text: str, path: Path) -> Iterator[Mapping[str, Any]]:
    """The events, of whichever form."""
    wrong = PreviewError(f"{path} is not what `pulumi preview --json` prints")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict) and not any(key.endswith("Event") for key in whole):
        if not {"steps", "changeSummary", "diagnostics", "config"} & whole.keys():
            raise wrong
        yield from ({"resourcePreEvent": {"metadata": step}} for step in whole.get("steps") or ())
        yield from ({"diagnosticEvent": one} for one in whole.get("diagnostics") or ())
        return
    seen = False
    for line in text.splitlines():
        if not line.lstrip().startswith("{"):
            continue  # What a tool around it has printed.
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            raise wrong from None
        if isinstance(event, dict):
            seen = True
            yield event
    if not seen:
        raise wrong


@dataclass
class _Reader:
    """Gathers what the events say."""

    stack: str = ""
    steps: dict[str, Step] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    advised: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    connected: frozenset[str] | None = None

    def take(self, event: Mapping[str, Any]) -> None:
        for kind, read in (
            ("resourcePreEvent", self._step),
            ("resOutputsEvent", self._outputs),
            ("diagnosticEvent", self._diagnostic),
            ("policyEvent", self._policy),
        ):
            if isinstance(said := event.get(kind), dict):
                read(said)

    def preview(self, stack: str) -> Preview:
        lists = (tuple(dict.fromkeys(one)) for one in (self.refused, self.broken, self.advised, self.failed))
        return Preview(stack, tuple(self.steps.values()), *lists, connected=self.connected)

    def _outputs(self, said: Mapping[str, Any]) -> None:
        """What the stack has connected today, by its own outputs."""
        data = said.get("metadata")
        if not isinstance(data, dict) or _type(str(data.get("urn"))) != "pulumi:pulumi:Stack":
            return
        found: Any = data
        for step in (next((old for old in ("old", "oldState") if data.get(old)), "old"), "outputs", *_CONNECTED):
            found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, dict):
            self.connected = frozenset(map(str, found))

    def _step(self, said: Mapping[str, Any]) -> None:
        data = said.get("metadata")
        if not isinstance(data, dict) or not isinstance(data.get("urn"), str):
            return
        urn, op = data["urn"], STEPS.get(str(data.get("op")), "")
        self._of(urn)
        self._outputs(said)
        type = _type(urn)
        if op and type.startswith("azure-native:"):
            step = Step(op, type.rpartition(":")[2], urn.rpartition("::")[2], _side(data))
            if urn not in self.steps or op == "replace":
                self.steps[urn] = step

    def _diagnostic(self, said: Mapping[str, Any]) -> None:
        self._of(str(said.get("urn") or ""))
        if said.get("severity") != "error":
            return
        message = _text(said.get("message"))
        if found := _REPLACED_URN.search(message):
            name = found[1].rpartition("::")[2]
            self.refused.append(f"{_type(found[1]).rpartition(':')[2]} {name} is protected and would be replaced")
        elif _PROTECTED.search(message):
            self.refused.append(message)
        elif message and message != "preview failed":
            self.failed.append(message)

    def _policy(self, said: Mapping[str, Any]) -> None:
        urn = str(said.get("resourceUrn") or "")
        self._of(urn)
        text = f"{said.get('policyName')}: {_text(said.get('message'))}" + (
            f" ({urn.rpartition('::')[2]})" if urn else ""
        )
        (self.broken if said.get("enforcementLevel") == "mandatory" else self.advised).append(text)

    def _of(self, urn: str) -> None:
        parts = urn.split("::")
        if not self.stack and len(parts) > 2 and parts[0].startswith("urn:pulumi:"):
            self.stack = parts[0].removeprefix("urn:pulumi:")


def _type(urn: str) -> str:
    """A resource's own type: the last of those of its parents and itself."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def _side(data: Mapping[str, Any]) -> str:
    for state in ("new", "old", "newState", "oldState"):
        inputs = (data.get(state) or {}).get("inputs") if isinstance(data.get(state), dict) else None
        if isinstance(inputs, dict):
            given = inputs.get("gatewayType") or inputs.get("connectionType")
            if isinstance(given, str):
                return "ExpressRoute" if given == "ExpressRoute" else "VPN"
    return ""


def _text(message: object) -> str:
    """The first line of a message, without its colours, and not endless."""
    plain = _COLOUR.sub("", message if isinstance(message, str) else "").strip()
    first = " ".join(plain.split())
    return first if len(first) <= LONGEST else f"{first[:LONGEST]} ..."
