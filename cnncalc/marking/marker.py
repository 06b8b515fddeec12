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
from cnncalc.marking.quantities import Figure, Marking, Quantity, Value, quantity_of
from cnncalc.marking.questions import QuestionList, asked_questions, check_quantity, read_ask, sheet_questions
from cnncalc.marking.reasons import Matches, Reasons, reason_of
from cnncalc.model import Model, ModelLike, model_of
from cnncalc.numbers_as_written import Written, is_nothing, read_number, read_per_axis, read_shape, read_working

_IMPOSSIBLE = frozenset(
    {"invalid", "not valid", "impossible", "not possible", "error", "does not fit", "not an integer", "no integer"}
)


@dataclass(frozen=True, slots=True)
class Options:
    """How sheets are marked. `ask` names the only questions to mark; one without an answer is blank then.

    `tolerance` is relative, for counts. `points` is what each quantity's answers earn, 1 unless it says so.
    `strict_none` tells 0 from "not counted", which are one answer otherwise.
    """

    convention: Marking = "notes"
    tolerance: Fraction = Fraction(0)
    points: Mapping[str, Number] = field(default_factory=dict)
    follow_through: bool = True
    ask: tuple[str, ...] = ()
    strict_none: bool = False


class Marker:
    """Marks any number of sheets about one model.

    Raises: SpecError: if a shape of the model does not fit; UsageError: if `ask` names no question of it.
    """

    def __init__(self, model: Model, options: Options | None = None) -> None:
        self.net = Net(model)
        self.options = options or Options()
        self.mistaken = MistakenValues(self.net)
        self.asked = asked_questions(read_ask(self.options.ask), self.net) if self.options.ask else None

    def mark(self, sheet: Sheet, questions: QuestionList | None = None) -> Marks:
        """Marks a sheet in the net's order, on a class's questions, or on those of `ask`, or on its own."""
        asked = questions or self.asked or sheet_questions(sheet, self.net)
        given = {answer.key: answer for answer in sheet.answers}
        answers = [
            given.get((index, quantity.name)) or Answer(index, quantity, None, "", None)
            for index, quantity in asked.questions
        ]
        values = [self._read(answer) for answer in answers]
        student = self._student_net(answers, values)
        own = {
            (answer.index, figure): value
            for answer, value in zip(answers, values, strict=True)
            for figure in answer.quantity.figures(self.options.convention)
            if value is not None and not isinstance(value, Problem)
        }
        reasons = Reasons(self.mistaken, student, own)
        marks = [self._mark(answer, value, student, reasons) for answer, value in zip(answers, values, strict=True)]
        return Marks(
            sheet.name, self.net.name, self.options.convention, tuple(_likelier_first(marks)),
            asked.origin, sheet.unread, sheet.notes,
        )  # fmt: skip

    def worth(self, asked: QuestionList) -> Number:
        """Counts the points that questions are worth."""
        return sum(self.options.points.get(quantity.name, 1) for _, quantity in asked.questions)

    def _read(self, answer: Answer) -> Value | Problem:
        """Reads the value of an answer; `None` if it is blank or says that there is nothing to count."""
        written, form = answer.written, answer.quantity.form
        if written is None or answer.problem is not None or is_nothing(written):
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

    def _rights(self, answer: Answer) -> list[Value]:
        """Lists the right figures for a question, one per convention that counts."""
        return [self.net.right(answer.index, figure) for figure in answer.quantity.figures(self.options.convention)]

    def _is_right(self, answer: Answer, value: Value) -> bool:
        """Says whether a value is right; where the figure is 0 or not counted, "none" and 0 are one answer."""
        rights = self._rights(answer)
        if not self.options.strict_none and _is_zero(value):
            return any(_is_zero(right) for right in rights)
        matches = self._matcher(answer.quantity, value)
        return value in rights or any(matches(right) for right in rights)

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
        rights = self._rights(answer)
        verdict = self._verdict(answer, value, student, reasons)
        row = None if index is None else self.net.rows[index]
        worth = self.options.points.get(quantity.name, 1)
        return Mark(
            layer=self.net.layer_name(index),
            number=None if index is None or index < self.net.layers.inputs else index - self.net.layers.inputs + 1,
            type=row.type if row else None,
            quantity=quantity.name,
            status=verdict.status,
            answer=None if verdict.status == "blank" else answer.shown,
            expected=rights[0],
            also_right=rights[-1] if rights[-1] != rights[0] else None,
            points=worth if verdict.status in ("right", "follows") else 0,
            max_points=worth,
            follows_from=None if verdict.cause is None else self.net.layer_name(verdict.cause.index),
            follows_from_quantity=None if verdict.cause is None else quantity_of(verdict.cause.figure),
            reasons=verdict.reasons,
            problem=verdict.problem,
            span=answer.span,
        )

    def _verdict(
        self, answer: Answer, value: Value | Problem, student: StudentNet | None, reasons: Reasons
    ) -> _Verdict:
        index, written = answer.index, answer.written
        if answer.problem is not None:
            return _Verdict("unreadable", problem=answer.problem)
        if isinstance(value, Problem) and answer.quantity.form == "shape" and _says_impossible(written):
            return _Verdict("wrong", reasons=(reason_of("fraction-not-rounded", self.net.layer_name(index)),))
        if isinstance(value, Problem):
            status: Status = "wrong" if value.id == "rounded-answer" else "unreadable"
            return _Verdict(status, problem=value.at(answer.span))
        if written is None or (value is None and None not in self._rights(answer) and _is_null(written)):
            return _Verdict("blank")
        if self._is_right(answer, value):
            return _Verdict("right")
        if value is None:
            return _Verdict("wrong", reasons=(reason_of("nothing-where-something-is", self.net.layer_name(index)),))
        matches = self._matcher(answer.quantity, value)
        figures = answer.quantity.figures(self.options.convention)
        for figure in figures:
            for followed, cause in () if student is None else student.following(index, figure):
                if matches(followed):
                    return _Verdict("follows", cause=cause)
        working = read_working(written) if answer.quantity.form == "count" else None
        if working is not None and working != value and self._is_right(answer, working):
            return _Verdict("wrong", reasons=(reason_of("working-right-sum-wrong", self.net.layer_name(index)),))
        # A mistake that gives the very number explains it better than one that comes near.
        ways = [matches, lambda found: found is not None and found == value] if self.options.tolerance else [matches]
        found = (reasons.of(index, figure, value, way) for way in reversed(ways) for figure in figures)
        return _Verdict("wrong", reasons=next((some for some in found if some), ()))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The status of an answer, and why."""

    status: Status
    reasons: tuple[Reason, ...] = ()
    cause: Cause | None = None
    problem: Diagnostic | None = None


def _says_impossible(written: Written | None) -> bool:
    """Says whether a student says that there is no such layer, as its window does not end at the border."""
    return isinstance(written, str) and written.strip().lower().strip(".!") in _IMPOSSIBLE


def _is_zero(value: Value) -> bool:
    """Says whether a figure is 0, or nothing is counted."""
    return not any(value) if isinstance(value, tuple) else not value


def _is_null(written: Written) -> bool:
    """Says whether a program or a template left the answer out, in words: `null`."""
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
    strict_none: bool = False,
) -> Marks:
    """Marks answers: a mapping from layer to answers, a list in the net's order, or the path of a sheet.

    >>> marks = check("lenet5", {"conv2d": {"output_shape": "28x28x6", "params": 150}})
    >>> [(mark.status, [reason.id for reason in mark.reasons]) for mark in marks.marks]
    [('right', []), ('wrong', ['bias-forgotten'])]

    `tolerance` is relative (0.01 is 1%), for counts. `points` says what each quantity's answers are worth, 1 unless
    given. `ask` marks these questions only, as `params` of all layers or `conv*:params,neurons` of some.
    `strict_none` tells 0 from what is not counted. Raises: AnswersError: if nothing in the sheet can be read;
    SpecError; UsageError.
    """
    for name in points or ():
        check_quantity(name)
    if convention not in ("notes", "exact", "either"):
        raise UsageError(Diagnostic("unknown-convention", f"there is no convention {quote(str(convention))}",
                                    expected="notes, exact or either"))  # fmt: skip
    worth = {name: Fraction(value) for name, value in (points or {}).items()}
    marker = Marker(
        model_of(net), Options(convention, Fraction(tolerance), worth, follow_through, tuple(ask), strict_none)
    )
    if isinstance(answers, (str, os.PathLike)):
        sheet = read_sheet_file(os.fspath(answers), marker.net.layers)
    else:
        sheet = sheet_from_value(answers, marker.net.layers)
    return marker.mark(sheet)
