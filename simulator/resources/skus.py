"""What Azure documents of gateway SKUs."""

VPN_AZ = ("VpnGw1AZ", "VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ")
VPN_NON_AZ = ("VpnGw1", "VpnGw2", "VpnGw3", "VpnGw4", "VpnGw5")
VPN_LEGACY = ("Standard", "HighPerformance")
"""VPN-06: legacy SKUs of VPN gateways; the same names are current for ExpressRoute."""
VPN = ("Basic", *VPN_AZ, *VPN_NON_AZ, *VPN_LEGACY)

ER_FAMILIES = (("Standard", "HighPerformance", "UltraPerformance"), ("ErGw1AZ", "ErGw2AZ", "ErGw3AZ", "ErGwScale"))
"""ER-07: an upgrade stays inside one of these, left to right; there is no way back."""
ER = tuple(name for family in ER_FAMILIES for name in family)

GENERATIONS = {"Generation1": (1, 2, 3), "Generation2": (2, 3, 4, 5)}
"""VPN-09: which VpnGw sizes a generation has."""

ER_CIRCUITS = {
    "Standard": 4,
    "ErGw1AZ": 4,
    "HighPerformance": 8,
    "ErGw2AZ": 8,
    "UltraPerformance": 16,
    "ErGw3AZ": 16,
}
"""ER-02: circuits a gateway may have."""
FASTPATH = ("UltraPerformance", "ErGw3AZ")
"""ER-04: SKUs with FastPath, besides ErGwScale with 10 units or more."""


def vpn_size(sku: str) -> int:
    """The number in VpnGw2AZ; 0 for the SKUs without one."""
    digits = [char for char in sku if char.isdigit()]
    return int(digits[0]) if sku.startswith("VpnGw") and digits else 0


def default_generation(sku: str) -> str:
    """The generation Azure takes when none is said."""
    size = vpn_size(sku)
    return "Generation2" if size > 3 else "Generation1"


def max_circuits(sku: str, units: int) -> int:
    """ER-02: circuits per gateway; a scaled one has more with 2 and with 10 units."""
    if sku == "ErGwScale":
        return 16 if units >= 10 else 8 if units >= 2 else 4
    return ER_CIRCUITS[sku]


def has_fastpath(sku: str, units: int) -> bool:
    """ER-04."""
    return sku in FASTPATH or (sku == "ErGwScale" and units >= 10)


def er_change_allowed(old: str, new: str) -> bool:
    """ER-07: may an ExpressRoute gateway change from one SKU to the other in place?"""
    return any(old in family and new in family and family.index(old) <= family.index(new) for family in ER_FAMILIES)
