"""`make demo`: the stack `reference` brought up on a simulated Azure, in both phases."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from toolchain.locate import PROJECT, bin_folder
from toolchain.longrun import elapsed
from toolchain.simulated import SimulatorError
from toolchain.workspace import Run, RunFailedError, Workspace

STACK = "reference"
REPORT = PROJECT / "build" / "drill"
MINUTE_MS = 50.0
"""Real milliseconds of a simulated minute."""
CIRCUIT = "azure-native:network:ExpressRouteCircuit"

INTRODUCTION = f"""\
[bold]ExpressRoute with VPN failover, brought up on a simulated Azure[/bold]

The real Pulumi engine runs this project's program with the settings of [cyan]{STACK}[/cyan].
In Azure's place stands a simulator on this machine: nothing is deployed, no
account is used, nothing costs anything, and a minute of Azure's takes {MINUTE_MS:.0f} ms.
All of it lives in a temporary folder, with a Pulumi home and keys of its own,
and is gone at the end."""


def run() -> int:
    """Run the demo and print it: 0 when all of it worked, 1 with the engine's output when something failed."""
    # Where there is no terminal (a file, a CI log) nothing limits the width.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    try:
        play(console)
    except (RunFailedError, SimulatorError) as error:
        console.print("[bold red]The demo failed.[/bold red]")
        console.print(escape(str(error)), soft_wrap=True)
        return 1
    return 0


def play(console: Console) -> None:
    """The demo's steps. Raises `RunFailedError`, `SimulatorError` and `toolchain.locate.NoEngineError`."""
    started = time.monotonic()
    console.print(INTRODUCTION)
    heading(console, "1", "What happens when parts of the network fail, proved from the settings alone")
    console.print("[dim]No engine and no cloud, not a simulated one either, is needed for this.[/dim]\n")
    show_failover(console)

    heading(console, "2", "The real Pulumi engine (where this machine has none, it is fetched or built first)")
    console.print(f"It is in {escape(str(bin_folder()))}.", soft_wrap=True)
    with Workspace.open(stack=STACK, arm=True) as workspace:
        sites = workspace.make_shared_keys()
        heading(console, "3", "pulumi up, the first time: the network, both gateways, the VPN, and the circuit's order")
        with step(console, f"deploying with a new shared key for {', '.join(sites)}"):
            workspace.pulumi("up", "--yes", "--skip-preview").check()
        first = workspace.state()
        console.print(resources("Made in phase 1", first))
        tell_next_step(console, workspace)

        circuits = [resource["outputs"]["name"] for resource in first if resource["type"] == CIRCUIT]
        heading(console, "4", f"The connectivity provider provisions {', '.join(circuits)} (days later, on real Azure)")
        for circuit in circuits:
            # A layer 3 provider, who makes the private peering too.
            workspace.simulated("provision", circuit, "--with-peering")

        heading(console, "5", "pulumi up again: the program sees the provisioned circuit and connects it")
        with step(console, "deploying"):
            workspace.pulumi("up", "--yes", "--skip-preview").check()
        known = {resource["urn"] for resource in first}
        second = [resource for resource in workspace.state() if resource["urn"] not in known]
        console.print(resources("Made in phase 2", second))
        tell_next_step(console, workspace)

        heading(console, "6", "pulumi preview, a third run: it must change nothing")
        with step(console, "comparing"):
            workspace.pulumi("preview", "--expect-no-changes").check()
        console.print("Nothing to change.")

        heading(console, "7", "What the stack hands to the next person (secrets stay masked)")
        console.print(outputs(workspace.outputs()))

        heading(
            console, "8", "A failover drill of the live network: ExpressRoute is stopped, looked at, and brought back"
        )
        with step(console, "drilling"):
            report = drill(workspace)
        console.print(drilled(report))
        verdict = "Every prefix went the predicted way." if report["passed"] else "Not every prefix went as predicted."
        console.print(f"{verdict} The report: {REPORT.relative_to(PROJECT)}/drill.md")
    console.print(f"\nDone in {elapsed(time.monotonic() - started)}; the simulated Azure is gone.")


