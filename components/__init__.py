"""Azure's reference architecture "ExpressRoute with VPN failover", as Pulumi components.

Each component can be used alone by another stack; nothing here reads a stack's settings. Names are imported when they
are first used, so that `components.rules`, which is pure Python, does not load the Azure SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .application_tier import AllowArgs, ApplicationTier, ApplicationTierArgs, LoadBalancerArgs, TierInHubArgs
    from .azure_state import StackState, stack_state
    from .base import warn
    from .bastion_state import bastion_change
    from .circuit_state import CircuitPhase, circuit_phase, missing_key
    from .express_route_circuit import ExpressRouteCircuit, ExpressRouteCircuitArgs, PrivatePeeringArgs
    from .express_route_gateway import CircuitConnectionArgs, ExpressRouteGateway, ExpressRouteGatewayArgs
    from .gateway_state import gateway_change, keeps_generation, moved_generation
    from .hub_network import HubNetwork, HubNetworkArgs
    from .hub_peering import HubPeering, HubPeeringArgs, PeeringInHubArgs
    from .maintenance_windows import MaintenanceWindowArgs, MaintenanceWindows, MaintenanceWindowsArgs
    from .management import Management, ManagementArgs, ManagementInHubArgs
    from .monitoring import Monitoring, MonitoringArgs, WatchedCircuitArgs, WatchedSiteArgs
    from .network_state import find_existing
    from .own_state import OwnResource, own_resources
    from .resource_group import ResourceGroup, ResourceGroupArgs
    from .route_table import RouteArgs
    from .rules.circuits import CircuitOrder
    from .spoke import Spoke, SpokeArgs
    from .subscription import in_subscription
    from .vpn_gateway import VpnGateway, VpnGatewayArgs
    from .vpn_site import BgpPeerArgs, IpsecPolicyArgs, SiteAtGatewayArgs, VpnSite, VpnSiteArgs
    from .zone_state import kept_zones

_HOMES = {
    "application_tier": ("AllowArgs", "ApplicationTier", "ApplicationTierArgs", "LoadBalancerArgs", "TierInHubArgs"),
    "azure_state": ("StackState", "stack_state"),
    "base": ("warn",),
    "bastion_state": ("bastion_change",),
    "circuit_state": ("CircuitPhase", "circuit_phase", "missing_key"),
    "express_route_circuit": ("ExpressRouteCircuit", "ExpressRouteCircuitArgs", "PrivatePeeringArgs"),
    "express_route_gateway": ("CircuitConnectionArgs", "ExpressRouteGateway", "ExpressRouteGatewayArgs"),
    "gateway_state": ("gateway_change", "keeps_generation", "moved_generation"),
    "hub_network": ("HubNetwork", "HubNetworkArgs"),
    "hub_peering": ("HubPeering", "HubPeeringArgs", "PeeringInHubArgs"),
    "maintenance_windows": ("MaintenanceWindowArgs", "MaintenanceWindows", "MaintenanceWindowsArgs"),
    "management": ("Management", "ManagementArgs", "ManagementInHubArgs"),
    "monitoring": ("Monitoring", "MonitoringArgs", "WatchedCircuitArgs", "WatchedSiteArgs"),
    "network_state": ("find_existing",),
    "own_state": ("OwnResource", "own_resources"),
    "resource_group": ("ResourceGroup", "ResourceGroupArgs"),
    "route_table": ("RouteArgs",),
    "rules.circuits": ("CircuitOrder",),
    "spoke": ("Spoke", "SpokeArgs"),
    "subscription": ("in_subscription",),
    "vpn_gateway": ("VpnGateway", "VpnGatewayArgs"),
    "vpn_site": ("BgpPeerArgs", "IpsecPolicyArgs", "SiteAtGatewayArgs", "VpnSite", "VpnSiteArgs"),
    "zone_state": ("kept_zones",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AllowArgs",
    "ApplicationTier",
    "ApplicationTierArgs",
    "BgpPeerArgs",
    "CircuitConnectionArgs",
    "CircuitOrder",
    "CircuitPhase",
    "ExpressRouteCircuit",
    "ExpressRouteCircuitArgs",
    "ExpressRouteGateway",
    "ExpressRouteGatewayArgs",
    "HubNetwork",
    "HubNetworkArgs",
    "HubPeering",
    "HubPeeringArgs",
    "IpsecPolicyArgs",
    "LoadBalancerArgs",
    "MaintenanceWindowArgs",
    "MaintenanceWindows",
    "MaintenanceWindowsArgs",
    "Management",
    "ManagementArgs",
    "ManagementInHubArgs",
    "Monitoring",
    "MonitoringArgs",
    "OwnResource",
    "PeeringInHubArgs",
    "PrivatePeeringArgs",
    "ResourceGroup",
    "ResourceGroupArgs",
    "RouteArgs",
    "SiteAtGatewayArgs",
    "Spoke",
    "SpokeArgs",
    "StackState",
    "TierInHubArgs",
    "VpnGateway",
    "VpnGatewayArgs",
    "VpnSite",
    "VpnSiteArgs",
    "WatchedCircuitArgs",
    "WatchedSiteArgs",
    "bastion_change",
    "circuit_phase",
    "find_existing",
    "gateway_change",
    "in_subscription",
    "keeps_generation",
    "kept_zones",
    "missing_key",
    "moved_generation",
    "own_resources",
    "stack_state",
    "warn",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
