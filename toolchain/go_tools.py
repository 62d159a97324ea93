"""Programs built from their Go modules, pinned, for machines that have none: kept in the cache, as an engine is."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from toolchain.build import go, link_beside
from toolchain.locate import bin_folder, default_cache, locked
from toolchain.longrun import say

ACTIONLINT = ("github.com/rhysd/actionlint/cmd/actionlint", "1.7.12")
YAML_HOST = ("github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml", "1.32.0")
"""What runs Pulumi programs in YAML. The official CLI brings it; an engine that was built here does not."""


class NoToolError(Exception):
    """A program could not be had; the text says why."""


def from_go(module: tuple[str, str], cache: Path | None = None) -> Path:
    """The program of a module and its version, built if need be (up to two minutes, once). Raises `NoToolError`."""
    path, version = module
    name = path.rpartition("/")[2]
    cache = cache or default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    program = cache / f"{name}-{version}"
    with locked(cache / f"{name}.lock", name):
        if program.exists():
            return program
        command, why = go()
        if command is None:
            raise NoToolError(why)
        say(f"Building {name} {version} into {cache} (up to two minutes, once).")
        with tempfile.TemporaryDirectory(prefix="tool-", dir=cache) as scratch:
            environ = {**os.environ, "GOBIN": scratch, "GOWORK": "off", "GOFLAGS": ""}
            install = [command, "install", "-ldflags", "-s -w", f"{path}@v{version}"]
            done = subprocess.run(install, capture_output=True, text=True, env=environ, check=False)
            if done.returncode != 0:
                raise NoToolError(f"`go install {install[-1]}` failed: {done.stderr.strip()}")
            (Path(scratch) / name).replace(program)
    return program


def with_yaml() -> Path:
    """The folder to put on PATH so that `pulumi` also runs programs in YAML.

    Raises `NoToolError` and `toolchain.locate.NoEngineError`.
    """
    folder = bin_folder()
    name = YAML_HOST[0].rpartition("/")[2]
    if not (folder / name).exists() and shutil.which(name) is None:
        link_beside(from_go(YAML_HOST), folder / name)
    return folder
