"""What Azure refuses only for the moment is sent again, for a time, and nothing else is."""

import gc
import weakref
from collections.abc import Awaitable, Callable

import pulumi
import pytest

from components import ResourceGroup
from components.again import LONGEST_WAIT, NOT_PROVISIONED, PROGRAM_HOOK, TRIES, WAIT_VARIABLE, waits
from tests.recording import record, record_program
from tests.stacks import KEY, keys_for, stack_config

NOT_READY = f'Status=400 Code="{NOT_PROVISIONED}" Message="Cannot proceed .. Resource is in Updating state"'
FAILED = NOT_READY.replace("Updating", "Failed")
LATE = f'1 error occurred:\n\t* Status=200 Code="{NOT_PROVISIONED}" Message="Cannot proceed .."\n\n'
LATE_400 = LATE.replace("200", "400")
REFUSED = 'Status=400 Code="InUsePrefixCannotBeDeleted" Message="IpPrefix 10.0.1.0/24 has active allocations"'


@pytest.mark.parametrize(
    ("operation", "errors", "again"),
    [
        ("create", [NOT_READY], True),
        ("update", [NOT_READY], True),
        ("delete", [NOT_READY], True),
        ("update", [NOT_READY] * (TRIES - 1), True),
        ("update", [NOT_READY] * TRIES, False),
        ("update", [NOT_READY, REFUSED], True),
        ("update", [REFUSED, NOT_READY], False),
        ("create", [FAILED], False),
        ("update", [FAILED], False),
        ("update", [LATE], True),
        ("create", [LATE], False),
        ("create", [LATE_400], False),
        ("create", ['Status=403 Code="AuthorizationFailed" Message="denied"'], False),
        ("create", ["operation timed out"], False),
        ("create", [], False),
    ],
)
def test_only_what_is_not_provisioned_yet_is_sent_again(operation: str, errors: list[str], again: bool) -> None:
    assert (waits(operation, errors) is not None) == again


def test_the_waits_double_up_to_a_minute_and_end_after_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WAIT_VARIABLE, raising=False)
    seconds = [waits("update", [NOT_READY] * count) or 0 for count in range(1, TRIES)]
    assert seconds[:5] == [5, 10, 20, 40, 60]
    assert max(seconds) == 60
    assert 7 * 60 < sum(seconds) < 9 * 60


@pytest.mark.parametrize(
    ("value", "first"), [("0.5", 0.5), ("0", 0), ("", 5), ("soon", 5), ("-1", 5), ("inf", 5), ("nan", 5)]
)
def test_the_first_wait_can_be_set(monkeypatch: pytest.MonkeyPatch, value: str, first: float) -> None:
    monkeypatch.setenv(WAIT_VARIABLE, value)
    assert waits("update", [NOT_READY]) == first
    assert waits("update", [NOT_READY] * 9) == first * LONGEST_WAIT


@pytest.mark.parametrize("stack", ["dev", "reference"])
def test_every_azure_resource_has_the_one_hook_of_its_program(stack: str) -> None:
    config = stack_config(stack)
    secrets = {"vpnSharedKeys": keys_for(config), "peeringSharedKeys": {"primary": "OneKey1"}}
    for _ in range(2):
        resources = [resource for resource in record_program(config, secrets).resources if resource.custom]
        assert len(resources) > 10
        assert {resource.error_hooks for resource in resources} == {(PROGRAM_HOOK,)}


def test_each_run_registers_its_own_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook of an earlier run belongs to an event loop that has ended."""
    made: list[str] = []

    class Counted(pulumi.ErrorHook):
        def __init__(self, name: str, func: Callable[[pulumi.ErrorHookArgs], Awaitable[bool]]) -> None:
            made.append(name)
            super().__init__(name, func)

    monkeypatch.setattr(pulumi, "ErrorHook", Counted)

    def program() -> None:
        for name in ("first", "second"):
            ResourceGroup(name, {"name": f"rg-{name}"})

    for runs in (1, 2):
        record(program)
        assert made == [PROGRAM_HOOK] * runs


def test_a_process_of_many_programs_keeps_none_but_the_last() -> None:
    roots: list[weakref.ref[pulumi.Resource]] = []

    def program() -> None:
        ResourceGroup("group", {"name": "rg", "location": "westus2"})
        root = pulumi.runtime.get_root_resource()
        assert root is not None
        roots.append(weakref.ref(root))

    for _ in range(3):
        record(program)
    gc.collect()
    # The SDK keeps what it last ran.
    assert [root() for root in roots[:-1]] == [None, None]


def test_what_hangs_on_a_network_waits_for_it_and_for_the_subnet_before() -> None:
    """Azure takes a network's PUT only while what its subnets use is quiet, and the other way round [ORDER-07]."""
    config = stack_config("dev")
    network = config["hybrid-network:network"]
    route = {"name": "elsewhere", "prefix": "172.31.0.0/24", "nextHopType": "None"}
    network["gatewaySubnetRoutes"] = [route]
    for tier in network["tiers"]:
        tier["routes"] = [route]
    recording = record_program(config, {"vpnSharedKeys": {"hq": KEY}, "peeringSharedKeys": {"primary": "OneKey1"}})
    waits_for = {
        f"{kind} {name}": recording.waits_for(recording.one(f"network:{kind}", name))
        for kind, name in (
            ("RouteTable", "hub-gateway-subnet"),
            ("NetworkSecurityGroup", "web"),
            ("RouteTable", "web"),
            ("NetworkSecurityGroup", "data"),
            ("RouteTable", "data"),
        )
    }
    assert all("network:VirtualNetwork/hub" in found for found in waits_for.values())
    assert "network:Subnet/web" in waits_for["NetworkSecurityGroup data"] & waits_for["RouteTable data"]
