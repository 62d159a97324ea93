"""What Azure has of a Bastion host, against what is wanted of it."""

from collections.abc import Iterator

import pulumi
from pulumi_azure_native import network

from .lookup import find
from .rules import Problem, bastion


def bastion_change(
    path: str, *, resource_group_name: str, name: str, sku: str, opts: pulumi.InvokeOptions | None = None
) -> Iterator[Problem]:
    """A change of a Bastion host's SKU that Azure refuses [BAS-06].

    path: where the SKU is said. name: the host's physical name. sku: what is wanted. A host that is not there yet can
    become anything. opts: of the lookup, such as a provider. Raises pulumi.RunError for a lookup that failed.
    """
    host = find(
        "the Bastion host",
        network.get_bastion_host,
        resource_group_name=resource_group_name,
        bastion_host_name=name,
        opts=opts,
    )
    if host and host.sku and host.sku.name:
        yield from bastion.change_of_sku(path, name, host.sku.name, sku)
