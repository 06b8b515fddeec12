"""A report as an HTML table that needs nothing else: it carries its style, and takes the colours of its page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from cnncalc.analysis.report import Report
from cnncalc.render.columns import Column
from cnncalc.render.formats import NamedReport, View
from cnncalc.render.summary import summarize

STYLE: Final = """\
<style>
table.cnncalc {border-collapse: collapse; margin: 1em; font: 14px/1.4 system-ui, sans-serif;
  font-variant-numeric: tabular-nums}
table.cnncalc caption {text-align: left; font-size: 16px; font-weight: bold; padding: 6px 10px}
table.cnncalc th, table.cnncalc td {border: 0; padding: 3px 10px; vertical-align: top}
table.cnncalc thead th {border-top: 2px solid; border-bottom: 1px solid}
table.cnncalc tbody tr:nth-child(even) {background: rgba(128, 128, 128, 0.12)}
table.cnncalc tfoot td {border-top: 1px solid; border-bottom: 2px solid; max-width: 0; overflow-wrap: anywhere}
</style>"""


def write_reports(reports: Sequence[NamedReport], view: View) -> str:
    """Writes the HTML tables of reports, an empty line between two."""
    return "\n".join(render_html(report, view.columns) for _, report in reports)


def render_html(report: Report, columns: Sequence[Column] | None = None) -> str:
    """Returns a `<table>` behind its style, with the title as its caption and the totals in its foot, in ASCII."""
    summary = summarize(report, columns)
    styles = [f' style="text-align: {column.align}"' for column in summary.columns]
    span = f'<td colspan="{len(styles)}" style="text-align: left">'
    rows = [_row("td", cells, styles) for cells in summary.rows]
    if summary.culprit is not None:
        rows.append(f"<tr>{span}<strong>{escape(summary.culprit)}</strong></td></tr>")
    lines = [
        STYLE,
        '<table class="cnncalc">',
        f"<caption>{escape(summary.title)}</caption>",
        "<thead>",
        _row("th", summary.headings, styles),
        "</thead>",
        "<tbody>",
        *rows,
        "</tbody>",
        "<tfoot>",
        f"<tr>{span}{'<br>'.join(map(escape, summary.below))}</td></tr>",
        "</tfoot>",
        "</table>",
    ]
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode("ascii") + "\n"


def _row(tag: str, cells: Sequence[str], styles: Sequence[str]) -> str:
    filled = (f"<{tag}{style}>{escape(cell)}</{tag}>" for cell, style in zip(cells, styles, strict=True))
    return f"<tr>{''.join(filled)}</tr>"
