"""How a device is wired: VLANs on its links, several sites with their Internet lines, keys of peerings."""

import re
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import ApplianceError
from appliance.facts import Facts, placeholders
from appliance.holding import of_device
from appliance.plan import plan_of
from appliance.strongswan_frr import DataPath, render
from appliance.wiring import Wiring, read_wiring
from tests.stacks import PEERING_KEY, stack_values
from tests.unit.appliance.rendered import files, settings
from topology.settings.model import Settings

LINKS = ["primary/primary", "primary/secondary"]


def wired(**links: Any) -> dict[str, str]:
    return files(settings("dev"), wiring=Wiring.model_validate({"links": {"primary": links}}))


def made(setup: str) -> list[str]:
    return re.findall(r"ip link add (link .*)", setup)


def test_the_peerings_vlan_is_made_inside_the_outer_one_where_there_is_one() -> None:
    found = wired(primary={"outerVlan": 500}, secondary={"port": "wan3"})
    assert made(found["setup.sh"]) == [
        "link eth2 name eth2.500 type vlan proto 802.1ad id 500",
        "link eth2.500 name eth2.500.100 type vlan id 100",
        "link wan3 name wan3.100 type vlan id 100",
    ]
    assert "interface eth2.500.100\n" in found["frr.conf"]


def test_an_interface_that_is_given_is_taken_as_it_is() -> None:
    found = wired(primary={"interface": "er0"}, secondary={"interface": "er1"})
    assert made(found["setup.sh"]) == []
    assert "interface er0\n" in found["frr.conf"]
    with pytest.raises(ApplianceError, match=r"wiring\.links\.primary\.primary\.interface: er0 is taken as it is"):
        wired(primary={"interface": "er0", "outerVlan": 500})


def test_a_long_ports_vlans_have_names_that_linux_takes() -> None:
    found = wired(primary={"port": "enp129s0f0np0", "outerVlan": 4000}, secondary={"port": "enp129s0f1np1"})
    names = re.findall(r" name (\S+)", found["setup.sh"])
    assert len(set(names)) == 3
    assert all(len(name) <= 15 for name in names)
    assert re.findall(r"^interface (er\S+)", found["frr.conf"], re.M) == names[1:]


def two_sites(
    data_path: DataPath, bgp: bool = False, wiring: dict[str, Any] | None = None, **second: Any
) -> dict[str, str]:
    values = stack_values("reference")
    [one] = values["vpn"]["sites"]
    two = one | {"name": "backup", "publicIp": "198.51.99.7", "dpdTimeoutSeconds": 9, **second}
    if bgp:
        one["bgp"], two["bgp"] = ({"asn": 65010, "peerAddress": f"192.168.255.{n}"} for n in (1, 2))
    values["vpn"]["sites"] = [one, two]
    values["onPremises"]["devices"] = [{"name": "edge", "links": LINKS, "sites": ["onprem", "backup"]}]
    return files(
        Settings.model_validate(values), device="edge", data_path=data_path, wiring=Wiring.model_validate(wiring or {})
    )


def test_two_sites_on_a_device_have_tunnels_and_lines_of_their_own() -> None:
    line = {"sites": {"backup": {"internetInterface": "lte0", "internetNextHop": "198.51.99.1"}}}
    found = two_sites("kernel", wiring=line)
    for index, own, gateway in (
        (0, "40.50.60.70", 4),
        (1, "40.50.60.70", 5),
        (2, "198.51.99.7", 4),
        (3, "198.51.99.7", 5),
    ):
        text = found[f"swanctl/tunnel{index}.conf"]
        assert f"local_addrs = {own}\n" in text
        assert f"remote_addrs = 192.0.2.{gateway}\n" in text
        assert f"if_id_in = {index + 1}\n" in text
        assert f"ip route 10.0.0.0/16 tunnel{index} 210\n" in found["frr.conf"]
    setup = found["setup.sh"]
    assert 'internet="via 198.51.99.1 dev lte0"' in setup
    assert "ip rule add from 198.51.99.7 to 192.0.2.4 lookup 102 priority 102" in setup
    assert "ip route replace 192.0.2.4/32 $internet table 101" in setup
    assert "ip link add tunnel2 type xfrm dev lte0 if_id 3" in setup
    assert 'iifname { "eth0", "lte0" } jump from_internet' in found["nftables.conf"]
    assert re.findall(r"ike-(\S+) \{\n +id-own = (\S+)", found["swanctl/secrets.conf"]) == [
        ("onprem", "40.50.60.70"),
        ("backup", "198.51.99.7"),
    ]


def test_the_sites_of_a_device_are_given_up_each_after_its_own_time() -> None:
    found = two_sites("kernel")
    delays = [int(re.findall(r"dpd_delay = (\d+)", found[f"swanctl/tunnel{n}.conf"])[0]) for n in (0, 2)]
    first, base, tries = (
        float(re.findall(rf"retransmit_{name} = (\S+)", found["strongswan.conf"])[0])
        for name in ("timeout", "base", "tries")
    )
    waits = sum(first * base**attempt for attempt in range(int(tries) + 1))
    assert [delay + waits for delay in delays] == pytest.approx([45, 9], rel=0.02)


def test_in_userspace_each_tunnel_leaves_with_its_sites_address() -> None:
    setup = two_sites("userspace")["setup.sh"]
    assert "source ip saddr 100.64.2.2 snat to 198.51.99.7" in setup
    assert "ip saddr 192.0.2.4 ip daddr 198.51.99.7 udp dport '{ 500, 4500 }' dnat to 100.64.2.2" in setup
    assert "masquerade" not in setup


