"""What each part of the network must be: every rule on its arguments, said once for component and settings alike.

Each function is the composition of one component's rules. The component calls it with its arguments, the settings with
theirs and with the paths where they are written (`topology.settings.judge`). What only a whole network shows (two tiers
that overlap, circuits side by side) is judged there.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from .judging import ARG_01, Judge
from .rules import (
    Problem,
    apipa,
    bastion,
    bgp,
    circuits,
    existing_gateways,
    gateways,
    ipsec,
    keys,
    limits,
    names,
    peering,
    prefixes,
    routes,
    security,
    spokes,
    subnets,
    unique,
    vpn,
    zones,
)
from .rules.existing_network import uses_only
from .rules.names import NAME_01

OF_A_MADE_EXPRESS_ROUTE_GATEWAY = ("sku", "min_scale_units", "max_scale_units", "public_ip_id", "name")
OF_A_MADE_VPN_GATEWAY = (
    *(
        "sku",
        "generation",
        "active_active",
        "zones",
        "keeps_zones",
        "asn",
        "apipa_addresses",
        "name",
        "public_ip_names",
    ),
)
"""Arguments that only a gateway has that is made, none that is there already [EXIST-11]."""
SPACE = "virtual_network_prefixes"
"""The argument of every part that says its virtual network's address space, where it is known."""


def resource_group(judge: Judge) -> None:
    """A resource group."""
    judge(names.resource_group, "name")
    judge(names.tags, "tags")


def hub_network(judge: Judge) -> None:
    """The hub virtual network with its GatewaySubnet."""
    judge(names.resource, "name", given={"most": names.MAX_NETWORK_NAME})
    judge(names.resource, "gateway_subnet_route_table_name")
    judge(names.resource_id, "existing_network_id", given={"kinds": ("virtualNetworks",)})
    judge(names.tags, "tags")
    judge(routes.dns, "dns_servers")
    judge(_count(limits.dns_servers), "dns_servers")
    judge(subnets.address_space, "address_prefixes")
    judge(_count(limits.virtual_network_prefixes), "address_prefixes")
    _subnet(judge, "gateway_subnet_prefix", space="address_prefixes")
    own = judge.value("own_gateways")
    if not (isinstance(own, list | tuple) and all(isinstance(name, str) for name in own) and uses_only(own)):
        judge(
            subnets.gateway_subnet,
            "gateway_subnet_prefix",
            express_route_sku="express_route_sku",
            circuits="connected_circuits",
            adopted="adopt_gateway_subnet",
            given={"vpn": True},
        )
    if judge.value("existing_network_id") is not None:
        _used_as_it_is(judge, "the network", ("name", "dns_servers"))
    if judge.value("adopt_gateway_subnet") is True:
        _used_as_it_is(judge, "the GatewaySubnet", ("gateway_subnet_routes", "gateway_subnet_route_table_name"))
    _routes(judge, "gateway_subnet_routes")
    for route in judge.each("gateway_subnet_routes"):
        subnet_path = judge.path("gateway_subnet_prefix")
        route(
            routes.gateway_subnet_route,
            "prefix",
            "next_hop_type",
            "/gateway_subnet_prefix",
            given={"subnet_path": subnet_path},
        )


def spoke(judge: Judge) -> None:
    """A spoke's virtual network."""
    judge(names.resource, "name", given={"most": names.MAX_NETWORK_NAME})
    judge(names.resource_id, "existing_network_id", given={"kinds": ("virtualNetworks",)})
    judge(names.tags, "tags")
    judge(routes.dns, "dns_servers")
    judge(_count(limits.dns_servers), "dns_servers")
    judge(subnets.address_space, "address_prefixes")


def hub_peering(judge: Judge) -> None:
    """Both sides of the peering of a spoke with its hub."""
    for field in ("hub_peering_name", "spoke_peering_name"):
        judge(names.resource, field)
    for field in ("hub_network_id", "spoke_network_id"):
        judge(names.type_of_id, field, given={"kind": "virtualNetworks"})
    judge(spokes.other_network, "spoke_network_id", "hub_network_id")
    for field in ("hub_prefixes", "spoke_prefixes"):
        judge(subnets.address_space, field)
    judge(spokes.disjoint, "spoke_prefixes", "hub_prefixes", given={"hub_path": judge.path("hub_prefixes")})


