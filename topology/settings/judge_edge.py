"""What the on-premises edge and the firewalls are said to be: which machine holds what, and what it prefers."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from components.rules import Problem, bgp, did_you_mean, routes, rule
from components.rules.circuits import same_name
from components.rules.prefixes import DEFAULT_ROUTE

from .judge_lan import lan_problems
from .model import Device, Settings
from .model_express_route import Circuit
from .model_vpn import Site

DEV_01 = rule(
    "DEV-01",
    "a device holds links of circuits and VPN sites that are there, `CIRCUIT/primary` or `CIRCUIT/secondary`",
    "this project: topology.settings.model",
)
DEV_02 = rule("DEV-02", "a link, and a site's tunnels, end on one device", "this project: topology.settings.model")
DEV_03 = rule("DEV-03", "a device holds a link or a site", "this project: topology.settings.model")
DEV_04 = rule(
    "DEV-04",
    "a device has the AS number that Azure expects of its sites",
    "RFC 4271: a BGP session comes up only with the AS number that the peer is told",
)
NVA_05 = rule(
    "NVA-05",
    "a firewall is in the virtual network or in one peered with it",
    "https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#user-defined",
)
NVA_06 = rule(
    "NVA-06",
    "Azure Firewall's subnet has a way to the Internet of its own, whatever default route the gateways learn",
    "https://learn.microsoft.com/azure/firewall/tutorial-hybrid-portal",
    "warning",
)
NVA_10 = rule("NVA-10", "each firewall has an address of its own", "this project: topology.settings.model")
PREF_01 = rule("PREF-01", "an AS number is repeated 0 to 16 times more", "this project: longer paths are a slip")
PREF_02 = rule("PREF-02", "a BGP local preference is 0 to 4294967295", "RFC 4271, 5.1.5")
PREF_03 = rule("PREF-03", "only a site with BGP prepends, or has a local preference", "RFC 4271")
FAIL_21 = rule("FAIL-21", "a connected circuit carries a prefix", "this project: docs/failover.md")
FAIL_22 = rule("FAIL-22", "a circuit is listed once: it cannot stand in for itself", "this project: docs/failover.md")
FAIL_23 = rule(
    "FAIL-23",
    "several circuits are of two providers or more, or fail with the one they have",
    "https://learn.microsoft.com/azure/expressroute/designing-for-high-availability-with-expressroute",
    "warning",
)
MAX_PREPEND = 16
"""[PREF-01]"""
MAX_LOCAL_PREFERENCE = (1 << 32) - 1
"""[PREF-02]"""
_LINKS = ("primary", "secondary")
_CIRCUITS = "expressRoute.circuits"


def edge_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of devices, firewalls, preferences, and of what each circuit carries."""
    yield from _devices(settings)
    yield from lan_problems(settings)
    yield from _firewalls(settings)
    yield from _to_the_gateway(settings)
    yield from _managed_over_the_internet(settings)
    for index, circuit in enumerate(settings.express_route.circuits):
        yield from _preferences(f"{_CIRCUITS}[{index}]", circuit)
    for index, site in enumerate(settings.vpn.sites):
        yield from _preferences(f"vpn.sites[{index}]", site)
    yield from _circuits(settings)


def _to_the_gateway(settings: Settings) -> Iterator[Problem]:
    network = settings.network
    tables = {"network.gatewaySubnetRoutes": network.gateway_subnet_routes}
    tables |= {f"network.tiers[{index}].routes": tier.routes for index, tier in enumerate(network.tiers)}
    for number, spoke in enumerate(network.spokes):
        at = f"network.spokes[{number}].tiers"
        tables |= {f"{at}[{index}].routes": tier.routes for index, tier in enumerate(spoke.tiers)}
    for path, listed in tables.items():
        for index, route in enumerate(listed):
            here = f"{path}[{index}].nextHopType"
            yield from routes.to_gateway(here, route.prefix, route.next_hop_type, settings.on_premises.prefixes)


def _devices(settings: Settings) -> Iterator[Problem]:
    links = [f"{circuit.name}/{which}" for circuit in settings.express_route.circuits for which in _LINKS]
    sites = [site.name for site in settings.vpn.sites]
    held: dict[tuple[str, str], str] = {}
    for index, device in enumerate(settings.on_premises.devices):
        path = f"onPremises.devices[{index}]"
        for kind, names, known in (("links", device.links, links), ("sites", device.sites, sites)):
            for place, name in enumerate(names):
                here = f"{path}.{kind}[{place}]"
                if name not in known:
                    near = did_you_mean(name, known) or f"; there are {', '.join(known[:8])}"
                    yield DEV_01(here, f"{name!r} is no {'link of a circuit' if kind == 'links' else 'VPN site'}{near}")
                elif (first := held.setdefault((kind, name), here)) != here:
                    way_out = (
                        "take one of them out"
                        if kind == "links"
                        else "take one of them out, or give each device an item of vpn.sites with its own publicIp"
                    )
                    yield DEV_02(here, f"{name} is also {first}; {way_out}")
        if not device.links and not device.sites:
            yield DEV_03(path, f"device {device.name!r} holds nothing; give it links or sites, or take it out")
        yield from _as_number(settings, path, device)


