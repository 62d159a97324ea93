"""Examples are run as a user runs them, but for what starting the engine costs."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def quick(quick_starts: None) -> None:
    """Every workspace here starts quickly."""
