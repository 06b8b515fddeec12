"""A plot on a terminal: a grid of characters for each panel, its curves as marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from cnncalc.plotting.curves import Curve, Panel, Plot
from cnncalc.plotting.scale import exact, short, ticks
from cnncalc.render.document import Block, Part, line
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import elide, safe

HEIGHT: Final = 12
"""Lines of a panel's grid."""
_PLAIN_WIDTH: Final = 80
_WIDEST: Final = 140
_STYLES: Final = ("hint", "warning", "number", "error", "bold", "dim")
"""Of the curves of a panel, in their order; so are the marks."""


class _Characters(NamedTuple):
    """What a panel is drawn with: a mark for each curve, a level's line, and the axes."""

    marks: str
    level: str
    upright: str
    corner: str
    along: str


_ASCII: Final = _Characters("*o+x@%", "-", "|", "+", "-")
_LINES: Final = _Characters("●○◆◇▲△", "┄", "│", "└", "─")


def plot_blocks(plot: Plot, terminal: Terminal | None) -> Iterator[Block]:
    """Shows each panel with its legend, then which layers the first and the last column are."""
    width = min(_PLAIN_WIDTH if terminal is None else terminal.width, _WIDEST)
    characters = _LINES if terminal is not None and terminal.can_show("".join(_LINES)) else _ASCII
    yield line((f'Model: "{safe(plot.name)}"', "bold"))
    for panel in plot.panels:
        yield line()
        yield from _panel(panel, len(plot.layers), width, characters)
    yield line()
    first, last = (elide(safe(name), width // 3) for name in (plot.layers[0], plot.layers[-1]))
    yield line(f"From left to right: {len(plot.layers):,} layers, {first} to {last}.")


def _panel(panel: Panel, layers: int, width: int, characters: _Characters) -> Iterator[Block]:
    yield line((panel.title, "bold"))
    if not panel.curves:
        yield line("no layer has one", indent="  ")
        return
    marks = ticks(panel.top, 5, panel.unit)
    labels = {_height(mark, panel.top): short(mark, panel.unit) for mark in reversed(marks)}
    margin = max(map(len, labels.values()))
    columns = max(min(width - margin - 2, layers * 4), 8)
    cells: list[list[Part]] = [[" "] * columns for _ in range(HEIGHT)]
    for level in panel.levels:
        cells[_height(level.value, panel.top)] = [(characters.level, "dim")] * columns
    curves = list(zip(panel.curves, zip(characters.marks, _STYLES, strict=True), strict=False))
    for curve, mark in reversed(curves):
        for column, value in enumerate(_sampled(curve, columns)):
            if value is not None:
                cells[_height(value, panel.top)][column] = mark
    for height in reversed(range(HEIGHT)):
        row = cells[height]
        while row and row[-1] == " ":
            row.pop()
        yield line(f"{labels.get(height, ''):>{margin}} ", (characters.upright, "dim"), *row, whole=True)
    yield line(" " * (margin + 1), (characters.corner + characters.along * columns, "dim"), whole=True)
    for curve, mark in curves:
        told = "unknown" if curve.told_value is None else exact(curve.told_value, panel.unit)
        yield line(mark, f" {curve.label}: {told}", indent=" " * (margin + 2))
    for level in panel.levels:
        yield line((characters.level, "dim"), f" {level.label}", indent=" " * (margin + 2))


def _height(value: int, top: int) -> int:
    """Returns the line of the grid that a value falls on, counted from below."""
    return (2 * value * (HEIGHT - 1) + top) // (2 * top)


def _sampled(curve: Curve, columns: int) -> Iterator[int | None]:
    """Yields the value of the layer at each column: the largest of those that share one."""
    layers = len(curve.values)
    for column in range(columns):
        first = column * layers // columns
        end = max((column + 1) * layers // columns, first + 1)
        yield max((value for value in curve.values[first:end] if value is not None), default=None)
