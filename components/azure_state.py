"""What Azure has of a whole stack, asked once, before a program registers anything.

So a lookup that fails changes nothing, and all that Azure would refuse is told at once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .bastion_state import bastion_change
from .circuit_state import CircuitPhase, circuit_phase, missing_key, told_tier
from .gateway_state import gateway_change, moved_generation
from .own_state import OwnResource
from .rules import Problem
from .zone_state import kept_zones

_LOOKUPS = {lookup.__name__: lookup for lookup in (gateway_change, bastion_change, kept_zones)}


class Asked(Protocol):
    """What Azure is asked of one resource.

    lookup: `gateway_change`, `bastion_change`, `kept_zones` or `moved_generation`. type, logical: how the stack's own
    state knows the resource. arguments: those of the lookup.
    """

    @property
    def lookup(self) -> str: ...

    @property
    def type(self) -> str: ...

    @property
    def logical(self) -> str: ...

    @property
    def arguments(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class StackState:
    """What Azure has of a stack.

    phases: how far each circuit is. moved: Microsoft has moved the VPN gateway to Generation2 [VPN-09]. problems: what
    Azure would refuse, and what is good to know.
    """

    phases: Mapping[str, CircuitPhase]
    moved: bool
    problems: tuple[Problem, ...]


def stack_state(
    own: Collection[OwnResource],
    *,
    circuits: Mapping[str, Mapping[str, Any]],
    keyless: Mapping[str, Mapping[str, Any]],
    tiers: Iterable[Mapping[str, Any]],
    others: Iterable[Asked],
) -> StackState:
    """Asks Azure all that is to be known before anything is made.

    own: what the stack has by its own state: of all but circuits only that is asked about, since what is not there yet
    can become anything. circuits: arguments of `circuit_phase` by circuit. keyless: of `missing_key`, by each existing
    circuit without an authorization key. tiers: of `told_tier`, for each existing circuit whose tier is said. Raises
    pulumi.RunError for a lookup that failed.
    """
    phases = {name: circuit_phase(**arguments, own=own) for name, arguments in circuits.items()}
    problems = [problem for phase in phases.values() for problem in phase.problems]
    had, moved = {(one.type, one.name) for one in own}, False
    for one in others:
        if (one.type, one.logical) not in had:
            continue
        if one.lookup == moved_generation.__name__:
            moved = moved_generation(**one.arguments)
        else:
            problems += _LOOKUPS[one.lookup](**one.arguments)
    for arguments in tiers:
        problems += told_tier(**arguments)
    for name, arguments in keyless.items():
        if phases[name].connect:
            problems += missing_key(**arguments)
    return StackState(phases, moved, tuple(problems))
