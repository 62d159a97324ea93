"""One machine of the lab: a network namespace, the processes in it, and what its kernel and daemons say."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import bird

RUN = Path("/run/hybrid-lab")
"""Private to the lab, like all of /run in it; see `lab.isolation`."""
DEVICES = Path("/run/hybrid-lab-devices")
FRR = Path("/usr/lib/frr")


class LabError(Exception):
    """The lab itself does not work, which says nothing about the network."""


class Machine:
    """A network namespace with a name and a folder of its own."""

    def __init__(self, name: str, create: bool = True) -> None:
        self.name = name
        self.entered = [f"--net=/run/netns/{name}"]
        """What `nsenter` enters."""
        self.inner: list[str] = []
        """What is entered from there, of a machine within a machine."""
        self.folder = RUN / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.processes: dict[str, subprocess.Popen[str]] = {}
        if create:
            subprocess.run(["ip", "netns", "add", name], check=True)
            self.run("ip", "link", "set", "lo", "up")
            self.run("sysctl", "-qw", "net.ipv4.ip_forward=1", *_no_reverse_path_filter())

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs something in this machine."""
        return ["nsenter", *self.entered, *self.inner, *arguments]

    def run(self, *arguments: str, text: str | None = None, check: bool = True) -> str:
        """Runs a command to its end and returns what it printed. Raises LabError with its words where it fails."""
        result = subprocess.run(
            self.command(*arguments), input=text, capture_output=True, text=True, check=False, timeout=60
        )
        if check and result.returncode:
            raise LabError(f"{self.name}: {' '.join(arguments)}: {(result.stderr or result.stdout).strip()}")
        return result.stdout

    def start(self, label: str, *arguments: str, environment: dict[str, str] | None = None, **options: Any) -> None:
        """Starts a daemon; its output goes to a log in the machine's folder."""
        with open(self.folder / f"{label}.log", "a") as log:
            options.setdefault("stdout", log)
            self.processes[label] = subprocess.Popen(
                self.command(*arguments),
                stderr=log,
                stdin=options.pop("stdin", subprocess.DEVNULL),
                text=True,
                env={**os.environ, **(environment or {})},
                **options,
            )

    def own_files(self) -> None:
        """Gives the machine files of its own: a copy of /etc, and an empty /run in which only the lab's folder is."""
        files, run = DEVICES / self.name, "/var/tmp/run"
        files.mkdir(parents=True)
        shutil.copytree("/etc", files / "etc", symlinks=True, ignore_dangling_symlinks=True)
        steps = (
            f"mount --bind {files}/etc /etc",
            f"mkdir -p {run}",
            f"mount -t tmpfs -o mode=755 tmpfs {run}",
            f"mkdir -p {run}/netns {run}{str(RUN).removeprefix('/run')}",
            f"mount --bind {RUN} {run}{str(RUN).removeprefix('/run')}",
            f"mount --rbind {run} /run",
            f"touch {self.folder}/settled",
            "exec sleep infinity",
        )
        self.start("files", "unshare", "--mount", "--propagation", "private", "sh", "-ec", "; ".join(steps))
        settled = self.folder / "settled"
        wait(settled.exists, f"{self.name}: it gets no files of its own: {self.log('files')}", 20)
        self.entered.insert(0, f"--mount=/proc/{self.processes['files'].pid}/ns/mnt")

    def path(self, path: str) -> str:
        """Where a path of this machine's is for the lab, of one that has files of its own."""
        return f"/proc/{self.processes['files'].pid}/root{path}"

    def within(self, name: str, namespace: str) -> "Machine":
        """A machine within this one: a network namespace that this one has made."""
        made = Machine(name, create=False)
        made.entered = self.entered
        made.inner = ["nsenter", f"--net=/run/netns/{namespace}"]
        return made

    def stop(self, label: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends a daemon and waits until it is gone, since its successor needs its addresses."""
        process = self.processes.pop(label)
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def log(self, label: str) -> str:
        """The end of a daemon's log."""
        path = self.folder / f"{label}.log"
        return path.read_text()[-2000:] if path.exists() else ""

    def address(self, interface: str, *addresses: str) -> None:
        """Puts addresses on an interface and sets it up."""
        for address in addresses:
            self.run("ip", "addr", "add", address, "dev", interface)
        self.run("ip", "link", "set", interface, "up")

    def route(self, *arguments: str) -> None:
        """Replaces a route of the kernel."""
        self.run("ip", "route", "replace", *arguments)

    def filter(self, table: str, *rules: str) -> None:
        """Puts rules on what the machine forwards, in place of those of the same table."""
        lines = (f"table ip {table}", f"delete table ip {table}", f"table ip {table} {{", "chain forward {")
        hook = "type filter hook forward priority 0; policy accept;"
        self.run("nft", "-f", "-", text="\n".join([*lines, hook, *rules, "}", "}", ""]))

    def routes_to(self, address: str, source: str, arrived_on: str | None) -> list[dict[str, Any]]:
        """The next hops that the kernel would use: `dev` and perhaps `gateway`; empty where it has no route."""
        arrival = ["from", source, "iif", arrived_on] if arrived_on else []
        printed = self.run("ip", "-j", "route", "get", "fibmatch", address, *arrival, check=False).strip()
        found = json.loads(printed) if printed.startswith("[") else []
        hops = []
        for route in found:
            if route.get("type", "unicast") == "unicast":
                hops += route.get("nexthops", [route])
        return [hop for hop in hops if "linkdown" not in hop.get("flags", []) and "dead" not in hop.get("flags", [])]

    def start_frr(self, config: str | None, *daemons: str) -> None:
        """Starts FRR's daemons one by one and loads the configuration; None: the installed one in /etc/frr."""
        if config is not None:
            (self.folder / "frr.conf").write_text(config)
            (self.folder / "vtysh.conf").write_text("service integrated-vtysh-config\n")
        subprocess.run(["chown", "-R", "frr:frr", str(self.folder)], check=True)
        for daemon in ("zebra", *daemons):
            options = ["-z", self._path("zserv"), "-i", self._path(f"{daemon}.pid"), "--vty_socket", str(self.folder)]
            if daemon == "bfdd":
                options += ["--bfdctl", self._path("bfdd.sock")]
            # BFD's packets must not wait for a busy processor; a router sends them with priority too.
            priority = ["chrt", "--rr", "50"] if daemon == "bfdd" else []
            arguments = [*priority, str(FRR / daemon), *options, "-u", "frr", "-g", "frr", "-f", "/dev/null"]
            self.start(daemon, *arguments, "--log", "stdout")
            wait(lambda d=daemon: (self.folder / f"{d}.vty").exists(), f"{self.name}: {daemon} does not start", 20)
        folder = "/etc/frr" if config is None else str(self.folder)
        self.run("vtysh", "--vty_socket", str(self.folder), "--config_dir", folder, "-b")

    def vtysh(self, *commands: str) -> str:
        """What FRR answers to commands."""
        words = [word for command in commands for word in ("-c", command)]
        return self.run("vtysh", "--vty_socket", str(self.folder), *words)

    def ask(self, daemon: str, command: str) -> Any:
        """A daemon's answer to a show command that has a json form, over its own socket: quicker than vtysh."""
        answer = b""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(20)
            connection.connect(self._path(f"{daemon}.vty"))
            # BFD's show commands are for the privileged user.
            for words in ("enable", f"{command} json"):
                connection.sendall(words.encode() + b"\0")
                answer = b""
                # An answer ends with three zero bytes and the command's result code.
                while not (len(answer) >= 4 and answer[-4:-1] == b"\0\0\0"):
                    part = connection.recv(65536)
                    if not part:
                        raise LabError(f"{self.name}: {daemon} ended while it was asked: {self.log(daemon)[-300:]}")
                    answer += part
        try:
            return json.loads(answer[:-4].strip(b"\0") or "{}")
        except ValueError:
            raise LabError(f"{self.name}: {daemon} does not understand {command!r}: {answer!r}") from None

    def learned(self) -> dict[str, int]:
        """Prefixes learned on each of the BGP sessions that is up, by the neighbour's address."""
        if "bird" in self.processes:
            return bird.learned(self._birdc("show", "protocols", "all"))
        summary = self.ask("bgpd", "show bgp ipv4 unicast summary")
        peers = summary.get("peers") or summary.get("ipv4Unicast", {}).get("peers", {})
        return {address: peer.get("pfxRcd", 0) for address, peer in peers.items() if peer.get("state") == "Established"}

    def bfd_peers(self) -> list[str]:
        """The addresses of the peers that this router sees by BFD."""
        if "bird" in self.processes:
            return bird.bfd_peers(self._birdc("show", "bfd", "sessions"))
        return [peer["peer"] for peer in self.ask("bfdd", "show bfd peers") if peer["status"] == "up"]

    def start_bird(self, config: str) -> None:
        """Starts BIRD with a configuration."""
        path = self.folder / "bird.conf"
        path.write_text(config)
        path.chmod(0o600)
        self.start("bird", "chrt", "--rr", "50", bird.DAEMON, "-f", "-c", str(path), "-s", self._path("bird.ctl"))
        wait((self.folder / "bird.ctl").exists, f"{self.name}: BIRD does not start: {self.log('bird')}", 20)

    def _birdc(self, *words: str) -> str:
        return self.run("birdc", "-s", self._path("bird.ctl"), *words)

    def _path(self, name: str) -> str:
        return str(self.folder / name)


def connect(a: Machine, a_interface: str, b: Machine, b_interface: str) -> None:
    """A link between two machines, not yet up."""
    ends = [a_interface, "netns", a.name, "type", "veth", "peer", "name", b_interface, "netns", b.name]
    subprocess.run(["ip", "link", "add", *ends], check=True)


def wait(done: Callable[[], bool], otherwise: str, seconds: float, interval: float = 0.05) -> None:
    """Waits until something is so. Raises LabError where it does not become so in time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise LabError(f"{otherwise} (waited {seconds:g} s)")
        time.sleep(interval)


def _no_reverse_path_filter() -> list[str]:
    return [f"net.ipv4.conf.{name}.rp_filter=0" for name in ("all", "default")]
