"""Writes what is made by machine: parts of docs/*.md, the schemas of settings and components, pictures, Pulumi.yaml."""

import sys

from tests.pages.made import files


def main(arguments: list[str]) -> int:
    """Writes every file that is made, or has a made part."""
    if arguments:
        print(f"usage: python -m tests.pages\n{__doc__}", file=sys.stderr)
        return 0 if arguments == ["--help"] else 2
    for path, text in files():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
