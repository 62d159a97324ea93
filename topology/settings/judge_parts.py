"""The parts of a network, each judged by itself as its component judges it, under the paths of the settings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from components import gateway_parts, network_parts
from components.judging import UNREADABLE, Judge
from components.network_parts import SPACE
from components.rules import Problem, existing_gateways, existing_network, maintenance, zones
from components.rules import names as rules_of_names
from components.rules.regions import normal

from . import arguments
from .model import Settings
from .model_express_route import ExpressRouteGateway
from .model_network import Spoke, Tier
from .model_vpn import VpnGateway
from .names import Names

_SPACE = {SPACE: "network.addressSpace"}
_MADE = "physical name"
_PHYSICAL = dict.fromkeys(
    (
        *("name", "gateway_subnet_route_table_name", "subnet_name", "network_security_group_name", "route_table_name"),
        *("public_ip_name", "local_network_gateway_name", "connection_name", "physical_name", "load_balancer.name"),
        *("virtual_network_name", "hub_peering_name", "spoke_peering_name"),
    ),
    _MADE,
)
"""Physical names are made of the stack's name and the part's, which were judged when they were read."""


def part_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of each part by itself."""
    names = Names(settings)
    yield from _zones(settings)
    space = {
        "virtual_network_name": names.virtual_network,
        SPACE: settings.network.address_space,
        "location": settings.location,
    }
    yield from _group(settings)
    yield from _hub(settings, names)
    yield from _tiers(settings, names, settings.network.tiers, "network")
    yield from _spokes(settings, names)
    if management := settings.network.management:
        yield from judged(
            network_parts.management,
            {**arguments.management(settings, names, management), **space},
            "network.management",
            {"bastion_subnet_prefix": ".bastionSubnet", "sku": ".bastionSku", **_where_zones(None)},
        )
    yield from _express_route(settings, names)
    yield from _vpn(settings, names)
    yield from _maintenance(settings, names)
    if settings.monitoring.wanted:
        # As in `made`: loaded where it is wanted.
        from . import watched

        values = watched.monitoring(settings, names, ())
        # What is watched is judged where it is made; its names are judged with all others.
        own = {name: value for name, value in values.items() if name not in ("sites", "alert_names", "tags")}
        paths = {"workspace_id": "monitoring.workspace", "action_group_id": "monitoring.actionGroup"}
        paths |= {"workspace_name": "names.workspace" if settings.names.workspace else "name"}
        yield from judged(gateway_parts.monitoring, own, "monitoring", paths)


def _tiers(
    settings: Settings, names: Names, tiers: Sequence[Tier], path: str, spoke: Spoke | None = None
) -> Iterator[Problem]:
    """The tiers of one network, the hub or a spoke, at this path."""
    network = {
        "virtual_network_name": "made",
        SPACE: (spoke or settings.network).address_space,
        "location": (spoke and spoke.location) or settings.location,
    }
    sources = ("allow.[].source_prefixes", "allow.[].source_application_security_group_ids")
    paths = {
        "subnet_prefix": ".subnet",
        SPACE: f"{path}.addressSpace",
        **dict.fromkeys(sources, ".sources"),
    }
    own = names.spoke_network(spoke.name) if spoke else names.virtual_network
    of = there.id if (there := (spoke or settings.network).existing) else f"/virtualNetworks/{own}"
    seen: dict[str, str] = {}
    for index, tier in enumerate(tiers):
        values = {**_known_sources(arguments.tier(settings, names, tier, spoke)), **network}
        if tier.existing:
            # Whether its machines reach the Internet is not said to make it so.
            values |= {"internet_outbound": True, "allow": []}
            given = [field for field in ("allow", "load_balancer") if getattr(tier, field)]
            yield from existing_gateways.used_as_it_is(f"{path}.tiers[{index}]", "the subnet", given)
            at = f"{path}.tiers[{index}].existing.id"
            not_one = list(rules_of_names.type_of_id(at, tier.existing.id, kind="subnets", whole=True))
            yield from not_one or existing_network.in_network(at, tier.existing.id, of)
            yield from existing_network.of_one_tier(at, tier.existing.id, seen)
        elsewhere = normal(network["location"]) != normal(settings.location)
        own_zones = tier.load_balancer and tier.load_balancer.zones
        zones_at = {} if elsewhere else _where_zones(own_zones, "load_balancer.zones")
        yield from judged(network_parts.application_tier, values, f"{path}.tiers[{index}]", {**paths, **zones_at})


