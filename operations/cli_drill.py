"""The command line of `python -m operations drill`."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.azure import UsageError
from operations.cli_live import (
    AZURE,
    SOUND,
    UNABLE_BECAUSE,
    Given,
    OneInterrupt,
    add_arguments,
    add_waiting,
    check_rights,
    given,
    record_of,
    refused,
)
from operations.drill import Drill, NotRestoredError, RefusedError
from operations.drill_outcome import Outcome, Plan, Wanted
from operations.drill_report import write
from operations.journal import BusyError, check_free
from operations.methods import METHODS
from operations.probes import Probe
from operations.stack import Stack
from operations.telling import complain, say
from toolchain.locate import PROJECT

DRILL = """\
Try the failover of a live network: stop ExpressRoute, see every prefix go the way that the proof predicts, and bring
ExpressRoute back.

It begins only when the network is sound (`status`), the VPN carries every prefix, nobody else uses the circuit, the
keys that the way back needs are in the stack's secrets, and no update is under way. What will happen is said, and asked
for. Whatever goes wrong after that, ExpressRoute is brought back; what a killed drill has left, `--restore` finishes
(`pulumi refresh` and `pulumi up`, or `pulumi up --refresh`, do as well, but of Azure's own test).
"""

EXITS = """\
exit codes:
  0  every prefix went the predicted way, in every step (--dry-run: the drill may begin)
  1  ExpressRoute is back, and something did not go as predicted, or the drill was ended before its end
  2  the drill did not begin: nothing was changed
  3  ExpressRoute is NOT back: see to what the text says, then run it with --restore
"""
FAILED, NOT_RESTORED = 1, 3


def add(commands: Any, formatter: Any) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        "drill", help="try the failover of a live network, and bring ExpressRoute back", description=DRILL,
        epilog=f"{AZURE}\n{EXITS}", formatter_class=formatter,
    )  # fmt: skip
    parser.set_defaults(run=run)
    add_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--restore", action="store_true", help="finish what a killed drill began")
    parser.add_argument(
        "--method", choices=METHODS, default="peering",
        help="peering: disable the circuit's private peering, for all networks on it (default); connection: delete "
        "this gateway's connection and make it again; site: Azure's own test of one peering location",
    )  # fmt: skip
    parser.add_argument("--circuit", action="append", default=[], metavar="NAME", help="one circuit (default: all)")
    parser.add_argument("--location", default="", metavar="PLACE", help="the peering location of --method site")
    parser.add_argument("--shared", action="store_true", help="cut off other networks on the circuit too")
    parser.add_argument(
        "--probe", action="append", default=[], metavar="HOST:PORT",
        help="open a TCP connection to it ten times a second, and tell how many failed; may be given again",
    )  # fmt: skip
    add_waiting(parser, 15.0, "how long a step may take", 5.0)
    parser.add_argument(
        "--out", type=Path, default=None, metavar="DIR", help="folder of the report (default: one in build/)"
    )


def busy(stack: Stack) -> str:
    """Why an update is under way, or was left; empty where none is."""
    for lock in stack.locks():
        if lock.alive() is False:
            return f"The stack is locked by {lock.owner}, which is gone: python -m operations recover first."
        return f"An update of the stack is under way: {lock.owner}."
    return "An update of the stack is under way, says its backend." if stack.updating() else ""


def run(args: argparse.Namespace) -> int:
    """The command; the answer is its exit code."""
    OneInterrupt("still bringing ExpressRoute back")
    try:
        probes = [Probe.read(text) for text in args.probe]
        one = given(args)
        drill = Drill(
            one.azure,
            one.live,
            one.keys,
            one.stack.name,
            record_of(one),
            busy=lambda: busy(one.stack),
            probes=probes,
            pause_s=args.poll,
            tell=say,
        )
        return _restore(drill) if args.restore else _drill(drill, one, args)
    except NotRestoredError as error:
        complain(error)
        return NOT_RESTORED
    except (RefusedError, BusyError, *UNABLE_BECAUSE) as error:
        return refused(error)


def _restore(drill: Drill) -> int:
    outcome = drill.restore()
    if outcome is None:
        say("No drill has left anything: there is nothing to restore.")
        return SOUND
    return _told(outcome, "ExpressRoute is back.")


def _drill(drill: Drill, one: Given, args: argparse.Namespace) -> int:
    check_free(drill.record, "Bring ExpressRoute back first: run this with --restore.")
    check_rights(one.azure, one.live, f"drill {args.method}")
    wanted = Wanted(args.method, tuple(args.circuit), args.location, args.minutes, args.shared)
    plan = drill.prepare(wanted)
    say(f"Drill of stack {one.stack.name}:")
    for line in plan.lines():
        say(line)
    if args.dry_run:
        say("Dry run: nothing was changed.")
        return SOUND
    if not args.yes:
        _ask(one.stack.name)
    # While it was asked, the world went on.
    plan = plan if args.yes else drill.prepare(wanted)
    return _end(drill.run(plan), plan, args)


def _ask(stack: str) -> None:
    """Raises `UsageError` where nobody agrees."""
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to be asked: say --yes. Nothing was changed.")
    try:
        answer = input(f"Live traffic moves. To begin, type the stack's name ({stack}): ")
    except EOFError:
        answer = ""
    if answer.strip() != stack:
        raise UsageError("Not begun: nothing was changed.")


def _end(outcome: Outcome, plan: Plan, args: argparse.Namespace) -> int:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = args.out or PROJECT / "build" / f"drill-{args.stack.replace('/', '-')}-{moment}"
    try:
        say(f"Report: {write(outcome, folder)[0]}")
    except OSError as error:
        say(f"The report could not be written: {error}")
    return _told(outcome, "Every prefix went the predicted way, and ExpressRoute is back.")


def _told(outcome: Outcome, well: str) -> int:
    for phase in outcome.phases:
        for name, loss in phase.losses.items() if phase.name != "before" else ():
            say(f"  {phase.name}: {name} lost {loss.lost} of {loss.sent}, {loss.longest_s} s at the longest")
    wrong = [phase for phase in outcome.phases if not phase.as_predicted]
    if not wrong and not outcome.ended:
        say(well)
        return SOUND
    for phase in wrong:
        for key, way in phase.predicted.items():
            if phase.real.get(key) != way:
                say(f"  {phase.name}: {key[0]} from {key[1]} went {phase.real.get(key, 'unread')}, not {way}")
        for sentence in phase.said:
            say(f"  {sentence}")
    say(f"ExpressRoute was brought back. {outcome.ended or 'Not all went as predicted.'}")
    return FAILED
