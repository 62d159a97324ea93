"""A watched network on a simulated Azure, and what happens to it: for tests of monitoring.

The program runs on a simulated cloud; what is outside makes the states, and its metrics and logs make the alerts ring.
"""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from appliance.outside import outside
from operations.cli_live import settings_of
from simulator.alerts import events, ringing
from simulator.cloud import Cloud
from simulator.outside import Link, Outside, Tunnel
from simulator.resources.monitor import METRIC_ALERT, QUERY_RULE
from simulator.store import Record
from tests.deploying import SimulatedAzure, deploy, what_others_own
from tests.live_network import keys_of
from tests.stacks import stack_config
from topology.settings.model import Settings

Json = dict[str, Any]
State = Callable[[Json], object]
MONITORING = {"hybrid-network:monitoring": {"emails": ["network@example.com"]}}
LASTING = 60
"""Minutes after which whatever a state sets off has been set off, and whatever is over resolved."""


@dataclass
class WatchedNetwork:
    """peace: what the devices do when nothing is wrong. prefix: what the names of the alerts begin with."""

    cloud: Cloud
    peace: Json
    prefix: str

    def rings(self, state: State, minutes: float = LASTING) -> set[str]:
        """The alerts that ring when a state has lasted, without what their names begin with."""
        self.let(state, minutes)
        return {one.name.removeprefix(self.prefix) for one in ringing(self.cloud)}

    def let(self, state: State, minutes: float = LASTING) -> float:
        """Let a state be for some minutes; the answer is the moment at which it began."""
        now, began = copy.deepcopy(self.peace), self.cloud.clock.now()
        state(now)
        links, tunnels = ([{**one, "announces": tuple(one.get("announces", ()))} for one in now[end]] for end in now)
        self.cloud.connect(Outside(tuple(Link(**one) for one in links), tuple(Tunnel(**one) for one in tunnels)))
        self.cloud.clock.sleep_until(began + 60 * minutes)
        return began

    def since(self, began: float) -> list[tuple[str, bool, float]]:
        """What has fired or was resolved since a moment: alert, whether it fired, and after how many minutes."""
        found = events(self.cloud, began)
        return [(one.name.removeprefix(self.prefix), one.fired, (one.at - began) / 60) for one in found]

    def alerts(self) -> dict[str, Record]:
        """The alerts that were deployed, by their names without what these begin with."""
        found = [one for token in (METRIC_ALERT, QUERY_RULE) for one in self.cloud.store.find(token=token)]
        return {one.name.removeprefix(self.prefix): one for one in found}


def watched_network(config: Mapping[str, Any]) -> WatchedNetwork:
    """A stack's network on a new cloud, beside what others own, in peace."""
    config, cloud = {**MONITORING, **config}, Cloud()
    keys: dict[str, Mapping[str, str]] = {"vpnSharedKeys": keys_of(config)}
    theirs = what_others_own(cloud, {key.partition(":")[2]: value for key, value in config.items()})
    if theirs:
        keys["circuitAuthorizationKeys"] = theirs
    azure = SimulatedAzure(cloud, provisioned_at_once=True)
    deploy(config, keys, azure)
    assert azure.refusals == []
    now = outside(read(config), keys["vpnSharedKeys"])
    network = WatchedNetwork(azure.cloud, now, f"alert-{config['hybrid-network:name']}-")
    network.let(peace)
    return network


def dev_with(*, active_active: bool = True, bgp: bool = True) -> Json:
    """The configuration of `dev`, with a gateway of one active instance, or a site without BGP, as many are."""
    config = stack_config("dev")
    vpn = config["hybrid-network:vpn"]
    vpn["gateway"]["activeActive"] = active_active
    for site in vpn["sites"] if not bgp else []:
        del site["bgp"]
    return config


def read(config: Mapping[str, Any]) -> Settings:
    """The settings of a stack's configuration."""
    texts = {key: (value if isinstance(value, str) else json.dumps(value), False) for key, value in config.items()}
    return settings_of(texts | {"hybrid-network:vpnSharedKeys": (json.dumps(keys_of(config)), True)})


def peace(_: Json) -> None:
    """Nothing is wrong."""


def circuit_lost(now: Json) -> None:
    for link in now["links"]:
        link["up"] = False


def one_link_lost(now: Json) -> None:
    now["links"][0]["up"] = False


def tunnel_down(now: Json) -> None:
    now["tunnels"][0]["up"] = False


def vpn_bgp_down(now: Json) -> None:
    now["tunnels"][0]["asn"] = 65011


def taken(now: Json) -> None:
    """The device announces a longer prefix on the VPN, whose traffic that takes."""
    now["tunnels"][0]["announces"].append("192.168.7.0/24")
