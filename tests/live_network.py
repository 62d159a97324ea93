"""A stack's network on a simulated Azure, with what is outside, and Azure's own client: for tests of operations.

Nothing of it needs an engine: the program runs on mocks that put what it registers into the cloud. Nor a server: see
`tests.nearby`. Time passes only where somebody waits.
"""

import copy
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.outside import outside
from operations.azure import Azure
from operations.cli_live import secret_maps, settings_of
from operations.live import Live, live
from operations.status import Status, status
from simulator import drift
from simulator.arm.serving import Endpoint, serving
from simulator.clock import InstantClock
from simulator.cloud import Cloud
from simulator.faults import Faults
from simulator.front import Front
from simulator.outside import parse
from tests.deploying import SimulatedAzure, deploy, what_others_own
from tests.nearby import Line, NearAzure, nearby
from tests.stacks import KEY
from topology.settings.model import Settings

Json = dict[str, Any]


@dataclass
class LiveNetwork:
    """A deployed network. outside: what the devices do, as `simulator.outside` reads it; `connect` makes it so."""

    stack: str
    cloud: Cloud
    settings: Settings
    live: Live
    secrets: Mapping[str, Mapping[str, str]]
    outside: Json
    azure: Azure
    front: Front
    line: Line
    peace: Json = field(default_factory=dict)

    def connect(self, change: Callable[[Json], object] | None = None) -> None:
        """Let all devices do what the settings say, but for a change."""
        self.outside = copy.deepcopy(self.peace)
        if change is not None:
            change(self.outside)
        self.cloud.connect(parse(json.dumps(self.outside)))

    def status(self) -> Status:
        """What `python -m operations status` finds."""
        return status(self.azure, self.live, self.secrets["vpnSharedKeys"], self.stack)

    @contextmanager
    def served(self) -> Iterator[Endpoint]:
        """The same cloud over HTTPS, while the block runs."""
        with tempfile.TemporaryDirectory() as folder, serving(self.cloud, self.front, Path(folder) / "arm") as endpoint:
            yield endpoint


def keys_of(config: Mapping[str, Any]) -> dict[str, str]:
    """A shared key for every site."""
    return {site["name"]: KEY for site in config["hybrid-network:vpn"]["sites"]}


@contextmanager
def live_network(
    config: Mapping[str, Any], stack: str = "dev", secrets: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[LiveNetwork]:
    """A stack's configuration, deployed in both phases, connected and served."""
    clock = InstantClock()
    cloud = Cloud(clock=clock)
    values = {key.partition(":")[2]: value for key, value in config.items()}
    authorizations = what_others_own(cloud, values)
    given: dict[str, Mapping[str, str]] = {"vpnSharedKeys": keys_of(config)}
    if authorizations:
        given["circuitAuthorizationKeys"] = authorizations
    given.update(secrets or {})
    azure = SimulatedAzure(cloud, provisioned_at_once=True)
    recording = deploy(config, given, azure)
    assert azure.refusals == []
    for circuit in values["expressRoute"]["circuits"]:
        if not any(circuit.get(other) for other in ("privatePeering", "existing", "port")):
            # Its provider makes the peering (CIRCUIT-09).
            drift.provision(cloud, f"erc-{values['name']}-{circuit['name']}", with_peering=True)
    texts = {key: (value if isinstance(value, str) else json.dumps(value), False) for key, value in config.items()}
    texts |= {f"hybrid-network:{key}": (json.dumps(value), True) for key, value in given.items()}
    settings = settings_of(texts)
    front = Front(cloud, Faults(cloud, rules=[]))
    with nearby(cloud, front, clock) as line:
        network = LiveNetwork(
            stack,
            cloud,
            settings,
            live(settings, recording.outputs),
            secret_maps(texts),
            {},
            NearAzure(line),
            front,
            line,
            outside(settings, given["vpnSharedKeys"]),
        )
        network.connect()
        yield network
