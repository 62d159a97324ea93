"""Simulated time: how long operations take, that they go on without anybody, and that the file keeps the clock."""

import threading
import time
from pathlib import Path

import pytest

from simulator import durations
from simulator.clock import Anchor, InstantClock, RunningClock
from simulator.cloud import Cloud
from tests.simulator.world import BASE, WITH_VPN, id_of, inputs, make, put, token


@pytest.mark.parametrize(
    ("names", "path", "minutes"),
    [
        ((*BASE, "address", "vpn gateway"), "virtualNetworkGateways/vpn", 20),
        ((*BASE, "er gateway"), "virtualNetworkGateways/er", 9),
    ],
)
def test_a_gateway_takes_azures_minutes(names: tuple[str, ...], path: str, minutes: float) -> None:
    """TIME-01 to TIME-03."""
    cloud = make(*names[:-1])
    start = cloud.clock.now()
    put(cloud, names[-1])
    assert cloud.clock.now() - start == 45 * 60
    start = cloud.clock.now()
    cloud.delete(id_of(path))
    assert cloud.clock.now() - start == minutes * 60


def test_a_gateway_is_updating_until_its_time_is_up() -> None:
    clock = InstantClock()
    cloud = Cloud(clock=clock)
    for name in BASE:
        put(cloud, name)
    cloud.begin_put(token("VirtualNetworkGateway"), inputs("er gateway"))
    clock.advance(44.9)
    assert cloud.get(id_of("virtualNetworkGateways/er"))["provisioningState"] == "Updating"
    clock.advance(0.2)
    assert cloud.get(id_of("virtualNetworkGateways/er"))["provisioningState"] == "Succeeded"


def test_every_duration_names_its_source() -> None:
    assert all(entry.minutes > 0 and entry.source for entry in durations.TABLE.values())


def test_a_changed_sku_takes_longer_than_a_changed_tag() -> None:
    cloud = make(*WITH_VPN)
    times = []
    for change in ({"tags": {"a": "b"}}, {"sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"}}):
        start = cloud.clock.now()
        put(cloud, "vpn gateway", **change)
        times.append(cloud.clock.now() - start)
    assert times == [10 * 60, 30 * 60]


def test_operations_go_on_while_no_process_runs(tmp_path: Path) -> None:
    file = tmp_path / "cloud.db"
    cloud = Cloud(file, minute_ms=1)
    for name in BASE:
        put(cloud, name)
    operation = cloud.begin_put(token("VirtualNetworkGateway"), inputs("er gateway"))
    cloud.close()
    time.sleep(0.06)
    again = Cloud(file)
    assert again.operation(operation.number).done
    assert again.get(operation.id)["provisioningState"] == "Succeeded"


def test_another_pace_goes_on_from_the_same_moment(tmp_path: Path) -> None:
    file = tmp_path / "cloud.db"
    slow = Cloud(file, minute_ms=1)
    time.sleep(0.02)
    before = slow.clock.now()
    slow.close()
    still = Cloud(file, minute_ms=10_000_000)
    assert before <= still.clock.now()
    later = still.clock.now()
    assert still.clock.now() - later < 1


def test_a_running_clock_scales_real_time() -> None:
    anchor = Anchor(simulated_s=100.0, real_s=1000.0, minute_ms=50.0)
    assert anchor.at(1000.0) == 100.0
    assert anchor.at(1002.25) == 100.0 + 45 * 60


def test_waiting_ends_early_when_told_to() -> None:
    clock, wake = RunningClock(Anchor(0.0, time.time(), 50.0)), threading.Event()
    wake.set()
    assert clock.sleep_until(clock.now() + 1_000_000, wake) is False


def test_a_quiet_clock_counts_only_what_is_waited_for(tmp_path: Path) -> None:
    """Two gateways at once, with idle real time around them, take one gateway's minutes."""
    cloud = Cloud(tmp_path / "cloud.db", quiet_ms=20)
    for name in (*BASE, "address"):
        put(cloud, name)
    start = cloud.clock.now()
    time.sleep(0.05)
    threads = [threading.Thread(target=put, args=(cloud, name)) for name in ("vpn gateway", "er gateway")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cloud.clock.now() - start == 45 * 60
    again = Cloud(tmp_path / "cloud.db")
    assert again.clock.now() == cloud.clock.now()


def test_two_processes_share_one_cloud(tmp_path: Path) -> None:
    first, second = (Cloud(tmp_path / "cloud.db", minute_ms=1) for _ in range(2))
    put(first, "group")
    put(second, "network")
    assert first.get(id_of("virtualNetworks/hub")) == second.get(id_of("virtualNetworks/hub"))
