"""Everything that a stack makes, with the two names that each thing has: Azure's and Pulumi's."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from .model import Settings
from .model_express_route import Circuit
from .model_network import Spoke, Tier
from .model_vpn import Site
from .names import Names, in_id, logical, spoke_group, tier_in

_Part = TypeVar("_Part", Tier, Circuit, Site, Spoke)


class Made(NamedTuple):
    """One resource that a stack makes.

    kind: Azure's type, without its provider. scope: what the name is unique in: nothing more than the resource group,
    or the network or circuit. name: Azure's. component, logical: the component that makes it, and the name by which
    Pulumi knows it there. path: the setting that it comes from. own: where `names` can name it; empty where it has no
    name to choose.
    """

    kind: str
    name: str
    component: str
    logical: str
    path: str
    own: str = ""
    scope: str = ""


class KeepsZones(NamedTuple):
    """Something that keeps its zones once it is there, since its own setting says none.

    type: azure-native's, below its network module. name, component, logical: as of `Made`. zones_path: the setting that
    would say its zones. way_out: how it gets those of a new one.
    """

    type: str
    name: str
    component: str
    logical: str
    zones_path: str
    way_out: str


def keeping_zones(settings: Settings) -> Iterator[KeepsZones]:
    """What keeps its zones though a new one might get others: frontends where a new one gets any, since they were once
    made without, and public addresses where the settings say which."""
    new = settings.zones_of_new
    if settings.zones is None and not new:
        return
    words = f"[{', '.join(new or ())}]"
    for one in made(settings):
        type, place, way_out = "PublicIPAddress", "zones", "remove network.management, update, and put it back"
        if one.kind == "loadBalancers":
            type, place = "LoadBalancer", f"{one.path}.loadBalancer.zones"
            way_out = f"{words} here replaces the load balancer, whose address does not answer meanwhile"
            tier = next((tier for tier in settings.network.tiers if tier.name == one.logical), None)
            if tier is None:
                continue  # A spoke's: none was ever made without the zones of its region.
            own = tier.load_balancer and tier.load_balancer.zones
        elif one.kind != "publicIPAddresses" or settings.zones is None:
            continue
        elif one.component == "VpnGateway":
            own, way_out = settings.vpn.gateway.zones, f"vpn.gateway.zones: {words} replaces it, and the gateway"
        else:
            own = None
        if own is None:
            yield KeepsZones(type, one.name, one.component, one.logical, place, way_out)


def made(settings: Settings) -> Iterator[Made]:
    """What the settings make, each part once though two have its name."""
    names = Names(settings)
    yield from _network(settings, names)
    for path, tier in _once("network.tiers", settings.network.tiers):
        yield from _tier(names, path, tier, tier.name, "", "network")
    yield from _spokes(settings, names)
    yield from _circuits(settings, names)
    yield from _vpn(settings, names)
    yield from _maintenance(settings, names)
    yield from _monitoring(settings, names)


def _network(settings: Settings, names: Names) -> Iterator[Made]:
    network, hub = settings.network, "HubNetwork"
    if not network.existing:
        path = "network"
        yield Made("virtualNetworks", names.virtual_network, hub, "hub", path, "names.virtualNetwork")
    if not (network.existing and network.existing.gateway_subnet == "adopt"):
        table = names.gateway_subnet_route_table
        logical = "hub-gateway-subnet"
        yield Made("subnets", "GatewaySubnet", hub, logical, "network.gatewaySubnet", scope="network")
        if network.gateway_subnet_routes:
            path = "network.gatewaySubnetRoutes"
            yield Made("routeTables", table, hub, logical, path, "names.gatewaySubnetRouteTable")
    if network.management:
        path, component = "network.management", "Management"
        yield Made("bastionHosts", names.bastion, component, "management", path, "names.bastion")
        if network.management.bastion_subnet:
            address, group = names.bastion_public_ip, names.bastion_security_group
            yield Made("subnets", "AzureBastionSubnet", component, "management", path, scope="network")
            yield Made("publicIPAddresses", address, component, "management", path, "names.bastionPublicIp")
            if network.management.security_group:
                own = "names.bastionSecurityGroup"
                yield Made("networkSecurityGroups", group, component, "management", path, own)


def _tier(names: Names, path: str, tier: Tier, name: str, group: str, network: str) -> Iterator[Made]:
    """What one tier makes. name: the tier's, with its spoke's. group, network: what the names are unique in."""

    def one(kind: str, physical: str, own: str, scope: str = group) -> Made:
        return Made(kind, physical, "ApplicationTier", logical(name), path, f"names.{own}.{name}", scope)

    if tier.existing:
        return
    yield one("networkSecurityGroups", names.network_security_group(name), "networkSecurityGroups")
    yield one("subnets", names.subnet(name), "subnets", network)
    if tier.routes or not tier.gateway_routes:
        yield one("routeTables", names.route_table(name), "routeTables")
    if tier.load_balancer:
        yield one("loadBalancers", names.load_balancer(name), "loadBalancers")


def _spokes(settings: Settings, names: Names) -> Iterator[Made]:
    peering = "HubPeering"
    for path, spoke in _once("network.spokes", settings.network.spokes):
        name, group = spoke.name, _scope(settings, spoke)
        network = f"network of {name}"
        if not spoke.existing:
            own = f"names.spokeNetworks.{name}"
            yield Made("virtualNetworks", names.spoke_network(name), "Spoke", name, path, own, group)
        for here, tier in _once(f"{path}.tiers", spoke.tiers):
            yield from _tier(names, here, tier, tier_in(name, tier.name), group, network)
        for side, physical, own, scope in (
            ("hub", names.hub_peering(name), f"names.hubPeerings.{name}", "network"),
            ("spoke", names.spoke_peering(name), f"names.spokePeerings.{name}", network),
        ):
            yield Made("virtualNetworkPeerings", physical, peering, f"{name}-{side}", path, own, scope)


def _scope(settings: Settings, spoke: Spoke) -> str:
    """The resource group that names in a spoke are unique in; empty for the hub's."""
    if spoke.existing and not spoke.resource_group:
        return f"{in_id(spoke.existing.id, 'subscriptions')}/{in_id(spoke.existing.id, 'resourceGroups')}"
    subscription = in_id(spoke.existing.id, "subscriptions") if spoke.existing else spoke.subscription
    own = spoke_group(settings, spoke)
    if own is None or (subscription is None and own.name == settings.resource_group_name):
        return ""
    return f"{subscription or ''}/{own.name}"


