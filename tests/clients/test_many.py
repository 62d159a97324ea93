"""Many clients at once: nothing is lost, and what they share stays whole."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

from azure.core.exceptions import ResourceExistsError

from simulator.clock import Anchor, RunningClock
from simulator.cloud import Cloud
from simulator.resources import kinds
from simulator.store import Json
from tests.clients.azure_side import Azure, names, served
from tests.simulator.world import REQUESTS, inputs, put, token

CLIENTS, CHILDREN = 8, 200
_MINUTE_MS = 0.02
_PATIENCE_S = 60.0


def children() -> list[tuple[str, Json]]:
    """Subnets of one network, rules of one group, routes of one table, each with a place of its own."""
    found = []
    for number in range(CHILDREN):
        name = ("subnet", "rule", "route")[number % 3]
        changes: Json = {
            "subnet": {"subnetName": f"s{number}", "addressPrefix": f"10.0.{number}.0/24"},
            "rule": {"securityRuleName": f"r{number}", "priority": 100 + number},
            "route": {"routeName": f"t{number}", "addressPrefix": f"10.9.{number}.0/24"},
        }[name]
        found.append((token(REQUESTS[name][0]), inputs(name, **changes)))
    random.Random(1).shuffle(found)
    return found


def test_two_hundred_children_at_once_are_all_there_and_their_parents_whole() -> None:
    cloud = Cloud(clock=RunningClock(Anchor(0.0, time.time(), _MINUTE_MS)))
    for name in ("group", "network", "nsg", "table"):
        put(cloud, name)
    wanted = children()
    shares = [wanted[number::CLIENTS] for number in range(CLIENTS)]

    with served(cloud) as endpoint:

        def work(share: list[tuple[str, Json]]) -> int:
            """As a client does, which is refused while another one changes the same parent (ORDER-06)."""
            azure, refused, end = Azure(endpoint), 0, time.monotonic() + _PATIENCE_S
            for type_token, body in share:
                while True:
                    try:
                        azure.put(type_token, body)
                        break
                    except ResourceExistsError:
                        refused += 1
                        assert time.monotonic() < end
            return refused

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(work, shares))
        azure = Azure(endpoint)
        for type_token, body in wanted:
            kind = kinds()[type_token]
            assert azure.get(type_token, body).name == names(kind, body)[-1]
        network = azure.client.virtual_networks.get("rg", "hub")
        group = azure.client.network_security_groups.get("rg", "nsg")
        table = azure.client.route_tables.get("rg", "table")
    assert len(network.subnets) + len(group.security_rules) + len(table.routes) == CHILDREN
    assert len(cloud.store.find()) == CHILDREN + 4
    assert {record.state for record in cloud.store.find()} == {"Succeeded"}
