"""What the lab needs of a machine, and what to do about it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import bird

PACKAGES = {
    "bird2": bird.DAEMON,
    "frr": "/usr/lib/frr/bgpd",
    "strongswan-swanctl": "/usr/sbin/swanctl",
    "charon-systemd": "/usr/sbin/charon-systemd",
    "libcharon-extra-plugins": "/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so",
    "libstrongswan-standard-plugins": "/usr/lib/ipsec/plugins/libstrongswan-openssl.so",
    "nftables": "/usr/sbin/nft",
    "iproute2": "/usr/sbin/ip",
}
"""Debian packages, each with a file by which it is known to be there."""
_REFUSED = "the kernel or the container refuses"


def what_is_missing() -> str | None:
    """Why the lab cannot run here, in words; None once it can, with its Debian packages installed."""
    reasons = list(obstacles())
    if reasons:
        return "; ".join(reasons)
    missing = missing_packages()
    if missing:
        print(f"Installing Debian packages: {', '.join(missing)} ...", flush=True)
        failed = install_packages(missing)
        if failed:
            return f"it needs Debian's packages {', '.join(missing)}, and {failed}"
    return "; ".join(kernel_obstacles()) or None


def missing_packages() -> list[str]:
    """The Debian packages that are not installed."""
    return [name for name, file in PACKAGES.items() if not Path(file).exists()]


def obstacles() -> Iterator[str]:
    """Why the lab cannot run here, in words; nothing where it can (packages may still have to be installed)."""
    if os.geteuid() != 0:
        yield "it needs root, to make network namespaces"
        return
    release = Path("/etc/os-release")
    if not (release.exists() and "debian" in release.read_text().lower() and shutil.which("apt-get")):
        if missing_packages():
            yield f"it needs Debian's packages {', '.join(missing_packages())}, and this is not Debian"
        return
    if not os.path.exists("/dev/net/tun"):
        yield "it needs /dev/net/tun, for IPsec in userspace"
    if _fails("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--net", "true"):
        yield f"it needs namespaces of its own for network, processes and mounts; {_REFUSED} them"
    elif _fails("unshare", "--net", "ip", "link", "add", "lab0", "type", "veth", "peer", "name", "lab1"):
        yield f"it needs veth links; {_REFUSED} them"


def kernel_obstacles() -> Iterator[str]:
    """What shows only with the packages installed."""
    rules = "table inet t { chain c { type filter hook forward priority 0; ip dscp set 8; }; }"
    if _fails("unshare", "--net", "nft", rules):
        yield f"it needs nftables; {_REFUSED} it"


def install_packages(missing: list[str]) -> str | None:
    """Installs Debian packages without starting their services; the reason where that fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    policy = Path("/usr/sbin/policy-rc.d")
    made = not policy.exists()
    with tempfile.TemporaryFile("w+") as log:
        try:
            if made:
                # Debian's own way to keep a newly installed service from starting at once.
                policy.write_text("#!/bin/sh\nexit 101\n")
                policy.chmod(0o755)
            for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
                result = subprocess.run(
                    ["apt-get", *command], env=environment, stdout=log, stderr=subprocess.STDOUT, check=False
                )
                if result.returncode:
                    log.seek(0)
                    return f"apt-get {command[0]} failed: {log.read().strip()[-300:]}"
        finally:
            if made:
                policy.unlink(missing_ok=True)
    if Path("/run/systemd/system").exists():
        subprocess.run(["systemctl", "disable", "--quiet", "frr", "strongswan", "nftables"], check=False)
    return None


def _fails(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode != 0
    except (OSError, subprocess.TimeoutExpired):
        return True
