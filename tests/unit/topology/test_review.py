"""What the review says of a change: the traffic, the outage, what to do, and whether it stops the change."""

import json
import re
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.consequences.cases import CASES, EVERYTHING, Case, put
from tests.consequences.cases import network as tried
from tests.stacks import ROOT
from tests.unit.topology.reviewed import CHANGES, edited, network, reviews, run
from topology.__main__ import main
from topology.reading import read
from topology.review.changes import changes
from topology.review.consequences import consequences
from topology.review.outages import away
from topology.settings.model import Settings

PROTECTED = ("hybrid-network:protect: false", "hybrid-network:protect: true")
OTHER_GENERATION = CHANGES["other-vpn-generation"]


def reviewed(folder: Path, *edits: tuple[str, str], base: str | None = None, options: tuple[str, ...] = ()) -> Any:
    """The review of a change as data, with the command's exit code under `code`."""
    base = network() if base is None else base
    code, text = run(folder, base, edited(base, *edits), "--format", "json", *options)
    data = json.loads(text)
    return {**data["stacks"][0], "stopped": data["stopped"], "code": code}


def kinds(review: Mapping[str, Any]) -> list[str]:
    return [stop["kind"] for stop in review["stops"]]


def test_the_reviews_of_four_changes_are_these() -> None:
    for file, text in reviews():
        assert file.read_text() == text, "run: .venv/bin/python -m tests.unit.topology.reviewed"


def test_a_narrower_vpn_prefix_stops_the_change_as_no_longer_what_must_be_survived(tmp_path: Path) -> None:
    review = reviewed(tmp_path, *CHANGES["narrower-vpn-prefix"])
    assert (review["code"], kinds(review)) == (1, ["requirement"])
    lost = [line for line in review["traffic"] if line["turn"] == "failover lost"]
    assert {prefix for line in lost for prefix in line["prefixes"]} == {"172.20.0.0/16", "172.20.0.0/17"}
    assert review["requirement"] == {"before": "circuitLoss: met", "after": "circuitLoss: not met"}


def test_another_generation_interrupts_what_only_the_vpn_carries_for_the_minutes_of_the_table(tmp_path: Path) -> None:
    review = reviewed(tmp_path, *OTHER_GENERATION)
    minutes = consequences()["vpn.gateway.sku", "to another generation"].minutes["VPN"]
    assert (review["code"], kinds(review)) == (1, ["interruption"])
    assert review["interrupted"] == [{"prefixes": ["172.21.0.0/16"], "tiers": [], "minutes": minutes}]
    assert review["withoutFailover"][0]["prefixes"] == ["172.20.0.0/16", "192.168.0.0/16"]


_SITE = "        publicIp: 203.0.113.10\n"
_BGP = "        bgp: { asn: 65010, peerAddress: 192.168.255.1 }\n"
_LONE = "- { name: branch, publicIp: 203.0.113.20, prefixes: [172.21.0.0/16] }"


