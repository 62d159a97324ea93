"""The core of the simulated Azure: put, get, delete and look up, with Azure's rules and its clock. No gRPC here.

    cloud = Cloud()                                       # in memory, time passes at once
    cloud.put("azure-native:resources:ResourceGroup", {"resourceGroupName": "rg", "location": "westus"})

Bodies have the SDK's names (camel case, as Pulumi sends them) and hold the path's parameters too. A refusal is an
`AzureError`. With a file and a running clock, several processes may use one cloud at once.
"""

import copy
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator import admission, durations, lookups, schema
from simulator.clock import DEFAULT_MINUTE_MS, Anchor, Clock, InstantClock, QuietClock, RunningClock
from simulator.errors import AzureError, fail
from simulator.ids import SUBSCRIPTION, parse
from simulator.options import Options
from simulator.outside import Outside
from simulator.outside import save as save_outside
from simulator.resources import history, traffic
from simulator.resources import kinds as all_kinds
from simulator.resources.actions import Action
from simulator.resources.base import Kind
from simulator.store import Json, Operation, Record, Store
from simulator.subscriptions import Account, check_exists


class Cloud:
    """A simulated Azure: its resources, its operations under way, its clock."""

    def __init__(
        self,
        path: str | Path = ":memory:",
        *,
        clock: Clock | None = None,
        minute_ms: float | None = None,
        quiet_ms: float | None = None,
        options: Options | None = None,
        kinds: Mapping[str, Kind] | None = None,
    ) -> None:
        """Open a cloud.

        `path` is its SQLite file, or `:memory:`. Without a `clock`, one in memory has an instant clock, and one in a
        file the clock that the file remembers: a running one, at `minute_ms` real milliseconds a simulated minute when
        that is given, or one that jumps whenever all has been quiet for `quiet_ms` real milliseconds. `options` are
        remembered by the file; without them the remembered ones hold. `kinds` are the resource types there are, by
        default all that the simulator has.
        """
        self.kinds: Mapping[str, Kind] = all_kinds() if kinds is None else kinds
        self.store = Store(path)
        if options is not None:
            self.store.set_meta("options", options.to_json())
        self.options = Options.from_json(self.store.meta("options", {}))
        self.clock = clock or (
            InstantClock() if str(path) == ":memory:" else self._remembered_clock(minute_ms, quiet_ms)
        )

    def close(self) -> None:
        self.store.close()

    def set_options(self, options: Options) -> None:
        """Change the switches, in the file too."""
        self.store.set_meta("options", options.to_json())
        self.options = options

    def _remembered_clock(self, minute_ms: float | None, quiet_ms: float | None) -> Clock:
        with self.store.transaction():
            raw = self.store.meta("clock") or {}
            quiet = quiet_ms or (raw.get("quiet_ms") if minute_ms is None else None)
            if quiet:
                moment = float(raw.get("simulated_s", 0.0))
                if "minute_ms" in raw:
                    moment = Anchor(**raw).at(time.time())
                self.store.set_meta("clock", {"quiet_ms": quiet})
                self.store.set_meta("moment", max(moment, float(self.store.meta("moment", 0.0))))
                store = self.store
                return QuietClock(lambda: float(store.meta("moment")), lambda at: store.set_meta("moment", at), quiet)
            first = Anchor(float(self.store.meta("moment", 0.0)), time.time(), minute_ms or DEFAULT_MINUTE_MS)
            anchor = Anchor(**raw) if "minute_ms" in raw else first
            if minute_ms is not None and minute_ms != anchor.minute_ms:
                real = time.time()
                anchor = Anchor(anchor.at(real), real, minute_ms)
            self.store.set_meta("clock", vars(anchor))
        return RunningClock(anchor)

    def kind(self, token: str) -> Kind:
        """The resource type behind a Pulumi token; an unknown one is an error that names it."""
        found = self.kinds.get(token)
        if found is None or token not in schema.TOKENS:
            raise AzureError(400, "InvalidResourceType", f"the simulated Azure has no resource type {token}")
        return found

    def id_of(self, token: str, inputs: Json, subscription: str = SUBSCRIPTION) -> str:
        """The id that inputs lead to."""
        return self.kind(token).make_id(subscription, inputs)

    def put(self, token: str, inputs: Json, subscription: str = SUBSCRIPTION) -> Json:
        """Create or update, and wait until Azure has finished; the answer is what a GET gives afterwards."""
        operation = self.begin_put(token, inputs, subscription)
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
            return self.view(self.found(id))

    def view(self, record: Record) -> Json:
        """What a GET of this record answers."""
        return self.kinds[record.token].view(self, copy.deepcopy(record))

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

    def begin_put(self, token: str, inputs: Json, subscription: str = SUBSCRIPTION) -> Operation:
        """Send a PUT; the answer is the operation it started (already done when Azure answers at once)."""
        kind = self.kind(token)
        with self.store.transaction():
            self.settle()
            request = admission.read_request(self, kind, inputs, subscription)
            admission.check_parents(self, request.rid)
            holds = kind.holds(request)
            admission.check_free(self, holds)
            admission.check_location(self, request)
            admission.check_references(self, request)
            kind.check(request)
            late = kind.late_error(request)
            old = request.old
            record = admission.save(self, request, "Updating")
            admission.put_inline(self, request)
            now = self.clock.now()
            error = {"code": late.code, "message": late.message} if late else None
            name = f"Put{kind.operation}Operation"
            verb = "update" if old else "create"
            end = now + kind.minutes(request) * 60.0
            operation = Operation(0, record.id, name, verb, now, end, holds, error)
            self.changed()
            return self.store.start_operation(operation)

    def tag(self, id: str, tags: Json) -> Json:
        """Replace a resource's tags and nothing else, at once; the answer is what a GET gives afterwards."""
        with self.store.transaction():
            record = self.found(id)
            admission.check_free(self, frozenset({record.key}))
            admission.check_tags(record.id, tags)
            record.body["tags"] = tags
            record.revision += 1
            self.store.save(record)
            return self.view(record)

    def begin_delete(self, id: str) -> Operation | None:
        """Send a DELETE; None when there is nothing to delete."""
        with self.store.transaction():
            self.settle()
            check_exists(self, id)
            record = self.store.get(id)
            if record is None:
                return None
            kind = self.kinds[record.token]
            holds = kind.holds_delete(self, record)
            admission.check_free(self, holds)
            kind.check_delete(self, record)
            record.state = "Deleting"
            self.store.save(record)
            self.changed()
            now = self.clock.now()
            end = now + kind.minutes_delete(self, record) * 60.0
            name = f"Delete{kind.operation}Operation"
            return self.store.start_operation(Operation(0, record.id, name, "delete", now, end, holds))

    def settle(self) -> None:
        """End the operations whose time has come, in the order of their ends."""
        for operation in self.store.open_operations(self.clock.now()):
            self.store.finish_operation(operation.number)
            record = self.store.get(operation.key)
            if record is not None and operation.verb != "action":
                self._finish(operation, record)
                self.changed(operation.end)

    def _finish(self, operation: Operation, record: Record) -> None:
        kind = self.kinds[record.token]
        if operation.verb == "provider":
            record.body |= operation.body or {}
            self.store.save(record)
            return
        if operation.verb == "delete" and operation.error is None:
            kept = kind.finish_delete(self, record)
            if kept is None:
                self.drop(record)
                return
            operation.error = {"code": kept.code, "message": kept.message}
            self.store.amend_operation(operation)
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
        self.kinds[record.token].removed(self, record)

    def empty_group(self, group: Record) -> list[str]:
        """Delete what is in a resource group, as far as Azure allows; the answer is the ids that stay."""
        while True:
            left = [record for record in self.store.find() if record.key.startswith(group.key + "/")]
            gone = 0
            for record in left:
                try:
                    kind = self.kinds[record.token]
                    admission.check_free(self, kind.holds_delete(self, record))
                    kind.check_delete(self, record)
                except AzureError:
                    continue
                self.drop(record)
                gone += 1
            if not gone:
                return [record.id for record in left]

    def start_provider_work(self, circuit: Record, what: str, result: Json, minutes: float) -> Operation:
        """The connectivity provider's side: after some simulated minutes, `result` holds for the circuit."""
        now = self.clock.now()
        work = Operation(0, circuit.id, what, "provider", now, now + minutes * 60.0, frozenset(), body=result)
        return self.store.start_operation(work)

    def begin_action(self, id: str, action: Action, given: Json) -> Operation:
        """Ask or do something; the operation ends with the answer, which the file keeps unless it is a PUT's."""
        with self.store.transaction():
            record = self.found(id)
            holds = frozenset({record.key}) if action.changes else frozenset()
            admission.check_free(self, holds)
            result = action.run(self, record, given)
            self.changed()
            now = self.clock.now()
            end = now + durations.minutes("short", "action") * 60.0
            body = None if action.method == "PUT" else result
            return self.store.start_operation(Operation(0, id, action.path, "action", now, end, holds, body=body))

    def ask(self, id: str, action: Action, given: Json) -> Any:
        """Ask something that Azure answers at once."""
        with self.store.transaction():
            return action.run(self, self.found(id), given)

    def found(self, id: str) -> Record:
        """A resource as it is kept, brought up to now (404 when there is none)."""
        self.settle()
        check_exists(self, id)
        record = self.store.get(id)
        if record is None:
            raise self._missing(id)
        return record

    def changed(self, at: float | None = None) -> None:
        """Something has changed, now or at a moment before: what flows where is counted anew from there."""
        moment = self.clock.now() if at is None else at
        traffic.observe(self, moment)
        history.observe(self, moment)

    def connect(self, outside: Outside) -> None:
        """Let this be what is outside from now on."""
        with self.store.transaction():
            self.settle()
            save_outside(self.store, outside)
            self.changed()

    def find(self, kind_name: str) -> list[Record]:
        """All resources of a network type, such as VirtualNetworkGateway."""
        return self.store.find(token=f"azure-native:network:{kind_name}")

    def invoke(self, token: str, args: dict[str, Any], account: Account = Account()) -> Json:  # noqa: B008
        """A lookup, such as azure-native:network:getExpressRouteCircuit, as an account sees it."""
        with self.store.transaction():
            self.settle()
        return lookups.invoke(self, token, args, account)
