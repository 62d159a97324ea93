"""On-premises: the devices with their own files, the LAN behind them, and the Internet between public addresses."""

import subprocess

from appliance.__main__ import write
from appliance.strongswan_frr import render

from .blueprint import Blueprint
from .parts import Device
from .world import TUNNEL_MARK, Wire, World

FILES = "/etc/hybrid-appliance"
"""Where a device's own install.sh puts its files."""
WATCH_SECONDS = 5


def build_internet(world: World) -> None:
    """Public addresses, each with the router beside it."""
    blueprint = world.blueprint
    ends = [(device.name, public_addresses(blueprint, device)) for device in blueprint.devices]
    ends += [(f"vpngw{number}", [str(public)]) for number, public in enumerate(blueprint.gateways)]
    for number, (name, addresses) in enumerate(ends):
        world.machine(name)
        world.wire(name, "eth0", "internet", name)
        router = f"100.66.{number}.1"
        world["internet"].address(name, f"{router}/32")
        for address in addresses:
            world["internet"].route(f"{address}/32", "dev", name)
            world[name].address("eth0", f"{address}/32")
        default_route(world, name)


def default_route(world: World, name: str) -> None:
    """The way to the Internet of a machine with public addresses; again after its interface was down."""
    blueprint = world.blueprint
    names = [*(device.name for device in blueprint.devices), *(f"vpngw{n}" for n in range(len(blueprint.gateways)))]
    router = f"100.66.{names.index(name)}.1"
    world[name].route(f"{router}/32", "dev", "eth0")
    world[name].route("default", "via", router, "dev", "eth0")


def public_addresses(blueprint: Blueprint, device: Device) -> list[str]:
    """A device's public addresses: one for each site."""
    return sorted({str(tunnel.public_ip) for tunnel in blueprint.tunnels if tunnel.device == device.name})


def build_lan(world: World) -> None:
    """The LAN: the devices and the inner router, which has an address in every on-premises prefix."""
    blueprint, host = world.blueprint, world["host"]
    host.run("ip", "link", "add", "br0", "type", "bridge")
    for device in blueprint.devices:
        world.wire("host", lan_port(device), device.name, "eth1")
        host.run("ip", "link", "set", lan_port(device), "master", "br0", "up")
        world[device.name].run("ip", "link", "set", "eth1", "up")
        world.lan[str(device.lan_address.ip)] = Wire(device.name, "eth1")
    host.address("br0", str(blueprint.core))
    world.lan[str(blueprint.core.ip)] = Wire("host", "br0")
    host.address("lo", *(f"{address}/32" for address in blueprint.hosts.values()))
    core = blueprint.plan.lan.core
    if core is None:
        host.route("default", "via", str(blueprint.devices[0].lan_address.ip))
        return
    next_hop = blueprint.plan.lan.next_hop
    if next_hop:
        host.address("lo", f"{next_hop}/32")
    announced = [f"{next_hop}/32"] if next_hop else [str(prefix) for prefix in blueprint.plan.on_premises_prefixes]
    neighbours = {device.lan_address.ip: device.plan.asn for device in blueprint.devices}
    config = world.text("core.conf.j2", core=core, own=blueprint.core.ip, neighbours=neighbours, announced=announced)
    world.later(host.start_frr, config, "staticd", "bfdd", "bgpd")


def lan_port(device: Device) -> str:
    """The inner router's port to a device."""
    return f"lan{device.number}"


def install_devices(world: World) -> None:
    """Installs each device's generated files by their own install.sh, untouched, and starts what it installed."""
    for device in world.blueprint.devices:
        machine = world[device.name]
        machine.own_files()
        files = render(device.plan, "userspace", FILES)
        files |= {name: (text, files[name][1]) for name, text in world.tampered.get(device.name, {}).items()}
        write(files, machine.folder / "appliance")
        machine.run("sh", str(machine.folder / "appliance" / "install.sh"))
        for link in device.plan.links:
            machine.run("ip", "link", "set", link.interface, "up")
        machine.run(f"{FILES}/setup.sh")
        world.later(machine.start_frr, None, "staticd", "bfdd", "bgpd")
        for tunnel in world.blueprint.tunnels:
            if tunnel.device != device.name:
                continue
            inner = world.machines[tunnel.name] = machine.within(tunnel.name, tunnel.interface)
            world.know(device.name, tunnel.interface, tunnel.name, "edge")
            number = tunnel.interface.removeprefix("tunnel")
            world.know(device.name, f"outer{number}", tunnel.name, "outer")
            world.mark(inner, TUNNEL_MARK + tunnel.index)
            world.later(start_tunnel, world, tunnel.name)
        world.later(_watch_tunnels, world, device.name)


def _watch_tunnels(world: World, name: str) -> None:
    """Runs a device's own watch as its timer does, only more often."""
    loop = f"while sleep {WATCH_SECONDS}; do {FILES}/watch.sh; done"
    world[name].start("watch", "sh", "-c", loop, start_new_session=True)


def start_tunnel(world: World, name: str) -> None:
    """Starts a device's IPsec daemon for one tunnel, as its service unit does."""
    tunnel = next(tunnel for tunnel in world.blueprint.tunnels if tunnel.name == name)
    marks = world[tunnel.device].path(f"/run/hybrid-appliance/{tunnel.interface}")
    subprocess.run(["rm", "-rf", marks], check=True)
    daemon, connections = (f"strongswan-{tunnel.interface}.conf", f"swanctl/load-{tunnel.interface}.conf")
    world.start_ipsec(world[name], f"{FILES}/{daemon}", f"{FILES}/{connections}")
