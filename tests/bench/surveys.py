"""How long a survey of a large hub takes, on a simulated Azure that answers at once."""

import time
from collections.abc import Iterator
from typing import Any

from tests.bench.measure import Figure
from tests.live_network import live_network
from tests.properties.networks import config_of
from tests.stacks import stack_values
from tests.surveyed import surveyed

SPOKES, SITES = 50, 20
LIMIT_SECONDS = 30.0


def large() -> dict[str, Any]:
    """The settings of a hub with many spokes and sites."""
    values = {**stack_values("dev"), "protect": False, "serializeGateways": False}
    values["network"]["spokes"] = [
        {
            "name": f"spoke-{number}",
            "addressSpace": [f"10.{100 + number}.0.0/16"],
            "tiers": [{"name": "app", "subnet": f"10.{100 + number}.1.0/24"}],
        }
        for number in range(SPOKES)
    ]
    values["vpn"]["gateway"]["sku"] = "VpnGw3AZ"
    values["vpn"]["sites"] = [
        {
            "name": f"site-{number}",
            "publicIp": f"203.0.113.{10 + number}",
            "bgp": {"asn": 65010, "peerAddress": f"192.168.255.{1 + number}"},
        }
        for number in range(SITES)
    ]
    return values


def surveys() -> Iterator[Figure]:
    """One survey of it."""
    with live_network(config_of(large())) as network:
        begin = time.monotonic()
        found = surveyed(network)
        took = time.monotonic() - begin
        assert (len(found.values["network"]["spokes"]), len(found.values["vpn"]["sites"])) == (SPOKES, SITES)
        yield Figure(f"a survey of {SPOKES} spokes and {SITES} sites", took, "s", LIMIT_SECONDS)
