"""The resource group of everything a stack makes."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import resources

from . import network_parts
from .arguments import judged
from .base import Component, named


class ResourceGroupArgs(TypedDict):
    """Arguments of ResourceGroup."""

    name: pulumi.Input[str]
    """Required. Physical name."""
    existing: NotRequired[bool]
    """Optional. Whether the group is there already: it is used, neither changed nor destroyed. Default false."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of the group."""


class ResourceGroup(Component):
    """A resource group, made here or existing.

    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    resource_group_name: pulumi.Output[str]
    """Physical name, known only once the group is there: who uses it waits for the group."""

    def __init__(self, name: str, args: ResourceGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, ResourceGroupArgs, args, network_parts.resource_group)
        super().__init__(name, args, opts)
        if args.get("existing"):
            self.resource_group_name = pulumi.Output.from_input(args["name"])
        else:
            group = resources.ResourceGroup(
                name,
                resource_group_name=args["name"],
                location=args.get("location"),
                tags=args.get("tags"),
                opts=self.child(depends_on=self.after(), minutes=60),
            )
            self.resource_group_name = named(group, args["name"])
        self.register_outputs({"resourceGroupName": self.resource_group_name})
