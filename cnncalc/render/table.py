"""The table of a report, in Keras's manner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis.report import Report
from cnncalc.render.columns import CONNECTED_TO, LAYER, Column
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.formats import NamedReport, View
from cnncalc.render.grid import Grid, GridColumn
from cnncalc.render.summary import Summary, summarize
from cnncalc.render.terminal import Terminal


def write_reports(reports: Sequence[NamedReport], view: View) -> str:
    """Writes the tables of reports, an empty line between two."""
    return "\n".join(render_table(report, view.columns, view.terminal) for _, report in reports)


def render_table(report: Report, columns: Sequence[Column] | None = None, terminal: Terminal | None = None) -> str:
    """Writes the table of a report with its totals, in ASCII but for the names and a terminal's lines.

    Plain text is never cut. On a terminal names fold between their parts; then what a layer is connected to moves
    from its column to a line below the layer, if that is not just the layer above; then rows take several lines.
    """
    return draw(_blocks(report, summarize(report, columns), movable=columns is None), terminal)


def _blocks(report: Report, summary: Summary, movable: bool) -> Iterator[Block]:
    """Writes title, table and totals; `movable`: what a layer is connected to may stand below it."""
    yield line((summary.title, "bold"))
    columns = [
        _column(report, movable, *column)
        for column in zip(summary.columns, summary.headings, summary.cells, strict=True)
    ]
    yield Grid(columns, closing=None if summary.culprit is None else (summary.culprit, "error"))
    for text in summary.footnotes:
        yield line(text)
    for text in summary.totals:
        label, colon, value = text.partition(": ")
        yield line((label + colon.rstrip(), "bold"), colon[1:] + value)
    for text in summary.warnings:
        yield line((text, "warning"))


def _column(report: Report, movable: bool, column: Column, heading: str, cells: Sequence[str]) -> GridColumn:
    names = column.shortened
    if column is LAYER:
        tails = [(cell.rfind(" ("), row.type) for cell, row in zip(cells, report.layers, strict=True)]
        return GridColumn(heading, cells, column.align, names, "bold", tails)
    beneath = _connections(report) if column is CONNECTED_TO and movable else ()
    return GridColumn(heading, cells, column.align, names, beneath=beneath)


def _connections(report: Report) -> list[str]:
    """Says for each row what it is connected to, if that is not just the row above."""
    rows = report.layers
    return [
        f"{CONNECTED_TO.heading}: {CONNECTED_TO.shown(row)}"
        if row.inputs and row.inputs != (rows[index - 1].name,)
        else ""
        for index, row in enumerate(rows)
    ]
