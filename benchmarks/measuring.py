"""Times of processes and of functions, taken in turn, so that whatever else the machine does disturbs all alike."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
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
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise Failed(f"{' '.join(command[:4])}: {done.stderr.decode()[-500:]}")
        return Time(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)

    return measured


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
