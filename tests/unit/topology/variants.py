"""The project's stacks with a few settings edited, for tests of the topology."""

from collections.abc import Callable
from typing import Any

from tests.stacks import stack_values
from topology.settings.model import Settings

Edit = Callable[[dict[str, Any]], Any]


def settings(stack: str, *edits: Edit) -> Settings:
    """A stack's settings after the edits, not judged."""
    values = stack_values(stack)
    for edit in edits:
        edit(values)
    return Settings.model_validate(values)


def vpn_prefixes(*prefixes: str) -> Edit:
    """The first VPN site carries these."""
    return lambda values: values["vpn"]["sites"][0].update(prefixes=list(prefixes))


def expressroute_prefixes(*prefixes: str) -> Edit:
    """On-premises advertises these over ExpressRoute."""
    return lambda values: values["expressRoute"].update(prefixes=list(prefixes))


def on_premises(*prefixes: str) -> Edit:
    """These must stay reachable."""
    return lambda values: values["onPremises"].update(prefixes=list(prefixes))


def tier(number: int, **changes: Any) -> Edit:
    """One tier with changed settings."""
    return lambda values: values["network"]["tiers"][number].update(changes)


def route(prefix: str, kind: str, address: str | None = None) -> dict[str, Any]:
    """A user-defined route."""
    hop = {} if address is None else {"nextHopAddress": address}
    return {"name": "udr", "prefix": prefix, "nextHopType": kind, **hop}


def second_site(**changes: Any) -> Edit:
    """A second VPN site with BGP, `dr`."""
    bgp = {"asn": 65011, "peerAddress": "192.168.255.2"}
    site = {"name": "dr", "publicIp": "203.0.113.11", "bgp": bgp, **changes}
    return lambda values: values["vpn"]["sites"].append(
        {key: value for key, value in site.items() if value is not None}
    )


def second_circuit(**changes: Any) -> Edit:
    """A second circuit in another peering location, `west`."""
    circuit = {
        "name": "west",
        "provider": "Megaport",
        "peeringLocation": "Chicago",
        "bandwidthInMbps": 200,
        **changes,
    }
    return lambda values: values["expressRoute"]["circuits"].append(circuit)


def failover(**changes: Any) -> Edit:
    """What the network must survive."""
    return lambda values: values.update(failover=changes)


def devices(**held: list[str]) -> Edit:
    """Devices by their names, each with what it holds: links where there is a slash, else sites."""
    listed = [
        {"name": name, "links": [one for one in all_ if "/" in one], "sites": [one for one in all_ if "/" not in one]}
        for name, all_ in held.items()
    ]
    return lambda values: values["onPremises"].update(devices=listed)
