"""A second opinion on routes and failover: one packet at a time, hop by hop, straight from Azure's documents.

It shares no code with `topology`, follows every packet by itself, and is slow. A packet starts in a subnet and follows
route tables until it is delivered, dropped, or has made too many hops. What the documents leave open is taken so:

- A host on-premises lives where its prefix is announced most specifically, by what works; devices that announce the
  same prefix are of one network.
- All devices with links, and all that no device holds, share one LAN. Its way back is ExpressRoute, whatever is
  announced there, in order of local preference; circuits of one preference share the traffic.
- Where on-premises prefers a circuit and a tunnel equally, nobody knows which it takes: this differs from any way out.
- Among tunnels the way back is by local preference, then the site nearest to the host (that announces it most
  specifically), then BGP before a floating static route. This one has no local preference: with a circuit it is never
  used, and among tunnels it counts as 100, or as the best of those with BGP where that is less.
- A firewall's subnet that is no tier has no routes of its own and learns the gateways' routes.
- A peering that lets no forwarded traffic in stops what a firewall sends across it for others, and nothing else.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Any

from tests.properties.world import (
    HUB,
    INSTANCES,
    Subnet,
    World,
    foremost,
    longest,
    names,
    prefix_of,
    prefixes,
    remembered,
)

EVERYTHING = IPv4Network("0.0.0.0/0")
DROPPED_BY_DEFAULT = [*map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))]
MOST_HOPS = 12
"""More than there are firewalls: a packet that makes so many is in a loop."""


@dataclass(frozen=True)
class Walk:
    """How a packet ended."""

    kind: str
    """expressRoute, vpn, internet, unreachable; local: in Azure's networks; either: nobody knows which of the two."""
    via: frozenset[str] = frozenset()
    """The circuits or sites that share the traffic."""
    firewalls: frozenset[str] = frozenset()
    """Those that forwarded it."""
    loops: bool = False

    @property
    def arrives(self) -> bool:
        """Whether it crossed a circuit or a tunnel to its end."""
        return self.kind in ("expressRoute", "vpn", "either")


LOST = Walk("unreachable")
Route = tuple[IPv4Network, int, Any]
"""Prefix, preference among equal prefixes, and a user-defined route, a Walk, `local`, `internet` or `none`."""


