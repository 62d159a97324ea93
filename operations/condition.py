"""In what condition Azure says a resource is, and the way out of a bad one."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

SETTLED = ("Succeeded", "Failed", "Canceled")
"""Provisioning states that change only by a new request; every other one means that Azure is at work."""

CONNECTION = "azure-native:network:VirtualNetworkGatewayConnection"


@dataclass(frozen=True)
class Condition:
    """One resource of the state as Azure described it at the last look."""

    urn: str
    id: str
    type: str
    provisioning_state: str
    """Azure's provisioningState; empty where the resource has none."""
    connection_type: str = ""
    """ExpressRoute, IPsec or Vnet2Vnet for a connection, else empty."""

    @property
    def name(self) -> str:
        """The resource in words: kind and name in Azure."""
        return f"{self.type.rsplit(':', 1)[-1]} {self.id.rsplit('/', 1)[-1]}"

    @property
    def settled(self) -> bool:
        """Whether Azure is done with it, for better or worse."""
        return not self.provisioning_state or self.provisioning_state in SETTLED

    @property
    def failed(self) -> bool:
        """Whether Azure's last operation on it ended badly."""
        return self.provisioning_state in ("Failed", "Canceled")

    def way_out(self) -> list[str]:
        """What to do about a failed one, one line each."""
        delete = f"az resource delete --ids {self.id}"
        if self.type == CONNECTION and self.connection_type == "ExpressRoute":
            return [
                "A connection made before the provider had provisioned its circuit stays Failed for ever [CIRCUIT-08].",
                "See that the circuit is Provisioned; then delete the connection, recover again, and `pulumi up`:",
                delete,
            ]
        return [
            "`pulumi up` sends it to Azure once more. When it fails again, delete it, recover again, and `pulumi up`:",
            delete,
        ]


def condition(entry: Json) -> Condition:
    """The condition of a resource of an exported state."""
    outputs = entry.get("outputs") or {}
    state = outputs.get("provisioningState")
    if state is None and isinstance(outputs.get("properties"), dict):
        # A resource group has it one level deeper.
        state = outputs["properties"].get("provisioningState")
    return Condition(
        entry["urn"],
        str(entry.get("id", "")),
        entry["type"],
        state if isinstance(state, str) else "",
        str(outputs.get("connectionType", "")),
    )


def send_again(entry: Json, why: str) -> Json:
    """The same resource, marked so that the next update sends it to Azure even when no setting differs."""
    return {**entry, "initErrors": [why]}
