"""The ratchet of the second phase: is a circuit ready for its peering and its connection?

A circuit is ordered by us and provisioned by the provider, days later. "Not yet" is what Azure says not to have, or not
to have provisioned, *and* what the stack's own state has not either. What exists in Azure or in the state is kept,
whatever a lookup answers and whatever account is selected, and a lookup that fails is an error: no lookup can ever take
a live path away. The same lookup tells whether the circuit can become what is wanted of it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network

from .base import LIBRARY
from .lookup import find, find_here, own_subscription
from .own_state import OwnResource, own_resources
from .rules import Problem, at, circuits
from .rules.circuits import CIRCUIT_08, CircuitOrder

PROVISIONED = "Provisioned"


@dataclass(frozen=True)
class CircuitState:
    """What Azure, or the stack's own state, has of a circuit that this stack makes."""

    provider_state: str
    """NotProvisioned (also before the order), Provisioning, Provisioned or Deprovisioning; "unknown" where Azure was
    not asked, or knows nothing of a circuit that this stack has connected or peered."""
    peered: bool
    """It has its private peering."""
    connected: bool
    """The connection of our gateway to it exists."""
    order: CircuitOrder
    """What it is ordered as; nothing of it is known before the order."""
    unknown_to_azure: tuple[str, ...] = ()
    """What the stack's own state has and Azure has not: `connection` and `peering`."""


@dataclass(frozen=True)
class CircuitPhase:
    """How far a circuit is, and what is to be done about it."""

    provider_state: str
    """The provider's state of a circuit that this stack orders; "unknown" of any other, and of one that Azure does not
    know though this stack has connected or peered it."""
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
    circuit_component: str | None = None,
    connection: str | None = None,
    private_peering: bool | None = None,
    own: Collection[OwnResource] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> CircuitPhase:
    """Asks Azure, and the stack's own state, where a circuit is on its way to being connected.

    mode: `auto` (ordered circuits only), `always` or `never`. path: where the settings say the circuit, for problems.
    order: what this stack orders it as from a provider, so that its state can be looked up; None of any other circuit.
    circuit_name, connection_name: physical names. circuit_component, connection: the logical names that the state knows
    them by, of the ExpressRouteCircuit (its peering bears it too), and of the connection (`GATEWAY-CONNECTION`); by
    default those to which these components would give the physical names, `erc-NAME` and `con-GATEWAY-CONNECTION`.
    private_peering: whether the settings ask for one of this stack's own; None leaves that unjudged.
    own: what the state has, if it has been asked already. opts: of the lookups, such as a provider.

    Names are enough to know a resource in the state: its parents, and so its URN, may have changed, and one program has
    a logical name for a type once, unless two components of different types hold it.

    Logs a warning for what is kept though Azure says that it is not there, or not provisioned [CIRCUIT-21].
    Its problems are `auto` without an order, which nobody can answer [CIRCUIT-18]; a change of the order that Azure
    refuses [CIRCUIT-04]; `always` on a circuit that is not provisioned, where Azure would leave a Failed connection
    that never heals [CIRCUIT-08]; and a private peering that goes while a connection uses it [CIRCUIT-19].
    Raises pulumi.RunError for a lookup that failed, and where the state has connections, or peerings, but none of the
    name that goes by default: then it must be told.
    """
    own = own_resources() if own is None else own
    names = _Names(
        own,
        circuit_component or circuit_name.removeprefix("erc-"),
        circuit_component is not None,
        connection or connection_name.removeprefix("con-"),
        connection is not None,
    )
    if order is None:
        # Nothing is asked of Azure, so nothing that it answers decides.
        connect = mode == "always"
        # Like an ordered circuit's, a peering that the stack has made stays: other subscriptions may use it.
        peer = connect or (private_peering is True and names.peered())
        connected = connect and private_peering is False and names.connected()
        state = CircuitState("unknown", False, connected, CircuitOrder())
    else:
        state = _look_up(resource_group_name, circuit_name, connection_name, names, opts)
        connect, peer = should_connect(mode, state), should_peer(mode, state)
        stays = [what for what in state.unknown_to_azure if connect or what != "connection"]
        for doubt in circuits.kept(at(path, "connect"), circuit_name, stays, state.provider_state, connected=connect):
            pulumi.log.warn(str(doubt))
    problems = [*circuits.automatic(at(path, "connect"), mode, ordered=order is not None)]
    if order:
        problems += circuits.change_of_order(path, state.order, order)
        problems += _connected_too_early(path, mode, state, connect)
    if private_peering is False and connect and state.connected and names.peered():
        problems += circuits.peering_in_use(at(path, "private_peering"))
    return CircuitPhase(
        state.provider_state,
        peer=peer,
        connect=connect,
        moves_traffic=order is not None and connect and not state.connected,
        next_step=_next_step(mode, state, connect),
        problems=tuple(problems),
    )


