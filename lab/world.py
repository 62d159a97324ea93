"""A running lab: its machines and links, and how its daemons are started and asked. `lab.building` builds it."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from appliance import constants
from topology.settings.model import IpsecPolicy

from .blueprint import Blueprint
from .machine import DEVICES, Machine, connect, wait

EXPRESS_ROUTE_MARK, TUNNEL_MARK = 8, 32
"""Differentiated services code points that the path leaves on probes: plus the number of the link or the tunnel."""
LAN_INTERFACES = ("eth1", "br0")
"""Of the devices, and of the inner router: the far end of what goes there is told by the next hop."""


@dataclass(frozen=True)
class Wire:
    """The far end of an interface."""

    machine: str
    interface: str


class World:
    """A running lab.

    tampered: by device, other texts for its files before they are installed. gateway_policy: what the VPN
    gateway has instead of the connection's policy.
    """

    def __init__(self, blueprint: Blueprint, tampered: dict[str, dict[str, str]] | None = None) -> None:
        self.blueprint = blueprint
        self.tampered = tampered or {}
        self.gateway_policy: IpsecPolicy | None = None
        self.machines: dict[str, Machine] = {}
        self.wires: dict[Wire, Wire] = {}
        self.lan: dict[str, Wire] = {}
        """The machines on the LAN, by their addresses."""
        self.jobs: list[partial[None]] = []
        """What is done once everything is built."""
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def __getitem__(self, name: str) -> Machine:
        return self.machines[name]

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every daemon and removes every namespace of this world, so that another can be built."""
        for machine in self.machines.values():
            for process in machine.processes.values():
                process.kill()
        for machine in self.machines.values():
            for process in machine.processes.values():
                process.wait()
            machine.processes.clear()
            if not machine.inner:
                subprocess.run(["ip", "netns", "del", machine.name], check=False, capture_output=True)
            subprocess.run(["rm", "-rf", str(machine.folder), str(DEVICES / machine.name)], check=False)
        self.machines.clear()

    def later(self, action: Callable[..., None], *arguments: Any) -> None:
        """Does something once everything is built."""
        self.jobs.append(partial(action, *arguments))

    def machine(self, name: str) -> Machine:
        """A new machine."""
        made = self.machines[name] = Machine(name)
        return made

    def wire(self, a: str, a_interface: str, b: str, b_interface: str) -> None:
        """A link between two machines, known to `far_end`."""
        connect(self[a], a_interface, self[b], b_interface)
        self.know(a, a_interface, b, b_interface)

    def know(self, a: str, a_interface: str, b: str, b_interface: str) -> None:
        """Remembers a link."""
        self.wires[Wire(a, a_interface)] = Wire(b, b_interface)
        self.wires[Wire(b, b_interface)] = Wire(a, a_interface)

    def far_end(self, name: str, hop: dict[str, Any]) -> Wire | None:
        """Where a next hop of a machine is: the other end of the link, of the LAN, or of the tunnel."""
        interface = hop.get("dev", "")
        if interface in LAN_INTERFACES and hop.get("gateway") in self.lan:
            return self.lan[hop["gateway"]]
        if interface.startswith("ipsec"):
            for tunnel in self.blueprint.tunnels:
                ends = (tunnel.name, tunnel.gateway_end)
                if name in ends:
                    other = ends[1 - ends.index(name)]
                    return Wire(other, self.tun_device(other))
        return self.wires.get(Wire(name, interface))

    def text(self, template: str, **values: Any) -> str:
        """A configuration from one of the lab's templates."""
        plan = self.blueprint
        return self._templates.get_template(template).render(
            azure_prefixes=plan.azure_prefixes,
            gateway_asn=plan.plan.gateway_asn,
            constants=constants,
            edges=plan.edges,
            bfd=plan.bfd,
            **values,
        )

    def start_ipsec(self, machine: Machine, daemon_config: str, connections: str) -> None:
        """Starts an IPsec daemon and loads its connections."""
        socket = self.ipsec_socket(machine.name)
        Path(socket).unlink(missing_ok=True)
        machine.start("charon", "/usr/sbin/charon-systemd", environment={"STRONGSWAN_CONF": daemon_config})
        wait(lambda: Path(socket).exists(), f"{machine.name}: the IPsec daemon does not start", 20)
        machine.run("swanctl", "--load-all", "--file", connections, "--uri", f"unix://{socket}")

    def ipsec_socket(self, name: str) -> str:
        """The control socket of a machine's IPsec daemon, as the lab reaches it."""
        for tunnel in self.blueprint.tunnels:
            if tunnel.name == name:
                return self[tunnel.device].path(f"/run/hybrid-appliance/{tunnel.interface}.vici")
        return str(self[name].folder / "vici")

    def mark(self, machine: Machine, code_point: int) -> None:
        """Lets a machine leave its mark on what it forwards."""
        machine.filter("lab_mark", f"ip dscp set {code_point}")

    def tun_device(self, name: str) -> str:
        """The TUN device of a machine's IPsec daemon, whose number differs; empty where the daemon is not running."""
        found = [
            line.split()[0] for line in self[name].run("ip", "-br", "link").splitlines() if line.startswith("ipsec")
        ]
        return found[0] if found else ""
