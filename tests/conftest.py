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
    """Every workspace starts its engines and simulators from a process that has imported the libraries already, and has
    its stack's key from a vault."""
    from tests import vault
    from tests.warm import WarmPython
    from toolchain.locate import bin_folder

    with vault.served() as address, WarmPython.serve(bin_folder()) as warm, pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolchain.workspace.SECRETS_PROVIDER", vault.PROVIDER)
        patch.setenv("VAULT_SERVER_URL", address)
        patch.setattr("toolchain.workspace.bin_folder", lambda: warm.folder)
        patch.setattr("toolchain.simulated.PYTHON", str(warm.python))
        patch.setattr("tests.lifecycle.recovery_support.PYTHON", str(warm.python))
        yield
