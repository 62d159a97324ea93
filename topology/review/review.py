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
from .consequences import EVERYTHING, EXPRESS_ROUTE, LET_IN, SPOKE, TIER, TUNNEL, Consequence, consequences
from .lines import NEW, Line, accepted, compared, of_new_tiers, some_prefixes, weaker
from .outages import FOLLOWED, SECONDS, Away, Outages, away, during, outages
from .preview import Preview
from .stack import Stack

Kind = Literal["requirement", "interruption", "refusal", "problems", "unknown"]
"""What stops a change until it is allowed: `failover.require` is not met any more; traffic is interrupted; Azure or
Pulumi refuses the update; the settings have new errors, or a mandatory policy is broken; nobody has tried the change,
and no preview shows that it replaces and deletes nothing."""
KINDS: tuple[Kind, ...] = ("requirement", "interruption", "refusal", "problems", "unknown")
REQUIRED: Mapping[Requirement, str] = {
    "circuitLoss": "the loss of a circuit",
    "anySingleFailure": "every single failure",
    "anyTwoFailures": "any two failures at once",
}
_RANKS = tuple(REQUIRED)
NOTHING_TO_PROVE = "nothing to prove"
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

    def __init__(
        self,
        name: str,
        old: Stack | None,
        new: Stack | None,
        preview: Preview | None = None,
        project: Sequence[tuple[str, Change]] = (),
    ) -> None:
        self.name = name
        self.old = old
        self.new = new
        self.preview = preview
        self._project = project

    @cached_property
    def effects(self) -> list[Effect]:
        """Every setting that changes, secrets too."""
        if not (self.old and self.new):
            return []
        found = [*_sealed(self.old, self.new), *_others(self.old, self.new), *_beside(self.old, self.new)]
        files = [stack.file for stack in (self.old, self.new) if stack.file]
        found += [change for key, change in self._project if not key or not all(key in one.config for one in files)]
        if self.old.settings and self.new.settings:
            found = [*changes(self.old.settings, self.new.settings), *found]
        return [Effect(change, self._row(change)) for change in found]

    def _row(self, change: Change) -> Consequence | None:
        if change.setting in _OF_SECRETS:
            return Consequence(change.setting)
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
                found = [one for one in found if one.minutes == SECONDS or one.minutes >= FOLLOWED]
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
                elif what == LET_IN:
                    found.append(f"what {effect.change.path} let in to tier {'/'.join(effect.change.items[:-1])}")
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
        unmet = bool(self.new and self.new.met is False and not (self.old and self.old.met is False))
        if self.new and unmet:
            settings = self.new.settings
            must = REQUIRED[settings.failover.require] if settings else ""
            no_longer = "is no longer met" if self.old else "is not met"
            yield Stop("requirement", f"failover.require {no_longer}: not every prefix survives {must}")
        if not (self.old and self.new):
            return
        yield from self._lowered(self.old, self.new)
        for line in () if unmet else self.lines:
            left = [one for one in line.prefixes if self.old and not accepted(self.old, one)]
            if line.turn == "failover lost" and line.old != NEW and left:
                yield Stop("requirement", f"traffic of {some_prefixes(left)}{line.with_tiers} loses its failover")
        for one in () if unmet else weaker(self.old, self.new):
            yield Stop("requirement", one.text)

    @staticmethod
    def _lowered(old: Stack, new: Stack) -> Iterator[Stop]:
        """What has to be survived, and is less than before."""
        if not (old.settings and new.settings):
            return
        before, after = old.settings.failover, new.settings.failover
        if _RANKS.index(after.require) < _RANKS.index(before.require):
            yield Stop("requirement", f"failover.require is lowered: {before.require} to {after.require}")
        known = {item.prefix for item in before.accept}
        for item in after.accept:
            if item.prefix not in known:
                yield Stop("requirement", f"failover.accept: {item.prefix} may be lost from now on ({item.reason})")
        was, now = (stack.report.verdict if stack.report else "" for stack in (old, new))
        if was and NOTHING_TO_PROVE in now and NOTHING_TO_PROVE not in was:
            _, _, why = now.partition(NOTHING_TO_PROVE)
            yield Stop("requirement", f"failover.require asks for nothing any more{why}")

    def _interruption(self) -> Iterator[Stop]:
        for one in self.outages.interrupted:
            prefixes = some_prefixes(one.prefixes)
            tiers = f" with {', '.join(one.tiers)}" if one.tiers else ""
            yield Stop("interruption", f"traffic of {prefixes}{tiers} is interrupted {during(one.minutes)}")
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
                    yield Stop("interruption", f"{one.what} is away {during(one.minutes)}, {unknown}")

    def _deletions(self) -> Iterator[Stop]:
        """What the preview deletes and replaces that no change of the settings is known to."""
        rows = [(effect.row, effect.change.items) for effect in self.effects if effect.row]
        for step in self.preview.unexplained(rows) if self.preview else ():
            yield Stop("interruption", f"the preview {step.op}s {step.type} {step.name}")

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
        if self.preview and not (self.preview.ended or self.preview.refused or self.preview.failed):
            yield Stop("unknown", "the preview has no summary: it was cut off, and says less than there is")
        if self.preview and self.preview.whole and not self.preview.removes:
            return
        if self.old and self.new and self.old.report and not self.new.report:
            why = "they have errors of another kind, or are encrypted"
            yield Stop("unknown", f"the failover cannot be proved any more from the settings after the change: {why}")
        for effect in self.effects:
            if effect.row is None:
                yield Stop("unknown", f"{effect.change.path}: what this change does is {UNKNOWN}")

    @cached_property
    def advice(self) -> list[str]:
        """What to do, in the order in which to do it."""
        return list(advice(self.old, self.new, self.effects, self.lines, self.outages, self.protected))


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


def _beside(old: Stack, new: Stack) -> Iterator[Change]:
    """What differs of a file beside its configuration."""
    before, after = (stack.file.others if stack.file else {} for stack in (old, new))
    for key in dict.fromkeys((*before, *after)):
        was, now = before.get(key), after.get(key)
        if was != now:
            old_words, new_words = ("" if value is None else "(not shown)" for value in (was, now))
            yield Change(key, key, "", old_words, new_words)


_OF_SECRETS = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""What stands beside the configuration and says who encrypts its secrets, on which nothing in Azure depends."""
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
