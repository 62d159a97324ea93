"""Faults on request: a file of rules, each of which makes one kind of call to the simulated Azure go wrong.

The file is JSON or YAML, a list of rules. It is read again whenever it changes, so a fault can be switched on while the
simulator serves. A rule says which calls it is for (all that it leaves out match):

    operation: check | create | update | delete | read | lookup | list | poll | action
                                    what the client wants with the call: check is azure-native's question before a
                                    create; list, poll (of an operation under way) and action come over HTTP only
    type: VirtualNetworkGateway     the last part of the resource's type
    name: "vgw-*"                   the resource's name (a pattern with * and ?, quoted); with a slash in it, the id
    attempt: 1                      only first tries (2: first retries, and so on)
    nth: 2                          only the second matching call; or a list, [1, 2, 3]; without it every one
    each: true                      nth counts the calls for each resource and operation apart
    when: {id: .., state: ..}       only while this resource (a pattern of its id) is in this provisioningState
                                    (Updating, Succeeded, Failed, Deleting) or is absent ("Absent")

and what happens:

    error: {status: 403, code: AuthorizationFailed, message: .., retry_after_s: ..}   Azure refuses, nothing is done
    answer: {}                      a lookup is answered with this body, whatever there is
    fail: {code: .., message: ..}   Azure takes the request, and the operation ends badly: the resource stays Failed
    delay_min: 90                   the operation takes that many simulated minutes more (an answer without an operation
                                    comes that much later)
    lost: true                      it is done, but the answer never comes; azure-native tries again
    crash: before | after           the simulator dies at once (as by signal 9), before or after the effect is stored

A rule's `id` keeps its count of matching calls apart from others (else its place and text do); counts are kept in the
cloud's file, so a rule with `nth` does not strike again after a crash.

Example: lookups are denied, and the second try to make the VPN connection dies after Azure has taken it.

    - {operation: lookup, error: {status: 403, code: AuthorizationFailed, message: denied}}
    - {operation: create, type: VirtualNetworkGatewayConnection, name: "con-vpn-*", nth: 2, crash: after}

Example: something that it refers to is always just being changed when a resource is updated, and then no more.

    - {operation: update, nth: 1, each: true, error: {status: 400, code: ReferencedResourceNotProvisioned}}
"""

import fnmatch
import hashlib
import json
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.resources import kinds
from simulator.store import Operation

T = TypeVar("T")

OPERATIONS = ("check", "create", "update", "delete", "read", "lookup", "list", "poll", "action")
_EFFECTS = ("error", "answer", "fail", "delay_min", "lost", "crash")
_KEYS = ("id", "operation", "type", "name", "attempt", "nth", "each", "when", *_EFFECTS)


class LostReply(Exception):
    """The connection broke before the answer came."""


class Crash(Exception):
    """The simulator is to die now."""


class BadFaults(ValueError):
    """The file of faults makes no sense; the text has every problem, one a line."""


@dataclass(frozen=True)
class Call:
    """One request to Azure, as rules see it."""

    method: str
    operation: str
    token: str
    id: str
    attempt: int
    verb: str = ""
    """The end of Azure's action, such as sharedKey/write; by default what the method means."""


@dataclass(frozen=True)
class Rule:
    """One rule of the file."""

    key: str
    raw: dict[str, Any] = field(hash=False)

    def matches(self, call: Call, cloud: Cloud) -> bool:
        """Whether the rule is for this call, its count aside."""
        raw = self.raw
        name = str(raw.get("name", "*"))
        text = call.id if "/" in name else call.id.rsplit("/", 1)[-1]
        return (
            raw.get("operation", call.operation) == call.operation
            and raw.get("type", call.token.rsplit(":", 1)[-1]) == call.token.rsplit(":", 1)[-1]
            and fnmatch.fnmatchcase(text.lower(), name.lower())
            and raw.get("attempt", call.attempt) == call.attempt
            and ("when" not in raw or _holds(raw["when"], cloud))
        )

    def count_of(self, call: Call) -> str:
        """The name of the count that this call is one more of."""
        apart = f" {call.operation} {call.id.lower()}" if self.raw.get("each") else ""
        return f"fault {self.key}{apart}"

    def strikes(self, count: int) -> bool:
        """Whether the rule is for the count-th matching call."""
        nth = self.raw.get("nth")
        return nth is None or count in (nth if isinstance(nth, list) else [nth])


def _holds(when: dict[str, str], cloud: Cloud) -> bool:
    states = [record.state for record in cloud.store.find() if fnmatch.fnmatchcase(record.key, when["id"].lower())]
    return when["state"] in states or (when["state"] == "Absent" and not states)


def parse(text: str) -> list[Rule]:
    """The rules of a file; `BadFaults` with all problems when it makes no sense."""
    try:
        raw = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        raise BadFaults(f"not readable: {error}") from None
    if not isinstance(raw, list):
        raise BadFaults("a list of rules was expected")
    wrong: list[str] = []
    rules = []
    for index, entry in enumerate(raw):
        if not isinstance(entry, dict):
            wrong.append(f"[{index}]: a rule is a mapping")
            continue
        wrong += [f"[{index}]: {problem}" for problem in _problems(entry)]
        digest = hashlib.sha256(json.dumps(entry, sort_keys=True, default=str).encode()).hexdigest()[:12]
        rules.append(Rule(str(entry.get("id") or f"{index}-{digest}"), entry))
    if wrong:
        raise BadFaults("\n".join(wrong))
    return rules


