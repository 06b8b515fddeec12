"""A command is run again whenever a file that it reads is saved, and what it writes is drawn in place.

Files are looked at several times a second: that works on every system and file system, and with editors that write a
new file and rename it.
"""

from __future__ import annotations

import io
import os
import re
import select
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Annotated, Any, Final, NamedTuple

import typer

from cnncalc.cli import application
from cnncalc.cli.changes import WIDTH, marked, plain
from cnncalc.cli.output import is_terminal
from cnncalc.convert.loading import load_document
from cnncalc.errors import Diagnostic, SpecError, UsageError
from cnncalc.expansion.nodes import Instance
from cnncalc.model import Model
from cnncalc.render.text import display_width

Watch = Annotated[bool, typer.Option("--watch", help="Again whenever a file is saved; q ends it.")]

INTERVAL: Final = 0.2
"""Seconds between two looks at the files."""
MISSING_FOR: Final = 10
"""Looks for which a file may be gone: an editor that saves by renaming takes it away for a moment."""
DIFFERENT: Final = "\x1b[33m{}\x1b[0m"
"""How marks are coloured."""
_KEY: Final = re.compile(rb"\x1b\[[0-9;]*[A-Za-z~]|.", re.DOTALL)
"""A key, or the several bytes that a terminal sends for one."""

Stamp = tuple[int, int, int]


class Shown(NamedTuple):
    """What a run of the command has written, and whether it could."""

    lines: Sequence[str]
    problems: Sequence[str]
    code: int


def watch_command(arguments: Sequence[str], spec: str, others: Iterable[str] = ()) -> int:
    """Runs `cnncalc ARGUMENTS` again whenever the spec, a spec in it or one of the other files is saved, until `q`.

    Raises: UsageError: if no terminal is there, or nothing to watch.
    """
    if not (is_terminal(sys.stdout) and is_terminal(sys.stdin)):
        message = "watching is for a terminal: it draws in place and waits for keys"
        hint = "without watching, the command writes once, to pipes and files too"
        raise UsageError(Diagnostic("not-a-terminal", message, suggestion=hint))
    if not os.path.exists(spec):
        message = "there is no file to watch: a shipped spec does not change"
        raise UsageError(Diagnostic("not-a-terminal", message, suggestion=f"cnncalc specs {spec} > net.yaml"))
    screen = _Screen([word for word in arguments if word != "--watch"], spec, list(others))
    with _raw_terminal() as keys, _resized(screen.note_size):
        screen.run()
        while True:
            ready, _, _ = select.select([keys], [], [], INTERVAL)
            if ready and not screen.press(os.read(keys, 64)):
                return 0
            if screen.is_stale():
                screen.run()
            elif screen.is_resized:
                screen.run(is_saved=False)


