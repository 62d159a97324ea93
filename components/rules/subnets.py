"""Rules for the address space, the GatewaySubnet, the Bastion subnet and the tiers' subnets."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from . import Problem, few, rule
from .prefixes import in_azure, once, overlaps
from .sources import BASTION, COEXISTENCE, ER_GATEWAYS, ER_RESILIENCY, ER_SCALABLE, LEARN, VNET_FAQ

NET_01 = rule(
    "NET-01",
    "a subnet lies inside one prefix of its virtual network's address space",
    VNET_FAQ,
)
NET_02 = rule(
    "NET-02",
    "subnets of one virtual network do not overlap",
    VNET_FAQ,
)
NET_03 = rule(
    "NET-03",
    "a subnet is between /2 and /29",
    f"{VNET_FAQ}#how-small-and-how-large-can-virtual-networks-and-subnets-be",
)
NET_04 = rule(
    "NET-04",
    "the prefixes of one address space do not overlap",
    f"{LEARN}/virtual-network/manage-virtual-network#add-or-remove-an-address-range",
)
GW_04 = rule(
    "GW-04",
    "a GatewaySubnet that ExpressRoute and VPN share is a /27 or larger",
    COEXISTENCE,
)
GW_05 = rule(
    "GW-05",
    "a GatewaySubnet is large enough for its gateway: /27 with ExpressRoute, /29 with a VPN gateway alone",
    ER_GATEWAYS,
)
GW_07 = rule(
    "GW-07",
    "16 circuits need a GatewaySubnet of /26 or larger",
    ER_GATEWAYS,
)
GW_08 = rule(
    "GW-08",
    "ErGwScale needs a GatewaySubnet of /26 or larger",
    ER_SCALABLE,
)
GW_09 = rule(
    "GW-09",
    "a GatewaySubnet has room for a second gateway of the same type: a managed migration prepares one in it",
    ER_RESILIENCY,
    "warning",
)
BAS_02 = rule(
    "BAS-02",
    "AzureBastionSubnet is a /26 or larger",
    f"{BASTION}#subnet",
)
NSG_02 = rule(
    "NSG-02",
    "five addresses of every subnet are Azure's own: the first four and the last",
    f"{VNET_FAQ}#are-there-any-restrictions-on-using-ip-addresses-within-these-subnets",
)

COEXISTENCE_PREFIX = 27
"""Longest prefix of a GatewaySubnet with both gateways [GW-04]."""
LARGE_PREFIX = 26
"""Longest prefix for ErGwScale [GW-08], 16 circuits [GW-07], a migration [GW-09] and AzureBastionSubnet [BAS-02]."""
SMALLEST_SUBNET_PREFIX = 29
"""Longest prefix of any subnet [NET-03]."""
MANY_CIRCUITS = 16
"""Circuits from which a GatewaySubnet must be a /26 [GW-07]."""


def address_space(path: str, prefixes: Sequence[IPv4Network]) -> Iterator[Problem]:
    """Prefixes of the address space are allowed in Azure and apart from each other [NET-04, NET-05, NET-07]."""
    yield from in_azure(path, prefixes)
    yield from once(path, prefixes)
    yield from few(
        NET_04(
            f"{path}[{index}]", f"{prefixes[index]} overlaps {prefixes[earlier]} ({path}[{earlier}]); keep one of them"
        )
        for index, earlier in overlaps(prefixes)
    )


def inside(
    path: str, prefix: IPv4Network, space: Sequence[IPv4Network], *, space_path: str = "the address space"
) -> Iterator[Problem]:
    """A subnet lies in one prefix of the address space [NET-01]."""
    if not any(prefix.subnet_of(part) for part in space):
        parts = ", ".join(map(str, space))
        yield NET_01(path, f"{prefix} is outside {space_path} ({parts}); choose a prefix inside it or add it there")


def size(path: str, prefix: IPv4Network) -> Iterator[Problem]:
    """A subnet is not too small [NET-03]."""
    if prefix.prefixlen > SMALLEST_SUBNET_PREFIX:
        yield NET_03(path, f"{prefix} has {_addresses(prefix)}, a subnet needs a /29 (8) or larger")


def apart(named: Mapping[str, IPv4Network]) -> Iterator[Problem]:
    """No subnet (path -> prefix) overlaps another [NET-02]."""
    earlier: list[tuple[str, IPv4Network]] = []
    for path, prefix in named.items():
        for other_path, other in earlier:
            if prefix.overlaps(other):
                yield NET_02(path, f"{prefix} overlaps {other} ({other_path}); move one of them")
        earlier.append((path, prefix))


def gateway_subnet(
    path: str,
    prefix: IPv4Network,
    *,
    express_route_sku: str | None = None,
    vpn: bool,
    circuits: int = 0,
    adopted: bool = False,
) -> Iterator[Problem]:
    """The GatewaySubnet is large enough for its gateways.

    express_route_sku: SKU of the ExpressRoute gateway in it, None without one. vpn: a VPN gateway is in it.
    circuits: circuits that will be connected. adopted: the subnet is there already, and nothing of it can be chosen.
    """
    have = f"{prefix} has {_addresses(prefix)}"
    if express_route_sku == "ErGwScale" and prefix.prefixlen > LARGE_PREFIX:
        yield GW_08(path, f"{have}, but ErGwScale needs a /26 (64) or larger; a gateway's subnet cannot grow later")
    elif circuits >= MANY_CIRCUITS and prefix.prefixlen > LARGE_PREFIX:
        yield GW_07(path, f"{have}, but {circuits} circuits need a /26 (64) or larger")
    elif express_route_sku and vpn and prefix.prefixlen > COEXISTENCE_PREFIX:
        yield GW_04(
            path,
            f"{have}, but both gateways need a /27 (32) or larger; it cannot grow once a gateway is in it",
        )
    elif express_route_sku and prefix.prefixlen > COEXISTENCE_PREFIX:
        yield GW_05(path, f"{have}, but an ExpressRoute gateway needs a /27 (32) or larger")
    elif prefix.prefixlen > SMALLEST_SUBNET_PREFIX:
        yield GW_05(path, f"{have}, but a VPN gateway needs a /29 (8) or larger, /27 recommended")
    elif express_route_sku and vpn and prefix.prefixlen > LARGE_PREFIX and not adopted:
        yield GW_09(
            path,
            f"{have}: enough for both gateways, not for a managed migration of one; choose a /26 (64) while you can, "
            "the subnet cannot grow once a gateway is in it",
        )


def bastion_subnet(path: str, prefix: IPv4Network) -> Iterator[Problem]:
    """AzureBastionSubnet is large enough [BAS-02]."""
    if prefix.prefixlen > LARGE_PREFIX:
        yield BAS_02(path, f"{prefix} has {_addresses(prefix)}, but AzureBastionSubnet needs a /26 (64) or larger")


def host_address(path: str, address: IPv4Address, subnet: IPv4Network, subnet_path: str) -> Iterator[Problem]:
    """A static address lies in its subnet and is none of the five that Azure keeps [NSG-02]."""
    if address not in subnet:
        yield NET_01(path, f"{address} is outside {subnet} ({subnet_path}); choose an address inside it")
        return
    offset = int(address) - int(subnet.network_address)
    if offset < 4 or offset == subnet.num_addresses - 1:
        usable = f"{subnet.network_address + 4} to {subnet.broadcast_address - 1}"
        yield NSG_02(path, f"{address} is one of the five addresses Azure keeps in {subnet}; usable are {usable}")


def _addresses(prefix: IPv4Network) -> str:
    return f"{prefix.num_addresses} address" + ("es" if prefix.num_addresses != 1 else "")