def _circuits(settings: Settings, names: Names) -> Iterator[Made]:
    gateway, component = "ExpressRouteGateway", "ExpressRouteCircuit"
    where, own = "expressRoute.gateway", "names.expressRouteGateway"
    if not settings.express_route.gateway.existing:
        yield Made("virtualNetworkGateways", names.express_route_gateway, gateway, "expressroute", where, own)
    for path, circuit in _once("expressRoute.circuits", settings.express_route.circuits):
        name, physical = circuit.name, names.circuit(circuit.name)
        logical, own = f"expressroute-{name}", f"names.circuitConnections.{name}"
        yield Made("connections", names.circuit_connection(name), gateway, logical, path, own)
        if circuit.existing:
            continue
        yield Made("expressRouteCircuits", physical, component, name, path, f"names.circuits.{name}")
        if circuit.private_peering:
            yield Made("peerings", "AzurePrivatePeering", component, name, f"{path}.privatePeering", scope=physical)
        for index, authorization in enumerate(circuit.authorizations):
            if authorization in circuit.authorizations[:index]:
                continue
            here, logical = f"{path}.authorizations[{index}]", f"{name}-{authorization}"
            yield Made("authorizations", authorization, component, logical, here, scope=physical)


def _vpn(settings: Settings, names: Names) -> Iterator[Made]:
    gateway, component, path = "VpnGateway", "VpnSite", "vpn.gateway"
    if not settings.vpn.gateway.existing:
        yield Made("virtualNetworkGateways", names.vpn_gateway, gateway, "vpn", path, "names.vpnGateway")
        for index, address in enumerate(names.vpn_public_ips):
            own = f"names.vpnPublicIps[{index}]"
            yield Made("publicIPAddresses", address, gateway, f"vpn-{index + 1}", path, own)
    for path, site in _once("vpn.sites", settings.vpn.sites):
        name, local = site.name, names.local_network_gateway(site.name)
        yield Made("localNetworkGateways", local, component, name, path, f"names.localNetworkGateways.{name}")
        yield Made("connections", names.site_connection(name), component, name, path, f"names.siteConnections.{name}")


def _maintenance(settings: Settings, names: Names) -> Iterator[Made]:
    for name in settings.maintenance.windows:
        physical, logical, path = names.maintenance(name), f"maintenance-{name.lower()}", f"maintenance.{name}"
        component, own = "MaintenanceWindows", f"names.maintenance.{name}"
        yield Made("maintenanceConfigurations", physical, component, logical, path, own)
        yield Made("configurationAssignments", physical, component, logical, path, scope=name)


def _monitoring(settings: Settings, names: Names) -> Iterator[Made]:
    wanted, component, path = settings.monitoring, "Monitoring", "monitoring"
    if not wanted.wanted:
        return
    # Few stacks are watched, and each dataclass costs every preview half a millisecond.
    from components.watched import Check

    from . import watched

    if not wanted.workspace:
        yield Made("workspaces", names.workspace, component, path, path, "names.workspace")
    if wanted.emails:
        yield Made("actionGroups", names.action_group, component, path, f"{path}.emails", "names.actionGroup")
    for scope in watched.scopes(settings):
        own = "names.diagnosticSetting"
        yield Made("diagnosticSettings", names.diagnostic_setting, component, f"{path}-{scope}", path, own, scope)
    for alert in watched.alerts_of(settings, names):
        kind = "metricAlerts" if isinstance(alert.when, Check) else "scheduledQueryRules"
        own = f"names.alerts.{alert.key}"
        yield Made(kind, names.alert(alert.key), component, f"{path}-{alert.key}", path, own)


def _once(path: str, parts: Sequence[_Part]) -> Iterator[tuple[str, _Part]]:
    """The parts of a list with their paths, but those whose name an earlier one has [NAME-01]."""
    seen: set[str] = set()
    for index, part in enumerate(parts):
        if part.name.lower() not in seen:
            seen.add(part.name.lower())
            yield f"{path}[{index}]", part
