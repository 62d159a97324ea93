"""The world of the second opinion: what the settings say there is, what can fail, and what falls with it.

Plain settings (camelCase, as in a stack's file), no code of `topology`. What the documents leave open is taken so:

- A circuit of which nobody says the place, on a Direct port too, may be at any place.
- A site that no device holds has a machine of its own; a link that no device holds fails alone.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Concatenate, ParamSpec, TypeVar
from unicodedata import normalize

HUB = ""
INSTANCES = ("gateway:vpn/0", "gateway:vpn/1")
UNKNOWN = "unknown"
"""A place that nobody says."""
T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")
W = TypeVar("W", bound="World")


@dataclass(frozen=True, eq=False)
class Subnet:
    """Where packets come from or go to in Azure."""

    name: str
    network: str
    """HUB or the spoke's name."""
    prefix: IPv4Network
    """Of a network without tiers a prefix of its own; of a firewall's subnet that is no tier its address."""
    routes: list[dict[str, Any]]
    learns: bool = True
    outbound: bool = False


prefix_of = cache(IPv4Network)


def prefixes(texts: Iterable[str]) -> list[IPv4Network]:
    """Prefixes of their texts."""
    return [prefix_of(text) for text in texts]


def longest(address: IPv4Address, *covering: Iterable[IPv4Network]) -> int:
    """The length of the longest prefix that covers the address; -1 if none does."""
    return max((prefix.prefixlen for some in covering for prefix in some if address in prefix), default=-1)


def foremost(some: Iterable[T], rank: Callable[[T], Any]) -> list[T]:
    """All that have the highest rank."""
    every = list(some)
    return [one for one in every if rank(one) == max(map(rank, every))]


def names(some: Iterable[dict[str, Any]]) -> frozenset[str]:
    """Names of circuits or sites."""
    return frozenset(one["name"] for one in some)


def place(circuit: dict[str, Any]) -> str:
    """The circuit's peering location without capitals, spaces, hyphens and accents, or UNKNOWN."""
    letters = normalize("NFKD", circuit.get("peeringLocation", UNKNOWN)).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def remembered(method: Callable[Concatenate[W, P], R]) -> Callable[Concatenate[W, P], R]:
    """The method, which is asked each question once: nothing of a world ever changes."""

    @wraps(method)
    def answer(world: W, *question: P.args, **named: P.kwargs) -> R:
        key = (method.__name__, *question)
        if key not in world.answers:
            world.answers[key] = method(world, *question, **named)
        return world.answers[key]

    return answer


