"""Why an answer is wrong: the usual mistakes that give the student's number, and two at once if none gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from cnncalc.marking.follow_through import ONCE, StudentNet
from cnncalc.marking.marks import Reason
from cnncalc.marking.misconception import Misconception
from cnncalc.marking.misconceptions import BY_ID, CATALOGUE
from cnncalc.marking.mistaken_values import FIELDS, OTHER_CONVENTION, EarlierFields, MistakenValues
from cnncalc.marking.net import layer_in_context
from cnncalc.marking.quantities import Figure, Value
from cnncalc.marking.slips import other_answer, slip, sums_up_otherwise

Matches = Callable[[Value], bool]
"""Whether a value is the student's answer."""

Answers = Mapping[tuple[int | None, Figure], Value]
"""A student's own figures, right and wrong ones."""

MAX_EXPLAINED: Final = 1_000
MAX_PAIRED: Final = 200
"""Wrong answers of one sheet that are explained, and for which two mistakes at once are tried: that takes time."""

_ORDER: Final = {misconception.id: position for position, misconception in enumerate(CATALOGUE)}


class Reasons:
    """Explains the wrong answers of one sheet, the first `MAX_EXPLAINED` of them."""

    def __init__(self, mistaken: MistakenValues, student: StudentNet | None, answers: Answers) -> None:
        self.mistaken, self.net, self.student, self.answers = mistaken, mistaken.net, student, answers
        self.explained = self.paired = 0

    def of(self, index: int | None, figure: Figure, value: Value, matches: Matches) -> tuple[Reason, ...]:
        """Finds the mistakes that give a number, likelier ones first: one each, or two that go together.

        Without a formula that gives it, it may be another question's answer, or a slip of the pen.
        """
        found = self._of_formulas(index, figure, value, matches)
        return found or (() if self.explained > MAX_EXPLAINED else self._of_slips(index, figure, value))

    def _of_slips(self, index: int | None, figure: Figure, value: Value) -> tuple[Reason, ...]:
        layer, right = self.net.layer_name(index), self.net.right(index, figure)
        if value == 0:
            return (reason_of("nothing-where-something-is", layer),)
        if id := slip(right, value):
            return (reason_of(id, layer),)
        if index is None and isinstance(value, int) and sums_up_otherwise(self._rows(figure), value):
            return (reason_of("not-the-sum-of-the-rows", layer),)
        return ()

    def _rows(self, figure: Figure) -> Iterator[Value]:
        """Lists a student's own figures of the layers; where nothing is counted, or of an input, the right ones."""
        for index, row in enumerate(self.net.rows):
            right = self.net.right(index, figure)
            own = self.answers.get((index, figure))
            if own is not None:
                yield own
            elif index < self.net.layers.inputs or not right:
                yield right or 0
            elif row.shared_with is None or figure not in ONCE:
                yield None

    def _of_formulas(self, index: int | None, figure: Figure, value: Value, matches: Matches) -> tuple[Reason, ...]:
        self.explained += 1
        if self.explained > MAX_EXPLAINED:
            return ()
        if index is None:
            return _unique(
                Reason(misconception.id, misconception.text, layer)
                for misconception, value, layer in self.mistaken.of_total(figure)
                if matches(value)
            )
        layer, nothing = self.net.layer_name(index), self.net.right(index, figure) is None
        found: tuple[Reason, ...] = ()
        if figure in FIELDS:
            field = self.mistaken.of_field(index, figure, self._earlier_fields(index, figure))
            found = _reasons((misconception for misconception, value in field if matches(value)), layer)
        elif not nothing:
            found = self._of_layer(index, figure, value, matches, layer)
        return (reason_of("counted-where-nothing-is", layer),) if nothing and not found else found

    def _earlier_fields(self, index: int, figure: Figure) -> EarlierFields:
        answered = ((at, value) for (at, name), value in self.answers.items() if name == figure)
        own = {at: value for at, value in answered if at is not None and at < index}
        starts_right = any(value == self.net.right(at, figure) for at, value in own.items())
        return EarlierFields(self.student, frozenset(own), starts_right)

    def _of_layer(self, index: int, figure: Figure, value: Value, matches: Matches, layer: str) -> tuple[Reason, ...]:
        right = layer_in_context(self.net.analysis, index)
        contexts = (
            [right] if self.student is None else list(dict.fromkeys([right, layer_in_context(self.student, index)]))
        )
        for context in contexts:
            single = [mistake for mistake in self.mistaken.of_layer(context, figure) if matches(mistake.value)]
            if single:
                return _reasons((mistake.misconception for mistake in single), layer)
        other = self.net.right(index, OTHER_CONVENTION[figure]) if figure in OTHER_CONVENTION else None
        if other is not None and matches(other):
            return (reason_of("other-convention", layer),)
        if ids := list(other_answer(self.net, index, figure, value)):
            return tuple(reason_of(id, layer) for id in ids)
        self.paired += 1
        for context in contexts if self.paired <= MAX_PAIRED else ():
            for one, two, both in self.mistaken.of_two(context, figure):
                if matches(both):
                    first, second = one.misconception, two.misconception
                    return (
                        Reason(first.id, first.text, layer, together_with=second.id),
                        Reason(second.id, second.text, layer, together_with=first.id),
                    )
        return ()


def _reasons(found: Iterable[Misconception], layer: str) -> tuple[Reason, ...]:
    ordered = sorted(found, key=lambda misconception: _ORDER[misconception.id])
    return _unique(Reason(misconception.id, misconception.text, layer) for misconception in ordered)


def _unique(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))


def reason_of(id: str, layer: str) -> Reason:
    """Makes a reason of a misconception in the catalogue."""
    return Reason(id, BY_ID[id].text, layer)
