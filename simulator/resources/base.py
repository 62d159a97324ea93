"""What every resource type has in common: its id, its references, its life."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from simulator import durations
from simulator.clock import Clock
from simulator.errors import AzureError, fail
from simulator.ids import ResourceId, parse
from simulator.options import Options
from simulator.store import Json, Operation, Record, Store


class AnyCloud(Protocol):
    """What the rules of a kind see of the cloud that it is in."""

    store: Store
    options: Options
    clock: Clock
    kinds: Mapping[str, Kind]
    """Every kind that the cloud has, by its Pulumi token."""

    def get(self, id: str) -> Json:
        """A resource as Azure shows it now (404 when there is none)."""
        ...

    def find(self, kind_name: str) -> list[Record]:
        """All resources of a network type, such as VirtualNetworkGateway."""
        ...

    def view(self, record: Record) -> Json:
        """What a GET of this record answers."""
        ...

    def drop(self, record: Record) -> None:
        """Take a resource and what is nested in it out of the cloud."""
        ...

    def empty_group(self, group: Record) -> list[str]:
        """Delete what is in a resource group, as far as Azure allows; the answer is the ids that stay."""
        ...

    def start_provider_work(self, circuit: Record, what: str, result: Json, minutes: float) -> Operation:
        """The connectivity provider's side: after some simulated minutes, `result` holds for the circuit."""
        ...


@dataclass
class Request:
    """One PUT, once it is known to be well formed and its references to exist."""

    cloud: AnyCloud
    kind: Kind
    rid: ResourceId
    inputs: Json
    """The body as sent, secrets included; path parameters left out."""
    old: Record | None

    @property
    def id(self) -> str:
        return self.rid.text

    @property
    def before(self) -> Json:
        """What the resource was before this PUT; empty when it is being made."""
        return self.old.body if self.old else {}

    def record(self, reference: Any) -> Record | None:
        """The resource behind `{"id": ...}`; None when nothing was given."""
        target = (reference or {}).get("id")
        return self.cloud.store.get(target) if target else None

    def near(self, *targets: Record | None) -> None:
        """Refuse a reference to what is in another region."""
        for target in targets:
            here = self.inputs.get("location")
            if target is not None and here and target.body.get("location", here) != here:
                raise fail("InvalidResourceReference", target=target.id, id=self.id)

    def immutable(self, *names: str, **values: tuple[Any, Any]) -> None:
        """Refuse a change of these properties. `values` gives old and new where they are not plain properties."""
        if self.old is None:
            return
        pairs = {name: (self.old.body.get(name), self.inputs.get(name, self.old.body.get(name))) for name in names}
        for name, (old, new) in {**pairs, **values}.items():
            if old != new:
                raise fail("CodeUnknown_IMMUTABLE", property=name, id=self.id, old=old, new=new)


