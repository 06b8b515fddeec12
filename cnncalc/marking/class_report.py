"""Many sheets about one net, marked on the same questions: a row per student, and the commonest mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Final

from cnncalc.analysis.report import Json
from cnncalc.errors import AnswersError, Diagnostic
from cnncalc.formula import Number
from cnncalc.marking.answers import Sheet, read_sheet_file
from cnncalc.marking.layer_names import Layers
from cnncalc.marking.marker import Marker
from cnncalc.marking.marks import Marks, plain_points
from cnncalc.marking.misconceptions import BY_ID
from cnncalc.marking.quantities import Marking
from cnncalc.marking.questions import QuestionList, class_questions
from cnncalc.marking.roster import Listed, Roster
from cnncalc.marking.sheet_files import SheetFile

SCHEMA: Final = "cnncalc.class/1"


@dataclass(frozen=True, slots=True)
class Student:
    """A student's sheet: its marks, or what is wrong with the file (`diagnostics`); without a file all is blank.

    `notes` are what the marker should know, such as a name that is not on the roster; `authors` whom a learning
    platform names.
    """

    name: str
    file: str
    marks: Marks | None
    diagnostics: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    handed_in: bool = True

    @property
    def unread(self) -> tuple[Diagnostic, ...]:
        """What of the sheet could not be read: all of it, or rows."""
        return self.diagnostics if self.marks is None else self.marks.unread

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the marker should know of the sheet."""
        return self.notes if self.marks is None else (*self.notes, *self.marks.notes)

    def to_dict(self, hints: bool = False) -> Json:
        return {
            "student": self.name,
            "file": self.file or None,
            "handed_in": self.handed_in,
            "error": [diagnostic.to_dict() for diagnostic in self.diagnostics] or None,
            "notes": list(self.notes),
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
        mistakes = [{"id": id, "text": BY_ID[id].text, "students": count} for id, count in self.mistakes]
        return asdict(self) | {"mistakes": mistakes}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A usual mistake of the class: how many answers it explains, and of which layers, the hardest question first."""

    id: str
    answers: int
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassReport:
    """All students, in the order of their files or of the roster, and every question with wrong answers.

    `questions` has the hardest first. `asked` are the questions that all are marked on, and `max_points` what they are
    worth. `passed_over` are files of the folders that are no sheets by their names.
    """

    model: str
    convention: Marking
    students: tuple[Student, ...]
    questions: tuple[Question, ...]
    asked: QuestionList
    max_points: Number
    passed_over: tuple[str, ...] = ()

    def in_order(self, students: Sequence[Student]) -> ClassReport:
        """Returns the report with its students in another order."""
        return replace(self, students=tuple(students))

    @property
    def mean_points(self) -> Fraction | None:
        """The mean points of the sheets that could be read."""
        marked = [student.marks for student in self.students if student.marks is not None and student.handed_in]
        return Fraction(sum(marks.points for marks in marked)) / len(marked) if marked else None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes over all questions, commonest first."""
        counted: Counter[str] = Counter()
        layers: dict[str, list[str]] = {}
        for question in self.questions:
            for id, count in question.mistakes:
                counted[id] += count
                layers.setdefault(id, []).append(question.layer)
        return tuple(Mistake(id, count, tuple(dict.fromkeys(layers[id]))) for id, count in counted.most_common())

    def to_dict(self, hints: bool = False) -> Json:
        """Returns the JSON object, of plain lists, dicts, strings, numbers and booleans."""
        return {
            "schema": SCHEMA,
            "model": self.model,
            "convention": self.convention,
            "sheets": sum(student.handed_in for student in self.students),
            "unreadable": sum(student.marks is None for student in self.students),
            "nothing_handed_in": sum(not student.handed_in for student in self.students),
            "marked_on": self.asked.origin,
            "max_points": plain_points(self.max_points),
            "mean_points": None if self.mean_points is None else plain_points(self.mean_points),
            "students": [student.to_dict(hints) for student in self.students],
            "questions": [question.to_dict() for question in self.questions],
            "mistakes": [
                {
                    "id": mistake.id,
                    "text": BY_ID[mistake.id].text,
                    "answers": mistake.answers,
                    "layers": list(mistake.layers),
                }
                for mistake in self.mistakes
            ],
            "passed_over": list(self.passed_over),
        }


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file of the class: its sheet, or what is wrong with it."""

    file: SheetFile
    sheet: Sheet | None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_file(file: SheetFile, layers: Layers) -> ReadFile:
    """Reads the sheet of a file. One that can't be read is no exception: the others are marked all the same."""
    if file.problem is not None:
        return ReadFile(file, None, (file.problem,))
    try:
        return ReadFile(file, read_sheet_file(file.path, layers, file.name))
    except AnswersError as error:
        return ReadFile(file, None, error.diagnostics)


def asked_of(marker: Marker, files: Sequence[ReadFile]) -> QuestionList:
    """Lists the questions that a class is marked on: those of `--ask`, or what the sheets themselves say."""
    return marker.asked or class_questions([read.sheet for read in files if read.sheet is not None], marker.net)


def mark_file(marker: Marker, read: ReadFile, asked: QuestionList) -> Student:
    """Marks a sheet that was read. One that could not be is a student without marks."""
    marks = None if read.sheet is None else marker.mark(read.sheet, asked)
    return Student(read.file.name, read.file.path, marks, read.diagnostics, authors=read.file.students)


def on_roster(students: Sequence[Student], roster: Roster, marker: Marker, asked: QuestionList) -> list[Student]:
    """Puts students into the roster's order under its names; with those without a sheet, and others at the end.

    A sheet of several authors counts for each of them.
    """
    sheets: dict[Listed, list[Student]] = {}
    others = []
    for student in students:
        named = [roster.find(author) for author in student.authors or (student.name,)]
        for listed in named:
            if listed is not None:
                sheets.setdefault(listed, []).append(student)
        if not any(named):
            others.append(replace(student, notes=(*student.notes, "not on the roster")))
    rows: list[Student] = []
    for listed in roster.students:
        own = sheets.get(listed, [])
        several = ("one of several sheets",) if len(own) > 1 else ()
        rows += [replace(student, name=listed.name, notes=(*student.notes, *several)) for student in own]
        if not own:
            blank = marker.mark(Sheet(listed.name, ()), asked)
            rows.append(Student(listed.name, "", blank, notes=("nothing handed in",), handed_in=False))
    return rows + others


def class_report(
    marker: Marker, students: Sequence[Student], asked: QuestionList, passed_over: Sequence[str] = ()
) -> ClassReport:
    """Makes the report of a class from its marked students and the questions that they were marked on."""
    return report_of(marker.net.name, marker.options.convention, students, asked, marker.worth(asked), passed_over)


def report_of(
    model: str,
    convention: Marking,
    students: Sequence[Student],
    asked: QuestionList,
    max_points: Number,
    passed_over: Sequence[str],
) -> ClassReport:
    """Counts the commonest mistakes of marked students."""
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
    return ClassReport(model, convention, tuple(students), questions, asked, max_points, tuple(passed_over))
