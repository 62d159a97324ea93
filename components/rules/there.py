"""What lookups found of what is there already, a network and gateways, as the rules take it."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from .bgp import AZURE_ASN

SUCCEEDED = "Succeeded"


@dataclass(frozen=True)
class RouteTableThere:
    """A route table that is there already. routes: prefixes, as Azure writes them. propagates: it learns BGP routes."""

    id: str
    routes: tuple[str, ...] = ()
    propagates: bool = True


@dataclass(frozen=True)
class SubnetThere:
    """A subnet that is there already. users: ids of the address configurations in it; all else by name or id."""

    name: str
    prefixes: tuple[IPv4Network, ...] = ()
    network_security_group: str = ""
    delegations: tuple[str, ...] = ()
    service_endpoint_policies: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    @property
    def gateways(self) -> list[str]:
        """Ids of the virtual network gateways in it."""
        return sorted({user.split("/ipConfigurations/")[0] for user in self.users if _is_gateway(user)})

    @property
    def others(self) -> list[str]:
        """What else is in it: ids of machines' interfaces, endpoints and so on."""
        return sorted(user for user in self.users if not _is_gateway(user))


@dataclass(frozen=True)
class NetworkThere:
    """A virtual network that is there already; what the lookup did not tell is empty, and nothing is said of it.

    uses_gateways_of: names of the peerings through which it uses another network's gateways.
    gateway_subnet, gateway_subnet_routes: its GatewaySubnet and the route table of that; None without one.
    """

    id: str
    location: str = ""
    prefixes: tuple[IPv4Network, ...] = ()
    subnets: tuple[SubnetThere, ...] = ()
    uses_gateways_of: tuple[str, ...] = ()
    gateway_subnet: SubnetThere | None = None
    gateway_subnet_routes: RouteTableThere | None = None

    @property
    def name(self) -> str:
        """Its physical name."""
        return self.id.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class GatewayThere:
    """A virtual network gateway that is there already; what the lookup did not tell is empty.

    type: ExpressRoute or Vpn. state: Azure's provisioningState. network: id of its virtual network.
    public_ips, bgp_peer_addresses, apipa_addresses, ip_configuration_ids: of each instance, in the order of its address
    configurations. min_scale_units: of ErGwScale.
    """

    id: str
    type: str = ""
    sku: str = ""
    generation: str = ""
    location: str = ""
    state: str = SUCCEEDED
    network: str = ""
    vpn_type: str = ""
    active_active: bool = False
    bgp: bool = False
    asn: int = AZURE_ASN
    public_ips: tuple[str, ...] = ()
    bgp_peer_addresses: tuple[str, ...] = ()
    apipa_addresses: tuple[tuple[str, ...], ...] = ()
    ip_configuration_ids: tuple[str, ...] = ()
    min_scale_units: int | None = None
    max_scale_units: int | None = None

    @property
    def name(self) -> str:
        """Its physical name."""
        return self.id.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Existing:
    """What Azure says of what is there already; None where no such thing is used, or where it was not found."""

    network: NetworkThere | None = None
    express_route_gateway: GatewayThere | None = None
    vpn_gateway: GatewayThere | None = None


@dataclass(frozen=True)
class Paths:
    """Where what is asked of an existing network is said; by default a component's arguments."""

    id: str = "existing_network_id"
    address_space: str = "address_prefixes"
    gateway_subnet: str = "gateway_subnet_prefix"
    location: str = "location"
    existing_gateway: str = "existing_id"
    """What a gateway's setting is called that names one that is there."""


ARGUMENTS = Paths()


def _is_gateway(user: str) -> bool:
    return "/virtualnetworkgateways/" in user.lower()
