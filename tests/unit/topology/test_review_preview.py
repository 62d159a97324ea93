"""What the review takes from a preview: what the engine said, event by event, as it prints it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.topology.reviewed import CHANGES, edited, network, run
from topology.__main__ import main

URN = "urn:pulumi:prod::hybrid-network::hybrid-network:index:{}$azure-native:network:{}::{}"
GATEWAY = URN.format("VpnGateway", "VirtualNetworkGateway", "vpn")
CONNECTION = URN.format("VpnSite", "VirtualNetworkGatewayConnection", "hq")
STACK = "urn:pulumi:prod::hybrid-network::pulumi:pulumi:Stack::hybrid-network-prod"
VPN = {"inputs": {"gatewayType": "Vpn"}}
IPSEC = {"inputs": {"connectionType": "IPsec"}}


def step(op: str, urn: str = GATEWAY, state: dict[str, Any] = VPN) -> dict[str, Any]:
    return {"resourcePreEvent": {"metadata": {"op": op, "urn": urn, "type": urn.split("$")[-1], "old": state}}}


def stack(*connected: str) -> dict[str, Any]:
    outputs = {"expressRoute": {"connectionIds": dict.fromkeys(connected, "/subscriptions/..")}}
    return {"resOutputsEvent": {"metadata": {"op": "same", "urn": STACK, "old": {"outputs": outputs}}}}


def said(message: str, urn: str = GATEWAY) -> dict[str, Any]:
    return {
        "diagnosticEvent": {"urn": urn, "message": f"<{{%reset%}}>error: {message}<{{%reset%}}>", "severity": "error"}
    }


def policy(level: str) -> dict[str, Any]:
    return {
        "policyEvent": {
            "resourceUrn": GATEWAY,
            "message": "<{%fg 1%}>gateway vpn is not protected",
            "policyName": "gateway-protected",
            "policyPackName": "hybrid-network",
            "enforcementLevel": level,
        }
    }


SUMMARY: dict[str, Any] = {"summaryEvent": {"maybeCorrupt": False, "resourceChanges": {"same": 1}}}


def reviewed(
    folder: Path, *events: dict[str, Any], change: str = "", options: tuple[str, ...] = (), cut_off: bool = False
) -> dict[str, Any]:
    file = folder / "preview.jsonl"
    events = events if cut_off else (*events, SUMMARY)
    file.write_text("Previewing update\n" + "".join(f"{json.dumps(event)}\n" for event in events))
    after = edited(network(), *CHANGES[change]) if change else network()
    code, text = run(folder, network(), after, "--format", "json", "--preview", str(file), *options)
    return {**json.loads(text)["stacks"][0], "code": code}


def kinds(review: dict[str, Any]) -> list[str]:
    return [stop["kind"] for stop in review["stops"]]


def test_a_gateway_that_the_program_replaces_without_a_changed_setting_interrupts_traffic(tmp_path: Path) -> None:
    review = reviewed(
        tmp_path,
        stack("primary"),
        step("replace"),
        step("replace", CONNECTION, {"inputs": {"connectionType": "IPsec"}}),
    )
    assert [one["what"] for one in review["away"]] == ["the VPN gateway"]
    assert [one["prefixes"] for one in review["interrupted"]] == [["172.21.0.0/16"]]
    assert (review["code"], kinds(review)) == (1, ["interruption"] * 3)
    assert [stop["text"] for stop in review["stops"]][1:] == [
        "the preview replaces VirtualNetworkGateway vpn",
        "the preview replaces VirtualNetworkGatewayConnection hq",
    ]


def test_what_the_stack_has_not_connected_does_not_carry_traffic_today(tmp_path: Path) -> None:
    review = reviewed(tmp_path, stack(), step("replace"))
    assert review["interrupted"][0]["prefixes"] == ["172.20.0.0/16", "172.21.0.0/16", "192.168.0.0/16"]
    review = reviewed(tmp_path, stack(), step("replace"), options=("--connected", "primary"))
    assert review["interrupted"][0]["prefixes"] == ["172.21.0.0/16"]


def test_a_preview_that_replaces_nothing_knows_better_than_the_settings(tmp_path: Path) -> None:
    review = reviewed(tmp_path, step("create"), change="other-vpn-generation")
    assert (review["code"], review["away"], review["interrupted"]) == (0, [], [])


def test_a_resource_that_is_protected_is_refused_by_its_name(tmp_path: Path) -> None:
    for words in ("", f' as part of replacing "{GATEWAY}"'):
        message = f'unable to replace resource "{CONNECTION}"{words}\nas it is currently marked for protection.'
        review = reviewed(tmp_path, step("same"), said(message))
        assert (review["code"], kinds(review)) == (1, ["refusal"])
        assert "VirtualNetworkGatewayConnection hq is protected" in review["stops"][0]["text"]


def test_a_preview_that_fails_otherwise_stops_the_change(tmp_path: Path) -> None:
    review = reviewed(tmp_path, step("same"), said("a lookup was denied\nin two lines"))
    assert (review["code"], kinds(review)) == (1, ["problems"])
    assert "a lookup was denied in two lines" in review["stops"][0]["text"]
    assert "<{%" not in json.dumps(review)


def test_a_mandatory_policy_stops_the_change_and_an_advisory_one_is_told(tmp_path: Path) -> None:
    review = reviewed(tmp_path, step("update"), policy("mandatory"))
    assert (review["code"], kinds(review)) == (1, ["problems"])
    assert "gateway-protected: gateway vpn is not protected (vpn)" in review["stops"][0]["text"]
    review = reviewed(tmp_path, step("update"), policy("advisory"))
    assert (review["code"], len(review["preview"]["advised"])) == (0, 1)


def test_what_a_preview_deletes_without_a_changed_setting_is_an_interruption(tmp_path: Path) -> None:
    review = reviewed(tmp_path, step("delete", CONNECTION))
    assert (review["code"], kinds(review)) == (1, ["interruption"])
    review = reviewed(tmp_path, step("delete", CONNECTION, IPSEC), change="one-site-less")
    # The settings say it of another site.
    assert [stop["text"] for stop in review["stops"]][1:] == ["the preview deletes VirtualNetworkGatewayConnection hq"]
    branch = step("delete", URN.format("VpnSite", "VirtualNetworkGatewayConnection", "branch"), IPSEC)
    assert len(reviewed(tmp_path, branch, change="one-site-less")["stops"]) == 1


@pytest.mark.parametrize("op", ["delete", "replace"])
@pytest.mark.parametrize(
    "type",
    [
        *("VirtualNetwork", "Subnet", "LocalNetworkGateway", "ResourceGroup", "PublicIPAddress", "RouteTable"),
        *("ExpressRouteCircuit", "ExpressRouteCircuitPeering", "VirtualNetworkPeering", "LoadBalancer"),
    ],
)
def test_whatever_carries_traffic_and_goes_without_a_changed_setting_stops_the_change(
    op: str, type: str, tmp_path: Path
) -> None:
    review = reviewed(tmp_path, step(op, URN.format("Hub", type, "one"), {}), change="one-site-less")
    assert review["code"] == 1
    assert f"the preview {op}s {type} one" in [stop["text"] for stop in review["stops"]]


def test_a_whole_preview_that_deletes_and_replaces_nothing_clears_what_nobody_has_tried(tmp_path: Path) -> None:
    file = tmp_path / "preview.jsonl"
    other = network() + "  azure-native:subscriptionId: two\n"
    for events, code in (([step("update"), SUMMARY], 0), ([step("update")], 1), ([step("replace"), SUMMARY], 1)):
        file.write_text("\n".join(map(json.dumps, events)))
        found, text = run(tmp_path, network(), other, "--format", "json", "--preview", str(file))
        assert (found, "unknown" in kinds(json.loads(text)["stacks"][0])) == (code, code == 1)


def test_a_preview_without_its_end_does_not_know_better(tmp_path: Path) -> None:
    review = reviewed(tmp_path, step("create"), change="other-vpn-generation", cut_off=True)
    assert (review["code"], kinds(review)) == (1, ["interruption", "unknown"])
    assert review["away"]
    assert kinds(reviewed(tmp_path, step("same"), cut_off=True)) == ["unknown"]


def test_a_preview_in_one_document_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": [{"op": "replace", "urn": GATEWAY, "oldState": VPN}], "changeSummary": {}}))
    code, text = run(tmp_path, network(), network(), "--format", "json", "--preview", str(file))
    assert (code, json.loads(text)["stacks"][0]["away"][0]["what"]) == (1, "the VPN gateway")


@pytest.mark.parametrize(
    "text",
    [
        *("", "no preview at all", "{", '{"steps"', "[1, 2]", '{"other": 1}', "{" * 5000),
        *('{"steps": 5}', '{"steps": [5]}', '{"steps": [{}]}', '{"steps": [{"urn": 1, "op": "same"}]}'),
        *('{"diagnostics": {"a": 1}}', '{"changeSummary": 3}', '{"resourcePreEvent": 5}', '{"policyEvent": [1]}'),
    ],
)
def test_what_is_no_preview_is_wrong_usage(text: str, tmp_path: Path) -> None:
    file = tmp_path / "preview.jsonl"
    file.write_text(text)
    with pytest.raises(SystemExit, match="2"):
        run(tmp_path, network(), network(), "--preview", str(file))


def test_a_preview_of_another_stack_than_the_files_names_is_none_of_this_review(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "preview.jsonl"
    file.write_text("\n".join(map(json.dumps, (step("same"), SUMMARY))))
    replaced = edited(network(), *CHANGES["other-vpn-generation"])
    with pytest.raises(SystemExit, match="2"):
        run(tmp_path, network(), replaced, "--preview", str(file), stack="dev")
    assert "a preview of stack prod, which is not reviewed; make it with: pulumi preview --stack dev" in (
        capsys.readouterr().err
    )
    head = tmp_path / "proposed.yaml"
    head.write_text(replaced)
    assert main(["review", str(head), str(head), "--preview", str(file)]) == 0, "a file of any name may be any stack's"


def test_values_of_a_preview_are_nowhere_in_a_review(tmp_path: Path) -> None:
    secret = {"inputs": {"gatewayType": "Vpn", "sharedKey": "hush-hush"}, "outputs": {"key": "hush-hush"}}
    review = reviewed(tmp_path, stack("primary"), step("update", GATEWAY, secret))
    assert "hush" not in json.dumps(review)
