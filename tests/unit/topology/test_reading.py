"""Reading what people write: accepted, or told at its place in a sentence that helps."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from components.rules import errors
from simulator.ids import SUBSCRIPTION
from tests.stacks import KEY, ROOT, stack_values
from tests.unit.rules.changes import REMOVE, changed, keys
from topology.__main__ import main
from topology.reading import SettingsError, read, read_config, read_file, read_stack_file
from topology.show.summary import failover_of_the_refused

SITE = "vpn.sites[0]"
CIRCUIT = "expressRoute.circuits[0]"
ITSELF: list[Any] = []
ITSELF.append(ITSELF)

SENTENCES = [
    ({"network.gatewaySubnet": "10.20.0.0"}, "network.gatewaySubnet: 10.20.0.0 has no mask such as /16"),
    (
        {"onPremises.devices": [{"name": "a", "sites": ["hq"], "lan": {"address": "192.168.0.1"}}]},
        "onPremises.devices[0].lan.address: 192.168.0.1 has no prefix length; write it as in 192.168.0.1/24",
    ),
    (
        {"onPremises.devices": [{"name": "a", "sites": ["hq"], "lan": {"address": "192.168.0.1/33"}}]},
        "onPremises.devices[0].lan.address: '192.168.0.1/33' is not an address with its prefix length such as",
    ),
    (
        {"onPremises.devices": [{"name": "a", "sites": ["hq"], "lan": {"address": 24}}]},
        "onPremises.devices[0].lan.address: is the number 24, not an address with its prefix length such as",
    ),
    ({f"{SITE}.publicIp": 3405803786}, f"{SITE}.publicIp: is the number 3405803786, not an IPv4 address"),
    ({"vpn.gateway.zones": [1, "1"]}, "vpn.gateway.zones[1]: 1 is also vpn.gateway.zones[0]"),
    ({"vpn.gateway.zones": [4]}, "vpn.gateway.zones[0]: '4' is none of 1, 2, 3"),
    ({"vpn.gateway.zones": "auto"}, "vpn.gateway.zones: is the text 'auto', not a list; write it as [ ... ]"),
    ({"zones": "Auto"}, "zones: is the text 'Auto', not a list; write it as [ ... ], or auto"),
    ({"zones": 1}, "zones: is the number 1, not a list; write it as [ ... ], or auto"),
    ({"zones": ["auto"]}, "zones[0]: 'auto' is none of 1, 2, 3"),
    ({"zones": [True]}, "zones[0]: is true"),
    ({"network.tiers[0].loadBalancer.zones": [0]}, "network.tiers[0].loadBalancer.zones[0]: '0' is none of 1, 2, 3"),
    ({f"{CIRCUIT}.provider": ""}, f"{CIRCUIT}.provider: is empty; give it a value"),
    ({f"{CIRCUIT}.connect": False}, f"{CIRCUIT}.connect: is false (so YAML may read no and off without quotes)"),
    ({f"{CIRCUIT}.connect": "off"}, f"{CIRCUIT}.connect: 'off' is none of auto, always, never"),
    ({f"{CIRCUIT}.connect": "allways"}, "did you mean always?"),
    ({f"{CIRCUIT}.tier": "standard"}, "did you mean Standard?"),
    ({f"{CIRCUIT}.family": "Metered Data"}, "did you mean MeteredData?"),
    ({"expressRoute.gateway.sku": "ergw1az"}, "did you mean ErGw1AZ?"),
    ({"vpn.gateway.sku": "VPNGW2AZ"}, "did you mean VpnGw2AZ?"),
    ({"vpn.gateway.generation": "generation2"}, "did you mean Generation2?"),
    ({f"{SITE}.connectionMode": "initiator-only"}, "did you mean InitiatorOnly?"),
    ({"vpn.ipsecPolicy": {"dhGroup": "ecp384"}}, "did you mean ECP384?"),
    ({"name": "My Network"}, "a letter first and no hyphen last; did you mean 'my-network'?"),
    ({"name": "n" * 30}, "is no name (it has 30 characters)"),
    ({"name": False}, "name: is false (so YAML may read no and off without quotes), not a name"),
    ({"name": 365}, "name: is the number 365, not a name; a name begins with a letter"),
    ({"location": None}, "azure-native:location: has no value; give it one"),
    ({"network.tiers": None}, "network.tiers: has no value; give it one, or remove the line"),
    ({"network.tiers": {"web": {}}}, "network.tiers: is a map, not a list; begin each item with -"),
    ({"network.tiers[0]": ["web"]}, "network.tiers[0]: is a list, not a map with name, subnet"),
    ({"onPremises.prefixes": "192.168.0.0/16"}, "is the text '192.168.0.0/16', not a list; write it as [ ... ]"),
    ({"network.tiers": ITSELF}, "network.tiers[0]: is a list, not a map"),
    ({"network.tiers[0].loadBalancer.port": 70000}, "70000 is outside 1 to 65535"),
    ({"network.tiers[0].loadBalancer.port": True}, "is true (so YAML may read yes and on without quotes), not a whole"),
    ({f"{CIRCUIT}.privatePeering.vlanId": 100.5}, "is the number 100.5, not a whole one"),
    ({f"{CIRCUIT}.privatePeering.vlanId": float("inf")}, "is a number beyond all that is used here"),
    ({f"{CIRCUIT}.privatePeering.vlanId": 10**5000}, "is a number beyond all that is used here"),
    # What is refused in quotes too is told the words, or the form, at once.
    ({"vpn.gateway.sku": 1}, "vpn.gateway.sku: is the number 1; one of VpnGw1AZ, VpnGw2AZ, "),
    ({f"{CIRCUIT}.tier": True}, "without quotes); one of Local, Standard, Premium is needed"),
    ({"vpn.ipsecPolicy": {"dhGroup": 14}}, "is the number 14; one of DHGroup24, ECP384, "),
    ({"maintenance": {"vpn": {"start": 90}}}, "is the number 90; a time in quotes such as '22:30' is needed"),
    ({"network.existing": {"id": 4}}, "is the number 4; a resource id such as /subscriptions/ID/"),
    # Two names that differ by case only are one slip.
    ({f"{CIRCUIT}.authorizations": ["b", "B"]}, "the authorization 'B' is also"),
    (
        {"network.firewalls": [{"name": "fw", "address": "10.20.9.4"}, {"name": "FW", "address": "10.20.9.5"}]},
        "network.firewalls[1].name: the firewall 'FW' is also network.firewalls[0]",
    ),
    ({"tags.since": datetime.date(2024, 1, 31)}, "tags.since: is a date, not text; put it in quotes"),
    ({"tags.version": 1.5}, "tags.version: is the number 1.5, not text; if it is meant so, put it in quotes"),
    ({"tags.raw": b"\xff"}, "tags.raw: is binary data, not text"),
    ({"tags.all": {"a"}}, "tags.all: is a set, not text"),
    ({"protect": "maybe"}, "protect: is the text 'maybe', neither true nor false"),
    ({f"{CIRCUIT}.authorizations": ["a", "a"]}, f"{CIRCUIT}.authorizations[1]: the authorization 'a' is also"),
    (
        {"network.gatewaySubnetRoutes": [{"name": "r", "prefix": "10.9.0.0/16", "nextHopType": "VirtualAppliance"}]},
        "network.gatewaySubnetRoutes[0].nextHopAddress: is not set; a VirtualAppliance needs it",
    ),
    (
        {
            "network.tiers[0].routes": [
                {"name": "r", "prefix": "10.9.0.0/16", "nextHopType": "None", "nextHopAddress": "10.20.1.9"}
            ]
        },
        "network.tiers[0].routes[0].nextHopAddress: 10.20.1.9, but None has none; remove it",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), SENTENCES)
def test_a_wrong_value_is_one_error_in_a_sentence_that_helps(changes: dict[str, Any], sentence: str) -> None:
    _, problems = read(changed(changes), keys("hq"))
    (problem,) = errors(problems)
    assert sentence in str(problem)


@pytest.mark.parametrize(
    "changes",
    [
        {"vpn.gateway.zones": [1, 2, 3]},
        {"zones": [1, 2.0, "3"]},
        {"zones": "auto"},
        {"zones": None},
        {"network.tiers[0].loadBalancer.zones": [2]},
        {"tags.cost": 42},
        {"protect": "no"},
        {"network.tiers[0].loadBalancer.port": "443"},
        {f"{CIRCUIT}.bandwidthInMbps": 200.0},
        {"network.tiers[0].allow[0].ports": [443, "8000-8010"]},
        {"network.tiers[0].allow[0].ports": ["*"]},
    ],
)
def test_what_yaml_users_write_is_accepted(changes: dict[str, Any]) -> None:
    settings, problems = read(changed(changes), keys("hq"))
    assert problems == []
    assert settings is not None


def test_zones_as_numbers_are_the_zones() -> None:
    """Wherever they are listed."""
    balancer = "network.tiers[0].loadBalancer.zones"
    settings, _ = read(changed({"vpn.gateway.zones": [1, 2], "zones": [2, 3], balancer: [3, 1]}))
    assert settings is not None
    assert settings.vpn.gateway.zones == ["1", "2"]
    assert settings.zones == ["2", "3"]
    assert settings.network.tiers[0].load_balancer is not None
    assert settings.network.tiers[0].load_balancer.zones == ["3", "1"]


def test_two_unreadable_items_of_a_list_are_two_errors_and_the_third_is_judged() -> None:
    _, problems = read(changed({"network.dnsServers": ["first", "second", "10.0.9.4"]}))
    assert [(problem.path, problem.rule) for problem in problems] == [
        ("network.dnsServers[0]", "SET-02"),
        ("network.dnsServers[1]", "SET-02"),
        ("network.dnsServers", "GW-16"),
    ]
    assert problems[2].message.startswith("10.0.9.4 must forward")


ID = "expressRoute.circuits[0].existing.id"
THEIRS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers/Microsoft.Network/virtualNetworks/hub"
IN_THEIRS = {"network.existing": {"id": THEIRS, "gatewaySubnet": "adopt"}}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({CIRCUIT: {"name": "primary", "existing": {"id": "circuit-1"}, "connect": "always"}}, ID),
        ({"network.existing": {"id": "vnet-1"}}, "network.existing.id"),
        ({**IN_THEIRS, "vpn.gateway": {"existing": {"id": "vpn-1"}}}, "vpn.gateway.existing.id"),
        ({**IN_THEIRS, "expressRoute.gateway": {"existing": {"id": THEIRS}}}, "expressRoute.gateway.existing.id"),
        (
            {
                f"{CIRCUIT}.port": {"id": "port-1", "bandwidthInGbps": 1},
                f"{CIRCUIT}.provider": REMOVE,
                f"{CIRCUIT}.bandwidthInMbps": REMOVE,
                f"{CIRCUIT}.connect": "always",
            },
            f"{CIRCUIT}.port.id",
        ),
    ],
)
def test_a_malformed_id_is_one_error_with_the_shape_of_an_id(changes: dict[str, Any], path: str) -> None:
    _, problems = read(changed(changes), keys("hq"))
    (problem,) = errors(problems)
    assert (problem.path, problem.rule) == (path, "ID-01")
    assert "/subscriptions/ID/resourceGroups/GROUP/" in problem.message


LISTS = {"vpn.sites": "the site", "expressRoute.circuits": "the circuit", "network.tiers": "the tier"}


@pytest.mark.parametrize("stack", ["dev", "reference"])
@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("copies", [1, 4])
def test_an_item_that_is_there_twice_is_one_error_and_nothing_false_beside_it(
    stack: str, path: str, copies: int
) -> None:
    values = stack_values(stack)
    outer, inner = path.split(".")
    items = values[outer][inner]
    before = len(items)
    items += [dict(items[0]) for _ in range(copies)]
    _, problems = read(values, keys("hq", "onprem"))
    assert [(p.path, p.rule) for p in errors(problems)] == [
        (f"{path}[{before + number}].name", "NAME-01") for number in range(copies)
    ]


def test_a_site_of_a_taken_name_is_judged_by_itself() -> None:
    _, problems = read(changed({"vpn.sites[1]": {"name": "hq", "publicIp": "10.9.9.9"}}), keys("hq"))
    assert {(p.path, p.rule) for p in errors(problems)} == {
        ("vpn.sites[1].name", "NAME-01"),
        ("vpn.sites[1].publicIp", "VPN-24"),
    }


@pytest.mark.parametrize(("place", "unreadable"), [("vpn.sites[1]", "nowhere"), ("vpn.sites[1].publicIp", None)])
def test_no_path_hides_another_that_begins_alike(place: str, unreadable: Any) -> None:
    sites: list[Any] = [
        {"name": f"s{n}", "publicIp": f"203.0.113.{n + 20}", "bgp": {"asn": 65020, "peerAddress": f"192.168.{n}.1"}}
        for n in range(11)
    ]
    sites[1] = unreadable or {**sites[1], "publicIp": "nowhere"}
    sites[10]["publicIp"] = "10.9.9.9"
    values = changed({})
    values["vpn"]["sites"] = sites
    _, problems = read(values)
    assert {(p.path, p.rule) for p in errors(problems)} >= {
        (place, "SET-02"),
        ("vpn.sites[10].publicIp", "VPN-24"),
    }


def test_what_depends_on_an_unreadable_value_is_not_told() -> None:
    _, problems = read(changed({f"{SITE}.prefixes": ["192.168.0.0/16", "172.20.0.0"]}), keys("hq"))
    assert [(p.path, p.rule) for p in problems] == [(f"{SITE}.prefixes[1]", "SET-02")]


def test_the_failover_is_judged_beside_what_does_not_matter_for_it() -> None:
    _, problems = read(changed({f"{SITE}.prefixes": ["192.168.0.0/16"], "tags": 5}), keys("hq"))
    assert [p.rule for p in problems] == ["SET-02", "FAIL-02"]
    settings, problems = read(changed({f"{SITE}.prefixes": ["192.168.0.0/16"], "vpn.gateway.sku": "VpnGw9"}))
    assert {"FAIL-02", "VPN-10"} <= {p.rule for p in problems}
    assert failover_of_the_refused(settings, problems) == ""
    settings, problems = read(changed({f"{SITE}.prefixes": ["192.168.0.0/16"]}))
    assert "172.20.0.0/16: ExpressRoute -> lost" in failover_of_the_refused(settings, problems)


SECRET = "hush/30129/hush"


@pytest.mark.parametrize(
    ("value", "path", "word"),
    [
        (None, "vpnSharedKeys.hq", "nothing"),
        (True, "vpnSharedKeys.hq", "true/false"),
        (30129, "vpnSharedKeys.hq", "a number"),
        ([SECRET], "vpnSharedKeys.hq", "a list"),
        ({"key": SECRET}, "vpnSharedKeys.hq", "a map"),
    ],
)
def test_a_secret_that_is_no_text_is_told_by_its_type(value: Any, path: str, word: str) -> None:
    for given, where in ((json.dumps({"hq": value}), path), (json.dumps([value]), "vpnSharedKeys")):
        _, problems = read_config({"hybrid-network:vpnSharedKeys": given}, ["hybrid-network:vpnSharedKeys"])
        (problem,) = (p for p in problems if p.path.startswith("vpnSharedKeys"))
        assert problem.path == where
        assert (word if where == path else "a list") in problem.message
        assert "30129" not in "".join(map(str, problems))


@pytest.mark.parametrize("text", ["", "true", "30129", SECRET, "[30129", '"30129"'])
def test_a_secret_map_that_is_none_is_told_by_its_type(text: str) -> None:
    _, problems = read_config({"hybrid-network:vpnSharedKeys": text}, ["hybrid-network:vpnSharedKeys"])
    told = [problem for problem in problems if problem.path == "vpnSharedKeys"]
    assert told
    assert "not a map of names and keys" in told[0].message
    assert "30129" not in "".join(map(str, problems))


def test_a_setting_kept_as_a_secret_is_not_shown() -> None:
    config = {f"hybrid-network:{key}": json.dumps(value) for key, value in changed({}).items() if key != "location"}
    config |= {"azure-native:location": "westus2", "hybrid-network:name": SECRET}
    _, problems = read_config(config, ["hybrid-network:name"])
    assert ("name", "SET-02") in [(p.path, p.rule) for p in problems]
    assert "hush" not in "".join(map(str, problems))


def stack_file(folder: Path, text: str) -> Path:
    file = folder / "Pulumi.test.yaml"
    file.write_text(text)
    return file


REFERENCE = (ROOT / "Pulumi.reference.yaml").read_text()


def test_a_file_is_read_as_the_engine_reads_it(tmp_path: Path) -> None:
    tags = "  hybrid-network:tags: { a: no, b: 0x10, c: 1_000, d: 010, e: !!str 7, f: !!binary aGk=, 5: 1:30 }\n"
    settings, problems = read_stack_file(stack_file(tmp_path, REFERENCE + tags))
    assert settings is not None
    assert settings.tags == {"a": "no", "b": "16", "c": "1000", "d": "8", "e": "7", "f": "hi", "5": "1:30"}
    assert errors(problems) == []


def test_digits_of_other_scripts_are_text_as_they_are_to_the_engine(tmp_path: Path) -> None:
    text = REFERENCE.replace("bandwidthInMbps: 50", "bandwidthInMbps: \u0665\u0660")
    _, problems = read_stack_file(stack_file(tmp_path, text))
    assert [problem.path for problem in errors(problems)] == ["expressRoute.circuits[0].bandwidthInMbps"]


def test_anchors_and_merges_are_read(tmp_path: Path) -> None:
    text = REFERENCE.replace("gateway:\n      # Was Standard with", "gateway: &gateway\n      # Was Standard with")
    text += "  hybrid-network:tags: { <<: [{ a: one }, { a: two, b: two }], c: three }\n"
    settings, _ = read_stack_file(stack_file(tmp_path, text))
    assert settings is not None
    assert settings.tags == {"a": "one", "b": "two", "c": "three"}


def test_a_name_that_is_a_word_of_yaml_is_told_and_taken(tmp_path: Path) -> None:
    settings, problems = read_stack_file(stack_file(tmp_path, REFERENCE.replace("name: reference", "name: no")))
    assert settings is not None
    assert settings.name == "no"
    assert [(p.path, p.severity) for p in problems if p.rule == "SET-02"] == [("name", "warning")]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("    gatewaySubnet:", "    gatewaySubnet: 10.0.255.0/27\n    gatewaySubnet:", "network.gatewaySubnet"),
        ("  hybrid-network:name:", "  hybrid-network:name: other\n  hybrid-network:name:", "name"),
        ("config:", "config: {}\nconfig:", "config"),
        ("        publicIp:", "        publicIp: 40.50.60.71\n        publicIp:", "vpn.sites[0].publicIp"),
    ],
)
def test_a_key_that_is_there_twice_is_told_with_both_lines(old: str, new: str, path: str, tmp_path: Path) -> None:
    _, problems = read_stack_file(stack_file(tmp_path, REFERENCE.replace(old, new)))
    (problem,) = errors(problems)
    first = REFERENCE[: REFERENCE.index(old)].count("\n") + 1
    assert problem.path == path
    assert f"is set twice, in line {first} and in line {first + 1}" in problem.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "has no `config:` section"),
        (b"config:\n", "has no `config:` section"),
        (b"- config\n", "has no `config:` section"),
        (b"config:\n\tname: hush\n", "line 2, column 1: a tab; indent with spaces"),
        (b"config: { name: hush\n", "look at the indentation"),
        (b"config: { name: *hush }\n", "text that begins with * needs quotes"),
        (b"config: {}\n---\nhush: 1\n", "one document is expected"),
        (b"\xff\xfe\x00h", "is not UTF-8 text"),
        (b"config: \x07", "a control character"),
        (b"config: " + b"[" * 3000, "inside each other"),
    ],
)
def test_a_file_that_is_no_stack_file_says_why_and_shows_nothing(text: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_bytes(text)
    with pytest.raises(SettingsError) as stopped:
        read_stack_file(file)
    assert said in str(stopped.value)
    assert "hush" not in str(stopped.value)
    with pytest.raises(SettingsError, match="Is a directory"):
        read_stack_file(tmp_path)


def test_an_alias_in_what_it_names_is_told(tmp_path: Path) -> None:
    file = stack_file(tmp_path, REFERENCE + "  hybrid-network:tags: &all { mine: *all }\n")
    _, problems = read_stack_file(file)
    first = errors(problems)[0]
    assert (first.path, first.rule) == ("tags.mine", "SET-02")
    assert "contains itself" in first.message


def test_halves_of_characters_are_told_and_can_be_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tags = '  hybrid-network:tags: { "\\ud800": a, b: "\\ud800" }\n'
    assert main([str(stack_file(tmp_path, REFERENCE + tags))]) == 1
    shown = capsys.readouterr().out
    shown.encode()
    assert "tags.b: '\\ud800' has a half of a character" in shown


def test_a_key_without_a_namespace_is_the_projects_as_it_is_to_the_engine(tmp_path: Path) -> None:
    bare = REFERENCE.replace("hybrid-network:", "")
    settings, problems = read_stack_file(stack_file(tmp_path, bare + "  tag: { a: b }\n  7: x\n"))
    assert settings == read_stack_file(stack_file(tmp_path, REFERENCE))[0]
    assert [(p.path, p.rule) for p in errors(problems)] == [("7", "SET-01"), ("tag", "SET-01")]
    clear = read_file(stack_file(tmp_path, bare + f"  vpnSharedKeys: {{ onprem: {KEY} }}\n")).problems
    assert [(p.path, p.rule) for p in errors(clear)] == [("vpnSharedKeys", "SET-03")]


def test_a_key_with_and_without_its_namespace_is_set_twice(tmp_path: Path) -> None:
    settings, problems = read_stack_file(stack_file(tmp_path, REFERENCE + "  name: other\n"))
    assert settings is not None
    assert (settings.name, [str(p) for p in errors(problems)]) == (
        "reference",
        ["name: is set twice, as name and as hybrid-network:name; keep the second [SET-02]"],
    )


SECRETS = "  hybrid-network:vpnSharedKeys: { %s }\n"


def test_names_of_encrypted_keys_are_judged_and_their_values_not_asked(tmp_path: Path) -> None:
    reading = read_file(stack_file(tmp_path, REFERENCE + SECRETS % "other: { secure: hush }"))
    assert [(p.path, p.rule) for p in reading.problems if p.rule.startswith("KEY")] == [
        ("vpn.sites[0]", "KEY-01"),
        ("vpnSharedKeys.other", "KEY-02"),
    ]
    assert "the values of vpnSharedKeys, which are encrypted" in reading.not_asked
    reading = read_file(stack_file(tmp_path, REFERENCE + SECRETS % "onprem: { secure: hush }"))
    assert errors(reading.problems) == []


def test_clear_keys_in_a_file_are_told_and_never_shown(tmp_path: Path) -> None:
    reading = read_file(stack_file(tmp_path, REFERENCE + SECRETS % f"onprem: {KEY}, more: [{KEY}]"))
    assert {(p.path, p.rule) for p in errors(reading.problems)} == {
        ("vpnSharedKeys", "SET-03"),
        ("vpnSharedKeys.more", "SET-02"),
    }
    assert KEY not in "".join(map(str, reading.problems))


def test_an_encrypted_setting_is_not_asked_and_not_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = stack_file(tmp_path, REFERENCE.replace("publicIp: 40.50.60.70", "publicIp: { secure: hush }"))
    assert main([str(file), "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["failover"] is None
    assert "vpn.sites[0].publicIp, which is encrypted" in shown["notAsked"]
    assert main([str(file)]) == 0
    shown = capsys.readouterr().out
    assert "The failover is not proved: a part of the settings is encrypted." in shown
    assert "hush" not in shown
    assert [(p.path, p.rule) for p in errors(read_stack_file(file)[1])] == [("vpn.sites[0].publicIp", "SET-02")]


@pytest.mark.parametrize("kind", ["table", "markdown", "json"])
def test_the_command_lists_what_it_does_not_ask(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(ROOT / "Pulumi.dev.yaml"), "--format", kind]) == 0
    shown = capsys.readouterr().out
    assert "how far Azure and the provider are with circuit primary" in shown
    assert "whether each VPN site has its key" in shown
