"""What the on-premises device of one site has to do, without a word of any vendor.

The plan is the architecture's on-premises half: a tunnel to each instance of the VPN gateway, BGP and BFD on each link
of each circuit, ExpressRoute preferred in both directions, and nothing that makes the tunnels depend on ExpressRoute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from components.rules.bgp import MICROSOFT_ASN
from topology.settings.model import Settings
from topology.settings.model_express_route import Circuit
from topology.settings.model_vpn import IpsecPolicy, Site

from .constants import EXPRESS_ROUTE_PREFERENCE
from .errors import ApplianceError, Finding
from .facts import PLACEHOLDER_ASN, Facts, LinkWiring


@dataclass(frozen=True)
class Tunnel:
    """One IPsec tunnel: the appliance to one instance of the VPN gateway."""

    number: int
    """Of the instance."""
    gateway_public_ip: IPv4Address
    gateway_bgp_address: IPv4Address | None

    @property
    def name(self) -> str:
        """Name of the tunnel and of its interface."""
        return f"tunnel{self.number}"


@dataclass(frozen=True)
class Link:
    """One link of a circuit as the edge sees it."""

    circuit: str
    which: str
    interface: str
    vlan_parent: str | None
    vlan_id: int | None
    address: IPv4Interface
    peer_address: IPv4Address
    peer_asn: int
    local_asn: int
    preference: int
    """Local preference of what this link brings; the edge prefers the circuit that Azure prefers (`routingWeight`)."""


@dataclass(frozen=True)
class Plan:
    """Everything that a device family's templates need."""

    network: str
    site: str
    public_ip: IPv4Address | None
    """None where Azure finds the device by its name: its address may change, so no file has it."""
    fqdn: str | None
    asn: int
    router_id: IPv4Address | None
    """None: the device takes one of its own addresses."""
    gateway_asn: int
    bgp_address: IPv4Address | None
    """Our BGP speaker on the tunnels; None for a static site."""
    tunnels: tuple[Tunnel, ...]
    links: tuple[Link, ...]
    policy: IpsecPolicy
    policy_path: str
    """Where the settings say the policy, for errors."""
    initiate: bool
    """Whether the device opens the tunnels; not when the connection's mode is InitiatorOnly (Azure opens them)."""
    dpd_seconds: int
    """How long a silent gateway is given before its tunnel counts as lost."""
    azure_prefixes: tuple[IPv4Network, ...]
    express_route_prefixes: tuple[IPv4Network, ...]
    vpn_prefixes: tuple[IPv4Network, ...]
    on_premises_prefixes: tuple[IPv4Network, ...]
    """All that is on this side: what must stay reachable, and what is advertised on either path."""
    facts: Facts


def make_plan(settings: Settings, site_name: str, facts: Facts) -> Plan:
    """The plan of one site's device. Raises ApplianceError with a path for everything that the settings do not say."""
    index, site = find_site(settings, site_name)
    path = f"vpn.sites[{index}]"
    findings: list[Finding] = []
    asn = _asn(settings, site, facts)
    findings += _not_written(settings, site)
    links = _links(settings, asn, facts, findings)
    plan = Plan(
        network=settings.name,
        site=site.name,
        public_ip=site.public_ip,
        fqdn=site.fqdn,
        asn=asn,
        router_id=site.bgp.peer_address if site.bgp else site.public_ip,
        gateway_asn=facts.gateway.asn,
        bgp_address=site.bgp.peer_address if site.bgp else None,
        tunnels=_tunnels(settings, site, path, facts, findings),
        links=links,
        policy=settings.ipsec_policy(site),
        policy_path=f"{path}.ipsecPolicy" if site.ipsec_policy else "vpn.ipsecPolicy",
        initiate=site.connection_mode != "InitiatorOnly",
        dpd_seconds=site.dpd_timeout_seconds,
        azure_prefixes=(
            *settings.network.address_space,
            *(prefix for spoke in settings.network.spokes for prefix in spoke.address_space),
        ),
        express_route_prefixes=tuple(settings.express_route_prefixes),
        vpn_prefixes=tuple(settings.site_prefixes(site)),
        on_premises_prefixes=tuple(
            dict.fromkeys(
                [*settings.on_premises.prefixes, *settings.express_route_prefixes, *settings.site_prefixes(site)]
            )
        ),
        facts=facts,
    )
    if findings:
        raise ApplianceError(findings)
    return plan


