"""The paths between Azure and the outside as they are now: which line is up, which BGP session, which tunnel.

There are no timers: what goes down is seen as down at once (in Azure after BFD's second or BGP's 180, TIME-06, BGP-11).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator import outside, prefixes
from simulator.outside import Link, Outside, Tunnel
from simulator.prefixes import Network
from simulator.resources import bgp, failover_tests
from simulator.resources.base import AnyCloud
from simulator.resources.gateways import circuit_of, connections_of, network_of
from simulator.resources.peerings import spaces, users_of_gateways
from simulator.store import Json, Record

PRIVATE = "AzurePrivatePeering"
MOST_OVER_CIRCUIT = {"Premium": 10_000}
"""LIMIT-03: prefixes that a private peering takes; 4,000 of another tier. Above, its BGP sessions drop."""
MOST_OVER_VPN = 4_000
"""LIMIT-07: BGP routes that a VPN gateway takes from a peer; above, the session drops."""


@dataclass(frozen=True)
class LinkState:
    """One link of a circuit. line: something answers at its end. session: BGP is established on it."""

    name: str
    line: bool
    session: bool
    peering: Json
    announces: tuple[str, ...] = ()
    as_path: tuple[int, ...] = ()
    mbps: int = 1

    def address(self, number: int) -> str:
        """The first usable address of the link's prefix is the device's, the second Microsoft's (ERROUTING)."""
        text = self.peering.get(f"{self.name}PeerAddressPrefix")
        return str(prefixes.read(text, "")[number]) if text else ""


@dataclass(frozen=True)
class TunnelState:
    """One tunnel of a connection: from an instance of the gateway to the device."""

    connection: Record
    instance: int
    own: str
    """The instance's public address."""
    up: bool
    session: bool
    bgp: bool
    speaker: str
    """The instance's own BGP address on this tunnel."""
    peer: str
    peer_asn: int
    announces: tuple[str, ...] = ()
    as_path: tuple[int, ...] = ()
    mbps: int = 1
    mismatched: int = 0

    @property
    def key(self) -> str:
        """What tells it from every other tunnel."""
        return f"{self.connection.key}/{self.instance}"


def links(cloud: AnyCloud, circuit: Record) -> list[LinkState]:
    """A circuit's two links, with what is said of its private peering."""
    told = outside.load(cloud.store) or Outside()
    peering = cloud.store.get(f"{circuit.key}/peerings/{PRIVATE}")
    provisioned = circuit.body.get("serviceProviderProvisioningState", "Provisioned") == "Provisioned"
    return [_link(circuit, peering, provisioned, told.link(circuit.id, name), name) for name in outside.PATHS]


def _link(circuit: Record, peering: Record | None, provisioned: bool, told: Link | None, name: str) -> LinkState:
    line = provisioned and told is not None and told.up
    if not line or told is None or peering is None or "peerASN" not in peering.body:
        return LinkState(name, line, False, peering.body if peering else {})
    own = peering.body["peerASN"]
    most = MOST_OVER_CIRCUIT.get((circuit.body.get("sku") or {}).get("tier", ""), 4_000)
    # DRILL-01: a peering that is Disabled drops both sessions.
    agreed = (told.asn or own) == own and len(told.announces) <= most and peering.body.get("state") == "Enabled"
    path = (own,) * (told.prepend + 1)
    session = agreed and peering.state != "Failed"
    return LinkState(name, line, session, peering.body, told.announces if session else (), path, told.mbps)


def reached(cloud: AnyCloud, connection: Record) -> list[LinkState]:
    """The links over which an ExpressRoute connection's gateway has routes."""
    circuit = cloud.store.get(circuit_of(connection.body))
    gateway = cloud.store.get((connection.body.get("virtualNetworkGateway1") or {}).get("id", ""))
    if circuit is None or gateway is None or connection.state in ("Failed", "Deleting"):
        return []
    if failover_tests.location(circuit.body, cloud).lower() in failover_tests.cut_off(cloud, gateway):
        return []
    return [link for link in links(cloud, circuit) if link.session]


