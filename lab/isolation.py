"""The lab's own corner of the machine: namespaces for network, processes and mounts, which end with the lab.

Whatever happens to the lab, the kernel takes everything back: its first process ends, so all its processes end, and
with them the network namespaces and the private /run and /etc. That is also why two labs can run at once.
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

ENTER = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--net"]


def run_inside(module: str, arguments: list[str]) -> int:
    """Runs `python -m MODULE ARGUMENTS` in namespaces of its own and returns its exit code (130 after an interrupt).

    Ctrl-C reaches the inner process by itself; when this process is terminated or killed, the kernel ends the inner one.
    """
    process = subprocess.Popen([*ENTER, sys.executable, "-m", module, *arguments])
    signal.signal(signal.SIGTERM, lambda *_: process.kill())
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue
        return code if code >= 0 else 130


def settle_in() -> None:
    """Makes /run, /etc and /var/tmp private; to be called once, inside."""
    private = Path("/run")
    for folder, mode in (("/run", "755"), ("/var/tmp", "1777")):  # noqa: S108
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", folder], check=True)
    (private / "netns").mkdir()
    shutil.copytree("/etc", private / "etc", symlinks=True, ignore_dangling_symlinks=True)
    subprocess.run(["mount", "--bind", str(private / "etc"), "/etc"], check=True)
