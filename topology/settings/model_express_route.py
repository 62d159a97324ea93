"""The settings of the ExpressRoute path: its gateway and its circuits."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from components.rules import circuits, gateways

from . import values
from .model_base import NOT_EMPTY, Asn, ExistingGateway, Model, Prefix, ResourceId, ShortName, one_of


class ExpressRouteGateway(Model):
    """The ExpressRoute virtual network gateway: made, with its SKU, or existing."""

    sku: Annotated[str, one_of(gateways.EXPRESS_ROUTE_SKUS)] | None = None
    """ErGw1AZ, ErGw2AZ, ErGw3AZ or ErGwScale [ER-01]. Required of one that is made; an existing one has its own."""
    min_scale_units: int | None = None
    """1 to 40, with ErGwScale [ER-05]."""
    max_scale_units: int | None = None
    """1 to 40, with ErGwScale [ER-05]."""
    existing: ExistingGateway | None = None
    """One that is there already; it is connected, and neither changed nor destroyed."""


class PrivatePeering(Model):
    """Azure private peering of a circuit, when we configure it (layer 2 provider or ExpressRoute Direct)."""

    peer_asn: Asn
    """AS number of the on-premises edge, not 65515 to 65520 [BGP-06]."""
    vlan_id: int
    """1 to 4094, once on a port [CIRCUIT-11]."""
    primary_prefix: Prefix
    """/30; the first usable address is the on-premises edge's, the second Microsoft's."""
    secondary_prefix: Prefix
    """/30 of the secondary link, likewise."""


class ExistingCircuit(Model):
    """A circuit that is there already, in this or another subscription."""

    id: ResourceId
    """In any subscription; in another one `circuitAuthorizationKeys` has its owner's key."""


class DirectPort(Model):
    """An ExpressRoute Direct port pair that carries the circuit."""

    id: ResourceId
    """In any subscription and resource group."""
    bandwidth_in_gbps: Annotated[float, BeforeValidator(values.bandwidth)]
    """Gbps, of those that the port has; it goes up in place, never down [CIRCUIT-04]."""


class Circuit(Model):
    """An ExpressRoute circuit: ordered from a provider, on a Direct port, or existing. Exactly one of the three."""

    name: ShortName
    """Names its resources in the stack."""
    provider: str | None = None
    """Connectivity provider, as Azure lists it, such as Equinix: then the circuit is ordered. A change is refused."""
    peering_location: str | None = None
    """Where the provider meets Microsoft, such as Silicon Valley. With a provider; of an existing circuit where it is
    known, for the proof."""
    bandwidth_in_mbps: int | None = None
    """Mbps, with a provider: 50, 100, 200, 500, 1000, 2000, 5000 or 10000 [CIRCUIT-03]. It goes up in place, never
    down [CIRCUIT-04]."""
    existing: ExistingCircuit | None = None
    """A circuit that is there already, in this or another subscription."""
    port: DirectPort | None = None
    """An ExpressRoute Direct port that the circuit is on."""
    tier: Annotated[str, one_of(circuits.TIERS)] = circuits.DEFAULT_TIER
    """Local, Standard or Premium [CIRCUIT-01]; of an existing circuit what it is, for the limits [CIRCUIT-22]."""
    family: Annotated[str, one_of(circuits.FAMILIES)] = circuits.DEFAULT_FAMILY
    """MeteredData or UnlimitedData; Local has only the second [CIRCUIT-01]. Not of an existing circuit."""
    private_peering: PrivatePeering | None = None
    """Left out where the provider makes the peering (layer 3)."""
    connect: Literal["auto", "always", "never"] = "auto"
    """`auto`: connect as soon as the provider has provisioned the circuit, and never disconnect by itself. Of an
    existing circuit and of one on a port say `always` or `never` [CIRCUIT-18]."""
    routing_weight: int = 0
    """0 to 32000; the circuit with the highest is preferred [CONN-05]."""
    prefixes: list[Prefix] | None = None
    """What on-premises announces over this circuit, when that is not `expressRoute.prefixes`."""
    prepend: int = 0
    """How many times more on-premises repeats its AS number in what it announces over this circuit: 0 to 16. Azure
    prefers the shorter path where prefixes and weights are equal [ROUTE-06]; on-premises itself does not see it."""
    local_preference: int | None = None
    """BGP local preference that on-premises gives to Azure's prefixes over this circuit; the highest is its way back.
    By default 150, one less for each lower `routingWeight`."""
    fast_path: bool = False
    """Data goes past the gateway; with ErGw3AZ, or ErGwScale of 10 scale units [ER-04]."""
    authorizations: list[ShortName] = []
    """Authorizations for gateways of other subscriptions; each allows one connection."""

    @property
    def ordered(self) -> bool:
        """Ordered from a connectivity provider by this stack."""
        return self.existing is None and self.port is None

    @property
    def connects(self) -> bool:
        """Part of the finished topology: connected now, or as soon as it is provisioned."""
        return self.connect != "never"

    @property
    def mbps(self) -> int | None:
        """Bandwidth in Mbps; None of an existing circuit, whose owner knows it."""
        return round(self.port.bandwidth_in_gbps * 1000) if self.port else self.bandwidth_in_mbps


class ExpressRoute(Model):
    """The ExpressRoute path."""

    gateway: ExpressRouteGateway
    """The ExpressRoute virtual network gateway: made, with its SKU, or existing."""
    circuits: Annotated[list[Circuit], NOT_EMPTY]
    """Circuits, each ordered from a provider, on a Direct port, or existing."""
    prefixes: list[Prefix] | None = None
    """What on-premises advertises over ExpressRoute, when that is not exactly `onPremises.prefixes`."""
