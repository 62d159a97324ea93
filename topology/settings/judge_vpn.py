"""The VPN half of a network, judged as a whole: sites side by side, and the gateway against what it connects."""

from collections.abc import Iterator

from components.rules import Problem, bgp, limits, prefixes, vpn
from components.rules import gateways as gateway_rules

from .judge_express_route import circuit_mbps
from .model import Settings


def vpn_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the VPN path."""
    yield from _gateway(settings)
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
        yield from vpn.outside(f"vpn.sites[{index}].publicIp", site.public_ip, everything)
    yield from _side_by_side(settings)


def _gateway(settings: Settings) -> Iterator[Problem]:
    gateway = settings.vpn.gateway
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
