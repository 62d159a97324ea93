"""What a network is made of, as its routers see it."""

from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from components.rules.bgp import MICROSOFT_ASN
from components.rules.ipsec import DEFAULT_DPD_SECONDS

from ..settings.model_network import UserRoute

UNKNOWN_ASN = 0
"""Stands for the AS number behind a circuit whose peering the provider makes; no network has AS 0 (RFC 7607)."""
VPN_INSTANCES = 2
"""A VPN gateway always has two instances; without active-active the second waits to take over."""
HUB = 0
"""The number of the virtual network with the gateways."""


class Link(NamedTuple):
    """One of a circuit's two links. The next hops name it in route tables; by default its element's name does."""

    element: str
    azure_next_hop: str = ""
    """Microsoft's edge, as the ExpressRoute gateway sees it."""
    edge_next_hop: str = ""
    """Microsoft's edge, as the on-premises edge sees it."""


class Circuit(NamedTuple):
    """A connected ExpressRoute circuit."""

    name: str
    links: tuple[Link, ...]
    peering_location: str | None = None
    """None where it is not known."""
    routing_weight: int = 0
    """Among circuits the higher one carries the traffic [CONN-05]."""
    as_path: tuple[int, ...] = (MICROSOFT_ASN, UNKNOWN_ASN)
    """AS path of the on-premises prefixes, as the gateways see it; the shorter wins where weights are equal."""
    prefixes: tuple[IPv4Network, ...] | None = None
    """What on-premises announces over it; None for what it announces over ExpressRoute in general."""
    local_preference: int | None = None
    """What on-premises prefers on the way back; None for `Edge.express_route_preference`, less by the weight."""
    port: str | None = None
    """Id of the ExpressRoute Direct port pair that it is on, in small letters."""
    past_gateway: bool | None = False
    """With FastPath, and of a provider: what comes over it to the hub's machines takes no route of the GatewaySubnet.
    What goes to spokes passes the gateway as ever [CIRCUIT-15]. None of an existing circuit with FastPath, which may be
    on a Direct port, where the routes are followed: both ways have to work."""


class Site(NamedTuple):
    """A VPN site: one appliance with a tunnel to each gateway instance that has a public address of its own, or to one
    of them alone."""

    name: str
    prefixes: tuple[IPv4Network, ...]
    asn: int | None = None
    """With BGP the appliance's AS number; None for static routes."""
    peer_address: str = ""
    tunnels: int = VPN_INSTANCES
    dpd_timeout_seconds: int = DEFAULT_DPD_SECONDS
    prepend: int = 0
    """How many times more the appliance repeats its AS number; among sites the shorter path wins [ROUTE-07]."""
    local_preference: int | None = None
    """What on-premises prefers on the way back; None for `Edge.vpn_preference`."""
    instance: int | None = None
    """The only instance that the tunnel ends on: it dies with it, and there is none to the other one."""
    by_name: bool = False
    """Azure finds the appliance by its name in DNS."""

    @property
    def tunnel_numbers(self) -> tuple[int, ...]:
        """The numbers of its tunnels: those of the gateway instances that they end on."""
        return tuple(range(self.tunnels)) if self.instance is None else (self.instance,)

    @property
    def moves(self) -> bool:
        """Whether its only tunnel moves to the instance that lives: the gateway is not active-active."""
        return self.tunnels == 1 and self.instance is None

    @property
    def bgp(self) -> bool:
        """Whether routes come and go with a BGP session; without it both ends have static routes."""
        return self.asn is not None

    @property
    def as_path(self) -> tuple[int, ...]:
        """AS path of its prefixes, as the gateways see it; empty for static routes."""
        return () if self.asn is None else (self.asn,) * (1 + self.prepend)


class Device(NamedTuple):
    """A machine on-premises: names of its links (`CIRCUIT/primary`) and of its VPN sites."""

    name: str
    links: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


class Firewall(NamedTuple):
    """A next hop of user-defined routes."""

    name: str
    address: IPv4Address
    redundant: bool = False
    stateful: bool = True
    claimed: bool = True
    """False for an address that is none of the settings' firewalls: it is named by its address."""


class TierNetwork(NamedTuple):
    """What decides about the routes of one tier's subnet."""

    name: str
    subnet: IPv4Network
    gateway_routes: bool = True
    internet_outbound: bool = False
    routes: tuple[UserRoute, ...] = ()
    network: int = HUB
    """Number of the virtual network that it is in."""
    path: str = ""
    """Where the settings have it; empty for subnets that they do not make."""


class Edge(NamedTuple):
    """How the on-premises edge prefers its paths to Azure. The defaults are what the pattern asks for [ROUTE-10]."""

    express_route_preference: int = 150
    """BGP local preference of what is learned over ExpressRoute; the higher wins."""
    vpn_preference: int = 100
    """BGP local preference of what is learned through a tunnel."""
    static_distance: int = 210
    """Administrative distance of the route through a static site's tunnel: floating when above BGP's 20 and 200."""


DEFAULT_EDGE = Edge()
"""As the appliance's files do it."""
