"""What the program makes and the stack's state does not have: which resources that are, and whether Azure has them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from operations import probe
from operations.adoption import (
    Candidate,
    Missing,
    is_azure,
    missing_in_operations,
    missing_in_plan,
    provider_of,
    subscriptions,
    without_provider,
)
from operations.azure_ids import UnknownTypeError, subscription_in
from operations.stack import Stack

Json = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What a search has found. document: the state, with the providers of what is missing. candidates: those with a
    known id. unknown: those whose id is known when what they belong to is found. homeless: those whose provider the
    state does not have, since nothing was made with it."""

    document: Json
    candidates: Sequence[Candidate] = ()
    unknown: Sequence[Missing] = ()
    homeless: Collection[str] = ()


class Search:
    """Searches of one stack. keep: is given the state before it changes. tell: hears a line of each thing."""

    def __init__(self, stack: Stack, keep: Callable[[Json], None], tell: Callable[[str], None]) -> None:
        self._stack, self._keep, self._tell = stack, keep, tell
        self._subscription = ""

    def look(self, document: Json, looked: Collection[str], *, dry: bool = False) -> Found:
        """What this state does not have, but for what was looked for already (URNs). dry: change nothing."""
        deployment = document["deployment"]
        present = {entry["urn"] for entry in deployment.get("resources") or [] if not entry.get("pendingReplacement")}
        steps = self._stack.plan()
        everything = [*missing_in_operations(deployment), *missing_in_plan(steps)]
        missing = {entry.urn: entry for entry in reversed(everything) if entry.urn not in {*present, *looked}}
        homeless = without_provider(missing.values())
        if homeless and len(homeless) == len(missing):
            if azure_resources(document):
                self._tell("  The state does not have the provider: nothing was made with it yet.")
                return Found(document)
            # A new stack, whose settings may name what is there already; or a state that was lost as a whole.
            if not dry:
                self._keep(document)
                self._tell("  provider put into the state, which had nothing of Azure's")
                self._stack.make_providers(sorted({provider_of(entry.resource) for entry in homeless}))
                return self.look(self._stack.export(), looked)
            self._tell("  The state has nothing of Azure's yet: the provider would be put into it first.")
            homeless = []
        for entry in homeless:
            self._tell(f"  absent   {short(entry.urn)}: nothing was made with its provider yet; pulumi up makes both")
            del missing[entry.urn]
        # Of a provider that is not made yet the plan knows its subscription.
        planned = [step.get("newState") or {} for step in steps]
        said = subscriptions({"resources": [*planned, *(deployment.get("resources") or [])]})
        candidates, unknown = [], []
        for entry in reversed(missing.values()):
            try:
                candidate = entry.candidate(said.get(provider_of(entry.resource)) or self._own())
            except UnknownTypeError as error:
                self._tell(f"  unknown  {short(entry.urn)} is not looked for: {error}")
                continue
            if candidate:
                candidates.append(candidate)
            else:
                unknown.append(entry)
        return Found(document, candidates, unknown, {entry.urn for entry in homeless})

    def states(self, candidates: Sequence[Candidate]) -> list[str]:
        """What Azure says of each, as `probe.states`; it is asked with the stack's own provider, which says nothing of
        what is in another subscription."""
        if not candidates:
            return []
        own = self._own().lower()
        here = [entry for entry in candidates if (subscription_in(entry.id) or "").lower() == own]
        answers = dict(
            zip(
                (entry.urn for entry in here),
                probe.states(self._stack, [(entry.type, entry.names) for entry in here]),
                strict=True,
            )
        )
        return [answers.get(entry.urn, "unknown") for entry in candidates]

    def _own(self) -> str:
        """The account's own subscription, in which a resource is whose provider says none."""
        if not self._subscription:
            self._subscription = probe.subscription(self._stack)
        return self._subscription


def azure_resources(document: Json) -> list[Json]:
    """What of Azure's a state has."""
    return [entry for entry in document["deployment"].get("resources") or [] if is_azure(entry)]


def short(urn: str) -> str:
    """A resource by its type and its name in the program."""
    kind, name = urn.split("::")[-2:]
    return f"{kind.rpartition('$')[2].rpartition(':')[2]} {name}"
