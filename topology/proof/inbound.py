"""From the gateways to a tier: what the routes of the GatewaySubnet, and of the subnets of firewalls, make of it.

These routes are the same whatever has failed: user-defined ones and those of the virtual networks themselves.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, collapse_addresses

from ..settings.model_network import UserRoute
from .network import Network
from .parts import HUB
from .routing import Path, hop, subnet_of, tier_at

GATEWAY_SUBNET = "network.gatewaySubnetRoutes"
"""Where the settings have the GatewaySubnet's routes."""


def inbound(network: Network, tier: int) -> list[Path]:
    """The ways from the gateways to the addresses of a tier, each different one once: the firewalls that they pass, or
    why they end elsewhere. There are several where a route is for a part of the tier's subnet only."""
    subnet = tier_at(network, tier).subnet
    return list(dict.fromkeys(_to(network, piece, tier) for piece in _pieces(network, subnet)))


def _pieces(network: Network, subnet: IPv4Network) -> Iterator[IPv4Network]:
    """The parts of a subnet that route tables can tell apart: the prefixes inside it, and an address of the rest."""
    tables = (network.gateway_subnet_routes, *network.tables)
    inside = {route.prefix for table in tables for route in table if route.prefix != subnet}
    inside = {prefix for prefix in inside if prefix.subnet_of(subnet)}
    yield from sorted(inside)
    free = int(subnet.network_address)
    for taken in collapse_addresses(inside):
        if int(taken.network_address) > free:
            break
        free = int(taken.broadcast_address) + 1
    if free <= int(subnet.broadcast_address):
        yield IPv4Network(free)


def _to(network: Network, target: IPv4Network, tier: int) -> Path:
    here, table, path, seen = HUB, network.gateway_subnet_routes, GATEWAY_SUBNET, set[int]()
    passed: tuple[int, ...] = ()
    decided: tuple[UserRoute | None, str] = (None, "")
    while True:
        found = winner(network, here, table, target)
        if found is None:
            there = tier_at(network, tier).network
            if network.forwards(here, there) if passed else network.peered(here, there):
                return Path("vpn", (), "", *decided, passed)
            if passed and network.peered(here, there):
                return Path("unreachable", (), "forwarding", *decided, passed)
            return Path("unreachable", (), "gatewaySubnetRoute", *decided, passed)
        setting = f"{path}[{table.index(found)}]"
        if decided[0] is None:
            decided = (found, setting)
        if found.next_hop_type == "VnetLocal" and here == tier_at(network, tier).network:
            return Path("vpn", (), "", *decided, passed)
        if found.next_hop_address is None:
            return Path("unreachable", (), "gatewaySubnetRoute", found, setting, passed)
        firewall, where = hop(network, here, found)
        if firewall is None:
            return Path("unreachable", (), "outside", found, setting, passed)
        if passed and not network.forwards(here, where):
            return Path("unreachable", (), "forwarding", found, setting, passed)
        onward = subnet_of(network, firewall, where)
        if onward in seen:
            return Path("unreachable", (), "loop", found, setting, passed)
        seen.add(onward)
        passed = (*passed, firewall)
        subnet = tier_at(network, onward)
        here, table, path = where, subnet.routes, f"{subnet.path}.routes"


def winner(network: Network, here: int, table: Sequence[UserRoute], target: IPv4Network) -> UserRoute | None:
    """The user-defined route that a subnet of the virtual network `here` uses for a part of a virtual network; None
    where the system's own route is more specific."""
    covering = [route for route in table if target.subnet_of(route.prefix)]
    if not covering:
        return None
    longest = max(covering, key=lambda route: route.prefix.prefixlen)
    own = [
        prefix.prefixlen
        for number, space in enumerate(network.spaces)
        if network.peered(here, number)
        for prefix in space
        if target.subnet_of(prefix)
    ]
    return None if own and longest.prefix.prefixlen < max(own) else longest
