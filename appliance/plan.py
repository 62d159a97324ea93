"""What one on-premises device has to do, without a word of any vendor.

The plan is the architecture's on-premises half: a tunnel to each instance of the VPN gateway for each site on the
device, BGP and BFD on each circuit's link that ends on it, iBGP with the other devices of its network, ExpressRoute
preferred in both directions, and nothing that makes the tunnels depend on ExpressRoute.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, collapse_addresses

from components.rules.prefixes import DEFAULT_ROUTE
from topology.settings.model import Settings

from .announcement import Announcement
from .constants import VPN_PREFERENCE
from .errors import ApplianceError, Finding
from .facts import PLACEHOLDER_ASN, Facts, speaks_bgp
from .holding import Holding, network_asn
from .lan import Peer, lan_of, peers_of, ways
from .links import Link, Vlan, links_of, preferences
from .tunnels import SitePlan, Tunnel, one_neighbour_each, site_plan
from .wiring import Lan, unknown_names


@dataclass(frozen=True)
class Plan:
    """Everything that a device family's templates need."""

    network: str
    holding: Holding
    asn: int
    """Of the device's own network: the same on all its devices, so that they speak iBGP."""
    router_id: IPv4Address | None
    """None: the device takes one of its own addresses."""
    gateway_asn: int
    sites: tuple[SitePlan, ...]
    links: tuple[Link, ...]
    peers: tuple[Peer, ...]
    lan: Lan
    lan_routes: Mapping[IPv4Network, str]
    """The static route to each on-premises prefix that needs one: the inner router, or the LAN's interface."""
    preferences: tuple[int, ...]
    """Every local preference that a path to Azure has in the network, the highest first."""
    azure_prefixes: tuple[IPv4Network, ...]
    on_premises_prefixes: tuple[IPv4Network, ...]
    """All that is on this side: what must stay reachable, and what is advertised on either path."""
    facts: Facts

    @property
    def name(self) -> str:
        """Of the device, or of the site whose machine it is."""
        return self.holding.name

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """Those of all sites."""
        return tuple(tunnel for site in self.sites for tunnel in site.tunnels)

    @property
    def announcements(self) -> tuple[Announcement, ...]:
        """Everything that is announced, each once."""
        every = [one.announces for one in (*self.links, *(site for site in self.sites if site.bgp_address))]
        return tuple({one.name: one for one in every}.values())

    @property
    def advertised(self) -> tuple[IPv4Network, ...]:
        """The prefixes that some neighbour is told."""
        return tuple(dict.fromkeys(prefix for one in self.announcements for prefix in one.prefixes))

    @property
    def originated(self) -> tuple[IPv4Network, ...]:
        """The prefixes that this device announces itself: where a core announces the others, those of the LAN alone."""
        if self.lan.next_hop or not self.lan.core:
            return self.advertised
        network = self.lan.address.network if self.lan.address else None
        return tuple(prefix for prefix in self.advertised if network is not None and prefix.subnet_of(network))

    @property
    def announces_default(self) -> bool:
        """Whether Azure's Internet traffic is asked for."""
        return DEFAULT_ROUTE in self.advertised

    @property
    def shares_static_routes(self) -> bool:
        """Whether neighbours inside are told of static routes through the tunnels, while these are in use."""
        return bool(self.peers or self.lan.core) and any(site.bgp_address is None for site in self.sites)

    @property
    def learned_prefixes(self) -> tuple[IPv4Network, ...]:
        """What the inner router is believed: where the next hop is, or else where each on-premises prefix is."""
        return (IPv4Network(self.lan.next_hop),) if self.lan.next_hop else self.on_premises_prefixes

    @property
    def internet_interfaces(self) -> tuple[str, ...]:
        """Where the tunnels leave; none without a site."""
        return tuple(dict.fromkeys(site.internet_interface for site in self.sites))

    @property
    def inside_prefixes(self) -> tuple[IPv4Network, ...]:
        """What must not leave for the Internet: Azure's and the on-premises prefixes, without overlaps."""
        every = [prefix for prefix in (*self.azure_prefixes, *self.on_premises_prefixes) if prefix != DEFAULT_ROUTE]
        return tuple(collapse_addresses(every))

    @property
    def vlans(self) -> tuple[Vlan, ...]:
        """The VLAN interfaces that are made, each once and after its parent."""
        return tuple({vlan.interface: vlan for link in self.links for vlan in link.vlans}.values())

    @property
    def ports(self) -> tuple[str, ...]:
        """The links' ports, each once: what their VLANs are made on, or the link's own interface."""
        ports = [link.vlans[0].parent if link.vlans else link.interface for link in self.links]
        return tuple(dict.fromkeys(ports))

    @property
    def has_peering_keys(self) -> bool:
        """Whether a link's peering has an MD5 key."""
        return any(link.has_key for link in self.links)


