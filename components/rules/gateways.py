"""Rules for the SKUs of both gateways and for the names inside one network."""

from collections.abc import Iterator

from . import Problem, rule

_LEARN = "https://learn.microsoft.com/azure"

ER_01 = rule(
    "ER-01",
    "an ExpressRoute gateway has an ExpressRoute SKU",
    f"{_LEARN}/expressroute/expressroute-about-virtual-network-gateways#gwsku",
)
ER_05 = rule(
    "ER-05",
    "ErGwScale has 1 to 40 scale units; an automatic range starts at 2 or more",
    f"{_LEARN}/expressroute/expressroute-howto-scalable-portal",
)
ER_04 = rule(
    "ER-04",
    "FastPath needs UltraPerformance, ErGw3AZ or ErGwScale with at least 10 scale units",
    f"{_LEARN}/expressroute/about-fastpath",
)
VPN_04 = rule(
    "VPN-04",
    "a new VPN gateway has a zone-redundant (AZ) SKU",
    f"{_LEARN}/vpn-gateway/gateway-sku-consolidation",
)
VPN_09 = rule(
    "VPN-09",
    "Generation1 has VpnGw1AZ to VpnGw3AZ, Generation2 has VpnGw2AZ to VpnGw5AZ",
    f"{_LEARN}/vpn-gateway/about-gateway-skus",
)
NAME_01 = rule("NAME-01", "a name is used once in its list", "this project: names are logical names and parts of ids")

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
VPN_SKUS = ("VpnGw1AZ", "VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ")
"""SKUs in which a VPN gateway beside ExpressRoute can be created today [VPN-02, VPN-04, VPN-06]."""
GENERATIONS = {"Generation1": VPN_SKUS[:3], "Generation2": VPN_SKUS[1:]}
"""VPN gateway SKUs of each hardware generation [VPN-09]."""
FAST_PATH_SKUS = ("UltraPerformance", "ErGw3AZ", "ErGwScale")
FAST_PATH_SCALE_UNITS = 10
"""Least scale units of an ErGwScale gateway with FastPath [ER-04]."""
MAX_SCALE_UNITS = 40
"""[ER-05]"""


def default_generation(sku: str) -> str:
    """The generation a new gateway of this SKU gets: 2 wherever it exists, it is faster at the same price."""
    return "Generation2" if sku in GENERATIONS["Generation2"] else "Generation1"


def express_route_gateway(
    path: str, sku: str, min_scale_units: int | None = None, max_scale_units: int | None = None
) -> Iterator[Problem]:
    """SKU and scale units of an ExpressRoute gateway [ER-01, ER-05]."""
    if sku not in EXPRESS_ROUTE_SKUS:
        hint = "that is a VPN gateway's SKU; " if sku in VPN_SKUS or sku.startswith("VpnGw") else ""
        yield ER_01(
            f"{path}.sku",
            f"{sku!r} is no ExpressRoute gateway SKU; {hint}use one of {', '.join(EXPRESS_ROUTE_SKUS)}",
        )
        return
    units = {"minScaleUnits": min_scale_units, "maxScaleUnits": max_scale_units}
    given = {name: value for name, value in units.items() if value is not None}
    if sku != "ErGwScale":
        for name in given:
            yield ER_05(
                f"{path}.{name}",
                f"scale units belong to ErGwScale, the SKU is {sku}; remove it or change the SKU",
            )
        return
    if len(given) != len(units):
        missing = next(name for name in units if name not in given)
        yield ER_05(
            f"{path}.{missing}",
            "ErGwScale needs both minScaleUnits and maxScaleUnits (equal for a fixed size)",
        )
        return
    low, high = given["minScaleUnits"], given["maxScaleUnits"]
    for name, value in given.items():
        if not 1 <= value <= MAX_SCALE_UNITS:
            yield ER_05(f"{path}.{name}", f"{value} is outside 1 to {MAX_SCALE_UNITS} scale units")
    if low > high:
        yield ER_05(f"{path}.minScaleUnits", f"{low} is above maxScaleUnits {high}")
    elif low != high and low < 2:
        yield ER_05(
            f"{path}.minScaleUnits",
            f"{low} to {high}: an automatic range starts at 2; a fixed size has both equal",
        )


def fast_path(path: str, sku: str, min_scale_units: int | None = None) -> Iterator[Problem]:
    """The gateway's SKU can carry a connection with FastPath [ER-04]."""
    if sku not in FAST_PATH_SKUS:
        yield ER_04(path, f"FastPath needs {', '.join(FAST_PATH_SKUS)}, the gateway's SKU is {sku}")
    elif sku == "ErGwScale" and (min_scale_units or 0) < FAST_PATH_SCALE_UNITS:
        yield ER_04(
            path,
            f"FastPath on ErGwScale needs minScaleUnits {FAST_PATH_SCALE_UNITS}, it has {min_scale_units}",
        )


def vpn_gateway(path: str, sku: str, generation: str | None = None) -> Iterator[Problem]:
    """SKU and generation of a VPN gateway [VPN-04, VPN-09]."""
    if sku not in VPN_SKUS:
        hint = (
            "that is an ExpressRoute gateway's SKU; "
            if sku.startswith("ErGw")
            else "others cannot be created any more; "
        )
        yield VPN_04(f"{path}.sku", f"{sku!r}: {hint}use one of {', '.join(VPN_SKUS)}")
    elif generation is not None and generation not in GENERATIONS:
        yield VPN_09(f"{path}.generation", f"{generation!r} is neither Generation1 nor Generation2")
    elif generation is not None and sku not in GENERATIONS[generation]:
        yield VPN_09(f"{path}.generation", f"{generation} has no {sku}, only {', '.join(GENERATIONS[generation])}")
