"""Prints what a change of each setting does; `--write` puts it into README.md too."""

import sys

from tests.consequences.table import README, table, written
from tests.consequences.trial import trials


def main(arguments: list[str]) -> int:
    """Tries every case; about a minute."""
    if arguments not in ([], ["--write"]):
        print(f"usage: python -m tests.consequences [--write]\n{__doc__}", file=sys.stderr)
        return 2
    made = table(trials())
    print(made)
    if arguments:
        README.write_text(written(README.read_text(), made))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
