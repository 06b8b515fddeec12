"""An interrupted sweep goes on where its file ends: the same bytes as without the interruption."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import REPOSITORY, run

COMMAND = "cnncalc sweep small.yaml --vary width=1..70 --vary depth=1,3,16 --columns params,receptive_field"


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "jsonl"])
@pytest.mark.parametrize("options", ["", "--where 'params > 20K'", "--sample 230 --seed 3"])
def test_a_file_is_gone_on_with_wherever_it_ends(format: str, options: str, folder: Path) -> None:
    file = folder / f"points.{format}"
    assert run(f"{COMMAND} {options} -o {file.name}", folder).code == 0
    whole = file.read_bytes()
    for length in (0, 7, len(whole) // 3, len(whole) // 2 + 1, len(whole) - 1, len(whole)):
        file.write_bytes(whole[:length])
        assert run(f"{COMMAND} {options} -o {file.name} --resume", folder).code == 0
        assert file.read_bytes() == whole, length


def test_a_file_of_another_sweep_is_left_alone(folder: Path) -> None:
    assert run(f"{COMMAND} -o points.csv", folder).code == 0
    before = (folder / "points.csv").read_bytes()
    for other in (COMMAND.replace("width=1..70", "width=200..300"), COMMAND.replace("params", "ops")):
        end = run(f"{other} -o points.csv --resume", folder)
        assert end.code == 2
        assert "was not written by this sweep" in end.stderr
    assert (folder / "points.csv").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_signal_ends_it_cleanly(number: signal.Signals, jobs: int, folder: Path) -> None:
    arguments = [*COMMAND.replace("1..70", "1..9000").split()[1:], "-o", "points.csv", "--jobs", str(jobs)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", *arguments], cwd=folder, env=environment, stderr=subprocess.PIPE
    )
    file = folder / "points.csv"
    while process.poll() is None and not (file.exists() and file.stat().st_size > 2000):
        time.sleep(0.02)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert b"--resume goes on" in stderr
    written = file.read_bytes()
    assert written.endswith(b"\n")
    assert run(f"{COMMAND.replace('1..70', '1..30')} -o short.csv", folder).code == 0
    assert written.startswith((folder / "short.csv").read_bytes()[:1500])
