"""What the simulated Azure answers, and how its resources live: outputs, defaults, states, deletion."""

from pathlib import Path
from typing import Any

import pytest

from simulator import checks, drift, schema
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.options import Options
from simulator.resources import kinds
from simulator.store import Json
from tests.simulator.cases_connections import connected, provisioned
from tests.simulator.world import (
    BASE,
    GROUP_ID,
    POLICY,
    REQUESTS,
    WITH_CIRCUIT,
    WITH_SITE,
    WITH_VPN,
    id_of,
    make,
    put,
    ref,
    refusal,
    token,
)

EVERYTHING = (
    *("group", "network", "gateway subnet", "subnet", "bastion subnet", "nsg", "rule", "table", "route", "address"),
    *("balancer", "vpn gateway", "er gateway", "site", "vpn connection", "circuit", "authorization"),
)


def whole() -> Cloud:
    """A cloud with one resource of every type."""
    cloud = make(*EVERYTHING)
    connected(cloud)
    put(cloud, "address", publicIpAddressName="pip-bastion")
    config = {"name": "a", "subnet": ref("virtualNetworks/hub/subnets/AzureBastionSubnet")}
    put(cloud, "bastion", ipConfigurations=[{**config, "publicIPAddress": ref("publicIPAddresses/pip-bastion")}])
    put(cloud, "spoke")
    put(cloud, "spoke peering")
    put(cloud, "application group")
    put(cloud, "maintenance configuration")
    put(cloud, "assignment")
    for name in ("workspace", "action group", "diagnostic setting", "metric alert", "query rule"):
        put(cloud, name)
    return cloud


def code_of(action: Any) -> str:
    """The code an action is refused with."""
    with pytest.raises(AzureError) as caught:
        action()
    return caught.value.code


def test_a_cloud_with_every_type_answers_only_what_the_sdk_knows() -> None:
    cloud = whole()
    types = set()
    for record in cloud.store.find():
        shape = schema.load().resources[record.token]
        outputs = {**shape.outputs, "id": {"type": "string"}}
        assert checks.problems(outputs, [], cloud.view(record), enums=False) == [], record.id
        types.add(record.token)
    assert types == set(schema.TOKENS)


def test_the_schema_in_the_cache_is_what_the_sdk_says() -> None:
    fresh = schema.read_sdk()
    assert fresh["objects"] == schema.load().objects
    assert set(fresh["resources"]) == set(schema.TOKENS)
    versions = {token: entry.api_version for token, entry in schema.load().resources.items()}
    assert {version for token, version in versions.items() if ":network:" in token} == {"2024-05-01"}
    assert all(versions.values())


def test_names_are_the_same_whatever_their_case() -> None:
    cloud = make(*BASE)
    assert cloud.get(id_of("VIRTUALNETWORKS/HUB"))["name"] == "hub"


def test_what_is_not_there_is_not_found_in_azures_words() -> None:
    cloud = make("group", "network")
    with pytest.raises(AzureError) as caught:
        cloud.get(id_of("virtualNetworkGateways/none"))
    assert (caught.value.status, caught.value.code) == (404, "ResourceNotFound")
    expected = "The Resource 'Microsoft.Network/virtualNetworkGateways/none' under resource group 'rg' was not found."
    assert caught.value.message.startswith(expected)
    with pytest.raises(AzureError) as caught:
        cloud.get(id_of("virtualNetworks/hub/subnets/none"))
    assert caught.value.code == "NotFound"
    assert code_of(lambda: cloud.get(GROUP_ID.replace("rg", "other"))) == "ResourceGroupNotFound"


def test_an_unknown_type_or_lookup_is_an_error_that_names_it() -> None:
    cloud = Cloud()
    for action in (
        lambda: cloud.put("azure-native:network:VirtualHub", {}),
        lambda: cloud.invoke("azure-native:network:getVirtualHub", {}),
    ):
        with pytest.raises(AzureError, match="VirtualHub"):
            action()


