"""Runs Pulumi programs written in Python for an engine that came without its own language host.

The official CLI brings a `pulumi-language-python` of its own, and this one is never put before it. An engine
that was built from its Go module has none, and starts this file in its place: it prints the port it listens
on, runs the program when the engine asks for it, and ends with the engine.

The file stands alone (it imports nothing of this project), because it may be started by the interpreter of
another project's virtual environment: see `LanguageHost.run`.

The engine starts it twice for each command: first only to ask what it is. So nothing but gRPC is loaded until there is
a program to run; what is asked before that is answered without the SDK's own types of messages.
"""

import asyncio
import contextvars
import importlib
import io
import json
import logging
import os
import queue
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc

SERVICE = "/pulumirpc.LanguageRuntime/"
CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
]
"""Messages as large as the Pulumi SDK allows (400 MiB): a whole stack's outputs may come in one."""

THREADS = 16
"""Calls at once. One that runs a plugin lasts as long as the plugin, and the program's own must never wait for it."""

WATCH_SECONDS = 2.0
"""How often the engine's address is tried. Two failures in a row end this process."""

plugins: list[subprocess.Popen[bytes]] = []
"""What this process runs for the engine besides programs."""


class LanguageHost(grpc.GenericRpcHandler):
    """The part of Pulumi's language runtime protocol that previews, updates, refreshes, destroys and policies need.

    Each method takes and gives a message's bytes; those of `streams` give several.
    """

    def __init__(self, engine_address: str) -> None:
        self.engine_address = engine_address
        self.methods: dict[str, Callable[[bytes], bytes]] = {
            "Handshake": empty,
            # No version: the host is as old as the engine that it comes with.
            "GetPluginInfo": empty,
            # The engine asks for a provider when the first of its resources is registered, with the SDK's own version.
            "GetRequiredPackages": empty,
            "About": about,
            "Run": self.run,
            "Cancel": stop,
        }
        self.streams: dict[str, Callable[[bytes, grpc.ServicerContext], Iterator[bytes]]] = {
            "RunPlugin": run_plugin,
            "InstallDependencies": install,
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        name = handler_call_details.method.removeprefix(SERVICE)
        if stream := self.streams.get(name):
            return grpc.unary_stream_rpc_method_handler(stream)
        method = self.methods.get(name)
        return method and grpc.unary_unary_rpc_method_handler(lambda request, context: method(request))

    def run(self, message: bytes) -> bytes:
        """Run one program, under the interpreter that its Pulumi.yaml names (`virtualenv`)."""
        from pulumi.runtime.proto import language_pb2

        request = language_pb2.RunRequest.FromString(message)
        root = Path(request.info.root_directory or request.pwd)
        named = dict(request.info.options).get("virtualenv")
        if not named or (root / str(named)).resolve() == Path(sys.prefix).resolve():
            return contextvars.copy_context().run(run_program, request, self.engine_address).SerializeToString()
        interpreter = root / str(named) / "bin" / "python"
        if interpreter.exists():
            return delegate(interpreter, message, request.pwd, self.engine_address)
        return failed(f"Pulumi.yaml names the virtual environment {named!r}, but {interpreter} does not exist")


def empty(_: bytes) -> bytes:
    """A message of any type in which nothing is set: no bytes at all."""
    return b""


def failed(why: str) -> bytes:
    """The answer to `Run` when the program could not be run."""
    from pulumi.runtime.proto import language_pb2

    return language_pb2.RunResponse(error=why).SerializeToString()


def about(_: bytes) -> bytes:
    """An `AboutResponse`: which Python this is."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return text(1, sys.executable) + text(2, version)


def text(number: int, value: str | bytes) -> bytes:
    """A field as protobuf writes it: its number and kind, its length, and the text."""
    data = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """A whole number in groups of seven bits, the lowest first; all but the last have the eighth bit set."""
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + varint(value >> 7)


def fields(message: bytes) -> dict[int, list[bytes]]:
    """The fields of a protobuf message that have a length (texts, messages), by their number; numbers are left out."""

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                return value

    found: dict[int, list[bytes]] = {}
    at = 0
    while at < len(message):
        tag = number()
        if tag & 7 == 0:
            number()
            continue
        length = number() if tag & 7 == 2 else {1: 8, 5: 4}[tag & 7]
        found.setdefault(tag >> 3, []).append(message[at : at + length])
        at += length
    return found


def plugin_option(info: dict[int, list[bytes]], name: str) -> str:
    """A text among the runtime's options of a `ProgramInfo`: a Struct, whose entries have a key and a Value."""
    for struct in info.get(4, []):
        for entry in map(fields, fields(struct).get(1, [])):
            if entry[1] == [name.encode()]:
                return fields(entry[2][0]).get(3, [b""])[0].decode()
    return ""


def run_program(request: Any, engine_address: str) -> Any:
    """Run the program in this process; what went wrong is shown as Pulumi's own host shows it.

    A `pulumi.RunError` is its text and nothing else; any other exception comes with its traceback. Both are
    logged here, and `bail` tells the engine that there is nothing to add.
    """
    import pulumi
    from pulumi.runtime import reset_options, set_all_config
    from pulumi.runtime.proto import language_pb2

    entry = request.info.entry_point or request.program or "."
    program = Path(request.info.program_directory or request.pwd) / entry
    os.chdir(request.pwd)
    sys.argv = [str(program), *request.args]
    reset_options(
        project=request.project,
        stack=request.stack,
        root_directory=request.info.root_directory or request.pwd,
        parallel=request.parallel,
        engine_address=engine_address,
        monitor_address=request.monitor_address,
        preview=request.dryRun,
        organization=request.organization or "organization",
    )
    set_all_config(dict(request.config), list(request.configSecretKeys))
    # Pulumi's own host hands the configuration over so: a program that looks for keys it does not know reads it there.
    os.environ["PULUMI_CONFIG"] = json.dumps(dict(request.config))
    os.environ["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))

    def run() -> None:
        runpy.run_path(str(program), run_name="__main__")

    try:
        run_to_the_end(run, request.parallel)
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return language_pb2.RunResponse(bail=True)
    except grpc.RpcError as error:
        if isinstance(error, grpc.Call) and error.code() == grpc.StatusCode.UNAVAILABLE:
            # The engine is already going down and has said why.
            return language_pb2.RunResponse(bail=True)
        pulumi.log.error(f"Program failed with an unhandled exception:\n{traceback.format_exc()}")
        return language_pb2.RunResponse(bail=True)
    except SystemExit as ended:
        if ended.code in (None, 0):
            return language_pb2.RunResponse()
        return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {ended.code}")
    except Exception:
        pulumi.log.error(f"Program failed with an unhandled exception:\n{traceback.format_exc()}")
        return language_pb2.RunResponse(bail=True)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return language_pb2.RunResponse()


def run_to_the_end(program: Callable[[], None], parallel: int) -> None:
    """Run a program and everything that it left in flight, on an event loop of its own."""
    from pulumi.runtime import run_in_stack

    # A program that fails leaves tasks that nobody awaits any more; that is no news for the user.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Registrations block in a thread each; too few threads can leave a program waiting for itself.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=4 * min(max(parallel, 1), 64)))
    try:
        loop.run_until_complete(run_in_stack(program))
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def delegate(interpreter: Path, message: bytes, folder: str, engine_address: str) -> bytes:
    """Run the program in a second host, started with another interpreter."""
    command = [str(interpreter), __file__, engine_address]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        assert child.stdout is not None
        port = child.stdout.readline().strip()
        if not port:
            return failed(f"{interpreter} could not start the program: is the Pulumi SDK installed there?")
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS) as channel:
            return channel.unary_unary(f"{SERVICE}Run")(message)
    except grpc.RpcError as error:
        return failed(f"{interpreter} could not run the program: {error}")
    finally:
        child.terminate()
        child.wait()


def run_plugin(message: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
    """Run a plugin written in Python, such as a policy pack, to its end: what it prints, then its exit code.

    It runs under the interpreter of the environment that its own folder names (`virtualenv`), else under this one, and
    ends when the engine takes back its call. The engine waits for a policy pack before it asks for the program, so the
    plugin is started at once, and the SDK that the program will need is loaded meanwhile.
    """
    request = {number: [part.decode(errors="replace") for part in parts] for number, parts in fields(message).items()}
    info = fields(fields(message)[5][0])
    root = Path(info[2][0].decode())
    named = plugin_option(info, "virtualenv")
    python = root / named / "bin" / "python" if named else Path(sys.executable)
    if not python.exists():
        context.abort(
            grpc.StatusCode.FAILED_PRECONDITION, f"{python} does not exist: {root} needs what it requires there"
        )
    arguments = request.get(3, [])
    analyzer = request.get(6) == ["analyzer"]
    command = ["-m", "pulumi.policy", *arguments, str(root)] if analyzer else [str(root), *arguments]
    environment = dict(entry.split("=", 1) for entry in request.get(4, [])) or None
    child = start([str(python), "-u", *command], Path(request[1][0]), context, environment)
    if child is None:
        return
    threading.Thread(target=importlib.import_module, args=("pulumi",), daemon=True).start()
    yield from all_printed(child)
    code = child.wait()
    yield bytes([3 << 3]) + varint(code if code >= 0 else 128 - code)


def install(message: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
    """Make the environment that a folder names (`virtualenv`), if there is none, and install what it requires there.

    A plugin that came as sources, from a git tag for example, is made ready so.
    """
    info = fields(fields(message)[3][0])
    root, named = Path(info[2][0].decode()), plugin_option(info, "virtualenv")
    python = root / named / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]
    commands = [] if python.exists() else [[sys.executable, "-m", "venv", str(root / named)]]
    commands += [pip] if (root / "requirements.txt").exists() else []
    for command in commands if named else ():
        child = start(command, root, context)
        if child is None:
            return
        yield from all_printed(child)
        if child.wait() != 0:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"`{' '.join(command)}` failed in {root}")


def start(
    command: list[str], folder: Path, context: grpc.ServicerContext, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes] | None:
    """Start something for the engine, which ends when the engine takes back its call; None where it has already."""
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    plugins.append(child)
    if not context.add_callback(lambda: end(child)):
        # Nobody will say so again.
        end(child)
        return None
    return child


def all_printed(child: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What a process prints, as the messages of `RunPlugin` and `InstallDependencies` have it."""
    printed: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read(stream: Any, number: int) -> None:
        for line in stream:
            printed.put(text(number, line))
        printed.put(b"")

    for number, stream in enumerate((child.stdout, child.stderr), start=1):
        threading.Thread(target=read, args=(stream, number), daemon=True).start()
    for _ in range(2):
        while line := printed.get():
            yield line


def stop(*_: object) -> Any:
    """End at once, with the plugins: the engine waits for this process, and nothing here is worth waiting for.

    Nothing is flushed: a signal may come in the middle of a write, where Python refuses another, and a reader that is
    gone would keep this process alive. Whole lines are out already (`main`).
    """
    for plugin in plugins:
        end(plugin)
    os._exit(0)


def end(plugin: subprocess.Popen[bytes]) -> None:
    """Kill a plugin and wait for it; one that has ended stays as it was."""
    plugin.kill()
    plugin.wait()


def watch(engine_address: str) -> None:
    """End this process when the engine has gone without saying so (killed, crashed)."""
    host, _, port = engine_address.rpartition(":")
    failures = 0
    while failures < 2:
        time.sleep(WATCH_SECONDS)
        try:
            socket.create_connection((host, int(port)), timeout=WATCH_SECONDS).close()
            failures = 0
        except OSError:
            failures += 1
    stop()


def main() -> None:
    """Serve one engine: its address is the last argument, our port the first line on standard output."""
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
    # The folder of this file is no place for the program's imports.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]
    engine_address = sys.argv[-1]
    server = grpc.server(ThreadPoolExecutor(max_workers=THREADS), options=CHANNEL_OPTIONS)
    server.add_generic_rpc_handlers((LanguageHost(engine_address),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    threading.Thread(target=watch, args=(engine_address,), daemon=True).start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
