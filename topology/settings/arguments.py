"""From settings to the plain arguments of the components: the same facts under the components' names.

Values that come from Azure or from secrets are added by the program.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from components.rules import security, service_tags
from components.rules.circuits import CircuitOrder

from .model import Settings
from .model_express_route import Circuit, PrivatePeering
from .model_network import AllowedTraffic, Management, Spoke, Tier, UserRoute
from .model_vpn import Site
from .names import Names, in_id, logical, spoke_group, tier_in


def resource_group(settings: Settings) -> dict[str, Any]:
    """Arguments of ResourceGroup."""
    return {
        "name": settings.resource_group_name,
        "existing": settings.resource_group.existing,
        **_everywhere(settings),
    }


def hub(settings: Settings, names: Names) -> dict[str, Any]:
    """Arguments of HubNetwork."""
    network = settings.network
    arguments = {
        "name": names.virtual_network,
        "address_prefixes": [str(prefix) for prefix in network.address_space],
        "gateway_subnet_prefix": str(network.gateway_subnet),
        "gateway_subnet_routes": [_route(route) for route in network.gateway_subnet_routes],
        "gateway_subnet_route_table_name": names.gateway_subnet_route_table,
        "dns_servers": [str(server) for server in network.dns_servers],
        "own_gateways": names.gateways,
        **_everywhere(settings),
    }
    if network.existing:
        del arguments["name"]
        arguments["existing_network_id"] = network.existing.id
        arguments["adopt_gateway_subnet"] = network.existing.gateway_subnet == "adopt"
        if arguments["adopt_gateway_subnet"]:
            del arguments["gateway_subnet_route_table_name"]
    return arguments


def management(settings: Settings, names: Names, management: Management) -> dict[str, Any]:
    """Arguments of Management."""
    arguments = management.model_dump(
        mode="json",
        exclude_defaults=True,
        include={"scale_units", "tunneling", "session_recording", "security_group", "allowed_sources"},
    )
    arguments |= {"sku": management.bastion_sku, "name": names.bastion}
    if management.bastion_subnet:
        arguments |= {
            **zones(settings),
            "bastion_subnet_prefix": str(management.bastion_subnet),
            "public_ip_name": names.bastion_public_ip,
        }
    if management.security_group:
        arguments["network_security_group_name"] = names.bastion_security_group
    return arguments


def spoke_resource_group(settings: Settings, spoke: Spoke) -> dict[str, Any] | None:
    """Arguments of the ResourceGroup that a spoke brings; None without one."""
    group = spoke_group(settings, spoke)
    return group and {"name": group.name, "existing": group.existing, **_of_spoke(settings, spoke)}


def resource_groups(settings: Settings, own: str) -> dict[str, dict[str, Any]]:
    """Arguments of every ResourceGroup by its name: `own` of the stack's, a spoke's of that which the spoke brings."""
    brought = {spoke.name: spoke_resource_group(settings, spoke) for spoke in settings.network.spokes}
    return {own: resource_group(settings), **{name: group for name, group in brought.items() if group}}


def spoke(settings: Settings, names: Names, spoke: Spoke) -> dict[str, Any]:
    """Arguments of Spoke; the resource group is among them where the existing network's is meant."""
    arguments = {
        "name": names.spoke_network(spoke.name),
        "address_prefixes": [str(prefix) for prefix in spoke.address_space],
        "dns_servers": [str(server) for server in spoke.dns_servers],
        "own_peerings": [names.spoke_peering(spoke.name)],
        **_of_spoke(settings, spoke),
    }
    if spoke.existing:
        arguments["existing_network_id"] = spoke.existing.id
        del arguments["name"]
        if not spoke.location and not spoke.tiers:
            del arguments["location"]  # Nothing is made in its region, so that may be any.
        if not spoke.resource_group:
            arguments["resource_group_name"] = in_id(spoke.existing.id, "resourceGroups")
    return arguments


