"""strongSwan's files: the policy, the tunnels, the key."""

import base64
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from appliance.facts import KEY_PLACEHOLDER, Facts, GatewayFacts, placeholders
from appliance.holding import of_site
from appliance.plan import plan_of
from appliance.strongswan_frr import FILES, render
from tests.unit.appliance.rendered import files, settings
from topology.settings.model_vpn import IpsecPolicy

DEFAULT = IpsecPolicy().model_dump(by_alias=True)
PROPOSALS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp384"),
    ({"ikeEncryption": "AES256", "ikeIntegrity": "SHA256"}, "aes256-sha256-ecp384", "aes256gcm16-ecp384"),
    (
        {"dhGroup": "DHGroup24", "pfsGroup": "PFS24"},
        "aes256gcm16-prfsha384-modp2048s256",
        "aes256gcm16-modp2048s256",
    ),
    (
        {"dhGroup": "DHGroup14", "ipsecEncryption": "AES128", "ipsecIntegrity": "SHA1", "pfsGroup": "None"},
        "aes256gcm16-prfsha384-modp2048",
        "aes128-sha1",
    ),
    (
        {"ikeEncryption": "DES3", "ikeIntegrity": "MD5", "dhGroup": "DHGroup2", "ipsecEncryption": "GCMAES192"}
        | {"ipsecIntegrity": "GCMAES192", "pfsGroup": "PFS2048"},
        "3des-md5-modp1024",
        "aes192gcm16-modp2048",
    ),
]


@pytest.mark.parametrize(("changes", "ike", "esp"), PROPOSALS)
def test_the_one_proposal_is_the_connections_policy(changes: dict[str, Any], ike: str, esp: str) -> None:
    made = files(settings("reference", ipsecPolicy=DEFAULT | changes))
    for tunnel in ("tunnel0", "tunnel1"):
        text = made[f"swanctl/{tunnel}.conf"]
        assert re.findall(r"^ +proposals = (.*)", text, re.M) == [ike]
        assert re.findall(r"esp_proposals = (.*)", text) == [esp]


def test_each_gateway_instance_has_a_tunnel_that_leaves_by_the_internet() -> None:
    made = files(settings("reference"))
    for number, address in enumerate(("192.0.2.4", "192.0.2.5")):
        assert f"remote_addrs = {address}" in made[f"swanctl/tunnel{number}.conf"]
        assert f"ip route replace {address}/32 $internet" in made["setup.sh"]


def test_an_active_standby_gateway_has_one_tunnel() -> None:
    data = settings("reference")
    gateway = data.vpn.gateway.model_copy(update={"active_active": False})
    data = data.model_copy(update={"vpn": data.vpn.model_copy(update={"gateway": gateway})})
    made = files(data)
    assert "swanctl/tunnel0.conf" in made
    assert "swanctl/tunnel1.conf" not in made


def test_lifetimes_are_the_policys_and_rekeying_comes_before_them() -> None:
    text = files(settings("reference", ipsecPolicy=DEFAULT | {"saLifeTimeSeconds": 3600}))["swanctl/tunnel0.conf"]
    assert "life_time = 3600s" in text
    assert "life_bytes = 104857600000" in text
    [rekey] = re.findall(r"rekey_time = (\d+)s\n +life_bytes", text)
    assert int(rekey) < 3600


@pytest.mark.parametrize(("mode", "starts"), [("Default", True), ("ResponderOnly", True), ("InitiatorOnly", False)])
def test_the_device_opens_the_tunnels_unless_azure_alone_does(mode: str, starts: bool) -> None:
    text = files(settings("reference", connectionMode=mode))["swanctl/tunnel0.conf"]
    assert ("start_action = start" in text) == starts


@pytest.mark.parametrize("seconds", [9, 45, 3600])
def test_a_silent_gateway_is_given_up_after_the_connections_timeout(seconds: int) -> None:
    made = files(settings("reference", dpdTimeoutSeconds=seconds))
    delay = int(re.findall(r"dpd_delay = (\d+)s", made["swanctl/tunnel0.conf"])[0])
    first, base, tries = (
        float(re.findall(rf"retransmit_{name} = (\S+)", made["strongswan.conf"])[0])
        for name in ("timeout", "base", "tries")
    )
    waits = sum(first * base**attempt for attempt in range(int(tries) + 1))
    assert delay + waits == pytest.approx(seconds, rel=0.02)


def test_tcp_through_the_tunnels_is_clamped_to_what_fits() -> None:
    rules = files(settings("reference"))["nftables.conf"]
    for tunnel in ("tunnel0", "tunnel1"):
        for side in ("iifname", "oifname"):
            assert re.search(rf'{side} "{tunnel}" .*maxseg size set 1350', rules)


def test_the_data_path_changes_neither_routes_nor_tunnels() -> None:
    kernel, userspace = (files(settings("dev"), data_path=path) for path in ("kernel", "userspace"))
    for name in ("frr.conf", "nftables.conf", "swanctl/tunnel0.conf", "swanctl/tunnel1.conf", "swanctl/secrets.conf"):
        assert kernel[name] == userspace[name]


@pytest.mark.parametrize("data_path", ["kernel", "userspace"])
@pytest.mark.parametrize("stack", ["reference", "dev"])
def test_every_script_is_a_shell_program(stack: str, data_path: Any, tmp_path: Path) -> None:
    scripts = {name: text for name, text in files(settings(stack), data_path=data_path).items() if name.endswith(".sh")}
    assert len(scripts) == 4
    for name, text in scripts.items():
        assert text.startswith("#!/bin/sh\n")
        (tmp_path / name).write_text(text)
        subprocess.run(["sh", "-n", str(tmp_path / name)], check=True)


@pytest.mark.parametrize("key", ["plain", 'with "quotes" { and } # signs \\', "0x1234"])
def test_the_key_is_in_one_file_of_mode_600_whatever_its_characters(key: str) -> None:
    found = settings("reference")
    gateway = GatewayFacts.model_validate({"publicIps": ["20.0.0.4", "20.0.0.5"]})
    facts = Facts(gateway, key, placeholders(found, of_site(found, "onprem")).wiring)
    made = render(plan_of(found, of_site(found, "onprem"), facts), "kernel")
    coded = base64.b64encode(key.encode()).decode()
    holders = {name: mode for name, (text, mode) in made.items() if key in text or coded in text}
    assert holders == {"swanctl/secrets.conf": 0o600}
    assert f"secret = 0s{coded}\n" in made["swanctl/secrets.conf"][0]
    assert key not in repr(facts)


def test_a_placeholder_for_the_key_can_be_edited_by_hand() -> None:
    assert f'secret = "{KEY_PLACEHOLDER}"' in files(settings("reference"))["swanctl/secrets.conf"]


def test_every_template_is_used() -> None:
    folder = Path(render.__code__.co_filename).parent / "templates"
    others = {"frr-secrets.conf.j2", "secrets.conf.j2", "data_path.j2", "strongswan.conf.j2", "tunnel.conf.j2"}
    assert {path.name for path in folder.iterdir()} == {*FILES, *others}
