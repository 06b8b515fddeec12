"""The search: every reading of every variant that gives a number, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from cnncalc.analysis.analyze import analyzed
from cnncalc.analysis.report import Json
from cnncalc.errors import Problem, UsageError
from cnncalc.model import ModelLike, model_of
from cnncalc.numbers_as_written import Amount, read_amount
from cnncalc.reconciling import readings
from cnncalc.reconciling.measures import Measures, Net, VariantBuilder
from cnncalc.reconciling.readings import READINGS, Reading
from cnncalc.reconciling.variants import variants
from cnncalc.results import Result

SCHEMA: Final = "cnncalc.reconciliation/1"

Match = Literal["exact", "rounded", "cut off"]

NEAREST: Final = 3
"""How many of the nearest answers are given where nothing gives the number."""
ALSO: Final = 2
"""How much dearer another reading of the same value may be to be mentioned."""
NEAR: Final = 1
"""What a variant may cost at most to be among them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that gives a number: which quantity of which variant, its exact value, and how it matches.

    `also` are further readings of the same variant with the same value. `of` is the variant, "" for the net itself.
    """

    quantity: str
    phrase: str
    of: str
    value: int | Fraction
    match: Match | None
    cost: int
    also: tuple[str, ...] = ()

    def to_dict(self) -> Json:
        return {
            "value": _plain(self.value),
            "match": self.match,
            "quantity": self.quantity,
            "what": self.phrase,
            "variant": self.of or None,
            "also": list(self.also),
            "cost": self.cost,
        }


@dataclass(frozen=True, slots=True)
class Reconciliation(Result):
    """What gives a number, the likeliest first; if nothing does, what comes nearest to it."""

    name: str
    number: Amount
    answers: tuple[Answer, ...]
    nearest: tuple[Answer, ...]

    def __repr__(self) -> str:
        likeliest = self.answers[0].phrase if self.answers else "nothing gives it"
        return f"<cnncalc.Reconciliation of {self.number.text} with {self.name!r}: {likeliest}>"

    def to_dict(self) -> Json:
        """Returns the JSON object."""
        number = self.number
        return {
            "schema": SCHEMA,
            "name": self.name,
            "number": {"text": number.text, "value": _plain(number.value), "kind": number.kind},
            "answers": [answer.to_dict() for answer in self.answers],
            "nearest": [answer.to_dict() for answer in self.nearest],
        }


def reconcile(net: ModelLike, number: str | int) -> Reconciliation:
    """Finds which quantity, counter, unit and variant of a net gives a number as somebody wrote it.

    >>> reconcile("resnet50_v1_5", "4.09G").answers[0].phrase
    'MACs (multiply-accumulates)'

    Raises: SpecError; UsageError: `bad-amount`, if it is no number.
    """
    try:
        amount = read_amount(str(number))
    except Problem as problem:
        raise UsageError(problem.at(None)) from None
    expansion = model_of(net).expansion
    report, analysis = analyzed(expansion, "exact")
    builder = VariantBuilder(Net.of(analysis))
    found: list[Answer] = []
    others: list[Answer] = []
    base: Measures = {}
    before: Measures = {}
    for variant in variants(builder, expansion.inputs, expansion.outputs):
        totals = builder.totals(variant.net, variant.without)
        base = base or totals
        candidates = list(_candidates(totals, (base, before) if variant.phrase else (), amount))
        before = totals
        if variant.cost <= NEAR:
            others += [replace(candidate, of=variant.phrase) for candidate in candidates]
        matching = [match for candidate in candidates if (match := _matching(candidate, amount))]
        found += [replace(answer, of=variant.phrase, cost=answer.cost + variant.cost) for answer in _merged(matching)]
    found.sort(key=lambda answer: answer.cost)  # of equal cost, in the order of the readings
    nearest = sorted(_merged(others), key=lambda answer: _distance(answer.value, amount))[:NEAREST]
    return Reconciliation(report.name, amount, tuple(found), () if found else tuple(nearest))


def _candidates(totals: Measures, others: Sequence[Measures], number: Amount) -> Iterator[Answer]:
    """Gives the readings of a variant that are known, and not the same for others: the net, the variant before."""
    for reading in READINGS:
        if reading.kind != number.kind:
            continue
        value = _value(reading, totals)
        if value is not None and all(value != _value(reading, other) for other in others):
            yield Answer(reading.quantity, reading.phrase, "", value, None, reading.cost)


def _value(reading: Reading, totals: Measures) -> int | Fraction | None:
    value: int | Fraction = 0
    for measure, factor in reading.terms.items():
        total = totals.get(measure)
        if total is None:
            return None
        value += factor * total
    return value.numerator if value.denominator == 1 else value


def _merged(answers: list[Answer]) -> Iterator[Answer]:
    """Yields one answer for each value, the cheapest; the others are mentioned with it."""
    by_value: dict[int | Fraction, list[Answer]] = {}
    for answer in sorted(answers, key=lambda answer: answer.cost):
        by_value.setdefault(answer.value, []).append(answer)
    for first, *others in by_value.values():
        yield replace(first, also=tuple(other.phrase for other in others if other.cost <= first.cost + ALSO))


def _plain(value: int | Fraction) -> int | str:
    """Writes a whole number as it is, a fraction as `409/100`: nothing is rounded in JSON."""
    if isinstance(value, int) or value.denominator == 1:
        return value.numerator
    return f"{value.numerator}/{value.denominator}"


# Matching -------------------------------------------------------------------------------------------------------


def _matching(answer: Answer, number: Amount) -> Answer | None:
    """Returns the answer with how it matches, in the way that takes least to assume; `None` where it does not."""
    if not _is_counted(answer, number):
        return None
    ways = [(cost + extra, match) for scale, extra in _scales(number) for match, cost in _matches(answer.value, scale)]
    if not ways:
        return None
    cost, match = min(ways, key=lambda way: way[0])
    return replace(answer, match=match, cost=answer.cost + cost)


def _is_counted(answer: Answer, number: Amount) -> bool:
    """Says whether an answer is of what the number is said to count: 61,706 FLOPs are no parameters."""
    if number.counted == "operations":
        return answer.quantity not in ("params", "neurons")
    return number.counted == "" or answer.quantity == "params"


def _scales(number: Amount) -> Iterator[tuple[Amount, int]]:
    """Yields the number as it may be meant: `4.09` in millions or billions, `98 MB` in units of 1024*1024."""
    yield number, 0
    if number.kind == "bytes" and number.step.denominator == 1:
        for power in range(1, 6):
            if number.text.lower().rstrip("bytes ").endswith("kmgtp"[power - 1]):
                yield _times(number, Fraction(1024, 1000) ** power), readings.BINARY
    if number.kind == "count" and not number.has_unit and number.step < 1:
        for power in (3, 6, 9, 12):
            yield _times(number, Fraction(10) ** power), readings.SCALED


def _times(number: Amount, factor: Fraction) -> Amount:
    return number._replace(value=number.value * factor, step=number.step * factor)


def _matches(value: int | Fraction, number: Amount) -> Iterator[tuple[Match, int]]:
    if not number.value and value:
        return  # nothing that is there was rounded to nothing
    if value == number.value:
        yield "exact", 0
    elif not number.is_whole:
        if abs(value - number.value) <= number.step / 2:
            yield "rounded", 0
        elif 0 <= value - number.value < number.step:
            yield "cut off", readings.CUT_OFF
    elif abs(value - number.value) <= number.zeros / 2 and number.zeros > 1:
        yield "rounded", readings.ZEROS


def _distance(value: int | Fraction, number: Amount) -> Fraction:
    """Returns how far a value is off, as a part of the number, in whatever scale is nearest."""
    return min(abs(value - scaled.value) / max(scaled.value, Fraction(1)) for scaled, _ in _scales(number))
