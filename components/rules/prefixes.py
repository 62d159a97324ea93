"""Lists of prefixes: which of them overlap, and what no such list may hold."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from . import Problem, few, rule
from .sources import VNET_FAQ, VPN_FAQ

NET_05 = rule(
    "NET-05",
    "a virtual network has no multicast, broadcast, loopback, link-local or Azure-internal addresses",
    f"{VNET_FAQ}#what-address-ranges-can-i-use-in-my-virtual-networks",
)
NET_06 = rule(
    "NET-06",
    "an on-premises prefix is a unicast prefix that a router can announce",
    "RFC 6890 (special-purpose addresses)",
)
NET_07 = rule("NET-07", "a prefix is in its list once", "this project: a repeated prefix is a slip")
FAIL_07 = rule(
    "FAIL-07",
    "on-premises announces no prefix equal to, or inside, one of the virtual network's",
    f"{VPN_FAQ}#bgp",
)

DEFAULT_ROUTE = IPv4Network("0.0.0.0/0")
APIPA, LOOPBACK = IPv4Network("169.254.0.0/16"), IPv4Network("127.0.0.0/8")
AZURE_DNS = IPv4Address("168.63.129.16")
"""Azure's own resolver, and where a load balancer's probes come from [GW-16, NSG-01]."""
PRIVATE = (*map(IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")),)
"""Private and shared address space, RFC 1918 and RFC 6598."""
NOT_IN_AZURE = (
    *map(IPv4Network, ("224.0.0.0/4", "255.255.255.255/32")),
    *(LOOPBACK, APIPA, IPv4Network(AZURE_DNS)),
)
"""What no virtual network may hold [NET-05]."""
NOT_ROUTED = (IPv4Network("0.0.0.0/8"), LOOPBACK, APIPA, IPv4Network("224.0.0.0/3"))
"""What no router announces; the default route is none of these [NET-06]."""


class Prefixes:
    """Prefixes under the paths where they are written; finds an overlap in the logarithm of their number."""

    def __init__(self, named: Iterable[tuple[str, IPv4Network]] = ()) -> None:
        self._paths: dict[tuple[int, int], tuple[str, IPv4Network]] = {}
        for path, prefix in named:
            self._paths.setdefault((int(prefix.network_address), prefix.prefixlen), (path, prefix))
        self._starts = sorted(self._paths)

    def covering(self, prefix: IPv4Network) -> tuple[str, IPv4Network] | None:
        """The widest prefix that holds `prefix` or equals it, with its path."""
        start = int(prefix.network_address)
        for length in range(prefix.prefixlen + 1):
            shift = 32 - length
            if found := self._paths.get((start >> shift << shift, length)):
                return found
        return None

    def overlapping(self, prefix: IPv4Network) -> tuple[str, IPv4Network] | None:
        """A prefix that shares addresses with `prefix`, with its path."""
        if found := self.covering(prefix):
            return found
        start = int(prefix.network_address)
        position = bisect_left(self._starts, (start, 0))
        if position < len(self._starts) and self._starts[position][0] < start + prefix.num_addresses:
            return self._paths[self._starts[position]]
        return None


def listed(path: str, prefixes: Sequence[IPv4Network]) -> list[tuple[str, IPv4Network]]:
    """Each prefix of the list at `path` with its own path."""
    return [(f"{path}[{index}]", prefix) for index, prefix in enumerate(prefixes)]


def overlaps(prefixes: Sequence[IPv4Network]) -> list[tuple[int, int]]:
    """Positions of every two different prefixes that share addresses, the later first; in near linear time."""
    first: dict[tuple[int, int], int] = {}
    for index, prefix in enumerate(prefixes):
        first.setdefault((int(prefix.network_address), prefix.prefixlen), index)
    pairs: list[tuple[int, int]] = []
    for (start, length), index in first.items():
        for wider in range(length):
            shift = 32 - wider
            other = first.get((start >> shift << shift, wider))
            if other is not None:
                pairs.append((max(index, other), min(index, other)))
    return sorted(pairs)


def once(path: str, prefixes: Sequence[IPv4Network]) -> Iterator[Problem]:
    """No prefix is in the list twice [NET-07]."""

    def repeated() -> Iterator[Problem]:
        seen: dict[IPv4Network, str] = {}
        for here, prefix in listed(path, prefixes):
            first = seen.setdefault(prefix, here)
            if first != here:
                yield NET_07(here, f"{prefix} is also {first}; remove one of them")

    yield from few(repeated())


def in_azure(path: str, prefixes: Sequence[IPv4Network]) -> Iterator[Problem]:
    """A virtual network can have these prefixes [NET-05]."""
    for here, prefix in listed(path, prefixes):
        for kept in NOT_IN_AZURE:
            if prefix.overlaps(kept):
                yield NET_05(here, f"{prefix} overlaps {kept}, which no virtual network may hold; use a private prefix")


def on_premises(
    path: str,
    prefixes: Sequence[IPv4Network],
    space: Sequence[IPv4Network] = (),
    *,
    space_path: str = "the address space",
) -> Iterator[Problem]:
    """What on-premises announces: routable, once, and not the virtual network's own [NET-06, NET-07, FAIL-07]."""
    yield from once(path, prefixes)
    unroutable = Prefixes(("", prefix) for prefix in NOT_ROUTED)
    own = Prefixes(listed(space_path, space))

    def each() -> Iterator[Problem]:
        for here, prefix in listed(path, prefixes):
            if found := unroutable.covering(prefix):
                yield NET_06(here, f"{prefix} is inside {found[1]}, which is not routed; use a unicast prefix")
            elif found := own.covering(prefix):
                yield FAIL_07(
                    here,
                    f"{prefix} is in the virtual network's {found[1]} ({found[0]}), so Azure ignores the announcement; "
                    "use addresses that the virtual network does not have (a wider prefix is fine)",
                )

    yield from few(each())


def outside_spokes(path: str, prefixes: Sequence[IPv4Network], spokes: Prefixes) -> Iterator[Problem]:
    """What on-premises announces is not a spoke's own [FAIL-07]."""
    yield from few(
        FAIL_07(
            here,
            f"{prefix} is in a spoke's {found[1]} ({found[0]}), so traffic for it stays in Azure or leaves it; use "
            "addresses that no spoke has (a wider prefix is fine)",
        )
        for here, prefix in listed(path, prefixes)
        if (found := spokes.covering(prefix))
    )
