"""Making elements fail, and mending them."""

import signal
from collections.abc import Iterator
from typing import Literal

from .fabric import firewall_route
from .machine import LabError
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

    def become(self, failed: frozenset[str], mode: Mode = "linkDown") -> None:
        """Makes exactly these elements failed: breaks the new ones and mends the others."""
        silent: set[Port] = set()
        down: set[Port] = set()
        for element in failed:
            quiet = element.startswith("tunnel:") or (mode == "silent" and element.startswith(("circuit:", "link:")))
            (silent if quiet else down).update(self._ports(element))
        for machine, interface in sorted(down - self._down):
            self.world[machine].run("ip", "link", "set", interface, "down")
        for machine, interface in sorted(silent - self._silent):
            self._silence(machine, interface)
        for machine, interface in sorted(self._silent - silent):
            self.world[machine].run("nft", "delete", "table", "inet", _table(interface))
        for machine, interface in sorted(self._down - down):
            self.world[machine].run("ip", "link", "set", interface, "up")
        for machine in {machine for machine, _ in self._down - down if machine.startswith("vpngw")}:
            # The kernel forgets an interface's routes when it goes down; a gateway that starts again has them.
            self.world.vpn_gateway_routes(int(machine[-1]))
        for machine, _ in self._down - down:
            one = next((one for one in self.world.blueprint.firewalls if one.name == machine), None)
            if one:
                firewall_route(self.world[machine], one)
        appliance = f"appliance:{self.world.blueprint.site.name}"
        if appliance in failed - self.failed:
            self._appliance_off()
        if appliance in self.failed - failed:
            for tunnel in self.world.plan.tunnels:
                self.world.start_tunnel(tunnel.number)
        self.failed, self._silent, self._down = failed, frozenset(silent), frozenset(down)

    def _ports(self, element: str) -> Iterator[Port]:
        """The interfaces that an element's failure takes away."""
        kind, _, name = element.partition(":")
        edges = self.world.blueprint.edges
        if kind == "circuit":
            yield from ((edge.name, "edge") for edge in edges if edge.circuit == name)
        elif kind == "link":
            yield from ((edge.name, "edge") for edge in edges if edge.element == element)
        elif kind == "peeringLocation":
            for edge in edges:
                if edge.place == name:
                    yield edge.name, "edge"
                    yield edge.name, "ergw"
        elif element == "gateway:expressRoute":
            yield "ergw", "vnet"
            yield from (("ergw", f"msee{edge.number}") for edge in edges)
        elif kind == "gateway":
            yield from ((f"vpngw{name[-1]}", interface) for interface in ("eth0", "vnet", "peer"))
        elif kind == "firewall":
            yield from ((one.name, "eth0") for one in self.world.blueprint.firewalls if one.element == element)
        elif kind == "tunnel":
            yield "internet", f"vpngw{name[-1]}"
        elif kind != "appliance":
            raise LabError(f"the lab has no element {element}")

    def _silence(self, machine: str, interface: str) -> None:
        rules = f"""table inet {_table(interface)} {{
            chain in {{ type filter hook prerouting priority raw; iifname "{interface}" drop; }}
            chain out {{ type filter hook postrouting priority 300; oifname "{interface}" drop; }}
        }}"""
        self.world[machine].run("nft", "-f", "-", text=rules)

    def _appliance_off(self) -> None:
        """The power of the VPN appliance fails: its daemons end without a word and its links go down."""
        for tunnel in self.world.plan.tunnels:
            machine = self.world[tunnel.name]
            machine.stop("charon", signal.SIGKILL)
            machine.run("ip", "link", "set", "edge", "down")


def _table(interface: str) -> str:
    return f"lab_silent_{interface}"
