"""What the settings do not say: the addresses that Azure chose, the keys, and how the device is wired."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from pydantic import Field

from components.rules import gateways
from components.rules.bgp import AZURE_ASN
from topology.settings.model import Settings
from topology.settings.model_base import Address, Asn, Model

from .errors import ApplianceError, Finding
from .holding import Holding, network_asn
from .wiring import CircuitWiring, Lan, LinkWiring, Wiring, validated

KEY_PLACEHOLDER = "REPLACE_WITH_THE_SHARED_KEY"
PEERING_KEY_PLACEHOLDER = "REPLACE_WITH_THE_PEERING_KEY"
PLACEHOLDER_ASN = 64512
"""AS number of the on-premises edge where neither a peering nor a site says one; private use."""
PROVIDER_PLACEHOLDER_ASN = 64513
"""AS number of a layer 3 provider's edge until the provider has told the real one; private use."""
PLACEHOLDER_LAN = IPv4Interface("198.51.100.129/25")
"""Address of the first device on a LAN that nobody described, the next ones after it; documentation addresses."""
PLACEHOLDER_NEXT_HOP = PLACEHOLDER_LAN.network[-2]


class GatewayFacts(Model):
    """The stack output `vpnGateway`."""

    public_ips: list[Address]
    bgp_peer_addresses: list[Address] = Field(default_factory=list)
    asn: Asn = AZURE_ASN


@dataclass(frozen=True)
class Facts:
    """Everything that is not in the settings."""

    gateway: GatewayFacts
    shared_key: str = field(repr=False)
    """Of every site that `shared_keys` does not name."""
    wiring: Wiring = field(default_factory=Wiring)
    placeholders: tuple[str, ...] = ()
    """What is still to be replaced, in words."""
    shared_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By site."""
    peering_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """MD5 key of each private peering that has one, by circuit."""
    peer_addresses: Mapping[str, IPv4Address] = field(default_factory=dict)
    """By device: its address on the LAN, where the settings do not say it."""
    asn_made_up: bool = False
    """Whether the wiring's AS number is a placeholder, the same for every device."""

    def key_of(self, site: str) -> str:
        """A site's shared key."""
        return self.shared_keys.get(site, self.shared_key)


def from_outputs(
    outputs: Mapping[str, Any],
    settings: Settings,
    holding: Holding,
    shared_keys: Mapping[str, str],
    wiring: Wiring,
    peering_keys: Mapping[str, str] | None = None,
) -> Facts:
    """Facts of a deployed stack. Raises ApplianceError where an output or the wiring does not say enough."""
    if "vpnGateway" not in outputs:
        raise ApplianceError([Finding("outputs.vpnGateway", "the stack has no such output yet; run pulumi up first")])
    gateway = validated(GatewayFacts, outputs["vpnGateway"], "outputs.vpnGateway")
    findings = []
    # How many instances an existing gateway has only Azure knows.
    if settings.vpn.gateway.existing is None and len(gateway.public_ips) != instances(settings):
        findings.append(
            Finding(
                "outputs.vpnGateway.publicIps",
                f"has {len(gateway.public_ips)}, but the settings ask for {instances(settings)} (vpn.gateway."
                "activeActive); run pulumi up first",
            )
        )
    for index, name in untold(holding, wiring):
        findings.append(
            Finding(
                f"expressRoute.circuits[{index}].privatePeering",
                f"the provider makes this peering; say what the provider's letter says in the wiring file, under "
                f"{' and '.join(_wiring_paths(holding, index, name))}: address, peerAddress and peerAsn",
            )
        )
    if findings:
        raise ApplianceError(findings)
    return Facts(gateway, "", wiring, shared_keys=shared_keys, peering_keys=peering_keys or {})


