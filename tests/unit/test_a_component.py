"""Components under Pulumi's own mocks, as https://www.pulumi.com/docs/iac/guides/testing/unit/ shows them.

Begin here, and copy: a test of your own stack needs no more than this. What the engine is asked for, down to every
option, is seen with `tests.recording`, which the other tests use.
"""

from collections.abc import Sequence
from typing import Any

import pulumi
import pytest

from components import (
    ApplicationTier,
    ApplicationTierArgs,
    HubNetwork,
    HubNetworkArgs,
    MaintenanceWindowArgs,
    MaintenanceWindows,
    MaintenanceWindowsArgs,
    TierInHubArgs,
    VpnGateway,
    VpnGatewayArgs,
)


class MyMocks(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return args.name + "_id", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        return {}


pulumi.runtime.set_mocks(MyMocks(), preview=False)


def make_hub(name: str, octet: int) -> HubNetwork:
    return HubNetwork(
        name,
        HubNetworkArgs(
            resource_group_name=f"rg-{name}",
            address_prefixes=[f"10.{octet}.0.0/16"],
            gateway_subnet_prefix=f"10.{octet}.255.0/26",
        ),
    )


@pulumi.runtime.test
def test_a_tier_is_in_its_hubs_network_and_keeps_its_machines_off_the_internet() -> pulumi.Output[None]:
    hub = make_hub("hub", 10)
    tier = hub.add_tier("web", TierInHubArgs(subnet_prefix="10.10.1.0/24"))

    def check(known: Sequence[Any]) -> None:
        network, subnet, prefix, outbound = known
        assert network == "vnet-hub"
        assert subnet == "web_id"
        assert prefix == "10.10.1.0/24"
        assert outbound is False

    subnet = tier.subnet
    return pulumi.Output.all(
        hub.virtual_network_name, tier.subnet_id, subnet.address_prefix, subnet.default_outbound_access
    ).apply(check)


@pulumi.runtime.test
def test_a_vpn_gateway_has_two_instances_in_its_hubs_gateway_subnet() -> pulumi.Output[None]:
    hub = make_hub("hub", 10)
    vpn = VpnGateway(
        "vpn",
        VpnGatewayArgs(resource_group_name="rg-hub", gateway_subnet_id=hub.gateway_subnet_id, sku="VpnGw1AZ"),
    )

    def check(instances: Any) -> None:
        assert [instance["subnet"]["id"] for instance in instances] == ["hub-gateway-subnet_id"] * 2
        assert [instance["public_ip_address"]["id"] for instance in instances] == ["vpn-1_id", "vpn-2_id"]

    return vpn.gateway.ip_configurations.apply(check)


@pulumi.runtime.test
def test_two_hubs_of_one_program_share_nothing() -> pulumi.Output[None]:
    east, west = make_hub("east", 10), make_hub("west", 20)
    tiers = [
        east.add_tier("east-web", TierInHubArgs(subnet_prefix="10.10.1.0/24")),
        west.add_tier("west-web", TierInHubArgs(subnet_prefix="10.20.1.0/24")),
    ]

    def check(known: Sequence[Any]) -> None:
        networks, subnets, urns = known
        assert networks == ["vnet-east", "vnet-west"]
        assert subnets == ["east-gateway-subnet_id", "west-gateway-subnet_id"]
        assert len(set(urns)) == 6

    return pulumi.Output.all(
        [hub.virtual_network_name for hub in (east, west)],
        [hub.gateway_subnet_id for hub in (east, west)],
        [resource.urn for resource in (east, west, east.last, west.last, *tiers)],
    ).apply(check)


@pulumi.runtime.test
def test_a_mocks_ids_are_taken_for_ids() -> pulumi.Output[None]:
    hub = make_hub("hub", 10)
    tier = ApplicationTier(
        "web",
        ApplicationTierArgs(
            resource_group_name="rg-web", virtual_network_id=hub.virtual_network_id, subnet_prefix="10.10.1.0/24"
        ),
    )
    vpn = VpnGateway(
        "vpn",
        VpnGatewayArgs(resource_group_name="rg-hub", gateway_subnet_id=hub.gateway_subnet_id, sku="VpnGw1AZ"),
    )
    window = MaintenanceWindowArgs(name="night", gateway_id=vpn.gateway_id, start="01:00")
    windows = MaintenanceWindows("weekly", MaintenanceWindowsArgs(resource_group_name="rg-hub", windows=[window]))

    def check(known: Sequence[Any]) -> None:
        assert known == ["web_id", {"night": "weekly-night_id"}]

    return pulumi.Output.all(tier.subnet_id, windows.configuration_ids).apply(check)


@pulumi.runtime.test
def test_what_azure_would_refuse_ends_the_program() -> None:
    with pytest.raises(pulumi.RunError, match=r"subnet_prefix: 10\.99\.1\.0/24 .* \[NET-01\]"):
        make_hub("hub", 10).add_tier("web", TierInHubArgs(subnet_prefix="10.99.1.0/24"))


def test_a_wrong_claim_fails_wherever_it_stands() -> None:
    """What `apply` is given runs later: a test must return it, or nobody would hear of a claim that does not hold."""

    @pulumi.runtime.test
    def wrong() -> pulumi.Output[None]:
        def check(name: str) -> None:
            assert name == "another"

        return make_hub("hub", 10).virtual_network_name.apply(check)

    with pytest.raises(AssertionError, match="another"):
        wrong()
