"""A stack as the Pulumi CLI shows it: its state out and in, its plan, its refresh."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from operations.stack_lock import STARTER, Lock, LockedError, is_refusal, locks_in
from toolchain.process import end_session

Json = dict[str, Any]

GRACE_SECONDS = 60.0
"""How long an interrupted CLI may take to end well: it saves the state then."""

TAIL_LINES = 40
"""How much of a failed command's output is shown."""


STACKS_THERE = (
    "`pulumi stack ls` shows the stacks of this project in this backend; `pulumi whoami -v` says which it is."
)
"""What to do where there is no stack of a name: a misspelt one, or one of another backend."""


class PulumiError(Exception):
    """A command of the CLI failed; the text has the command and the end of what it said."""

    def __init__(self, command: Iterable[str], output: str) -> None:
        self.output = output
        tail = "\n".join(output.strip().splitlines()[-TAIL_LINES:])
        there = f"\n{STACKS_THERE}" if "no stack named" in output else ""
        super().__init__(f"`{' '.join(command)}` failed:\n{tail}{there}")


class UnreadableStateError(Exception):
    """The exported state is not what this project understands; the text says what is strange."""


@dataclass
class Stack:
    """A stack of the project in `project`; `engine` is the folder with the Pulumi CLI."""

    name: str
    project: Path
    engine: Path

    def export(self) -> Json:
        """The state as the CLI exports it, secrets encrypted. Raises `PulumiError` and `UnreadableStateError`."""
        document = json.loads(self._pulumi("stack", "export"))
        if not isinstance(document.get("deployment"), dict):
            raise UnreadableStateError(f"`pulumi stack export` gave no deployment, but {', '.join(document)}")
        return document

    def outputs(self) -> Json:
        """The stack's outputs; what is secret reads "[secret]". Raises `PulumiError`."""
        return json.loads(self._pulumi("stack", "output", "--json"))

    def config(self) -> dict[str, tuple[str, bool]]:
        """The stack's configuration: full key -> its text and whether it is secret. Secrets are in clear, and stay in
        memory. Raises `PulumiError`."""
        listed = json.loads(self._pulumi("config", "--show-secrets", "--json"))
        return {key: (str(one.get("value", "")), bool(one.get("secret"))) for key, one in listed.items()}

    def set_secret(self, path: str, value: str) -> None:
        """Set a secret of the stack, such as vpnSharedKeys.hq; the value goes through a pipe. Raises `PulumiError`."""
        self._pulumi("config", "set", "--secret", "--path", path, stdin=value)

    def updating(self) -> bool:
        """Whether the backend says that an update of the stack is under way. Raises `PulumiError`."""
        listed = json.loads(self._pulumi("stack", "ls", "--json", stack=False))
        own = self.name.rsplit("/", 1)[-1]
        return any(one.get("updateInProgress") for one in listed if str(one.get("name", "")).rsplit("/", 1)[-1] == own)

    def restore(self, document: Json) -> None:
        """Replace the state, through a file for the owner's eyes only that is removed again. Raises as `export`."""
        # mkstemp makes it with mode 600.
        handle, name = tempfile.mkstemp(prefix="hybrid-network-", suffix=".json")
        try:
            with os.fdopen(handle, "w") as file:
                json.dump(document, file)
            self._pulumi("stack", "import", "--file", name)
        finally:
            os.unlink(name)

    def plan(self) -> list[Json]:
        """The steps of a preview with the stack's settings. Raises `PulumiError` with the program's own errors."""
        command = ("preview", "--json")
        code, stdout, stderr = self._run(*command)
        try:
            document = json.loads(stdout)
        except ValueError:
            raise PulumiError(self._shown(command), f"{stdout}\n{stderr}") from None
        if code != 0:
            said = [entry.get("message", "") for entry in document.get("diagnostics", [])]
            raise PulumiError(self._shown(command), "\n".join([*said, stderr]))
        return document.get("steps") or []

    def refresh(self, urns: Iterable[str] = ()) -> None:
        """Write what Azure says now into the state; of these resources only, when some are named."""
        targets = [word for urn in urns for word in ("--target", urn)]
        self._pulumi("refresh", "--yes", "--skip-preview", *targets)

    def make_providers(self, urns: Iterable[str]) -> None:
        """Put these providers into a state that has none yet, and nothing else: in Azure nothing is made."""
        targets = [word for urn in urns for word in ("--target", urn)]
        self._pulumi("up", "--yes", "--skip-preview", *targets)

    def cancel(self) -> None:
        """Free the stack's lock, whoever took it."""
        self._pulumi("cancel", "--yes")

    def locks(self) -> list[Lock]:
        """The stack's locks, where the backend is a folder; elsewhere they show only when a command is refused."""
        folder = self._backend()
        found = []
        for file in self._own(folder / "locks", "/*.json") if folder else ():
            lock = json.loads(file.read_text())
            found.append(Lock(int(lock["pid"]), lock["username"], lock["hostname"], lock["timestamp"]))
        return found

    def half_written(self) -> list[Path]:
        """Files of attributes that a kill left empty or cut off, where the backend is a folder: the CLI then reads
        neither the state nor the locks beside them. They have a content type and a checksum, and may be missing."""
        folder = self._backend()
        if folder is None:
            return []
        files = [*self._own(folder / "locks", "/*.attrs"), *self._own(folder / "stacks", ".json*.attrs")]
        return [file for file in files if not _is_json(file)]

    def _backend(self) -> Path | None:
        """The folder of the backend, where it is one."""
        url = urlsplit(json.loads(self._pulumi("whoami", "--json", stack=False)).get("url", ""))
        if url.scheme != "file":
            return None
        return Path(unquote(f"{url.netloc}{url.path}").replace("~", str(Path.home()), 1)) / ".pulumi"

    def _own(self, folder: Path, files: str) -> list[Path]:
        """The stack's files in a folder of the backend; files: what follows the stack's name, a pattern."""
        project = yaml.safe_load((self.project / "Pulumi.yaml").read_text())["name"]
        return sorted(folder.glob(f"**/{project}/{self.name.rsplit('/', 1)[-1]}{files}"))

    def _pulumi(self, *arguments: str, stack: bool = True, stdin: str = "") -> str:
        code, stdout, stderr = self._run(*arguments, stack=stack, stdin=stdin)
        if code == 0:
            return stdout
        text = f"{stdout}\n{stderr}"
        if is_refusal(text):
            raise LockedError(next(iter(locks_in(text)), None))
        raise PulumiError(self._shown(arguments), text)

    def _run(self, *arguments: str, stack: bool = True, stdin: str = "") -> tuple[int, str, str]:
        """One command to its end; interrupted, it may still save the state."""
        chosen = ("--stack", self.name) if stack and arguments != ("cancel", "--yes") else ()
        # `cancel` takes the stack as an argument, the others as an option.
        named = (self.name,) if arguments == ("cancel", "--yes") else ()
        process = subprocess.Popen(
            [str(self.engine / "pulumi"), *arguments, *named, *chosen, "--non-interactive", "--color=never"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=self.project,
            env=self._environment(),
            start_new_session=True,
        )
        try:
            stdout, stderr = process.communicate(stdin)
        finally:
            end_session(process, grace=GRACE_SECONDS)
        return process.returncode, stdout, stderr

    def _environment(self) -> dict[str, str]:
        path = f"{self.engine}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, "PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true", STARTER: str(os.getpid())}

    def _shown(self, arguments: Iterable[str]) -> tuple[str, ...]:
        return ("pulumi", *arguments, "--stack", self.name)


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except ValueError:
        return False
    return True
