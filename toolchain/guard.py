"""Runs a command that must not outlive whoever asked for it: `python -m toolchain.guard FOLDER COMMAND...`

However that process ends, killed included, the pipe that is this one's standard input closes, and the command is ended
with all that it started. It is the leader of the session that they are all in.
"""

import os
import subprocess
import sys
import threading

from toolchain.process import kill_others


def end_when_alone() -> None:
    """Wait for the end of standard input, into which nothing is ever written, and end the session."""
    while os.read(0, 1):
        pass
    kill_others(os.getpid())
    os._exit(1)


def main() -> int:
    """Run the command in the folder: its exit code, 128 and the signal's number when a signal ended it."""
    threading.Thread(target=end_when_alone, daemon=True).start()
    code = subprocess.run(sys.argv[2:], cwd=sys.argv[1], stdin=subprocess.DEVNULL, check=False).returncode
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
