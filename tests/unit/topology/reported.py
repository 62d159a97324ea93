"""Networks as people have them: one hub, one circuit and one VPN site, and what their settings may have besides."""

from typing import Any

from components.rules import Problem, errors
from topology.reading import read
from topology.settings.model import Settings
from topology.show.report import Report

Values = dict[str, Any]
FIREWALL = "10.0.9.4"


def site(name: str = "hq", number: int = 10, **more: Any) -> Values:
    """A VPN site with BGP."""
    peer = {"asn": 65010, "peerAddress": f"172.30.255.{number}"}
    return {"name": name, "publicIp": f"203.0.113.{number}", "bgp": peer, **more}


def circuit(name: str = "primary", place: str = "Silicon Valley", **more: Any) -> Values:
    """A circuit that is ordered from a provider of its own."""
    return {"name": name, "provider": f"of {name}", "peeringLocation": place, "bandwidthInMbps": 200, **more}


def existing(name: str, **more: Any) -> Values:
    """A circuit that is there already."""
    folder = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/expressRouteCircuits"
    return {"name": name, "existing": {"id": f"{folder}/{name}"}, "connect": "always", **more}


def on_port(name: str, port: str = "p1", vlan: int = 10, **more: Any) -> Values:
    """A circuit on a Direct port pair."""
    folder = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/expressRoutePorts"
    peering = {"peerAsn": 65010, "vlanId": vlan, "primaryPrefix": f"172.29.{vlan}.0/30"}
    return {
        "name": name,
        "port": {"id": f"{folder}/{port}", "bandwidthInGbps": 1},
        "connect": "always",
        "privatePeering": {**peering, "secondaryPrefix": f"172.29.{vlan}.4/30"},
        **more,
    }


def tier(name: str = "web", number: int = 1, routes: list[Values] | None = None, **more: Any) -> Values:
    """A tier in 10.0.NUMBER.0/24."""
    return {"name": name, "subnet": f"10.0.{number}.0/24", "routes": routes or [], **more}


def to(prefix: str, address: str = FIREWALL, name: str = "") -> Values:
    """A user-defined route to a firewall."""
    name = name or f"r-{prefix}".replace(".", "-").replace("/", "-")
    return {"name": name, "prefix": prefix, "nextHopType": "VirtualAppliance", "nextHopAddress": address}


def device(name: str, *held: str) -> Values:
    """A device with its links (with a slash) and its sites."""
    links = [one for one in held if "/" in one]
    return {"name": name, "links": links, "sites": [one for one in held if "/" not in one]}


def hybrid(
    *,
    tiers: list[Values] | None = None,
    circuits: list[Values] | None = None,
    sites: list[Values] | None = None,
    prefixes: tuple[str, ...] = ("192.168.0.0/16",),
    over_express_route: tuple[str, ...] | None = None,
    devices: list[Values] | None = None,
    require: str = "circuitLoss",
    **network: Any,
) -> Values:
    """The settings of a whole network."""
    express_route: Values = {"gateway": {"sku": "ErGw1AZ"}, "circuits": circuits or [circuit()]}
    if over_express_route is not None:
        express_route["prefixes"] = list(over_express_route)
    return {
        "location": "westus2",
        "name": "t",
        "network": {
            "addressSpace": ["10.0.0.0/16"],
            "gatewaySubnet": "10.0.255.192/26",
            "tiers": tiers or [tier()],
            **network,
        },
        "onPremises": {"prefixes": list(prefixes), "devices": devices or []},
        "expressRoute": express_route,
        "vpn": {"gateway": {"sku": "VpnGw2AZ"}, "sites": sites or [site()]},
        "failover": {"require": require},
    }


def judged(values: Values) -> tuple[Settings, list[Problem]]:
    """Settings that can be read, and every problem of them."""
    settings, problems = read(values)
    assert settings is not None, problems
    return settings, problems


def found(values: Values) -> list[str]:
    """The rules of all problems, errors first, each once."""
    _, problems = judged(values)
    return list(dict.fromkeys(problem.rule for problem in (*errors(problems), *problems)))


def report(values: Values) -> Report:
    """The proof of a network that nothing but the proof itself refuses."""
    return Report(judged(values)[0])


def cuts(values: Values, *failed: str) -> bool:
    """Whether a single failure, or a pair, cuts something off."""
    shown = report(values)
    order = {element: place for place, element in enumerate(shown.model.network.elements)}
    return shown.proof.tally(tuple(sorted(failed, key=order.__getitem__))).lost > 0


def line(values: Values, prefix: str = "192.168.0.0/16", number: int = 0) -> str:
    """The paths of a prefix in turn, in words."""
    row = next(row for row in report(values).rows if str(row.prefix) == prefix)
    return row.fallbacks[number].line
