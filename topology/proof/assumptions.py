"""What the proof takes for granted because the settings do not say it, in words."""

from collections.abc import Iterator

from components.rules.prefixes import DEFAULT_ROUTE

from .causes import in_words
from .elements import UNKNOWN_ZONE, places
from .network import Network


def assumptions(network: Network) -> list[str]:
    """Each assumption that these settings leave open, with the setting that would answer it."""
    return [
        *_machines(network),
        *_places(network),
        *_zones(network),
        *_fast_path(network),
        *_gateway_routes(network),
        *_firewalls(network),
    ]


def _machines(network: Network) -> Iterator[str]:
    held = {name for device in network.devices for name in (*device.links, *device.sites)}
    links = any(
        link.element.removeprefix("link:") not in held for circuit in network.circuits for link in circuit.links
    )
    sites = any(site.name not in held for site in network.sites)
    open_ones = [*(["each link's edge router"] if links else []), *(["each site's appliance"] if sites else [])]
    if open_ones:
        rest = " that no device holds" if network.devices else ""
        yield (
            f"{' and '.join(open_ones)}{rest} "
            f"{'is a machine of its own' if len(open_ones) == 1 else 'are machines of their own'}, "
            "on one LAN that answers over ExpressRoute while any circuit works (onPremises.devices)"
        )


def _places(network: Network) -> Iterator[str]:
    found = places(network.circuits)
    unknown = [circuit for circuit, place in zip(network.circuits, found, strict=True) if place is None]
    ports = {circuit.port for circuit in unknown}
    if not unknown or len(found) == 1 or (len(unknown) == len(found) and len(ports) == 1 and None not in ports):
        return
    names, many = in_words([circuit.name for circuit in unknown]), len(unknown) > 1
    yield (
        f"circuit{'s'[:many]} {names}, of unknown peering location, {'are' if many else 'is'} in one place with each "
        "other circuit (expressRoute.circuits[].peeringLocation)"
    )


def _zones(network: Network) -> Iterator[str]:
    if network.vpn_zone == UNKNOWN_ZONE:
        yield "the existing VPN gateway's addresses are all in one zone (vpn.gateway.zones)"
    if not network.express_route_zones_known:
        yield (
            "the existing ExpressRoute gateway is in all zones, as those of an AZ SKU are that were made so "
            "(expressRoute.gateway.existing)"
        )


def _fast_path(network: Network) -> Iterator[str]:
    names = [circuit.name for circuit in network.circuits if circuit.past_gateway is None]
    if names and network.gateway_subnet_routes:
        many = len(names) > 1
        yield (
            f"existing circuit{'s'[:many]} {in_words(names)} with FastPath may be on a Direct port or not, so that "
            f"what comes over {'them' if many else 'it'} may follow the routes of the GatewaySubnet or not "
            "(expressRoute.circuits[].fastPath)"
        )


def _gateway_routes(network: Network) -> Iterator[str]:
    carried = [
        *network.on_premises,
        *(one for circuit in network.circuits for one in network.circuit_prefixes(circuit)),
    ]
    carried += [prefix for site in network.sites for prefix in site.prefixes]
    apart = {prefix for prefix in carried if prefix != DEFAULT_ROUTE}
    to_them = [
        route.name
        for route in network.gateway_subnet_routes
        if network.network_of(route.prefix) is None and any(route.prefix.subnet_of(prefix) for prefix in apart)
    ]
    if to_them:
        many = len(to_them) > 1
        yield (
            f"route{'s'[:many]} {in_words(to_them)} of the GatewaySubnet, for on-premises prefixes, "
            f"{'do' if many else 'does'} not touch what the gateways send there (network.gatewaySubnetRoutes)"
        )


def _firewalls(network: Network) -> Iterator[str]:
    unclaimed = [firewall.name for firewall in network.firewalls if not firewall.claimed]
    if unclaimed:
        each = "each a stateful firewall" if len(unclaimed) > 1 else "a stateful firewall"
        yield f"{in_words(unclaimed)}: {each} that is not redundant (network.firewalls)"
