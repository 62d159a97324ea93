"""Two devices of one network: each has its own links and tunnels, and they share their routes."""

import re
import stat
from pathlib import Path

import pytest

from appliance.__main__ import main
from appliance.errors import ApplianceError
from tests.unit.appliance.rendered import files
from topology.reading import read_stack_file
from topology.settings.model import Settings

GOLDEN = Path(__file__).parent / "two-devices"
"""Settings, and the folder of each device. Made anew by `python -m appliance --settings ... --device ... --out ...`."""
DEVICES = ("edge1", "edge2")


@pytest.fixture(scope="module")
def pair() -> Settings:
    found = read_stack_file(GOLDEN / "settings.yaml")[0]
    assert found is not None
    return found


def folder(where: Path) -> dict[str, str]:
    return {str(file.relative_to(where)): file.read_text() for file in where.rglob("*") if file.is_file()}


@pytest.mark.parametrize("device", DEVICES)
def test_each_devices_folder_is_the_golden_one(device: str, tmp_path: Path) -> None:
    settings = str(GOLDEN / "settings.yaml")
    assert main(["--settings", settings, "--device", device, "--out", str(tmp_path)]) == 0
    assert folder(tmp_path) == folder(GOLDEN / device)
    private = [file.name for file in tmp_path.rglob("*") if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o77]
    assert {"frr-secrets.conf", "secrets.conf"}.isdisjoint(private)


def test_no_address_is_on_both_devices(pair: Settings) -> None:
    one, two = (set(re.findall(r"^ ip address (\S+)", files(pair, device=name)["frr.conf"], re.M)) for name in DEVICES)
    assert len(one) == len(two) == 4
    assert not one & two


def test_the_devices_speak_ibgp_with_each_other_and_offer_all_paths(pair: Settings) -> None:
    own = {"edge1": "192.168.0.1", "edge2": "192.168.0.2"}
    for name, other in (DEVICES, DEVICES[::-1]):
        text = files(pair, device=name)["frr.conf"]
        peer = own[other]
        assert "router bgp 65050" in text
        for line in (
            "remote-as 65050",
            "bfd profile expressroute",
            "next-hop-self",
            "addpath-tx-all-paths",
        ):
            assert f" neighbor {peer} {line}\n" in text
        assert f"neighbor {own[name]} remote-as" not in text
        assert "\n bgp suppress-fib-pending" not in text


def test_a_device_is_named_with_those_that_there_are(pair: Settings) -> None:
    with pytest.raises(ApplianceError, match=r"no device 'edge3'.*edge1"):
        files(pair, device="edge3")
