"""Long-running operations as a client follows them: the links that it is given, and what they answer.

Azure's network provider sends `Azure-AsyncOperation` with every change, `Location` with a deletion or an action, and
how long to wait. Time is simulated: the wait is said in `x-ms-retry-after-ms`, as some of Azure's services do, since
the smallest unit of `Retry-After`, a second, is 20 simulated minutes here by default. (azure-core takes a Retry-After
of 0 for none at all, and then waits 30 seconds.)
"""

import uuid

from simulator.arm import bodies
from simulator.arm.messages import Answer, Incoming, error_body
from simulator.arm.refusals import refuse
from simulator.clock import Clock, RunningClock
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.faults import Call
from simulator.front import Front
from simulator.ids import parse, subscription_of
from simulator.store import Json, Operation

POLL_S = 10.0
"""Simulated seconds between two polls: the network provider's Retry-After."""


def _number_to_name(number: int) -> str:
    return str(uuid.UUID(int=number, version=4))


def _name_to_number(name: str) -> int:
    """The operation's number; 0, which none has, when this is no name of ours."""
    try:
        number = uuid.UUID(name).int & 0xFFFFFFFFFFFF
    except ValueError:
        return 0
    return number if _number_to_name(number) == name.lower() else 0


def wait(clock: Clock, seconds: float) -> dict[str, str]:
    """The header that makes a client wait for so many simulated seconds: hardly at all on a clock that does not run."""
    real_ms = seconds * clock.anchor.minute_ms / 60.0 if isinstance(clock, RunningClock) else 0.0
    return {"x-ms-retry-after-ms": str(max(1, round(real_ms)))}


class Operations:
    """The operations of a cloud, seen over HTTP."""

    def __init__(self, cloud: Cloud, front: Front) -> None:
        self._cloud = cloud
        self._front = front

    def _wait(self) -> dict[str, str]:
        return wait(self._cloud.clock, POLL_S)

    def links(self, request: Incoming, operation: Operation, *, location: bool = False) -> dict[str, str]:
        """The headers of an answer that began an operation."""
        rid = parse(operation.id)
        name, query = _number_to_name(operation.number), f"api-version={request.query['api-version']}"
        if rid is None or not rid.segments:
            where = f"{request.base}/subscriptions/{subscription_of(operation.id)}/operationresults/{name}?{query}"
            return {"Location": where, **self._wait()}
        home = f"{request.base}/subscriptions/{rid.subscription}/providers/{rid.provider}/locations/simulated"
        found = {"Azure-AsyncOperation": f"{home}/operations/{name}?{query}"}
        if location:
            found["Location"] = f"{home}/operationResults/{name}?{query}"
        return found | self._wait()

    def status(self, request: Incoming) -> Answer:
        """What Azure-AsyncOperation points to: how the operation stands."""
        operation = self._poll(request)
        if not operation.done:
            return Answer(200, {"status": "InProgress"}, self._wait())
        if operation.error is None:
            return Answer(200, {"status": "Succeeded"})
        error = {"code": operation.error["code"], "message": operation.error["message"], "details": []}
        return Answer(200, {"status": "Failed", "error": error})

    def result(self, request: Incoming) -> Answer:
        """What Location points to: nothing yet, or what the operation has led to."""
        operation = self._poll(request)
        if not operation.done:
            return Answer(202, None, {"Location": f"{request.base}{request.path}?{_query(request)}", **self._wait()})
        if operation.error is not None:
            return Answer(409, error_body(AzureError(409, operation.error["code"], operation.error["message"])))
        if operation.verb == "action":
            return Answer(200, operation.body)
        if operation.verb == "delete":
            rid = parse(operation.id)
            return Answer(204 if rid and rid.segments else 200)
        record = self._cloud.store.get(operation.id)
        if record is None:
            raise refuse("OperationNotFound", name=request.parameters["operation"])
        return Answer(200, bodies.write(self._cloud.kinds[record.token], self._cloud.get(operation.id)))

    def _poll(self, request: Incoming) -> Operation:
        number = _name_to_number(request.parameters["operation"])
        found = self._cloud.store.operation(number)
        own = request.parameters["subscription"].lower()
        if found is None or (subscription_of(found.id) or "").lower() != own or found.verb == "provider":
            raise refuse("OperationNotFound", name=request.parameters["operation"])
        record = self._cloud.store.get(found.id)
        call = Call("GET", "poll", record.token if record else "", found.id, 1)
        clock = self._cloud.clock
        if not found.done and not isinstance(clock, RunningClock):
            # Nobody's waiting moves such a clock but that of the simulator: the client's wait is spent here.
            clock.sleep_until(min(found.end, clock.now() + POLL_S))
        state: list[Operation] = []

        def look() -> Json:
            state.append(self._cloud.operation(number))
            return {}

        self._front.answer(call, look)
        return state[0]


def _query(request: Incoming) -> str:
    return f"api-version={request.query['api-version']}"
