"""Rules for APIPA addresses: BGP peers such as AWS's, whose addresses are in 169.254.0.0/16.

Each instance of the VPN gateway has addresses of its own, and each connection says which of them it takes [VPN-41].
"""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from . import Problem, at, rule
from .gateways import instances
from .prefixes import APIPA
from .sources import AWS_TUTORIAL, BGP_OVERVIEW, SDK
from .vpn import VPN_40

BGP_08 = rule(
    "BGP-08",
    "a gateway's APIPA address is in 169.254.21.0 to 169.254.22.255, and it has at most 32 of them",
    BGP_OVERVIEW,
)
BGP_09 = rule(
    "BGP-09",
    "an APIPA peer needs an APIPA address on each gateway instance: an instance keeps its own, it never moves",
    BGP_OVERVIEW,
)
VPN_41 = rule(
    "VPN-41",
    "a connection to an APIPA peer names an address of the gateway for each instance; a single instance has only one",
    AWS_TUTORIAL,
)
VPN_42 = rule("VPN-42", "the address configurations that a connection names are its own gateway's", SDK)
VPN_43 = rule("VPN-43", "APIPA addresses are one end's: no device's is a gateway's, and none is twice", AWS_TUTORIAL)

AZURE_APIPA = IPv4Address("169.254.21.0"), IPv4Address("169.254.22.255")
"""First and last APIPA address that a gateway can have [BGP-08]."""
MAX_APIPA_ADDRESSES = 32


def peer(
    path: str,
    peer_address: IPv4Address,
    gateway_addresses: Sequence[IPv4Address],
    instance: int | None,
    active_active: bool | None,
) -> Iterator[Problem]:
    """An APIPA peer and the gateway's addresses for it [BGP-08, BGP-09, VPN-40]; parameters as of `bgp.peer`."""
    here, gateways_here = at(path, "peer_address"), at(path, "gateway_addresses")
    if not _in_azure_range(peer_address):
        first, last = AZURE_APIPA
        yield BGP_08.warning(
            here, f"{peer_address} is outside {first} to {last}, what Azure's documents use; take one of those"
        )
    possible = (1, 2) if active_active is None else (instances(active_active),)
    if instance is not None:
        if len(gateway_addresses) in (1, 2):
            yield from _one_pair(gateways_here, peer_address, gateway_addresses, instance)
        else:
            yield BGP_09(
                gateways_here,
                f"{len(gateway_addresses)} given, but the APIPA peer {peer_address} needs the gateway's address in its "
                f"tunnel, that of instance {instance}; another one for the other instance may be with it",
            )
    elif len(gateway_addresses) not in possible:
        need = " or ".join(map(str, possible))
        yield BGP_09(
            gateways_here,
            f"{len(gateway_addresses)} given, but with the APIPA peer {peer_address} the gateway needs {need}: one for "
            "each instance",
        )
    for index, address in enumerate(gateway_addresses):
        if not _in_azure_range(address):
            first, last = AZURE_APIPA
            yield BGP_08(f"{gateways_here}[{index}]", f"{address} is outside {first} to {last}; use one of those")
        elif address == peer_address:
            yield BGP_08(f"{gateways_here}[{index}]", f"{address} is the peer's own address; use another")
        elif address in gateway_addresses[:index]:
            yield BGP_09(f"{gateways_here}[{index}]", f"{address} is the other instance's; each needs its own")


def _one_pair(path: str, peer_address: IPv4Address, given: Sequence[IPv4Address], instance: int) -> Iterator[Problem]:
    """The two ends of a tunnel as AWS has them [VPN-40]: another device may have others, so it is a warning."""
    index = instance if len(given) == 2 and instance in (0, 1) else 0
    own = given[index]
    pair = IPv4Network((int(peer_address), 30), strict=False)
    if (peer_address, own) != (pair[1], pair[2]) and _in_azure_range(own) and own != peer_address:
        yield VPN_40.warning(
            f"{path}[{index}]",
            f"the peer {peer_address} and {own} are not the first and the second address of one /30, as AWS asks; in "
            f"{pair} the peer has {pair[1]} and the gateway {pair[2]}",
        )


def other_instances(
    path: str,
    gateway_addresses: Sequence[IPv4Address],
    peer_address: IPv4Address,
    instance: int | None = None,
    *,
    of_gateway: Sequence[Sequence[IPv4Address]] | None = None,
) -> Iterator[Problem]:
    """A connection's APIPA addresses are the gateway's, and there is one for each instance [VPN-41].

    path: that of the addresses. of_gateway: the gateway's own, instance by instance; None where they are not known.
    """
    if not 1 <= len(gateway_addresses) <= 2 or peer_address not in APIPA:
        return
    own = dict(enumerate(gateway_addresses))
    other = None
    if instance in (0, 1) and len(own) == 1:
        own, other = {instance: gateway_addresses[0]}, 1 - instance
    there = [*(of_gateway or ()), (), ()]
    for index, (number, address) in enumerate(own.items() if of_gateway is not None else ()):
        if 0 < len(of_gateway or ()) <= number:
            yield VPN_41(
                f"{path}[{index}]",
                f"{address} would be of instance {number}, and a gateway that is not active-active has instance 0 only;"
                " remove it, or make the gateway active-active",
            )
        elif address not in there[number]:
            what = f"has {', '.join(map(str, there[number]))}" if there[number] else "has none"
            yield VPN_41(
                f"{path}[{index}]",
                f"{address} is no APIPA address of the gateway's instance {number}, which {what}; give the gateway it",
            )
    if other is not None and not there[other]:
        yield VPN_41(
            path,
            f"names none for instance {other}, nor does another site; Azure wants one for each instance, used or not: "
            "write two, in the order of the instances",
        )


