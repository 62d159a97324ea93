"""What Azure has of a virtual network that is there already, and of its gateways."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, ip_network
from typing import Any

import pulumi
from pulumi_azure_native import network

from .lookup import find, find_here
from .rules import Problem, bgp, existing_gateways, existing_network
from .rules.names import GATEWAY_SUBNET
from .rules.there import SUCCEEDED, Existing, GatewayThere, NetworkThere, RouteTableThere, SubnetThere


def find_existing(named: Mapping[str, tuple[str, str]]) -> tuple[Existing, list[Problem]]:
    """All that is there already, and why something of it cannot be used.

    named: the field of `Existing` -> where its id is said, and the id. Raises pulumi.RunError for a lookup that failed.
    """
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for field, (path, id) in named.items():
        find_one = find_network if field == "network" else find_gateway
        found[field], wrong = find_one(id, path)
        problems += wrong
    return Existing(**found), problems


def find_network(
    id: str, path: str, opts: pulumi.InvokeOptions | None = None
) -> tuple[NetworkThere | None, list[Problem]]:
    """A virtual network with its GatewaySubnet and that one's route table; None, and why, where it cannot be used.

    path: where the id is said. opts: of the lookups, such as a provider. Raises pulumi.RunError for one that failed.
    """
    answer, account = find_here(
        "the existing virtual network", network.get_virtual_network, id, "virtual_network_name", opts
    )
    problems = existing_network.network(path, id, subscription=account, there=answer is not None)
    if answer is None:
        return None, list(problems)
    gateway_subnet = find(
        "the GatewaySubnet",
        network.get_subnet,
        resource_group_name=id.split("/")[4],
        virtual_network_name=id.rsplit("/", 1)[-1],
        subnet_name=GATEWAY_SUBNET,
        opts=opts,
    )
    table_id = _id(gateway_subnet.route_table) if gateway_subnet else ""
    return NetworkThere(
        id=id,
        location=answer.location or "",
        prefixes=_prefixes(answer.address_space.address_prefixes if answer.address_space else None),
        subnets=tuple(map(_subnet, answer.subnets or ())),
        uses_gateways_of=tuple(
            peering.name or "" for peering in answer.virtual_network_peerings or () if peering.use_remote_gateways
        ),
        gateway_subnet=_subnet(gateway_subnet) if gateway_subnet else None,
        gateway_subnet_routes=_table(table_id, opts) if table_id else None,
    ), []


def find_gateway(
    id: str, path: str, opts: pulumi.InvokeOptions | None = None
) -> tuple[GatewayThere | None, list[Problem]]:
    """A virtual network gateway; None, and why, where it cannot be used.

    path: where the id is said. opts: of the lookups, such as a provider. Raises pulumi.RunError for one that failed.
    """
    answer, account = find_here(
        "the existing gateway", network.get_virtual_network_gateway, id, "virtual_network_gateway_name", opts
    )
    found = _gateway(id, answer) if answer else None
    return found, list(existing_gateways.there(path, id, subscription=account, found=found))


def _gateway(id: str, answer: network.GetVirtualNetworkGatewayResult) -> GatewayThere:
    scale = answer.auto_scale_configuration
    bounds = scale.bounds if scale else None
    configurations = answer.ip_configurations or []
    subnets = [_id(configuration.subnet) for configuration in configurations]
    order = [(configuration.id or "").lower() for configuration in configurations]
    settings = answer.bgp_settings
    peers = [peer for peer in (settings and settings.bgp_peering_addresses) or () if peer.ipconfiguration_id]
    peers.sort(key=lambda peer: _position(order, peer.ipconfiguration_id))
    return GatewayThere(
        id=id,
        type=answer.gateway_type or "",
        sku=(answer.sku.name if answer.sku else None) or "",
        generation=answer.vpn_gateway_generation or "",
        location=answer.location or "",
        state=answer.provisioning_state or SUCCEEDED,
        network=next((subnet.rsplit("/subnets/", 1)[0] for subnet in subnets if subnet), ""),
        vpn_type=answer.vpn_type or "",
        active_active=bool(answer.active_active),
        bgp=bool(answer.enable_bgp),
        asn=int((settings.asn if settings else None) or bgp.AZURE_ASN),
        public_ips=tuple(address for peer in peers for address in peer.tunnel_ip_addresses or ()),
        bgp_peer_addresses=tuple(address for peer in peers for address in peer.default_bgp_ip_addresses or ()),
        apipa_addresses=tuple(tuple(peer.custom_bgp_ip_addresses or ()) for peer in peers),
        ip_configuration_ids=tuple(peer.ipconfiguration_id or "" for peer in peers),
        min_scale_units=bounds.min if bounds else None,
        max_scale_units=bounds.max if bounds else None,
    )


def _position(order: list[str], id: str | None) -> int:
    """Where an address configuration is in the gateway's own list; Azure writes its id in letters of any case."""
    wanted = (id or "").lower()
    return order.index(wanted) if wanted in order else len(order)


def _subnet(answer: Any) -> SubnetThere:
    """answer: a SubnetResponse, or the GetSubnetResult of one, which has the same fields."""
    parts = (*(answer.ip_configurations or ()), *(answer.private_endpoints or ()))
    return SubnetThere(
        name=answer.name or "",
        prefixes=_prefixes(answer.address_prefixes or [answer.address_prefix or ""]),
        network_security_group=_id(answer.network_security_group),
        delegations=tuple(delegation.service_name or "" for delegation in answer.delegations or ()),
        service_endpoint_policies=tuple(map(_id, answer.service_endpoint_policies or ())),
        users=tuple(filter(None, map(_id, parts))),
    )


def _table(id: str, opts: pulumi.InvokeOptions | None) -> RouteTableThere:
    answer = find(
        "the GatewaySubnet's route table",
        network.get_route_table,
        resource_group_name=id.split("/")[4],
        route_table_name=id.rsplit("/", 1)[-1],
        opts=opts,
    )
    if answer is None:
        return RouteTableThere(id)
    routes = tuple(route.address_prefix or "" for route in answer.routes or ())
    return RouteTableThere(id, routes, propagates=not answer.disable_bgp_route_propagation)


def _id(reference: Any) -> str:
    """The id of what Azure refers to; empty where there is none."""
    return (reference.id if reference else None) or ""


def _prefixes(texts: Sequence[str] | None) -> tuple[IPv4Network, ...]:
    """The IPv4 prefixes among these."""
    networks = [ip_network(text) for text in texts or () if text]
    return tuple(network for network in networks if isinstance(network, IPv4Network))
