"""Reports and diagnostics as text. Nothing here computes a figure; every text ends in a newline.

A format's module is imported when it is asked for: start-up time counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.render.columns import Column
    from cnncalc.render.terminal import Terminal

Format = Literal["table", "json", "jsonl", "csv", "markdown", "latex", "html"]


def render(
    format: Format,
    reports: Sequence[tuple[str, Report]],
    *,
    several: bool = False,
    columns: Sequence[Column] | None = None,
    terminal: Terminal | None = None,
) -> str:
    """Reports, each with the name of its spec as the user gave it, in one of the formats.

    `several` says that several specs were asked for, whether or not all could be read: JSON is then an array,
    and CSV has a column `spec`. A table is drawn for a `terminal` if there is one.
    """
    match format:
        case "table":
            from cnncalc.render.table import render_table

            return "\n".join(render_table(report, columns, terminal) for _, report in reports)
        case "json":
            from cnncalc.render.json_text import render_json, render_json_array

            return render_json_array([report for _, report in reports]) if several else render_json(reports[0][1])
        case "jsonl":
            from cnncalc.render.json_text import render_json_lines

            return render_json_lines([report for _, report in reports])
        case "csv":
            from cnncalc.render.delimited import render_csv

            return render_csv(reports, columns, several)
        case "markdown":
            from cnncalc.render.markdown import render_markdown

            return "\n".join(render_markdown(report, columns) for _, report in reports)
        case "latex":
            from cnncalc.render.latex import render_latex

            return "\n".join(render_latex(report, columns) for _, report in reports)
        case "html":
            from cnncalc.render.html import render_html

            return "\n".join(render_html(report, columns) for _, report in reports)