def tunnels(cloud: AnyCloud, connection: Record) -> list[TunnelState]:
    """A site-to-site connection's tunnels: one from each instance of its gateway."""
    gateway = cloud.store.get((connection.body.get("virtualNetworkGateway1") or {}).get("id", ""))
    site = cloud.store.get((connection.body.get("localNetworkGateway2") or {}).get("id", ""))
    if gateway is None or site is None:
        return []
    told = outside.load(cloud.store) or Outside()
    own = own_prefixes(cloud, gateway)
    entries = gateway.body["bgpSettings"]["bgpPeeringAddresses"]
    return [
        _tunnel(connection, gateway, site.body, told.tunnel(connection.id, index), index, entry, own)
        for index, entry in enumerate(entries)
    ]


def _tunnel(
    connection: Record, gateway: Record, site: Json, told: Tunnel | None, index: int, entry: Json, own: list[Network]
) -> TunnelState:
    settings = site.get("bgpSettings") or {}
    bgp_wanted = bool(connection.body.get("enableBgp"))
    peer = settings.get("bgpPeeringAddress", "") if bgp_wanted else ""
    expected = site.get("gatewayIpAddress")
    working = connection.state not in ("Failed", "Deleting") and gateway.state not in ("Failed", "Deleting")
    up = (
        told is not None
        and told.up
        and working
        and bool(told.key)
        and told.key == connection.digests.get("sharedKey")
        # A device known by its name is found wherever it is (VPN-44).
        and (not expected or (told.address or expected) == expected)
    )
    asn = settings.get("asn", 0)
    session = (
        up and bgp_wanted and told is not None and (told.asn or asn) == asn and len(told.announces) <= MOST_OVER_VPN
    )
    path = (asn,) * (told.prepend + 1) if told is not None else ()
    announced = told.announces if told is not None and session else ()
    return TunnelState(
        connection,
        index,
        next(iter(entry["tunnelIpAddresses"]), ""),
        up,
        session,
        bgp_wanted,
        _speaker(connection, entry, peer),
        peer,
        asn,
        # FAIL-07: what is equal to a prefix of the network, or inside one, is not taken.
        tuple(text for text in announced if not prefixes.inside(prefixes.read(text, connection.id), own)),
        path,
        *((told.mbps, told.mismatched) if told is not None else ()),
    )


def remote_address(cloud: AnyCloud, connection: Record) -> str:
    """Where a connection's device answers from: as its site says, or, of one known by its name, as it is outside."""
    site = cloud.store.get((connection.body.get("localNetworkGateway2") or {}).get("id", ""))
    told = (outside.load(cloud.store) or Outside()).tunnel(connection.id, 0)
    return str((site.body.get("gatewayIpAddress") if site else None) or (told.address if told else None) or "")


def _speaker(connection: Record, entry: Json, peer: str) -> str:
    """The gateway's own BGP address towards a peer: a custom one to an APIPA peer (BGP-08), else that of its subnet."""
    chosen = {
        (one.get("ipConfigurationId") or "").lower(): one.get("customBgpIpAddress", "")
        for one in connection.body.get("gatewayCustomBgpIpAddresses") or []
    }
    custom = chosen.get(entry["ipconfigurationId"].lower()) or next(iter(entry["customBgpIpAddresses"]), "")
    return custom if custom and bgp.is_apipa(peer) else entry["defaultBgpIpAddresses"][0]


def is_of(connection: Record, circuit: Record) -> bool:
    """Whether a connection is to this circuit."""
    return circuit_of(connection.body) == circuit.key


def site_connections(cloud: AnyCloud, gateway: Record) -> Iterator[Record]:
    """A VPN gateway's site-to-site connections."""
    return (found for found in connections_of(cloud, gateway.key) if found.body.get("connectionType") == "IPsec")


def own_prefixes(cloud: AnyCloud, gateway: Record) -> list[Network]:
    """What a gateway's network is to others: its address space, and those of the spokes that use its gateways
    (BGP-14, BGP-15)."""
    network = network_of(gateway.body)
    home = cloud.store.get(network)
    found = list(spaces(home.body, home.id)) if home else []
    for peering in users_of_gateways(cloud, network):
        spoke = cloud.store.get(peering.parent)
        found += spaces(spoke.body, spoke.id) if spoke else []
    return found


def static_prefixes(cloud: AnyCloud, connection: Record) -> list[str]:
    """The prefixes of a connection's site: Azure routes them into the tunnel, whether it is up or not (VPN-18)."""
    site = cloud.store.get((connection.body.get("localNetworkGateway2") or {}).get("id", ""))
    space = (site.body.get("localNetworkAddressSpace") or {}) if site else {}
    return list(space.get("addressPrefixes") or [])
