"""What monitoring says while something changes: in time, once, and never anything that is not so.

Rows and samples come late, of each resource at another time; the alerts may not depend on which comes first.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from simulator.resources import gateway_log, logs, metrics
from simulator.resources.metrics import Series
from tests.stacks import ROOT, stack_config
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
Fired = dict[str, float]


@pytest.fixture(scope="module")
def dev() -> WatchedNetwork:
    """`dev`: one circuit of two links, and a site with BGP at a gateway with two active instances."""
    return watched_network(stack_config("dev"))


@pytest.fixture(scope="module")
def passive() -> WatchedNetwork:
    """The same at a gateway with one active instance."""
    return watched_network(dev_with(active_active=False))


@pytest.fixture(scope="module")
def static() -> WatchedNetwork:
    """The same with a site without BGP, at a gateway with one active instance."""
    return watched_network(dev_with(active_active=False, bgp=False))


@pytest.fixture(scope="module")
def two() -> WatchedNetwork:
    """`dev` with two circuits."""
    config = stack_config("dev")
    express_route = config["hybrid-network:expressRoute"]
    first = express_route["circuits"][0]
    peering = {**first["privatePeering"], "primaryPrefix": "172.16.9.0/30", "secondaryPrefix": "172.16.9.4/30"}
    second = {**first, "name": "second", "privatePeering": {**peering, "vlanId": 300}, "peeringLocation": "Dallas"}
    config["hybrid-network:expressRoute"] = {**express_route, "circuits": [first, second]}
    return watched_network(config)


def first_circuit_lost(now: Json) -> None:
    for link in now["links"]:
        link["up"] = "primary" not in link["circuit"]


def instance_away(now: Json) -> None:
    """One instance of the VPN gateway has no tunnel."""
    (both,) = now["tunnels"]
    now["tunnels"] = [{**both, "instance": 0, "up": False}, {**both, "instance": 1}]


def fired(network: WatchedNetwork, began: float) -> Fired:
    """What has fired since then, each once, after how many minutes."""
    found = [(name, minutes) for name, is_fired, minutes in network.since(began) if is_fired]
    assert len(dict(found)) == len(found), "an alert has flapped"
    return dict(found)


def resolved(network: WatchedNetwork, began: float) -> Fired:
    return {name: minutes for name, is_fired, minutes in network.since(began) if not is_fired}


LOST = {"circuit-primary-link": 3, "circuit-primary-arp": 3, "circuit-primary-lost": 7, "failed-over": 25}
BACKUP = {"site-hq-bgp": 17, "site-hq-tunnel": 22}
TAKEN = {"taken": 35}
IN_TIME: tuple[tuple[State, Mapping[str, float], float], ...] = (
    (circuit_lost, LOST, 40),
    (one_link_lost, {name: 3 for name in LOST if name.endswith(("link", "arp"))}, 10),
    (tunnel_down, BACKUP, 25),
    (vpn_bgp_down, {"site-hq-bgp": 17}, 25),
    (taken, TAKEN, 40),
)
"""A state, after how many minutes at the latest each of its alerts fires, and after how many all are resolved."""


@pytest.mark.parametrize("second", [0, 299])
@pytest.mark.parametrize(("state", "within", "over"), IN_TIME, ids=lambda one: getattr(one, "__name__", ""))
def test_an_alert_fires_in_time_once_and_is_resolved_in_time(
    dev: WatchedNetwork, state: State, within: Mapping[str, float], over: float, second: int
) -> None:
    """Whatever second of a metric's five minutes it begins in."""
    clock = dev.cloud.clock
    clock.sleep_until((clock.now() // 300 + 1) * 300 + second)
    began = dev.let(state, 120)
    found = fired(dev, began)
    assert found.keys() == within.keys()
    assert {name: minutes for name, minutes in found.items() if minutes > within[name]} == {}
    assert resolved(dev, began) == {}, "what lasts stays, also when rows of an idle circuit no longer come"
    again = dev.let(peace)
    assert fired(dev, again) == {}
    assert resolved(dev, again).keys() == within.keys()
    assert max(resolved(dev, again).values()) <= over


def test_the_page_says_how_soon() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    over = {state.__name__: minutes for state, _, minutes in IN_TIME}
    for row in (
        f"| a link is lost | {LOST['circuit-primary-link']} minutes | {over['one_link_lost']} minutes |",
        f"| the circuit is lost | {LOST['circuit-primary-lost']} minutes, `failed-over` {LOST['failed-over']} | "
        f"{over['one_link_lost']} minutes, `failed-over` {over['circuit_lost']} |",
        f"| the tunnel, or its BGP, is down | {BACKUP['site-hq-bgp']} minutes, `site-NAME-tunnel` "
        f"{BACKUP['site-hq-tunnel']} | {over['tunnel_down']} minutes |",
        f"| the VPN takes traffic | {TAKEN['taken']} minutes | {over['taken']} minutes |",
    ):
        assert row in page


@pytest.mark.parametrize("minutes", [1, 4, 8, 23])
@pytest.mark.parametrize("late", [(1, 9), (9, 1)], ids=str)
def test_nothing_wrong_is_said_on_the_way_to_the_vpn_and_back(
    dev: WatchedNetwork, monkeypatch: pytest.MonkeyPatch, minutes: int, late: tuple[int, int]
) -> None:
    """However long the circuit is away, and whichever resource's rows come first."""
    monkeypatch.setitem(logs.MINUTES_LATE, metrics.GATEWAYS, late[0])
    monkeypatch.setitem(logs.MINUTES_LATE, metrics.CIRCUITS, late[1])
    began = dev.let(circuit_lost, minutes)
    # The circuit is back, and the device still sends through the tunnel what it sent before.
    dev.let(taken, 3)
    dev.let(peace)
    assert "taken" not in fired(dev, began)
    assert not set(fired(dev, began)) & BACKUP.keys()
    assert ("failed-over" in fired(dev, began)) <= (minutes > 5)


@pytest.mark.parametrize("late", [(1, 9), (9, 1)], ids=str)
def test_of_two_circuits_the_one_that_is_lost_is_no_failover(
    two: WatchedNetwork, monkeypatch: pytest.MonkeyPatch, late: tuple[int, int]
) -> None:
    monkeypatch.setitem(logs.MINUTES_LATE, metrics.GATEWAYS, late[0])
    monkeypatch.setitem(logs.MINUTES_LATE, metrics.CIRCUITS, late[1])
    began = two.let(first_circuit_lost, 180)
    both = two.let(circuit_lost, 180)
    assert "failed-over" in fired(two, both)
    assert "circuit-second-lost" in fired(two, both)
    again = two.let(first_circuit_lost, 60)
    both_taken = two.let(lambda now: (first_circuit_lost(now), taken(now)), 60)
    two.let(peace)
    assert {name for name, minutes in fired(two, began).items() if minutes <= 180} == {
        f"circuit-primary-{what}" for what in ("lost", "link", "arp")
    }
    assert fired(two, again).keys() == {"taken"}
    assert min(fired(two, both_taken).values()) > 0


def test_a_short_flap_is_told_where_it_counts_and_nowhere_else(dev: WatchedNetwork) -> None:
    """A minute without the circuit has cost redundancy, and is no loss of the circuit, nor a failover."""
    began = dev.let(circuit_lost, 1)
    dev.let(peace)
    assert fired(dev, began).keys() == {"circuit-primary-link", "circuit-primary-arp"}
    began = dev.let(one_link_lost, 30)
    dev.let(circuit_lost, 1)
    dev.let(one_link_lost, 30)
    dev.let(peace)
    assert fired(dev, began).keys() == {"circuit-primary-link", "circuit-primary-arp"}


@pytest.mark.parametrize("state", [tunnel_down, vpn_bgp_down, instance_away], ids=lambda one: one.__name__)
@pytest.mark.parametrize("second", [0, 150])
def test_a_tunnel_that_is_away_for_some_minutes_is_no_lost_backup(
    dev: WatchedNetwork, passive: WatchedNetwork, state: State, second: int
) -> None:
    """As while Azure maintains a gateway in order: one instance after the other."""
    for network in (dev, passive) if state is not instance_away else (dev,):
        clock = network.cloud.clock
        clock.sleep_until((clock.now() // 300 + 1) * 300 + second)
        began = network.let(state, 4)
        network.let(peace)
        assert fired(network, began) == {}


def test_an_instance_that_stays_away_is_half_of_the_backup(dev: WatchedNetwork) -> None:
    assert dev.rings(instance_away) == BACKUP.keys()
    assert dev.rings(peace) == set()


def test_it_does_not_matter_whether_a_standby_instance_has_metrics(
    passive: WatchedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No page says whether one without a tunnel says zero or nothing."""
    assert passive.rings(tunnel_down) == BACKUP.keys()
    assert passive.rings(peace) == set()
    every = metrics.every

    def with_standby(*args: Any) -> dict[str, list[Series]]:
        found = every(*args)
        return {
            name: [*series, *(Series({**one.dimensions, "Instance": "the other"}, 0.0) for one in series)]
            if any("Instance" in one.dimensions for one in series)
            else series
            for name, series in found.items()
        }

    monkeypatch.setattr(metrics, "every", with_standby)
    assert passive.rings(one_link_lost) == {"circuit-primary-link", "circuit-primary-arp"}
    assert passive.rings(tunnel_down) == BACKUP.keys()
    assert passive.rings(peace) == set()
    began = passive.let(tunnel_down, 4)
    passive.let(peace)
    assert fired(passive, began) == {}


def test_maintenance_rings_and_is_no_lost_backup(static: WatchedNetwork) -> None:
    cloud = static.cloud
    (gateway,) = [one for one in cloud.find("VirtualNetworkGateway") if one.body["gatewayType"] == "Vpn"]
    began = cloud.clock.now()
    gateway_log.maintain(cloud, gateway, began, "203.0.113.10", seconds=90)
    static.let(peace, 90)
    assert fired(static, began).keys() == {"maintenance"}
    assert fired(static, began)["maintenance"] <= 15
    assert resolved(static, began)["maintenance"] <= 60


def test_a_static_tunnel_that_comes_back_at_once_is_no_lost_backup(static: WatchedNetwork) -> None:
    began = static.let(tunnel_down, 4)
    static.let(peace)
    assert fired(static, began) == {}
    began = static.let(tunnel_down, 60)
    assert fired(static, began).keys() == {"site-hq-tunnel"}
    assert fired(static, began)["site-hq-tunnel"] <= 20
    again = static.let(peace)
    assert resolved(static, again)["site-hq-tunnel"] <= 25
