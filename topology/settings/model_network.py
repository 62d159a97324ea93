"""The settings of the hub and of its spokes: address spaces, tiers with what they let in, Bastion, firewalls."""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import BeforeValidator

from components.rules import bastion, security

from . import values
from .model_base import NOT_EMPTY, Address, Model, Port, PortRange, Prefix, ResourceId, ShortName, Zones, like

SOURCE_WORDS = ("virtualNetwork", "onPremises", "management")
"""Words for sources of allowed traffic; anything else is a tier's name, a prefix, a service tag or a group's id."""


class ResourceGroup(Model):
    """The resource group of everything this stack makes."""

    name: str | None = None
    """Physical name; `rg-NAME` by default, of a spoke in another subscription `rg-NAME-SPOKE`."""
    existing: bool = False
    """Use a resource group that is there already; it is neither changed nor destroyed."""


class LoadBalancer(Model):
    """A tier's internal Standard load balancer."""

    frontend_address: Address
    """Static address in the tier's subnet."""
    port: Port
    """TCP port of the frontend."""
    backend_port: Port | None = None
    """Port of the machines; `port` by default."""
    probe_path: Annotated[str, like("a path such as /health")] | None = None
    """An HTTP probe asks for this path; without it a TCP connection is the probe."""
    zones: Zones | None = None
    """Zones of the frontend, all or one [LB-04]. By default those of the setting `zones`, and a load balancer that is
    there keeps what it has: only what is said here changes it, which replaces it [LB-01]."""


class AllowedTraffic(Model):
    """Inbound traffic that a tier accepts; what no item allows is denied."""

    sources: Annotated[list[Annotated[str, like("a prefix, a tier or a word such as onPremises")]], NOT_EMPTY]
    """Each `virtualNetwork` (the network's own prefixes), `onPremises`, `management` (Bastion), a tier of the same
    network, or a prefix; overlaps are collapsed [NSG-14]. Or alone a service tag (`Storage.WestUS`; `tag:NAME` where
    this version does not know it), or ids of application security groups [NSG-16]."""
    ports: Annotated[list[PortRange], NOT_EMPTY]
    """Ports and ranges of ports, or `*` alone [NSG-15]; Icmp, Esp and Ah have none, and `*` is taken."""
    protocol: Literal["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"] = security.DEFAULT_PROTOCOL
    """`*` is all of them."""


class UserRoute(Model):
    """A user-defined route."""

    name: ShortName
    """Name in its route table."""
    prefix: Prefix
    """Where it leads to."""
    next_hop_type: Literal["VirtualAppliance", "VirtualNetworkGateway", "VnetLocal", "Internet", "None"]
    """Through what; `None` drops."""
    next_hop_address: Address | None = None
    """Only and always with VirtualAppliance."""


class ExistingSubnet(Model):
    """A subnet that is there already, with its security group and its route table."""

    id: ResourceId
    """In the virtual network that its tier is a part of."""


class Tier(Model):
    """One application tier: a subnet with its network security group and, if asked, a load balancer."""

    name: ShortName
    """Names its resources in the stack."""
    subnet: Prefix
    """In the network's address space."""
    load_balancer: LoadBalancer | None = None
    """An internal Standard load balancer."""
    allow: list[AllowedTraffic] = []
    """Inbound traffic that the tier accepts; what no item allows is denied."""
    internet_outbound: bool = False
    """Let machines reach the Internet by Azure's default outbound access. Denied by default."""
    routes: list[UserRoute] = []
    """User-defined routes."""
    gateway_routes: bool = True
    """Learn the gateways' routes. Without them neither ExpressRoute nor the VPN reaches the tier."""
    existing: ExistingSubnet | None = None
    """A subnet that is there already: it is neither changed nor destroyed, and what is said of it, its routes too, is
    for the proof. It takes no `allow` and no `loadBalancer` [EXIST-11]."""


