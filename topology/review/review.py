"""The review of one stack: what changes, what it does in Azure and to the traffic, and what to do."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from components.rules import Problem, errors

from ..proof.proof import Requirement
from ..proof.requirement import PROVED
from ..reading import NAMESPACE, OTHER_KEYS
from ..settings.reader import LOCATION
from .advice import advice
from .changes import Change, changes
from .consequences import EVERYTHING, EXPRESS_ROUTE, SPOKE, TIER, TUNNEL, Consequence, consequences
from .lines import Line, compared, of_new_tiers, some_prefixes
from .outages import SECONDS, Away, Outages, away, outages
from .preview import Preview
from .stack import Stack

Kind = Literal["requirement", "interruption", "refusal", "problems", "unknown"]
"""What stops a change until it is allowed: `failover.require` is not met any more; traffic is interrupted; Azure or
Pulumi refuses the update; the settings have new errors, or a mandatory policy is broken; nobody has tried the change, and
no preview shows that it replaces and deletes nothing."""
KINDS: tuple[Kind, ...] = ("requirement", "interruption", "refusal", "problems", "unknown")
REQUIRED: Mapping[Requirement, str] = {
    "circuitLoss": "the loss of a circuit",
    "anySingleFailure": "every single failure",
    "anyTwoFailures": "any two failures at once",
}
CARRYING = frozenset(
    (
        *("ResourceGroup", "VirtualNetwork", "Subnet", "VirtualNetworkPeering", "LoadBalancer"),
        *("VirtualNetworkGateway", "VirtualNetworkGatewayConnection", "LocalNetworkGateway"),
        *("ExpressRouteCircuit", "ExpressRouteCircuitPeering"),
    )
)
"""Types without which traffic does not flow."""
UNKNOWN = "not among the changes that were tried; look at the preview"


@dataclass(frozen=True)
class Effect:
    """A change with what it does; row: None where nobody has tried it."""

    change: Change
    row: Consequence | None


@dataclass(frozen=True)
class Stop:
    """Why a change is not to be deployed as it is."""

    kind: Kind
    text: str


class Review:
    """What a change does to one stack. old, new: None where the stack is not there on that side."""

    def __init__(self, name: str, old: Stack | None, new: Stack | None, preview: Preview | None = None) -> None:
        self.name = name
        self.old = old
        self.new = new
        self.preview = preview

    @cached_property
    def effects(self) -> list[Effect]:
        """Every setting that changes, secrets too."""
        if not (self.old and self.new):
            return []
        found = [*_sealed(self.old, self.new), *_others(self.old, self.new)]
        if self.old.settings and self.new.settings:
            found = [*changes(self.old.settings, self.new.settings), *found]
        return [Effect(change, self._row(change)) for change in found]

    def _row(self, change: Change) -> Consequence | None:
        known = consequences()
        common = change.setting.replace("network.spokes[].tiers[]", "network.tiers[]")
        row = known.get((change.setting, change.change)) or known.get((common, change.change))
        if row and row.rules and not row.asked:
            # The settings alone show it: here they do, or they do not.
            assert self.new is not None
            shown = {problem.rule for problem in errors(self.new.reading.problems)}
            return row if shown & {*row.rules} else None
        return row

    @cached_property
    def new_problems(self) -> list[Problem]:
        """Problems that were not there before."""
        return _without(self._problems(self.new), self._problems(self.old))

    @cached_property
    def gone_problems(self) -> list[Problem]:
        """Problems that are not there any more."""
        return _without(self._problems(self.old), self._problems(self.new)) if self.new else []

    @staticmethod
    def _problems(stack: Stack | None) -> Sequence[Problem]:
        return stack.reading.problems if stack else ()

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of the failover that are not what they were, and those of new tiers."""
        if not (self.old and self.new):
            return []
        return [*compared(self.old, self.new), *of_new_tiers(self.old, self.new)]

    @cached_property
    def outages(self) -> Outages:
        """What is away during the update, and whose traffic that is."""
        settings = self.old.settings if self.old else None
        if self.old is None or settings is None:
            return Outages()
        found: list[Away] = []
        for effect in self.effects:
            if effect.row is not None:
                found += away(effect.change, effect.row, settings)
        if self.preview is not None:
            if self.preview.whole and not self.preview.removes:
                # It knows better: what would be replaced is not there, or not as the file before the change says.
                found = [one for one in found if one.minutes == SECONDS]
            found += self.preview.away(settings)
        return outages(self.old, found)

    @cached_property
    def gone(self) -> list[str]:
        """What is out of order from then on, in words, besides the traffic that `lines` tells of."""
        proved = self.old and self.new and self.old.report and self.new.report
        told = () if proved else (EXPRESS_ROUTE, TUNNEL, EVERYTHING)
        found: list[str] = []
        for effect in self.effects:
            named = "/".join(effect.change.items)
            for what in effect.row.until_back if effect.row else ():
                if what in (TIER, SPOKE):
                    balancer = effect.change.setting.endswith(".loadBalancer")
                    found.append(f"the load balancer of tier {named}" if balancer else f"{what} {named}")
                elif what in told:
                    found.append(f"{what}{f' ({named})' if named else ''}, and whose traffic that is is not known")
        return list(dict.fromkeys(found))

    @property
    def protected(self) -> bool:
        """Whether Pulumi refuses what this replaces or deletes, since it is protected today."""
        settings = self.old.settings if self.old else None
        if self.preview and self.preview.whole:
            return False
        return bool(settings and settings.protect) and any(
            effect.row and (effect.row.replaces or effect.row.deletes) for effect in self.effects
        )

    @property
    def touches_azure(self) -> bool:
        """Whether Azure is asked for anything, as far as is known."""
        return any(effect.row is None or not effect.row.nothing for effect in self.effects) or bool(
            self.preview and self.preview.steps
        )

    @property
    def idle(self) -> bool:
        """Whether the change has no effect: not on Azure, not on the failover, not on what is wrong."""
        both = self.old is not None and self.new is not None
        return both and not (
            self.touches_azure
            or self.lines
            or self.new_problems
            or self.gone_problems
            or self.stops
            or self._requires
            or any(effect.change.setting == "protect" for effect in self.effects)
        )

    @property
    def _requires(self) -> bool:
        """Whether what must be survived is another, or whether that is met."""
        return self.verdicts[0] != self.verdicts[1]

    @property
    def verdicts(self) -> tuple[str, str]:
        """The requirement and whether it is met, before and after; empty where it is not known."""
        reports = [stack.report if stack else None for stack in (self.old, self.new)]
        before, after = (report.verdict if report else "" for report in reports)
        return before, after

    @cached_property
    def stops(self) -> list[Stop]:
        """Every reason not to deploy this as it is."""
        return [*self._requirement(), *self._interruption(), *self._refusal(), *self._wrong(), *self._unknown()]

    def _requirement(self) -> Iterator[Stop]:
        if self.new and self.new.met is False and not (self.old and self.old.met is False):
            settings = self.new.settings
            must = REQUIRED[settings.failover.require] if settings else ""
            no_longer = "is no longer met" if self.old else "is not met"
            yield Stop("requirement", f"failover.require {no_longer}: not every prefix survives {must}")

    def _interruption(self) -> Iterator[Stop]:
        for one in self.outages.interrupted:
            prefixes = some_prefixes(one.prefixes)
            tiers = f" with {', '.join(one.tiers)}" if one.tiers else ""
            yield Stop("interruption", f"traffic of {prefixes}{tiers} is interrupted for {lasting(one.minutes)}")
        for line in self.lines:
            if line.turn == "lost":
                yield Stop("interruption", f"traffic of {line.named}{line.with_tiers} ends for good")
        yield from self._deletions()
        for what in self.gone:
            yield Stop("interruption", f"gone for good: {what}")
        if self.old and self.old.report is None:
            for one in self.outages.away:
                if one.elements or one.tiers:
                    unknown = "and whose traffic that is is not known"
                    yield Stop("interruption", f"{one.what} is away for {lasting(one.minutes)}, {unknown}")

    def _deletions(self) -> Iterator[Stop]:
        """What the preview deletes that no change of the settings is known to delete."""
        if self.preview and not any(effect.row and effect.row.deletes for effect in self.effects):
            for step in self.preview.steps:
                if step.op == "delete" and step.type in CARRYING:
                    yield Stop("interruption", f"the preview deletes {step.type} {step.name}")

    def _refusal(self) -> Iterator[Stop]:
        for effect in self.effects:
            row = effect.row
            if row is not None and row.rules and row.asked:
                yield Stop("refusal", f"{effect.change.path}: the preview refuses it [{', '.join(row.rules)}]")
            elif row is not None and row.refusal:
                half = ", when a part is deleted already" if row.halfway else ""
                yield Stop("refusal", f"{effect.change.path}: Azure refuses it{half} ({row.refusal.strip('[]()')})")
        if self.protected:
            yield Stop("refusal", "Pulumi refuses to replace or delete what is protected (protect: true)")
        if self.preview:
            for text in self.preview.refused:
                yield Stop("refusal", f"the preview: {text}")

    def _wrong(self) -> Iterator[Stop]:
        wrong = [problem for problem in errors(self.new_problems) if problem.rule not in PROVED]
        if wrong:
            yield Stop("problems", f"{len(wrong)} new error{'s' if len(wrong) > 1 else ''} in the settings")
        if self.preview:
            yield from (Stop("problems", f"policy {text}") for text in self.preview.broken)
            if not wrong:
                yield from (Stop("problems", f"the preview fails: {text}") for text in self.preview.failed[:3])

    def _unknown(self) -> Iterator[Stop]:
        if self.preview and self.preview.whole and not self.preview.removes:
            return
        for effect in self.effects:
            if effect.row is None:
                yield Stop("unknown", f"{effect.change.path}: what this change does is {UNKNOWN}")

    @cached_property
    def advice(self) -> list[str]:
        """What to do, in the order in which to do it."""
        return list(advice(self.old, self.new, self.effects, self.lines, self.outages, self.protected))


