"""Rules for a virtual network that is there already: what a lookup found, against what is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from . import Problem, few, rule
from .names import GATEWAY_SUBNET, ROUTE_SERVER_SUBNET
from .prefixes import DEFAULT_ROUTE
from .routes import GW_12
from .sources import ER_GATEWAYS, PEERING, PROVIDER, ROUTE_SERVER, SUBNET_RANGES, UDR_WARNING, VPN_FAQ
from .subnets import COEXISTENCE_PREFIX, GW_04

EXIST_01 = rule(
    "EXIST-01",
    "what is made for an existing network or gateway is in its region",
    "Azure's answers, as users report them",
)
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
EXIST_05 = rule("EXIST-05", "a network that uses the gateways of a peered one has none of its own", PEERING)
EXIST_06 = rule("EXIST-06", "what is there already is not made again: Azure's provider refuses it", PROVIDER)
EXIST_08 = rule("EXIST-08", "a new subnet overlaps no subnet of an existing network", SUBNET_RANGES)
EXIST_09 = rule(
    "EXIST-09",
    "what a Route Server in the network learns and passes on is no part of the failover's proof",
    ROUTE_SERVER,
    "warning",
)
RS_04 = rule("RS-04", "beside a Route Server a VPN gateway is active-active, with ASN 65515", ROUTE_SERVER)
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
NET_08 = rule(
    "NET-08",
    "an existing virtual network is there, in the subscription of this stack",
    "this project: components.hub_network",
)


@dataclass(frozen=True)
class RouteTableThere:
    """A route table that is there already. routes: prefixes, as Azure writes them. propagates: it learns BGP routes."""

    id: str
    routes: tuple[str, ...] = ()
    propagates: bool = True


@dataclass(frozen=True)
class SubnetThere:
    """A subnet that is there already. users: ids of the address configurations in it; all else by name or id."""

    name: str
    prefixes: tuple[IPv4Network, ...] = ()
    network_security_group: str = ""
    delegations: tuple[str, ...] = ()
    service_endpoint_policies: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    @property
    def gateways(self) -> list[str]:
        """Ids of the virtual network gateways in it."""
        return sorted({user.split("/ipConfigurations/")[0] for user in self.users if _is_gateway(user)})

    @property
    def others(self) -> list[str]:
        """What else is in it: ids of machines' interfaces, endpoints and so on."""
        return sorted(user for user in self.users if not _is_gateway(user))


@dataclass(frozen=True)
class NetworkThere:
    """A virtual network that is there already; what the lookup did not tell is empty, and nothing is said of it.

    uses_gateways_of: names of the peerings through which it uses another network's gateways.
    gateway_subnet, gateway_subnet_routes: its GatewaySubnet and the route table of that; None without one.
    """

    id: str
    location: str = ""
    prefixes: tuple[IPv4Network, ...] = ()
    subnets: tuple[SubnetThere, ...] = ()
    uses_gateways_of: tuple[str, ...] = ()
    gateway_subnet: SubnetThere | None = None
    gateway_subnet_routes: RouteTableThere | None = None

    @property
    def name(self) -> str:
        """Its physical name."""
        return self.id.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Paths:
    """Where what is asked of an existing network is said; by default a component's arguments."""

    id: str = "existing_network_id"
    address_space: str = "address_prefixes"
    gateway_subnet: str = "gateway_subnet_prefix"
    location: str = "location"
    existing_gateway: str = "existing_id"
    """What a gateway's setting is called that names one that is there."""


ARGUMENTS = Paths()


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


def hub(
    there: NetworkThere,
    *,
    prefixes: Sequence[IPv4Network],
    gateway_subnet: IPv4Network,
    own_gateways: Sequence[str],
    adopt: bool,
    location: str | None,
    paths: Paths = ARGUMENTS,
) -> Iterator[Problem]:
    """What an existing network has, against what is asked of it as a hub; the arguments are HubNetwork's."""
    yield from fits(there, prefixes, location, paths)
    subnet = there.gateway_subnet
    yield from gateway_subnet_fits(
        there.name,
        next(iter(subnet.prefixes), None) if subnet else None,
        gateway_subnet,
        subnet.gateways if subnet else [],
        own_gateways=own_gateways,
        adopt=adopt,
        paths=paths,
    )
    if subnet:
        yield from attached(subnet, there.gateway_subnet_routes, adopt=adopt, path=paths.id)


