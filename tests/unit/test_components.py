"""Each component alone, as another stack uses it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

import components
from components import (
    ApplicationTier,
    ExpressRouteCircuit,
    ExpressRouteGateway,
    HubNetwork,
    Management,
    VpnGateway,
    VpnSite,
)
from components.rules.ipsec import STRONG_POLICY
from components.schema import Components
from tests.recording import NOT_FOUND, SUBSCRIPTION, UNKNOWN, LookupFailed, Recording, Secret, record
from tests.stacks import KEY
from tests.unit.examples import EXAMPLES, lookup
from tests.unit.rules.changes import changed, keys
from tests.unit.test_arguments import with_providers
from topology.reading import read
from topology.settings import arguments
from topology.settings.names import Names

SUBNET_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
VNET_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other/providers/Microsoft.Network/virtualNetworks/shared"
CIRCUIT_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/c"
GATEWAY_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworkGateways/g"
PORT_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/expressRoutePorts/p"
PIP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/publicIPAddresses/pip"

CLASSES = [
    "ApplicationTier",
    "ExpressRouteCircuit",
    "ExpressRouteGateway",
    "HubNetwork",
    "HubPeering",
    "Management",
    "ResourceGroup",
    "Spoke",
    "VpnGateway",
    "VpnSite",
]


def tier(**more: Any) -> Recording:
    arguments = {"resource_group_name": "rg", "virtual_network_name": "v", "subnet_prefix": "10.0.1.0/24", **more}
    return record(lambda: ApplicationTier("web", arguments))  # pyright: ignore[reportArgumentType]


def circuit(**more: Any) -> Recording:
    ordered = {"provider": "Equinix", "peering_location": "Silicon Valley", "bandwidth_in_mbps": 50}
    arguments = {
        "resource_group_name": "rg",
        **(more if {"port_id", "existing_id"} & set(more) else {**ordered, **more}),
    }
    return record(lambda: ExpressRouteCircuit("primary", arguments))  # pyright: ignore[reportArgumentType]


def express_route_gateway(**more: Any) -> Recording:
    arguments = {"resource_group_name": "rg", "gateway_subnet_id": SUBNET_ID, "sku": "ErGw1AZ", **more}
    return record(lambda: ExpressRouteGateway("er", arguments))  # pyright: ignore[reportArgumentType]


def vpn_gateway(**more: Any) -> Recording:
    arguments = {"resource_group_name": "rg", "gateway_subnet_id": SUBNET_ID, "sku": "VpnGw1AZ", **more}
    return record(lambda: VpnGateway("vpn", arguments))  # pyright: ignore[reportArgumentType]


def site(**more: Any) -> Recording:
    given = {"gateway_id": GATEWAY_ID, "public_ip": "203.0.113.10", "shared_key": KEY}
    arguments = {"resource_group_name": "rg", **given, "prefixes": ["192.168.0.0/16"], **more}
    return record(lambda: VpnSite("hq", arguments))  # pyright: ignore[reportArgumentType]


def hub(lookup: Any = None, **more: Any) -> Recording:
    given = {"address_prefixes": ["10.0.0.0/16"], "gateway_subnet_prefix": "10.0.255.0/27"}
    arguments = {"resource_group_name": "rg", **given, **more}
    options = {"lookup": lookup} if lookup else {}
    return record(lambda: HubNetwork("hub", arguments), **options)  # pyright: ignore[reportArgumentType]


def existing_subnet(prefix: str, gateways: tuple[str, ...] = ()) -> Any:
    def answer(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if token == "azure-native:network:getSubnet":
            assert arguments["subnetName"] == "GatewaySubnet"
            users = [{"id": f"{GATEWAY_ID[:-1]}{name}/ipConfigurations/default"} for name in gateways]
            return {"addressPrefix": prefix, "ipConfigurations": users}
        return no_gateway_subnet(token, arguments)

    return answer


def no_gateway_subnet(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The existing network, without a GatewaySubnet."""
    if token == "azure-native:authorization:getClientConfig":
        return {"subscriptionId": SUBSCRIPTION}
    assert arguments["virtualNetworkName"] == "shared"
    assert arguments["resourceGroupName"] == "other"
    if token == "azure-native:network:getVirtualNetwork":
        return {"id": VNET_ID}
    raise LookupFailed(NOT_FOUND)


