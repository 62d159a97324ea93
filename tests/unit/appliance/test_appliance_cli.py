"""`python -m appliance`, as its users call it."""

import json
import stat
from pathlib import Path

import pytest

from appliance.__main__ import main
from tests.stacks import ROOT

KEY = "k3y!with$signs"
DEVICE = """
internetInterface: wan0
internetNextHop: 40.50.60.65
lan: { interface: lan0, address: 192.168.0.1/24, nextHop: 192.168.0.2 }
asn: 65001
links:
  primary:
    primary: { interface: er0, address: 172.16.0.1/30, peerAddress: 172.16.0.2, peerAsn: 65100 }
    secondary: { interface: er1, address: 172.16.0.5/30, peerAddress: 172.16.0.6, peerAsn: 65100 }
"""


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("data_path", ["kernel", "userspace"])
def test_from_a_settings_file_every_placeholder_is_named(
    data_path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = str(ROOT / "Pulumi.reference.yaml")
    arguments = ["--settings", settings, "--site", "onprem", "--out", str(tmp_path), "--data-path", data_path]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    for words in ("public addresses", "the shared key", "the provider's peering of circuit primary"):
        assert words in said
        assert words in (tmp_path / "README.md").read_text()


def test_a_file_with_a_key_is_private_even_where_an_open_one_was(tmp_path: Path) -> None:
    secrets = tmp_path / "swanctl" / "secrets.conf"
    secrets.parent.mkdir()
    secrets.write_text("old")
    secrets.chmod(0o644)
    settings = str(ROOT / "Pulumi.dev.yaml")
    assert main(["--settings", settings, "--site", "hq", "--out", str(tmp_path)]) == 0
    assert _mode(secrets) == 0o600
    assert "old" not in secrets.read_text()
    assert _mode(tmp_path / "setup.sh") == 0o755


def test_from_a_stack_the_outputs_and_the_key_are_taken_and_the_key_is_never_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    outputs = {"vpnGateway": {"publicIps": ["20.1.2.3", "20.1.2.4"], "bgpPeerAddresses": [], "asn": 65515, "id": "x"}}
    pulumi = tmp_path / "bin" / "pulumi"
    pulumi.parent.mkdir()
    pulumi.write_text(
        f"""#!/bin/sh
case "$*" in
"stack output --json --stack reference --non-interactive") echo '{json.dumps(outputs)}' ;;
"config get --stack reference --path vpnSharedKeys.onprem --non-interactive") echo '{KEY}' ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
"""
    )
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", str(pulumi.parent), prepend=":")
    monkeypatch.chdir(ROOT)
    device = tmp_path / "device.yaml"
    device.write_text(DEVICE)
    out = tmp_path / "out"
    arguments = ["--stack", "reference", "--site", "onprem", "--device", str(device), "--out", str(out)]
    assert main(arguments) == 0
    assert KEY not in "".join(capfd.readouterr())
    frr, setup = (out / "frr.conf").read_text(), (out / "setup.sh").read_text()
    assert "router bgp 65001" in frr
    assert "neighbor 172.16.0.2 remote-as 65100" in frr
    assert "ip route 192.168.0.0/16 192.168.0.2" in frr
    assert 'internet="via 40.50.60.65 dev wan0"' in setup
    assert "ip route replace 20.1.2.3/32 $internet" in setup
    assert "placeholder" not in (out / "README.md").read_text()


def test_what_stands_in_the_way_is_said_with_its_path_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    settings = str(ROOT / "Pulumi.dev.yaml")
    assert main(["--settings", settings, "--site", "nowhere", "--out", str(out)]) == 1
    assert capsys.readouterr().err.startswith("vpn.sites: there is no site 'nowhere'")
    assert not out.exists()


def test_without_pulumi_the_way_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(ROOT)
    assert main(["--stack", "dev", "--site", "hq", "--out", str(tmp_path / "out")]) == 1
    assert "make -s engine" in capsys.readouterr().err
