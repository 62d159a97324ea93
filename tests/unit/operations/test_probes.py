"""Probes of a drill: what is sent, what is lost, and how long nothing answered."""

import socket
import time

import pytest

from operations.azure import UsageError
from operations.probes import Loss, Probe, Shot


@pytest.mark.parametrize("text", ["", "host", "host:", ":80", "host:0", "host:65536", "host:http"])
def test_a_target_is_a_host_and_a_port(text: str) -> None:
    with pytest.raises(UsageError, match="HOST:PORT"):
        Probe.read(text)


def test_what_is_lost_is_counted_between_two_moments() -> None:
    answers = [True, True, False, False, False, True, True, False]
    probe = Probe("host", 1, [Shot(100 + at / 10, answered) for at, answered in enumerate(answers)])
    assert probe.loss(100, 100.65) == Loss(7, 3, 0.4)
    assert probe.loss(100, 100.15) == Loss(2, 0, 0.0)
    assert probe.loss(100.15, 100.45) == Loss(3, 3, 0.3)
    assert probe.loss(200, 300) == Loss(0, 0, 0.0)


def test_a_listener_answers_and_a_closed_port_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        open_port = server.getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as other:
            closed_port = other.getsockname()[1]
        probes = [Probe.read(f"127.0.0.1:{port}") for port in (open_port, closed_port)]
        start = time.time()
        for probe in probes:
            probe.start()
        while min(len(probe.shots) for probe in probes) < 3:
            time.sleep(0.01)
        for probe in probes:
            probe.stop()
    good, bad = (probe.loss(start, time.time()) for probe in probes)
    assert (good.lost, bad.lost) == (0, bad.sent)
    assert good.sent >= 3
