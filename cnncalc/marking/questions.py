"""The questions that sheets are marked on: those of `--ask`, of a worksheet, or what a class answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.marking.answers import Sheet
from cnncalc.marking.net import Net
from cnncalc.marking.quantities import Quantity, all_quantities, unknown_quantity
from cnncalc.marking.records import TOTALS

Question = tuple[int | None, Quantity]
"""A layer, or `None` for the totals, and what is asked of it."""

EXAMPLE: Final = "such as output_shape,params or 'conv*:params,neurons' or totals:params"


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of `--ask`: quantities, and the layers whose name or number a pattern fits; `None`: all and the totals."""

    layers: str | None
    quantities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionList:
    """The questions of one total, and where they come from, as a phrase for the marker.

    `others` counts those that are about no layer of a common net, as in exercises.
    """

    questions: tuple[Question, ...]
    origin: str
    others: int = 0

    @property
    def count(self) -> int:
        return len(self.questions) + self.others


def read_ask(texts: Sequence[str]) -> tuple[Asked, ...]:
    """Reads `LAYERS:QUANTITY,...` or `QUANTITY,...`, as often as it was given. Raises: UsageError."""
    asked = []
    for text in texts:
        layers, colon, names = text.rpartition(":")
        quantities = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
        for name in quantities:
            check_quantity(name)
        if not quantities or (colon and not layers.strip()):
            raise UsageError(Diagnostic("bad-option", "--ask must name a quantity", None, EXAMPLE, quote(text)))
        asked.append(Asked(layers.strip() if colon else None, quantities))
    return tuple(asked)


def check_quantity(name: str) -> None:
    """Refuses a name that is no quantity's. Raises: UsageError."""
    if name not in all_quantities():
        raise UsageError(unknown_quantity(name))


def asked_questions(asked: Sequence[Asked], net: Net) -> QuestionList:
    """Lists the questions of `--ask` in the net's order. Raises: UsageError: if a pattern fits no layer."""
    chosen: set[tuple[int | None, str]] = set()
    for part in asked:
        places = _places(part.layers, net)
        if not places:
            message = f"--ask names no layer of the net: {quote(part.layers or '')}"
            raise UsageError(Diagnostic("bad-option", message, None, "a layer's name or number, totals, or a pattern"))
        chosen |= {(index, name) for index in places for name in part.quantities}
    return QuestionList(_in_order(chosen, net), "those of --ask")


def class_questions(sheets: Sequence[Sheet], net: Net) -> QuestionList:
    """Lists what a class is marked on without `--ask`: the worksheet's questions, else all that anybody answered.

    The worksheet is the one that most sheets are, if at least half of the class filled one in.
    """
    forms = Counter(frozenset(answer.key for answer in sheet.answers) for sheet in sheets if sheet.is_worksheet)
    if 2 * forms.total() >= len(sheets) and forms:
        form = max(forms, key=lambda form: (forms[form], len(form)))
        return QuestionList(_in_order(form, net), "the worksheet's")
    answered = {answer.key for sheet in sheets for answer in sheet.answers if answer.written is not None}
    return QuestionList(_in_order(answered, net), "all that anybody in the class answered, as there is no --ask")


def sheet_questions(sheet: Sheet, net: Net) -> QuestionList:
    """Lists the questions of one sheet that is marked by itself: those that it answers or leaves blank."""
    origin = "the worksheet's" if sheet.is_worksheet else "those that this sheet has, as there is no --ask"
    answers = sorted(sheet.answers, key=lambda answer: (answer.index is None, answer.index or 0))
    return QuestionList(tuple((answer.index, answer.quantity) for answer in answers), origin)


def _places(pattern: str | None, net: Net) -> list[int | None]:
    layers = range(net.layers.inputs, len(net.rows))
    if pattern is None:
        return [*layers, None]
    if pattern.lower() in TOTALS:
        return [None]
    named = net.layers.find(pattern)
    if named is not None:
        return [named]
    return [index for index in layers if fnmatchcase(net.rows[index].name, pattern)]


def _in_order(keys: set[tuple[int | None, str]] | frozenset[tuple[int | None, str]], net: Net) -> tuple[Question, ...]:
    """Sorts questions as a worksheet has them, the totals last; what has no total is not asked of the totals."""
    quantities = all_quantities()
    order = list(quantities)
    last = len(net.rows)
    ordered = sorted(keys, key=lambda key: (last if key[0] is None else key[0], order.index(key[1])))
    return tuple((i, quantities[name]) for i, name in ordered if i is not None or quantities[name].has_total)
