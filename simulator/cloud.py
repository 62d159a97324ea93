"""The core of the simulated Azure: put, get, delete and look up, with Azure's rules and its clock. No gRPC here.

    cloud = Cloud()                                       # in memory, time passes at once
    cloud.put("azure-native:resources:ResourceGroup", {"resourceGroupName": "rg", "location": "westus"})

Bodies have the SDK's names (camel case, as Pulumi sends them) and hold the path's parameters too. A refusal is an
`AzureError`. With a file and a running clock, several processes may use one cloud at once.
"""

import copy
import time
from pathlib import Path
from typing import Any

from simulator import checks, schema
from simulator.clock import DEFAULT_MINUTE_MS, Anchor, Clock, InstantClock, RunningClock
from simulator.errors import AzureError, fail
from simulator.ids import ResourceId, parse
from simulator.options import Options
from simulator.resources import kind_of_arm_type, kinds
from simulator.resources.base import Kind, Request
from simulator.store import Json, Operation, Record, Store

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
"""The simulated subscription: the same in every cloud, so that ids can be foretold."""
TENANT = "00000000-0000-4000-8000-0000000000aa"
CLIENT = "00000000-0000-4000-8000-0000000000bb"


class Cloud:
    """A simulated Azure: its resources, its operations under way, its clock."""

    def __init__(
        self,
        path: str | Path = ":memory:",
        *,
        clock: Clock | None = None,
        minute_ms: float | None = None,
        options: Options | None = None,
    ) -> None:
        """Open a cloud.

        `path` is its SQLite file, or `:memory:`. Without a `clock`, one in memory has an instant clock and one in a
        file the running clock that the file remembers, at `minute_ms` real milliseconds a simulated minute when that
        is given. `options` are remembered by the file; without them the remembered ones hold.
        """
        self.store = Store(path)
        if options is not None:
            self.store.set_meta("options", options.to_json())
        self.options = Options.from_json(self.store.meta("options", {}))
        self.clock = clock or (InstantClock() if str(path) == ":memory:" else self._remembered_clock(minute_ms))

    def close(self) -> None:
        self.store.close()

    def set_options(self, options: Options) -> None:
        """Change the switches, in the file too."""
        self.store.set_meta("options", options.to_json())
        self.options = options

    def _remembered_clock(self, minute_ms: float | None) -> RunningClock:
        with self.store.transaction():
            raw = self.store.meta("clock")
            anchor = Anchor(**raw) if raw else Anchor(0.0, time.time(), minute_ms or DEFAULT_MINUTE_MS)
            if minute_ms is not None and minute_ms != anchor.minute_ms:
                real = time.time()
                anchor = Anchor(anchor.at(real), real, minute_ms)
            self.store.set_meta("clock", vars(anchor))
        return RunningClock(anchor)

    def kind(self, token: str) -> Kind:
        """The resource type behind a Pulumi token; an unknown one is an error that names it."""
        found = kinds().get(token)
        if found is None or token not in schema.TOKENS:
            raise AzureError(400, "InvalidResourceType", f"the simulated Azure has no resource type {token}")
        return found

    def id_of(self, token: str, inputs: Json) -> str:
        """The id that inputs lead to."""
        return self.kind(token).make_id(SUBSCRIPTION, inputs)

    def put(self, token: str, inputs: Json) -> Json:
        """Create or update, and wait until Azure has finished; the answer is what a GET gives afterwards."""
        operation = self.begin_put(token, inputs)
        self.wait(operation)
        return self.get(operation.id)

    def delete(self, id: str) -> None:
        """Delete, and wait until Azure has finished."""
        operation = self.begin_delete(id)
        if operation is not None:
            self.wait(operation)

    def wait(self, operation: Operation) -> None:
        """Let simulated time pass until an operation has ended; raises the error it ended with."""
        while not operation.done:
            self.clock.sleep_until(operation.end)
            operation = self.operation(operation.number)
        if operation.error is not None:
            raise AzureError(200, operation.error["code"], operation.error["message"])

    def operation(self, number: int) -> Operation:
        """An operation as it stands now."""
        with self.store.transaction():
            self.settle()
            found = self.store.operation(number)
        if found is None:
            raise fail("NotFound", id=f"operation {number}")
        return found

    def get(self, id: str) -> Json:
        """A resource as Azure shows it now (404 when there is none)."""
        with self.store.transaction():
            self.settle()
            record = self.store.get(id)
            if record is None:
                raise self._missing(id)
            return self.view(record)

    def view(self, record: Record) -> Json:
        """What a GET of this record answers."""
        return kinds()[record.token].view(self, copy.deepcopy(record))

    def _missing(self, id: str) -> AzureError:
        rid = parse(id)
        if rid is None:
            return fail("NotFound", id=id)
        group = f"/subscriptions/{rid.subscription}/resourceGroups/{rid.group}"
        if self.store.get(group) is None:
            return fail("ResourceGroupNotFound", group=rid.group)
        if len(rid.segments) > 1 and self.store.get(rid.parent) is not None:
            return fail("NotFound", id=id)
        names = "/".join(name for _, name in rid.segments)
        return fail("ResourceNotFound", type=rid.type, name=names, group=rid.group)

    def begin_put(self, token: str, inputs: Json) -> Operation:
        """Send a PUT; the answer is the operation it started (already done when Azure answers at once)."""
        kind = self.kind(token)
        with self.store.transaction():
            self.settle()
            request = self._request(kind, inputs)
            self._check_parents(request.rid)
            holds = kind.holds(request)
            self.check_free(holds, request.rid)
            self._check_location(request)
            for target in kind.references(request):
                self.check_reference(target, request.id)
            kind.check(request)
            late = kind.late_error(request)
            old = request.old
            record = self._save(request, "Updating")
            self._put_inline(request)
            now = self.clock.now()
            error = {"code": late.code, "message": late.message} if late else None
            name = f"Put{kind.operation}Operation"
            verb = "update" if old else "create"
            end = now + kind.minutes(request) * 60.0
            operation = Operation(0, record.id, name, verb, now, end, holds, error)
            return self.store.start_operation(operation)

    def _save(self, request: Request, state: str) -> Record:
        old, kind = request.old, request.kind
        record = Record(
            id=old.id if old else request.id,
            token=kind.token,
            parent=request.rid.parent,
            body=kind.body(request),
            state=state,
            born=old.born if old else self.store.next_number("born"),
            revision=(old.revision if old else 0) + 1,
            digests=kind.digests(request, dict(old.digests) if old else {}),
        )
        self.store.save(record)
        return record

    def _put_inline(self, request: Request) -> None:
        """Make a PUT's inline children exist as sent, and the others go."""
        for name, token in request.kind.inline:
            sent = request.inputs.get(name)
            if sent is None and request.kind.keeps_inline:
                continue
            kind = kinds()[token]
            outer = request.kind.path_values(request.rid)
            path = ("resourceGroupName", *kind.parameters)
            items = [{**item, **outer, kind.name_parameter: item.get("name")} for item in sent or []]
            names = {str(item[kind.name_parameter]).lower() for item in items}
            for child in self.store.find(token=token, parent=request.id):
                if child.name.lower() not in names:
                    kind.check_delete(self, child)
                    self.drop(child)
            for item in items:
                known = schema.load().resources[token].inputs
                child = self._request(kind, {k: v for k, v in item.items() if k in known or k in path})
                for target in kind.references(child):
                    self.check_reference(target, child.id)
                kind.check(child)
                self._save(child, "Succeeded")

    def begin_delete(self, id: str) -> Operation | None:
        """Send a DELETE; None when there is nothing to delete."""
        with self.store.transaction():
            self.settle()
            record = self.store.get(id)
            rid = parse(id)
            if record is None or rid is None:
                return None
            kind = kinds()[record.token]
            holds = kind.holds_delete(self, record)
            self.check_free(holds, rid)
            kind.check_delete(self, record)
            record.state = "Deleting"
            self.store.save(record)
            now = self.clock.now()
            end = now + kind.minutes_delete(self, record) * 60.0
            name = f"Delete{kind.operation}Operation"
            return self.store.start_operation(Operation(0, record.id, name, "delete", now, end, holds))

    def settle(self) -> None:
        """End the operations whose time has come, in the order of their ends."""
        for operation in self.store.open_operations(self.clock.now()):
            self.store.finish_operation(operation.number)
            record = self.store.get(operation.key)
            if record is None:
                continue
            kind = kinds()[record.token]
            if operation.verb == "provider":
                record.body |= operation.body or {}
                self.store.save(record)
                continue
            if operation.verb == "delete" and operation.error is None:
                self.drop(record)
                continue
            record.state = "Succeeded" if operation.error is None else "Failed"
            record.revision += 1
            self.store.save(record)
            if operation.error is None:
                kind.settled(self, record)
            else:
                kind.failed(self, record, operation.error["code"])

    def drop(self, record: Record) -> None:
        """Take a resource and what is nested in it out of the cloud."""
        for child in self.store.find(parent=record.key):
            self.drop(child)
        self.store.remove(record.key)
        kinds()[record.token].removed(self, record)

    def empty_group(self, group: Record) -> list[str]:
        """Delete what is in a resource group, as far as Azure allows; the answer is the ids that stay."""
        while True:
            left = [record for record in self.store.find() if record.key.startswith(group.key + "/")]
            gone = 0
            for record in left:
                try:
                    kind = kinds()[record.token]
                    self.check_free(kind.holds_delete(self, record), parse(record.id))
                    kind.check_delete(self, record)
                except AzureError:
                    continue
                self.drop(record)
                gone += 1
            if not gone:
                return [record.id for record in left]

    def _request(self, kind: Kind, inputs: Json) -> Request:
        shape = schema.load().resources[kind.token]
        wrong = checks.problems(shape.inputs, shape.required, inputs, enums=True)
        path = ("resourceGroupName", *kind.parameters)
        wrong += [f"missing required property '{name}'" for name in path if not inputs.get(name)]
        if wrong:
            raise fail("InvalidRequestFormat", detail="; ".join(dict.fromkeys(wrong)))
        body = checks.canonical(shape.inputs, {k: v for k, v in inputs.items() if k not in path})
        body.pop("azureApiVersion", None)
        if isinstance(body.get("location"), str):
            body["location"] = normal_location(body["location"])
        rid = parse(kind.make_id(SUBSCRIPTION, inputs))
        if rid is None:
            raise fail("InvalidRequestFormat", detail=f"these names make no resource id: {path}")
        return Request(self, kind, rid, body, self.store.get(rid.text))

    def _check_parents(self, rid: ResourceId) -> None:
        if not rid.segments:
            return
        group = self.store.get(f"/subscriptions/{rid.subscription}/resourceGroups/{rid.group}")
        if group is None:
            raise fail("ResourceGroupNotFound", group=rid.group)
        if len(rid.segments) > 1:
            parent = self.store.get(rid.parent)
            if parent is None:
                raise fail("ParentResourceNotFound", type=rid.type, parent=rid.parent)
            if parent.state == "Deleting":
                raise self._not_ready(parent, rid.text)

    def _check_location(self, request: Request) -> None:
        if not request.kind.located:
            return
        location = request.inputs.get("location")
        if not location:
            raise fail("LocationRequired")
        old = request.before.get("location")
        if old and old != location:
            raise fail("InvalidResourceLocation", name=request.rid.name, old=old, new=location, group=request.rid.group)

    def check_free(self, holds: frozenset[str], rid: ResourceId | None) -> None:
        """Refuse what another operation under way forbids (ORDER-04 to ORDER-06)."""
        for operation in self.store.open_operations():
            if operation.holds & holds:
                uri = f"https://simulated.azure.invalid/operations/{operation.number}"
                raise fail("AnotherOperationInProgress", uri=uri)

    def check_reference(self, target: str, user: str) -> Record:
        """Refuse a reference to what does not exist or is not ready."""
        record = self.find_target(target)
        if record is None:
            raise fail("InvalidResourceReference", target=target, id=user)
        if record.state != "Succeeded":
            raise self._not_ready(record, user)
        return record

    def find_target(self, target: str) -> Record | None:
        """The resource an id points to; for the id of an inline child, the resource that has it."""
        rid = parse(target)
        if rid is None:
            return None
        if kind_of_arm_type(rid.type) is None and len(rid.segments) > 1:
            return self.store.get(rid.parent)
        return self.store.get(target)

    def _not_ready(self, record: Record, user: str) -> AzureError:
        operations = [op for op in self.store.open_operations() if op.key == record.key]
        kind = kinds()[record.token]
        name = operations[-1].name if operations else f"Put{kind.operation}Operation"
        return fail("ReferencedResourceNotProvisioned", target=record.id, id=user, state=record.state, operation=name)

    def start_provider_work(self, circuit: Record, what: str, result: Json, minutes: float) -> Operation:
        """The connectivity provider's side: after some simulated minutes, `result` holds for the circuit."""
        now = self.clock.now()
        work = Operation(0, circuit.id, what, "provider", now, now + minutes * 60.0, frozenset(), body=result)
        return self.store.start_operation(work)

    def find(self, kind_name: str) -> list[Record]:
        """All resources of a network type, such as VirtualNetworkGateway."""
        return self.store.find(token=f"azure-native:network:{kind_name}")

    def invoke(self, token: str, args: dict[str, Any]) -> Json:
        """A lookup, such as azure-native:network:getExpressRouteCircuit."""
        from simulator import lookups

        with self.store.transaction():
            self.settle()
        return lookups.invoke(self, token, args)


def normal_location(location: str) -> str:
    """West US and westus are the same place to Azure."""
    return location.replace(" ", "").lower()
