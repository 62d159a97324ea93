"""The settings of one network, typed: what a stack's file says, in Python.

Names are camelCase in YAML and snake_case here. Every class is frozen. `topology.reading` reads value by value what
these fields say, with the functions of `topology.settings.values`; how the parts fit together is judged in
`topology.settings.judge`.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from components.rules import bastion, bgp, circuits, gateways, ipsec, regions, security, vpn
from components.rules.ipsec import STRONG_POLICY

from . import values

Prefix = Annotated[IPv4Network, BeforeValidator(values.prefix)]
Address = Annotated[IPv4Address, BeforeValidator(values.address)]
Interface = Annotated[IPv4Interface, BeforeValidator(values.interface)]
"""An address with the length of its network's prefix, such as 192.168.0.1/24."""
Port = Annotated[int, BeforeValidator(values.port)]
PortRange = Annotated[str, BeforeValidator(values.port_range)]
SOURCE_WORDS = ("virtualNetwork", "onPremises", "management")
"""Words for sources of allowed traffic; anything else is a tier's name, a prefix, a service tag or a group's id."""
NOT_EMPTY = "not empty"
"""Marks a list that needs an item; `topology.reading` checks it, so that one unreadable item is one problem."""
AUTO = "auto"
"""Marks a list in place of which this word may stand: then it is nothing, as if it were not said."""
Zones = list[Literal["1", "2", "3"]]
"""Availability zones; YAML's 1 is the zone "1", and [] is none."""
ShortName = Annotated[str, BeforeValidator(values.name)]
"""Part of physical names: lower-case letters, digits and hyphens, 1 to 24 characters, a letter first."""
ResourceId = str
"""An Azure resource id: /subscriptions/.../resourceGroups/.../providers/... [ID-01]"""
Asn = int
"""1 to 4294967295, with the exceptions that the rules BGP-03 to BGP-06 name."""


class Model(BaseModel):
    """Base of all settings: camelCase in YAML, frozen, unknown keys left to `topology.reading`.

    Pydantic builds its own validators when they are first used. A preview, which reads without them, never needs any.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore", defer_build=True
    )


class ResourceGroup(Model):
    """The resource group of everything this stack makes."""

    name: str | None = None
    """Physical name; `rg-NAME` by default."""
    existing: bool = False
    """Use a resource group that is there already; it is neither changed nor destroyed."""


class LoadBalancer(Model):
    """A tier's internal Standard load balancer."""

    frontend_address: Address
    """Static address in the tier's subnet."""
    port: Port
    backend_port: Port | None = None
    """Port of the machines; `port` by default."""
    probe_path: str | None = None
    """An HTTP probe asks for this path; without it a TCP connection is the probe."""
    zones: Zones | None = None
    """Zones of the frontend, all or one [LB-04]. By default those of the setting `zones`, and a load balancer that is
    there keeps what it has: only what is said here changes it, which replaces it [LB-01]."""


class AllowedTraffic(Model):
    """Inbound traffic that a tier accepts; what no item allows is denied."""

    sources: Annotated[list[str], NOT_EMPTY]
    """Each `virtualNetwork` (the VNet's own prefixes), `onPremises`, `management` (Bastion), a tier, or
    a prefix; overlaps are collapsed [NSG-14]. Or alone a service tag (`Storage.WestUS`; `tag:NAME` where this version
    does not know it), or ids of application security groups [NSG-16]."""
    ports: Annotated[list[PortRange], NOT_EMPTY]
    """Ports and ranges of ports, or `*` alone [NSG-15]; Icmp, Esp and Ah have none, and `*` is taken."""
    protocol: Literal["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"] = security.DEFAULT_PROTOCOL


class UserRoute(Model):
    """A user-defined route."""

    name: ShortName
    prefix: Prefix
    next_hop_type: Literal["VirtualAppliance", "VirtualNetworkGateway", "VnetLocal", "Internet", "None"]
    next_hop_address: Address | None = None
    """Only and always with VirtualAppliance."""


