"""The settings of one network, typed: what a stack's file says, in Python.

Names are camelCase in YAML and snake_case here. Every class is frozen. `topology.reading` reads value by value what
these fields say, with the functions of `topology.settings.values`; how the parts fit together is judged in
`topology.settings.judge`. The parts of the network and its two paths are in the modules beside this one.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import BeforeValidator

from components.rules import gateways, regions

from . import values
from .model_base import AUTO, NOT_EMPTY, Address, Asn, Interface, Model, OwnName, Prefix, ShortName, Zones, like
from .model_express_route import Circuit, ExpressRoute
from .model_maintenance import Maintenance
from .model_monitoring import Monitoring
from .model_network import Network, ResourceGroup, Spoke
from .model_vpn import IpsecPolicy, Site, Vpn


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
    """The inner router as a BGP neighbour, so that the device sees a silent loss too."""


class Device(Model):
    """A machine at the on-premises edge; it fails with all that it holds."""

    name: ShortName
    """Names its folder of files."""
    links: list[str] = []
    """Links of circuits that end on it, each `CIRCUIT/primary` or `CIRCUIT/secondary`. A device without any answers
    through its tunnels, all others over ExpressRoute."""
    sites: list[str] = []
    """VPN sites whose appliance it is."""
    asn: Asn | None = None
    """Its AS number; by default that of its peerings and sites."""
    lan: DeviceLan | None = None
    """Its inner side; needed for its files only."""


class OnPremises(Model):
    """The on-premises network."""

    prefixes: Annotated[list[Prefix], NOT_EMPTY]
    """The prefixes that must stay reachable when the circuit is lost."""
    devices: list[Device] = []
    """Which machine holds what. What no device holds is a machine of its own, for each link and each site."""


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


class OwnNames(Model):
    """Physical names of one's own; what is not here is named after the stack. A change replaces what it names."""

    virtual_network: OwnName | None = None
    """Of the hub's network; at most 64 characters, all others at most 80 [NAME-03]."""
    gateway_subnet_route_table: OwnName | None = None
    """Of the route table of `network.gatewaySubnetRoutes`."""
    bastion: OwnName | None = None
    """Of the Bastion host."""
    bastion_public_ip: OwnName | None = None
    """Of its public address."""
    bastion_security_group: OwnName | None = None
    """Of the security group of AzureBastionSubnet."""
    express_route_gateway: OwnName | None = None
    """Of the ExpressRoute gateway."""
    vpn_gateway: OwnName | None = None
    """Of the VPN gateway."""
    vpn_public_ips: list[OwnName] = []
    """One for each instance of the VPN gateway."""
    subnets: dict[str, OwnName] = {}
    """By the tier's name, as the next three; of a tier in a spoke by `SPOKE/TIER`."""
    network_security_groups: dict[str, OwnName] = {}
    """By the tier's name."""
    route_tables: dict[str, OwnName] = {}
    """By the tier's name."""
    load_balancers: dict[str, OwnName] = {}
    """By the tier's name."""
    circuits: dict[str, OwnName] = {}
    """By the circuit's name, as the next."""
    circuit_connections: dict[str, OwnName] = {}
    """The connection of the ExpressRoute gateway with it."""
    local_network_gateways: dict[str, OwnName] = {}
    """By the site's name, as the next."""
    site_connections: dict[str, OwnName] = {}
    """The VPN connection with it."""
    maintenance: dict[str, OwnName] = {}
    """Of the maintenance configurations, by `expressRoute` and `vpn`."""
    workspace: OwnName | None = None
    """Of the workspace that monitoring makes [MON-13]."""
    action_group: OwnName | None = None
    """Of its action group."""
    diagnostic_setting: OwnName | None = None
    """Of the diagnostic settings, one on each resource."""
    alerts: dict[str, OwnName] = {}
    """By the alert, as docs/operations.md has them."""
    spoke_networks: dict[str, OwnName] = {}
    """By the spoke's name, as the next two."""
    hub_peerings: dict[str, OwnName] = {}
    """The hub's side of each peering."""
    spoke_peerings: dict[str, OwnName] = {}
    """The spoke's side."""


class Settings(Model):
    """All settings of one stack, except the secrets."""

    location: Annotated[str, like("a region such as westeurope")]
    """Azure region, such as westus2 (`azure-native:location`)."""
    name: ShortName
    """Workload and environment in one short word; part of every physical name. A change replaces everything, and is
    refused while `protect` is true."""
    resource_group: ResourceGroup = ResourceGroup.model_construct()
    """Resource group of everything that this stack makes."""
    names: OwnNames = OwnNames.model_construct()
    """Physical names of one's own, for a naming policy, in place of those that are made of `name`. A change replaces
    what it names, and is refused while `protect` is true."""
    tags: dict[str, Annotated[str, BeforeValidator(values.tag)]] = {}
    """Tags of every resource that takes them."""
    ignore_tags: list[OwnName] = []
    """Names of tags that others set, such as a policy: an update leaves them as a refresh has found them."""
    zones: Annotated[Zones | None, AUTO] = None
    """Availability zones of what is new: the public addresses of the VPN gateway and of Bastion, and the frontends of
    load balancers. `auto`, the default, is what Azure's list of regions says of `location` [ZONE-01]; or a list such as
    `[1, 2, 3]`, or `[]` for none. What is there keeps the zones that it has."""
    protect: bool = True
    """Protect everything against deletion and replacement: a destroy that meets protection deletes nothing first. To
    remove a tier or a site, set it to false first."""
    network: Network
    """The hub virtual network, its tiers and its spokes."""
    on_premises: OnPremises
    """The on-premises network."""
    express_route: ExpressRoute
    """The ExpressRoute path: its gateway and its circuits."""
    vpn: Vpn
    """The VPN path: its gateway and its sites."""
    failover: Failover = Failover.model_construct()
    """What the network must survive."""
    maintenance: Maintenance = Maintenance.model_construct()
    """When Azure may maintain each gateway, every day. Without it Azure does when it likes."""
    monitoring: Monitoring = Monitoring.model_construct()
    """Alerts on the failover, with a workspace for metrics and logs. Without it there are none."""
    serialize_gateways: bool = False
    """Create the VPN gateway after the ExpressRoute gateway, in about 90 minutes instead of 45."""

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
