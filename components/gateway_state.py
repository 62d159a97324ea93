"""What Azure has of an ExpressRoute gateway, against what is wanted of it."""

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
