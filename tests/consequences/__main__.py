"""Prints what a change of each setting does; `--write` puts it into the project: as data, and in docs/changes.md."""

import sys

from tests.consequences.table import rows
from tests.consequences.trial import trials
from tests.pages.__main__ import main as pages
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
        return pages([])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