def lasting(minutes: int) -> str:
    """How long something lasts, in words."""
    if minutes == 0:
        return "a few seconds"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def _sealed(old: Stack, new: Stack) -> Iterator[Change]:
    """Encrypted values that are not what they were; what they say nobody sees here. One that is new, or gone, does
    nothing by itself: a missing one is a problem of what needs it."""
    before, after = (stack.file.sealed if stack.file else {} for stack in (old, new))
    for path, was in before.items():
        if after.get(path, was) != was:
            kind, _, name = path.partition(".")
            yield Change(_SECRETS.get(kind, path), path, "", "encrypted", "encrypted anew", (name,) if name else ())


def _others(old: Stack, new: Stack) -> Iterator[Change]:
    """Keys of the configuration that differ and are no settings of the network. Their values are shown of none but a
    few: nobody knows what else is in a file."""
    before, after = (stack.file.config if stack.file else {} for stack in (old, new))
    for key in dict.fromkeys((*before, *after)):
        ours = key == LOCATION or (key.startswith(f"{NAMESPACE}:") and key not in _OURS)
        was, now = before.get(key), after.get(key)
        if not ours and was != now:
            old_words, new_words = (_shown(key, value) for value in (was, now))
            yield Change(key, key, "", old_words, new_words)


_SECRETS = {"vpnSharedKeys": "vpnSharedKeys.SITE", "peeringSharedKeys": "peeringSharedKeys.CIRCUIT"}
_OURS = tuple(f"{NAMESPACE}:{key}" for key in OTHER_KEYS)
"""Keys of our namespace that are no settings of the network, and that a preview has to tell of."""
_IN_CLEAR = ("azure-native:subscriptionId", "azure-native:environment", "azure-native:tenantId")


def _shown(key: str, value: object) -> str:
    if value is None:
        return ""
    return value if key in _IN_CLEAR and isinstance(value, str) else "(not shown)"


def _without(some: Sequence[Problem], others: Sequence[Problem]) -> list[Problem]:
    """Those that are not among the others, wherever in a list they stand."""
    left = Counter(map(_alike, others))
    found: list[Problem] = []
    for problem in some:
        key = _alike(problem)
        if left[key]:
            left[key] -= 1
        else:
            found.append(problem)
    return found


def _alike(problem: Problem) -> tuple[str, ...]:
    path, message = (re.sub(r"\[\d+\]", "[]", text) for text in (problem.path, problem.message))
    return problem.rule, problem.severity, path, message
