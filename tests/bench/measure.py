"""What a benchmark says: a name, a value, its limit and unit; and the one table and file that all of them end in."""

import json
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeVar

from rich.console import Console
from rich.table import Table

K = TypeVar("K")

RESULTS = Path(__file__).parents[2] / "build" / "bench.json"


@dataclass(frozen=True)
class Figure:
    """One measured value. most, least: its limit; where both are None the value is information only."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def limit(self) -> float | None:
        """The limit, of whichever kind."""
        return self.least if self.most is None else self.most

    @property
    def kept(self) -> bool:
        """Whether the value is within its limit."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


class Spent(NamedTuple):
    """What a piece of work took."""

    wall: float
    """Seconds."""
    processor: float
    """Seconds of processor time of every process that it started and that has ended: other work of the machine hardly
    changes it."""


def spent(work: Callable[[], object]) -> Spent:
    """What a piece of work takes that starts processes and waits for them."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def interleaved(works: Mapping[K, Callable[[], object]], rounds: int) -> dict[K, list[Spent]]:
    """What each piece of work takes, in rounds that do all of them in turn, after one round unmeasured.

    So what else the machine does meanwhile, and caches that are still cold, fall on all alike.
    """
    for work in works.values():
        work()
    taken: dict[K, list[Spent]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(spent(work))
    return taken


def median_of(runs: list[Spent]) -> Spent:
    """The medians of some runs."""
    return Spent(median(run.wall for run in runs), median(run.processor for run in runs))


def ratio(ours: list[Spent], theirs: list[Spent]) -> Spent:
    """How much more the first work takes than the second: the medians of the ratios of each round."""
    pairs = list(zip(ours, theirs, strict=True))
    return Spent(median(a.wall / b.wall for a, b in pairs), median(a.processor / b.processor for a, b in pairs))


def growth(few: tuple[float, float], many: tuple[float, float]) -> float:
    """How much more one item costs when there are many: 1 is linear. few, many: (number of items, what they cost)."""
    return (many[1] / many[0]) / (few[1] / few[0])


def show(figures: list[Figure]) -> None:
    """The table on screen."""
    table = Table(title="Benchmarks")
    for column in ("what", "value", "limit", "unit", ""):
        table.add_column(column, justify="right" if column in ("value", "limit") else "left")
    for figure in figures:
        limit = "" if figure.limit is None else f"{'at least ' if figure.most is None else ''}{figure.limit:g}"
        verdict = "" if figure.limit is None else "ok" if figure.kept else "[red]exceeded[/red]"
        table.add_row(figure.name, f"{figure.value:.2f}", limit, figure.unit, verdict)
    Console().print(table)


def save(figures: list[Figure], path: Path = RESULTS) -> None:
    """`{name: {value, limit, unit}}`; figures of other runs that were not measured now stay as they were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        known: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        known = {}
    known |= {f.name: {"value": round(f.value, 4), "limit": f.limit, "unit": f.unit} for f in figures}
    path.write_text(json.dumps(known, indent=2) + "\n")
