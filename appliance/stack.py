"""What a stack has: its settings, and what Pulumi says of it."""

import re
import subprocess
from pathlib import Path

from topology.reading import SettingsError, read_stack_file
from topology.settings.model import Settings

from .errors import ApplianceError, Finding


def settings_file(stack: str | None, file: Path | None) -> Path:
    """The file of a stack's settings, where none is named."""
    return file or Path(f"Pulumi.{(stack or '').rpartition('/')[2]}.yaml")


def settings_of(file: Path) -> Settings:
    """The settings of a file. Raises SettingsError with everything that is wrong."""
    settings, problems = read_stack_file(file)
    errors = [problem for problem in problems if problem.severity == "error"]
    if settings is None or errors:
        raise SettingsError(errors)
    return settings


def shared_key(stack: str, site: str) -> str:
    """A site's shared key, out of the stack's secrets."""
    return secret(stack, f"vpnSharedKeys.{site}")


def secret(stack: str, path: str) -> str:
    """A secret of a stack; it stays in memory. Raises ApplianceError with the command that sets a missing one."""
    try:
        return pulumi("config", "get", "--stack", stack, "--path", path).rstrip("\n")
    except ApplianceError as error:
        said = str(error)
        if not re.search("configuration key .* not found", said):
            raise
        command = f"pulumi config set --secret --path '{path}' --stack {stack}"
        raise ApplianceError([Finding(path, f"is not set in stack {stack}; set it: {command}")]) from None


def pulumi(*arguments: str) -> str:
    """What a Pulumi command prints; it stays in memory, since it may be a key."""
    try:
        result = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise ApplianceError([Finding("pulumi", "is not on PATH; `make -s engine` prints a folder to add")]) from None
    if result.returncode:
        said = result.stderr.strip()
        way_out = "; `pulumi stack ls` shows those of this backend" if "no stack named" in said else ""
        raise ApplianceError([Finding(f"pulumi {' '.join(arguments[:2])}", said + way_out)])
    return result.stdout
