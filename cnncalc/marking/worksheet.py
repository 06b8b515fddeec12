"""Answer sheets to fill in, and the key: data, which a renderer writes as YAML, CSV or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.conventions.convention import CONVENTIONS
from cnncalc.marking.net import Net
from cnncalc.marking.quantities import USUAL, Quantity, Value, all_quantities
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
    """Makes the sheet of a model. `solved` fills everything in; `given` what is not asked for. Raises: SpecError."""
    net = Net(model, convention)
    names = [*(name for name in USUAL if given and name not in ask), *ask]
    order = list(all_quantities())
    quantities = tuple(all_quantities()[name] for name in sorted(dict.fromkeys(names), key=order.index))

    def cell(index: int | None, quantity: Quantity) -> Value | Blank:
        filled = solved or quantity.name not in ask
        return net.right(index, quantity.figures(CONVENTIONS[convention].side)[0]) if filled else BLANK

    lines = []
    for index in range(net.layers.inputs, len(net.rows)):
        row = net.rows[index]
        # A layer may be called as the totals are; its number is its other name.
        key = str(index - net.layers.inputs + 1) if row.name.lower() in TOTALS else row.name
        lines.append(Line(key, row.type, tuple((quantity, cell(index, quantity)) for quantity in quantities)))
    summed = tuple((quantity, cell(None, quantity)) for quantity in quantities if quantity.has_total)
    if summed:
        lines.append(Line(TOTALS[0], None, summed))
    inputs = tuple((row.name, row.output_shape) for row in net.rows[: net.layers.inputs])
    return Worksheet(net.name, inputs, quantities, tuple(lines))
