"""What Azure refuses only for the moment is sent again, for a time, and nothing else is."""

import pulumi
import pytest

from components import ApplicationTier, HubNetwork, ResourceGroup
from components.again import LONGEST_WAIT, NOT_PROVISIONED, TRIES, WAIT_VARIABLE, waits
from tests.recording import Recording, record, record_program
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
def test_every_azure_resource_has_the_hook_of_its_component(stack: str) -> None:
    def run() -> Recording:
        config = stack_config(stack)
        return record_program(config, {"vpnSharedKeys": keys_for(config), "peeringSharedKeys": {"primary": "OneKey1"}})

    recording = run()
    hooks = {resource.urn: resource.error_hooks for resource in recording.resources if resource.custom}
    assert all(len(found) == 1 for found in hooks.values())
    parents = {resource.error_hooks: resource.parent for resource in recording.resources if resource.custom}
    assert len(parents) == len({resource.parent for resource in recording.resources if resource.custom})
    assert hooks == {resource.urn: resource.error_hooks for resource in run().resources if resource.custom}


def two_hubs() -> None:
    class Region(pulumi.ComponentResource):
        """A component around components: its parts may be named like another one's."""

        def __init__(self, kind: str) -> None:
            super().__init__(f"test:index:{kind}", kind, {}, None)
            for name in ("first", "second"):
                hub = HubNetwork(
                    name,
                    {
                        "resource_group_name": "rg",
                        "address_prefixes": ["10.0.0.0/16"],
                        "gateway_subnet_prefix": "10.0.255.0/26",
                    },
                    pulumi.ResourceOptions(parent=self),
                )
                ApplicationTier(
                    name,
                    {
                        "resource_group_name": "rg",
                        "virtual_network_name": hub.virtual_network_name,
                        "subnet_prefix": "10.0.1.0/24",
                    },
                    pulumi.ResourceOptions(parent=self, depends_on=[hub.last]),
                )

    for kind in ("East", "West"):
        Region(kind)


def test_hooks_have_names_of_their_own_wherever_the_components_are() -> None:
    recording = record(two_hubs)
    owners: dict[str, set[str]] = {}
    for resource in recording.resources:
        for hook in resource.error_hooks:
            owners.setdefault(hook, set()).add(resource.parent)
    assert len(owners) == 8
    assert all(len(parents) == 1 for parents in owners.values())


def test_hooks_have_names_of_their_own_where_only_the_parents_parents_differ() -> None:
    def program() -> None:
        for kind in ("East", "West"):
            region = pulumi.ComponentResource(f"test:index:{kind}", kind)
            inner = pulumi.ComponentResource("test:index:Inner", "inner", {}, pulumi.ResourceOptions(parent=region))
            ResourceGroup("group", {"name": f"rg-{kind}"}, pulumi.ResourceOptions(parent=inner))

    def names() -> list[str]:
        return [hook for resource in record(program).resources for hook in resource.error_hooks]

    assert len(set(names())) == 2
    assert sorted(names()) == sorted(names())


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
