"""The course of a recovery, on a stack that only pretends."""

import copy
import json
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from operations import probe
from operations.azure_ids import UNKNOWN
from operations.recover import Recovery
from operations.stack import PulumiError
from operations.stack_lock import Lock, LockedError
from tests.unit.operations.test_adoption import CONNECTION, GATEWAY, PROVIDER, ROOT, SUBSCRIPTION, steps

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network"


class Pretended:
    """A stack whose Azure is a list of answers for each id: one per look, the last for ever; None is "not there"."""

    name = "s"

    def __init__(self, azure: dict[str, list[dict[str, Any] | None]], *state: dict[str, Any]) -> None:
        self.azure = azure
        self.document = {"version": 3, "deployment": {"resources": [ROOT, *state]}}
        self.missing: list[dict[str, Any]] = []
        self.held: list[Lock] = []
        self.done: list[str] = []

    def locks(self) -> list[Lock]:
        return self.held

    def cancel(self) -> None:
        self.done.append("cancel")

    def export(self) -> dict[str, Any]:
        return copy.deepcopy(self.document)

    def restore(self, document: dict[str, Any]) -> None:
        self.done.append("restore")
        self.document = copy.deepcopy(document)

    def half_written(self) -> list[Path]:
        return []

    def plan(self) -> list[dict[str, Any]]:
        if any(entry.get("id") and not entry.get("outputs") for entry in self.document["deployment"]["resources"]):
            # Nothing but its names is compared with the program, and what is protected must not be replaced.
            raise PulumiError(("pulumi", "preview"), "unable to replace resource")
        return steps(*self.missing)

    def refresh(self, urns: Iterable[str] = ()) -> None:
        wanted = list(urns)
        self.done.append("refresh")
        kept = []
        for entry in self.document["deployment"]["resources"]:
            looks = self.azure.get(entry.get("id", ""))
            if looks is None or (wanted and entry["urn"] not in wanted):
                kept.append(entry)
                continue
            answer = looks.pop(0) if len(looks) > 1 else looks[0]
            if answer is not None:
                # As azure-native reads what it has not read before: every answer is taken for an input too.
                read = entry.get("outputs") and not entry.get("initErrors")
                inputs = entry.get("inputs", {}) if read else {**entry.get("inputs", {}), **answer}
                kept.append({**entry, "inputs": inputs, "outputs": answer, "initErrors": []})
        self.document["deployment"]["resources"] = kept


def recovery(stack: Pretended, tmp_path: Path, **options: Any) -> tuple[Recovery, list[str]]:
    told: list[str] = []
    chosen: dict[str, Any] = {"patience_minutes": 1.0, "pause_seconds": 0.001, **options}
    return Recovery(stack, keep=tmp_path / "kept", tell=told.append, **chosen), told  # pyright: ignore[reportArgumentType]


def state(name: str) -> dict[str, Any]:
    return {"provisioningState": name}


def known(resource: dict[str, Any], resource_id: str, outputs: dict[str, Any]) -> dict[str, Any]:
    return {**resource, "id": resource_id, "inputs": {}, "outputs": outputs}


GATEWAY_ID = f"{GROUP}/virtualNetworkGateways/vgw"
CONNECTION_ID = f"{GROUP}/connections/con"
NETWORK_ID = f"{GROUP}/virtualNetworks/vnet"
NETWORK = {"urn": "urn:n", "type": "azure-native:network:VirtualNetwork", "custom": True, "id": NETWORK_ID}
NETWORK |= {"outputs": {"provisioningState": "Succeeded"}, "provider": PROVIDER}


def test_a_dry_run_of_a_new_stack_names_what_would_be_adopted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probe, "subscription", lambda stack: SUBSCRIPTION)
    monkeypatch.setattr(probe, "states", lambda stack, asked: ["Succeeded" for _ in asked])
    stack = Pretended({})
    stack.missing = [{**GATEWAY, "provider": f"{PROVIDER.rpartition('::')[0]}::{UNKNOWN}"}]
    work, told = recovery(stack, tmp_path)
    assert work.foretell() is False
    assert any("VirtualNetworkGateway vgw: in Azure (Succeeded), would be adopted" in line for line in told)
    assert stack.done == []


def test_what_exists_is_adopted_and_waited_for_and_what_does_not_is_left_out(tmp_path: Path):
    looks = {GATEWAY_ID: [state("Updating"), state("Updating"), state("Succeeded")], CONNECTION_ID: [None]}
    stack = Pretended(looks, NETWORK)  # pyright: ignore[reportArgumentType]
    stack.missing = [GATEWAY, CONNECTION]
    work, told = recovery(stack, tmp_path)
    assert work.run() is False
    assert [entry["urn"] for entry in stack.document["deployment"]["resources"]] == [
        ROOT["urn"],
        "urn:n",
        GATEWAY["urn"],
    ]
    text = "\n".join(told)
    assert "adopted  VirtualNetworkGateway vgw, Updating" in text
    assert "absent   VirtualNetworkGatewayConnection con" in text
    assert "waiting  VirtualNetworkGateway vgw is Updating" in text
    assert "none Failed, none being made" in text


