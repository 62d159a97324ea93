"""The VPN sites on a device, and their tunnels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from topology.settings.model import Settings
from topology.settings.model_vpn import IpsecPolicy, Site

from .announcement import Announcement
from .constants import TUNNEL_PREPEND, VPN_PREFERENCE
from .errors import Finding
from .facts import Facts
from .wiring import SiteWiring

INSTANCES = 2
"""Most instances of a VPN gateway, so most tunnels of a site."""


@dataclass(frozen=True)
class Tunnel:
    """One IPsec tunnel: the device to one instance of the VPN gateway."""

    number: int
    """Of the instance."""
    index: int
    """Among the device's tunnels; of its first site the instance's number."""
    gateway_public_ip: IPv4Address
    gateway_bgp_address: IPv4Address | None

    @property
    def name(self) -> str:
        """Name of the tunnel and of its interface."""
        return f"tunnel{self.index}"


@dataclass(frozen=True)
class SitePlan:
    """One VPN site on the device."""

    name: str
    path: str
    public_ip: IPv4Address | None
    """None where Azure finds the device by its name: its address may change, so no file has it."""
    fqdn: str | None
    internet_interface: str
    internet_next_hop: IPv4Address | None
    local_address: IPv4Address | None
    """The device's own on this site's line; None where there is one site only, and any address will do."""
    asn: int | None
    bgp_address: IPv4Address | None
    """Our BGP speaker on the tunnels; None for a static site."""
    preference: int
    announces: Announcement
    prefixes: tuple[IPv4Network, ...]
    tunnels: tuple[Tunnel, ...]
    policy: IpsecPolicy
    policy_path: str
    """Where the settings say the policy, for errors."""
    initiate: bool
    """Whether the device opens the tunnels; not when the connection's mode is InitiatorOnly (Azure opens them)."""
    dpd_seconds: int
    """How long a silent gateway is given before its tunnel counts as lost."""
    table: int | None
    """The routing table of this site's Internet line, of a device with several sites."""

    @property
    def router_id(self) -> IPv4Address | None:
        """An address that nobody else has."""
        return self.bgp_address or self.public_ip


def site_plan(
    settings: Settings, index: int, site: Site, place: int, alone: bool, facts: Facts, findings: list[Finding]
) -> SitePlan:
    """One site of a device; `place` is its number there, `alone` whether it is the only one."""
    path = f"vpn.sites[{index}]"
    line = facts.wiring.sites.get(site.name, SiteWiring())
    local = line.address or (None if alone else site.public_ip)
    if local is None and not alone:
        findings.append(
            Finding(
                f"wiring.sites.{site.name}.address",
                f"is not set, and the device has other sites: their tunnels are told apart by their own addresses, and "
                f"{site.fqdn} has in the Internet's DNS what may change; say the address on this line",
            )
        )
    if site.azure_policy:
        text = "its tunnels have Azure's own policies, which no file here is made for; say false, and an ipsecPolicy"
        findings.append(Finding(f"{path}.azurePolicy", text))
    prefixes = tuple(settings.site_prefixes(site))
    asn = site.bgp.asn if site.bgp else None
    return SitePlan(
        name=site.name,
        path=path,
        public_ip=site.public_ip,
        fqdn=site.fqdn,
        internet_interface=line.internet_interface or facts.wiring.internet_interface,
        internet_next_hop=line.internet_next_hop or facts.wiring.internet_next_hop,
        local_address=local,
        asn=asn,
        bgp_address=site.bgp.peer_address if site.bgp else None,
        preference=VPN_PREFERENCE if site.local_preference is None else site.local_preference,
        announces=Announcement(
            "VPN" if alone else f"VPN-{site.name}",
            prefixes,
            () if asn is None else (asn,) * (TUNNEL_PREPEND + site.prepend),
        ),
        prefixes=prefixes,
        tunnels=_tunnels(site, path, place, facts, findings),
        policy=settings.ipsec_policy(site),
        policy_path=f"{path}.ipsecPolicy" if site.ipsec_policy else "vpn.ipsecPolicy",
        initiate=site.connection_mode != "InitiatorOnly",
        dpd_seconds=site.dpd_timeout_seconds,
        table=None if alone else 101 + place,
    )


def one_neighbour_each(sites: Sequence[SitePlan]) -> Iterator[Finding]:
    """A BGP speaker has one session with an address, so two sites of a device need the gateway's other addresses."""
    first: dict[IPv4Address, SitePlan] = {}
    for site in sites:
        for tunnel in site.tunnels:
            address = tunnel.gateway_bgp_address
            if address is not None and first.setdefault(address, site) is not site:
                yield Finding(
                    f"{site.path}.bgp.gatewayAddresses",
                    f"{address} is the gateway's end of site {first[address].name} too, which is on the same device, "
                    "and a BGP speaker has one session with an address; give each site APIPA addresses of its own "
                    "(peerAddress, gatewayAddresses), or put them on two devices",
                )
                break


def _tunnels(site: Site, path: str, place: int, facts: Facts, findings: list[Finding]) -> tuple[Tunnel, ...]:
    count = len(facts.gateway.public_ips)
    numbers = range(count) if site.instance is None else [site.instance]
    addresses: dict[int, IPv4Address] = {}
    if site.instance is not None and site.instance >= count:
        findings.append(
            Finding(
                f"{path}.instance",
                f"is {site.instance}, but the gateway has {count} instance{'s' * (count > 1)}; say 0, or set "
                "vpn.gateway.activeActive",
            )
        )
    if site.bgp:
        apipa = site.apipa()
        given, where = (
            (apipa, f"{path}.bgp.gatewayAddresses")
            if apipa
            else (dict(enumerate(facts.gateway.bgp_peer_addresses)), "outputs.vpnGateway.bgpPeerAddresses")
        )
        if site.bgp.peer_address.is_link_local and not apipa:
            findings.append(
                Finding(
                    f"{path}.bgp.gatewayAddresses",
                    f"is not set, but peerAddress {site.bgp.peer_address} is an APIPA address; name the gateway's "
                    f"{count} APIPA address{'es' if count > 1 else ''}, one for each instance",
                )
            )
        elif len(given) != count and not (apipa and site.instance in given):
            findings.append(
                Finding(where, f"names {len(given)} addresses, but the gateway has {count} instances; one each")
            )
        else:
            addresses = given
    return tuple(
        Tunnel(number, INSTANCES * place + number, public, addresses.get(number))
        for number, public in enumerate(facts.gateway.public_ips)
        if number in numbers
    )