@pytest.mark.parametrize(
    ("name", "type_name"),
    [("vpn gateway", "VirtualNetworkGateway"), ("subnet", "Subnet"), ("circuit", "ExpressRouteCircuit")],
)
def test_a_lookup_answers_what_a_get_does(name: str, type_name: str) -> None:
    cloud = make(*EVERYTHING)
    values = {"resourceGroupName": "rg", **REQUESTS[name][1]}
    found = cloud.invoke(f"azure-native:network:get{type_name}", values)
    assert found.pop("azureApiVersion") == schema.load().resources[token(type_name)].api_version
    assert found == cloud.get(found["id"])


def test_a_put_of_a_network_without_subnets_keeps_them() -> None:
    cloud = make(*BASE, "subnet")
    put(cloud, "network", tags={"a": "b"})
    assert [subnet["name"] for subnet in cloud.get(id_of("virtualNetworks/hub"))["subnets"]] == ["GatewaySubnet", "web"]


def test_a_put_of_a_network_with_subnets_makes_it_so() -> None:
    cloud = make(*BASE, "subnet")
    put(cloud, "network", subnets=[{"name": "GatewaySubnet", "addressPrefix": "10.0.255.0/26"}])
    assert [subnet["name"] for subnet in cloud.get(id_of("virtualNetworks/hub"))["subnets"]] == ["GatewaySubnet"]


def test_a_public_address_is_chosen_once_and_kept() -> None:
    cloud = make(*BASE)
    first, other = put(cloud, "address"), put(cloud, "address", publicIpAddressName="other")
    assert first["ipAddress"] != other["ipAddress"]
    assert put(cloud, "address", tags={"a": "b"})["ipAddress"] == first["ipAddress"]


def test_an_active_active_gateway_has_two_addresses_of_its_subnet() -> None:
    cloud = make(*BASE, "address")
    put(cloud, "address", publicIpAddressName="second")
    subnet = ref("virtualNetworks/hub/subnets/GatewaySubnet")
    configs = [
        {"name": name, "subnet": subnet, "publicIPAddress": ref(f"publicIPAddresses/{address}")}
        for name, address in (("a", "pip"), ("b", "second"))
    ]
    apipa = {
        "ipconfigurationId": id_of("virtualNetworkGateways/vpn/ipConfigurations/a"),
        "customBgpIpAddresses": ["169.254.21.5"],
    }
    other = {"ipconfigurationId": id_of("virtualNetworkGateways/vpn/ipConfigurations/b")}
    settings = {"asn": 65515, "bgpPeeringAddresses": [apipa, other]}
    gateway = put(cloud, "vpn gateway", activeActive=True, ipConfigurations=configs, bgpSettings=settings)
    entries = gateway["bgpSettings"]["bgpPeeringAddresses"]
    assert [entry["defaultBgpIpAddresses"] for entry in entries] == [["10.0.255.4"], ["10.0.255.5"]]
    assert entries[0]["customBgpIpAddresses"] == ["169.254.21.5"]
    assert [entry["tunnelIpAddresses"] for entry in entries] == [["198.18.0.4"], ["198.18.0.5"]]


def test_a_gateway_says_what_azure_chose() -> None:
    gateway = make(*WITH_VPN).get(id_of("virtualNetworkGateways/vpn"))
    assert gateway["bgpSettings"]["asn"] == 65515
    assert gateway["bgpSettings"]["bgpPeeringAddress"] == "10.0.255.62"
    assert gateway["vpnGatewayGeneration"] == "Generation1"
    assert gateway["ipConfigurations"][0]["id"].endswith("/ipConfigurations/a")
    assert gateway["provisioningState"] == "Succeeded"


def test_an_expressroute_gateway_needs_no_public_address() -> None:
    """PIP-09."""
    assert make(*BASE, "er gateway").get(id_of("virtualNetworkGateways/er"))["provisioningState"] == "Succeeded"


