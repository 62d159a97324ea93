"""How long the review of many stacks takes: `python -m tests.bench.reviews COUNT` reviews so many in this process."""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Figure, growth
from tests.stacks import ROOT

SIZES = (50, 200)
MOST = 10.0
"""Seconds of processor time for the larger."""
ROUNDS = 2


def reviews() -> Iterator[Figure]:
    """Stacks of which every one changes: the worst there is."""
    few, many = (_best(size) for size in SIZES)
    yield Figure(f"review of {SIZES[1]} stacks, each with a change, as Markdown", many, "s", MOST)
    words = f"the same, cost of a stack among {SIZES[1]} / among {SIZES[0]}"
    yield Figure(words, growth((SIZES[0], few), (SIZES[1], many)), "ratio", 1.5)


def _best(count: int) -> float:
    command = [sys.executable, "-m", "tests.bench.reviews", str(count)]
    runs = (subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout for _ in range(ROUNDS))
    return min(json.loads(run)["seconds"] for run in runs)


def review(count: int) -> float:
    """Reviews as many stacks; the seconds of processor time that the whole process took."""
    from topology.__main__ import main

    with tempfile.TemporaryDirectory() as folder:
        sides = [Path(folder) / side for side in ("before", "after")]
        for side in sides:
            side.mkdir()
        for number in range(count):
            text = _stack(number)
            (sides[0] / f"Pulumi.s{number}.yaml").write_text(text)
            (sides[1] / f"Pulumi.s{number}.yaml").write_text(text.replace("sku: VpnGw1AZ", "sku: VpnGw2AZ"))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            main(["review", *map(str, sides), "--format", "markdown"])
        assert "VpnGw2AZ" in out.getvalue()
        assert f"| s{count - 1} |" in out.getvalue()
    return time.process_time()


def _stack(number: int) -> str:
    """The stack `dev` with a name and addresses of its own; every second one uses the circuit of the one before."""
    text = (
        (ROOT / "Pulumi.dev.yaml")
        .read_text()
        .replace("10.20.", f"10.{number}.")
        .replace("name: dev", f"name: s{number}")
    )
    if number % 2:
        group = f"/subscriptions/s/resourceGroups/rg-s{number - 1}/providers/Microsoft.Network"
        ours, _, rest = text.partition("        provider: Equinix\n")
        _, vpn, last = rest.partition("  hybrid-network:vpn:")
        id = f"{group}/expressRouteCircuits/erc-s{number - 1}-primary"
        circuit = f"        existing: {{ id: {id} }}\n        connect: always\n"
        text = ours + circuit + vpn + last
    return text


if __name__ == "__main__":
    print(json.dumps({"seconds": review(int(sys.argv[1]))}))
