"""The probes: numbered UDP packets, and TCP connections, sent and received by an agent in each machine at the ends.

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
ECHO_PORT = 7001
ECHO_SECONDS = 5.0
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
        echo = socket.create_server(("0.0.0.0", ECHO_PORT), backlog=64)
        threading.Thread(target=self._echo, args=(echo,), daemon=True).start()
        self.connections: dict[int, list[str]] = {}

    def connect(self, stream: int, ends: list[tuple[str, str, float]]) -> None:
        """Opens connections from a source to a target, all at once, each with a time limit in seconds."""
        told = self.connections[stream] = [""] * len(ends)

        def one(index: int, source: str, target: str, limit: float) -> None:
            told[index] = _echoed(source, target, limit)

        threads = [threading.Thread(target=one, args=(index, *end), daemon=True) for index, end in enumerate(ends)]
        for thread in threads:
            thread.start()
        self.threads[stream] = threading.Thread(target=lambda: [thread.join() for thread in threads], daemon=True)
        self.threads[stream].start()

    def connected(self, stream: int) -> list[str]:
        """What became of them: `echoed`, `connected` (no byte came back) or `nothing`."""
        self.threads.pop(stream).join()
        return self.connections.pop(stream)

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

    @staticmethod
    def _echo(server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_answer, args=(connection,), daemon=True).start()

    def _receive(self) -> None:
        while True:
            body, extra, _, _ = self.socket.recvmsg(256, 64)
            now = time.monotonic_ns()
            stream, number, sent = BODY.unpack(body[: BODY.size])
            mark = extra[0][2][0] if extra else 0
            self.received.setdefault(stream, []).append((number, sent, now, mark))


def _answer(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        connection.settimeout(ECHO_SECONDS)
        connection.sendall(connection.recv(1))


def _echoed(source: str, target: str, limit: float) -> str:
    """Tries a new connection, from a fresh port. A byte must come back: where a firewall sees one direction only, a
    bare connect may succeed."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as out:
        out.settimeout(limit)
        try:
            out.bind((source, 0))
            out.connect((target, ECHO_PORT))
        except OSError:
            return "nothing"
        try:
            out.sendall(b"?")
            return "echoed" if out.recv(1) == b"?" else "connected"
        except OSError:
            return "connected"


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
            case "connect":
                agent.connect(**command)
            case "connected":
                answer = agent.connected(**command)
            case "received":
                answer = agent.received.pop(command["stream"], [])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
