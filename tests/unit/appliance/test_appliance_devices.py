"""Which machine holds what: each device has its own links and tunnels, and those of one network share their routes."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest

from appliance.__main__ import main
from appliance.errors import ApplianceError
from tests.stacks import stack_values
from tests.unit.appliance.rendered import files
from topology.reading import read_stack_file
from topology.settings.model import Settings

GOLDEN = Path(__file__).parent / "two-devices"
"""Settings, and the folder of each device. Made anew by `python -m appliance --settings ... --device ... --out ...`."""
DEVICES = ("edge1", "edge2")
LINKS = ("primary/primary", "primary/secondary")


@pytest.fixture(scope="module")
def pair() -> Settings:
    found = read_stack_file(GOLDEN / "settings.yaml")[0]
    assert found is not None
    return found


def folder(where: Path) -> dict[str, str]:
    return {str(file.relative_to(where)): file.read_text() for file in where.rglob("*") if file.is_file()}


def with_devices(*devices: dict[str, Any], stack: str = "dev", sites: list[dict[str, Any]] | None = None) -> Settings:
    values = stack_values(stack)
    values["onPremises"]["devices"] = devices
    if sites:
        values["vpn"]["sites"] = sites
    return Settings.model_validate(values)


def refused(settings: Settings, **how: Any) -> list[str]:
    with pytest.raises(ApplianceError) as caught:
        files(settings, **how)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize("device", DEVICES)
def test_each_devices_folder_is_the_golden_one(device: str, tmp_path: Path) -> None:
    settings = str(GOLDEN / "settings.yaml")
    assert main(["--settings", settings, "--device", device, "--out", str(tmp_path)]) == 0
    assert folder(tmp_path) == folder(GOLDEN / device)
    private = {file.name for file in tmp_path.rglob("*") if stat.S_IMODE(file.stat().st_mode) == 0o600}
    assert private == {"frr-secrets.conf", "secrets.conf"}


def test_no_address_is_on_both_devices(pair: Settings) -> None:
    one, two = (set(re.findall(r"^ ip address (\S+)", files(pair, device=name)["frr.conf"], re.M)) for name in DEVICES)
    assert len(one) == len(two) == 4
    assert not one & two


def test_the_devices_speak_ibgp_with_each_other_and_offer_all_paths(pair: Settings) -> None:
    own = {"edge1": "192.168.0.1", "edge2": "192.168.0.2"}
    for name, other in (DEVICES, DEVICES[::-1]):
        text = files(pair, device=name)["frr.conf"]
        assert "router bgp 65050\n" in text
        for line in ("remote-as 65050", "bfd profile expressroute", "next-hop-self", "addpath-tx-all-paths"):
            assert f" neighbor {own[other]} {line}\n" in text
        assert f"neighbor {own[name]} remote-as" not in text
        # With it neither of two devices with one prefix announces it to Azure.
        assert "\n bgp suppress-fib-pending" not in text


def test_a_device_that_is_alone_waits_for_its_own_routes_and_has_no_neighbour_inside() -> None:
    text = files(with_devices({"name": "edge", "links": LINKS, "sites": ["hq"]}), device="edge")["frr.conf"]
    assert "\n bgp suppress-fib-pending" in text
    assert "next-hop-self" not in text


def test_a_branch_has_no_link_and_no_ibgp() -> None:
    site = stack_values("dev")["vpn"]["sites"][0]
    branch = site | {"name": "dc", "publicIp": "203.0.113.11", "bgp": {"asn": 65011, "peerAddress": "192.168.255.2"}}
    found = with_devices(
        {"name": "edge", "links": LINKS, "sites": ["hq"]}, {"name": "far", "sites": ["dc"]}, sites=[site, branch]
    )
    text = files(found, device="far")["frr.conf"]
    assert "router bgp 65011\n" in text
    assert "172.16.0" not in text
    assert "next-hop-self" not in text
    assert "next-hop-self" not in files(found, device="edge")["frr.conf"]


def test_a_device_without_a_site_has_no_tunnel_and_nothing_of_ipsec() -> None:
    one, two = {"name": "edge1", "links": [LINKS[0]], "sites": ["hq"]}, {"name": "edge2", "links": [LINKS[1]]}
    made = files(with_devices(one, two), device="edge2")
    assert not [name for name in made if "swanctl" in name or "strongswan" in name]
    assert "tunnel0" not in "".join(made.values())
    assert "chain" not in made["nftables.conf"]
    # What an earlier folder left is named all the same.
    assert "strongswan" not in re.sub(r"Before=.*|(?s:# What an earlier folder.*?\ndone\n)", "", made["install.sh"])


def test_devices_with_two_numbers_are_one_as_inside_and_show_azure_their_own() -> None:
    site = stack_values("dev")["vpn"]["sites"][0]
    other = site | {"name": "dc", "publicIp": "203.0.113.11", "bgp": {"asn": 65011, "peerAddress": "192.168.255.2"}}
    one, two = (
        {"name": "edge1", "links": [LINKS[0]], "sites": ["hq"]},
        {"name": "edge2", "links": [LINKS[1]], "sites": ["dc"]},
    )
    found = with_devices(one, two, sites=[site, other])
    first, second = (files(found, device=name)["frr.conf"] for name in DEVICES)
    assert "router bgp 65010\n" in first
    assert "router bgp 65010\n" in second
    assert "neighbor 10.20.255.196 local-as 65011 no-prepend replace-as" in second
    assert "set as-path prepend 65011 65011\n" in second
    assert "local-as" not in first


def test_a_static_sites_way_is_told_to_the_other_device_while_it_is_used_and_never_preferred() -> None:
    values = stack_values("reference")
    one, two = {"name": "edge1", "links": [LINKS[0]]}, {"name": "edge2", "links": [LINKS[1]], "sites": ["onprem"]}
    values["onPremises"]["devices"] = [one, two]
    found = Settings.model_validate(values)
    first, second = (files(found, device=name)["frr.conf"] for name in DEVICES)
    assert "redistribute static route-map SHARED-STATIC" in second
    assert "ip route 10.0.0.0/16 tunnel0 tag 210 210\n" in second
    assert "ip route 10.0.0.0/16 blackhole 254\n" in second
    [shared] = re.findall(r"route-map SHARED-STATIC permit 10\n((?: .*\n)+)", second)
    assert shared == " match tag 210\n set local-preference 100\n set weight 0\n"
    assert "redistribute" not in first
    assert "redistribute" not in files(Settings.model_validate(stack_values("reference")))["frr.conf"]


def test_two_sites_without_devices_cannot_both_have_the_links() -> None:
    site = stack_values("dev")["vpn"]["sites"][0]
    other = site | {"name": "dc", "publicIp": "203.0.113.11", "bgp": {"asn": 65010, "peerAddress": "192.168.255.2"}}
    [finding] = refused(with_devices(sites=[site, other]))
    assert finding == (
        "onPremises.devices: says of the sites hq, dc no machines, and a link ends on one: say which of them has "
        "primary/primary, primary/secondary, such as [{name: hq, links: [primary/primary], sites: [hq]}, {name: dc, "
        "links: [primary/secondary], sites: [dc]}]"
    )


def test_a_site_on_a_device_and_one_beside_devices_are_told_where_they_belong() -> None:
    one = {"name": "edge", "links": LINKS, "sites": ["hq"]}
    assert refused(with_devices(one)) == ["vpn.sites[0]: site 'hq' is on device 'edge'; name that: --device"]
    routers = {"name": "routers", "links": [LINKS[0]]}
    [finding] = refused(with_devices(routers))
    assert finding.startswith("onPremises.devices: the machine of site 'hq' shares a network with routers, which have")
    assert finding.endswith("such as {name: hq, links: [primary/secondary], sites: [hq]}")


def test_a_device_is_named_with_those_that_there_are(pair: Settings) -> None:
    assert refused(pair, device="edge3") == [
        "onPremises.devices: there is no device 'edge3'; the settings have edge1, edge2"
    ]
    assert refused(with_devices(), device="edge") == [
        "onPremises.devices: is not set; say there which machine holds what, or name a site (--site)"
    ]


def test_where_one_device_says_its_lan_every_one_does() -> None:
    one = {"name": "edge1", "links": [LINKS[0]], "sites": ["hq"], "lan": {"address": "192.168.0.1/16"}}
    two = {"name": "edge2", "links": [LINKS[1]]}
    found = with_devices(one, two)
    for name in DEVICES:
        assert "onPremises.devices[1].lan.address: is not set, and the devices" in refused(found, device=name)[0]


def test_devices_of_which_nobody_said_the_lan_get_addresses_that_are_listed_and_fit() -> None:
    found = with_devices(
        {"name": "edge1", "links": [LINKS[0]], "sites": ["hq"]}, {"name": "edge2", "links": [LINKS[1]]}
    )
    first, second = (files(found, device=name) for name in DEVICES)
    for made, own, other in ((first, "198.51.100.129", "198.51.100.130"), (second, "198.51.100.130", "198.51.100.129")):
        assert f" ip address {own}/25\n" in made["frr.conf"]
        assert f" neighbor {other} remote-as 65010\n" in made["frr.conf"]
        assert f"the LAN: own address {own}/25, inner router 198.51.100.254" in made["README.md"]
