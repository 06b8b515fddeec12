"""The marks of a sheet: plain data. Nothing here computes a figure or prints.

`Marks.to_dict` is the JSON of schema `cnncalc.marks/1`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Final, Literal, get_args

from cnncalc.analysis.report import Json
from cnncalc.errors import Diagnostic, Span
from cnncalc.formula import Number
from cnncalc.marking.quantities import Marking, Value
from cnncalc.results import Result

SCHEMA: Final = "cnncalc.marks/1"

Status = Literal["right", "follows", "wrong", "blank", "unreadable"]
"""`follows`: right given an earlier wrong answer of the same student. `blank`: asked and not answered. `unreadable`:
for the marker to look at."""
STATUSES: Final[tuple[Status, ...]] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Reason:
    """A usual mistake that gives the student's number: its stable id, a sentence to the student, its layer.

    `together_with` is the id of a second mistake, if only both at once give the number.
    """

    id: str
    text: str
    layer: str
    together_with: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One answer, marked. `layer` is `totals` for the net's sums; `number` counts the layers after the inputs from 1.

    `answer` is what the student wrote, `expected` the right figure (in the chosen convention; with `either`, the
    notes'), `also_right` the exact convention's if either counts and they differ. `reasons` come likeliest first;
    `problem` says why an answer could not be read.
    """

    layer: str
    number: int | None
    type: str | None
    quantity: str
    status: Status
    answer: str | None
    expected: Value | str
    also_right: Value
    points: Number
    max_points: Number
    follows_from: str | None = None
    follows_from_quantity: str | None = None
    reasons: tuple[Reason, ...] = ()
    problem: Diagnostic | None = None
    span: Span | None = None

    @property
    def guess(self) -> bool:
        """Whether several mistakes give this number, so that the first one is a guess."""
        return len(self.reasons) > 1 and self.reasons[0].together_with is None

    def to_dict(self, hints: bool = False) -> Json:
        """Returns the JSON object; with `hints` the right figures are `None`."""
        figures = {"expected": None, "also_right": None} if hints else {}
        written = ("reasons", "problem", "span")
        own = {field.name: plain(getattr(self, field.name)) for field in fields(self) if field.name not in written}
        points = {"points": plain_points(self.points), "max_points": plain_points(self.max_points)}
        return own | figures | points | {
            "guess": self.guess,
            "reasons": [asdict(reason) for reason in self.reasons],
            "problem": None if self.problem is None else self.problem.message,
            "line": self.span.line if self.span and self.span.line else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marks(Result):
    """A student's sheet, marked.

    `questions` says where the list of questions comes from. `unread` are rows of the sheet that mean nothing; `notes`
    say what was taken for what, such as a misspelt layer.
    """

    sheet: str
    model: str
    convention: Marking
    marks: tuple[Mark, ...]
    questions: str = ""
    unread: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {status}" for status in STATUSES if (count := self.count(status)))
        return f"<cnncalc.Marks of {self.sheet!r} for {self.model!r}: {counts or 'no answers'}>"

    @property
    def points(self) -> Number:
        return sum(mark.points for mark in self.marks)

    @property
    def max_points(self) -> Number:
        return sum(mark.max_points for mark in self.marks)

    def count(self, status: Status) -> int:
        """Counts the answers of a status."""
        return sum(mark.status == status for mark in self.marks)

    @property
    def all_right(self) -> bool:
        """Whether no answer is wrong or unreadable; neither is a blank one, nor one that follows from another."""
        return not self.count("wrong") and not self.count("unreadable")

    @property
    def nothing_answered(self) -> bool:
        """Whether there are questions and all are left blank."""
        return bool(self.marks) and self.count("blank") == len(self.marks)

    def to_dict(self, hints: bool = False) -> Json:
        """Returns the JSON object, of plain lists, dicts, strings, numbers and booleans.

        Without any answer the right figures are `None`, too: a blank sheet is no way to get the key.
        """
        hints = hints or self.nothing_answered
        return {
            "schema": SCHEMA,
            "sheet": self.sheet,
            "model": self.model,
            "convention": self.convention,
            "points": plain_points(self.points),
            "max_points": plain_points(self.max_points),
            **{status: self.count(status) for status in STATUSES},
            "questions": self.questions,
            "unread": [diagnostic.to_dict() for diagnostic in self.unread],
            "notes": list(self.notes),
            "marks": [mark.to_dict(hints) for mark in self.marks],
        }


def plain(value: Value | str) -> int | str | list[int | str | None] | None:
    """Turns a figure into JSON: sizes into a list, a fraction into a string such as `1/2`."""
    if isinstance(value, tuple):
        return [None if size is None else _plain_number(size) for size in value]
    return _plain_number(value) if isinstance(value, Fraction) else value


def _plain_number(value: int | Fraction) -> int | str:
    return value.numerator if value.denominator == 1 else str(value)


def plain_points(points: Number) -> int | float:
    """Turns points into JSON."""
    return points.numerator if points.denominator == 1 else float(points)
