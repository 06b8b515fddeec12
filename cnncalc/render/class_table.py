"""A marked class for people: a row per student, and the commonest mistakes per question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cnncalc.errors import describe
from cnncalc.marking.class_report import ClassReport, Question, Student
from cnncalc.marking.marks import Status
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
_LAYERS: Final = 3
_NOTES: Final = 3
_HEADINGS: Final[dict[Status, str]] = {
    "right": "Right", "follows": "Follows", "wrong": "Wrong", "blank": "Blank", "unreadable": "Unreadable",
}  # fmt: skip
_ANSWER_WIDTH: Final = 24


def render_class(report: ClassReport, terminal: Terminal | None = None, *, ranked: bool = False) -> str:
    """Writes the tables of a class; `ranked` says that the best come first."""
    return draw(_blocks(report, ranked), terminal)


def _blocks(report: ClassReport, ranked: bool) -> Iterator[Block]:
    yield line((f"{safe(report.model)}: {_count(sum(s.handed_in for s in report.students), 'sheet')}", "bold"))
    asked = report.asked
    yield line(f"{_count(asked.count, 'question')}: {asked.origin}; {points(report.max_points)} points in all.")
    yield _students(report, ranked)
    marked = sum(student.marks is not None and student.handed_in for student in report.students)
    if report.mean_points is not None:
        yield line(f"Mean: {points(report.mean_points)} of {points(report.max_points)} points over the {marked} marked")
    unread = sum(student.marks is None for student in report.students)
    if unread:
        yield line((f"{unread} could not be read", "warning"))
    absent = sum(not student.handed_in for student in report.students)
    if absent:
        yield line((f"{absent} handed in nothing", "warning"))
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
        for mistake in report.mistakes:
            layers = ", ".join(map(safe, mistake.layers[:_LAYERS]))
            more = f" and {len(mistake.layers) - _LAYERS} more" if len(mistake.layers) > _LAYERS else ""
            title = f"{mistake.id} ({mistake.answers}, {layers}{more}):"
            yield line((title, "hint"), f" {BY_ID[mistake.id].text}")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _students(report: ClassReport, ranked: bool) -> Grid:
    """Returns a row for each student; below it, what could not be read, and what the marker should know."""
    students = report.students
    headings = [*(["Rank"] if ranked else []), "Student", "Points", "%", *_HEADINGS.values()]
    rows = [_student(student, report) for student in students]
    if ranked:
        rows = [[rank, *row] for rank, row in zip(_ranks(students), rows, strict=True)]
    grid = grid_of(headings, rows, "l" * len(headings), folds=[int(ranked)])
    notes = {
        index: [
            *((f"    not read: {safe(describe(diagnostic))}", "error") for diagnostic in student.unread[:_NOTES]),
            *((f"    {safe(remark)}", "warning") for remark in student.remarks[:_NOTES]),
        ]
        for index, student in enumerate(students)
        if student.unread or student.remarks
    }
    return Grid(grid.columns, notes=notes)


def by_points(students: Sequence[Student]) -> list[Student]:
    """Sorts students by their points, the best first; those without a sheet that could be read come last."""
    return sorted(students, key=lambda student: (student.marks is None, -student.marks.points if student.marks else 0))


def _ranks(students: Sequence[Student]) -> Iterator[str]:
    """Gives equal points the same rank, and the next ones the rank that counts all before: 1, 2, 2, 4."""
    rank, last = 0, None
    for position, student in enumerate(students, 1):
        if student.marks is None:
            yield ""
            continue
        if student.marks.points != last:
            rank, last = position, student.marks.points
        yield str(rank)


def _student(student: Student, report: ClassReport) -> list[str]:
    marks, name = student.marks, safe(student.name)
    if marks is None:
        return [name, "not read", *[""] * (1 + len(_HEADINGS))]
    share = f"{float(100 * marks.points / marks.max_points):.0f}" if marks.max_points else ""
    counts = [str(marks.count(status)) for status in _HEADINGS]
    return [name, f"{points(marks.points)} of {points(marks.max_points)}", share, *counts]


def _question(question: Question) -> list[str]:
    mistakes = ", ".join(f"{id} ({count})" for id, count in question.mistakes[:_MISTAKES])
    often = elide(safe(question.commonest_answer or ""), _ANSWER_WIDTH)
    return [question.layer, question.quantity, f"{question.wrong} of {question.answered}", often, mistakes or "-"]
