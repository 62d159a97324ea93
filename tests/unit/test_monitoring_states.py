"""The states of a network, and the alerts that ring in each: evaluated from what was deployed, and nothing else.

Beside each alert stand copies of it with a wrong condition, so that the table is seen to tell right from wrong.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from simulator import drift
from simulator.resources import gateway_log
from simulator.resources.monitor import METRIC_ALERT
from tests.stacks import stack_config
from tests.watched_network import (
    State,
    WatchedNetwork,
    circuit_lost,
    dev_with,
    one_link_lost,
    peace,
    taken,
    tunnel_down,
    vpn_bgp_down,
    watched_network,
)

Json = dict[str, Any]


@pytest.fixture(scope="module")
def dev() -> WatchedNetwork:
    """`dev`: one circuit of two links, and a site with BGP."""
    return watched_network(stack_config("dev"))


@pytest.fixture(scope="module")
def static() -> WatchedNetwork:
    """The same with a site without BGP, at a gateway with one active instance."""
    return watched_network(dev_with(active_active=False, bgp=False))


def bgp_lost_on_a_link(now: Json) -> None:
    now["links"][0]["asn"] = 65011


def withdrawn(now: Json) -> None:
    for link in now["links"]:
        link["announces"] = link["announces"][1:]


def many(count: int) -> list[str]:
    return [f"172.20.{number // 64}.{number % 64 * 4}/30" for number in range(count)]


def circuit_at_its_limit(now: Json) -> None:
    for link in now["links"]:
        link["announces"] = [*link["announces"], *many(3200 - len(link["announces"]) + 1)]


def circuit_near_its_limit(now: Json) -> None:
    for link in now["links"]:
        link["announces"] = [*link["announces"], *many(3200 - len(link["announces"]))]


def all_at_their_limit(now: Json) -> None:
    """The VPN gateway tells the ExpressRoute gateway all that it learns, too."""
    circuit_at_its_limit(now)
    now["tunnels"][0]["announces"] = [*now["tunnels"][0]["announces"], *many(3199)]


def busy(now: Json, mbps: int = 170) -> None:
    """The circuit has 200 Mbit/s."""
    for link in now["links"]:
        link["mbps"] = mbps


def very_busy(now: Json) -> None:
    """The gateway carries 1 Gbit/s."""
    busy(now, 850)


def failed_over_and_busy(now: Json) -> None:
    """The VPN gateway carries 650 Mbit/s."""
    circuit_lost(now)
    now["tunnels"][0]["mbps"] = 600


def selectors_differ(now: Json) -> None:
    now["tunnels"][0]["mismatched"] = 10


def maintained(_: Json) -> None:
    """Azure maintains the VPN gateway meanwhile."""


def of_many_prefixes(_: Json) -> None:
    """The network has them meanwhile."""


CIRCUIT = {"circuit-primary-lost", "circuit-primary-link", "circuit-primary-arp", "failed-over"}
LINK = {"circuit-primary-link", "circuit-primary-arp"}
BACKUP = {"site-hq-bgp", "site-hq-tunnel"}
TABLE: tuple[tuple[State, set[str]], ...] = (
    (peace, set()),
    (maintained, {"maintenance"}),
    (circuit_lost, CIRCUIT),
    (one_link_lost, LINK),
    (bgp_lost_on_a_link, {"circuit-primary-link"}),
    (tunnel_down, BACKUP),
    (vpn_bgp_down, {"site-hq-bgp"}),
    (taken, {"taken"}),
    (withdrawn, {"taken"}),
    (circuit_near_its_limit, set()),
    (circuit_at_its_limit, {"expressroute-routes-learned"}),
    (all_at_their_limit, {"vpn-routes", "expressroute-routes-learned"}),
    (busy, {"circuit-primary-busy-in", "circuit-primary-busy-out"}),
    (very_busy, {"circuit-primary-busy-in", "circuit-primary-busy-out", "expressroute-cpu"}),
    (failed_over_and_busy, {*CIRCUIT, "vpn-busy"}),
    (selectors_differ, {"vpn-selectors-in", "vpn-selectors-out"}),
    (of_many_prefixes, {"expressroute-routes-advertised"}),
)
STATIC: tuple[tuple[State, set[str]], ...] = (
    (peace, set()),
    (circuit_lost, CIRCUIT),
    (tunnel_down, {"site-hq-tunnel"}),
    (peace, set()),
)
"""Where the site has no BGP: an idle tunnel is none that is down."""
Seen = dict[str, set[str]]


@pytest.fixture(scope="module")
def seen(dev: WatchedNetwork) -> Seen:
    """What rings in each state of `dev`, of the alerts and of their broken copies."""
    break_copies(dev)
    found = {}
    for state, _ in TABLE:
        if state is maintained:
            maintain(dev)
            found[state.__name__] = dev.rings(state, minutes=20)
        elif state is of_many_prefixes:
            with many_prefixes(dev):
                found[state.__name__] = dev.rings(state)
        else:
            found[state.__name__] = dev.rings(state)
    return found


@pytest.fixture(scope="module")
def seen_static(static: WatchedNetwork) -> Seen:
    break_copies(static, "site-hq-tunnel")
    return {state.__name__: static.rings(state) for state, _ in STATIC}


def maintain(network: WatchedNetwork) -> None:
    (gateway,) = [one for one in network.cloud.find("VirtualNetworkGateway") if one.body["gatewayType"] == "Vpn"]
    gateway_log.maintain(network.cloud, gateway, network.cloud.clock.now())


@contextmanager
def many_prefixes(network: WatchedNetwork) -> Iterator[None]:
    """The network has 801 prefixes."""
    (home,) = network.cloud.find("VirtualNetwork")
    own = home.body["addressSpace"]["addressPrefixes"]
    drift.change(network.cloud, home.id, {"addressSpace.addressPrefixes": [*own, *many(801 - len(own))]})
    yield
    drift.change(network.cloud, home.id, {"addressSpace.addressPrefixes": own})


def whole(found: set[str]) -> set[str]:
    return {name for name in found if BROKEN not in name}


@pytest.mark.parametrize(("state", "expected"), TABLE, ids=lambda one: getattr(one, "__name__", ""))
def test_each_alert_rings_where_it_must_and_nowhere_else(seen: Seen, state: State, expected: set[str]) -> None:
    assert whole(seen[state.__name__]) == expected


def test_where_a_site_has_no_bgp_its_gateways_log_says_whether_its_tunnel_is_down(seen_static: Seen) -> None:
    assert {name: whole(found) for name, found in seen_static.items()} == {one.__name__: rung for one, rung in STATIC}


def test_every_alert_rings_in_some_state_and_is_silent_in_another(dev: WatchedNetwork, seen: Seen) -> None:
    names = whole(set(dev.alerts()))
    assert len(names) == 17
    assert set().union(*seen.values()) >= names
    assert not set.intersection(*seen.values()) & names


BROKEN = "-broken-"


def break_copies(network: WatchedNetwork, *only: str) -> None:
    """Deploy alerts again and again, each time with another thing of the condition wrong. only: these; else all."""
    for alert in [one for name, one in network.alerts().items() if not only or name in only]:
        of = metric_mutants if alert.token == METRIC_ALERT else query_mutants
        for what, condition in of(alert.body["criteria"]["allOf"][0]):
            name = re.sub(r"\W+", "-", f"{alert.name}{BROKEN}{what}")
            criteria = {**alert.body["criteria"], "allOf": [condition]}
            group = {"resourceGroupName": alert.id.split("/")[4], "ruleName": name}
            network.cloud.put(alert.token, {**alert.body, **group, "criteria": criteria})


def metric_mutants(right: Json) -> Iterator[tuple[str, Json]]:
    less = right["operator"] == "LessThan"
    yield "operator", {**right, "operator": "GreaterThan" if less else "LessThan"}
    yield "threshold", {**right, "threshold": -1 if less else 1e15}
    yield "never calm", {**right, "threshold": 1e15 if less else -1}
    for number, dimension in enumerate(right["dimensions"]):
        if dimension["values"] != ["*"]:
            wrong = [*right["dimensions"]]
            wrong[number] = {**dimension, "values": ["nobody"]}
            yield dimension["name"], {**right, "dimensions": wrong}


def query_mutants(right: Json) -> Iterator[tuple[str, Json]]:
    yield "operator", {**right, "operator": "LessThanOrEqual"}
    lines = right["query"].splitlines()
    for number, line in enumerate(lines):
        if line.startswith("| where"):
            for text in (re.sub(r'"[^"]+"', '"nobody"', line), line.replace(" > 1000000", " < 1000000")):
                if text != line:
                    yield f"line {number}", {**right, "query": "\n".join([*lines[:number], text, *lines[number + 1 :]])}
    for old, new in (("Most == 0", "Most == 100"), ("Least > 0", "Least == 0"), ("Times == 3", "Times == 4")):
        if old in right["query"]:
            yield old, {**right, "query": right["query"].replace(old, new)}


@pytest.mark.parametrize(("name", "states", "count"), [("dev", "seen", 58), ("static", "seen_static", 4)])
def test_whatever_of_an_alert_is_broken_is_seen(
    name: str, states: str, count: int, request: pytest.FixtureRequest
) -> None:
    """Each copy with a wrong condition rings in other states than its alert: the table would tell."""
    network: WatchedNetwork = request.getfixturevalue(name)
    found: Seen = request.getfixturevalue(states)

    def rung_in(alert: str) -> set[str]:
        return {state for state, rung in found.items() if alert in rung}

    broken = [one for one in network.alerts() if BROKEN in one]
    assert len(broken) >= count
    assert [one for one in broken if rung_in(one) == rung_in(one.partition(BROKEN)[0])] == []


def test_two_states_at_once_ring_both(dev: WatchedNetwork) -> None:
    def both(now: Json) -> None:
        one_link_lost(now)
        vpn_bgp_down(now)

    assert whole(dev.rings(both)) == {*LINK, "site-hq-bgp"}


def test_where_a_site_carries_traffic_in_peace_only_the_others_ring_for_it() -> None:
    config: Json = {**stack_config("dev"), "hybrid-network:onPremises": {"prefixes": ["192.168.0.0/16"]}}
    vpn, bgp = config["hybrid-network:vpn"], {"asn": 65020, "peerAddress": "192.168.255.9"}
    branch = {"name": "branch", "publicIp": "203.0.113.99", "prefixes": ["172.30.0.0/16"], "bgp": bgp}
    config["hybrid-network:vpn"] = {**vpn, "sites": [*vpn["sites"], branch]}
    two = watched_network(config)
    assert two.rings(peace) == set()
    assert two.rings(circuit_lost) == {*CIRCUIT - {"failed-over"}, "site-hq-carries"}


def test_an_ergwscale_is_watched_by_its_own_metrics() -> None:
    config: Json = stack_config("dev") | {"azure-native:location": "westus3"}
    scaled = {"sku": "ErGwScale", "minScaleUnits": 2, "maxScaleUnits": 2}
    config["hybrid-network:expressRoute"] = {**config["hybrid-network:expressRoute"], "gateway": scaled}
    assert watched_network(config).rings(circuit_at_its_limit) == {"expressroute-routes-learned"}
