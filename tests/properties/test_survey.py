"""There and back: a network is deployed on the simulated Azure, surveyed over HTTP, and comes out as it was, but for
what `operations.survey.unknown` lists. 6 random networks; 100 with READING=full (`make nightly`)."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from operations.survey.unknown import UNKNOWN
from tests.live_network import live_network
from tests.properties.corners import cornered_networks
from tests.properties.networks import config_of, secrets_of
from tests.surveyed import comparable, differences, settings_of, surveyed
from tests.unit.rules.changes import REMOVE, changed, circuit
from toolchain.locate import PROJECT
from topology.reading import read

EXAMPLES = 100 if os.environ.get("READING") == "full" else 6
FILES = (
    *(
        "Pulumi.dev.yaml",
        "Pulumi.reference.yaml",
        "examples/aws-four-tunnels.yaml",
        "examples/direct/Pulumi.direct.yaml",
    ),
    *("examples/existing/Pulumi.existing.yaml", "examples/firewall/Pulumi.firewall.yaml"),
    *("examples/two-circuits/Pulumi.two-circuits.yaml", "examples/two-devices/Pulumi.two-devices.yaml"),
)
_PEER = {"peerAsn": 65010, "vlanId": 10, "primaryPrefix": "172.30.0.0/30", "secondaryPrefix": "172.30.0.4/30"}
_PEERED = {**_PEER, "vlanId": 20, "primaryPrefix": "172.30.1.0/30", "secondaryPrefix": "172.30.1.4/30"}
_THEIRS = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network"
_PORT = {"port": {"id": f"{_THEIRS}/expressRoutePorts/p1", "bandwidthInGbps": 1}, "connect": "always"}
CHANGES: dict[str, dict[str, Any]] = {
    "ExpressRoute carries a part of a site": {"expressRoute.prefixes": ["192.168.1.0/24"]},
    "one location in two spellings": {
        "expressRoute.circuits[0]": circuit(0, peeringLocation="Dallas"),
        "expressRoute.circuits[1]": circuit(1, peeringLocation="dallas"),
    },
    "two circuits on one port": {
        "expressRoute.circuits[0]": {"name": "a", **_PORT, "privatePeering": _PEER},
        "expressRoute.circuits[1]": {"name": "b", **_PORT, "privatePeering": _PEERED, "prepend": 2},
    },
    "existing circuits": {
        "expressRoute.circuits": [
            {"name": name, "existing": {"id": f"{_THEIRS}/expressRouteCircuits/{name}"}, "connect": "always"}
            for name in ("a", "b")
        ],
    },
    "two devices of one site": {
        "vpn.sites[1]": {
            "name": "b",
            "publicIp": "203.0.113.11",
            "bgp": {"asn": 65010, "peerAddress": "192.168.255.2"},
        },
        "vpn.sites[1].prepend": 3,
    },
    "no Bastion, and names of one's own": {
        "network.management": REMOVE,
        "network.tiers[0].allow": [{"sources": ["data", "198.51.100.0/24"], "ports": [80]}],
        "network.tiers[1].allow": [],
        "names": {"virtualNetwork": "HubNet", "subnets": {"web": "Web_Front"}, "vpnPublicIps": ["one", "two"]},
    },
}


def there_and_back(config: dict[str, Any], secrets: dict[str, dict[str, str]] | None = None) -> list[str]:
    """Where the surveyed settings differ from those that were deployed."""
    with live_network(config, "dev", secrets) as network:
        found = surveyed(network)
        assert found.unread == ()
        return differences(comparable(network.settings), comparable(settings_of(found)))


@pytest.mark.parametrize("file", FILES)
def test_a_stack_comes_back_as_it_was(file: str) -> None:
    config = yaml.safe_load(Path(PROJECT, file).read_text())["config"]
    assert there_and_back({key: value for key, value in config.items() if not key.endswith("Keys")}) == []


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_stack_comes_back_as_it_was(changes: dict[str, Any]) -> None:
    values = changed({**changes, "protect": False, "serializeGateways": False})
    covered = [{"prefix": prefix, "reason": "not the question"} for prefix in values["onPremises"]["prefixes"]]
    assert there_and_back(config_of({**values, "failover": {"accept": covered}})) == []


def test_a_random_network_comes_back_as_it_was() -> None:
    seen = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(cornered_networks())
    def comes_back(drawn: tuple[dict[str, Any], list[str]]) -> None:
        values, _ = drawn
        secrets = secrets_of(values)
        if [problem for problem in read(values, secrets)[1] if problem.severity == "error"]:
            return
        # Of an existing circuit the key is its owner's authorization, which the network is given when it is made.
        del secrets["circuitAuthorizationKeys"]
        seen.append(values)
        assert there_and_back(config_of(values), secrets) == []

    comes_back()
    assert len(seen) >= EXAMPLES // 2


def test_what_azure_cannot_know_is_counted() -> None:
    assert len({one.setting for one in UNKNOWN}) == len(UNKNOWN) == 20
