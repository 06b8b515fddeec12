"""Tables as CSV, and reports as such tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from cnncalc.analysis.report import Report
from cnncalc.render.columns import Column, added_columns, all_columns
from cnncalc.render.formats import NamedReport, View
from cnncalc.render.text import safe

_FORMULA_SIGNS: Final = frozenset("=+-@\t\r")
# A number, one number per axis as -1x-1, or the sign for what is not counted.
_NUMBER: Final = r"[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?(?:/\d+)?"
_FIGURE: Final = re.compile(rf"-|(?:{_NUMBER})(?:x(?:{_NUMBER}|\?))*")


def write_reports(reports: Sequence[NamedReport], view: View) -> str:
    """Writes reports as one table of CSV."""
    return render_csv(reports, view.columns, view.several)


def render_csv(
    reports: Sequence[tuple[str, Report]], columns: Sequence[Column] | None = None, spec_column: bool = False
) -> str:
    """Returns one line per layer below a line of the columns' names; `spec_column` puts each report's own name in
    front.
    """
    chosen = columns
    if chosen is None:
        chosen = (*all_columns(), *(added_columns(reports[0][1]) if reports else ()))
    header = [*(["spec"] if spec_column else []), *(column.name for column in chosen)]
    return csv_text(
        header,
        (
            [*([safe(spec)] if spec_column else []), *(column.plain(row) for column in chosen)]
            for spec, report in reports
            for row in report.layers
        ),
    )


def csv_text(header: Sequence[str], lines: Iterable[Iterable[object]]) -> str:
    """Writes a table as CSV in which no cell is a formula for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(map(_harmless, line) for line in lines)
    return text.getvalue()


def _harmless(cell: object) -> object:
    """Puts an apostrophe in front of a text that a spreadsheet would compute, as `=1+1`; figures stay as they are."""
    if isinstance(cell, str) and cell[:1] in _FORMULA_SIGNS and not _FIGURE.fullmatch(cell):
        return f"'{cell}"
    return cell
