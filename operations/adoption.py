"""Records for resources that may exist in Azure and are missing in a stack's state.

A record is what the engine would write for the resource, without what only Azure knows: a refresh then fills it with
what Azure says, or drops it when Azure has no such resource. The engine marks secret outputs by itself; secret inputs
stay marked only where the record had them marked before.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from operations.azure_ids import UNKNOWN, id_of, path_parameters, secret_inputs, subscription_in

Json = dict[str, Any]

_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '""'}
"""A secret empty string, as the engine writes it."""

_NOT_OURS = ("id", "inputs", "outputs", "initErrors", "created", "modified", "delete", "pendingReplacement", "external")
"""What a record does not take over from a plan's step or a pending operation."""


@dataclass(frozen=True)
class Candidate:
    """A resource that the program makes, that the state does not have, and that may exist in Azure."""

    urn: str
    type: str
    id: str
    names: Json
    """The inputs that its id is made of."""
    given: frozenset[str]
    """The names of all inputs that the program gives."""
    record: Json


@dataclass(frozen=True)
class Missing:
    """A resource of the program that the state does not have: its resource as the plan or the state tells it."""

    urn: str
    resource: Json

    def candidate(self, subscription: str) -> Candidate | None:
        """What to look for in Azure; None while a name in its id is unknown. Raises `UnknownTypeError`."""
        kind, inputs = self.resource["type"], self.resource.get("inputs") or {}
        found = id_of(kind, inputs, subscription)
        if found is None:
            return None
        names = {name: inputs[name] for name in path_parameters(kind)}
        return Candidate(self.urn, kind, found, names, frozenset(inputs), record(self.resource, found))


def record(resource: Json, resource_id: str) -> Json:
    """The state's record of a resource of which only the id is known.

    Its inputs are the names in the id, which azure-native does not read back (without them the next update would
    replace the resource), and an empty secret for each input that is one: the refresh keeps the mark.
    """
    kept = {key: value for key, value in resource.items() if key not in _NOT_OURS}
    inputs = resource.get("inputs") or {}
    names = {name: inputs[name] for name in path_parameters(resource["type"])}
    return marked({**kept, "id": resource_id, "inputs": names, "outputs": {}})


def unread(deployment: Json) -> dict[str, Json]:
    """The Azure resources in the state that were made and never read (a timeout), by URN.

    A refresh would take all that Azure answers for their inputs, secrets in clear among it.
    """
    entries = [entry for entry in deployment.get("resources") or [] if is_azure(entry) and entry.get("id")]
    return {entry["urn"]: entry for entry in entries if not entry.get("outputs") or entry.get("initErrors")}


def marked(entry: Json) -> Json:
    """A resource of the state with an empty secret for each secret input that it does not have."""
    empty = {name: dict(_SECRET) for name in secret_inputs(entry["type"])}
    return {**entry, "inputs": {**empty, **(entry.get("inputs") or {})}}


def as_given(entry: Json, given: Collection[str]) -> Json:
    """A resource of the state as if the program had made it: its inputs without what the program does not give.

    The refresh takes all that Azure answers for inputs, its defaults too. No difference is hidden by this: what a
    program does not give, an update does not compare.
    """
    return {**entry, "inputs": {name: value for name, value in (entry.get("inputs") or {}).items() if name in given}}


def missing_in_plan(steps: Iterable[Json]) -> Iterator[Missing]:
    """The Azure resources that a plan would create, in its order."""
    for step in steps:
        resource = step.get("newState") or {}
        if step["op"] in ("create", "create-replacement") and is_azure(resource):
            yield Missing(step["urn"], resource)


def missing_in_operations(deployment: Json) -> Iterator[Missing]:
    """The Azure resources whose creation was under way when the engine died; their names are all known."""
    for operation in deployment.get("pending_operations") or []:
        resource = operation.get("resource") or {}
        if operation.get("type") == "creating" and is_azure(resource):
            yield Missing(resource["urn"], resource)


def is_azure(resource: Json) -> bool:
    """Whether a resource of a plan or a state is one of Azure's, and not a component or a provider."""
    return bool(resource.get("custom")) and str(resource.get("type", "")).startswith("azure-native:")


def without_provider(missing: Iterable[Missing]) -> list[Missing]:
    """Those whose provider the state does not have yet, so that they cannot be put into it."""
    return [entry for entry in missing if UNKNOWN in str(entry.resource.get("provider", UNKNOWN))]


def subscriptions(deployment: Json) -> dict[str, str]:
    """URN of each provider in the state -> the subscription that it is told, or else that its resources are in."""
    said: dict[str, str] = {}
    for entry in deployment.get("resources") or []:
        if str(entry.get("type", "")).startswith("pulumi:providers:"):
            subscription = (entry.get("inputs") or {}).get("subscriptionId")
            if isinstance(subscription, str):
                said[entry["urn"]] = subscription
        elif found := subscription_in(str(entry.get("id", ""))):
            said.setdefault(provider_of(entry), found)
    return said


def provider_of(resource: Json) -> str:
    """The URN of the provider that a resource is made with."""
    return str(resource.get("provider", "")).rpartition("::")[0]


def adopt(deployment: Json, candidates: Iterable[Candidate]) -> Json:
    """The deployment with the candidates' records, each after what it depends on, and without pending operations.

    What is there and was never read gets its secret inputs marked.
    Where a replacement was under way, the record takes the place of the deleted predecessor. What a record points to
    and the state does not have is left out (its parent is then the stack itself), since the engine refuses such a
    state; the next update puts it right.
    """
    added = {candidate.urn: candidate.record for candidate in candidates}
    resources = deployment.get("resources") or []
    known = {entry["urn"] for entry in resources} | added.keys()
    root = next((entry["urn"] for entry in resources if entry["type"] == "pulumi:pulumi:Stack"), None)
    attached = {urn: _attached(entry, known, root) for urn, entry in added.items()}
    half_made = unread(deployment)
    in_place = [
        attached.pop(entry["urn"], entry)
        if entry.get("pendingReplacement")
        else marked(entry)
        if entry["urn"] in half_made
        else entry
        for entry in resources
    ]
    return {**deployment, "resources": [*in_place, *_in_order(attached)], "pending_operations": []}


def _attached(entry: Json, known: set[str], root: str | None) -> Json:
    """A record that points to nothing which the state does not have."""
    found = dict(entry)
    if entry.get("parent") not in known:
        found["parent"] = root
    for name in ("dependencies", "replaceWith"):
        if name in entry:
            found[name] = [urn for urn in entry[name] if urn in known]
    found["propertyDependencies"] = {
        name: [urn for urn in urns or [] if urn in known]
        for name, urns in (entry.get("propertyDependencies") or {}).items()
    }
    return found


def _in_order(records: dict[str, Json]) -> list[Json]:
    """Records so that each comes after those it depends on."""
    done: dict[str, Json] = {}

    def place(urn: str) -> None:
        if urn in records and urn not in done:
            for other in (records[urn]["parent"], *records[urn].get("dependencies", [])):
                place(other)
            done[urn] = records[urn]

    for urn in records:
        place(urn)
    return list(done.values())
