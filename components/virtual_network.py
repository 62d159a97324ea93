"""A virtual network that a component makes, or one that is there already: what the hub and its spokes share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import network

from .base import NETWORK_MINUTES, Component, group_of, named


@dataclass(frozen=True)
class Network:
    """A virtual network by its id, its name and its resource group. made: the resource, where it is made here."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    made: list[pulumi.Resource]


def existing(id: pulumi.Input[str]) -> Network:
    """The network with this id."""
    known = pulumi.Output.from_input(id)
    name = known.apply(lambda id: id.rsplit("/", 1)[-1])
    return Network(known, name, known.apply(group_of), [])


def make(component: Component, name: str, args: Mapping[str, Any]) -> Network:
    """A new network, a child of `component`. name: its name in Pulumi. args: the component's."""
    physical, dns_servers = args.get("name", f"vnet-{name}"), args.get("dns_servers")
    made = network.VirtualNetwork(
        name,
        virtual_network_name=physical,
        resource_group_name=args["resource_group_name"],
        address_space=network.AddressSpaceArgs(address_prefixes=args["address_prefixes"]),
        dhcp_options=network.DhcpOptionsArgs(dns_servers=dns_servers) if dns_servers else None,
        location=args.get("location"),
        tags=args.get("tags"),
        opts=component.child(depends_on=component.after(), minutes=NETWORK_MINUTES),
    )
    return Network(made.id, named(made, physical), pulumi.Output.from_input(args["resource_group_name"]), [made])


def inside(args: Mapping[str, Any], found: Network) -> dict[str, Any]:
    """What every part that lies in a network is told of it. args: those of the network's own component."""
    common = {name: args[name] for name in ("location", "tags") if args.get(name) is not None}
    return {
        "resource_group_name": args["resource_group_name"],
        "virtual_network_name": found.name,
        "virtual_network_resource_group_name": found.resource_group_name,
        "virtual_network_prefixes": args["address_prefixes"],
        **common,
    }
