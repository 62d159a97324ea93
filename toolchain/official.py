"""The Pulumi CLI from its makers: what the machine already has, or what their installer brings."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

from toolchain.longrun import run_with_progress, say

MINIMUM = (3, 259, 0)
"""The oldest engine that the program is tried with."""

INSTALLER = "https://get.pulumi.com/install.sh"
ANSWER_SECONDS = 20.0
"""How long the installer's site may take to answer before something else is tried."""

INSTALL_LIMIT_SECONDS = 900.0
"""How long the download (about 150 MB) may take."""


def version_of(pulumi: Path) -> tuple[int, int, int] | None:
    """The version that a `pulumi` says it has; None where it does not run or says something else."""
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run([pulumi, "version"], capture_output=True, text=True, timeout=60, env=env, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", done.stdout.strip())
    return (int(found[1]), int(found[2]), int(found[3])) if done.returncode == 0 and found else None


def on_path() -> tuple[Path | None, str]:
    """The folder of a `pulumi` on PATH that can be used, or why there is none."""
    found = shutil.which("pulumi")
    if found is None:
        return None, "there is no pulumi on PATH"
    version = version_of(Path(found))
    if version is None or version < MINIMUM:
        shown = ".".join(map(str, version)) if version else "of unknown version"
        return None, f"{found} is {shown}, and {'.'.join(map(str, MINIMUM))} or newer is needed"
    beside = Path(found).resolve().with_name("pulumi-language-python")
    if not beside.exists() and shutil.which("pulumi-language-python") is None:
        return None, f"{found} has no Python language host beside it"
    return Path(found).parent, ""


def installed(cache: Path) -> Path | None:
    """The folder of the CLI that the official installer has put into `cache` before, if it works."""
    folder = home(cache) / "bin"
    version = version_of(folder / "pulumi") if (folder / "pulumi").exists() else None
    return folder if version and version >= MINIMUM else None


def install(cache: Path) -> tuple[Path | None, str]:
    """Let the official installer put the CLI into `cache`: its folder, or why it could not.

    The folder appears under its name only when it is complete, so an interrupted download leaves nothing that
    looks like an engine.
    """
    if not answers(INSTALLER, ANSWER_SECONDS):
        return None, f"the official installer ({INSTALLER}) did not answer"
    version = importlib.metadata.version("pulumi")
    say(f"Installing the Pulumi CLI {version} with its official installer (about 150 MB, once).")
    with tempfile.TemporaryDirectory(prefix="install-", dir=cache) as scratch:
        root = Path(scratch) / "pulumi"
        script = f"from pulumi.automation import PulumiCommand; PulumiCommand.install(root={str(root)!r})"
        code, output = run_with_progress(
            [sys.executable, "-c", script], "downloading", limit=INSTALL_LIMIT_SECONDS, cwd=Path(scratch)
        )
        if code != 0 or version_of(root / "bin" / "pulumi") is None:
            return None, f"the official installer failed: {last_line(output)}"
        shutil.rmtree(home(cache), ignore_errors=True)
        root.rename(home(cache))
    return home(cache) / "bin", ""


def home(cache: Path) -> Path:
    """Where the official CLI of the SDK's own version lies in `cache`."""
    return cache / f"pulumi-official-{importlib.metadata.version('pulumi')}"


def answers(url: str, seconds: float) -> bool:
    """Whether `url` can be read within `seconds`, looking up its name included."""
    read: list[bool] = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(url, timeout=seconds) as response:
                read.append(bool(response.read(64)))
        except OSError:
            read.append(False)

    # A thread, because no timeout of the standard library covers a name server that does not answer.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return read == [True]


def last_line(output: str) -> str:
    """The last line of a command's output that says something."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
