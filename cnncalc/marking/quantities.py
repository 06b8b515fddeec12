"""What can be asked about a layer or a net, and the right figure for it in a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from cnncalc.analysis.report import Convention, Row, Totals
from cnncalc.errors import nearest

Value = int | Fraction | tuple[int | Fraction | None, ...] | None
"""A figure: a number, sizes (one per axis), or `None` for what is not counted or not known."""
Form = Literal["count", "shape", "extent"]
"""How a figure is written: one number, all sizes of a shape, or one number per spatial axis of the input."""
Marking = Literal["notes", "exact", "either"]
"""The convention that receptive fields and operations are marked by."""

Figure = Literal[
    "output_shape", "neurons", "params", "trainable_params", "non_trainable_params",
    "notes.receptive_field", "exact.receptive_field", "notes.ops", "macs", "flops", "effective_stride", "offset",
]  # fmt: skip
"""A figure without any choice of convention left."""

_OF_ROW: Final[dict[Figure, Callable[[Row], Value]]] = {
    "output_shape": lambda row: row.output_shape,
    "neurons": lambda row: row.neurons,
    "params": lambda row: row.params,
    "trainable_params": lambda row: row.trainable_params,
    "non_trainable_params": lambda row: row.non_trainable_params,
    "notes.receptive_field": lambda row: row.notes.receptive_field,
    "exact.receptive_field": lambda row: row.exact.receptive_field,
    "notes.ops": lambda row: row.notes.ops,
    "macs": lambda row: row.exact.macs,
    "flops": lambda row: row.exact.flops,
    "effective_stride": lambda row: row.exact.effective_stride,
    "offset": lambda row: row.exact.offset,
}
_OF_TOTALS: Final[dict[Figure, Callable[[Totals], Value]]] = {
    "neurons": lambda totals: totals.neurons,
    "params": lambda totals: totals.params,
    "trainable_params": lambda totals: totals.trainable_params,
    "non_trainable_params": lambda totals: totals.non_trainable_params,
    "notes.receptive_field": lambda totals: totals.notes.receptive_field,
    "exact.receptive_field": lambda totals: totals.exact.receptive_field,
    "notes.ops": lambda totals: totals.notes.ops,
    "macs": lambda totals: totals.exact.macs,
    "flops": lambda totals: totals.exact.flops,
}


def of_row(figure: Figure, row: Row) -> Value:
    """A layer's right figure."""
    return _OF_ROW[figure](row)


def of_totals(figure: Figure, totals: Totals) -> Value:
    """The net's right figure; `None` for one that has no total."""
    return _OF_TOTALS[figure](totals) if figure in _OF_TOTALS else None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A question: its name in a sheet, how its answer is written, and the figure that answers it in each convention."""

    name: str
    form: Form
    notes: Figure
    exact: Figure

    def figures(self, marking: Marking) -> tuple[Figure, ...]:
        """The figures that are right answers; the first is the one to show."""
        if self.notes == self.exact:
            return (self.notes,)
        return {"notes": (self.notes,), "exact": (self.exact,), "either": (self.notes, self.exact)}[marking]

    @property
    def has_total(self) -> bool:
        return self.notes in _OF_TOTALS


def _one(name: str, form: Form, figure: Figure) -> Quantity:
    return Quantity(name, form, figure, figure)


_ALL: Final = (
    _one("output_shape", "shape", "output_shape"),
    _one("neurons", "count", "neurons"),
    _one("params", "count", "params"),
    _one("trainable_params", "count", "trainable_params"),
    _one("non_trainable_params", "count", "non_trainable_params"),
    Quantity("receptive_field", "extent", "notes.receptive_field", "exact.receptive_field"),
    Quantity("ops", "count", "notes.ops", "macs"),
    _one("macs", "count", "macs"),
    _one("flops", "count", "flops"),
    _one("effective_stride", "extent", "effective_stride"),
    _one("offset", "extent", "offset"),
    _one("notes.receptive_field", "extent", "notes.receptive_field"),
    _one("notes.ops", "count", "notes.ops"),
    _one("exact.receptive_field", "extent", "exact.receptive_field"),
    _one("exact.macs", "count", "macs"),
    _one("exact.flops", "count", "flops"),
    _one("exact.effective_stride", "extent", "effective_stride"),
    _one("exact.offset", "extent", "offset"),
)
QUANTITIES: Final[dict[str, Quantity]] = {quantity.name: quantity for quantity in _ALL}
"""Every question by its name, the names being those of the JSON report."""
USUAL: Final = ("output_shape", "neurons", "params", "receptive_field", "ops")
"""What a worksheet asks for unless it is told otherwise."""

_OTHER_WORDS: Final = {
    "shape": "output_shape",
    "output": "output_shape",
    "parameters": "params",
    "param": "params",
    "weights": "params",
    "trainable": "trainable_params",
    "non_trainable": "non_trainable_params",
    "rf": "receptive_field",
    "field": "receptive_field",
    "operations": "ops",
    "flop": "flops",
    "mac": "macs",
    "jump": "effective_stride",
    "stride": "effective_stride",
}


def find_quantity(name: str) -> Quantity | None:
    """The question of a name; capitals, spaces and hyphens don't matter: `Output shape`."""
    return QUANTITIES.get(_plain(name))


def quantity_of(figure: Figure) -> str:
    """The name of the question that a figure answers."""
    return next(quantity.name for quantity in _ALL if figure in (quantity.notes, quantity.exact))


def suggest_quantity(name: str) -> str | None:
    """`did you mean "params"?` for a name that is none."""
    other = _OTHER_WORDS.get(_plain(name))
    return f'did you mean "{other}"?' if other else nearest(name, QUANTITIES)


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def in_convention(figure: Figure) -> Convention | None:
    """Returns the convention that a figure belongs to; `None` if both agree."""
    if figure.startswith("notes."):
        return "notes"
    return None if figure in ("output_shape", "neurons") or figure.endswith("params") else "exact"
