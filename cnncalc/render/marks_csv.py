"""Marks as CSV: a line per answer of one sheet, or a line per student of a class."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.errors import describe
from cnncalc.marking.class_report import Student
from cnncalc.marking.marks import Marks, plain_points
from cnncalc.render.answer_values import written
from cnncalc.render.delimited import csv_text
from cnncalc.render.text import safe


def render_marks_csv(marks: Marks, hints: bool = False) -> str:
    """A line per answer; several reasons are joined by a space, likeliest first."""
    header = [
        "layer", "quantity", "status", "answer", "expected",
        "points", "max_points", "follows_from", "reasons", "problem",
    ]  # fmt: skip
    return csv_text(
        header,
        (
            [
                mark.layer, mark.quantity, mark.status, safe(mark.answer or ""),
                "" if hints else written(mark.expected), plain_points(mark.points), plain_points(mark.max_points),
                mark.follows_from or "", " ".join(reason.id for reason in mark.reasons),
                "" if mark.problem is None else safe(mark.problem.message),
            ]
            for mark in marks.marks
        ),
    )  # fmt: skip


def render_class_csv(students: Sequence[Student]) -> str:
    """A line per student; `error` says why a sheet has no marks."""
    header = ["student", "file", "points", "max_points", "right", "follows", "wrong", "blank", "error"]
    return csv_text(header, (_student(student) for student in students))


def _student(student: Student) -> list[object]:
    front = [safe(student.name), safe(student.file)]
    marks = student.marks
    if marks is None:
        return [*front, *[""] * 6, safe(describe(student.diagnostics[0]))]
    counts = [marks.count(status) for status in ("right", "follows", "wrong", "blank")]
    return [*front, plain_points(marks.points), plain_points(marks.max_points), *counts, ""]
