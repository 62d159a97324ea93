"""The network as its routers see it: what is advertised where, made from the settings.

Only what decides about routes is here. Elements that can fail have names: `circuit:NAME`, `link:NAME/primary`,
`link:NAME/secondary`, `peeringLocation:PLACE`, `gateway:expressRoute`, `gateway:vpn/0`, `gateway:vpn/1`,
`appliance:SITE`, `tunnel:SITE/0` and `tunnel:SITE/1`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Literal, NamedTuple

from components.rules.bgp import MICROSOFT_ASN
from components.rules.gateways import instances
from components.rules.ipsec import DEFAULT_DPD_SECONDS

from ..settings import model as settings_model
from ..settings.model import Settings, UserRoute

UNKNOWN_ASN = 0
"""Stands for the AS number behind a circuit whose peering the provider makes; no network has AS 0 (RFC 7607)."""
VPN_INSTANCES = 2
"""A VPN gateway always has two instances; without active-active the second waits to take over."""


@dataclass(frozen=True)
class Link:
    """One of a circuit's two links. The next hops name it in route tables; by default its element's name does."""

    element: str
    azure_next_hop: str = ""
    """Microsoft's edge, as the ExpressRoute gateway sees it."""
    edge_next_hop: str = ""
    """Microsoft's edge, as the on-premises edge sees it."""


@dataclass(frozen=True)
class Circuit:
    """A connected ExpressRoute circuit."""

    name: str
    links: tuple[Link, ...]
    peering_location: str | None = None
    routing_weight: int = 0
    """Among circuits the higher one carries the traffic [CONN-05]."""
    as_path: tuple[int, ...] = (MICROSOFT_ASN, UNKNOWN_ASN)
    """AS path of the on-premises prefixes, as the gateways see it; the shorter wins where weights are equal."""


@dataclass(frozen=True)
class Site:
    """A VPN site: one appliance with a tunnel to each gateway instance that has a public address of its own, or to one
    of them alone."""

    name: str
    prefixes: tuple[IPv4Network, ...]
    asn: int | None = None
    """With BGP the appliance's AS number; None for static routes."""
    peer_address: str = ""
    tunnels: int = VPN_INSTANCES
    dpd_timeout_seconds: int = DEFAULT_DPD_SECONDS
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


@dataclass(frozen=True)
class TierNetwork:
    """What decides about the routes of one tier's subnet."""

    name: str
    subnet: IPv4Network
    gateway_routes: bool = True
    internet_outbound: bool = False
    routes: tuple[UserRoute, ...] = ()


@dataclass(frozen=True)
class Edge:
    """How the on-premises edge prefers its paths to Azure. The defaults are what the pattern asks for [ROUTE-10]."""

    express_route_preference: int = 150
    """BGP local preference of what is learned over ExpressRoute; the higher wins."""
    vpn_preference: int = 100
    """BGP local preference of what is learned through a tunnel."""
    static_distance: int = 210
    """Administrative distance of the route through a static site's tunnel: floating when above BGP's 20 and 200."""


@dataclass(frozen=True)
class Network:
    """Everything that decides about routes between the tiers and on-premises."""

    address_space: tuple[IPv4Network, ...]
    on_premises: tuple[IPv4Network, ...]
    """The prefixes that must stay reachable."""
    express_route_prefixes: tuple[IPv4Network, ...]
    circuits: tuple[Circuit, ...]
    sites: tuple[Site, ...]
    tiers: tuple[TierNetwork, ...]
    gateway_subnet_routes: tuple[UserRoute, ...] = ()
    edge: Edge = Edge()
    express_route_gateway_address: str = "gateway:expressRoute"
    vpn_gateway_addresses: tuple[str, str] = ("gateway:vpn/0", "gateway:vpn/1")
    _harms: "dict[str, Harm]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_harms", dict(_harms(self)))

    @property
    def elements(self) -> tuple[str, ...]:
        """Every element that can fail, in a stable order."""
        return tuple(self._harms)

    def harm(self, element: str) -> "Harm":
        """What the failure of an element takes away. Raises ValueError for a name that is none of the network's."""
        try:
            return self._harms[element]
        except KeyError:
            known = ", ".join(self._harms)
            raise ValueError(f"no element {element!r}; this network has {known}") from None


class Alive(NamedTuple):
    """What still works. Bit n of a mask stands for circuit or site n of the network."""

    circuits: int
    """Circuits whose routes reach both Azure and the on-premises edge."""
    sites: int
    """Sites with a tunnel that is up."""
    vpn_gateway: bool
    """An instance of the VPN gateway lives, so the static routes of local network gateways are in force."""


