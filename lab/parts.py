"""What a lab is made of, besides the virtual networks and the LAN."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.plan import Plan
from appliance.tunnels import SitePlan
from topology.settings.model_network import UserRoute

HUB = 0
"""The number of the virtual network with the gateways."""


@dataclass(frozen=True)
class MicrosoftEdge:
    """One of Microsoft's two edge routers of a circuit."""

    circuit: str
    which: str
    place: str | None
    port: str | None
    """Id of the ExpressRoute Direct port pair that it is on."""
    device: str
    """The machine on-premises that its link ends on."""
    address: IPv4Interface
    """Ours on the link to the on-premises edge."""
    edge_address: IPv4Address
    edge_asn: int
    edge_interface: str
    routing_weight: int
    peering_key: str | None
    """MD5 key of the circuit's session."""
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
class Tunnel:
    """An IPsec tunnel between a device and an instance of the VPN gateway."""

    index: int
    """Among all tunnels of the network."""
    number: int
    """Of the gateway's instance."""
    device: str
    interface: str
    """The device's name for it."""
    public_ip: IPv4Address
    """The device's for this site."""
    gateway_bgp_address: IPv4Address | None
    site: SitePlan

    @property
    def name(self) -> str:
        """Name of the device's machine for it."""
        return f"{self.device}.{self.interface}"

    @property
    def gateway_end(self) -> str:
        """Name of the gateway's machine for it."""
        return f"vpngw{self.number}.{self.index}"

    @property
    def element(self) -> str:
        """Its name among the elements that can fail."""
        return f"tunnel:{self.site.name}/{self.number}"


@dataclass(frozen=True)
class Device:
    """A machine at the on-premises edge, with the files that are generated for it."""

    number: int
    plan: Plan
    element: str | None
    """Its name among the elements that can fail; None of a machine that the settings do not name."""

    @property
    def name(self) -> str:
        """Name of its machine."""
        return f"edge{self.number}"

    @property
    def lan_address(self) -> IPv4Interface:
        """On the LAN."""
        assert self.plan.lan.address is not None
        return self.plan.lan.address


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
