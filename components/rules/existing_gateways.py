"""Rules for a gateway that is there already: what a lookup found, against what this network needs of it."""

from collections.abc import Iterator, Sequence
from typing import Literal

from . import Problem, at, rule
from .bgp import AZURE_ASN, BGP_01, BGP_05
from .existing_network import EXIST_01
from .gateways import VPN_02, VPN_13
from .regions import normal
from .sources import COEXISTENCE
from .there import SUCCEEDED, GatewayThere

GatewayType = Literal["ExpressRoute", "Vpn"]

EXIST_11 = rule(
    "EXIST-11",
    "what is there already is used as it is: nothing is said of it that only something new can have",
    "this project: what exists is never changed",
)
EXIST_12 = rule(
    "EXIST-12",
    "an existing gateway is in a network that exists, in the GatewaySubnet that is adopted",
    "this project: a gateway cannot be moved",
)
EXIST_13 = rule(
    "EXIST-13",
    "what is said to be there already is none of this stack's own things: those would be deleted",
    "this project: topology.settings.judge_existing",
)
GW_20 = rule(
    "GW-20",
    "an existing gateway is there, in the subscription of this stack, and of the type that is asked for",
    "this project: components.gateway_state",
)
GW_21 = rule(
    "GW-21",
    "an existing gateway works: it has not failed, and is not being deleted",
    "Azure's answers, as users report them",
)
VPN_01 = rule("VPN-01", "beside ExpressRoute a VPN gateway is route-based", COEXISTENCE)

_BROKEN = ("Failed", "Deleting", "Canceled")


def used_as_it_is(path: str, what: str, fields: Sequence[str]) -> Iterator[Problem]:
    """Nothing is said that only a new gateway can have [EXIST-11]. fields: snake_case names of what is said."""
    for field in fields:
        yield EXIST_11(at(path, field), f"{what} is there already, and is used as it is: this has no effect; remove it")


def there(path: str, id: str, *, subscription: str, found: GatewayThere | None) -> Iterator[Problem]:
    """The existing gateway can be used by this stack [GW-20].

    id: its resource id. subscription: the stack's own. found: what Azure has of it.
    """
    theirs = id.split("/")[2]
    if theirs.lower() != subscription.lower():
        yield GW_20(
            path,
            f"the gateway is in subscription {theirs}, this stack deploys to {subscription}; connections are made in "
            "the subscription of their gateway: deploy there",
        )
    elif found is None:
        yield GW_20(path, f"Azure has no {id}; correct the id, or leave it out to make a gateway")


def fits(
    path: str,
    found: GatewayThere,
    type: GatewayType,
    *,
    network: str | None,
    location: str | None,
    location_path: str,
    coexists: bool = True,
) -> Iterator[Problem]:
    """An existing gateway does what this network needs of it.

    [BGP-01, EXIST-01, EXIST-12, GW-20, GW-21, VPN-01, VPN-02, VPN-13]. type: what is needed. network: id of the virtual
    network that it should be in; None where it is not known. location: the connections' region. coexists: the network
    has, or gets, a gateway of the other type.
    """
    if found.type.lower() != type.lower():
        yield GW_20(path, f"{found.name} is a gateway of type {found.type or 'unknown'}, {type} is needed; correct it")
        return
    if network and found.network and found.network.lower() != network.lower():
        yield EXIST_12(
            path,
            f"{found.name} is in network {found.network}, and this one is {network}; name the gateway of this network",
        )
    if found.state in _BROKEN:
        yield GW_21(path, f"{found.name} is {found.state}, so Azure connects nothing to it; repair or reset it first")
    elif found.state != SUCCEEDED:
        yield GW_21.warning(path, f"{found.name} is {found.state}: what is connected to it waits until that is done")
    if location and found.location and normal(found.location) != normal(location):
        yield EXIST_01(
            location_path,
            f"{location}, but {found.name} ({path}) is in {found.location}, where its connections belong; say "
            f"{found.location}",
        )
    if type == "Vpn":
        if not found.active_active:
            yield VPN_13(
                path,
                f"{found.name} has one active instance, so every tunnel drops whenever Azure maintains it; make it "
                "active-active, which gives each site a second tunnel",
            )
        if coexists:
            yield from _beside_express_route(path, found)


def _beside_express_route(path: str, found: GatewayThere) -> Iterator[Problem]:
    way_out = "which needs a new gateway: leave existing out, once this one is gone"
    if found.vpn_type.lower() == "policybased":
        yield VPN_01(path, f"{found.name} is policy-based, and beside ExpressRoute it must be route-based, {way_out}")
    elif found.sku == "Basic":
        yield VPN_02(path, f"{found.name} is of SKU Basic, which cannot be beside an ExpressRoute gateway, {way_out}")
    if found.asn != AZURE_ASN:
        yield BGP_01(
            path,
            f"{found.name} has ASN {found.asn}, but beside an ExpressRoute gateway it must be {AZURE_ASN}; set it, "
            "and reset the gateway",
        )


def speaks_bgp(path: str, gateway_bgp: bool) -> Iterator[Problem]:
    """The gateway of a site with BGP speaks it [BGP-05]. path: that of the site's BGP peer."""
    if not gateway_bgp:
        yield BGP_05(
            path,
            "the VPN gateway's BGP is off (enableBgp), so a connection with BGP is refused; turn it on, or give "
            "the site static prefixes instead",
        )
