"""What the lab builds for a network: addresses of everything that Azure, the provider and the Internet would choose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import islice

from appliance.facts import CircuitWiring, Facts, GatewayFacts, Lan, LinkWiring, Wiring
from appliance.plan import Plan, connected_circuits, make_plan
from components.rules.bgp import MICROSOFT_ASN
from topology.proof.failover import flows
from topology.proof.network import network
from topology.settings.model import Settings, Site, UserRoute

from .machine import LabError

OWN_RANGE = IPv4Network("100.64.0.0/10")
"""The lab's inner links; no address of the settings may be in it."""
LAN_EDGE, LAN_HOST = IPv4Interface("100.65.0.1/30"), IPv4Address("100.65.0.2")
FOUND_BY_NAME = IPv4Address("203.0.113.10")
"""The public address of an appliance that has a name in the settings: what the Internet's DNS would answer."""
FIRST_MACHINE = 3
"""Addresses of a subnet that no machine has: those that Azure keeps."""
MOST_FIREWALLS = 3
"""As many as two bits of a probe tell apart from none."""
HUB = 0
PROVIDER_RANGE = IPv4Network("198.51.100.0/24")
"""Links of a circuit whose provider makes the peering."""


@dataclass(frozen=True)
class MicrosoftEdge:
    """One of Microsoft's two edge routers of a circuit."""

    circuit: str
    which: str
    place: str | None
    address: IPv4Interface
    """Ours on the link to the on-premises edge."""
    edge_address: IPv4Address
    edge_asn: int
    edge_interface: str
    routing_weight: int
    number: int

    @property
    def name(self) -> str:
        """Name of its machine."""
        return f"msee-{self.circuit}-{self.which}"

    @property
    def element(self) -> str:
        """Its link's name among the elements that can fail."""
        return f"link:{self.circuit}/{self.which}"


@dataclass(frozen=True)
class Tier:
    """A tier, in the hub or in a spoke, with its virtual machine."""

    name: str
    network: int
    """Number of its virtual network: the hub is 0."""
    subnet: IPv4Network
    routes: tuple[UserRoute, ...]
    gateway_routes: bool
    address: IPv4Address
    """Its machine's."""

    @property
    def gateway(self) -> IPv4Interface:
        """The fabric's address in the subnet."""
        return IPv4Interface(f"{self.subnet[1]}/{self.subnet.prefixlen}")


@dataclass(frozen=True)
class FirewallMachine:
    """A firewall: what user-defined routes lead to."""

    number: int
    element: str
    address: IPv4Address
    network: int
    stateful: bool

    @property
    def name(self) -> str:
        """Name of its machine, and of the fabric's interface to it."""
        return f"firewall{self.number}"

    @property
    def router(self) -> IPv4Address:
        """The fabric's end of its link."""
        return IPv4Address(f"100.70.{self.number}.1")


@dataclass(frozen=True)
class Blueprint:
    """Everything about one lab that is decided before anything is built."""

    settings: Settings
    site: Site
    plan: Plan
    edges: tuple[MicrosoftEdge, ...]
    tiers: tuple[Tier, ...]
    firewalls: tuple[FirewallMachine, ...]
    spaces: tuple[tuple[IPv4Network, ...], ...]
    """The prefixes of each virtual network, the hub's first."""
    hosts: dict[IPv4Network, IPv4Address]
    """An address on-premises for each prefix that has flows, in none of the more specific ones."""
    bfd: bool = True
    """Whether Microsoft's edges speak BFD; an old peering does not until it is reset [TIME-07]."""

    @property
    def public_ip(self) -> IPv4Address:
        """The appliance's public address."""
        return self.site.public_ip or FOUND_BY_NAME

    @property
    def gateways(self) -> list[IPv4Address]:
        """The public address of each instance of the VPN gateway, whether the appliance has a tunnel to it or not."""
        return self.plan.facts.gateway.public_ips

    @property
    def static(self) -> bool:
        """Whether the site has static routes instead of BGP."""
        return self.site.bgp is None


def blueprint(settings: Settings, key: str, bfd: bool = True) -> Blueprint:
    """The lab of these settings. Raises LabError for what the lab does not stand in for."""
    site = _supported(settings)
    wiring = Wiring(
        lan=Lan(address=LAN_EDGE, next_hop=LAN_HOST),
        links={
            circuit.name: _links(position)
            for position, (_, circuit) in enumerate(connected_circuits(settings))
            if circuit.private_peering is None
        },
    )
    subnet = settings.network.gateway_subnet
    gateway = GatewayFacts(
        public_ips=[IPv4Address("192.0.2.4"), IPv4Address("192.0.2.5")],
        bgp_peer_addresses=[subnet[4], subnet[5]],
        asn=settings.vpn.gateway.asn,
    )
    plan = make_plan(settings, site.name, Facts(gateway, key, wiring))
    circuits = {circuit.name: circuit for _, circuit in connected_circuits(settings)}
    edges = tuple(
        MicrosoftEdge(
            circuit=link.circuit,
            which=link.which,
            place=circuits[link.circuit].peering_location,
            address=IPv4Interface(f"{link.peer_address}/{link.address.network.prefixlen}"),
            edge_address=link.address.ip,
            edge_asn=link.local_asn,
            edge_interface=link.interface,
            routing_weight=circuits[link.circuit].routing_weight,
            number=number,
        )
        for number, link in enumerate(plan.links)
    )
    spaces = (settings.network.address_space, *(spoke.address_space for spoke in settings.network.spokes))
    firewalls = tuple(_firewalls(settings, spaces))
    return Blueprint(
        settings=settings,
        site=site,
        plan=plan,
        edges=edges,
        tiers=tuple(_tiers(settings, [firewall.address for firewall in firewalls])),
        firewalls=firewalls,
        spaces=tuple(map(tuple, spaces)),
        hosts=_hosts(settings, plan),
        bfd=bfd,
    )


