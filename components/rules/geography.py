"""Geopolitical regions: which Azure regions a circuit of tier Standard reaches from its peering location."""

from collections.abc import Iterator

from . import Problem, rule
from .circuits import same_name
from .regions import normal
from .sources import ER_LOCATIONS

READ = "2024-04-05"
"""Date of the page that the table is from. A place or a region that is not in it may be new: nothing is said of it."""
CIRCUIT_23 = rule(
    "CIRCUIT-23",
    "a circuit whose peering location is in another geopolitical region than its gateway is of tier Premium",
    ER_LOCATIONS,
)
_TABLE = (
    ("Australia Government", "australiacentral australiacentral2", "Canberra"),
    (
        "Europe",
        "francecentral francesouth germanynorth germanywestcentral italynorth northeurope norwayeast norwaywest "
        "polandcentral swedencentral switzerlandnorth switzerlandwest ukwest uksouth westeurope",
        "Amsterdam, Berlin, Copenhagen, Dublin, Frankfurt, Geneva, London, Madrid, Marseille, Milan, Munich, "
        "Newport(Wales), Oslo, Paris, Stavanger, Stockholm, Warsaw, Zurich",
    ),
    (
        "North America",
        "eastus westus eastus2 westus2 westus3 centralus southcentralus northcentralus westcentralus canadacentral "
        "canadaeast",
        "Atlanta, Chicago, Dallas, Denver, Las Vegas, Los Angeles, Miami, Minneapolis, Montreal, New York, Phoenix, "
        "Quebec City, Queretaro(Mexico), Quincy, San Antonio, Seattle, Silicon Valley, Toronto, Vancouver, "
        "Washington DC",
    ),
    ("Asia", "eastasia southeastasia", "Bangkok, Hong Kong, Jakarta, Kuala Lumpur, Singapore, Taipei"),
    ("India", "westindia centralindia southindia", "Chennai, Mumbai, Pune"),
    ("Israel", "israelcentral", "Tel Aviv"),
    ("Japan", "japanwest japaneast", "Osaka, Tokyo"),
    ("Oceania", "australiaeast australiasoutheast", "Auckland, Melbourne, Perth, Sydney"),
    ("South Korea", "koreacentral koreasouth", "Busan, Seoul"),
    ("UAE", "uaecentral uaenorth", "Abu Dhabi, Dubai"),
    ("South Africa", "southafricawest southafricanorth", "Cape Town, Johannesburg"),
    ("South America", "brazilsouth", "Campinas, Rio de Janeiro, Sao Paulo, Santiago"),
    ("Qatar", "qatarcentral", "Doha"),
)
"""Geopolitical region, its Azure regions, its peering locations without the numbers of further ones in a city. National
clouds are left out: they are others' networks."""
_OF_REGIONS = {region: name for name, regions, _ in _TABLE for region in regions.split()}
_OF_PLACES = {same_name(place): name for name, _, places in _TABLE for place in places.split(", ")}


def of_place(place: str) -> str | None:
    """The geopolitical region of a peering location; None where the table does not know it."""
    return _OF_PLACES.get(same_name(place).rstrip("0123456789"))


def of_region(location: str) -> str | None:
    """The geopolitical region of an Azure region; None where the table does not know it."""
    return _OF_REGIONS.get(normal(location))


def within_reach(
    path: str, tier: str, place: str | None, location: str, *, said: bool, location_path: str
) -> Iterator[Problem]:
    """A circuit reaches its gateway's region [CIRCUIT-23].

    path: that of the tier. place: the peering location, where it is known. location: the gateway's region. said: the
    tier is that of the circuit for certain; of an existing one that nobody says it may be Premium.
    """
    here, there = of_region(location), of_place(place) if place else None
    if tier != "Standard" or here is None or there is None or here == there:
        return
    tell = CIRCUIT_23 if said else CIRCUIT_23.warning
    way_out = "set Premium" if said else "say what it is"
    yield tell(
        path,
        f"Standard, but {place} is in {there} and {location} ({location_path}) in {here}: Standard reaches only the "
        f"regions of its own geopolitical region; {way_out}, or take a place in {here}",
    )
