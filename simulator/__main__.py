"""`python -m simulator`: serve a simulated Azure to Pulumi, look at it, and act on it."""

import sys

from simulator.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
