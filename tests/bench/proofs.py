"""How long the proof of the failover takes: every single failure and every pair of large networks.

Each network is proved in a process of its own (`python -m tests.bench.proofs NAME PREFIXES`), so that its peak memory
is its own too.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.measure import Figure, growth
from tests.bench.networks import accepted, behind_firewalls, nested, on_devices, one_site, two_by_two
from tests.stacks import ROOT

NETWORKS = {
    "one-site": one_site,
    "two-by-two": two_by_two,
    "nested": nested,
    "firewalls": behind_firewalls,
    "devices": on_devices,
}
ROUNDS = 3
SIZES = (2_500, 10_000)
READ, READ_SECONDS = 4_000, 0.5
"""As many prefixes as ExpressRoute Standard carries, and how long their reader may take. All seconds here are processor
time: of one thread's work that is the time on an idle machine."""
ROUTE_SETS = 200
"""The large network is only hard when its prefixes' routes differ: at least this many sets of routes."""


def proofs() -> Iterator[Figure]:
    """Both networks of issue 5, and how the time grows with the number of prefixes."""
    small = _best("two-by-two", 4_000)
    yield Figure("failover proof, 4,000 prefixes, 2 circuits, 2 BGP sites", small["seconds"], "s", 1.0)
    yield Figure("the same, scenarios", small["scenarios"], "count")
    large = _best("nested", 10_000)
    yield Figure("failover proof, 10,000 nested prefixes, 4 circuits, 20 static sites", large["seconds"], "s", 10.0)
    yield Figure("the same, peak memory", large["mebibytes"], "MiB", 500.0)
    yield Figure("the same, scenarios", large["scenarios"], "count")
    yield Figure("the same, distinct route sets", large["routeSets"], "count", least=ROUTE_SETS)
    yield Figure("reading and judging its settings", large["readSeconds"], "s")
    for name, sites in (("one-site", "a BGP site"), ("two-by-two", "2 BGP sites"), ("nested", "20 static sites")):
        read = _best(name, READ, "readSeconds")["readSeconds"]
        yield Figure(f"reading and judging {READ:,} prefixes, {sites}", read, "s", READ_SECONDS)
    hubs = _best("firewalls", 4_000)
    words = "failover proof, 4,000 prefixes, 2 circuits, 4 devices, 2 firewalls, 50 spokes"
    yield Figure(words, hubs["seconds"], "s", 1.0)
    yield Figure("the same, scenarios", hubs["scenarios"], "count")
    held = _best("devices", 10_000)
    words = "failover proof, 10,000 nested prefixes, 4 circuits, 20 sites on 20 devices"
    yield Figure(words, held["seconds"], "s", 10.0)
    yield Figure("the same, peak memory", held["mebibytes"], "MiB", 500.0)
    fewer = _best("devices", SIZES[0])
    cost = growth((SIZES[0], fewer["seconds"]), (SIZES[1], held["seconds"]))
    yield Figure("the same, cost of a prefix among 10,000 / among 2,500", cost, "ratio", 1.5)
    few = _best("nested", SIZES[0])
    cost = growth((SIZES[0], few["seconds"]), (SIZES[1], large["seconds"]))
    yield Figure("failover proof, cost of a prefix among 10,000 / among 2,500", cost, "ratio", 1.5)


def _best(name: str, prefixes: int, by: str = "seconds") -> dict[str, Any]:
    """The quickest of a few proofs, each in a fresh process. by: what it was quick at."""
    command = [sys.executable, "-m", "tests.bench.proofs", name, str(prefixes)]
    runs = [
        json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        for _ in range(ROUNDS)
    ]
    return min(runs, key=lambda run: run[by])


def prove(name: str, prefixes: int) -> dict[str, Any]:
    """Proves one network in this process and tells what it took."""
    from topology.proof.failover import Model
    from topology.proof.network import network
    from topology.proof.proof import Proof

    values = NETWORKS[name](prefixes)
    start = time.process_time()
    settings = accepted(values)
    read = time.process_time()
    proof = Proof(Model(network(settings)))
    scenarios = [(), *proof.singles, *proof.pairs]
    for scenario in scenarios:
        proof.tally(scenario)
    for ladder in proof.groups:
        proof.smallest_cut(ladder)
    end = time.process_time()
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "seconds": end - read,
        "readSeconds": read - start,
        "scenarios": len(scenarios),
        "routeSets": len(proof.groups),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20,
    }


if __name__ == "__main__":
    print(json.dumps(prove(sys.argv[1], int(sys.argv[2]))))