def missing_key(
    path: str, circuit_id: str, way_out: str, opts: pulumi.InvokeOptions | None = None
) -> Iterator[Problem]:
    """An existing circuit without an authorization key is in the subscription that is deployed to [CIRCUIT-20].

    path: where the circuit is said. circuit_id: its resource id. way_out: how its key is given. opts: of the lookup.
    Raises pulumi.RunError where the subscription must be looked up and that fails.
    """
    yield from circuits.authorization(path, circuit_id, own_subscription(opts), way_out)


def told_tier(path: str, *, circuit_id: str, tier: str, opts: pulumi.InvokeOptions | None = None) -> Iterator[Problem]:
    """The tier that is said of an existing circuit is the one that it has [CIRCUIT-22].

    path: where it is said. circuit_id: the circuit's resource id; one of another subscription, which this account may
    not read, is not asked about. opts: of the lookup, such as a provider. Raises pulumi.RunError for one that failed.
    """
    found, _ = find_here("the existing circuit", network.get_express_route_circuit, circuit_id, "circuit_name", opts)
    if found and found.sku:
        yield from circuits.as_said(path, found.sku.tier or "", tier)


def should_connect(mode: str, state: CircuitState) -> bool:
    """Whether a circuit that this stack orders can be connected now. mode: auto, always or never."""
    return mode != "never" and (state.connected or state.provider_state == PROVISIONED)


def should_peer(mode: str, state: CircuitState) -> bool:
    """Whether a circuit that this stack orders can have its private peering now; one that exists is kept."""
    return state.peered or (mode != "never" and state.provider_state == PROVISIONED)


@dataclass(frozen=True)
class _Names:
    """What a stack's own state calls a circuit's peering and its connection."""

    own: Collection[OwnResource]
    circuit: str
    circuit_told: bool
    connection: str
    connection_told: bool

    def connected(self) -> bool:
        return self._has("VirtualNetworkGatewayConnection", self.connection, self.connection_told, "connection")

    def peered(self) -> bool:
        return self._has("ExpressRouteCircuitPeering", self.circuit, self.circuit_told, "circuit_component")

    def _has(self, type: str, name: str, told: bool, argument: str) -> bool:
        there = {own.name for own in self.own if own.type == type and own.parent != f"{LIBRARY}:index:VpnSite"}
        if name in there or told or not there:
            return name in there
        raise pulumi.RunError(
            f"this stack has {type} {', '.join(sorted(there))}, and Azure does not tell whether one of them is that of "
            f"circuit {self.circuit}, so nothing is changed; call circuit_phase with {argument}=, its logical name"
        )


def _look_up(
    resource_group_name: str,
    circuit_name: str,
    connection_name: str,
    names: _Names,
    opts: pulumi.InvokeOptions | None,
) -> CircuitState:
    """Asks Azure for a circuit's state, at once (a plain lookup, in previews too), and then the stack's own."""
    circuit = find(
        "the ExpressRoute circuit",
        network.get_express_route_circuit,
        resource_group_name=resource_group_name,
        circuit_name=circuit_name,
        opts=opts,
    )
    connection = find(
        "the ExpressRoute connection",
        network.get_virtual_network_gateway_connection,
        resource_group_name=resource_group_name,
        virtual_network_gateway_connection_name=connection_name,
        opts=opts,
    )
    peerings = (circuit.peerings if circuit else None) or []
    provider = circuit.service_provider_properties if circuit else None
    sku = circuit.sku if circuit else None
    peered = any(peering.peering_type == "AzurePrivatePeering" for peering in peerings)
    kept = {
        "connection": connection is None and names.connected(),
        "peering": not peered and names.peered(),
    }
    provider_state = circuit and circuit.service_provider_provisioning_state
    return CircuitState(
        provider_state=provider_state or ("unknown" if any(kept.values()) else "NotProvisioned"),
        peered=peered or kept["peering"],
        connected=connection is not None or kept["connection"],
        order=CircuitOrder(
            provider=provider.service_provider_name if provider else None,
            peering_location=provider.peering_location if provider else None,
            bandwidth_in_mbps=provider.bandwidth_in_mbps if provider else None,
            tier=sku.tier if sku else None,
            family=sku.family if sku else None,
        ),
        unknown_to_azure=tuple(what for what, only_ours in kept.items() if only_ours),
    )


def _connected_too_early(path: str, mode: str, state: CircuitState, connect: bool) -> Iterator[Problem]:
    if mode == "always" and not connect:
        yield CIRCUIT_08(
            at(path, "connect"),
            f"always, but the circuit is {state.provider_state}, not {PROVISIONED}; say auto, and run `pulumi up` "
            "again when the provider has provisioned it",
        )


def _next_step(mode: str, state: CircuitState, connect: bool) -> str:
    if state.unknown_to_azure and mode != "never":
        return "see that the right account is selected: Azure does not know all that this stack has"
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
