"""`make demo`: the stack `reference` brought up on a simulated Azure, in both phases."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine.longrun import elapsed
from engine.simulated import SimulatorError
from engine.workspace import RunFailedError, Workspace

STACK = "reference"
CIRCUIT = "azure-native:network:ExpressRouteCircuit"

INTRODUCTION = f"""\
[bold]ExpressRoute with VPN failover, brought up on a simulated Azure[/bold]
The real Pulumi engine runs this project's program with the settings of stack [cyan]{STACK}[/cyan]. In Azure's place
stands a simulator on this machine: nothing is deployed, no account is used, nothing costs anything. Everything
lives in a temporary folder with its own Pulumi home and made-up keys, and is gone when this ends."""


def run() -> int:
    """Run the demo and print it: 0 when all of it worked, 1 with the engine's output when something failed."""
    console = Console(highlight=False)
    # A demo that is told to stop still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        play(console)
    except (RunFailedError, SimulatorError) as error:
        console.print("[bold red]The demo failed.[/bold red]")
        console.print(escape(str(error)), soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted; all that was started is ended and removed.")
        return 130
    return 0


def play(console: Console) -> None:
    """The demo's steps. Raises `RunFailedError` and `SimulatorError`."""
    started = time.monotonic()
    console.print(INTRODUCTION)
    with Workspace.open(stack=STACK) as workspace:
        sites = workspace.make_shared_keys()
        heading(console, "1", "pulumi up, the first time: the network, both gateways, the VPN, and the circuit's order")
        with step(console, f"deploying with a new shared key for {', '.join(sites)}"):
            workspace.pulumi("up", "--yes", "--skip-preview").check()
        first = workspace.state()
        console.print(resources("Made in phase 1", first))
        tell_next_step(console, workspace)

        circuits = [resource["outputs"]["name"] for resource in first if resource["type"] == CIRCUIT]
        heading(console, "2", f"The connectivity provider provisions {', '.join(circuits)} (days later, on real Azure)")
        for circuit in circuits:
            workspace.provision(circuit)

        heading(console, "3", "pulumi up again: the program sees the provisioned circuit and connects it")
        with step(console, "deploying"):
            workspace.pulumi("up", "--yes", "--skip-preview").check()
        known = {resource["urn"] for resource in first}
        second = [resource for resource in workspace.state() if resource["urn"] not in known]
        console.print(resources("Made in phase 2", second))
        tell_next_step(console, workspace)

        heading(console, "4", "pulumi preview, a third run: it must change nothing")
        with step(console, "comparing"):
            workspace.pulumi("preview", "--expect-no-changes").check()
        console.print("Nothing to change.")

        heading(console, "5", "What the stack hands to the next person (secrets stay masked)")
        console.print(outputs(workspace.outputs()))
    console.print(f"\nDone in {elapsed(time.monotonic() - started)}; the simulated Azure is gone.")


def heading(console: Console, number: str, text: str) -> None:
    """Begin a step of the demo."""
    console.print(f"\n[bold cyan]{number}[/bold cyan]  [bold]{text}[/bold]")


@contextmanager
def step(console: Console, what: str) -> Iterator[None]:
    """Show that something is under way, and how long it took."""
    started = time.monotonic()
    if not console.is_terminal:
        console.print(f"{what} ...")
    with console.status(what):
        yield
    console.print(f"[dim]{what}: {elapsed(time.monotonic() - started)}[/dim]" if console.is_terminal else "")


def resources(title: str, made: list[dict[str, Any]]) -> Table:
    """What was made in Azure, one line a resource, under the component that it belongs to."""
    table = Table("Part of", "Resource", "Name in Azure", title=title, title_justify="left", header_style="bold")
    shown = ""
    for resource in made:
        kind = resource["type"].rsplit(":", 1)[-1]
        if not resource["type"].startswith("azure-native:"):
            continue
        part = component_of(resource)
        name = str((resource.get("outputs") or {}).get("name") or resource.get("id", "")).rsplit("/", 1)[-1]
        table.add_row("" if part == shown else part, kind, escape(name))
        shown = part
    return table


def component_of(resource: dict[str, Any]) -> str:
    """The component that a resource belongs to, as "Type name"; "" for one that stands alone."""
    parent = str(resource.get("parent", ""))
    _, _, rest = parent.partition("::")
    kind, _, name = rest.rpartition("::")
    kind = kind.rpartition("::")[2].rpartition("$")[2]
    return f"{kind.rpartition(':')[2]} {name}" if kind.startswith("hybrid-network:") else ""


def outputs(values: dict[str, Any]) -> Table:
    """The stack's outputs, long ones shortened."""
    table = Table("Output", "Value", header_style="bold")
    for name, value in sorted(values.items()):
        text = value if isinstance(value, str) else ", ".join(_lines(value))
        table.add_row(name, escape(text if len(text) <= 200 else f"{text[:197]}..."))
    return table


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{key}: {entry}" for key, entry in value.items()]
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def tell_next_step(console: Console, workspace: Workspace) -> None:
    """What the program itself says must happen next."""
    text = workspace.outputs().get("nextStep")
    if text:
        console.print(f"The program says: {escape(str(text))}", soft_wrap=True)