class Management(Model):
    """How administrators reach the machines: Azure Bastion."""

    bastion_subnet: Prefix | None = None
    """Prefix of AzureBastionSubnet, /26 or larger. Required, but with SKU Developer, which has none [BAS-05]."""
    bastion_sku: Literal["Developer", "Basic", "Standard", "Premium"] = bastion.DEFAULT_SKU
    """It goes up in place and never down [BAS-06]."""
    scale_units: int | None = None
    """Instances, 2 to 50, with Standard and Premium; 2 by default."""
    tunneling: bool = False
    """Native clients, with Standard and Premium."""
    session_recording: bool = False
    """With Premium."""
    security_group: bool = False
    """A network security group of AzureBastionSubnet's own, with exactly Microsoft's rules. Say true in new stacks
    [BAS-11]."""
    allowed_sources: list[Prefix] | None = None
    """With `securityGroup`: public prefixes of administrators, the only ones that reach Bastion; the Internet by
    default."""

    @property
    def sources(self) -> list[IPv4Network]:
        """Where the machines see Bastion come from; nowhere, where its subnet is missing."""
        if self.bastion_sku == bastion.SHARED_SKU:
            return [bastion.SHARED_SOURCE]
        return [self.bastion_subnet] if self.bastion_subnet else []


class ExistingNetwork(Model):
    """A virtual network that is there already."""

    id: ResourceId
    """In the subscription and the region of this stack."""
    gateway_subnet: Literal["create", "adopt"] = "create"
    """`adopt` uses a GatewaySubnet that is there already, without owning it."""


class Firewall(Model):
    """A network virtual appliance or Azure Firewall, by the address that user-defined routes lead to."""

    name: ShortName
    """Names it in the proof."""
    address: Address
    """In the virtual network or one peered with it [NVA-05]: of its interface, or of the load balancer before it."""
    redundant: bool = False
    """It survives the loss of a machine: Azure Firewall, or several machines behind a load balancer with HA ports."""
    stateful: bool = True
    """It drops the traffic of connections of which it sees one direction only [NVA-01]."""


class ExistingSpoke(Model):
    """A spoke's network that is there already, in this or another subscription; it has no gateway [SPOKE-04]."""

    id: ResourceId
    """In any subscription of the same tenant [SPOKE-16]."""


class Spoke(Model):
    """A virtual network of its own, peered with the hub, whose gateways serve it [SPOKE-01]."""

    name: ShortName
    """Names its resources in the stack."""
    address_space: Annotated[list[Prefix], NOT_EMPTY]
    """All prefixes of its virtual network; of an existing one, as they are. When they change, both peerings learn it
    [SPOKE-12]."""
    existing: ExistingSpoke | None = None
    """A network that is there already."""
    subscription: Annotated[str, BeforeValidator(values.subscription)] | None = None
    """Subscription of a new one, where it is not the hub's; an existing one's id says it."""
    resource_group: ResourceGroup | None = None
    """Group of what is made in it. By default the hub's; in another subscription one of its own, `rg-NAME-SPOKE`; of an
    existing network its own."""
    location: Annotated[str, like("a region such as westeurope")] | None = None
    """Azure region; the hub's by default. An existing network's, where that is another [SPOKE-17]."""
    tiers: list[Tier] = []
    """Its tiers; in `sources`, `virtualNetwork` and a tier are the spoke's own."""
    dns_servers: list[Address] = []
    """Custom DNS servers of a new one; Azure's own by default."""
    forwarded_traffic: bool = True
    """Let in, on both sides, what an appliance on the other side forwards [SPOKE-01]."""


class Network(Model):
    """The hub virtual network."""

    address_space: Annotated[list[Prefix], NOT_EMPTY]
    """All prefixes of the virtual network; of an existing one, as they are."""
    gateway_subnet: Prefix
    """Prefix of GatewaySubnet, /27 or larger [GW-04]; a /26 leaves space for a migration [GW-09]. It cannot grow once
    a gateway is in it."""
    tiers: list[Tier] = []
    """The application's tiers, each with its subnet and network security group."""
    management: Management | None = None
    """Azure Bastion, the administrators' way in; none by default."""
    existing: ExistingNetwork | None = None
    """A virtual network to use; a new one is made by default."""
    dns_servers: list[Address] = []
    """Custom DNS servers; Azure's own by default. They must forward to 168.63.129.16."""
    gateway_subnet_routes: list[UserRoute] = []
    """User-defined routes of the GatewaySubnet; gateway route propagation stays on."""
    firewalls: list[Firewall] = []
    """What user-defined routes lead to. An address that is not here is taken for a stateful one without a double."""
    spokes: list[Spoke] = []
    """Virtual networks that use this one's gateways; at most 500 [SPOKE-15]."""
