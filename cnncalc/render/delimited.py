"""Reports as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cnncalc.analysis.report import Report
from cnncalc.render.columns import COLUMNS, Column, added_columns
from cnncalc.render.text import safe


def render_csv(
    reports: Sequence[tuple[str, Report]], columns: Sequence[Column] | None = None, spec_column: bool = False
) -> str:
    """One line per layer below a line of the columns' names; `spec_column` puts each report's own name in front."""
    chosen = columns
    if chosen is None:
        chosen = (*COLUMNS, *(added_columns(reports[0][1]) if reports else ()))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(["spec"] if spec_column else []), *(column.name for column in chosen)])
    for spec, report in reports:
        front = [safe(spec)] if spec_column else []
        writer.writerows([*front, *(column.plain(row) for column in chosen)] for row in report.layers)
    return text.getvalue()
