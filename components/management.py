"""How administrators reach the machines: Azure Bastion."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict

import pulumi

from .base import Component, prefix
from .rules import Problem, names
from .rules import subnets as subnet_rules
from .sdk import network

_BASTION_MINUTES = 60
_NETWORK_MINUTES = 30


class ManagementArgs(TypedDict):
    """Arguments of Management."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of the Bastion host and its public address."""
    virtual_network_name: pulumi.Input[str]
    """Required. Physical name of the virtual network."""
    virtual_network_resource_group_name: NotRequired[pulumi.Input[str]]
    """Optional. Resource group of the virtual network, where it is another one."""
    bastion_subnet_prefix: str
    """Required. Prefix of AzureBastionSubnet, /26 or larger [BAS-02]."""
    sku: NotRequired[str]
    """Optional. Basic or Standard (native clients, more instances; dearer). Default Basic."""
    name: NotRequired[str]
    """Optional. Physical name of the host; `bas-` and the component's name by default."""
    public_ip_name: NotRequired[str]
    """Optional. Physical name of its public address; `pip-` and the component's name by default."""
    location: NotRequired[str]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[dict[str, str]]
    """Optional. Tags of what is made."""


class Management(Component):
    """A Bastion host in its subnet: SSH and RDP through the Azure portal, with no public address on any machine.

    The subnet waits for the component's `depends_on`, which must name the network's previous subnet.
    Raises pulumi.RunError for arguments that Azure would refuse.
    """

    bastion_id: pulumi.Output[str]
    """Resource id of the Bastion host."""

    def __init__(self, name: str, args: ManagementArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.refuse(_problems(args))
        group = args["resource_group_name"]
        common = {"location": args.get("location"), "tags": args.get("tags")}
        self.subnet = network.Subnet(
            name,
            subnet_name="AzureBastionSubnet",
            virtual_network_name=args["virtual_network_name"],
            resource_group_name=args.get("virtual_network_resource_group_name", group),
            address_prefix=args["bastion_subnet_prefix"],
            opts=self.child(depends_on=self.after(), minutes=_NETWORK_MINUTES),
        )
        address = network.PublicIPAddress(
            name,
            public_ip_address_name=args.get("public_ip_name", f"pip-{name}"),
            resource_group_name=group,
            sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
            public_ip_allocation_method="Static",
            opts=self.child(),
            **common,
        )
        host = network.BastionHost(
            name,
            bastion_host_name=args.get("name", f"bas-{name}"),
            resource_group_name=group,
            sku=network.SkuArgs(name=args.get("sku", "Basic")),
            ip_configurations=[
                network.BastionHostIPConfigurationArgs(
                    name="bastion",
                    subnet=network.SubResourceArgs(id=self.subnet.id),
                    public_ip_address=network.SubResourceArgs(id=address.id),
                )
            ],
            opts=self.child(minutes=_BASTION_MINUTES),
            **common,
        )
        self.bastion_id = host.id
        self.register_outputs({"bastionId": self.bastion_id})


def _problems(args: ManagementArgs) -> Iterator[Problem]:
    if name := args.get("name"):
        yield from names.resource("name", name)
    if subnet := prefix(args["bastion_subnet_prefix"]):
        yield from subnet_rules.bastion_subnet("bastion_subnet_prefix", subnet)
