"""Rules for Azure Bastion: its SKUs and what each can, and the security group of its subnet."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Final, NamedTuple

from . import Problem, did_you_mean, rule
from .prefixes import AZURE_DNS, DEFAULT_ROUTE, PRIVATE, Prefixes, listed
from .security import MAX_SOURCES, NSG_06, NSG_14
from .sources import BASTION_DEVELOPER, BASTION_FAQ, BASTION_NSG
from .sources import BASTION_SKUS as COMPARISON

BAS_04 = rule(
    "BAS-04",
    "a Bastion host is of SKU Developer, Basic, Standard or Premium: more instances and native clients begin with "
    "Standard, recorded sessions with Premium",
    COMPARISON,
)
BAS_05 = rule(
    "BAS-05",
    "a Bastion host of SKU Developer has no subnet, no address and no security group, and is not for production; every "
    "other has its subnet",
    BASTION_DEVELOPER,
)
BAS_06 = rule(
    "BAS-06",
    "a Bastion host's SKU goes up, from Developer by Basic and Standard to Premium, and never down",
    COMPARISON,
)
BAS_07 = rule(
    "BAS-07",
    "a security group of AzureBastionSubnet has all of Microsoft's rules; only where port 443 is reached from is one's "
    "own choice",
    BASTION_NSG,
)
BAS_10 = rule("BAS-10", "where there is Bastion, a tier lets it in", BASTION_NSG, "warning")
BAS_12 = rule(
    "BAS-12",
    "AzureBastionSubnet learns no default route: Bastion is managed over the Internet",
    BASTION_FAQ,
    "warning",
)

SKUS = ("Developer", "Basic", "Standard", "Premium")
"""From the least to the greatest: Azure changes a host's SKU in place from left to right [BAS-06]."""
SHARED_SKU = "Developer"
"""A host that is shared with others: no subnet, no address, no instances [BAS-05]."""
DEFAULT_SKU: Final = "Basic"
FEATURES = {"tunneling": "Standard", "session_recording": "Premium"}
"""The least SKU that has each [BAS-04]."""
SCALABLE_SKUS = SKUS[2:]
"""SKUs whose number of instances can be chosen [BAS-04]."""
SCALE_UNITS = range(2, 51)
"""How many instances a host has [BAS-04]."""
SHARED_SOURCE = IPv4Network(AZURE_DNS)
"""Where a host of SKU Developer comes from [BAS-05]."""
PORTS = (22, 3389)
"""SSH and RDP; another port is for Standard and Premium [BAS-04, BAS-10]."""


class GroupRule(NamedTuple):
    """One security rule that allows traffic, in Azure's words."""

    name: str
    priority: int
    direction: str
    source: str
    destination: str
    ports: Sequence[str]
    protocol: str


_NETWORK, _ANY = "VirtualNetwork", "*"
HTTPS_RULE = "AllowHttpsInbound"
"""The rule whose source is one's own choice: administrators, by their public addresses [BAS-07]."""
GROUP_RULES = (
    GroupRule(HTTPS_RULE, 120, "Inbound", "Internet", _ANY, ("443",), "Tcp"),
    GroupRule("AllowGatewayManagerInbound", 130, "Inbound", "GatewayManager", _ANY, ("443",), "Tcp"),
    GroupRule("AllowAzureLoadBalancerInbound", 140, "Inbound", "AzureLoadBalancer", _ANY, ("443",), "Tcp"),
    GroupRule("AllowBastionHostCommunication", 150, "Inbound", _NETWORK, _NETWORK, ("8080", "5701"), _ANY),
    GroupRule("AllowSshRdpOutbound", 100, "Outbound", _ANY, _NETWORK, tuple(map(str, PORTS)), _ANY),
    GroupRule("AllowAzureCloudOutbound", 110, "Outbound", _ANY, "AzureCloud", ("443",), "Tcp"),
    GroupRule("AllowBastionCommunication", 120, "Outbound", _NETWORK, _NETWORK, ("8080", "5701"), _ANY),
    GroupRule("AllowHttpOutbound", 130, "Outbound", _ANY, "Internet", ("80",), _ANY),
)
"""Microsoft's rules for AzureBastionSubnet, with its names and priorities [BAS-07, BAS-08]."""


def sku(path: str, sku: str) -> Iterator[Problem]:
    """The SKU is one of Bastion's, and one's own rather than shared [BAS-04, BAS-05]."""
    if sku not in SKUS:
        yield BAS_04(path, f"{sku!r} is none of {', '.join(SKUS)}{did_you_mean(sku, SKUS)}")
    elif sku == SHARED_SKU:
        yield BAS_05.warning(
            path,
            f"{sku} is shared with others: one session at a time, in the portal, in some regions only, and not for "
            f"production; {DEFAULT_SKU} is the least of one's own",
        )