def application_tier(judge: Judge) -> None:
    """One application tier: its subnet, security group, routes and load balancer."""
    _in_network(judge)
    for field in ("network_security_group_name", "route_table_name", "load_balancer.name"):
        judge(names.resource, field)
    judge(names.subnet, "subnet_name")
    judge(names.tags, "tags")
    judge(_unique_names, "allow[].name", path="allow", given={"what": "the rule"})
    judge(_allowed, "allow[].source_prefixes", "allow[].source_application_security_group_ids", path="allow")
    for allowed in judge.each("allow"):
        allowed(security.rule_name, "name")
        allowed(security.protocol, "protocol")
        allowed(security.ports, "ports")
        allowed(security.source, path="", same=("source_prefixes", "source_application_security_group_ids"))
        allowed(security.sources, "source_prefixes")
        allowed(security.groups, "source_application_security_group_ids")
    _subnet(judge, "subnet_prefix", space=SPACE)
    if balancer := judge.within("load_balancer"):
        balancer(
            subnets.host_address,
            "frontend_address",
            "/subnet_prefix",
            given={"subnet_path": judge.path("subnet_prefix")},
        )
        balancer(security.port, "port")
        balancer(security.port, "backend_port")
        _zones(balancer, "/location")
        balancer(zones.frontend, "zones", "/location")
    _routes(judge, "routes")
    for route in judge.each("routes"):
        route(routes.internet_route, "prefix", "next_hop_type", path="next_hop_type", outbound="/internet_outbound")


def management(judge: Judge) -> None:
    """Azure Bastion in its subnet, or shared with others and without one."""
    _in_network(judge)
    for field in ("name", "public_ip_name", "network_security_group_name"):
        judge(names.resource, field)
    judge(names.tags, "tags")
    judge(bastion.sku, "sku")
    subnet, by_name = "bastion_subnet_prefix", not judge.is_elsewhere("virtual_network_name")
    if by_name and judge.value(subnet) is None and judge.value("virtual_network_id") is None:
        what = "is missing; only a host of SKU Developer has none, and needs virtual_network_id"
        judge.tell([ARG_01(judge.path(subnet), what)])
    else:
        judge(bastion.subnet, subnet, "sku")
    judge(subnets.bastion_subnet, subnet)
    _subnet(judge, subnet, space=SPACE)
    _zones(judge, "location")
    judge(bastion.security_group, "security_group", "sku")
    judge(bastion.allowed_sources, "allowed_sources", "security_group")
    judge(bastion.scale_units, "scale_units", "sku")
    for name in bastion.FEATURES:
        judge(bastion.feature, name, "sku", given={"name": name})


def express_route_circuit(judge: Judge) -> None:
    """A circuit: ordered, on a Direct port, or existing."""
    judge(names.resource, "name")
    judge(names.resource_id, "existing_id", given={"kinds": ("expressRouteCircuits",)})
    judge(names.resource_id, "port_id", given={"kinds": ("expressRoutePorts",)})
    judge(names.tags, "tags")
    judge(
        circuits.circuit,
        path="",
        same=(
            *("tier", "family", "provider", "peering_location", "bandwidth_in_mbps"),
            *("port_id", "bandwidth_in_gbps", "existing_id", "location"),
        ),
    )
    judge(_unique_authorizations, "authorizations")
    judge(_names, "authorizations")
    judge(_links, "authorizations", same=("tier", "bandwidth_in_mbps", "bandwidth_in_gbps", "connected"))
    if judge.value("existing_id") is not None:
        theirs = {name: bool(judge.value(name)) for name in ("private_peering", "authorizations")}
        judge.tell(circuits.owners_parts(judge.path(), **theirs))
    if link := judge.within("private_peering"):
        link(
            peering.private_peering,
            path="",
            same=("peer_asn", "vlan_id", "primary_prefix", "secondary_prefix"),
            space=f"/{SPACE}",
            given={"space_path": judge.path(SPACE)},
        )
        link(keys.peering_key, "shared_key")


