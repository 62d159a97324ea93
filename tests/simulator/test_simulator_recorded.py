"""What Azure was seen to do, in recordings of its clients and in reports: small things that documents leave out."""

from typing import Any

import pytest

from simulator import drift
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.faults import Faults, parse
from simulator.front import Front
from simulator.native import Client, Failure
from simulator.resources import kinds
from tests.simulator.world import (
    GATEWAY_SUBNET,
    WITH_CIRCUIT,
    WITH_SITE,
    WITH_VPN,
    id_of,
    inputs,
    make,
    put,
    ref,
    refusal,
    token,
)

SECOND = {"publicIpAddressName": "pip2"}


def configurations(*addresses: str) -> list[dict[str, Any]]:
    """Ip configurations a, b, .. of a gateway, each with its public address."""
    return [
        {"name": name, "subnet": ref(GATEWAY_SUBNET), "publicIPAddress": ref(f"publicIPAddresses/{address}")}
        for name, address in zip("ab", addresses, strict=False)
    ]


def test_a_dead_peer_timeout_that_nobody_set_is_0() -> None:
    cloud = make(*WITH_SITE, "vpn connection")
    assert cloud.get(id_of("connections/con-vpn"))["dpdTimeoutSeconds"] == 0
    put(cloud, "vpn connection", dpdTimeoutSeconds=30)
    assert cloud.get(id_of("connections/con-vpn"))["dpdTimeoutSeconds"] == 30


@pytest.mark.parametrize(("name", "code"), [("a", ""), ("none", "InvalidResourceReference")])
def test_a_part_that_a_resource_has_not_cannot_be_referred_to(name: str, code: str) -> None:
    cloud = make(*WITH_SITE, "vpn connection")
    rule = {"name": "a", "type": "Static", "mode": "IngressSnat"}
    put(cloud, "vpn gateway", natRules=[rule], sku={"name": "VpnGw2AZ", "tier": "VpnGw2AZ"})
    assert (
        refusal(cloud, "vpn connection", ingressNatRules=[ref(f"virtualNetworkGateways/vpn/natRules/{name}")]) == code
    )


def test_a_peerings_type_is_its_name() -> None:
    cloud = make("group", "circuit")
    cloud.wait(drift.provision(cloud, "circuit"))
    made = put(cloud, "peering", peeringType=None, peeringName="azureprivatepeering")
    assert made["peeringType"] == "AzurePrivatePeering"
    assert refusal(cloud, "peering", peeringType=None, peeringName="mine") == "CodeUnknown_CIRCUIT-12"


def test_an_empty_text_is_no_value_of_an_enumeration() -> None:
    cloud = make(*WITH_SITE)
    made = put(cloud, "vpn connection", connectionMode="", connectionProtocol="")
    assert (made["connectionMode"], made["connectionProtocol"]) == ("Default", "IKEv2")
    assert refusal(cloud, "vpn connection", connectionMode="Sometimes") == "InvalidRequestFormat"


def test_one_public_address_is_in_one_configuration_of_a_gateway_only() -> None:
    cloud = make(*WITH_VPN)
    twice = configurations("pip", "pip")
    assert refusal(cloud, "vpn gateway", activeActive=True, ipConfigurations=twice) == "PublicIPAddressInUse"


def test_a_gateway_leaves_active_active_with_the_entries_that_it_had() -> None:
    cloud = make(*WITH_VPN)
    put(cloud, "address", **SECOND)
    both = put(cloud, "vpn gateway", activeActive=True, ipConfigurations=configurations("pip", "pip2"))
    entries = [
        {"ipconfigurationId": entry["ipconfigurationId"]} for entry in both["bgpSettings"]["bgpPeeringAddresses"]
    ]
    assert len(entries) == 2
    one = {"ipConfigurations": configurations("pip"), "activeActive": False}
    left = put(cloud, "vpn gateway", **one, bgpSettings={"asn": 65515, "bgpPeeringAddresses": entries})
    assert len(left["bgpSettings"]["bgpPeeringAddresses"]) == 1
    code = "BgpPeeringAddressesCountNotCorrect"
    assert refusal(cloud, "vpn gateway", **one, bgpSettings={"asn": 65515, "bgpPeeringAddresses": entries}) == code


@pytest.mark.parametrize(("asked_s", "tries"), [(120, 2), (121, 1)])
def test_azure_native_tries_nothing_again_that_shall_wait_longer_than_two_minutes(asked_s: int, tries: int) -> None:
    cloud: Cloud = make("group")
    rules = f"[{{operation: create, nth: 1, error: {{status: 429, code: Busy, retry_after_s: {asked_s}}}}}]"
    client = Client(cloud, Front(cloud, Faults(cloud, rules=parse(rules))))
    kind = kinds()[token("VirtualNetwork")]
    if tries == 1:
        with pytest.raises(Failure, match="Busy"):
            client.create(kind, inputs("network"), 0.0)
    else:
        client.create(kind, inputs("network"), 0.0)
    assert sum(call["method"] == "PUT" for call in cloud.store.calls()) == tries


def test_what_a_client_read_it_may_send_back() -> None:
    """With its own id, as a resource and as a part of one."""
    cloud = make("group", "nsg", "rule")
    id = id_of("networkSecurityGroups/nsg")
    rules = [dict(rule) for rule in cloud.get(id)["securityRules"]]
    cloud.delete(id)
    sent = [
        {name: value for name, value in rule.items() if name not in ("etag", "provisioningState")} for rule in rules
    ]
    made = put(cloud, "nsg", id=id, securityRules=sent)
    assert [rule["name"] for rule in made["securityRules"]] == ["http"]
    with pytest.raises(AzureError):
        put(
            cloud,
            "nsg",
            securityRules=[{**sent[0], "sourceApplicationSecurityGroups": [ref("applicationSecurityGroups/x")]}],
        )


def test_what_published_answers_have_besides() -> None:
    cloud = make(*WITH_CIRCUIT)
    gateway = cloud.get(id_of("virtualNetworkGateways/er"))
    absent = ("natRules", "virtualNetworkGatewayPolicyGroups", "enableBgpRouteTranslationForNat")
    assert [gateway[name] for name in absent] == [[], [], False]
    subnet = cloud.get(id_of("virtualNetworks/hub/subnets/GatewaySubnet"))
    assert (subnet["delegations"], subnet["serviceEndpoints"]) == ([], [])
    cloud.wait(drift.provision(cloud, "circuit"))
    peering = put(cloud, "peering")
    assert (peering["primaryAzurePort"], peering["secondaryAzurePort"]) == ("", "")
    cloud.delete(gateway["id"])
    scaled = put(cloud, "er gateway", sku={"name": "ErGwScale", "tier": "ErGwScale"})
    assert scaled["autoScaleConfiguration"] == {"bounds": {"min": 1, "max": 1}}
