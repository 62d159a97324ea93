"""Arguments of what lies in a virtual network: which network it is."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from .base import group_of


class NetworkArgs(TypedDict):
    """Where a component makes its things, and in which network."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of what is made, but for the subnet, which is in its network's."""
    virtual_network_name: NotRequired[pulumi.Input[str]]
    """Conditional. Physical name of the virtual network; or its id."""
    virtual_network_id: NotRequired[pulumi.Input[str]]
    """Conditional. Resource id of the virtual network, instead of its name and resource group."""
    virtual_network_resource_group_name: NotRequired[pulumi.Input[str]]
    """Optional. Resource group of the virtual network, where it is another one."""
    virtual_network_prefixes: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional. The virtual network's address space, to judge what must lie in it [NET-01]."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of what is made."""


class SubnetsNetwork(TypedDict):
    """A subnet's network, as azure-native names it."""

    virtual_network_name: pulumi.Input[str]
    resource_group_name: pulumi.Input[str]


def network_of(args: NetworkArgs) -> SubnetsNetwork:
    """The network of a subnet."""
    id = args.get("virtual_network_id")
    if id is None:
        return {
            "virtual_network_name": args.get("virtual_network_name", ""),
            "resource_group_name": args.get("virtual_network_resource_group_name", args["resource_group_name"]),
        }
    known = pulumi.Output.from_input(id)
    return {
        "virtual_network_name": known.apply(lambda id: id.rsplit("/", 1)[-1]),
        "resource_group_name": known.apply(group_of),
    }
