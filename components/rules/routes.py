"""Rules for user-defined routes."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from . import Problem, at, rule, unique, word
from .limits import routes as count_of_routes
from .names import NAME_01
from .prefixes import AZURE_DNS, DEFAULT_ROUTE, NOT_ROUTED, PRIVATE, Prefixes
from .sources import COEXISTENCE_PORTAL, UDR_WARNING, VNET_OUTBOUND, VNET_UDR, VPN_FAQ

GW_12 = rule("GW-12", "the GatewaySubnet has no user-defined route for 0.0.0.0/0", UDR_WARNING)
GW_14 = rule("GW-14", "no route of the GatewaySubnet covers the subnet itself", UDR_WARNING, "warning")
GW_15 = rule(
    "GW-15",
    "the GatewaySubnet has no route for its own prefix: it breaks BGP between the two gateways",
    COEXISTENCE_PORTAL,
)
GW_16 = rule("GW-16", "custom DNS servers forward to Azure's own, 168.63.129.16", VPN_FAQ, "warning")
GW_23 = rule(
    "GW-23",
    "no route of the GatewaySubnet leads the tunnels' own packets, and the gateways', elsewhere than to the Internet",
    UDR_WARNING,
)
NSG_03 = rule(
    "NSG-03",
    "a route to the Internet is of use only where the tier has a way out to it",
    VNET_OUTBOUND,
    "warning",
)
NEXT_HOP_TYPES = ("VirtualAppliance", "VirtualNetworkGateway", "VnetLocal", "Internet", "None")
"""[UDR-02]"""
ROUTE_12 = rule(
    "ROUTE-12",
    "a user-defined route does not lead to the gateway where an ExpressRoute and a VPN gateway coexist",
    f"{VNET_UDR}#user-defined",
)
UDR_02 = rule(
    "UDR-02",
    "a route's next hop is an appliance with its address, or the gateway, the network, the Internet or None",
    VNET_UDR,
)
UDR_01 = rule("UDR-01", "a route table has one route for a prefix", VNET_UDR)


def table(path: str, names: Sequence[str], prefixes: Sequence[IPv4Network]) -> Iterator[Problem]:
    """The routes of one subnet: names and prefixes once each, and not too many [LIMIT-14, NAME-01, UDR-01]."""
    yield from unique(path, "the route", names, NAME_01)
    yield from count_of_routes(path, len(prefixes))
    seen: dict[IPv4Network, int] = {}
    for index, prefix in enumerate(prefixes):
        first = seen.setdefault(prefix, index)
        if first != index:
            yield UDR_01(f"{path}[{index}].prefix", f"{prefix} is also {path}[{first}].prefix; keep one of them")


def next_hop(path: str, next_hop_type: str, next_hop_address: IPv4Address | None = None) -> Iterator[Problem]:
    """A route's next hop is one that Azure knows, with an address exactly where it is an appliance [UDR-02].

    path: that of the route.
    """
    if next_hop_type not in NEXT_HOP_TYPES:
        yield UDR_02(at(path, "next_hop_type"), f"{next_hop_type!r} is none of {', '.join(NEXT_HOP_TYPES)}")
    elif next_hop_type == "VirtualAppliance" and next_hop_address is None:
        yield UDR_02(at(path, "next_hop_address"), "is not set; a VirtualAppliance needs it, the appliance's address")
    elif next_hop_type != "VirtualAppliance" and next_hop_address is not None:
        yield UDR_02(
            at(path, "next_hop_address"),
            f"{next_hop_address}, but {next_hop_type} has none; remove it, or make the next hop a VirtualAppliance",
        )


def to_gateway(
    path: str, prefix: IPv4Network, next_hop_type: str, on_premises: Sequence[IPv4Network]
) -> Iterator[Problem]:
    """No route leads to the virtual network gateway, where both gateways coexist [ROUTE-12].

    path: that of the next hop's type. on_premises: its prefixes; of a route for one of them the failover's proof tells.
    """
    if next_hop_type == "VirtualNetworkGateway" and not any(prefix.subnet_of(one) for one in on_premises):
        yield ROUTE_12(
            path,
            f"{prefix} to VirtualNetworkGateway: Azure does not use that where an ExpressRoute and a VPN gateway "
            "coexist; announce the prefix from on-premises instead, and remove the route",
        )


def gateway_subnet_route(
    path: str, prefix: IPv4Network, next_hop_type: str, subnet: IPv4Network, subnet_path: str
) -> Iterator[Problem]:
    """A route of the GatewaySubnet leaves the gateways alone [GW-12, GW-14, GW-15].

    path: that of the route's prefix. subnet: the GatewaySubnet's prefix.
    """
    if prefix == DEFAULT_ROUTE:
        yield GW_12(path, f"Azure refuses {prefix} on the GatewaySubnet; name the prefixes that it is meant for")
    elif prefix.subnet_of(subnet):
        if next_hop_type == "VnetLocal":
            yield GW_15.warning(
                path,
                f"{prefix} is inside the GatewaySubnet {subnet} ({subnet_path}): only needed beside a wider route to "
                "an appliance; Microsoft advises against it",
            )
        else:
            yield GW_15(
                path,
                f"{prefix} is inside the GatewaySubnet {subnet} ({subnet_path}), so {next_hop_type} comes between the "
                "two gateways and their BGP breaks; remove it",
            )
    elif prefix.overlaps(subnet) and next_hop_type != "VnetLocal":
        yield GW_14(
            path,
            f"{prefix} covers the GatewaySubnet {subnet} ({subnet_path}), so {next_hop_type} comes between the two "
            "gateways; use the tiers' prefixes instead",
        )


def tunnels_way(
    path: str, routes: Sequence[tuple[IPv4Network, str]], appliances: Mapping[str, IPv4Address], own: Prefixes
) -> Iterator[Problem]:
    """The tunnels' own packets leave the GatewaySubnet for the Internet [GW-23].

    path: that of its routes, each a prefix and the type of its next hop. appliances: public addresses by their paths.
    own: the virtual networks' prefixes.
    """
    harmful: set[int] = set()
    others = [(index, prefix) for index, (prefix, _) in enumerate(routes) if prefix != DEFAULT_ROUTE]  # that is GW-12's
    for where, address in appliances.items():
        holding = [index for index, prefix in others if address in prefix]
        nearest = max(holding, key=lambda index: routes[index][0].prefixlen, default=-1)
        if nearest >= 0 and routes[nearest][1] != "Internet":
            prefix, next_hop_type = routes[nearest]
            harmful.add(nearest)
            yield GW_23(
                f"{path}[{nearest}].prefix",
                f"{prefix} holds {address} ({where}), so {next_hop_type} takes the tunnel's own packets, and it never "
                f"comes up; leave that address out, or give it a route of its own: {{prefix: {address}/32, "
                "nextHopType: Internet}",
            )
    for index, prefix in others:
        next_hop_type, public = routes[index][1], not any(map(prefix.subnet_of, (*PRIVATE, *NOT_ROUTED)))
        if public and next_hop_type != "Internet" and index not in harmful and not own.covering(prefix):
            yield GW_23.warning(
                f"{path}[{index}].prefix",
                f"{prefix} has public addresses; where the gateways' own are among them, or what they are managed "
                f"over, {next_hop_type} cuts them off; name private prefixes only",
            )


def of_the_gateways(prefixes: Sequence[IPv4Network], subnet: IPv4Network, space: Sequence[IPv4Network]) -> int | None:
    """The number of the route that what the gateways tell each other takes: the nearest that holds their subnet; None
    where the network's own route is nearer [ROUTE-02].

    prefixes: those of the GatewaySubnet's routes. subnet: its own. space: those of its virtual network.
    """
    holding = [index for index, prefix in enumerate(prefixes) if subnet.subnet_of(prefix)]
    nearest = max(holding, key=lambda index: prefixes[index].prefixlen, default=None)
    own = max((one.prefixlen for one in space if subnet.subnet_of(one)), default=0)
    return None if nearest is None or prefixes[nearest].prefixlen < own else nearest


def between_the_gateways(
    path: str,
    routes: Sequence[tuple[IPv4Network, str, IPv4Address | None]],
    subnet: IPv4Network,
    space: Sequence[IPv4Network],
    own: Prefixes,
) -> Iterator[Problem]:
    """No route that holds the whole GatewaySubnet, and wins there, drops what its gateways tell each other [GW-15].

    path: that of the routes, each a prefix, the type of its next hop and its address. space: the virtual network's
    prefixes; a wider route loses to its own. own: those of all networks; outside of them Azure drops [NVA-05].
    """
    nearest = of_the_gateways([prefix for prefix, _, _ in routes], subnet, space)
    if nearest is None or routes[nearest][0] == subnet:  # of the subnet's own prefix it is told already
        return
    prefix, next_hop_type, address = routes[nearest]
    away = address is not None and not own.covering(IPv4Network(address))
    if away or next_hop_type not in ("VnetLocal", "VirtualAppliance"):
        where = f"{address}, in none of the networks," if away else next_hop_type
        yield GW_15(
            f"{path}[{nearest}].prefix",
            f"{prefix} holds the GatewaySubnet {subnet}, and {where} drops what the two gateways tell each other, so "
            "that the VPN's routes are lost; use the tiers' prefixes instead",
        )


def internet_route(path: str, prefix: IPv4Network, next_hop_type: str, *, outbound: bool = False) -> Iterator[Problem]:
    """A tier's route to the Internet has a way out [NSG-03]. outbound: the tier may reach the Internet."""
    if next_hop_type == "Internet" and not outbound:
        yield NSG_03(
            path,
            f"{prefix} to the Internet, but the tier's {word(path, 'internet_outbound')} is false, which denies it",
        )


def dns(path: str, servers: Sequence[IPv4Address]) -> Iterator[Problem]:
    """Custom DNS servers know the way to Azure's own [GW-16]."""
    for server in [] if AZURE_DNS in servers else servers:
        yield GW_16(
            path,
            f"{server} must forward to {AZURE_DNS}, or the gateways cannot reach Azure's control plane",
        )