def _as_number(settings: Settings, path: str, device: Device) -> Iterator[Problem]:
    """Azure is told the device's own AS number for each of its tunnels; links may have another, with `local-as`."""
    if device.asn is not None:
        yield from bgp.appliance_asn(f"{path}.asn", device.asn, settings.vpn.gateway.asn)
    for index, site in enumerate(settings.vpn.sites):
        if device.asn is not None and site.bgp and site.name in device.sites and site.bgp.asn != device.asn:
            yield DEV_04(
                f"{path}.asn",
                f"{device.asn}, but Azure expects {site.bgp.asn} of it (vpn.sites[{index}].bgp.asn); make them equal",
            )


def _firewalls(settings: Settings) -> Iterator[Problem]:
    network = settings.network
    spaces = [*network.address_space, *(prefix for spoke in network.spokes for prefix in spoke.address_space)]
    seen: dict[IPv4Address, int] = {}
    for index, firewall in enumerate(network.firewalls):
        path = f"network.firewalls[{index}].address"
        first = seen.setdefault(firewall.address, index)
        if first != index:
            yield NVA_10(path, f"{firewall.address} is also network.firewalls[{first}].address; take one of them out")
        if not any(firewall.address in space for space in spaces):
            yield NVA_05(
                path,
                f"{firewall.address} is outside the network ({', '.join(map(str, spaces))}) and its peered networks, "
                "where Azure drops what a route leads to; give the address that routes lead to",
            )
        elif firewall.address in network.gateway_subnet:
            yield NVA_05(
                path, f"{firewall.address} is in the GatewaySubnet {network.gateway_subnet}, which has only gateways"
            )


def _managed_over_the_internet(settings: Settings) -> Iterator[Problem]:
    """A firewall in no tier may be Azure's own, which loses what it is managed over with a learned default route."""
    network = settings.network
    sites = [(f"vpn.sites[{index}].prefixes", one.prefixes or []) for index, one in enumerate(settings.vpn.sites)]
    lists = [("onPremises.prefixes", settings.on_premises.prefixes), *carried(settings), *sites]
    where = next((path for path, prefixes in lists if DEFAULT_ROUTE in prefixes), None)
    tiers = [*network.tiers, *(tier for spoke in network.spokes for tier in spoke.tiers)]
    for index, firewall in enumerate(network.firewalls if where else []):
        if not any(firewall.address in tier.subnet for tier in tiers):
            yield NVA_06(
                f"network.firewalls[{index}]",
                f"where {firewall.name} is Azure Firewall, its subnet learns {DEFAULT_ROUTE} ({where}) and it loses "
                f"the Internet that it is managed over; give AzureFirewallSubnet the route {{name: internet, prefix: "
                f"{DEFAULT_ROUTE}, nextHopType: Internet}}, or its forced tunnelling mode",
            )


def _preferences(path: str, item: Circuit | Site) -> Iterator[Problem]:
    if not 0 <= item.prepend <= MAX_PREPEND:
        yield PREF_01(f"{path}.prepend", f"{item.prepend} is outside 0 to {MAX_PREPEND}")
    preference = item.local_preference
    if preference is not None and not 0 <= preference <= MAX_LOCAL_PREFERENCE:
        yield PREF_02(f"{path}.localPreference", f"{preference} is outside 0 to {MAX_LOCAL_PREFERENCE}")
    if isinstance(item, Site) and item.bgp is None:
        for name, given in (("prepend", item.prepend != 0), ("localPreference", preference is not None)):
            if given:
                yield PREF_03(f"{path}.{name}", f"site {item.name!r} has no BGP; give it bgp, or remove this")


def _circuits(settings: Settings) -> Iterator[Problem]:
    express_route = settings.express_route
    connected = [(index, one) for index, one in enumerate(express_route.circuits) if one.connects]
    for index, circuit in connected:
        if not settings.circuit_prefixes(circuit):
            path = "expressRoute.prefixes" if circuit.prefixes is None else f"{_CIRCUITS}[{index}].prefixes"
            yield FAIL_21(
                path, f"is empty, so circuit {circuit.name!r} carries nothing; name prefixes, or say connect: never"
            )
    seen: dict[str, int] = {}
    for index, circuit in enumerate(express_route.circuits):
        if circuit.existing:
            first = seen.setdefault(circuit.existing.id.lower().rstrip("/"), index)
            if first != index:
                yield FAIL_22(
                    f"{_CIRCUITS}[{index}].existing.id",
                    f"is also {_CIRCUITS}[{first}].existing.id; keep one of them",
                )
    providers = {same_name(one.provider) if one.provider else None for _, one in connected}
    if len(connected) > 1 and len(providers) == 1 and None not in providers:
        name = connected[0][1].provider
        yield FAIL_23(
            _CIRCUITS, f"all {len(connected)} circuits are {name}'s and fail with it; Microsoft advises two providers"
        )


def carried(settings: Settings) -> Iterator[tuple[str, list[IPv4Network]]]:
    """Every list of prefixes that ExpressRoute is said to carry, with its path."""
    if settings.express_route.prefixes is not None:
        yield "expressRoute.prefixes", settings.express_route.prefixes
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.prefixes is not None:
            yield f"{_CIRCUITS}[{index}].prefixes", circuit.prefixes
