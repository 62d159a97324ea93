"""Azure's limits on how many there may be of something."""

from collections.abc import Iterator

from . import Problem, rule
from .sources import ER_FAQ, ER_LIMITS, ER_LINK_VNET, VNET_LIMITS, VPN_LIMITS, VPN_SKUS

LIMIT_01 = rule("LIMIT-01", "a subscription has 10 circuits in a region", ER_LIMITS)
LIMIT_03 = rule(
    "LIMIT-03",
    "a private peering takes 4,000 prefixes from on-premises, 10,000 with tier Premium; above, BGP drops",
    ER_LIMITS,
)
LIMIT_04 = rule(
    "LIMIT-04", "a virtual network announces 1,000 prefixes over ExpressRoute; above, the connection drops", ER_FAQ
)
LIMIT_05 = rule(
    "LIMIT-05",
    "a virtual network has at most 200 prefixes when its ExpressRoute connection is created",
    ER_LINK_VNET,
    "warning",
)
LIMIT_07 = rule(
    "LIMIT-07",
    "a VPN gateway takes 600 prefixes of its virtual network, 1,000 of a local network gateway, 4,000 by BGP",
    VPN_LIMITS,
)
LIMIT_08 = rule(
    "LIMIT-08",
    "a circuit links 10 virtual networks; with tier Premium 20 to 100, by its bandwidth",
    ER_LIMITS,
)
LIMIT_10 = rule("LIMIT-10", "a VPN gateway has 30 site-to-site tunnels, 100 with VpnGw4AZ and VpnGw5AZ", VPN_SKUS)
LIMIT_11 = rule(
    "LIMIT-11",
    "the VPN gateway carries what the circuit carried: 650 Mbps to 10 Gbps, by SKU and generation [FAIL-10]",
    VPN_SKUS,
    "warning",
)
LIMIT_20 = rule("LIMIT-20", "an ExpressRoute gateway learns 4,000 routes, 9,500 from ErGw2AZ up", ER_LIMITS)
LIMIT_14 = rule("LIMIT-14", "a route table has 400 routes", VNET_LIMITS)
LIMIT_15 = rule("LIMIT-15", "a virtual network has 20 DNS servers", VNET_LIMITS)

CIRCUITS_PER_REGION = 10
PEERING_PREFIXES = {"Local": 4000, "Standard": 4000, "Premium": 10000}
"""IPv4 prefixes that a circuit of each tier takes from on-premises [LIMIT-03]."""
VNET_PREFIXES_TO_ER, VNET_PREFIXES_AT_CREATION, VNET_PREFIXES_OF_VPN = 1000, 200, 600
"""[LIMIT-04, LIMIT-05, LIMIT-07]"""
LNG_PREFIXES, BGP_ROUTES = 1000, 4000
"""Static prefixes of one site, and prefixes that one site announces by BGP [LIMIT-07]."""
LINKS, PREMIUM_LINKS = 10, {50: 20, 100: 25, 200: 25, 500: 40, 1000: 50, 2000: 60, 5000: 75}
"""Virtual networks on one circuit: by default, and of tier Premium by Mbps, 100 from 10 Gbps up [LIMIT-08]."""
VPN_TUNNELS = {"VpnGw1AZ": 30, "VpnGw2AZ": 30, "VpnGw3AZ": 30, "VpnGw4AZ": 100, "VpnGw5AZ": 100}
"""Site-to-site connections of a VPN gateway [LIMIT-10]."""
VPN_MBPS = {
    "Generation1": {"VpnGw1AZ": 650, "VpnGw2AZ": 1000, "VpnGw3AZ": 1250},
    "Generation2": {"VpnGw2AZ": 1250, "VpnGw3AZ": 2500, "VpnGw4AZ": 5000, "VpnGw5AZ": 10000},
}
"""Throughput of all tunnels of a VPN gateway together, in Mbps [LIMIT-11]."""
GATEWAY_ROUTES = {"Standard": 4000, "ErGw1AZ": 4000}
"""Routes that an ExpressRoute gateway of each SKU learns; the others learn 9,500 [LIMIT-20]."""
MOST_GATEWAY_ROUTES = 9500
ROUTES_PER_TABLE, DNS_SERVERS = 400, 20
"""[LIMIT-14, LIMIT-15]"""


def circuits_in_region(path: str, count: int) -> Iterator[Problem]:
    """One subscription orders this many circuits in one region [LIMIT-01]."""
    if count > CIRCUITS_PER_REGION:
        yield LIMIT_01(
            path, f"{count} circuits are ordered, a subscription has {CIRCUITS_PER_REGION} in a region; use another"
        )


def peering_prefixes(path: str, tier: str, count: int, circuit: str) -> Iterator[Problem]:
    """A circuit takes this many prefixes from on-premises [LIMIT-03]. path: where the prefixes are."""
    most = PEERING_PREFIXES.get(tier)
    if most is not None and count > most:
        hint = "; tier Premium takes 10000" if count <= PEERING_PREFIXES["Premium"] else ""
        yield LIMIT_03(
            path,
            f"{count} prefixes, circuit {circuit!r} of tier {tier} takes {most} and drops BGP above that{hint}, or "
            "announce fewer, wider prefixes",
        )