@pytest.mark.parametrize(
    ("edit", "away", "until"),
    [
        ((_LONE, _LONE.replace(".20,", ".21,")), "the tunnel of branch", "until the device follows"),
        (
            (_LONE, _LONE.replace(" }", ", bgp: { asn: 65030, peerAddress: 172.21.0.1 } }")),
            "the tunnel of branch",
            "until the device follows",
        ),
        ((_SITE, _SITE.replace(".10", ".11")), "the tunnel of hq", "until the device follows"),
        (("asn: 65010, peerAddress", "asn: 65011, peerAddress"), "the tunnel of hq", "until the device follows"),
        ((_BGP, _BGP.replace("255.1", "255.2")), "the tunnel of hq", "until the device follows"),
        ((_BGP, ""), "the tunnel of hq", "until the device follows"),
        (("peerAsn: 65010", "peerAsn: 65012"), "the connection to circuit primary", "until the device follows"),
        (("172.16.0.0/30", "172.16.2.0/30"), "the connection to circuit primary", "until the device follows"),
        (("172.16.0.4/30", "172.16.2.4/30"), "the connection to circuit primary", "until the device follows"),
        (
            ("{ sku: VpnGw1AZ }", "{ sku: VpnGw1AZ, activeActive: false }"),
            "the VPN gateway",
            "until the device follows",
        ),
        (("10.20.1.250", "10.20.1.251"), "the load balancer of tier web", "until its clients follow"),
        (("name: branch, publicIp", "name: depot, publicIp"), "the VPN connection of branch", None),
    ],
)
def test_a_change_in_place_that_the_other_end_has_to_follow_is_an_outage_until_it_does(
    edit: tuple[str, str], away: str, until: str | None, tmp_path: Path
) -> None:
    review = reviewed(tmp_path, edit, options=("--connected", ""))
    (found,) = (one for one in review["away"] if one["what"] == away)
    assert found.get("until") == until
    # Without a circuit the tunnels carry everything.
    circuit = away.startswith("the connection")
    assert ("interruption" in kinds(review)) is not circuit
    assert any(one.get("until") == until for one in review["interrupted"]) is not circuit
    if until:
        assert (found["minutes"], any(until in step for step in review["advice"])) == (None, True)
        working = reviewed(tmp_path, edit)
        assert working["withoutFailover"] or "interruption" in kinds(working)
    else:
        assert found["minutes"] == consequences()["names.siteConnections", ""].minutes["VPN"]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (("          - { sources: [virtualNetwork, onPremises], ports: [443] }\n", ""), 1),
        (("[virtualNetwork, onPremises]", "[virtualNetwork]"), 1),
        (("[virtualNetwork, onPremises]", "[virtualNetwork, onPremises, 198.51.100.0/24]"), 0),
        (("ports: [5432]", "ports: [5433]"), 1),
        (("ports: [5432]", "ports: [5432, 5433]"), 0),
        (("ports: [5432]", "ports: [5432], protocol: Udp"), 1),
    ],
)
def test_a_rule_that_lets_in_less_ends_traffic(edit: tuple[str, str], code: int, tmp_path: Path) -> None:
    review = reviewed(tmp_path, edit)
    assert (review["code"], kinds(review)) == (code, ["interruption"] * code)
    assert all("let in to tier" in stop["text"] for stop in review["stops"])


def test_what_is_away_until_the_other_end_follows_is_told_in_words(tmp_path: Path) -> None:
    code, text = run(tmp_path, network(), edited(network(), (_LONE, _LONE.replace(".20,", ".21,"))))
    assert code == 1
    assert "traffic of 172.21.0.0/16 is interrupted until the device follows" in text
    assert "1000000" not in text


_CONNECT, _REQUIRE = "        bandwidthInMbps: 200\n", "  hybrid-network:failover: {{ {} }}\n"


@pytest.mark.parametrize(
    ("base", "head", "words"),
    [
        ((), ((_CONNECT, f"{_CONNECT}        connect: never\n"),), "loses its failover"),
        (
            (),
            (
                (
                    "devices: [{ name: branch, sites: [branch] }]",
                    "devices: [{ name: branch, sites: [branch] }, { name: edge, links: [primary/primary, "
                    "primary/secondary], sites: [hq] }]",
                ),
            ),
            "1 failure at once cuts off",
        ),
        ((), ((_SITE, f"{_SITE}        instance: 1\n"),), "gateway:vpn/1"),
        (
            (("config:\n", "config:\n" + _REQUIRE.format("require: anySingleFailure")),),
            (("require: anySingleFailure", "require: circuitLoss"),),
            "failover.require is lowered: anySingleFailure to circuitLoss",
        ),
        (
            (),
            (("config:\n", "config:\n" + _REQUIRE.format("accept: [{ prefix: 172.20.0.0/16, reason: a test }]")),),
            "failover.accept: 172.20.0.0/16 may be lost from now on (a test)",
        ),
    ],
    ids=["no circuit connects", "one device", "one instance", "lower", "accepted"],
)
def test_a_weaker_failover_stops_the_change_in_words_though_the_requirement_is_met(
    base: tuple[tuple[str, str], ...], head: tuple[tuple[str, str], ...], words: str, tmp_path: Path
) -> None:
    before = edited(network(), *base)
    review = reviewed(tmp_path, *head, base=before)
    assert (review["code"], "requirement" in kinds(review)) == (1, True)
    assert any(words in stop["text"] for stop in review["stops"] if stop["kind"] == "requirement")
    back = reviewed(tmp_path, *((new, old) for old, new in head), base=edited(before, *head))
    assert not [stop["text"] for stop in back["stops"] if words in stop["text"]]


