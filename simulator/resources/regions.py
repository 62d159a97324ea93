"""What the regions of Azure have, as Microsoft's pages list it: REGIONS (2025-09-23), SCALEGW2 (2025-11-06)."""

ZONES = ("1", "2", "3")
"""The zones of every region that has any."""

_WITHOUT = """
    australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast francesouth germanynorth koreasouth
    northcentralus norwaywest southafricawest southindia swedensouth switzerlandwest uaecentral ukwest westcentralus
    westindia westus
    chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2
    usdodcentral usdodeast usgovarizona usgovtexas
"""
"""ZONE-02; and ZONE-03, where the pages list none for them. swedensouth is restricted, and none is listed for it."""
WITHOUT_ZONES = frozenset(_WITHOUT.split())
_WITH = """
    australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral eastasia
    eastus eastus2 francecentral germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest
    koreacentral malaysiawest mexicocentral newzealandnorth northeurope norwayeast polandcentral qatarcentral
    southafricanorth southcentralus southeastasia spaincentral swedencentral switzerlandnorth uaenorth uksouth
    westeurope westus2 westus3
    usgovvirginia chinanorth3
"""
WITH_ZONES = frozenset(_WITH.split())
"""ZONE-01 and ZONE-03. Of a region in neither list nobody knows; it is taken as it is used."""
_NO_SCALE = """
    belgiumcentral eastus2 japaneast qatarcentral southcentralus southeastasia westeurope westindia westus2
"""
WITHOUT_ERGWSCALE = frozenset(_NO_SCALE.split())
"""ZONE-06: the page says that the SKU is not offered there, and not what Azure answers who asks for it."""
