"""The sessions of a world: which are up, which should be, and what the tunnels have carried."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from . import ipsec
from .elements import link_works, tunnel_works
from .machine import LabError, Machine, wait
from .world import World

START_SECONDS = 40


def await_sessions(world: World, failed: frozenset[str], seconds: float = START_SECONDS) -> None:
    """Waits until exactly the sessions are up that should be with these elements failed, on every router.

    Raises LabError with what is missing where that does not happen in time.
    """
    try:
        wait(lambda: not any(missing(world, failed)), "", seconds, 0.2)
    except LabError:
        left = ", ".join(missing(world, failed))
        raise LabError(f"after {seconds:g} s still missing: {left}") from None


def missing(world: World, failed: frozenset[str]) -> Iterator[str]:
    """Sessions that should be there with these elements failed and are not, and those that should not and are."""
    blueprint = world.blueprint
    edge, gateway, vnet = (_learned(world[name]) for name in ("edge", "ergw", "vnet"))
    working = [link for link in blueprint.edges if link_works(link, failed)]
    for link in blueprint.edges:
        works = link in working
        # With its gateway gone an edge of Microsoft's keeps the session, but has nothing to say on it.
        if (edge.get(str(link.address.ip), 0) > 0) != works:
            yield f"{'' if works else 'end of '}routes from {link.name}"
        if (gateway.get(f"100.68.{link.number}.2", 0) > 0) != works and "gateway:expressRoute" not in failed:
            yield f"{'' if works else 'end of '}routes from {link.name} at the ExpressRoute gateway"
        if works and blueprint.bfd and not _bfd_is_up(world[link.name], str(link.edge_address)):
            yield f"BFD session with {link.name}"
    # Inside Azure a dead gateway's session lingers until its hold time; its routes go at once with the link.
    if "gateway:expressRoute" not in failed and (vnet.get("100.67.0.1", 0) > 0) != bool(working):
        yield f"{'' if working else 'end of '}on-premises routes from the ExpressRoute gateway"
    for tunnel in world.plan.tunnels:
        works = tunnel_works(blueprint, tunnel.number, failed)
        if any(end != works for end in _tunnel_ends(world, tunnel.number)):
            yield f"{'' if works else 'end of '}{tunnel.name}"
        elif works and tunnel.gateway_bgp_address and edge.get(str(tunnel.gateway_bgp_address), 0) == 0:
            yield f"BGP session through {tunnel.name}"
        instance = f"gateway:vpn/{tunnel.number}"
        if instance not in failed and vnet.get(f"100.67.{tunnel.number + 1}.1") is None:
            yield f"BGP session of {instance} in the virtual network"


@dataclass(frozen=True)
class TunnelCount:
    """What the appliance's daemons counted on each of their ESP associations, and when they were asked."""

    moment: float
    packets: dict[str, int]

    def since(self, earlier: "TunnelCount") -> int:
        """Packets that went through the tunnels between two counts."""
        return sum(count - earlier.packets.get(spi, 0) for spi, count in self.packets.items())


def tunnel_count(world: World) -> TunnelCount:
    """Counts the packets in all tunnels, both directions."""
    before = time.monotonic()
    children = [child for tunnel in world.plan.tunnels for child in ipsec.children(world.ipsec_socket(tunnel.name))]
    packets = {child["spi-in"]: int(child["packets-out"]) + int(child["packets-in"]) for child in children}
    return TunnelCount((before + time.monotonic()) / 2, packets)


def _tunnel_ends(world: World, number: int) -> list[bool]:
    """Whether the daemon at each end of a tunnel has its ESP association."""
    return [bool(ipsec.children(world.ipsec_socket(name))) for name in (f"tunnel{number}", f"vpngw{number}")]


def _bfd_is_up(machine: Machine, address: str) -> bool:
    """Whether an edge of Microsoft's sees the on-premises edge by BFD."""
    return any(peer["peer"] == address and peer["status"] == "up" for peer in machine.ask("bfdd", "show bfd peers"))


def _learned(machine: Machine) -> dict[str, int]:
    """Prefixes learned on each of a machine's BGP sessions that is up."""
    summary = machine.ask("bgpd", "show bgp ipv4 unicast summary")
    peers = summary.get("peers") or summary.get("ipv4Unicast", {}).get("peers", {})
    return {address: peer.get("pfxRcd", 0) for address, peer in peers.items() if peer.get("state") == "Established"}
