"""A marked class for a terminal: a row per student, and the commonest mistakes per question."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from cnncalc.errors import describe
from cnncalc.marking.class_report import ClassReport, Question, Student
from cnncalc.marking.misconceptions import BY_ID
from cnncalc.render.answer_values import points
from cnncalc.render.text import display_width, elide, pad, paint, safe

_QUESTIONS: Final = 20
"""How many questions are listed, the hardest first; JSON has them all."""
_MISTAKES: Final = 3
_ANSWER_WIDTH: Final = 24
_NAME_WIDTH: Final = 12
"""What is left of the first and the last column, at least, where the terminal is narrow."""


def render_class(report: ClassReport, *, width: int | None = None, color: bool = False) -> str:
    """The tables of a class. Without a width nothing is wrapped."""
    lines = [paint(f"{safe(report.model)}: {len(report.students)} sheets", "bold", color)]
    heading = ["Student", "Points", "Right", "Follows", "Wrong", "Blank"]
    rows = [_student(student) for student in report.students]
    lines += _table(heading, rows, width, color, [_error(student) for student in report.students])
    mean = report.mean_points
    if mean is not None:
        lines.append(f"Mean: {points(mean)} points")
    unreadable = sum(student.marks is None for student in report.students)
    if unreadable:
        lines.append(paint(f"{unreadable} could not be read", "warning", color))
    if report.passed_over:
        names = ", ".join(safe(name) for name in report.passed_over[:3])
        more = f" and {len(report.passed_over) - 3} more" if len(report.passed_over) > 3 else ""
        lines.append(paint(f"Passed over, as their names are not a sheet's: {names}{more}", "warning", color))
    if report.questions:
        lines += ["", paint("Commonest mistakes", "bold", color)]
        shown = report.questions[:_QUESTIONS]
        heading = ["Layer", "Question", "Wrong", "Often", "Mistakes"]
        lines += _table(heading, [_question(question) for question in shown], width, color)
        if len(report.questions) > len(shown):
            lines.append(f"and {len(report.questions) - len(shown)} more questions")
        for id, count in report.mistakes:
            lines += _wrapped(f"{id} ({count}): {BY_ID[id].text}", width)
    return "\n".join(lines) + "\n"


def _student(student: Student) -> list[str]:
    marks = student.marks
    if marks is None:
        return [safe(student.name), "not read", "", "", "", ""]
    counts = [str(marks.count(status)) for status in ("right", "follows", "wrong", "blank")]
    return [safe(student.name), f"{points(marks.points)} of {points(marks.max_points)}", *counts]


def _error(student: Student) -> str | None:
    return safe(describe(student.diagnostics[0])) if student.diagnostics else None


def _question(question: Question) -> list[str]:
    mistakes = ", ".join(f"{id} ({count})" for id, count in question.mistakes[:_MISTAKES])
    often = elide(safe(question.commonest_answer or ""), _ANSWER_WIDTH)
    return [question.layer, question.quantity, f"{question.wrong} of {question.answered}", often, mistakes or "-"]


def _table(
    heading: list[str], rows: list[list[str]], width: int | None, color: bool, notes: Sequence[str | None] = ()
) -> list[str]:
    """A table; a row's note stands below it."""
    widths = [max(map(display_width, column)) for column in zip(heading, *rows, strict=True)]
    rule = sum(widths) + 2 * (len(widths) - 1)
    if width is not None and rule > width:
        widths[0] = max(widths[0] - (rule - width), min(widths[0], _NAME_WIDTH))
        widths[-1] = max(width - sum(widths[:-1]) - 2 * (len(widths) - 1), _NAME_WIDTH)
        rule = width
    lines = [paint("_" * rule, "dim", color), _line(heading, widths), paint("=" * rule, "dim", color)]
    for index, row in enumerate(rows):
        lines.append(_line([elide(row[0], widths[0]), *row[1:-1], elide(row[-1], widths[-1])], widths))
        if index < len(notes) and (note := notes[index]):
            lines += [paint(line, "error", color) for line in _wrapped(note, width, "    ")]
    return [*lines, paint("=" * rule, "dim", color)]


def _line(cells: list[str], widths: list[int]) -> str:
    return "  ".join(pad(cell, width, "left") for cell, width in zip(cells, widths, strict=True)).rstrip()


def _wrapped(text: str, width: int | None, margin: str = "") -> list[str]:
    if width is None:
        return [margin + text]
    return textwrap.wrap(text, width, initial_indent=margin, subsequent_indent="    ", break_on_hyphens=False)
