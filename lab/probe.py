"""The probes: numbered UDP packets, sent and received by an agent in each machine at the ends.

`python -m lab.probe` is such an agent: it takes commands on its standard input and answers on its standard output, one
JSON object a line. Links and tunnels leave their mark on a probe (see `lab.world`), so each probe tells its own path.
"""

import contextlib
import json
import os
import socket
import struct
import sys
import threading
import time
from typing import Any

PORT = 7000
BODY = struct.Struct("!IIQ")
"""Stream, number, and when it was sent (nanoseconds of the machine's monotonic clock)."""


class Agent:
    """Sends streams of probes and remembers what arrives."""

    def __init__(self) -> None:
        self.sent: dict[int, list[tuple[int, int]]] = {}
        self.received: dict[int, list[tuple[int, int, int, int]]] = {}
        self.halted: dict[int, threading.Event] = {}
        self.threads: dict[int, threading.Thread] = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        self.socket.bind(("0.0.0.0", PORT))
        threading.Thread(target=self._receive, daemon=True).start()

    def send(self, stream: int, source: str, target: str, interval: float, count: int | None) -> None:
        """Starts a stream: count probes, or until it is halted."""
        self.sent[stream] = []
        self.halted[stream] = threading.Event()
        arguments = (stream, source, target, interval, count)
        self.threads[stream] = threading.Thread(target=self._send, args=arguments, daemon=True)
        self.threads[stream].start()

    def halt(self, stream: int) -> list[tuple[int, int]]:
        """Ends a stream and tells what was sent: number and time of each probe."""
        if stream in self.halted:
            self.halted[stream].set()
            self.threads.pop(stream).join()
        return self.sent.pop(stream, [])

    def _send(self, stream: int, source: str, target: str, interval: float, count: int | None) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.bind((source, 0))
            due = time.monotonic()
            number = 0
            while (count is None or number < count) and not self.halted[stream].is_set():
                now = time.monotonic_ns()
                self.sent[stream].append((number, now))
                # Without a route at the very start of the path it is sent, as far as the user is concerned, and lost.
                with contextlib.suppress(OSError):
                    out.sendto(BODY.pack(stream, number, now), (target, PORT))
                number += 1
                due += interval
                time.sleep(max(0.0, due - time.monotonic()))

    def _receive(self) -> None:
        while True:
            body, extra, _, _ = self.socket.recvmsg(256, 64)
            now = time.monotonic_ns()
            stream, number, sent = BODY.unpack(body[: BODY.size])
            mark = extra[0][2][0] >> 2 if extra else 0
            self.received.setdefault(stream, []).append((number, sent, now, mark))


def main() -> None:
    """Answers commands until the input ends."""
    if hasattr(os, "nice"):
        os.nice(-10)
    agent = Agent()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command: dict[str, Any] = json.loads(line)
        answer: Any = True
        match command.pop("do"):
            case "send":
                agent.send(**command)
            case "halt":
                answer = agent.halt(**command)
            case "received":
                answer = agent.received.pop(command["stream"], [])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
