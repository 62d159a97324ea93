"""Making elements fail, and mending them."""

import signal
from collections.abc import Iterator
from typing import Literal

from .elements import link_elements, tunnel_elements
from .fabric import firewall_route
from .machine import LabError
from .on_premises import lan_port, start_tunnel
from .parts import MicrosoftEdge
from .vpn_gateway import gateway_routes
from .world import World

Mode = Literal["silent", "linkDown"]
"""How circuits and links fail. silent: packets vanish and no interface notices. linkDown: interfaces go down."""
Port = tuple[str, str]
"""A machine and one of its interfaces."""


class Faults:
    """The elements that have failed in a world, by the names of `topology.proof.network`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.failed: frozenset[str] = frozenset()
        self._silent: frozenset[Port] = frozenset()
        self._down: frozenset[Port] = frozenset()
        self._off: frozenset[str] = frozenset()

    def become(self, failed: frozenset[str], mode: Mode = "linkDown") -> None:
        """Makes exactly these elements failed: breaks the new ones and mends the others."""
        silent: set[Port] = set()
        down: set[Port] = set()
        for element in failed:
            quiet = element.startswith("tunnel:") or (mode == "silent" and element.startswith(("circuit:", "link:")))
            (silent if quiet else down).update(self._ports(element))
        off = frozenset(self._without_power(failed))
        for machine, interface in sorted(down - self._down):
            self.world[machine].run("ip", "link", "set", interface, "down")
        for machine, interface in sorted(silent - self._silent):
            self._silence(machine, interface)
        for machine, interface in sorted(self._silent - silent):
            self.world[machine].run("nft", "delete", "table", "inet", _table(interface))
        for machine, interface in sorted(self._down - down):
            self.world[machine].run("ip", "link", "set", interface, "up")
        for machine in sorted({machine for machine, _ in self._down - down}):
            self._routes_again(machine)
        for name in sorted(off - self._off):
            # The power fails: the daemon ends without a word and the tunnel's link goes down.
            self.world[name].stop("charon", signal.SIGKILL)
            self.world[name].run("ip", "link", "set", "edge", "down")
        for name in sorted(self._off - off):
            start_tunnel(self.world, name)
        self.failed, self._silent, self._down, self._off = failed, frozenset(silent), frozenset(down), off

    def _routes_again(self, machine: str) -> None:
        """The kernel forgets an interface's routes when it goes down; a machine that starts again has them."""
        if machine.startswith("vpngw"):
            gateway_routes(self.world, int(machine.removeprefix("vpngw")))
        for firewall in self.world.blueprint.firewalls:
            if firewall.name == machine:
                firewall_route(self.world[machine], firewall)

    def _without_power(self, failed: frozenset[str]) -> Iterator[str]:
        """The machines of the tunnels whose appliance, or device, has failed."""
        for tunnel in self.world.blueprint.tunnels:
            elements = tunnel_elements(self.world.blueprint, tunnel)
            if any(element in elements for element in failed if element.startswith(("appliance:", "device:"))):
                yield tunnel.name

    def _ports(self, element: str) -> Iterator[Port]:
        """The interfaces that an element's failure takes away."""
        blueprint = self.world.blueprint
        kind, _, name = element.partition(":")
        edges: list[MicrosoftEdge] = [edge for edge in blueprint.edges if element in link_elements(blueprint, edge)]
        if kind in ("circuit", "link", "port"):
            yield from ((edge.name, "edge") for edge in edges)
        elif kind == "peeringLocation":
            for edge in edges:
                yield edge.name, "edge"
                yield edge.name, "ergw"
        elif element == "gateway:expressRoute":
            yield "ergw", "vnet"
            yield from (("ergw", f"msee{edge.number}") for edge in blueprint.edges)
        elif kind in ("gateway", "zone"):
            for number in range(len(blueprint.gateways)) if kind == "zone" else [int(name[-1])]:
                yield from ((f"vpngw{number}", interface) for interface in ("eth0", "vnet", "peer"))
        elif kind == "firewall":
            yield from ((one.name, "eth0") for one in blueprint.firewalls if one.element == element)
        elif kind == "tunnel":
            tunnel = next(tunnel for tunnel in blueprint.tunnels if tunnel.element == element)
            yield f"vpngw{tunnel.number}", f"outer{tunnel.index}"
        elif kind == "device":
            device = next(device for device in blueprint.devices if device.element == element)
            yield from ((edge.name, "edge") for edge in edges)
            yield "host", lan_port(device)
        elif kind != "appliance":
            raise LabError(f"the lab has no element {element}")

    def _silence(self, machine: str, interface: str) -> None:
        rules = f"""table inet {_table(interface)} {{
            chain in {{ type filter hook prerouting priority raw; iifname "{interface}" drop; }}
            chain out {{ type filter hook postrouting priority 300; oifname "{interface}" drop; }}
        }}"""
        self.world[machine].run("nft", "-f", "-", text=rules)


def _table(interface: str) -> str:
    return f"lab_silent_{interface}"
