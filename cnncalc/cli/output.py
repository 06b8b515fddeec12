"""Where data goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import IO, Final

from cnncalc.errors import Diagnostic, UsageError, quote

Write = Callable[[str], None]
WriteBytes = Callable[[bytes], None]

_NOBODY_READS: Final = 128 + 13
"""The exit code that shells show of a program whose reader has seen enough: it ended by signal 13, SIGPIPE."""
_SEPARATORS: Final = tuple(filter(None, (os.sep, os.altsep)))


@contextmanager
def output_to(path: str | None) -> Iterator[Write]:
    """Gives a function that writes: to standard output without a path, else to a new file that then takes its place.

    A file that was there stays as it is if nothing is written, or an error or a signal ends the block.
    Raises: UsageError: `cannot-write`.
    """
    if path is None:
        yield write
    else:
        with bytes_to(path) as write_bytes:
            yield lambda text: write_bytes(text.encode())


@contextmanager
def bytes_to(path: str) -> Iterator[WriteBytes]:
    """Gives a function that writes bytes to a new file, which then takes its place, as `output_to` does with text.

    Raises: UsageError: `cannot-write`.
    """
    if path.endswith(_SEPARATORS):
        raise UsageError(refused(IsADirectoryError(errno.EISDIR, ""), quote(path)))
    if _is_special(path):
        with _refusals(path), open(path, "wb") as file:
            yield _checked(file, path)
    else:
        yield from _replace(os.path.realpath(path), path)


def write(text: str) -> None:
    """Writes to standard output. Raises: UsageError: `cannot-write`; SystemExit: if nobody reads it any more."""
    with _refusals(None):
        _stdout().write(text)


def write_bytes(data: bytes) -> None:
    """Writes to standard output as it is, behind all text so far. Raises: as `write`."""
    with _refusals(None):
        stdout = _stdout()
        stdout.flush()
        if isinstance(stdout, TextIOWrapper):
            stdout.buffer.write(data)


def flush() -> None:
    """Sends what was written on its way. Raises: as `write`."""
    if sys.stdout is not None:
        with _refusals(None):
            sys.stdout.flush()


def is_terminal(stream: IO[str] | None) -> bool:
    """Says whether somebody is looking at it."""
    return stream is not None and not stream.closed and stream.isatty()


def refused(error: OSError, what: str | None = None) -> Diagnostic:
    """Says what the system refused, and why."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    if what is None:
        hint = "no spec is at fault; try another folder"
        return Diagnostic("system-error", f"the system refused to go on: {reason}", suggestion=hint)
    hint = "check the folder, its permissions, and what room there is"
    return Diagnostic("cannot-write", f"{what} cannot be written: {reason}", suggestion=hint)


def abandon(stream: IO[str] | None) -> None:
    """Drops what a stream has not taken: Python would try once more at the end, and complain."""
    if isinstance(stream, TextIOWrapper):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())


@contextmanager
def _refusals(path: str | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if path is None:
            abandon(sys.stdout)
            if isinstance(error, BrokenPipeError):
                raise SystemExit(_NOBODY_READS) from None
        raise UsageError(refused(error, "standard output" if path is None else quote(path))) from error


def _stdout() -> IO[str]:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "closed")
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors != "backslashreplace":
        # A name that the terminal's character set lacks is no reason to fail.
        sys.stdout.reconfigure(errors="backslashreplace")
    return sys.stdout


def _is_special(path: str) -> bool:
    """Says whether a path is a device or a pipe: those are written to, and can't be replaced."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _checked(file: IO[bytes], shown: str) -> WriteBytes:
    def write_to_file(data: bytes) -> None:
        with _refusals(shown):
            file.write(data)

    return write_to_file


def _replace(path: str, shown: str) -> Iterator[WriteBytes]:
    """Writes beside a file, then puts the new one into its place."""
    beside = os.path.join(os.path.dirname(path), f".cnncalc-{os.getpid()}-{time.monotonic_ns()}")
    file: IO[bytes] | None = None

    def write_to_file(data: bytes) -> None:
        nonlocal file
        with _refusals(shown):
            if os.path.isdir(path):
                raise IsADirectoryError(errno.EISDIR, "")
            file = file or open(beside, "xb")  # noqa: SIM115
            file.write(data)

    try:
        yield write_to_file
        if file is not None:
            with _refusals(shown):
                file.close()
                if os.path.exists(path):
                    os.chmod(beside, stat.S_IMODE(os.stat(path).st_mode))
                os.replace(beside, path)
    finally:
        if file is not None:
            with _refusals(shown):
                file.close()
        if os.path.exists(beside):
            os.unlink(beside)
