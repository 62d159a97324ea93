"""The ratchet of the second phase: is a circuit ready for its peering and its connection?

A circuit is ordered by us and provisioned by the provider, days later. Only "not found" and a state short of
Provisioned mean "not yet". What exists is kept whatever the lookup says, and a lookup that fails is an error, so that
no lookup can ever take a live path away. The same lookup tells whether the circuit can become what is wanted of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .lookup import find
from .rules import Problem, at, circuits
from .rules.circuits import CIRCUIT_08, CircuitOrder
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
    order: CircuitOrder
    """What it is ordered as; nothing of it is known before the order."""


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
    provider = circuit.service_provider_properties if circuit else None
    sku = circuit.sku if circuit else None
    return CircuitState(
        provider_state=(circuit and circuit.service_provider_provisioning_state) or "NotProvisioned",
        peered=any(peering.peering_type == "AzurePrivatePeering" for peering in peerings),
        connected=connection is not None,
        order=CircuitOrder(
            provider=provider.service_provider_name if provider else None,
            peering_location=provider.peering_location if provider else None,
            bandwidth_in_mbps=provider.bandwidth_in_mbps if provider else None,
            tier=sku.tier if sku else None,
            family=sku.family if sku else None,
        ),
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
    problems: tuple[Problem, ...] = ()
    """What Azure would refuse of what is wanted: a program ends on them before it registers anything."""


def circuit_phase(
    mode: str,
    *,
    path: str,
    order: CircuitOrder | None,
    resource_group_name: str,
    circuit_name: str,
    connection_name: str,
) -> CircuitPhase:
    """Asks Azure where a circuit is on its way to being connected.

    mode: `auto` (ordered circuits only), `always` or `never`. path: where the settings say the circuit, for problems.
    order: what this stack orders it as from a provider, so that its state can be looked up; None of any other circuit.

    Its problems are a change of the order that Azure refuses [CIRCUIT-04], and `always` on a circuit that is not
    provisioned: Azure would leave a Failed connection that never heals [CIRCUIT-08].
    Raises pulumi.RunError for a lookup that failed.
    """
    if order is None:
        connect = mode == "always"
        return CircuitPhase("unknown", connect, connect, False, _next_step(mode, "unknown", connect))
    state = look_up_circuit(resource_group_name, circuit_name, connection_name)
    connect = should_connect(mode, state)
    return CircuitPhase(
        state.provider_state,
        peer=should_peer(mode, state),
        connect=connect,
        moves_traffic=connect and not state.connected,
        next_step=_next_step(mode, state.provider_state, connect),
        problems=(
            *circuits.change_of_order(path, state.order, order),
            *_connected_too_early(path, mode, state, connect),
        ),
    )


def should_connect(mode: str, state: CircuitState) -> bool:
    """Whether a circuit that this stack orders can be connected now. mode: auto, always or never."""
    return mode != "never" and (state.connected or state.provider_state == PROVISIONED)


def should_peer(mode: str, state: CircuitState) -> bool:
    """Whether a circuit that this stack orders can have its private peering now; one that exists is kept."""
    return state.peered or (mode != "never" and state.provider_state == PROVISIONED)


def _connected_too_early(path: str, mode: str, state: CircuitState, connect: bool) -> Iterator[Problem]:
    if mode == "always" and not connect:
        yield CIRCUIT_08(
            at(path, "connect"),
            f"always, but the circuit is {state.provider_state}, not {PROVISIONED}; say auto, and run `pulumi up` "
            "again when the provider has provisioned it",
        )


def _next_step(mode: str, provider_state: str, connect: bool) -> str:
    if connect:
        return "nothing: connected, traffic prefers ExpressRoute"
    if mode == "never":
        return "connect is never: say auto or always when the circuit is to be used"
    if provider_state == "Provisioning":
        return "wait for the provider; once the circuit is Provisioned, run `pulumi up` again to connect it"
    return (
        "give the provider the service key (pulumi stack output serviceKeys --show-secrets); once it has provisioned "
        "the circuit, run `pulumi up` again to connect it"
    )