class Tier(Model):
    """One application tier: a subnet with its network security group and, if asked, a load balancer."""

    name: ShortName
    subnet: Prefix
    load_balancer: LoadBalancer | None = None
    allow: list[AllowedTraffic] = []
    internet_outbound: bool = False
    """Let machines reach the Internet by Azure's default outbound access. Denied by default."""
    routes: list[UserRoute] = []
    gateway_routes: bool = True
    """Learn the gateways' routes. Without them neither ExpressRoute nor the VPN reaches the tier."""


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
    """A network security group of AzureBastionSubnet's own, with exactly Microsoft's rules. For new stacks: true."""
    allowed_sources: list[Prefix] | None = None
    """Public prefixes from which administrators come; the Internet by default."""

    @property
    def sources(self) -> list[IPv4Network]:
        """Where the machines see Bastion come from; nowhere, where its subnet is missing."""
        if self.bastion_sku == bastion.SHARED_SKU:
            return [bastion.SHARED_SOURCE]
        return [self.bastion_subnet] if self.bastion_subnet else []


class ExistingNetwork(Model):
    """A virtual network that is there already."""

    id: ResourceId
    gateway_subnet: Literal["create", "adopt"] = "create"
    """`adopt` uses a GatewaySubnet that is there already, without owning it."""


class Firewall(Model):
    """A network virtual appliance or Azure Firewall, by the address that user-defined routes lead to."""

    name: ShortName
    address: Address
    """In the virtual network or one peered with it [NVA-05]: of its interface, or of the load balancer before it."""
    redundant: bool = False
    """It survives the loss of a machine: Azure Firewall, or several machines behind a load balancer with HA ports."""
    stateful: bool = True
    """It drops the traffic of connections of which it sees one direction only [NVA-01]."""


class ExistingSpoke(Model):
    """A spoke's network that is there already, in this or another subscription; it has no gateway [SPOKE-04]."""

    id: ResourceId


class Spoke(Model):
    """A virtual network of its own, peered with the hub, whose gateways serve it [SPOKE-01]."""

    name: ShortName
    address_space: Annotated[list[Prefix], NOT_EMPTY]
    """All prefixes of its virtual network; of an existing one, as they are. When they change, both peerings learn it
    [SPOKE-12]."""
    existing: ExistingSpoke | None = None
    subscription: Annotated[str, BeforeValidator(values.subscription)] | None = None
    """Subscription of a new one, where it is not the hub's; an existing one's id says it."""
    resource_group: ResourceGroup | None = None
    """Group of what is made in it. By default the hub's; in another subscription one of its own, `rg-NAME-SPOKE`; of an
    existing network its own."""
    location: str | None = None
    """Azure region; the hub's by default. An existing network's, where that is another [SPOKE-17]."""
    tiers: list[Tier] = []
    dns_servers: list[Address] = []
    """Custom DNS servers of a new one; Azure's own by default."""
    forwarded_traffic: bool = True
    """Let in, on both sides, what an appliance on the other side forwards [SPOKE-01]."""


class Network(Model):
    """The hub virtual network."""

    address_space: Annotated[list[Prefix], NOT_EMPTY]
    """All prefixes of the VNet; of an existing one, as they are."""
    gateway_subnet: Prefix
    tiers: list[Tier] = []
    management: Management | None = None
    existing: ExistingNetwork | None = None
    dns_servers: list[Address] = []
    """Custom DNS servers; Azure's own by default. They must forward to 168.63.129.16."""
    gateway_subnet_routes: list[UserRoute] = []
    """User-defined routes of the GatewaySubnet; gateway route propagation stays on."""
    firewalls: list[Firewall] = []
    """What user-defined routes lead to. An address that is not here is taken for a stateful one without a double."""
    spokes: list[Spoke] = []
    """Virtual networks that use this one's gateways; at most 500 [SPOKE-15]."""


