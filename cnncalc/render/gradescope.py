"""Marks as Gradescope's `results.json`.

https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cnncalc.analysis.report import Json
from cnncalc.errors import describe
from cnncalc.marking.class_report import Student
from cnncalc.marking.marks import Mark, Marks, plain_points
from cnncalc.render.answer_values import points, shown
from cnncalc.render.marks_table import explain
from cnncalc.render.text import safe


def gradescope(student: Student, hints: bool = False) -> Json:
    """Returns the object of `results.json`. A sheet that can't be read scores 0 and says why."""
    extra: Json = {"student": student.name, "file": student.file}
    if student.marks is None:
        reasons = "\n".join(safe(describe(diagnostic)) for diagnostic in student.diagnostics)
        return {
            "score": 0,
            "output": f"The sheet can't be read:\n{reasons}",
            "output_format": "text",
            "tests": [],
            "extra_data": extra,
        }
    marks = student.marks
    hints = hints or marks.nothing_answered
    return {
        "score": plain_points(marks.points),
        "max_score": plain_points(marks.max_points),
        "output": _output(marks),
        "output_format": "text",
        "tests": [_test(mark, hints) for mark in marks.marks],
        "extra_data": extra,
    }


def gradescope_class(students: Sequence[Student], hints: bool = False) -> list[Json]:
    """Returns one object per student; `extra_data` says whose it is."""
    return [gradescope(student, hints) for student in students]


def _output(marks: Marks) -> str:
    lines = [f"{safe(marks.model)}: {points(marks.points)} of {points(marks.max_points)} points"]
    lines += [f"Note: {safe(note)}." for note in marks.notes]
    lines += [f"Not read: {safe(describe(diagnostic))}" for diagnostic in marks.unread]
    return "\n".join(lines)


def _test(mark: Mark, hints: bool) -> Json:
    status: Literal["passed", "failed"] = "passed" if mark.status in ("right", "follows") else "failed"
    return {
        "name": f"{mark.layer}: {mark.quantity}",
        "score": plain_points(mark.points),
        "max_score": plain_points(mark.max_points),
        "status": status,
        "output": "\n".join(_lines(mark, hints)),
        "output_format": "text",
    }


def _lines(mark: Mark, hints: bool) -> list[str]:
    answer = "no answer" if mark.answer is None else f"your answer: {safe(mark.answer)}"
    right = [] if hints or mark.status == "right" else [f"right: {shown(mark.expected)}"]
    return [answer, *right, *explain(mark)]
