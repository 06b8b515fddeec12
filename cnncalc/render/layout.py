"""How a grid fits into the width of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.render.grid import Grid, GridColumn, widest
from cnncalc.render.text import display_width, longest_piece

INDENT: Final = "    "
"""What further lines of a row begin with."""
_READABLE: Final = 16
"""Columns of words are not made narrower than this to save a line."""
_SHORT: Final = 8
"""Headings up to this width are not folded."""
_LONGEST_PIECE: Final = 40
"""Longer words are broken, wherever it may be."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide the columns are, and which columns share a line; `boxed`: they have vertical lines between them.

    Each list in `lines` has indices of columns; a row takes a line for each list. `gap` is what stands between two
    columns without vertical lines.
    """

    columns: Sequence[GridColumn]
    widths: Sequence[int]
    lines: Sequence[Sequence[int]]
    boxed: bool
    beneath: Sequence[str] = ()

    @property
    def width(self) -> int:
        """The width of the table with its outer lines."""
        if self.boxed:
            return sum(self.widths) + 3 * len(self.widths) + 1
        return max(
            sum(self.widths[index] for index in line) + 2 * (len(line) - 1) + (len(INDENT) if number else 0)
            for number, line in enumerate(self.lines)
        )


def fit(grid: Grid, width: int) -> Layout:
    """Lays a grid out in the width of a terminal.

    Tried in this order: all columns with lines between them, words folded; the same without lines; the same twice
    without the column that can stand beneath its rows; several lines for each row.
    """
    columns = list(grid.columns)
    choices: list[tuple[list[GridColumn], Sequence[str]]] = [(columns, ())]
    movable = next((column for column in columns if column.beneath), None)
    if movable is not None:
        choices.append(([column for column in columns if column is not movable], movable.beneath))
    for chosen, beneath in choices:
        natural, least = _widths(chosen, width)
        for boxed in (True, False):
            room = width - (3 * len(chosen) + 1 if boxed else 2 * (len(chosen) - 1))
            if sum(least) <= room:
                return Layout(chosen, _shrunk(natural, least, room), [range(len(chosen))], boxed, beneath)
    return _stacked(chosen, natural, width, beneath)


def _widths(columns: Sequence[GridColumn], width: int) -> tuple[list[int], list[int]]:
    """Finds the natural width of each column, and the least: numbers keep theirs, words and headings may fold."""
    natural = [widest(column) for column in columns]
    least = []
    for column, whole in zip(columns, natural, strict=True):
        heading = display_width(column.heading)
        if heading > _SHORT:
            heading = longest_piece(column.heading)
        if column.folds:
            long = [longest_piece(cell) for cell in column.cells if display_width(cell) > _READABLE]
            piece = min(max(long, default=0), _LONGEST_PIECE)
            least.append(max(heading, piece, min(whole, _READABLE)))
        else:
            least.append(max(heading, max(map(display_width, column.cells), default=0)))
    return [min(whole, max(width, low)) for whole, low in zip(natural, least, strict=True)], least


def _shrunk(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Takes width from the widest columns that can spare it until their sum is the room that there is."""
    widths = list(natural)
    for _ in range(sum(widths) - room):
        spare = [index for index, width in enumerate(widths) if width > least[index]]
        widths[max(spare, key=lambda index: widths[index])] -= 1
    return widths


def _stacked(columns: Sequence[GridColumn], natural: Sequence[int], width: int, beneath: Sequence[str]) -> Layout:
    """Gives the first column a line of its own, and the others as many lines below it as they take."""
    room = width - len(INDENT)
    widths = [
        min(whole, room if index else width) if column.folds else whole
        for index, (column, whole) in enumerate(zip(columns, natural, strict=True))
    ]
    lines: list[list[int]] = [[0]]
    used = room
    for index in range(1, len(widths)):
        if used + 2 + widths[index] > room:
            lines.append([])
            used = -2
        lines[-1].append(index)
        used += 2 + widths[index]
    return Layout(columns, widths, lines, False, beneath)
