"""Rules for a virtual network that is there already: what a lookup found, against what is asked for."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from . import Problem, rule
from .subnets import COEXISTENCE_PREFIX, GW_04

GW_03 = rule(
    "GW-03",
    "a virtual network has at most one gateway of each type",
    "https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways",
)
GW_19 = rule(
    "GW-19",
    "a GatewaySubnet that is there already is adopted, or has the prefix asked for",
    "this project: components.hub_network",
)


NET_08 = rule(
    "NET-08",
    "an existing virtual network is there, in the subscription of this stack",
    "this project: components.hub_network",
)


def network(path: str, id: str, *, subscription: str, there: bool) -> Iterator[Problem]:
    """The existing network can be used by this stack [NET-08].

    id: its resource id. subscription: the stack's own. there: Azure found it.
    """
    theirs = id.split("/")[2]
    if theirs.lower() != subscription.lower():
        yield NET_08(
            path,
            f"the network is in subscription {theirs}, this stack deploys to {subscription}; gateways are made in "
            "the subscription of their network: deploy there",
        )
    elif not there:
        yield NET_08(path, f"Azure has no {id}; correct the id, or leave it out to make a network")


def gateway_subnet(
    network: str,
    there: IPv4Network | None,
    wanted: IPv4Network | None,
    gateways: Sequence[str],
    *,
    own_gateways: Sequence[str],
    adopt: bool,
) -> Iterator[Problem]:
    """The GatewaySubnet of an existing network fits [GW-03, GW-04, GW-19].

    network: the network's name. there: its GatewaySubnet, None without one. wanted: the prefix asked for.
    gateways: ids of the gateways in it. own_gateways: physical names of those that this stack makes.
    adopt: use the subnet that is there.
    """
    if there is None:
        if adopt:
            yield GW_19("existing_network_id", f"{network} has no GatewaySubnet to adopt; let this stack make one")
        return
    if there.prefixlen > COEXISTENCE_PREFIX:
        yield GW_04(
            "existing_network_id",
            f"its GatewaySubnet {there} has {there.num_addresses} addresses, but both gateways need a /27 (32); it "
            "cannot grow while a gateway is in it: remove its gateways (which interrupts every connection through "
            "them, for about 45 minutes a gateway) and the subnet, then let this stack make it",
        )
    elif there != wanted:
        way_out = f"ask for {there}" + ("" if adopt else " and adopt it")
        yield GW_19(
            "gateway_subnet_prefix", f"{wanted} is asked for, but {network} has a GatewaySubnet {there}; {way_out}"
        )
    own = {name.lower() for name in own_gateways}
    for gateway in gateways:
        if gateway.rsplit("/", 1)[-1].lower() not in own:
            yield GW_03(
                "existing_network_id",
                f"gateway {gateway} is in its GatewaySubnet, and a network has one gateway of each type; adopt it into "
                "this stack (`pulumi import`, with the name that this stack gives its gateway), or remove it, which "
                "interrupts every connection through it until the new gateway is there (about 45 minutes)",
            )
