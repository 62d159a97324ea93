"""Physical names: explicit and deterministic, so that what exists in Azure can always be found again.

Abbreviations are those of the Cloud Adoption Framework.
"""

from components.rules import gateways

from .model import Settings


class Names:
    """Physical names of everything one stack makes."""

    def __init__(self, settings: Settings) -> None:
        self._workload = settings.name
        self.resource_group = settings.resource_group_name
        self.virtual_network = f"vnet-{settings.name}"
        self.gateway_subnet_route_table = f"rt-{settings.name}-gateway-subnet"
        self.bastion = f"bas-{settings.name}"
        self.bastion_public_ip = f"pip-{settings.name}-bastion"
        self.express_route_gateway = f"vgw-{settings.name}-er"
        self.vpn_gateway = f"vgw-{settings.name}-vpn"
        instances = gateways.instances(settings.vpn.gateway.active_active)
        self.vpn_public_ips = [f"pip-{settings.name}-vpn-{number}" for number in range(1, instances + 1)]

    def subnet(self, tier: str) -> str:
        """A tier's subnet."""
        return f"snet-{self._workload}-{tier}"

    def network_security_group(self, tier: str) -> str:
        """A tier's network security group."""
        return f"nsg-{self._workload}-{tier}"

    def route_table(self, tier: str) -> str:
        """A tier's route table."""
        return f"rt-{self._workload}-{tier}"

    def load_balancer(self, tier: str) -> str:
        """A tier's internal load balancer."""
        return f"lbi-{self._workload}-{tier}"

    def circuit(self, circuit: str) -> str:
        """An ExpressRoute circuit."""
        return f"erc-{self._workload}-{circuit}"

    def circuit_connection(self, circuit: str) -> str:
        """The ExpressRoute gateway's connection to a circuit."""
        return f"con-{self._workload}-er-{circuit}"

    def local_network_gateway(self, site: str) -> str:
        """A site's local network gateway."""
        return f"lgw-{self._workload}-{site}"

    def site_connection(self, site: str) -> str:
        """The VPN gateway's connection to a site."""
        return f"con-{self._workload}-vpn-{site}"
