"""What each network and what is in it must be: every rule on its arguments, said once for component and settings alike.

Each function is the composition of one component's rules. The component calls it with its arguments, the settings with
theirs and with the paths where they are written (`topology.settings.judge`). What only a whole network shows (two tiers
that overlap, circuits side by side) is judged there. Gateways, circuits and sites: `gateway_parts`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from .judging import ARG_01, Judge
from .rules import (
    Problem,
    bastion,
    existing_gateways,
    limits,
    names,
    routes,
    security,
    spokes,
    subnets,
    unique,
    zones,
)
from .rules.existing_gateway_subnet import uses_only
from .rules.names import NAME_01

SPACE = "virtual_network_prefixes"
"""The argument of every part that says its virtual network's address space, where it is known."""
_GROUPS = "source_application_security_group_ids"


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
        used_as_it_is(judge, "the network", ("name", "dns_servers"))
    if judge.value("adopt_gateway_subnet") is True:
        used_as_it_is(judge, "the GatewaySubnet", ("gateway_subnet_routes", "gateway_subnet_route_table_name"))
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
    if judge.value("existing_network_id") is not None:
        used_as_it_is(judge, "the network", ("name", "dns_servers"))


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
    judge(unique_names, "allow[].name", path="allow", given={"what": "the rule"})
    judge(_allowed, "allow[].source_prefixes", f"allow[].{_GROUPS}", path="allow")
    for allowed in judge.each("allow"):
        allowed(security.rule_name, "name")
        allowed(security.protocol, "protocol")
        allowed(security.ports, "ports")
        allowed(security.source, path="", same=("source_prefixes", _GROUPS))
        allowed(security.sources, "source_prefixes")
        allowed(security.groups, _GROUPS)
    if not judge.is_elsewhere("virtual_network_name"):
        # The settings know more of subscriptions, and look at all tiers together.
        paths = {one.inside[-1]: one.path(_GROUPS) for one in judge.each("allow")}
        judge(_groups_here, f"allow[].{_GROUPS}", network_id="virtual_network_id", path="allow", given={"paths": paths})
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


def used_as_it_is(judge: Judge, what: str, of_a_made_one: Sequence[str]) -> None:
    """Nothing is said of something that is there already which only a new one can have [EXIST-11]."""
    given = [field for field in of_a_made_one if judge.value(field) not in (None, [], ())]
    judge.tell(existing_gateways.used_as_it_is(judge.path(), what, given))


def unique_names(path: str, given: Sequence[str], *, what: str) -> Iterator[Problem]:
    """No two parts of one kind have the same name [NAME-01]. what: the kind, in words."""
    return unique(path, what, given, NAME_01)


def _in_network(judge: Judge) -> None:
    """Which virtual network it is: a name or an id, one of them."""
    given = [field for field in ("virtual_network_name", "virtual_network_id") if judge.value(field) is not None]
    if len(given) != 1:
        what = (
            "is given, and virtual_network_id too; keep one" if given else "is missing; say it, or virtual_network_id"
        )
        judge.tell([ARG_01(judge.path("virtual_network_name"), what)])
    judge(names.resource, "virtual_network_name")
    # A resource's own id is a bare name under Pulumi's mocks; one that is written is a slip.
    bare = not isinstance(judge.value("virtual_network_id"), str)
    judge(names.resource_id, "virtual_network_id", given={"kinds": ("virtualNetworks",), "bare": bare})


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


def _allowed(
    path: str, sources: Sequence[Sequence[str] | None], groups: Sequence[Sequence[str] | None]
) -> Iterator[Problem]:
    different = {id.lower() for ids in groups for id in ids or ()}
    return security.allowed(path, len(sources), sum(len(prefixes or ()) for prefixes in sources), len(different))


def _groups_here(
    path: str, groups: Sequence[Sequence[str] | None], network_id: str = "", *, paths: Mapping[int, str]
) -> Iterator[Problem]:
    named = [
        (f"{paths[index]}[{number}]", id) for index, ids in enumerate(groups) for number, id in enumerate(ids or ())
    ]
    return security.groups_here(named, names.subscription_in(network_id))
