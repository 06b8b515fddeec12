"""What can be asked about a layer or a net, and the right figure for it in a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final, Literal

from cnncalc.analysis import figures
from cnncalc.analysis.report import Convention, Row, Totals
from cnncalc.errors import Diagnostic, Span, nearest, quote
from cnncalc.marking.layer_names import closest_one

Value = int | Fraction | tuple[int | Fraction | None, ...] | None
"""A figure: a number, sizes (one per axis), or `None` for what is not counted or not known."""
Form = Literal["count", "shape", "extent"]
"""How a figure is written: one number, all sizes of a shape, or one number per spatial axis of the input."""
Marking = Literal["notes", "exact", "either"]
"""The convention that receptive fields and operations are marked by."""

Figure = str
"""A figure without any choice of convention left: its key in the report. `macs` is short for `exact.macs`."""

_FORMS: Final[dict[str, Form]] = {
    "shape": "shape", "count": "count", "sizes": "extent", "strides": "extent", "offsets": "extent",
}  # fmt: skip
"""How the answer for a figure is written, by the figure's form; nobody asks for the others."""
_OF_EXACT: Final = ("macs", "flops", "effective_stride", "offset")
"""Figures of the `exact` convention that need no convention in front."""


def of_record(figure: Figure, record: Row | Totals) -> Value:
    """Returns the right figure of a layer or of the net; `None` if the net has no such total."""
    declared = _declared(figure)
    return declared.of(record) if declared.in_totals or not isinstance(record, Totals) else None


def _declared(figure: Figure) -> figures.Figure:
    return figures.FIGURES[f"exact.{figure}" if figure in _OF_EXACT else figure]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A question: its name in a sheet, how its answer is written, and the figure that answers it in each convention."""

    name: str
    form: Form
    notes: Figure
    exact: Figure

    def figures(self, marking: Marking) -> tuple[Figure, ...]:
        """Lists the figures that are right answers; the first is the one to show."""
        if self.notes == self.exact:
            return (self.notes,)
        return {"notes": (self.notes,), "exact": (self.exact,), "either": (self.notes, self.exact)}[marking]

    @property
    def has_total(self) -> bool:
        return _declared(self.notes).in_totals


_BY_CONVENTION: Final = {
    "receptive_field": Quantity("receptive_field", "extent", "notes.receptive_field", "exact.receptive_field"),
    "ops": Quantity("ops", "count", "notes.ops", "macs"),
}
"""Questions whose answer is another figure in each convention."""


def all_quantities() -> Mapping[str, Quantity]:
    """Lists every question by its name, the names being those of the JSON report."""
    return _questions_about(tuple(figures.FIGURES))


@cache
def _questions_about(keys: tuple[Figure, ...]) -> Mapping[str, Quantity]:
    asked = [key for key in keys if _declared(key).form in _FORMS]
    first = [key for key in asked if "." not in key]
    rest = [key for key in asked if "." in key]
    return {name: _BY_CONVENTION.get(name) or _question(name) for name in (*first, *_OF_EXACT, *rest)}


def _question(name: str) -> Quantity:
    figure = name.removeprefix("exact.") if name.removeprefix("exact.") in _OF_EXACT else name
    return Quantity(name, _FORMS[_declared(name).form], figure, figure)


USUAL: Final = ("output_shape", "neurons", "params", "receptive_field", "ops")
"""What a worksheet asks for unless it is told otherwise."""

_OTHER_WORDS: Final = {
    "shape": "output_shape", "output": "output_shape",
    "parameters": "params", "param": "params", "param_#": "params", "weights": "params",
    "trainable": "trainable_params", "non_trainable": "non_trainable_params",
    "rf": "receptive_field", "field": "receptive_field",
    "operations": "ops", "flop": "flops", "mac": "macs",
    "jump": "effective_stride", "stride": "effective_stride",
}  # fmt: skip


def find_quantity(name: str) -> Quantity | None:
    """Finds the question of a name or of a column's heading, such as `Output shape`, `Param #` or `RF`.

    Capitals, spaces and hyphens don't matter.
    """
    quantities, plain = all_quantities(), _plain(name)
    if plain in quantities:
        return quantities[plain]
    headings = _headings(tuple(figures.FIGURES))
    return quantities.get(_OTHER_WORDS.get(plain, "")) or quantities.get(headings.get(plain, ""))


@cache
def _headings(keys: tuple[Figure, ...]) -> Mapping[str, Figure]:
    """Lists figures by the headings of their columns, in plain letters."""
    return {_plain(_declared(key).heading): key for key in keys}


def misspelt_quantity(name: str) -> Quantity | None:
    """Finds the one question whose name is close to a misspelt one; `None` if none is, or several are."""
    quantities = all_quantities()
    found = closest_one(_plain(name), [name for name in quantities if "." not in name])
    return None if found is None else quantities[found]


def quantity_of(figure: Figure) -> str:
    """Finds the name of the question that a figure answers."""
    return next(quantity.name for quantity in all_quantities().values() if figure in (quantity.notes, quantity.exact))


def unknown_quantity(name: str, span: Span | None = None) -> Diagnostic:
    """Says that a name is no quantity's, and suggests one."""
    other = _OTHER_WORDS.get(_plain(name))
    return Diagnostic(
        "unknown-quantity",
        f"there is no quantity {quote(name)}",
        span,
        expected="one of " + ", ".join(name for name in all_quantities() if "." not in name),
        suggestion=f'did you mean "{other}"?' if other else nearest(name, all_quantities()),
    )


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def in_convention(figure: Figure) -> Convention | None:
    """Returns the convention that a figure belongs to; `None` if both agree."""
    if figure.startswith("notes."):
        return "notes"
    return "exact" if figure in _OF_EXACT or figure.startswith("exact.") else None