def gateway_routes(path: str, sku: str, count: int) -> Iterator[Problem]:
    """An ExpressRoute gateway learns this many routes from on-premises [LIMIT-20]. path: where the prefixes are."""
    most = GATEWAY_ROUTES.get(sku, MOST_GATEWAY_ROUTES)
    if count > most:
        hint = f"; ErGw2AZ and larger ones learn {MOST_GATEWAY_ROUTES}" if count <= MOST_GATEWAY_ROUTES else ""
        yield LIMIT_20(
            path, f"{count} prefixes, a gateway of SKU {sku} learns {most}{hint}, or announce fewer, wider prefixes"
        )


def virtual_network_prefixes(path: str, count: int) -> Iterator[Problem]:
    """A virtual network with both gateways has this many prefixes [LIMIT-04, LIMIT-05, LIMIT-07]."""
    if count > VNET_PREFIXES_TO_ER:
        yield LIMIT_04(
            path, f"{count} prefixes, ExpressRoute takes {VNET_PREFIXES_TO_ER}, else it drops; use wider ones"
        )
    elif count > VNET_PREFIXES_OF_VPN:
        yield LIMIT_07(path, f"{count} prefixes, a VPN gateway takes {VNET_PREFIXES_OF_VPN}; use wider ones")
    elif count > VNET_PREFIXES_AT_CREATION:
        yield LIMIT_05(
            path,
            f"{count} prefixes, {VNET_PREFIXES_AT_CREATION} are allowed when the ExpressRoute connection is created; "
            "connect first, then add the rest",
        )


def peered_prefixes(path: str, hub: int, spokes: int) -> Iterator[Problem]:
    """A hub and its spokes have this many prefixes together: Azure counts peered networks too [LIMIT-04, LIMIT-05].

    What the hub has too many of by itself is told of the hub.
    """
    together = f"{hub + spokes} prefixes of the hub ({hub}) and its spokes ({spokes})"
    if hub <= VNET_PREFIXES_TO_ER < hub + spokes:
        yield LIMIT_04(path, f"{together}, ExpressRoute takes {VNET_PREFIXES_TO_ER}, else it drops; use wider ones")
    elif hub <= VNET_PREFIXES_AT_CREATION < hub + spokes:
        yield LIMIT_05(
            path,
            f"{together}, {VNET_PREFIXES_AT_CREATION} are allowed when the ExpressRoute connection is created; connect "
            "first, then add the rest",
        )


def site_prefixes(path: str, count: int, *, bgp: bool) -> Iterator[Problem]:
    """One site has this many prefixes: static ones, or those it announces by BGP [LIMIT-07]."""
    most, what = (BGP_ROUTES, "BGP session drops above") if bgp else (LNG_PREFIXES, "local network gateway holds")
    if count > most:
        way_out = "announce fewer, wider prefixes" if bgp else "use fewer, wider prefixes, or BGP"
        yield LIMIT_07(path, f"{count} prefixes, a site's {what} {most}; {way_out}")


def links(path: str, tier: str, mbps: int, count: int) -> Iterator[Problem]:
    """A circuit links this many virtual networks: ours, and one for each authorization [LIMIT-08]."""
    most = LINKS
    if tier == "Premium":
        most = next((links for size, links in PREMIUM_LINKS.items() if mbps <= size), 100)
    if count > most:
        yield LIMIT_08(
            path, f"{count} virtual networks, a circuit of tier {tier} with {mbps} Mbps links {most}; remove some"
        )


def tunnels(path: str, sku: str, count: int) -> Iterator[Problem]:
    """A VPN gateway has this many sites [LIMIT-10]."""
    most = VPN_TUNNELS.get(_with_zones(sku))
    if most is not None and count > most:
        way_out = "; VpnGw4AZ connects 100" if most < count <= 100 else "; join sites"
        yield LIMIT_10(path, f"{count} sites, a VPN gateway of SKU {sku} connects {most}{way_out}")


def vpn_throughput(path: str, sku: str, generation: str, circuit_mbps: int, circuit_path: str) -> Iterator[Problem]:
    """The VPN gateway carries the largest circuit's traffic [LIMIT-11]. path: that of the VPN gateway's SKU."""
    mbps = VPN_MBPS.get(generation, {}).get(_with_zones(sku))
    if mbps is not None and mbps < circuit_mbps:
        enough = [name for name, most in VPN_MBPS["Generation2"].items() if most >= circuit_mbps]
        way_out = f"{enough[0]} carries {VPN_MBPS['Generation2'][enough[0]]}" if enough else "no SKU carries that"
        yield LIMIT_11(
            path,
            f"{sku} ({generation}) carries {mbps} Mbps, the circuit {circuit_mbps} ({circuit_path}): after a failover "
            f"the rest is lost; {way_out}",
        )


def routes(path: str, count: int) -> Iterator[Problem]:
    """A route table has this many routes [LIMIT-14]."""
    if count > ROUTES_PER_TABLE:
        yield LIMIT_14(path, f"{count} routes, a route table holds {ROUTES_PER_TABLE}; join some")


def dns_servers(path: str, count: int) -> Iterator[Problem]:
    """A virtual network has this many DNS servers [LIMIT-15]."""
    if count > DNS_SERVERS:
        yield LIMIT_15(path, f"{count} DNS servers, a virtual network holds {DNS_SERVERS}; remove some")


def _with_zones(sku: str) -> str:
    """The SKU with zones of a VPN gateway's: an older gateway without them has its size."""
    return sku if sku.endswith("AZ") else f"{sku}AZ"
