"""Faults on request, and what others do behind Pulumi's back."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import drift, faults
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.faults import BadFaults, Faults, LostReply, parse
from simulator.front import Front
from simulator.resources import kinds
from tests.simulator.world import BASE, GATEWAY_SUBNET, WITH_VPN, id_of, inputs, make, put, token

NETWORK = kinds()[token("VirtualNetwork")]
GROUP = "[{operation: read, error: {status: 500, code: Broken}}]"


def get(front: Front, attempt: int = 1) -> str:
    """The code that a GET of the network meets."""
    try:
        front.get(NETWORK, id_of("virtualNetworks/hub"), "read", attempt)
    except AzureError as error:
        return error.code
    return ""


def front_with(rules: str) -> Front:
    cloud = make(*BASE)
    return Front(cloud, Faults(cloud, rules=parse(rules)))


@pytest.mark.parametrize(
    ("rule", "struck"),
    [
        ("operation: read", True),
        ("operation: lookup", False),
        ("type: VirtualNetwork", True),
        ("type: Subnet", False),
        ("name: 'h?b'", True),
        ("name: spoke*", False),
        ("name: '*/virtualNetworks/hub'", True),
        ("attempt: 1", True),
        ("attempt: 2", False),
        ("when: {id: '*/virtualNetworks/hub', state: Succeeded}", True),
        ("when: {id: '*/virtualNetworks/hub', state: Failed}", False),
        ("when: {id: '*/virtualNetworkGateways/*', state: Absent}", True),
    ],
)
def test_a_rule_is_for_the_calls_it_names(rule: str, struck: bool) -> None:
    front = front_with(f"- {{{rule}, error: {{status: 400, code: Broken}}}}")
    assert get(front) == ("Broken" if struck else "")


def test_a_lookup_may_be_answered_with_nothing() -> None:
    front = front_with("[{operation: lookup, answer: {}}]")
    found = {"resourceGroupName": "rg", "virtualNetworkName": "hub"}
    assert front.lookup("azure-native:network:getVirtualNetwork", found, 1) == {}
    assert front.get(NETWORK, id_of("virtualNetworks/hub"), "read", 1)["name"] == "hub"


def test_nth_counts_the_matching_calls() -> None:
    front = front_with("[{operation: read, nth: [2, 4], error: {status: 400, code: Broken}}]")
    assert [get(front) for _ in range(5)] == ["", "Broken", "", "Broken", ""]


def test_each_counts_every_resource_and_operation_apart() -> None:
    front = front_with("[{nth: 1, each: true, error: {status: 400, code: Broken}}]")
    kind, there = kinds()[token("Subnet")], [id_of(GATEWAY_SUBNET), id_of("virtualNetworks/hub")]
    outcomes = []
    for operation in ("read", "check"):
        for id in there * 2:
            try:
                front.get(kind, id, operation, 1)
                outcomes.append("")
            except AzureError as error:
                outcomes.append(error.code)
    assert outcomes == ["Broken", "Broken", "", ""] * 2


def test_a_count_outlives_the_process(tmp_path: Path) -> None:
    rules = parse("[{operation: read, nth: 1, error: {status: 400, code: Broken}}]")
    codes = []
    for _ in range(2):
        cloud = Cloud(tmp_path / "cloud.db", minute_ms=1)
        for name in BASE:
            put(cloud, name)
        codes.append(get(Front(cloud, Faults(cloud, rules=rules))))
        cloud.close()
    assert codes == ["Broken", ""]


def test_a_failed_operation_leaves_a_failed_resource_that_another_put_heals() -> None:
    cloud = make(*BASE)
    front = Front(cloud, Faults(cloud, rules=parse("[{operation: create, nth: 1, fail: {code: Sick}}]")))
    kind, id = kinds()[token("VirtualNetworkGateway")], id_of("virtualNetworkGateways/er")
    with pytest.raises(AzureError, match="Sick"):
        cloud.wait(front.put(kind, id, "create", inputs("er gateway"), 1))
    assert cloud.get(id)["provisioningState"] == "Failed"
    cloud.wait(front.put(kind, id, "create", inputs("er gateway"), 1))
    assert cloud.get(id)["provisioningState"] == "Succeeded"


def test_a_delay_makes_the_operation_longer() -> None:
    cloud = make(*BASE)
    front = Front(cloud, Faults(cloud, rules=parse("[{operation: create, delay_min: 90}]")))
    kind = kinds()[token("VirtualNetworkGateway")]
    work = front.put(kind, id_of("virtualNetworkGateways/er"), "create", inputs("er gateway"), 1)
    assert work.end - work.start == (45 + 90) * 60


def test_a_refusal_is_an_answer_that_may_be_late_or_lost() -> None:
    cloud = make(*BASE)
    kind, id = kinds()[token("VirtualNetworkGateway")], id_of("virtualNetworkGateways/er")
    late = Front(cloud, Faults(cloud, rules=parse("[{operation: check, delay_min: 90}]")))
    before = cloud.clock.now()
    with pytest.raises(AzureError):
        late.get(kind, id, "check", 1)
    assert cloud.clock.now() - before == 90 * 60
    lost = Front(cloud, Faults(cloud, rules=parse("[{operation: check, lost: true}]")))
    with pytest.raises(LostReply):
        lost.get(kind, id, "check", 1)


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    cloud = make(*BASE)
    front = Front(cloud, Faults(cloud, file))
    assert get(front) == ""
    file.write_text(GROUP)
    assert get(front) == "Broken"
    file.write_text("[]")
    assert get(front) == ""


def test_a_file_that_makes_no_sense_fails_every_call(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("[{operation: dance, error: {status: 400, code: X}}]")
    cloud = make(*BASE)
    assert get(Front(cloud, Faults(cloud, file))) == "BadFaultsFile"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{a: 1}", "a list of rules"),
        ("[1]", r"\[0\]: a rule is a mapping"),
        ("[{operation: read}]", "it needs one of"),
        ("[{operation: dance, lost: true}]", "operation dance is none of"),
        ("[{type: Zebra, lost: true}]", "type Zebra is none of"),
        ("[{colour: red, lost: true}]", "unknown key colour"),
        ("[{crash: later}]", "crash is before or after"),
        ("[{error: {code: X}}]", "error.status is missing"),
        ("[{error: {status: 400, code: X}, lost: true}]", "error goes with no other"),
        ("[{operation: read, answer: {}}]", "answer is a mapping, and needs operation: lookup"),
        ("[{nth: 0, lost: true}]", "nth is a number from 1"),
        ("[{error: {status: 400, code: X, message: no}}]", "error.message is a text"),
        ("[{delay_min: soon}]", "delay_min is a number"),
        ("[{each: 1, lost: true}]", "each is true or false"),
        ("- {a", "not readable"),
    ],
)
def test_a_bad_file_is_named_with_its_problem(text: str, problem: str) -> None:
    with pytest.raises(BadFaults, match=problem):
        parse(text)


def test_the_documented_examples_are_good() -> None:
    lines = re.findall(r"^    (- \{.*\})$", faults.__doc__ or "", re.MULTILINE)
    assert len(parse("\n".join(lines))) == len(lines) >= 2


@pytest.mark.parametrize(("when", "made"), [("before", False), ("after", True)])
def test_a_crash_ends_the_process_before_or_after_the_effect(tmp_path: Path, when: str, made: bool) -> None:
    file = tmp_path / "cloud.db"
    code = f"""