def test_in_a_region_without_zones_a_gateway_takes_addresses_without() -> None:
    """ZONE-05, by inference: PIP-04 cannot hold where ZONE-04 refuses every zone. In others it does."""
    cloud = Cloud()
    for name in BASE:
        put(cloud, name, **({"location": "westus"} if name != "gateway subnet" else {}))
    put(cloud, "address", location="westus", zones=None)
    assert put(cloud, "vpn gateway", location="West US")["provisioningState"] == "Succeeded"
    for options, refused in (
        (Options(), True),
        (Options(regions_without_zones=["westus3"]), False),
        (Options(zones_checked_everywhere=True, regions_without_zones=["westus3"]), True),
    ):
        cloud = make(*BASE, options=options)
        put(cloud, "address", zones=None)
        assert bool(refusal(cloud, "vpn gateway")) is refused


def test_a_region_that_nobody_knows_is_taken_as_it_is_used() -> None:
    for zones in (None, ["1", "2", "3"]):
        cloud = Cloud()
        for name in BASE:
            put(cloud, name, **({"location": "atlantis"} if name != "gateway subnet" else {}))
        put(cloud, "address", location="atlantis", zones=zones)
        assert put(cloud, "vpn gateway", location="atlantis")["provisioningState"] == "Succeeded"


def test_an_address_without_zones_shows_none() -> None:
    """PIP-20: where there are zones it is zone-redundant all the same, and stays without in what a GET shows."""
    cloud = make(*BASE)
    assert "zones" not in put(cloud, "address", zones=None)
    assert "zones" not in cloud.get(id_of("publicIPAddresses/pip"))


def test_a_frontend_in_one_zone_or_in_all_is_made_and_stays() -> None:
    """LB-01, LB-03 and LB-04; another frontend may have other zones."""
    front = {"name": "front", "subnet": ref("virtualNetworks/hub/subnets/web"), "privateIPAddress": "10.0.1.250"}
    for zones in (["2"], ["3", "1", "2"]):
        cloud = make(*BASE, "subnet")
        put(cloud, "balancer", frontendIPConfigurations=[{**front, "zones": zones}])
        put(cloud, "balancer", frontendIPConfigurations=[{**front, "zones": sorted(zones)}])
        second = {**front, "name": "second", "privateIPAddress": "10.0.1.251"}
        both = put(cloud, "balancer", frontendIPConfigurations=[{**front, "zones": zones}, second])
        assert [one.get("zones") for one in both["frontendIPConfigurations"]] == [zones, None]


def test_a_circuit_goes_through_the_providers_states() -> None:
    """CIRCUIT-06: NotProvisioned, Provisioning, Provisioned, and NotProvisioned again after deprovisioning."""
    cloud = make(*BASE, "circuit")
    state = lambda: cloud.get(id_of("expressRouteCircuits/circuit"))["serviceProviderProvisioningState"]  # noqa: E731
    assert state() == "NotProvisioned"
    work = drift.provision(cloud, "circuit")
    assert state() == "Provisioning"
    cloud.wait(work)
    assert state() == "Provisioned"
    work = drift.deprovision(cloud, "circuit")
    assert state() == "Deprovisioning"
    cloud.wait(work)
    assert state() == "NotProvisioned"
    cloud.delete(id_of("expressRouteCircuits/circuit"))


def test_a_provider_of_layer_3_makes_the_peering() -> None:
    """CIRCUIT-09."""
    cloud = make(*BASE, "circuit")
    cloud.wait(drift.provision(cloud, "circuit", with_peering=True))
    [peering] = cloud.get(id_of("expressRouteCircuits/circuit"))["peerings"]
    assert (peering["name"], peering["lastModifiedBy"]) == ("AzurePrivatePeering", "Provider")


