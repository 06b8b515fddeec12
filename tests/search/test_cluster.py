"""A sweep on a Dask cluster: a worker that dies loses nothing, a scheduler that is lost leaves what was written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.command_line import REPOSITORY, run
from tests.search.conftest import DEADLINE, Cluster

SWEEP = "cnncalc sweep small.yaml --vary width=1..400 --vary depth=1,2,3,4,16 --columns params,receptive_field"


def started(folder: Path, options: str) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    arguments = [sys.executable, "-m", "cnncalc", *SWEEP.split()[1:], *options.split()]
    return subprocess.Popen(arguments, cwd=folder, env=environment, stderr=subprocess.PIPE)


def wait_for_rows(process: subprocess.Popen[bytes], file: Path) -> None:
    end = time.monotonic() + DEADLINE
    while process.poll() is None and time.monotonic() < end and not (file.exists() and file.stat().st_size > 2000):
        time.sleep(0.01)
    assert process.poll() is None, "it ended before anything could happen to it"


def test_a_worker_is_killed_in_the_middle(cluster: Cluster, folder: Path) -> None:
    process = started(folder, f"--scheduler {cluster.address} -o cluster.csv")
    wait_for_rows(process, folder / "cluster.csv")
    cluster.workers[0].kill()
    _, stderr = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, stderr
    assert run(f"{SWEEP} --jobs 1 -o alone.csv", folder).code == 0
    assert (folder / "cluster.csv").read_bytes() == (folder / "alone.csv").read_bytes()


def test_the_scheduler_is_lost(cluster: Cluster, folder: Path) -> None:
    process = started(folder, f"--scheduler {cluster.address} -o points.csv --error-format json")
    wait_for_rows(process, folder / "points.csv")
    cluster.scheduler.kill()
    _, stderr = process.communicate(timeout=DEADLINE)
    assert process.returncode == 2, stderr
    assert b"--resume goes on" in stderr
    assert json.loads(stderr[stderr.rindex(b"\n[") :])[0]["id"] == "cluster-lost"
    assert run(f"{SWEEP} --jobs 1 -o alone.csv", folder).code == 0
    whole = (folder / "alone.csv").read_bytes()
    assert 0 < (folder / "points.csv").stat().st_size < len(whole)
    assert run(f"{SWEEP} -o points.csv --resume", folder).code == 0
    assert (folder / "points.csv").read_bytes() == whole
