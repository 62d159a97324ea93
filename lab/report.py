"""What a run found, as tables in the terminal and as plain data."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .timeline import DIRECTIONS, svg

Found = dict[str, Any]
"""One part's findings, as `lab.findings` writes them."""


def write_files(found: list[Found], folder: Path) -> list[Path]:
    """Writes lab.json and a timeline picture for each topology whose four steps were run; the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "passed": all(part["passed"] for part in found),
        "checks": sum(len(part["checks"]) for part in found),
        "parts": found,
    }
    paths = [folder / "lab.json"]
    paths[0].write_text(json.dumps(document, indent=1) + "\n")
    for part in found:
        if "timeline" in part:
            paths.append(folder / f"lab-{part['topology']}.svg")
            paths[-1].write_text(svg(part))
    return paths


def show(found: list[Found], console: Console) -> None:
    """Prints every table for which there is something to say, and at last what failed."""
    tables = (_steps, _failures, _breakages, _route_sets, _lost_links, _detection, _policy)
    for table in (make(found) for make in tables):
        if table.row_count:
            console.print(table)
    failed = [(part, check) for part in found for check in part["checks"] if not check["passed"]]
    for part, check in failed:
        console.print(
            f"[red]FAILED[/] {part['topology']}, {part['part']}: {check['name']}: {check['detail']}", highlight=False
        )
    passed = sum(len(part["checks"]) for part in found) - len(failed)
    console.print(f"{passed} checks passed, {len(failed)} failed.", highlight=False)


def _steps(found: list[Found]) -> Table:
    table = Table("topology", "step", "direction", "lost", "longest gap", "over", title="The four steps")
    for part in found:
        for step in part.get("steps", []):
            for direction, words in DIRECTIONS.items():
                one = step[direction]
                over = ", ".join(f"{name} {count}" for name, count in one["over"].items())
                gap = f"{one['longestGapSeconds']:.2f} s" if one["lost"] else ""
                table.add_row(part["topology"], step["step"], words, f"{one['lost']} of {one['sent']}", gap, over)
        table.add_section()
    return table


def _failures(found: list[Found]) -> Table:
    table = Table("topology", "failed", "Azure to on-premises", "on-premises to Azure", "agree", title="Failures")
    for part in found:
        for failed, rows in _grouped(part.get("scenarios", [])).items():
            paths = [
                " / ".join(dict.fromkeys(row["kernel"] for row in rows if row["direction"] == direction))
                for direction in ("azureToOnPremises", "onPremisesToAzure")
            ]
            agreed = sum(row["agree"] for row in rows)
            table.add_row(part["topology"], failed, *paths, f"{agreed} of {len(rows)}")
        table.add_section()
    return table


def _grouped(rows: Iterable[Found]) -> dict[str, list[Found]]:
    groups: dict[str, list[Found]] = {}
    for row in rows:
        groups.setdefault(" + ".join(row["failed"]), []).append(row)
    return groups


def _breakages(found: list[Found]) -> Table:
    table = Table("topology", "breakage", "rule", "the harm, expected and shown", "agree", title="Breakages")
    for part in found:
        for one in part.get("breakages", []):
            agreed = sum(row["agree"] for row in one["flows"])
            table.add_row(
                part["topology"], one["breakage"], one["rule"], one["harm"], f"{agreed} of {len(one['flows'])}"
            )
    return table


def _route_sets(found: list[Found]) -> Table:
    table = Table("topology", "routes", "tier", "opened by", "expected", "new connection", title="Routes to a firewall")
    for part in found:
        for row in part.get("routeSets", []):
            opened = "on-premises" if row["direction"] == "onPremisesToAzure" else "the tier"
            works = "works" if row["connects"] else "is dropped"
            table.add_row(part["topology"], row["routes"], row["tier"], opened, works, row["connection"])
        table.add_section()
    return table


def _lost_links(found: list[Found]) -> Table:
    table = Table("topology", "link", "direction", "until the other device answers", title="A lost link of two devices")
    for part in found:
        for one in part.get("lostLinks", []):
            how = "silent" if one["failure"] == "silent" else "link down"
            for direction, gaps in one["gapSeconds"].items():
                table.add_row(part["topology"], how, DIRECTIONS[direction], ", ".join(f"{gap:.2f} s" for gap in gaps))
    return table


def _detection(found: list[Found]) -> Table:
    table = Table(
        *("topology", "circuit loss", "BFD", "negotiated", "longest gap", "lost on return", "Azure's documents"),
        title="Detection",
    )
    for part in found:
        for one in part.get("detection", []):
            gaps = f"{one['longestGapSeconds']:.2f} s of {max(run['run'] for run in one['runs'])} runs"
            back = str(max(run["lostOnReturn"] for run in one["runs"]))
            how = "silent" if one["failure"] == "silent" else "link down"
            negotiated = f"{one['negotiatedSeconds']:g} s"
            table.add_row(part["topology"], how, "yes" if one["bfd"] else "no", negotiated, gaps, back, one["azure"])
    return table


def _policy(found: list[Found]) -> Table:
    table = Table("topology", "IPsec/IKE policy", "what the daemons say", title="Policy")
    for part in found:
        for check in part["checks"]:
            if part["part"] == "policy" or "proposal" in check["name"]:
                table.add_row(part["topology"], check["name"], check["detail"])
    return table
