"""Reading settings: every problem at once, each where it is, and nothing secret in any message."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.rules import CATALOGUE, Problem, Rule
from simulator.ids import SUBSCRIPTION
from tests.stacks import KEY, ROOT, keys_for, stack_config, stack_values
from tests.unit.rules.changes import OTHER_ASG
from topology.reading import OTHER_KEYS, SECRET_KEYS, SettingsError, read, read_config, read_stack_file
from topology.settings.model import Settings

DEV_KEYS = {"vpnSharedKeys": {"hq": KEY}}


def change(values: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The values with one place (dots and indices) set, or with None removed."""
    changed = copy.deepcopy(values)
    *parents, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
    place: Any = changed
    for part in parents:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return changed


def found(values: dict[str, Any], secrets: Any = DEV_KEYS) -> list[tuple[str, str]]:
    """Path and rule of every error."""
    _, problems = read(values, secrets)
    return [(problem.path, problem.rule) for problem in problems if problem.severity == "error"]


@pytest.mark.parametrize("stack", ["dev", "reference"])
def test_the_projects_own_stacks_have_no_error(stack: str) -> None:
    config = stack_config(stack)
    assert found(stack_values(stack), {"vpnSharedKeys": keys_for(config)}) == []


CASES = [
    ("network.gatewaySubnet", "10.20.255.240/28", "network.gatewaySubnet", "GW-04"),
    ("network.gatewaySubnet", "10.21.0.0/26", "network.gatewaySubnet", "NET-01"),
    ("network.gatewaySubnet", "10.20.255.193/26", "network.gatewaySubnet", "SET-02"),
    ("network.gatewaySubnet", "10.20.255.192/33", "network.gatewaySubnet", "SET-02"),
    ("network.gatewaySubnet", None, "network.gatewaySubnet", "SET-02"),
    ("network.management.bastionSubnet", "10.20.254.0/27", "network.management.bastionSubnet", "BAS-02"),
    ("network.tiers.1.subnet", "10.20.1.128/25", "network.tiers[1].subnet", "NET-02"),
    ("network.tiers.1.name", "web", "network.tiers[1].name", "NAME-01"),
    (
        "network.tiers.0.loadBalancer.frontendAddress",
        "10.20.1.2",
        "network.tiers[0].loadBalancer.frontendAddress",
        "NSG-02",
    ),
    ("network.tiers.1.allow.0.sources", ["wep"], "network.tiers[1].allow[0].sources[0]", "NSG-04"),
    ("network.tiers.1.allow.0.ports", ["http"], "network.tiers[1].allow[0].ports[0]", "SET-02"),
    ("network.tiers.1.allow.0.ports", [], "network.tiers[1].allow[0].ports", "SET-02"),
    ("network.tiers.0.gatewayRoute", False, "network.tiers[0].gatewayRoute", "SET-01"),
    ("onPremises.prefixes", [], "onPremises.prefixes", "SET-02"),
    ("expressRoute.gateway.sku", "VpnGw1AZ", "expressRoute.gateway.sku", "ER-01"),
    ("expressRoute.circuits.0.connect", "sometimes", "expressRoute.circuits[0].connect", "SET-02"),
    ("expressRoute.circuits.0.provider", None, "expressRoute.circuits[0]", "CIRCUIT-17"),
    ("expressRoute.circuits.0.fastPath", True, "expressRoute.circuits[0].fastPath", "ER-04"),
    ("vpn.gateway.sku", "VpnGw1", "vpn.gateway.sku", "VPN-04"),
    ("vpn.gateway.generation", "Generation2", "vpn.gateway.generation", "VPN-09"),
    ("vpn.sites.0.publicIp", "vpn.example.com", "vpn.sites[0].publicIp", "SET-02"),
    ("serializeGateway", True, "serializeGateway", "SET-01"),
]


@pytest.mark.parametrize(("place", "value", "path", "rule"), CASES)
def test_a_wrong_setting_is_one_error_at_its_place(place: str, value: Any, path: str, rule: str) -> None:
    assert found(change(stack_values("dev"), place, value)) == [(path, rule)]


def test_all_problems_are_reported_at_once() -> None:
    values = stack_values("dev")
    wrong = [case for case in CASES if case[0] not in ("network.tiers.1.name", "vpn.gateway.generation")]
    places: dict[str, tuple[str, str]] = {}
    for place, value, path, rule in reversed(wrong):
        if value is not None and not any(place.startswith(other) or other.startswith(place) for other in places):
            values = change(values, place, value)
            places[place] = (path, rule)
    reported = found(values, {})
    assert len(places) > 10
    assert set(places.values()) - set(reported) == set()
    assert ("vpn.sites[0]", "KEY-01") in reported


def test_a_misspelt_key_names_the_nearest_one() -> None:
    _, problems = read(change(stack_values("dev"), "serialiseGateways", True), DEV_KEYS)
    assert [str(p) for p in problems if p.rule == "SET-01"] == [
        "serialiseGateways: unknown setting; did you mean 'serializeGateways'? [SET-01]"
    ]


