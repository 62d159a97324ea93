"""The command line of the operations on a live stack."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from operations import cli_drill, cli_rotate, cli_survey
from operations.cli_live import (
    AZURE,
    DIFFERS,
    SOUND,
    UNABLE_BECAUSE,
    add_arguments,
    check_rights,
    given,
    positive,
    refused,
)
from operations.drift import read_all, report
from operations.recover import Recovery
from operations.stack import PulumiError, Stack, UnreadableStateError
from operations.stack_lock import LockedError
from operations.status import FORMATS, shown, status
from operations.telling import complain
from toolchain.locate import PROJECT, NoEngineError, bin_folder
from topology.under_way import folder

RECOVER = """\
Bring a stack back to order after a run that was killed, timed out or lost its way.

A killed `pulumi up` can leave a lock that nobody holds, operations that are noted as pending, and resources that
exist in Azure but not in the stack's state: azure-native refuses to create those again. This frees the lock (only
when its owner is gone), finds what the program would create by its Azure id, adopts what exists into the state,
drops from the state what Azure no longer has, waits for what Azure is still making, and names what is Failed with the
way out. Azure itself is only read; the state as it was is kept as a file. Run `pulumi up` afterwards.

A new stack whose settings name what is in Azure already, such as those of `survey`, gets all of it the same way.

Use it with the settings of the run that went wrong, and in the environment of your `pulumi` commands (backend,
passphrase, Azure account).
"""

EXITS = """\
exit codes:
  0  the stack is in order: run `pulumi up`
  1  not recovered: the lock's owner lives, the Pulumi CLI failed, or there is none; the text says which
  2  the command was misused
  3  recovered as far as it can be, but something is Failed or still being made: it is named, with the way out
  130  interrupted; run it again
"""

DRIFT = """\
Tell people what differs between Azure and the state of some stacks.

    pulumi refresh --preview-only --json --stack dev > dev.json
    python -m operations drift dev.json

Prints Markdown; exit code 0 and nothing where there is no drift, 3 where there is some, a refresh failed, or a stack
that is named has no file.
"""

STATUS = """\
Look at the live network of a stack, and hold it against the proof.

For every on-premises prefix: which way Azure sends it now, which way it would without ExpressRoute, and where that is
not what the settings lead to, why: the session, key, route or setting. What is missing on the backup is told although
ExpressRoute works, and so is what no setting declares. Everything is only read.
"""

STATUS_EXITS = """\
exit codes:
  0  all is as the settings say
  1  something is not: it is named
  2  it could not be told: the command was misused, a permission is missing, Azure or the stack cannot be read
"""

DONE, FAILED, UNSETTLED = 0, 1, 3


def main(arguments: Sequence[str]) -> int:
    """Run one command; the answer is its exit code (see `--help`)."""
    args = _parser().parse_args(arguments)
    # Told to stop, it ends as by Ctrl-C: what it started is ended with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return args.run(args)
    except (PulumiError, LockedError, UnreadableStateError, NoEngineError) as error:
        complain(error)
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted; run it again, it goes on from what it finds.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m operations", description=__doc__, formatter_class=raw)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    recover = commands.add_parser(
        "recover", help="bring a stack back to order after a killed run", description=RECOVER, epilog=EXITS,
        formatter_class=raw,
    )  # fmt: skip
    recover.set_defaults(run=_recover)
    recover.add_argument("--stack", required=True, metavar="NAME", help="the stack, as `pulumi stack ls` shows it")
    recover.add_argument("--dry-run", action="store_true", help="tell what would be done, and change nothing")
    recover.add_argument(
        "--timeout", type=positive, default=90.0, metavar="MINUTES",
        help="how long to wait for what Azure is still making (default 90: a gateway takes 45)",
    )  # fmt: skip
    recover.add_argument(
        "--poll", type=positive, default=30.0, metavar="SECONDS", help="pause between two looks (default 30)"
    )
    recover.add_argument(
        "--keep", type=Path, default=None, metavar="DIR",
        help=f"where the state as it was is kept, its secrets encrypted (default {folder()})",
    )  # fmt: skip
    recover.add_argument(
        "--owner-is-gone", action="store_true",
        help="free a lock whose owner cannot be seen from here (another machine); only when you know that it ended",
    )  # fmt: skip
    drift = commands.add_parser(
        "drift", help="tell what `pulumi refresh --preview-only --json` found, as Markdown", description=DRIFT,
        formatter_class=raw,
    )  # fmt: skip
    drift.set_defaults(run=_drift)
    drift.add_argument("files", nargs="*", type=Path, metavar="FILE", help="what the refresh of one stack printed")
    drift.add_argument(
        "--stack", action="append", default=[], metavar="NAME",
        help="a stack that should be among the files; may be given for each. One that is not was not looked at",
    )  # fmt: skip
    status = commands.add_parser(
        "status", help="tell which way Azure sends each prefix, and why not as the proof expects", description=STATUS,
        epilog=f"{AZURE}\n{STATUS_EXITS}", formatter_class=raw,
    )  # fmt: skip
    status.set_defaults(run=_status)
    add_arguments(status)
    status.add_argument("--format", choices=FORMATS, default="text", help="for people or for programs (default text)")
    cli_drill.add(commands, raw)
    cli_rotate.add(commands, raw)
    cli_survey.add(commands, raw)
    return parser


def _drift(args: argparse.Namespace) -> int:
    if not args.files and not args.stack:
        print("Nothing was looked at: name a FILE, or a --stack that should have left one.", file=sys.stderr)
    text = report(read_all(args.files, args.stack))
    print(text, end="")
    return UNSETTLED if text else DONE


def _status(args: argparse.Namespace) -> int:
    try:
        one = given(args)
        check_rights(one.azure, one.live, "status")
        found = status(one.azure, one.live, one.keys["vpnSharedKeys"], one.stack.name)
    except UNABLE_BECAUSE as error:
        return refused(error)
    print(shown(found, args.format), end="")
    return SOUND if found.sound else DIFFERS


def _recover(args: argparse.Namespace) -> int:
    recovery = Recovery(
        Stack(args.stack, PROJECT, bin_folder()),
        keep=args.keep or folder(),
        patience_minutes=args.timeout,
        pause_seconds=args.poll,
        owner_is_gone=args.owner_is_gone,
    )
    open_matters = recovery.foretell() if args.dry_run else recovery.run()
    return UNSETTLED if open_matters else DONE
