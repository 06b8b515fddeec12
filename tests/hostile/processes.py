"""The command as a process that something happens to: closed streams, signals, full disks, too little memory."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, NamedTuple

from tests.command_line import REPOSITORY

SECONDS: Final = 30
"""How much processor time a process gets: more is a failure."""
PATIENCE: Final = 90
"""How many seconds a test waits for a process: many, as others may keep the machine busy."""
STREAMS: Final = ("stdin", "stdout", "stderr")


class Ending(NamedTuple):
    """How a process ended (a negative code: by a signal), and what it wrote."""

    code: int
    stdout: str
    stderr: str

    @property
    def is_clean(self) -> bool:
        """Whether it shows nothing of its insides."""
        return "Traceback" not in self.stderr and "MemoryError" not in self.stderr and "Exception" not in self.stderr


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a process finds: files in place of its streams, streams that are closed, limits, another user."""

    closed: tuple[str, ...] = ()
    stdout: str | None = None
    stderr: str | None = None
    memory: int | None = None
    """The most address space, in bytes."""
    file_size: int | None = None
    """The largest file, in bytes."""
    user: int | None = None

    def apply(self) -> None:
        """Takes effect in the new process, before Python starts."""
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self.memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))
        if self.file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_size, self.file_size))
        if self.user is not None:
            os.setgid(self.user)
            os.setuid(self.user)
        for name in self.closed:
            os.close(STREAMS.index(name))


def start(
    arguments: Sequence[str], folder: Path, surroundings: Surroundings = Surroundings(), stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Starts `cnncalc` in a folder, as the leader of a session of its own."""

    def stream(path: str | None) -> int | IO[bytes]:
        return subprocess.PIPE if path is None else open(path, "wb")

    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "HOME": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",  # on a full disk Python would write half of a .pyc file, and trip over it later
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "cnncalc", *arguments],
        cwd=folder, env=environment, stdin=stdin, stdout=stream(surroundings.stdout),
        stderr=stream(surroundings.stderr), start_new_session=True, preexec_fn=surroundings.apply,
    )  # fmt: skip


def finish(process: subprocess.Popen[bytes], stdin: bytes | None = None) -> Ending:
    """Waits for a process. Raises: TimeoutExpired: it takes too long, and is ended."""
    try:
        stdout, stderr = process.communicate(stdin, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        end_session(process)
        raise
    return Ending(process.returncode, (stdout or b"").decode(), (stderr or b"").decode())


def run(
    arguments: Sequence[str], folder: Path, surroundings: Surroundings = Surroundings(), stdin: bytes | None = None
) -> Ending:
    """Runs `cnncalc` to its end."""
    where = subprocess.DEVNULL if stdin is None else subprocess.PIPE
    return finish(start(arguments, folder, surroundings, where), stdin)


def members(session: int) -> list[int]:
    """The processes of a session that still run, by their ids."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            # After the name, which may hold anything: state, parent, group, session.
            state, _, _, its_session = status.read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state != "Z":
                found.append(int(status.parent.name))
    return found


def are_gone(session: int, seconds: float = 2.0) -> bool:
    """Whether no process of a session is left, so many seconds later at the latest."""
    deadline = time.monotonic() + seconds
    while members(session):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end_session(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that a test started, and those that it started, each by its id."""
    for member in members(process.pid):
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    process.wait()
