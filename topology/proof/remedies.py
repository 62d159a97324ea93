"""Why a prefix has no failover, in words, and what to change in the settings."""

from collections.abc import Collection, Sequence

from components.rules import rule

from ..settings.model import Settings
from ..settings.model_network import UserRoute
from .causes import EXCUSE, FAIL_16, Cause, all_sites, in_words, onto
from .destinations import Node
from .failover import Model, Paths
from .firewalls import called, dead_firewall, gateways_apart, last_subnet, no_route_out, one_way
from .inbound import GATEWAY_SUBNET
from .routing import Path

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
FAIL_17 = rule(
    "FAIL-17", "every on-premises prefix is carried by ExpressRoute or the VPN", "this project: docs/failover.md"
)


def why_lost(
    settings: Settings, model: Model, node: Node, tier: int, paths: Paths, failed: Collection[str] = ()
) -> Cause | None:
    """Why a destination is lost for a tier in a scenario with these paths; None where FAIL-07 says it. failed: the
    elements that have failed, where that is known."""
    subnet = model.network.tiers[tier]
    if paths.out.cause == "virtualNetwork":
        return None
    if paths.one_way:
        return one_way(settings, model, node.prefix, tier, paths)
    for path in (paths.out, paths.back):
        if path.route is not None and path.cause in _BY_ROUTE:
            return _by_route(settings, model, tier, path)
    if not subnet.gateway_routes and not paths.out.arrives and paths.back.arrives and paths.back.firewalls:
        missing = no_route_out(model, tier, paths)
        if missing is not None:
            return missing
    last = last_subnet(model, tier, paths.out)
    if not last.gateway_routes and not paths.out.arrives:
        return Cause(
            FAIL_09,
            f"{last.path}.gatewayRoutes",
            f"tier {last.name!r} does not learn the gateways' routes, so neither ExpressRoute nor the VPN reaches it; "
            "set gatewayRoutes: true",
            whole=True,
        )
    if paths.out.cause == "noRoute" and (dropped := _dropped_by_azure(settings, model, node, failed)) is not None:
        return dropped
    sites = [index for index in range(len(settings.vpn.sites)) if node.ladder.sites >> index & 1]
    if not sites and not node.ladder.circuits:
        return Cause(
            FAIL_17,
            "onPremises.prefixes",
            f"neither ExpressRoute nor a VPN site carries it; {carry(settings, node)}, {EXCUSE}",
        )
    if not sites:
        path = "vpn.sites[0].prefixes" if len(settings.vpn.sites) == 1 else "vpn.sites"
        return Cause(FAIL_02, path, f"no VPN site carries it; {carry(settings, node)}, {EXCUSE}")
    between = model.network.between_gateways
    if between and not model.alive(failed).firewalls & between:
        return gateways_apart(model, between)
    if not model.alive(failed).vpn_gateway:
        return _without_the_gateway(settings, model)
    names = [settings.vpn.sites[index].name for index in sites]
    devices = [element.removeprefix("device:") for element in failed if element.startswith("device:")]
    if devices and len(devices) == len(failed):
        holds = f"devices {in_words(devices)} hold" if len(devices) > 1 else f"device {devices[0]} holds"
        way_out = "put a link, or a site with BGP that carries it, on another device"
        return Cause(FAIL_16, "onPremises.devices", f"{holds} all that carries it; {way_out}, {EXCUSE}")
    held = [name for name in names if any(name in one.sites for one in model.network.devices if one.name in devices)]
    if len(held) > 1:
        # Another machine for one of them does: no other site is needed.
        on = f"device{'s'[: len(devices) > 1]} {in_words(devices)}"
        text = f"{all_sites(held)}, which carry it, are on {on}; put one of them on another device"
        return Cause(FAIL_16, "onPremises.devices", f"{text}, {EXCUSE}")
    path = f"vpn.sites[{sites[0]}]" if len(sites) == 1 else "vpn.sites"
    keeps = paths.out.cause == "deadTunnel"
    text = f"only {all_sites(names)} {'carry' if len(names) > 1 else 'carries'} it"
    if keeps:
        kept = list(paths.out.via)
        those = "their tunnels are" if len(kept) > 1 else "its tunnel is"
        text = f"Azure keeps the static route to {all_sites(kept)} though {those} down"
    text += "" if keeps else " besides ExpressRoute" if node.ladder.circuits else ", and ExpressRoute does not"
    advertise = "" if node.ladder.circuits else "advertise it over ExpressRoute, "
    return Cause(FAIL_16, path, f"{text}; {advertise}{_second_site(settings, sites)}, {EXCUSE}")


