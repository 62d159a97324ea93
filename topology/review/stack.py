"""One stack's settings on one side of a change, read and proved."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network

from components.rules import Problem, errors

from ..proof.requirement import PROVED
from ..reading import Reading, reading_of
from ..settings.model import Settings
from ..settings.stack_file import StackFile
from ..settings.values import SettingsError
from ..show.report import Fallback, Report, Row
from ..show.summary import provable


@dataclass(frozen=True)
class Stack:
    """A stack as its file says it. connected: names of the circuits that carry traffic today; None where unknown."""

    name: str
    file: StackFile | None
    reading: Reading
    connected: frozenset[str] | None = None

    @property
    def settings(self) -> Settings | None:
        """The settings; None where a part of them could not be read."""
        return self.reading.settings

    @property
    def subscription(self) -> str:
        """The subscription that the file names; empty where the login decides."""
        value = self.file.config.get("azure-native:subscriptionId") if self.file else None
        return value.lower() if isinstance(value, str) else ""

    @cached_property
    def report(self) -> Report | None:
        """The proof; None where the settings have errors of another kind, or a part of them is not known."""
        settings = self.settings
        if settings is None or not provable(settings, self.reading.problems):
            return None
        known = {circuit.name for circuit in settings.express_route.circuits}
        return Report(settings, None if self.connected is None else self.connected & known)

    @property
    def refused(self) -> list[Problem]:
        """The errors that are not the failover's."""
        return [problem for problem in errors(self.reading.problems) if problem.rule not in PROVED]

    @property
    def met(self) -> bool | None:
        """Whether the requirement on failover is met; None where that is not known."""
        return None if self.report is None else self.report.survives

    @cached_property
    def lines(self) -> dict[IPv4Network, dict[str, Fallback]]:
        """For each destination of the report and each tier its paths in turn."""
        if self.report is None:
            return {}
        return {
            row.prefix: {tier: fallback for fallback in row.fallbacks for tier in fallback.tiers}
            for row in self.report.rows
        }

    @cached_property
    def rows(self) -> dict[IPv4Network, Row]:
        """Every destination of the report."""
        return {row.prefix: row for row in self.report.rows} if self.report else {}

    def row(self, prefix: IPv4Network) -> Row | None:
        """The destination, or the nearest one around it; None where nothing carries it."""
        return next((self.rows[around] for around in _around(prefix) if around in self.rows), None)

    def line(self, prefix: IPv4Network, tier: str) -> Fallback | None:
        """The paths of a prefix, or of the nearest one around it; None where nothing carries it."""
        for around in _around(prefix):
            if found := self.lines.get(around):
                return found.get(tier)
        return None

    @property
    def tiers(self) -> list[str]:
        """The tiers, those of spokes too."""
        return [tier.name for tier in self.report.model.network.tiers] if self.report else []


def loaded(name: str, file: StackFile, connected: frozenset[str] | None = None) -> Stack:
    """A stack from its file."""
    return Stack(name, file, reading_of(file), connected)


def unreadable(name: str, error: SettingsError) -> Stack:
    """A stack whose file is none."""
    return Stack(name, None, Reading(None, error.problems, [], []))


def _around(prefix: IPv4Network) -> Iterator[IPv4Network]:
    """A prefix and all around it, the longest first."""
    while True:
        yield prefix
        if prefix.prefixlen == 0:
            return
        prefix = prefix.supernet()
