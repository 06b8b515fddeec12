"""Marks sheets about one net: right, right given earlier answers, or wrong and why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from cnncalc.errors import Diagnostic, Problem, UsageError, quote
from cnncalc.formula import Number
from cnncalc.marking.answers import Answer, Sheet, read_sheet_file, sheet_from_value
from cnncalc.marking.follow_through import Cause, StudentNet
from cnncalc.marking.marks import Mark, Marks, Reason, Status
from cnncalc.marking.mistaken_values import MistakenValues
from cnncalc.marking.net import Net
from cnncalc.marking.quantities import Figure, Marking, Quantity, Value, all_quantities, quantity_of, unknown_quantity
from cnncalc.marking.reasons import Matches, Reasons, reason_of
from cnncalc.model import Model, ModelLike, model_of
from cnncalc.numbers_as_written import Written, is_nothing, read_number, read_per_axis, read_shape

_ONE, _NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Options:
    """How sheets are marked. `ask` names the only quantities to mark; one without an answer is blank then.

    `tolerance` is relative, for counts. `points` is what each quantity's answers earn, 1 unless it says so.
    """

    convention: Marking = "notes"
    tolerance: Fraction = Fraction(0)
    points: Mapping[str, Fraction] = field(default_factory=dict)
    follow_through: bool = True
    ask: tuple[str, ...] = ()


class Marker:
    """Marks any number of sheets about one model. Raises: SpecError: if a shape of the model does not fit."""

    def __init__(self, model: Model, options: Options | None = None) -> None:
        self.net = Net(model)
        self.options = options or Options()
        self.mistaken = MistakenValues(self.net)

    def mark(self, sheet: Sheet) -> Marks:
        """Marks a sheet, in the net's order."""
        answers = sorted(self._asked(sheet), key=lambda answer: (answer.index is None, answer.index or 0))
        values = [self._read(answer) for answer in answers]
        student = self._student_net(answers, values)
        reasons = Reasons(self.mistaken, student)
        marks = [self._mark(answer, value, student, reasons) for answer, value in zip(answers, values, strict=True)]
        return Marks(sheet.name, self.net.name, self.options.convention, tuple(_likelier_first(marks)))

    def _asked(self, sheet: Sheet) -> list[Answer]:
        """Lists the answers to mark; with `ask`, a blank one for each question without an answer."""
        asked = [all_quantities()[name] for name in self.options.ask]
        if not asked:
            return list(sheet.answers)
        given = {(answer.index, answer.quantity.name): answer for answer in sheet.answers}
        layers: list[int | None] = [*range(self.net.layers.inputs, len(self.net.rows)), None]
        return [
            given.get((index, quantity.name)) or Answer(index, quantity, None, "", None)
            for index in layers
            for quantity in asked
            if index is not None or quantity.has_total
        ]

    def _read(self, answer: Answer) -> Value | Problem:
        """Reads the value of an answer; `None` if it is blank or says that there is nothing to count."""
        written, form = answer.written, answer.quantity.form
        if written is None or is_nothing(written):
            return None
        try:
            if form == "count":
                return read_number(written, rounded=bool(self.options.tolerance))
            if form == "shape":
                return read_shape(written, 1 if answer.index is None else len(self.net.rows[answer.index].output_shape))
            return read_per_axis(written, self._field_rank(answer))
        except Problem as problem:
            return problem

    def _field_rank(self, answer: Answer) -> int:
        """Counts the axes of a receptive field here; without one, those of the first input."""
        for figure in (*answer.quantity.figures("either"), "exact.receptive_field"):
            right = self.net.right(answer.index, figure)
            if isinstance(right, tuple):
                return len(right)
        return max(len(self.net.rows[0].output_shape) - 1, 1)

    def _student_net(self, answers: Sequence[Answer], values: Sequence[Value | Problem]) -> StudentNet | None:
        """Recomputes the net from the wrong answers, if there are any to follow from."""
        if not self.options.follow_through:
            return None
        own: dict[tuple[int, Figure], Value] = {}
        for answer, value in zip(answers, values, strict=True):
            if answer.index is None or value is None or isinstance(value, Problem) or self._is_right(answer, value):
                continue
            for figure in answer.quantity.figures(self.options.convention):
                own[answer.index, figure] = value
        return StudentNet(self.net, own) if own else None

    def _is_right(self, answer: Answer, value: Value) -> bool:
        matches = self._matcher(answer.quantity, value)
        figures = answer.quantity.figures(self.options.convention)
        return any(matches(right) for figure in figures if (right := self.net.right(answer.index, figure)) is not None)

    def _matcher(self, quantity: Quantity, answer: Value) -> Matches:
        tolerance = self.options.tolerance
        if quantity.form != "count" or not tolerance or answer is None or isinstance(answer, tuple):
            return lambda value: value is not None and value == answer
        number: Number = answer

        def close(value: Value) -> bool:
            if value is None or isinstance(value, tuple):
                return False
            return abs(Fraction(number - value)) <= tolerance * abs(Fraction(value))

        return close

    def _mark(self, answer: Answer, value: Value | Problem, student: StudentNet | None, reasons: Reasons) -> Mark:
        index, quantity = answer.index, answer.quantity
        rights = [self.net.right(index, figure) for figure in quantity.figures(self.options.convention)]
        verdict = self._verdict(answer, value, rights, student, reasons)
        row = None if index is None else self.net.rows[index]
        worth = self.options.points.get(quantity.name, _ONE)
        return Mark(
            layer=self.net.layer_name(index),
            number=None if index is None or index < self.net.layers.inputs else index - self.net.layers.inputs + 1,
            type=row.type if row else None,
            quantity=quantity.name,
            status=verdict.status,
            answer=None if verdict.status == "blank" else answer.shown,
            expected=rights[0],
            also_right=rights[-1] if rights[-1] != rights[0] else None,
            points=worth if verdict.status in ("right", "follows") else _NOTHING,
            max_points=worth,
            follows_from=None if verdict.cause is None else self.net.layer_name(verdict.cause.index),
            follows_from_quantity=None if verdict.cause is None else quantity_of(verdict.cause.figure),
            reasons=verdict.reasons,
            problem=verdict.problem,
            span=answer.span,
        )

    def _verdict(
        self,
        answer: Answer,
        value: Value | Problem,
        rights: Sequence[Value],
        student: StudentNet | None,
        reasons: Reasons,
    ) -> _Verdict:
        if isinstance(value, Problem):
            return _Verdict("wrong", problem=value.at(answer.span))
        if answer.written is None or (value is None and None not in rights and _is_null(answer.written)):
            return _Verdict("blank")
        if value is None:
            something = reason_of("nothing-where-something-is", self.net.layer_name(answer.index))
            return _Verdict("right") if None in rights else _Verdict("wrong", reasons=(something,))
        matches = self._matcher(answer.quantity, value)
        if any(matches(right) for right in rights):
            return _Verdict("right")
        index, figures = answer.index, answer.quantity.figures(self.options.convention)
        for figure in figures:
            for followed, cause in () if student is None else student.following(index, figure):
                if matches(followed):
                    return _Verdict("follows", cause=cause)
        # A mistake that gives the very number explains it better than one that comes near.
        ways = [matches, lambda found: found is not None and found == value] if self.options.tolerance else [matches]
        found = (reasons.of(index, figure, way) for way in reversed(ways) for figure in figures)
        return _Verdict("wrong", reasons=next((some for some in found if some), ()))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The status of an answer, and why."""

    status: Status
    reasons: tuple[Reason, ...] = ()
    cause: Cause | None = None
    problem: Diagnostic | None = None


def _is_null(written: Written) -> bool:
    """Whether a program or a template left the answer out, in words: `null`."""
    return isinstance(written, str) and written.strip().lower() in ("null", "~")


def _likelier_first(marks: Sequence[Mark]) -> list[Mark]:
    """Puts first what the student certainly does elsewhere: who forgets the bias forgets it again."""
    seen = Counter(mark.reasons[0].id for mark in marks if len(mark.reasons) == 1)
    return [
        replace(mark, reasons=tuple(sorted(mark.reasons, key=lambda reason: -seen[reason.id]))) if mark.guess else mark
        for mark in marks
    ]


def check(
    net: ModelLike,
    answers: Mapping[str, object] | Mapping[int, object] | Sequence[object] | str | os.PathLike[str],
    *,
    convention: Marking = "notes",
    tolerance: float | Fraction = 0,
    points: Mapping[str, float] | None = None,
    follow_through: bool = True,
    ask: Sequence[str] = (),
) -> Marks:
    """Marks answers: a mapping from layer to answers, a list in the net's order, or the path of a sheet.

    >>> marks = check("lenet5", {"conv2d": {"output_shape": "28x28x6", "params": 150}})
    >>> [(mark.status, [reason.id for reason in mark.reasons]) for mark in marks.marks]
    [('right', []), ('wrong', ['bias-forgotten'])]

    `tolerance` is relative (0.01 is 1%), for counts. `points` says what each quantity's answers are worth, 1 unless
    given. `ask` marks these quantities only, everywhere. Raises: AnswersError: if the sheet has unknown layers or
    quantities, or can't be read; SpecError; UsageError.
    """
    for name in (*(points or ()), *ask):
        check_quantity(name)
    if convention not in ("notes", "exact", "either"):
        raise UsageError(Diagnostic("unknown-convention", f"there is no convention {quote(str(convention))}",
                                    expected="notes, exact or either"))  # fmt: skip
    worth = {name: Fraction(value) for name, value in (points or {}).items()}
    marker = Marker(model_of(net), Options(convention, Fraction(tolerance), worth, follow_through, tuple(ask)))
    if isinstance(answers, (str, os.PathLike)):
        sheet = read_sheet_file(os.fspath(answers), marker.net.layers)
    else:
        sheet = sheet_from_value(answers, marker.net.layers)
    return marker.mark(sheet)


def check_quantity(name: str) -> None:
    """Refuses a name that is no quantity's. Raises: UsageError."""
    if name not in all_quantities():
        raise UsageError(unknown_quantity(name))
