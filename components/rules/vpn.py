"""Rules for the VPN's sites: each by itself, and side by side."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from . import Problem, at, did_you_mean, few, rule, word
from .limits import site_prefixes
from .prefixes import DEFAULT_ROUTE, NOT_ROUTED, PRIVATE, Prefixes, listed
from .sources import AWS_TUTORIAL, VPN_FAQ, VPN_MODIFY_SITE

VPN_14 = rule("VPN-14", "several appliances in front of the same prefixes need BGP, all of them", VPN_FAQ)
VPN_17 = rule("VPN-17", "a static prefix of a site overlaps neither the virtual network nor another site's", VPN_FAQ)
VPN_18 = rule(
    "VPN-18",
    "a BGP peer's own /32 is not among the prefixes: Azure adds that route by itself",
    f"{VPN_FAQ}#bgp",
    "warning",
)
VPN_19 = rule(
    "VPN-19",
    "a connection's mode is Default, InitiatorOnly or ResponderOnly",
    VPN_FAQ,
)
VPN_24 = rule(
    "VPN-24",
    "an appliance's public address is one that the Internet can reach",
    "RFC 6890 (special-purpose addresses)",
)
VPN_25 = rule(
    "VPN-25", "each site has a public address or a name of its own", "this project: one connection, one address"
)
VPN_26 = rule("VPN-26", "a site without BGP has at least one static prefix", VPN_FAQ)
VPN_27 = rule(
    "VPN-27",
    "an appliance's public address is in no on-premises prefix, else the tunnel itself goes where that prefix goes",
    "this project: the tunnel must not depend on the path it replaces",
    "warning",
)
VPN_40 = rule(
    "VPN-40",
    "a tunnel that ends on one instance is a site of its own, at an active-active gateway; AWS has the first, Azure "
    "the second address of a /30",
    AWS_TUTORIAL,
)
VPN_44 = rule(
    "VPN-44",
    "a site has an address or a name, exactly one, and the name is one that the Internet's DNS knows",
    VPN_MODIFY_SITE,
)
XS_08 = rule(
    "XS-08",
    "sites that reach each other through Azure have different ASNs: a router drops what has its own in the path",
    "RFC 4271, section 9.1.2 (AS loops)",
    "warning",
)

DEFAULT_CONNECTION_MODE = "Default"
CONNECTION_MODES = ("Default", "InitiatorOnly", "ResponderOnly")
NOT_PUBLIC = (*NOT_ROUTED, *PRIVATE)
"""What the Internet does not route. The documentation's prefixes (203.0.113.0/24 and others) are not among them: they
stand for public addresses [VPN-24]."""
LONGEST_NAME = 253
"""Characters of a name in DNS (RFC 1035)."""
NOT_IN_DNS = (
    *("local", "localhost", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa"),
    *("test", "invalid"),
)
"""Ends of names that stand for inner networks or for nothing (RFC 6761, 6762, 8375, and what ICANN keeps back)."""
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def public_address(path: str, address: IPv4Address) -> Iterator[Problem]:
    """The address of an appliance in the Internet [VPN-24]."""
    for private in NOT_PUBLIC:
        if address in private:
            yield VPN_24(path, f"{address} is inside {private}, which the Internet does not reach; give the public one")


def in_no_network(path: str, address: IPv4Address, networks: Prefixes) -> Iterator[Problem]:
    """The address of an appliance is none of the virtual networks' own, which Azure would look for it in [VPN-24]."""
    found = networks.covering(IPv4Network(address))
    if found and not any(address in private for private in NOT_PUBLIC):
        yield VPN_24(
            path,
            f"{address} is inside {found[1]} ({found[0]}), so the tunnel's own packets stay in Azure; give the "
            "appliance's own one, or the network another prefix",
        )


def reached(path: str, *, public_ip: IPv4Address | None = None, fqdn: str | None = None) -> Iterator[Problem]:
    """A site has an address or a name [VPN-44]. path: the site's."""
    address, name = at(path, "public_ip"), at(path, "fqdn")
    words = address.rpartition(".")[2], name.rpartition(".")[2]
    if public_ip is None and fqdn is None:
        yield VPN_44(
            address, f"is missing, and {words[1]} too; give the appliance's public address, or its name in DNS"
        )
    elif public_ip is not None and fqdn is not None:
        yield VPN_44(name, f"is given beside {words[0]}, and Azure takes one of them; remove one")


