"""The language host's life: it serves one engine and ends with it. What it runs is tested with the real engine."""

import os
import platform
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

import toolchain.language_host

HOST = Path(toolchain.language_host.__file__)
BUFFERED = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}


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


def libraries(process: subprocess.Popen[str]) -> str:
    """The compiled libraries that a process has loaded."""
    return "\n".join(mapped.path for mapped in psutil.Process(process.pid).memory_maps())


def address(server: socket.socket) -> str:
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_it_says_which_python_it_runs(listening: socket.socket):
    with served(address(listening)) as (_, port), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        host = language_pb2_grpc.LanguageRuntimeStub(channel)
        about = host.About(empty_pb2.Empty())
        assert (about.executable, about.version) == (sys.executable, platform.python_version())


def test_it_loads_the_sdk_for_nothing_but_a_program(listening: socket.socket, tmp_path: Path):
    """The engine starts a host for each command only to ask what it is: that must not take what a program takes."""
    with served(address(listening)) as (process, port), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        host = language_pb2_grpc.LanguageRuntimeStub(channel)
        host.Handshake(language_pb2.LanguageHandshakeRequest())
        host.GetPluginInfo(empty_pb2.Empty())
        host.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest())
        host.About(empty_pb2.Empty())
        before = libraries(process)
        request = language_pb2.RunRequest(pwd=str(tmp_path))
        request.info.options.update({"virtualenv": "none"})
        host.Run(request)
        assert "google/_upb" not in before
        assert "google/_upb" in libraries(process)


@pytest.mark.parametrize(
    ("environment", "said"),
    [(".venv", "could not start the program: is the Pulumi SDK installed there?"), ("none", "does not exist")],
)
def test_it_says_when_the_named_environment_cannot_run_the_program(
    listening: socket.socket, tmp_path: Path, environment: str, said: str
):
    interpreter = tmp_path / ".venv" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text("#!/bin/sh\nexit 1\n")
    interpreter.chmod(0o755)
    with served(address(listening)) as (_, port), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        request = language_pb2.RunRequest(pwd=str(tmp_path))
        request.info.options.update({"virtualenv": environment})
        assert said in language_pb2_grpc.LanguageRuntimeStub(channel).Run(request).error


def plugin(folder: Path, program: str, virtualenv: str = "") -> language_pb2.RunPluginRequest:
    """A call to run a plugin whose program this is."""
    (folder / "__main__.py").write_text(program)
    request = language_pb2.RunPluginRequest(
        pwd=str(folder.parent), args=["one", "two"], env=["SAID=a=b", *(f"{k}={v}" for k, v in BUFFERED.items())]
    )
    request.info.program_directory = str(folder)
    request.info.options.update({"other": 1, "virtualenv": virtualenv})
    request.attach_debugger = True
    return request


def test_a_plugin_runs_where_it_is_told_to_and_all_it_prints_comes_back(listening: socket.socket, tmp_path: Path):
    (tmp_path / "plugin").mkdir()
    program = "import os, sys\nprint(sys.argv[1:], os.environ['SAID'], os.getcwd())\nprint('x' * 70000)\nsys.exit('no')"
    with served(address(listening)) as (_, port), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        request = plugin(tmp_path / "plugin", program)
        parts = list(language_pb2_grpc.LanguageRuntimeStub(channel).RunPlugin(request))
    said = b"".join(part.stdout for part in parts).decode()
    assert said == f"['one', 'two'] a=b {tmp_path}\n{'x' * 70000}\n"
    assert b"".join(part.stderr for part in parts) == b"no\n"
    assert (parts[-1].WhichOneof("output"), parts[-1].exitcode) == ("exitcode", 1)


def test_a_plugin_whose_environment_is_not_made_is_refused_with_its_path(listening: socket.socket, tmp_path: Path):
    with served(address(listening)) as (_, port), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = language_pb2_grpc.LanguageRuntimeStub(channel).RunPlugin(plugin(tmp_path, "", "venv"))
        with pytest.raises(grpc.RpcError) as refused:
            list(call)
    assert f"{tmp_path}/venv/bin/python does not exist" in str(refused.value)


PYTHON = """#!/bin/sh
echo "$2 $3"
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; else ! grep unknown requirements.txt; fi
"""


