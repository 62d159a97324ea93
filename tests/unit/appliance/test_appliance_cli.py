"""`python -m appliance`, as its users call it."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from appliance.__main__ import main
from tests.stacks import ROOT

KEY = "k3y!with$signs"
PAIR = str(ROOT / "tests/unit/appliance/two-devices/settings.yaml")
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


def _pulumi(folder: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> None:
    """A command `pulumi` in the folder that has these answers alone."""
    cases = "".join(f"\"{question} --non-interactive\") echo '{answer}' ;;\n" for question, answer in answers.items())
    pulumi = folder / "bin" / "pulumi"
    pulumi.parent.mkdir()
    pulumi.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}*) echo "unexpected: $*" >&2; exit 1 ;;\nesac\n')
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", str(pulumi.parent), prepend=":")
    monkeypatch.chdir(folder)


@pytest.mark.parametrize("whole", [False, True])
def test_a_devices_keys_come_from_the_stack_and_only_its_own(
    whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    text = Path(PAIR).read_text()
    if whole:
        text = text.replace("    amsterdam:\n      secure", "    secure")
    (tmp_path / "Pulumi.pair.yaml").write_text(text)
    outputs = {"publicIps": ["20.1.2.3", "20.1.2.4"], "bgpPeerAddresses": ["10.50.255.4", "10.50.255.5"]}
    get = "config get --stack pair --path"
    answers = {
        "stack output --json --stack pair": json.dumps({"vpnGateway": outputs}),
        f"{get} vpnSharedKeys.hq2": KEY,
        **(
            {f"{get} peeringSharedKeys": json.dumps({"amsterdam": "Md5Key1", "elsewhere": "Md5Key2"})}
            if whole
            else {f"{get} peeringSharedKeys.amsterdam": "Md5Key1"}
        ),
    }
    _pulumi(tmp_path, monkeypatch, answers)
    out = tmp_path / "out"
    assert main(["--stack", "pair", "--device", "edge2", "--out", str(out)]) == 0, capfd.readouterr().err
    assert "neighbor 172.31.0.6 password Md5Key1\n" in (out / "frr-secrets.conf").read_text()
    holders = [path.name for path in out.rglob("*") if path.is_file() and "Md5Key" in path.read_text()]
    assert holders == ["frr-secrets.conf"]
    assert _mode(out / "frr-secrets.conf") == 0o600
    said = "".join(capfd.readouterr())
    assert "Md5Key" not in said
    assert KEY not in said


@pytest.mark.parametrize(
    "arguments",
    [[], ["--device", "edge1", "--site", "hq1", "--wiring", "wiring.yaml"]],
    ids=["neither", "both"],
)
def test_one_device_or_one_site_is_named(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--settings", PAIR, "--out", "unused", *arguments])
    assert caught.value.code == 2
    assert "--site" in capsys.readouterr().err


def test_the_wiring_has_a_name_of_its_own_and_beside_a_site_the_old_one(tmp_path: Path) -> None:
    wiring = tmp_path / "wiring.yaml"
    wiring.write_text("links: {primary: {primary: {interface: wan7}}}")
    settings = str(ROOT / "Pulumi.dev.yaml")
    for word in ("--wiring", "--device"):
        out = tmp_path / word
        assert main(["--settings", settings, "--site", "hq", word, str(wiring), "--out", str(out)]) == 0
        assert "interface wan7\n" in (out / "frr.conf").read_text()


def _unwritable(folder: Path) -> list[Path]:
    file = folder / "file"
    file.write_text("mine")
    below = folder / "below"
    (below / "frr.conf").mkdir(parents=True)
    return [file, file / "inside", Path("/proc/hybrid"), below]


@pytest.mark.parametrize("place", range(4))
def test_a_folder_that_cannot_be_written_is_one_sentence(
    place: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = _unwritable(tmp_path)[place]
    assert main(["--settings", PAIR, "--device", "edge1", "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"--out {out}: cannot be written ({out}")
    assert said.endswith("; name another folder\n")
    assert said.count("\n") == 1
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_elses_is_one_sentence_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    assert main(["--settings", PAIR, "--device", "edge1", "--out", str(tmp_path)]) == 1
    assert "Permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"links: [", b"\xff\xfe", None])
def test_a_wiring_that_cannot_be_read_is_one_sentence(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wiring = tmp_path / "wiring.yaml"
    if content is not None:
        wiring.write_bytes(content)
    assert main(["--settings", PAIR, "--device", "edge1", "--wiring", str(wiring), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{wiring}: cannot be read: ")
    assert said.count("\n") == 1


def test_a_folder_of_ours_has_nothing_of_an_earlier_call_and_keeps_what_is_not_ours(tmp_path: Path) -> None:
    own = [tmp_path / name for name in ("notes.txt", "strongswan.conf")]
    for file in own:
        file.write_text("mine")
    command = ["--settings", PAIR, "--out", str(tmp_path)]
    assert main([*command, "--device", "edge1", "--data-path", "userspace"]) == 0
    # The folder was not ours yet.
    assert [file.read_text() for file in own] == ["mine", "mine"]
    assert main([*command, "--device", "edge1"]) == 0
    names = {path.name for path in tmp_path.rglob("*.conf")}
    assert not {name for name in names if name.startswith(("strongswan-", "load-"))}
    assert own[0].read_text() == "mine"


def test_a_secret_that_is_not_set_is_named_with_the_command_that_sets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.pair.yaml").write_text(Path(PAIR).read_text())
    _pulumi(tmp_path, monkeypatch, {"stack output --json --stack pair": "{}"})
    pulumi = tmp_path / "bin" / "pulumi"
    missing = "error: configuration key 'hybrid-network:x' not found for stack 'pair'"
    pulumi.write_text(pulumi.read_text().replace('echo "unexpected: $*"', f'echo "{missing}"'))
    assert main(["--stack", "pair", "--device", "edge1", "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == (
        "vpnSharedKeys.hq1: is not set in stack pair; set it: pulumi config set --secret --path 'vpnSharedKeys.hq1' "
        "--stack pair\n"
    )


@pytest.mark.parametrize("text", ["Md5Key", "[1]", '{"amsterdam": {"a": 1}}'])
def test_peering_keys_that_are_no_object_of_keys_are_one_sentence_without_them(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Path(PAIR).read_text().replace("    amsterdam:\n      secure", "    secure")
    (tmp_path / "Pulumi.pair.yaml").write_text(whole)
    get = "config get --stack pair --path"
    answers = {"stack output --json --stack pair": "{}", f"{get} vpnSharedKeys.hq1": KEY}
    _pulumi(tmp_path, monkeypatch, answers | {f"{get} peeringSharedKeys": text})
    assert main(["--stack", "pair", "--device", "edge1", "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("peeringSharedKeys: is no JSON object")
    assert text not in said
    assert said.count("\n") == 1