def name_in_dns(path: str, name: str) -> Iterator[Problem]:
    """A name by which Azure can find an appliance [VPN-44]. path: that of the name."""
    labels = name.removesuffix(".").split(".")
    if re.fullmatch(r"[0-9.]+|[0-9a-fA-F]*:[0-9a-fA-F:.]*", name):
        yield VPN_44(path, f"{name} is an address, no name; an IPv4 address goes into {word(path, 'public_ip')}")
    elif not all(_LABEL.fullmatch(label) for label in labels) or len(".".join(labels)) > LONGEST_NAME:
        yield VPN_44(
            path,
            f"{name[: LONGEST_NAME + 1]!r} is no name in DNS: labels of at most 63 letters, digits and hyphens, "
            f"{LONGEST_NAME} characters in all; other letters in their xn-- form",
        )
    elif len(labels) == 1:
        yield VPN_44(path, f"{name!r} has one label, which no DNS of the Internet knows; write the whole name")
    elif inner := next((one for one in NOT_IN_DNS if f".{'.'.join(labels)}".lower().endswith(f".{one}")), None):
        yield VPN_44.warning(
            path, f"{name} ends in .{inner}, which the Internet's DNS does not know, and Azure asks that"
        )


def instance(path: str, number: int, active_active: bool | None = None) -> Iterator[Problem]:
    """The instance of the gateway that a site's tunnel ends on [VPN-40]. path: that of the number.

    active_active: whether the gateway has two instances; None where it is not known.
    """
    if number not in (0, 1):
        yield VPN_40(path, f"{number} is neither 0 nor 1, the instances of an active-active gateway")
    elif active_active is False:
        yield VPN_40(
            path,
            f"{number}, but the gateway is not active-active: it has one public address, and its tunnels move with it; "
            "make the gateway active-active, or remove this",
        )


def connection_mode(path: str, mode: str) -> Iterator[Problem]:
    """Who opens the tunnel [VPN-19]."""
    if mode not in CONNECTION_MODES:
        yield VPN_19(path, f"{mode!r} is none of {', '.join(CONNECTION_MODES)}{did_you_mean(mode, CONNECTION_MODES)}")


def static_prefixes(
    path: str,
    prefixes: Sequence[IPv4Network] = (),
    space: Sequence[IPv4Network] = (),
    *,
    space_path: str = "the address space",
) -> Iterator[Problem]:
    """The static routes of a site without BGP [VPN-17, VPN-26, LIMIT-07]. space: the virtual network's prefixes."""
    if not prefixes:
        yield VPN_26(path, "a site without BGP needs at least one prefix; add one, or a BGP peer")
    yield from site_prefixes(path, len(prefixes), bgp=False)
    own = Prefixes(listed(space_path, space))

    def overlapping() -> Iterator[Problem]:
        for here, prefix in listed(path, prefixes):
            if prefix == DEFAULT_ROUTE:
                yield VPN_17(here, f"{prefix} as a static route holds the virtual network too; announce it by BGP")
            elif found := own.overlapping(prefix):
                yield VPN_17(
                    here,
                    f"{prefix} as a static route overlaps the virtual network's {found[1]} ({found[0]}); leave it out",
                )

    yield from few(overlapping())


def announced_prefixes(path: str, prefixes: Sequence[IPv4Network], peer_address: IPv4Address) -> Iterator[Problem]:
    """What a site with BGP announces [VPN-18, LIMIT-07]."""
    yield from site_prefixes(path, len(prefixes), bgp=True)
    peer = IPv4Network(peer_address)
    if peer in prefixes:
        yield VPN_18(
            f"{path}[{list(prefixes).index(peer)}]", f"{peer} is the BGP peer itself, whose route Azure adds; remove it"
        )