def _problems(entry: dict[str, Any]) -> list[str]:
    found = [f"unknown key {key}; there are {', '.join(_KEYS)}" for key in entry if key not in _KEYS]
    effects = [name for name in _EFFECTS if name in entry]
    if not effects:
        found.append(f"it needs one of {', '.join(_EFFECTS)}")
    for name in ("error", "answer"):
        if name in entry and len(effects) > 1:
            found.append(f"{name} goes with no other effect, since nothing is done")
    if "answer" in entry and (entry.get("operation") != "lookup" or not isinstance(entry["answer"], dict)):
        found.append("answer is a mapping, and needs operation: lookup")
    if entry.get("operation", "create") not in OPERATIONS:
        found.append(f"operation {entry['operation']} is none of {', '.join(OPERATIONS)}")
    names = {token.rsplit(":", 1)[-1] for token in kinds()}
    if "type" in entry and entry["type"] not in names:
        found.append(f"type {entry['type']} is none of {', '.join(sorted(names))}")
    if entry.get("crash", "before") not in ("before", "after"):
        found.append(f"crash is before or after, not {entry['crash']}")
    for name, needed in (
        ("error", {"status": int, "code": str}),
        ("fail", {"code": str}),
        ("when", {"id": str, "state": str}),
    ):
        value = entry.get(name)
        if value is not None and not isinstance(value, dict):
            found.append(f"{name} is a mapping")
        elif value is not None:
            found += [
                f"{name}.{key} is missing or not {kind.__name__}"
                for key, kind in needed.items()
                if not isinstance(value.get(key), kind)
            ]
    for name in ("error", "fail"):
        value = entry.get(name)
        if isinstance(value, dict) and not isinstance(value.get("message", ""), str):
            found.append(f"{name}.message is a text (quote it)")
    if not isinstance(entry.get("name", ""), str):
        found.append("name is a text (quote it)")
    nth = entry.get("nth", 1)
    if not all(isinstance(item, int) and item > 0 for item in (nth if isinstance(nth, list) else [nth])):
        found.append("nth is a number from 1 on, or a list of them")
    if not isinstance(entry.get("each", True), bool):
        found.append("each is true or false")
    if not isinstance(entry.get("delay_min", 0), int | float):
        found.append("delay_min is a number of simulated minutes")
    return found


class Faults:
    """The rules in force. Without a file there are none."""

    def __init__(self, cloud: Cloud, path: str | Path | None = None, rules: list[Rule] | None = None) -> None:
        self._cloud = cloud
        self._path = Path(path) if path else None
        self._stamp: tuple[int, int] | None = None
        self._rules = rules or []
        self._lock = threading.Lock()

    def rules(self) -> list[Rule]:
        """The rules as the file has them now; a missing file has none.

        A file that makes no sense fails every call, so that nobody mistakes it for a fault that did no harm.
        """
        if self._path is None:
            return self._rules
        with self._lock:
            try:
                stat = self._path.stat()
            except FileNotFoundError:
                self._stamp, self._rules = None, []
                return []
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._stamp:
                try:
                    self._rules = parse(self._path.read_text())
                except BadFaults as error:
                    raise AzureError(400, "BadFaultsFile", f"{self._path}: {error}") from None
                self._stamp = stamp
            return self._rules

    def around(self, call: Call, effect: Callable[[], T]) -> T:
        """Do `effect`, unless a rule for this call says otherwise."""
        rules = [rule for rule in self.rules() if rule.matches(call, self._cloud)]
        struck = [rule.raw for rule in rules if rule.strikes(self._cloud.store.next_number(rule.count_of(call)))]
        for raw in struck:
            if error := raw.get("error"):
                text = error.get("message", "a fault was asked for")
                raise AzureError(error["status"], error["code"], text, error.get("retry_after_s"))
        for raw in struck:
            if "answer" in raw:
                return raw["answer"]
        if any(raw.get("crash") == "before" for raw in struck):
            raise Crash
        delay = sum(float(raw.get("delay_min", 0)) for raw in struck)
        bad = next((raw["fail"] for raw in struck if raw.get("fail")), None)
        try:
            with self._cloud.store.transaction():
                result = effect()
                if isinstance(result, Operation) and (delay or bad):
                    result.end += delay * 60.0
                    if bad:
                        result.error = {"code": bad["code"], "message": bad.get("message", "a fault was asked for")}
                    self._cloud.store.amend_operation(result)
        except AzureError:
            # A refusal (such as 404 to the question before a create) is an answer too: it may be late or lost.
            self._disturb_answer(struck, delay)
            raise
        self._disturb_answer(struck, 0 if isinstance(result, Operation) else delay)
        return result

    def _disturb_answer(self, struck: list[dict[str, Any]], delay_min: float) -> None:
        """What comes between the effect and its answer."""
        if delay_min:
            self._cloud.clock.sleep_until(self._cloud.clock.now() + delay_min * 60.0)
        if any(raw.get("crash") == "after" for raw in struck):
            raise Crash
        if any(raw.get("lost") for raw in struck):
            raise LostReply("connection reset by peer")


def die() -> None:
    """End this process at once, as signal 9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
