"""The files as the programs that read them take them: FRR, nftables, the shell, and install.sh's own work."""

import dataclasses
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appliance.facts import placeholders
from appliance.holding import of_device
from appliance.plan import plan_of
from appliance.strongswan_frr import DataPath, render
from appliance.wiring import Wiring
from tests.stacks import PEERING_KEY, stack_values
from tests.unit.appliance.rendered import files, settings
from topology.settings.model import Settings

LAN = {"address": "192.168.0.1/24", "nextHop": "192.168.0.2"}


def device(stack: str, **lan: Any) -> dict[str, str]:
    """The busier of two devices, with a key, a second site and what the settings may say of preference."""
    values = stack_values(stack)
    values["network"]["spokes"] = [{"name": "apps", "addressSpace": ["10.30.0.0/16"]}]
    values["expressRoute"]["circuits"][0] |= {"prepend": 2, "localPreference": 170}
    [site] = values["vpn"]["sites"]
    second = {"name": "static", "publicIp": "198.51.99.7"}
    values["vpn"]["sites"] = [site, second]
    one = {"name": "edge1", "links": ["primary/primary"], "sites": [site["name"], "static"], "lan": LAN | lan}
    two = {"name": "edge2", "links": ["primary/secondary"], "lan": LAN | lan | {"address": "192.168.0.3/24"}}
    values["onPremises"]["devices"] = [one, two]
    found = Settings.model_validate(values)
    holding = of_device(found, "edge1")
    wiring = Wiring.model_validate({"managedFrom": ["203.0.113.64/26"]})
    facts = placeholders(found, holding, wiring, ["primary"])
    facts = dataclasses.replace(facts, shared_key="key", placeholders=(), peering_keys={"primary": PEERING_KEY})
    return {name: text for name, (text, _) in render(plan_of(found, holding, facts), "kernel").items()}


CORE = {"nextHop": "172.20.255.1", "core": {"asn": 65099, "peerAddress": "192.168.0.2"}}
FOLDERS: dict[str, Callable[[], dict[str, str]]] = {
    "static site": lambda: files(settings("reference")),
    "BGP site": lambda: files(settings("dev")),
    "device": lambda: device("dev"),
    "device of a layer 3 provider": lambda: device("reference"),
    "device with a core": lambda: device("dev", **CORE),
}


@pytest.mark.skipif(not shutil.which("vtysh"), reason="FRR is not installed")
@pytest.mark.parametrize("folder", FOLDERS)
def test_frr_takes_every_line(folder: str, tmp_path: Path) -> None:
    made = FOLDERS[folder]()
    text = made["frr.conf"] + made.get("frr-secrets.conf", "")
    for number, (config, accepted) in enumerate(
        [(text, True), (text.replace(" remote-as ", " remote-system "), False)]
    ):
        path = tmp_path / f"{number}.conf"
        path.write_text(config)
        result = subprocess.run(["vtysh", "-C", "-f", str(path)], capture_output=True, text=True, check=False)
        assert (result.returncode == 0) == accepted, result.stdout + result.stderr


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("nft"), reason="nft checks rules for root only")
@pytest.mark.parametrize("folder", FOLDERS)
def test_nftables_takes_every_rule(folder: str) -> None:
    text = FOLDERS[folder]()["nftables.conf"]
    for rules, accepted in ((text, True), (text.replace("chain from_internet", "chain other"), False)):
        result = subprocess.run(["nft", "-c", "-f", "-"], input=rules, capture_output=True, text=True, check=False)
        assert (result.returncode == 0) == accepted, result.stderr


class Machine:
    """A folder in place of a machine's root, with what Debian's packages put there."""

    def __init__(self, root: Path, made: dict[str, str]) -> None:
        self.etc, self.files = root / "etc", root / "files"
        for name in ("frr", "strongswan.d", "swanctl/conf.d"):
            (self.etc / name).mkdir(parents=True)
        (self.etc / "frr" / "daemons").write_text("bgpd=no\nbfdd=no\nospfd=yes\n")
        self.bring(made)

    def bring(self, made: dict[str, str]) -> None:
        for name, text in made.items():
            target = self.files / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)

    def install(self) -> str:
        """Runs install.sh with every path below the folder and no owner, who may not be there."""
        script = (self.files / "install.sh").read_text().replace("/etc/", f"{self.etc}/")
        script = script.replace("/frr.conf frr\n", "/frr.conf\n").replace("/run/systemd/system", "/nowhere")
        (self.files / "install.sh").write_text(script)
        return subprocess.run(["sh", str(self.files / "install.sh")], capture_output=True, text=True, check=True).stdout

    def kept(self) -> dict[str, str]:
        found = sorted(path for path in self.etc.rglob("*") if ".kept" in path.name)
        return {str(path.relative_to(self.etc)): path.read_text() for path in found}


