"""The edge router's frr.conf: which path wins, what is advertised, and how quickly a loss is seen."""

import re

import pytest

from tests.stacks import stack_values
from tests.unit.appliance.rendered import files, settings
from topology.settings.model import Settings


def _frr(settings: Settings) -> str:
    return files(settings)["frr.conf"]


def _sections(text: str, opening: str) -> list[str]:
    return [part for part in re.split(r"^(?=\S)", text, flags=re.M) if part.startswith(opening)]


def _local_preference(text: str, route_map: str) -> int:
    [section] = _sections(text, f"route-map {route_map} ")
    return int(re.findall(r"set local-preference (\d+)", section)[0])


def test_a_static_sites_routes_through_the_tunnels_float_above_every_bgp_route() -> None:
    routes = re.findall(r"^ip route 10\.0\.0\.0/16 (tunnel\d) (\d+)$", _frr(settings("reference")), re.M)
    assert [name for name, _ in routes] == ["tunnel0", "tunnel1"]
    assert all(int(distance) > 200 for _, distance in routes)


def test_a_static_site_has_no_bgp_session_through_its_tunnels() -> None:
    text = _frr(settings("reference"))
    peers = set(re.findall(r"neighbor (\S+) remote-as", text))
    assert peers == {"198.51.100.2", "198.51.100.6"}
    assert "update-source" not in text


def test_a_bgp_site_has_a_session_with_each_gateway_instance_and_no_static_route_to_azure() -> None:
    text = _frr(settings("dev"))
    assert set(re.findall(r"neighbor (\S+) remote-as 65515", text)) == {"10.20.255.196", "10.20.255.197"}
    assert not re.findall(r"^ip route 10\.20\.0\.0/16 tunnel", text, re.M)
    assert "ip route 10.20.255.196/32 tunnel0" in text
    assert "ip route 10.20.255.197/32 tunnel1" in text


def test_express_route_is_preferred_over_bgp_through_the_tunnels() -> None:
    text = _frr(settings("dev"))
    assert _local_preference(text, "FROM-EXPRESSROUTE-150") > _local_preference(text, "FROM-VPN")
    assert "neighbor 172.16.0.2 route-map FROM-EXPRESSROUTE-150 in" in text
    assert "neighbor 10.20.255.196 route-map FROM-VPN in" in text


def test_the_tunnels_advertise_the_same_prefixes_on_a_longer_path() -> None:
    text = _frr(settings("dev"))
    over_express_route = re.findall(r"prefix-list OVER-EXPRESSROUTE seq \d+ permit (\S+)", text)
    over_vpn = re.findall(r"prefix-list OVER-VPN seq \d+ permit (\S+)", text)
    assert over_vpn == over_express_route == ["192.168.0.0/16", "172.20.0.0/16"]
    [back] = _sections(text, "route-map TO-VPN")
    assert "set as-path prepend 65010 65010" in back


def test_every_advertised_prefix_is_one_that_the_router_has_from_its_lan_and_no_other_way() -> None:
    text = _frr(settings("dev", prefixes=["192.168.0.0/16", "192.168.5.0/24"]))
    advertised = set(re.findall(r"^  network (\S+)", text, re.M))
    routes = set(re.findall(r"^ip route (\S+) 198\.51\.100\.254$", text, re.M))
    assert "192.168.5.0/24" in advertised
    assert advertised == routes
    assert not advertised & set(re.findall(r"^ip route (\S+) blackhole", text, re.M))


def test_only_the_virtual_networks_prefixes_are_accepted_from_either_side() -> None:
    text = _frr(settings("dev"))
    assert re.findall(r"prefix-list AZURE seq \d+ permit (.+)", text) == ["10.20.0.0/16"]
    for route_map in ("FROM-EXPRESSROUTE-150", "FROM-VPN"):
        [section] = _sections(text, f"route-map {route_map} ")
        assert "match ip address prefix-list AZURE" in section


def test_traffic_for_azure_is_dropped_rather_than_sent_to_the_internet() -> None:
    assert "ip route 10.0.0.0/16 blackhole 254" in _frr(settings("reference"))


def test_the_circuit_that_azure_prefers_is_preferred_here_too() -> None:
    data = stack_values("dev")
    first = data["expressRoute"]["circuits"][0]
    second = first | {
        "name": "second",
        "peeringLocation": "Dallas",
        "routingWeight": 100,
        "privatePeering": first["privatePeering"]
        | {"vlanId": 101, "primaryPrefix": "172.16.1.0/30", "secondaryPrefix": "172.16.1.4/30"},
    }
    data["expressRoute"]["circuits"].append(second)
    text = _frr(Settings.model_validate(data))
    assert "neighbor 172.16.1.2 route-map FROM-EXPRESSROUTE-150 in" in text
    assert "neighbor 172.16.0.2 route-map FROM-EXPRESSROUTE-149 in" in text


def test_bfd_runs_at_microsofts_pace_on_every_link_and_on_no_tunnel() -> None:
    text = _frr(settings("dev"))
    [bfd] = _sections(text, "bfd")
    assert re.findall(r"(?:transmit-interval|receive-interval|detect-multiplier) (\d+)", bfd) == ["300", "300", "3"]
    assert set(re.findall(r"neighbor (\S+) bfd profile", text)) == {"172.16.0.2", "172.16.0.6"}


def test_bgp_uses_azures_timers() -> None:
    assert "timers bgp 60 180" in _frr(settings("dev"))


@pytest.mark.parametrize(("asn", "local_as"), [(65010, False), (65099, True)])
def test_a_peering_with_another_as_number_than_the_sites_speaks_as_its_own(asn: int, local_as: bool) -> None:
    text = _frr(settings("dev", bgp={"asn": asn, "peerAddress": "192.168.255.1"}))
    assert f"router bgp {asn}" in text
    assert ("neighbor 172.16.0.2 local-as 65010 no-prepend replace-as" in text) == local_as
