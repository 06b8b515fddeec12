"""Scale: time and memory per layer, from a thousand layers to a million, each size in a process of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.page import Line, times

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LAYERS_PER_PROCESS = 100_000
"""Smaller nets are analysed again and again, so that there is something to time."""
AT_MOST = 1.3
ROUNDS = 3
SECONDS = """
import sys, time
import cnncalc
from benchmarks.nets import chain

layers, repeats = int(sys.argv[1]), int(sys.argv[2])
text = chain(layers)
cnncalc.loads(chain(300)).analyze()
begin = time.process_time()
for _ in range(repeats):
    report = cnncalc.loads(text).analyze()
print((time.process_time() - begin) / repeats / len(report.layers))
"""
BYTES = """
import sys, tracemalloc
import cnncalc
from benchmarks.nets import chain

text = chain(int(sys.argv[1]))
cnncalc.loads(chain(300)).analyze()
tracemalloc.start()
report = cnncalc.loads(text).analyze()
print(tracemalloc.get_traced_memory()[1] / len(report.layers))
"""
"""At the peak; to follow every allocation takes several times as long as the work itself."""


def lines() -> Iterator[Line]:
    """Per layer, from text to report."""
    taken: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        for size in SIZES:
            taken[size].append(measure(SECONDS, size, max(LAYERS_PER_PROCESS // size, 1)))
    seconds = {size: statistics.median(times_of_size) for size, times_of_size in taken.items()}
    memory = {size: measure(BYTES, size) for size in SIZES}
    for size in SIZES:
        yield Line(f"{size:,} layers", f"{seconds[size] * 1e6:.1f} us and {memory[size] / 1e3:.2f} kB per layer")
    for what, values in (("time", seconds.values()), ("memory", memory.values())):
        spread = times(max(values) / min(values))
        yield Line(f"largest {what} per layer", spread, "of the smallest", f"at most {AT_MOST}")


def measure(code: str, *arguments: int) -> float:
    """What a piece of Python prints, run in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