def plan_of(settings: Settings, holding: Holding, facts: Facts) -> Plan:
    """The plan of a machine. Raises ApplianceError with a path for everything that the settings do not say."""
    findings: list[Finding] = []
    asn = _asn(settings, holding, facts, findings)
    own_asn = holding.device.asn if holding.device and holding.device.asn else asn
    alone = len(holding.sites) == 1
    sites = tuple(
        site_plan(settings, index, site, place, alone, facts, findings)
        for place, (index, site) in enumerate(holding.sites)
    )
    findings += one_neighbour_each(sites)
    links = links_of(settings, holding, own_asn, facts, findings)
    lan = lan_of(holding, facts, findings)
    peers = peers_of(holding, facts, lan, findings)
    prefixes = _on_premises(settings, holding)
    lan_routes = ways(holding, lan, prefixes, findings)
    findings += unknown_names(settings, facts.wiring)
    findings += _on_the_internet(sites, links)
    findings += _leaving_default(sites, links)
    if lan.interface in {site.internet_interface for site in sites}:
        findings.append(
            Finding(
                "wiring.lan.interface",
                f"{lan.interface} is the Internet's too, whose packet filter would keep the LAN out; name another",
            )
        )
    if findings:
        raise ApplianceError(list(dict.fromkeys(findings)))
    return Plan(
        network=settings.name,
        holding=holding,
        asn=asn,
        router_id=next((site.router_id for site in sites if site.router_id), _own_address(holding, lan)),
        gateway_asn=facts.gateway.asn,
        sites=sites,
        links=links,
        peers=peers,
        lan=lan,
        lan_routes=lan_routes,
        preferences=tuple(sorted(_preferences(settings), reverse=True)),
        azure_prefixes=(
            *settings.network.address_space,
            *(prefix for spoke in settings.network.spokes for prefix in spoke.address_space),
        ),
        on_premises_prefixes=prefixes,
        facts=facts,
    )


def _on_premises(settings: Settings, holding: Holding) -> tuple[IPv4Network, ...]:
    """Of a device what it announces or holds static; of a site's machine, which is the only one, everything."""
    announced: list[Iterable[IPv4Network]] = [settings.circuit_prefixes(link.circuit) for link in holding.links]
    announced += [settings.site_prefixes(site) for _, site in holding.sites]
    if holding.device is None:
        announced = [settings.on_premises.prefixes, settings.express_route_prefixes, *announced]
    return tuple(dict.fromkeys(prefix for some in announced for prefix in some))


def _own_address(holding: Holding, lan: Lan) -> IPv4Address | None:
    return lan.address.ip if holding.device and lan.address else None


def _preferences(settings: Settings) -> set[int]:
    sites = {site.local_preference for site in settings.vpn.sites if site.local_preference is not None}
    return {*preferences(settings).values(), *sites, VPN_PREFERENCE}


def _asn(settings: Settings, holding: Holding, facts: Facts, findings: list[Finding]) -> int:
    """The network's AS number. A wiring file's is for a device alone, since the other devices do not read it."""
    said = network_asn(settings, holding)
    if said is None and holding.peers and not facts.asn_made_up:
        findings.append(
            Finding(
                f"{holding.path}.asn",
                "is not set, no peering or site has an AS number either, and the devices speak iBGP under one; say "
                "onPremises.devices[].asn, which the others read",
            )
        )
    elif said is None and facts.wiring.asn is None and speaks_bgp(holding, facts.wiring):
        where = "the wiring file's asn" if holding.device is None else f"{holding.path}.asn, or the wiring file's"
        findings.append(
            Finding("wiring.asn", f"is not set, and no peering or site of the settings has an AS number; say {where}")
        )
    return said or facts.wiring.asn or PLACEHOLDER_ASN


def _on_the_internet(sites: Iterable[SitePlan], links: Iterable[Link]) -> Iterator[Finding]:
    internet = {site.internet_interface for site in sites}
    for link in links:
        if link.interface in internet:
            yield Finding(
                f"wiring.links.{link.circuit}.{link.which}",
                f"{link.interface} is the Internet's too, whose packet filter would keep ExpressRoute out; name "
                "another",
            )


def _leaving_default(sites: Iterable[SitePlan], links: Iterable[Link]) -> Iterator[Finding]:
    """A default route of the Internet's line wins over the LAN's: it must not be where the default is announced."""
    sites = list(sites)
    told = [link.announces for link in links] + [site.announces for site in sites if site.bgp_address]
    lines = [site for site in sites if site.internet_next_hop is None]
    if lines and any(DEFAULT_ROUTE in announced.prefixes for announced in told):
        names = ", ".join(site.name for site in lines)
        yield Finding(
            "wiring.internetNextHop" if len(sites) == 1 else f"wiring.sites.{lines[0].name}.internetNextHop",
            f"is not set (sites without: {names}), and this device announces {DEFAULT_ROUTE}: the default route that "
            "its Internet line then needs takes Azure's Internet traffic out there unfiltered, and keeps "
            f"{DEFAULT_ROUTE} announced when the LAN is dead; say the line's next hop, so that the device needs no "
            f"default route of its own, or announce {DEFAULT_ROUTE} from a device without sites",
        )
