"""Many sheets about one net: a row per student, and the commonest mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Final

from cnncalc.analysis.report import Json
from cnncalc.errors import AnswersError, Diagnostic
from cnncalc.marking.answers import read_sheet_file
from cnncalc.marking.marker import Marker
from cnncalc.marking.marks import Marks, plain_points
from cnncalc.marking.misconceptions import BY_ID
from cnncalc.marking.quantities import Marking
from cnncalc.marking.sheet_files import SheetFile

SCHEMA: Final = "cnncalc.class/1"


@dataclass(frozen=True, slots=True)
class Student:
    """A student's sheet: its marks, or what is wrong with the file."""

    name: str
    file: str
    marks: Marks | None
    diagnostics: tuple[Diagnostic, ...] = ()

    def to_dict(self, hints: bool = False) -> Json:
        return {
            "student": self.name,
            "file": self.file,
            "error": [diagnostic.to_dict() for diagnostic in self.diagnostics] or None,
            "marks": None if self.marks is None else self.marks.to_dict(hints),
        }


@dataclass(frozen=True, slots=True)
class Question:
    """A question with wrong answers: how many of how many, and their mistakes, the commonest first."""

    layer: str
    quantity: str
    wrong: int
    answered: int
    commonest_answer: str | None
    mistakes: tuple[tuple[str, int], ...]
    """Ids with the number of students; of a student's reasons the likeliest counts."""

    def to_dict(self) -> Json:
        return asdict(self) | {"mistakes": _mistakes(self.mistakes, "students")}


@dataclass(frozen=True, slots=True)
class ClassReport:
    """All students, in the order of their files, and every question with wrong answers, the hardest first."""

    model: str
    convention: Marking
    students: tuple[Student, ...]
    questions: tuple[Question, ...]
    passed_over: tuple[str, ...] = ()
    """Files of the folders that are no sheets by their names."""

    @property
    def mean_points(self) -> Fraction | None:
        """The mean points of the sheets that could be read."""
        marked = [student.marks for student in self.students if student.marks is not None]
        return sum((marks.points for marks in marked), Fraction(0)) / len(marked) if marked else None

    @property
    def mistakes(self) -> tuple[tuple[str, int], ...]:
        """The mistakes over all questions: ids with the number of wrong answers, commonest first."""
        counted: Counter[str] = Counter()
        for question in self.questions:
            counted.update(dict(question.mistakes))
        return tuple(counted.most_common())

    def to_dict(self, hints: bool = False) -> Json:
        """Returns the JSON object, of plain lists, dicts, strings, numbers and booleans."""
        return {
            "schema": SCHEMA,
            "model": self.model,
            "convention": self.convention,
            "sheets": len(self.students),
            "unreadable": sum(student.marks is None for student in self.students),
            "mean_points": None if self.mean_points is None else plain_points(self.mean_points),
            "students": [student.to_dict(hints) for student in self.students],
            "questions": [question.to_dict() for question in self.questions],
            "mistakes": _mistakes(self.mistakes, "answers"),
            "passed_over": list(self.passed_over),
        }


def _mistakes(mistakes: Sequence[tuple[str, int]], unit: str) -> list[Json]:
    return [{"id": id, "text": BY_ID[id].text, unit: count} for id, count in mistakes]


def mark_file(marker: Marker, sheet: SheetFile) -> Student:
    """Marks the sheet of a file. One that can't be read is a student without marks."""
    if sheet.problem is not None:
        return Student(sheet.name, sheet.path, None, (sheet.problem,))
    try:
        return Student(sheet.name, sheet.path, marker.mark(read_sheet_file(sheet.path, marker.net.layers, sheet.name)))
    except AnswersError as error:
        return Student(sheet.name, sheet.path, None, error.diagnostics)


def class_report(marker: Marker, students: Sequence[Student], passed_over: Sequence[str] = ()) -> ClassReport:
    """Makes the report of a class from its marked students."""
    answered: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    answers: dict[tuple[str, str], Counter[str]] = {}
    mistakes: dict[tuple[str, str], Counter[str]] = {}
    for student in students:
        for mark in student.marks.marks if student.marks else ():
            question = (mark.layer, mark.quantity)
            answered[question] += mark.status != "blank"
            if mark.status == "wrong":
                wrong[question] += 1
                answers.setdefault(question, Counter())[mark.answer or ""] += 1
                likeliest = mark.reasons[:2] if mark.reasons and not mark.guess else mark.reasons[:1]
                mistakes.setdefault(question, Counter()).update(reason.id for reason in likeliest)
    questions = tuple(
        Question(
            layer, quantity, count, answered[layer, quantity],
            answers[layer, quantity].most_common(1)[0][0], tuple(mistakes[layer, quantity].most_common()),
        )
        for (layer, quantity), count in wrong.most_common()
    )  # fmt: skip
    return ClassReport(marker.net.name, marker.options.convention, tuple(students), questions, tuple(passed_over))