def _spokes(settings: Settings, names: Names) -> Iterator[Problem]:
    for index, spoke in enumerate(settings.network.spokes):
        path = f"network.spokes[{index}]"
        if group := arguments.spoke_resource_group(settings, spoke):
            own = spoke.resource_group and spoke.resource_group.name is not None
            at = f"{path}.resourceGroup"
            yield from judged(network_parts.resource_group, group, at, {"name": f"{at}.name" if own else _MADE})
        yield from judged(
            network_parts.spoke,
            {**arguments.spoke(settings, names, spoke), "address_prefixes": spoke.address_space},
            path,
            {"address_prefixes": ".addressSpace", "existing_network_id": ".existing.id", "dns_servers": ".dnsServers"},
        )
        yield from judged(network_parts.hub_peering, arguments.peering(names, spoke), path)
        yield from _tiers(settings, names, spoke.tiers, path, spoke)


def judged(
    composition: Callable[[Judge], None],
    values: Mapping[str, Any],
    path: str,
    paths: Mapping[str, str] | None = None,
) -> list[Problem]:
    """What a composition finds in the arguments of a component. path, paths: where the settings have them."""
    judge = Judge(values, path, {**_SPACE, **_PHYSICAL, "tags": "tags", **(paths or {})})
    composition(judge)
    return [problem for problem in judge.problems if problem.path != _MADE]


def _known_sources(tier: Mapping[str, Any]) -> dict[str, Any]:
    """A tier of which sources that stand for nothing are told already [NSG-04]."""
    return {
        **tier,
        "allow": [
            {**one, "source_prefixes": UNREADABLE} if one.get("source_prefixes") == [] else one for one in tier["allow"]
        ],
    }


def _zones(settings: Settings) -> Iterator[Problem]:
    """The zones of what says none itself, and whether anybody knows them."""
    gateway, network = settings.vpn.gateway, settings.network
    needed = [
        *([] if gateway.existing else [gateway.zones]),
        *([None] if network.management else []),
        *(tier.load_balancer.zones for tier in network.tiers if tier.load_balancer),
    ]
    for index, spoke in enumerate(network.spokes):
        location = spoke.location or settings.location
        for number, tier in enumerate(spoke.tiers):
            if tier.load_balancer and normal(location) == normal(settings.location):
                needed.append(tier.load_balancer.zones)
            elif tier.load_balancer and tier.load_balancer.zones is None and settings.zones is None:
                # The setting for all is the hub's too, so it is no way out of what another region has.
                yield from zones.known(f"network.spokes[{index}].tiers[{number}].loadBalancer.zones", location)
    if settings.zones is not None:
        yield from zones.listed("zones", settings.zones)
        yield from zones.in_region("zones", settings.zones, settings.location)
    elif None in needed:
        yield from zones.known("zones", settings.location)


def _where_zones(own: Sequence[str] | None, field: str = "zones") -> dict[str, str]:
    """Where a part's zones are said: in its own setting, or in the one for all."""
    return {field: "zones"} if own is None else {}


def _group(settings: Settings) -> Iterator[Problem]:
    named = "resourceGroup.name" if settings.resource_group.name is not None else _MADE
    yield from judged(
        network_parts.resource_group, arguments.resource_group(settings), "resourceGroup", {"name": named}
    )


