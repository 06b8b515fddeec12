"""Processes and files: no worker outlives its parent, no file is left half-written, the terminal is as it was."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.command_line import REPOSITORY, run
from tests.hostile.processes import are_gone, end_session, finish, members, start

pytestmark = pytest.mark.slow

MANY = ["long.yaml"] * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    net = "input: [64, 64, 3]\nlayers: [{Conv2D: {filters: 4, kernel_size: 1, repeat: 3000}}]\n"
    (tmp_path / "long.yaml").write_text(net)
    return tmp_path


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def workers(process: subprocess.Popen[bytes]) -> list[int]:
    return [member for member in members(process.pid) if member != process.pid]


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name
)
def test_no_worker_outlives_its_parent(number: signal.Signals, folder: Path) -> None:
    process = start(["summary", *MANY, "--jobs", "3", "-o", "table.txt"], folder)
    try:
        wait_until(lambda: len(workers(process)) == 3)
        process.send_signal(number)
        end = finish(process)
        assert end.code == (-number if number == signal.SIGKILL else 128 + number)
        assert end.stderr == ""
        assert are_gone(process.pid)
    finally:
        end_session(process)


def test_no_worker_outlives_a_reader_that_has_seen_enough(folder: Path) -> None:
    process = start(["summary", *MANY, "--jobs", "2"], folder)
    try:
        assert process.stdout is not None
        process.stdout.read(100)
        process.stdout.close()
        process.stdout = None
        end = finish(process)
        assert (end.code, end.stderr) == (128 + signal.SIGPIPE, "")
        assert are_gone(process.pid)
    finally:
        end_session(process)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_a_worker_that_is_killed_is_reported_with_its_file(number: signal.Signals, folder: Path) -> None:
    """The others are processed."""
    specs = [f"net{i}.yaml" for i in range(4)]
    for spec in specs:
        (folder / spec).write_text((folder / "long.yaml").read_text())
    process = start(["summary", *specs, "--jobs", "2", "--format", "csv", "--columns", "params"], folder)
    try:
        wait_until(lambda: len(workers(process)) == 2)
        os.kill(workers(process)[0], number)
        end = finish(process)
        assert end.code == 2
        (lost,) = [
            spec for spec in specs if f'error: the process that had "{spec}" was ended by the system' in end.stderr
        ]
        written = {line.partition(",")[0] for line in end.stdout.splitlines()[1:]}
        assert written == set(specs) - {lost}
        assert are_gone(process.pid)
    finally:
        end_session(process)


@pytest.mark.parametrize(("number", "before"), [(signal.SIGTERM, None), (signal.SIGHUP, "as it was")])
def test_a_stopped_output_leaves_no_file(number: signal.Signals, before: str | None, folder: Path) -> None:
    if before is not None:
        (folder / "table.txt").write_text(before)
    names = sorted(path.name for path in folder.iterdir())
    process = start(["summary", *MANY, "-o", "table.txt"], folder)
    try:
        wait_until(lambda: any(path.name.startswith(".cnncalc-") for path in folder.iterdir()))
        process.send_signal(number)
        end = finish(process)
        assert (end.code, end.stderr) == (128 + number, "")
        assert sorted(path.name for path in folder.iterdir()) == names
        assert before is None or (folder / "table.txt").read_text() == before
    finally:
        end_session(process)


def test_errors_that_nobody_reads_leave_no_half_written_file(folder: Path) -> None:
    """With `2>&1 | true`, a file is written nevertheless: it goes to where nobody's leaving matters."""
    (folder / "bad.yaml").write_text("input: 4\nlayers: [Danse]\n")
    ours, theirs = os.pipe()
    os.close(ours)
    arguments = [sys.executable, "-m", "cnncalc", "summary", "long.yaml", "bad.yaml", "long.yaml", "-o", "table.txt"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    end = subprocess.run(arguments, cwd=folder, stdout=theirs, stderr=theirs, env=environment, timeout=60)
    os.close(theirs)
    assert end.returncode == 2
    assert sorted(path.name for path in folder.iterdir()) == ["bad.yaml", "long.yaml", "table.txt"]
    assert (folder / "table.txt").read_text().count("Total params") == 2


@pytest.mark.parametrize("path", ["nodir/", "table.txt/", "./"])
def test_a_folder_is_no_output(path: str, folder: Path) -> None:
    end = run(f"cnncalc summary lenet5 -o {path}", folder)
    assert (end.code, end.stdout) == (2, "")
    assert end.stderr.startswith(f'error: "{path}" cannot be written: Is a directory')
    assert [path.name for path in folder.iterdir()] == ["long.yaml"]


@pytest.mark.parametrize(
    ("command", "number"),
    [(["summary", *MANY, "-o", "/dev/null"], signal.SIGINT), (["check", "long.yaml", "class"], signal.SIGTERM)],
    ids=["SIGINT", "SIGTERM"],
)
def test_the_cursor_comes_back(command: list[str], number: signal.Signals, folder: Path) -> None:
    (folder / "class").mkdir()
    for i in range(60):
        answers = "".join(f"conv2d_{layer}: {{params: {layer}}}\n" for layer in range(1, 100))
        (folder / "class" / f"s{i}.yaml").write_text(answers)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", *command], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "TERM": "xterm"}, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while b"\x1b[?25l" not in shown:
            shown += os.read(ours, 65536)
        process.send_signal(number)
        with suppress(OSError):  # Linux's way to say that the other end is closed
            while part := os.read(ours, 65536):
                shown += part
        assert process.wait(60) == 128 + number, shown
        assert shown.rindex(b"\x1b[?25h") > shown.rindex(b"\x1b[?25l")
        assert b"Traceback" not in shown
    finally:
        end_session(process)
        os.close(ours)


@pytest.mark.parametrize("module", ["cnncalc.cli.application", "typer", "pydantic"])
def test_an_interrupt_while_modules_are_imported(module: str, folder: Path) -> None:
    """From the moment on that Python has loaded us: what it does before is its own."""
    script = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(name, *_):\n"
        f"        if name == '{module}': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder)\n"
        "sys.argv = ['cnncalc', 'summary', 'vgg16']\n"
        "from cnncalc.cli import main\n"
        "main()\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    end = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, timeout=60)
    assert (end.returncode, end.stdout, end.stderr) == (130, b"", b"")
