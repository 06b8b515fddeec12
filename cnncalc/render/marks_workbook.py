"""Marks as an Excel workbook (.xlsx): a sheet with a row per student, and a sheet with a row per answer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from cnncalc.errors import Diagnostic, UsageError
from cnncalc.marking.class_report import ClassReport, Student
from cnncalc.optional_packages import optional_package
from cnncalc.render.marks_csv import Table, answer_table, student_table

_MOST_ROWS: Final = 1_048_576
_LONGEST_CELL: Final = 32_767
_WIDEST: Final = 60
_MOST_DIGITS: Final = 15
"""Digits that Excel keeps of a number: a longer one stays a text, as it would be rounded."""


def class_workbook(report: ClassReport, hints: bool = False) -> bytes:
    """Makes the workbook of a class. Raises: UsageError: without XlsxWriter, or if it has too many rows."""
    return _workbook({"Students": student_table(report), "Answers": answer_table(report.students, hints)})


def answers_workbook(students: Sequence[Student], hints: bool = False) -> bytes:
    """Makes a workbook of answers alone. Raises: UsageError: without XlsxWriter, or if it has too many rows."""
    return _workbook({"Answers": answer_table(students, hints)})


def _workbook(tables: dict[str, Table]) -> bytes:
    """Writes each table into a sheet of its name: headings that stay in sight, filters, columns as wide as needed."""
    xlsxwriter = optional_package("xlsxwriter", "--format xlsx")
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True})
        for name, (headings, lines) in tables.items():
            sheet = workbook.add_worksheet(name)
            widths = list(map(len, headings))
            for column, heading in enumerate(headings):
                sheet.write_string(0, column, heading, bold)
            row = 0
            for row, line in enumerate(lines, 1):
                if row == _MOST_ROWS:
                    raise _too_many_rows()
                for column, cell in enumerate(map(_value, line)):
                    if not isinstance(cell, str):
                        sheet.write_number(row, column, cell)
                    elif cell:  # never a formula, whatever a student wrote
                        sheet.write_string(row, column, cell[:_LONGEST_CELL])
                    widths[column] = max(widths[column], len(str(cell)))
            for column, width in enumerate(widths):
                sheet.set_column(column, column, min(width, _WIDEST) + 2)
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, row, len(headings) - 1)
            # A student's 12345 is a text, as written: no warning about it.
            sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{row + 1}"})
    return data.getvalue()


def _too_many_rows() -> UsageError:
    message = f"the workbook cannot be written: a sheet of it has at most {_MOST_ROWS:,} rows"
    return UsageError(Diagnostic("cannot-write", message, suggestion="--format csv has no such limit"))


def _value(cell: object) -> str | int | float:
    """Turns a cell of a table into what the workbook holds: numbers stay numbers."""
    if isinstance(cell, int) and len(str(abs(cell))) > _MOST_DIGITS:
        return str(cell)
    return cell if isinstance(cell, (int, float)) else str(cell)