def spoke_subscription(spoke: Spoke) -> str | None:
    """The subscription that a spoke is said to be in; None for the hub's."""
    return in_id(spoke.existing.id, "subscriptions") if spoke.existing else spoke.subscription


def peering(names: Names, spoke: Spoke) -> dict[str, Any]:
    """What the settings say of a HubPeering."""
    return {
        "hub_peering_name": names.hub_peering(spoke.name),
        "spoke_peering_name": names.spoke_peering(spoke.name),
        "forwarded_traffic": spoke.forwarded_traffic,
    }


def tiers(settings: Settings, names: Names) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every tier that the stack makes: the name of its spoke (empty in the hub), its own, and its arguments."""
    for one in settings.network.tiers:
        if not one.existing:
            yield "", one.name, tier(settings, names, one)
    for spoke in settings.network.spokes:
        for one in spoke.tiers:
            if not one.existing:
                yield spoke.name, logical(tier_in(spoke.name, one.name)), tier(settings, names, one, spoke)


def existing_tiers(settings: Settings) -> dict[str, str]:
    """The id of each tier's subnet that is there already, by the tier's name."""
    everywhere = [("", one) for one in settings.network.tiers]
    everywhere += [(spoke.name, one) for spoke in settings.network.spokes for one in spoke.tiers]
    return {
        logical(tier_in(spoke, one.name) if spoke else one.name): one.existing.id
        for spoke, one in everywhere
        if one.existing
    }


def tier(settings: Settings, names: Names, tier: Tier, spoke: Spoke | None = None) -> dict[str, Any]:
    """Arguments of ApplicationTier, in the hub or in a spoke."""
    name = tier_in(spoke.name, tier.name) if spoke else tier.name
    arguments = {
        "subnet_prefix": str(tier.subnet),
        "allow": [_allowed(settings, index, allowed, spoke) for index, allowed in enumerate(tier.allow)],
        "internet_outbound": tier.internet_outbound,
        "routes": [_route(route) for route in tier.routes],
        "gateway_routes": tier.gateway_routes,
        "subnet_name": names.subnet(name),
        "network_security_group_name": names.network_security_group(name),
        "route_table_name": names.route_table(name),
    }
    if balancer := tier.load_balancer:
        arguments["load_balancer"] = {
            "name": names.load_balancer(name),
            **balancer.model_dump(mode="json", exclude_none=True),
            **zones(settings, balancer.zones, spoke and spoke.location),
        }
    return arguments


def circuit(settings: Settings, names: Names, circuit: Circuit) -> dict[str, Any]:
    """Arguments of ExpressRouteCircuit, without the private peering, which has its time."""
    arguments = circuit.model_dump(
        mode="json",
        exclude_none=True,
        include={"provider", "peering_location", "bandwidth_in_mbps", "tier", "family", "authorizations"},
    )
    arguments |= {"name": names.circuit(circuit.name), **_everywhere(settings)}
    if circuit.existing:
        del arguments["tier"]
        if "family" not in circuit.model_fields_set:
            del arguments["family"]
        arguments["existing_id"] = circuit.existing.id
    if circuit.port:
        arguments |= {"port_id": circuit.port.id, "bandwidth_in_gbps": circuit.port.bandwidth_in_gbps}
    return arguments


def order(circuit: Circuit) -> CircuitOrder | None:
    """What a circuit is ordered as from its provider; None of an existing one, and of one on a Direct port."""
    if not circuit.ordered:
        return None
    return CircuitOrder(
        circuit.provider, circuit.peering_location, circuit.bandwidth_in_mbps, circuit.tier, circuit.family
    )


def private_peering(peering: PrivatePeering) -> dict[str, Any]:
    """Arguments of a circuit's private peering."""
    return peering.model_dump(mode="json")


def express_route_gateway(settings: Settings, names: Names) -> dict[str, Any]:
    """Arguments of ExpressRouteGateway, without its connections."""
    gateway = settings.express_route.gateway
    if gateway.existing:
        return {"existing_id": gateway.existing.id, **_everywhere(settings)}
    return {
        "name": names.express_route_gateway,
        **gateway.model_dump(mode="json", exclude_none=True),
        **_everywhere(settings),
    }


