"""The network as its routers see it: what is advertised where, made from the settings.

Only what decides about routes is here; what can fail is in `topology.proof.elements`. The virtual networks are
numbered: 0 is the hub, 1 and up are the spokes. Tiers, sites, circuits and firewalls have the numbers of their places.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

from components.rules.bgp import MICROSOFT_ASN
from components.rules.gateways import instances
from components.rules.routes import of_the_gateways

from ..settings.model import Settings
from ..settings.model_network import Tier, UserRoute
from .elements import UNKNOWN_ZONE, Harm, harms
from .parts import DEFAULT_EDGE, HUB, UNKNOWN_ASN
from .parts import Circuit as Circuit
from .parts import Device as Device
from .parts import Edge as Edge
from .parts import Firewall as Firewall
from .parts import Link as Link
from .parts import Site as Site
from .parts import TierNetwork as TierNetwork

RESERVED_FIRST, RESERVED_LAST = 4, 1
"""Addresses at the start and the end of each subnet that Azure keeps, so that no machine has them [NSG-02]."""


@dataclass(frozen=True)
class Network:
    """Everything that decides about routes between the tiers and on-premises."""

    address_space: tuple[IPv4Network, ...]
    on_premises: tuple[IPv4Network, ...]
    """The prefixes that must stay reachable, besides those that ExpressRoute carries."""
    express_route_prefixes: tuple[IPv4Network, ...]
    circuits: tuple[Circuit, ...]
    sites: tuple[Site, ...]
    tiers: tuple[TierNetwork, ...]
    gateway_subnet_routes: tuple[UserRoute, ...] = ()
    gateway_subnet: IPv4Network | None = None
    edge: Edge = DEFAULT_EDGE
    express_route_gateway_address: str = "gateway:expressRoute"
    vpn_gateway_addresses: tuple[str, str] = ("gateway:vpn/0", "gateway:vpn/1")
    devices: tuple[Device, ...] = ()
    claimed: tuple[Firewall, ...] = ()
    """The settings' firewalls."""
    spokes: tuple[tuple[IPv4Network, ...], ...] = ()
    """The prefixes of each peered network that uses the gateways."""
    forwarded: tuple[bool, ...] = ()
    """For each spoke whether its peering lets in what a firewall on the other side forwards [SPOKE-01]."""
    vpn_zone: str | None = None
    """The zone that all addresses of the VPN gateway are in; None where they are in several, or there are none. Of a
    gateway that is there already nobody asks Azure: where the settings do not say it, it is `unknown`, and one."""
    express_route_zones_known: bool = True
    """Whether the ExpressRoute gateway is known to be in all zones, as one is that is made [PIP-09]."""
    no_machines: tuple[IPv4Network, ...] = ()
    """Subnets in which nothing forwards: those of the gateways and of Bastion."""

    @cached_property
    def harms(self) -> dict[str, Harm]:
        """Every element that can fail, in a stable order, with what its failure takes away."""
        return harms(self.circuits, self.sites, self.devices, self.firewalls, self.vpn_zone)

    @property
    def elements(self) -> tuple[str, ...]:
        """Every element that can fail, in a stable order."""
        return tuple(self.harms)

    def harm(self, element: str) -> Harm:
        """What the failure of an element takes away. Raises ValueError for a name that is none of the network's."""
        try:
            return self.harms[element]
        except KeyError:
            known = ", ".join(self.harms)
            raise ValueError(f"no element {element!r}; this network has {known}") from None

    @cached_property
    def spaces(self) -> tuple[tuple[IPv4Network, ...], ...]:
        """The prefixes of each virtual network, the hub's first."""
        return (self.address_space, *self.spokes)

    @cached_property
    def tables(self) -> dict[tuple[UserRoute, ...], int]:
        """The distinct route tables of tiers, numbered; tiers with equal routes share one."""
        return {routes: number for number, routes in enumerate(dict.fromkeys(tier.routes for tier in self.tiers))}

    @cached_property
    def firewalls(self) -> tuple[Firewall, ...]:
        """The settings' firewalls, and the next hops that none of them claims, each in the virtual networks."""
        known = {firewall.address for firewall in self.claimed}
        routes = (*self.gateway_subnet_routes, *(route for table in self.tables for route in table))
        others = dict.fromkeys(route.next_hop_address for route in routes if route.next_hop_address is not None)
        return (
            *self.claimed,
            *(
                Firewall(str(address), address, claimed=False)
                for address in others
                if address not in known and self.can_have_machine(address)
            ),
        )

    @cached_property
    def firewall_at(self) -> dict[IPv4Address, int]:
        """The number of the firewall with an address."""
        return {firewall.address: number for number, firewall in enumerate(self.firewalls)}

    @cached_property
    def between_gateways(self) -> int:
        """The firewall that a route of the GatewaySubnet puts between the two gateways, as a mask: when it fails, what
        the VPN gateway has learned is withdrawn, since the ExpressRoute gateway programs it [ROUTE-05, FAIL-14]."""
        if self.gateway_subnet is None:
            return 0
        prefixes = [route.prefix for route in self.gateway_subnet_routes]
        found = of_the_gateways(prefixes, self.gateway_subnet, self.address_space)
        address = None if found is None else self.gateway_subnet_routes[found].next_hop_address
        number = None if address is None else self.firewall_at.get(address)
        return 0 if number is None else 1 << number

    @cached_property
    def branches(self) -> int:
        """The sites whose devices are said to have no link, as a mask: they answer through their tunnels."""
        held = {name for device in self.devices if not device.links for name in device.sites}
        return sum(1 << index for index, site in enumerate(self.sites) if site.name in held)

    @cached_property
    def edge_sites(self) -> int:
        """The sites that are on one LAN with all links, as a mask: all that are no branch's."""
        return (1 << len(self.sites)) - 1 & ~self.branches

    @cached_property
    def neighbours(self) -> tuple[int, ...]:
        """For each site those on its LAN, as a mask: a branch's are those of its device."""
        masks = [self.edge_sites] * len(self.sites)
        number = {site.name: index for index, site in enumerate(self.sites)}
        for device in self.devices:
            own = [number[name] for name in device.sites if name in number] if not device.links else []
            for index in own:
                masks[index] = sum(1 << one for one in own)
        return tuple(masks)

    @cached_property
    def bgp_sites(self) -> int:
        """The sites with BGP, as a mask."""
        return sum(1 << index for index, site in enumerate(self.sites) if site.bgp)

    def circuit_prefixes(self, circuit: Circuit) -> tuple[IPv4Network, ...]:
        """What on-premises announces over a circuit."""
        return self.express_route_prefixes if circuit.prefixes is None else circuit.prefixes

    def network_of(self, address: IPv4Address | IPv4Network) -> int | None:
        """The number of the virtual network that an address or a subnet is in."""
        subnet = IPv4Network(address) if isinstance(address, IPv4Address) else address
        return next((n for n, space in enumerate(self.spaces) if any(subnet.subnet_of(p) for p in space)), None)

    def peered(self, one: int, other: int) -> bool:
        """Whether two virtual networks reach each other directly; two spokes do not [SPOKE-09]."""
        return one == other or HUB in (one, other)

    def forwards(self, one: int, other: int) -> bool:
        """Whether what a firewall forwards crosses from one virtual network into another."""
        if one == other:
            return True
        return self.peered(one, other) and all(
            self.forwarded[spoke - 1] for spoke in (one, other) if HUB < spoke <= len(self.forwarded)
        )

    def can_have_machine(self, address: IPv4Address) -> bool:
        """Whether a machine in the virtual networks can have this address."""
        if self.network_of(address) is None or any(address in subnet for subnet in self.no_machines):
            return False
        subnet = next((tier.subnet for tier in self.tiers if address in tier.subnet), None)
        if subnet is None:
            return True
        place = int(address) - int(subnet.network_address)
        return RESERVED_FIRST <= place < subnet.num_addresses - RESERVED_LAST


