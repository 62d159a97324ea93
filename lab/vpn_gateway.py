"""The VPN gateway's instances: an address and routes each, and a machine with a daemon of its own for each tunnel.

One daemon's tunnels cannot be told apart on its TUN device, so each is in a machine behind the instance, which holds
the public address. The link between the two is up while the tunnel is, so that its routes go away with it.
"""

import base64
import json

from appliance.__main__ import write

from . import ipsec
from .on_premises import default_route
from .parts import Tunnel
from .world import World

FROM_PEER = "101"
"""The kernel's table for what the other instance hands over."""


def build_vpn_gateway(world: World) -> None:
    """Both instances and their tunnels."""
    world.wire("vpngw0", "peer", "vpngw1", "peer")
    for name in ("vpngw0", "vpngw1"):
        world[name].run("ip", "link", "set", "peer", "up")
    for number in range(len(world.blueprint.gateways)):
        _instance(world, number)


def _instance(world: World, number: int) -> None:
    blueprint, machine = world.blueprint, world[f"vpngw{number}"]
    machine.run("sysctl", "-qw", "net.ipv4.conf.all.ignore_routes_with_linkdown=1")
    machine.address("peer", f"100.69.0.{number + 1}/30")
    own = [tunnel for tunnel in blueprint.tunnels if tunnel.number == number]
    for tunnel in own:
        _tunnel(world, tunnel)
    if _static(world, number):
        # What the other instance hands over goes into this one's tunnels or nowhere, never back.
        machine.run("ip", "rule", "add", "iif", "peer", "lookup", FROM_PEER)
    gateway_routes(world, number)
    config = world.text(
        "vpngw.conf.j2",
        number=number,
        own=blueprint.gateways[number],
        fabric=f"100.67.{number + 1}.2",
        tunnels=[tunnel for tunnel in own if tunnel.site.bgp_address],
        speakers=sorted({str(tunnel.gateway_bgp_address) for tunnel in own if tunnel.gateway_bgp_address}),
        static=sorted({prefix for tunnel in blueprint.tunnels for prefix in _static_prefixes(tunnel)}),
    )
    world.later(machine.start_frr, config, "staticd", "bgpd")


def _tunnel(world: World, tunnel: Tunnel) -> None:
    """One tunnel's end: a machine behind its instance."""
    blueprint, gateway, number = world.blueprint, world[f"vpngw{tunnel.number}"], tunnel.index
    machine, own = world.machine(tunnel.gateway_end), blueprint.gateways[tunnel.number]
    inner, outer = f"site{number}", f"outer{number}"
    world.wire(gateway.name, inner, machine.name, "gateway")
    # Both ends have one hardware address and no ARP: the link is point to point.
    for end, interface in ((gateway, inner), (machine, "gateway")):
        address = f"02:00:5e:00:01:{number:02x}"
        end.run("ip", "link", "set", interface, "address", address, "mtu", str(MTU), "arp", "off")
        end.run("sysctl", "-qw", "net.ipv4.conf.all.ignore_routes_with_linkdown=1")
    gateway.run("ip", "link", "set", inner, "up")
    gateway.run("sysctl", "-qw", f"net.ipv4.conf.{inner}.ignore_routes_with_linkdown=1")
    world.wire(gateway.name, outer, machine.name, "outer")
    near, far = f"100.71.{number}.1", f"100.71.{number}.2"
    gateway.address(outer, f"{near}/30")
    machine.address("outer", f"{far}/30")
    machine.route(f"{tunnel.public_ip}/32", "via", near)
    nat = f"""table ip lab_tunnel{number} {{
        chain source {{
            type nat hook postrouting priority srcnat
            ip saddr {far} snat to {own}
        }}
        chain target {{
            type nat hook prerouting priority dstnat
            ip saddr {tunnel.public_ip} udp dport {{ 500, 4500 }} dnat to {far}
        }}
    }}
    """
    gateway.run("nft", "-f", "-", text=nat)
    ike, esp = ipsec.gateway_proposals(world.gateway_policy or tunnel.site.policy)
    plan = blueprint.device(tunnel.device).plan
    site = next(site for site in blueprint.settings.vpn.sites if site.name == tunnel.site.name)
    values = {
        "folder": str(machine.folder),
        "tunnel": tunnel,
        "own_public": own,
        "ike": ike,
        "esp": esp,
        "key": base64.b64encode(plan.facts.key_of(site.name).encode()).decode(),
        "routes": through_tunnel(tunnel),
        "own_bgp": tunnel.gateway_bgp_address,
        # By default either end may open the tunnel, so both do.
        "opens": site.connection_mode != "ResponderOnly",
    }
    for template, name, mode in (
        ("vpngw-strongswan.conf.j2", "strongswan.conf", 0o644),
        ("vpngw-swanctl.conf.j2", "swanctl.conf", 0o600),
        ("vpngw-updown.sh.j2", "updown.sh", 0o755),
    ):
        write({name: (world.text(template, **values), mode)}, machine.folder)
    daemon, connections = (f"{machine.folder}/{name}.conf" for name in ("strongswan", "swanctl"))
    world.later(world.start_ipsec, machine, daemon, connections)


MTU = 1400
"""Inside a tunnel."""


def gateway_routes(world: World, number: int) -> None:
    """The routes of an instance that no daemon makes; again after its interfaces were down."""
    machine = world[f"vpngw{number}"]
    default_route(world, machine.name)
    if not _static(world, number):
        return
    machine.route("unreachable", "default", "table", FROM_PEER)
    for prefix in world.blueprint.azure_prefixes:
        machine.route(str(prefix), "via", f"100.67.{number + 1}.2", "dev", "vnet", "table", FROM_PEER)
    peer_is_up = "UP" in json.loads(machine.run("ip", "-j", "link", "show", "dev", "peer"))[0]["flags"]
    through: dict[str, list[str]] = {}
    for tunnel in world.blueprint.tunnels:
        for prefix in _static_prefixes(tunnel):
            hops = through.setdefault(str(prefix), [])
            hops += ["nexthop", "dev", f"site{tunnel.index}"] if tunnel.number == number else []
    for prefix, hops in through.items():
        # A dead tunnel's link is down, and then the other instance's tunnel is used.
        if hops:
            machine.route(prefix, *hops)
            machine.route(prefix, "table", FROM_PEER, *hops)
        if peer_is_up:
            machine.route(prefix, "via", f"100.69.0.{2 - number}", "dev", "peer", "metric", "10")


def through_tunnel(tunnel: Tunnel) -> list[str]:
    """What an instance sends into a tunnel: the site's BGP speaker, and its static prefixes."""
    if tunnel.site.bgp_address:
        return [f"{tunnel.site.bgp_address}/32", *map(str, tunnel.site.prefixes)]
    return [str(prefix) for prefix in tunnel.site.prefixes]


def _static_prefixes(tunnel: Tunnel) -> list[str]:
    return [] if tunnel.site.bgp_address else [str(prefix) for prefix in tunnel.site.prefixes]


def _static(world: World, number: int) -> bool:
    return any(_static_prefixes(tunnel) for tunnel in world.blueprint.tunnels)
