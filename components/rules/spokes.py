"""Rules for spokes: virtual networks that are peered with the hub and use its gateways."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from . import Problem, few, rule
from .existing_network import EXIST_01
from .prefixes import listed
from .regions import normal
from .sources import PEERING, PEERING_SYNC, PEERING_TROUBLE, VNET_LIMITS

SPOKE_03 = rule("SPOKE-03", "a virtual network uses the gateways of one peered network at most", PEERING)
SPOKE_04 = rule("SPOKE-04", "a spoke that uses its hub's gateways has none of its own [EXIST-05]", PEERING_TROUBLE)
SPOKE_06 = rule(
    "SPOKE-06",
    "peered virtual networks do not overlap, and neither do two spokes of one hub",
    f"{PEERING}#requirements-and-constraints",
)
SPOKE_07 = rule(
    "SPOKE-07", "two virtual networks are peered once, and none with itself", f"{PEERING}#requirements-and-constraints"
)
SPOKE_12 = rule(
    "SPOKE-12", "a spoke's prefixes are those that its network has: both sides of the peering learn them", PEERING_SYNC
)
SPOKE_15 = rule("SPOKE-15", "a virtual network has 500 peerings", VNET_LIMITS)
SPOKE_18 = rule(
    "SPOKE-18",
    "an existing spoke's network is there, and its id alone says its subscription",
    "this project: topology.settings.model",
)

MAX_PEERINGS = 500
"""Peerings of one virtual network, with an ExpressRoute gateway too [SPOKE-15]."""


def disjoint(
    path: str,
    spoke_prefixes: Sequence[IPv4Network],
    hub_prefixes: Sequence[IPv4Network],
    *,
    hub_path: str = "hub_prefixes",
) -> Iterator[Problem]:
    """A spoke and its hub share no address [SPOKE-06]."""
    yield from apart([(hub_path, hub_prefixes), (path, spoke_prefixes)])


def apart(networks: Sequence[tuple[str, Sequence[IPv4Network]]]) -> Iterator[Problem]:
    """No two of these networks, the hub and its spokes, share an address (path, prefixes) [SPOKE-06].

    In the order of their addresses, wide ones first, a prefix lies in those that are still open when it starts.
    """
    ordered = sorted(
        (int(prefix.network_address), prefix.prefixlen, number, here, prefix)
        for number, (path, prefixes) in enumerate(networks)
        for here, prefix in listed(path, prefixes)
    )
    found: dict[int, list[Problem]] = {}
    still_open: list[tuple[int, int, str, IPv4Network]] = []
    for start, _, number, here, prefix in ordered:
        still_open = [one for one in still_open if one[0] > start]
        other = next((one for one in still_open if one[1] != number), None)
        if other is not None:
            later, earlier = sorted([(number, here, prefix), other[1:]], reverse=True)
            problem = SPOKE_06(
                later[1],
                f"{later[2]} overlaps {earlier[2]} of another network ({earlier[1]}); networks that are peered with "
                "one hub need addresses of their own",
            )
            found.setdefault(later[0], []).append(problem)
        still_open.append((start + prefix.num_addresses, number, here, prefix))
    for _, problems in sorted(found.items()):
        yield from few(problems)


def other_network(path: str, spoke_network_id: str, hub_network_id: str) -> Iterator[Problem]:
    """A spoke is another network than its hub [SPOKE-07]."""
    if spoke_network_id.lower() == hub_network_id.lower():
        yield SPOKE_07(path, f"{spoke_network_id} is the hub itself; give the spoke's own network")


def once(networks: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """Each existing network is the hub or one spoke (path, id) [SPOKE-07]."""
    seen: dict[str, str] = {}
    for path, id in networks:
        first = seen.setdefault(id.lower(), path)
        if first != path:
            yield SPOKE_07(path, f"{id} is also {first}; a network is peered with its hub once: remove one of them")


def count(path: str, number: int) -> Iterator[Problem]:
    """One hub has this many spokes [SPOKE-15]."""
    if number > MAX_PEERINGS:
        yield SPOKE_15(path, f"{number} spokes, a virtual network has {MAX_PEERINGS} peerings; use a second hub")


def subscription(path: str, given: str | None) -> Iterator[Problem]:
    """An existing spoke's subscription is said by its id alone [SPOKE-18]."""
    if given is not None:
        yield SPOKE_18(path, f"{given} is said, and existing.id says a subscription too; remove this line")


def existing(
    path: str,
    id: str,
    *,
    there: Sequence[IPv4Network] | None,
    wanted: Sequence[IPv4Network],
    wanted_path: str,
    gateways: Sequence[str] = (),
    peerings: Mapping[str, bool] | None = None,
    own_peerings: Sequence[str] = (),
    region_there: str = "",
    location: str | None = None,
) -> Iterator[Problem]:
    """The existing network of a spoke fits [EXIST-01, SPOKE-03, SPOKE-04, SPOKE-12, SPOKE-18].

    there: its prefixes, None where Azure has no such network. wanted: those that are asked for. gateways: ids of the
    gateways in it. peerings: name of each of its peerings -> whether it uses the other side's gateways. own_peerings:
    names of those that this stack makes. region_there: the network's. location: that of what is made in it, None where
    nothing says it.
    """
    if there is None:
        yield SPOKE_18(path, f"Azure has no {id}; correct the id, or leave it out to make a network")
        return
    if region_there and location and normal(region_there) != normal(location):
        yield EXIST_01(
            "location",
            f"{location}, but {id.rsplit('/', 1)[-1]} is in {region_there}, and what is made in a network is in its "
            f"region; say {region_there}",
        )
    if set(there) != set(wanted):
        has = ", ".join(map(str, there))
        yield SPOKE_12(
            wanted_path,
            f"{', '.join(map(str, wanted))} is asked for, but {id.rsplit('/', 1)[-1]} has {has}; say {has}",
        )
    for gateway in gateways:
        yield SPOKE_04(
            path,
            f"gateway {gateway} is in it, and a network with a gateway of its own uses no other's; use another "
            "network, or remove the gateway",
        )
    own = {name.lower() for name in own_peerings}
    for name, uses in (peerings or {}).items():
        if uses and name.lower() not in own:
            yield SPOKE_03(
                path,
                f"its peering {name} uses the gateways of another network already, and a network uses those of one; "
                "let that peering do without (useRemoteGateways), or use another network",
            )