def placeholders(
    settings: Settings, holding: Holding, wiring: Wiring | None = None, with_key: Collection[str] | None = ()
) -> Facts:
    """Facts of a network that is not deployed: documentation addresses, each named in `placeholders`.

    with_key: the circuits whose peering has an MD5 key; None where nobody can tell, so that each may have one.
    """
    wiring = wiring or Wiring()
    count = _assumed_instances(settings, holding)
    subnet = settings.network.gateway_subnet
    bgp = [subnet[4 + n] for n in range(2)] if count == 2 else [subnet[-2]]
    public = [IPv4Address("192.0.2.4") + n for n in range(count)]
    missing: list[str] = []
    if holding.sites:
        missing.append(f"the VPN gateway's public addresses ({', '.join(map(str, public))})")
        names = [site.name for _, site in holding.sites]
        missing.append("the shared key" if len(names) == 1 else f"the shared keys of {', '.join(names)}")
        if not settings.vpn.gateway.known:
            missing.append(f"how many instances the existing VPN gateway has, each with a tunnel ({count} assumed)")
        if any(site.bgp and not site.bgp.gateway_addresses for _, site in holding.sites):
            missing.append(f"the VPN gateway's BGP peer addresses ({', '.join(map(str, bgp))})")
    links = dict(wiring.links)
    for index, name in untold(holding, wiring):
        links[name] = _placeholder_links(index, wiring.links.get(name, CircuitWiring()))
        missing.append(f"the provider's peering of circuit {name} (addresses and AS number)")
    keys = {name: PEERING_KEY_PLACEHOLDER for name in holding.peerings if with_key is None or name in with_key}
    missing += [f"the MD5 key of circuit {name}'s peering{', if it has one' * (with_key is None)}" for name in keys]
    made_up = wiring.asn is None and speaks_bgp(holding, wiring) and network_asn(settings, holding) is None
    if made_up:
        where = f"{holding.path}.asn" if holding.device else "asn in the wiring file"
        missing.append(f"the AS number of the on-premises edge ({PLACEHOLDER_ASN}; {where})")
    lan, peers, untold_lan = _placeholder_lan(settings, holding, wiring)
    gateway = GatewayFacts(public_ips=public, bgp_peer_addresses=bgp, asn=settings.vpn.gateway.asn)
    return Facts(
        gateway,
        KEY_PLACEHOLDER,
        wiring.model_copy(update={"links": links, "lan": lan, "asn": PLACEHOLDER_ASN if made_up else wiring.asn}),
        (*missing, *untold_lan),
        peering_keys=keys,
        peer_addresses=peers,
        asn_made_up=made_up,
    )


def instances(settings: Settings) -> int:
    """How many instances the VPN gateway has, each with a tunnel to every site."""
    return gateways.instances(settings.vpn.gateway.active_active)


def speaks_bgp(holding: Holding, wiring: Wiring) -> bool:
    """Whether some neighbour hears the network's AS number."""
    said = holding.device.lan if holding.device else None
    return bool(holding.links or wiring.lan.core or (said and said.core))


def untold(holding: Holding, wiring: Wiring) -> Iterator[tuple[int, str]]:
    """The circuits, each with its place, whose peering the provider makes and nobody has told."""
    seen: set[str] = set()
    for held in holding.links:
        link, name = wiring.link(held), held.circuit.name
        told = held.circuit.private_peering or (link.address and link.peer_address and link.peer_asn)
        if not told and name not in seen:
            seen.add(name)
            yield held.index, name


def _wiring_paths(holding: Holding, index: int, name: str) -> Iterator[str]:
    """Where the wiring file says the links of a circuit that the device holds."""
    held = [link.which for link in holding.links if link.index == index]
    return (f"links.{name}.{which}" if place == 0 else f".{which}" for place, which in enumerate(held))


def _assumed_instances(settings: Settings, holding: Holding) -> int:
    if not settings.vpn.gateway.known:
        for _, site in holding.sites:
            if site.bgp and site.bgp.gateway_addresses:
                return len(site.bgp.gateway_addresses)
    return instances(settings)


def _placeholder_lan(
    settings: Settings, holding: Holding, wiring: Wiring
) -> tuple[Lan, Mapping[str, IPv4Address], list[str]]:
    """The LAN, the addresses of other devices on it, and what is made up of both: all, where nobody said any of it."""
    lan = wiring.lan
    devices = [device for _, device in holding.peers] + ([holding.device] if holding.device else [])
    if lan.address or lan.next_hop or lan.core or lan.learned or any(device.lan for device in devices):
        return lan, {}, []
    place = {device.name: number for number, device in enumerate(settings.on_premises.devices)}

    def address(name: str) -> IPv4Interface:
        return IPv4Interface(f"{PLACEHOLDER_LAN.ip + place.get(name, 0)}/{PLACEHOLDER_LAN.network.prefixlen}")

    own = address(holding.name)
    peers = {device.name: address(device.name).ip for _, device in holding.peers}
    others = "".join(f", {name} {peer}" for name, peer in peers.items())
    where = f"{holding.path}.lan" if holding.device else "lan in the wiring file"
    made_up = f"the LAN: own address {own}, inner router {PLACEHOLDER_NEXT_HOP}{others} ({where})"
    return lan.model_copy(update={"address": own, "next_hop": PLACEHOLDER_NEXT_HOP}), peers, [made_up]


def _placeholder_links(index: int, wired: CircuitWiring) -> CircuitWiring:
    def link(offset: int, given: LinkWiring) -> LinkWiring:
        first = IPv4Address("198.51.100.0") + 8 * index + offset
        values = {
            "address": IPv4Interface(f"{first + 1}/30"),
            "peer_address": first + 2,
            "peer_asn": PROVIDER_PLACEHOLDER_ASN,
        }
        return given.model_copy(update={name: getattr(given, name) or value for name, value in values.items()})

    return CircuitWiring(primary=link(0, wired.primary), secondary=link(4, wired.secondary))
