"""What all tests share: they never see the user's Azure or Pulumi."""

import gc
import os
from collections.abc import Iterator

import pytest

for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_", "PULUMI_"))]:
    del os.environ[name]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays, and is not looked through for garbage with every run of a program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def quick_starts() -> Iterator[None]:
    """Every workspace starts its engines and simulators from a process that has imported the libraries already."""
    from tests.warm import WarmPython
    from toolchain.locate import bin_folder

    with WarmPython.serve(bin_folder()) as warm, pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolchain.workspace.bin_folder", lambda: warm.folder)
        patch.setattr("toolchain.simulated.PYTHON", str(warm.python))
        patch.setattr("tests.lifecycle.recovery_support.PYTHON", str(warm.python))
        yield
