"""Starts of Python that cost little: forks of one process that has imported what is installed already.

The engine starts a language host for each of its commands, and the tests start hundreds of commands: most of their
time would go into importing the same SDK again. `WarmPython` is the same interpreter, running the same scripts and
modules, each in a process of its own with the starter's environment, folder and files. What differs:

- The installed libraries are there already, and so are this project's own modules where the program's folder has the
  same files, as the copy of an unchanged project has.
- The SDK neither sends its debugging messages, which the engine throws away, nor says where in the program a
  registration stands.
"""

import contextlib
import gc
import importlib
import importlib.util
import marshal
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

PROJECT = Path(__file__).resolve().parents[1]
LIBRARIES = (
    "grpc", "dill", "pulumi", "pulumi.automation", "pulumi.runtime.proto.language_pb2", "pulumi_azure_native",
    "pydantic", "yaml", "rich.console", "psutil", "sqlite3", "argparse", "runpy",
    "azure.mgmt.network.models",
)  # fmt: skip
REGISTERED = (
    "VirtualNetwork", "Subnet", "NetworkSecurityGroup", "RouteTable", "LoadBalancer", "PublicIPAddress", "BastionHost",
    "VirtualNetworkGateway", "LocalNetworkGateway", "VirtualNetworkGatewayConnection", "ExpressRouteCircuit",
    "ExpressRouteCircuitPeering", "VirtualNetworkPeering",
)  # fmt: skip
"""Types of azure-native's network that nearly every program registers."""
OURS = {
    "components": ("components",),
    "topology": (
        "topology.reading",
        "topology.settings.arguments",
        "topology.settings.judge_existing",
        "topology.show.summary",
    ),
    "simulator": ("simulator.cli",),
}
"""Our packages that do not mind in which folder they lie, and what of each is imported."""

CLIENT = """\
#!{python} -IS
import _signal, _socket, marshal, os, sys
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
server.connect({address!r})
message = marshal.dumps(([*{first!r}, *sys.argv[1:]], os.getcwd(), dict(os.environ)))
files = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
server.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
def hand_on(number, _):
    try:
        server.send(bytes([number]))
    except OSError:
        pass
for number in (_signal.SIGINT, _signal.SIGTERM):
    _signal.signal(number, hand_on)
try:
    code = server.recv(1)
except OSError:
    code = b""
os._exit(code[0] if code else 70)
"""
"""What is started in place of the interpreter. It lasts as long as the process that works for it, hands signals on, and
takes that process with it when it is killed."""


class WarmPython:
    """`python` starts like the interpreter, and `folder` has an engine whose language host starts so too."""

    def __init__(self, home: Path, engine: Path) -> None:
        self.python = home / "python"
        self.folder = home / "engine"
        address = str(home / "socket")
        self._client(self.python, address)
        host, launcher = PROJECT / "toolchain" / "language_host.py", engine / "pulumi-language-python"
        if not launcher.exists() or str(host) not in launcher.read_text(errors="replace"):
            # The official engine has a host of its own.
            self.folder = engine
            return
        # The server is this file too, and loads nothing of the project.
        from toolchain import build

        build.bin_folder((engine / "pulumi").resolve(), self.folder)
        self._client(self.folder / launcher.name, address, str(host))

    @staticmethod
    def _client(file: Path, address: str, *first: str) -> None:
        file.write_text(CLIENT.format(python=sys.executable, address=address, first=first))
        file.chmod(0o755)

    @classmethod
    @contextmanager
    def serve(cls, engine: Path) -> "Iterator[WarmPython]":
        """Serve until the block is left; engine: the folder of a Pulumi CLI."""
        # A path of a socket has at most 107 characters, and pytest's folders may be longer.
        with tempfile.TemporaryDirectory(prefix="warm-") as folder:
            home = Path(folder)
            warm = cls(home, engine)
            command = [sys.executable, str(Path(__file__).resolve()), str(home / "socket")]
            server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT)
            try:
                assert server.stdout is not None
                assert server.stdout.readline() == b"ready\n"
                yield warm
            finally:
                server.kill()
                server.communicate()


