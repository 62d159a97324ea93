"""Azure Bastion: its subnet, the group that guards it, and the order of the three."""

from typing import Any

import pulumi
import pytest

from components import HubNetwork, Management
from tests.recording import record

BASTION: Any = {
    "resource_group_name": "rg",
    "virtual_network_name": "v",
    "bastion_subnet_prefix": "10.0.254.0/26",
    "security_group": True,
}


def test_a_bastion_host_waits_for_its_subnet_and_that_for_a_group_with_every_rule() -> None:
    recording = record(lambda: Management("m", BASTION))
    group, subnet = recording.one("network:NetworkSecurityGroup"), recording.one("network:Subnet")
    assert recording.waits_for(recording.one("network:BastionHost")) >= {
        "network:Subnet/m",
        "network:PublicIPAddress/m",
    }
    assert "network:NetworkSecurityGroup/m" in recording.waits_for(subnet)
    assert subnet.inputs["networkSecurityGroup"] == {"id": recording.ids[group.urn]}
    rules = {
        (rule["direction"], rule["priority"]): (
            rule["name"],
            rule["access"],
            rule["protocol"],
            rule["sourceAddressPrefix"],
            rule["destinationAddressPrefix"],
            rule.get("destinationPortRanges") or [rule["destinationPortRange"]],
        )
        for rule in group.inputs["securityRules"]
    }
    own, any_ = "VirtualNetwork", "*"
    assert rules == {
        ("Inbound", 120): ("AllowHttpsInbound", "Allow", "Tcp", "Internet", any_, ["443"]),
        ("Inbound", 130): ("AllowGatewayManagerInbound", "Allow", "Tcp", "GatewayManager", any_, ["443"]),
        ("Inbound", 140): ("AllowAzureLoadBalancerInbound", "Allow", "Tcp", "AzureLoadBalancer", any_, ["443"]),
        ("Inbound", 150): ("AllowBastionHostCommunication", "Allow", any_, own, own, ["8080", "5701"]),
        ("Outbound", 100): ("AllowSshRdpOutbound", "Allow", any_, any_, own, ["22", "3389"]),
        ("Outbound", 110): ("AllowAzureCloudOutbound", "Allow", "Tcp", any_, "AzureCloud", ["443"]),
        ("Outbound", 120): ("AllowBastionCommunication", "Allow", any_, own, own, ["8080", "5701"]),
        ("Outbound", 130): ("AllowHttpOutbound", "Allow", any_, any_, "Internet", ["80"]),
    }


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("sources", [["203.0.113.0/24"], ["203.0.113.0/24", "198.51.100.7/32"], None])
def test_who_reaches_bastion_can_be_narrowed(sources: list[str] | None, late: bool) -> None:
    def program() -> None:
        given: Any = pulumi.Output.from_input(sources) if late else sources
        arguments: Any = {**BASTION, "allowed_sources": given}
        Management("m", arguments)

    (first, *others) = record(program).one("network:NetworkSecurityGroup").inputs["securityRules"]
    assert first.get("sourceAddressPrefixes") == sources
    assert first.get("sourceAddressPrefix") == (None if sources else "Internet")
    assert not any("sourceAddressPrefixes" in rule for rule in others)


def test_a_bastion_host_that_is_shared_has_its_network_and_nothing_else() -> None:
    def program() -> None:
        space: Any = {"address_prefixes": ["10.0.0.0/16"], "gateway_subnet_prefix": "10.0.255.0/26"}
        space["resource_group_name"] = "rg"
        hub = HubNetwork("hub", space)
        before = hub.last
        hub.add_management("m", {"sku": "Developer"})
        assert hub.last is before

    recording = record(program)
    host = recording.one("network:BastionHost").inputs
    network = recording.ids[recording.one("network:VirtualNetwork").urn]
    assert (host["sku"], host["virtualNetwork"]) == ({"name": "Developer"}, {"id": network})
    assert "ipConfigurations" not in host
    assert [subnet.inputs["subnetName"] for subnet in recording.of("network:Subnet")] == ["GatewaySubnet"]
    assert recording.of("network:PublicIPAddress") == recording.of("network:NetworkSecurityGroup") == []


def test_a_bastion_host_without_a_subnet_is_given_the_networks_id() -> None:
    arguments: Any = {"resource_group_name": "rg", "virtual_network_name": "v", "sku": "Developer"}
    with pytest.raises(pulumi.RunError, match=r"bastion_subnet_prefix: is missing; only .* \[ARG-01\]"):
        record(lambda: Management("m", arguments))