def test_a_failover_that_was_accepted_as_lost_before_is_no_reason_to_stop(tmp_path: Path) -> None:
    accepted = _REQUIRE.format("accept: [{ prefix: 172.20.0.0/16, reason: a test }]")
    base = edited(network(), ("config:\n", f"config:\n{accepted}"))
    review = reviewed(tmp_path, *CHANGES["narrower-vpn-prefix"], base=base)
    assert not [stop for stop in review["stops"] if stop["kind"] == "requirement"]


def test_without_a_circuit_that_works_today_the_same_interrupts_everything(tmp_path: Path) -> None:
    review = reviewed(tmp_path, *OTHER_GENERATION, options=("--connected", ""))
    assert review["interrupted"][0]["prefixes"] == ["172.20.0.0/16", "172.21.0.0/16", "192.168.0.0/16"]
    assert review["withoutFailover"] == []


def test_a_tier_more_interrupts_nothing(tmp_path: Path) -> None:
    review = reviewed(tmp_path, *CHANGES["one-tier-more"])
    assert (review["code"], review["stops"], review["away"]) == (0, [], [])
    assert {tier for line in review["traffic"] for tier in line["tiers"]} == {"batch"}


def test_a_site_less_ends_the_traffic_that_only_it_carried(tmp_path: Path) -> None:
    review = reviewed(tmp_path, *CHANGES["one-site-less"])
    assert (review["code"], kinds(review)) == (1, ["interruption"])
    assert [(line["prefixes"], line["turn"]) for line in review["traffic"]] == [(["172.21.0.0/16"], "lost")]


def test_a_tier_less_is_an_interruption(tmp_path: Path) -> None:
    base = edited(network(), *CHANGES["one-tier-more"])
    review = reviewed(tmp_path, *((new, old) for old, new in CHANGES["one-tier-more"]), base=base)
    assert (review["code"], kinds(review)) == (1, ["interruption"])
    assert "batch" in review["stops"][0]["text"]


def test_a_load_balancer_less_is_an_interruption_and_bastion_is_none(tmp_path: Path) -> None:
    balancer = "        loadBalancer: { frontendAddress: 10.20.1.250, port: 443 }\n"
    review = reviewed(tmp_path, (balancer, ""))
    assert (review["code"], kinds(review)) == (1, ["interruption"])
    assert "load balancer of tier web" in review["stops"][0]["text"]
    bastion = "    management:\n      bastionSubnet: 10.20.254.0/26\n      securityGroup: true\n"
    allowed = "          - { sources: [management], ports: [22] }\n"
    review = reviewed(tmp_path, (bastion, ""), (allowed, ""), (allowed, ""))
    assert (review["code"], review["stops"]) == (0, [])


def test_where_the_network_before_is_not_proved_what_is_away_counts_as_an_interruption(tmp_path: Path) -> None:
    wrong = edited(network(), ("bandwidthInMbps: 200", "bandwidthInMbps: 300"))
    review = reviewed(tmp_path, *OTHER_GENERATION, base=wrong)
    assert (review["code"], kinds(review)) == (1, ["interruption"])
    assert "not known" in review["stops"][0]["text"]


@pytest.mark.parametrize(
    "edit",
    [
        ("# The development environment", "# Some environment"),
        ("bandwidthInMbps: 200", "bandwidthInMbps: 0200.0"),
        ("location: westus2", "location: West US 2"),
        ("        family: MeteredData\n", ""),
        ("hybrid-network:protect: false", "hybrid-network:protect: no\n  hybrid-network:ignoreTags: [createdBy]"),
    ],
    ids=["comment", "number", "location", "default", "ignoreTags"],
)
def test_a_change_without_effect_is_one_line(edit: tuple[str, str], tmp_path: Path) -> None:
    code, text = run(tmp_path, network(), edited(network(), edit))
    assert code == 0
    assert text.startswith("prod: no effect: nothing changes in Azure")
    assert text.count("\n") == 1
    code, text = run(tmp_path, network(), edited(network(), edit), "--format", "markdown")
    assert len(text.splitlines()) == 2