def network(settings: Settings, connected: Collection[str] | None = None, edge: Edge | None = None) -> Network:
    """The network of these settings.

    connected: names of the circuits that carry traffic; by default the finished topology, which has every circuit
    but those with `connect: never`. edge: how on-premises prefers, by default as the appliance's files do.
    """
    tiers = tuple(_tiers(settings))
    gateway = settings.vpn.gateway
    known = gateway.existing is None or gateway.zones is not None
    zones = [*(gateway.zones or ())] if gateway.existing else [*(gateway.zones or settings.zones_of_new or ())]
    bastion = settings.network.management
    return Network(
        address_space=tuple(settings.network.address_space),
        on_premises=tuple(settings.on_premises.prefixes),
        express_route_prefixes=tuple(settings.express_route_prefixes),
        circuits=tuple(_circuits(settings, connected)),
        sites=tuple(_sites(settings)),
        tiers=tiers or tuple(_plain("any subnet", settings.network.address_space, HUB)),
        gateway_subnet_routes=tuple(settings.network.gateway_subnet_routes),
        gateway_subnet=settings.network.gateway_subnet,
        edge=edge or DEFAULT_EDGE,
        devices=tuple(
            Device(device.name, tuple(device.links), tuple(device.sites)) for device in settings.on_premises.devices
        ),
        claimed=tuple(
            Firewall(firewall.name, firewall.address, firewall.redundant, firewall.stateful)
            for firewall in settings.network.firewalls
        ),
        spokes=tuple(tuple(spoke.address_space) for spoke in settings.network.spokes),
        forwarded=tuple(spoke.forwarded_traffic for spoke in settings.network.spokes),
        vpn_zone=zones[0] if len({*zones}) == 1 else None if known else UNKNOWN_ZONE,
        express_route_zones_known=settings.express_route.gateway.existing is None,
        no_machines=tuple(
            subnet for subnet in (settings.network.gateway_subnet, bastion and bastion.bastion_subnet) if subnet
        ),
    )


