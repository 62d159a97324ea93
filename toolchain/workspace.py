"""A place where the project can be deployed without touching anything of the user's.

A workspace is a folder with a copy of the project's files, a Pulumi home, a backend and a passphrase of its
own, and a simulated Azure. The user's login, stacks, plugins, Azure account and tracked files stay out of it.
Everything that it starts ends with it.
"""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from toolchain.locate import PROJECT, bin_folder
from toolchain.process import end_session
from toolchain.simulated import Simulator

QUICKLY = {"GOGC": "400"}
"""Variables for the engine, which lives for seconds: it starts quicker when it collects less garbage."""
SCRUBBED = ("PULUMI_", "AZURE_", "ARM_", "PYTHON", "VIRTUAL_ENV")
"""Prefixes of the environment variables that a workspace does not take over from the user."""

SECRETS_PROVIDER = "passphrase"
"""What encrypts the secrets of a workspace's new stacks."""

GRACE_SECONDS = 15.0
"""How long an interrupted engine may take to end by itself."""


@dataclass(frozen=True)
class Run:
    """One command that has ended: its exit code and what it printed."""

    command: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """Both outputs, for a search or a message."""
        return f"{self.stdout}\n{self.stderr}".strip()

    def check(self) -> "Run":
        """This run, when it ended with 0; raises `RunFailedError` with its output otherwise."""
        if self.code != 0:
            raise RunFailedError(self)
        return self


class RunFailedError(Exception):
    """A command ended with another code than 0; `run` has its output."""

    def __init__(self, run: Run) -> None:
        super().__init__(f"`{' '.join(run.command)}` ended with {run.code}:\n{run.text}")
        self.run = run