def _not_written(settings: Settings, site: Site) -> Iterator[Finding]:
    """Settings that the proof counts on and that no file here says yet: without them the device would do otherwise."""
    what = "is no part of a device's files yet, and the proof counts on it; leave it out, or set this device up by hand"
    for index, device in enumerate(settings.on_premises.devices):
        if device.links or site.name in device.sites:
            yield Finding(f"onPremises.devices[{index}]", what)
    for path, listed in (("expressRoute.circuits", settings.express_route.circuits), ("vpn.sites", settings.vpn.sites)):
        for index, one in enumerate(listed):
            if one.prepend:
                yield Finding(f"{path}[{index}].prepend", what)
            if one.local_preference is not None:
                yield Finding(f"{path}[{index}].localPreference", what)
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.prefixes is not None:
            yield Finding(f"expressRoute.circuits[{index}].prefixes", what)


def find_site(settings: Settings, name: str) -> tuple[int, Site]:
    """A site and its index. Raises ApplianceError naming the sites that there are."""
    for index, site in enumerate(settings.vpn.sites):
        if site.name == name:
            return index, site
    known = ", ".join(site.name for site in settings.vpn.sites)
    raise ApplianceError([Finding("vpn.sites", f"there is no site {name!r}; the settings have {known}")])


def connected_circuits(settings: Settings) -> list[tuple[int, Circuit]]:
    """The circuits that carry traffic once all is provisioned, with their index in the settings."""
    return [(i, c) for i, c in enumerate(settings.express_route.circuits) if c.connects]


def _asn(settings: Settings, site: Site, facts: Facts) -> int:
    peerings = [c.private_peering.peer_asn for _, c in connected_circuits(settings) if c.private_peering]
    told = [site.bgp.asn] if site.bgp else [facts.wiring.asn] if facts.wiring.asn else []
    return [*told, *peerings, PLACEHOLDER_ASN][0]


def _tunnels(settings: Settings, site: Site, path: str, facts: Facts, findings: list[Finding]) -> tuple[Tunnel, ...]:
    count = len(facts.gateway.public_ips)
    numbers = range(count) if site.instance is None else [site.instance]
    addresses: dict[int, IPv4Address] = {}
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
        Tunnel(number, public, addresses.get(number))
        for number, public in enumerate(facts.gateway.public_ips)
        if number in numbers
    )


def _links(settings: Settings, asn: int, facts: Facts, findings: list[Finding]) -> tuple[Link, ...]:
    links: list[Link] = []
    weights = sorted({circuit.routing_weight for _, circuit in connected_circuits(settings)}, reverse=True)
    for position, (index, circuit) in enumerate(connected_circuits(settings)):
        wired = facts.wiring.links.get(circuit.name)
        preference = EXPRESS_ROUTE_PREFERENCE - weights.index(circuit.routing_weight)
        for offset, which in enumerate(("primary", "secondary")):
            wiring: LinkWiring = getattr(wired, which) if wired else LinkWiring()
            parent = f"eth{2 + 2 * position + offset}"
            peering = circuit.private_peering
            if peering:
                prefix = peering.primary_prefix if which == "primary" else peering.secondary_prefix
                made = wiring.interface is None
                links.append(
                    Link(
                        circuit.name,
                        which,
                        wiring.interface or f"{parent}.{peering.vlan_id}",
                        parent if made else None,
                        peering.vlan_id if made else None,
                        IPv4Interface(f"{prefix[1]}/{prefix.prefixlen}"),
                        prefix[2],
                        MICROSOFT_ASN,
                        peering.peer_asn,
                        preference,
                    )
                )
            elif wiring.address and wiring.peer_address and wiring.peer_asn:
                links.append(
                    Link(
                        circuit.name,
                        which,
                        wiring.interface or parent,
                        None,
                        None,
                        wiring.address,
                        wiring.peer_address,
                        wiring.peer_asn,
                        asn,
                        preference,
                    )
                )
            else:
                findings.append(
                    Finding(
                        f"expressRoute.circuits[{index}].privatePeering",
                        f"is not set, and the device file does not say links.{circuit.name}.{which} either: "
                        "address, peerAddress and peerAsn",
                    )
                )
    return tuple(links)
