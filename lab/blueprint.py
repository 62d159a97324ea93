"""What the lab builds for a network: addresses of everything that Azure, the provider and the Internet would choose."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import islice

from appliance.errors import ApplianceError
from appliance.facts import PLACEHOLDER_ASN, Facts, GatewayFacts
from appliance.holding import WHICH, connected_circuits, of_device, of_site
from appliance.plan import Plan, plan_of
from appliance.wiring import CircuitWiring, Lan, LinkWiring, Wiring
from components.rules.bgp import MICROSOFT_ASN
from topology.proof.failover import flows
from topology.proof.network import network
from topology.settings.model import LanCore, Settings

from .machine import LabError
from .parts import Device, FirewallMachine, MicrosoftEdge, Tier, Tunnel

OWN_RANGE = IPv4Network("100.64.0.0/10")
"""The lab's inner links; no address of the settings may be in it."""
LAN = IPv4Network("100.65.0.0/24")
"""The on-premises LAN, where the settings do not say it: the inner router has the last address."""
CORE_ASN = 64999
"""AS number of the inner router, where the settings do not say it; private use."""
FOUND_BY_NAME = IPv4Address("203.0.113.10")
"""The public address of an appliance that has a name in the settings: what the Internet's DNS would answer."""
FIRST_MACHINE = 3
"""Addresses of a subnet that no machine has: those that Azure keeps."""
MOST_FIREWALLS = 3
"""As many as two bits of a probe tell apart from none."""
PROVIDER_RANGE = IPv4Network("198.51.100.0/24")
"""Links of a circuit whose provider makes the peering."""


@dataclass(frozen=True)
class Blueprint:
    """Everything about one lab that is decided before anything is built."""

    settings: Settings
    devices: tuple[Device, ...]
    edges: tuple[MicrosoftEdge, ...]
    tunnels: tuple[Tunnel, ...]
    gateways: tuple[IPv4Address, ...]
    """The public address of each instance of the VPN gateway, whether it has a tunnel or not."""
    tiers: tuple[Tier, ...]
    firewalls: tuple[FirewallMachine, ...]
    spaces: tuple[tuple[IPv4Network, ...], ...]
    """The prefixes of each virtual network, the hub's first."""
    core: IPv4Interface
    """The inner router's address on the LAN."""
    hosts: dict[IPv4Network, IPv4Address]
    """An address on-premises for each prefix that has flows, in none of the more specific ones."""
    bfd: bool = True
    """Whether Microsoft's edges speak BFD; an old peering does not until it is reset [TIME-07]."""
    bird: bool = False
    """Whether Microsoft's edges and the ExpressRoute gateway run BIRD instead of FRR."""

    @property
    def plan(self) -> Plan:
        """The first device's."""
        return self.devices[0].plan

    @property
    def azure_prefixes(self) -> tuple[IPv4Network, ...]:
        """Of all virtual networks."""
        return tuple(prefix for space in self.spaces for prefix in space)

    @property
    def has_core(self) -> bool:
        """Whether the inner router speaks BGP with the devices; one alone has static routes."""
        return self.plan.lan.core is not None

    def device(self, name: str) -> Device:
        """The device with this machine."""
        return next(device for device in self.devices if device.name == name)


def blueprint(settings: Settings, key: str, bfd: bool = True, bird: bool = False) -> Blueprint:
    """The lab of these settings. Raises LabError for what the lab does not stand in for."""
    _supported(settings)
    try:
        return _blueprint(settings, key, bfd, bird)
    except ApplianceError as error:
        raise LabError(f"no device's files can be made: {error}") from None


def _blueprint(settings: Settings, key: str, bfd: bool, bird: bool) -> Blueprint:
    devices, core = _devices(settings, key)
    circuits = {circuit.name: circuit for _, circuit in connected_circuits(settings)}
    ends = sorted(
        ((link.circuit, link.which, device, link) for device in devices for link in device.plan.links),
        key=lambda end: (list(circuits).index(end[0]), end[1]),
    )
    edges = tuple(
        MicrosoftEdge(
            circuit=circuit,
            which=which,
            place=circuits[circuit].peering_location,
            port=port.id if (port := circuits[circuit].port) else None,
            device=device.name,
            address=IPv4Interface(f"{link.peer_address}/{link.address.network.prefixlen}"),
            edge_address=link.address.ip,
            edge_asn=link.local_asn,
            edge_interface=link.interface,
            routing_weight=circuits[circuit].routing_weight,
            peering_key=device.plan.facts.peering_keys.get(circuit),
            number=number,
        )
        for number, (circuit, which, device, link) in enumerate(ends)
    )
    spaces = (settings.network.address_space, *(spoke.address_space for spoke in settings.network.spokes))
    firewalls = tuple(_firewalls(settings, spaces))
    speakers = [site.bgp.peer_address for site in settings.vpn.sites if site.bgp]
    return Blueprint(
        settings=settings,
        devices=devices,
        edges=edges,
        tunnels=tuple(_tunnels(devices)),
        gateways=tuple(devices[0].plan.facts.gateway.public_ips),
        tiers=tuple(_tiers(settings, [firewall.address for firewall in firewalls])),
        firewalls=firewalls,
        spaces=tuple(map(tuple, spaces)),
        core=core,
        hosts=_hosts(settings, speakers),
        bfd=bfd,
        bird=bird,
    )


