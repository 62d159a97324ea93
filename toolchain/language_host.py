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
import io
import json
import logging
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
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

WATCH_SECONDS = 2.0
"""How often the engine's address is tried. Two failures in a row end this process."""


class LanguageHost(grpc.GenericRpcHandler):
    """The part of Pulumi's language runtime protocol that previews, updates, refreshes and destroys need.

    Each method takes and gives a message's bytes.
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

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        method = self.methods.get(handler_call_details.method.removeprefix(SERVICE))
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


def text(number: int, value: str) -> bytes:
    """A field as protobuf writes it: its number and kind, the length as two groups of seven bits, the text."""
    data = value.encode()
    return bytes([number << 3 | 2, len(data) & 0x7F | 0x80, len(data) >> 7]) + data


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


def stop(*_: object) -> Any:
    """End at once: the engine waits for this process, and nothing here is worth waiting for.

    Nothing is flushed: a signal may come in the middle of a write, where Python refuses another, and a reader that is
    gone would keep this process alive. Whole lines are out already (`main`).
    """
    os._exit(0)


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
    server = grpc.server(ThreadPoolExecutor(max_workers=4), options=CHANNEL_OPTIONS)
    server.add_generic_rpc_handlers((LanguageHost(engine_address),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    threading.Thread(target=watch, args=(engine_address,), daemon=True).start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
