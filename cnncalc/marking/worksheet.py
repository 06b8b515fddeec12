"""Answer sheets to fill in, and the key: data, which a renderer writes as YAML, CSV or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.conventions.convention import CONVENTIONS
from cnncalc.marking.net import Net
from cnncalc.marking.quantities import USUAL, Figure, Quantity, Value, all_quantities
from cnncalc.marking.questions import asked_questions, read_ask
from cnncalc.marking.records import TOTALS
from cnncalc.model import Model
from cnncalc.tensor import Shape


@dataclass(frozen=True, slots=True)
class Blank:
    """A cell for the student to fill in."""


BLANK: Final = Blank()


@dataclass(frozen=True, slots=True)
class Line:
    """A layer's questions, or with `type` `None` the totals': blank, or filled in (`None`: nothing to count)."""

    key: str
    type: str | None
    cells: tuple[tuple[Quantity, Value | Blank], ...]


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A sheet: the net's name and inputs, the quantities asked for or given, a line per layer, the totals last."""

    model: str
    inputs: tuple[tuple[str, Shape], ...]
    quantities: tuple[Quantity, ...]
    lines: tuple[Line, ...]


def worksheet(
    model: Model,
    ask: Sequence[str] = USUAL,
    *,
    solved: bool = False,
    given: bool = False,
    convention: str = "notes",
) -> Worksheet:
    """Makes the sheet of a model with the questions of `ask`, as `cnncalc check --ask` reads them.

    `solved` fills everything in; `given` what is not asked for. Raises: SpecError; UsageError: if `ask` is none.
    """
    net = Net(model, convention)
    asked = {(index, quantity.name) for index, quantity in asked_questions(read_ask(ask), net).questions}
    names = {name for _, name in asked} | (set(USUAL) if given else set())
    quantities = tuple(quantity for name, quantity in all_quantities().items() if name in names)

    def cells(index: int | None) -> tuple[tuple[Quantity, Value | Blank], ...]:
        return tuple(
            (quantity, BLANK if is_asked and not solved else net.right(index, _figure(quantity, convention)))
            for quantity in quantities
            if index is not None or quantity.has_total
            if (is_asked := (index, quantity.name) in asked) or given
        )

    lines = []
    for index in range(net.layers.inputs, len(net.rows)):
        row = net.rows[index]
        # A layer may be called as the totals are; its number is its other name.
        key = str(index - net.layers.inputs + 1) if row.name.lower() in TOTALS else row.name
        lines.append(Line(key, row.type, cells(index)))
    lines.append(Line(TOTALS[0], None, cells(None)))
    inputs = tuple((row.name, row.output_shape) for row in net.rows[: net.layers.inputs])
    return Worksheet(net.name, inputs, quantities, tuple(line for line in lines if line.cells))


def _figure(quantity: Quantity, convention: str) -> Figure:
    return quantity.figures(CONVENTIONS[convention].side)[0]
