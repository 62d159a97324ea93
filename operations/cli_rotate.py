"""The command line of `python -m operations rotate-key`."""

import argparse
import json
import sys
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
from operations.journal import BusyError
from operations.key_file import KeyFile, KeyFileError
from operations.rotate import Outcome, Rotation, UnfinishedError, make_key
from operations.stack import PulumiError, Stack
from operations.stack_lock import LockedError
from operations.telling import complain, say
from topology.reading import NAMESPACE
from topology.under_way import under_way

ROTATE = """\
Give a site a new shared key: Azure through its own call (an update leaves a connection's key as it is [CONN-04]), the
device by its operator, and the stack's secret when the tunnel is seen up with it.

The key is made, or read from standard input; it is never shown, nor in an argument. When the device has not followed
within --minutes, Azure gets the old key back. Run it again after a kill or a failure: it goes on from what it finds,
and Azure, the stack's secret and the file then have one key.
"""

EXITS = """\
exit codes:
  0  the new key is everywhere, and the tunnel is up with it
  1  the old key is everywhere: the device had not changed in time, or a step failed
  2  it did not begin: nothing was changed
  3  Azure, the stack's secret and the file may differ: the text says what each has; run it again
"""
OLD, UNFINISHED = 1, 3


class SiteSecret:
    """A site's key among the stack's secrets."""

    def __init__(self, stack: Stack, site: str) -> None:
        self._stack, self._site = stack, site

    def get(self) -> str:
        """The key; empty where there is none."""
        text, _ = self._stack.config().get(f"{NAMESPACE}:vpnSharedKeys", ("", True))
        found = json.loads(text) if text else {}
        return str(found.get(self._site, "")) if isinstance(found, dict) else ""

    def set(self, key: str) -> None:
        """Let this be the key."""
        self._stack.set_secret(f"vpnSharedKeys.{self._site}", key)


def add(commands: Any, formatter: Any) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        "rotate-key", help="give a site a new shared key: Azure, the device and the stack", description=ROTATE,
        epilog=f"{AZURE}\n{EXITS}", formatter_class=formatter,
    )  # fmt: skip
    parser.set_defaults(run=run)
    add_arguments(parser)
    parser.add_argument("--site", required=True, metavar="NAME", help="the site, as in vpn.sites")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--stdin", action="store_true", help="read the new key from standard input (default: make one)")
    source.add_argument(
        "--from-stack", action="store_true", help="give Azure the key that the stack's secret has already"
    )
    parser.add_argument(
        "--appliance", type=Path, metavar="DIR",
        help="put the key into the device's files too: a folder of `python -m appliance` (swanctl/secrets.conf)",
    )  # fmt: skip
    add_waiting(parser, 30.0, "how long the device's operator has to change the key there", 10.0)


def run(args: argparse.Namespace) -> int:
    """The command; the answer is its exit code."""
    OneInterrupt("still making sure that there is one key")
    try:
        one = given(args)
        check_rights(one.azure, one.live, "rotate-key")
        rotation = Rotation(
            one.azure,
            one.live,
            args.site,
            SiteSecret(one.stack, args.site),
            record_of(one),
            file=KeyFile(args.appliance, args.site) if args.appliance else None,
            minutes=args.minutes,
            pause_s=args.poll,
            tell=say,
        )
        return _told(_rotate(rotation, one, args), args.site)
    except UnfinishedError as error:
        complain(error)
        return UNFINISHED
    except (BusyError, KeyFileError, *UNABLE_BECAUSE) as error:
        return refused(error)


def _rotate(rotation: Rotation, one: Given, args: argparse.Namespace) -> Outcome:
    if under_way(rotation.record) is not None:
        outcome = rotation.resume()
        if outcome is not None:
            say("What was left unfinished is finished; for another key run it again.")
            _note_in_state(one, args.site)
            return outcome
    new = one.keys["vpnSharedKeys"].get(args.site, "") if args.from_stack else _new_key(args)
    rotation.check(new, from_stack=args.from_stack)
    for line in rotation.lines():
        say(line)
    outcome = rotation.run(new, from_stack=args.from_stack)
    _note_in_state(one, args.site)
    return outcome


def _note_in_state(one: Given, site: str) -> None:
    """Let the state have the key that Azure has: the next update then finds nothing to send."""
    id = one.live.sites[site].lower()
    try:
        resources = one.stack.export()["deployment"].get("resources") or []
        one.stack.refresh(entry["urn"] for entry in resources if str(entry.get("id", "")).lower() == id)
    except (PulumiError, LockedError) as error:
        say(f"  the state could not be refreshed; `pulumi refresh` does it later: {error}")


def _new_key(args: argparse.Namespace) -> str:
    """Raises `UsageError`."""
    if not args.stdin:
        return make_key()
    key = sys.stdin.readline().rstrip("\r\n")
    if not key:
        raise UsageError("Standard input has no key.")
    return key


def _told(outcome: Outcome, site: str) -> int:
    tunnel = "the tunnel is up" if outcome.up else "the tunnel is not up"
    if outcome.holds == "new":
        say(f"Azure and the stack's secret vpnSharedKeys.{site} have the new key; {tunnel}.")
        say("Keep the stack's settings file, which has it encrypted.")
        return SOUND if outcome.up else OLD
    say(f"Azure and the stack's secret vpnSharedKeys.{site} have the old key; {tunnel}.")
    return OLD
