"""What each gateway, circuit and site must be: every rule on its arguments, said once for component and settings alike.

They are compositions of rules as those of `network_parts` are, for what joins a network to on-premises.
"""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from .judging import ARG_01, Judge
from .network_parts import SPACE, unique_names, used_as_it_is
from .rules import (
    Problem,
    apipa,
    bgp,
    circuits,
    existing_gateways,
    gateways,
    ipsec,
    keys,
    limits,
    maintenance,
    names,
    peering,
    prefixes,
    subnets,
    unique,
    vpn,
    watching,
    zones,
)
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
        # The settings, which know whether it is connected, judge by its tier how many prefixes it takes.
        counted = () if judge.value("connected") is None else ("tier",)
        used_as_it_is(judge, "the circuit", [name for name in ("tier", "family") if name not in counted])
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
    _joined(judge, "public_ip_id", "gateway_subnet_id")
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
    judge(unique_names, "connections[].name", path="connections", given={"what": "the connection"})
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


def maintenance_windows(judge: Judge) -> None:
    """When each gateway of a network is maintained."""
    judge(maintenance.time_zone, "time_zone")
    judge(names.tags, "tags")
    judge(unique_names, "windows[].name", path="windows", given={"what": "the window"})
    judge(names.one_subscription, "windows[].gateway_id", path="windows", given={"field": "gateway_id"})
    for window in judge.each("windows"):
        maintenance_window(window)
    judge(maintenance.apart, "windows[].start", "windows[].hours", path="windows")


def maintenance_window(judge: Judge) -> None:
    """When one gateway is maintained."""
    judge(names.resource, "physical_name")
    judge(names.type_of_id, "gateway_id", given={"kind": "virtualNetworkGateways"})
    judge(maintenance.window, "start", "hours", path="")


def monitoring(judge: Judge) -> None:
    """Where metrics and logs go, who is told, and what is watched."""
    judge(watching.id_of, "workspace_id", given={"type": watching.WORKSPACES})
    judge(watching.id_of, "action_group_id", given={"type": watching.ACTION_GROUPS})
    _joined(judge, "vpn_gateway_id", "express_route_gateway_id")
    judge(watching.workspace_name, "workspace_name")
    judge(watching.retention, "retention_in_days")
    judge(watching.short_name, "short_name")
    judge(watching.emails, "emails")
    judge(watching.told, path="", same=("emails", "action_group_id"))
    if judge.value("workspace_id") is not None:
        used_as_it_is(judge, "the workspace", ("workspace_name", "retention_in_days"))
    judge(names.tags, "tags")
    for field in ("action_group_name", "diagnostic_setting_name"):
        judge(names.resource, field)
    judge(_alert_names, "alert_names")
    for field in ("express_route_gateway_id", "vpn_gateway_id"):
        judge(names.type_of_id, field, given={"kind": "virtualNetworkGateways"})
    judge(names.type_of_id, "bastion_id", given={"kind": "bastionHosts"})
    for field in ("express_route_routes", "vpn_capacity_in_mbps"):
        judge(watching.limit, field)
    for field, what in (("circuits", "the circuit"), ("sites", "the site")):
        judge(unique_names, f"{field}[].name", path=field, given={"what": what})
    for circuit in judge.each("circuits"):
        circuit(names.type_of_id, "circuit_id", given={"kind": "expressRouteCircuits"})
        circuit(watching.limit, "capacity_in_mbps")
    for site in judge.each("sites"):
        site(names.resource, "connection_name")
        site(watching.peer, "bgp_peer_address")
        site(vpn.public_address, "public_ip")
        site(vpn.instance, "instance")


def _alert_names(path: str, given: Mapping[str, str]) -> Iterator[Problem]:
    for key, name in given.items():
        yield from names.resource(f"{path}.{key}", name)


def _is_made(judge: Judge, of_a_made_one: Sequence[str]) -> bool:
    """Whether a gateway is made, with its SKU, or is there already and used as it is; each with what it may be said."""
    if judge.value("existing_id") is None:
        if judge.value("sku") is None:
            judge.tell([ARG_01(judge.path("sku"), "is missing; say it, or existing_id")])
        return True
    judge(names.resource_id, "existing_id", given={"kinds": ("virtualNetworkGateways",)})
    used_as_it_is(judge, "the gateway", of_a_made_one)
    return False


def _joined(judge: Judge, field: str, other: str) -> None:
    judge(names.same_subscription, field, other, given={"other_path": judge.path(other)})


def _names(path: str, given: Sequence[str]) -> Iterator[Problem]:
    for index, name in enumerate(given):
        yield from names.resource(f"{path}[{index}]", name)


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