def _dropped_by_azure(settings: Settings, model: Model, node: Node, failed: Collection[str]) -> Cause | None:
    """What works carries the destination in a wider prefix than Azure's own route that drops private addresses."""
    alive = model.alive(failed)
    above = list(node.upwards())
    drops = next((index for index, one in enumerate(above) if one.ladder.level.system == "none"), len(above))
    for wide in above[drops + 1 :]:
        level = wide.ladder.level
        circuits, sites = level.circuits & alive.circuits, (level.static_sites | level.bgp_sites) & alive.sites
        if not circuits and not sites:
            continue
        index = (sites & -sites).bit_length() - 1
        carried = settings.vpn.sites[index].prefixes is not None if sites else True
        how = _advertise(settings) if circuits else onto(f"vpn.sites[{index}].prefixes", carried)
        return Cause(
            FAIL_17 if circuits else FAIL_02,
            "expressRoute.prefixes" if circuits else f"vpn.sites[{index}].prefixes",
            f"Azure's own routes for private addresses drop it, and are more specific than {wide.prefix}, which "
            f"{'ExpressRoute' if circuits else f'site {settings.vpn.sites[index].name}'} carries; {how}, {EXCUSE}",
        )
    return None


def _without_the_gateway(settings: Settings, model: Model) -> Cause:
    """The whole VPN gateway is gone, so that no other site helps."""
    zone = model.network.vpn_zone
    if zone is not None:
        gateway = settings.vpn.gateway
        if gateway.existing and gateway.zones is None:
            return Cause(
                FAIL_16,
                "vpn.gateway.zones",
                "nobody says in which zones the existing VPN gateway's addresses are, so that one may take them all; "
                f"say what they have, {EXCUSE}",
            )
        if gateway.existing:
            text = f"all addresses of the existing VPN gateway are in zone {zone}"
            return Cause(FAIL_16, "vpn.gateway.existing", f"{text}; use one whose addresses are in several, {EXCUSE}")
        path = "zones" if gateway.zones is None else "vpn.gateway.zones"
        text = f"all addresses of the VPN gateway are in zone {zone}; name several in {path}, or leave it out"
        return Cause(FAIL_16, path, f"{text}, {EXCUSE}")
    return Cause(
        FAIL_16, "expressRoute.prefixes", f"only the VPN gateway leads to it; {_advertise(settings)}, {EXCUSE}"
    )


def _second_site(settings: Settings, sites: Sequence[int]) -> str:
    """How another site can carry what these do. Where one is static, it needs BGP too [VPN-14]."""
    static = [settings.vpn.sites[index].name for index in sites if settings.vpn.sites[index].bgp is None]
    return f"let another site with BGP carry it{f', and give {all_sites(static)} BGP' if static else ''}"


def carry(settings: Settings, node: Node) -> str:
    """How a VPN site can carry a prefix that none does. A static route for all addresses is refused [VPN-17]."""
    sites = settings.vpn.sites
    if node.length == 0:
        with_bgp = [index for index, site in enumerate(sites) if site.bgp]
        if not with_bgp:
            return "announce it at a VPN site, which needs BGP for it"
        return onto(f"vpn.sites[{with_bgp[0]}].prefixes", sites[with_bgp[0]].prefixes is not None)
    path = "vpn.sites[0].prefixes" if len(sites) == 1 else "the prefixes of one of vpn.sites"
    return onto(path, all(site.prefixes is not None for site in sites))


