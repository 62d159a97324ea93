"""Settings of the stack `dev` with a few values changed, and what the rules say of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from simulator.ids import SUBSCRIPTION
from tests.stacks import KEY, stack_values
from topology.reading import read

REMOVE = object()
"""In place of a value: the setting is taken out."""
ROUTE_MODEL = (
    *("FAIL-01", "FAIL-02", "FAIL-03", "FAIL-05", "FAIL-09", "FAIL-15", "FAIL-16", "FAIL-17", "FAIL-20"),
    *("NVA-01", "NVA-03"),
)
"""What the route model finds in addition where a case happens to touch the failover too."""
ASG = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/applicationSecurityGroups/asg"
"""Id of an application security group in the simulated subscription."""

OTHER = "12345678-1234-1234-1234-123456789abc"
"""Another subscription."""
OTHER_ASG = ASG.replace(SUBSCRIPTION, OTHER)


@dataclass(frozen=True)
class Case:
    """A wrong setting and all that is said of it: severity, path, message and rule, one line each."""

    rule: str
    changes: Mapping[str, Any]
    said: tuple[str, ...]
    secrets: Mapping[str, Mapping[str, str]]


def case(
    rule: str, changes: Mapping[str, Any], *said: str, secrets: Mapping[str, Mapping[str, str]] | None = None
) -> Case:
    """A case in one call. secrets: secret maps in place of those with a good key for each site."""
    return Case(rule, changes, said, secrets or {})


def changed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Plain settings of `dev` with changes (path such as `vpn.sites[0].bgp.asn` -> value); an index may append."""
    values = stack_values("dev")
    for path, value in changes.items():
        *holders, last = [int(part) if part.isdecimal() else part for part in re.findall(r"[^.\[\]]+", path)]
        here: Any = values
        for part in holders:
            here = here[part] if isinstance(part, int) else here.setdefault(part, {})
        if value is REMOVE:
            del here[last]
        elif isinstance(here, list) and last == len(here):
            here.append(value)
        else:
            here[last] = value
    return values


def said_of(one: Case) -> list[str]:
    """What reading a case's settings finds; without the route model's findings where the case is about another rule."""
    secrets = {**keys("hq"), **one.secrets}
    _, problems = read(changed(one.changes), secrets)
    silent = () if one.rule in ROUTE_MODEL else ROUTE_MODEL
    return [f"{problem.severity} {problem}" for problem in problems if problem.rule not in silent]


def numbered(count: int, start: str = "10.128.0.0", length: int = 32) -> list[str]:
    """Prefixes of one length that follow each other."""
    first = IPv4Network(f"{start}/{length}")
    return [f"{first.network_address + number * first.num_addresses}/{length}" for number in range(count)]


def circuit(number: int, **more: Any) -> dict[str, Any]:
    """A circuit ordered from a provider, in a place of its own; the next one's provider is another."""
    ordered = {
        "provider": ("Equinix", "Megaport")[number % 2],
        "peeringLocation": f"Place {number}",
        "bandwidthInMbps": 200,
    }
    return {"name": f"c{number}", **ordered, **more}


def site(number: int, **more: Any) -> dict[str, Any]:
    """A site of a prefix of its own, with BGP."""
    own = {"publicIp": f"203.0.113.{number + 20}", "prefixes": [f"192.168.{number}.0/24"]}
    return {"name": f"s{number}", **own, "bgp": {"asn": 65020 + number, "peerAddress": f"192.168.{number}.1"}, **more}


def keys(*names: str) -> dict[str, dict[str, str]]:
    """A good pre-shared key for each site."""
    return {"vpnSharedKeys": dict.fromkeys(names, KEY)}