def test_every_site_needs_a_key_and_the_error_says_the_command() -> None:
    _, problems = read(stack_values("dev"), {})
    (problem,) = [p for p in problems if p.rule == "KEY-01"]
    assert problem.path == "vpn.sites[0]"
    assert "pulumi config set --secret --path 'vpnSharedKeys.hq'" in problem.message


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_clear_text_keys_are_refused_and_never_repeated(key: str) -> None:
    name, value = "hq" if key == "vpnSharedKeys" else "primary", "a key that breaks each rule of keys ~ -"
    config = {key: text if isinstance(text, str) else json.dumps(text) for key, text in stack_config("dev").items()}
    config[f"hybrid-network:{key}"] = json.dumps({name: value, "other": value})
    _, clear = read_config(config, [])
    assert (key, "SET-03") in [(p.path, p.rule) for p in clear]
    _, secret = read_config(config, [f"hybrid-network:{key}"])
    assert "SET-03" not in [p.rule for p in secret]
    assert [p for p in secret if p.path.startswith(key)], "the key itself is judged, so that it could be repeated"
    assert value not in "".join(map(str, [*clear, *secret]))


@pytest.mark.parametrize(
    ("place", "key", "home"),
    [
        *(("vpn.sites.0", key, "vpnSharedKeys.hq") for key in ("sharedKey", "shared_key", "key", "PSK")),
        ("vpn", "sharedKey", "vpnSharedKeys.NAME"),
        ("vpn.gateway", "psk", "vpnSharedKeys.NAME"),
        ("vpn.sites.0.bgp", "md5Key", "vpnSharedKeys.NAME"),
        ("expressRoute.circuits.0", "authorizationKey", "circuitAuthorizationKeys.primary"),
        ("expressRoute.circuits.0", "authKey", "circuitAuthorizationKeys.primary"),
        ("expressRoute.circuits.0", "sharedKey", "peeringSharedKeys.primary"),
        ("expressRoute.circuits.0.privatePeering", "md5", "peeringSharedKeys.NAME"),
    ],
)
def test_a_key_at_a_wrong_place_is_told_where_it_belongs_and_never_repeated(place: str, key: str, home: str) -> None:
    _, problems = read(change(stack_values("dev"), f"{place}.{key}", "TopSecret1"), DEV_KEYS)
    (problem,) = problems
    assert problem.rule == "SET-03"
    assert f"pulumi config set --secret --path '{home}'" in problem.message
    assert "TopSecret1" not in str(problem)


def test_nothing_secret_is_in_any_message() -> None:
    secret = "a secret with spaces, hyphen- and tilde~"
    _, problems = read(stack_values("dev"), {"vpnSharedKeys": {"hq": secret, "unknown": secret}})
    assert problems
    assert secret not in "".join(map(str, problems))


def test_the_configuration_of_pulumi_reads_like_the_file() -> None:
    config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in stack_config("dev").items()}
    from_pulumi, _ = read_config(config, [])
    from_file, _ = read_stack_file(ROOT / "Pulumi.dev.yaml")
    assert isinstance(from_file, Settings)
    assert from_pulumi == from_file


def test_the_configured_subscription_is_what_everything_is_in(tmp_path: Path) -> None:
    values = change(stack_values("dev"), "network.tiers.0.allow.0.sources", [OTHER_ASG])
    config = {f"hybrid-network:{key}": value for key, value in values.items() if key != "location"}
    config |= {"azure-native:location": values["location"], "azure-native:subscriptionId": SUBSCRIPTION.upper()}
    path = tmp_path / "Pulumi.x.yaml"
    path.write_text(yaml.safe_dump({"config": config}))
    _, of_file = read_stack_file(path)
    given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    _, of_pulumi = read_config(given, [])
    for problems in (of_file, of_pulumi):
        assert [p.path for p in problems if p.rule == "SUB-01"] == ["network.tiers[0].allow[0].sources[0]"]
    # One that is a secret is shown to nobody, and nothing is known without one.
    key = "azure-native:subscriptionId"
    for configured, secret in ((given, [key]), ({**given, key: ""}, [])):
        _, problems = read_config(configured, secret)
        assert [p for p in problems if p.rule == "SUB-01"] == []


def test_a_file_that_is_no_stack_file_is_one_clean_error(tmp_path: Path) -> None:
    for text in ("", "config: [", "just text"):
        file = tmp_path / "Pulumi.x.yaml"
        file.write_text(text)
        with pytest.raises(SettingsError, match="SET-02"):
            read_stack_file(file)


def test_a_problem_reads_as_path_message_and_rule() -> None:
    assert str(Problem("a.b", "is wrong", "GW-04")) == "a.b: is wrong [GW-04]"


def test_every_rule_says_what_it_means_and_where_it_comes_from() -> None:
    for rule in CATALOGUE.values():
        assert isinstance(rule, Rule)
        assert rule.meaning
        assert rule.source


WORD_OR_LIST = ("hybrid-network:zones",)
"""Settings of two types, of which the CLI's schema could only take one; without a default it would ask for them."""


def test_the_project_file_declares_every_key_with_type_and_description() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    known = {field.alias or name for name, field in Settings.model_fields.items()} - {"location"}
    assert {key.removeprefix("hybrid-network:") for key in declared} == known | set(SECRET_KEYS) | set(OTHER_KEYS)
    for key, entry in declared.items():
        assert ("type" in entry) is (key not in WORD_OR_LIST), key
        assert len(entry["description"]) > 20, key
        assert "type" in entry or "default" in entry, key