def test_what_is_allowed_does_not_stop_a_change(tmp_path: Path) -> None:
    for allow, code in (("interruption", 0), ("requirement", 1), ("requirement,interruption", 0), ("all", 0)):
        assert reviewed(tmp_path, *OTHER_GENERATION, options=("--allow", allow))["code"] == code
    with pytest.raises(SystemExit, match="2"):
        reviewed(tmp_path, *OTHER_GENERATION, options=("--allow", "anything"))


def test_what_is_protected_is_refused_until_protection_is_lifted_by_itself(tmp_path: Path) -> None:
    review = reviewed(tmp_path, *OTHER_GENERATION, base=edited(network(), PROTECTED))
    assert kinds(review) == ["interruption", "refusal"]
    assert any("protect: false" in step for step in review["advice"])
    lifted = reviewed(tmp_path, tuple(reversed(PROTECTED)), base=edited(network(), PROTECTED))  # type: ignore[arg-type]
    assert (lifted["code"], lifted["verdict"]) == (0, "can be deployed")


def test_what_azure_refuses_stops_the_change_with_its_code(tmp_path: Path) -> None:
    review = reviewed(tmp_path, ("gatewaySubnet: 10.20.255.192/26", "gatewaySubnet: 10.20.253.0/26"))
    assert kinds(review) == ["refusal"]
    assert "InUsePrefixCannotBeDeleted" in review["stops"][0]["text"]
    back = "Set `network.gatewaySubnet` back to `10.20.255.192/26`, as the base has it: Azure refuses the change"
    assert any(step.startswith(back) for step in review["advice"])
    base = network()
    _, text = run(tmp_path, base, edited(base, ("gatewaySubnet: 10.20.255.192/26", "gatewaySubnet: 10.20.253.0/26")))
    assert "What is marked stops the change." in text
    assert "--allow" not in text
    assert kinds(reviewed(tmp_path, ("bandwidthInMbps: 200", "bandwidthInMbps: 100"))) == ["refusal"]


def test_new_errors_stop_a_change_and_old_ones_do_not(tmp_path: Path) -> None:
    wrong = ("sku: ErGw1AZ", "sku: ErGw9AZ")
    review = reviewed(tmp_path, wrong)
    assert kinds(review) == ["problems", "unknown", "unknown"]
    assert [problem["rule"] for problem in review["problems"]["new"]] == ["ER-01"]
    again = reviewed(tmp_path, ("environment: dev", "environment: test"), base=edited(network(), wrong))
    assert (again["code"], again["verdict"], again["problems"]["new"]) == (0, "not deployable, as before", [])
    mended = reviewed(tmp_path, tuple(reversed(wrong)), base=edited(network(), wrong))  # type: ignore[arg-type]
    assert [problem["rule"] for problem in mended["problems"]["gone"]] == ["ER-01"]


def test_a_problem_that_only_has_another_place_in_its_list_is_not_new(tmp_path: Path) -> None:
    wrong = edited(network(), ("ports: [5432]", "ports: [99999]"))
    review = reviewed(
        tmp_path,
        ("      - name: web\n", "      - { name: batch, subnet: 10.20.3.0/24 }\n      - name: web\n"),
        base=wrong,
    )
    assert review["problems"] == {"new": [], "gone": []}


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    code, text = run(tmp_path, network(), "config: [")
    assert code == 1
    assert "is not YAML" in text


def test_a_key_that_is_encrypted_anew_is_told_without_what_is_written_there(tmp_path: Path) -> None:
    sealed = (
        network() + "  hybrid-network:vpnSharedKeys:\n    hq: { secure: v1:first }\n    branch: { secure: v1:other }\n"
    )
    review = reviewed(tmp_path, ("v1:first", "v1:second"), base=sealed)
    (change,) = review["changes"]
    assert (change["path"], change["consequence"]["keepsKey"]) == ("vpnSharedKeys.hq", True)
    code, text = run(tmp_path, sealed, edited(sealed, ("v1:first", "v1:second")))
    assert code == 0
    assert "CONN-04" in text
    assert "v1:" not in text


