"""Gateways that are there already: looked up, judged, connected, and never this program's own."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components import ExpressRouteGateway, VpnGateway
from tests.recording import NOT_FOUND, SUBSCRIPTION, LookupFailed, Recording, record
from tests.unit.examples import ADDRESS, GROUP, NETWORK, SHARED, gateway, lookup
from tests.unit.test_arguments import not_known

SUBNET = f"{NETWORK}/subnets/GatewaySubnet"
EXPRESS_ROUTE, VPN = f"{GROUP}/virtualNetworkGateways/vgw-er", f"{GROUP}/virtualNetworkGateways/vgw-vpn"
CIRCUIT = f"{GROUP}/expressRouteCircuits/c"
SITE = {"public_ip": "203.0.113.10", "shared_key": "Planted.Key_Of_Twenty_And_More"}
BGP = {"asn": 65010, "peer_address": "172.16.9.1"}
APIPA = {"asn": 65010, "peer_address": "169.254.21.2", "gateway_addresses": ["169.254.21.1", "169.254.21.5"]}


def answering(**more: Any) -> Any:
    """A lookup of which the gateways are otherwise."""

    def answer(token: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if token.endswith("getVirtualNetworkGateway"):
            return gateway(given["virtualNetworkGatewayName"], **more)
        return lookup(token, given)

    return answer


def express_route(*connections: Mapping[str, Any], look: Any = lookup, preview: bool = False, **more: Any) -> Recording:
    given = {**SHARED, "gateway_subnet_id": SUBNET, "existing_id": EXPRESS_ROUTE, **more}
    given["connections"] = [{"name": f"c{n}", "circuit_id": CIRCUIT, **one} for n, one in enumerate(connections)]
    return record(lambda: ExpressRouteGateway("er", given), lookup=look, preview=preview)  # pyright: ignore[reportArgumentType]


def vpn(*sites: Mapping[str, Any], look: Any = lookup, preview: bool = False, **more: Any) -> Recording:
    def program() -> None:
        given: Any = {**SHARED, "gateway_subnet_id": SUBNET, "existing_id": VPN, **more}
        args: Any = {key: value() if callable(value) else value for key, value in given.items()}
        made = VpnGateway("vpn", args)
        for number, site in enumerate(sites):
            made.connect(f"s{number}", {**SITE, **site})  # pyright: ignore[reportArgumentType]
        for name in ("public_ips", "bgp_peer_addresses", "asn", "ip_configuration_ids"):
            pulumi.export(name, getattr(made, name))

    return record(program, lookup=look, preview=preview)


def test_an_existing_express_route_gateway_gets_its_connections_and_is_no_resource() -> None:
    recording = express_route({}, {"routing_weight": 10})
    assert not recording.of("network:VirtualNetworkGateway")
    first, second = recording.of("network:VirtualNetworkGatewayConnection")
    assert {one.inputs["virtualNetworkGateway1"]["id"] for one in (first, second)} == {EXPRESS_ROUTE}
    assert (first.name, second.name) == ("er-c0", "er-c1")
    assert "network:VirtualNetworkGatewayConnection/er-c0" in recording.waits_for(second)
    assert len([token for token, _ in recording.lookups if token.endswith("getVirtualNetworkGateway")]) == 1


def test_an_existing_vpn_gateway_tells_its_sites_what_it_is() -> None:
    recording = vpn({"bgp": BGP}, {"prefixes": ["192.168.0.0/16"]})
    assert not recording.of("network:VirtualNetworkGateway")
    assert not recording.of("network:PublicIPAddress")
    first, second = recording.of("network:VirtualNetworkGatewayConnection")
    assert first.inputs["virtualNetworkGateway1"]["id"] == VPN
    assert "network:VirtualNetworkGatewayConnection/s0" in recording.waits_for(second)
    assert recording.outputs == {
        "public_ips": ["198.51.100.4", "198.51.100.5"],
        "bgp_peer_addresses": ["10.0.255.4", "10.0.255.5"],
        "asn": 65515,
        "ip_configuration_ids": [ADDRESS.format(0), ADDRESS.format(1)],
    }


def with_addresses(*own: list[str]) -> Any:
    settings = gateway("vgw-vpn")["bgpSettings"]
    peers = [
        {**peer, "customBgpIpAddresses": own[int(peer["ipconfigurationId"][-1])]}
        for peer in settings["bgpPeeringAddresses"]
    ]
    return answering(bgpSettings={**settings, "bgpPeeringAddresses": peers})


def test_a_site_with_apipa_addresses_names_each_instance_of_the_gateway() -> None:
    recording = vpn({"bgp": APIPA}, look=with_addresses(["169.254.21.1", "169.254.22.1"], ["169.254.21.5"]))
    (connection,) = recording.of("network:VirtualNetworkGatewayConnection")
    assert connection.inputs["gatewayCustomBgpIpAddresses"] == [
        {"ipConfigurationId": ADDRESS.format(0), "customBgpIpAddress": "169.254.21.1"},
        {"ipConfigurationId": ADDRESS.format(1), "customBgpIpAddress": "169.254.21.5"},
    ]


def test_apipa_addresses_that_the_gateway_lacks_are_refused() -> None:
    with pytest.raises(pulumi.RunError, match=r"gateway_addresses\[1\]: 169\.254\.21\.5 is no .*has none.*VPN-41"):
        vpn({"bgp": APIPA}, look=with_addresses(["169.254.21.1"], []))


def not_there(token: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if token.endswith("getVirtualNetworkGateway"):
        raise LookupFailed(NOT_FOUND)
    return lookup(token, given)


ELSEWHERE = {"ipConfigurations": [{"id": "i", "name": "i", "subnet": {"id": SUBNET.replace("vnet/", "other/")}}]}
WRONG = [
    (not_there, {}, "existing_id: Azure has no /subscriptions.*GW-20"),
    (
        lookup,
        {"existing_id": VPN.replace(SUBSCRIPTION, "1" * 8)},
        "existing_id: the gateway is in subscription 1.*GW-20",
    ),
    (answering(gatewayType="ExpressRoute"), {}, "is a gateway of type ExpressRoute, Vpn is needed.*GW-20"),
    (answering(provisioningState="Failed"), {}, "vgw-vpn is Failed.*GW-21"),
    (answering(vpnType="PolicyBased"), {}, "must be route-based.*VPN-01"),
    (answering(sku={"name": "Basic", "tier": "Basic"}), {}, "SKU Basic.*VPN-02"),
    (answering(bgpSettings={"asn": 65001, "bgpPeeringAddresses": []}), {}, "has ASN 65001.*BGP-01"),
    (answering(location="eastus"), {}, "location: westus2, but vgw-vpn .* is in eastus.*EXIST-01"),
    (answering(**ELSEWHERE), {}, "vgw-vpn is in network .*other.*EXIST-12"),
]


@pytest.mark.parametrize(("look", "more", "message"), WRONG, ids=[message for _, _, message in WRONG])
@pytest.mark.parametrize("late", [False, True], ids=["now", "late"])
def test_a_gateway_that_does_not_fit_is_one_clean_sentence(
    look: Any, more: dict[str, Any], message: str, late: bool
) -> None:
    given = more.get("existing_id", VPN)
    id = (lambda: pulumi.Output.from_input(given)) if late else given
    with pytest.raises(pulumi.RunError, match=message):
        vpn(look=look, existing_id=id)


def test_alone_it_may_have_an_asn_of_its_own() -> None:
    settings = {**gateway("vgw-vpn")["bgpSettings"], "asn": 65001}
    assert vpn(look=answering(bgpSettings=settings), alone=True).outputs["asn"] == 65001


def test_a_site_with_bgp_needs_a_gateway_that_speaks_it() -> None:
    assert vpn({"prefixes": ["192.168.0.0/16"]}, look=answering(enableBgp=False)).resources
    with pytest.raises(pulumi.RunError, match=r"bgp: the VPN gateway's BGP is off.*BGP-05"):
        vpn({"bgp": BGP}, look=answering(enableBgp=False))


@pytest.mark.parametrize(
    ("connections", "message"),
    [
        ([{"fast_path": True}], r"connections\[0\]\.fast_path: FastPath needs .* SKU is ErGw1AZ.*ER-04"),
        ([{}] * 5, r"connections: 5 circuits are connected, SKU ErGw1AZ takes 4.*ER-02"),
    ],
)
def test_an_existing_express_route_gateway_has_to_carry_what_is_connected(
    connections: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(pulumi.RunError, match=message):
        express_route(*connections)


def test_scale_units_of_an_existing_gateway_count() -> None:
    scaled = {"sku": {"name": "ErGwScale", "tier": "ErGwScale"}}
    bounds = {"autoScaleConfiguration": {"bounds": {"min": 10, "max": 20}}}
    assert express_route({"fast_path": True}, look=answering(**scaled, **bounds)).resources
    with pytest.raises(pulumi.RunError, match="min_scale_units 10"):
        express_route({"fast_path": True}, look=answering(**scaled))


def test_an_id_that_is_not_known_yet_is_asked_about_when_it_is() -> None:
    recording = vpn({"bgp": BGP}, existing_id=not_known, preview=True, look=answering(gatewayType="ExpressRoute"))
    assert [token for token, _ in recording.lookups if token.endswith("getVirtualNetworkGateway")] == []
    assert recording.of("network:VirtualNetworkGatewayConnection")


def test_a_lookup_that_fails_is_no_answer() -> None:
    def denied(token: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if token.endswith("getVirtualNetworkGateway"):
            raise LookupFailed('request failed: Status=403 Code="AuthorizationFailed"')
        return lookup(token, given)

    with pytest.raises(pulumi.RunError, match=r"the existing gateway .* failed, so nothing is changed"):
        vpn(look=denied)
