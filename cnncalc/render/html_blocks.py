"""Lines and tables as HTML that needs no style sheet, for a notebook: light or dark, its own colours stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Final

from cnncalc.render.document import Block, Line
from cnncalc.render.grid import Grid, GridColumn

_STYLES: Final = {
    "bold": "font-weight: bold", "dim": "opacity: 0.6", "number": "font-weight: bold", "right": "color: #1a7f37",
    "error": "color: #cf222e", "warning": "color: #9a6700", "hint": "opacity: 0.8",
}  # fmt: skip
"""What a style of text looks like; the colours can be read on white and on black."""


def html_of(blocks: Iterable[Block]) -> str:
    """Writes tables as `<table>`, and the lines between two of them as one `<pre>` that breaks between words."""
    parts: list[str] = []
    for is_grid, group in groupby(blocks, lambda block: isinstance(block, Grid)):
        if is_grid:
            parts += [_table(block) for block in group if isinstance(block, Grid)]
        else:
            lines = "\n".join(_line(block) for block in group if isinstance(block, Line))
            parts.append(f'<pre style="white-space: pre-wrap">{lines}</pre>')
    return "\n".join(parts) + "\n"


def _line(line: Line) -> str:
    shown = (escape(part) if isinstance(part, str) else _styled(*part) for part in line.parts)
    return escape(line.indent) + "".join(shown)


def _styled(text: str, style: str | None) -> str:
    if style not in _STYLES:
        return escape(text)
    return f'<span style="{_STYLES[style]}">{escape(text)}</span>'


def _table(grid: Grid) -> str:
    headings = "".join(
        f'<th scope="col" style="{_alignment(column)}">{escape(column.heading)}</th>' for column in grid.columns
    )
    rows = "\n".join(_rows(grid))
    return f"<table>\n<thead>\n<tr>{headings}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _rows(grid: Grid) -> Iterator[str]:
    for index, cells in enumerate(grid.rows):
        if index in grid.sections:
            yield _across(grid, grid.sections[index], "bold")
        shown = (_cell(column, index, cell) for column, cell in zip(grid.columns, cells, strict=True))
        yield f"<tr>{''.join(shown)}</tr>"
        for text, style in grid.notes.get(index, ()):
            yield _across(grid, text.strip(), style)
    if grid.closing is not None:
        yield _across(grid, *grid.closing)


def _cell(column: GridColumn, index: int, cell: str) -> str:
    start, tail = column.tails[index] if column.tails else (len(cell), None)
    return f'<td style="{_alignment(column)}">{_styled(cell[:start], column.style)}{_styled(cell[start:], tail)}</td>'


def _across(grid: Grid, text: str, style: str) -> str:
    return f'<tr><td colspan="{len(grid.columns)}" style="text-align: left">{_styled(text, style)}</td></tr>'


def _alignment(column: GridColumn) -> str:
    return f"text-align: {column.align}"