def fits(
    there: NetworkThere, prefixes: Sequence[IPv4Network], location: str | None, paths: Paths = ARGUMENTS
) -> Iterator[Problem]:
    """The network is what is said of it, and can have gateways [EXIST-01, EXIST-02, EXIST-05, EXIST-09].

    prefixes, location: the address space and the region that are said; None for a region that is not known here.
    """
    if there.location and location and region(there.location) != region(location):
        yield EXIST_01(
            paths.location,
            f"{location}, but {there.name} ({paths.id}) is in {there.location}, and what is attached to a network is "
            f"in its region; say {there.location}",
        )
    have, said = (", ".join(map(str, sorted(set(each)))) for each in (there.prefixes, prefixes))
    if there.prefixes and have != said:
        yield EXIST_02(paths.address_space, f"{said} is said, but {there.name} has {have}; say what it has")
    if there.uses_gateways_of:
        yield EXIST_05(
            paths.id,
            f"{there.name} uses another network's gateways (peering {', '.join(there.uses_gateways_of)}, "
            "useRemoteGateways), so it can have none of its own; turn that off first, or take that network",
        )
    if has_route_server(there):
        yield EXIST_09(
            paths.id,
            f"{there.name} has a Route Server: what it learns and passes on is not proved; with branch-to-branch on, "
            "the two gateways tell each other what they learn",
        )


def has_route_server(there: NetworkThere) -> bool:
    """Whether a Route Server is in the network."""
    return any(subnet.name.lower() == ROUTE_SERVER_SUBNET.lower() and subnet.users for subnet in there.subnets)


def beside_route_server(path: str, there: NetworkThere, *, active_active: bool) -> Iterator[Problem]:
    """The VPN gateway can be beside what the network has [RS-04]. path: that of whether it is active-active."""
    if not active_active and has_route_server(there):
        yield RS_04(path, f"one active instance, but {there.name} has a Route Server, which needs an active-active one")


def apart(there: NetworkThere, wanted: Mapping[str, tuple[str, IPv4Network]]) -> Iterator[Problem]:
    """No wanted subnet overlaps one that is there, but for the one of its own name [EXIST-08].

    wanted: the path of each subnet's prefix -> its physical name, which a later update finds, and the prefix.
    """
    own = {name.lower() for name, _ in wanted.values()}
    others = [subnet for subnet in there.subnets if subnet.name.lower() not in own]

    def overlapping(path: str, prefix: IPv4Network) -> Iterator[Problem]:
        for subnet in others:
            for taken in subnet.prefixes:
                if prefix.overlaps(taken):
                    yield EXIST_08(path, f"{prefix} overlaps {taken}, subnet {subnet.name} of {there.name}; move it")

    for path, (_, prefix) in wanted.items():
        yield from few(overlapping(path, prefix))


def not_made_again(
    path: str, there: NetworkThere, name: str, way_out: str, *, fresh: bool, own: Sequence[str]
) -> Iterator[Problem]:
    """A subnet that this stack does not have by its own state is not there yet [EXIST-06].

    path: where the subnet is said. way_out: how it is said otherwise. fresh: the stack has nothing yet, so that no run
    of it has made the subnet and was cut off. own: parts of the ids of what only this stack has in or on the subnet: a
    state that was lost does not make it another's.
    """
    found = next((subnet for subnet in there.subnets if subnet.name.lower() == name.lower()), None)
    if found is None:
        return
    has = " ".join((found.network_security_group, *found.users, "")).lower()
    if not any(part.lower() in has for part in own):
        tell = EXIST_06 if fresh else EXIST_06.warning
        yield tell(
            path,
            f"{there.name} has a subnet {name} already, which is not made again; {way_out}, or, where a run of this "
            "stack has made it, `python -m operations recover`",
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


def region(location: str) -> str:
    """A region as Azure names it: `West US 2` is westus2."""
    return location.replace(" ", "").lower()


def _is_gateway(user: str) -> bool:
    return "/virtualnetworkgateways/" in user.lower()
