"""`python -m lab`: runs the failover lab."""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from . import needs
from .isolation import command
from .report import Found, show, write_files

PROJECT = Path(__file__).parents[1]
OWN = PROJECT / "lab" / "topologies"


@dataclass(frozen=True)
class Topology:
    """A network that the lab builds, what it is in words, and the parts of `lab.inside` that are run for it."""

    settings: Path
    words: str
    parts: tuple[str, ...]
    bird: bool = False
    """Microsoft's edges and the ExpressRoute gateway run BIRD: the generated files meet another implementation."""


TOPOLOGIES = {
    "reference": Topology(
        PROJECT / "Pulumi.reference.yaml",
        "the published template's values: one circuit, one site with static routes",
        ("holdTime", "steps", "failures", "breakages", "detection", "policy"),
    ),
    "dev": Topology(
        PROJECT / "Pulumi.dev.yaml",
        "one circuit, one site that speaks BGP, active-active gateway, two prefixes, two tiers",
        ("steps", "failures", "breakages"),
    ),
    "two-circuits": Topology(
        OWN / "two-circuits.yaml",
        "two circuits in two peering locations, one site that speaks BGP",
        ("steps", "failures"),
    ),
    "firewall": Topology(
        OWN / "firewall.yaml",
        "a stateful firewall in the hub, one machine, with all its routes and without each of them",
        ("routeSets", "failures"),
    ),
    "spoke": Topology(OWN / "spoke.yaml", "a spoke behind the hub, and a tier in the hub", ("steps", "failures")),
    "two-devices": Topology(
        OWN / "two-devices.yaml",
        "two devices that share out a circuit's links and two sites, with iBGP; Microsoft's side runs BIRD",
        ("devices", "failures"),
        bird=True,
    ),
    "part-of-a-site": Topology(
        OWN / "part-of-a-site.yaml", "a circuit that carries a part of the site, the VPN the rest", ("failures",)
    ),
}
OTHER_PARTS = ["steps", "failures", "breakages"]
IDLE_PARTS = ("holdTime",)
"""Parts that only wait for a timer; they run beside the others."""
FILE_WIDTH = 170
"""Columns of the tables where the output is not a terminal."""
DESCRIPTION = """Runs the topology as real routers and real IPsec in network namespaces of this machine, with the
appliance's generated files, and compares what happens with what topology.proof.failover expects. Needs root on Debian;
elsewhere it says what is missing and ends with 0. Writes build/lab.json and build/lab-TOPOLOGY.svg."""


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: all checks passed, or skipped; 1: a check failed; 2: usage; 130: interrupted."""
    parser = argparse.ArgumentParser("python -m lab", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the topologies and what is run for each")
    run = commands.add_parser("run", help="run it", description=DESCRIPTION)
    run.add_argument(
        "topology",
        nargs="*",
        default=["all"],
        help=f"{', '.join(TOPOLOGIES)}, all (the default), or a settings file such as Pulumi.prod.yaml",
    )
    run.add_argument("--short", action="store_true", help="only the four steps: about 40 s a topology")
    run.add_argument("--parts", help="only these parts, separated by commas; see `list`")
    run.add_argument("--jobs", type=int, default=2, help="labs at the same time (default 2)")
    run.add_argument("--out", type=Path, default=PROJECT / "build", help="folder for lab.json and the pictures")
    options = parser.parse_args(arguments)
    if options.command == "list":
        for name, topology in TOPOLOGIES.items():
            print(f"{name:14} {topology.words}: {', '.join(topology.parts)}")
        return 0
    jobs = _jobs(parser, options.topology, options.short, options.parts)
    reason = needs.what_is_missing()
    if reason:
        print(f"Failover lab skipped: {reason}.")
        return 0
    return _run(jobs, max(1, options.jobs), options.out)


def _jobs(
    parser: argparse.ArgumentParser, names: list[str], short: bool, only: str | None
) -> list[tuple[str, Path, str]]:
    chosen: dict[str, Path] = {}
    for name in names:
        if name == "all":
            chosen |= {one: topology.settings for one, topology in TOPOLOGIES.items()}
        elif name in TOPOLOGIES:
            chosen[name] = TOPOLOGIES[name].settings
        elif Path(name).is_file():
            chosen[Path(name).stem.removeprefix("Pulumi.")] = Path(name).resolve()
        else:
            parser.error(f"{name!r} is neither a topology ({', '.join(TOPOLOGIES)}, all) nor a file")
    known = sorted({part for topology in TOPOLOGIES.values() for part in topology.parts})
    wanted = only.split(",") if only else None
    if wanted and set(wanted) - set(known):
        parser.error(f"--parts: known are {', '.join(known)}")
    return [
        (name, path, part) for name, path in chosen.items() for part in (["steps"] if short else wanted or _parts(name))
    ]


def _parts(name: str) -> Sequence[str]:
    return TOPOLOGIES[name].parts if name in TOPOLOGIES else OTHER_PARTS


def _run(jobs: list[tuple[str, Path, str]], at_once: int, out: Path) -> int:
    console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
    running: set[subprocess.Popen[bytes]] = set()
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        for process in list(running):
            process.kill()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with tempfile.TemporaryDirectory(prefix="hybrid-lab-") as folder:

        def one(number: int, job: tuple[str, Path, str]) -> Found | None:
            if stopping.is_set():
                return None
            name, path, part = job
            routers = "bird" if name in TOPOLOGIES and TOPOLOGIES[name].bird else "frr"
            result = Path(folder) / f"{number}.json"
            process = subprocess.Popen(
                command("lab.inside", [name, str(path), part, routers, str(result)]), cwd=PROJECT
            )
            running.add(process)
            process.wait()
            running.discard(process)
            if result.exists():
                return json.loads(result.read_text())
            check = {"name": "the lab works", "passed": False, "detail": f"it ended with code {process.returncode}"}
            return {"part": part, "topology": name, "passed": False, "checks": [check]}

        with ThreadPoolExecutor(at_once) as pool, ThreadPoolExecutor(1) as beside:
            futures = [
                (beside if job[2] in IDLE_PARTS else pool).submit(one, number, job) for number, job in enumerate(jobs)
            ]
            found = [part for future in futures if (part := future.result())]
    if stopping.is_set():
        print("Interrupted; everything is taken down.")
        return 130
    paths = write_files(found, out)
    show(found, console)
    print(f"Written: {', '.join(str(path) for path in paths)}")
    return 0 if all(part["passed"] for part in found) else 1


if __name__ == "__main__":
    sys.exit(main())