def express_route_gateway(judge: Judge) -> None:
    """The ExpressRoute gateway and its connections."""
    judge(names.resource, "name")
    judge(names.type_of_id, "gateway_subnet_id", given={"kind": "subnets"})
    judge(names.type_of_id, "public_ip_id", given={"kind": "publicIPAddresses"})
    judge(names.tags, "tags")
    if _is_made(judge, OF_A_MADE_EXPRESS_ROUTE_GATEWAY):
        judge(gateways.express_route_gateway, "sku", "min_scale_units", "max_scale_units", path="")
        judge(zones.scalable_gateway, "sku", "location")
    listed = judge.value("connections") or ()
    count = len(listed) if isinstance(listed, list | tuple) else 0
    judge(
        subnets.gateway_subnet,
        "gateway_subnet_prefix",
        express_route_sku="sku",
        given={"vpn": judge.value("alone") is not True, "circuits": count},
    )
    judge(_unique_names, "connections[].name", path="connections", given={"what": "the connection"})
    judge(gateways.circuits, "sku", min_scale_units="min_scale_units", path="connections", given={"count": count})
    judge(circuits.locations, "connections[].peering_location", path="connections")
    for connection in judge.each("connections"):
        circuit_connection(connection)


def circuit_connection(judge: Judge) -> None:
    """The ExpressRoute gateway's connection to one circuit; the whole part says the gateway's SKU and scale units."""
    judge(names.resource, "physical_name")
    judge(names.type_of_id, "circuit_id", given={"kind": "expressRouteCircuits"})
    judge(circuits.routing_weight, "routing_weight")
    judge(gateways.fast_path, "fast_path", "/sku", "/min_scale_units")


def vpn_gateway(judge: Judge) -> None:
    """The VPN gateway and its public addresses."""
    judge(names.resource, "name")
    judge(names.type_of_id, "gateway_subnet_id", given={"kind": "subnets"})
    judge(names.tags, "tags")
    judge(prefixes.in_azure, SPACE)
    if not _is_made(judge, OF_A_MADE_VPN_GATEWAY):
        return
    judge(gateways.vpn_gateway, "sku", "generation", path="")
    judge(gateways.active_active, "active_active")
    judge(gateways.addresses, "public_ip_names", "active_active")
    judge(_names, "public_ip_names")
    judge(zones.listed, "zones")
    if judge.value("sku") in gateways.VPN_SKUS:
        judge(zones.vpn_gateway, "sku", "zones", "location", path="zones")
    judge(bgp.gateway_asn, "asn", given={"beside_express_route": judge.value("alone") is not True})
    judge(apipa.gateway_apipa, "apipa_addresses", "active_active")


def vpn_site(judge: Judge) -> None:
    """One VPN appliance: local network gateway and connection."""
    for field in ("local_network_gateway_name", "connection_name"):
        judge(names.resource, field)
    judge(names.type_of_id, "gateway_id", given={"kind": "virtualNetworkGateways"})
    judge(names.tags, "tags")
    judge(vpn.reached, path="", same=("public_ip", "fqdn"))
    judge(vpn.public_address, "public_ip")
    judge(vpn.name_in_dns, "fqdn")
    judge(vpn.instance, "instance", active_active="gateway_active_active")
    judge(apipa.configurations_of, "ip_configuration_ids", "gateway_id")
    judge(keys.shared_key, "shared_key")
    if judge.value("gateway_id") is not None:
        # Settings have no ids: there all on-premises prefixes are looked at together.
        judge(_outside, "public_ip", "prefixes", given={"prefixes_path": judge.path("prefixes")})
    judge(vpn.connection_mode, "connection_mode")
    judge(ipsec.dead_peer_detection, "dpd_timeout_seconds")
    if policy := judge.within("ipsec_policy"):
        ipsec_policy(policy)
    space = {"space_path": judge.path(SPACE)}
    if peer := judge.within("bgp"):
        peer(bgp.appliance_asn, "asn", gateway="/gateway_asn")
        peer(
            bgp.peer,
            "peer_address",
            "gateway_addresses",
            path="",
            public_ip="/public_ip",
            instance="/instance",
            active_active="/gateway_active_active",
            space=f"/{SPACE}",
            given=space,
        )
        peer(existing_gateways.speaks_bgp, "/gateway_bgp", path="")
        peer(
            apipa.other_instances,
            "gateway_addresses",
            "peer_address",
            instance="/instance",
            of_gateway="/gateway_apipa_addresses",
        )
        if peer.value("gateway_addresses") and judge.value("gateway_id") is not None:
            peer(apipa.address_configurations, "gateway_addresses", "/ip_configuration_ids", instance="/instance")
        judge(vpn.announced_prefixes, "prefixes", "bgp.peer_address")
    else:
        judge(vpn.static_prefixes, "prefixes", SPACE, given=space)
    if not judge.is_elsewhere("prefixes"):
        # Of a static prefix inside the network VPN-17 says what FAIL-07 would.
        inside = (SPACE,) if judge.value("bgp") else ()
        judge(prefixes.on_premises, "prefixes", *inside, given=space)


