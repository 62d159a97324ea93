"""What a stack has by its own state, which a lookup with the wrong account cannot hide."""

import time
from dataclasses import dataclass
from typing import Any

import pulumi

_QUESTION = "pulumi:pulumi:readStackResourceOutputs"
"""A function of Pulumi's engine. It answers in previews, updates and refreshes, after a failed update too, and
registers no resource."""

_TRIES, _FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 10, 0.05, 1.0
"""An update writes the state while the program asks. A backend that keeps it in a file does not replace that at once,
and a state that is half written is no state: it is asked for again, for about 6 seconds."""


@dataclass(frozen=True)
class OwnResource:
    """One Azure network resource in the stack's state."""

    type: str
    """Its type without package and API version, such as VirtualNetworkGatewayConnection."""
    name: str
    """Its logical name."""
    parent: str
    """Type of the component that it is a child of; empty at the top."""


def own_resources() -> frozenset[OwnResource]:
    """Every Azure network resource that the state of the running stack has.

    The engine's answer has the outputs of all resources, secrets in clear text. Only its URNs are read; the rest is
    dropped here, never kept and never logged (the engine's own log from `-v=9` on has it, as it has all outputs). Under
    mocks the answer is theirs: `{}` for a stack that has nothing.

    Raises pulumi.RunError where the engine cannot tell: a state that cannot be read is not an empty one.
    """
    stack = f"{pulumi.get_organization() or 'organization'}/{pulumi.get_project()}/{pulumi.get_stack()}"
    return frozenset(own for urn in _urns(stack) if (own := _network_resource(urn)))


def _urns(stack: str) -> list[str]:
    for number in range(_TRIES):
        try:
            answer: Any = pulumi.runtime.invoke(_QUESTION, {"stackName": stack}).value
            return list((answer or {}).get("outputs") or {})
        except Exception as error:
            if "checkpoint" in str(error) and number < _TRIES - 1:
                time.sleep(min(_FIRST_WAIT_SECONDS * 2**number, _LONGEST_WAIT_SECONDS))
                continue
            raise pulumi.RunError(
                f"what stack {stack} has already could not be read from its state, so nothing is changed; try again. "
                f"Pulumi said: {error}"
            ) from None
    raise AssertionError("the last try returns or raises")


def _network_resource(urn: str) -> OwnResource | None:
    # urn:pulumi:STACK::PROJECT::TYPE$OF$PARENTS$TYPE::NAME
    *_, types, name = urn.split("::", 3)
    *parents, kind = types.split("$")
    if not kind.startswith("azure-native:network"):
        return None
    return OwnResource(kind.rsplit(":", 1)[-1], name, parents[-1] if parents else "")
