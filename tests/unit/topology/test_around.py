"""Networks of which what is around the paths decides: the subnets that nobody describes, the gateways' own route table,
Azure's own routes, and what is there already."""

from typing import Any

import pytest

from components.rules.circuits import same_name
from tests.unit.topology.reported import FIREWALL, Values, cuts, device, found, hybrid, judged, report, site, to
from topology.show.summary import summary

TWO_SITES = [site("a", 10), site("b", 11)]
BEFORE_THE_GATEWAYS = to("10.0.252.0/22")
LOCAL = {"name": "own", "prefix": "10.0.255.192/26", "nextHopType": "VnetLocal"}


def nobodys(*routes: Values) -> Values:
    """A hub of two prefixes whose subnets are others', with routes of the GatewaySubnet."""
    values = hybrid(addressSpace=["10.0.0.0/16", "10.9.0.0/16"], gatewaySubnetRoutes=list(routes))
    values["network"]["tiers"] = []
    return values


@pytest.mark.parametrize("prefix", ["10.0.77.0/24", "10.9.77.0/24"])
def test_subnets_that_nobody_describes_are_in_each_prefix_of_the_network(prefix: str) -> None:
    dropped = {"name": "drop", "prefix": prefix, "nextHopType": "None"}
    assert found(nobodys()) == []
    assert found(nobodys(dropped)) == ["FAIL-15"]


def test_of_subnets_that_nobody_describes_no_route_is_told_that_is_not_there() -> None:
    [problem] = judged(nobodys(to("10.0.77.0/24")))[1]
    assert (problem.rule, problem.path) == ("NVA-01", "network.tiers")
    assert "add to the route tables of its subnets" in problem.message


def test_a_firewall_between_the_gateways_takes_the_vpn_with_it() -> None:
    values = hybrid(sites=TWO_SITES, gatewaySubnetRoutes=[BEFORE_THE_GATEWAYS], require="anyTwoFailures")
    assert cuts(values, "circuit:primary", f"firewall:{FIREWALL}")
    assert not cuts(values, f"firewall:{FIREWALL}")
    [problem] = [problem for problem in judged(values)[1] if problem.severity == "error"]
    assert problem.path == "network.gatewaySubnetRoutes"
    assert "firewall 10.0.9.4 stands between the two gateways" in problem.message
    for routes in ([BEFORE_THE_GATEWAYS, LOCAL], [to("10.0.0.0/8")]):
        beside = hybrid(sites=TWO_SITES, gatewaySubnetRoutes=routes, require="anyTwoFailures")
        assert not cuts(beside, "circuit:primary", f"firewall:{FIREWALL}")
        assert summary(judged(beside)[0])["requirement"] == "anyTwoFailures: met"


def test_azures_own_routes_for_private_addresses_are_told_with_the_way_past_them() -> None:
    private, wide = ("172.16.0.0/12",), ["172.0.0.0/8"]
    values = hybrid(prefixes=private, over_express_route=("172.0.0.0/8",), sites=[site(prefixes=wide)])
    [problem] = judged(values)[1]
    assert (problem.rule, problem.path) == ("FAIL-17", "expressRoute.prefixes")
    assert "more specific than 172.0.0.0/8, which ExpressRoute carries; add it to expressRoute.prefixes" in str(problem)
    values["expressRoute"]["prefixes"] += private
    [problem] = judged(values)[1]
    assert (problem.rule, problem.path) == ("FAIL-02", "vpn.sites[0].prefixes")
    assert "172.0.0.0/8, which site hq carries; add it to vpn.sites[0].prefixes" in problem.message
    wide += private
    assert found(values) == []
    assert summary(judged(values)[0])["requirement"] == "circuitLoss: met"


def test_of_a_firewalls_route_for_another_prefix_none_is_more_specific() -> None:
    tiers = [{"name": "web", "subnet": "10.0.1.0/24", "routes": [to("192.168.0.0/16")]}]
    values = hybrid(tiers=tiers, prefixes=("192.168.0.0/16", "172.20.0.0/16"), gatewaySubnetRoutes=[to("10.0.1.0/24")])
    [problem] = judged(values)[1]
    assert problem.rule == "NVA-01"
    assert "a learned prefix is more specific" not in problem.message


def existing_gateways(**more: Any) -> Values:
    """Two sites at a VPN gateway that is there, beside an ExpressRoute gateway that is there."""
    folder = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network"
    there = {"id": f"{folder}/virtualNetworks/v", "gatewaySubnet": "adopt"}
    values = hybrid(sites=TWO_SITES, require="anyTwoFailures", existing=there)
    values["vpn"]["gateway"] = {"existing": {"id": f"{folder}/virtualNetworkGateways/v"}, **more}
    values["expressRoute"]["gateway"] = {"existing": {"id": f"{folder}/virtualNetworkGateways/e"}}
    return values


