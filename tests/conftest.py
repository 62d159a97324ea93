"""What all tests share: they never see the user's Azure or Pulumi."""

import gc
import os

import pytest

for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_", "PULUMI_"))]:
    del os.environ[name]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays, and is not looked through for garbage with every run of a program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