def outside(path: str, address: IPv4Address, prefixes: Prefixes) -> Iterator[Problem]:
    """An appliance's public address is in none of the on-premises prefixes but a default route [VPN-27]."""
    found = prefixes.covering(IPv4Network(address))
    if found and found[1] != DEFAULT_ROUTE:
        yield VPN_27(
            path,
            f"{address} is inside {found[1]} ({found[0]}), so the tunnel's own packets may take ExpressRoute, and it "
            "fails with the circuit; give it an address of the Internet provider",
        )


class SiteRoutes(NamedTuple):
    """What one site brings, and where it is written."""

    path: str
    name: str
    asn: int | None
    """Of its BGP speaker; None with static routes."""
    public_ip: IPv4Address | None
    fqdn: str | None
    prefixes_path: str
    prefixes: Sequence[IPv4Network]

    @property
    def bgp(self) -> bool:
        """Whether its routes come by BGP."""
        return self.asn is not None

    @property
    def end(self) -> tuple[str, str]:
        """Where it is reached: the setting, and the address or name that it says."""
        if self.public_ip is not None or self.fqdn is None:
            return "publicIp", str(self.public_ip or "")
        return "fqdn", self.fqdn.removesuffix(".").lower()


def side_by_side(sites: Sequence[SiteRoutes]) -> Iterator[Problem]:
    """Sites of one gateway fit together [VPN-14, VPN-17, VPN-25, XS-08].

    Those with the same prefixes are appliances of one site, and all of them need BGP.
    """
    ends: dict[str, SiteRoutes] = {}
    twins: dict[frozenset[IPv4Network], SiteRoutes] = {}
    told: set[str] = set()
    for site in sites:
        field, end = site.end
        if end and (first := ends.setdefault(end, site)) is not site:
            yield VPN_25(
                f"{site.path}.{field}", f"{end} is also {first.path}.{field}; each appliance has one of its own"
            )
        twin = twins.setdefault(frozenset(site.prefixes), site)
        if twin is not site:
            for one, other in ((twin, site), (site, twin)):
                if not one.bgp and one.path not in told:
                    told.add(one.path)
                    yield VPN_14(
                        one.path,
                        f"site {one.name!r} is static and reaches the same prefixes as {other.name!r} ({other.path}); "
                        "two appliances at one site need bgp: {asn, peerAddress}, both of them",
                    )
    yield from few(_loops(sites))
    yield from _static_overlaps([site for site in twins.values() if not site.bgp])


def _loops(sites: Sequence[SiteRoutes]) -> Iterator[Problem]:
    """Sites with one ASN and no prefix in common: two places, which do not learn each other's routes [XS-08]."""
    of_asn: dict[int, SiteRoutes] = {}
    for site in sites:
        first = of_asn.setdefault(site.asn, site) if site.asn is not None else site
        if first is not site and not set(site.prefixes) & set(first.prefixes):
            yield XS_08(
                f"{site.path}.bgp.asn",
                f"{site.asn} is also {first.path}.bgp.asn, and the two have no prefix in common: neither takes from "
                "Azure what the other announces; give each an ASN of its own if they are to reach each other",
            )


def _static_overlaps(sites: Sequence[SiteRoutes]) -> Iterator[Problem]:
    """Every prefix of one site that overlaps another's, at the later of the two sites [VPN-17].

    In the order of their addresses, wide ones first, a prefix lies in those that are still open when it starts.
    """
    ordered = sorted(
        (int(prefix.network_address), prefix.prefixlen, number, path, prefix)
        for number, site in enumerate(sites)
        for path, prefix in listed(site.prefixes_path, site.prefixes)
    )
    found: dict[int, list[Problem]] = {}
    still_open: list[tuple[int, int, str, IPv4Network]] = []
    for start, _, number, path, prefix in ordered:
        still_open = [one for one in still_open if one[0] > start]
        for _, other, other_path, wide in still_open:
            if other != number:
                here, there = sorted([(number, path, prefix), (other, other_path, wide)], reverse=True)
                problem = VPN_17(
                    here[1],
                    f"{here[2]} of site {sites[here[0]].name!r} overlaps {there[2]} of site {sites[there[0]].name!r} "
                    f"({there[1]}), both static; take them apart, or use BGP on both",
                )
                found.setdefault(here[0], []).append(problem)
        still_open.append((start + prefix.num_addresses, number, path, prefix))
    for _, problems in sorted(found.items()):
        yield from few(problems)
