"""A folder with a net to vary, and a Dask cluster of two processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.command_line import REPOSITORY
from tests.sweep import nets

DEADLINE = 120.0
"""Seconds for the start of a cluster, on a machine that has much else to do."""


class Cluster(NamedTuple):
    """The processes of a cluster, and the scheduler's address."""

    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    address: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    nets.write(tmp_path)
    return tmp_path


def start(folder: Path, program: str, *options: str) -> subprocess.Popen[bytes]:
    """Starts a process of the cluster, in a folder without the nets: a worker elsewhere has no such files."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    arguments = [sys.executable, "-m", f"distributed.cli.dask_{program}", "--scheduler-file", str(folder / "dask.json")]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*arguments, *options], cwd=elsewhere, env={"PYTHONPATH": str(REPOSITORY)}, **quiet)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    distributed = pytest.importorskip("distributed", reason="pip install 'cnncalc[search]'")
    scheduler = start(folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    processes = [scheduler]
    try:
        end = time.monotonic() + DEADLINE
        while not (folder / "dask.json").exists() and time.monotonic() < end:
            time.sleep(0.05)
        workers = [start(folder, "worker", "--no-nanny", "--nthreads", "1", "--no-dashboard") for _ in range(2)]
        processes += workers
        with distributed.Client(scheduler_file=str(folder / "dask.json"), timeout=DEADLINE) as client:
            client.wait_for_workers(2, timeout=DEADLINE)
            address = client.scheduler.address
        yield Cluster(scheduler, workers, address)
    finally:
        for process in processes:
            process.kill()
            process.wait()
