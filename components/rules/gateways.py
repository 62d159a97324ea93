"""Rules for the SKUs and sizes of both gateways."""

from collections.abc import Iterator, Sequence

from . import Problem, at, did_you_mean, regions, rule, word
from .names import NAME_01 as NAME_01
from .sources import (
    ACTIVE_ACTIVE,
    COEXISTENCE,
    ER_FAST_PATH,
    ER_GATEWAYS,
    ER_SCALABLE,
    ER_SCALABLE_GATEWAYS,
    VPN_FAQ,
)
from .sources import VPN_SKU_CONSOLIDATION as CONSOLIDATION
from .sources import VPN_SKUS as SKU_TABLE

ER_01 = rule("ER-01", "an ExpressRoute gateway has an ExpressRoute SKU", f"{ER_GATEWAYS}#gwsku")
ER_02 = rule("ER-02", "an ExpressRoute gateway connects as many circuits as its SKU allows", f"{ER_GATEWAYS}#gwsku")
ER_04 = rule(
    "ER-04",
    "FastPath needs UltraPerformance, ErGw3AZ or ErGwScale with at least 10 scale units",
    ER_FAST_PATH,
)
ER_05 = rule("ER-05", "ErGwScale has 1 to 40 scale units; an automatic range starts at 2 or more", ER_SCALABLE)
ER_07 = rule(
    "ER-07",
    "an ExpressRoute gateway grows in place, from ErGw1AZ up to ErGwScale or among the SKUs without zones, and never "
    "shrinks",
    ER_SCALABLE_GATEWAYS,
)
ER_11 = rule(
    "ER-11",
    "an ExpressRoute gateway carries as much as its circuits bring",
    f"{ER_GATEWAYS}#gwsku",
    "warning",
)
VPN_02 = rule("VPN-02", "beside ExpressRoute a VPN gateway is not of SKU Basic", COEXISTENCE)
VPN_04 = rule(
    "VPN-04",
    "a VPN gateway has a zone-redundant (AZ) SKU: others cannot be made since 2025-11-01, and those that are there "
    "take no change until they have one",
    CONSOLIDATION,
)
VPN_06 = rule("VPN-06", "the legacy VPN gateway SKUs Standard and HighPerformance cannot be created any more", VPN_FAQ)
VPN_09 = rule(
    "VPN-09",
    "Generation1 has VpnGw1AZ to VpnGw3AZ, Generation2 has VpnGw2AZ to VpnGw5AZ, and Microsoft moves gateways to it by "
    "itself",
    SKU_TABLE,
)
VPN_10 = rule("VPN-10", "a VPN gateway has a VPN gateway's SKU", SKU_TABLE)
VPN_11 = rule("VPN-11", "an active-active VPN gateway has two public addresses, any other one", ACTIVE_ACTIVE)
VPN_13 = rule(
    "VPN-13",
    "a VPN gateway is active-active, so that one instance keeps the tunnel while the other is maintained",
    ACTIVE_ACTIVE,
    "warning",
)

EXPRESS_ROUTE_SKUS = (
    "ErGw1AZ",
    "ErGw2AZ",
    "ErGw3AZ",
    "ErGwScale",
    "Standard",
    "HighPerformance",
    "UltraPerformance",
)
"""SKUs of an ExpressRoute gateway [ER-01]."""
EXPRESS_ROUTE_UPGRADES = (
    ("ErGw1AZ", "ErGw2AZ", "ErGw3AZ", "ErGwScale"),
    ("Standard", "HighPerformance", "UltraPerformance"),
)
"""Azure changes an ExpressRoute gateway's SKU in place from left to right [ER-07]."""
VPN_SKUS = ("VpnGw1AZ", "VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ")
"""SKUs in which a VPN gateway beside ExpressRoute can be created today [VPN-02, VPN-04, VPN-06]."""
GENERATIONS = {"Generation1": VPN_SKUS[:3], "Generation2": VPN_SKUS[1:]}
"""VPN gateway SKUs of each hardware generation [VPN-09]."""
FAST_PATH_SKUS = ("UltraPerformance", "ErGw3AZ", "ErGwScale")
FAST_PATH_SCALE_UNITS = 10
"""Least scale units of an ErGwScale gateway with FastPath [ER-04]."""
MAX_SCALE_UNITS = 40
"""[ER-05]"""
MAX_CIRCUITS = {
    "Standard": 4,
    "ErGw1AZ": 4,
    "HighPerformance": 8,
    "ErGw2AZ": 8,
    "UltraPerformance": 16,
    "ErGw3AZ": 16,
}
"""Circuits that a gateway of each SKU connects; ErGwScale by its scale units [ER-02]."""
GATEWAY_MBPS = {
    "Standard": 1000,
    "ErGw1AZ": 1000,
    "HighPerformance": 2000,
    "ErGw2AZ": 2000,
    "UltraPerformance": 10000,
    "ErGw3AZ": 10000,
}
"""Throughput of an ExpressRoute gateway in Mbps; ErGwScale has 1000 for each scale unit [ER-11]."""


