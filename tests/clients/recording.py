"""Answers of Azure, written down without what varies and without what is secret, and compared with the simulator's.

Nothing that a request carried in a secret place is ever written, wherever an answer has it: keys, tokens, and what
Azure makes up. Ids are replaced, since subscription and tenant are somebody's.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.mgmt.network import VERSION

from simulator.store import Json

FOLDER = Path(__file__).parent / "recorded"
SECRET_NAMES = frozenset({"sharedkey", "authorizationkey", "servicekey", "value", "access_token", "refresh_token"})
"""Names (in lower case) under which a body has a secret; a text under `value` is a shared key."""
_IDS = ("etag", "resourceguid", "gatewaymanageretag", "ipaddress", "dnsname", "tunnelipaddresses")
_COUNTS = ("connectedduration", "messagessent", "messagesreceived", "ingressbytestransferred", "egressbytestransferred")
VARYING = frozenset({*_IDS, *_COUNTS})
"""Names (in lower case) of what is another in every cloud."""
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w.-]+|(?<=Bearer )\S+|(?<=sig=)[^&\s\"]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*(Z|\+00:00)?")
_POLL = re.compile(r"/operation(s|results)/", re.IGNORECASE)


@dataclass
class Cleaner:
    """Takes out of texts what nobody may read. private: names of groups, users and the like that are to be veiled."""

    private: dict[str, str]
    secrets: set[str] = field(default_factory=set)

    def learn(self, value: Any) -> None:
        """Remember every secret in a body, to find it in any other text."""
        if isinstance(value, dict):
            for name, item in value.items():
                if name.lower() in SECRET_NAMES and isinstance(item, str) and item:
                    self.secrets.add(item)
                self.learn(item)
        elif isinstance(value, list):
            for item in value:
                self.learn(item)

    def clean(self, value: Any) -> Any:
        """The same value, fit to be shown."""
        if isinstance(value, dict):
            return {self.text(name): self._named(name.lower(), item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.clean(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _named(self, name: str, value: Any) -> Any:
        if name == "provisioningstate" and value == "Updating":
            return "Succeeded"  # how far an operation is when it is looked at differs from time to time
        if name in SECRET_NAMES and isinstance(value, str):
            return "[secret]" if value else value
        return "[varies]" if name in VARYING and value not in (None, "", []) else self.clean(value)

    def text(self, text: str) -> str:
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "[secret]")
        for own, shown in self.private.items():
            text = re.sub(re.escape(own), shown, text, flags=re.IGNORECASE) if own else text
        return _DATE.sub("[date]", _GUID.sub("[id]", _TOKEN.sub("[secret]", text)))


class Recorder(SansIOHTTPPolicy[Any, Any]):
    """Keeps every answer that a client gets; of an operation's polls the last one only."""

    def __init__(self, private: dict[str, str]) -> None:
        self._cleaner = Cleaner(private)
        self._raw: list[tuple[str, str, int, Any]] = []

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        sent, answer = request.http_request, response.http_response
        token = sent.headers.get("Authorization", "").removeprefix("Bearer ")
        if token:
            self._cleaner.secrets.add(token)
        for text in (_body(sent), _answer(answer)):
            self._cleaner.learn(text)
        path = re.sub(r"^https?://[^/]+", "", sent.url)
        poll = bool(_POLL.search(path))
        if poll and self._raw and self._raw[-1][1] == path:
            self._raw.pop()
        self._raw.append((sent.method, path, answer.status_code, _answer(answer)))

    def exchanges(self) -> list[Json]:
        """What was said, cleaned at the end, when every secret is known."""
        return [
            {
                "method": method,
                "path": re.sub(r"api-version=[^&]+&?|[?&]$", "", self._cleaner.text(path)).rstrip("?&"),
                "status": status,
                "body": self._cleaner.clean(body),
            }
            for method, path, status, body in self._raw
        ]


def _body(request: Any) -> Any:
    content = getattr(request, "content", None) or getattr(request, "data", None)
    return _parsed(content)


def _answer(answer: Any) -> Any:
    return _parsed(answer.body() if callable(getattr(answer, "body", None)) else answer.read())


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, TypeError):
        return None


def write(folder: Path, name: str, exchanges: list[Json], codes: dict[str, str]) -> Path:
    """Write a recording down, with its date and what made it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    head = {"recorded": date.today().isoformat(), "client": f"azure-mgmt-network {VERSION}", "codes": codes}
    file.write_text(json.dumps({**head, "exchanges": exchanges}, indent=1) + "\n")
    return file


def differences(recorded: list[Json], simulated: list[Json]) -> list[str]:
    """Where the simulator's answers are others than Azure's, one line each. Of an error its code counts, not its words:
    those that nobody has quoted are the simulator's own."""
    found = []
    for number, (theirs, ours) in enumerate(zip(recorded, simulated, strict=False)):
        place = f"{number} {theirs['method']} {theirs['path']}"
        if (theirs["method"], theirs["path"]) != (ours["method"], ours["path"]):
            return [*found, f"{place}: the simulator was asked {ours['method']} {ours['path']} here"]
        if theirs["status"] != ours["status"]:
            found.append(f"{place}: status {theirs['status']}, here {ours['status']}")
        found += [f"{place}: {text}" for text in _unlike(theirs["body"], ours["body"], "")]
    if len(recorded) != len(simulated):
        found.append(f"{len(recorded)} answers, here {len(simulated)}")
    return found


def _unlike(theirs: Any, ours: Any, path: str) -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in dict.fromkeys((*theirs, *ours)):
            if path.endswith("error.") and name in ("message", "details", "target", "additionalInfo", "innererror"):
                continue
            if name not in ours:
                yield f"{path}{name} is missing here"
            elif name not in theirs:
                yield f"{path}{name} is here alone"
            else:
                yield from _unlike(theirs[name], ours[name], f"{path}{name}.")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for number, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from _unlike(one, other, f"{path}{number}.")
    elif theirs != ours:
        yield f"{path.rstrip('.') or 'the body'} is {theirs!r}, here {ours!r}"


def recordings(folder: Path = FOLDER) -> Iterable[Path]:
    """The recordings that there are."""
    return sorted(folder.glob("*.json"))
