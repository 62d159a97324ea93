"""Where a command's text goes: to standard output, or to the file of `--out`."""

import argparse
import signal
import sys
from pathlib import Path


def end_quietly() -> None:
    """Let Ctrl-C, and a reader such as `head` that wants no more, end a command without a traceback."""
    for name in ("SIGINT", "SIGPIPE"):
        if (number := getattr(signal, name, None)) is not None:  # Windows has no SIGPIPE.
            signal.signal(number, signal.SIG_DFL)


def hand_over(text: str, out: Path | None, parser: argparse.ArgumentParser) -> None:
    """Write the text. A file that cannot be written is wrong usage: the parser says so, and ends the command with 2."""
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        parser.error(f"--out: {out} cannot be written: {error.strerror}")
