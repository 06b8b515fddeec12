"""The command line in tests: in this process, which is fast, or as a process of its own, which is what users run."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from cnncalc.cli import application

REPOSITORY = Path(__file__).parent.parent


class Outcome(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    stdout: str
    stderr: str


def run(command: str, folder: Path) -> Outcome:
    """Runs `cnncalc ...` in this process, in a folder."""
    program, *arguments = shlex.split(command)
    assert program == "cnncalc"
    return run_arguments(arguments, folder)


def run_arguments(arguments: list[str], folder: Path) -> Outcome:
    """Runs `cnncalc` with these arguments in this process, in a folder."""
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    code: object = 0
    with chdir(folder), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            code = application.run(arguments)
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Outcome(code, *(_written(stream) for stream in (stdout, stderr)))


class _Screen(io.TextIOWrapper):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(command: str, folder: Path, width: int, **environment: str) -> str:
    """What a terminal of this width shows of `cnncalc ...`, data and errors, run in this process in a folder."""
    screen = _Screen(io.BytesIO(), encoding=environment.pop("encoding", "utf-8"), newline="")
    settings = {"COLUMNS": str(width), "TERM": "xterm-256color", "NO_COLOR": "", **environment}
    with (
        chdir(folder), redirect_stdout(screen), redirect_stderr(screen),
        patch.dict(os.environ, settings), suppress(SystemExit),
    ):  # fmt: skip
        application.run(shlex.split(command)[1:])
    return _written(screen)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def run_process(command: str, folder: Path) -> Outcome:
    """Runs `cnncalc ...` as a process, in a folder, with the poorest of environments: no HOME, no terminal, ASCII."""
    _, *arguments = shlex.split(command)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C", "TERM": "dumb"}
    end = subprocess.run(
        [sys.executable, "-m", "cnncalc", *arguments], cwd=folder, env=environment, capture_output=True, timeout=60
    )
    return Outcome(end.returncode, end.stdout.decode(), end.stderr.decode())
