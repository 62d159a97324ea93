"""The Pulumi engine built from its Go module, for machines that cannot reach its download site.

The module's version and every dependency are pinned by go.mod and go.sum beside this file. The official CLI
is the same code; what is missing here is its Python language host, which `language_host.py` replaces.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from engine.longrun import run_with_progress, say
from engine.official import last_line, version_of

HERE = Path(__file__).resolve().parent
MODULE = "github.com/pulumi/pulumi/pkg/v3"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
BUILD_LIMIT_SECONDS = 3600.0
"""A build takes 4 to 5 minutes on two cores; on a very slow machine it may take this long."""

OLDEST_GO = (1, 21)
"""From Go 1.21 on, Go fetches by itself the newer Go that go.mod asks for."""


def pinned_version() -> str:
    """The engine's version in go.mod, such as "3.259.0"."""
    found = re.search(rf"^\s*{re.escape(MODULE)} v(\S+)", (HERE / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{HERE / 'go.mod'} does not require {MODULE}")
    return found[1]


def built(cache: Path) -> Path | None:
    """The engine built into `cache` before, if it works."""
    binary = cache / f"pulumi-built-{pinned_version()}" / "pulumi"
    return binary if binary.exists() and version_of(binary) else None


def go() -> tuple[str | None, str]:
    """The Go command of this machine, or why it cannot build the engine."""
    found = shutil.which("go")
    if found is None:
        return None, "Go is not installed"
    done = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True, check=False, cwd=Path.home())
    version = re.match(r"go(\d+)\.(\d+)", done.stdout.strip())
    if version is None or (int(version[1]), int(version[2])) < OLDEST_GO:
        shown = done.stdout.strip() or "of unknown version"
        return None, f"{found} is {shown}, and Go {OLDEST_GO[0]}.{OLDEST_GO[1]} or newer is needed"
    return found, ""


def build(cache: Path) -> tuple[Path | None, str]:
    """Build the engine into `cache`: its binary, or why it could not be built.

    It is built under another name and renamed at the end, so an interrupted build leaves no broken engine.
    """
    command, why = go()
    if command is None:
        return None, why
    version = pinned_version()
    say(f"Building the Pulumi engine {version} from its Go module into {cache}: 4 to 5 minutes, once.")
    with tempfile.TemporaryDirectory(prefix="build-", dir=cache) as scratch:
        folder = Path(scratch)
        for name in ("go.mod", "go.sum"):
            shutil.copy(HERE / name, folder / name)
        # Without its version the engine counts as a development build, which Pulumi's Automation API refuses.
        flags = f"-s -w -X {VERSION_VARIABLE}=v{version}"
        code, output = run_with_progress(
            [command, "build", "-ldflags", flags, "-o", "made/pulumi", f"{MODULE}/cmd/pulumi"],
            "building",
            limit=BUILD_LIMIT_SECONDS,
            cwd=folder,
            env={**os.environ, "GOWORK": "off"},
        )
        binary = folder / "made" / "pulumi"
        if code != 0 or version_of(binary) is None:
            return None, f"building the engine with {command} failed: {last_line(output)}"
        target = cache / f"pulumi-built-{version}"
        shutil.rmtree(target, ignore_errors=True)
        (folder / "made").rename(target)
    return target / "pulumi", ""


def bin_folder(binary: Path, folder: Path) -> Path:
    """Make `folder` the place of a built engine together with our language host, and return it.

    The host lies beside the binary itself (a hard link, or a copy across file systems), because the engine
    warns about a host that it finds elsewhere. It runs under the interpreter that runs this.
    """
    folder.mkdir(parents=True, exist_ok=True)
    engine, host = folder / "pulumi", folder / "pulumi-language-python"
    if not engine.exists() or not os.path.samefile(engine, binary):
        with tempfile.TemporaryDirectory(prefix="link-", dir=folder) as scratch:
            link = Path(scratch) / "pulumi"
            try:
                os.link(binary, link)
            except OSError:
                shutil.copy2(binary, link)
            link.replace(engine)
    launcher = f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "language_host.py"}" "$@"\n'
    if not host.exists() or host.read_text() != launcher:
        with tempfile.TemporaryDirectory(prefix="link-", dir=folder) as scratch:
            script = Path(scratch) / host.name
            script.write_text(launcher)
            script.chmod(0o755)
            script.replace(host)
    return folder
