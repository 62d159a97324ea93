"""User-defined routes of a subnet."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import network


class RouteArgs(TypedDict):
    """A user-defined route."""

    name: pulumi.Input[str]
    """Required. Name in its table."""
    prefix: pulumi.Input[str]
    """Required. Destination prefix."""
    next_hop_type: pulumi.Input[str]
    """Required. VirtualAppliance, VirtualNetworkGateway, VnetLocal, Internet or None."""
    next_hop_address: NotRequired[pulumi.Input[str]]
    """Conditional. Address of the appliance; only with VirtualAppliance."""


def route_table(
    logical_name: str,
    name: pulumi.Input[str],
    routes: Sequence[RouteArgs],
    *,
    gateway_routes: bool,
    resource_group_name: pulumi.Input[str],
    location: pulumi.Input[str] | None,
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None,
    opts: pulumi.ResourceOptions,
) -> network.RouteTable:
    """A route table. gateway_routes: the subnet also learns the routes of the gateways (BGP route propagation)."""
    return network.RouteTable(
        logical_name,
        route_table_name=name,
        resource_group_name=resource_group_name,
        location=location,
        tags=tags,
        disable_bgp_route_propagation=not gateway_routes,
        routes=[
            network.RouteArgs(
                name=route["name"],
                address_prefix=route["prefix"],
                next_hop_type=route["next_hop_type"],
                next_hop_ip_address=route.get("next_hop_address"),
            )
            for route in routes
        ],
        opts=opts,
    )
