"""Physical names: explicit and deterministic, so that what exists in Azure can always be found again.

Abbreviations are those of the Cloud Adoption Framework; the setting `names` has names of one's own instead.
"""

from components.rules import gateways

from .model import Settings


class Names:
    """Physical names of everything one stack makes."""

    def __init__(self, settings: Settings) -> None:
        self._workload = settings.name
        self._own = own = settings.names
        self.resource_group = settings.resource_group_name
        self.virtual_network = own.virtual_network or f"vnet-{settings.name}"
        self.gateway_subnet_route_table = own.gateway_subnet_route_table or f"rt-{settings.name}-gateway-subnet"
        self.bastion = own.bastion or f"bas-{settings.name}"
        self.bastion_public_ip = own.bastion_public_ip or f"pip-{settings.name}-bastion"
        self.bastion_security_group = own.bastion_security_group or f"nsg-{settings.name}-bastion"
        self.express_route_gateway = own.express_route_gateway or f"vgw-{settings.name}-er"
        self.vpn_gateway = own.vpn_gateway or f"vgw-{settings.name}-vpn"
        self.gateways = [
            gateway.existing.id if gateway.existing else name
            for gateway, name in (
                (settings.express_route.gateway, self.express_route_gateway),
                (settings.vpn.gateway, self.vpn_gateway),
            )
        ]
        """Both gateways: the physical name of one that is made, the id of one that is there already."""
        instances = gateways.instances(settings.vpn.gateway.active_active)
        made = [f"pip-{settings.name}-vpn-{number}" for number in range(1, instances + 1)]
        self.vpn_public_ips = [*own.vpn_public_ips, *made[len(own.vpn_public_ips) :]][:instances]

    def subnet(self, tier: str) -> str:
        """A tier's subnet."""
        return self._own.subnets.get(tier) or f"snet-{self._workload}-{tier}"

    def network_security_group(self, tier: str) -> str:
        """A tier's network security group."""
        return self._own.network_security_groups.get(tier) or f"nsg-{self._workload}-{tier}"

    def route_table(self, tier: str) -> str:
        """A tier's route table."""
        return self._own.route_tables.get(tier) or f"rt-{self._workload}-{tier}"

    def load_balancer(self, tier: str) -> str:
        """A tier's internal load balancer."""
        return self._own.load_balancers.get(tier) or f"lbi-{self._workload}-{tier}"

    def circuit(self, circuit: str) -> str:
        """An ExpressRoute circuit."""
        return self._own.circuits.get(circuit) or f"erc-{self._workload}-{circuit}"

    def circuit_connection(self, circuit: str) -> str:
        """The ExpressRoute gateway's connection to a circuit."""
        return self._own.circuit_connections.get(circuit) or f"con-{self._workload}-er-{circuit}"

    def local_network_gateway(self, site: str) -> str:
        """A site's local network gateway."""
        return self._own.local_network_gateways.get(site) or f"lgw-{self._workload}-{site}"

    def site_connection(self, site: str) -> str:
        """The VPN gateway's connection to a site."""
        return self._own.site_connections.get(site) or f"con-{self._workload}-vpn-{site}"
