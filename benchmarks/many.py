"""Many: different specs of 20 layers each, through the Python API and through the command."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cnncalc
from benchmarks.measuring import in_turn, of_function, of_process
from benchmarks.nets import small_spec
from benchmarks.page import Line, rate

COUNT = 10_000
ROUNDS = 3
PER_CORE = 300


def lines() -> Iterator[Line]:
    """Specs per second of one core; with several processes, on the wall as well."""
    texts = [small_spec(number) for number in range(COUNT)]
    assert all(len(cnncalc.loads(text).analyze().layers) == 21 for text in texts[:100])

    def api() -> None:
        for text in texts:
            cnncalc.loads(text).analyze().to_dict()

    asked = f"{PER_CORE} specs/s and core"
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{number}.yaml" for number in range(COUNT)]
        for name, text in zip(names, texts, strict=True):
            (Path(folder) / name).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "cnncalc", "summary", *names, "--format", "jsonl", "--jobs"]
        jobs = sorted({1, os.cpu_count() or 1})
        cases = {"the Python API, loads(text).analyze().to_dict()": of_function(api)} | {
            f"`cnncalc summary *.yaml --format jsonl --jobs {count}`": of_process([*command, str(count)], Path(folder))
            for count in jobs
        }
        for name, time in in_turn(cases, ROUNDS).items():
            whole = rate(COUNT, time.wall, "specs") + " on the wall"
            yield Line(f"{COUNT:,} specs by {name}", f"{rate(COUNT, time.cpu, 'specs')} and core", whole, asked)