def circuit_connection(names: Names, circuit: Circuit) -> dict[str, Any]:
    """The gateway's connection to a circuit."""
    return {
        "name": circuit.name,
        "physical_name": names.circuit_connection(circuit.name),
        "routing_weight": circuit.routing_weight,
        "fast_path": circuit.fast_path,
    }


def vpn_gateway(settings: Settings, names: Names) -> dict[str, Any]:
    """Arguments of VpnGateway."""
    gateway = settings.vpn.gateway
    if gateway.existing:
        return {"existing_id": gateway.existing.id, **_everywhere(settings)}
    return {
        "name": names.vpn_gateway,
        "public_ip_names": names.vpn_public_ips,
        "apipa_addresses": [[str(address) for address in own] for own in settings.apipa_addresses()],
        **gateway.model_dump(mode="json", exclude_none=True),
        **zones(settings, gateway.zones),
        **_everywhere(settings),
    }


def maintenance(settings: Settings, names: Names) -> dict[str, Any]:
    """Arguments of MaintenanceWindows, without the gateways; each window has the name of its gateway's component."""
    return {
        "time_zone": settings.maintenance.time_zone,
        "windows": [
            {"name": name.lower(), "physical_name": names.maintenance(name), **window.model_dump(mode="json")}
            for name, window in settings.maintenance.windows.items()
        ],
        **_everywhere(settings),
    }


def site(settings: Settings, names: Names, site: Site) -> dict[str, Any]:
    """Arguments of VpnSite."""
    arguments = {
        **site.model_dump(mode="json", exclude_none=True, include={"public_ip", "fqdn", "instance"}),
        **(
            {"azure_policy": True}
            if site.azure_policy
            else {"ipsec_policy": settings.ipsec_policy(site).model_dump(mode="json")}
        ),
        "connection_mode": site.connection_mode,
        "dpd_timeout_seconds": site.dpd_timeout_seconds,
        "local_network_gateway_name": names.local_network_gateway(site.name),
        "connection_name": names.site_connection(site.name),
    }
    if site.bgp:
        arguments["bgp"] = site.bgp.model_dump(mode="json")
    else:
        arguments["prefixes"] = [str(prefix) for prefix in settings.site_prefixes(site)]
    return arguments


def zones(settings: Settings, own: Sequence[str] | None = None, location: str | None = None) -> dict[str, Any]:
    """Zones of a part that says its own, or of a new one of those that do not. location: that of a spoke."""
    if own is not None:
        return {"zones": list(own)}
    new = settings.new_zones(location or settings.location)
    return {"keeps_zones": True, **({} if new is None else {"zones": list(new)})}


def _everywhere(settings: Settings) -> dict[str, Any]:
    return {"location": settings.location, "tags": settings.tags}


def _route(route: UserRoute) -> dict[str, Any]:
    return route.model_dump(mode="json", exclude_none=True)


def _of_spoke(settings: Settings, spoke: Spoke) -> dict[str, Any]:
    return {"location": spoke.location or settings.location, "tags": settings.tags}


def _allowed(settings: Settings, index: int, allowed: AllowedTraffic, spoke: Spoke | None) -> dict[str, Any]:
    prefixes = [prefix for source in allowed.sources for prefix in settings.source_prefixes(source, spoke)]
    sources = [*map(str, security.apart(prefixes)), *filter(service_tags.is_tag, allowed.sources)]
    groups = [source for source in allowed.sources if source.startswith("/")]
    return {
        "name": f"allow-{index + 1}",
        **({"source_prefixes": sources} if sources or not groups else {}),
        **({"source_application_security_group_ids": groups} if groups else {}),
        "ports": [security.ANY] if allowed.protocol in security.WITHOUT_PORTS else list(allowed.ports),
        "protocol": allowed.protocol,
    }
