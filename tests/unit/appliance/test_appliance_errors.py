"""What no device can be configured from: each error has the path of what to change."""

from pathlib import Path
from typing import Any

import pytest

from appliance.errors import ApplianceError
from appliance.facts import from_outputs
from appliance.holding import find_site, of_site
from appliance.wiring import Wiring, read_wiring
from tests.unit.appliance.rendered import files, settings
from topology.settings.model import Settings
from topology.settings.model_vpn import IpsecPolicy

DEFAULT = IpsecPolicy().model_dump(by_alias=True)
POLICIES: list[tuple[dict[str, Any], str, str]] = [
    ({"ikeEncryption": "DES"}, "ikeEncryption", "cannot do DES"),
    ({"ikeIntegrity": "GCMAES256"}, "ikeIntegrity", "cannot do GCMAES256"),
    ({"dhGroup": "None"}, "dhGroup", "cannot do None"),
    ({"ipsecEncryption": "DES", "ipsecIntegrity": "SHA1"}, "ipsecEncryption", "cannot do DES"),
    ({"ipsecIntegrity": "SHA256"}, "ipsecIntegrity", "SHA256 with GCMAES256"),
    ({"pfsGroup": "PFSMM"}, "pfsGroup", "cannot do PFSMM"),
]
OUTPUTS = {"vpnGateway": {"publicIps": ["20.0.0.4", "20.0.0.5"], "bgpPeerAddresses": ["10.20.255.196"], "asn": 65515}}


def _model(stack: str, **site: Any) -> Settings:
    """Settings that the rules may refuse, since the device must not rely on them."""
    found = settings(stack)
    first = type(found.vpn.sites[0]).model_validate(found.vpn.sites[0].model_dump(by_alias=True) | site)
    return found.model_copy(update={"vpn": found.vpn.model_copy(update={"sites": [first]})})


def _findings(call: Any, *arguments: Any) -> list[str]:
    with pytest.raises(ApplianceError) as caught:
        call(*arguments)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(("changes", "field", "words"), POLICIES)
def test_an_algorithm_that_the_device_lacks_is_named_with_its_path(
    changes: dict[str, Any], field: str, words: str
) -> None:
    [finding] = _findings(files, _model("reference", ipsecPolicy=DEFAULT | changes))
    assert finding.startswith(f"vpn.sites[0].ipsecPolicy.{field}: ")
    assert words in finding


def test_a_policy_of_all_sites_is_named_by_its_own_path() -> None:
    found = settings("reference")
    policy = found.vpn.ipsec_policy.model_copy(update={"dh_group": "None"})
    found = found.model_copy(update={"vpn": found.vpn.model_copy(update={"ipsec_policy": policy})})
    [finding] = _findings(files, found)
    assert finding.startswith("vpn.ipsecPolicy.dhGroup: ")


def test_every_problem_of_a_policy_is_reported_at_once() -> None:
    changes = {"ikeEncryption": "DES", "dhGroup": "None", "pfsGroup": "PFSMM"}
    assert len(_findings(files, _model("reference", ipsecPolicy=DEFAULT | changes))) == 3


def test_an_apipa_peer_needs_the_gateways_apipa_addresses() -> None:
    bgp = {"asn": 65010, "peerAddress": "169.254.21.2"}
    [finding] = _findings(files, _model("dev", bgp=bgp))
    assert finding.startswith("vpn.sites[0].bgp.gatewayAddresses: is not set, but peerAddress 169.254.21.2")


def test_an_apipa_address_is_needed_for_each_instance() -> None:
    bgp = {"asn": 65010, "peerAddress": "169.254.21.2", "gatewayAddresses": ["169.254.21.1"]}
    [finding] = _findings(files, _model("dev", bgp=bgp))
    assert "names 1 addresses, but the gateway has 2 instances" in finding


def test_apipa_addresses_are_the_peers_of_the_tunnels() -> None:
    addresses = ["169.254.21.1", "169.254.22.1"]
    text = files(_model("dev", bgp={"asn": 65010, "peerAddress": "169.254.21.2", "gatewayAddresses": addresses}))
    assert "ip route 169.254.21.1/32 tunnel0" in text["frr.conf"]
    assert "neighbor 169.254.22.1 update-source 169.254.21.2" in text["frr.conf"]


def test_an_unknown_site_names_those_that_there_are() -> None:
    assert _findings(find_site, settings("dev"), "hk") == ["vpn.sites: there is no site 'hk'; the settings have hq"]


def _of_stack(stack: str, outputs: dict[str, Any], wiring: Wiring) -> Any:
    found = settings(stack)
    return from_outputs(outputs, found, of_site(found, found.vpn.sites[0].name), {}, wiring)


def test_a_deployed_stack_needs_to_be_told_the_providers_peering() -> None:
    [finding] = _findings(_of_stack, "reference", OUTPUTS, Wiring())
    assert finding.startswith("expressRoute.circuits[0].privatePeering: the provider makes this peering")
    assert "links.primary.primary and .secondary" in finding


def test_a_stack_that_is_not_up_yet_is_said_to_be_so() -> None:
    [finding] = _findings(_of_stack, "dev", {}, Wiring())
    assert finding == "outputs.vpnGateway: the stack has no such output yet; run pulumi up first"


def test_fewer_addresses_than_instances_are_refused_with_both_numbers() -> None:
    [finding] = _findings(_of_stack, "dev", {"vpnGateway": {"publicIps": ["20.0.0.4"]}}, Wiring())
    assert finding.startswith("outputs.vpnGateway.publicIps: has 1, but the settings ask for 2")


def test_fewer_bgp_addresses_than_instances_are_refused_with_both_numbers() -> None:
    facts = _of_stack("dev", OUTPUTS, Wiring.model_validate({"lan": {"nextHop": "192.168.0.2"}}))
    [finding] = _findings(files, settings("dev"), facts)
    assert finding.startswith("outputs.vpnGateway.bgpPeerAddresses: names 1 addresses, but the gateway has 2")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("internetInterfaces: eth9", "wiring.internetInterfaces"),
        ("links: {primary: {primary: {address: 172.16.0.300/30}}}", "wiring.links.primary.primary.address"),
        ("lan: {nextHop: router}", "wiring.lan.nextHop"),
    ],
)
def test_a_mistake_in_the_device_file_has_its_path(text: str, path: str, tmp_path: Path) -> None:
    (tmp_path / "device.yaml").write_text(text)
    [finding] = _findings(read_wiring, tmp_path / "device.yaml")
    assert finding.startswith(f"{path}: ")