def test_a_circuit_can_be_provisioned_by_itself_after_a_while() -> None:
    cloud = make(*BASE, "circuit", options=Options(provider_provisions_after_min=30))
    cloud.clock.sleep_until(cloud.clock.now() + 31 * 60)
    assert cloud.get(id_of("expressRouteCircuits/circuit"))["serviceProviderProvisioningState"] == "Provisioned"


def test_a_circuit_on_a_port_has_no_provider() -> None:
    cloud = make(*BASE)
    drift.add(cloud, id_of("expressRoutePorts/port"), {"location": "westus3"})
    change: Json = {"expressRoutePort": ref("expressRoutePorts/port"), "bandwidthInGbps": 10}
    circuit = put(cloud, "circuit", serviceProviderProperties=None, **change)
    assert circuit["serviceProviderProvisioningState"] == "Provisioned"  # as Microsoft's page on Direct shows it
    assert put(cloud, "peering")["provisioningState"] == "Succeeded"


def test_a_connection_made_too_early_stays_failed_until_it_is_deleted() -> None:
    """CIRCUIT-08."""
    cloud = make(*WITH_CIRCUIT)
    assert code_of(lambda: put(cloud, "er connection")) == "ServiceProviderNotProvisioned"
    assert cloud.get(id_of("connections/con-er"))["provisioningState"] == "Failed"
    provisioned(cloud)
    assert code_of(lambda: put(cloud, "er connection")) == "ServiceProviderNotProvisioned"
    cloud.delete(id_of("connections/con-er"))
    assert put(cloud, "er connection")["provisioningState"] == "Succeeded"


def test_revoking_an_authorization_takes_its_connection_away() -> None:
    """CIRCUIT-13."""
    cloud = make(*WITH_CIRCUIT, "authorization")
    provisioned(cloud)
    path = "expressRouteCircuits/circuit/authorizations/other"
    key = cloud.get(id_of(path))["authorizationKey"]
    put(cloud, "er connection", authorizationKey=key)
    assert cloud.get(id_of(path))["authorizationUseStatus"] == "InUse"
    second = {"virtualNetworkGatewayConnectionName": "second", "authorizationKey": key}
    assert code_of(lambda: put(cloud, "er connection", **second)) == "CodeUnknown_CIRCUIT-13"
    cloud.delete(id_of(path))
    assert code_of(lambda: cloud.get(id_of("connections/con-er"))) == "ResourceNotFound"


def test_a_circuit_of_another_subscription_needs_an_authorization() -> None:
    cloud = make(*BASE, "er gateway")
    foreign = id_of("expressRouteCircuits/theirs").replace("000000000001", "000000000002")
    circuit = {"location": "westus3", "serviceProviderProvisioningState": "Provisioned", "sku": {"tier": "Standard"}}
    drift.add(cloud, foreign, circuit)
    drift.add(cloud, f"{foreign}/authorizations/ours", {})
    peer = {"peer": {"id": foreign}}
    assert code_of(lambda: put(cloud, "er connection", **peer)) == "CodeUnknown_CIRCUIT-13"
    key = cloud.get(f"{foreign}/authorizations/ours")["authorizationKey"]
    assert put(cloud, "er connection", authorizationKey=key, **peer)["provisioningState"] == "Succeeded"


@pytest.mark.parametrize("ignored", [True, False])
def test_a_put_changes_a_shared_key_only_where_the_option_says_so(ignored: bool) -> None:
    """CONN-04."""
    cloud = make(*WITH_SITE, "vpn connection", options=Options(shared_key_put_ignored=ignored))
    put(cloud, "vpn connection", sharedKey="AnotherKey1")
    record = cloud.store.get(id_of("connections/con-vpn"))
    assert record is not None
    kept = "ThisIsNotARealKey0" if ignored else "AnotherKey1"
    assert record.digests["sharedKey"] == cloud.store.digest(kept)


