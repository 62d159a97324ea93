"""The sessions of a world: which are up, which should be, and what the tunnels have carried."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from . import ipsec
from .elements import device_elements, link_works, tunnel_works
from .machine import LabError, wait
from .parts import Tunnel
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
    alive = [device for device in blueprint.devices if not device_elements(device) & failed]
    learned = {device.name: world[device.name].learned() for device in alive}
    gateway, vnet = world["ergw"].learned(), world["vnet"].learned()
    working = [link for link in blueprint.edges if link_works(blueprint, link, failed)]
    for link in blueprint.edges:
        works = link in working
        # With its gateway gone an edge of Microsoft's keeps the session, but has nothing to say on it.
        if link.device in learned and (learned[link.device].get(str(link.address.ip), 0) > 0) != works:
            yield f"{'' if works else 'end of '}routes from {link.name}"
        if (gateway.get(f"100.68.{link.number}.2", 0) > 0) != works and "gateway:expressRoute" not in failed:
            yield f"{'' if works else 'end of '}routes from {link.name} at the ExpressRoute gateway"
        if works and blueprint.bfd and str(link.edge_address) not in world[link.name].bfd_peers():
            yield f"BFD session with {link.name}"
    # Inside Azure a dead gateway's session lingers until its hold time; its routes go at once with the link.
    if "gateway:expressRoute" not in failed and (vnet.get("100.67.0.1", 0) > 0) != bool(working):
        yield f"{'' if working else 'end of '}on-premises routes from the ExpressRoute gateway"
    for tunnel in blueprint.tunnels:
        works = tunnel_works(blueprint, tunnel, failed)
        if any(end != works for end in _tunnel_ends(world, tunnel)):
            yield f"{'' if works else 'end of '}{tunnel.element}"
        elif works and tunnel.gateway_bgp_address and not learned[tunnel.device].get(str(tunnel.gateway_bgp_address)):
            yield f"BGP session through {tunnel.element}"
    for number in range(len(blueprint.gateways)):
        instance = f"gateway:vpn/{number}"
        dead = instance in failed or any(element.startswith("zone:") for element in failed)
        if not dead and vnet.get(f"100.67.{number + 1}.1") is None:
            yield f"BGP session of {instance} in the virtual network"
    yield from _missing_on_the_lan(world, failed, learned)


def _missing_on_the_lan(
    world: World, failed: frozenset[str], learned: Mapping[str, Mapping[str, int]]
) -> Iterator[str]:
    """Sessions between the devices, and with the inner router, where there is one that speaks BGP."""
    blueprint = world.blueprint
    core = world["host"].learned() if blueprint.has_core else {}
    seen = world["host"].bfd_peers() if blueprint.has_core else []
    for device in blueprint.devices:
        address, works = str(device.lan_address.ip), device.name in learned
        for other, sessions in learned.items():
            if other != device.name and (address in sessions) != works:
                yield f"{'' if works else 'end of '}iBGP session of {other} with {device.name}"
        if blueprint.has_core and (address in core) != works:
            yield f"{'' if works else 'end of '}the inner router's session with {device.name}"
        if works and blueprint.has_core:
            others = [str(one.lan_address.ip) for one in blueprint.devices if one.name in learned and one is not device]
            missed = {str(blueprint.core.ip), *others} - {*world[device.name].bfd_peers()}
            if missed or address not in seen:
                yield f"BFD sessions of {device.name} on the LAN"


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
    children = [
        child for tunnel in world.blueprint.tunnels for child in ipsec.children(world.ipsec_socket(tunnel.name))
    ]
    packets = {child["spi-in"]: int(child["packets-out"]) + int(child["packets-in"]) for child in children}
    return TunnelCount((before + time.monotonic()) / 2, packets)


def _tunnel_ends(world: World, tunnel: Tunnel) -> list[bool]:
    """Whether the daemon at each end of a tunnel has its ESP association."""
    return [bool(ipsec.children(world.ipsec_socket(name))) for name in (tunnel.name, tunnel.gateway_end)]
