"""A report as a LaTeX table."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis.report import Report
from cnncalc.render.columns import Column
from cnncalc.render.formats import NamedReport, View
from cnncalc.render.summary import summarize

# Brackets and asterisks too: after `\\` they would be its arguments.
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        "[": "{[}",
        "]": "{]}",
        "*": "{*}",
    }
)


def write_reports(reports: Sequence[NamedReport], view: View) -> str:
    """Writes the LaTeX tables of reports, an empty line between two."""
    return "\n".join(render_latex(report, view.columns) for _, report in reports)


def render_latex(report: Report, columns: Sequence[Column] | None = None) -> str:
    """Returns a table of the package booktabs, the totals in its last rows."""
    summary = summarize(report, columns)
    width = len(summary.columns)
    rows = [" & ".join(map(escaped, cells)) for cells in summary.rows]
    if summary.culprit is not None:
        rows.append(rf"\multicolumn{{{width}}}{{l}}{{\textbf{{{escaped(summary.culprit)}}}}}")
    below = [rf"\multicolumn{{{width}}}{{l}}{{{escaped(line)}}}" for line in summary.below]
    lines = [
        r"% \usepackage[T1]{fontenc}, \usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escaped(summary.title)}}}",
        rf"\begin{{tabular}}{{{''.join(column.align[0] for column in summary.columns)}}}",
        r"\toprule",
        " & ".join(map(escaped, summary.headings)) + r" \\",
        r"\midrule",
        *(rf"{row} \\" for row in rows),
        r"\midrule",
        *(rf"{line} \\" for line in below),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Returns a text in which nothing is mark-up."""
    return text.translate(_ESCAPES)
