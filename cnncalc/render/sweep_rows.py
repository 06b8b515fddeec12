"""The rows of a sweep as text: CSV and JSON lines, which are written as they come, and a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from cnncalc.render.delimited import csv_text
from cnncalc.render.drawing import draw
from cnncalc.render.grid import grid_of
from cnncalc.render.json_text import compact
from cnncalc.render.numbers import MISSING
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import safe

TextFormat = Literal["csv", "jsonl"]
RowLike = Sequence[object]


def header(format: TextFormat, names: Sequence[str]) -> str:
    """Writes what stands above the rows."""
    return csv_text(names, []) if format == "csv" else ""


def lines(format: TextFormat, names: Sequence[str], rows: Iterable[RowLike]) -> str:
    """Writes a line for each row."""
    if format == "csv":
        return csv_lines(rows)
    return "".join(compact(dict(zip(names, row, strict=True))) + "\n" for row in rows)


def csv_lines(rows: Iterable[RowLike]) -> str:
    """Writes rows as CSV without a header."""
    return csv_text([], ([cell(value) for value in row] for row in rows)).partition("\n")[2]


def cell(value: object, missing: str = "") -> str:
    """Writes a value as a cell: shapes as `28x28x6`, nothing for null."""
    if isinstance(value, (list, tuple)):
        return "x".join("?" if entry is None else str(entry) for entry in value)
    if isinstance(value, bool):
        return str(value).lower()
    return missing if value is None else str(value)


def table(names: Sequence[str], rows: Sequence[RowLike], terminal: Terminal | None = None) -> str:
    """Draws rows as a table; columns in which nothing stands are left out."""
    kept = [index for index in range(len(names)) if not rows or any(row[index] is not None for row in rows)]
    cells = [[_shown(row[index]) for index in kept] for row in rows]
    numeric = [all(not isinstance(row[index], str) for row in rows) for index in kept]
    aligns = "".join("r" if each else "l" for each in numeric)
    return draw([grid_of([names[index] for index in kept], cells, aligns)], terminal)


def _shown(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return safe(cell(value, MISSING))