class World:
    """What there is, by the settings `values`."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.answers: dict[Any, Any] = {}
        hub, on_premises = values["network"], values["onPremises"]
        spokes = hub.get("spokes", [])
        self.on_premises = prefixes(on_premises["prefixes"])
        self.networks = {HUB: prefixes(hub["addressSpace"])}
        self.networks |= {spoke["name"]: prefixes(spoke["addressSpace"]) for spoke in spokes}
        self.lets_forwarded_in = {spoke["name"]: spoke.get("forwardedTraffic", True) for spoke in spokes}
        self.tiers = [self._tier(tier, HUB, tier["name"]) for tier in hub.get("tiers", [])]
        for spoke in spokes:
            inner = spoke.get("tiers", [])
            self.tiers += [self._tier(tier, spoke["name"], f"{spoke['name']}/{tier['name']}") for tier in inner]
            if not inner:
                self.tiers += [
                    Subnet(spoke["name"], spoke["name"], space, []) for space in self.networks[spoke["name"]]
                ]
        if not self.tiers:
            self.tiers = [Subnet("", HUB, space, []) for space in self.networks[HUB]]
        self.gateway_subnet = Subnet(
            "GatewaySubnet", HUB, prefix_of(hub["gatewaySubnet"]), hub.get("gatewaySubnetRoutes", [])
        )
        bastion = hub.get("management", {}).get("bastionSubnet")
        self.without_machines = [self.gateway_subnet.prefix, *prefixes([bastion] if bastion else [])]
        self.circuits = [c for c in values["expressRoute"]["circuits"] if c.get("connect") != "never"]
        self.over_expressroute = values["expressRoute"].get("prefixes")
        self.sites = values["vpn"]["sites"]
        gateway = values["vpn"]["gateway"]
        # Of one that is there already nobody knows whether it has two active instances.
        self.gateway = {"activeActive": "existing" not in gateway, **gateway}
        self.devices = on_premises.get("devices", [])
        self.firewalls = self._firewalls(hub.get("firewalls", []))

    @staticmethod
    def _tier(tier: dict[str, Any], network: str, name: str) -> Subnet:
        learns, outbound = tier.get("gatewayRoutes", True), tier.get("internetOutbound", False)
        return Subnet(name, network, IPv4Network(tier["subnet"]), tier.get("routes", []), learns, outbound)

    def _firewalls(self, known: list[dict[str, Any]]) -> dict[IPv4Address, dict[str, Any]]:
        """Every next hop in some network: one that the settings do not know is stateful and has no double."""
        found = {IPv4Address(firewall["address"]): firewall for firewall in known}
        for subnet in [*self.tiers, self.gateway_subnet]:
            for route in subnet.routes:
                if route["nextHopType"] == "VirtualAppliance":
                    address = IPv4Address(route["nextHopAddress"])
                    inside = longest(address, *self.networks.values()) >= 0
                    if inside and longest(address, self.without_machines) < 0 and not self._is_azures(address):
                        found.setdefault(address, {"name": str(address)})
        return found

    def _is_azures(self, address: IPv4Address) -> bool:
        """Whether Azure keeps the address: the first four and the last of each subnet [NSG-02]."""
        subnets = [tier.prefix for tier in self.tiers if tier.name and address in tier.prefix]
        return any(address in [*map(one.__getitem__, range(4)), one[-1]] for one in subnets)

    def circuit_prefixes(self, circuit: dict[str, Any]) -> list[IPv4Network]:
        """What on-premises announces over a circuit."""
        own = circuit.get("prefixes", self.over_expressroute)
        return self.on_premises if own is None else prefixes(own)

    def site_prefixes(self, site: dict[str, Any]) -> list[IPv4Network]:
        """What on-premises announces, or Azure is told, of a site."""
        own = site.get("prefixes")
        return self.on_premises if own is None else prefixes(own)

    @remembered
    def falls(self) -> dict[str, set[str]]:
        """Each element, and which gateways, links, appliances, tunnels and firewalls fall with it."""
        fates: dict[str, set[str]] = {one: {one} for one in ("gateway:expressRoute", *INSTANCES)}
        zones = self.gateway.get("zones", [UNKNOWN] if "existing" in self.gateway else ["1", "2", "3"])
        if len(zones) == 1:
            fates[f"zone:{zones[0]}"] = set(INSTANCES)
        places = {place(circuit) for circuit in self.circuits}
        for circuit in self.circuits:
            links = {f"link:{circuit['name']}/{which}" for which in ("primary", "secondary")}
            fates |= {link: {link} for link in links}
            fates[f"circuit:{circuit['name']}"] = links
            for where in places if place(circuit) == UNKNOWN else {place(circuit)}:
                fates.setdefault(f"peeringLocation:{where}", set()).update(links)
            if "port" in circuit:
                fates.setdefault(f"port:{self.port(circuit)}", set()).update(links)
        if sum(place(circuit) == UNKNOWN for circuit in self.circuits) == 1:
            fates.pop(f"peeringLocation:{UNKNOWN}")  # the circuit itself
        held = {site for device in self.devices for site in device.get("sites", [])}
        for site in self.sites:
            fates |= {f"tunnel:{site['name']}/{i}": {f"tunnel:{site['name']}/{i}"} for i in self.ends(site)}
            if site["name"] not in held:
                fates[f"appliance:{site['name']}"] = {f"appliance:{site['name']}"}
        for device in self.devices:
            links = {f"link:{link}" for link in device.get("links", [])}
            fates[f"device:{device['name']}"] = links | {f"appliance:{site}" for site in device.get("sites", [])}
        single = [firewall["name"] for firewall in self.firewalls.values() if not firewall.get("redundant", False)]
        return fates | {f"firewall:{name}": {f"firewall:{name}"} for name in single}

    def port(self, circuit: dict[str, Any]) -> str:
        """The name of the circuit's port pair; its id where pairs of several resource groups have that name."""
        mine = circuit["port"]["id"].casefold()
        ids = {one["port"]["id"].casefold() for one in self.circuits if "port" in one}
        name = mine.rsplit("/", 1)[-1]
        return name if sum(one.endswith(f"/{name}") for one in ids) == 1 else mine

    def down(self, failed: Collection[str]) -> frozenset[str]:
        """All that has fallen when these elements fail."""
        fates = self.falls()
        return frozenset(part for element in failed for part in fates[element])

    @remembered
    def circuits_up(self, down: frozenset[str]) -> list[dict[str, Any]]:
        """The circuits that work: one link is enough."""
        if "gateway:expressRoute" in down:
            return []
        return [c for c in self.circuits if not {f"link:{c['name']}/{i}" for i in ("primary", "secondary")} <= down]

    @remembered
    def gateways_speak(self, down: frozenset[str]) -> bool:
        """Whether the two gateways hear each other: the ExpressRoute gateway programs what the VPN gateway learns, and
        a route that holds the GatewaySubnet leads what they say to a firewall [ROUTE-05, FAIL-14]."""
        subnet = self.gateway_subnet.prefix
        routes = [(prefix_of(r["prefix"]), 1, r) for r in self.gateway_subnet.routes]
        routes += [(space, 0, {}) for space in self.networks[HUB]]
        *_, hop = max((r for r in routes if subnet.subnet_of(r[0])), key=lambda r: (r[0].prefixlen, r[1]))
        through = self.firewalls.get(IPv4Address(hop.get("nextHopAddress", 0)), {"name": ""})
        return f"firewall:{through['name']}" not in down

    def site_up(self, site: dict[str, Any], down: frozenset[str]) -> bool:
        """Whether packets can cross some tunnel of the site. A lone tunnel moves to the gateway's other instance."""
        name = site["name"]
        if f"appliance:{name}" in down:
            return False
        if not self.gateway.get("activeActive", True):
            return f"tunnel:{name}/0" not in down and not set(INSTANCES) <= down
        return any(f"tunnel:{name}/{i}" not in down and INSTANCES[i] not in down for i in self.ends(site))

    def ends(self, site: dict[str, Any]) -> tuple[int, ...]:
        """The gateway's instances that a site has a tunnel to; the one of an active-standby gateway counts as 0."""
        if not self.gateway.get("activeActive", True):
            return (0,)
        return (0, 1) if site.get("instance") is None else (site["instance"],)
