"""Where a command's text goes: to standard output, or to the file of `--out`."""

import argparse
import sys
from pathlib import Path


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
