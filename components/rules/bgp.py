"""Rules for autonomous system numbers and BGP peers, on the VPN and on ExpressRoute."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from . import Problem, at, rule
from .apipa import BGP_09
from .apipa import peer as apipa_peer
from .prefixes import APIPA, Prefixes, listed
from .sources import COEXISTENCE, ER_ROUTING, VPN_FAQ

BGP_01 = rule("BGP-01", "beside an ExpressRoute gateway the VPN gateway's ASN stays 65515", COEXISTENCE)
BGP_03 = rule("BGP-03", "an appliance's ASN is none that Azure or IANA reserves", f"{VPN_FAQ}#bgp")
BGP_04 = rule(
    "BGP-04",
    "an ASN is 1 to 4294967295; private ones for an appliance are 64512 to 65514 and 65521 to 65534",
    f"{VPN_FAQ}#bgp",
)
BGP_05 = rule("BGP-05", "an appliance's ASN is another than the VPN gateway's", f"{VPN_FAQ}#bgp")
BGP_06 = rule(
    "BGP-06",
    "the ASN of a private peering is none of 65515 to 65520, and not Microsoft's own 12076",
    f"{ER_ROUTING}#autonomous-system-numbers-asn",
)
BGP_10 = rule(
    "BGP-10",
    "a BGP peer's address is neither the appliance's public address nor inside the virtual network",
    f"{VPN_FAQ}#bgp",
)
BGP_16 = rule("BGP-16", "each site's BGP peer has an address of its own", "this project: one session, one address")

AZURE_ASN = 65515
"""ASN of both gateways [BGP-01]."""
MICROSOFT_ASN = 12076
"""ASN of Microsoft's edge routers [BGP-06]."""
LAST_RESERVED_ASN = 65520
"""From `AZURE_ASN` to this one no private peering may have its ASN [BGP-06]."""
MAX_ASN = 4294967295
RESERVED_BY_AZURE = frozenset((8074, 8075, MICROSOFT_ASN, AZURE_ASN, *range(65517, LAST_RESERVED_ASN + 1)))
RESERVED_BY_IANA = frozenset((23456, *range(64496, 64512), *range(65535, 65552), 429496729, MAX_ASN))
"""As Azure's documents print them, 429496729 included [BGP-03]."""
_USABLE = "use a private one (64512 to 65514, 65521 to 65534) or your own public one"


def gateway_asn(path: str, asn: int, *, beside_express_route: bool) -> Iterator[Problem]:
    """The VPN gateway can have this ASN [BGP-01, BGP-04]. path: that of the ASN."""
    if not 1 <= asn <= MAX_ASN:
        yield BGP_04(path, f"{asn} is outside 1 to {MAX_ASN}")
    elif beside_express_route and asn != AZURE_ASN:
        yield BGP_01(
            path,
            f"{asn}, but beside an ExpressRoute gateway it must be {AZURE_ASN}; remove it, and give the appliances (in "
            f"AWS the customer gateways) {AZURE_ASN} as Azure's",
        )


def appliance_asn(path: str, asn: int, gateway: int = AZURE_ASN) -> Iterator[Problem]:
    """An appliance behind the VPN gateway can have this ASN [BGP-03, BGP-04, BGP-05].

    path: that of the ASN. gateway: the VPN gateway's ASN.
    """
    if not 1 <= asn <= MAX_ASN:
        yield BGP_04(path, f"{asn} is outside 1 to {MAX_ASN}; {_USABLE}")
    elif asn in RESERVED_BY_AZURE or asn in RESERVED_BY_IANA:
        yield BGP_03(path, f"{asn} is reserved by {'Azure' if asn in RESERVED_BY_AZURE else 'IANA'}; {_USABLE}")
    elif asn == 65516:
        yield BGP_04(path, f"{asn} is in no list of ASNs that Azure accepts; {_USABLE}")
    elif asn == gateway:
        yield BGP_05(path, f"{asn} is the VPN gateway's own ASN, and the two ends need different ones; {_USABLE}")


def peering_asn(path: str, asn: int) -> Iterator[Problem]:
    """The on-premises edge of a private peering can have this ASN [BGP-06]. path: that of the ASN."""
    if not 1 <= asn <= MAX_ASN:
        yield BGP_06(path, f"{asn} is outside 1 to {MAX_ASN}; use a private or your own public ASN")
    elif asn == MICROSOFT_ASN or AZURE_ASN <= asn <= LAST_RESERVED_ASN:
        owner = "Microsoft's own" if asn == MICROSOFT_ASN else f"reserved ({AZURE_ASN} to {LAST_RESERVED_ASN})"
        yield BGP_06(path, f"{asn} is {owner}; use a private one such as 65010, or your own public ASN")


def peer(
    path: str,
    peer_address: IPv4Address,
    gateway_addresses: Sequence[IPv4Address] = (),
    *,
    public_ip: IPv4Address | None = None,
    instance: int | None = None,
    active_active: bool | None = None,
    space: Sequence[IPv4Network] = (),
    space_path: str = "the address space",
) -> Iterator[Problem]:
    """The BGP peer behind one appliance [BGP-08, BGP-09, BGP-10, VPN-40].

    path: that of the peer, with `peer_address` and `gateway_addresses` below it. instance: the only one that its tunnel
    ends on. active_active: whether the gateway has two instances; None where it is not known. space: the virtual
    network's prefixes.
    """
    here, gateways_here = at(path, "peer_address"), at(path, "gateway_addresses")
    if peer_address == public_ip:
        yield BGP_10(
            here, f"{peer_address} is the appliance's public address; give an address inside, such as its loopback's"
        )
    elif found := Prefixes(listed(space_path, space)).covering(IPv4Network(peer_address)):
        yield BGP_10(
            here, f"{peer_address} is inside the virtual network's {found[1]} ({found[0]}); use one on-premises"
        )
    if peer_address not in APIPA:
        if gateway_addresses:
            yield BGP_09(
                gateways_here,
                f"APIPA addresses of the gateway go with an APIPA peer, and {peer_address} is none; remove them",
            )
        return
    yield from apipa_peer(path, peer_address, gateway_addresses, instance, active_active)


def peer_outside_spokes(path: str, address: IPv4Address, spokes: Prefixes) -> Iterator[Problem]:
    """A peer's address is none of a spoke's: as of the hub's, Azure has a route of its own to it [BGP-10].

    path: that of the address.
    """
    if found := spokes.covering(IPv4Network(address)):
        yield BGP_10(path, f"{address} is inside a spoke's {found[1]} ({found[0]}); use one on-premises")


def peers_apart(peers: Mapping[str, IPv4Address]) -> Iterator[Problem]:
    """No two sites have the same peer address (path -> address) [BGP-16]."""
    seen: dict[IPv4Address, str] = {}
    for path, address in peers.items():
        first = seen.setdefault(address, path)
        if first != path:
            yield BGP_16(path, f"{address} is also {first}; give this appliance's BGP speaker another address")
