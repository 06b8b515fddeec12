"""Time and memory of the worst inputs, each as a whole process: `python -m benchmarks.hostile` writes the table.

`python -m benchmarks.hostile WORD` runs only those whose name has the word, and writes nothing.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.hostile_inputs import HOSTILE_INPUTS, LARGE_NETS, HostileInput, write

REPOSITORY: Final = Path(__file__).parent.parent
PAGE: Final = REPOSITORY / "docs" / "developers" / "hostile-input.md"
MAX_SECONDS: Final = 5.0
MAX_MEGABYTES: Final = 400


ORDINARY: Final = HostileInput("LeNet-5", dict, "summary lenet5")
"""No attack: how fast the machine is."""
MEASURE: Final = """
import json, os, subprocess, sys
with open("stdout", "wb") as stdout, open("stderr", "wb") as stderr:
    process = subprocess.Popen(sys.argv[1:], stdout=stdout, stderr=stderr)
    _, status, usage = os.wait4(process.pid, 0)
print(json.dumps([usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""
"""Run by a Python of its own: the most memory of a process counts from that of the one that starts it."""


class Run(NamedTuple):
    """How a process ended: seconds of processor time, megabytes at most, exit code, the first line that it wrote."""

    seconds: float
    megabytes: float
    code: int
    said: str

    @property
    def is_fine(self) -> bool:
        """Whether it kept the limits, and ended as a command may."""
        return self.seconds < MAX_SECONDS and self.megabytes < MAX_MEGABYTES and self.code in (0, 1, 2)


def run(hostile: HostileInput) -> Run:
    """Runs `cnncalc` on an input, alone in a folder."""
    with tempfile.TemporaryDirectory() as folder:
        write(hostile, Path(folder))
        # Output goes to files: a pipe would have to be emptied while the process runs.
        command = [sys.executable, "-m", "cnncalc", *shlex.split(hostile.command)]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        measured = subprocess.run(
            [sys.executable, "-I", "-S", "-c", MEASURE, *command], cwd=folder, env=environment, capture_output=True
        )
        seconds, size, code = json.loads(measured.stdout)
        errors = Path(folder, "stderr").read_text().splitlines()
        said = errors[0] if errors else "a report"
        megabytes = size / 1024 if sys.platform != "darwin" else size / 1024**2
        return Run(seconds, megabytes, code, said)


def page(runs: list[tuple[HostileInput, Run]], ordinary: Run) -> str:
    """The page of the docs."""
    hostile = [(input, run) for input, run in runs if not input.is_large]
    slowest = max(run.seconds for _, run in hostile)
    largest = max(run.megabytes for _, run in hostile)
    return f"""# Hostile input

Specs and answer sheets come from strangers. Whatever a file holds, the end is a right answer or a diagnostic of a few
lines, soon and in little memory, with nothing executed and nothing else read.

The worst inputs that we could think of, each as a whole process (`python -m benchmarks.hostile` writes this page): at
most {slowest:.1f} s of processor time and {largest:.0f} MB, the start of Python included. The table of LeNet-5 takes
{ordinary.seconds:.2f} s on the same machine. The limits that we hold ourselves to are {MAX_SECONDS:.0f} s and
{MAX_MEGABYTES} MB.

{_table(hostile)}

## Large nets

A net within the limit on layers (200,000, unless `--max-expanded` says otherwise) is computed, every layer of it.
That takes time and memory in proportion; who reads strangers' specs and wants less of both sets a lower limit.

{_table([(input, run) for input, run in runs if input.is_large])}
"""


def _table(runs: list[tuple[HostileInput, Run]]) -> str:
    head = ["| input | s | MB | what comes of it |", "|---|---:|---:|---|"]
    rows = [f"| {input.name} | {run.seconds:.2f} | {run.megabytes:.0f} | {_cell(run.said)} |" for input, run in runs]
    return "\n".join([*head, *rows])


def _cell(text: str) -> str:
    shown = text if len(text) <= 100 else text[:97] + "..."
    return shown if shown == "a report" else "`" + shown.replace("`", "'").replace("|", "\\|") + "`"


def main(words: list[str]) -> int:
    """Runs the inputs, prints a line for each, and writes the page where all were run."""
    runs: list[tuple[HostileInput, Run]] = []
    for hostile in (*HOSTILE_INPUTS, *LARGE_NETS):
        if words and not any(word in hostile.name for word in words):
            continue
        end = run(hostile)
        runs.append((hostile, end))
        mark = " " if end.is_fine or hostile.is_large else "!"
        said = f"{hostile.name}: {end.said[:70]}"
        print(f"{mark} {end.seconds:6.2f} s {end.megabytes:5.0f} MB  {end.code}  {said}", flush=True)
    if not words:
        PAGE.write_text(page(runs, run(ORDINARY)))
    return 0 if all(end.is_fine or hostile.is_large for hostile, end in runs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
