"""The inner side of a device: where the on-premises prefixes lie, and the other devices of its network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from .errors import Finding
from .facts import Facts
from .holding import Holding
from .wiring import Lan


@dataclass(frozen=True)
class Peer:
    """Another device of the same network, an iBGP neighbour on the LAN."""

    name: str
    address: IPv4Address


def lan_of(holding: Holding, facts: Facts, findings: list[Finding]) -> Lan:
    """The LAN as the settings and the wiring file say it together; what they say differently is a finding."""
    wired, said = facts.wiring.lan, holding.device.lan if holding.device else None
    if said is None:
        return wired
    for name in ("address", "next_hop", "core"):
        own, other = getattr(wired, name), getattr(said, name)
        if own is not None and own != other:
            findings.append(
                Finding(
                    f"wiring.lan.{name.replace('next_hop', 'nextHop')}",
                    f"is for {holding.path}.lan to say, which the other devices read; take it out of the wiring file",
                )
            )
    return wired.model_copy(update={"address": said.address, "next_hop": said.next_hop, "core": said.core})


def peers_of(holding: Holding, facts: Facts, lan: Lan, findings: list[Finding]) -> tuple[Peer, ...]:
    """The other devices of the network; one whose address nobody says is a finding."""
    found: list[Peer] = []
    unsaid = [] if not holding.peers or lan.address else [(holding.path, holding.name)]
    for place, device in holding.peers:
        address = device.lan.address.ip if device.lan else facts.peer_addresses.get(device.name)
        if address is None:
            unsaid.append((f"onPremises.devices[{place}]", device.name))
        else:
            found.append(Peer(device.name, address))
    for path, name in unsaid:
        findings.append(
            Finding(
                f"{path}.lan.address",
                f"is not set, and the devices {_names(holding)} share their routes by iBGP between such addresses; say "
                f"that of {name}",
            )
        )
    return tuple(found)


def ways(
    holding: Holding, lan: Lan, prefixes: Iterable[IPv4Network], findings: list[Finding]
) -> Mapping[IPv4Network, str]:
    """The static route to each on-premises prefix: the inner router's address or the LAN's interface.

    A prefix without one is the LAN's own, or comes by BGP. One that lies nowhere is a finding: it would be announced,
    and its traffic dropped here.
    """
    network = lan.address.network if lan.address else None
    found: dict[IPv4Network, str] = {}
    nowhere: list[str] = []
    for prefix in prefixes:
        if network is not None and prefix == network:
            continue
        if network is not None and prefix.subnet_of(network):
            found[prefix] = lan.interface
        elif lan.next_hop:
            found[prefix] = str(lan.next_hop)
        elif not lan.core and not lan.learned:
            nowhere.append(str(prefix))
    if nowhere:
        where = f"{holding.path}.lan" if holding.device else "wiring.lan"
        other = " or" if holding.device else ", or"
        findings.append(
            Finding(
                where,
                f"says no way to {', '.join(nowhere)}, which this device announces: say nextHop, the inner router"
                f"{other} core, which announces them{', or that they are learned' if holding.device else ''}"
                + (" (learned: true in the wiring file)" if holding.device else ", or learned: true"),
            )
        )
    return found


def _names(holding: Holding) -> str:
    return ", ".join([holding.name, *(device.name for _, device in holding.peers)])
