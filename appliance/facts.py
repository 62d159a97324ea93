"""What the settings do not say: the addresses that Azure chose, the shared key, and how the device is wired."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ConfigDict, Field, ValidationError

from components.rules import gateways
from components.rules.bgp import AZURE_ASN
from topology.settings.model import Settings
from topology.settings.model_base import Address, Asn, Model
from topology.settings.model_express_route import Circuit
from topology.settings.model_vpn import Site

from .errors import ApplianceError, Finding

KEY_PLACEHOLDER = "REPLACE_WITH_THE_SHARED_KEY"
PLACEHOLDER_ASN = 64512
"""AS number of the on-premises edge where neither a peering nor a site says one; private use."""
PROVIDER_PLACEHOLDER_ASN = 64513
"""AS number of a layer 3 provider's edge until the provider has told the real one; private use."""


M = TypeVar("M", bound=Model)


class DeviceModel(Model):
    """Part of the device file; an unknown key there is an error."""

    model_config = ConfigDict(**{**Model.model_config, "extra": "forbid"})


class LinkWiring(DeviceModel):
    """One link of a circuit as the device sees it. Addresses only where the provider makes the peering (layer 3)."""

    interface: str | None = None
    """By default eth2 and eth3 for the first circuit, eth4 and eth5 for the next; with a VLAN such as eth2.100."""
    address: IPv4Interface | None = None
    """Ours, with its prefix length, such as 172.16.0.1/30."""
    peer_address: Address | None = None
    peer_asn: Asn | None = None


class CircuitWiring(DeviceModel):
    """The two links of a circuit."""

    primary: LinkWiring = LinkWiring()
    secondary: LinkWiring = LinkWiring()


class Lan(DeviceModel):
    """The inner side of the device."""

    interface: str = "eth1"
    address: IPv4Interface | None = None
    """Set on the interface when given."""
    next_hop: Address | None = None
    """The inner router; static routes to the on-premises prefixes go there. None: the device learns them otherwise."""


class Wiring(DeviceModel):
    """How one device is wired: the device file, YAML with camelCase keys; every key may be left out."""

    asn: Asn | None = None
    """AS number of the on-premises edge, where no peering or site of the settings says one."""
    internet_interface: str = "eth0"
    internet_next_hop: Address | None = None
    """Next hop towards the Internet; by default that of the default route which the machine has on its interface."""
    lan: Lan = Field(default_factory=Lan)
    links: dict[str, CircuitWiring] = Field(default_factory=dict)
    """By circuit name."""


class GatewayFacts(Model):
    """The stack output `vpnGateway`."""

    public_ips: list[Address]
    bgp_peer_addresses: list[Address] = Field(default_factory=list)
    asn: Asn = AZURE_ASN


@dataclass(frozen=True)
class Facts:
    """Everything that is not in the settings. placeholders: what is still to be replaced, in words."""

    gateway: GatewayFacts
    shared_key: str = field(repr=False)
    wiring: Wiring = field(default_factory=Wiring)
    placeholders: tuple[str, ...] = ()


def read_wiring(path: Path) -> Wiring:
    """Reads a device file. Raises ApplianceError with a path for each value that cannot be used."""
    try:
        data = yaml.safe_load(path.read_text()) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ApplianceError([Finding(str(path), f"cannot be read: {error}")]) from None
    return _validated(Wiring, data, "device")


def from_outputs(outputs: dict[str, Any], settings: Settings, site: Site, key: str, wiring: Wiring) -> Facts:
    """Facts of a deployed stack. Raises ApplianceError where an output or the wiring does not say enough."""
    if "vpnGateway" not in outputs:
        raise ApplianceError([Finding("outputs.vpnGateway", "the stack has no such output yet; run pulumi up first")])
    gateway = _validated(GatewayFacts, outputs["vpnGateway"], "outputs.vpnGateway")
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
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.connects and not _told(circuit, wiring):
            findings.append(
                Finding(
                    f"expressRoute.circuits[{index}].privatePeering",
                    f"the provider makes this peering; say what the provider's letter says in the device file, under "
                    f"links.{circuit.name}.primary and .secondary: address, peerAddress and peerAsn",
                )
            )
    if findings:
        raise ApplianceError(findings)
    return Facts(gateway, key, wiring)


def placeholders(settings: Settings, site: Site, wiring: Wiring | None = None) -> Facts:
    """Facts of a network that is not deployed: documentation addresses, each named in `placeholders`."""
    wiring = wiring or Wiring()
    count = instances(settings)
    if not settings.vpn.gateway.known and site.bgp and site.bgp.gateway_addresses:
        count = len(site.bgp.gateway_addresses)
    subnet = settings.network.gateway_subnet
    bgp = [subnet[4 + n] for n in range(2)] if count == 2 else [subnet[-2]]
    public = [IPv4Address("192.0.2.4") + n for n in range(count)]
    missing = [f"the VPN gateway's public addresses ({', '.join(map(str, public))})", "the shared key"]
    if not settings.vpn.gateway.known:
        missing.append(f"how many instances the existing VPN gateway has, each with a tunnel ({count} assumed)")
    if site.bgp and not site.bgp.gateway_addresses:
        missing.append(f"the VPN gateway's BGP peer addresses ({', '.join(map(str, bgp))})")
    links = dict(wiring.links)
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.connects and not _told(circuit, wiring):
            links[circuit.name] = _placeholder_links(index, wiring.links.get(circuit.name, CircuitWiring()))
            missing.append(f"the provider's peering of circuit {circuit.name} (addresses and AS number)")
    gateway = GatewayFacts(public_ips=public, bgp_peer_addresses=bgp, asn=settings.vpn.gateway.asn)
    return Facts(gateway, KEY_PLACEHOLDER, wiring.model_copy(update={"links": links}), tuple(missing))


def instances(settings: Settings) -> int:
    """How many instances the VPN gateway has, each with a tunnel to every site."""
    return gateways.instances(settings.vpn.gateway.active_active)


def _told(circuit: Circuit, wiring: Wiring) -> bool:
    wired = wiring.links.get(circuit.name)
    return circuit.private_peering is not None or (
        wired is not None
        and all(link.address and link.peer_address and link.peer_asn for link in (wired.primary, wired.secondary))
    )


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


def _validated(model: type[M], data: Any, path: str) -> M:
    """The model of the data, or an error with the path of every value that cannot be used."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        findings = [
            Finding(".".join([path, *map(str, detail["loc"])]), detail["msg"].removeprefix("Value error, "))
            for detail in error.errors(include_url=False)
        ]
        raise ApplianceError(findings) from None
