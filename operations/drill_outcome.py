"""A drill as plain data: what is asked for, what will happen, what has happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.methods import Method
from operations.probes import Loss
from operations.status import Status


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for. circuits: by default all that are connected; location: of `site`."""

    method: Method = "peering"
    circuits: tuple[str, ...] = ()
    location: str = ""
    minutes: float = 15.0
    shared: bool = False


@dataclass
class Look:
    """The way of every prefix at one moment (seconds since the epoch)."""

    at: float
    ways: dict[tuple[str, str], str]


@dataclass
class Phase:
    """One step of the drill. reached: when all prefixes went the predicted way, None where they did not in time."""

    name: str
    begun: float
    predicted: dict[tuple[str, str], str]
    looks: list[Look] = field(default_factory=list)
    reached: float | None = None
    ended: float = 0.0
    losses: dict[str, Loss] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def real(self) -> dict[tuple[str, str], str]:
        """The way of every prefix at the last look."""
        return self.looks[-1].ways if self.looks else {}

    @property
    def as_predicted(self) -> bool:
        """Whether every prefix went the predicted way."""
        return self.reached is not None


@dataclass
class Outcome:
    """What a drill has shown. ended: in words how it came to its end; empty for a whole one."""

    stack: str
    method: str
    targets: tuple[str, ...]
    phases: list[Phase]
    ended: str = ""

    @property
    def passed(self) -> bool:
        """Whether each step went as predicted, to the end."""
        return not self.ended and len(self.phases) == 3 and all(phase.as_predicted for phase in self.phases)


@dataclass(frozen=True)
class Plan:
    """A drill that may begin. predicted: the way of each prefix from each tier without ExpressRoute."""

    wanted: Wanted
    circuits: tuple[str, ...]
    elements: tuple[str, ...]
    before: Status
    predicted: dict[tuple[str, str], str]
    alerts: tuple[str, ...] = ()
    """The alerts that it will set off."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What is stopped, one step each."""
        return (self.wanted.location,) if self.wanted.method == "site" else self.circuits

    def lines(self) -> Iterator[str]:
        """What will happen, in words."""
        what = {
            "peering": "the private peering of circuit {} is disabled: every network on the circuit loses it",
            "connection": "the connection to circuit {} is deleted, and made again",
            "site": "Azure's own test cuts this network off from peering location {}",
        }[self.wanted.method]
        for target in self.targets:
            yield f"  {what.format(target)}"
        for (prefix, tier), way in self.predicted.items():
            yield f"  {prefix} from {tier}: then {way}"
        if self.alerts:
            yield f"  alerts that will ring, as soon as docs/operations.md says, if it lasts: {', '.join(self.alerts)}"
        yield f"  until all of that is seen, or {self.wanted.minutes:g} minutes are over; then ExpressRoute comes back"


def as_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain data."""

    def rows(ways: Mapping[tuple[str, str], str]) -> list[dict[str, str]]:
        return [{"prefix": prefix, "tier": tier, "way": way} for (prefix, tier), way in ways.items()]

    return {
        "stack": outcome.stack,
        "method": outcome.method,
        "targets": list(outcome.targets),
        "passed": outcome.passed,
        "ended": outcome.ended,
        "steps": [
            {
                "name": phase.name,
                "begun": phase.begun,
                "reached": phase.reached,
                "ended": phase.ended,
                "predicted": rows(phase.predicted),
                "real": rows(phase.real),
                "looks": [{"at": look.at, "ways": rows(look.ways)} for look in phase.looks],
                "losses": {name: vars(loss) for name, loss in phase.losses.items()},
                "said": phase.said,
            }
            for phase in outcome.phases
        ],
    }
