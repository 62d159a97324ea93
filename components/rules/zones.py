"""Rules for availability zones: of public addresses, of load balancers' frontends, and of regions."""

from collections.abc import Iterator, Mapping, Sequence

from . import Problem, did_you_mean, regions, rule
from .regions import ALL_ZONES
from .sources import ER_SCALABLE_GATEWAYS, LB_RELIABILITY, PROVIDER, REGIONS
from .sources import VPN_SKU_CONSOLIDATION as CONSOLIDATION

CLOUD_01 = rule(
    "CLOUD-01", "all regions are of one cloud, the one that azure-native:environment says: public by default", PROVIDER
)
LB_01 = rule(
    "LB-01",
    "a load balancer's frontend keeps the zones that it was made with; others make a new one",
    LB_RELIABILITY,
    "warning",
)
LB_03 = rule(
    "LB-03",
    "an internal frontend is told its zones where the region has them: without them Azure promises none",
    LB_RELIABILITY,
    "warning",
)
LB_04 = rule(
    "LB-04",
    "a load balancer's frontend is in exactly one zone, or in all of them",
    "Azure's answers, as users report them",
)
PIP_04 = rule(
    "PIP-04",
    "the public addresses of a VPN gateway with an AZ SKU have zones",
    "Azure's answer VmssVpnGatewayPublicIpsMustHaveZonesConfigured, as users report it",
)
PIP_07 = rule(
    "PIP-07",
    "a public address keeps the zones it was made with",
    "Azure's answers, as users report them",
    "warning",
)
PIP_12 = rule(
    "PIP-12",
    "whether addresses without zones do for an AZ SKU in a region without zones is not documented",
    CONSOLIDATION,
    "warning",
)
ZONE_01 = rule("ZONE-01", "whether a region has availability zones is known, or said", REGIONS)
ZONE_04 = rule("ZONE-04", "a zone is 1, 2 or 3, named once, and in a region that has zones", REGIONS)
ZONE_06 = rule("ZONE-06", "ErGwScale is offered in the gateway's region", ER_SCALABLE_GATEWAYS)

CLOUDS = ("public", "usgovernment", "china")
"""What `azure-native:environment` may be; with Azure's own longer names, such as AzureUSGovernmentCloud, too."""


def listed(path: str, given: Sequence[str]) -> Iterator[Problem]:
    """Zones that a region can have, once each [ZONE-04]."""
    for index, zone in enumerate(given):
        if zone not in ALL_ZONES:
            yield ZONE_04(f"{path}[{index}]", f"{zone!r} is none of {', '.join(ALL_ZONES)}")
        elif zone in given[:index]:
            yield ZONE_04(f"{path}[{index}]", f"{zone} is also {path}[{list(given).index(zone)}]; remove one")


def in_region(path: str, given: Sequence[str], location: str) -> Iterator[Problem]:
    """Zones only in a region that has them [ZONE-04]. A region that is not known is not judged."""
    if given and regions.zones_of(location) == ():
        yield ZONE_04(
            path,
            f"zones {', '.join(given)}, but {location} has no availability zones (Azure's list of "
            f"{regions.ZONES_READ}); Azure answers LocationNotSupportAvailabilityZones; write []",
        )


def cloud(path: str, environment: str | None, places: Mapping[str, str]) -> Iterator[Problem]:
    """Every region is of the cloud that is deployed to [CLOUD-01]. A region that is not known is not judged.

    path: where the cloud is said. environment: what is said there; None where that is not known, since a variable of
    the process may say it. places: where each region is said, the network's own first, and the region.
    """
    said = environment and environment.lower().removeprefix("azure").removesuffix("cloud")
    of = {here: cloud for here, location in places.items() if (cloud := regions.cloud_of(location))}
    if said and said not in CLOUDS:
        near = did_you_mean(said, CLOUDS)
        yield CLOUD_01.warning(path, f"{environment!r} is none of {', '.join(CLOUDS)}, which azure-native names{near}")
        return
    first, *_ = [*of.values(), "public"]
    for number, (here, cloud) in enumerate(of.items()):
        if said is None and number == 0 and cloud != "public":
            yield CLOUD_01.warning(
                path, f"not said, and {places[here]} is a region of cloud {cloud}; say {cloud}, or set ARM_ENVIRONMENT"
            )
        elif cloud != (said or first):
            yield CLOUD_01(
                here,
                f"{places[here]} is a region of cloud {cloud}, but {path} says {said}; take a region of {said}, or "
                f"`pulumi config set {path} {cloud}`"
                if said
                else f"{places[here]} is a region of cloud {cloud}, but the network's own of {first}; take one of that",
            )