class LanCore(Model):
    """A router inside that a device speaks BGP and BFD with, so that it sees a silent loss too."""

    asn: Asn
    """Its AS number; the device's own makes it iBGP."""
    peer_address: Address
    """In the subnet of the device's `lan.address`."""


class DeviceLan(Model):
    """The inner side of a device."""

    address: Interface
    """The device's own, with its prefix length. The devices of one network speak iBGP between these [DEV-06]."""
    next_hop: Address | None = None
    """The inner router that the on-premises prefixes lie behind; what is in the subnet itself needs none. With `core`
    any address outside the subnet that the core announces [DEV-05]; so the prefixes go when it is gone."""
    core: LanCore | None = None


class Device(Model):
    """A machine at the on-premises edge; it fails with all that it holds."""

    name: ShortName
    links: list[str] = []
    """Links of circuits that end on it, each `CIRCUIT/primary` or `CIRCUIT/secondary`. A device without any answers
    through its tunnels, all others over ExpressRoute."""
    sites: list[str] = []
    """VPN sites whose appliance it is."""
    asn: Asn | None = None
    """Its AS number; by default that of its peerings and sites."""
    lan: DeviceLan | None = None
    """Its inner side; needed for its files only (`python -m appliance --device`)."""


class OnPremises(Model):
    """The on-premises network."""

    prefixes: Annotated[list[Prefix], NOT_EMPTY]
    """The prefixes that must stay reachable when the circuit is lost."""
    devices: list[Device] = []
    """Which machine holds what. What no device holds is a machine of its own, for each link and each site."""


class ExistingGateway(Model):
    """A virtual network gateway that is there already; it is connected, and neither changed nor destroyed."""

    id: ResourceId


class ExpressRouteGateway(Model):
    """The ExpressRoute virtual network gateway: made, with its SKU, or existing."""

    sku: str | None = None
    """Required of one that is made; of an existing one what Azure says of it, None until it was asked."""
    min_scale_units: int | None = None
    max_scale_units: int | None = None
    existing: ExistingGateway | None = None


class PrivatePeering(Model):
    """Azure private peering of a circuit, when we configure it (layer 2 provider or ExpressRoute Direct)."""

    peer_asn: Asn
    vlan_id: int
    """1 to 4094, once on a port [CIRCUIT-11]."""
    primary_prefix: Prefix
    """/30; the first usable address is the on-premises edge's, the second Microsoft's."""
    secondary_prefix: Prefix


class ExistingCircuit(Model):
    """A circuit that is there already, in this or another subscription."""

    id: ResourceId


class DirectPort(Model):
    """An ExpressRoute Direct port pair that carries the circuit."""

    id: ResourceId
    bandwidth_in_gbps: Annotated[float, BeforeValidator(values.bandwidth)]


class Circuit(Model):
    """An ExpressRoute circuit: ordered from a provider, on a Direct port, or existing. Exactly one of the three."""

    name: ShortName
    provider: str | None = None
    peering_location: str | None = None
    bandwidth_in_mbps: int | None = None
    existing: ExistingCircuit | None = None
    port: DirectPort | None = None
    tier: str = circuits.DEFAULT_TIER
    """Local, Standard or Premium [CIRCUIT-01]."""
    family: str = circuits.DEFAULT_FAMILY
    """MeteredData or UnlimitedData; Local has only the second [CIRCUIT-01]."""
    private_peering: PrivatePeering | None = None
    """None where the provider makes the peering (layer 3)."""
    connect: Literal["auto", "always", "never"] = "auto"
    """`auto`: connect as soon as the provider has provisioned the circuit, and never disconnect by itself."""
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
    circuits: Annotated[list[Circuit], NOT_EMPTY]
    prefixes: list[Prefix] | None = None
    """What on-premises advertises over ExpressRoute, when that is not exactly `onPremises.prefixes`."""


