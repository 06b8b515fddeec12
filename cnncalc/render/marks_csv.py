"""Marks as CSV: a line per answer of one sheet, or a line per student of a class."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from cnncalc.errors import describe
from cnncalc.marking.class_report import Student
from cnncalc.marking.marks import Marks, plain_points
from cnncalc.render.answer_values import written
from cnncalc.render.text import safe


def render_marks_csv(marks: Marks, hints: bool = False) -> str:
    """A line per answer; several reasons are joined by a space, likeliest first."""
    header = [
        "layer", "quantity", "status", "answer", "expected",
        "points", "max_points", "follows_from", "reasons", "problem",
    ]  # fmt: skip
    return _csv(
        header,
        (
            [
                mark.layer, mark.quantity, mark.status, _text(mark.answer or ""),
                "" if hints else written(mark.expected), plain_points(mark.points), plain_points(mark.max_points),
                mark.follows_from or "", " ".join(reason.id for reason in mark.reasons),
                "" if mark.problem is None else _text(mark.problem.message),
            ]
            for mark in marks.marks
        ),
    )  # fmt: skip


def render_class_csv(students: Sequence[Student]) -> str:
    """A line per student; `error` says why a sheet has no marks."""
    header = ["student", "file", "points", "max_points", "right", "follows", "wrong", "blank", "error"]
    return _csv(header, (_student(student) for student in students))


def _student(student: Student) -> list[object]:
    front = [_text(student.name), _text(student.file)]
    marks = student.marks
    if marks is None:
        return [*front, *[""] * 6, _text(describe(student.diagnostics[0]))]
    counts = [marks.count(status) for status in ("right", "follows", "wrong", "blank")]
    return [*front, plain_points(marks.points), plain_points(marks.max_points), *counts, ""]


def _text(text: str) -> str:
    """A stranger's text; a spreadsheet must not take it for a formula and run it."""
    shown = safe(text)
    return f"'{shown}" if shown[:1] in ("=", "+", "@") or (shown[:1] == "-" and shown[1:2].isalpha()) else shown


def _csv(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return text.getvalue()