def taken_by_vpn(settings: Settings, model: Model, node: Node, paths: Paths) -> Cause | None:
    """The VPN prefix that takes a destination's traffic though ExpressRoute carries it too and works [FAIL-01]."""
    if not node.ladder.circuits:
        return None
    if not (paths.out.kind == "vpn" or paths.out.cause == "deadTunnel"):
        return None
    wide = next(one.prefix for one in node.upwards() if one.ladder.level.circuits)
    taker = next(one for one in node.upwards() if one.ladder.level.static_sites | one.ladder.level.bgp_sites)
    mask = taker.ladder.level.static_sites or taker.ladder.level.bgp_sites
    takers = [index for index in range(mask.bit_length()) if mask >> index & 1]
    site = settings.vpn.sites[takers[0]]
    path = f"vpn.sites[{takers[0]}].prefixes"
    if site.prefixes is not None and taker.prefix in site.prefixes:
        path += f"[{site.prefixes.index(taker.prefix)}]"
    names = all_sites([settings.vpn.sites[index].name for index in takers])
    takes = "take" if len(takers) > 1 else "takes"
    loss = "" if site.bgp else ", and loses it whenever the tunnel is down, since Azure keeps static routes"
    # Where no wider prefix of a site is left, it would have no failover next.
    wider = taker.wider is not None and taker.wider.ladder.sites
    leave = "remove it there, " if site.prefixes is not None else "list the others of onPremises.prefixes there, "
    return Cause(
        FAIL_01,
        path,
        f"more specific than ExpressRoute's {wide}, so {names} {takes} its traffic while the circuit works"
        f"{loss}; {leave if wider else ''}{_advertise(settings)}, {EXCUSE}",
        steady=True,
    )


def _advertise(settings: Settings) -> str:
    """How ExpressRoute can carry a prefix: where the settings say what it carries."""
    own = [
        index for index, one in enumerate(settings.express_route.circuits) if one.connects and one.prefixes is not None
    ]
    if own:
        return onto(f"expressRoute.circuits[{own[0]}].prefixes", True)
    return onto("expressRoute.prefixes", settings.express_route.prefixes is not None)


_BY_ROUTE = ("userRoute", "gatewaySubnetRoute", "outside", "loop", "firewall", "forwarding")
"""Causes that are a user-defined route's."""


def _by_route(settings: Settings, model: Model, tier: int, path: Path) -> Cause:
    """What a user-defined route does to the traffic."""
    route = path.route
    assert route is not None
    name = model.network.tiers[tier].name
    if path.cause == "firewall":
        return dead_firewall(model, route)
    if path.cause == "forwarding":
        return _not_forwarded(settings, model, tier, path)
    where, _, _ = path.setting.rpartition(".routes[")
    if path.setting.startswith(GATEWAY_SUBNET):
        owner, harm = "the GatewaySubnet", f"keeps on-premises traffic from tier {name!r}"
    else:
        at = next((one.name for one in model.network.tiers if one.path == where), name)
        owner = f"tier {at!r}"
        harm = "takes the traffic away from the gateways" if path.cause != "loop" else "sends the traffic in a circle"
    way_out = "remove it, or name its network in network.spokes" if path.cause == "outside" else "remove it"
    return Cause(
        FAIL_15,
        path.setting,
        f"user-defined route {route.name!r} ({route.prefix} to {_next_hop(route, path)}) of {owner} {harm}; "
        f"{way_out}, {EXCUSE}",
    )


def _next_hop(route: UserRoute, path: Path) -> str:
    if path.cause == "outside":
        return (
            f"{route.next_hop_address}, where Azure drops the traffic: no machine in the network or one peered with it "
            "has that address [NVA-05]"
        )
    if route.next_hop_address is not None:
        return f"{route.next_hop_address}, which does not lead to a gateway"
    if route.next_hop_type == "VirtualNetworkGateway":
        return "VirtualNetworkGateway, which cannot be used where both gateways coexist"
    return route.next_hop_type


def _not_forwarded(settings: Settings, model: Model, tier: int, path: Path) -> Cause:
    """A spoke whose peering does not let in what a firewall on the other side forwards."""
    network = model.network
    numbers = [network.network_of(network.firewalls[one].address) for one in path.firewalls]
    spokes = [*numbers, network.tiers[tier].network]
    index = next(number - 1 for number in spokes if number and not network.forwarded[number - 1])
    return Cause(
        FAIL_15,
        f"network.spokes[{index}].forwardedTraffic",
        f"the peering of spoke {settings.network.spokes[index].name} does not let in what "
        f"{called(network.firewalls[path.firewalls[-1]])} forwards; set forwardedTraffic: true, {EXCUSE}",
    )
