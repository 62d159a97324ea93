"""`python -m simulator`: serve a simulated Azure to Pulumi, look at it, and act on it."""

import signal
import sys

from simulator.cli import main

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a traceback
    sys.exit(main(sys.argv[1:]))
