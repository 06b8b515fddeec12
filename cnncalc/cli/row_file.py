"""A file that grows row by row: what an interrupted sweep has written stays, and `--resume` goes on behind it.

A Parquet file can't be gone on with: until the sweep is done its rows stand beside it as JSON lines.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from cnncalc.cli.output import refused
from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.render.parquet import check_parquet, write_parquet
from cnncalc.render.sweep_rows import RowLike, TextFormat, cell, header, lines
from cnncalc.sweeping.axes import Type, plain

BESIDE: Final = ".rows.jsonl"
"""The ending of the file beside a Parquet file that is not complete."""

WriteRows = Callable[[Sequence[RowLike]], None]


class RowFile:
    """A file of rows. `types` are those of its columns, of which the first `varied` are the values of a point."""

    def __init__(self, path: str, format: str, names: Sequence[str], types: Sequence[Type], varied: int) -> None:
        self.path, self.names, self.types, self.varied = path, names, types, varied
        self.is_parquet = format == "parquet"
        if self.is_parquet:
            check_parquet()
        self.format: TextFormat = "csv" if format == "csv" else "jsonl"
        self.growing = path + BESIDE if self.is_parquet else path

    def place_in(self, points: Sequence[Sequence[object]]) -> int:
        """Finds the number of the point at which to go on, and cuts off a line that was not finished.

        `points` are the values of all points. Raises: UsageError: if the file is not one of this sweep.
        """
        if self.is_parquet and os.path.exists(self.path) and not os.path.exists(self.growing):
            return len(points)
        if not os.path.exists(self.growing):
            return 0
        with self._refusals():
            count, last = self._read()
        if last is None:
            return 0
        for index in range(count - 1, len(points)):
            if self._cells([plain(value) for value in points[index]]) == last:
                return index + 1
        raise self._of_another_sweep("its last row is at none of these points")

    def _read(self) -> tuple[int, list[str] | None]:
        """Counts the rows, and gives the values of the last one; `None` if there is none."""
        head, count, end, last = header(self.format, self.names).encode(), 0, 0, b""
        with open(self.growing, "rb+") as file:
            first = file.readline() if head else head
            if not head.startswith(first):
                raise self._of_another_sweep("its columns are others")
            end = len(head) if first == head else 0
            for line in file:
                if not line.endswith(b"\n"):
                    break
                count, end, last = count + 1, end + len(line), line
            file.truncate(end)
        return count, self._values(last) if count else None

    def _values(self, line: bytes) -> list[str]:
        try:
            if self.format == "csv":
                return next(csv.reader([line.decode()]))[: self.varied]
            record = json.loads(line)
            if list(record) == list(self.names):
                return [cell(value) for value in list(record.values())[: self.varied]]
        except (ValueError, TypeError, AttributeError):
            pass
        raise self._of_another_sweep("its last line is no row of them")

    def _cells(self, values: Sequence[object]) -> list[str]:
        if self.format == "csv":
            return next(csv.reader([lines("csv", (), [values])]))
        return [cell(value) for value in values]

    @contextmanager
    def opened(self, goes_on: bool) -> Iterator[WriteRows]:
        """Opens the file, behind what stands in it or empty, and gives a function that writes rows.

        Raises: UsageError: `cannot-write`.
        """
        with self._refusals(), open(self.growing, "a" if goes_on else "w", encoding="utf-8", newline="") as file:
            if file.tell() == 0:
                file.write(header(self.format, self.names))

            def write(rows: Sequence[RowLike]) -> None:
                file.write(lines(self.format, self.names, rows))
                file.flush()

            yield write
        if self.is_parquet:
            with self._refusals():
                self._make_parquet()

    def _make_parquet(self) -> None:
        """Makes the Parquet file of the rows beside it."""
        unfinished = self.path + ".part"
        try:
            write_parquet(unfinished, self.names, self.types, self._rows())
            os.replace(unfinished, self.path)
        finally:
            if os.path.exists(unfinished):
                os.unlink(unfinished)
        os.unlink(self.growing)

    def _rows(self) -> Iterator[list[object]]:
        with open(self.growing, encoding="utf-8") as file:
            for line in file:
                yield list(json.loads(line).values())

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(refused(error, quote(self.path))) from error

    def _of_another_sweep(self, why: str) -> UsageError:
        message = f"{quote(self.growing)} was not written by this sweep: {why}"
        hint = "give the options that it was started with, or leave --resume out, and it is written anew"
        return UsageError(Diagnostic("bad-option", message, suggestion=hint))