def test_an_existing_vpn_gateway_may_be_in_one_zone_until_its_zones_are_said() -> None:
    values = existing_gateways()
    assert cuts(values, "zone:unknown", "circuit:primary")
    assert summary(judged(values)[0])["requirement"] == "anyTwoFailures: not met"
    assert any("addresses are all in one zone (vpn.gateway.zones)" in text for text in report(values).assumptions)
    problem = next(one for one in judged(values)[1] if one.rule == "FAIL-16")
    assert problem.path == "vpn.gateway.zones"
    assert "say what they have" in problem.message
    assert found(existing_gateways(zones=["1", "2", "3"])) == []
    assert summary(judged(existing_gateways(zones=["1", "2", "3"]))[0])["requirement"] == "anyTwoFailures: met"
    assert found(existing_gateways(zones=[])) == []
    one = existing_gateways(zones=["2"])
    assert cuts(one, "zone:2", "circuit:primary")
    assert "FAIL-16" in found(one)
    assert "ZONE-04" in found(existing_gateways(zones=["2", "2"]))


def test_that_an_existing_express_route_gateway_is_in_all_zones_is_said() -> None:
    assert any("ExpressRoute gateway is in all zones" in text for text in report(existing_gateways()).assumptions)
    assert not any("zone" in text for text in report(hybrid()).assumptions)


def test_a_route_of_the_gateway_subnet_for_an_on_premises_prefix_is_told_as_assumed() -> None:
    leading = hybrid(gatewaySubnetRoutes=[to("192.168.4.0/24", name="there")])
    assert any(
        "route there of the GatewaySubnet, for on-premises prefixes" in one for one in report(leading).assumptions
    )
    beside = hybrid(gatewaySubnetRoutes=[to("10.0.1.0/24")])
    assert not any("of the GatewaySubnet" in one for one in report(beside).assumptions)


def test_a_place_has_one_name_with_accents_and_without() -> None:
    assert same_name("Zürich") == same_name("Zurich") == same_name("Zu\u0308rich")
    assert same_name("Zürich2") != same_name("Zürich")


def test_a_firewalls_missing_route_is_one_that_its_table_can_take() -> None:
    other, third = "10.0.9.5", [to("10.0.1.0/24", "10.0.9.5")]
    tiers = [{"name": "web", "subnet": "10.0.1.0/24", "routes": [to("192.168.0.0/16")]}]
    stateless = [{"name": "f", "address": FIREWALL, "stateful": False}]
    values = hybrid(tiers=tiers, gatewaySubnetRoutes=third, firewalls=stateless)
    [problem] = judged(values)[1]
    assert (problem.rule, problem.path) == ("NVA-01", "network.tiers[0].routes[0]")
    tiers[0]["routes"] = [to("192.168.0.0/16", other)]
    assert found(values) == []


def test_more_prefixes_than_a_table_has_routes_take_one_that_is_wide() -> None:
    many = tuple(f"172.16.{number // 64}.{number % 64 * 4}/30" for number in range(401))
    web: Values = {"name": "web", "subnet": "10.0.1.0/24"}
    values = hybrid(tiers=[web], prefixes=many, gatewaySubnetRoutes=[to("10.0.1.0/24")])
    [problem] = judged(values)[1]
    assert "prefix: 0.0.0.0/0, nextHopType: VirtualAppliance, nextHopAddress: 10.0.9.4} with gatewayRoutes: false" in (
        problem.message
    )
    web |= {"routes": [to("0.0.0.0/0")], "gatewayRoutes": False}
    assert found(values) == []


def test_no_other_site_is_advised_where_the_whole_vpn_gateway_is_gone() -> None:
    values = hybrid(sites=TWO_SITES, require="anyTwoFailures")
    values["vpn"]["gateway"]["zones"] = ["2"]
    [problem] = judged(values)[1]
    assert (problem.rule, problem.path) == ("FAIL-16", "vpn.gateway.zones")
    assert "circuit:primary and zone:2 fail: all addresses of the VPN gateway are in zone 2" in problem.message
    del values["vpn"]["gateway"]["zones"]
    assert found(values) == []
    shop = ["172.20.0.0/16"]
    shops = [site(f"s{number}", number, prefixes=shop) for number in (12, 13)]
    values = hybrid(
        prefixes=("192.168.0.0/16", *shop),
        over_express_route=("192.168.0.0/16",),
        sites=[*(site(name, number, prefixes=["192.168.0.0/16"]) for name, number in (("a", 10), ("b", 11))), *shops],
        devices=[device("far", "s12"), device("farther", "s13")],
        require="anyTwoFailures",
    )
    problem = next(one for one in judged(values)[1] if "gateway:vpn/1" in one.message)
    assert "only the VPN gateway leads to it; add it to expressRoute.prefixes" in problem.message
