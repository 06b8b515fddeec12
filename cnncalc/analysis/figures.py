"""What a report says of a layer or of a net: each figure is declared once, in `FIGURES`.

Columns, CSV, JSON and its schema, folded blocks, worksheets, comparisons, limits and `explain` read this table.
A new figure is one entry, with a formula over the symbols that the formulas of layers use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, Literal

Form = Literal["name", "text", "names", "basis", "shape", "number", "count", "sizes", "strides", "offsets"]
"""How a figure is written.

`name` is a text, `text` a text or nothing, `names` a list of names, `basis` says who gives the formula; `shape` has a
size per axis, `number` is a positive integer, `count` an integer or nothing; `sizes`, `strides` and `offsets` have
an entry per spatial axis of the input, or there is nothing.
"""
Fold = Literal["sum", "sum of counted", "own weights", "last", "carried", "basis", "structure"]
"""What a folded block has of a figure: the sum over its layers; the sum of those that are counted; the sum of the
weights that the block owns; what its last layer has, or hands on without an entry of its own; `documented` if all
layers are; a name of its own."""


@dataclass(frozen=True)
class Figure:
    """One figure: a key of the JSON report, dotted if it is nested.

    `heading` stands above its column, `title` names it in a sentence. `in_totals`: a net has it too. `note` is the
    key of the figure that holds remarks about it. `formula` gives the figure of each layer, and the totals have the
    sum; without a formula the figure is what a row, or the totals, hold under the key.
    """

    key: str
    heading: str
    form: Form
    fold: Fold = "structure"
    in_totals: bool = False
    title: str = ""
    description: str = ""
    note: str | None = None
    formula: str | None = None

    @cached_property
    def of(self) -> Callable[[Any], Any]:
        """Reads the figure off a row or off totals."""
        if self.formula is None:
            return attrgetter(self.key)
        return lambda record: record.added.get(self.key)


_PER_AXIS: Final = "one entry per spatial axis of the input"

_ALL: Final = (
    Figure("name", "Layer", "name"),
    Figure("type", "Type", "name", description="the layer kind; InputLayer; block for a folded block"),
    Figure("path", "Path", "names", description="the enclosing block instances, outermost first"),
    Figure("inputs", "Connected to", "names", description="the layers that it reads"),
    Figure("output_shape", "Output Shape", "shape", "last",
           description="channels last, without the batch; null if a size is not known"),
    Figure("instances", "Instances", "number", "last", description="regions behind RoI pooling"),
    Figure("neurons", "Neurons", "count", "sum", in_totals=True, title="number of neurons"),
    Figure("params", "Param #", "count", "own weights", in_totals=True, title="number of parameters"),
    Figure("trainable_params", "Trainable", "count", "own weights", in_totals=True,
           title="number of trainable parameters"),
    Figure("non_trainable_params", "Non-trainable", "count", "own weights", in_totals=True,
           title="number of parameters that are not trained"),
    Figure("shared_with", "Shared with", "text", description="the layer that owns the weights"),
    Figure("receptive_field", "RF", "sizes", in_totals=True, title="receptive field",
           description=f"the chosen convention's: {_PER_AXIS}"),
    Figure("ops", "Ops", "count", in_totals=True, title="number of operations",
           description="the chosen convention's; in exact the multiply-accumulates"),
    Figure("notes.receptive_field", "RF (notes)", "sizes", "carried", in_totals=True, description=_PER_AXIS),
    Figure("notes.ops", "Ops (notes)", "count", "sum of counted", in_totals=True, title="number of operations"),
    Figure("notes.basis.neurons", "Neurons basis", "basis", "basis"),
    Figure("notes.basis.receptive_field", "RF basis", "basis", "basis"),
    Figure("notes.basis.ops", "Ops basis", "basis", "basis"),
    Figure("exact.receptive_field", "RF (exact)", "sizes", "last", in_totals=True, title="exact receptive field",
           description=_PER_AXIS, note="exact.note"),
    Figure("exact.effective_stride", "Effective stride", "strides", "last",
           description=f"{_PER_AXIS}; a fraction is a string"),
    Figure("exact.offset", "Offset", "offsets", "last", description=_PER_AXIS),
    Figure("exact.macs", "MACs", "count", "sum", in_totals=True, title="number of MACs"),
    Figure("exact.flops", "FLOPs", "count", "sum of counted", in_totals=True, title="number of FLOPs"),
    Figure("exact.note", "Note", "text", "last"),
)  # fmt: skip

FIGURES: Final[dict[str, Figure]] = {figure.key: figure for figure in _ALL}
"""Every figure by its key, in the order of a row's JSON."""


def added_figures() -> Iterator[Figure]:
    """Returns the figures that a formula of their own gives."""
    return (figure for figure in FIGURES.values() if figure.formula is not None)


def total_figures() -> Iterator[Figure]:
    """Returns the figures that a net has, too."""
    return (figure for figure in FIGURES.values() if figure.in_totals)
