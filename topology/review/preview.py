"""What Pulumi's engine says that an update would do: `pulumi preview --json`, one event a line or one document.

Only what is done to which resource is taken from it: no values, which may be anything.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..settings.model import Settings
from .consequences import EVERYTHING, Consequence, consequences, plural
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


class _FormError(Exception):
    """An event has another form than the engine's."""


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
    ended: bool = True
    """Whether the engine's summary is there, which it writes last."""

    @property
    def whole(self) -> bool:
        """Whether the engine came to its end: what it does not name is not touched."""
        return self.ended and not (self.refused or self.failed)

    @property
    def removes(self) -> bool:
        """Whether something is deleted or replaced."""
        return any(step.op in ("delete", "replace") for step in self.steps)

    def away(self, settings: Settings) -> Iterator[Away]:
        """What is away while it replaces what it says."""
        replaced = [step for step in self.steps if step.op == "replace"]
        gateways = {step.side for step in replaced if step.type == "VirtualNetworkGateway"}
        for step in replaced:
            if step.type not in _AWAY or (step.type == "VirtualNetworkGatewayConnection" and step.side in gateways):
                continue
            (noun,) = nouns(step)[:1] or ("",)
            rows = [row for row in consequences().values() if noun in row.replaces and row.minutes]
            least = min(rows, key=lambda row: len(row.replaces), default=None)
            if least is not None:
                yield from named_service(noun, _item(step), least, settings, (f"{step.type} {step.name}",))

    def unexplained(self, rows: Iterable[tuple[Consequence, Sequence[str]]]) -> Iterator[Step]:
        """What it replaces and deletes of what carries traffic, and none of these rows says of one of their items."""
        known = list(rows)
        for step in self.steps:
            goes = step.type in CARRYING and step.op in ("replace", "delete")
            if goes and not any(_explains(row, items, step) for row, items in known):
                yield step


def nouns(step: Step) -> tuple[str, ...]:
    """What the table of consequences may call a resource."""
    return _NOUNS.get((step.type, step.side)) or _NOUNS.get((step.type, ""), ())


def _explains(row: Consequence, items: Sequence[str], step: Step) -> bool:
    told = row.deletes if step.op == "delete" else row.replaces
    if EVERYTHING in told:
        return True
    named = not items or any(re.search(rf"(^|-){re.escape(item)}(-|$)", step.name) for item in items)
    return any(plural(noun) in told or (named and noun in told) for noun in nouns(step))


CARRYING = frozenset(
    (
        *("ResourceGroup", "VirtualNetwork", "Subnet", "VirtualNetworkPeering", "LoadBalancer", "RouteTable"),
        *("VirtualNetworkGateway", "VirtualNetworkGatewayConnection", "LocalNetworkGateway", "PublicIPAddress"),
        *("ExpressRouteCircuit", "ExpressRouteCircuitPeering"),
    )
)
"""Types without which traffic does not flow."""
_NOUNS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("VirtualNetworkGateway", "ExpressRoute"): ("ExpressRoute gateway",),
    ("VirtualNetworkGateway", "VPN"): ("VPN gateway",),
    ("VirtualNetworkGatewayConnection", "ExpressRoute"): ("ExpressRoute connection",),
    ("VirtualNetworkGatewayConnection", "VPN"): ("VPN connection",),
    ("LoadBalancer", ""): ("load balancer",),
    ("BastionHost", ""): ("Bastion host",),
    ("VirtualNetworkPeering", ""): ("peerings", "peering"),
    ("ResourceGroup", ""): ("resource group",),
    ("VirtualNetwork", ""): ("virtual network",),
    ("Subnet", ""): ("tier's subnet", "GatewaySubnet", "AzureBastionSubnet"),
    ("RouteTable", ""): ("route table",),
    ("LocalNetworkGateway", ""): ("local network gateway",),
    ("PublicIPAddress", ""): ("public address of the VPN gateway", "public address of the Bastion host"),
    ("ExpressRouteCircuit", ""): ("circuit",),
    ("ExpressRouteCircuitPeering", ""): ("private peering",),
}
"""What the table of consequences calls a type."""
_AWAY = frozenset(
    (
        *("VirtualNetworkGateway", "VirtualNetworkGatewayConnection"),
        *("LoadBalancer", "BastionHost", "VirtualNetworkPeering"),
    )
)
"""Types of which a row tells how long one of them is away."""


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
    try:
        for event in _events(text, path):
            found.take(event)
    except _FormError:
        raise PreviewError(f"{path} is not what `pulumi preview --json` prints") from None
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
        yield from ({"resourcePreEvent": {"metadata": step}} for step in _dicts(whole.get("steps")))
        yield from ({"diagnosticEvent": one} for one in _dicts(whole.get("diagnostics")))
        if whole.get("changeSummary") is not None:
            yield {"summaryEvent": whole["changeSummary"]}
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


def _dicts(given: object) -> list[dict[str, Any]]:
    """What has to be a list of objects, or is not there."""
    found = [] if given is None else given
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _FormError
    return found


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
    ended: bool = False

    def take(self, event: Mapping[str, Any]) -> None:
        for kind, read in (
            ("resourcePreEvent", self._step),
            ("resOutputsEvent", self._outputs),
            ("diagnosticEvent", self._diagnostic),
            ("policyEvent", self._policy),
            ("summaryEvent", self._summary),
        ):
            said = event.get(kind)
            if isinstance(said, dict):
                read(said)
            elif said is not None:
                raise _FormError

    def _summary(self, _: Mapping[str, Any]) -> None:
        self.ended = True

    def preview(self, stack: str) -> Preview:
        lists = (tuple(dict.fromkeys(one)) for one in (self.refused, self.broken, self.advised, self.failed))
        return Preview(stack, tuple(self.steps.values()), *lists, connected=self.connected, ended=self.ended)

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
        if not isinstance(data, dict) or not isinstance(data.get("urn"), str) or not isinstance(data.get("op"), str):
            raise _FormError
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
