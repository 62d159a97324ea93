"""Where every call to the simulated Azure comes in: it is counted, logged and may meet a fault.

A call is one HTTP request: a retry is another call. The log has the method, what the provider wanted with it, type
and id of the resource, how it ended, and its simulated start and end.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from simulator import lookups
from simulator.cloud import Cloud
from simulator.errors import AzureError, fail
from simulator.faults import Call, Crash, Faults, LostReply, die
from simulator.ids import subscription_of
from simulator.resources.base import Kind
from simulator.store import Json, Operation
from simulator.subscriptions import Account, check_rights

T = TypeVar("T")

__all__ = ["Front", "LostReply"]

SECRET_NAMES = ("serviceKey", "authorizationKey", "sharedKey")
VEIL = "[secret]"
_WINDOW_S = 300.0
"""ORDER-12: limits hold for five minutes."""
_VERBS = {"GET": "read", "PUT": "write", "PATCH": "write", "POST": "action", "DELETE": "delete"}


class Front:
    """An account's way into a `Cloud`; by default that of whoever names no subscription."""

    def __init__(self, cloud: Cloud, faults: Faults | None = None, account: Account | None = None) -> None:
        self.cloud = cloud
        self.faults = faults or Faults(cloud)
        self.account = account or Account()

    def of(self, account: Account) -> "Front":
        """Another account's way into the same cloud."""
        return Front(self.cloud, self.faults, account)

    def put(self, kind: Kind, id: str, operation: str, inputs: Json, attempt: int) -> Operation:
        """PUT; the answer is the operation that Azure started."""
        call = Call("PUT", operation, kind.token, id, attempt)
        subscription = subscription_of(id) or self.account.subscription
        return self.answer(call, lambda: self.cloud.begin_put(kind.token, inputs, subscription), secrets_in(inputs))

    def delete(self, kind: Kind, id: str, attempt: int) -> Operation | None:
        """DELETE; None when there was nothing."""
        return self.answer(Call("DELETE", "delete", kind.token, id, attempt), lambda: self.cloud.begin_delete(id))

    def get(self, kind: Kind, id: str, operation: str, attempt: int) -> Json:
        """GET: `operation` is read, or check for the question that comes before a create."""
        return self.answer(Call("GET", operation, kind.token, id, attempt), lambda: self.cloud.get(id))

    def lookup(self, token: str, args: dict[str, Any], attempt: int) -> Json:
        """A lookup of the program."""
        if token.startswith("azure-native:authorization:"):
            return self.cloud.invoke(token, args, self.account)
        call = Call("GET", "lookup", lookups.target(self.cloud.kinds, token)[0], self.lookup_id(token, args), attempt)
        return self.answer(call, lambda: self.cloud.invoke(token, args, self.account))

    def lookup_id(self, token: str, args: dict[str, Any]) -> str:
        """The id a lookup reads."""
        return lookups.id_of(self.cloud.kinds, token, args, self.account.subscription)

    def answer(self, call: Call, effect: Callable[[], T], secrets: Iterable[str] = ()) -> T:
        """Let one call come in: `effect` is what Azure does, in one transaction, and answers.

        `secrets` are values in the request which the log must not have, whatever the answer says of them.
        """
        start = self.cloud.clock.now()
        try:
            result = self._limited(call, effect)
        except LostReply as lost:
            self._log(call, "lost", 0, "", str(lost), start)
            raise
        except Crash:
            self._log(call, "crashed", 0, "", "the simulator died here", start)
            die()
            raise
        except AzureError as error:
            message = error.message
            for secret in filter(None, secrets):
                message = message.replace(secret, VEIL)
            self._log(call, "refused", error.status, error.code, message, start)
            raise
        number = self._log(call, "done", 200, "", "", start)
        if isinstance(result, Operation):
            # The call's end is its operation's, known from the start on the simulated clock.
            self.cloud.store.amend_call(number, end=result.end, status=202 if result.end > start else 200)
        return result

    def _limited(self, call: Call, effect: Callable[[], T]) -> T:
        limit = self.cloud.options.read_limit if call.method == "GET" else self.cloud.options.write_limit
        since = self.cloud.clock.now() - _WINDOW_S
        subscription = subscription_of(call.id) or self.account.subscription
        under = f"/subscriptions/{subscription}/"
        if self.cloud.store.reached(limit, since, under, reads=call.method == "GET"):
            raise fail(
                "TooManyRequests",
                kind="read" if call.method == "GET" else "write",
                subscription=subscription,
                limit=limit,
                retry_s=60,
                retry_after_s=60,
            )

        def allowed() -> T:
            check_rights(self.cloud.options, self.account, call.id, call.verb or _VERBS[call.method])
            return effect()

        return self.faults.around(call, allowed)

    def _log(self, call: Call, outcome: str, status: int, code: str, message: str, start: float) -> int:
        return self.cloud.store.log_call(
            method=call.method,
            operation=call.operation,
            type=call.token,
            id=call.id,
            attempt=call.attempt,
            outcome=outcome,
            status=status,
            code=code,
            message=message,
            start=start,
            end=self.cloud.clock.now(),
        )


def secrets_in(body: Any) -> Iterator[str]:
    """The secrets of a request's body."""
    if isinstance(body, dict):
        for name, item in body.items():
            if name in SECRET_NAMES and isinstance(item, str):
                yield item
            else:
                yield from secrets_in(item)
    elif isinstance(body, list):
        for item in body:
            yield from secrets_in(item)