class VpnGateway(Model):
    """The VPN virtual network gateway: made, with its SKU, or existing."""

    sku: str | None = None
    """Required of one that is made; of an existing one what Azure says of it, None until it was asked."""
    generation: str | None = None
    """Generation1 or Generation2; by default the newest that has the SKU. A change replaces the gateway."""
    active_active: bool = True
    zones: Zones | None = None
    """Zones of the public addresses; empty only in a region without zones. By default those of the setting `zones`, and
    addresses that are there keep what they have: only what is said here changes them, which replaces the gateway."""
    asn: Asn = bgp.AZURE_ASN
    existing: ExistingGateway | None = None

    @property
    def known(self) -> bool:
        """Whether what it is is known: an existing one before Azure was asked is only assumed to have one instance."""
        return self.existing is None or self.sku is not None


class IpsecPolicy(Model):
    """A custom IPsec/IKE policy; it names every algorithm [IPSEC-01]."""

    ike_encryption: str = STRONG_POLICY["ike_encryption"]
    """GCMAES256, GCMAES128, AES256, AES192, AES128 [IPSEC-02]."""
    ike_integrity: str = STRONG_POLICY["ike_integrity"]
    """SHA384, SHA256, SHA1, MD5 [IPSEC-03]."""
    dh_group: str = STRONG_POLICY["dh_group"]
    """DHGroup24, ECP384, ECP256, DHGroup14, DHGroup2048, DHGroup2, DHGroup1, None [IPSEC-04]."""
    ipsec_encryption: str = STRONG_POLICY["ipsec_encryption"]
    """GCMAES256, GCMAES192, GCMAES128, AES256, AES192, AES128, DES3, DES, None [IPSEC-05]."""
    ipsec_integrity: str = STRONG_POLICY["ipsec_integrity"]
    """GCMAES256, GCMAES192, GCMAES128, SHA256, SHA1, MD5; GCMAES like the encryption [IPSEC-06, IPSEC-08]."""
    pfs_group: str = STRONG_POLICY["pfs_group"]
    """PFS24, ECP384, ECP256, PFS2048, PFS2, PFS1, None [IPSEC-07]."""
    sa_life_time_seconds: int = STRONG_POLICY["sa_life_time_seconds"]
    """Seconds, 300 or more [IPSEC-09]."""
    sa_data_size_kilobytes: int = STRONG_POLICY["sa_data_size_kilobytes"]
    """Kilobytes, 1024 or more [IPSEC-09]."""


class BgpPeer(Model):
    """The appliance's BGP speaker, reached through the tunnel."""

    asn: Asn
    peer_address: Address
    gateway_addresses: list[Address] = []
    """APIPA addresses of the gateway's instances, one each, when `peerAddress` is an APIPA address. Of a site with an
    `instance` that one's address in the tunnel, alone or with one of the other instance [VPN-41]."""


class Site(Model):
    """One VPN appliance on-premises."""

    name: ShortName
    public_ip: Address | None = None
    """This or `fqdn` [VPN-44]."""
    fqdn: str | None = None
    """The appliance's name in DNS, where its address changes."""
    instance: int | None = None
    """0 or 1: the one instance of an active-active gateway that the tunnel ends on, as of AWS; by default there is a
    tunnel to each [VPN-40]."""
    prefixes: list[Prefix] | None = None
    """What is reached through this appliance: static routes, or with `bgp` what it advertises. All of
    `onPremises.prefixes` by default."""
    bgp: BgpPeer | None = None
    ipsec_policy: IpsecPolicy | None = None
    """This site's own policy, instead of `vpn.ipsecPolicy`."""
    connection_mode: str = vpn.DEFAULT_CONNECTION_MODE
    """Default (both sides open the tunnel), InitiatorOnly or ResponderOnly [VPN-19]."""
    dpd_timeout_seconds: int = ipsec.DEFAULT_DPD_SECONDS
    """Seconds until a silent peer counts as dead: 9 to 3600, 30 to 45 advised [IPSEC-11]."""
    prepend: int = 0
    """How many times more the appliance repeats its AS number in what it announces: 0 to 16, with `bgp` only. Azure
    prefers the shorter path among sites [ROUTE-07]."""
    local_preference: int | None = None
    """BGP local preference that on-premises gives to Azure's prefixes through this site; 100 by default, below
    ExpressRoute's [ROUTE-10]. With `bgp` only."""

    def apipa(self) -> dict[int, IPv4Address]:
        """The gateway's APIPA addresses that the settings name for this site, by instance."""
        given = self.bgp.gateway_addresses if self.bgp else []
        alone = self.instance is not None and len(given) == 1
        return {self.instance or 0: given[0]} if alone else dict(enumerate(given))


