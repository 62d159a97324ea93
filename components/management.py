"""How administrators reach the machines: Azure Bastion."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import network

from . import parts
from .arguments import judged
from .base import NETWORK_MINUTES, Component
from .rules.gateways import DEFAULT_BASTION_SKU
from .rules.names import BASTION_SUBNET
from .within import NetworkArgs, network_of

_BASTION_MINUTES = 60


class ManagementInHubArgs(TypedDict):
    """Azure Bastion, as a hub takes it (`HubNetwork.add_management`)."""

    bastion_subnet_prefix: pulumi.Input[str]
    """Required. Prefix of AzureBastionSubnet, /26 or larger [BAS-02]."""
    sku: NotRequired[pulumi.Input[str]]
    """Optional. Basic or Standard (native clients, more instances; dearer). Default Basic."""
    name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the host; `bas-` and the component's name by default."""
    public_ip_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of its public address; `pip-` and the component's name by default."""
    zones: NotRequired[Sequence[str]]
    """Optional. Zones of the public address, in a region that has them [ZONE-04]; none by default, and Azure may spread
    it over all zones all the same [PIP-20]. A change replaces address and host."""
    keeps_zones: NotRequired[bool]
    """Optional. `zones` are those of a new address; one that is there keeps what it has. Default false."""


class ManagementArgs(ManagementInHubArgs, NetworkArgs):
    """Arguments of Management."""


class Management(Component):
    """A Bastion host in its subnet: SSH and RDP through the Azure portal, with no public address on any machine.

    The subnet waits for the component's `depends_on`, which must name the network's previous subnet.
    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (README, "One component in another stack").
    """

    bastion_id: pulumi.Output[str]
    """Resource id of the Bastion host."""

    def __init__(self, name: str, args: ManagementArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, ManagementArgs, args, parts.management)
        super().__init__(name, args, opts)
        group = args["resource_group_name"]
        common = {"location": args.get("location"), "tags": args.get("tags")}
        self.subnet = network.Subnet(
            name,
            subnet_name=BASTION_SUBNET,
            **network_of(args),
            address_prefix=args["bastion_subnet_prefix"],
            opts=self.child(depends_on=self.after(), minutes=NETWORK_MINUTES),
        )
        """The subnet, for what must wait for it."""
        address = network.PublicIPAddress(
            name,
            public_ip_address_name=args.get("public_ip_name", f"pip-{name}"),
            resource_group_name=group,
            sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
            public_ip_allocation_method="Static",
            zones=list(args.get("zones", [])) or None,
            # Zones cannot be changed in place [PIP-07], nor can an address be deleted while the host has it.
            opts=self.child(
                replace_on_changes=["zones"],
                ignore_changes=["zones"] if args.get("keeps_zones") else None,
                delete_before_replace=True,
            ),
            **common,
        )
        host = network.BastionHost(
            name,
            bastion_host_name=args.get("name", f"bas-{name}"),
            resource_group_name=group,
            sku=network.SkuArgs(name=args.get("sku", DEFAULT_BASTION_SKU)),
            ip_configurations=[
                network.BastionHostIPConfigurationArgs(
                    name="bastion",
                    subnet=network.SubResourceArgs(id=self.subnet.id),
                    public_ip_address=network.SubResourceArgs(id=address.id),
                )
            ],
            opts=self.child(minutes=_BASTION_MINUTES, replace_with=[address], delete_before_replace=True),
            **common,
        )
        self.bastion_id = host.id
        self.register_outputs({"bastionId": self.bastion_id})