def default_generation(sku: str) -> str:
    """The generation a new gateway of this SKU gets: 2 wherever it exists, it is faster at the same price."""
    return "Generation2" if sku in GENERATIONS["Generation2"] else "Generation1"


def express_route_gateway(
    path: str, sku: str, min_scale_units: int | None = None, max_scale_units: int | None = None
) -> Iterator[Problem]:
    """SKU and scale units of an ExpressRoute gateway [ER-01, ER-05]."""
    if sku not in EXPRESS_ROUTE_SKUS:
        hint = "; that is a VPN gateway's SKU;" if sku.startswith("VpnGw") else did_you_mean(sku, EXPRESS_ROUTE_SKUS)
        yield ER_01(
            at(path, "sku"),
            f"{sku!r} is no ExpressRoute gateway SKU{hint or ';'} use one of {', '.join(EXPRESS_ROUTE_SKUS)}",
        )
        return
    low_path, high_path = at(path, "min_scale_units"), at(path, "max_scale_units")
    units = {low_path: min_scale_units, high_path: max_scale_units}
    given = {name: value for name, value in units.items() if value is not None}
    if sku != "ErGwScale":
        for name in given:
            yield ER_05(name, f"scale units belong to ErGwScale, the SKU is {sku}; remove it or change the SKU")
        return
    if len(given) != len(units):
        missing = next(name for name in units if name not in given)
        yield ER_05(missing, "ErGwScale needs a least and a greatest number of scale units (equal for a fixed size)")
        return
    low, high = given[low_path], given[high_path]
    for name, value in given.items():
        if not 1 <= value <= MAX_SCALE_UNITS:
            yield ER_05(name, f"{value} is outside 1 to {MAX_SCALE_UNITS} scale units")
    if low > high:
        yield ER_05(low_path, f"{low} is above {high} ({high_path}); swap or equal them")
    elif low != high and low < 2:
        yield ER_05(low_path, f"{low} to {high}: an automatic range starts at 2; a fixed size has both equal")


def change_of_sku(path: str, gateway: str, there: str, wanted: str, location: str = "") -> Iterator[Problem]:
    """What Azure has of an ExpressRoute gateway can become what is wanted [ER-07].

    path: where the SKU is said. gateway: its physical name. there, wanted: SKUs; what is not known is not judged.
    location: the gateway's region, where ErGwScale may not be offered [ZONE-06].
    """
    order = next((family for family in EXPRESS_ROUTE_UPGRADES if there in family), ())
    if not order or there == wanted or wanted not in EXPRESS_ROUTE_SKUS:
        return
    if wanted in order and order.index(wanted) > order.index(there):
        return
    scales = regions.offers_scalable_gateway(location)
    larger = [sku for sku in order[order.index(there) + 1 :] if scales or sku != "ErGwScale"]
    choice = f"keep {there}" + (f", or take {' or '.join(larger)}" if larger else "")
    migrated = there in EXPRESS_ROUTE_UPGRADES[1] and wanted in EXPRESS_ROUTE_UPGRADES[0]
    yield ER_07(
        path,
        f"{wanted}, but gateway {gateway} in Azure is {there}, which does not become {wanted} in place; {choice}; or "
        + ("use Azure's migration tool, or " if migrated else "")
        + "delete the gateway and its connections and make them anew, about an hour with the VPN alone "
        "(docs/operations.md, 'An ExpressRoute gateway of another SKU')",
    )


def fast_path(path: str, wanted: bool, sku: str, min_scale_units: int | None = None) -> Iterator[Problem]:
    """The gateway's SKU can carry a connection with FastPath [ER-04]."""
    if not wanted:
        return
    if sku not in FAST_PATH_SKUS:
        yield ER_04(path, f"FastPath needs {', '.join(FAST_PATH_SKUS)}, the gateway's SKU is {sku}")
    elif sku == "ErGwScale" and (min_scale_units or 0) < FAST_PATH_SCALE_UNITS:
        units = word(path, "min_scale_units")
        yield ER_04(path, f"FastPath on ErGwScale needs {units} {FAST_PATH_SCALE_UNITS}, it has {min_scale_units}")


