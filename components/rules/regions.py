"""Azure's regions: which have availability zones, and where ErGwScale is offered.

The tables have their dates. A region that is in none is no mistake: it may be new, and its zones can be said.
"""

ZONES_READ = "2025-09-23"
"""Date of the page of Azure's regions (`sources.REGIONS`) that the two tables are from [ZONE-01, ZONE-02]. China's are
from docs.azure.cn's own page, US Government's from the page on services with availability zones [ZONE-03]."""
WITH_ZONES = frozenset(
    (
        *("australiaeast", "austriaeast", "belgiumcentral", "brazilsouth", "canadacentral", "centralindia"),
        *("centralus", "chilecentral", "eastasia", "eastus", "eastus2", "francecentral", "germanywestcentral"),
        *("indonesiacentral", "israelcentral", "italynorth", "japaneast", "japanwest", "koreacentral"),
        *("malaysiawest", "mexicocentral", "newzealandnorth", "northeurope", "norwayeast", "polandcentral"),
        *("qatarcentral", "southafricanorth", "southcentralus", "southeastasia", "spaincentral", "swedencentral"),
        *("switzerlandnorth", "uaenorth", "uksouth", "westeurope", "westus2", "westus3"),
        *("chinanorth3", "usgovvirginia"),
    )
)
"""Regions with availability zones, three each."""
WITHOUT_ZONES = frozenset(
    (
        *("australiacentral", "australiacentral2", "australiasoutheast", "brazilsoutheast", "canadaeast"),
        *("francesouth", "germanynorth", "jioindiacentral", "jioindiawest", "koreasouth", "northcentralus"),
        *("norwaywest", "southafricawest", "southindia", "swedensouth", "switzerlandwest", "uaecentral", "ukwest"),
        *("westcentralus", "westindia", "westus"),
        *("chinaeast", "chinaeast2", "chinaeast3", "chinanorth", "chinanorth2"),
        *("usdodcentral", "usdodeast", "usgovarizona", "usgoviowa", "usgovtexas"),
    )
)
"""Regions without availability zones, or for which the pages list none."""
KNOWN = WITH_ZONES | WITHOUT_ZONES
ALL_ZONES = ("1", "2", "3")
"""Zones of a region that has them."""

SCALABLE_READ = "2025-11-06"
"""Date of the page on scalable ExpressRoute gateways (`sources.ER_SCALABLE_GATEWAYS`)."""
WITHOUT_SCALABLE_GATEWAY = frozenset(
    (
        *("belgiumcentral", "eastus2", "japaneast", "qatarcentral", "southcentralus", "southeastasia"),
        *("westeurope", "westindia", "westus2"),
    )
)
"""Regions where ErGwScale is not offered [ZONE-06]."""


def normal(location: str) -> str:
    """A region as Azure compares it: `West US 2` is `westus2`."""
    return "".join(location.split()).lower()


def cloud_of(location: str) -> str | None:
    """The cloud of a region, as `azure-native:environment` calls it; None of a region that is not known."""
    region = normal(location)
    if region.startswith(("usgov", "usdod")):
        return "usgovernment"
    return "china" if region.startswith("china") else "public" if region in KNOWN else None


def offers_scalable_gateway(location: str) -> bool:
    """Whether ErGwScale is offered in a region; of one that is not known it is taken to be [ZONE-06]."""
    return normal(location) not in WITHOUT_SCALABLE_GATEWAY


def zones_of(location: str) -> tuple[str, ...] | None:
    """The zones of a region; empty where it has none, None where the tables do not know it."""
    region = normal(location)
    return ALL_ZONES if region in WITH_ZONES else () if region in WITHOUT_ZONES else None
