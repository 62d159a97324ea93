"""The language host's life: it serves one engine and ends with it. What it runs is tested with the real engine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2_grpc

import engine.language_host

HOST = Path(engine.language_host.__file__)


@contextmanager
def served(engine_address: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running language host and its port."""
    process = subprocess.Popen([sys.executable, str(HOST), engine_address], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Something that takes connections, as an engine does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address(server: socket.socket) -> str:
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_it_says_which_sdk_and_which_python_it_runs(listening: socket.socket):
    with served(address(listening)) as (_, port), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        host = language_pb2_grpc.LanguageRuntimeStub(channel)
        assert host.GetPluginInfo(empty_pb2.Empty()).version.startswith("3.")
        assert host.About(empty_pb2.Empty()).executable == sys.executable


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_told_to(listening: socket.socket, number: signal.Signals):
    with served(address(listening)) as (process, _):
        os.kill(process.pid, number)
        assert process.wait(timeout=30) == 0


def test_it_ends_by_itself_when_the_engine_stops_answering(listening: socket.socket):
    with served(address(listening)) as (process, _):
        listening.close()
        assert process.wait(timeout=60) == 0