def _tiers(settings: Settings) -> Iterator[TierNetwork]:
    for index, tier in enumerate(settings.network.tiers):
        yield _tier(tier, tier.name, HUB, f"network.tiers[{index}]")
    for number, spoke in enumerate(settings.network.spokes):
        for index, tier in enumerate(spoke.tiers):
            yield _tier(tier, f"{spoke.name}/{tier.name}", 1 + number, f"network.spokes[{number}].tiers[{index}]")
        if not spoke.tiers:
            yield from _plain(spoke.name, spoke.address_space, 1 + number)


def _plain(name: str, space: Sequence[IPv4Network], network: int) -> Iterator[TierNetwork]:
    """What stands for the subnets of a network that are others': a plain one for each of its prefixes."""
    for prefix in space:
        yield TierNetwork(name if len(space) == 1 else f"{name}/{prefix}", prefix, network=network)


def _tier(tier: Tier, name: str, network: int, path: str) -> TierNetwork:
    routes = tuple(tier.routes)
    return TierNetwork(name, tier.subnet, tier.gateway_routes, tier.internet_outbound, routes, network, path)


def _circuits(settings: Settings, connected: Collection[str] | None) -> Iterator[Circuit]:
    for circuit in settings.express_route.circuits:
        if circuit.connects if connected is None else circuit.name in connected:
            asn = circuit.private_peering.peer_asn if circuit.private_peering else UNKNOWN_ASN
            yield Circuit(
                circuit.name,
                tuple(Link(f"link:{circuit.name}/{which}") for which in ("primary", "secondary")),
                circuit.peering_location,
                circuit.routing_weight,
                (MICROSOFT_ASN, *(asn,) * (1 + circuit.prepend)),
                None if circuit.prefixes is None else tuple(circuit.prefixes),
                circuit.local_preference,
                circuit.port.id.lower().rstrip("/") if circuit.port else None,
                None if circuit.fast_path and circuit.existing else circuit.fast_path and circuit.port is None,
            )


def _sites(settings: Settings) -> Iterator[Site]:
    tunnels = instances(settings.vpn.gateway.active_active)
    for site in settings.vpn.sites:
        # An instance that the gateway has not got is an error of the settings, and no reason to prove anything else.
        pinned = site.instance if tunnels > 1 and site.instance in range(tunnels) else None
        yield Site(
            site.name,
            tuple(settings.site_prefixes(site)),
            site.bgp.asn if site.bgp else None,
            str(site.bgp.peer_address) if site.bgp else "",
            tunnels if pinned is None else 1,
            site.dpd_timeout_seconds,
            site.prepend,
            site.local_preference,
            pinned,
            site.public_ip is None,
        )
