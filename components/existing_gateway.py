"""A gateway that is there already, in place of one that a component makes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import pulumi

from .arguments import gated, waits
from .base import Component
from .network_state import find_gateway
from .rules import Problem, existing_gateways
from .rules.existing_gateways import GatewayType
from .rules.there import GatewayThere

T = TypeVar("T")
ID = "existing_id"
"""The argument that names the gateway."""


class ExistingGateway:
    """The gateway of a component's `existing_id`, looked up through the component's provider and judged.

    An id that is known is looked up at once, one that is an Output when it is known; at preview it may not be. What is
    wrong ends the program, or fails what is given the gateway's id.
    """

    id: pulumi.Output[str]
    """Its resource id, once all that was judged is right."""

    def __init__(
        self,
        component: Component,
        args: Mapping[str, Any],
        type: GatewayType,
        further: Callable[[GatewayThere, Any], Iterable[Problem]] | None = None,
        of: Any = None,
    ) -> None:
        """args: the component's. further: what it has to say of the gateway and `of` some arguments, when known."""

        def look_up(id: str) -> GatewayThere:
            there, problems = find_gateway(id, ID, pulumi.InvokeOptions(parent=component))
            component.refuse(problems)
            assert there is not None
            return there

        def judge(known: Mapping[str, Any]) -> None:
            subnet = known.get("gateway_subnet_id") or ""
            there = known["there"]
            component.refuse(
                [
                    *existing_gateways.fits(
                        ID,
                        there,
                        type,
                        network=subnet.rsplit("/subnets/", 1)[0] if "/subnets/" in subnet else None,
                        location=known.get("location"),
                        location_path="location",
                        coexists=known.get("alone") is not True,
                    ),
                    *(further(there, known["of"]) if further else ()),
                ]
            )

        id = args[ID]
        self._there = pulumi.Output.from_input(id).apply(look_up) if waits(id) else look_up(id)
        judged = {name: args.get(name) for name in ("gateway_subnet_id", "location", "alone")}
        known = {**judged, "there": self._there, "of": of}
        self.id = pulumi.Output.from_input(id)
        if waits(known):
            self.id = gated(self.id, [pulumi.Output.from_input(known).apply(judge)])
        else:
            judge(known)

    def tell(self, of: Callable[[GatewayThere], T]) -> pulumi.Input[T]:
        """Something of the gateway; plain where its id is."""
        if isinstance(self._there, pulumi.Output):
            return self._there.apply(of)
        return of(self._there)
