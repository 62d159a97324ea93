"""The ratchet of the second phase: is a circuit ready for its peering and its connection?

A circuit is ordered by us and provisioned by the provider, days later. Only "not found" and a state short of
Provisioned mean "not yet". What exists is kept whatever the lookup says, and a lookup that fails is an error, so that
no lookup can ever take a live path away.
"""

from dataclasses import dataclass

import pulumi

from .lookup import find
from .rules.circuits import CIRCUIT_08
from .sdk import network

PROVISIONED = "Provisioned"


@dataclass(frozen=True)
class CircuitState:
    """What Azure says of a circuit that this stack orders."""

    provider_state: str
    """NotProvisioned (also before the order), Provisioning, Provisioned or Deprovisioning."""
    peered: bool
    """It has its private peering."""
    connected: bool
    """The connection of our gateway to it exists."""


def look_up_circuit(resource_group_name: str, circuit_name: str, connection_name: str) -> CircuitState:
    """Asks Azure for a circuit's state, at once (a plain lookup, in previews too).

    Raises pulumi.RunError where a lookup fails for any other reason than that nothing is there.
    """
    circuit = find(
        "the ExpressRoute circuit",
        network.get_express_route_circuit,
        resource_group_name=resource_group_name,
        circuit_name=circuit_name,
    )
    connection = find(
        "the ExpressRoute connection",
        network.get_virtual_network_gateway_connection,
        resource_group_name=resource_group_name,
        virtual_network_gateway_connection_name=connection_name,
    )
    peerings = (circuit.peerings if circuit else None) or []
    return CircuitState(
        provider_state=(circuit and circuit.service_provider_provisioning_state) or "NotProvisioned",
        peered=any(peering.peering_type == "AzurePrivatePeering" for peering in peerings),
        connected=connection is not None,
    )


@dataclass(frozen=True)
class CircuitPhase:
    """How far a circuit is, and what is to be done about it."""

    provider_state: str
    """The provider's state of a circuit that this stack orders; "unknown" of any other."""
    peer: bool
    """Its private peering can be made now, or exists."""
    connect: bool
    """It is connected now, or stays so."""
    moves_traffic: bool
    """It is connected by this very update, which moves live traffic from the VPN to ExpressRoute."""
    next_step: str
    """What the next person does, in words."""


def circuit_phase(
    mode: str,
    *,
    path: str,
    ordered: bool,
    resource_group_name: str,
    circuit_name: str,
    connection_name: str,
) -> CircuitPhase:
    """Asks Azure where a circuit is on its way to being connected.

    mode: `auto` (ordered circuits only), `always` or `never`. path: where the settings say it, for errors.
    ordered: this stack orders the circuit from a provider, so that its state can be looked up.

    Raises pulumi.RunError for a lookup that failed, and for `always` on a circuit that is not provisioned.
    """
    if not ordered:
        connect = mode == "always"
        state = CircuitState("unknown", peered=False, connected=connect)
        return CircuitPhase("unknown", connect, connect, False, _next_step(mode, state, connect))
    state = look_up_circuit(resource_group_name, circuit_name, connection_name)
    connect = should_connect(mode, state, path)
    return CircuitPhase(
        state.provider_state,
        peer=should_peer(mode, state),
        connect=connect,
        moves_traffic=connect and not state.connected,
        next_step=_next_step(mode, state, connect),
    )


def should_connect(mode: str, state: CircuitState, path: str) -> bool:
    """Whether a circuit that this stack orders is connected now.

    mode: auto, always or never. path: where the settings say it, for the error.
    Raises pulumi.RunError for `always` on a circuit that is not provisioned: Azure would leave a Failed connection that
    never heals [CIRCUIT-08].
    """
    if mode == "never":
        return False
    ready = state.connected or state.provider_state == PROVISIONED
    if mode == "always" and not ready:
        raise pulumi.RunError(
            str(
                CIRCUIT_08(
                    path,
                    f"always, but the circuit is {state.provider_state}, not {PROVISIONED}; say auto, and run "
                    "`pulumi up` again when the provider has provisioned it",
                )
            )
        )
    return ready


def should_peer(mode: str, state: CircuitState) -> bool:
    """Whether a circuit that this stack orders can have its private peering now; one that exists is kept."""
    return state.peered or (mode != "never" and state.provider_state == PROVISIONED)


def _next_step(mode: str, state: CircuitState, connect: bool) -> str:
    if connect:
        return "nothing: connected, traffic prefers ExpressRoute"
    if mode == "never":
        return "connect is never: say auto or always when the circuit is to be used"
    if state.provider_state == "Provisioning":
        return "wait for the provider; once the circuit is Provisioned, run `pulumi up` again to connect it"
    return (
        "give the provider the service key (pulumi stack output serviceKeys --show-secrets); once it has provisioned "
        "the circuit, run `pulumi up` again to connect it"
    )
