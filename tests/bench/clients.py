"""How quick the simulated Azure is over HTTP: the reference network through Azure's own client, and reads by four."""

import http.client
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from simulator import drift
from simulator.arm.serving import Endpoint
from simulator.cloud import Cloud
from simulator.ids import SUBSCRIPTION
from simulator.store import Json
from tests.bench.measure import Figure
from tests.clients.azure_side import Azure
from tests.deploying import SimulatedAzure, deploy
from tests.stacks import keys_for, stack_config
from toolchain.process import end_session

MOST_S = 4.0
LEAST_PER_S = 100.0
_READERS = 4
_READING_S = 3.0
_MINUTE_MS = 0.01
"""Real milliseconds of a simulated minute: none of Azure's delays is left."""


class _Recorder(Cloud):
    """Keeps what it is sent, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, Json]] = []

    def put(self, token: str, inputs: Json, subscription: str = SUBSCRIPTION) -> Json:
        self.sent.append((token, inputs))
        return super().put(token, inputs, subscription)


def clients() -> Iterator[Figure]:
    """Both phases of `reference` by azure-mgmt-network; GETs a second by four clients; the server has one core."""
    config, recorder = stack_config("reference"), _Recorder()
    secrets = {"vpnSharedKeys": keys_for(config), "circuitAuthorizationKeys": {}}
    deploy(config, secrets, SimulatedAzure(recorder, provisioned_at_once=True))
    with tempfile.TemporaryDirectory(prefix="hybrid-network-") as folder:
        file = Path(folder) / "cloud.db"
        with _served(file) as endpoint, closing(Cloud(file)) as cloud:
            azure = Azure(endpoint)
            start = time.perf_counter()
            for token, inputs in recorder.sent:
                azure.put(token, inputs)
                if token.endswith(":ExpressRouteCircuit"):
                    cloud.wait(drift.provision(cloud, inputs["circuitName"]))
            yield Figure("reference through Azure's client", time.perf_counter() - start, "s", most=MOST_S)
            network = next(record.id for record in cloud.find("VirtualNetwork"))
            yield Figure("reads of a network, four clients", _reads(endpoint, network), "1/s", least=LEAST_PER_S)


@contextmanager
def _served(cloud: Path) -> Iterator[Endpoint]:
    """A simulator of its own, on one core."""
    command = [sys.executable, "-m", "simulator", "serve", "--cloud", str(cloud), "--arm-port", "0"]
    core = {min(os.sched_getaffinity(0))}
    process = subprocess.Popen(
        [*command, "--minute-ms", str(_MINUTE_MS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    os.sched_setaffinity(process.pid, core)
    try:
        assert process.stdout is not None
        said = dict(process.stdout.readline().strip().split("=", 1) for _ in range(4))
        yield Endpoint(said["SIMULATED_ARM"], Path(said["SIMULATED_ARM_CA"]), Path(said["SIMULATED_ARM_AZ_CLOUD"]))
    finally:
        end_session(process, grace=5.0)


def _reads(endpoint: Endpoint, id: str) -> float:
    """Answers a second, each client on a connection of its own."""
    context = ssl.create_default_context(cafile=str(endpoint.ca))
    counts, end = [0] * _READERS, time.perf_counter() + _READING_S

    def read(number: int) -> None:
        connection = http.client.HTTPSConnection(endpoint.url.removeprefix("https://"), context=context)
        while time.perf_counter() < end:
            connection.request("GET", f"{id}?api-version=2024-05-01")
            answer = connection.getresponse()
            answer.read()
            # Azure lets an account read so often and no more: 10,000 times in five simulated minutes.
            counts[number] += answer.status == 200
        connection.close()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(_READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / _READING_S
