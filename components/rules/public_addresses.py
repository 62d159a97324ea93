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
PIP_05 = rule(
    "PIP-05",
    "the public addresses of a VPN gateway without an AZ SKU have no zones",
    "Azure's answer RegionalVmssVpnGatewayPublicIpsMustNotHaveZonesConfigured, as users report it",
)
PIP_12 = rule(
    "PIP-12",
    "whether addresses without zones do for an AZ SKU in a region without zones is not documented",
    CONSOLIDATION,
    "warning",
)
PIP_13 = rule("PIP-13", "a public address has zones only in a region that has them", REGIONS, "warning")

REGIONS_WITHOUT_ZONES = frozenset(
    (
        *("australiacentral", "australiacentral2", "australiasoutheast", "brazilsoutheast", "canadaeast"),
        *("francesouth", "germanynorth", "jioindiacentral", "jioindiawest", "northcentralus", "norwaywest"),
        *("southafricawest", "southindia", "switzerlandwest", "uaecentral", "ukwest", "westcentralus", "westindia"),
        "westus",
    )
)
"""Regions without availability zones, as of 2025; some may have got them since [PIP-12, PIP-13]."""


def vpn_gateway(path: str, sku: str, zones: Sequence[str], location: str | None = None) -> Iterator[Problem]:
    """Zones of the VPN gateway's public addresses, against its SKU and region [PIP-04, PIP-05, PIP-12, PIP-13].

    path: that of the zones. location: Azure region; None where it is not known.
    """
    region = (location or "").lower().replace(" ", "")
    without = region in REGIONS_WITHOUT_ZONES
    if not sku.endswith("AZ"):
        if zones:
            yield PIP_05(
                path, f"zones {', '.join(zones)}, but a gateway of SKU {sku} has none; use an AZ SKU or no zones"
            )
    elif not zones and not without:
        yield PIP_04(path, f"a gateway of SKU {sku} needs public addresses with zones; write ['1', '2', '3']")
    elif not zones:
        yield PIP_12(path, f"{location} has no zones; Azure does not say whether {sku} takes addresses without")
    elif without:
        yield PIP_13(
            path, f"zones {', '.join(zones)}, but {location} had no zones when this was written; if so still, write []"
        )
