"""Large networks for the failover's bench, and what is measured on them.

`prove` is the whole answer of a preview: the requirement's problems, all single failures and all pairs, the smallest
cut of every prefix, and the report's rows. `python -m tests.bench_failover NUMBER` measures one case in a process of
its own.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from ipaddress import IPv4Network
from itertools import islice, pairwise
from typing import Any

from components.rules import errors, report
from topology.model import Settings
from topology.reading import read
from topology.report import Report
from topology.summary import lines

SITES = 20
LEVELS = (16, 19, 22, 24, 26)
"""Lengths of the nested prefixes of one site's block."""


@dataclass(frozen=True)
class Case:
    """A network to prove, and what that may take. seconds: wall time. mebibytes: peak memory of the process."""

    name: str
    make: Callable[[], Settings]
    seconds: float
    mebibytes: int


@dataclass(frozen=True)
class Proved:
    """What was proved, and how long that took."""

    destinations: int
    route_sets: int
    scenarios: int
    survives: bool
    seconds: float
    mebibytes: float = 0


def wide() -> Settings:
    """4,000 prefixes, 2 circuits in 2 peering locations, 2 BGP sites that carry them all."""
    prefixes = [str(prefix) for prefix in islice(IPv4Network("10.0.0.0/8").subnets(new_prefix=24), 4000)]
    circuits = [_circuit(number, "Standard") for number in range(2)]
    sites = [
        {
            "name": f"site{number}",
            "publicIp": f"203.0.113.{number + 1}",
            "bgp": {"asn": 65010 + number, "peerAddress": f"192.168.255.{number + 1}"},
        }
        for number in range(2)
    ]
    return _settings(prefixes, circuits, sites)


def nested(prefixes: int = 10_000) -> Settings:
    """Nested prefixes, 4 Premium circuits, 20 static sites; at full size more than 200 distinct sets of routes.

    Every site has a block. ExpressRoute carries every prefix of it; the VPN the block and, of the more specific ones,
    some: so prefixes differ in where, and how often, the VPN has a route of its own.
    """
    each = prefixes // SITES
    over_expressroute: list[str] = []
    sites: list[dict[str, Any]] = []
    for number in range(SITES):
        block = _block(IPv4Network(f"10.{number}.0.0/16"), each)
        over_expressroute += [str(prefix) for prefix, _ in block]
        sites.append(
            {
                "name": f"site{number}",
                "publicIp": f"203.0.113.{number + 1}",
                "prefixes": [str(prefix) for prefix, carried in block if carried],
            }
        )
    return _settings(over_expressroute, [_circuit(number, "Premium") for number in range(4)], sites)


CASES = (
    Case("4,000 prefixes, 2 circuits, 2 BGP sites", wide, 1, 500),
    Case("10,000 nested prefixes, 4 circuits, 20 static sites", nested, 10, 500),
)


def prove(settings: Settings) -> Proved:
    """Proves everything that a report can show, and takes the time."""
    started = time.perf_counter()
    found = Report(settings)
    proof = found.proof
    scenarios = [(), *proof.singles, *proof.pairs]
    for scenario in scenarios:
        proof.tally(scenario)
    for ladder in proof.groups:
        proof.smallest_cut(ladder)
    lines(found)
    seconds = time.perf_counter() - started
    return Proved(
        len(found.model.tree.destinations), len(proof.groups), len(scenarios), found.survives, round(seconds, 3)
    )


def measure(case: Case) -> Proved:
    """Proves a case in this process; the memory is the process's peak so far."""
    proved = prove(case.make())
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return replace(proved, mebibytes=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1))


def _block(block: IPv4Network, most: int) -> list[tuple[IPv4Network, bool]]:
    """The first prefixes of a block, the wider ones first, and whether the VPN carries them itself.

    The last part of every prefix is left out, so that each has addresses of its own.
    """
    found = [(block, True)]
    for wider, length in pairwise(LEVELS):
        parts = 1 << (length - wider)
        for number, prefix in enumerate(block.subnets(new_prefix=length)):
            if len(found) < most and number % parts < parts - 1:
                found.append((prefix, number % parts % 2 == 0))
    return found


def _circuit(number: int, tier: str) -> dict[str, Any]:
    first, second = f"172.31.{number}.0/30", f"172.31.{number}.4/30"
    return {
        "name": f"circuit{number}",
        "provider": "Equinix",
        "peeringLocation": ("Seattle", "Silicon Valley", "Chicago", "Dallas")[number],
        "bandwidthInMbps": 1000,
        "tier": tier,
        "family": "UnlimitedData",
        "privatePeering": {"peerAsn": 65010, "vlanId": 100, "primaryPrefix": first, "secondaryPrefix": second},
    }


def _settings(prefixes: list[str], circuits: list[dict[str, Any]], sites: list[dict[str, Any]]) -> Settings:
    values = {
        "location": "westus2",
        "name": "bench",
        "network": {
            "addressSpace": ["172.16.0.0/16"],
            "gatewaySubnet": "172.16.255.192/26",
            "tiers": [{"name": f"tier{number}", "subnet": f"172.16.{number}.0/24"} for number in range(3)],
        },
        "onPremises": {"prefixes": prefixes},
        "expressRoute": {"gateway": {"sku": "ErGw3AZ"}, "circuits": circuits},
        "vpn": {"gateway": {"sku": "VpnGw5AZ"}, "sites": sites},
    }
    settings, problems = read(values)
    if settings is None or errors(problems):
        raise ValueError(report(problems, "the bench's own network breaks a rule"))
    return settings


def main() -> int:
    """Measures one case, printed as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_failover", description=__doc__)
    parser.add_argument("case", type=int, choices=range(len(CASES)))
    print(json.dumps(asdict(measure(CASES[parser.parse_args().case]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
