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

from toolchain.longrun import run_with_progress, say
from toolchain.official import last_line, version_of

HERE = Path(__file__).resolve().parent
MODULE = "github.com/pulumi/pulumi/pkg/v3"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
BUILD_LIMIT_SECONDS = 3600.0
"""A build takes 4 to 5 minutes on two cores; on a very slow machine it may take this long."""

OLDEST_GO = (1, 21)
"""From Go 1.21 on, Go fetches by itself the newer Go that go.mod asks for, unless GOTOOLCHAIN is local."""


def pinned_version() -> str:
    """The engine's version in go.mod, such as "3.274.1"."""
    found = re.search(rf"^\s*{re.escape(MODULE)} v(\S+)", (HERE / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{HERE / 'go.mod'} does not require {MODULE}")
    return found[1]


def built(cache: Path) -> Path | None:
    """The engine built into `cache` before, if it works."""
    return works(cache / f"pulumi-built-{pinned_version()}" / "pulumi")


def works(binary: Path) -> Path | None:
    """The binary, if it is an engine of the pinned version and runs."""
    pinned = tuple(int(part) for part in pinned_version().split("."))
    return binary if binary.exists() and version_of(binary) == pinned else None


def go() -> tuple[str | None, str]:
    """The Go command of this machine, or why it cannot build the engine."""
    found = shutil.which("go")
    if found is None:
        return None, "Go is not installed"
    command = [found, "env", "GOVERSION", "GOTOOLCHAIN"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path.home())
    shown, _, toolchain = done.stdout.strip().partition("\n")
    least, why = OLDEST_GO, ""
    if toolchain == "local":
        least, why = go_of_the_module(), ": GOTOOLCHAIN is local, so it does not fetch a newer one by itself"
    version = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", shown)
    if version is None or tuple(int(part or 0) for part in version.groups()) < least:
        oldest = ".".join(map(str, least))
        return None, f"{found} is {shown or 'of unknown version'}, and Go {oldest} or newer is needed{why}"
    return found, ""


def go_of_the_module() -> tuple[int, ...]:
    """The oldest Go that the pinned engine can be built with, as go.mod says it."""
    found = re.search(r"^go (\d+)\.(\d+)\.(\d+)$", (HERE / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{HERE / 'go.mod'} does not say which Go it needs")
    return tuple(map(int, found.groups()))


def build(cache: Path) -> tuple[Path | None, str]:
    """Build the engine into `cache`: its binary, or why it could not be built.

    It is built under another name and renamed at the end, so an interrupted build leaves no broken engine.
    """
    command, why = go()
    if command is None:
        return None, why
    version = pinned_version()
    # The lock is ours, so what an earlier build left that was killed is nobody's.
    for left in cache.glob("build-*"):
        shutil.rmtree(left, ignore_errors=True)
    say(f"Building the Pulumi engine {version} from its Go module into {cache}: 4 to 5 minutes, once.")
    with tempfile.TemporaryDirectory(prefix="build-", dir=cache) as scratch:
        folder = Path(scratch)
        (folder / "work").mkdir()
        for name in ("go.mod", "go.sum"):
            shutil.copy(HERE / name, folder / name)
        # Without its version the engine counts as a development build, which Pulumi's Automation API refuses.
        flags = f"-s -w -X {VERSION_VARIABLE}=v{version}"
        code, output = run_with_progress(
            [command, "build", "-ldflags", flags, "-o", "made/pulumi", f"{MODULE}/cmd/pulumi"],
            "building",
            limit=BUILD_LIMIT_SECONDS,
            cwd=folder,
            env={**os.environ, "GOWORK": "off", "GOTMPDIR": str(folder / "work")},
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
    link_beside(binary, folder / "pulumi")
    host = folder / "pulumi-language-python"
    launcher = f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "language_host.py"}" "$@"\n'
    if not host.exists() or host.read_text() != launcher:
        with tempfile.TemporaryDirectory(prefix="link-", dir=folder) as scratch:
            script = Path(scratch) / host.name
            script.write_text(launcher)
            script.chmod(0o755)
            script.replace(host)
    return folder


def link_beside(binary: Path, place: Path) -> None:
    """Put a program under another name: a hard link, or a copy across file systems; nothing where it is already."""
    if place.exists() and os.path.samefile(place, binary):
        return
    with tempfile.TemporaryDirectory(prefix="link-", dir=place.parent) as scratch:
        link = Path(scratch) / place.name
        try:
            os.link(binary, link)
        except OSError:
            shutil.copy2(binary, link)
        link.replace(place)
