"""The stack `reference` deployed on the simulated Azure, in both phases, once; each scenario works on a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lifecycle.recovery_support import Undisturbed
from toolchain.workspace import Workspace

CIRCUIT = "erc-reference-primary"


@pytest.fixture(scope="session")
def phase_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Deployed for the first time; the provider has not provisioned the circuit. Not to be changed: clone it."""
    with Workspace.open(tmp_path_factory.mktemp("phase-one"), stack="reference") as workspace:
        workspace.make_shared_keys()
        workspace.pulumi("up", "--yes", "--skip-preview").check()
        yield workspace


@pytest.fixture(scope="session")
def phase_two(phase_one: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The circuit is provisioned and connected. Not to be changed: clone it."""
    with phase_one.clone(tmp_path_factory.mktemp("phase-two")) as workspace:
        workspace.provision(CIRCUIT)
        workspace.pulumi("up", "--yes", "--skip-preview").check()
        yield workspace


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    """The run that disturbed ones are held against. Not to be changed: clone it."""
    with Undisturbed.deploy(tmp_path_factory.mktemp("undisturbed")) as runs:
        yield runs


@pytest.fixture
def connected(phase_two: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the connected stack, for one scenario."""
    with phase_two.clone(tmp_path / "connected") as workspace:
        yield workspace


@pytest.fixture
def unconnected(phase_one: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the stack before its circuit is provisioned, for one scenario."""
    with phase_one.clone(tmp_path / "unconnected") as workspace:
        yield workspace


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests had to tell (`record_property("told", ..)`), which processes of their own cannot print."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [str(text) for report in reports for name, text in report.user_properties if name == "told"]
    if lines:
        terminalreporter.section("what the disturbed runs had to tell")
        for line in sorted(set(lines)):
            terminalreporter.line(line)
        kills = [line for line in lines if line.startswith("kill")]
        if kills:
            terminalreporter.line(
                f"{sum('nothing lost' in line for line in kills)} kills of {len(kills)}: nothing lost"
            )