class _Screen:
    """What is on the screen, and of which files it was made."""

    def __init__(self, arguments: Sequence[str], spec: str, others: Sequence[str]) -> None:
        self.arguments, self.spec, self.others = arguments, spec, others
        self.files = self._files()
        self.stamps = self._stamps()
        self.before: Sequence[str] = ()
        self.good: Sequence[str] = ()
        self.marked: Sequence[tuple[str, str]] = ()
        self.problems: Sequence[str] = ()
        self.top = 0
        self.is_resized = False
        self._missing = 0

    def note_size(self) -> None:
        """Remembers that the terminal has another size: nothing can be drawn while something is."""
        self.is_resized = True

    def run(self, is_saved: bool = True) -> None:
        """Runs the command and draws what it writes; what could be written last stays below what is wrong now.

        What is new is marked: against what was there before the last time that a file was saved.
        """
        self.is_resized = False
        self.files = self._files()
        self.stamps = self._stamps()
        shown = _run(self.arguments, max(_size()[0] - WIDTH, 40))
        if shown.code == 2:
            self.problems = shown.problems
            self.marked = [(line, "") for line, _ in self.marked]
        else:
            self.problems = ()
            lines = [*shown.lines, *shown.problems]
            if is_saved:
                self.before = self.good or lines
            self.marked = marked(lines, self.before)
            self.good = lines
        self.draw()

    def draw(self) -> None:
        """Draws the screen anew."""
        width, height = _size()
        lines = [*((line, "") for line in self.problems), *self.marked]
        self.top = max(0, min(self.top, len(lines) - height + 1))
        rows = [_fitted(line, mark, width) for line, mark in lines[self.top : self.top + height - 1]]
        more = len(lines) - self.top - len(rows)
        state = "the last figures that worked out are below; " if self.problems and self.marked else ""
        status = f"{state}{f'{more:,} more lines: j and k; ' if more or self.top else ''}q ends"
        rows += [""] * (height - 1 - len(rows))
        drawn = "\r\n".join(f"{row}\x1b[K" for row in rows)
        sys.stdout.write(f"\x1b[H{drawn}\r\n\x1b[7m{status[: width - 1]}\x1b[0m\x1b[K")
        sys.stdout.flush()

    def press(self, keys: bytes) -> bool:
        """Scrolls, and says whether to go on."""
        if not keys or any(key in (b"q", b"Q", b"\x04") for key in _KEY.findall(keys)):
            return False
        page = _size()[1] - 2
        steps = {
            b"j": 1,
            b"\x1b[B": 1,
            b"k": -1,
            b"\x1b[A": -1,
            b" ": page,
            b"\x1b[6~": page,
            b"b": -page,
            b"\x1b[5~": -page,
        }
        self.top = max(0, self.top + sum(steps.get(key, 0) for key in _KEY.findall(keys)))
        self.draw()
        return True

    def is_stale(self) -> bool:
        """Says whether a file was saved since the last run."""
        stamps = self._stamps()
        if None in stamps.values():
            self._missing += 1
            if self._missing != MISSING_FOR:
                return False
        else:
            self._missing = 0
        return stamps != self.stamps

    def _stamps(self) -> dict[str, Stamp | None]:
        return {file: _stamp(file) for file in self.files}

    def _files(self) -> list[str]:
        """Returns the files that the command reads: what they are made of is known if the spec can be read."""
        found = dict.fromkeys([self.spec, *self.others, *getattr(self, "files", ())])
        try:
            model = Model(load_document(self.spec))
        except SpecError:
            return list(found)
        for node in model.expansion.nodes:
            instance: Instance | None = node.instance
            while instance is not None:
                if instance.identity and os.path.exists(instance.identity):
                    found[instance.identity] = None
                instance = instance.outer
        return [file for name in found for file in _in_folder(name)]


def _in_folder(name: str) -> Iterator[str]:
    yield name
    if os.path.isdir(name):
        yield from (entry.path for entry in os.scandir(name) if entry.is_file())


def _stamp(file: str) -> Stamp | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _size() -> tuple[int, int]:
    size = os.get_terminal_size(sys.__stdout__.fileno()) if sys.__stdout__ else shutil.get_terminal_size()
    return size.columns or 80, size.lines or 24


def _fitted(line: str, mark: str, width: int) -> str:
    """Returns a line with its mark at its end, no longer than the terminal is wide."""
    text = plain(line)
    if display_width(text) > width:
        return text[:width]
    return f"{line}  {DIFFERENT.format(mark)}" if mark and display_width(text) + 2 + len(mark) <= width else line


class _Paper(io.TextIOWrapper):
    """What a command takes for a terminal."""

    def isatty(self) -> bool:
        return True


def _run(arguments: Sequence[str], width: int) -> Shown:
    """Runs a command in this process, as on a terminal of this width."""
    papers = [_Paper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2)]
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(width)
    try:
        with redirect_stdout(papers[0]), redirect_stderr(papers[1]):
            code = application.run(arguments)
    finally:
        os.environ.pop("COLUMNS") if before is None else os.environ.update(COLUMNS=before)
    return Shown(_written(papers[0]), _written(papers[1]), code)


def _written(paper: _Paper) -> list[str]:
    paper.flush()
    assert isinstance(paper.buffer, io.BytesIO)
    return paper.buffer.getvalue().decode().splitlines()


@contextmanager
def _raw_terminal() -> Iterator[int]:
    """Reads keys one by one, and draws on a screen of its own; afterwards the terminal is as before."""
    try:
        termios: Any = import_module("termios")
        tty: Any = import_module("tty")
    except ModuleNotFoundError:
        message = "watching needs a terminal as Linux and macOS have it"
        raise UsageError(Diagnostic("not-a-terminal", message)) from None
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    try:
        tty.setcbreak(keys)
        sys.stdout.write("\x1b[?1049h\x1b[?25l")
        yield keys
    finally:
        sys.stdout.write("\x1b[?25h\x1b[?1049l")
        sys.stdout.flush()
        termios.tcsetattr(keys, termios.TCSADRAIN, before)


@contextmanager
def _resized(draw: Callable[[], None]) -> Iterator[None]:
    """Draws again if the terminal gets another size."""
    before = signal.signal(signal.SIGWINCH, lambda number, frame: draw())
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)