def test_another_subscription_is_no_change_without_effect_though_it_is_no_setting_of_the_network(
    tmp_path: Path,
) -> None:
    base = network() + "  azure-native:subscriptionId: one\n  other:token: hush\n"
    review = reviewed(
        tmp_path, ("subscriptionId: one", "subscriptionId: two"), ("token: hush", "token: hushed"), base=base
    )
    assert [(one["path"], one["after"]) for one in review["changes"]] == [
        ("azure-native:subscriptionId", "two"),
        ("other:token", "(not shown)"),
    ]
    assert review["verdict"] == "not as it is"
    assert (review["code"], kinds(review)) == (1, ["unknown", "unknown"])


def test_a_spokes_own_group_that_is_existing_from_now_on_is_deleted_with_the_spoke(tmp_path: Path) -> None:
    spoke = "    spokes: [{ name: data, addressSpace: [10.30.0.0/16], resourceGroup: { name: rg-own } }]\n    tiers:\n"
    base = edited(network(), ("    tiers:\n", spoke))
    review = reviewed(tmp_path, ("{ name: rg-own }", "{ name: rg-own, existing: true }"), base=base)
    assert (review["code"], kinds(review)) == (1, ["interruption"])
    assert review["stops"][0]["text"] == "gone for good: the spoke data"
    back = reviewed(
        tmp_path,
        ("{ name: rg-own, existing: true }", "{ name: rg-own }"),
        base=edited(base, ("{ name: rg-own }", "{ name: rg-own, existing: true }")),
    )
    assert kinds(back) == ["unknown"]


_SPOKE = "    spokes: [{ name: data, addressSpace: [10.30.0.0/16] }]\n"
_THERE = "/subscriptions/s/resourceGroups/rg-there/providers/Microsoft.Network"
_NETWORK = f"existing: {{ id: {_THERE}/virtualNetworks/vnet-there }} }}]"
_ORDERED = re.search(r"        provider: Equinix\n(        .*\n)*?        family: .*\n", network())
assert _ORDERED is not None
_EXISTING = f"        existing: {{ id: {_THERE}/expressRouteCircuits/erc }}\n        connect: always\n"
_PORT = f"port: {{ id: {_THERE}/expressRoutePorts/port, bandwidthInGbps: 1 }}"


@pytest.mark.parametrize(
    ("place", "what"), [(_EXISTING, "existing"), (f"        {_PORT}\n        connect: always\n", "port")]
)
def test_an_ordered_circuit_that_becomes_another_kind_is_refused_as_it_was_when_tried(
    place: str, what: str, tmp_path: Path
) -> None:
    assert _ORDERED is not None
    review = reviewed(tmp_path, (_ORDERED[0], place), base=network())
    assert f"expressRoute.circuits[0].{what}" in [one["path"] for one in review["changes"]]
    assert "refusal" in kinds(review)
    assert not any("look at the preview" in stop["text"] for stop in review["stops"])


@pytest.mark.parametrize(
    ("base", "edit"),
    [
        (("    tiers:\n", f"{_SPOKE}    tiers:\n"), (_SPOKE, _SPOKE.replace(" }]", f", {_NETWORK}"))),
        (
            (_ORDERED[0], _EXISTING),
            ("existing: { id: " + _THERE + "/expressRouteCircuits/erc }", _PORT),
        ),
        (
            ("config:\n", "config:\n  hybrid-network:keepOldTypeAliases: true\n"),
            ("keepOldTypeAliases: true", "keepOldTypeAliases: false"),
        ),
    ],
    ids=["a spoke made here is existing", "an existing circuit is on a port", "no old aliases"],
)
def test_what_nobody_has_tried_stops_the_change_until_it_is_allowed(
    base: tuple[str, str], edit: tuple[str, str], tmp_path: Path
) -> None:
    before = edited(network(), base)
    review = reviewed(tmp_path, edit, base=before)
    assert (review["code"], "unknown" in kinds(review)) == (1, True)
    assert any("look at the preview" in stop["text"] for stop in review["stops"])
    others = ",".join({*kinds(review)} - {"unknown"})
    assert reviewed(tmp_path, edit, base=before, options=("--allow", others))["code"] == 1
    assert reviewed(tmp_path, edit, base=before, options=("--allow", f"{others},unknown"))["code"] == 0