class Vpn(Model):
    """The VPN path."""

    gateway: VpnGateway
    sites: Annotated[list[Site], NOT_EMPTY]
    ipsec_policy: IpsecPolicy = IpsecPolicy.model_construct()


class AcceptedPrefix(Model):
    """An on-premises prefix that the requirement on failover does not bind."""

    prefix: Prefix
    """One of `onPremises.prefixes`, or a more specific prefix that the failover report names."""
    reason: Annotated[str, BeforeValidator(values.sentence)]
    """Why its loss can be borne; shown in the failover report."""


class Failover(Model):
    """What the network must survive, judged at every preview."""

    require: Literal["circuitLoss", "anySingleFailure", "anyTwoFailures"] = "circuitLoss"
    """`circuitLoss`: the loss of any one circuit, or of a link of it. `anySingleFailure`: of any one element (circuit,
    link, port, peering location, gateway or gateway instance, zone, appliance, tunnel, device, firewall).
    `anyTwoFailures`: of any two at once."""
    accept: list[AcceptedPrefix] = []
    """Prefixes that are excused, each with a reason."""


OwnName = str
"""A physical name, as Azure takes it [NAME-03, NAME-04]."""


class OwnNames(Model):
    """Physical names of one's own; what is not here is named after the stack. A change replaces what it names."""

    virtual_network: OwnName | None = None
    """At most 64 characters; all others at most 80 [NAME-03]."""
    gateway_subnet_route_table: OwnName | None = None
    bastion: OwnName | None = None
    bastion_public_ip: OwnName | None = None
    bastion_security_group: OwnName | None = None
    express_route_gateway: OwnName | None = None
    vpn_gateway: OwnName | None = None
    vpn_public_ips: list[OwnName] = []
    """One for each instance of the VPN gateway."""
    subnets: dict[str, OwnName] = {}
    """By the tier's name, as the next three; of a tier in a spoke by SPOKE/TIER."""
    network_security_groups: dict[str, OwnName] = {}
    route_tables: dict[str, OwnName] = {}
    load_balancers: dict[str, OwnName] = {}
    circuits: dict[str, OwnName] = {}
    """By the circuit's name, as the next."""
    circuit_connections: dict[str, OwnName] = {}
    local_network_gateways: dict[str, OwnName] = {}
    """By the site's name, as the next."""
    site_connections: dict[str, OwnName] = {}
    spoke_networks: dict[str, OwnName] = {}
    """By the spoke's name, as the next two."""
    hub_peerings: dict[str, OwnName] = {}
    """The hub's side of each peering."""
    spoke_peerings: dict[str, OwnName] = {}
    """The spoke's side."""


