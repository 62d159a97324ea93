"""Building a blueprint: machines, links, routing daemons and IPsec."""

import base64
import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from appliance import constants
from appliance.__main__ import write
from appliance.strongswan_frr import render
from topology.proof.route_tables import EXPRESS_ROUTE_WEIGHT, VPN_WEIGHT

from . import ipsec
from .blueprint import LAN_EDGE, Blueprint
from .fabric import DELIVERY, build_firewall, program
from .machine import RUN, Machine, connect, wait

FILES = "/etc/hybrid-appliance"
"""Where the appliance's own install.sh puts its files."""
WATCH_SECONDS = 5
EXPRESS_ROUTE_MARK, TUNNEL_MARK = 8, 40
"""Differentiated services code points that the path leaves on probes: plus the number of the link or the tunnel."""


@dataclass(frozen=True)
class Wire:
    """The far end of an interface."""

    machine: str
    interface: str


class World:
    """A running lab. `tamper` may change the appliance's files before they are installed: for breakages."""

    def __init__(self, blueprint: Blueprint, tampered: dict[str, str] | None = None) -> None:
        self.blueprint = blueprint
        self.plan = blueprint.plan
        self.tampered = tampered or {}
        self.machines: dict[str, Machine] = {}
        self.wires: dict[Wire, Wire] = {}
        self.gateway_policy = blueprint.plan.policy
        self._jobs: list[partial[None]] = []
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

    def build(self) -> None:
        """Builds everything and starts it; `lab.sessions` tells when it runs."""
        self._prepare()
        self._start()

    def build_tunnels_only(self) -> None:
        """Builds everything and starts only IPsec."""
        self._prepare()
        # The gateways' daemons come before the appliance's, as they would have been there first.
        for job in self._jobs:
            if job.func.__name__ != "start_frr":
                job()

    def _prepare(self) -> None:
        for name in ("host", "edge", "internet", "vnet"):
            self.machine(name)
        self._fabric()
        self._internet()
        self._on_premises()
        self._gateways()
        program(self["vnet"], self.blueprint)
        self._microsoft()
        self._appliance()

    def _start(self) -> None:
        # A daemon's start is mostly waiting.
        with ThreadPoolExecutor(4) as pool:
            for started in [pool.submit(job) for job in self._jobs]:
                started.result()

    def close(self) -> None:
        """Ends every daemon and removes every namespace of this world, so that another can be built."""
        for machine in self.machines.values():
            for process in machine.processes.values():
                process.kill()
        for machine in self.machines.values():
            for process in machine.processes.values():
                process.wait()
            machine.processes.clear()
            subprocess.run(["ip", "netns", "del", machine.name], check=False, capture_output=True)
            subprocess.run(["rm", "-rf", str(machine.folder)], check=False)
        self.machines.clear()

    def _later(self, action: Callable[..., None], *arguments: Any) -> None:
        self._jobs.append(partial(action, *arguments))

    def machine(self, name: str, create: bool = True) -> Machine:
        """A new machine."""
        made = self.machines[name] = Machine(name, create)
        return made

    def wire(self, a: str, a_interface: str, b: str, b_interface: str) -> None:
        """A link between two machines, known to `far_end`."""
        connect(self[a], a_interface, self[b], b_interface)
        self.know(a, a_interface, b, b_interface)

    def know(self, a: str, a_interface: str, b: str, b_interface: str) -> None:
        """Remembers a link."""
        self.wires[Wire(a, a_interface)] = Wire(b, b_interface)
        self.wires[Wire(b, b_interface)] = Wire(a, a_interface)

    def text(self, template: str, **values: Any) -> str:
        """A configuration from one of the lab's templates."""
        return self._templates.get_template(template).render(
            plan=self.plan,
            constants=constants,
            edges=self.blueprint.edges,
            bfd=self.blueprint.bfd,
            public_ip=self.blueprint.public_ip,
            **values,
        )

    def _fabric(self) -> None:
        fabric = self["vnet"]
        for number, tier in enumerate(self.blueprint.tiers):
            name = f"vm-{number}"
            self.machine(name)
            self.wire(name, "eth0", "vnet", f"tier{number}")
            # The subnet is in the table of what is delivered only: it is no route of the virtual network.
            fabric.run("ip", "addr", "add", str(tier.gateway), "dev", f"tier{number}", "noprefixroute")
            fabric.run("ip", "link", "set", f"tier{number}", "up")
            fabric.route(str(tier.subnet), "dev", f"tier{number}", "table", str(DELIVERY))
            self[name].address("eth0", f"{tier.address}/{tier.subnet.prefixlen}")
            self[name].route("default", "via", str(tier.gateway.ip))
        fabric.route("unreachable", "default", "table", str(DELIVERY))
        for firewall in self.blueprint.firewalls:
            machine = self.machine(firewall.name)
            self.wire(firewall.name, "eth0", "vnet", firewall.name)
            fabric.address(firewall.name, f"{firewall.router}/32")
            fabric.route(f"{firewall.address}/32", "dev", firewall.name, "table", str(DELIVERY))
            build_firewall(machine, firewall)

    def _internet(self) -> None:
        ends = [("edge", "eth0", self.blueprint.public_ip)]
        for number, public in enumerate(self.blueprint.gateways):
            self.machine(f"vpngw{number}")
            ends.append((f"vpngw{number}", "eth0", public))
        for number, (name, interface, public) in enumerate(ends):
            self.wire(name, interface, "internet", name)
            router = f"100.66.{number}.1"
            self["internet"].address(name, f"{router}/32")
            self["internet"].route(f"{public}/32", "dev", name)
            self[name].address(interface, f"{public}/32")
        self["edge"].route("100.66.0.1/32", "dev", "eth0")
        self["edge"].route("default", "via", "100.66.0.1", "dev", "eth0")

    def _on_premises(self) -> None:
        self.wire("host", "eth0", "edge", "eth1")
        host = self["host"]
        host.address("eth0", "100.65.0.2/30")
        host.address("lo", *(f"{address}/32" for address in self.blueprint.hosts.values()))
        host.route("default", "via", str(LAN_EDGE.ip))
        self["edge"].run("ip", "link", "set", "eth1", "up")

    def _gateways(self) -> None:
        vnet, numbers = self["vnet"], range(len(self.blueprint.gateways))
        gateways: dict[str, int] = {}
        self.machine("ergw")
        for number, name in enumerate(["ergw", *(f"vpngw{n}" for n in numbers)]):
            self.wire(name, "vnet", "vnet", name)
            own, fabric = f"100.67.{number}.1", f"100.67.{number}.2"
            self[name].address("vnet", f"{own}/30")
            vnet.address(name, f"{fabric}/30")
            gateways[own] = EXPRESS_ROUTE_WEIGHT if name == "ergw" else VPN_WEIGHT
        self._later(vnet.start_frr, self.text("vnet.conf.j2", own="100.67.0.2", gateways=gateways), "staticd", "bgpd")
        peers: dict[str, str] = {}
        for edge in self.blueprint.edges:
            self.machine(edge.name)
            self.wire("ergw", f"msee{edge.number}", edge.name, "ergw")
            self["ergw"].address(f"msee{edge.number}", f"100.68.{edge.number}.1/30")
            self[edge.name].address("ergw", f"100.68.{edge.number}.2/30")
            peers[edge.name] = f"100.68.{edge.number}.2"
        config = self.text("ergw.conf.j2", own="100.67.0.1", fabric="100.67.0.2", peers=peers)
        self._later(self["ergw"].start_frr, config, "staticd", "bgpd")
        self.wire("vpngw0", "peer", "vpngw1", "peer")
        for name in ("vpngw0", "vpngw1"):
            self[name].run("ip", "link", "set", "peer", "up")
        for number in numbers:
            self._vpn_gateway(number)

    def _vpn_gateway(self, number: int) -> None:
        plan, machine, own = self.plan, self[f"vpngw{number}"], self.blueprint.gateways[number]
        # An instance that the appliance has no tunnel to knows of it through the other one, and from the fabric.
        tunnel = next((one for one in plan.tunnels if one.number == number), None)
        fabric = f"100.67.{number + 1}.2"
        machine.address("peer", f"100.69.0.{number + 1}/30")
        if self.blueprint.static:
            # What the other instance hands over goes into this one's tunnel or nowhere, never back.
            machine.run("ip", "rule", "add", "iif", "peer", "lookup", "101")
        self.vpn_gateway_routes(number)
        ike, esp = ipsec.gateway_proposals(self.gateway_policy)
        values = {
            "folder": str(machine.folder),
            "own_public": own,
            "ike": ike,
            "esp": esp,
            "key": base64.b64encode(plan.facts.shared_key.encode()).decode(),
            "routes": self._through_tunnel(),
            # By default either end may open the tunnel, so both do.
            "opens": self.blueprint.site.connection_mode != "ResponderOnly",
        }
        for template, name, mode in (
            ("vpngw-strongswan.conf.j2", "strongswan.conf", 0o644),
            ("vpngw-swanctl.conf.j2", "swanctl.conf", 0o600),
            ("vpngw-updown.sh.j2", "updown.sh", 0o755),
        ):
            write({name: (self.text(template, **values), mode)}, machine.folder)
        config = self.text(
            "vpngw.conf.j2",
            number=number,
            own=own,
            own_bgp=tunnel and tunnel.gateway_bgp_address,
            fabric=fabric,
            apipa=bool(plan.bgp_address and plan.bgp_address.is_link_local),
        )
        if tunnel:
            daemon, connections = (f"{machine.folder}/{name}.conf" for name in ("strongswan", "swanctl"))
            self._later(self.start_ipsec, machine, daemon, connections)
        self._later(machine.start_frr, config, "staticd", "bgpd")

    def vpn_gateway_routes(self, number: int) -> None:
        """The routes of a VPN gateway's instance that no daemon makes; again after its interfaces were down."""
        machine = self[f"vpngw{number}"]
        router = f"100.66.{number + 1}.1"
        machine.route(f"{router}/32", "dev", "eth0")
        machine.route("default", "via", router, "dev", "eth0")
        if self.blueprint.static:
            machine.route("unreachable", "default", "table", "101")
            for prefix in self.plan.azure_prefixes:
                machine.route(str(prefix), "via", f"100.67.{number + 1}.2", "dev", "vnet", "table", "101")
            if "UP" in json.loads(machine.run("ip", "-j", "link", "show", "dev", "peer"))[0]["flags"]:
                for prefix in self._through_tunnel():
                    machine.route(prefix, "via", f"100.69.0.{2 - number}", "dev", "peer", "metric", "10")

    def _through_tunnel(self) -> list[str]:
        if self.plan.bgp_address:
            return [f"{self.plan.bgp_address}/32"]
        return [str(prefix) for prefix in self.plan.vpn_prefixes]

    def _microsoft(self) -> None:
        for edge in self.blueprint.edges:
            machine = self[edge.name]
            self.wire("edge", edge.edge_interface, edge.name, "edge")
            machine.address("edge", str(edge.address))
            config = self.text("msee.conf.j2", edge=edge, gateway=f"100.68.{edge.number}.1")
            self._later(machine.start_frr, config, "bfdd", "bgpd")
            self._mark(machine, EXPRESS_ROUTE_MARK + edge.number)

    def _appliance(self) -> None:
        """Installs the generated files by their own install.sh, untouched, and starts what it installed."""
        edge = self["edge"]
        files = render(self.plan, "userspace", FILES)
        files |= {name: (text, files[name][1]) for name, text in self.tampered.items()}
        write(files, edge.folder / "appliance")
        for path in Path(FILES).glob("**/*.conf"):
            path.unlink()
        edge.run("sh", str(edge.folder / "appliance" / "install.sh"))
        for link in self.plan.links:
            edge.run("ip", "link", "set", link.interface, "up")
        edge.run(f"{FILES}/setup.sh")
        self._later(edge.start_frr, None, "staticd", "bfdd", "bgpd")
        for tunnel in self.plan.tunnels:
            machine = self.machine(tunnel.name, create=False)
            self.know("edge", tunnel.name, tunnel.name, "edge")
            self.know("edge", f"outer{tunnel.number}", tunnel.name, "outer")
            self._mark(machine, TUNNEL_MARK + tunnel.number)
            self._later(self.start_tunnel, tunnel.number)
        self._later(self._watch_tunnels)

    def _watch_tunnels(self) -> None:
        """Runs the appliance's own watch as its timer does, only more often."""
        loop = f"while sleep {WATCH_SECONDS}; do {FILES}/watch.sh; done"
        self["edge"].start("watch", "sh", "-c", loop, start_new_session=True)

    def start_tunnel(self, number: int) -> None:
        """Starts the appliance's IPsec daemon for one tunnel, as its service unit does."""
        name = f"tunnel{number}"
        subprocess.run(["rm", "-rf", f"/run/hybrid-appliance/{name}"], check=True)
        self.start_ipsec(self[name], f"{FILES}/strongswan-{name}.conf", f"{FILES}/swanctl/load-{name}.conf")

    def start_ipsec(self, machine: Machine, daemon_config: str, connections: str) -> None:
        """Starts an IPsec daemon and loads its connections."""
        socket = self.ipsec_socket(machine.name)
        Path(socket).unlink(missing_ok=True)
        machine.start("charon", "/usr/sbin/charon-systemd", environment={"STRONGSWAN_CONF": daemon_config})
        wait(lambda: Path(socket).exists(), f"{machine.name}: the IPsec daemon does not start", 20)
        machine.run("swanctl", "--load-all", "--file", connections, "--uri", f"unix://{socket}")

    def ipsec_socket(self, name: str) -> str:
        """The control socket of a machine's IPsec daemon."""
        return f"/run/hybrid-appliance/{name}.vici" if name.startswith("tunnel") else str(RUN / name / "vici")

    def _mark(self, machine: Machine, code_point: int) -> None:
        machine.filter("lab_mark", f"ip dscp set {code_point}")

    def tun_device(self, name: str) -> str:
        """The TUN device of a machine's IPsec daemon, whose number differs; empty where the daemon is not running."""
        found = [
            line.split()[0] for line in self[name].run("ip", "-br", "link").splitlines() if line.startswith("ipsec")
        ]
        return found[0] if found else ""