def test_a_stack_that_is_new_or_gone_is_told_as_that(tmp_path: Path) -> None:
    code, text = run(tmp_path, None, network())
    told = "The stack is new: there are no settings to compare with."
    assert (code, told in text, "pulumi stack init prod" in text) == (0, True, True)
    code, text = run(tmp_path, network(), None)
    assert (code, "The stack is removed." in text, "pulumi destroy" in text) == (0, True, True)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("environment: [prod]", 1),
        ("something: 1", 1),
        ("secretsprovider: azurekeyvault://a", 0),
        ("encryptionsalt: v1:abc", 0),
    ],
)
def test_what_stands_beside_the_configuration_is_told(key: str, code: int, tmp_path: Path) -> None:
    name = key.partition(":")[0]
    review = reviewed(tmp_path, ("config:\n", f"{key}\nconfig:\n"))
    assert ([one["path"] for one in review["changes"]], review["code"]) == ([name], code)
    assert kinds(review) == ["unknown"] * code
    _, text = run(tmp_path, network(), edited(network(), ("config:\n", f"{key}\nconfig:\n")))
    assert name in text


@pytest.mark.parametrize("sealed", ["expressRoute", "vpn", "network", "failover"])
def test_settings_that_are_encrypted_from_now_on_stop_the_change(sealed: str, tmp_path: Path) -> None:
    part = re.search(rf"  hybrid-network:{sealed}:\n(    .*\n)+", network())
    before = part[0] if part else "config:\n"
    after = f"  hybrid-network:{sealed}: {{ secure: v1:abc }}\n"
    review = reviewed(tmp_path, (before, after if part else f"config:\n{after}"))
    assert (review["code"], "unknown" in kinds(review)) == (1, True)
    assert any("cannot be proved any more" in stop["text"] for stop in review["stops"])


def test_another_default_of_the_project_stops_the_stacks_that_have_no_value_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = [tmp_path / side for side in ("before", "after")]
    for side, protect, name in zip(sides, ("true", "false"), ("a", "b"), strict=True):
        side.mkdir()
        (side / "Pulumi.first.yaml").write_text(network())
        without = edited(network(), ("  hybrid-network:protect: false\n", ""), ("name: dev", "name: second"))
        (side / "Pulumi.second.yaml").write_text(without)
        (side / "Pulumi.yaml").write_text(
            "name: hybrid-network\nconfig:\n"
            f"  hybrid-network:protect: {{ type: boolean, default: {protect}, description: {name} }}\n"
        )
    assert main(["review", *map(str, sides), "--format", "json"]) == 1
    first, second = json.loads(capsys.readouterr().out)["stacks"]
    assert (first["changes"], kinds(second)) == ([], ["unknown"])
    assert [one["path"] for one in second["changes"]] == ["Pulumi.yaml: config.hybrid-network:protect"]
    (sides[1] / "Pulumi.yaml").write_text("config: [")
    assert main(["review", *map(str, sides), "--format", "json"]) == 1
    capsys.readouterr()


def test_only_yaml_is_a_stacks_file_and_a_stack_has_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Pulumi.first.yaml").write_text(network())
    (tmp_path / "Pulumi.other.yml").write_text("config: [")
    git(tmp_path, "init", "-q", "-b", "trunk")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    assert main(["review", str(tmp_path), str(tmp_path), "--format", "json"]) == 0
    assert [one["stack"] for one in json.loads(capsys.readouterr().out)["stacks"]] == ["first"]
    (tmp_path / "Pulumi.first.yml").write_text(network())
    with pytest.raises(SystemExit, match="2"):
        main(["review", str(tmp_path), str(tmp_path)])
    assert "a stack has one file" in capsys.readouterr().err


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_both_sides_can_be_revisions_of_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "infra"
    place.mkdir()
    file = place / "Pulumi.prod.yaml"
    git(tmp_path, "init", "-q", "-b", "trunk")
    file.write_text(network())
    (place / "Pulumi.yaml").write_text("name: hybrid-network\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    file.write_text(edited(network(), *OTHER_GENERATION))
    (place / "Pulumi.second.yaml").write_text(edited(network(), ("name: dev", "name: second")))
    git(tmp_path, "add", ".")
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},infra/Pulumi.a-submodule.yaml")
    git(tmp_path, "commit", "-qm", "two")
    monkeypatch.chdir(place)
    for base, head, stacks in (
        ("trunk~1:Pulumi.prod.yaml", "trunk:Pulumi.prod.yaml", ["prod"]),
        ("trunk~1:infra/Pulumi.prod.yaml", "Pulumi.prod.yaml", ["prod"]),
        ("trunk~1:./Pulumi.second.yaml", "trunk:Pulumi.second.yaml", ["second"]),
        ("trunk~1:", ".", ["prod", "second"]),
        ("trunk~1:infra", "trunk:", ["prod", "second"]),
    ):
        main(["review", base, head, "--format", "json"])
        data = json.loads(capsys.readouterr().out)
        assert [one["stack"] for one in data["stacks"]] == stacks, (base, head)
        assert all(one["verdict"] != "no effect" for one in data["stacks"]), (base, head)
    for wrong in ("nowhere:Pulumi.prod.yaml", "--output=x:Pulumi.prod.yaml", "trunk:nowhere/", "gone.yaml"):
        with pytest.raises(SystemExit, match="2"):
            main(["review", "--", wrong, "Pulumi.prod.yaml"])
    with pytest.raises(SystemExit, match="2"):
        main(["review", "trunk:", "Pulumi.prod.yaml"])


