"""A pseudo-terminal with a command in it: its keys, its size, and what stands on its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from codecs import getincrementaldecoder
from pathlib import Path
from types import TracebackType

from cnncalc.cli.changes import plain
from tests.command_line import REPOSITORY

DEADLINE = 60.0
"""Seconds until something must have been drawn, on a machine that has much else to do."""


class PseudoTerminal:
    """`cnncalc ...` in a terminal of its own."""

    def __init__(self, command: str, folder: Path, width: int = 100, height: int = 40) -> None:
        self.master, slave = pty.openpty()
        self._set_size(width, height)
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cnncalc", *command.split()[1:]], cwd=folder, env=environment,
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.written = ""
        self._decoder = getincrementaldecoder("utf-8")()

    def __enter__(self) -> PseudoTerminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    def _set_size(self, width: int, height: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width: int, height: int) -> None:
        """Gives the terminal another size, as dragging its corner does."""
        self._set_size(width, height)
        os.kill(self.process.pid, signal.SIGWINCH)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def screen(self) -> str:
        """What stands there: drawing starts in the upper left corner."""
        drawn = self.written.rpartition("\x1b[H")[2]
        return plain(drawn).replace("\r\n", "\n")

    def wait_for(self, text: str) -> str:
        """Waits until a text stands on a screen that was drawn to its end. Returns the screen."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            if text in self.screen() and "q ends" in self.screen():
                return self.screen()
            self._read(0.1)
        raise AssertionError(f"{text!r} was not drawn:\n{self.screen()}")

    def end(self) -> int:
        """Waits until the command has ended, and returns its exit code."""
        end = time.monotonic() + DEADLINE
        while self.process.poll() is None and time.monotonic() < end:
            self._read(0.1)
        self._read(0)
        return self.process.wait(1)

    def _read(self, timeout: float) -> None:
        ready, _, _ = select.select([self.master], [], [], timeout)
        if ready:
            try:
                self.written += self._decoder.decode(os.read(self.master, 65536))
            except OSError:  # the other side is closed
                time.sleep(0.05)
