"""A marked class for people: a row per student, and the commonest mistakes per question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cnncalc.errors import describe
from cnncalc.marking.class_report import ClassReport, Question, Student
from cnncalc.marking.misconceptions import BY_ID
from cnncalc.render.answer_values import points
from cnncalc.render.document import Block, line
from cnncalc.render.drawing import draw
from cnncalc.render.grid import Grid, grid_of
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import elide, safe

_QUESTIONS: Final = 20
"""How many questions are listed, the hardest first; JSON has them all."""
_MISTAKES: Final = 3
_ANSWER_WIDTH: Final = 24


def render_class(report: ClassReport, terminal: Terminal | None = None) -> str:
    """Writes the tables of a class."""
    return draw(_blocks(report), terminal)


def _blocks(report: ClassReport) -> Iterator[Block]:
    yield line((f"{safe(report.model)}: {len(report.students)} sheets", "bold"))
    yield _students(report)
    if report.mean_points is not None:
        yield line(f"Mean: {points(report.mean_points)} points")
    unreadable = sum(student.marks is None for student in report.students)
    if unreadable:
        yield line((f"{unreadable} could not be read", "warning"))
    if report.passed_over:
        names = ", ".join(safe(name) for name in report.passed_over[:3])
        more = f" and {len(report.passed_over) - 3} more" if len(report.passed_over) > 3 else ""
        yield line((f"Passed over, as their names are not a sheet's: {names}{more}", "warning"))
    if report.questions:
        yield line()
        yield line(("Commonest mistakes", "bold"))
        rows = [_question(question) for question in report.questions[:_QUESTIONS]]
        headings = ["Layer", "Question", "Wrong", "Often", "Mistakes"]
        yield grid_of(headings, rows, "lllll", frame="around", folds=[0, 3, 4])
        if len(report.questions) > len(rows):
            yield line(f"and {len(report.questions) - len(rows)} more questions")
        for id, count in report.mistakes:
            yield line((f"{id} ({count}):", "hint"), f" {BY_ID[id].text}")


def _students(report: ClassReport) -> Grid:
    """A row for each student; below it, why a sheet could not be read."""
    headings = ["Student", "Points", "Right", "Follows", "Wrong", "Blank"]
    grid = grid_of(headings, [_student(student) for student in report.students], "llllll", folds=[0])
    notes = {
        index: [(f"    {safe(describe(student.diagnostics[0]))}", "error")]
        for index, student in enumerate(report.students)
        if student.diagnostics
    }
    return Grid(grid.columns, notes=notes)


def _student(student: Student) -> list[str]:
    marks = student.marks
    if marks is None:
        return [safe(student.name), "not read", "", "", "", ""]
    counts = [str(marks.count(status)) for status in ("right", "follows", "wrong", "blank")]
    return [safe(student.name), f"{points(marks.points)} of {points(marks.max_points)}", *counts]


def _question(question: Question) -> list[str]:
    mistakes = ", ".join(f"{id} ({count})" for id, count in question.mistakes[:_MISTAKES])
    often = elide(safe(question.commonest_answer or ""), _ANSWER_WIDTH)
    return [question.layer, question.quantity, f"{question.wrong} of {question.answered}", often, mistakes or "-"]
