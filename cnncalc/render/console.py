"""What a terminal shows, drawn with rich: imported only for a terminal, as everything that knows rich."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from rich.box import ASCII, HEAVY_HEAD, Box
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style

from cnncalc.layers import registry
from cnncalc.render.document import Block, Line
from cnncalc.render.grid import Align, Grid, GridColumn
from cnncalc.render.layout import INDENT, Layout, fit
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import broken, display_width, elide

_FAMILIES: Final = {
    "convolution": "bright_blue", "depthwise": "bright_blue", "transposed": "bright_blue",
    "pooling": "magenta", "global_pooling": "magenta", "regions": "magenta",
    "reduction": "magenta", "dense": "green", "products": "green", "sources": "green", "activation": "yellow",
    "pointwise": "yellow", "merging": "bright_magenta",
    "normalization": "cyan", "weightless_normalization": "cyan", "preprocessing": "cyan", "scale": "cyan",
    "regularization": "red", "augmentation": "red", "categories": "red",
    "attention": "bright_green", "einsum_dense": "green",
    "recurrent": "bright_green", "wrappers": "bright_green", "conv_lstm": "bright_green",
    "locally_connected": "bright_blue",
}  # fmt: skip
_KINDS: Final = {kind: _FAMILIES[family] for family in _FAMILIES for kind in registry.MODULES[family]}

STYLES: Final = {
    name: Style.parse(definition)
    for name, definition in {
        "bold": "bold", "dim": "bright_black", "error": "bold red", "warning": "yellow", "hint": "cyan",
        "number": "green", "right": "bold green", **_KINDS,
    }.items()
}  # fmt: skip
"""Colours of the terminal's own palette, which its user can read on light and dark ground."""

_ENDLESS: Final = re.compile(r"[^\s\d]\S{299,}")
"""A word that nobody reads to its end."""

_NEWLINE: Final = Segment.line()

_Pieces: TypeAlias = Sequence[tuple[str, str | None]]


def draw(blocks: Iterable[Block], terminal: Terminal) -> str:
    """Draws blocks in a terminal's width: lines broken between words, tables with lines around them, colour."""
    file = io.StringIO()
    console = Console(
        file=file, force_terminal=True, width=terminal.width, color_system="auto" if terminal.color else None
    )
    for block in blocks:
        segments = _table(block, terminal) if isinstance(block, Grid) else _line(block, terminal.width)
        console.print(Segments(segments), end="", crop=False)
    return file.getvalue()


def _styled(text: str, style: str | None) -> Segment:
    if style is not None and style.startswith("link "):
        return Segment(text, Style(link=style.removeprefix("link ")))
    return Segment(text, STYLES.get(style) if style else None)


def _line(block: Line, width: int) -> Iterator[Segment]:
    pieces: _Pieces = [(part, None) if isinstance(part, str) else part for part in block.parts]
    pieces = [(_ENDLESS.sub(lambda match: elide(match[0], width), text), style) for text, style in pieces]
    text = "".join(piece for piece, _ in pieces)
    hang = block.hang if len(block.hang) < width * 2 // 3 else block.indent + INDENT
    indent = block.indent
    ends = [(0, len(text))] if block.whole else broken(text, max(width - len(indent), 1), max(width - len(hang), 1))
    for start, end in ends:
        yield Segment(indent)
        yield from _part(pieces, start, end)
        yield _NEWLINE
        indent = hang


def _part(pieces: _Pieces, start: int, end: int) -> Iterator[Segment]:
    """Yields the characters from `start` to `end` of several pieces, each in its style."""
    at = 0
    for text, style in pieces:
        if at < end and at + len(text) > start:
            yield _styled(text[max(start - at, 0) : end - at], style)
        at += len(text)


# Tables -----------------------------------------------------------------------------------------------------------
# A row of rich.table.Table takes 1 ms, one of these a fiftieth of that: a net has hundreds of rows.