def sites_apipa(
    sites: Mapping[str, tuple[IPv4Address, Mapping[int, IPv4Address]]], active_active: bool = True
) -> Iterator[Problem]:
    """The APIPA addresses of all sites fit together [VPN-41, VPN-43].

    sites: by the path of its BGP peer, each one's peer address and, by instance, the gateway's addresses for it.
    """
    where: dict[IPv4Address, tuple[int, str, str]] = {}
    for path, (_, own) in sites.items():
        for index, (number, address) in enumerate(own.items()):
            if number >= instances(active_active):
                continue
            here = f"{at(path, 'gateway_addresses')}[{index}]"
            first, there, _ = where.setdefault(address, (number, here, path))
            if first != number and not there.startswith(f"{path}."):
                yield VPN_43(
                    here, f"{address} of instance {number} is also {there}, of instance {first}; each has its own"
                )
            elif not active_active and len(where) > 1 and there == here:
                only = next(iter(where))
                yield VPN_41(
                    here,
                    f"{address} is a second APIPA address, and a gateway that is not active-active has one; take "
                    f"{only} here too, or make the gateway active-active",
                )
    for path, (peer_address, _) in sites.items():
        if (found := where.get(peer_address)) and found[2] != path:
            yield VPN_43(
                at(path, "peer_address"),
                f"{peer_address} is the gateway's own in {found[1]}; each end of a tunnel has an address of its own",
            )


def gateway_apipa(
    path: str, addresses: Sequence[Sequence[IPv4Address]], active_active: bool = True
) -> Iterator[Problem]:
    """All APIPA addresses of a gateway, instance by instance [BGP-08, BGP-09, VPN-41, VPN-43]. path: where they are
    listed."""
    seen: dict[IPv4Address, str] = {}
    need = instances(active_active)
    if len(addresses) not in (0, need):
        yield BGP_09(path, f"lists for {len(addresses)} instances, the gateway has {need}: one list for each")
    for index, own in enumerate(addresses):
        for number, address in enumerate(own):
            if not _in_azure_range(address):
                first, last = AZURE_APIPA
                yield BGP_08(f"{path}[{index}][{number}]", f"{address} is outside {first} to {last}; use one of those")
            if (there := seen.setdefault(address, f"{path}[{index}][{number}]")) != f"{path}[{index}][{number}]":
                yield VPN_43(f"{path}[{index}][{number}]", f"{address} is also {there}; remove one")
    if not active_active and len(addresses) == 1 and len(addresses[0]) > 1:
        yield VPN_41(
            f"{path}[0][1]",
            f"{addresses[0][1]} is a second APIPA address, and a gateway that is not active-active has one; remove it, "
            "or make the gateway active-active",
        )
    yield from apipa_count(path, sum(map(len, addresses)))


def address_configurations(
    path: str, gateway_addresses: Sequence[IPv4Address], configurations: Sequence[str] = (), instance: int | None = None
) -> Iterator[Problem]:
    """Each APIPA address of the gateway is for one of its address configurations [BGP-09]. path: the addresses'.

    instance: the only one that the tunnel ends on, whose address may stand alone.
    """
    alone = instance is not None and len(gateway_addresses) == 1 and len(configurations) == 2
    if len(gateway_addresses) != len(configurations) and not alone:
        yield BGP_09(
            path,
            f"{len(gateway_addresses)} given, but there are {len(configurations)} ip_configuration_ids, one for each "
            "instance; give as many",
        )


def configurations_of(path: str, configurations: Sequence[str], gateway_id: str) -> Iterator[Problem]:
    """Address configurations are those of the gateway [VPN-42]. path: where they are listed.

    What is no resource id, as in a test with mocks, tells nothing.
    """
    own = f"{gateway_id}/ipConfigurations/".lower()
    for index, configuration in enumerate(configurations):
        if gateway_id[:1] == configuration[:1] == "/" and not configuration.lower().startswith(own):
            yield VPN_42(
                f"{path}[{index}]",
                f"{configuration} is none of gateway {gateway_id}; take its output ip_configuration_ids",
            )


def apipa_count(path: str, count: int) -> Iterator[Problem]:
    """A gateway has at most 32 APIPA addresses [BGP-08]. path: where they are listed."""
    if count > MAX_APIPA_ADDRESSES:
        yield BGP_08(path, f"{count} APIPA addresses on the gateway, Azure allows {MAX_APIPA_ADDRESSES}; remove some")


def _in_azure_range(address: IPv4Address) -> bool:
    return AZURE_APIPA[0] <= address <= AZURE_APIPA[1]