@dataclass(frozen=True)
class Kind:
    """A resource type. Subclasses say what Azure accepts of it and what it answers."""

    token: str
    arm_type: str
    parameters: tuple[str, ...]
    """SDK names of the path parameters for the names in the id, outermost first (after resourceGroupName)."""
    operation: str
    """As Azure names its operations: Subnet makes PutSubnetOperation."""
    duration: str = "short"
    secrets: tuple[str, ...] = ()
    """Inputs that Azure never gives back."""
    children: tuple[tuple[str, str], ...] = ()
    """Inline lists whose members have ids of their own: (property, segment of the id)."""
    inline: tuple[tuple[str, str], ...] = ()
    """Inline lists whose members are resources of their own: (property, token)."""
    keeps_inline: bool = False
    """Whether a PUT that leaves an inline list out keeps its members (else it removes them)."""
    defaults: Json = field(default_factory=dict)
    across: Mapping[str, str] = field(default_factory=dict)
    """Properties that may refer to another subscription, each with the action that the account needs there; empty where
    an authorization key takes its place. Azure wants everything else in one subscription."""
    replaces: tuple[str, ...] = ()
    """Properties whose change azure-native makes a replacement, besides the path's parameters (PULUMI-03)."""

    @property
    def path(self) -> tuple[str, ...]:
        """SDK names of all path parameters, outermost first."""
        return tuple(dict.fromkeys(("resourceGroupName", *self.parameters)))

    @property
    def name_parameter(self) -> str:
        return self.parameters[-1]

    @property
    def located(self) -> bool:
        """Whether it has a location of its own."""
        return len(self.parameters) == 1

    def make_id(self, subscription: str, values: Json) -> str:
        """The id from the path parameters (SDK names)."""
        group = f"/subscriptions/{subscription}/resourceGroups/{values['resourceGroupName']}"
        provider, *types = self.arm_type.split("/")
        pairs = zip(types, self.parameters, strict=True)
        return f"{group}/providers/{provider}" + "".join(f"/{kind}/{values[name]}" for kind, name in pairs)

    def path_values(self, rid: ResourceId) -> Json:
        """The path parameters out of an id: what `make_id` was given."""
        names = (name for _, name in rid.segments)
        return {"resourceGroupName": rid.group, **dict(zip(self.parameters, names, strict=True))}

    def references(self, request: Request) -> Iterator[str]:
        """Ids of other resources that the body points to."""
        own = request.id.lower() + "/"
        for target in _ids(request.inputs):
            # A body that was read before has its own id in it.
            if not f"{target.lower()}/".startswith(own):
                yield target

    def allowed_across(self, request: Request) -> dict[str, str]:
        """The ids (in lower case) that may be in another subscription, with the action that it takes there: those of
        the resource itself, and those of what is sent with it inline."""
        found = [(name, action, request.inputs) for name, action in self.across.items()]
        for inline, token in self.inline:
            across = request.cloud.kinds[token].across.items()
            found += [(name, action, item) for item in request.inputs.get(inline) or [] for name, action in across]
        return {target.lower(): action for name, action, body in found for target in _ids(body.get(name))}

    def holds(self, request: Request) -> frozenset[str]:
        """Keys of what no other operation may touch while this one runs."""
        return frozenset({request.id.lower()})

    def holds_delete(self, cloud: AnyCloud, record: Record) -> frozenset[str]:
        return frozenset({record.key})

    def minutes(self, request: Request) -> float:
        """How long this PUT takes."""
        return durations.minutes(self.duration, "update" if request.old else "create")

    def minutes_delete(self, cloud: AnyCloud, record: Record) -> float:
        return durations.minutes(self.duration, "delete")

    def check(self, request: Request) -> None:
        """Raise the error Azure answers a PUT with."""

    def late_error(self, request: Request) -> AzureError | None:
        """The error that ends an operation which Azure accepted at first: the resource stays, Failed."""
        return None

    def body(self, request: Request) -> Json:
        """What Azure keeps: the inputs without secrets, its defaults, and ids for inline children."""
        apart = (*self.secrets, *(name for name, _ in self.inline), "id", "type")
        kept = {name: value for name, value in request.inputs.items() if name not in apart}
        body = {**copy.deepcopy(self.defaults), **kept}
        for name, segment in self.children:
            body[name] = [
                {**child, "id": f"{request.id}/{segment}/{child.get('name', index)}"}
                for index, child in enumerate(body.get(name) or [])
            ]
        return body

    def digests(self, request: Request, old: dict[str, str]) -> dict[str, str]:
        """Digests of the secrets that hold after this PUT."""
        sent = {name: request.inputs[name] for name in self.secrets if request.inputs.get(name)}
        return old | {name: request.cloud.store.digest(str(value)) for name, value in sent.items()}

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        """What a GET answers, in the SDK's names."""
        etag = f'W/"{cloud.store.derive_uuid("etag", record.key, record.born, record.revision)}"'
        body: Json = {
            "id": record.id,
            "name": record.name,
            "type": self.arm_type,
            **record.body,
            "etag": etag,
            "provisioningState": record.state,
        }
        for name, _ in self.children:
            for child in body.get(name, []):
                child.update(etag=etag, provisioningState=record.state)
        for name, token in self.inline:
            body[name] = [cloud.view(child) for child in cloud.store.find(token=token, parent=record.key)]
        return body

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        """Raise the error Azure answers a DELETE with."""

    def finish_delete(self, cloud: AnyCloud, record: Record) -> AzureError | None:
        """Called when a deletion's time is up; an error keeps the resource."""
        return None

    def settled(self, cloud: AnyCloud, record: Record) -> None:
        """Called when an operation on this resource has ended well."""

    def failed(self, cloud: AnyCloud, record: Record, code: str) -> None:
        """Called when an operation on this resource has ended badly."""

    def removed(self, cloud: AnyCloud, record: Record) -> None:
        """Called when the resource is gone."""


def _ids(value: Any) -> Iterator[str]:
    """Every id in a body: the value of a key `id` that looks like an Azure id."""
    if isinstance(value, dict):
        target = value.get("id")
        if isinstance(target, str) and parse(target):
            yield target
        for name, item in value.items():
            if name != "id":
                yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)


def of_arm_type(kinds: Iterable[Kind], arm_type: str) -> Kind | None:
    """The kind with this Azure name (any case), such as Microsoft.Network/virtualNetworks/subnets."""
    return next((kind for kind in kinds if kind.arm_type.lower() == arm_type.lower()), None)
