"""A second opinion on routes and failover: one address at a time, every route tried, straight from Azure's documents.

It shares no code with `topology`: it reads the plain settings, builds no tree, keeps nothing, and is slow.
"""

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Any

Path = tuple[str, frozenset[str]]
"""expressRoute, vpn, internet or unreachable; and the names of the circuits or sites that share the traffic."""

LOST: Path = ("unreachable", frozenset())
DROPPED_BY_DEFAULT = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")


def prefixes(texts: list[str]) -> list[IPv4Network]:
    """Prefixes of their texts."""
    return [IPv4Network(text) for text in texts]


class Oracle:
    """What the settings `values` (camelCase, as in a stack's file) do."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.on_premises = prefixes(values["onPremises"]["prefixes"])
        self.space = prefixes(values["network"]["addressSpace"])
        self.circuits = [c for c in values["expressRoute"]["circuits"] if c.get("connect") != "never"]
        advertised = values["expressRoute"].get("prefixes")
        self.over_expressroute = self.on_premises if advertised is None else prefixes(advertised)
        self.sites = values["vpn"]["sites"]
        self.active_active = values["vpn"]["gateway"].get("activeActive", True)
        self.tiers = values["network"]["tiers"]
        self.wanted = [*self.on_premises, *(self.over_expressroute if self.circuits else [])]

    def site_prefixes(self, site: dict[str, Any]) -> list[IPv4Network]:
        """What a site carries."""
        return self.on_premises if site.get("prefixes") is None else prefixes(site["prefixes"])

    def elements(self) -> set[str]:
        """All that can fail."""
        names = {"gateway:expressRoute", "gateway:vpn/0", "gateway:vpn/1"}
        for circuit in self.circuits:
            names |= {f"circuit:{circuit['name']}"}
            names |= {f"link:{circuit['name']}/primary", f"link:{circuit['name']}/secondary"}
            if circuit.get("peeringLocation"):
                names.add(f"peeringLocation:{circuit['peeringLocation']}")
        if sum(not circuit.get("peeringLocation") for circuit in self.circuits) > 1:
            names.add("peeringLocation:unknown")
        hops = {route.get("nextHopAddress") for tier in self.tiers for route in tier.get("routes", [])} - {None}
        names |= {f"firewall:{hop}" for hop in hops if any(IPv4Address(hop) in space for space in self.space)}
        for site in self.sites:
            names |= {f"appliance:{site['name']}", *(f"tunnel:{site['name']}/{i}" for i in self.ends(site))}
        return names

    def ends(self, site: dict[str, Any]) -> list[int]:
        """The gateway's instances that a site has a tunnel to; the one of an active-standby gateway counts as the "
        "first."""
        if not self.active_active:
            return [0]
        return [0, 1] if site.get("instance") is None else [site["instance"]]

    def circuits_up(self, failed: frozenset[str]) -> list[dict[str, Any]]:
        """The circuits that work, with the highest weight only: Azure uses no other."""
        up: list[dict[str, Any]] = []
        for circuit in self.circuits:
            name = circuit["name"]
            both_links = {f"link:{name}/primary", f"link:{name}/secondary"} <= failed
            # Of an existing circuit nobody knows the place: it may be any that has failed.
            here = circuit.get("peeringLocation")
            place = f"peeringLocation:{here}" in failed if here else any(e.startswith("peeringL") for e in failed)
            if not (both_links or place or f"circuit:{name}" in failed or "gateway:expressRoute" in failed):
                up.append(circuit)
        heaviest = max((circuit.get("routingWeight", 0) for circuit in up), default=0)
        return [circuit for circuit in up if circuit.get("routingWeight", 0) == heaviest]

    def site_up(self, site: dict[str, Any], failed: frozenset[str]) -> bool:
        """Whether packets can cross some tunnel of the site."""
        name = site["name"]
        if f"appliance:{name}" in failed:
            return False
        if not self.active_active:
            return f"tunnel:{name}/0" not in failed and not {"gateway:vpn/0", "gateway:vpn/1"} <= failed
        return any(f"tunnel:{name}/{i}" not in failed and f"gateway:vpn/{i}" not in failed for i in self.ends(site))

    def is_on_premises(self, address: IPv4Address) -> bool:
        """Whether the address must stay reachable, being listed or carried by ExpressRoute: the VNet's own need not,
        unless listed as specifically; private ones need not for a default route that only ExpressRoute has."""
        listed = [p.prefixlen for p in self.wanted if address in p]
        own = [p.prefixlen for p in self.space if address in p]
        if self.is_internet(address) and any(address in IPv4Network(p) for p in DROPPED_BY_DEFAULT):
            return False
        return bool(listed) and (not own or max(listed) >= max(own))

    def is_internet(self, address: IPv4Address) -> bool:
        """Whether only ExpressRoute's default route is about this address, and nobody listed it."""
        default = IPv4Network("0.0.0.0/0")
        return default not in self.on_premises and [p for p in self.wanted if address in p] == [default]

    def from_azure(
        self,
        address: IPv4Address,
        tier: dict[str, Any] | None,
        failed: frozenset[str],
        been: tuple[str, ...] = (),
        crossed: list[str] | None = None,
    ) -> Path:
        """The path from a tier (None: a subnet with no route table) to an address. crossed: takes what it crosses."""
        routes = self._table(address, tier, failed)
        own = [p.prefixlen for p in self.space if address in p]
        if own:
            routes = [r for r in routes if r[1] == 9 and r[0] >= max(own)] or [(max(own), 0, "none")]
        if not routes:
            return LOST
        _, _, action = max(routes, key=lambda r: r[:2])
        if isinstance(action, dict):
            return self._user_defined(address, action, tier, failed, been, crossed)
        if action == "expressRoute":
            return "expressRoute", frozenset(c["name"] for c in self.circuits_up(failed))
        if action == "internet":
            return "internet", frozenset()
        if action == "none":
            return LOST
        sites = [s for s in self.sites if s["name"] in action]
        return ("vpn", frozenset(action)) if all(self.site_up(s, failed) for s in sites) else LOST

    def _table(
        self, address: IPv4Address, tier: dict[str, Any] | None, failed: frozenset[str]
    ) -> list[tuple[int, int, Any]]:
        """Every route that covers the address: length, preference among equal lengths, action."""
        everything = IPv4Network("0.0.0.0/0")
        routes: list[tuple[IPv4Network, int, Any]] = []
        for route in (tier or {}).get("routes", []):
            routes.append((IPv4Network(route["prefix"]), 9, route))
        if tier is None or tier.get("gatewayRoutes", True):
            if self.circuits_up(failed):
                routes += [(p, 3, "expressRoute") for p in self.over_expressroute]
            gateway_lives = not {"gateway:vpn/0", "gateway:vpn/1"} <= failed
            every = {p for site in self.sites for p in self.site_prefixes(site)}
            for p in every:
                carriers = [site for site in self.sites if p in self.site_prefixes(site)]
                static = [site["name"] for site in carriers if not site.get("bgp")]
                bgp = [site["name"] for site in carriers if site.get("bgp") and self.site_up(site, failed)]
                routes += [(p, 2, static)] if static and gateway_lives else []
                routes += [(p, 1, bgp)] if bgp else []
        if not any(p == everything for p, _, _ in routes):
            routes += [(IPv4Network(p), 0, "none") for p in DROPPED_BY_DEFAULT]
        if tier is not None and tier.get("internetOutbound"):
            routes.append((everything, 0, "internet"))
        return [(p.prefixlen, rank, action) for p, rank, action in routes if address in p]

    def _user_defined(
        self,
        address: IPv4Address,
        route: dict[str, Any],
        tier: dict[str, Any] | None,
        failed: frozenset[str],
        been: tuple[str, ...],
        crossed: list[str] | None,
    ) -> Path:
        if route["nextHopType"] == "Internet" and tier and tier.get("internetOutbound"):
            return "internet", frozenset()
        if route["nextHopType"] != "VirtualAppliance":
            return LOST
        appliance = IPv4Address(route["nextHopAddress"])
        if not any(appliance in space for space in self.space) or f"firewall:{appliance}" in failed:
            return LOST
        here = tier["name"] if tier else ""
        onward = next((t for t in self.tiers if appliance in IPv4Network(t["subnet"])), None)
        there = onward["name"] if onward else ""
        if there == here or there in been:
            return LOST
        if crossed is not None:
            crossed.append(str(appliance))
        return self.from_azure(address, onward, failed, (*been, here), crossed)

    def to_azure(self, address: IPv4Address, tier: dict[str, Any], failed: frozenset[str]) -> Path:
        """The path from an address on-premises to a tier."""
        subnet = IPv4Network(tier["subnet"])
        blocks = [
            route
            for route in self.values["network"].get("gatewaySubnetRoutes", [])
            if subnet.subnet_of(IPv4Network(route["prefix"]))
            and any(IPv4Network(route["prefix"]).subnet_of(space) for space in self.space)
        ]
        if blocks:
            longest = max(blocks, key=lambda route: IPv4Network(route["prefix"]).prefixlen)
            if longest["nextHopType"] not in ("VirtualAppliance", "VnetLocal"):
                return LOST
        behind_circuit = bool(self.circuits) and any(address in p for p in self.over_expressroute)
        # One edge for all of on-premises, which prefers ExpressRoute whatever the address.
        if self.circuits_up(failed):
            return "expressRoute", frozenset(c["name"] for c in self.circuits_up(failed))
        carried = {site["name"]: [p.prefixlen for p in self.site_prefixes(site) if address in p] for site in self.sites}
        up = [site for site in self.sites if self.site_up(site, failed)]
        if any(carried.values()):
            longest_up = max((max(carried[s["name"]]) for s in up if carried[s["name"]]), default=None)
            up = [s for s in up if longest_up in carried[s["name"]]]
        elif not behind_circuit:
            up = []
        if not up:
            return LOST
        with_bgp = [s["name"] for s in up if s.get("bgp")]
        return "vpn", frozenset(with_bgp or [s["name"] for s in up])

    def reachable(self, address: IPv4Address, failed: frozenset[str]) -> bool:
        """Whether the address and every tier reach each other, or it is the Internet's and reached there directly."""
        direct = self.is_internet(address)
        return all(
            self.connected(address, tier, failed)
            or (direct and self.from_azure(address, tier, failed)[0] == "internet")
            for tier in self.tiers
        )

    def connected(self, address: IPv4Address, tier: dict[str, Any], failed: frozenset[str]) -> bool:
        """Whether traffic arrives both ways; nothing leads the answers to a firewall, and it is stateful."""
        crossed: list[str] = []
        out, back = self.from_azure(address, tier, failed, (), crossed), self.to_azure(address, tier, failed)
        return not crossed and out[0] in ("expressRoute", "vpn") and back[0] in ("expressRoute", "vpn")

    def served(self, address: IPv4Address, failed: frozenset[str]) -> bool:
        """Whether the address and every tier reach each other over on-premises."""
        return all(self.connected(address, tier, failed) for tier in self.tiers)

    def smallest_cut(self, address: IPv4Address) -> int:
        """The least number of failures that cut the address off."""
        names = sorted(self.elements())
        return next(
            size
            for size in range(len(names) + 1)
            if any(not self.served(address, frozenset(some)) for some in combinations(names, size))
        )
