"""Times of processes and of functions, taken in turn, so that whatever else the machine does disturbs all alike."""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import statistics
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Time(NamedTuple):
    """Seconds: of the processor, in all processes and in the kernel, and on the wall."""

    cpu: float
    wall: float


Measured = Callable[[], Time]


class Failed(Exception):
    """A command that was to be timed ended with an error."""


def of_process(command: Sequence[str], folder: Path | None = None, **environment: str) -> Measured:
    """Times a command from start to end, with the processes that it starts."""

    def measured() -> Time:
        with _Stopwatch() as stopwatch:
            done = subprocess.run(
                command, cwd=folder, env={**os.environ, **environment},
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )  # fmt: skip
        if done.returncode:
            raise Failed(f"{' '.join(command[:4])}: {done.stderr.decode()[-500:]}")
        return stopwatch.time

    return measured


def on_terminal(command: Sequence[str], columns: int = 140) -> Measured:
    """Times a command whose standard output is a terminal of so many columns, which somebody reads."""

    def measured() -> Time:
        terminal, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color"}
        with _Stopwatch() as stopwatch:
            process = subprocess.Popen(command, env=environment, stdout=end, stderr=subprocess.DEVNULL)
            os.close(end)
            with suppress(OSError):  # Linux says so when the last writer is gone
                while os.read(terminal, 65536):
                    pass
            code = process.wait()
        os.close(terminal)
        if code:
            raise Failed(" ".join(command[:4]))
        return stopwatch.time

    return measured


class _Stopwatch:
    """Measures what the processes take that start and end inside a `with` block."""

    def __enter__(self) -> _Stopwatch:
        self._before, self._start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        wall, after = time.perf_counter() - self._start, resource.getrusage(resource.RUSAGE_CHILDREN)
        before = self._before
        self.time = Time(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def of_function(function: Callable[[], object]) -> Measured:
    """Times a call of a function in this process."""

    def measured() -> Time:
        cpu, wall = time.process_time(), time.perf_counter()
        function()
        return Time(time.process_time() - cpu, time.perf_counter() - wall)

    return measured


def in_turn(cases: Mapping[str, Measured], rounds: int) -> dict[str, Time]:
    """The median of each case, of so many rounds of all of them."""
    times: dict[str, list[Time]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, measured in cases.items():
            times[name].append(measured())
    return {
        name: Time(statistics.median(one.cpu for one in taken), statistics.median(one.wall for one in taken))
        for name, taken in times.items()
    }
