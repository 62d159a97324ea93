"""The inner side of a device: what is announced has a way, and goes with it."""

import re
from typing import Any

import pytest

from appliance.errors import ApplianceError
from appliance.facts import Wiring, from_outputs
from appliance.holding import of_device, of_site
from appliance.plan import plan_of
from appliance.strongswan_frr import render
from tests.stacks import stack_values
from tests.unit.appliance.rendered import settings
from topology.settings.model import Settings

OUTPUTS = {
    "vpnGateway": {"publicIps": ["20.0.0.4", "20.0.0.5"], "bgpPeerAddresses": ["10.20.255.196", "10.20.255.197"]}
}
CORE = {"asn": 65099, "peerAddress": "192.168.0.2"}
EDGE = {"name": "edge", "links": ["primary/primary", "primary/secondary"], "sites": ["hq"]}


def of_the_stack(found: Settings, lan: dict[str, Any] | None = None, **wiring: Any) -> str:
    """frr.conf of a deployed stack's device, where nothing is a placeholder."""
    holding = of_device(found, "edge") if found.on_premises.devices else of_site(found, "hq")
    wired = Wiring.model_validate({"lan": lan or {}, **wiring})
    facts = from_outputs(OUTPUTS, found, holding, {"hq": "key"}, wired)
    return render(plan_of(found, holding, facts), "kernel")["frr.conf"][0]


def on_a_device(lan: dict[str, Any] | None) -> Settings:
    values = stack_values("dev")
    values["onPremises"]["devices"] = [EDGE | ({"lan": lan} if lan else {})]
    return Settings.model_validate(values)


def findings(*arguments: Any) -> list[str]:
    with pytest.raises(ApplianceError) as caught:
        of_the_stack(*arguments)
    return [str(finding) for finding in caught.value.findings]


def routes(text: str) -> dict[str, str]:
    return dict(re.findall(r"^ip route (\S+) (\S+)$", text, re.M))


def networks(text: str) -> set[str]:
    return set(re.findall(r"^  network (\S+)", text, re.M))


def test_a_lan_that_nobody_described_is_an_error_with_the_way_out() -> None:
    assert findings(settings("dev")) == [
        "device.lan: says no way to 192.168.0.0/16, 172.20.0.0/16, which this device announces: say nextHop, the inner "
        "router, or core, which announces them, or learned: true"
    ]
    [finding] = findings(on_a_device({"address": "192.168.0.1/16"}))
    assert finding.startswith("onPremises.devices[0].lan: says no way to 172.20.0.0/16, which this device announces")


def test_what_is_announced_is_routed_to_the_inner_router_and_nothing_stands_in_for_it() -> None:
    text = of_the_stack(settings("dev"), {"nextHop": "192.168.0.2"})
    assert routes(text).items() >= {"192.168.0.0/16": "192.168.0.2", "172.20.0.0/16": "192.168.0.2"}.items()
    assert networks(text) == {"192.168.0.0/16", "172.20.0.0/16"}
    assert set(re.findall(r"^ip route (\S+) blackhole", text, re.M)) == {"10.20.0.0/16"}


def test_the_lans_own_prefix_needs_no_route_and_a_part_of_it_is_on_the_interface() -> None:
    found = settings("dev", prefixes=["192.168.0.0/16", "172.20.0.0/16", "192.168.9.0/24"])
    text = of_the_stack(found, {"interface": "lan0", "address": "192.168.0.1/16", "nextHop": "192.168.0.2"})
    assert "192.168.0.0/16" not in routes(text)
    assert routes(text).items() >= {"192.168.9.0/24": "lan0", "172.20.0.0/16": "192.168.0.2"}.items()
    assert networks(text) >= {"192.168.0.0/16", "192.168.9.0/24"}


def test_a_next_hop_that_the_core_announces_takes_the_prefixes_with_it() -> None:
    text = of_the_stack(on_a_device({"address": "192.168.0.1/24", "nextHop": "172.20.255.1", "core": CORE}))
    assert routes(text)["172.20.0.0/16"] == "172.20.255.1"
    assert networks(text) == {"192.168.0.0/16", "172.20.0.0/16"}
    assert re.findall(r"prefix-list LAN seq \d+ permit (\S+)", text) == ["172.20.255.1/32"]
    for line in ("remote-as 65099", "bfd profile expressroute", "route-map FROM-LAN in", "route-map TO-LAN out"):
        assert f" neighbor 192.168.0.2 {line}\n" in text


def test_without_a_next_hop_the_core_announces_the_prefixes_themselves() -> None:
    text = of_the_stack(on_a_device({"address": "192.168.0.1/24", "core": CORE}))
    assert networks(text) == set()
    assert routes(text).keys() & {"192.168.0.0/16", "172.20.0.0/16"} == set()
    assert re.findall(r"prefix-list LAN seq \d+ permit (\S+)", text) == ["192.168.0.0/16", "172.20.0.0/16"]


def test_the_core_prefers_what_the_device_prefers() -> None:
    text = of_the_stack(on_a_device({"address": "192.168.0.1/24", "core": CORE}))
    told = re.findall(r"match local-preference (\d+)\n set metric (\d+)", text)
    assert told == [("150", "0"), ("100", "10")]


def test_a_device_that_has_the_prefixes_otherwise_announces_those_that_it_has() -> None:
    text = of_the_stack(settings("dev"), {"learned": True})
    assert networks(text) == {"192.168.0.0/16", "172.20.0.0/16"}
    assert routes(text).keys() & networks(text) == set()


def test_the_settings_and_the_wiring_do_not_say_two_things() -> None:
    found = on_a_device({"address": "192.168.0.1/16", "nextHop": "192.168.0.2"})
    assert "interface lan0\n description LAN\n ip address 192.168.0.1/16" in of_the_stack(found, {"interface": "lan0"})
    assert [finding.split(":")[0] for finding in findings(found, {"address": "192.168.0.9/16"})] == [
        "device.lan.address"
    ]


def test_the_lan_is_not_the_internet() -> None:
    [finding] = findings(settings("dev"), {"interface": "eth0", "nextHop": "192.168.0.2"})
    assert finding.startswith("device.lan.interface: eth0 is the Internet's too")
