"""What an update would do: two recordings of the program compared, as Pulumi's engine and azure-native compare them.

azure-native replaces on a change of the path (names, resource group, parent) and of a few properties (PULUMI-03); the
program adds some with `replace_on_changes`. A resource whose name is given is deleted before it is made again, and
before it goes what would be replaced if it knew nothing of it (`replace_with`, or a reference in a property that makes
a replacement).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from simulator import differ
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.resources import kinds
from tests.deploying import subscription_of, wire
from tests.recording import Recording, Resource


@dataclass
class Plan:
    """The steps of an update, each list in the order of registration (deletions: of the program before the change)."""

    before: Recording
    after: Recording
    created: list[Resource] = field(default_factory=list)
    updated: list[Resource] = field(default_factory=list)
    replaced: list[Resource] = field(default_factory=list)
    deleted: list[Resource] = field(default_factory=list)
    first_gone: set[str] = field(default_factory=set)
    """URNs of all that goes before something else is replaced: the replaced, and the deleted that depend on them."""

    @property
    def nothing(self) -> bool:
        """Azure is not asked for anything."""
        return not (self.created or self.updated or self.replaced or self.deleted)


def plan(before: Recording, after: Recording, cloud: Cloud) -> Plan:
    """The update that leads from one recording to the other. cloud: what Azure says of the resources."""
    old = {resource.urn: resource for resource in _azure(before)}
    made = Plan(before, after)
    replaced: set[str] = set()
    for new in _azure(after):
        if new.urn not in old:
            made.created.append(new)
            continue
        was = old[new.urn]
        for path in new.ignore_changes:
            _keep(was.inputs, new.inputs, _steps(path))
        found = differ.changes(inputs_of(was), inputs_of(new))
        triggered = was.replacement_trigger != new.replacement_trigger
        if triggered or _replaces(was, new, found, cloud) or _follows(was, before, replaced):
            made.replaced.append(new)
            replaced.add(new.urn)
        elif found:
            made.updated.append(new)
    now = {resource.urn for resource in _azure(after)}
    made.deleted = [resource for resource in old.values() if resource.urn not in now]
    made.first_gone = replaced
    for resource in made.deleted:
        if _follows(resource, before, made.first_gone):
            made.first_gone.add(resource.urn)
    return made


def inputs_of(resource: Resource) -> dict[str, Any]:
    """The inputs as the wire has them."""
    return wire(resource.inputs)


def snake(name: str) -> str:
    """`replaceOnChanges` as `replace_on_changes`."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def _azure(recording: Recording) -> list[Resource]:
    return [resource for resource in recording.resources if resource.type.startswith("azure-native:")]


def _steps(path: str) -> list[str | int]:
    """The steps of an engine's property path, such as `frontendIPConfigurations[0].zones` or `tags["a.b"]`."""
    found = re.findall(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.\[\]]+)', path)
    return [int(index) if index else quoted.replace('\\"', '"') or name for quoted, index, name in found]


def _keep(old: Any, new: Any, steps: list[str | int]) -> None:
    """Puts what was at a path in place of what would be there, as the engine does with `ignore_changes`."""
    head, *rest = steps
    for inputs in (old, new):
        there = isinstance(inputs, dict) if isinstance(head, str) else isinstance(inputs, list) and head < len(inputs)
        if not there:
            return
    if rest:
        if isinstance(head, int) or (head in old and head in new):
            _keep(old[head], new[head], rest)
    elif isinstance(head, int) or head in old:
        new[head] = old[head]
    else:
        new.pop(head, None)


def _top(place: str) -> str:
    return place.split(".")[0].split("[")[0]


def _keys(resource: Resource) -> set[str]:
    """The properties whose change makes a replacement, in snake case."""
    kind = kinds()[resource.type]
    return {snake(name) for name in ("resourceGroupName", *kind.parameters, *kind.replaces)} | {
        snake(name) for name in resource.replace_on_changes
    }


def _replaces(was: Resource, new: Resource, found: dict[str, str], cloud: Cloud) -> bool:
    if any(place.startswith(path) for place in found for path in new.replace_on_changes if path != _top(path)):
        return True
    keys = tuple(name for name in {_top(place) for place in found} if snake(name) in _keys(new))
    if not keys:
        return False
    try:
        state = cloud.get(cloud.id_of(was.type, inputs_of(was), subscription_of(was.provider)))
    except AzureError:
        state = {}
    return bool(differ.replacing(found, keys, inputs_of(was), inputs_of(new), state))


def _follows(was: Resource, before: Recording, replaced: set[str]) -> bool:
    """Whether a resource is replaced because one that it refers to is."""
    if was.replace_with & replaced:
        return True
    keys = _keys(was)
    for urn in was.dependencies & replaced:
        id = before.ids[urn]
        name = id.rsplit("/", 1)[-1]
        for place, value in was.inputs.items():
            if snake(place) in keys and (id in str(value) or (value == name and place in _parents(was))):
                return True
    return False


def _parents(resource: Resource) -> tuple[str, ...]:
    """The path parameters that name what a resource is in."""
    return ("resourceGroupName", *kinds()[resource.type].parameters[:-1])
