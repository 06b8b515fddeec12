"""Where marks go: the formats of `cnncalc check`, pages for students, and what is said of sheets that were not read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cnncalc.cli.output import bytes_to, output_to
from cnncalc.cli.pages import file_names, make_folder
from cnncalc.errors import Diagnostic
from cnncalc.marking.class_report import ClassReport, Student
from cnncalc.render.class_table import by_points, render_class
from cnncalc.render.feedback import SUFFIXES, FeedbackFormat, render_feedback
from cnncalc.render.gradescope import gradescope, gradescope_class
from cnncalc.render.json_text import indented
from cnncalc.render.marks_csv import render_answers_csv, render_class_csv, render_marks_csv
from cnncalc.render.marks_table import render_marks
from cnncalc.render.marks_workbook import answers_workbook, class_workbook
from cnncalc.render.terminal import Terminal

Format = Literal["table", "json", "csv", "xlsx", "gradescope"]


@dataclass(frozen=True, slots=True)
class View:
    """How marks are written: format, whether right figures are shown, the terminal if there is one, a class's order."""

    format: Format
    hints: bool
    terminal: Terminal | None
    ranked: bool = False
    per_answer: bool = False

    def one(self, student: Student) -> str | bytes:
        """Writes a student's marks: as a text, or as a workbook."""
        match self.format, student.marks:
            case "gradescope", _:
                return indented(gradescope(student, self.hints)) + "\n"
            case _, None:
                return ""
            case "json", marks:
                return indented(marks.to_dict(self.hints)) + "\n"
            case "xlsx", _:
                return answers_workbook([student], self.hints)
            case "csv", _ if self.per_answer:
                return render_answers_csv([student], self.hints)
            case "csv", marks:
                return render_marks_csv(marks, self.hints)
            case _, marks:
                return render_marks(marks, hints=self.hints, terminal=self.terminal)

    def several(self, report: ClassReport) -> str | bytes:
        """Writes a class: as a text, or as a workbook."""
        if self.ranked:
            report = report.in_order(by_points(report.students))
        match self.format:
            case "gradescope":
                return indented(gradescope_class(report.students, self.hints)) + "\n"
            case "xlsx":
                return class_workbook(report, self.hints)
            case "csv" if self.per_answer:
                return render_answers_csv(report.students, self.hints)
            case "csv":
                return render_class_csv(report)
            case "json":
                return indented(report.to_dict(self.hints)) + "\n"
        return render_class(report, self.terminal, ranked=self.ranked)


def write_marks(output: str | None, marks: str | bytes) -> None:
    """Writes marks to standard output, or to the file `output`; a workbook always has one. Raises: UsageError."""
    if isinstance(marks, bytes):
        assert output is not None, "a workbook without a file was refused before"
        with bytes_to(output) as write_bytes:
            write_bytes(marks)
    else:
        with output_to(output) as write:
            write(marks)


def write_pages(students: Sequence[Student], folder: str, format: FeedbackFormat, hints: bool) -> None:
    """Writes a page per student into a folder, which is made if it is not there. Raises: UsageError: `cannot-write`."""
    make_folder(folder)
    for student, name in zip(students, file_names([student.name for student in students]), strict=True):
        with output_to(os.path.join(folder, f"{name}{SUFFIXES[format]}")) as write:
            write(render_feedback(student, format, hints))


def class_problems(report: ClassReport, whole: bool) -> list[Diagnostic]:
    """Lists what could not be read: for people in one line, as the table says it all, and else as a `whole`."""
    unread = [student for student in report.students if student.marks is None]
    partly = [student for student in report.students if student.marks is not None and student.unread]
    if whole or not (unread or partly):
        return [diagnostic for student in report.students for diagnostic in student.unread]
    parts = [
        f"{len(students)} {what}"
        for students, what in ((unread, "could not be read"), (partly, "could be read only in part"))
        if students
    ]
    names = ", ".join(student.name for student in [*unread, *partly][:3])
    more = "" if len(unread) + len(partly) <= 3 else ", ..."
    message = f"of {sum(s.handed_in for s in report.students)} sheets {' and '.join(parts)}: {names}{more}"
    return [Diagnostic("unread-sheets", message, suggestion="the report says why; the others are marked")]
