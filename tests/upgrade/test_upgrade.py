"""Stacks that a released version made are taken over by today's: nothing is replaced, nothing is deleted.

Every seed is tried, in both phases. What today's version updates or adds is told at the end of the run.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lifecycle.observe import short
from tests.upgrade.seeds import MAIN, Seed, Stack, all_seeds, planted

STILL = {"same", "read", "refresh"}
"""What leaves a resource as it is."""
HARMLESS = STILL | {"create", "update"}
"""What an upgrade may do to a resource; all else (replace, delete, discard ..) takes something away."""

SEEDS = all_seeds()
ORDERED, CONNECTED = ([seed for seed in SEEDS if seed.phase == phase] for phase in (1, 2))
OLDEST = next(seed for seed in CONNECTED if seed.stack == "dev")
BASTION = "      bastionSubnet: 10.20.254.0/26"
GATEWAY = 'EXPRESS_ROUTE, VPN, MANAGEMENT = "expressroute",'
Tell = Callable[[str, object], None]


def changes(stack: Stack) -> dict[str, set[str]]:
    """What an update would change, by operation; fails when anything would be taken away, or the preview is refused."""
    run = stack.pulumi("preview", "--json")
    preview = json.loads(run.stdout)
    # The engine plans no step for a protected resource that would have to go: it refuses, and says so here alone.
    errors = [
        entry["message"].splitlines()[0] for entry in preview.get("diagnostics", []) if entry["severity"] == "error"
    ]
    assert (run.code, errors) == (0, []), f"the preview of stack {stack.name} is refused: {errors}"
    found: dict[str, set[str]] = {}
    for step in preview["steps"]:
        if step["op"] not in STILL:
            found.setdefault(step["op"], set()).add(short(step["urn"]))
    harmful = {operation: names for operation, names in found.items() if operation not in HARMLESS}
    assert not harmful, f"today's version would take away from stack {stack.name}: {harmful}"
    return found


def upgrade(stack: Stack, seed: Seed, tell: Tell) -> None:
    """Bring a stack to today's version: nothing goes, and once it is there another run changes nothing."""
    planned = changes(stack)
    told = "; ".join(f"{operation} {', '.join(sorted(names))}" for operation, names in sorted(planned.items()))
    tell("upgrade", f"{seed}, stack {stack.name}: {told or 'nothing to change'}")
    # Where nothing is planned, this preview was the empty one; in phase 1 the update is made all the same.
    if planned or seed.phase == 1:
        stack.pulumi("up", "--yes", "--skip-preview").check()
        assert changes(stack) == {}


def assert_kept(stack: Stack, seed: Seed) -> None:
    """The stack still has every Azure resource of the seed, under the same Azure id, and so has Azure."""
    ids = set(seed.ids(stack.name))
    assert ids
    assert ids <= stack.ids()
    assert ids <= {resource["id"] for resource in stack.workspace.cloud()["resources"]}


@pytest.mark.parametrize("stack", MAIN)
@pytest.mark.parametrize("phase", [1, 2])
def test_every_stack_has_a_seed_in_both_phases(stack: str, phase: int):
    found = [seed for seed in SEEDS if (seed.stack, seed.phase) == (stack, phase)]
    assert found
    assert all(seed.stacks == ([stack, "team"] if stack == "reference" else [stack]) for seed in found)


@pytest.mark.parametrize("seed", ORDERED, ids=str)
def test_a_stack_with_an_ordered_circuit_is_upgraded_and_then_connected(
    seed: Seed, tmp_path: Path, record_property: Tell
):
    with planted(seed, tmp_path / "seed") as stacks:
        for stack in stacks:
            upgrade(stack, seed, record_property)
            assert_kept(stack, seed)
        first, later = stacks[0], replace(seed, phase=2)
        for circuit in first.workspace.outputs()["expressRoute"]["circuits"].values():
            first.workspace.provision(circuit["id"])
        assert changes(first)
        first.pulumi("up", "--yes", "--skip-preview").check()
        # The circuit is nothing to the stacks that stand on the first one.
        assert [changes(stack) for stack in stacks] == [{}] * len(stacks)
        for stack in stacks:
            assert_kept(stack, later if later in SEEDS else seed)


@pytest.mark.parametrize("seed", CONNECTED, ids=str)
def test_a_connected_stack_is_upgraded(seed: Seed, tmp_path: Path, record_property: Tell):
    with planted(seed, tmp_path / "seed") as stacks:
        for stack in stacks:
            upgrade(stack, seed, record_property)
            assert_kept(stack, seed)


def test_a_load_balancer_without_zones_stays_and_is_told_until_its_own_setting_says_some(tmp_path: Path):
    """Version 0.1.0 gave frontends none, and Azure gives them none later [LB-01]."""
    with planted(OLDEST, tmp_path / "seed") as (stack,):
        assert changes(stack) == {}
        told = stack.pulumi("preview").check().stdout
        said = "warning: network.tiers[0].loadBalancer.zones: the frontend of lbi-dev-web is in no zone and stays so"
        assert said in told
        stack.workspace.change(network=_with_zones(stack, [1, 2, 3]))
        run = stack.pulumi("preview", "--json").check()
        steps = {short(step["urn"]): step["op"] for step in json.loads(run.stdout)["steps"] if step["op"] not in STILL}
        assert steps == {"ApplicationTier web": "update", "LoadBalancer web": "replace"}
        stack.pulumi("up", "--yes", "--skip-preview").check()
        assert changes(stack) == {}
        assert_kept(stack, OLDEST)


def test_a_security_group_for_bastion_is_an_update_of_its_subnet(tmp_path: Path):
    with planted(OLDEST, tmp_path / "seed") as (stack,):
        upgrade(stack, OLDEST, lambda *_: None)
        settings = stack.settings_file.read_text()
        assert settings.count(BASTION) == 1
        stack.settings_file.write_text(settings.replace(BASTION, f"{BASTION}\n      securityGroup: true"))
        planned = changes(stack)
        assert planned["create"] == {"NetworkSecurityGroup management"}
        assert {name for name in planned["update"] if not name.startswith("Management")} == {"Subnet management"}
        stack.pulumi("up", "--yes", "--skip-preview").check()
        assert changes(stack) == {}
        assert_kept(stack, OLDEST)


def _with_zones(stack: Stack, zones: list[int]) -> dict[str, object]:
    network = stack.workspace.settings()["hybrid-network:network"]
    network["tiers"][0]["loadBalancer"]["zones"] = zones
    return network


def test_a_renamed_component_is_found(tmp_path: Path):
    with planted(OLDEST, tmp_path / "seed") as (stack,):
        program = stack.project / "topology" / "settings" / "asked.py"
        text = program.read_text()
        assert text.count(GATEWAY) == 1
        program.write_text(text.replace(GATEWAY, GATEWAY.replace("expressroute", "express-route")))
        with pytest.raises(AssertionError, match=r"delete.*VirtualNetworkGateway expressroute"):
            changes(stack)
