"""The simulated Azure as a process of its own: `python -m simulator`."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolchain.locate import PROJECT
from toolchain.process import end_session

PYTHON = sys.executable

START_SECONDS = 60.0
"""How long the simulator may take until it serves."""


class SimulatorError(Exception):
    """The simulator did not start, or refused a command; the text has what it said."""


@dataclass
class Simulator:
    """A served cloud. `attach` is what the engine needs in PULUMI_DEBUG_PROVIDERS, `faults` the file of faults, `arm`
    the options with which `python -m operations` finds it, where it is served over HTTPS too."""

    cloud: Path
    attach: str
    environment: Mapping[str, str]
    arm: tuple[str, ...] = ()

    @property
    def faults(self) -> Path:
        """The file of faults (`python -m simulator faults --help`), read again when it changes; empty at first."""
        return self.cloud.with_name("faults.yaml")

    @property
    def log(self) -> Path:
        """What the simulator says while it serves."""
        return self.cloud.with_name("simulator.log")

    @classmethod
    @contextmanager
    def serve(
        cls, cloud: Path, environment: Mapping[str, str], minute_ms: float | None = None, *, arm: bool = False
    ) -> "Iterator[Simulator]":
        """Serve the cloud in `cloud` (an SQLite file, made when missing) until the block is left.

        minute_ms: real milliseconds a simulated minute; by default as the cloud has it (50 at first). arm: over HTTPS
        too, for Azure's own client.
        """
        simulator = cls(cloud, "", dict(environment))
        simulator.faults.write_text("[]\n")
        command = _command("serve", "--cloud", str(cloud), "--port", "0", "--faults", str(simulator.faults))
        if minute_ms is not None:
            command += ["--minute-ms", str(minute_ms)]
        if arm:
            command += ["--arm-port", "0"]
        with simulator.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=PROJECT,
                env=simulator.environment,
                start_new_session=True,
            )
        try:
            wanted = ("PULUMI_DEBUG_PROVIDERS", *(("SIMULATED_ARM", "SIMULATED_ARM_CA") if arm else ()))
            simulator.attach, *served = _lines(process, simulator.log, wanted)
            if served:
                simulator.arm = ("--endpoint", served[0], "--certificate", served[1])
            yield simulator
        finally:
            end_session(process, grace=5.0)

    def command(self, *arguments: str) -> str:
        """Run one command of the simulator on this cloud: its output. Raises `SimulatorError`."""
        command = _command(arguments[0], "--cloud", str(self.cloud), *arguments[1:])
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode != 0:
            raise SimulatorError(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout


def _command(*arguments: str) -> list[str]:
    return [PYTHON, "-m", "simulator", *arguments]


def _lines(process: subprocess.Popen[str], log: Path, wanted: Sequence[str]) -> list[str]:
    """The values of the lines that the simulator prints, in this order, when it is ready."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert process.stdout is not None
    output = process.stdout

    def read() -> None:
        # Whatever else it prints must not fill the pipe; an empty line is its end.
        for line in output:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    values = []
    for expected in wanted:
        try:
            line = lines.get(timeout=START_SECONDS).strip()
        except queue.Empty:
            raise SimulatorError(f"the simulator did not start within {START_SECONDS:.0f} s") from None
        name, _, value = line.partition("=")
        if name != expected:
            raise SimulatorError(f"the simulator did not start: {line}{os.linesep}{log.read_text()}")
        values.append(value)
    return values
