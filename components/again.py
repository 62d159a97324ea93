"""Requests that Azure refuses only while something they refer to is being changed are sent again."""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

import pulumi

NOT_PROVISIONED = "ReferencedResourceNotProvisioned"
"""Azure's 400 where a resource that the request refers to is not Succeeded [ORDER-07]. azure-native sends 408, 409, 429
and 5xx again by itself, but never a 400 [ARM-07]. Other refusals of 400 are final."""

_FOR_GOOD = "Resource is in Failed state"
"""Azure says the same of what it refers to when that has failed: waiting does not heal it."""

TRIES = 12
"""How often one request is sent at most: for about 8 minutes, with the waits as they are."""
LONGEST_WAIT = 12
"""The waits double up to so many times the first one: 5, 10, 20, 40 and then 60 seconds."""
WAIT_VARIABLE = "HYBRID_NETWORK_WAIT_SECONDS"
_FIRST_WAIT_SECONDS = 5.0
PROGRAM_HOOK = "hybrid-network"
"""The name of a program's hook."""
_HOOKS = "_hybrid_network_hooks"
_Hook = TypeVar("_Hook", pulumi.ErrorHook, pulumi.ResourceHook)


def first_wait() -> float:
    """Seconds before the second try: 5, or what the environment variable HYBRID_NETWORK_WAIT_SECONDS says (0 or more).

    The other waits are multiples of it. A value that is no such number counts as not set: a run that has begun must
    not end because of it.
    """
    try:
        wanted = float(os.environ.get(WAIT_VARIABLE, ""))
    except ValueError:
        return _FIRST_WAIT_SECONDS
    return wanted if 0 <= wanted < float("inf") else _FIRST_WAIT_SECONDS


def waits(operation: str, errors: list[str]) -> float | None:
    """Seconds to wait before a request is sent again; None where its failure is final.

    operation: what failed, create, update or delete. errors: its failures so far, the newest first.

    A create that Azure took and that failed later has made something: the engine reports those as errors that
    "occurred". Engines up to 3.263 would create it a second time, be refused, and forget that it exists.
    So it is left to the next `pulumi up`, which updates it.
    """
    newest = errors[0] if errors else ""
    if NOT_PROVISIONED not in newest or _FOR_GOOD in newest or len(errors) >= TRIES:
        return None
    if operation == "create" and ("Status=400" not in newest or "occurred:" in newest):
        return None
    return first_wait() * min(2 ** (len(errors) - 1), LONGEST_WAIT)


async def _again(args: pulumi.ErrorHookArgs) -> bool:
    seconds = waits(args.failed_operation, args.errors)
    if seconds is None:
        return False
    await asyncio.sleep(seconds)
    return True


def hooks(component: pulumi.Resource, parent: pulumi.Resource | None) -> pulumi.ResourceHookBinding:
    """The hook for a component's resources, whose requests are sent again.

    The engine asks it about each failure of a create, an update or a delete; it needs Pulumi 3.244 or newer, older ones
    ask about half-done requests only. A program has one hook for all: the SDK may start a server for each. Without a
    program, a component is made for another language, in a process that makes many, and has its own.
    """
    hook = of_program(component, parent, "", lambda name: pulumi.ErrorHook(name, _again))
    return pulumi.ResourceHookBinding(on_error=[hook])


def of_program(
    component: pulumi.Resource, parent: pulumi.Resource | None, kind: str, make: Callable[[str], _Hook]
) -> _Hook:
    """A program's hook of a kind (its name begins so), made once; each component's own where there is no program.

    It is kept at the program's root resource and goes with it. A table of programs would let none of them go: a hook's
    registration has the program's context. That matters to a process that runs many programs.
    """
    root = pulumi.runtime.get_root_resource()
    if root is None:
        return make(f"{kind}{name_of(component, parent)}")
    kept: dict[str, _Hook] = root.__dict__.setdefault(_HOOKS, {})
    name = f"{kind}{PROGRAM_HOOK}"
    if name not in kept:
        kept[name] = make(name)
    return kept[name]


def name_of(component: pulumi.Resource, parent: pulumi.Resource | None) -> str:
    """A name that is the same in every run: types and names of a component and its parent."""
    # The parent of a component that another language asks for is known by its URN alone: it has no name here.
    named = [resource for resource in (parent, component) if resource is not None and hasattr(resource, "_name")]
    return " ".join(f"{resource.pulumi_resource_type} {resource.pulumi_resource_name}" for resource in named)
