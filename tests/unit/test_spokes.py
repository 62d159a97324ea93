"""A spoke and its peering with a hub, each component alone."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pulumi
import pytest
from pulumi_azure_native import Provider

from components import HubNetwork, HubNetworkArgs, Spoke, VpnGateway
from tests.recording import SUBSCRIPTION, Recording, record
from tests.unit.test_components import GATEWAY_ID, SUBNET_ID, VNET_ID, nothing

HUB = HubNetworkArgs(resource_group_name="rg", address_prefixes=["10.0.0.0/16"], gateway_subnet_prefix="10.0.255.0/27")
PEERING = "network:VirtualNetworkPeering"


def spoke(lookup: Any = None, **more: Any) -> Recording:
    arguments = {"resource_group_name": "rg", "address_prefixes": ["10.1.0.0/16"], **more}
    options = {"lookup": lookup} if lookup else {}
    return record(lambda: Spoke("data", arguments), **options)  # pyright: ignore[reportArgumentType]


def their_network(*prefixes: str, gateway: str = "", location: str = "", **peerings: bool) -> Any:
    """What Azure says of an existing network: its space, the gateway in it, and which peerings use remote gateways."""

    def answer(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        assert token == "azure-native:network:getVirtualNetwork"
        users = [{"id": f"{GATEWAY_ID[:-1]}{gateway}/ipConfigurations/default"}] if gateway else []
        return {
            "id": VNET_ID,
            "location": location,
            "addressSpace": {"addressPrefixes": list(prefixes)},
            "subnets": [{"name": "GatewaySubnet", "ipConfigurations": users}],
            "virtualNetworkPeerings": [{"name": name, "useRemoteGateways": uses} for name, uses in peerings.items()],
        }

    return answer


@pytest.mark.parametrize(
    ("lookup", "rule", "said"),
    [
        (nothing, "SPOKE-18", "existing_network_id: Azure has no"),
        (their_network("10.1.0.0/16", gateway="theirs"), "SPOKE-04", "virtualNetworkGateways/theirs is in it"),
        (their_network("10.1.0.0/16", old=True), "SPOKE-03", "its peering old uses the gateways of another network"),
        (
            their_network("10.1.0.0/16", "10.9.0.0/16"),
            "SPOKE-12",
            "address_prefixes: 10.1.0.0/16 is asked for, but shared has 10.1.0.0/16, 10.9.0.0/16",
        ),
    ],
)
def test_an_existing_network_that_cannot_be_this_spoke_is_refused(lookup: Any, rule: str, said: str) -> None:
    with pytest.raises(pulumi.RunError) as stopped:
        spoke(lookup, existing_network_id=VNET_ID, own_peerings=["mine"])
    (line,) = str(stopped.value).splitlines()[1:]
    assert said in line
    assert line.endswith(f"[{rule}]")


@pytest.mark.parametrize(
    ("there", "said", "refused"),
    [("eastus", "westus2", True), ("westus2", "West US 2", False), ("eastus", None, False), ("", "westus2", False)],
)
def test_what_is_made_in_an_existing_network_is_in_its_region(there: str, said: str | None, refused: bool) -> None:
    lookup, more = their_network("10.1.0.0/16", location=there), {"location": said} if said else {}
    if not refused:
        spoke(lookup, existing_network_id=VNET_ID, **more)
        return
    with pytest.raises(pulumi.RunError, match=r"location: westus2, but .* is in eastus.*\[EXIST-01\]"):
        spoke(lookup, existing_network_id=VNET_ID, **more)


def test_an_existing_network_with_this_stacks_own_peering_is_a_spoke() -> None:
    lookup = their_network("10.1.0.0/16", mine=True, other=False)
    recording = spoke(lookup, existing_network_id=VNET_ID, own_peerings=["mine"])
    assert recording.of("network:VirtualNetwork") == []


def test_a_hub_with_a_provider_of_its_own_takes_no_spoke_without_one() -> None:
    def program() -> None:
        provider = Provider("hub", subscription_id=SUBSCRIPTION)
        options = pulumi.ResourceOptions(provider=provider)
        one = HubNetwork("hub", HUB, options)
        other = Spoke("data", {"resource_group_name": "rg", "address_prefixes": ["10.1.0.0/16"]})
        one.peer("data", {}, spoke=other, gateways=[])

    with pytest.raises(pulumi.RunError, match="give the Spoke its provider"):
        record(program)


def test_each_peering_of_a_hub_waits_for_the_one_before_it_and_both_sides_for_the_gateways() -> None:
    def program() -> None:
        one = HubNetwork("hub", HUB)
        gateway = VpnGateway("vpn", {"resource_group_name": "rg", "gateway_subnet_id": SUBNET_ID, "sku": "VpnGw1AZ"})
        for number in (1, 2):
            other = Spoke(f"s{number}", {"resource_group_name": "rg", "address_prefixes": [f"10.{number}.0.0/16"]})
            one.peer(f"s{number}", {}, spoke=other, gateways=[gateway.gateway])

    recording = record(program)
    names = ("s1-hub", "s1-spoke", "s2-hub", "s2-spoke")
    side = {name: recording.one(PEERING, name) for name in names}
    waits = {name: recording.waits_for(resource) for name, resource in side.items()}
    for earlier, later in pairwise(names):
        assert f"network:VirtualNetworkPeering/{earlier}" in waits[later]
    for name, resource in side.items():
        assert "network:VirtualNetworkGateway/vpn" in waits[name]
        assert "network:Subnet/hub-gateway-subnet" in waits[name]
        replaced_with = {urn.rsplit("::", 1)[-1] for urn in resource.replace_with}
        spoke = name.split("-")[0]
        assert replaced_with == {"hub", "vpn", spoke, *([f"{spoke}-hub"] if name.endswith("spoke") else [])}
        assert resource.delete_before_replace
