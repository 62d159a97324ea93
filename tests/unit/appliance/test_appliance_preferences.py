"""What the settings say of preference, prefixes and path length, as the device's files say it."""

import re
from typing import Any

import pytest

from appliance.wiring import Wiring
from tests.stacks import stack_values
from tests.unit.appliance.rendered import files
from topology.settings.model import Settings

OTHER = {"vlanId": 101, "primaryPrefix": "172.16.1.0/30", "secondaryPrefix": "172.16.1.4/30"}


def two_circuits(first: dict[str, Any], second: dict[str, Any], **site: Any) -> str:
    values = stack_values("dev")
    [one] = values["expressRoute"]["circuits"]
    two = one | {"name": "second", "privatePeering": one["privatePeering"] | OTHER}
    values["expressRoute"]["circuits"] = [one | first, two | second]
    values["vpn"]["sites"][0] |= site
    return files(Settings.model_validate(values))["frr.conf"]


def out_of(text: str, peer: str) -> tuple[list[str], str]:
    """The prefixes that a neighbour is told, and what is put in front of their path."""
    [name] = re.findall(rf"neighbor {re.escape(peer)} route-map TO-(\S+) out", text)
    [body] = re.findall(rf"^route-map TO-{name} permit 10\n((?: .*\n)+)", text, re.M)
    prefixes = re.findall(rf"prefix-list OVER-{name} seq \d+ permit (\S+)", text)
    assert f"match ip address prefix-list OVER-{name}\n" in body
    return prefixes, "".join(re.findall(r"as-path prepend (.*)", body))


def preference_of(text: str, peer: str) -> int:
    [name] = re.findall(rf"neighbor {re.escape(peer)} route-map (FROM-\S+) in", text)
    [value] = re.findall(rf"^route-map {name} permit 10\n(?: .*\n)* set local-preference (\d+)", text, re.M)
    return int(value)


def test_each_circuit_carries_its_own_prefixes_with_its_own_prepending() -> None:
    halves = ["192.168.0.0/17", "172.20.0.0/16"]
    text = two_circuits({"prefixes": halves}, {"prepend": 3})
    for peer in ("172.16.0.2", "172.16.0.6"):
        assert out_of(text, peer) == (halves, "")
    for peer in ("172.16.1.2", "172.16.1.6"):
        assert out_of(text, peer) == (["192.168.0.0/16", "172.20.0.0/16"], "65010 65010 65010")
    # Each of them is a route of this router too, or it would never be announced.
    announced = {*halves, "192.168.0.0/16"}
    assert announced <= set(re.findall(r"^  network (\S+)", text, re.M))
    assert announced <= set(re.findall(r"^ip route (\S+) 198", text, re.M))


def test_a_circuits_own_preference_stands_in_place_of_the_one_that_its_weight_gives() -> None:
    text = two_circuits({"routingWeight": 10}, {"localPreference": 220})
    assert (preference_of(text, "172.16.0.2"), preference_of(text, "172.16.1.6")) == (150, 220)


def test_a_site_has_its_preference_and_repeats_its_number_beyond_what_tunnels_do_anyway() -> None:
    text = two_circuits({}, {}, prepend=2, localPreference=90)
    assert preference_of(text, "10.20.255.196") == preference_of(text, "10.20.255.197") == 90
    assert out_of(text, "10.20.255.196") == (["192.168.0.0/16", "172.20.0.0/16"], "65010 65010 65010 65010")


@pytest.mark.parametrize(("second", "relaxed"), [(65100, False), (65200, True)])
def test_equal_paths_over_two_providers_are_shared(second: int, relaxed: bool) -> None:
    values = stack_values("reference")
    [one] = values["expressRoute"]["circuits"]
    values["expressRoute"]["circuits"].append(one | {"name": "second"})

    def link(net: int, asn: int) -> dict[str, Any]:
        return {"address": f"172.16.0.{net + 1}/30", "peerAddress": f"172.16.0.{net + 2}", "peerAsn": asn}

    links = {
        "primary": {"primary": link(0, 65100), "secondary": link(4, 65100)},
        "second": {"primary": link(8, second), "secondary": link(12, second)},
    }
    text = files(Settings.model_validate(values), wiring=Wiring.model_validate({"links": links}))["frr.conf"]
    assert ("bgp bestpath as-path multipath-relax" in text) == relaxed
    assert "maximum-paths 8" in text


def test_what_spokes_have_comes_in_from_everywhere_and_is_dropped_rather_than_leaked() -> None:
    values = stack_values("dev")
    values["network"]["spokes"] = [{"name": "apps", "addressSpace": ["10.30.0.0/16", "10.31.0.0/24"]}]
    made = files(Settings.model_validate(values), data_path="userspace")
    spokes = {"10.30.0.0/16", "10.31.0.0/24"}
    assert spokes <= set(re.findall(r"prefix-list AZURE seq \d+ permit (\S+)", made["frr.conf"]))
    assert spokes <= set(re.findall(r"ip route (\S+) blackhole 254", made["frr.conf"]))
    assert all(f'ip route replace {prefix} dev "$device"' in made["updown.sh"] for prefix in spokes)
    assert "10.31.0.0/24" in made["nftables.conf"]
