"""The zones that Azure has of what is there, against those that a new one would get."""

from collections.abc import Iterator, Sequence

import pulumi
from pulumi_azure_native import network

from .lookup import find
from .rules import Problem, zones


def kept_zones(
    path: str,
    type: str,
    *,
    resource_group_name: str,
    name: str,
    wanted: Sequence[str],
    way_out: str,
    opts: pulumi.InvokeOptions | None = None,
) -> Iterator[Problem]:
    """Warns where a load balancer's frontend, or a public address, is in other zones than a new one would be.

    Azure changes them on nothing that is there [LB-01, PIP-07]; what is not there yet gets what is wanted.

    path: where its zones can be said. type: LoadBalancer or PublicIPAddress, as azure-native calls it. name: its
    physical name. wanted: the zones of a new one. way_out: how it gets them, in words. opts: of the lookup, such as a
    provider. Raises pulumi.RunError for a lookup that failed.
    """
    if type == "LoadBalancer":
        balancer = find(
            "the load balancer",
            network.get_load_balancer,
            resource_group_name=resource_group_name,
            load_balancer_name=name,
            opts=opts,
        )
        for frontend in (balancer and balancer.frontend_ip_configurations) or ():
            yield from zones.kept_by_frontend(path, name, frontend.zones or (), wanted, way_out)
        return
    address = find(
        "the public address",
        network.get_public_ip_address,
        resource_group_name=resource_group_name,
        public_ip_address_name=name,
        opts=opts,
    )
    if address:
        yield from zones.kept_by_address(path, name, address.zones or (), wanted, way_out)
