"""Rules for the zones of the VPN gateway's public addresses."""

from collections.abc import Iterator, Sequence

from . import Problem, rule
from .sources import REGIONS
from .sources import VPN_SKU_CONSOLIDATION as CONSOLIDATION

PIP_04 = rule(
    "PIP-04",
    "the public addresses of a VPN gateway with an AZ SKU have zones",
    "Azure's answer VmssVpnGatewayPublicIpsMustHaveZonesConfigured, as users report it",
)
PIP_12 = rule(
    "PIP-12",
    "whether addresses without zones do for an AZ SKU in a region without zones is not documented",
    CONSOLIDATION,
    "warning",
)
PIP_13 = rule("PIP-13", "a public address has zones only in a region that has them", REGIONS, "warning")

ZONE_04 = rule("ZONE-04", "a zone is 1, 2 or 3, and named once", REGIONS)

ALL_ZONES = ("1", "2", "3")
"""Zones of a region that has them; the default of the public addresses."""
REGIONS_WITHOUT_ZONES = frozenset(
    (
        *("australiacentral", "australiacentral2", "australiasoutheast", "brazilsoutheast", "canadaeast"),
        *("francesouth", "germanynorth", "jioindiacentral", "jioindiawest", "northcentralus", "norwaywest"),
        *("southafricawest", "southindia", "switzerlandwest", "uaecentral", "ukwest", "westcentralus", "westindia"),
        "westus",
    )
)
"""Regions without availability zones, as of 2025; some may have got them since [PIP-12, PIP-13]."""


def zones(path: str, given: Sequence[str]) -> Iterator[Problem]:
    """Zones that a region can have, once each [ZONE-04]."""
    for index, zone in enumerate(given):
        if zone not in ALL_ZONES:
            yield ZONE_04(f"{path}[{index}]", f"{zone!r} is none of {', '.join(ALL_ZONES)}")
        elif zone in given[:index]:
            yield ZONE_04(f"{path}[{index}]", f"{zone} is also {path}[{list(given).index(zone)}]; remove one")


def vpn_gateway(
    path: str, sku: str, zones: Sequence[str] = ALL_ZONES, location: str | None = None
) -> Iterator[Problem]:
    """Zones of the VPN gateway's public addresses, against its SKU and region [PIP-04, PIP-12, PIP-13].

    path: that of the zones. sku: one that can be created today, so a zone-redundant one. location: Azure region; None
    where it is not known.
    """
    region = (location or "").lower().replace(" ", "")
    without = region in REGIONS_WITHOUT_ZONES
    if not zones and not without:
        yield PIP_04(path, f"a gateway of SKU {sku} needs public addresses with zones; write ['1', '2', '3']")
    elif not zones:
        yield PIP_12(path, f"{location} has no zones; Azure does not say whether {sku} takes addresses without")
    elif without:
        yield PIP_13(
            path, f"zones {', '.join(zones)}, but {location} had no zones when this was written; if so still, write []"
        )