from simulator.cloud import Cloud
from simulator.faults import Faults, parse
from simulator.front import Front
from tests.simulator.world import inputs, put, token
from simulator.resources import kinds
cloud = Cloud({str(file)!r}, minute_ms=1)
put(cloud, "group")
front = Front(cloud, Faults(cloud, rules=parse("[{{operation: create, crash: {when}}}]")))
front.put(kinds()[token("VirtualNetwork")], {id_of("virtualNetworks/hub")!r}, "create", inputs("network"), 1)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    cloud = Cloud(file)
    assert bool(cloud.find("VirtualNetwork")) is made
    assert [call["outcome"] for call in cloud.store.calls()] == ["crashed"]


def test_drift_is_seen_by_the_next_read() -> None:
    cloud = make(*WITH_VPN)
    gateway = id_of("virtualNetworkGateways/vpn")
    changes = drift.read_changes(
        ["tags.owner=someone", "sku.name=VpnGw2AZ", "ipConfigurations.0.name=b", "enableBgp=null"]
    )
    drift.change(cloud, gateway, changes)
    found = cloud.get(gateway)
    assert found["tags"] == {"owner": "someone"}
    assert found["sku"]["name"] == "VpnGw2AZ"
    assert found["ipConfigurations"][0]["name"] == "b"
    assert "enableBgp" not in found


def test_a_state_can_be_set_too() -> None:
    cloud = make(*WITH_VPN)
    drift.change(cloud, id_of("virtualNetworkGateways/vpn"), {"provisioningState": "Failed"})
    assert cloud.get(id_of("virtualNetworkGateways/vpn"))["provisioningState"] == "Failed"


def test_a_removed_resource_is_gone_with_its_children() -> None:
    cloud = make(*WITH_VPN)
    drift.remove(cloud, id_of("virtualNetworks/hub"))
    assert [record.token for record in cloud.store.find() if "virtualnetworks/" in record.key] == []


def test_another_circuits_name_must_be_clear() -> None:
    cloud = make(*BASE, "circuit")
    with pytest.raises(ValueError, match="nothing: no such circuit; the cloud has circuit"):
        drift.provision(cloud, "nothing")
    assert json.dumps(drift.circuit(cloud, "circuit").id) == json.dumps(id_of("expressRouteCircuits/circuit"))
