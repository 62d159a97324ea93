"""Large networks for the benchmarks; the project's own rules accept every one of them."""

from ipaddress import IPv4Network
from typing import Any

from components.rules import errors, report
from tests.stacks import stack_config, stack_values
from topology.reading import read
from topology.settings.model import Settings

SITES_PER_GATEWAY = 100
"""What the largest VPN gateways connect [LIMIT-10]."""


def with_sites(count: int) -> dict[str, Any]:
    """The `config:` of `reference` with this many VPN sites, at most 100, each with a prefix of its own.

    The gateway is the same whatever the number: one that connects 100 sites.
    """
    if count > SITES_PER_GATEWAY:
        raise ValueError(f"{count} sites, a VPN gateway connects {SITES_PER_GATEWAY}")
    blocks = list(IPv4Network("192.168.0.0/16").subnets(new_prefix=24))[:count]
    config = stack_config("reference")
    config["hybrid-network:onPremises"] = {"prefixes": [str(block) for block in blocks]}
    config["hybrid-network:vpn"] = {
        "gateway": {"sku": "VpnGw4AZ"},
        "sites": [
            {"name": f"site{number}", "publicIp": f"203.0.113.{number + 1}", "prefixes": [str(block)]}
            for number, block in enumerate(blocks)
        ],
    }
    return config


def two_by_two(prefixes: int = 4000) -> dict[str, Any]:
    """Settings with this many on-premises prefixes, two circuits and two sites that announce all of them by BGP."""
    values = _network(2, "Standard")
    blocks = IPv4Network("10.64.0.0/10").subnets(new_prefix=24)
    values["onPremises"] = {"prefixes": [str(block) for block, _ in zip(blocks, range(prefixes), strict=False)]}
    values["vpn"]["sites"] = [_site(number, bgp=True) for number in range(2)]
    return values


def one_site(prefixes: int = 4000) -> dict[str, Any]:
    """The same with the first of the two sites alone."""
    values = two_by_two(prefixes)
    del values["vpn"]["sites"][1:]
    return values


def nested(prefixes: int = 10_000) -> dict[str, Any]:
    """Settings with this many nested prefixes, four Premium circuits and 20 static sites.

    ExpressRoute carries every prefix. Each site has a /16 with /20, /24 and /27 prefixes in it; its tunnel carries
    about half of them by name, the others by a wider one. So the ways in which routes cover an address are many.
    """
    values = _network(4, "Premium")
    each = prefixes // 20
    values["onPremises"] = {"prefixes": []}
    values["vpn"]["sites"] = []
    for number in range(20):
        own = list(_nested(IPv4Network(f"10.{100 + number}.0.0/16"), each))
        values["onPremises"]["prefixes"] += [str(prefix) for prefix, _ in own]
        values["vpn"]["sites"].append(
            {**_site(number, bgp=False), "prefixes": [str(prefix) for prefix, tunnelled in own if tunnelled]}
        )
    return values


def behind_firewalls(prefixes: int = 4000) -> dict[str, Any]:
    """`two_by_two` with four devices that share out the links and four sites, two firewalls, and 50 spokes behind one
    of them with a tier each."""
    values = two_by_two(prefixes)
    values["vpn"]["sites"] = [_site(number, bgp=True) for number in range(4)]
    values["onPremises"]["devices"] = [
        {"name": f"device{number}", "links": [f"circuit{number // 2}/{which}"], "sites": [f"site{number}"]}
        for number, which in enumerate(("primary", "secondary") * 2)
    ]
    network = values["network"]
    firewalls = ["10.20.9.4", "10.20.9.5"]
    network["firewalls"] = [{"name": f"fw{number}", "address": one} for number, one in enumerate(firewalls)]
    network["spokes"] = [
        {
            "name": f"spoke{number}",
            "addressSpace": [f"172.16.{number}.0/24"],
            "tiers": [_behind(number, firewalls[number % 2])],
        }
        for number in range(50)
    ]
    network["gatewaySubnetRoutes"] = [
        _route(f"spoke{number}", f"172.16.{number}.0/25", firewalls[number % 2]) for number in range(50)
    ]
    return values


def _behind(number: int, firewall: str) -> dict[str, Any]:
    routes = [_route("on-premises", "0.0.0.0/0", firewall)]
    return {"name": "app", "subnet": f"172.16.{number}.0/25", "gatewayRoutes": False, "routes": routes}


def _route(name: str, prefix: str, address: str) -> dict[str, Any]:
    return {"name": name, "prefix": prefix, "nextHopType": "VirtualAppliance", "nextHopAddress": address}


def on_devices(prefixes: int = 10_000) -> dict[str, Any]:
    """`nested` with its 20 sites on 20 devices; eight of these hold the four circuits' links, the others are
    branches."""
    values = nested(prefixes)
    links = [f"circuit{circuit}/{which}" for circuit in range(4) for which in ("primary", "secondary")]
    values["onPremises"]["devices"] = [
        {"name": f"device{number}", "links": links[number : number + 1], "sites": [f"site{number}"]}
        for number in range(20)
    ]
    return values


def _site(number: int, *, bgp: bool) -> dict[str, Any]:
    peer = {"bgp": {"asn": 65021 + number, "peerAddress": f"192.168.255.{number + 1}"}} if bgp else {}
    return {"name": f"site{number}", "publicIp": f"203.0.113.{number + 1}", **peer}


def _nested(block: IPv4Network, count: int) -> list[tuple[IPv4Network, bool]]:
    """`count` prefixes in a /16, the block first, each with whether the tunnel carries it by name."""
    found = [(block, True)]
    for width in (20, 24, 27):
        found += [(prefix, index.bit_count() % 2 == 0) for index, prefix in enumerate(block.subnets(new_prefix=width))]
    # Of every width some, whatever the number.
    wide, narrow = found[: 1 + 16], found[1 + 16 :]
    step = max(1, len(narrow) // max(1, count - len(wide)))
    return [*wide, *narrow[::step]][:count]


def _network(circuits: int, tier: str) -> dict[str, Any]:
    values = stack_values("dev")
    # A security group names 4,000 prefixes at most; a tier for so many lets in a wide one [NSG-06].
    for application in values["network"]["tiers"]:
        for allowed in application["allow"]:
            allowed["sources"] = ["10.64.0.0/10" if source == "onPremises" else source for source in allowed["sources"]]
    places = ("Seattle", "Silicon Valley", "Chicago", "Dallas")
    values["expressRoute"]["circuits"] = [
        {
            "name": f"circuit{number}",
            "provider": "Equinix",
            "peeringLocation": places[number],
            "bandwidthInMbps": 200,
            "tier": tier,
        }
        for number in range(circuits)
    ]
    return values


def accepted(values: dict[str, Any]) -> Settings:
    """The settings of a network, which must be free of errors; ValueError with all of them otherwise.

    More prefixes than a gateway learns [LIMIT-20] are no error here: the question is how long the proof takes.
    """
    settings, problems = read(values)
    wrong = [problem for problem in errors(problems) if problem.rule != "LIMIT-20"]
    if settings is None or wrong:
        raise ValueError(report(wrong, "the benchmark's own network is refused"))
    return settings
