"""The command line of this folder: `python -m toolchain --help`."""

import argparse
import signal
import sys

from toolchain.environments import NoEnvironmentError, policy_pack
from toolchain.go_tools import NoToolError, with_yaml
from toolchain.locate import NoEngineError, bin_folder

DESCRIPTION = """Gives this machine a Pulumi CLI: one on PATH that is new enough, else the official one, installed into
your cache folder, else one built there from its Go module (4 to 5 minutes, once)."""


ENDING = (signal.SIGTERM, signal.SIGHUP)
"""Signals after which what was started is still ended and removed; the second comes when a terminal is closed."""


def end(number: int, _: object) -> None:
    """Leave by way of every `finally`, once: `make` hands a signal on that the whole group has had already."""
    for other in ENDING:
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def main() -> int:
    """Run one command; 0 when it worked."""
    parser = argparse.ArgumentParser(prog="python -m toolchain", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("path", help='print the folder to put on PATH: export PATH="$(make -s engine):$PATH"')
    commands.add_parser("policy", help="make the policy pack's environment; print the folder for --policy-pack")
    commands.add_parser("yaml", help="as path, with what runs programs in YAML (built here if need be, two minutes)")
    commands.add_parser("demo", help="bring up the stack `reference` on a simulated Azure, in both phases")
    arguments = parser.parse_args()
    for number in ENDING:
        # `nohup` has switched it off.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        if arguments.command == "path":
            print(bin_folder())
            return 0
        if arguments.command == "yaml":
            print(with_yaml())
            return 0
        if arguments.command == "policy":
            print(policy_pack())
            return 0
        from toolchain.demo import run

        return run()
    except (NoEngineError, NoEnvironmentError, NoToolError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; all that was started is ended and removed.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
