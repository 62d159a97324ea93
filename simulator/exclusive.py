"""What only one process may have: a cloud to serve, and a TCP port. Who comes second is told who was first."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(cloud: Path) -> Iterator[None]:
    """Be the one who serves a cloud; ValueError, naming the other process, when there is one.

    The lock is a file beside the cloud's, never that file itself: SQLite loses its own locks on a file that the same
    process closes. It goes with the process, however that ends; the file stays, and means nothing.
    """
    cloud = cloud.resolve()
    cloud.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(f"{cloud}.lock", os.O_CREAT | os.O_RDWR, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = file.read().strip() or "another process"
            raise ValueError(f"{cloud} is served already, by {other}; attach to that one, or end it first") from None
        file.truncate()
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def check_port(port: int) -> None:
    """Refuse a TCP port of this machine that cannot be had: ValueError, naming the process that has it if seen."""
    # gRPC would say so too, but with lines of its own on stderr.
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ValueError(f"port {port} cannot be had: {error.strerror}; leave --port out for another") from None
            raise ValueError(f"port {port} is in use by {_listener(port)}; leave --port out for a free one") from None


def _listener(port: int) -> str:
    """Who listens on a port, as far as Linux tells."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = [line.split() for line in Path(table).read_text().splitlines()[1:]]
        except OSError:
            continue
        # Columns: 1 is address:port in hexadecimal, 3 the state (0A listens), 9 the inode.
        sockets |= {
            f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].rsplit(":", 1)[1], 16) == port
        }
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in sockets:
                return f"process {link.parts[2]}"
        except OSError:
            continue
    return "another process"
