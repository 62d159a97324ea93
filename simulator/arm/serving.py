"""The server: HTTPS on the loopback address, beside whatever else the process does.

uvicorn with Starlette was chosen by a measurement (one core for the server, TLS, four clients that keep their
connections): 700 to 3,100 answers a second, as much as hypercorn or cheroot give, where werkzeug's own server closes
every connection and gives 150.
"""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulator.arm.app import TRANSPORT, make_app
from simulator.arm.calls import PAGE
from simulator.arm.login import az_cloud
from simulator.arm.messages import error_body
from simulator.arm.refusals import refuse
from simulator.cloud import Cloud
from simulator.front import Front

_STOP_S = 5.0


@dataclass(frozen=True)
class Endpoint:
    """Where a served cloud is found."""

    url: str
    ca: Path
    """The certificate that a client has to trust."""
    az: Path
    """A file for `az cloud register --cloud-config`."""


class _Protocol(H11Protocol):
    """uvicorn's own, but that it shows the application its connection, and refuses what is no HTTP in Azure's form."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        application = self.app

        async def shown(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = self.transport
            await application(scope, receive, send)

        self.app = shown

    def send_400_response(self, msg: str) -> None:
        text = json.dumps(error_body(refuse("BadHttp", detail=msg))).encode()
        headers = [(b"content-type", b"application/json; charset=utf-8"), (b"connection", b"close")]
        headers.append((b"content-length", str(len(text)).encode()))
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=text), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


@contextmanager
def serving(cloud: Cloud, front: Front, folder: Path, port: int = 0, page: int = PAGE) -> Iterator[Endpoint]:
    """Serve a cloud while the block runs. `folder` is where the certificate and azure-cli's file are kept."""
    files = _Files.make(folder)
    # asyncio sends small answers at once only on sockets that say that they are TCP; else each waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    url = f"https://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        make_app(cloud, front, page),
        http=_Protocol,
        lifespan="off",
        ssl_certfile=files.server,
        access_log=False,
        # Nothing of a request is ever written to a log but what the cloud's own has.
        log_config=None,
        log_level="critical",
        server_header=False,
        timeout_keep_alive=60,
        # A client that keeps its connection would be waited for.
        timeout_graceful_shutdown=0,
        h11_max_incomplete_event_size=1 << 20,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    files.write(files.az, json.dumps(az_cloud(url), indent=2).encode())
    try:
        while not server.started and thread.is_alive():
            thread.join(0.005)
        if not server.started:
            raise OSError(f"{url} could not be served")
        yield Endpoint(url, files.ca, files.az)
    finally:
        server.should_exit = True
        thread.join(_STOP_S)


@dataclass(frozen=True)
class _Files:
    """What a client needs, and the server's key: for their owner's eyes only."""

    server: Path
    ca: Path
    az: Path

    @classmethod
    def make(cls, folder: Path) -> "_Files":
        """The files of a folder; certificate and key are made when they are missing."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = cls(folder / "server.pem", folder / "ca.pem", folder / "az-cloud.json")
        if not files.server.exists() or not files.ca.exists():
            import trustme

            authority = trustme.CA(organization_name="simulated Azure")
            own = authority.issue_cert("127.0.0.1", "localhost")
            files.write(files.server, own.private_key_and_cert_chain_pem.bytes())
            files.write(files.ca, authority.cert_pem.bytes())
        return files

    @staticmethod
    def write(path: Path, content: bytes) -> None:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
