"""What a run found: checks with their evidence, and whether all passed."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing that was checked. detail: the figures it was judged on."""

    name: str
    passed: bool
    detail: str


@dataclass
class Findings:
    """Everything that one part of a run found; `data` is what build/lab.json keeps of it."""

    part: str
    topology: str
    checks: list[Check] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    def check(self, name: str, passed: bool, detail: str) -> bool:
        """Notes a check and returns whether it passed."""
        self.checks.append(Check(name, passed, detail))
        return passed

    @property
    def passed(self) -> bool:
        """Whether every check did."""
        return all(check.passed for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Plain data: the checks and what was measured."""
        checks = [vars(check) for check in self.checks]
        return {"part": self.part, "topology": self.topology, "passed": self.passed, "checks": checks, **self.data}
