"""A grid of cells: the one table from which plain text, Markdown and a terminal's table come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from cnncalc.render.text import display_width, pad

Align = Literal["left", "right"]

WIDEST: Final = 300
"""Plain columns are aligned up to this width: one endless name does not fill up every row."""


class GridColumn(NamedTuple):
    """A column's heading and its cell for each row.

    `folds`: a terminal may break the cells between words. `style` is the style of all cells, `tails` says for each
    cell from which character on it has another one. `beneath`, if it is there, has a line for each row, or "": on
    a terminal that is too narrow these stand beneath the rows in the column's place.
    """

    heading: str
    cells: Sequence[str]
    align: Align = "left"
    folds: bool = False
    style: str | None = None
    tails: Sequence[tuple[int, str]] = ()
    beneath: Sequence[str] = ()


class Grid(NamedTuple):
    """Columns of the same length, and what stands between their rows.

    `frame` says which rules plain text has: around the table, below its headings, or none. `notes` are lines below a
    row, each with its style, `sections` titles above a row, by the row's index; `closing` is a last line in the table.
    """

    columns: Sequence[GridColumn]
    frame: Literal["around", "headings", "none"] = "around"
    indent: str = ""
    notes: Mapping[int, Sequence[tuple[str, str]]] = MappingProxyType({})
    sections: Mapping[int, str] = MappingProxyType({})
    closing: tuple[str, str] | None = None

    @property
    def headings(self) -> list[str]:
        """The heading of each column."""
        return [column.heading for column in self.columns]

    @property
    def rows(self) -> Iterator[tuple[str, ...]]:
        """The cells row by row."""
        return zip(*(column.cells for column in self.columns), strict=True)


def grid_of(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    aligns: str,
    *,
    frame: Literal["around", "headings", "none"] = "headings",
    indent: str = "",
    folds: Iterable[int] = (),
    sections: Mapping[int, str] | None = None,
) -> Grid:
    """Makes a grid of rows. `aligns` has a letter for each column, l or r; `folds` are columns of words."""
    cells = list(zip(*rows, strict=True)) or [()] * len(headings)
    columns = [
        GridColumn(heading, column, "right" if align == "r" else "left", index in set(folds))
        for index, (heading, column, align) in enumerate(zip(headings, cells, aligns, strict=True))
    ]
    return Grid(columns, frame, indent, sections=sections or {})


def widest(column: GridColumn) -> int:
    """Counts the cells of a column's longest text."""
    return max(display_width(column.heading), max(map(display_width, column.cells), default=0))


def grid_text(grid: Grid) -> str:
    """Writes a grid as plain text: two spaces between columns, nothing behind the last one."""
    widths = [min(widest(column), WIDEST) for column in grid.columns]
    rule = sum(widths) + 2 * (len(widths) - 1)
    padded = [
        column.cells
        if column.align == "left" and column is grid.columns[-1]
        else [pad(cell, width, column.align) for cell in column.cells]
        for column, width in zip(grid.columns, widths, strict=True)
    ]
    heading = grid.indent + "  ".join(
        pad(column.heading, width, column.align) for column, width in zip(grid.columns, widths, strict=True)
    )
    lines = ["_" * rule] if grid.frame == "around" else []
    lines.append(heading.rstrip())
    lines += {"around": ["=" * rule], "headings": ["-" * rule], "none": []}[grid.frame]
    for index, cells in enumerate(zip(*padded, strict=True)):
        if index in grid.sections:
            lines += ["", grid.sections[index]]
        lines.append((grid.indent + "  ".join(cells)).rstrip())
        lines += [note for note, _ in grid.notes.get(index, ())]
    if grid.closing is not None:
        lines.append(grid.closing[0])
    if grid.frame == "around":
        lines.append("=" * rule)
    return "\n".join(lines) + "\n"
