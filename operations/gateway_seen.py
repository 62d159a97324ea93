"""A gateway as Azure tells of it: its routes, BGP sessions and tunnels."""

import ipaddress
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network
from typing import Any

from components.rules.bgp import MICROSOFT_ASN


class GatewaySeen:
    """A gateway with its routes and peers."""

    def __init__(self, gateway: Any, learned: Sequence[Any], peers: Sequence[Any]) -> None:
        self.gateway, self._learned, self._peers = gateway, learned, peers
        settings = gateway.bgp_settings
        self._instances = list(settings.bgp_peering_addresses or []) if settings else []

    @property
    def over_express_route(self) -> dict[IPv4Network, tuple[int, ...]]:
        """What an ExpressRoute gateway has from Microsoft's edge: prefix -> AS path."""
        rows = ((row.network, as_path(row.as_path)) for row in self._learned if row.origin == "EBgp")
        return _shortest((text, path) for text, path in rows if path[:1] == (MICROSOFT_ASN,))

    @property
    def own(self) -> set[IPv4Network]:
        """The gateway's own routes: of its network, and of sites without BGP."""
        return {IPv4Network(row.network) for row in self._learned if row.origin == "Network" and is_prefix(row.network)}

    def learned_from(self, peer: str) -> dict[IPv4Network, tuple[int, ...]]:
        """What it has from one peer: prefix -> AS path."""
        return _shortest(
            (row.network, as_path(row.as_path))
            for row in self._learned
            if row.origin == "EBgp" and row.source_peer == peer
        )

    def sessions(self, peer: str) -> dict[int, str]:
        """The state of BGP with a peer, by the number of the instance."""
        return {self._instance(row.local_address): str(row.state) for row in self._peers if row.neighbor == peer}

    def _instance(self, address: str) -> int:
        for number, one in enumerate(self._instances):
            if address in (*(one.default_bgp_ip_addresses or ()), *(one.custom_bgp_ip_addresses or ())):
                return number
        return 0

    def tunnels(self, connection: Any) -> dict[int, bool]:
        """Whether each tunnel of a connection is up, by the number of the instance that it ends on."""
        found = {}
        for tunnel in connection.tunnel_connection_status or ():
            address = str(tunnel.tunnel).rpartition("_")[2]
            numbers = (n for n, one in enumerate(self._instances) if address in (one.tunnel_ip_addresses or ()))
            found[next(numbers, len(found))] = word(tunnel.connection_status) == "Connected"
        return found


def word(value: Any) -> str:
    """Azure's word, which the client may have as an enumeration."""
    return str(getattr(value, "value", value) or "")


def as_path(text: str | None) -> tuple[int, ...]:
    """The AS numbers of a path, such as `12076 65010` or `12076-65010`."""
    return tuple(int(part) for part in (text or "").replace("-", " ").split() if part.isdecimal())


def _shortest(rows: Iterable[tuple[str, tuple[int, ...]]]) -> dict[IPv4Network, tuple[int, ...]]:
    found: dict[IPv4Network, tuple[int, ...]] = {}
    for text, path in rows:
        if is_prefix(text):
            prefix = IPv4Network(text)
            if prefix not in found or len(path) < len(found[prefix]):
                found[prefix] = path
    return found


def is_prefix(text: Any) -> bool:
    """Whether it is an IPv4 prefix: of service tags and IPv6 nothing is proved."""
    try:
        return ipaddress.ip_network(str(text)).version == 4
    except ValueError:
        return False
