"""What monitoring watches, from the settings: circuits, gateways and sites by their names."""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Network, collapse_addresses
from typing import Any

from components.alerts import alerts
from components.rules import gateways, limits
from components.rules.watching import MOST_IN_SHORT_NAME
from components.watched import Alert, Watched

from .model import Settings
from .model_vpn import Site
from .names import Names

SCALABLE = "ErGwScale"


def monitoring(settings: Settings, names: Names, connected: Collection[str]) -> Any:
    """What the settings say of a Monitoring, without resource ids: each circuit is added by its name. connected: the
    circuits that carry traffic."""
    wanted = settings.monitoring
    found = {
        **_watches(settings, names, connected),
        "workspace_id": wanted.workspace,
        "workspace_name": None if wanted.workspace else names.workspace,
        "retention_in_days": wanted.retention_in_days if wanted.retention_is_said or not wanted.workspace else None,
        "emails": wanted.emails or None,
        "action_group_name": names.action_group if wanted.emails else None,
        "short_name": settings.name[:MOST_IN_SHORT_NAME] if wanted.emails else None,
        "action_group_id": wanted.action_group,
        "alert_names": {one.key: names.alert(one.key) for one in alerts_of(settings, names, connected)},
        "diagnostic_setting_name": names.diagnostic_setting,
        "location": settings.location,
        "tags": settings.tags,
    }
    return {name: value for name, value in found.items() if value is not None}


def alerts_of(settings: Settings, names: Names, connected: Collection[str] | None = None) -> list[Alert]:
    """The alerts that monitoring makes, at gateways without ids. connected: the circuits that carry traffic, by default
    those of the finished topology."""
    if connected is None:
        connected = [one.name for one in settings.express_route.circuits if one.connects]
    gateways_there = {"express_route_gateway_id": "", "vpn_gateway_id": ""}
    return list(alerts(Watched.of({**_watches(settings, names, connected), **gateways_there})))


def _watches(settings: Settings, names: Names, connected: Collection[str]) -> dict[str, Any]:
    """What is watched, as the component's arguments."""
    gateway = settings.express_route.gateway
    found = {
        "express_route_scalable": gateway.sku == SCALABLE,
        "express_route_routes": _routes(settings),
        "vpn_capacity_in_mbps": _vpn_mbps(settings),
        "vpn_active_active": settings.vpn.gateway.active_active,
        "circuits": [
            {"name": one.name, **({"capacity_in_mbps": one.mbps} if one.mbps else {})}
            for one in settings.express_route.circuits
            if one.name in connected
        ],
        "sites": [_site(settings, names, site) for site in settings.vpn.sites],
    }
    return {name: value for name, value in found.items() if value is not None}


def carries(settings: Settings, site: Site) -> bool:
    """Whether a site carries traffic though all circuits are up: a prefix that none of them has, equal or more
    specific [ROUTE-01]."""
    there = [
        prefix for one in settings.express_route.circuits if one.connects for prefix in settings.circuit_prefixes(one)
    ]
    return any(not _covered(prefix, there) for prefix in settings.site_prefixes(site))


def _covered(prefix: IPv4Network, there: list[IPv4Network]) -> bool:
    return prefix in collapse_addresses(one for one in there if one.subnet_of(prefix))


def _site(settings: Settings, names: Names, site: Site) -> dict[str, Any]:
    found = {
        "name": site.name,
        "connection_name": names.site_connection(site.name),
        "bgp_peer_address": str(site.bgp.peer_address) if site.bgp else None,
        "public_ip": str(site.public_ip) if site.public_ip else None,
        "instance": site.instance,
        "carries": carries(settings, site) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _routes(settings: Settings) -> int:
    """The routes that the ExpressRoute gateway and every circuit take [LIMIT-03, LIMIT-20]."""
    sku = settings.express_route.gateway.sku
    of_gateway = limits.GATEWAY_ROUTES.get(sku or "", limits.MOST_GATEWAY_ROUTES)
    least = min(limits.PEERING_PREFIXES.values())
    circuits = (limits.PEERING_PREFIXES.get(one.tier, least) for one in settings.express_route.circuits)
    return min((of_gateway, *circuits))


def _vpn_mbps(settings: Settings) -> int | None:
    """What the VPN gateway carries [LIMIT-11]; None where nobody knows."""
    gateway = settings.vpn.gateway
    if not gateway.sku:
        return None
    generation = gateway.generation or gateways.default_generation(gateway.sku)
    return limits.VPN_MBPS.get(generation or "", {}).get(gateway.sku)


def scopes(settings: Settings, connected: Collection[str] | None = None) -> Iterator[str]:
    """What has a diagnostic setting, as the component calls each."""
    for one in settings.express_route.circuits:
        if one.connects if connected is None else one.name in connected:
            yield f"circuit-{one.name}"
    yield from ("expressroute", "vpn")
    if audited(settings):
        yield "bastion"


def audited(settings: Settings) -> bool:
    """Whether there is a Bastion with a log: one of SKU Developer is shared with others."""
    return bool(settings.network.management and settings.network.management.bastion_subnet)