@dataclass
class Workspace:
    """An isolated project with its own Pulumi home, backend, passphrase and simulated Azure.

    Made by `Workspace.open`. `folder` holds all of it, `project` is the copy of the project in it, `stack`
    the stack that commands act on, `environment` what they get. `part`: the folder of a project inside the copied one.
    """

    folder: Path
    stack: str
    passphrase: str
    simulator: Simulator
    environment: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    part: str = ""

    @property
    def project(self) -> Path:
        """The copy of the project's files; of a project inside it, where `part` names its folder."""
        return self.folder / "project" / self.part

    @property
    def settings_file(self) -> Path:
        """The stack's settings: a real copy, since Pulumi writes into it."""
        return self.project / f"Pulumi.{self.stack}.yaml"

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path | None = None,
        stack: str = "reference",
        source: Path = PROJECT,
        minute_ms: float | None = None,
        arm: bool = False,
    ) -> "Iterator[Workspace]":
        """A new workspace in `folder` (which must not hold one yet; by default a temporary one, removed at the end).

        `source` is the project whose tracked and not ignored files are copied. The simulated Azure is up, at
        `minute_ms` real milliseconds a simulated minute, over HTTPS too with `arm`; the stack exists and is empty.
        Raises `RunFailedError`, `SimulatorError` and `toolchain.locate.NoEngineError`.
        """
        with _place(folder) as place:
            for name in ("project", "home", "state"):
                (place / name).mkdir(parents=True)
            copy_project(source, place / "project")
            with cls._running(place, stack, secrets.token_urlsafe(24), minute_ms, arm=arm) as workspace:
                workspace.pulumi("stack", "init", stack).check()
                yield workspace

    @contextmanager
    def clone(self, folder: Path | None = None, minute_ms: float | None = None) -> "Iterator[Workspace]":
        """A second workspace in the state of this one: project, stacks and cloud. Neither sees the other's changes.

        minute_ms: real milliseconds of its simulated minute; by default as long as this one's.
        """
        with _place(folder) as place:
            for name in ("project", "home", "state"):
                shutil.copytree(self.folder / name, place / name, symlinks=True)
            # The simulator may be writing; SQLite's own backup takes a consistent copy.
            original, copy = sqlite3.connect(self.simulator.cloud), sqlite3.connect(place / "cloud.db")
            with closing(original), closing(copy):
                original.backup(copy)
            with Workspace._running(place, self.stack, self.passphrase, minute_ms) as workspace:
                workspace.keys |= self.keys
                yield workspace

    @classmethod
    @contextmanager
    def _running(
        cls, place: Path, stack: str, passphrase: str, minute_ms: float | None = None, *, arm: bool = False
    ) -> "Iterator[Workspace]":
        environment = clean_environment()
        engine = bin_folder()
        with Simulator.serve(place / "cloud.db", environment, minute_ms, arm=arm) as simulator:
            environment |= {
                "PATH": f"{engine}{os.pathsep}{environment.get('PATH', '')}",
                "PULUMI_HOME": str(place / "home"),
                "XDG_STATE_HOME": str(place / "home"),
                "PULUMI_BACKEND_URL": f"file://{place / 'state'}",
                "PULUMI_CONFIG_PASSPHRASE": passphrase,
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_DEBUG_PROVIDERS": simulator.attach,
                **QUICKLY,
            }
            yield cls(place, stack, passphrase, simulator, environment)

    def inside(self, part: str, stack: str) -> "Workspace":
        """The same place, for another stack: one of a project that lies inside the copied one, in the folder `part`."""
        return replace(self, part=part, stack=stack, keys={})

    def pulumi(
        self,
        *arguments: str,
        project: Path | None = None,
        stack: str | None = None,
        stdin: str = "",
        timeout: float = 600.0,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """Run the Pulumi CLI to its end, whatever its exit code.

        `project` and `stack` choose another project folder and stack of this workspace's backend,
        `environment` adds variables. After `timeout` seconds, and on any exception, the engine is
        interrupted, then killed.
        """
        made = arguments[:2] == ("stack", "init")
        chosen = {} if made else {"PULUMI_STACK": stack or self.stack}
        encrypted = [f"--secrets-provider={SECRETS_PROVIDER}"] if made else []
        command = ("pulumi", *arguments, *encrypted, "--non-interactive", "--color=never")
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=project or self.project,
            env={**self.environment, **chosen, **(environment or {})},
            start_new_session=True,
        )
        try:
            stdout, stderr = process.communicate(stdin, timeout=timeout)
        finally:
            end_session(process, grace=GRACE_SECONDS)
        return Run(command, process.returncode, stdout, stderr)

    def python(self, *arguments: str) -> Run:
        """Run one of the project's own commands, such as `-m operations status`, to its end, whatever its exit code."""
        command = (sys.executable, *arguments)
        done = subprocess.run(
            command, cwd=self.project, env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )
        return Run(command, done.returncode, done.stdout, done.stderr)

    def secret(self, key: str, value: str) -> None:
        """Set a secret of the stack, through a pipe; `key` is a path, such as vpnSharedKeys.hq."""
        self.pulumi("config", "set", "--secret", "--path", key, stdin=value).check()

    def make_shared_keys(self) -> dict[str, str]:
        """Give every VPN site of the settings a random pre-shared key, as the stack's secret, and return them."""
        sites = (self.settings().get("hybrid-network:vpn") or {}).get("sites") or []
        keys = {site["name"]: secrets.token_hex(24) for site in sites}
        for site, key in keys.items():
            self.secret(f"vpnSharedKeys.{site}", key)
        self.keys |= keys
        return keys

    def settings(self) -> dict[str, Any]:
        """The stack's settings as they stand in its file (`hybrid-network:network` and so on)."""
        return yaml.safe_load(self.settings_file.read_text())["config"]

    def change(self, **values: Any) -> None:
        """Set settings of the namespace `hybrid-network`: `change(protect=False)`; None removes one."""
        document = yaml.safe_load(self.settings_file.read_text())
        for key, value in values.items():
            if value is None:
                document["config"].pop(f"hybrid-network:{key}", None)
            else:
                document["config"][f"hybrid-network:{key}"] = value
        self.settings_file.write_text(yaml.safe_dump(document, sort_keys=False))

    def provision(self, circuit: str) -> None:
        """Play the connectivity provider: provision a circuit, given by its name or id."""
        self.simulated("provision", circuit)

    def deprovision(self, circuit: str) -> None:
        """Play the connectivity provider: deprovision a circuit, given by its name or id."""
        self.simulated("deprovision", circuit)

    def simulated(self, command: str, *arguments: str) -> str:
        """Run a command of the simulator on this workspace's cloud and return what it printed."""
        return self.simulator.command(command, *arguments)

    def cloud(self) -> Any:
        """What exists in the simulated Azure, as `python -m simulator show --json` tells it."""
        return json.loads(self.simulated("show", "--json"))

    def state(self) -> list[dict[str, Any]]:
        """The stack's resources as Pulumi keeps them, secrets encrypted."""
        return self.deployment().get("resources") or []

    def deployment(self) -> dict[str, Any]:
        """The stack's state as its file in the backend has it: what `pulumi stack export` shows, without a process."""
        name = _name_of((self.project / "Pulumi.yaml").read_text())
        file = self.folder / "state" / ".pulumi" / "stacks" / name / f"{self.stack}.json"
        return json.loads(file.read_text())["checkpoint"].get("latest") or {}

    def outputs(self, show_secrets: bool = False) -> dict[str, Any]:
        """The stack's outputs; secrets read "[secret]" unless they are asked for."""
        shown = ("--show-secrets",) if show_secrets else ()
        return json.loads(self.pulumi("stack", "output", "--json", *shown).check().stdout)


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """The folder itself, or a temporary one that goes at the end."""
    if folder is not None:
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="hybrid-network-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary).resolve()


def clean_environment() -> dict[str, str]:
    """The user's environment without what could reach their Pulumi stacks, their Azure or another Python."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(SCRUBBED)}
    # gRPC would send even calls to this machine through a proxy.
    local = "127.0.0.1,localhost"
    return kept | {name: f"{kept[name]},{local}" if kept.get(name) else local for name in ("NO_PROXY", "no_proxy")}


def copy_project(source: Path, target: Path) -> None:
    """Copy a project's files as they stand, without what git ignores, and link the virtual environment in use."""
    for name in project_files(source):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)
    (target / ".venv").symlink_to(sys.prefix)


def project_files(source: Path) -> list[str]:
    """The tracked and the not ignored files of a project; without git, all but what is made by tools."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=source, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        made = {".git", ".venv", "venv", "build", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}
        files = (path.relative_to(source) for path in source.rglob("*") if path.is_file())
        listed = [str(path) for path in files if not made.intersection(path.parts)]
    return [name for name in listed if name and (source / name).is_file()]


@cache
def _name_of(project: str) -> str:
    """The name in a Pulumi.yaml, whose schema of settings makes it long to read."""
    return yaml.safe_load(project)["name"]