def _devices(settings: Settings, key: str) -> tuple[tuple[Device, ...], IPv4Interface]:
    """The machines at the edge and their files, and the inner router's address."""
    subnet = settings.network.gateway_subnet
    gateway = GatewayFacts(
        public_ips=[IPv4Address("192.0.2.4"), IPv4Address("192.0.2.5")],
        bgp_peer_addresses=[subnet[4], subnet[5]],
        asn=settings.vpn.gateway.asn,
    )
    connected = connected_circuits(settings)
    links = {
        circuit.name: _links(position)
        for position, (_, circuit) in enumerate(connected)
        if circuit.private_peering is None
    }
    peering_keys = {circuit.name: secrets.token_hex(12) for _, circuit in connected if circuit.private_peering}
    said = settings.on_premises.devices
    held = {name for device in said for name in device.sites}
    holdings = [of_device(settings, device.name) for device in said]
    holdings += [of_site(settings, site.name) for site in settings.vpn.sites if site.name not in held]
    lans = [holding.device.lan for holding in holdings if holding.device and holding.device.lan]
    told = next((lan.core for lan in lans if lan.core), None)
    core = LanCore(asn=CORE_ASN, peer_address=LAN[-2]) if told is None else told
    network_of = lans[0].address.network if lans else LAN
    addresses = {one.name: LAN[1 + number] for number, one in enumerate(said) if one.lan is None}
    devices: list[Device] = []
    for number, holding in enumerate(holdings):
        lan = Lan()
        if holding.device is None or holding.device.lan is None:
            address = IPv4Interface(f"{LAN[1 + number]}/{LAN.prefixlen}")
            alone = len(holdings) == 1
            lan = Lan(address=address, next_hop=LAN[-2]) if alone else Lan(address=address, core=core)
        facts = Facts(
            gateway,
            key,
            Wiring(lan=lan, links=links, asn=PLACEHOLDER_ASN),
            peering_keys=peering_keys,
            peer_addresses=addresses,
            asn_made_up=True,
        )
        element = f"device:{holding.name}" if holding.device else None
        devices.append(Device(number, plan_of(settings, holding, facts), element))
    return tuple(devices), IPv4Interface(f"{core.peer_address}/{network_of.prefixlen}")


def _tunnels(devices: Sequence[Device]) -> Iterator[Tunnel]:
    ends = ((device, site, tunnel) for device in devices for site in device.plan.sites for tunnel in site.tunnels)
    for index, (device, site, tunnel) in enumerate(ends):
        public = site.public_ip or FOUND_BY_NAME
        yield Tunnel(index, tunnel.number, device.name, tunnel.name, public, tunnel.gateway_bgp_address, site)


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


def _hosts(settings: Settings, speakers: Sequence[IPv4Address]) -> dict[IPv4Network, IPv4Address]:
    prefixes = sorted({flow.prefix for flow in flows(settings)}, key=lambda prefix: -prefix.prefixlen)
    chosen: dict[IPv4Network, IPv4Address] = {}
    for prefix in prefixes:
        inner = [other for other in prefixes if other != prefix and other.subnet_of(prefix)]
        free = (address for address in prefix.hosts() if address not in speakers)
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


def _supported(settings: Settings) -> None:
    refused = []
    if not settings.vpn.gateway.known:
        refused.append(
            "vpn.gateway.existing: only Azure knows how many instances it has, and the lab stands in for active-active "
            "gateways only; try it with a sku in its place"
        )
    elif not settings.vpn.gateway.active_active:
        refused.append("vpn.gateway.activeActive: the lab stands in for active-active gateways only")
    for index, device in enumerate(settings.on_premises.devices):
        if not device.links:
            refused.append(f"onPremises.devices[{index}]: the lab has one LAN, and a device without a link is a branch")
    held = {link for device in settings.on_premises.devices for link in device.links}
    for index, circuit in connected_circuits(settings) if held else ():
        for which in WHICH:
            if f"{circuit.name}/{which}" not in held:
                refused.append(
                    f"expressRoute.circuits[{index}]: its {which} link is on no device of onPremises.devices, and the "
                    "lab makes no other"
                )
    lans = {device.lan.address.network for device in settings.on_premises.devices if device.lan}
    if len(lans) > 1:
        refused.append(f"onPremises.devices: the lab has one LAN, and their addresses are in {len(lans)}")
    refused += _routes_refused(settings)
    spokes = [prefix for spoke in settings.network.spokes for prefix in spoke.address_space]
    taken = [*settings.network.address_space, *spokes, *settings.on_premises.prefixes, *settings.express_route_prefixes]
    refused += [f"{prefix} overlaps {OWN_RANGE}, the lab's own links" for prefix in taken if prefix.overlaps(OWN_RANGE)]
    if refused:
        raise LabError("; ".join(refused))


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