def test_what_is_adopted_has_the_inputs_that_the_program_gives_and_no_others(tmp_path: Path):
    answer = {**state("Succeeded"), "virtualNetworkGatewayName": "vgw", "vpnGatewayGeneration": "Generation1"}
    stack = Pretended({GATEWAY_ID: [answer]}, NETWORK)
    stack.missing = [GATEWAY]
    work, _ = recovery(stack, tmp_path)
    work.run()
    adopted = stack.document["deployment"]["resources"][-1]
    assert adopted["inputs"] == {"resourceGroupName": "rg", "virtualNetworkGatewayName": "vgw"}
    assert adopted["outputs"] == answer


def test_waiting_has_an_end_and_says_what_is_still_being_made(tmp_path: Path):
    stack = Pretended({GATEWAY_ID: [state("Updating")]}, known(GATEWAY, GATEWAY_ID, state("Updating")))
    work, told = recovery(stack, tmp_path, patience_minutes=0.001)
    assert work.run() is True
    assert any("AT WORK  VirtualNetworkGateway vgw" in line for line in told)


def test_a_failed_connection_is_named_with_its_way_out_and_sent_again_by_the_next_update(tmp_path: Path):
    failed = {**state("Failed"), "connectionType": "ExpressRoute"}
    stack = Pretended({CONNECTION_ID: [failed]}, known(CONNECTION, CONNECTION_ID, failed))
    work, told = recovery(stack, tmp_path)
    assert work.run() is True
    text = "\n".join(told)
    assert "FAILED   VirtualNetworkGatewayConnection con" in text
    assert "[CIRCUIT-08]" in text
    assert f"az resource delete --ids {CONNECTION_ID}" in text
    assert stack.document["deployment"]["resources"][-1]["initErrors"] == ["Azure says Failed"]


def test_what_azure_lost_is_dropped_and_named(tmp_path: Path):
    stack = Pretended({NETWORK_ID: [None]}, NETWORK)
    work, told = recovery(stack, tmp_path)
    assert work.run() is False
    assert any("lost     VirtualNetwork vnet" in line for line in told)


def test_the_state_before_is_kept_for_its_owners_eyes_only(tmp_path: Path):
    stack = Pretended({GATEWAY_ID: [state("Succeeded")]}, NETWORK)
    stack.missing = [GATEWAY]
    before = stack.export()
    work, _ = recovery(stack, tmp_path)
    work.run()
    (kept,) = (tmp_path / "kept").iterdir()
    assert json.loads(kept.read_text()) == before
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_state_in_order_is_not_written(tmp_path: Path):
    stack = Pretended({}, NETWORK)
    work, _ = recovery(stack, tmp_path)
    assert work.run() is False
    assert stack.done == ["refresh"]
    assert not (tmp_path / "kept").exists()


def test_pending_operations_are_settled_even_when_nothing_is_adopted(tmp_path: Path):
    stack = Pretended({GATEWAY_ID: [state("Succeeded")]}, known(GATEWAY, GATEWAY_ID, state("Succeeded")))
    stack.document["deployment"]["pending_operations"] = [{"type": "updating", "resource": GATEWAY}]
    work, told = recovery(stack, tmp_path)
    assert work.run() is False
    assert stack.document["deployment"]["pending_operations"] == []
    assert any("pending  updating VirtualNetworkGateway vpn" in line for line in told)


def test_the_lock_of_an_owner_that_cannot_be_seen_is_respected_unless_told_otherwise(tmp_path: Path):
    stack = Pretended({}, NETWORK)
    stack.held = [Lock(1, "me", "elsewhere.example", "now")]
    work, _ = recovery(stack, tmp_path)
    with pytest.raises(LockedError):
        work.run()
    assert stack.done == []
    work, _ = recovery(stack, tmp_path, owner_is_gone=True)
    work.run()
    assert stack.done[0] == "cancel"


class Killed(BaseException):
    """The recovery is no more."""


class Mortal(Pretended):
    """The recovery dies before or after its n-th command."""

    moments, at = 0, 0

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ("export", "restore", "plan", "refresh", "cancel", "locks", "half_written"):
            return found

        def call(*args: Any) -> Any:
            self.step()
            answer = found(*args)
            self.step()
            return answer

        return call

    def step(self) -> None:
        self.moments += 1
        if self.moments == self.at:
            raise Killed


def troubled() -> Mortal:
    """A stack that lacks two resources, one of which Azure has, and has one that Azure has lost."""
    gateway = {**state("Succeeded"), "virtualNetworkGatewayName": "vgw", "vpnGatewayGeneration": "Generation1"}
    connection = {**state("Failed"), "connectionType": "IPsec", "sharedKey": "k"}
    stack = Mortal({GATEWAY_ID: [gateway], CONNECTION_ID: [connection], NETWORK_ID: [None]}, NETWORK)  # pyright: ignore[reportArgumentType]
    stack.missing = [GATEWAY, CONNECTION]
    return stack


def test_a_recovery_that_was_killed_is_run_again_and_ends_as_if_it_had_not_been(tmp_path: Path):
    """At whatever moment; and the second one may be killed as well."""
    undisturbed = troubled()
    recovery(undisturbed, tmp_path / "undisturbed")[0].run()
    assert undisturbed.moments >= 12
    for at in range(1, undisturbed.moments + 1):
        stack, folder = troubled(), tmp_path / str(at)
        for moment in (at, at // 2 + 1):
            stack.at = stack.moments + moment
            with pytest.raises(Killed):
                recovery(stack, folder)[0].run()
        stack.at = 0
        recovery(stack, folder)[0].run()
        assert stack.document == undisturbed.document, at
        assert not [*(folder / "kept").glob("recovering-*")]
