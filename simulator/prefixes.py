"""Address arithmetic in Azure's way: CIDR texts, subnets, the five addresses Azure keeps for itself."""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

from simulator.errors import fail

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

RESERVED = 5
"""NSG-02: of every subnet, Azure keeps the first four addresses and the last."""


@lru_cache(maxsize=2**16)
def _loose(prefix: str) -> Network:
    return ipaddress.ip_network(prefix, strict=False)


def read(prefix: str, id: str) -> Network:
    """A prefix as Azure reads it: CIDR, with no host bits set."""
    try:
        loose = _loose(prefix)
    except ValueError:
        raise fail("InvalidAddressPrefixFormat", prefix=prefix, id=id) from None
    if not re.fullmatch(r"[^/]+/(0|[1-9][0-9]{0,2})", prefix):
        raise fail("InvalidAddressPrefixFormat", prefix=prefix, id=id)
    if str(ipaddress.ip_address(prefix.split("/")[0])) != str(loose.network_address):
        raise fail("InvalidCIDRNotation", prefix=prefix, id=id, right=loose)
    return loose


def overlap(first: Network, second: Network) -> bool:
    return first.version == second.version and first.overlaps(second)


def inside(inner: Network, outer: Iterable[Network]) -> bool:
    """Whether one of `outer` holds all of `inner`."""
    return any(inner.version == net.version and inner.subnet_of(net) for net in outer)  # type: ignore[arg-type]


def usable(address: Address, subnet: Network) -> bool:
    """Whether a resource may have this address of the subnet."""
    first = int(subnet.network_address)
    last = int(subnet.broadcast_address)
    return first + RESERVED - 1 <= int(address) < last


def address(text: str) -> Address | None:
    """An IP address; None when the text is none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
