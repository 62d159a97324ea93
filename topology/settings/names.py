"""Physical names: explicit and deterministic, so that what exists in Azure can always be found again.

Abbreviations are those of the Cloud Adoption Framework; the setting `names` has names of one's own instead.
"""

import re

from components.rules import gateways

from .model import Settings
from .model_network import ResourceGroup, Spoke


def tier_in(spoke: str, tier: str) -> str:
    """A spoke's tier among all tiers of the stack, as the setting `names` calls it."""
    return f"{spoke}/{tier}"


def logical(tier: str) -> str:
    """A tier as Pulumi knows it, and as a part of physical names."""
    return tier.replace("/", "-")


def in_id(id: str, word: str) -> str:
    """What stands in a resource id behind `subscriptions` or `resourceGroups`; empty in what is no id."""
    found = re.search(rf"/{word}/([^/]+)", id, re.IGNORECASE)
    return found[1] if found else ""


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
        self.workspace = own.workspace or f"log-{settings.name}"
        self.action_group = own.action_group or f"ag-{settings.name}"
        self.diagnostic_setting = own.diagnostic_setting or f"diag-{settings.name}"
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
        """A tier's subnet; here and below, a tier of a spoke is `tier_in`."""
        return self._own.subnets.get(tier) or f"snet-{self._workload}-{logical(tier)}"

    def network_security_group(self, tier: str) -> str:
        """A tier's network security group."""
        return self._own.network_security_groups.get(tier) or f"nsg-{self._workload}-{logical(tier)}"

    def route_table(self, tier: str) -> str:
        """A tier's route table."""
        return self._own.route_tables.get(tier) or f"rt-{self._workload}-{logical(tier)}"

    def load_balancer(self, tier: str) -> str:
        """A tier's internal load balancer."""
        return self._own.load_balancers.get(tier) or f"lbi-{self._workload}-{logical(tier)}"

    def spoke_network(self, spoke: str) -> str:
        """A new spoke's virtual network."""
        return self._own.spoke_networks.get(spoke) or f"vnet-{self._workload}-{spoke}"

    def hub_peering(self, spoke: str) -> str:
        """The hub's side of the peering with a spoke."""
        return self._own.hub_peerings.get(spoke) or f"peer-{self._workload}-hub-to-{spoke}"

    def spoke_peering(self, spoke: str) -> str:
        """The spoke's side."""
        return self._own.spoke_peerings.get(spoke) or f"peer-{self._workload}-{spoke}-to-hub"

    def circuit(self, circuit: str) -> str:
        """An ExpressRoute circuit."""
        return self._own.circuits.get(circuit) or f"erc-{self._workload}-{circuit}"

    def circuit_connection(self, circuit: str) -> str:
        """The ExpressRoute gateway's connection to a circuit."""
        return self._own.circuit_connections.get(circuit) or f"con-{self._workload}-er-{circuit}"

    def maintenance(self, gateway: str) -> str:
        """The maintenance configuration of a gateway: `expressRoute` or `vpn`."""
        return self._own.maintenance.get(gateway) or f"mc-{self._workload}-{MAINTAINED[gateway]}"

    def alert(self, key: str) -> str:
        """One of monitoring's alerts."""
        return self._own.alerts.get(key) or f"alert-{self._workload}-{key}"

    def local_network_gateway(self, site: str) -> str:
        """A site's local network gateway."""
        return self._own.local_network_gateways.get(site) or f"lgw-{self._workload}-{site}"

    def site_connection(self, site: str) -> str:
        """The VPN gateway's connection to a site."""
        return self._own.site_connections.get(site) or f"con-{self._workload}-vpn-{site}"


MAINTAINED = {"expressRoute": "er", "vpn": "vpn"}
"""Each gateway as the settings call it, and its part of physical names."""
GROUP = "network"
"""What the stack's own resource group is called in the program; that of a spoke bears the spoke's name."""


def spoke_group(settings: Settings, spoke: Spoke) -> ResourceGroup | None:
    """The resource group that a spoke brings; None where what is made in it goes into the hub's, or into that of its
    existing network."""
    given = spoke.resource_group or (ResourceGroup.model_construct() if spoke.subscription else None)
    return given and ResourceGroup.model_construct(
        name=given.name or f"rg-{settings.name}-{spoke.name}", existing=given.existing
    )
