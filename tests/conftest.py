"""What all tests share: they never see the user's Azure or Pulumi."""

import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A job that a script runs in the background has SIGINT switched off: Ctrl-C ends the tests there, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)

for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_", "PULUMI_"))]:
    del os.environ[name]

SPACE = 6 << 30
"""Bytes that the files of a run may take: four times what they do."""


def _memory() -> str | None:
    """A folder in memory for temporary files, where there is one with room for them and programs may run in it."""
    folder = "/dev/shm"
    try:
        about = os.statvfs(folder)
    except OSError:
        return None
    room = min(about.f_bavail * about.f_frsize, psutil.virtual_memory().available)
    return folder if room >= SPACE and not about.f_flag & os.ST_NOEXEC and os.access(folder, os.W_OK) else None


# A deployment waits for the disk a third of its time; pytest removes what passed.
if "TMPDIR" not in os.environ and (folder := _memory()):
    os.environ["TMPDIR"] = tempfile.tempdir = folder


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays, and is not looked through for garbage with every run of a program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_sessionfinish() -> None:
    """pytest would look for garbage five times at its end, in all that hundreds of runs of a program left."""
    gc.freeze()


DEPLOYING = {"lifecycle", "upgrade"}
"""Folders whose tests wait for the simulated Azure's clock most of their time."""
STARTING = {*DEPLOYING, "examples"}
"""Folders whose tests start the engine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let deployments run beside tests that only compute, so that no processor is idle: their files take turns. Whoever
    starts engines starts them quickly."""
    for item in items:
        if isinstance(item, pytest.Function) and not STARTING.isdisjoint(item.path.parts):
            # Before all other fixtures: those of a session start engines too.
            item.fixturenames.insert(0, "quick_starts")
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    kinds: tuple[list[Path], list[Path]] = [], []
    for path in files:
        kinds[DEPLOYING.isdisjoint(path.parts)].append(path)
    turns = sorted((n / len(kind), path) for kind in kinds for n, path in enumerate(kind))
    items[:] = [item for _, path in turns for item in files[path]]


@pytest.fixture(scope="session")
def quick_starts() -> Iterator[None]:
    """Every workspace starts its engines and simulators from a process that has imported the libraries already, and has
    its stack's key from a vault."""
    from tests import vault
    from tests.warm import WarmPython
    from toolchain import workspace
    from toolchain.locate import bin_folder

    with vault.served() as address, WarmPython.serve(bin_folder()) as warm, pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolchain.workspace.SECRETS_PROVIDER", vault.PROVIDER)
        # The state is written at the end, and not before and after each operation, but where an engine is killed
        # (recovery_support.KILLED).
        patch.setitem(workspace.QUICKLY, "PULUMI_SKIP_CHECKPOINTS", "true")
        patch.setenv("VAULT_SERVER_URL", address)
        patch.setattr("toolchain.workspace.bin_folder", lambda: warm.folder)
        patch.setattr("toolchain.simulated.PYTHON", str(warm.python))
        patch.setattr("tests.lifecycle.recovery_support.PYTHON", str(warm.python))
        yield
