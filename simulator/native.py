"""azure-native as a client of Azure: existence checks, retries, polling, timeouts, and what a failure leaves.

Facts from the provider's published code: before a create it asks for the resource (ARM-01); 408, 429, 5xx and 409
AnotherOperationInProgress are tried again after 20, 60 and 120 seconds (ARM-07), lost answers too; an operation is
polled as often as Azure's Retry-After says; one that fails or runs out of time after its PUT was taken leaves the
resource partly created (ARM-06). All of it in simulated time.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from simulator import checks, schema
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.front import Front, LostReply
from simulator.resources.base import Kind
from simulator.store import Json, Operation

T = TypeVar("T")

RETRY_DELAYS_S = (20.0, 60.0, 120.0)
RETRY_STATUSES = (408, 429, 500, 502, 503, 504)
MAX_RETRY_DELAY_S = 120.0
POLL_S = 10.0
"""What the network provider says in Retry-After; azure-native's own 10 seconds of a PUT and 30 of a DELETE hold only
where nothing is said (azcore's PollUntilDoneOptions: "in absence of a Retry-After header")."""
DEFAULT_TIMEOUT_S = 7200.0
"""TIME-05: two hours, unless the resource has timeouts of its own."""


class Failure(Exception):
    """A call that ended badly; the text is what the user reads."""


class TimedOut(Failure):
    """The resource's time was up."""

    def __init__(self) -> None:
        super().__init__("operation timed out")


class PartlyDone(Failure):
    """Azure took the request, and then it failed: the resource stays in the state as `checkpoint` says."""

    def __init__(self, id: str, text: str, checkpoint: Json) -> None:
        super().__init__(text)
        self.id = id
        self.checkpoint = checkpoint


@dataclass
class _Deadline:
    moment: float

    @classmethod
    def after(cls, cloud: Cloud, seconds: float) -> "_Deadline":
        return cls(cloud.clock.now() + (seconds if seconds > 0 else DEFAULT_TIMEOUT_S))


class Client:
    """Calls to the simulated Azure as azure-native makes them."""

    def __init__(self, cloud: Cloud, front: Front) -> None:
        self.cloud = cloud
        self.front = front
        self.stopped = threading.Event()
        """Set when the engine cancels or the simulator ends: every wait gives up."""

    def create(self, kind: Kind, inputs: Json, timeout_s: float) -> tuple[str, Json]:
        """Create a resource; answers its id and what Azure says of it."""
        deadline = _Deadline.after(self.cloud, timeout_s)
        id = kind.make_id(self.front.account.subscription, inputs)
        self._can_create(kind, id, deadline)
        body = self._with_empty_lists(kind, inputs)
        operation = self._put(kind, id, "create", body, deadline)
        self._finish(kind, operation, id, deadline)
        return operation.id, self._read_after(kind, operation.id, deadline)

    def update(self, kind: Kind, inputs: Json, timeout_s: float) -> Json:
        """Update a resource in place."""
        deadline = _Deadline.after(self.cloud, timeout_s)
        id = kind.make_id(self.front.account.subscription, inputs)
        body = self._with_present_lists(kind, id, inputs, deadline)
        operation = self._put(kind, id, "update", body, deadline)
        self._finish(kind, operation, id, deadline)
        return self._read_after(kind, id, deadline)

    def delete(self, kind: Kind, id: str, timeout_s: float) -> None:
        """Delete a resource; one that is gone already is no error (ARM-04)."""
        deadline = _Deadline.after(self.cloud, timeout_s)
        try:
            operation = self._send(lambda attempt: self.front.delete(kind, id, attempt), deadline)
        except AzureError as error:
            if error.status == 404:
                return
            raise Failure(str(error)) from None
        if operation is not None:
            self._wait(operation, deadline)
            ended = self.cloud.operation(operation.number)
            if ended.error is not None:
                raise Failure(str(AzureError(200, ended.error["code"], ended.error["message"])))

    def read(self, kind: Kind, id: str, timeout_s: float = 0.0) -> Json | None:
        """What Azure says of a resource; None when it has none."""
        deadline = _Deadline.after(self.cloud, timeout_s)
        try:
            return self._get(kind, id, "read", deadline)
        except AzureError as error:
            if error.status == 404:
                return None
            raise Failure(str(error)) from None

    def invoke(self, token: str, args: dict[str, Any]) -> Json:
        """A lookup."""
        deadline = _Deadline.after(self.cloud, 0.0)
        try:
            return self._send(lambda attempt: self.front.lookup(token, args, attempt), deadline)
        except AzureError as error:
            raise Failure(f"request failed {self.front.lookup_id(token, args)}: {error}") from None

    def group_location(self, group: str) -> str | None:
        """Where a resource group is, for resources that do not say."""
        try:
            id = f"/subscriptions/{self.front.account.subscription}/resourceGroups/{group}"
            return self.cloud.get(id).get("location")
        except AzureError:
            return None

    def _can_create(self, kind: Kind, id: str, deadline: _Deadline) -> None:
        try:
            self._get(kind, id, "check", deadline)
        except AzureError as error:
            if error.status == 404:
                return
            text = f"cannot check existence of resource '{id}': status code {error.status}, {error.message}"
            raise Failure(text) from None
        raise Failure(f"cannot create already existing resource '{id}'")

    def _put(self, kind: Kind, id: str, operation: str, body: Json, deadline: _Deadline) -> Operation:
        try:
            return self._send(lambda attempt: self.front.put(kind, id, operation, body, attempt), deadline)
        except AzureError as error:
            raise Failure(str(error)) from None

    def _get(self, kind: Kind, id: str, operation: str, deadline: _Deadline) -> Json:
        return self._send(lambda attempt: self.front.get(kind, id, operation, attempt), deadline)

    def _send(self, call: Callable[[int], T], deadline: _Deadline) -> T:
        """One request with its retries."""
        for attempt in range(len(RETRY_DELAYS_S) + 1):
            self._check_time(deadline)
            delay = RETRY_DELAYS_S[attempt] if attempt < len(RETRY_DELAYS_S) else None
            try:
                return call(attempt + 1)
            except LostReply as lost:
                if delay is None:
                    raise Failure(str(lost)) from None
            except AzureError as error:
                again = error.status in RETRY_STATUSES or error.code == "AnotherOperationInProgress"
                # sdk/azcore/runtime/policy_retry.go: "the retry-after delay exceeds the cap so don't retry".
                if delay is None or not again or (error.retry_after_s or 0.0) > MAX_RETRY_DELAY_S:
                    raise
                delay = error.retry_after_s or delay
            self._sleep(self.cloud.clock.now() + delay, deadline)
        raise AssertionError("the last attempt has no delay, so it has ended the loop")

    def _check_time(self, deadline: _Deadline) -> None:
        if self.stopped.is_set():
            raise Failure("operation cancelled")
        if self.cloud.clock.now() >= deadline.moment:
            raise TimedOut

    def _sleep(self, moment: float, deadline: _Deadline) -> None:
        self.cloud.clock.sleep_until(min(moment, deadline.moment), self.stopped)
        if moment > deadline.moment or self.stopped.is_set():
            self._check_time(deadline)

    def _wait(self, operation: Operation, deadline: _Deadline) -> None:
        """Poll until an operation has ended: its end is seen at the next full poll."""
        while True:
            current = self.cloud.operation(operation.number)
            polls = math.ceil(max(0.0, current.end - current.start) / POLL_S)
            self._sleep(current.start + polls * POLL_S, deadline)
            if self.cloud.operation(operation.number).done:
                return

    def _finish(self, kind: Kind, operation: Operation, id: str, deadline: _Deadline) -> None:
        """Wait for a PUT that Azure has taken; from here on a failure leaves the resource partly done."""
        try:
            self._wait(operation, deadline)
        except TimedOut as error:
            # The provider reads the state for its checkpoint with the time that is up, so it gets none.
            raise PartlyDone(id, str(error), {}) from None
        ended = self.cloud.operation(operation.number)
        if ended.error is None:
            return
        text = str(AzureError(200, ended.error["code"], ended.error["message"]))
        try:
            checkpoint = self._get(kind, id, "read", deadline)
        except (AzureError, Failure) as error:
            text, checkpoint = f"resource created but read failed {error}: {text}", {}
        raise PartlyDone(id, text, checkpoint)

    def _read_after(self, kind: Kind, id: str, deadline: _Deadline) -> Json:
        try:
            return self._get(kind, id, "read", deadline)
        except (AzureError, Failure):
            # The provider only warns, and keeps the answer of the PUT.
            return self.cloud.get(id)

    @staticmethod
    def _with_empty_lists(kind: Kind, inputs: Json) -> Json:
        maintained = schema.load().resources[kind.token].maintained
        return {**{name: [] for name in maintained}, **inputs}

    def _with_present_lists(self, kind: Kind, id: str, inputs: Json, deadline: _Deadline) -> Json:
        """Lists of children that the program leaves out are sent as they are in Azure."""
        shape = schema.load().resources[kind.token]
        missing = [name for name in shape.maintained if name not in inputs]
        if not missing:
            return inputs
        try:
            present = self._get(kind, id, "read", deadline)
        except AzureError as error:
            text = f"failed maintaining unset sub-resource properties: reading cloud state: {error}"
            raise Failure(text) from None
        kept = checks.project(shape.inputs, {name: present.get(name) or [] for name in missing})
        return {**inputs, **kept}
