"""Runs a workflow's jobs as GitHub's runner does, but here: its `run:` steps in order, with real files.

Actions (`uses:`) are played: a checkout and an interpreter are there already, artifacts are folders. What GitHub knows
comes from the test, by the expression that asks for it; one that the test does not know is an error.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
SURVIVES = ("cancelled()", "always()", "failure()")
"""A step whose condition has one of these runs after a failed one too."""
PLAYED = ("actions/checkout", "actions/setup-python")


@dataclass
class Job:
    """What a job has done: its outputs, its summary, the names of its steps that failed, and all that they printed."""

    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    failed: list[str] = field(default_factory=list)
    printed: str = ""


@dataclass
class Runner:
    """A workflow and where it runs. known: the value of each expression. artifacts: what jobs hand on."""

    file: Path
    folder: Path
    environment: Mapping[str, str]
    artifacts: Path
    known: Mapping[str, str]

    @property
    def document(self) -> dict[str, Any]:
        """The workflow; YAML reads its key `on` as true."""
        return yaml.safe_load(self.file.read_text())

    def run(self, name: str, **more: str) -> Job:
        """Run a job to its end; more: expressions of this run alone, `__` for a dot (matrix__stack="dev")."""
        job = self.document["jobs"][name]
        values = {**self.known, **{key.replace("__", "."): value for key, value in more.items()}}
        if not self._holds(job.get("if"), values):
            raise AssertionError(f"job {name} would not run: {job['if']}")
        done, environment = Job(), {**self.environment, **self._env(self.document, values), **self._env(job, values)}
        temporary = self.artifacts / "temp"
        environment["RUNNER_TEMP"] = values["runner.temp"] = str(temporary)
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        for step in job["steps"]:
            condition = str(step.get("if", ""))
            if done.failed and not any(word in condition for word in SURVIVES):
                continue
            if condition and not self._holds(condition, values):
                continue
            title = step.get("name") or step["uses"]
            ok = self._play(step, values) if "uses" in step else self._step(step, values, environment, done)
            if not ok:
                done.failed.append(title)
        for step in job["steps"]:
            if path := step.get("with", {}).get("path") if "checkout" in step.get("uses", "") else None:
                self._git("worktree", "remove", "--force", path)
        for key, text in job.get("outputs", {}).items():
            done.outputs[key] = values[f"needs.{name}.outputs.{key}"] = self._fill(text, values)
        return done

    def _step(self, step: Mapping[str, Any], values: dict[str, str], environment: dict[str, str], done: Job) -> bool:
        files = {f"GITHUB_{name}": self.artifacts / f"{name}.txt" for name in ("OUTPUT", "ENV", "PATH", "STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        shell = step.get("shell") or self.document.get("defaults", {}).get("run", {}).get("shell")
        ran = subprocess.run(
            [*SHELLS[shell], "-c", step["run"]],
            cwd=self.folder / step.get("working-directory", "."),
            env={**environment, **self._env(step, values), **{name: str(file) for name, file in files.items()}},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        done.printed += ran.stdout
        done.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        environment.update(_pairs(files["GITHUB_ENV"].read_text()))
        for line in files["GITHUB_PATH"].read_text().splitlines():
            environment["PATH"] = f"{line}{os.pathsep}{environment['PATH']}"
        for key, value in _pairs(files["GITHUB_OUTPUT"].read_text()).items():
            values[f"steps.{step.get('id')}.outputs.{key}"] = value
        return ran.returncode == 0

    def _play(self, step: Mapping[str, Any], values: Mapping[str, str]) -> bool:
        action = step["uses"].split("@")[0]
        given = {key: self._fill(str(value), values) for key, value in step.get("with", {}).items()}
        if action == "actions/upload-artifact":
            files = self.folder / given["path"]
            if not files.exists() or not any(files.iterdir()):
                return given.get("if-no-files-found") != "error"
            shutil.copytree(files, self.artifacts / given["name"], dirs_exist_ok=True)
            # The next job has a machine of its own.
            shutil.rmtree(files)
            return True
        if action == "actions/download-artifact":
            found = sorted(self.artifacts.glob(given.get("pattern") or given["name"]))
            for artifact in found:
                shutil.copytree(artifact, self.folder / given["path"], dirs_exist_ok=True)
            return bool(found) or "pattern" in given
        assert action in PLAYED, f"nobody plays {action}"
        if path := given.get("path"):
            self._git("worktree", "add", "--quiet", "--detach", path, f"origin/{given['ref']}")
            if not (self.folder / path / ".venv").exists():
                (self.folder / path / ".venv").symlink_to(self.folder / ".venv")
            for file in (self.folder / path).glob("requirements*.txt"):
                # Older than the environment in use, so that `make` has nothing to install.
                os.utime(file, (0, 0))
        return True

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, check=True)

    def _env(self, of: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
        return {key: self._fill(str(value), values) for key, value in of.get("env", {}).items()}

    def _fill(self, text: str, values: Mapping[str, str]) -> str:
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: values[found[1]], text)

    def _holds(self, condition: str | None, values: Mapping[str, str]) -> bool:
        """A condition of the kind that these workflows have: comparisons, joined by `&&`."""
        if not condition:
            return True
        for part in re.sub(r"^\$\{\{ *| *\}\}$", "", condition).split(" && "):
            found = re.fullmatch(r"(\S+) (==|!=) (\S+)", part)
            if part == "!cancelled()":
                continue
            assert found, f"nobody evaluates {part!r}"
            left, right = (word[1:-1] if word.startswith("'") else values[word] for word in (found[1], found[3]))
            if (left == right) != (found[2] == "=="):
                return False
        return True


def _pairs(text: str) -> dict[str, str]:
    """`NAME=VALUE` lines, and `NAME<<END` with the lines up to END."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, rest = re.fullmatch(r"([\w.-]+)(<<|=)(.*)", line).groups()  # type: ignore[union-attr]
        if sign == "=":
            found[name] = rest
        else:
            block: list[str] = []
            while (inner := next(lines)) != rest:
                block.append(inner)
            found[name] = "\n".join(block)
    return found