@pytest.mark.parametrize("data_path", ["kernel", "userspace"])
def test_install_keeps_what_it_replaces_and_nothing_that_is_the_same(data_path: DataPath, tmp_path: Path) -> None:
    machine = Machine(tmp_path, files(settings("dev"), data_path=data_path))
    own = machine.etc / "frr" / "frr.conf"
    own.write_text("! somebody's own\n")
    machine.install()
    daemons = {"frr/daemons.kept": "bgpd=no\nbfdd=no\nospfd=yes\n"}
    assert machine.kept() == {"frr/frr.conf.kept": "! somebody's own\n", **daemons}
    assert (machine.etc / "frr" / "daemons").read_text() == "bgpd=yes\nbfdd=yes\nospfd=yes\n"
    before = {path: path.stat().st_mtime_ns for path in machine.etc.rglob("*.kept")}
    machine.bring(files(settings("dev"), data_path=data_path))
    machine.install()
    assert {path: path.stat().st_mtime_ns for path in machine.etc.rglob("*.kept*")} == before


def test_install_keeps_every_earlier_one(tmp_path: Path) -> None:
    machine = Machine(tmp_path, files(settings("dev")))
    own = machine.etc / "frr" / "frr.conf"
    for text in ("first\n", "second\n", "third\n"):
        own.write_text(text)
        machine.bring(files(settings("dev")))
        machine.install()
    assert {text for name, text in machine.kept().items() if "frr.conf" in name} == {"first\n", "second\n", "third\n"}
    # What is kept is read by no daemon: they take names that end in .conf.
    assert not [name for name in machine.kept() if name.endswith(".conf")]


def test_install_joins_the_keys_to_the_routers_file_which_is_private_then(tmp_path: Path) -> None:
    made = device("dev")
    machine = Machine(tmp_path, made)
    machine.install()
    installed = machine.etc / "frr" / "frr.conf"
    assert installed.read_text() == made["frr.conf"] + made["frr-secrets.conf"]
    holders = [path for path in machine.etc.rglob("*") if path.is_file() and PEERING_KEY in path.read_text()]
    assert holders == [installed]
    assert installed.stat().st_mode & 0o777 == 0o600
    assert (machine.etc / "swanctl" / "conf.d" / "hybrid-secrets.conf").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_shell_takes_every_script(folder: str, tmp_path: Path) -> None:
    scripts = {name: text for name, text in FOLDERS[folder]().items() if name.endswith(".sh")}
    assert len(scripts) == 4
    for name, text in scripts.items():
        (tmp_path / name).write_text(text)
        subprocess.run(["sh", "-n", str(tmp_path / name)], check=True)


def test_install_moves_what_an_earlier_folder_left_and_this_one_does_not_have(tmp_path: Path) -> None:
    machine = Machine(tmp_path, files(settings("dev"), data_path="userspace"))
    machine.install()
    machine.bring(files(settings("dev")))
    said = machine.install()
    units = machine.etc / "systemd/system"
    assert {path.name for path in units.glob("*tunnel*")} == {
        f"hybrid-appliance-tunnel{number}.service.kept" for number in (0, 1)
    }
    assert "hybrid-appliance-tunnel1.service.kept: nothing here takes its place" in said
    assert not list((machine.etc / "hybrid-appliance/swanctl").glob("*.conf"))
    connections = machine.etc / "swanctl/conf.d"
    (connections / "tunnel7.conf").write_text("# somebody's own\n")
    machine.bring(files(settings("dev", instance=0)))
    machine.install()
    assert {path.name for path in connections.iterdir()} == {
        *("tunnel0.conf", "tunnel1.conf.kept", "tunnel7.conf", "hybrid-secrets.conf", "hybrid-secrets.conf.kept")
    }
    machine.bring(device("dev") | files(with_two_routers(), device="edge2"))
    machine.install()
    assert {path.name for path in connections.glob("*.conf")} == {"tunnel7.conf"}
    assert not list((machine.etc / "strongswan.d").glob("*.conf"))


def with_two_routers() -> Settings:
    values = stack_values("dev")
    one = {"name": "edge1", "links": ["primary/primary"], "sites": [values["vpn"]["sites"][0]["name"]]}
    values["onPremises"]["devices"] = [one, {"name": "edge2", "links": ["primary/secondary"]}]
    return Settings.model_validate(values)