def ipsec_policy(judge: Judge) -> None:
    """A custom IPsec/IKE policy."""
    judge(ipsec.policy, path="", same=ipsec.STRONG_POLICY)


def _is_made(judge: Judge, of_a_made_one: Sequence[str]) -> bool:
    """Whether a gateway is made, with its SKU, or is there already and used as it is; each with what it may be said."""
    if judge.value("existing_id") is None:
        if judge.value("sku") is None:
            judge.tell([ARG_01(judge.path("sku"), "is missing; say it, or existing_id")])
        return True
    judge(names.resource_id, "existing_id", given={"kinds": ("virtualNetworkGateways",)})
    _used_as_it_is(judge, "the gateway", of_a_made_one)
    return False


def _used_as_it_is(judge: Judge, what: str, of_a_made_one: Sequence[str]) -> None:
    given = [field for field in of_a_made_one if judge.value(field) not in (None, [], ())]
    judge.tell(existing_gateways.used_as_it_is(judge.path(), what, given))


def _in_network(judge: Judge) -> None:
    """Which virtual network it is: a name or an id, one of them."""
    given = [field for field in ("virtual_network_name", "virtual_network_id") if judge.value(field) is not None]
    if len(given) != 1:
        what = (
            "is given, and virtual_network_id too; keep one" if given else "is missing; say it, or virtual_network_id"
        )
        judge.tell([ARG_01(judge.path("virtual_network_name"), what)])
    judge(names.resource, "virtual_network_name")
    judge(names.resource_id, "virtual_network_id", given={"kinds": ("virtualNetworks",)})


def _subnet(judge: Judge, field: str, *, space: str) -> None:
    judge(subnets.size, field)
    judge(subnets.inside, field, space, given={"space_path": judge.path(space)})


def _zones(judge: Judge, location: str) -> None:
    judge(zones.listed, "zones")
    judge(zones.in_region, "zones", location)


def _routes(judge: Judge, field: str) -> None:
    judge(routes.table, f"{field}[].name", f"{field}[].prefix", path=field)
    for route in judge.each(field):
        route(names.resource, "name")
        route(routes.next_hop, "next_hop_type", "next_hop_address", path="")


@cache
def _count(rule: Callable[[str, int], Iterator[Problem]]) -> Callable[[str, Sequence[Any]], Iterator[Problem]]:
    """A rule on the number of a list's items, as a rule on the list."""

    def counted(path: str, items: Sequence[Any]) -> Iterator[Problem]:
        return rule(path, len(items))

    return counted


def _names(path: str, given: Sequence[str]) -> Iterator[Problem]:
    for index, name in enumerate(given):
        yield from names.resource(f"{path}[{index}]", name)


def _unique_names(path: str, given: Sequence[str], *, what: str) -> Iterator[Problem]:
    return unique(path, what, given, NAME_01)


def _unique_authorizations(path: str, given: Sequence[str]) -> Iterator[Problem]:
    return unique(path, "the authorization", given, NAME_01, field="")


def _links(
    path: str,
    authorizations: Sequence[str],
    tier: str = circuits.DEFAULT_TIER,
    bandwidth_in_mbps: int | None = None,
    bandwidth_in_gbps: float | None = None,
    connected: bool = False,
) -> Iterator[Problem]:
    """connected: this network is linked too, which the settings know."""
    mbps = bandwidth_in_mbps if bandwidth_in_gbps is None else round(bandwidth_in_gbps * 1000)
    if mbps is not None:
        yield from limits.links(path, tier, mbps, len(authorizations) + connected)


def _outside(path: str, address: IPv4Address, own: Sequence[IPv4Network], *, prefixes_path: str) -> Iterator[Problem]:
    yield from vpn.outside(path, address, prefixes.Prefixes(prefixes.listed(prefixes_path, own)))


def _allowed(
    path: str, sources: Sequence[Sequence[str] | None], groups: Sequence[Sequence[str] | None]
) -> Iterator[Problem]:
    different = {id.lower() for ids in groups for id in ids or ()}
    return security.allowed(path, len(sources), sum(len(prefixes or ()) for prefixes in sources), len(different))