def test_what_a_plugin_requires_is_installed_into_its_own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    class Refusing:
        def add_callback(self, callback: object) -> bool:
            return callable(callback)

        def abort(self, code: object, details: str) -> None:
            raise ValueError(f"{code} {details}")

    def install() -> str:
        context = cast("grpc.ServicerContext", Refusing())
        lines = toolchain.language_host.install(request.SerializeToString(), context)
        return "".join(language_pb2.InstallDependenciesResponse.FromString(line).stdout.decode() for line in lines)

    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    folder = tmp_path / "plugin"
    folder.mkdir()
    request = language_pb2.InstallDependenciesRequest()
    request.info.program_directory = str(folder)
    assert install() == ""
    request.info.options.update({"virtualenv": "../venv"})
    assert install() == f"venv {folder}/../venv\n"
    (folder / "requirements.txt").write_text("known\n")
    assert install() == "pip install\n"
    (folder / "requirements.txt").write_text("unknown\n")
    with pytest.raises(ValueError, match=rf"pip install .* failed in {folder}"):
        install()


@pytest.mark.parametrize("end", ["the call is taken back", "the host is told to end", "the engine is gone"])
def test_a_plugin_ends_with_its_call_and_with_its_host(listening: socket.socket, tmp_path: Path, end: str):
    program = "import os, time\nprint(os.getpid())\ntime.sleep(600)"
    with served(address(listening)) as (process, port), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = language_pb2_grpc.LanguageRuntimeStub(channel).RunPlugin(plugin(tmp_path, program))
        started = psutil.Process(int(next(iter(call)).stdout))
        if end == "the call is taken back":
            call.cancel()
        elif end == "the host is told to end":
            os.kill(process.pid, signal.SIGTERM)
        else:
            listening.close()
        gone, _ = psutil.wait_procs([started], timeout=30)
    assert gone


def test_a_plugin_whose_call_was_taken_back_before_it_started_is_ended_at_once(tmp_path: Path):
    class TakenBack:
        def add_callback(self, callback: object) -> bool:
            del callback
            return False

    request = plugin(tmp_path, "import time\ntime.sleep(600)").SerializeToString()
    before = len(toolchain.language_host.plugins)
    assert list(toolchain.language_host.run_plugin(request, cast("grpc.ServicerContext", TakenBack()))) == []
    (started,) = toolchain.language_host.plugins[before:]
    assert started.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_told_to(listening: socket.socket, number: signal.Signals):
    with served(address(listening)) as (process, _):
        os.kill(process.pid, number)
        assert process.wait(timeout=30) == 0


SIGNALLED_IN_A_WRITE = """
import io, os, signal, sys
from toolchain.language_host import main
class Pipe(io.RawIOBase):
    def writable(self): return True
    def write(self, data):
        os.kill(os.getpid(), signal.{name})
        for _ in range(1000): pass
        return len(data)
sys.stdout = io.TextIOWrapper(io.BufferedWriter(Pipe()))
main()
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_in_the_middle_of_a_write_ends_it_as_quietly(listening: socket.socket, name: str):
    command = [sys.executable, "-c", SIGNALLED_IN_A_WRITE.format(name=name), address(listening)]
    done = subprocess.run(
        command, cwd=HOST.parent.parent, env=BUFFERED, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_ends_though_nobody_reads_what_it_printed():
    script = "import sys\nfrom toolchain.language_host import stop\nprint('half a line', end='')\nstop()"
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=HOST.parent.parent, env=BUFFERED, stdout=write, timeout=60, check=False)
    os.close(write)
    assert done.returncode == 0


def test_a_line_is_out_as_soon_as_it_is_printed(listening: socket.socket):
    """What a program printed is not lost when its host is told to end."""
    script = (
        "import threading, time\nfrom toolchain.language_host import main\n"
        "threading.Timer(1, lambda: print('said by a program')).start()\nmain()"
    )
    command = [sys.executable, "-c", script, address(listening)]
    with subprocess.Popen(command, cwd=HOST.parent.parent, env=BUFFERED, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline())
        assert process.stdout.readline() == "said by a program\n"
        process.terminate()


def test_it_ends_by_itself_when_the_engine_stops_answering(listening: socket.socket):
    with served(address(listening)) as (process, _):
        listening.close()
        assert process.wait(timeout=60) == 0
