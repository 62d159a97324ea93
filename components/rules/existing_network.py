"""Rules for a virtual network that is there already: what a lookup found, against what is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from . import Problem, few, rule
from .existing_gateway_subnet import EXIST_02, attached, gateway_subnet_fits
from .names import NAME_04, ROUTE_SERVER_SUBNET, SUBNETS_OF_SERVICES
from .regions import normal
from .sources import PEERING, PROVIDER, ROUTE_SERVER, SUBNET_RANGES
from .there import ARGUMENTS, NetworkThere, Paths

EXIST_01 = rule(
    "EXIST-01",
    "what is made for an existing network or gateway is in its region",
    "Azure's answers, as users report them",
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
EXIST_14 = rule(
    "EXIST-14",
    "a tier's existing subnet is in the virtual network that the tier is a part of, and is no other tier's",
    "this project: a tier is one subnet of one network",
)
RS_04 = rule("RS-04", "beside a Route Server a VPN gateway is active-active, with ASN 65515", ROUTE_SERVER)
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
    if there.location and location and normal(there.location) != normal(location):
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


def in_network(path: str, id: str, network: str) -> Iterator[Problem]:
    """An existing subnet is in the network of its tier [EXIST-14]. id: the subnet's. network: the end of the network's
    id, or the whole of it."""
    theirs, found, _ = id.lower().rpartition("/subnets/")
    if found and not theirs.endswith(network.lower()):
        name = network.rpartition("/")[2]
        yield EXIST_14(
            path,
            f"the subnet is in network {id[: len(theirs)].rpartition('/')[2]}, its tier in {name}; name a subnet of "
            f"{name}, or the network itself in existing",
        )


def of_one_tier(path: str, id: str, seen: dict[str, str]) -> Iterator[Problem]:
    """An existing subnet is for machines, and no other tier's [EXIST-14, NAME-04]. path: that of the id.

    seen: the ids of the network's tiers so far, in small letters, with their paths; it is added to.
    """
    name = id.rpartition("/")[2]
    if name.lower() in map(str.lower, SUBNETS_OF_SERVICES):
        yield NAME_04(
            path, f"{name} is the subnet of one of Azure's own services, which takes no machines; name another"
        )
    if (first := seen.setdefault(id.lower(), path)) != path:
        yield EXIST_14(path, f"the same subnet is {first}; join the two tiers, or name another subnet")


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
