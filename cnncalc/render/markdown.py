"""A report, or any grid, as a Markdown table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cnncalc.analysis.report import Report
from cnncalc.render.columns import Column
from cnncalc.render.formats import NamedReport, View
from cnncalc.render.grid import Grid, GridColumn
from cnncalc.render.summary import summarize

# An underscore inside a word, as in conv2d_1, is no markup.
_MARKUP = re.compile(r"[\\`*|\[\]<>&~$]|(?<![^\W_])_|_(?![^\W_])")


def write_reports(reports: Sequence[NamedReport], view: View) -> str:
    """Writes the Markdown of reports, an empty line between two."""
    return "\n".join(render_markdown(report, view.columns) for _, report in reports)


def render_markdown(report: Report, columns: Sequence[Column] | None = None) -> str:
    """Writes a heading, the table, and a list of the totals."""
    summary = summarize(report, columns)
    table = [
        GridColumn(heading, cells, column.align)
        for column, heading, cells in zip(summary.columns, summary.headings, summary.cells, strict=True)
    ]
    grid = Grid(table, closing=None if summary.culprit is None else (summary.culprit, "error"))
    below = "".join(f"- {escaped(line)}\n" for line in summary.below)
    return f"### {escaped(summary.title)}\n\n{markdown_table(grid)}\n{below}"


def markdown_table(grid: Grid) -> str:
    """Writes a grid in GitHub's dialect of Markdown, so that its cells show as they are."""
    rules = ["---:" if column.align == "right" else ":---" for column in grid.columns]
    lines = [list(map(escaped, grid.headings)), rules, *(list(map(escaped, cells)) for cells in grid.rows)]
    if grid.closing is not None:
        lines.append([f"**{escaped(grid.closing[0])}**", *[""] * (len(rules) - 1)])
    return "".join(f"{table_line(cells)}\n" for cells in lines)


def table_line(cells: Iterable[str]) -> str:
    """Writes a line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """Escapes what would be mark-up in a text."""
    return _MARKUP.sub(r"\\\g<0>", text)