def main() -> None:
    """Import, then fork for each that asks, until standard input is closed: whoever started this has gone."""
    sys.path[0] = str(PROJECT)
    for name in (*LIBRARIES, *(name for names in OURS.values() for name in names)):
        importlib.import_module(name)
    hush()
    azure_native = sys.modules["pulumi_azure_native"]
    for name in ("network", "resources"):
        # Loaded with the first use of what is in it.
        getattr(getattr(azure_native, name), "__all__", None)
    known: set[type] = set()
    for name in REGISTERED:
        know(getattr(sys.modules[getattr(azure_native.network, name).__module__], f"{name}Args"), known)
    host = PROJECT / "toolchain" / "language_host.py"
    specification = importlib.util.spec_from_file_location("__main__", host)
    assert specification
    assert specification.loader
    code = specification.loader.get_code("__main__")  # type: ignore[attr-defined]
    # Of the others, such as `toolchain`, some act on the folder that they lie in.
    folders = {entry.name for entry in PROJECT.iterdir() if entry.is_dir()} - OURS.keys()
    assert not folders.intersection(sys.modules), "a package that has to be of the program's own folder is loaded"
    ours = {package: files_of(PROJECT / package) for package in OURS}
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(sys.argv[1])
        listener.listen(64)
        print("ready", flush=True)
        threads = [threading.current_thread()]
        assert threading.enumerate() == threads, "a fork takes no thread with it"
        while True:
            if sys.stdin in select.select([listener, sys.stdin], [], [])[0]:
                return
            asker, _ = listener.accept()
            reap()
            if os.fork() == 0:
                listener.close()
                break
            asker.close()
    work_for(asker, {str(host): code}, ours)


def know(kind: type, known: "set[type]") -> None:
    """Have the SDK find out what it wants to know of a type of input, and of those within: each fork would again."""
    from pulumi import _types

    if kind in known or not _types.is_input_type(kind):
        return
    known.add(kind)
    todo: list[Any] = list(_types.input_type_types(kind).values())
    while todo:
        one = todo.pop()
        todo += get_args(one)
        if isinstance(one, type):
            know(one, known)


def hush() -> None:
    """Spare the SDK what nobody reads."""
    from pulumi import log
    from pulumi.runtime import resource
    from pulumi.runtime.proto import source_pb2

    log.debug = lambda *_, **__: None
    if hasattr(resource, "_get_stack_trace"):
        resource._get_stack_trace = source_pb2.StackTrace


def files_of(package: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each file of a package; a copy that was not touched has the same."""
    found: dict[str, tuple[int, int]] = {}
    for folder, folders, names in os.walk(package):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            about = os.stat(os.path.join(folder, name))
            found[os.path.relpath(os.path.join(folder, name), package)] = about.st_size, about.st_mtime_ns
    return found


def forget_what_differs(folder: Path, ours: dict[str, dict[str, tuple[int, int]]]) -> None:
    """Drop this project's modules unless the program's folder has the very same files of all packages."""
    if folder == PROJECT or all(files_of(folder / package) == files for package, files in ours.items()):
        return
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]


def reap() -> None:
    """Take note of the forks that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def work_for(
    asker: socket.socket, codes: dict[str, types.CodeType | None], ours: dict[str, dict[str, tuple[int, int]]]
) -> None:
    """Be the process that the asker wanted to start."""
    message, files, _, _ = socket.recv_fds(asker, 1 << 20, 3)
    (file, *arguments), folder, environment = marshal.loads(message)
    for number, copy in enumerate(files):
        os.dup2(copy, number)
        os.close(copy)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=get_signals, args=(asker,), daemon=True).start()
    forget_what_differs(Path(folder), ours)
    code = 0
    sys.path[1:1] = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    try:
        if file == "-m":
            sys.argv, sys.path[0] = arguments, folder
            runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv, sys.path[0] = [file, *arguments], str(Path(file).parent)
            sys.modules["__main__"] = module = types.ModuleType("__main__")
            module.__file__ = file
            exec(codes.get(file) or compile(Path(file).read_text(), file, "exec"), module.__dict__)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        code = 1
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
    with contextlib.suppress(OSError):
        asker.sendall(bytes([code & 255]))
    os._exit(code & 255)


def get_signals(asker: socket.socket) -> None:
    """Get the signals that the asker gets."""
    while number := asker.recv(1):
        os.kill(os.getpid(), number[0])
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