def subnet(path: str, prefix: IPv4Network | None = None, sku: str = DEFAULT_SKU) -> Iterator[Problem]:
    """A host has a subnet exactly where it is one's own [BAS-05]. path: that of the subnet's prefix."""
    if sku == SHARED_SKU and prefix is not None:
        yield BAS_05(path, f"a host of SKU {sku} has no subnet; remove it, or take {DEFAULT_SKU} or a greater SKU")
    elif sku in SKUS and sku != SHARED_SKU and prefix is None:
        yield BAS_05(path, f"is missing; a host of SKU {sku} has a subnet of its own, a /26 (64) or larger")


def security_group(path: str, wanted: bool, sku: str = DEFAULT_SKU) -> Iterator[Problem]:
    """A subnet that is not there has no security group [BAS-05]."""
    if wanted and sku == SHARED_SKU:
        yield BAS_05(path, f"a host of SKU {sku} has no subnet to guard; remove it")


def allowed_sources(path: str, sources: Sequence[IPv4Network], security_group: bool = False) -> Iterator[Problem]:
    """Who reaches Bastion's port 443: public addresses, apart from each other [BAS-07, NSG-06,
    NSG-14]."""
    if not security_group:
        yield BAS_07(
            path, "is a rule of a security group that AzureBastionSubnet has not; have one made, or remove this"
        )
        return
    if not sources:
        yield BAS_07(path, "has no prefix, so nobody would reach Bastion; name one, or leave it out for the Internet")
    if len(sources) > MAX_SOURCES:
        yield NSG_06(path, f"{len(sources)} prefixes, a security group takes {MAX_SOURCES}; name fewer, wider ones")
    named = list(listed(path, sources))
    known = Prefixes(named)
    for here, source in named:
        if (wider := known.covering(source)) and wider[0] != here:
            yield NSG_14(here, f"{source} lies in {wider[1]} ({wider[0]}); remove it")
    private = Prefixes(("", prefix) for prefix in PRIVATE)
    for here, source in named:
        if private.covering(source):
            yield BAS_07.warning(
                here,
                f"{source} is private, and Bastion is reached at a public address; name administrators' public ones",
            )


def feature(path: str, wanted: bool, sku: str = DEFAULT_SKU, *, name: str) -> Iterator[Problem]:
    """The SKU has what is wanted [BAS-04]."""
    least = FEATURES[name]
    if wanted and sku in SKUS and SKUS.index(sku) < SKUS.index(least):
        yield BAS_04(path, f"needs SKU {' or '.join(SKUS[SKUS.index(least) :])}, and the SKU is {sku}")


def scale_units(path: str, units: int, sku: str = DEFAULT_SKU) -> Iterator[Problem]:
    """So many instances a host of this SKU can have [BAS-04]."""
    least, most = SCALE_UNITS[0], SCALE_UNITS[-1]
    if units not in SCALE_UNITS:
        yield BAS_04(path, f"{units} is outside {least} to {most} scale units")
    elif sku in SKUS and sku not in SCALABLE_SKUS and (units != least or sku == SHARED_SKU):
        has = "none" if sku == SHARED_SKU else least
        yield BAS_04(path, f"{units} scale units need SKU {' or '.join(SCALABLE_SKUS)}; {sku} has {has}")


def default_route(path: str, prefixes: Sequence[IPv4Network], bastion_path: str) -> Iterator[Problem]:
    """No default route is announced to a network with Bastion [BAS-12]. path: where the prefixes are listed."""
    if DEFAULT_ROUTE in prefixes:
        yield BAS_12(
            f"{path}[{list(prefixes).index(DEFAULT_ROUTE)}]",
            f"{DEFAULT_ROUTE} reaches AzureBastionSubnet ({bastion_path}) too, and Bastion loses the Internet that it "
            "is managed over; announce narrower prefixes, or do without Bastion",
        )


def lets_in(ports: Sequence[str], protocol: str, sku: str = DEFAULT_SKU) -> bool:
    """Whether traffic of this protocol to these ports is SSH or RDP for a host of this SKU [BAS-10].

    From Standard on any port can be: machines may listen elsewhere, and the host is told so at each session.
    """
    if protocol not in ("Tcp", "*"):
        return False
    return sku in SCALABLE_SKUS or any(port in PORTS for text in ports for port in _of(text))


def _of(text: str) -> range:
    """The ports of a text such as 22, 20-25 or `*`; none of one that is neither."""
    low, _, high = ("0-65535" if text == "*" else text).partition("-")
    return range(int(low), int(high or low) + 1) if low.isdigit() and (high or low).isdigit() else range(0)


def change_of_sku(path: str, host: str, there: str, wanted: str) -> Iterator[Problem]:
    """What Azure has of a host can become what is wanted [BAS-06].

    path: where the SKU is said. host: its physical name. there, wanted: SKUs; what is not known is not judged.
    """
    if there not in SKUS or wanted not in SKUS or SKUS.index(wanted) >= SKUS.index(there):
        return
    larger = SKUS[SKUS.index(there) + 1 :]
    yield BAS_06(
        path,
        f"{wanted}, but Bastion host {host} in Azure is {there}, and Azure answers BastionUpdateNotSupported; keep "
        f"{there}{', or take ' + ' or '.join(larger) if larger else ''}; or delete the host and make it anew, about 20 "
        "minutes without Bastion (docs/operations.md, 'A Bastion host of a lesser SKU')",
    )
