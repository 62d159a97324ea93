"""What a stack has by its own state, which a lookup with the wrong account cannot hide."""

from dataclasses import dataclass

import pulumi

_QUESTION = "pulumi:pulumi:readStackResourceOutputs"
"""A function of Pulumi's engine. It answers in previews, updates and refreshes, after a failed update too, and
registers no resource."""


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
    try:
        urns = list((pulumi.runtime.invoke(_QUESTION, {"stackName": stack}).value or {}).get("outputs") or {})
    except Exception as error:
        raise pulumi.RunError(
            f"what stack {stack} has already could not be read from its state, so nothing is changed; try again. "
            f"Pulumi said: {error}"
        ) from None
    return frozenset(own for urn in urns if (own := _network_resource(urn)))


def _network_resource(urn: str) -> OwnResource | None:
    # urn:pulumi:STACK::PROJECT::TYPE$OF$PARENTS$TYPE::NAME
    *_, types, name = urn.split("::", 3)
    *parents, kind = types.split("$")
    if not kind.startswith("azure-native:network"):
        return None
    return OwnResource(kind.rsplit(":", 1)[-1], name, parents[-1] if parents else "")
