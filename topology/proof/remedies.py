"""Why a prefix has no failover, in words, and what to change in the settings."""

from dataclasses import dataclass

from components.rules import Rule, rule

from ..settings.model import Settings, UserRoute
from .destinations import Node
from .failover import Model, Paths

_LEARN = "https://learn.microsoft.com/azure"

FAIL_01 = rule(
    "FAIL-01",
    "no VPN prefix is more specific than ExpressRoute's: it would take the traffic while the circuit works",
    f"{_LEARN}/expressroute/expressroute-howto-coexist-resource-manager",
)
FAIL_02 = rule(
    "FAIL-02",
    "every prefix that ExpressRoute carries is carried by the VPN too",
    "this project: follows from longest prefix first, ExpressRoute before VPN [ROUTE-01]",
)
FAIL_09 = rule(
    "FAIL-09",
    "a tier that on-premises reaches learns the gateways' routes",
    f"{_LEARN}/virtual-network/virtual-networks-udr-overview#border-gateway-protocol",
)
FAIL_15 = rule(
    "FAIL-15",
    "a user-defined route leaves on-premises traffic to the gateways",
    f"{_LEARN}/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route",
)
FAIL_16 = rule("FAIL-16", "the failures of failover.require cut no prefix off", "this project: README")
FAIL_17 = rule("FAIL-17", "every on-premises prefix is carried by ExpressRoute or the VPN", "this project: README")

EXCUSE = "or name it in failover.accept with a reason"


@dataclass(frozen=True)
class Cause:
    """Why destinations are lost: the rule, the setting to change, and a text that follows "PREFIX is lost when ..."."""

    rule: Rule
    path: str
    text: str
    whole: bool = False
    """The text stands alone: the prefixes do not matter for it."""
    steady: bool = False
    """The text says when: it is the prefixes' state in normal operation."""


def why_lost(settings: Settings, model: Model, node: Node, tier: int, paths: Paths) -> Cause | None:
    """Why a destination is lost for a tier in a scenario with these paths; None where FAIL-07 says it."""
    name = model.network.tiers[tier].name
    if paths.out.cause == "virtualNetwork":
        return None
    if paths.out.route is not None and paths.out.cause == "userRoute":
        return _user_defined(settings, tier, paths.out.route)
    if paths.back.route is not None:
        return _gateway_subnet(settings, name, paths.back.route)
    if not model.network.tiers[tier].gateway_routes and not paths.out.arrives:
        return Cause(
            FAIL_09,
            f"network.tiers[{tier}].gatewayRoutes",
            f"tier {name!r} does not learn the gateways' routes, so neither ExpressRoute nor the VPN reaches it; "
            "set gatewayRoutes: true",
            whole=True,
        )
    sites = [index for index in range(len(settings.vpn.sites)) if node.ladder.sites >> index & 1]
    if not sites and not node.ladder.express_route:
        return Cause(
            FAIL_17,
            "onPremises.prefixes",
            f"neither ExpressRoute nor a VPN site carries it; add it to {_sites(settings)}, {EXCUSE}",
        )
    if not sites:
        path = "vpn.sites[0].prefixes" if len(settings.vpn.sites) == 1 else "vpn.sites"
        return Cause(FAIL_02, path, f"no VPN site carries it; add it to {_sites(settings)}, {EXCUSE}")
    names = " and ".join(settings.vpn.sites[index].name for index in sites)
    path = f"vpn.sites[{sites[0]}]" if len(sites) == 1 else "vpn.sites"
    keeps = paths.out.cause == "deadTunnel"
    static = f"Azure keeps the static route to site {names} though its tunnel is down" if keeps else ""
    if node.ladder.express_route:
        text = static or f"only site {names} carries it besides ExpressRoute"
        return Cause(FAIL_16, path, f"{text}; let a second site with BGP carry it, {EXCUSE}")
    text = static or f"only site {names} carries it, and ExpressRoute does not"
    return Cause(
        FAIL_16,
        path,
        f"{text}; advertise it over ExpressRoute, let a second site with BGP carry it, {EXCUSE}",
    )


def taken_by_vpn(settings: Settings, model: Model, node: Node, paths: Paths) -> Cause | None:
    """The VPN prefix that takes a destination's traffic though ExpressRoute carries it too and works [FAIL-01]."""
    if not node.ladder.express_route:
        return None
    if not (paths.out.kind == "vpn" or paths.out.cause == "deadTunnel"):
        return None
    wide = next(one.prefix for one in node.upwards() if one.ladder.level.express_route)
    taker = next(one for one in node.upwards() if one.ladder.level.static_sites | one.ladder.level.bgp_sites)
    mask = taker.ladder.level.static_sites or taker.ladder.level.bgp_sites
    index = (mask & -mask).bit_length() - 1
    site = settings.vpn.sites[index]
    path = f"vpn.sites[{index}].prefixes"
    if site.prefixes is not None and taker.prefix in site.prefixes:
        path += f"[{site.prefixes.index(taker.prefix)}]"
    loss = "" if site.bgp else ", and loses it whenever the tunnel is down, since Azure keeps static routes"
    return Cause(
        FAIL_01,
        path,
        f"more specific than ExpressRoute's {wide}, so site {site.name} takes its traffic while the circuit works"
        f"{loss}; remove it there, add it to expressRoute.prefixes, {EXCUSE}",
        steady=True,
    )


def _user_defined(settings: Settings, tier: int, route: UserRoute) -> Cause:
    owner, position = next(
        ((index, one.routes.index(route)) for index, one in enumerate(settings.network.tiers) if route in one.routes),
        (tier, 0),
    )
    return Cause(
        FAIL_15,
        f"network.tiers[{owner}].routes[{position}]",
        f"user-defined route {route.name!r} ({route.prefix} to {_next_hop(route)}) of tier "
        f"{settings.network.tiers[owner].name!r} takes the traffic away from the gateways; remove it, {EXCUSE}",
    )


def _gateway_subnet(settings: Settings, tier: str, route: UserRoute) -> Cause:
    return Cause(
        FAIL_15,
        f"network.gatewaySubnetRoutes[{settings.network.gateway_subnet_routes.index(route)}]",
        f"user-defined route {route.name!r} ({route.prefix} to {_next_hop(route)}) of the GatewaySubnet keeps "
        f"on-premises traffic from tier {tier!r}; remove it, {EXCUSE}",
    )


def _next_hop(route: UserRoute) -> str:
    if route.next_hop_address is not None:
        return f"{route.next_hop_address}, which does not lead to a gateway"
    if route.next_hop_type == "VirtualNetworkGateway":
        return "VirtualNetworkGateway, which cannot be used where both gateways coexist"
    return route.next_hop_type


def _sites(settings: Settings) -> str:
    return "vpn.sites[0].prefixes" if len(settings.vpn.sites) == 1 else "the prefixes of one of vpn.sites"
