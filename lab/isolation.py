"""The lab's own corner of the machine: namespaces for network, processes and mounts, which end with the lab.

Whatever happens to the lab, the kernel takes everything back: its first process ends, so all its processes end, and
with them the network namespaces and the private /run and /etc. That is also why two labs can run at once.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ENTER = [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--net",
]


def command(module: str, arguments: list[str]) -> list[str]:
    """The command line that runs `python -m MODULE ARGUMENTS` in namespaces of its own.

    Its process ends everything in them when it is terminated or killed, and when the process that started it is gone.
    """
    return [*ENTER, sys.executable, "-m", module, *arguments]


def settle_in() -> None:
    """Makes /run, /etc and /var/tmp private; to be called once, inside."""
    private = Path("/run")
    for folder, mode in (("/run", "755"), ("/var/tmp", "1777")):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", folder], check=True)
    (private / "netns").mkdir()
    shutil.copytree("/etc", private / "etc", symlinks=True, ignore_dangling_symlinks=True)
    subprocess.run(["mount", "--bind", str(private / "etc"), "/etc"], check=True)