class _Frame:
    """The lines around and between the cells of a table."""

    def __init__(self, layout: Layout, terminal: Terminal) -> None:
        self.layout = layout
        unicode = terminal.can_show("━┃╇")
        self.box: Box | None = (HEAVY_HEAD if unicode else ASCII) if layout.boxed else None
        self.top = self.head = ("━" if unicode else "-") * layout.width
        self.bottom = ("─" if unicode else "-") * layout.width
        if self.box is not None:
            outer = [width + 2 for width in layout.widths]
            self.top, self.bottom = self.box.get_top(outer), self.box.get_bottom(outer)
            self.head = self.box.get_row(outer, "head")

    def rule(self, rule: str) -> Iterator[Segment]:
        """Yields a horizontal line."""
        yield _styled(rule, "dim")
        yield _NEWLINE

    def cells(self, cells: Sequence[list[Segment]], number: int, heading: bool) -> Iterator[Segment]:
        """Yields a line of cells, filled up to their widths; `number` counts the lines of a row that take several."""
        if self.box is None:
            yield Segment(INDENT if number else "")
            for index, cell in enumerate(cells):
                yield from [Segment("  "), *cell] if index else cell
        else:
            left, middle, right = (
                (self.box.head_left, self.box.head_vertical, self.box.head_right)
                if heading
                else (self.box.mid_left, self.box.mid_vertical, self.box.mid_right)
            )
            for index, cell in enumerate(cells):
                yield _styled(f" {middle} " if index else f"{left} ", "dim")
                yield from cell
            yield _styled(f" {right}", "dim")
        yield _NEWLINE

    def across(self, text: str, style: str, indent: str = INDENT) -> Iterator[Segment]:
        """Yields a text over the whole width of the table."""
        sides = 4 if self.box else 0
        room = max(self.layout.width - sides - len(indent), 1)
        for start, end in broken(text, room):
            cell = [Segment(indent), *_cell([(text[start:end], style)], room, "left")]
            yield from self.cells([cell], 0, heading=False)


def _table(grid: Grid, terminal: Terminal) -> Iterator[Segment]:
    layout = fit(grid, terminal.width)
    frame = _Frame(layout, terminal)
    yield from frame.rule(frame.top)
    yield from _row(layout, frame, [[(column.heading, "bold")] for column in layout.columns], heading=True)
    yield from frame.rule(frame.head)
    for index, cells in enumerate(zip(*(column.cells for column in layout.columns), strict=True)):
        if index in grid.sections:
            yield from frame.across(grid.sections[index], "bold", "")
        styled = [_styles(column, index, cell) for column, cell in zip(layout.columns, cells, strict=True)]
        yield from _row(layout, frame, styled)
        if layout.beneath and layout.beneath[index]:
            yield from frame.across(layout.beneath[index], "dim")
        for text, style in grid.notes.get(index, ()):
            yield from frame.across(text.strip(), style)
    if grid.closing is not None:
        yield from frame.across(*grid.closing, indent="")
    yield from frame.rule(frame.bottom)


def _styles(column: GridColumn, index: int, cell: str) -> _Pieces:
    """Returns a cell's text, cut where its style changes."""
    if not column.tails:
        return [(cell, column.style)]
    start, style = column.tails[index]
    return [(cell[:start], column.style), (cell[start:], style)]


def _row(layout: Layout, frame: _Frame, cells: Sequence[_Pieces], heading: bool = False) -> Iterator[Segment]:
    """Yields a row's cells, folded, on as many lines as they take."""
    for number, line in enumerate(layout.lines):
        columns = [_folded(cells[index], layout.widths[index], layout.columns[index].align) for index in line]
        blanks = [[Segment(" " * layout.widths[index])] for index in line]
        for height in range(max(map(len, columns))):
            shown = [
                column[height] if height < len(column) else blank for column, blank in zip(columns, blanks, strict=True)
            ]
            yield from frame.cells(shown, number, heading)


def _folded(pieces: _Pieces, width: int, align: Align) -> list[list[Segment]]:
    text = "".join(piece for piece, _ in pieces)
    if display_width(text) <= width:
        return [_cell(pieces, width, align)]
    if len(text) > 300:
        text = elide(text, 300)
        pieces = [(text, pieces[0][1])]
    return [
        _padded(list(_part(pieces, start, end)), width - display_width(text[start:end]), align)
        for start, end in broken(text, width)
    ]


def _cell(pieces: _Pieces, width: int, align: Align) -> list[Segment]:
    spare = width - sum(display_width(text) for text, _ in pieces)
    return _padded([_styled(text, style) for text, style in pieces if text], spare, align)


def _padded(segments: list[Segment], spare: int, align: Align) -> list[Segment]:
    if spare <= 0:
        return segments
    filling = Segment(" " * spare)
    return [*segments, filling] if align == "left" else [filling, *segments]
