"""`make bench`: every benchmark, as a table on screen and in build/bench.json; not 0 when a limit is exceeded."""

import argparse
import sys
from collections.abc import Callable, Iterator

from tests.bench.clients import clients
from tests.bench.lifetimes import lifetimes
from tests.bench.measure import RESULTS, Figure, save, show
from tests.bench.policies import policies
from tests.bench.previews import against_flat, against_flat_with_sites, against_sites
from tests.bench.proofs import proofs
from tests.bench.reviews import reviews
from tests.bench.surveys import surveys

BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "proofs": proofs,
    "reviews": reviews,
    "flat": against_flat,
    "flat-sites": against_flat_with_sites,
    "sites": against_sites,
    "policies": policies,
    "lifetimes": lifetimes,
    "clients": clients,
    "surveys": surveys,
}


def main(arguments: list[str]) -> int:
    """Runs the benchmarks named on the command line, or all; 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)}; all by default")
    chosen = parser.parse_args(arguments).names or list(BENCHMARKS)
    if unknown := set(chosen) - BENCHMARKS.keys():
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    figures: list[Figure] = []
    for name in chosen:
        print(f"Measuring {name} ...", file=sys.stderr, flush=True)
        figures += BENCHMARKS[name]()
    save(figures)
    show(figures)
    exceeded = [figure.name for figure in figures if not figure.kept]
    print(f"{len(figures)} figures in {RESULTS.relative_to(RESULTS.parents[1])}; {len(exceeded)} limits exceeded")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
