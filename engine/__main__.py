"""The command line of this room: `python -m engine --help`."""

import argparse
import sys

from engine.locate import NoEngineError, bin_folder

DESCRIPTION = r"""\ Gives this machine a Pulumi CLI: one on PATH that is new enough, else the official one,
installed into your cache
folder, else one built there from its Go module (4 to 5 minutes, once)."""


def main() -> int:
    """Run one command; 0 when it worked."""
    parser = argparse.ArgumentParser(prog="python -m engine", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("path", help='print the folder to put on PATH: export PATH="$(python -m engine path):$PATH"')
    commands.add_parser("demo", help="bring up the stack `reference` on a simulated Azure, in both phases")
    arguments = parser.parse_args()
    try:
        if arguments.command == "path":
            print(bin_folder())
            return 0
        from engine.demo import run

        return run()
    except NoEngineError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
