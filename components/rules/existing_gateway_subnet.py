"""Rules for a GatewaySubnet that is there already: its size, and what is in it and attached to it."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from . import Problem, few, rule
from .names import GATEWAY_SUBNET
from .prefixes import DEFAULT_ROUTE
from .routes import GW_12
from .sources import ER_GATEWAYS, UDR_WARNING, VPN_FAQ
from .subnets import COEXISTENCE_PREFIX, GW_04
from .there import ARGUMENTS, Paths, RouteTableThere, SubnetThere

EXIST_02 = rule(
    "EXIST-02",
    "the address space that is said of an existing network is the one that it has, and its GatewaySubnet is delegated "
    "to no service",
    "this project: components.hub_network",
)
EXIST_03 = rule(
    "EXIST-03",
    "a GatewaySubnet has no service endpoint policy: gateways in it are not deployed, scaled or healed",
    "https://learn.microsoft.com/azure/expressroute/expressroute-faqs",
)
GW_02 = rule("GW-02", "a GatewaySubnet holds nothing but gateways", VPN_FAQ)
GW_03 = rule("GW-03", "a virtual network has at most one gateway of each type", ER_GATEWAYS)
GW_11 = rule("GW-11", "a GatewaySubnet has no network security group", UDR_WARNING)
GW_13 = rule("GW-13", "the GatewaySubnet learns BGP routes: without them no gateway works", UDR_WARNING)
GW_19 = rule(
    "GW-19",
    "a GatewaySubnet that is there already is adopted, or has the prefix asked for",
    "this project: components.hub_network",
)
GW_22 = rule(
    "GW-22",
    "routes of an adopted GatewaySubnet are no part of the failover's proof",
    "this project: topology.proof",
    "warning",
)


def gateway_subnet_fits(
    network: str,
    there: IPv4Network | None,
    wanted: IPv4Network | None,
    gateways: Sequence[str],
    *,
    own_gateways: Sequence[str],
    adopt: bool,
    paths: Paths = ARGUMENTS,
) -> Iterator[Problem]:
    """The GatewaySubnet of an existing network fits [GW-03, GW-04, GW-19].

    network: the network's name. there: its GatewaySubnet, None without one. wanted: the prefix asked for.
    gateways: ids of the gateways in it. own_gateways: physical names of those that this stack makes, and ids of those
    that it uses; where it makes none, what else is there and how large the subnet is are its owner's affair.
    adopt: use the subnet that is there.
    """
    if there is None:
        if adopt:
            yield GW_19(paths.id, f"{network} has no GatewaySubnet to adopt; let this stack make one")
        return
    makes_none = uses_only(own_gateways)
    if there.prefixlen > COEXISTENCE_PREFIX and not makes_none:
        yield GW_04(
            paths.id,
            f"its GatewaySubnet {there} has {there.num_addresses} addresses, but both gateways need a /27 (32); it "
            "cannot grow while a gateway is in it: remove its gateways (which interrupts every connection through "
            "them, for about 45 minutes a gateway) and the subnet, then let this stack make it",
        )
    elif there != wanted:
        way_out = f"ask for {there}" + ("" if adopt else " and adopt it")
        yield GW_19(
            paths.gateway_subnet, f"{wanted} is asked for, but {network} has a GatewaySubnet {there}; {way_out}"
        )
    own = {name.lower() for name in own_gateways}
    for gateway in [] if makes_none else gateways:
        if not {gateway.lower(), gateway.rsplit("/", 1)[-1].lower()} & own:
            yield GW_03(
                paths.id,
                f"gateway {gateway} is in its GatewaySubnet, and a network has one gateway of each type; use it as it "
                f"is ({paths.existing_gateway}), adopt it into this stack (`pulumi import`, with the name that this "
                "stack gives its gateway), or remove it, which interrupts every connection through it until the new "
                "gateway is there (about 45 minutes)",
            )


def uses_only(gateways: Sequence[str]) -> bool:
    """Whether all of a network's gateways are there already: each is known by its id."""
    return bool(gateways) and all("/" in gateway for gateway in gateways)


def attached(
    there: SubnetThere, table: RouteTableThere | None = None, *, adopt: bool, path: str = ARGUMENTS.id
) -> Iterator[Problem]:
    """Nothing in the GatewaySubnet, or attached to it, keeps gateways from working.

    [EXIST-02, EXIST-03, GW-02, GW-11, GW-12, GW-13, GW-22]. path: where the network's id is said.
    """
    subnet = f"its {GATEWAY_SUBNET}"
    if there.network_security_group:
        yield GW_11(
            path,
            f"{subnet} has network security group {there.network_security_group}, with which gateways fail; "
            "take it off",
        )
    if there.delegations:
        yield EXIST_02(
            path, f"{subnet} is delegated to {', '.join(there.delegations)}, so it takes no gateway; remove that"
        )
    if there.service_endpoint_policies:
        yield EXIST_03(
            path,
            f"{subnet} has service endpoint policy {', '.join(there.service_endpoint_policies)}, with which gateways "
            "are not deployed, scaled or healed; take it off",
        )
    yield from few(
        GW_02(path, f"{other} is in {subnet}, which takes nothing but gateways; move it away") for other in there.others
    )
    if table:
        if not table.propagates:
            yield GW_13(
                path,
                f"route table {table.id} of {subnet} does not learn gateway routes, so no gateway works; turn "
                "its gateway route propagation on",
            )
        if str(DEFAULT_ROUTE) in table.routes:
            yield GW_12(path, f"route table {table.id} of {subnet} has a route for {DEFAULT_ROUTE}; remove it")
        elif adopt and table.routes:
            routes = ", ".join(table.routes[:5]) + (" .." if len(table.routes) > 5 else "")
            yield GW_22(
                path,
                f"route table {table.id} of {subnet} has routes of its own ({routes}), which the failover's "
                "proof does not know; see that none of them leads back traffic for the tiers another way",
            )
