"""A report as a Markdown table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cnncalc.analysis.report import Report
from cnncalc.render.columns import Column
from cnncalc.render.summary import summarize

# An underscore inside a word, as in conv2d_1, is no markup.
_MARKUP = re.compile(r"[\\`*|\[\]<>&~$]|(?<![^\W_])_|_(?![^\W_])")


def render_markdown(report: Report, columns: Sequence[Column] | None = None) -> str:
    """A heading, the table in GitHub's dialect, and a list of the totals."""
    summary = summarize(report, columns)
    rules = ["---:" if column.align == "right" else ":---" for column in summary.columns]
    rows = [table_line(map(escaped, cells)) for cells in summary.rows]
    if summary.culprit is not None:
        rows.append(table_line([f"**{escaped(summary.culprit)}**", *[""] * (len(rules) - 1)]))
    lines = [
        f"### {escaped(summary.title)}",
        "",
        table_line(map(escaped, summary.headings)),
        table_line(rules),
        *rows,
        "",
        *(f"- {escaped(line)}" for line in summary.below),
    ]
    return "\n".join(lines) + "\n"


def table_line(cells: Iterable[str]) -> str:
    """Writes a line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """A text in which nothing is mark-up."""
    return _MARKUP.sub(r"\\\g<0>", text)