def test_install_warns_that_nobody_can_log_in_from_the_internet_any_more() -> None:
    warning = "no new SSH connection comes in on eth0"
    assert warning in files(settings("dev"))["install.sh"]
    wiring = Wiring.model_validate({"managedFrom": ["203.0.113.64/26"]})
    assert warning not in files(settings("dev"), wiring=wiring)["install.sh"]
    assert warning not in files(with_two_routers(), device="edge2")["install.sh"]


class Shell:
    """setup.sh and watch.sh with commands that only write down how they were called, and fail where told to."""

    def __init__(self, folder: Path, made: dict[str, str], default: str = "default via 203.0.113.1") -> None:
        self.folder, self.log = folder, folder / "log"
        commands = folder / "bin"
        commands.mkdir()
        for name in ("ip", "nft", "sysctl", "swanctl"):
            (commands / name).write_text(
                f"""#!/bin/sh
echo "{name} $*" >>{self.log}
case "{name} $*" in
"ip -4 route show default"*) [ -z "{default}" ] || echo "{default}" ;;
*"link show"*) exit 1 ;;
esac
[ -z "$BROKEN" ] || ! echo "{name} $*" | grep -q -- "$BROKEN"
"""
            )
            (commands / name).chmod(0o755)
        for name, text in made.items():
            if name.endswith(".sh"):
                (folder / name).write_text(text.replace("/run/hybrid-appliance", f"{folder}/run"))

    def run(self, script: str, broken: str = "") -> tuple[int, list[str], str]:
        """The exit code, the commands, and what was said on stderr."""
        self.log.write_text("")
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        result = subprocess.run(
            ["sh", str(self.folder / script)],
            env={"PATH": path, "BROKEN": broken},
            capture_output=True,
            text=True,
            check=False,
        )
        return result.returncode, self.log.read_text().splitlines(), result.stderr


@pytest.mark.parametrize("data_path", ["kernel", "userspace"])
def test_a_dead_port_of_express_route_is_told_and_takes_no_tunnel_with_it(data_path: DataPath, tmp_path: Path) -> None:
    shell = Shell(tmp_path, files(settings("dev"), data_path=data_path))
    code, called, said = shell.run("setup.sh", broken="eth2")
    assert code == 0
    assert "eth2, a port of ExpressRoute, is not there" in said
    assert "eth2.100 cannot be made on eth2" in said
    assert "ip link set eth3 up" in called
    assert "ip link set eth3.100 up" in called
    added = next(number for number, call in enumerate(called) if call.startswith("ip link add tunnel1 "))
    assert added < called.index("ip link set eth2 up") < called.index("ip link set eth2.100 up")
    assert shell.run("setup.sh")[2] == ""


def test_nothing_is_forwarded_before_the_filter_is_there_nor_without_it(tmp_path: Path) -> None:
    shell = Shell(tmp_path, files(settings("dev")))
    called = shell.run("setup.sh")[1]
    forwards = next(number for number, call in enumerate(called) if "ip_forward=1" in call)
    assert called.index("nft -f nftables.conf") < forwards
    code, called, _ = shell.run("setup.sh", broken="nft -f")
    assert code != 0
    assert not [call for call in called if "ip_forward=1" in call]


def test_the_watch_loads_a_filter_that_is_gone_and_no_other(tmp_path: Path) -> None:
    shell = Shell(tmp_path, files(settings("dev")))
    assert "nft -f nftables.conf" not in shell.run("watch.sh")[1]
    _, called, said = shell.run("watch.sh", broken="nft list")
    assert "nft -f nftables.conf" in called
    assert "packet filter was gone" in said


@pytest.mark.parametrize(
    ("default", "pin"),
    [
        ("default via 203.0.113.1 proto dhcp", "via 203.0.113.1 dev eth0"),
        ("default scope link", "dev eth0"),
        ("", None),
    ],
)
def test_a_line_without_a_default_route_gets_no_pinned_one(default: str, pin: str | None, tmp_path: Path) -> None:
    code, called, said = Shell(tmp_path, files(settings("dev")), default).run("setup.sh")
    pinned = [call for call in called if "route replace" in call]
    assert code == 0
    if pin is None:
        assert pinned == []
        assert "eth0 has no default route" in said
    else:
        assert pinned == [f"ip route replace 192.0.2.{number}/32 {pin}" for number in (4, 5)]
