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
from cnncalc.marking.follow_through import Cause, OwnNet
from cnncalc.marking.marks import Mark, Marks, Reason, Status
from cnncalc.marking.net import Net
from cnncalc.marking.quantities import QUANTITIES, Figure, Marking, Quantity, Value, quantity_of, suggest_quantity
from cnncalc.marking.reasons import Matches, Reasons, reason_of
from cnncalc.model import Model
from cnncalc.numbers_as_written import Written, is_nothing, read_number, read_per_axis, read_shape

_ONE, _NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Options:
    """How sheets are marked. `ask` (names of quantities) leaves everything else unmarked, and unanswered is blank.

    `tolerance` is relative, for counts. `points` is what each quantity's answers earn; 1 where it says nothing.
    """

    convention: Marking = "notes"
    tolerance: Fraction = Fraction(0)
    points: Mapping[str, Fraction] = field(default_factory=dict)
    follow_through: bool = True
    ask: tuple[str, ...] = ()


class Marker:
    """Marks any number of sheets about one model. Raises: SpecError: where the model's shapes do not work out."""

    def __init__(self, model: Model, options: Options | None = None) -> None:
        self.net = Net(model)
        self.options = options or Options()
        self.reasons = Reasons(self.net)

    def mark(self, sheet: Sheet) -> Marks:
        """The marks of a sheet, in the net's order."""
        answers = sorted(self._asked(sheet), key=_order)
        read = [self._read(answer) for answer in answers]
        own = self._own_net(answers, read)
        marks = [self._mark(answer, value, own) for answer, value in zip(answers, read, strict=True)]
        return Marks(sheet.name, self.net.name, self.options.convention, tuple(_likelier_first(marks)))

    def _asked(self, sheet: Sheet) -> list[Answer]:
        """The answers to mark; with `ask`, a blank one for each question without an answer."""
        asked = [QUANTITIES[name] for name in self.options.ask]
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

    # Reading ----------------------------------------------------------------------------------------------------

    def _read(self, answer: Answer) -> Value | Problem:
        """The value of an answer; `None` where it is blank or says that there is nothing to count."""
        written = answer.written
        if written is None or is_nothing(written):
            return None
        try:
            return self._value(answer, written)
        except Problem as problem:
            return problem

    def _value(self, answer: Answer, written: Written) -> Value:
        if answer.quantity.form == "count":
            return read_number(written, rounded=bool(self.options.tolerance))
        row = None if answer.index is None else self.net.rows[answer.index]
        if answer.quantity.form == "shape":
            return read_shape(written, len(row.output_shape) if row else 1)
        return read_per_axis(written, self._field_rank(answer))

    def _field_rank(self, answer: Answer) -> int:
        """The number of axes that a receptive field has here; 2 where there is none."""
        for figure in (*answer.quantity.figures("either"), "exact.receptive_field"):
            right = self.net.right(answer.index, figure)
            if isinstance(right, tuple):
                return len(right)
        return max(len(self.net.rows[0].output_shape) - 1, 1)

    # Marking ----------------------------------------------------------------------------------------------------

    def _own_net(self, answers: Sequence[Answer], read: Sequence[Value | Problem]) -> OwnNet | None:
        """The student's net, where there is something wrong to follow from."""
        if not self.options.follow_through:
            return None
        own: dict[tuple[int, Figure], Value] = {}
        for answer, value in zip(answers, read, strict=True):
            if answer.index is None or value is None or isinstance(value, Problem) or self._is_right(answer, value):
                continue
            for figure in answer.quantity.figures(self.options.convention):
                own[answer.index, figure] = value
        return OwnNet(self.net, own) if own else None

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

    def _mark(self, answer: Answer, value: Value | Problem, own: OwnNet | None) -> Mark:
        index, quantity = answer.index, answer.quantity
        rights = [self.net.right(index, figure) for figure in quantity.figures(self.options.convention)]
        verdict = self._verdict(answer, value, rights, own)
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

    def _verdict(self, answer: Answer, value: Value | Problem, rights: Sequence[Value], own: OwnNet | None) -> _Verdict:
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
            for followed, cause in () if own is None else own.following(index, figure):
                if matches(followed):
                    return _Verdict("follows", cause=cause)
        # A mistake that gives the very number explains it better than one that comes near.
        ways = [matches, lambda found: found is not None and found == value] if self.options.tolerance else [matches]
        found = (self.reasons.of(index, figure, way, own) for way in reversed(ways) for figure in figures)
        return _Verdict("wrong", reasons=next((reasons for reasons in found if reasons), ()))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of an answer: its status, and why."""

    status: Status
    reasons: tuple[Reason, ...] = ()
    cause: Cause | None = None
    problem: Diagnostic | None = None


def _is_null(written: Written) -> bool:
    """Whether a program or a template left the answer out, in words: `null`."""
    return isinstance(written, str) and written.strip().lower() in ("null", "~")


def _order(answer: Answer) -> tuple[bool, int]:
    return answer.index is None, answer.index or 0


def _likelier_first(marks: Sequence[Mark]) -> list[Mark]:
    """A mistake that the student makes elsewhere, beyond doubt, comes first: who forgets the bias forgets it again."""
    seen = Counter(mark.reasons[0].id for mark in marks if len(mark.reasons) == 1)
    return [
        replace(mark, reasons=tuple(sorted(mark.reasons, key=lambda reason: -seen[reason.id]))) if mark.guess else mark
        for mark in marks
    ]


def check(
    model: Model,
    answers: Mapping[str, object] | Mapping[int, object] | Sequence[object] | str | os.PathLike[str],
    *,
    convention: Marking = "notes",
    tolerance: float | Fraction = 0,
    points: Mapping[str, float] | None = None,
    follow_through: bool = True,
    ask: Sequence[str] = (),
) -> Marks:
    """The marks of answers: a mapping from layer to answers, a list in the net's order, or the path of a sheet.

    >>> import cnncalc
    >>> marks = cnncalc.check(cnncalc.load("lenet5"), {"conv2d": {"output_shape": "28x28x6", "params": 150}})
    >>> [(mark.status, [reason.id for reason in mark.reasons]) for mark in marks.marks]
    [('right', []), ('wrong', ['bias-forgotten'])]

    `tolerance` is relative (0.01 is 1%), for counts. `points` says what each quantity's answers are worth, 1 unless
    given. `ask` marks these quantities only, everywhere. Raises: AnswersError: where the sheet has unknown layers
    or quantities, or can't be read; SpecError; UsageError.
    """
    for name in (*(points or ()), *ask):
        check_quantity(name)
    if convention not in ("notes", "exact", "either"):
        raise UsageError(Diagnostic("unknown-convention", f"there is no convention {quote(str(convention))}",
                                    expected="notes, exact or either"))  # fmt: skip
    worth = {name: Fraction(value) for name, value in (points or {}).items()}
    marker = Marker(model, Options(convention, Fraction(tolerance), worth, follow_through, tuple(ask)))
    if isinstance(answers, (str, os.PathLike)):
        sheet = read_sheet_file(os.fspath(answers), marker.net.layers)
    else:
        sheet = sheet_from_value(answers, marker.net.layers)
    return marker.mark(sheet)


def check_quantity(name: str) -> None:
    """Raises: UsageError: where there is no quantity of this name."""
    if name not in QUANTITIES:
        raise UsageError(
            Diagnostic(
                "unknown-quantity",
                f"there is no quantity {quote(name)}",
                expected="one of " + ", ".join(name for name in QUANTITIES if "." not in name),
                suggestion=suggest_quantity(name),
            )
        )
