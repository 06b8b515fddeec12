"""Where the rows of a sweep go: to a file or standard output as they come, or into a table or a picture at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal, NamedTuple

from cnncalc.cli.output import flush, is_terminal, output_to, write
from cnncalc.cli.progress import watched
from cnncalc.cli.row_file import RowFile, WriteRows
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.render.front_plot import Dot, plot_svg, plot_text
from cnncalc.render.sweep_rows import RowLike, TextFormat, header, lines, table
from cnncalc.render.terminal import terminal_of
from cnncalc.sweeping.figures import number
from cnncalc.sweeping.front import Front, Objective, in_order
from cnncalc.sweeping.running import found_points
from cnncalc.sweeping.sweep import CHUNK, Found, Row, Sweep

Format = Literal["table", "csv", "jsonl", "parquet"]
ENDINGS: Final[dict[str, Format]] = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
"""The formats that a file's ending stands for."""


class Arrangement(NamedTuple):
    """Which rows are wanted in which order. Without any of it they are written as they come.

    `order` is the order of all rows; `front` what makes the front, if nothing but the front is wanted; `drawn` are the
    two figures of a picture, in which the front by `objectives` stands out.
    """

    order: tuple[Objective, ...] = ()
    front: tuple[Objective, ...] = ()
    objectives: tuple[Objective, ...] = ()
    drawn: tuple[str, ...] = ()

    @property
    def needs_all(self) -> bool:
        """Whether nothing can be written before every point is known."""
        return bool(self.order or self.front or self.drawn)

    def rows(self, found: Iterator[Found]) -> list[Row]:
        """Arranges rows; of a front, it holds nothing but the front."""
        if self.front:
            front = Front(self.front)
            for each in found:
                front.add(each)
            return front.rows()
        return in_order(found, self.order) if self.order else [each.row for each in found]

    def dots(self, found: Iterator[Found]) -> Iterator[Dot]:
        """Yields the points of the picture: what is known of both figures."""
        front = Front(self.objectives)
        for each in found:
            if each.compared is None:
                continue
            x, y = (number(each.compared[name]) for name in self.drawn)
            if isinstance(x, int) and isinstance(y, int):
                yield Dot(x, y, False)
                if self.objectives:
                    front.add(each._replace(row=(x, y)))
        for row in front.rows():
            x, y = row
            assert isinstance(x, int)
            assert isinstance(y, int)
            yield Dot(x, y, True)


class Pieces:
    """The points of a sweep as they come, chunk by chunk; counts what broke."""

    def __init__(self, sweep: Sweep, jobs: int, scheduler: str | None) -> None:
        self.sweep, self.jobs, self.scheduler = sweep, jobs, scheduler
        self.broken: Counter[str] = Counter()

    @contextmanager
    def chunks(self, first: int = 0, shown: bool = True) -> Iterator[Iterator[list[Found]]]:
        """Computes the points from a number on; `shown`: with a progress bar."""
        total = len(self.sweep.points)
        found = found_points(self.sweep, first, jobs=self.jobs, scheduler=self.scheduler)
        with watched(found, -((first - total) // CHUNK), shown=shown) as chunks:
            yield map(self._counted, chunks)

    def _counted(self, chunk: list[Found]) -> list[Found]:
        self.broken.update(str(found.row[-2]) for found in chunk if found.row[-2] is not None)
        return chunk

    def say_what_broke(self) -> None:
        """Says on standard error how many points do not work out, and why."""
        if self.broken and sys.stderr is not None:
            flush()
            reasons = ", ".join(f"{id} ({count:,})" for id, count in self.broken.most_common())
            sys.stderr.write(f"Points with an error: {reasons}.\n")


class Target(NamedTuple):
    """Where rows go. `resume`: behind what stands in the file already."""

    format: Format
    path: str | None
    resume: bool
    arrangement: Arrangement

    def check(self) -> None:
        """Refuses what does not go together. Raises: UsageError."""
        is_streamed = not (self.arrangement.needs_all or self.format == "table")
        if self.resume and not (is_streamed and self.path):
            message = "--resume goes on with a file of rows as they come"
            hint = "-o points.csv (or .jsonl, .parquet), without --sort, --minimize, --maximize and --plot"
            raise UsageError(Diagnostic("bad-option", message, suggestion=hint))
        if self.format == "parquet" and self.path is None:
            message = "--format parquet is for a file"
            raise UsageError(Diagnostic("bad-option", message, suggestion="-o points.parquet"))

    def write(self, pieces: Pieces) -> None:
        """Computes all points and writes their rows. Raises: UsageError."""
        if self.arrangement.drawn or self.format == "table":
            self._write_at_end(pieces)
            return
        file = None
        if self.path is not None:
            sweep = pieces.sweep
            file = RowFile(self.path, self.format, sweep.names, sweep.types, len(sweep.axes))
        first = file.place_in(pieces.sweep.points) if file and self.resume else 0
        shown = self.path is not None or not is_terminal(sys.stdout)
        with pieces.chunks(first, shown) as chunks, self._opened(file, pieces.sweep.names) as write_rows:
            try:
                if self.arrangement.needs_all:
                    write_rows(self.arrangement.rows(each for chunk in chunks for each in chunk))
                else:
                    for chunk in chunks:
                        write_rows([each.row for each in chunk])
            except (SystemExit, UsageError):
                if file is not None and not self.arrangement.needs_all and sys.stderr is not None:
                    sys.stderr.write("What is written stays: the same command with --resume goes on behind it.\n")
                raise

    def _write_at_end(self, pieces: Pieces) -> None:
        terminal = terminal_of(sys.stdout) if self.path is None else None
        with pieces.chunks() as chunks:
            found = (each for chunk in chunks for each in chunk)
            if self.arrangement.drawn:
                draw = plot_svg if (self.path or "").endswith(".svg") else plot_text
                text = draw(list(self.arrangement.dots(found)), *self.arrangement.drawn)
            else:
                text = table(pieces.sweep.names, self.arrangement.rows(found), terminal)
        with output_to(self.path) as write_text:
            write_text(text)

    @contextmanager
    def _opened(self, file: RowFile | None, names: Sequence[str]) -> Iterator[WriteRows]:
        if file is not None:
            with file.opened(goes_on=self.resume) as write_rows:
                yield write_rows
            return
        format: TextFormat = "csv" if self.format == "csv" else "jsonl"
        write(header(format, names))

        def write_lines(rows: Sequence[RowLike]) -> None:
            write(lines(format, names, rows))
            flush()

        yield write_lines