def test_a_put_of_only_a_new_authorization_key_is_ignored() -> None:
    """CONN-03: it counts only when another property changes too."""
    cloud = make(*WITH_CIRCUIT, "authorization")
    provisioned(cloud)
    put(cloud, "authorization", authorizationName="second")
    first, second = (
        cloud.get(id_of(f"expressRouteCircuits/circuit/authorizations/{name}"))["authorizationKey"]
        for name in ("other", "second")
    )
    put(cloud, "er connection", authorizationKey=first)

    def kept() -> str:
        record = cloud.store.get(id_of("connections/con-er"))
        assert record is not None
        return record.digests["authorizationKey"]

    put(cloud, "er connection", authorizationKey=second)
    assert kept() == cloud.store.digest(first)
    put(cloud, "er connection", authorizationKey=second, routingWeight=10)
    assert kept() == cloud.store.digest(second)


def test_an_ipsec_policy_changes_in_place() -> None:
    """IPSEC-12."""
    cloud = make(*WITH_SITE, "vpn connection")
    changed = put(cloud, "vpn connection", ipsecPolicies=[POLICY])
    assert changed["ipsecPolicies"] == [POLICY]


def test_a_group_takes_what_it_can_with_it() -> None:
    cloud = make(*WITH_CIRCUIT)
    connected(cloud)
    assert code_of(lambda: cloud.delete(GROUP_ID)) == "ResourceGroupDeletionBlocked"
    assert code_of(lambda: cloud.get(id_of("connections/con-er"))) == "ResourceNotFound"
    assert cloud.get(id_of("expressRouteCircuits/circuit"))["provisioningState"] == "Succeeded"
    cloud.wait(drift.deprovision(cloud, "circuit"))
    cloud.delete(GROUP_ID)
    assert cloud.store.find() == []


def test_deleting_in_azures_order_leaves_nothing() -> None:
    cloud = make(*WITH_CIRCUIT, "address", "vpn gateway", "site", "vpn connection")
    connected(cloud)
    cloud.wait(drift.deprovision(cloud, "circuit"))
    for path in (
        "connections/con-er",
        "connections/con-vpn",
        "expressRouteCircuits/circuit/peerings/AzurePrivatePeering",
        "expressRouteCircuits/circuit",
        "virtualNetworkGateways/er",
        "virtualNetworkGateways/vpn",
        "localNetworkGateways/site",
        "publicIPAddresses/pip",
        "virtualNetworks/hub/subnets/GatewaySubnet",
        "virtualNetworks/hub",
    ):
        cloud.delete(id_of(path))
    cloud.delete(GROUP_ID)
    assert cloud.store.find() == []


def test_no_secret_is_in_the_clouds_file(tmp_path: Path) -> None:
    from simulator.clock import InstantClock

    file = tmp_path / "cloud.db"
    cloud = Cloud(file, clock=InstantClock())
    for name in (*WITH_CIRCUIT, "address", "vpn gateway", "site", "vpn connection", "authorization"):
        put(cloud, name)
    provisioned(cloud)
    put(cloud, "peering", sharedKey="PeeringSecret99")
    circuit = cloud.get(id_of("expressRouteCircuits/circuit"))
    secrets = [circuit["serviceKey"], circuit["authorizations"][0]["authorizationKey"]]
    cloud.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (*secrets, "ThisIsNotARealKey0", "PeeringSecret99"):
        assert secret.encode() not in raw
    assert file.stat().st_mode & 0o077 == 0


def test_a_cloud_has_the_kinds_that_it_is_given() -> None:
    group = token("ResourceGroup")
    cloud = Cloud(kinds={group: kinds()[group]})
    put(cloud, "group")
    assert code_of(lambda: put(cloud, "network")) == "InvalidResourceType"
    names = {"resourceGroupName": "rg", "virtualNetworkName": "hub"}
    assert code_of(lambda: cloud.invoke("azure-native:network:getVirtualNetwork", names)) == "InvalidResourceType"