def test_of_several_stacks_there_is_one_table_and_what_they_share(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    id = "/subscriptions/s/resourceGroups/rg-dev/providers/Microsoft.Network/expressRouteCircuits/erc-dev-primary"
    shared = edited(
        network().replace("10.20.", "10.30."),
        ("name: dev", "name: second"),
        ("        provider: Equinix\n", f"        existing: {{ id: {id} }}\n        connect: always\n"),
    )
    shared = re.sub(r"        (bandwidthInMbps|tier|family): .*\n", "", shared)
    shared = re.sub(r"        privatePeering:\n(          .*\n)+", "", shared)
    sides = [tmp_path / side for side in ("before", "after")]
    for side, second, first in ((0, shared, network()), (1, shared.replace("10.30.", "10.20."), network())):
        sides[side].mkdir()
        (sides[side] / "Pulumi.first.yaml").write_text(first)
        (sides[side] / "Pulumi.second.yaml").write_text(second)
        (sides[side] / "Pulumi.yaml").write_text("name: hybrid-network\n")
    assert main(["review", *map(str, sides), "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert {problem["rule"] for problem in data["acrossStacks"]["new"]} == {"XS-05"}
    assert main(["review", *map(str, sides), "--format", "markdown", "--allow", "all"]) == 0
    text = capsys.readouterr().out
    assert "| second |" in text
    assert "1 more stack without an effect" in text
    assert "New problems across stacks" in text


WITH_SPOKES = ", with spokes"


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.keys], ids=lambda case: f"{case.setting} {case.words}"
)
def test_a_change_that_was_tried_is_found_under_the_name_that_the_table_has_for_it(case: Case) -> None:
    before = tried(EVERYTHING, case.base)
    after = deepcopy(before)
    put(after, case.to)
    old, new = (read(values)[0] for values in (before, after))
    assert isinstance(old, Settings)
    assert isinstance(new, Settings)
    found = {(change.setting, change.change) for change in changes(old, new)}
    # What a spoke's group is called is a change of the group.
    setting = (
        case.setting.removesuffix(".name") if case.setting == "network.spokes[].resourceGroup.name" else case.setting
    )
    # Spokes are added to whatever replaces a gateway: see the test below.
    assert (setting, case.words.removesuffix(WITH_SPOKES)) in found
    assert found <= consequences().keys() | {(change, "") for change, _ in consequences()}


def test_what_replaces_a_gateway_takes_every_spoke_away_as_long_as_the_table_says() -> None:
    (case,) = (case for case in CASES if case.words.endswith(WITH_SPOKES))
    before = tried(EVERYTHING, case.base)
    after = deepcopy(before)
    put(after, case.to)
    old, new = (read(values)[0] for values in (before, after))
    assert isinstance(old, Settings)
    assert isinstance(new, Settings)
    (change,) = changes(old, new)
    found = {one.what: one for one in away(change, consequences()[change.setting, change.change], old)}
    told = consequences()[case.setting, case.words].minutes
    assert found["every spoke"].minutes == told["the spoke"]
    assert found["every spoke"].tiers == {"data", "data/web", "data/data", "shop"}
    alone = old.model_copy(update={"network": old.network.model_copy(update={"spokes": []})})
    assert "every spoke" not in {one.what for one in away(change, consequences()[change.setting, change.change], alone)}


HOSTILE = (
    'x"] --> y; click y "javascript:1"',
    "</details><script>alert(1)</script>",
    "![x](https://evil.example/x.png) [y](https://evil.example)",
    "@octocat #1 https://evil.example www.evil.example GH-1 :tada:",
    "`code` **bold** _it_ ~~no~~ | cell | $a$",
    "one\n\n# heading\n- list",
    "\u202egnirts \u200b\x1b[31mred",
    "<!-- hidden",
    "\ue000code\ue001",
)


def with_text(text: str) -> str:
    """The settings with a text wherever a file may have one: in tags, as a place, as a reason, as keys."""
    quoted = json.dumps(text)
    return (
        edited(
            network(),
            ("tags: { environment: dev }", f"tags: {{ owner: {quoted} }}"),
            ("peeringLocation: Seattle", f"peeringLocation: {quoted}"),
            ("config:\n", f"config:\n  {quoted}: 1\n  hybrid-network:odd: {quoted}\n"),
        )
        + f"  hybrid-network:failover:\n    accept: [{{ prefix: 172.21.0.0/16, reason: {quoted} }}]\n"
    )


OWN_HTML = re.compile(r"<!-- topology review -->|<details><summary>[^<]*</summary>|</details>|<!-- -->")
OWN_KINDS = {
    *("heading", "paragraph", "bullet_list", "ordered_list", "list_item", "strong"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_file_says_stays_text_in_markdown(text: str, tmp_path: Path) -> None:
    _, made = run(tmp_path, network(), with_text(text), "--format", "markdown")
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(made)
    flat = [one for token in tokens for one in (token, *(token.children or ()))]
    assert {one.type.removesuffix("_open") for one in flat if one.nesting == 1} <= OWN_KINDS
    assert {one.info for one in flat if one.type == "fence"} <= {"mermaid"}
    assert not [one for one in flat if one.type in ("hr", "code_block", "image")]
    assert not [one for one in flat if one.type.startswith("html") and not OWN_HTML.fullmatch(one.content.strip())]
    assert [one.tag for one in flat if one.type == "heading_open"] == ["h3"]
    inside = [flat[place + 1].content for place, one in enumerate(flat) if one.type == "strong_open"]
    assert not [words for words in inside if not re.fullmatch(r"[A-Z][\w,:.' ]+|[a-zA-Z>, -]+", words)]
    for rows in re.findall(r"(?:^\|.*\n)+", made, re.M):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows.splitlines()}) == 1
    # What GitHub makes of words by itself; code and pictures it leaves alone.
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", re.sub(r"```mermaid\n.*?\n```", "", made, flags=re.S))
    assert not re.search(r"@octocat|#1\b|https?://|www\.|GH-1|:tada:|(?<!\\)\$", outside)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u200e\u202e\ue000\ue001]", made)


@pytest.mark.parametrize("text", HOSTILE[:5])
def test_what_a_file_says_stays_a_label_in_the_picture(text: str, tmp_path: Path) -> None:
    made, harmless = (
        run(tmp_path, network(), edited(network(), ("Seattle", json.dumps(place))), "--format", "markdown")[1]
        for place in (text, "harmless words")
    )
    assert len(pictures(made)) == 2
    for before, after in zip(pictures(harmless), pictures(made), strict=True):
        assert [re.sub(r'"[^"]*"', '""', line) for line in before] == [re.sub(r'"[^"]*"', '""', line) for line in after]
        assert not [line for line in after if re.search(r"<(?!br/>)|[`\\]", line)]


def pictures(markdown: str) -> list[list[str]]:
    return [found.splitlines() for found in re.findall(r"```mermaid\n(.*?)\n```", markdown, re.S)]


def test_the_review_runs_without_the_engine_and_without_azures_library() -> None:
    code = "import sys, topology.review.command; print('pulumi' in sys.modules, 'pulumi_azure_native' in sys.modules)"
    done = subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
