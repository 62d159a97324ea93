"""The official installer: asked for a short while, and quietly left when it does not answer."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from toolchain import official


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/install.sh" else 503)
        self.end_headers()
        self.wfile.write(b"#!/bin/sh\n")

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def site() -> Iterator[str]:
    """A site on this machine."""
    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_site_that_serves_the_script_answers(site: str):
    assert official.answers(f"{site}/install.sh", 20)


def test_a_site_that_serves_an_error_does_not_answer(site: str):
    assert not official.answers(f"{site}/elsewhere", 20)


def test_a_site_that_accepts_and_says_nothing_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        assert not official.answers(f"http://127.0.0.1:{silent.getsockname()[1]}/", 0.3)
        assert time.monotonic() - started < official.ANSWER_SECONDS


def test_without_an_answer_nothing_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(official, "answers", lambda url, seconds: False)
    assert official.install(tmp_path)[0] is None
    assert list(tmp_path.iterdir()) == []


def test_an_installer_that_fails_leaves_nothing_that_looks_like_an_engine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def half(command: list[str], what: str, *, limit: float, cwd: Path) -> tuple[int, str]:
        (cwd / "pulumi" / "bin").mkdir(parents=True)
        (cwd / "pulumi" / "bin" / "pulumi").write_text("half")
        return 1, "connection reset\n"

    monkeypatch.setattr(official, "answers", lambda url, seconds: True)
    monkeypatch.setattr(official, "run_with_progress", half)
    assert official.install(tmp_path) == (None, "the official installer failed: connection reset")
    assert official.installed(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