def known(path: str, location: str) -> Iterator[Problem]:
    """Whether the region has zones is in the tables, where nothing says it [ZONE-01]. path: where it could be said."""
    if regions.zones_of(location) is None:
        yield ZONE_01(
            path,
            f"not said, and Azure's list of {regions.ZONES_READ} has no region {location!r}"
            f"{did_you_mean(location, regions.KNOWN) or ';'} if it is a region, say what it has: [1, 2, 3], or [] for "
            "none",
        )


def vpn_gateway(
    path: str, sku: str, zones: Sequence[str] = ALL_ZONES, location: str | None = None
) -> Iterator[Problem]:
    """Zones of the VPN gateway's public addresses, against its SKU and region [PIP-04, PIP-12, ZONE-04].

    path: that of the zones. sku: one that can be created today, so a zone-redundant one. location: Azure region; None
    where it is not known.
    """
    if zones:
        yield from in_region(path, zones, location or "")
    elif location is None or regions.zones_of(location):
        yield PIP_04(path, f"a gateway of SKU {sku} needs public addresses with zones; write ['1', '2', '3']")
    else:
        none = "has no zones" if regions.zones_of(location) == () else f"is not in Azure's list of {regions.ZONES_READ}"
        yield PIP_12(
            path,
            f"none, and {location} {none}: that {sku} takes addresses without zones where there are none follows from "
            "Azure's answers, but no document says so",
        )


def frontend(path: str, zones: Sequence[str], location: str | None = None) -> Iterator[Problem]:
    """Zones of a load balancer's frontend: one or all, and not none where there are some [LB-03, LB-04].

    path: that of the zones. location: Azure region; None where it is not known.
    """
    if len(set(zones)) not in (0, 1, len(ALL_ZONES)):
        yield LB_04(
            path,
            f"zones {', '.join(zones)}: a load balancer's frontend takes one zone, or all of {', '.join(ALL_ZONES)}; "
            "Azure answers ResourceCannotHaveMultipleZonesSpecified",
        )
    elif not zones and location is not None and regions.zones_of(location):
        yield LB_03(
            path,
            f"no zones, but {location} has them: Azure does not promise that the frontend outlives the loss of one; "
            "write ['1', '2', '3']",
        )


def kept_by_frontend(
    path: str, balancer: str, there: Sequence[str], wanted: Sequence[str], way_out: str
) -> Iterator[Problem]:
    """A live frontend that is not in the zones that a new one would be in: it stays as it is [LB-01].

    path: where its zones can be said. balancer: its physical name. there, wanted: zones. way_out: how it gets them.
    """
    if set(there) != set(wanted):
        yield LB_01(
            path,
            f"the frontend of {balancer} is in {_words(there)} and stays so, though a new one would be in "
            f"{_words(wanted)}: Azure changes no frontend's zones; {way_out}",
        )


def kept_by_address(
    path: str, address: str, there: Sequence[str], wanted: Sequence[str], way_out: str
) -> Iterator[Problem]:
    """A live public address that is not in the zones that a new one would be in: it stays as it is [PIP-07].

    path: where its zones are said. address: its physical name. there, wanted: zones. way_out: how it gets them.
    """
    if set(there) != set(wanted):
        yield PIP_07(
            path,
            f"the address {address} is in {_words(there)} and stays so, though a new one would be in "
            f"{_words(wanted)}: Azure changes no address's zones; {way_out}",
        )


def scalable_gateway(path: str, sku: str, location: str) -> Iterator[Problem]:
    """ErGwScale is offered in the region [ZONE-06]. path: that of the SKU."""
    if sku == "ErGwScale" and not regions.offers_scalable_gateway(location):
        yield ZONE_06(
            path,
            f"ErGwScale is not offered in {location} (Azure's list of {regions.SCALABLE_READ}); use ErGw1AZ, ErGw2AZ "
            "or ErGw3AZ",
        )


def _words(zones: Sequence[str]) -> str:
    if not zones:
        return "no zone"
    return f"zone{'s'[: len(zones) > 1]} {', '.join(sorted(zones))}"
