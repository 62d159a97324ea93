"""Azure's side without IPsec: the fabric with tiers and firewalls, the ExpressRoute gateway, and Microsoft's edges."""

from topology.proof.route_tables import EXPRESS_ROUTE_WEIGHT, VPN_WEIGHT

from .fabric import DELIVERY, build_firewall
from .world import EXPRESS_ROUTE_MARK, World

ERGW, FABRIC = "100.67.0.1", "100.67.0.2"
"""The two ends between the ExpressRoute gateway and the fabric."""


def build_fabric(world: World) -> None:
    """The fabric with the subnets of tiers and firewalls on it."""
    fabric = world["vnet"]
    for number, tier in enumerate(world.blueprint.tiers):
        name = f"vm-{number}"
        machine = world.machine(name)
        world.wire(name, "eth0", "vnet", f"tier{number}")
        # The subnet is in the table of what is delivered only: it is no route of the virtual network.
        fabric.run("ip", "addr", "add", str(tier.gateway), "dev", f"tier{number}", "noprefixroute")
        fabric.run("ip", "link", "set", f"tier{number}", "up")
        fabric.route(str(tier.subnet), "dev", f"tier{number}", "table", str(DELIVERY))
        machine.address("eth0", f"{tier.address}/{tier.subnet.prefixlen}")
        machine.route("default", "via", str(tier.gateway.ip))
    fabric.route("unreachable", "default", "table", str(DELIVERY))
    for firewall in world.blueprint.firewalls:
        machine = world.machine(firewall.name)
        world.wire(firewall.name, "eth0", "vnet", firewall.name)
        fabric.address(firewall.name, f"{firewall.router}/32")
        fabric.route(f"{firewall.address}/32", "dev", firewall.name, "table", str(DELIVERY))
        build_firewall(machine, firewall)


def build_gateways(world: World) -> None:
    """The gateways' links to the fabric, and what the fabric learns from each."""
    fabric, weights = world["vnet"], dict[str, int]()
    world.machine("ergw")
    names = ["ergw", *(f"vpngw{number}" for number in range(len(world.blueprint.gateways)))]
    for number, name in enumerate(names):
        world.wire(name, "vnet", "vnet", name)
        own = f"100.67.{number}.1"
        world[name].address("vnet", f"{own}/30")
        fabric.address(name, f"100.67.{number}.2/30")
        weights[own] = EXPRESS_ROUTE_WEIGHT if name == "ergw" else VPN_WEIGHT
    world.later(fabric.start_frr, world.text("vnet.conf.j2", own=FABRIC, gateways=weights), "staticd", "bgpd")


def build_microsoft(world: World) -> None:
    """Microsoft's edges and the ExpressRoute gateway, on FRR or on BIRD."""
    bird, gateway = world.blueprint.bird, world["ergw"]
    for edge in world.blueprint.edges:
        machine = world.machine(edge.name)
        own, peer = f"100.68.{edge.number}.1", f"100.68.{edge.number}.2"
        world.wire("ergw", f"msee{edge.number}", edge.name, "ergw")
        gateway.address(f"msee{edge.number}", f"{own}/30")
        machine.address("ergw", f"{peer}/30")
        world.wire(edge.device, edge.edge_interface, edge.name, "edge")
        machine.address("edge", str(edge.address))
        world.mark(machine, EXPRESS_ROUTE_MARK + edge.number)
        if bird:
            world.later(machine.start_bird, world.text("msee.bird.j2", edge=edge, gateway=own))
        else:
            world.later(machine.start_frr, world.text("msee.conf.j2", edge=edge, gateway=own), "bfdd", "bgpd")
    if bird:
        world.later(gateway.start_bird, world.text("ergw.bird.j2", own=ERGW, fabric=FABRIC))
    else:
        world.later(gateway.start_frr, world.text("ergw.conf.j2", own=ERGW, fabric=FABRIC), "staticd", "bgpd")
