"""A simulated Azure beside Azure's own client: no sockets, no TLS, no server, and time moves with calls and waiting.

The client's whole pipeline runs (retries, polls, timeouts, the mapping of errors), and the simulator's whole
application; in between, where the network is, stands `Line`. What a test says goes wrong on the line.
"""

import io
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import ProtocolError

from operations.azure import LIMITS, Azure, Endpoint
from simulator.arm import app as arm
from simulator.arm import operations as polled
from simulator.arm.messages import error_body
from simulator.clock import InstantClock
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.front import Front

URL = "https://127.0.0.1:8443"
WAITING = ("operations.azure", "operations.drill", "operations.methods", "operations.rotate")
"""Modules that wait, or look at the time."""
POLL_S = 60.0
"""How long the simulated Azure tells a client to wait: six times what Azure says, so that there is less to do."""
CALL_S = 0.5
"""How long a call takes: no two of them are at one time."""

Effect = Callable[[], requests.Response]
Meddler = Callable[["Request", Effect], requests.Response]


@dataclass(frozen=True)
class Request:
    """One request on the line: its method, its path, the how manieth of that kind it is."""

    method: str
    path: str
    nth: int

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.nth}"


class Time:
    """In place of the module `time`: it passes where somebody waits, and nowhere else."""

    def __init__(self, clock: InstantClock) -> None:
        self._clock, self._began = clock, time.time()

    def monotonic(self) -> float:
        return self._clock.now()

    def time(self) -> float:
        return self._began + self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds / 60.0)


class Line(BaseAdapter):
    """Between the client and the application. meddle: what happens to a request, if not its effect alone."""

    def __init__(self, cloud: Cloud, front: Front, clock: Time) -> None:
        super().__init__()
        self._app, self.clock = arm.make_app(cloud, front), clock
        self.meddle: Meddler = lambda _, effect: effect()
        self._count, self._lock = Counter[str](), threading.Lock()

    def begin(self, meddle: Meddler | None = None) -> None:
        """Count from the first again, and let this happen to requests."""
        self.meddle = meddle or (lambda _, effect: effect())
        self._count.clear()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        # An operation's number is another one in every run.
        path = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-4000-[0-9a-f-]{17}", "*", parts.path.lower())
        self.clock.sleep(CALL_S)
        with self._lock:
            self._count[f"{request.method} {path}"] += 1
            one = Request(str(request.method), path, self._count[f"{request.method} {path}"])
        return self.meddle(one, lambda: self._effect(request))

    def close(self) -> None:
        """Nothing is open."""

    def _effect(self, request: requests.PreparedRequest) -> requests.Response:
        parts = urlsplit(str(request.url))
        body: Any = request.body or b""
        headers = {"host": parts.netloc, **{name.lower(): str(value) for name, value in request.headers.items()}}
        exchange = _Exchange(body.encode() if isinstance(body, str) else body)
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "scheme": parts.scheme,
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            "server": (parts.hostname, parts.port),
            "client": ("127.0.0.1", 1),
            arm.TRANSPORT: exchange,
        }
        _finish(self._app(scope, exchange.receive, exchange.send))
        if exchange.cut:
            raise lost()
        return answer(request, exchange.status, exchange.headers, bytes(exchange.body))


@dataclass
class _Exchange:
    """The application's side of one request; the transport that it breaks off, too."""

    sent: bytes
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    cut: bool = False
    read: bool = False

    def abort(self) -> None:
        self.cut = True

    async def receive(self) -> dict[str, Any]:
        if self.cut or self.read:
            return {"type": "http.disconnect"}
        self.read = True
        return {"type": "http.request", "body": self.sent, "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")


def _finish(call: Any) -> None:
    """Run what never has to wait for anything: an event loop is not needed for it."""
    try:
        call.send(None)
    except StopIteration:
        return
    raise AssertionError("the application waits for something")


async def _here(call: Callable[..., Any], *args: Any) -> Any:
    """In place of a thread for a handler."""
    return call(*args)


def answer(
    request: requests.PreparedRequest | None, status: int, headers: dict[str, str], body: bytes
) -> requests.Response:
    """An answer as the client's library has it."""
    found = requests.Response()
    found.status_code, found.reason = status, str(status)
    found.headers.update(headers)
    found.raw = io.BytesIO(body)
    if request is not None:
        found.request, found.url = request, str(request.url)
    return found


def refused(status: int, code: str) -> requests.Response:
    """Azure refuses."""
    body = json.dumps(error_body(AzureError(status, code, "a fault was asked for"))).encode()
    return answer(requests.Request("GET", URL).prepare(), status, {"Content-Type": "application/json"}, body)


def lost() -> requests.ConnectionError:
    """The connection breaks before the answer."""
    return requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer")))


class NearAzure(Azure):
    """Azure's client on a line."""

    def __init__(self, line: Line, **options: Any) -> None:
        self._line = line
        super().__init__(Endpoint(URL, Path("none")), **options)

    def _transport(self) -> Any:
        from azure.core.pipeline.transport import RequestsTransport

        session = requests.Session()
        session.trust_env = False
        session.mount("https://", self._line)
        transport = RequestsTransport(session=session, **LIMITS)
        transport.sleep = self._line.clock.sleep
        return transport


@contextmanager
def nearby(cloud: Cloud, front: Front, clock: InstantClock) -> Iterator[Line]:
    """A line to a cloud. While the block runs, time passes for the operations as it does for the cloud."""
    now = Time(clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arm, "in_thread", _here)
        patch.setattr(polled, "POLL_S", POLL_S)
        for module in WAITING:
            patch.setattr(f"{module}.time", now)
        yield Line(cloud, front, now)