class Settings(Model):
    """All settings of one stack, except the secrets."""

    location: str
    """Azure region, such as westus2 (`azure-native:location`)."""
    name: ShortName
    """Workload and environment in one short word; part of every physical name."""
    resource_group: ResourceGroup = ResourceGroup.model_construct()
    names: OwnNames = OwnNames.model_construct()
    """Physical names of one's own, in place of those that are made of `name`."""
    tags: dict[str, Annotated[str, BeforeValidator(values.tag)]] = {}
    ignore_tags: list[OwnName] = []
    """Names of tags that others set, such as a policy: an update leaves them as they are."""
    zones: Annotated[Zones | None, AUTO] = None
    """Availability zones of what is new: the public addresses of the VPN gateway and of Bastion, and the frontends of
    load balancers. `auto`, the default, is what Azure's list of regions says of `location` [ZONE-01]; what is there
    keeps the zones that it has."""
    protect: bool = True
    """Protect everything: a destroy that meets protection deletes nothing first."""
    network: Network
    on_premises: OnPremises
    express_route: ExpressRoute
    vpn: Vpn
    failover: Failover = Failover.model_construct()
    serialize_gateways: bool = False
    """Create the VPN gateway after the ExpressRoute gateway: 90 minutes instead of 45."""

    @property
    def serializes(self) -> bool:
        """Whether one gateway is made after the other: both are, and the settings want it."""
        return self.serialize_gateways and not self.gateways_there

    @property
    def gateways_there(self) -> bool:
        """Whether a gateway is there already."""
        return bool(self.express_route.gateway.existing or self.vpn.gateway.existing)

    @property
    def resource_group_name(self) -> str:
        """Physical name of the resource group."""
        return self.resource_group.name or f"rg-{self.name}"

    @property
    def zones_of_new(self) -> Sequence[str] | None:
        """`new_zones` in this stack's own region."""
        return self.new_zones(self.location)

    def new_zones(self, location: str) -> Sequence[str] | None:
        """The zones of what is new in a region and says none itself; None where they are not said and the region is not
        known."""
        return regions.zones_of(location) if self.zones is None else self.zones

    @property
    def express_route_prefixes(self) -> list[IPv4Network]:
        """What on-premises advertises over every circuit that has no prefixes of its own."""
        advertised = self.express_route.prefixes
        return self.on_premises.prefixes if advertised is None else advertised

    def circuit_prefixes(self, circuit: Circuit) -> list[IPv4Network]:
        """What on-premises advertises over one circuit."""
        return self.express_route_prefixes if circuit.prefixes is None else circuit.prefixes

    def site_prefixes(self, site: Site) -> list[IPv4Network]:
        """What is reached through a site's appliance."""
        return self.on_premises.prefixes if site.prefixes is None else site.prefixes

    def apipa_addresses(self) -> list[list[IPv4Address]]:
        """The VPN gateway's APIPA addresses, instance by instance, as the sites name them; empty where none does."""
        of_sites = [site.apipa() for site in self.vpn.sites]
        of_instances = [
            list(dict.fromkeys(own[number] for own in of_sites if number in own))
            for number in range(gateways.instances(self.vpn.gateway.active_active or not self.vpn.gateway.known))
        ]
        return of_instances if any(of_instances) else []

    def source_prefixes(self, source: str, spoke: Spoke | None = None) -> list[IPv4Network]:
        """The prefixes that a source of allowed traffic stands for, in a tier of the hub or of a spoke.

        `virtualNetwork` is the tier's own network: Azure's tag of that name means on-premises and peered networks too.
        None for what is neither a word, nor a tier of that network, nor a prefix: a service tag, an application
        security group.
        """
        network = spoke or self.network
        match source:
            case "virtualNetwork":
                return network.address_space
            case "onPremises":
                return self.on_premises.prefixes
            case "management":
                return self.network.management.sources if self.network.management else []
        subnets = [tier.subnet for tier in network.tiers if tier.name == source]
        return subnets or ([IPv4Network(source)] if self.is_prefix(source) else [])

    @staticmethod
    def is_prefix(text: str) -> bool:
        """Whether a source of allowed traffic is written as a prefix."""
        try:
            IPv4Network(text)
        except ValueError:
            return False
        return True

    def ipsec_policy(self, site: Site) -> IpsecPolicy:
        """The IPsec/IKE policy of a site's connection."""
        return site.ipsec_policy or self.vpn.ipsec_policy
