"""What the upgrades had to change is told at the end of the run."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests had to tell (`record_property("upgrade", ..)`): their own processes cannot."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = {str(text) for report in reports for name, text in report.user_properties if name == "upgrade"}
    if lines:
        terminalreporter.section("what today's version would change in stacks of released versions")
        for line in sorted(lines):
            terminalreporter.line(line)
