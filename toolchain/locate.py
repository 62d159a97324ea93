"""Which Pulumi CLI this machine uses: one on PATH, else the official one, else one that is built here."""

import fcntl
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolchain import build, official
from toolchain.longrun import PROJECT, say

WAYS_OUT = """\
Any one of these is enough:
  1. install the Pulumi CLI {minimum} or newer and put it on PATH: https://www.pulumi.com/docs/install/
  2. let this machine reach get.pulumi.com, and run the command again: the CLI is then installed for you
  3. install Go 1.21 or newer (https://go.dev/dl/) and run the command again: the engine is then built"""


class NoEngineError(Exception):
    """No Pulumi CLI could be found or made; the text tells what was tried and the ways out."""


def bin_folder(cache: Path | None = None) -> Path:
    """The folder to put first on PATH so that `pulumi` works, made ready if need be.

    `cache` is where an engine is kept between projects: by default `hybrid-network` in the user's cache
    folder. A built one is also kept in the project, and serves whoever has another cache.

    Raises `NoEngineError`.
    """
    if importlib.util.find_spec("pulumi") is None:
        raise NoEngineError(f"{sys.executable} has no Pulumi SDK: run `make engine`, then use .venv/bin/python")
    tried: list[str] = []
    folder, why = official.on_path()
    if folder:
        return folder
    tried.append(why)
    cache = cache or default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "engine.lock"):
        folder = official.installed(cache)
        if folder:
            return folder
        kept = PROJECT / "build" / "engine"
        binary = build.built(cache) or build.works(kept / "pulumi")
        if binary is None:
            folder, why = official.install(cache)
            if folder:
                return folder
            tried.append(why)
            binary, why = build.build(cache)
            tried.append(why)
        if binary:
            return build.bin_folder(binary, kept)
    minimum = ".".join(map(str, official.MINIMUM))
    raise NoEngineError(f"There is no Pulumi CLI to work with: {'; '.join(tried)}.\n{WAYS_OUT.format(minimum=minimum)}")


def default_cache() -> Path:
    """The project's folder in the user's cache (`$XDG_CACHE_HOME`, or `~/.cache`)."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "hybrid-network"


@contextmanager
def locked(lock: Path, what: str = "the Pulumi engine") -> Iterator[None]:
    """Hold `lock`, so that two runs at once do not make the same thing twice; what: how a person is told of it."""
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another run is preparing {what}; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
