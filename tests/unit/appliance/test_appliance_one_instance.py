"""The device of a site whose tunnel ends on one instance of the gateway, or that Azure finds by its name."""

import re

import pytest

from appliance.errors import ApplianceError
from tests.unit.appliance.rendered import files, settings

APIPA = {"asn": 65010, "peerAddress": "169.254.21.5"}


@pytest.mark.parametrize("data_path", ["kernel", "userspace"])
def test_the_only_tunnel_is_that_to_the_instance_and_names_its_address(data_path) -> None:
    for own in (["169.254.21.6"], ["169.254.21.2", "169.254.21.6"]):
        site = {"instance": 1, "bgp": {**APIPA, "gatewayAddresses": own}}
        made = files(settings("reference", **site), data_path=data_path)
        assert [name for name in made if re.fullmatch(r"swanctl/tunnel\d\.conf", name)] == ["swanctl/tunnel1.conf"]
        assert "remote_addrs = 192.0.2.5" in made["swanctl/tunnel1.conf"]
        assert "ip route 169.254.21.6/32 tunnel1" in made["frr.conf"]
        assert not [name for name, text in made.items() if "192.0.2.4" in text.replace("addresses (192.0.2.4", "")]
        assert not [name for name, text in made.items() if "tunnel0" in text]


def test_a_tunnel_to_one_instance_without_apipa_takes_that_instances_own_address() -> None:
    bgp = {"asn": 65010, "peerAddress": "192.168.255.1"}
    both, one = (files(settings("reference", bgp=bgp, **more))["frr.conf"] for more in ({}, {"instance": 1}))
    routes = re.findall(r"ip route (\S+)/32 (tunnel\d)", both)
    assert [tunnel for _, tunnel in routes] == ["tunnel0", "tunnel1"]
    assert re.findall(r"ip route (\S+)/32 (tunnel\d)", one) == routes[1:]


def test_the_first_tunnel_of_the_userspace_data_path_begins_the_filters_anew_whichever_it_is() -> None:
    for number in (0, 1):
        text = files(settings("reference", instance=number), data_path="userspace")["setup.sh"]
        assert text.count("nft delete table ip hybrid_appliance_outer") == 1
    assert files(settings("reference"), data_path="userspace")["setup.sh"].count("nft delete table ip") == 1


def test_an_apipa_peer_without_its_gateways_address_is_an_error_with_the_path() -> None:
    with pytest.raises(ApplianceError, match=r"vpn\.sites\[0\]\.bgp\.gatewayAddresses"):
        files(settings("reference", instance=1, bgp=APIPA))


def test_an_instance_that_the_gateway_does_not_have_is_an_error_with_the_path() -> None:
    found = settings("reference", instance=1)
    gateway = found.vpn.gateway.model_copy(update={"active_active": False})
    with pytest.raises(ApplianceError, match=r"vpn\.sites\[0\]\.instance: is 1, but .* has 1 instance; say 0, or set"):
        files(found.model_copy(update={"vpn": found.vpn.model_copy(update={"gateway": gateway})}))


def test_a_device_by_name_names_no_address_of_its_own_as_its_identity() -> None:
    named = files(settings("reference", publicIp=None, fqdn="vpn.example.com"))
    fixed = files(settings("reference"))
    local = re.search(r"local \{.*?\}", named["swanctl/tunnel0.conf"], re.DOTALL)
    assert local is not None
    assert "id =" not in local[0]
    assert "vpn.example.com" in local[0]
    assert re.search(r"local \{[^}]*id = 40\.50\.60\.70", fixed["swanctl/tunnel0.conf"])
    assert "whose address vpn.example.com has in DNS" in named["README.md"]
    assert "router-id" not in named["frr.conf"]
    assert "None" not in "".join(named.values())
