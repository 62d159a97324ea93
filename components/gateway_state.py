"""What Azure has of the gateways, against what is wanted of them."""

from collections.abc import Iterator

import pulumi
from pulumi_azure_native import network

from .lookup import find
from .rules import Problem, gateways


def gateway_change(
    path: str, *, resource_group_name: str, name: str, sku: str, opts: pulumi.InvokeOptions | None = None
) -> Iterator[Problem]:
    """A change of an ExpressRoute gateway's SKU that Azure does not do in place [ER-07].

    path: where the SKU is said. name: the gateway's physical name. sku: what is wanted. A gateway that is not there yet
    can become anything. opts: of the lookup, such as a provider. Raises pulumi.RunError for a lookup that failed.
    """
    gateway = find(
        "the ExpressRoute gateway",
        network.get_virtual_network_gateway,
        resource_group_name=resource_group_name,
        virtual_network_gateway_name=name,
        opts=opts,
    )
    if gateway and gateway.sku and gateway.sku.name:
        yield from gateways.change_of_sku(path, name, gateway.sku.name, sku, gateway.location or "")


def moved_generation(
    *, resource_group_name: str, name: str, sku: str, generation: str, opts: pulumi.InvokeOptions | None = None
) -> bool:
    """Whether Microsoft has moved a VPN gateway to Generation2, which is no change that anyone wants undone [VPN-09].

    Gateways with Standard addresses are moved without their owner's doing; a refresh then finds a generation that is
    not the wanted one, and the next update would replace the gateway. name: its physical name. sku, generation: what is
    wanted; with another SKU in Azure the change is the owner's. opts: of the lookup, such as a provider. Raises
    pulumi.RunError for a lookup that failed.
    """
    if generation != "Generation1":
        return False
    gateway = find(
        "the VPN gateway",
        network.get_virtual_network_gateway,
        resource_group_name=resource_group_name,
        virtual_network_gateway_name=name,
        opts=opts,
    )
    there = gateway and gateway.sku and gateway.sku.name
    return bool(gateway and there == sku and gateway.vpn_gateway_generation == "Generation2")


def keeps_generation(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    """A transformation that leaves the generation of a VPN gateway as a refresh has found it."""
    if args.type_ == "azure-native:network:VirtualNetworkGateway":
        args.opts.ignore_changes = [*(args.opts.ignore_changes or []), "vpnGatewayGeneration"]
    return pulumi.ResourceTransformationResult(args.props, args.opts)