def drill(workspace: Workspace) -> dict[str, Any]:
    """A drill of the stack, with all that is on-premises up; the answer is its report. Raises `RunFailedError`."""
    file = workspace.folder / "outside.json"
    # The shared keys are in it, for as long as the simulated Azure needs to be told.
    workspace.python("-m", "appliance.outside", "--stack", STACK, "--out", str(file)).check()
    workspace.simulated("outside", str(file))
    file.unlink()
    options = ("--stack", STACK, *workspace.simulator.arm)
    how = ("--yes", "--method", "connection", "--poll", "0.05", "--out", str(REPORT))
    workspace.python("-m", "operations", "drill", *options, *how).check()
    return json.loads((REPORT / "drill.json").read_text())


def drilled(report: dict[str, Any]) -> Table:
    """The steps of a drill: how long each took, in simulated minutes, and which way each prefix went."""
    table = Table(box=None, padding=(0, 2))
    for name in ("step", "simulated minutes", "prefix", "from", "predicted", "real"):
        table.add_column(name)
    for one in report["steps"]:
        took = f"{(one['ended'] - one['begun']) * 1000 / MINUTE_MS:.0f}"
        real = {(row["prefix"], row["tier"]): row["way"] for row in one["real"]}
        for number, row in enumerate(one["predicted"]):
            first = ("", "") if number else (one["name"], took)
            where = (row["prefix"], row["tier"])
            table.add_row(*map(escape, (*first, *where, row["way"], real.get(where, "not read"))))
    return table


def show_failover(console: Console) -> None:
    """The failover's table, and its picture in build/. Raises `RunFailedError`."""
    command = [sys.executable, "-m", "topology", f"Pulumi.{STACK}.yaml"]
    picture = PROJECT / "build" / "failover.svg"
    picture.parent.mkdir(exist_ok=True)
    for extra in ([], ["--format", "svg", "--out", str(picture)]):
        done = subprocess.run([*command, *extra], cwd=PROJECT, capture_output=True, text=True, check=False)
        Run((*command, *extra), done.returncode, done.stdout, done.stderr).check()
        if done.stdout:
            console.print(escape(done.stdout.rstrip()), soft_wrap=True)
    console.print(f"The picture: {picture.relative_to(PROJECT)}")


def heading(console: Console, number: str, text: str) -> None:
    """Begin a step of the demo."""
    console.print(f"\n[bold cyan]{number}[/bold cyan]  [bold]{escape(text)}[/bold]", soft_wrap=True)


@contextmanager
def step(console: Console, what: str) -> Iterator[None]:
    """Show that something is under way, and how long it took."""
    started = time.monotonic()
    with console.status(what):
        yield
    console.print(f"[dim]{what}: {elapsed(time.monotonic() - started)}[/dim]\n")


def resources(title: str, made: list[dict[str, Any]]) -> Table:
    """What was made in Azure, one line a resource, under the component that it belongs to."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for resource in made:
        if resource["type"].startswith("azure-native:"):
            line = (resource["type"].rsplit(":", 1)[-1], resource["id"].rsplit("/", 1)[-1])
            parts.setdefault(component_of(resource), []).append(line)
    table = Table(title=title, title_justify="left", title_style="bold", box=None, show_header=False, padding=(0, 2))
    for part, lines in parts.items():
        for number, (kind, name) in enumerate(lines):
            table.add_row("" if number else f"[cyan]{escape(part)}[/cyan]", kind, escape(name))
    return table


def component_of(resource: dict[str, Any]) -> str:
    """The component that a resource belongs to, as "Type name"; "" for one that stands alone."""
    parent = str(resource.get("parent", ""))
    _, _, rest = parent.partition("::")
    kind, _, name = rest.rpartition("::")
    kind = kind.rpartition("::")[2].rpartition("$")[2]
    return f"{kind.rpartition(':')[2]} {name}" if kind.startswith("hybrid-network:") else ""


def outputs(values: dict[str, Any]) -> Table:
    """The stack's outputs, one line a value, Azure ids shortened to their last type and name."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for path, value in leaves(values):
        text = str(value)
        if text.startswith("/subscriptions/"):
            text = ".../" + "/".join(text.split("/")[-2:])
        table.add_row(f"[cyan]{escape(path)}[/cyan]", escape(text))
    return table


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The values inside a value, each with its path."""
    if isinstance(value, dict):
        for key, entry in sorted(value.items()):
            yield from leaves(entry, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    else:
        yield path, value


def tell_next_step(console: Console, workspace: Workspace) -> None:
    """What the program itself says of each circuit, and what must happen next."""
    for name, circuit in workspace.outputs()["expressRoute"]["circuits"].items():
        console.print(f"The program says of circuit {name}: {escape(str(circuit['next']))}", soft_wrap=True)
