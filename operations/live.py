"""Where a stack's network is in Azure: the ids of what it is made of, from its settings and its outputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.azure import group_of
from topology.settings.model import Settings
from topology.settings.names import Names, logical

Json = dict[str, Any]
PEERING, LINKS = "AzurePrivatePeering", ("primary", "secondary")
"""A circuit's private peering, and its two links."""


class NotDeployedError(Exception):
    """The stack has no such network yet; the text says what is missing."""


@dataclass(frozen=True)
class Live:
    """A stack's network: ids by the names that the settings have.

    circuits, connections, sites: by the name of circuit or site; a circuit that is not connected has no connection.
    subnets: of tiers, as the proof names them. peerings: the hub's side of each spoke's peering.
    """

    settings: Settings
    group: str
    network: str
    gateway_subnet: str
    express_route_gateway: str
    vpn_gateway: str
    circuits: Mapping[str, str]
    connections: Mapping[str, str]
    sites: Mapping[str, str]
    local_gateways: Mapping[str, str]
    subnets: Mapping[str, str] = field(default_factory=dict)
    peerings: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """The ids of all of it."""
        several = (self.circuits, self.connections, self.sites, self.local_gateways, self.subnets, self.peerings)
        alone = (self.network, self.gateway_subnet, self.express_route_gateway, self.vpn_gateway)
        return [*alone, *(id for one in several for id in one.values())]


def live(settings: Settings, outputs: Mapping[str, Any]) -> Live:
    """A stack's network. outputs: the stack's, secrets left out. Raises `NotDeployedError`."""
    missing = [
        name for name in ("virtualNetworkId", "expressRoute", "vpnGateway", "vpnConnectionIds") if name not in outputs
    ]
    if missing:
        raise NotDeployedError(f"the stack has no output {', '.join(missing)}: deploy it first (pulumi up)")
    names, express_route = Names(settings), outputs["expressRoute"]
    sites = dict(outputs["vpnConnectionIds"])
    group = group_of(next(iter(sites.values()), outputs["virtualNetworkId"]))
    home = f"{group}/providers/Microsoft.Network"
    tiers = {tier.name: tier.name for tier in settings.network.tiers}
    for spoke in settings.network.spokes:
        tiers |= {f"{spoke.name}/{tier.name}": logical(f"{spoke.name}/{tier.name}") for tier in spoke.tiers}
    given = outputs.get("tiers") or {}
    return Live(
        settings,
        group,
        outputs["virtualNetworkId"],
        outputs["gatewaySubnetId"],
        express_route["gatewayId"],
        outputs["vpnGateway"]["id"],
        {name: one["id"] for name, one in express_route["circuits"].items()},
        dict(express_route.get("connectionIds") or {}),
        sites,
        {site: f"{home}/localNetworkGateways/{names.local_network_gateway(site)}" for site in sites},
        {name: given[key]["subnetId"] for name, key in tiers.items() if key in given},
        {
            spoke.name: f"{outputs['virtualNetworkId']}/virtualNetworkPeerings/{names.hub_peering(spoke.name)}"
            for spoke in settings.network.spokes
        },
    )