def _hub(settings: Settings, names: Names) -> Iterator[Problem]:
    network = settings.network
    values = {
        **arguments.hub(settings, names),
        "address_prefixes": network.address_space,
        "express_route_sku": settings.express_route.gateway.sku,
        "connected_circuits": sum(circuit.connects for circuit in settings.express_route.circuits),
    }
    paths = {
        "address_prefixes": "network.addressSpace",
        "gateway_subnet_prefix": "network.gatewaySubnet",
        "existing_network_id": "network.existing.id",
    }
    yield from judged(network_parts.hub_network, values, "network", paths)


def _express_route(settings: Settings, names: Names) -> Iterator[Problem]:
    gateway = {**_gateway(settings.express_route.gateway), "location": settings.location}
    path = "expressRoute.gateway"
    yield from judged(gateway_parts.express_route_gateway, gateway, path, {"existing_id": f"{path}.existing.id"})
    # Of an existing gateway what Azure says.
    sizes = {name: getattr(settings.express_route.gateway, name) for name in ("sku", "min_scale_units")}
    for index, circuit in enumerate(settings.express_route.circuits):
        path = f"expressRoute.circuits[{index}]"
        values = {
            **arguments.circuit(settings, names, circuit),
            "connected": circuit.connect != "never",
            "tier": circuit.tier,
            SPACE: settings.network.address_space,
        }
        if circuit.private_peering:
            values["private_peering"] = arguments.private_peering(circuit.private_peering)
        paths = {"existing_id": f"{path}.existing.id", "port_id": f"{path}.port.id"}
        yield from judged(gateway_parts.express_route_circuit, values, path, paths)
        connection = {**arguments.circuit_connection(names, circuit), **sizes}
        yield from judged(gateway_parts.circuit_connection, connection, path)


def _vpn(settings: Settings, names: Names) -> Iterator[Problem]:
    gateway = settings.vpn.gateway
    made = {} if gateway.existing else arguments.zones(settings, gateway.zones)
    values = {**_gateway(gateway), "location": settings.location, **made}
    paths = {"existing_id": "vpn.gateway.existing.id", **_where_zones(gateway.zones)}
    yield from judged(gateway_parts.vpn_gateway, values, "vpn.gateway", paths)
    yield from judged(gateway_parts.ipsec_policy, settings.vpn.ipsec_policy.model_dump(), "vpn.ipsecPolicy")
    for index, site in enumerate(settings.vpn.sites):
        values = {
            **arguments.site(settings, names, site),
            "prefixes": settings.site_prefixes(site),
            SPACE: settings.network.address_space,
            "gateway_asn": gateway.asn,
            "gateway_active_active": gateway.active_active if gateway.known else None,
            "gateway_apipa_addresses": settings.apipa_addresses(),
        }
        paths = {} if site.prefixes is not None else {"prefixes": "onPremises.prefixes"}
        paths |= {} if site.ipsec_policy else {"ipsec_policy": "vpn.ipsecPolicy"}
        yield from judged(gateway_parts.vpn_site, values, f"vpn.sites[{index}]", paths)


def _maintenance(settings: Settings, names: Names) -> Iterator[Problem]:
    path, values = "maintenance", arguments.maintenance(settings, names)
    yield from judged(gateway_parts.maintenance_windows, {**values, "windows": []}, path)
    for name, window in zip(settings.maintenance.windows, values["windows"], strict=True):
        yield from judged(gateway_parts.maintenance_window, window, f"{path}.{name}")
    windows = settings.maintenance.windows.values()
    yield from maintenance.apart(path, [one.start for one in windows], [one.hours for one in windows])


def _gateway(gateway: ExpressRouteGateway | VpnGateway) -> dict[str, Any]:
    """A gateway as its component is given it; of an existing one what the settings say, and nothing that Azure says."""
    if gateway.existing is None:
        # Of a SKU that is not said it is told already [SET-02].
        return gateway.model_dump() | ({"sku": UNREADABLE} if gateway.sku is None else {})
    said = gateway.model_fields_set - {"existing", "zones"}
    return {"existing_id": gateway.existing.id, **gateway.model_dump(include=said)}
