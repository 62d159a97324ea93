"""What the commands tell people: every line of theirs is made here, so whatever Azure has in it stays text."""

import os
import sys

from topology.show.escape import visible


def say(text: str, *, aside: bool = False) -> None:
    """Print one line at once; aside: where results for programs go the other way. A terminal that is closed ends
    nothing."""
    try:
        print(visible(text), file=sys.stderr if aside else sys.stdout, flush=True)
    except (OSError, ValueError):
        # Nobody reads it any more, and nothing after this fails for it.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


def complain(error: Exception) -> None:
    """Print why something was not done, which may have several lines."""
    print("\n".join(map(visible, str(error).splitlines())), file=sys.stderr)