def max_circuits(sku: str, min_scale_units: int | None = None) -> int | None:
    """Circuits that a gateway can connect; None for a SKU that is not known [ER-02]."""
    if sku != "ErGwScale":
        return MAX_CIRCUITS.get(sku)
    units = min_scale_units or 1
    return 16 if units >= 10 else 8 if units >= 2 else 4


def circuits(path: str, sku: str, min_scale_units: int | None = None, *, count: int) -> Iterator[Problem]:
    """The gateway can connect this many circuits [ER-02]. path: where the circuits are listed."""
    most = max_circuits(sku, min_scale_units)
    if most is not None and count > most:
        units = f" with {min_scale_units} scale units" if sku == "ErGwScale" else ""
        yield ER_02(path, f"{count} circuits are connected, SKU {sku}{units} takes {most}; use a larger one")


def gateway_mbps(sku: str, min_scale_units: int | None = None) -> int | None:
    """Throughput of an ExpressRoute gateway in Mbps; None for a SKU that is not known [ER-11]."""
    return 1000 * (min_scale_units or 1) if sku == "ErGwScale" else GATEWAY_MBPS.get(sku)


def throughput(path: str, sku: str, min_scale_units: int | None, circuit_mbps: int) -> Iterator[Problem]:
    """The gateway carries the circuit's bandwidth [ER-11]. path: where the circuit's bandwidth is."""
    mbps = gateway_mbps(sku, min_scale_units)
    if mbps is not None and circuit_mbps > mbps:
        yield ER_11(
            path,
            f"the circuit brings {circuit_mbps} Mbps, a gateway of SKU {sku} carries {mbps}; use a larger SKU, or "
            "FastPath, which goes past the gateway",
        )


def vpn_gateway(path: str, sku: str, generation: str | None = None) -> Iterator[Problem]:
    """SKU and generation of a VPN gateway [VPN-02, VPN-04, VPN-06, VPN-09, VPN-10]."""
    here, choice = at(path, "sku"), f"use one of {', '.join(VPN_SKUS)}"
    if sku == "Basic":
        yield VPN_02(here, f"a gateway of SKU Basic cannot be beside an ExpressRoute gateway; {choice}")
    elif f"{sku}AZ" in VPN_SKUS:
        yield VPN_04(here, f"{sku} cannot be created any more; use {sku}AZ")
    elif sku in ("Standard", "HighPerformance"):
        successor = {"Standard": "VpnGw1AZ", "HighPerformance": "VpnGw2AZ"}[sku]
        yield VPN_06(here, f"{sku} is retired; its successor is {successor}")
    elif sku not in VPN_SKUS:
        hint = "; that is an ExpressRoute gateway's SKU;" if sku in EXPRESS_ROUTE_SKUS else did_you_mean(sku, VPN_SKUS)
        yield VPN_10(here, f"{sku!r} is no VPN gateway SKU{hint or ';'} {choice}")
    elif generation is not None and generation not in GENERATIONS:
        yield VPN_09(
            at(path, "generation"),
            f"{generation!r} is neither Generation1 nor Generation2{did_you_mean(generation, GENERATIONS)}",
        )
    elif generation is not None and sku not in GENERATIONS[generation]:
        yield VPN_09(at(path, "generation"), f"{generation} has no {sku}, only {', '.join(GENERATIONS[generation])}")


def active_active(path: str, value: bool) -> Iterator[Problem]:
    """The VPN gateway keeps its tunnels while an instance is maintained [VPN-13]. path: that of the value."""
    if not value:
        yield VPN_13(
            path,
            "with one active instance every tunnel drops whenever Azure maintains it; true gives each site a second "
            "tunnel, at no higher price for the gateway",
        )


def instances(active_active: bool | None) -> int:
    """Instances of a VPN gateway, each with a public address of its own [VPN-11]."""
    return 1 if active_active is False else 2


def addresses(path: str, names: Sequence[str], active_active: bool = True) -> Iterator[Problem]:
    """Each instance of the VPN gateway gets a public address [VPN-11]. path: where their names are listed."""
    need = instances(active_active)
    if len(names) != need:
        yield VPN_11(path, f"{len(names)} given, but the gateway has {need} instance{'s'[: need > 1]}: one for each")
