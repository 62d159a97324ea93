"""Azure's fabric: each subnet has a route table of its own, and firewalls forward by that of their subnet.

One machine is the fabric of all virtual networks. It knows the subnet that a packet comes from by the interface, and
looks it up in this order, as Azure does:

- inside the virtual networks that the subnet sees: user-defined routes at least as long as their prefixes, then the
  networks themselves, whatever the gateways learned there;
- elsewhere: user-defined routes and what the gateways learned, the longer first, of equal length the user-defined one.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from topology.settings.model_network import UserRoute

from .blueprint import Blueprint
from .machine import Machine
from .parts import HUB, FirewallMachine

DELIVERY = 98
"""The kernel's table with the subnets themselves."""
FIRST_TABLE = 1000
FIRST_PRIORITY, LAST_PRIORITY = 1000, 32000
PER_SUBNET = 100
"""Rules and tables that one subnet may have; more than there are lengths of prefixes."""
FIREWALL_RULES = "lab_firewall"


@dataclass(frozen=True)
class Subnet:
    """The interfaces of the fabric behind which one route table counts, and what decides there."""

    interfaces: tuple[str, ...]
    network: int
    routes: Sequence[UserRoute]
    gateway_routes: bool = True


def subnets(blueprint: Blueprint) -> Iterator[Subnet]:
    """The tiers, the GatewaySubnet and the firewalls' subnets, by the fabric's interfaces."""
    for number, tier in enumerate(blueprint.tiers):
        yield Subnet((f"tier{number}",), tier.network, tier.routes, tier.gateway_routes)
    gateways = ("ergw", *(f"vpngw{number}" for number in range(len(blueprint.gateways))))
    yield Subnet(gateways, HUB, blueprint.settings.network.gateway_subnet_routes)
    for firewall in blueprint.firewalls:
        tier = next((tier for tier in blueprint.tiers if firewall.address in tier.subnet), None)
        routes, learns = (tier.routes, tier.gateway_routes) if tier else ((), True)
        yield Subnet((firewall.name,), firewall.network, routes, learns)


def program(fabric: Machine, blueprint: Blueprint) -> None:
    """Gives every subnet its route table, in place of what it had."""
    batch = [*_away(fabric)]
    for number, subnet in enumerate(subnets(blueprint)):
        batch += _rules(blueprint, subnet, number)
        batch += _tables(blueprint, subnet, number)
    fabric.run("ip", "-batch", "-", text="\n".join(batch) + "\n")


def build_firewall(machine: Machine, firewall: FirewallMachine) -> None:
    """Sets a firewall up: one interface, everything in and out by it."""
    machine.run("sysctl", "-qw", "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.eth0.send_redirects=0")
    # A connection that it has not seen begin is none of its connections.
    machine.run("sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_loose=0")
    machine.address("eth0", f"{firewall.address}/32")
    firewall_route(machine, firewall)
    set_stateful(machine, firewall.stateful)
    mark = f"ip protocol udp ip ecn set {ECN[firewall.number]}"
    machine.filter("lab_mark", mark)


ECN = ("ect1", "ect0", "ce")
"""What each firewall leaves on probes: the two bits beside the code point of links and tunnels."""


def firewall_route(machine: Machine, firewall: FirewallMachine) -> None:
    """A firewall's only route, to the fabric; again after its interface was down."""
    machine.route("default", "via", str(firewall.router), "dev", "eth0", "onlink")


def set_stateful(machine: Machine, stateful: bool) -> None:
    """Makes a firewall drop what it has not seen begin, or forward everything. Connections may begin on either side."""
    seen = ("ct state established,related accept", "ct state invalid counter drop", "ct state new accept")
    machine.filter(FIREWALL_RULES, *(seen if stateful else ("accept",)))


def dropped(machine: Machine) -> int:
    """Packets that a stateful firewall has dropped because they belong to no connection that it saw begin."""
    words = machine.run("nft", "list", "table", "ip", FIREWALL_RULES).split()
    return int(words[words.index("packets") + 1]) if "packets" in words else 0


def _away(fabric: Machine) -> Iterator[str]:
    """What takes the route tables of all subnets away."""
    priorities = [int(line.partition(":")[0]) for line in fabric.run("ip", "rule", "list").splitlines()]
    yield from (
        f"rule del priority {priority}" for priority in priorities if FIRST_PRIORITY <= priority < LAST_PRIORITY
    )
    routes = json.loads(fabric.run("ip", "-j", "route", "show", "table", "all"))
    tables = {str(route.get("table", "main")) for route in routes}
    yield from (
        f"route flush table {table}" for table in sorted(tables) if table.isdigit() and int(table) >= FIRST_TABLE
    )


def _seen(blueprint: Blueprint, network: int) -> list[IPv4Network]:
    """The prefixes of the virtual networks that one sees: its own and those peered with it; two spokes are not."""
    return [
        prefix
        for number, space in enumerate(blueprint.spaces)
        if number == network or HUB in (number, network)
        for prefix in space
    ]


def _rules(blueprint: Blueprint, subnet: Subnet, number: int) -> Iterator[str]:
    priority = FIRST_PRIORITY + PER_SUBNET * number
    seen = _seen(blueprint, subnet.network)
    inside = _table(number, 0)
    lengths = sorted({route.prefix.prefixlen for route in _outside(seen, subnet.routes)}, reverse=True)
    steps = [f"lookup {inside}", *(f"to {prefix} lookup {DELIVERY}" for prefix in seen)]
    for length in lengths:
        if subnet.gateway_routes:
            steps.append(f"lookup main suppress_prefixlength {length}")
        steps.append(f"lookup {_table(number, 1 + length)}")
    steps.append("lookup main" if subnet.gateway_routes else "unreachable")
    for interface in subnet.interfaces:
        for step in steps:
            # `to` comes before an action, so the interface does too.
            yield f"rule add priority {priority} iif {interface} {step}"
            priority += 1


def _tables(blueprint: Blueprint, subnet: Subnet, number: int) -> Iterator[str]:
    seen = _seen(blueprint, subnet.network)
    outside = _outside(seen, subnet.routes)
    for route in subnet.routes:
        table = _table(number, 1 + route.prefix.prefixlen) if route in outside else _table(number, 0)
        yield f"route replace {_target(blueprint, seen, route, route in outside)} table {table}"


def _outside(seen: Sequence[IPv4Network], routes: Sequence[UserRoute]) -> list[UserRoute]:
    return [route for route in routes if not any(route.prefix.subnet_of(prefix) for prefix in seen)]


def _target(blueprint: Blueprint, seen: Sequence[IPv4Network], route: UserRoute, outside: bool) -> str:
    """What the kernel does with a user-defined route. A next hop that is nowhere, the Internet, which the lab has not
    got, and a gateway, which cannot be one where two coexist, all lose the traffic."""
    if route.next_hop_type == "VnetLocal" and not outside:
        return f"throw {route.prefix}"
    if route.next_hop_address is None or not _is_seen(seen, route.next_hop_address):
        return f"unreachable {route.prefix}"
    firewall = next((one for one in blueprint.firewalls if one.address == route.next_hop_address), None)
    if firewall is None:
        return f"unreachable {route.prefix}"
    return f"{route.prefix} via {firewall.address} dev {firewall.name} onlink"


def _is_seen(seen: Sequence[IPv4Network], address: IPv4Address) -> bool:
    return any(address in prefix for prefix in seen)


def _table(subnet: int, number: int) -> int:
    return FIRST_TABLE + PER_SUBNET * subnet + number
