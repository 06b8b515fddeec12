"""Marks as tables for spreadsheets: a line per answer, of one sheet or of a class, or a line per student; as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cnncalc.errors import describe
from cnncalc.marking.class_report import ClassReport, Student
from cnncalc.marking.marks import STATUSES, Mark, Marks, plain_points
from cnncalc.render.answer_values import written
from cnncalc.render.delimited import csv_text
from cnncalc.render.text import safe

_ANSWER: Final = (
    "layer", "quantity", "status", "answer", "expected", "points", "max_points", "follows_from", "reasons", "problem",
)  # fmt: skip


Table = tuple[list[str], Iterable[list[object]]]
"""The headings of a table, and its lines."""


def render_marks_csv(marks: Marks, hints: bool = False) -> str:
    """Returns a line per answer; several reasons are joined by a space, likeliest first."""
    hints = hints or marks.nothing_answered
    return csv_text(_ANSWER, (_answer(mark, hints) for mark in marks.marks))


def render_answers_csv(students: Sequence[Student], hints: bool = False) -> str:
    """Returns a line per answer of every student, as CSV."""
    return csv_text(*answer_table(students, hints))


def render_class_csv(report: ClassReport) -> str:
    """Returns a line per student, as CSV."""
    return csv_text(*student_table(report))


def answer_table(students: Sequence[Student], hints: bool) -> Table:
    """Lists every answer of every student; a sheet that could not be read is one line that says why."""
    return ["student", "file", *_ANSWER], (line for student in students for line in _answers(student, hints))


def student_table(report: ClassReport) -> Table:
    """Lists the students. `error` says why a sheet has no marks, or which rows were not read; `notes` the rest."""
    header = ["student", "file", "points", "max_points", "percent", *STATUSES, "error", "notes"]
    return header, (_student(student, report) for student in report.students)


def _answers(student: Student, hints: bool) -> Iterator[list[object]]:
    front: list[object] = [safe(student.name), safe(student.file)]
    if student.marks is None:
        problem = safe(describe(student.diagnostics[0]))
        yield [
            *front,
            *("unreadable" if name == "status" else problem if name == "problem" else "" for name in _ANSWER),
        ]
        return
    hints = hints or student.marks.nothing_answered
    yield from ([*front, *_answer(mark, hints)] for mark in student.marks.marks)


def _student(student: Student, report: ClassReport) -> list[object]:
    marks = student.marks
    error = "; ".join(safe(describe(diagnostic)) for diagnostic in student.unread)
    notes = "; ".join(map(safe, student.remarks))
    front = [safe(student.name), safe(student.file)]
    if marks is None:  # it has no points yet: somebody has to look at it
        return [*front, "", plain_points(report.max_points), "", *[""] * len(STATUSES), error, notes]
    points, out_of = marks.points, marks.max_points
    percent = round(float(100 * points / out_of), 1) if out_of else ""
    counts = [marks.count(status) for status in STATUSES]
    return [*front, plain_points(points), plain_points(out_of), percent, *counts, error, notes]


def _answer(mark: Mark, hints: bool) -> list[object]:
    return [
        mark.layer, mark.quantity, mark.status, safe(mark.answer or ""),
        "" if hints else written(mark.expected), plain_points(mark.points), plain_points(mark.max_points),
        mark.follows_from or "", " ".join(reason.id for reason in mark.reasons),
        "" if mark.problem is None else safe(mark.problem.message),
    ]  # fmt: skip