def network(settings: Settings, connected: Collection[str] | None = None, edge: Edge | None = None) -> Network:
    """The network of these settings.

    connected: names of the circuits that carry traffic; by default the finished topology, which has every circuit
    but those with `connect: never`. edge: how on-premises prefers, by default as the appliance's files do.
    """
    chosen = [
        circuit
        for circuit in settings.express_route.circuits
        if (circuit.connects if connected is None else circuit.name in connected)
    ]
    tiers = tuple(
        TierNetwork(tier.name, tier.subnet, tier.gateway_routes, tier.internet_outbound, tuple(tier.routes))
        for tier in settings.network.tiers
    )
    return Network(
        address_space=tuple(settings.network.address_space),
        on_premises=tuple(settings.on_premises.prefixes),
        express_route_prefixes=tuple(settings.express_route_prefixes),
        circuits=tuple(
            Circuit(
                circuit.name,
                tuple(Link(f"link:{circuit.name}/{which}") for which in ("primary", "secondary")),
                circuit.peering_location,
                circuit.routing_weight,
                (MICROSOFT_ASN, circuit.private_peering.peer_asn if circuit.private_peering else UNKNOWN_ASN),
            )
            for circuit in chosen
        ),
        sites=tuple(_site(settings, site) for site in settings.vpn.sites),
        tiers=tiers or (TierNetwork("any subnet", settings.network.address_space[0]),),
        gateway_subnet_routes=tuple(settings.network.gateway_subnet_routes),
        edge=edge or Edge(),
    )


def _site(settings: Settings, site: settings_model.Site) -> Site:
    tunnels = instances(settings.vpn.gateway.active_active)
    # An instance that the gateway has not got is an error of the settings, and no reason to prove anything else.
    pinned = site.instance if tunnels > 1 and site.instance in range(tunnels) else None
    return Site(
        site.name,
        tuple(settings.site_prefixes(site)),
        site.bgp.asn if site.bgp else None,
        str(site.bgp.peer_address) if site.bgp else "",
        tunnels if pinned is None else 1,
        site.dpd_timeout_seconds,
        pinned,
        site.public_ip is None,
    )


def alive(network: Network, failed: Collection[str]) -> Alive:
    """What still works when these elements have failed. Raises ValueError for a name that is none of the network's.

    The time depends on the number of failures only (and, where a gateway instance is one, on the sites that end on it
    alone), so that every pair of a large network can be tried.
    """
    circuits, sites = (1 << len(network.circuits)) - 1, (1 << len(network.sites)) - 1
    instances = set(range(VPN_INSTANCES))
    links_lost: dict[int, int] = {}
    tunnels_lost: dict[int, int] = {}
    for element in dict.fromkeys(failed):
        for index, cut in network.harm(element):
            if cut == "circuit":
                circuits &= ~(1 << index)
            elif cut == "site":
                sites &= ~(1 << index)
            elif cut == "instance":
                instances.discard(index)
            elif cut == "tunnel":
                tunnels_lost[index] = tunnels_lost.get(index, 0) + 1
            else:
                links_lost[index] = links_lost.get(index, 0) + 1
                if links_lost[index] == len(network.circuits[index].links):
                    circuits &= ~(1 << index)
    for index, lost in tunnels_lost.items():
        site = network.sites[index]
        if lost == site.tunnels or (
            len(instances) < VPN_INSTANCES and not any(tunnels_up(site, instances, failed).values())
        ):
            sites &= ~(1 << index)
    return Alive(circuits, sites if instances else 0, bool(instances))


def tunnels_up(site: Site, instances: Collection[int], gone: Collection[str]) -> dict[int, bool]:
    """For each tunnel of a site, by its number, whether it is up, given the living gateway instances.

    The only tunnel to an active-standby gateway moves to the instance that lives.
    """
    return {
        number: f"tunnel:{site.name}/{number}" not in gone and (bool(instances) if site.moves else number in instances)
        for number in site.tunnel_numbers
    }


Harm = tuple[tuple[int, Literal["circuit", "link", "instance", "site", "tunnel"]], ...]
"""What the failure of an element takes away: the number of the circuit, gateway instance or site, and what of it."""


def _harms(network: Network) -> Iterator[tuple[str, Harm]]:
    """Every element, in a stable order, with its harm."""
    for index, circuit in enumerate(network.circuits):
        yield f"circuit:{circuit.name}", ((index, "circuit"),)
        for link in circuit.links:
            yield link.element, ((index, "link"),)
    for place in dict.fromkeys(circuit.peering_location for circuit in network.circuits):
        if place:
            here = (index for index, circuit in enumerate(network.circuits) if circuit.peering_location == place)
            yield f"peeringLocation:{place}", tuple((index, "circuit") for index in here)
    yield "gateway:expressRoute", tuple((index, "circuit") for index in range(len(network.circuits)))
    for index in range(VPN_INSTANCES):
        alone: Harm = tuple((number, "site") for number, site in enumerate(network.sites) if site.instance == index)
        yield f"gateway:vpn/{index}", ((index, "instance"), *alone)
    for index, site in enumerate(network.sites):
        yield f"appliance:{site.name}", ((index, "site"),)
        for number in site.tunnel_numbers:
            yield f"tunnel:{site.name}/{number}", ((index, "tunnel"),)