def test_two_bgp_sites_of_a_device_need_the_gateways_other_addresses() -> None:
    with pytest.raises(ApplianceError) as caught:
        two_sites("kernel", bgp=True)
    [finding] = caught.value.findings
    assert str(finding).startswith(
        "vpn.sites[1].bgp.gatewayAddresses: 10.0.255.228 is the gateway's end of site onprem"
    )


def test_a_second_site_by_name_needs_the_address_on_its_line() -> None:
    with pytest.raises(ApplianceError, match=r"wiring\.sites\.backup\.address: is not set"):
        two_sites("kernel", publicIp=None, fqdn="vpn.example.com")
    found = two_sites(
        "kernel", publicIp=None, fqdn="vpn.example.com", wiring={"sites": {"backup": {"address": "10.9.9.2"}}}
    )
    assert "local_addrs = 10.9.9.2\n" in found["swanctl/tunnel2.conf"]


def test_a_peerings_key_is_in_the_private_file_and_on_its_links_only() -> None:
    values = stack_values("dev")
    [one] = values["expressRoute"]["circuits"]
    other = {"vlanId": 101, "primaryPrefix": "172.16.1.0/30", "secondaryPrefix": "172.16.1.4/30"}
    values["expressRoute"]["circuits"].append(one | {"name": "open", "privatePeering": one["privatePeering"] | other})
    values["onPremises"]["devices"] = [{"name": "edge", "links": [*LINKS, "open/primary"], "sites": ["hq"]}]
    found = Settings.model_validate(values)
    holding = of_device(found, "edge")
    plain = placeholders(found, holding)
    facts = Facts(plain.gateway, "key", plain.wiring, peering_keys={"primary": PEERING_KEY})
    written = render(plan_of(found, holding, facts), "kernel")
    assert {name: mode for name, (text, mode) in written.items() if PEERING_KEY in text} == {"frr-secrets.conf": 0o600}
    text = written["frr-secrets.conf"][0]
    assert re.findall(r"neighbor (\S+) password (\S+)", text) == [
        ("172.16.0.2", PEERING_KEY),
        ("172.16.0.6", PEERING_KEY),
    ]
    assert PEERING_KEY not in repr(facts)
    assert "frr-secrets.conf" not in render(plan_of(found, holding, plain), "kernel")


def test_a_name_that_the_settings_do_not_have_is_refused() -> None:
    wiring = {"links": {"primry": {}, "primary": {}}, "sites": {"HQ": {}, "other": {}}}
    with pytest.raises(ApplianceError) as caught:
        files(settings("dev"), wiring=Wiring.model_validate(wiring))
    assert [str(finding) for finding in caught.value.findings] == [
        "wiring.links.primry: there is no circuit 'primry'; the settings have primary; did you mean primary?",
        "wiring.sites.HQ: there is no site 'HQ'; the settings have hq; did you mean hq?",
        "wiring.sites.other: there is no site 'other'; the settings have hq",
    ]


def test_a_link_is_not_the_internet() -> None:
    with pytest.raises(ApplianceError, match=r"^wiring\.links\.primary\.secondary: eth0 is the Internet's too"):
        wired(secondary={"interface": "eth0"})


def test_the_ports_are_set_up_and_what_is_made_on_them_after_that() -> None:
    setup = wired(primary={"outerVlan": 500}, secondary={"interface": "er1"})["setup.sh"]
    assert re.findall(r"ip link set (\S+) up", setup) == ["eth2", "er1", "eth2.500", "eth2.500.100"]


def test_ipv6_finds_its_neighbours_and_its_router_on_the_internets_line() -> None:
    rules = files(settings("dev"))["nftables.conf"]
    let_in = rules.index("ip6 hoplimit 255 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert }")
    assert let_in < rules.index("jump from_internet")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("manageFrom: []", "wiring.manageFrom: is unknown; did you mean managedFrom?"),
        ("speed: 1", "wiring.speed: is unknown; known are asn, internetInterface, "),
        ("lan: { nexthop: 10.0.0.1 }", "wiring.lan.nexthop: is unknown; did you mean nextHop?"),
        ("links: { primary: { third: {} } }", "wiring.links.primary.third: is unknown; known are primary, secondary"),
        ("lan: eth1", "wiring.lan: is the text 'eth1', not a map with interface, address, "),
        ("hello", "wiring: is the text 'hello', not a map with asn, "),
        ("links: [a]", "wiring.links: is a list, not a map of names"),
        ("managedFrom: 10.0.0.0/8", "wiring.managedFrom: is the text '10.0.0.0/8', not a list: write it as [ ... ]"),
        (
            "lan: { address: 192.168.0.300/24 }",
            "wiring.lan.address: is the text '192.168.0.300/24', not an address with",
        ),
        ("internetInterface: 7", "wiring.internetInterface: is the number 7, not text"),
        (
            "links: { primary: { primary: { outerVlan: 4095 } } }",
            "wiring.links.primary.primary.outerVlan: is the number 4095; at most 4094 is taken",
        ),
        ("lan: { learned: perhaps }", "wiring.lan.learned: is the text 'perhaps', not true or false"),
        ("lan: { core: { asn: 65099, peer: 10.0.0.1 } }", "wiring.lan.core."),
        ("a: [", "cannot be read: is not YAML: line "),
    ],
)
def test_a_wiring_that_cannot_be_used_is_told_in_the_words_of_its_file(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "wiring.yaml"
    file.write_text(f"{text}\n")
    with pytest.raises(ApplianceError) as caught:
        read_wiring(file)
    assert said in str(caught.value)
    assert "nput" not in str(caught.value)