class Oracle(World):
    """What happens in the world of some settings."""

    @remembered
    def learned(self, down: frozenset[str]) -> list[Route]:
        """The gateways' routes: ExpressRoute before static before BGP; weight, then the shorter AS path [ROUTE-06]."""
        routes: list[Route] = []
        up = self.circuits_up(down)
        for prefix in {prefix for circuit in up for prefix in self.circuit_prefixes(circuit)}:
            best = [circuit for circuit in up if prefix in self.circuit_prefixes(circuit)]
            best = foremost(best, lambda c: (c.get("routingWeight", 0), -c.get("prepend", 0)))
            routes.append((prefix, 4, Walk("expressRoute", names(best))))
        if set(INSTANCES) <= down or not self.gateways_speak(down):
            return routes
        every_space = [space for spaces in self.networks.values() for space in spaces]
        for prefix in {prefix for site in self.sites for prefix in self.site_prefixes(site)}:
            if any(prefix.subnet_of(space) for space in every_space):
                continue  # filtered by the VPN gateway [FAIL-07]
            carriers = [site for site in self.sites if prefix in self.site_prefixes(site)]
            static = [site for site in carriers if not site.get("bgp")]
            if static:  # stays while its tunnel is dead
                alive = all(self.site_up(site, down) for site in static)
                routes.append((prefix, 3, Walk("vpn", names(static)) if alive else "none"))
            bgp = [site for site in carriers if site.get("bgp") and self.site_up(site, down)]
            if bgp:
                routes.append((prefix, 2, Walk("vpn", names(foremost(bgp, lambda s: -s.get("prepend", 0))))))
        return routes

    def seen_from(self, network: str) -> list[str]:
        """A network and its peers: the hub has every spoke, a spoke the hub alone [SPOKE-09]."""
        return list(self.networks) if network == HUB else [network, HUB]

    @remembered
    def table(self, subnet: Subnet, down: frozenset[str]) -> list[Route]:
        """Every route of a subnet."""
        routes: list[Route] = [(prefix_of(route["prefix"]), 9, route) for route in subnet.routes]
        spaces = [space for network in self.seen_from(subnet.network) for space in self.networks[network]]
        routes += [(space, 1, "local") for space in spaces]
        if subnet.learns:  # a network's own route wins over what is learned inside of it [ROUTE-03]
            learned = self.learned(down)
            routes += [route for route in learned if not any(route[0].subnet_of(space) for space in spaces)]
        if not any(prefix == EVERYTHING for prefix, _, _ in routes):
            routes += [(prefix, 0, "none") for prefix in DROPPED_BY_DEFAULT]
        return [*routes, (EVERYTHING, 0, "internet")] if subnet.outbound else routes

    def network_of(self, address: IPv4Address, among: Iterable[str]) -> str | None:
        """The network that has the address."""
        return next((name for name in among if any(address in space for space in self.networks[name])), None)

    @remembered
    def subnet_at(self, address: IPv4Address, network: str) -> Subnet:
        """The subnet of a firewall."""
        inside = [tier for tier in self.tiers if tier.network == network and address in tier.prefix]
        return inside[0] if inside else Subnet("", network, prefix_of(str(address)), [])

    @remembered
    def walk(self, start: Subnet, source: str, destination: IPv4Address, down: frozenset[str]) -> Walk:
        """A packet from a subnet; source: the network of its sender, or what is none."""
        here, crossed = start, frozenset[str]()
        for _ in range(MOST_HOPS):
            options = [route for route in self.table(here, down) if destination in route[0]]
            hop = max(options, key=lambda route: (route[0].prefixlen, route[1]))[2] if options else "none"
            if isinstance(hop, dict):
                kind = hop["nextHopType"]
                if kind == "VirtualAppliance":
                    address = IPv4Address(hop["nextHopAddress"])
                    network = self.network_of(address, self.seen_from(here.network))
                    if network is None or not self._lets_over(here.network, network, source, crossed):
                        return LOST
                    if address not in self.firewalls:  # in a subnet where nothing forwards [NVA-05]
                        return LOST
                    name = self.firewalls[address]["name"]
                    if f"firewall:{name}" in down:
                        return LOST
                    here, crossed = self.subnet_at(address, network), crossed | {name}
                    continue
                own = self.network_of(destination, [here.network]) is not None
                hop = {"Internet": "internet", "VnetLocal": "local" if own else "none"}.get(kind, "none")
            if hop == "internet":
                return Walk("internet") if here.outbound else LOST
            if hop == "none":
                return LOST
            network = self.network_of(destination, self.seen_from(here.network)) if hop == "local" else HUB
            if network is None or not self._lets_over(here.network, network, source, crossed):
                return LOST
            return replace(hop if isinstance(hop, Walk) else Walk("local"), firewalls=crossed)
        return replace(LOST, loops=True)

    def _lets_over(self, here: str, there: str, source: str, crossed: frozenset[str]) -> bool:
        """Whether a peering takes what comes from `here` and, behind a firewall, was not sent there [SPOKE-01]."""
        return here == there or not crossed or source == here or self.lets_forwarded_in[here or there]

    def from_azure(self, address: IPv4Address, tier: Subnet, down: frozenset[str]) -> Walk:
        """The path from a tier to an address on-premises."""
        found = self.walk(tier, tier.network, address, down)
        return LOST if found.kind == "local" else found

    @remembered
    def machines(self, tier: Subnet) -> list[IPv4Address]:
        """Machines of a tier, some for each part of it that the GatewaySubnet has a route of its own to."""
        routes = prefixes(route["prefix"] for route in self.gateway_subnet.routes)
        parts = [prefix for prefix in routes if prefix != tier.prefix and prefix.subnet_of(tier.prefix)]
        few = [min(4, part.num_addresses) for part in parts]
        ends = [(part[n - 1], part[-n], tier.prefix[-4]) for part, n in zip(parts, few, strict=True)]
        return [tier.prefix[4], *(one for some in ends for one in some)]

    def to_azure(self, address: IPv4Address, machine: IPv4Address, down: frozenset[str]) -> Walk:
        """The path from an address on-premises to a machine: over the edge, then on from the GatewaySubnet."""
        over = self.way_back(address, down)
        inside = self.walk(self.gateway_subnet, "on-premises", machine, down)
        if over.arrives and inside.kind == "local":
            return replace(over, firewalls=inside.firewalls)
        return replace(LOST, loops=over.arrives and inside.loops)

    def backs(self, address: IPv4Address, tier: Subnet, down: frozenset[str]) -> list[Walk]:
        """The paths from an address to each of a tier's machines; into the hub also past the gateway's subnet, over a
        provider's circuit with FastPath [CIRCUIT-15]."""
        over = self.way_back(address, down)
        fast = {circuit["name"] for circuit in self.circuits if circuit.get("fastPath") and "port" not in circuit}
        straight = fast & over.via if over.kind == "expressRoute" and tier.network == HUB else set[str]()
        unsure = names(circuit for circuit in self.circuits if "existing" in circuit)  # maybe on a Direct port
        if straight and straight - unsure == over.via:
            return [over]
        found = [self.to_azure(address, machine, down) for machine in self.machines(tier)]
        return [over, *found] if straight else found

    @remembered
    def way_back(self, address: IPv4Address, down: frozenset[str]) -> Walk:
        """How on-premises reaches Azure from an address."""
        apart = [device.get("sites", []) for device in self.devices if not device.get("links")]
        edge = [site for site in self.sites if not any(site["name"] in sites for sites in apart)]
        up = self.circuits_up(down)
        lans = [(up, edge), *(([], [s for s in self.sites if s["name"] in sites]) for sites in apart)]
        lans = [(circuits, [site for site in sites if self.site_up(site, down)]) for circuits, sites in lans]
        covers = [
            longest(address, *map(self.circuit_prefixes, circuits), *map(self.site_prefixes, sites))
            for circuits, sites in lans
        ]
        for cover in sorted({*covers[:1], *(cover for cover in covers if cover >= 0)}, reverse=True):
            together = [lan for lan, length in zip(lans, covers, strict=True) if length == cover]
            circuits, sites = ([one for lan in together for one in lan[part]] for part in (0, 1))
            exits = [("expressRoute", circuit["name"], (self.preference(circuit), 99, True)) for circuit in circuits]
            bgp = [site.get("localPreference", 100) for site in sites if "bgp" in site]
            for site in sites:
                near = longest(address, self.site_prefixes(site))
                if "bgp" in site:
                    exits.append(("vpn", site["name"], (site.get("localPreference", 100), near, True)))
                elif not circuits:
                    exits.append(("vpn", site["name"], (min(100, max(bgp, default=100)), near, False)))
            if exits:
                top = foremost(exits, lambda one: one[2][0])
                kinds = {kind for kind, _, _ in top}
                best = [one for kind in kinds for one in foremost((e for e in top if e[0] == kind), lambda one: one[2])]
                return Walk(top[0][0] if len(kinds) == 1 else "either", frozenset(name for _, name, _ in best))
        return LOST

    def preference(self, circuit: dict[str, Any]) -> int:
        """On-premises' local preference: 150, one less for each routing weight above the circuit's."""
        weights = {c.get("routingWeight", 0) for c in self.circuits}
        return circuit.get("localPreference", 150 - sum(w > circuit.get("routingWeight", 0) for w in weights))

    def must_survive(self, address: IPv4Address) -> bool:
        """Whether on-premises has the address: what ExpressRoute carries too; Azure's own only if listed as exactly."""
        listed = longest(address, self.on_premises, *map(self.circuit_prefixes, self.circuits))
        if self.is_internet(address) and longest(address, DROPPED_BY_DEFAULT) > 0:
            return False
        return listed >= max(0, longest(address, *self.networks.values()))

    def is_internet(self, address: IPv4Address) -> bool:
        """Whether only a default route over ExpressRoute leads to the address, which no setting lists: the Internet."""
        carried = longest(address, *map(self.circuit_prefixes, self.circuits))
        return carried == 0 and longest(address, self.on_premises) < 0

    def dropped_by(self, out: Walk, back: Walk) -> frozenset[str]:
        """The stateful firewalls that see one direction only."""
        stateful = names(firewall for firewall in self.firewalls.values() if firewall.get("stateful", True))
        return (out.firewalls ^ back.firewalls) & stateful if out.arrives and back.arrives else frozenset()

    def verdict(self, address: IPv4Address, tier: Subnet, down: frozenset[str]) -> str:
        """The worst of: expressRoute or vpn, asymmetric, unreachable, dropped (by a stateful firewall), internet."""
        out = self.from_azure(address, tier, down)
        order = (out.kind, "asymmetric", "unreachable", "dropped")
        said = [self._of(out, back) for back in self.backs(address, tier, down)]
        return "internet" if out.kind == "internet" else max(said, key=order.index)

    def _of(self, out: Walk, back: Walk) -> str:
        if not (out.arrives and back.arrives):
            return "unreachable"
        if self.dropped_by(out, back):
            return "dropped"
        return out.kind if (out.kind, out.via) == (back.kind, back.via) else "asymmetric"

    def reachable(self, address: IPv4Address, failed: Collection[str]) -> bool:
        """Whether the address and every tier reach each other."""
        down = self.down(failed)
        fine = {"expressRoute", "vpn", "asymmetric", *(["internet"] if self.is_internet(address) else [])}
        return all(self.verdict(address, tier, down) in fine for tier in self.tiers)

    def smallest_cut(self, address: IPv4Address) -> int:
        """The least number of failures that cut the address off."""
        elements = sorted(self.falls())
        return next(
            size
            for size in range(len(elements) + 1)
            if any(not self.reachable(address, some) for some in combinations(elements, size))
        )