def _tiers(settings: Settings, taken: list[IPv4Address]) -> Iterator[Tier]:
    for tier in network(settings).tiers:
        free = (address for address in tier.subnet.hosts() if address not in taken)
        address = next(islice(free, FIRST_MACHINE, None))
        yield Tier(tier.name, tier.network, tier.subnet, tier.routes, tier.gateway_routes, address)


def _firewalls(settings: Settings, spaces: Sequence[Sequence[IPv4Network]]) -> Iterator[FirewallMachine]:
    for number, firewall in enumerate(network(settings).firewalls):
        where = next((n for n, space in enumerate(spaces) if any(firewall.address in prefix for prefix in space)), None)
        if where is not None:
            yield FirewallMachine(number, f"firewall:{firewall.name}", firewall.address, where, firewall.stateful)


def _hosts(settings: Settings, plan: Plan) -> dict[IPv4Network, IPv4Address]:
    prefixes = sorted({flow.prefix for flow in flows(settings)}, key=lambda prefix: -prefix.prefixlen)
    chosen: dict[IPv4Network, IPv4Address] = {}
    for prefix in prefixes:
        inner = [other for other in prefixes if other != prefix and other.subnet_of(prefix)]
        free = (address for address in prefix.hosts() if address != plan.bgp_address)
        found = next((a for n, a in enumerate(free) if n >= 9 and not any(a in other for other in inner)), None)
        if found is None:
            raise LabError(f"{prefix}: the lab finds no address in it for a host")
        chosen[prefix] = found
    return dict(sorted(chosen.items()))


def _links(position: int) -> CircuitWiring:
    """A layer 3 provider's peering; in the lab its edge and Microsoft's are one router."""

    def link(offset: int) -> LinkWiring:
        first = PROVIDER_RANGE[8 * position + offset]
        return LinkWiring(address=IPv4Interface(f"{first + 1}/30"), peer_address=first + 2, peer_asn=MICROSOFT_ASN)

    return CircuitWiring(primary=link(0), secondary=link(4))


def _supported(settings: Settings) -> Site:
    refused = []
    if len(settings.vpn.sites) != 1:
        refused.append(f"vpn.sites: the lab has one appliance, the settings {len(settings.vpn.sites)} sites")
    if not settings.vpn.gateway.known:
        refused.append(
            "vpn.gateway.existing: only Azure knows how many instances it has, and the lab stands in for active-active "
            "gateways only; try it with a sku in its place"
        )
    elif not settings.vpn.gateway.active_active:
        refused.append("vpn.gateway.activeActive: the lab stands in for active-active gateways only")
    refused += _routes_refused(settings)
    spokes = [prefix for spoke in settings.network.spokes for prefix in spoke.address_space]
    taken = [*settings.network.address_space, *spokes, *settings.on_premises.prefixes, *settings.express_route_prefixes]
    refused += [f"{prefix} overlaps {OWN_RANGE}, the lab's own links" for prefix in taken if prefix.overlaps(OWN_RANGE)]
    if refused:
        raise LabError("; ".join(refused))
    return settings.vpn.sites[0]


def _routes_refused(settings: Settings) -> Iterator[str]:
    tables = [("network.gatewaySubnetRoutes", settings.network.gateway_subnet_routes)]
    tables += [(f"{tier.path}.routes", tier.routes) for tier in network(settings).tiers]
    subnets = [tier.subnet for tier in network(settings).tiers]
    for path, table in tables:
        for index, route in enumerate(table):
            for subnet in subnets:
                if route.prefix != subnet and route.prefix.subnet_of(subnet):
                    yield f"{path}[{index}]: the lab has one machine in {subnet}, and no route for {route.prefix} alone"
    if len(network(settings).firewalls) > MOST_FIREWALLS:
        yield f"network.firewalls: the lab tells {MOST_FIREWALLS} firewalls apart, and there are more"
    for index, spoke in enumerate(settings.network.spokes):
        if not spoke.forwarded_traffic and network(settings).firewalls:
            yield f"network.spokes[{index}].forwardedTraffic: the lab's peerings let in what a firewall forwards"
