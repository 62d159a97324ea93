"""Prints what a change of each setting does; `--write` puts it into the project too: as data, and in README.md."""

import sys

from tests.consequences.table import README, in_readme, rows
from tests.consequences.trial import trials
from topology.review.consequences import FILE, table, written


def main(arguments: list[str]) -> int:
    """Tries every case; about a minute."""
    if arguments not in ([], ["--write"]):
        print(f"usage: python -m tests.consequences [--write]\n{__doc__}", file=sys.stderr)
        return 2
    made = rows(trials())
    print(table(made))
    if arguments:
        FILE.write_text(written(made))
        README.write_text(in_readme(README.read_text(), table(made)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
