"""The inner side of a device: what is announced has a way, and goes with it."""

import re
from typing import Any

import pytest

from appliance.errors import ApplianceError
from appliance.facts import from_outputs, placeholders
from appliance.holding import WHICH, of_device, of_site
from appliance.plan import plan_of
from appliance.strongswan_frr import render
from appliance.wiring import Wiring
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
        "wiring.lan: says no way to 192.168.0.0/16, 172.20.0.0/16, which this device announces: say nextHop, the inner "
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
        "wiring.lan.address"
    ]


def test_the_lan_is_not_the_internet() -> None:
    [finding] = findings(settings("dev"), {"interface": "eth0", "nextHop": "192.168.0.2"})
    assert finding.startswith("wiring.lan.interface: eth0 is the Internet's too")


def test_what_only_the_internets_default_route_leads_to_is_announced_no_more() -> None:
    text = of_the_stack(settings("dev"), {"nextHop": "192.168.0.2"})
    assert "\nno ip nht resolve-via-default\n" in text


def test_beside_a_core_the_lans_own_prefixes_are_announced_here() -> None:
    values = stack_values("dev")
    values["onPremises"]["prefixes"] = ["192.168.0.0/24", "192.168.0.128/25", "172.20.0.0/16"]
    values["onPremises"]["devices"] = [EDGE | {"lan": {"address": "192.168.0.1/24", "core": CORE}}]
    text = of_the_stack(Settings.model_validate(values))
    assert networks(text) == {"192.168.0.0/24", "192.168.0.128/25"}
    assert routes(text)["192.168.0.128/25"] == "eth1"
    assert "\n bgp suppress-fib-pending" not in text


def test_a_default_route_is_not_announced_by_a_device_whose_own_leads_to_the_internet() -> None:
    values, lan = stack_values("dev"), {"nextHop": "192.168.0.2"}
    values["onPremises"]["prefixes"] = ["0.0.0.0/0"]
    found = Settings.model_validate(values)
    [finding] = findings(found, lan)
    assert finding.startswith("wiring.internetNextHop: is not set (sites without: hq), and this device announces 0.0")
    assert "from a device without sites" in finding
    text = of_the_stack(found, lan, internetNextHop="203.0.113.1")
    assert routes(text)["0.0.0.0/0"] == "192.168.0.2"


def without_numbers(*names: str) -> Settings:
    values = stack_values("reference")
    devices = [{"name": name, "links": [f"primary/{which}"]} for name, which in zip(names, WHICH, strict=False)]
    for number, device in enumerate(devices):
        device["lan"] = {"address": f"192.168.0.{number + 1}/24", "nextHop": "192.168.0.254"}
    values["onPremises"]["devices"] = devices
    return Settings.model_validate(values)


def links(*which: str) -> dict[str, Any]:
    ends = {"address": "172.16.0.1/30", "peerAddress": "172.16.0.2", "peerAsn": 65100}
    return {"links": {"primary": dict.fromkeys(which, ends)}}


def test_a_number_that_nobody_says_is_refused_and_a_device_files_own_is_for_a_device_alone() -> None:
    alone = without_numbers("edge")
    with pytest.raises(ApplianceError, match=r"^wiring\.asn: is not set, and no peering or site"):
        of_the_stack(alone, **links("primary"))
    assert "router bgp 65001\n" in of_the_stack(alone, asn=65001, **links("primary"))
    pair = without_numbers("edge", "other")
    with pytest.raises(ApplianceError, match=r"^onPremises\.devices\[0\]\.asn: .*which the others read$"):
        of_the_stack(pair, asn=65001, **links("primary"))


def test_the_device_files_number_counts_only_where_the_settings_say_none() -> None:
    text = of_the_stack(settings("dev"), {"nextHop": "192.168.0.2"}, asn=65001)
    assert "router bgp 65010\n" in text


def test_a_number_that_is_made_up_is_among_the_placeholders() -> None:
    found = without_numbers("edge", "other")
    told = placeholders(found, of_device(found, "edge")).placeholders
    assert "the AS number of the on-premises edge (64512; onPremises.devices[0].asn)" in told