def nothing(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    if token == "azure-native:authorization:getClientConfig":
        return {"subscriptionId": SUBSCRIPTION}
    raise LookupFailed(NOT_FOUND)


def test_the_components_have_a_schema_for_every_language() -> None:
    provider = Components([getattr(components, name) for name in CLASSES], "hybrid-network")
    schema = json.loads(provider.schema or "")
    assert set(schema["resources"]) == {f"hybrid-network:index:{name}" for name in CLASSES}
    for token, resource in schema["resources"].items():
        assert resource["description"], token
        for name, argument in resource["inputProperties"].items():
            assert argument.get("description", "").startswith(("Required", "Optional", "Conditional")), (
                f"{token} {name}"
            )
        assert resource["properties"], token


@pytest.mark.parametrize("component", CLASSES)
def test_a_component_has_its_names_and_ids_under_mocks_that_only_return_what_they_get(component: str) -> None:
    """As Pulumi's documentation shows them: no Azure ids, and no outputs but the inputs."""

    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
            return args.name + "_id", args.inputs

        def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
            return lookup(args.token, args.args)

    kind = getattr(components, component)
    outputs = [name for name in kind.__annotations__ if name.endswith(("_name", "_id", "_ids"))]
    assert outputs
    for example in EXAMPLES[component]:

        def program(example: Mapping[str, Any] = example) -> None:
            made = kind("it", with_providers(example))
            for name in outputs:
                pulumi.export(name, getattr(made, name))

        found = record(program, azure=Mocks()).outputs
        without = {"backend_pool_id"} & set(outputs) if "load_balancer" not in example else set()
        assert {name for name in outputs if found.get(name) in (None, "", [None])} == without


def test_missing_and_misspelt_arguments_are_told_at_once_and_nothing_is_registered() -> None:
    recording = Recording()
    arguments = {
        "resource_group_name": "rg",
        "virtual_network_name": "v",
        "internet_outboundd": True,
        "allow": [{"name": "https", "sources": ["10.0.0.0/8"], "ports": [443]}],
    }
    with pytest.raises(pulumi.RunError) as stopped:
        record(lambda: ApplicationTier("web", arguments), recording=recording)  # pyright: ignore[reportArgumentType]
    heading, *lines = str(stopped.value).splitlines()
    assert heading == "ApplicationTier 'web' cannot be deployed: 5 problems"
    assert lines == [
        "  - subnet_prefix: is missing; ApplicationTierArgs needs it [ARG-01]",
        "  - internet_outboundd: is no argument of ApplicationTierArgs; is it internet_outbound? [ARG-01]",
        "  - allow[0].sources: is no argument of AllowArgs; is it source_prefixes? [ARG-01]",
        "  - allow[0].ports[0]: is a number; a text is needed [ARG-02]",
        "  - allow[0]: has no source; give source_prefixes or source_application_security_group_ids [NSG-17]",
    ]
    assert recording.resources == []


def test_a_tier_admits_only_what_it_allows_and_the_probe() -> None:
    allow = [{"name": "https", "source_prefixes": ["10.0.0.0/16"], "ports": ["443"]}]
    rules = tier(allow=allow).one("network:NetworkSecurityGroup").inputs["securityRules"]
    table = [
        (
            rule["direction"],
            rule["access"],
            rule.get("sourceAddressPrefix", rule.get("sourceAddressPrefixes")),
            rule["destinationAddressPrefix"],
            rule.get("destinationPortRange", rule.get("destinationPortRanges")),
        )
        for rule in sorted(rules, key=lambda rule: (rule["direction"], rule["priority"]))
    ]
    assert table == [
        ("Inbound", "Allow", ["10.0.0.0/16"], "*", ["443"]),
        ("Inbound", "Allow", "AzureLoadBalancer", "*", "*"),
        ("Inbound", "Deny", "*", "*", "*"),
        ("Outbound", "Allow", "VirtualNetwork", "VirtualNetwork", "*"),
        ("Outbound", "Deny", "*", "*", "*"),
    ]


FIELDS = (
    *("sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups"),
    *("destinationPortRange", "destinationPortRanges"),
)
ASG_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/applicationSecurityGroups/a"
WEB = {"source_prefixes": ["10.0.0.0/16"]}
ONE_OR_MANY = [
    ({"source_prefixes": ["10.0.0.0/16"]}, {"sourceAddressPrefixes": ["10.0.0.0/16"]}),
    ({"source_prefixes": ["*"]}, {"sourceAddressPrefix": "*"}),
    ({"source_prefixes": ["Storage.WestUS"]}, {"sourceAddressPrefix": "Storage.WestUS"}),
    ({"source_prefixes": ["tag:NewService"]}, {"sourceAddressPrefix": "NewService"}),
    ({"source_application_security_group_ids": [ASG_ID]}, {"sourceApplicationSecurityGroups": [{"id": ASG_ID}]}),
    ({"ports": ["*"]}, {"destinationPortRange": "*"}),
    ({"ports": ["443", "8000-8010"]}, {"destinationPortRanges": ["443", "8000-8010"]}),
]


@pytest.mark.parametrize(
    "waiting", [lambda value: value, pulumi.Output.from_input, lambda value: [*map(pulumi.Output.from_input, value)]]
)
@pytest.mark.parametrize(("given", "fields"), ONE_OR_MANY)
def test_what_stands_alone_in_a_security_rule_is_in_the_singular_field(
    given: dict[str, list[str]], fields: dict[str, Any], waiting: Callable[[list[str]], Any]
) -> None:
    """Azure refuses `*` and a service tag in a list [NSG-15, NSG-16]; known now or later, the same is registered."""
    usual = {"ports": ["443"], **({} if any(name.startswith("source") for name in given) else WEB)}

    def program() -> None:
        given_now = {name: waiting(value) for name, value in given.items()}
        rule = {"name": "one", **usual, **given_now}
        arguments = {"resource_group_name": "rg", "virtual_network_name": "v", "subnet_prefix": "10.0.1.0/24"}
        ApplicationTier("web", {**arguments, "allow": [rule]})  # pyright: ignore[reportArgumentType]

    rule, *_ = record(program).one("network:NetworkSecurityGroup").inputs["securityRules"]
    shown = {name: rule[name] for name in FIELDS if rule.get(name) is not None}
    without = {"sourceAddressPrefixes": ["10.0.0.0/16"], "destinationPortRanges": ["443"]}
    kinds = {name[:6] for name in fields}
    assert shown == {**{name: value for name, value in without.items() if name[:6] not in kinds}, **fields}


def test_an_icmp_rule_of_the_settings_has_its_ports_in_the_singular_field() -> None:
    """So it is for every protocol without ports, whatever ports are written."""
    for protocol in ("Icmp", "Esp", "Ah"):
        allow = [{"sources": ["onPremises"], "ports": ["*"], "protocol": protocol}]
        settings, problems = read(changed({"network.tiers[0].allow": allow}), keys("hq"))
        assert settings is not None
        assert problems == []
        (allowed,) = arguments.tier(settings, Names(settings), settings.network.tiers[0])["allow"]
        assert allowed["ports"] == ["*"]


OVERLAPPING = [
    (["virtualNetwork", "management"], ["10.20.0.0/16"]),
    (["onPremises", "192.168.7.0/24"], ["192.168.0.0/16", "172.20.0.0/16"]),
    (["web", "data"], ["10.20.1.0/24", "10.20.2.0/24"]),
    (["10.128.0.0/24", "10.128.1.0/24"], ["10.128.0.0/24", "10.128.1.0/24"]),
    (["web", "10.20.1.0/24"], ["10.20.1.0/24"]),
]


@pytest.mark.parametrize(("sources", "prefixes"), OVERLAPPING)
def test_words_of_the_settings_expand_to_prefixes_that_do_not_overlap(sources: list[str], prefixes: list[str]) -> None:
    """What does not overlap stays as it was, though it could be collapsed: a rule that Azure has does not change."""
    settings, problems = read(changed({"network.tiers[0].allow": [{"sources": sources, "ports": [443]}]}), keys("hq"))
    assert settings is not None
    assert problems == []
    (allowed,) = arguments.tier(settings, Names(settings), settings.network.tiers[0])["allow"]
    assert sorted(allowed["source_prefixes"]) == sorted(prefixes)


def test_a_tier_reaches_the_internet_only_where_it_is_said() -> None:
    assert tier().one("network:Subnet").inputs["defaultOutboundAccess"] is False
    recording = tier(internet_outbound=True)
    assert recording.one("network:Subnet").inputs["defaultOutboundAccess"] is True
    rules = recording.one("network:NetworkSecurityGroup").inputs["securityRules"]
    assert [rule["access"] for rule in rules if rule["destinationAddressPrefix"] == "Internet"] == ["Allow"]


def test_a_load_balancer_is_internal_and_its_parts_name_each_other() -> None:
    recording = tier(load_balancer={"frontend_address": "10.0.1.250", "port": 80, "backend_port": 8080})
    balancer = recording.one("network:LoadBalancer").inputs
    assert balancer["sku"]["name"] == "Standard"
    (frontend,) = balancer["frontendIPConfigurations"]
    assert frontend["privateIPAddress"] == "10.0.1.250"
    assert frontend["privateIPAllocationMethod"] == "Static"
    assert "publicIPAddress" not in frontend
    (rule,) = balancer["loadBalancingRules"]
    own = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/lbi-web"
    assert rule["frontendIPConfiguration"]["id"] == f"{own}/frontendIPConfigurations/frontend"
    assert rule["backendAddressPool"]["id"] == f"{own}/backendAddressPools/machines"
    assert rule["probe"]["id"] == f"{own}/probes/probe"
    assert (rule["frontendPort"], rule["backendPort"], balancer["probes"][0]["port"]) == (80, 8080, 8080)


def test_a_tier_without_gateway_routes_has_a_table_that_says_so() -> None:
    assert not tier().of("network:RouteTable")
    table = tier(gateway_routes=False).one("network:RouteTable")
    assert table.inputs["disableBgpRoutePropagation"] is True


@pytest.mark.parametrize(
    ("address", "rule"), [("10.0.1.3", "NSG-02"), ("10.0.1.255", "NSG-02"), ("10.0.2.4", "NET-01")]
)
def test_a_frontend_address_that_azure_refuses_is_refused_at_once(address: str, rule: str) -> None:
    with pytest.raises(pulumi.RunError, match=rf"load_balancer\.frontend_address.*{rule}"):
        tier(load_balancer={"frontend_address": address, "port": 80})


def test_a_hub_keeps_route_propagation_on_for_the_gateway_subnet() -> None:
    route = {
        "name": "to-firewall",
        "prefix": "10.0.1.0/24",
        "next_hop_type": "VirtualAppliance",
        "next_hop_address": "10.0.2.4",
    }
    recording = hub(gateway_subnet_routes=[route])
    assert recording.one("network:RouteTable").inputs["disableBgpRoutePropagation"] is False
    assert "routeTable" in recording.one("network:Subnet").inputs


def test_a_gateway_subnet_in_an_existing_network_is_made_there() -> None:
    recording = hub(no_gateway_subnet, existing_network_id=VNET_ID)
    assert not recording.of("network:VirtualNetwork")
    subnet = recording.one("network:Subnet").inputs
    assert (subnet["virtualNetworkName"], subnet["resourceGroupName"]) == ("shared", "other")


def test_an_adopted_gateway_subnet_is_used_and_not_owned() -> None:
    recording = hub(existing_subnet("10.0.255.0/27"), existing_network_id=VNET_ID, adopt_gateway_subnet=True)
    assert not recording.of("network:Subnet")


@pytest.mark.parametrize(
    ("lookup", "adopt", "message"),
    [
        (existing_subnet("10.0.255.0/28"), True, "16 addresses.*interrupts.*GW-04"),
        (existing_subnet("10.0.255.0/28"), False, "16 addresses.*interrupts.*GW-04"),
        (existing_subnet("10.0.254.0/26"), False, "10.0.254.0/26.*adopt it.*GW-19"),
        (existing_subnet("10.0.255.0/27", ("theirs",)), False, "theirs.*interrupts.*GW-03"),
        (no_gateway_subnet, True, "no GatewaySubnet to adopt.*GW-19"),
        (nothing, False, "Azure has no /subscriptions.*NET-08"),
    ],
)
def test_an_existing_gateway_subnet_that_does_not_fit_says_the_way_out(lookup: Any, adopt: bool, message: str) -> None:
    with pytest.raises(pulumi.RunError, match=message):
        hub(lookup, existing_network_id=VNET_ID, adopt_gateway_subnet=adopt)


def test_an_existing_network_of_another_subscription_is_refused() -> None:
    theirs = VNET_ID.replace(SUBSCRIPTION, "11111111-0000-0000-0000-000000000000")
    with pytest.raises(pulumi.RunError, match=r"subscription 11111111.*NET-08"):
        hub(no_gateway_subnet, existing_network_id=theirs)


def test_our_own_gateways_in_an_existing_network_are_welcome() -> None:
    lookup = existing_subnet("10.0.255.0/27", ("vgw-mine",))
    hub(lookup, existing_network_id=VNET_ID, adopt_gateway_subnet=True, own_gateways=["vgw-mine"])


def test_a_provider_circuit_is_ordered_with_its_sku_spelt_as_azure_wants() -> None:
    made = circuit(tier="Premium", family="UnlimitedData").one("network:ExpressRouteCircuit")
    assert made.inputs["sku"] == {"name": "Premium_UnlimitedData", "tier": "Premium", "family": "UnlimitedData"}
    assert made.inputs["serviceProviderProperties"]["bandwidthInMbps"] == 50


def test_a_direct_port_circuit_has_no_provider() -> None:
    made = circuit(port_id=PORT_ID, bandwidth_in_gbps=10).one("network:ExpressRouteCircuit")
    assert "serviceProviderProperties" not in made.inputs
    assert made.inputs["bandwidthInGbps"] == 10


def test_an_existing_circuit_is_left_alone() -> None:
    assert not [r for r in circuit(existing_id=CIRCUIT_ID).resources if r.custom]


@pytest.mark.parametrize("kinds", [{"port_id": "p", "existing_id": "e"}, {"provider": None}])
def test_a_circuit_is_of_exactly_one_kind(kinds: dict[str, Any]) -> None:
    with pytest.raises(pulumi.RunError, match="CIRCUIT-17"):
        circuit(**kinds)


def test_peering_and_authorizations_are_made_one_after_another_and_their_keys_are_secret() -> None:
    peering = {
        "peer_asn": 65010,
        "vlan_id": 100,
        "primary_prefix": "172.16.0.0/30",
        "secondary_prefix": "172.16.0.4/30",
    }
    recording = circuit(private_peering={**peering, "shared_key": "md5"}, authorizations=["one", "two"])
    chain = ["Peering/primary", "Authorization/primary-one", "Authorization/primary-two"]
    last = recording.one("network:ExpressRouteCircuitAuthorization", "primary-two")
    assert {f"network:ExpressRouteCircuit{link}" for link in chain[:-1]} <= recording.waits_for(last)
    assert recording.one("network:ExpressRouteCircuitPeering").inputs["sharedKey"] == Secret("md5")
    component = recording.one("ExpressRouteCircuit")
    assert "shared_key" not in component.inputs["private_peering"]


def test_an_express_route_gateway_has_no_public_address_of_ours_unless_given() -> None:
    (configuration,) = express_route_gateway().one("network:VirtualNetworkGateway").inputs["ipConfigurations"]
    assert "publicIPAddress" not in configuration
    given = express_route_gateway(public_ip_id=PIP_ID).one("network:VirtualNetworkGateway")
    assert given.inputs["ipConfigurations"][0]["publicIPAddress"] == {"id": PIP_ID}


def test_scale_units_go_with_the_scale_sku() -> None:
    made = express_route_gateway(sku="ErGwScale", min_scale_units=2, max_scale_units=10)
    assert made.one("network:VirtualNetworkGateway").inputs["autoScaleConfiguration"] == {
        "bounds": {"min": 2, "max": 10}
    }
    with pytest.raises(pulumi.RunError, match="ER-05"):
        express_route_gateway(min_scale_units=2)


def test_connections_of_a_gateway_are_chained_and_their_keys_secret() -> None:
    connections = [
        {"name": "a", "circuit_id": CIRCUIT_ID, "routing_weight": 10},
        {"name": "b", "circuit_id": CIRCUIT_ID, "authorization_key": "key"},
    ]
    recording = express_route_gateway(connections=connections)
    second = recording.one("network:VirtualNetworkGatewayConnection", "er-b")
    assert "network:VirtualNetworkGatewayConnection/er-a" in recording.waits_for(second)
    assert second.inputs["authorizationKey"] == Secret("key")
    assert "sharedKey" not in second.inputs


def test_fast_path_needs_a_gateway_that_can() -> None:
    connection = {"name": "a", "circuit_id": CIRCUIT_ID, "fast_path": True}
    with pytest.raises(pulumi.RunError, match="ER-04"):
        express_route_gateway(connections=[connection])
    made = express_route_gateway(sku="ErGw3AZ", connections=[connection]).one("network:VirtualNetworkGatewayConnection")
    assert made.inputs["expressRouteGatewayBypass"] is True


def test_a_vpn_gateway_is_active_active_with_two_zoned_static_addresses() -> None:
    recording = vpn_gateway()
    addresses = recording.of("network:PublicIPAddress")
    assert len(addresses) == 2
    for address in addresses:
        assert address.inputs["sku"]["name"] == "Standard"
        assert address.inputs["publicIPAllocationMethod"] == "Static"
        assert address.inputs["zones"] == ["1", "2", "3"]
    gateway = recording.one("network:VirtualNetworkGateway").inputs
    assert gateway["activeActive"] is True
    assert gateway["vpnType"] == "RouteBased"
    assert gateway["vpnGatewayGeneration"] == "Generation1"
    assert len(gateway["ipConfigurations"]) == 2


def test_a_vpn_gateway_in_a_region_without_zones_and_with_one_instance() -> None:
    recording = vpn_gateway(active_active=False, zones=[], sku="VpnGw2AZ", location="westus")
    assert "zones" not in recording.one("network:PublicIPAddress").inputs
    assert recording.one("network:VirtualNetworkGateway").inputs["vpnGatewayGeneration"] == "Generation2"


def test_apipa_addresses_go_to_the_instance_they_are_for() -> None:
    recording = vpn_gateway(apipa_addresses=[["169.254.21.1"], ["169.254.22.1"]])
    peers = recording.one("network:VirtualNetworkGateway").inputs["bgpSettings"]["bgpPeeringAddresses"]
    assert [(p["ipconfigurationId"].rsplit("/", 1)[1], p["customBgpIpAddresses"]) for p in peers] == [
        ("instance0", ["169.254.21.1"]),
        ("instance1", ["169.254.22.1"]),
    ]


def test_a_static_site_has_its_prefixes_and_a_strong_policy() -> None:
    recording = site()
    local = recording.one("network:LocalNetworkGateway").inputs
    assert local["localNetworkAddressSpace"] == {"addressPrefixes": ["192.168.0.0/16"]}
    assert "bgpSettings" not in local
    connection = recording.one("network:VirtualNetworkGatewayConnection").inputs
    assert connection["enableBgp"] is False
    assert connection["connectionProtocol"] == "IKEv2"
    (policy,) = connection["ipsecPolicies"]
    assert (policy["ikeEncryption"], policy["ipsecEncryption"], policy["dhGroup"]) == (
        "GCMAES256",
        "GCMAES256",
        "ECP384",
    )
    assert connection["sharedKey"] == Secret(KEY)


def test_a_bgp_site_learns_its_routes_instead() -> None:
    recording = site(bgp={"asn": 65010, "peer_address": "192.168.255.1"})
    local = recording.one("network:LocalNetworkGateway").inputs
    assert local["localNetworkAddressSpace"] == {"addressPrefixes": []}
    assert local["bgpSettings"] == {"asn": 65010, "bgpPeeringAddress": "192.168.255.1"}
    assert recording.one("network:VirtualNetworkGatewayConnection").inputs["enableBgp"] is True


def test_an_apipa_site_names_the_gateway_address_of_each_instance() -> None:
    bgp = {"asn": 65010, "peer_address": "169.254.21.2", "gateway_addresses": ["169.254.21.1", "169.254.22.1"]}
    made = site(bgp=bgp, ip_configuration_ids=["one", "two"]).one("network:VirtualNetworkGatewayConnection")
    assert made.inputs["gatewayCustomBgpIpAddresses"] == [
        {"ipConfigurationId": "one", "customBgpIpAddress": "169.254.21.1"},
        {"ipConfigurationId": "two", "customBgpIpAddress": "169.254.22.1"},
    ]


def test_a_bastion_host_sits_in_its_own_subnet() -> None:
    arguments = {"resource_group_name": "rg", "virtual_network_name": "v", "bastion_subnet_prefix": "10.0.254.0/26"}
    recording = record(lambda: Management("m", arguments))  # pyright: ignore[reportArgumentType]
    assert recording.one("network:Subnet").inputs["subnetName"] == "AzureBastionSubnet"
    with pytest.raises(pulumi.RunError, match="BAS-02"):
        record(lambda: Management("m", {**arguments, "bastion_subnet_prefix": "10.0.254.0/27"}))  # pyright: ignore[reportArgumentType]


def unknown() -> pulumi.Output[str]:
    """What a preview has of a value that only Azure will tell."""
    nothing, no = asyncio.Future[Any](), asyncio.Future[bool]()
    nothing.set_result(None)
    no.set_result(False)
    return pulumi.Output(set(), nothing, no)


def test_arguments_that_are_not_known_yet_are_not_judged() -> None:
    recording = record(
        lambda: ApplicationTier(
            "web",
            {
                "resource_group_name": unknown(),
                "virtual_network_name": unknown(),
                "subnet_prefix": unknown(),
                "load_balancer": {"frontend_address": unknown(), "port": 80},
            },
        ),
        preview=True,
    )
    subnet = recording.one("network:Subnet").inputs
    assert (subnet["resourceGroupName"], subnet["virtualNetworkName"], subnet["addressPrefix"]) == (UNKNOWN,) * 3


def test_what_is_known_is_judged_beside_what_is_not() -> None:
    given = {"resource_group_name": unknown, "virtual_network_name": unknown}
    wrong = {"subnet_prefix": "10.0.1.0/24", "load_balancer": {"frontend_address": "10.0.2.250", "port": 80}}
    with pytest.raises(pulumi.RunError, match=r"load_balancer\.frontend_address: 10\.0\.2\.250"):
        record(
            lambda: ApplicationTier("web", {key: make() for key, make in given.items()} | wrong),  # pyright: ignore[reportArgumentType]
            preview=True,
        )


WRONG_ALONE = [
    (lambda: tier(routes=[{"name": "r", "prefix": "10.0.0.0/8", "next_hop_type": "None"}] * 2), "routes", "UDR-01"),
    (
        lambda: hub(gateway_subnet_routes=[{"name": "r", "prefix": "0.0.0.0/0", "next_hop_type": "Internet"}]),
        "gate",
        "GW-12",
    ),
    (lambda: circuit(bandwidth_in_mbps=60), "bandwidth_in_mbps", "CIRCUIT-03"),
    (lambda: circuit(tier="Local", family="MeteredData"), "family", "CIRCUIT-01"),
    (
        lambda: express_route_gateway(connections=[{"name": "a", "circuit_id": "", "routing_weight": 40000}]),
        "weight",
        "CONN-05",
    ),
    (lambda: vpn_gateway(zones=[]), "zones", "PIP-04"),
    (lambda: vpn_gateway(apipa_addresses=[["169.254.0.1"]]), "apipa_addresses", "BGP-08"),
    (lambda: site(public_ip="10.1.2.3"), "public_ip", "VPN-24"),
    (lambda: site(shared_key="with space"), "shared_key", "VPN-15"),
    (lambda: site(bgp={"asn": 12076, "peer_address": "192.168.255.1"}), "bgp.asn", "BGP-03"),
    (lambda: site(ipsec_policy={**STRONG_POLICY, "ipsec_integrity": "SHA256"}), "ipsec_policy", "IPSEC-08"),
]


@pytest.mark.parametrize(("make", "path", "rule"), WRONG_ALONE, ids=[rule for _, _, rule in WRONG_ALONE])
def test_a_component_alone_applies_azures_rules_to_its_arguments(make: Any, path: str, rule: str) -> None:
    with pytest.raises(pulumi.RunError, match=rf"{path}.*\[{rule}\]"):
        make()


def test_what_a_component_is_told_to_wait_for_may_be_an_output() -> None:
    """As pulumi.ResourceOptions takes it: one resource, several, and an Output of either."""
    network = {"resource_group_name": "rg", "address_prefixes": ["10.0.0.0/16"], "gateway_subnet_prefix": "10.0.9.0/26"}

    def program(given: Callable[[pulumi.Resource], Any]) -> Recording:
        def run() -> None:
            policy = components.ResourceGroup("first", {"name": "rg-first"})
            hub = HubNetwork(
                "hub", components.HubNetworkArgs(**network), pulumi.ResourceOptions(depends_on=given(policy))
            )
            hub.add_tier("web", {"subnet_prefix": "10.0.1.0/24"}, pulumi.ResourceOptions(depends_on=given(policy)))

        return record(run)

    plain = program(lambda policy: [policy])
    first = "resources:ResourceGroup/first"
    for type, name in (("network:VirtualNetwork", "hub"), ("network:Subnet", "hub-gateway-subnet")):
        assert first in plain.waits_for(plain.one(type, name))
    assert {first, "network:Subnet/hub-gateway-subnet"} <= plain.waits_for(plain.one("network:Subnet", "web"))
    for given in (lambda one: one, lambda one: pulumi.Output.from_input([one]), pulumi.Output.from_input):
        found = program(given)
        assert {one.urn: one.dependencies for one in found.resources} == {
            one.urn: one.dependencies for one in plain.resources
        }
