"""`python -m appliance.outside`: the simulated Azure is told of every device that the settings have."""

import json
import stat
from pathlib import Path

import pytest

from appliance.outside import main, outside
from simulator.outside import Tunnel, parse
from tests.stacks import ROOT, keys_for, stack_config
from topology.reading import read_stack_file
from topology.settings.model import Settings


def settings_of(stack: str) -> Settings:
    settings, _ = read_stack_file(ROOT / f"Pulumi.{stack}.yaml")
    assert settings is not None
    return settings


def test_every_end_is_there_and_the_simulator_reads_it() -> None:
    """The stack `dev` has what the settings can say of an end: AS numbers, own prefixes, a site with BGP."""
    settings = settings_of("dev")
    told = parse(json.dumps(outside(settings, keys_for(stack_config("dev")))))
    ends = [(link.circuit, link.path) for link in told.links]
    circuits = [f"erc-{settings.name}-{circuit.name}" for circuit in settings.express_route.circuits]
    assert ends == [(circuit, path) for circuit in circuits for path in ("primary", "secondary")]
    for circuit, link in zip(settings.express_route.circuits, told.links[::2], strict=True):
        assert [*link.announces] == [str(prefix) for prefix in settings.circuit_prefixes(circuit)]
        assert circuit.private_peering is None or link.asn == circuit.private_peering.peer_asn
    for site, tunnel in zip(settings.vpn.sites, told.tunnels, strict=True):
        assert tunnel.connection == f"con-{settings.name}-vpn-{site.name}"
        assert (tunnel.address, bool(tunnel.key)) == (str(site.public_ip), True)
        assert (tunnel.asn, bool(tunnel.announces)) == ((site.bgp.asn, True) if site.bgp else (None, False))


def test_without_keys_no_tunnel_has_one() -> None:
    told = parse(json.dumps(outside(settings_of("reference"), {})))
    assert [tunnel.key for tunnel in told.tunnels] == [Tunnel("any").key]


def test_the_file_is_private_and_nothing_of_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pulumi = tmp_path / "bin" / "pulumi"
    pulumi.parent.mkdir()
    pulumi.write_text("#!/bin/sh\necho 'k3y!with$signs'\n")
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", str(pulumi.parent), prepend=":")
    monkeypatch.chdir(ROOT)
    file = tmp_path / "outside.json"
    assert main(["--stack", "reference", "--out", str(file)]) == 0
    assert "k3y!" not in "".join(capfd.readouterr())
    assert [tunnel.key for tunnel in parse(file.read_text()).tunnels] == ["k3y!with$signs"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_wrong_settings_are_named_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Pulumi.wrong.yaml"
    file.write_text("config: {'hybrid-network:name': 5}")
    assert main(["--settings", str(file), "--out", str(tmp_path / "out.json")]) == 1
    assert "SET-" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    settings = str(ROOT / "Pulumi.dev.yaml")
    assert main(["--settings", settings, "--out", str(tmp_path / "file" / "out.json")]) == 1
    assert "cannot be written" in capsys.readouterr().err
