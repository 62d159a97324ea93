"""The VPN half of a network, judged: gateway, sites, their routes and policies."""

from collections.abc import Iterator

from components.rules import Problem, bgp, ipsec, limits, prefixes, public_addresses, vpn
from components.rules import gateways as gateway_rules

from .judge_express_route import circuit_mbps
from .model import IpsecPolicy, Settings, Site

_SPACE = "network.addressSpace"


def vpn_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the VPN path."""
    yield from _gateway(settings)
    yield from _policy("vpn.ipsecPolicy", settings.vpn.ipsec_policy)
    everything = prefixes.Prefixes(
        [
            *prefixes.listed("onPremises.prefixes", settings.on_premises.prefixes),
            *prefixes.listed("expressRoute.prefixes", settings.express_route.prefixes or []),
            *(
                named
                for index, site in enumerate(settings.vpn.sites)
                for named in prefixes.listed(f"vpn.sites[{index}].prefixes", site.prefixes or [])
            ),
        ]
    )
    for index, site in enumerate(settings.vpn.sites):
        path = f"vpn.sites[{index}]"
        yield from vpn.public_address(f"{path}.publicIp", site.public_ip)
        yield from vpn.outside(f"{path}.publicIp", site.public_ip, everything)
        yield from vpn.connection_mode(f"{path}.connectionMode", site.connection_mode)
        yield from ipsec.dead_peer_detection(f"{path}.dpdTimeoutSeconds", site.dpd_timeout_seconds)
        if site.ipsec_policy:
            yield from _policy(f"{path}.ipsecPolicy", site.ipsec_policy)
        yield from _routes(settings, site, path)
    yield from _side_by_side(settings)


def _gateway(settings: Settings) -> Iterator[Problem]:
    gateway = settings.vpn.gateway
    yield from gateway_rules.vpn_gateway("vpn.gateway", gateway.sku, gateway.generation)
    yield from gateway_rules.active_active("vpn.gateway.activeActive", gateway.active_active)
    yield from bgp.gateway_asn("vpn.gateway.asn", gateway.asn, beside_express_route=True)
    if gateway.sku in gateway_rules.VPN_SKUS:
        yield from public_addresses.vpn_gateway("vpn.gateway.zones", gateway.sku, gateway.zones, settings.location)
    yield from limits.tunnels("vpn.sites", gateway.sku, len(settings.vpn.sites))
    generation = gateway.generation or gateway_rules.default_generation(gateway.sku)
    bandwidths = {
        f"expressRoute.circuits[{index}]": mbps
        for index, circuit in enumerate(settings.express_route.circuits)
        if circuit.connect != "never" and (mbps := circuit_mbps(circuit)) is not None
    }
    if bandwidths:
        largest = max(bandwidths, key=lambda path: bandwidths[path])
        yield from limits.vpn_throughput("vpn.gateway.sku", gateway.sku, generation, bandwidths[largest], largest)


def _policy(path: str, policy: IpsecPolicy) -> Iterator[Problem]:
    yield from ipsec.policy(path, **policy.model_dump())


def _routes(settings: Settings, site: Site, path: str) -> Iterator[Problem]:
    space = settings.network.address_space
    own = site.prefixes is not None
    announced, where = settings.site_prefixes(site), f"{path}.prefixes" if own else "onPremises.prefixes"
    if site.bgp:
        if own:
            yield from prefixes.on_premises(where, announced, space, _SPACE)
        yield from vpn.announced_prefixes(where, announced, site.bgp.peer_address)
        yield from bgp.appliance_asn(f"{path}.bgp.asn", site.bgp.asn, settings.vpn.gateway.asn)
        yield from bgp.peer(
            f"{path}.bgp",
            site.bgp.peer_address,
            site.bgp.gateway_addresses,
            public_ip=site.public_ip,
            active_active=settings.vpn.gateway.active_active,
            space=space,
            space_path=_SPACE,
        )
        return
    inside = prefixes.Prefixes(prefixes.listed(_SPACE, space))
    if own:
        yield from prefixes.on_premises(where, announced, [], _SPACE)
    elif any(inside.covering(prefix) for prefix in announced):
        # FAIL-07 says it already, at the same place.
        return
    yield from vpn.static_prefixes(where, announced, space, _SPACE)


def _side_by_side(settings: Settings) -> Iterator[Problem]:
    sites = settings.vpn.sites
    yield from vpn.side_by_side(
        [
            vpn.SiteRoutes(
                path=f"vpn.sites[{index}]",
                name=site.name,
                bgp=site.bgp is not None,
                public_ip=site.public_ip,
                prefixes_path="onPremises.prefixes" if site.prefixes is None else f"vpn.sites[{index}].prefixes",
                prefixes=settings.site_prefixes(site),
            )
            for index, site in enumerate(sites)
        ]
    )
    yield from bgp.peers_apart(
        {f"vpn.sites[{index}].bgp.peerAddress": site.bgp.peer_address for index, site in enumerate(sites) if site.bgp}
    )
    apipa = {address for site in sites if site.bgp for address in site.bgp.gateway_addresses}
    yield from bgp.apipa_count("vpn.sites", len(apipa))
