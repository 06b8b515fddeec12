"""What a plot shows: curves over the layers of a net, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, get_args

from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.counts import Quantity
from cnncalc.analysis.memory_figures import Setting
from cnncalc.analysis.report import Extent, Report
from cnncalc.conventions.convention import Side
from cnncalc.memory.footprint import Calculation
from cnncalc.records import record
from cnncalc.tensor import axis_names

Plotted = Literal["rf", "macs", "params", "neurons", "memory"]
PLOTTED: Final[tuple[Plotted, ...]] = get_args(Plotted)
Unit = Literal["positions", "numbers", "bytes"]


@record
class Curve:
    """A value for each layer; `None`: there is none. `told` is the value that stands behind the label in a legend."""

    label: str
    values: tuple[int | None, ...]
    told: Literal["total", "last", "largest"] = "total"

    @property
    def told_value(self) -> int | None:
        """That of the last layer, of the last one that has a value, or the largest."""
        known = [value for value in self.values if value is not None]
        if not known or (self.told == "total" and self.values[-1] is None):
            return None
        return max(known) if self.told == "largest" else known[-1]


@record
class Level:
    """A value to compare with, the same for all layers."""

    label: str
    value: int


@record
class Panel:
    """Curves with one scale; it begins at 0."""

    title: str
    unit: Unit
    curves: tuple[Curve, ...]
    levels: tuple[Level, ...] = ()

    @property
    def top(self) -> int:
        """The largest value, at least 1."""
        values = [value for curve in self.curves for value in curve.values if value is not None]
        return max([1, *values, *(level.value for level in self.levels)])


@record
class Plot:
    """Panels one below the other over the same layers. `stages` names the outermost block of each, or itself."""

    name: str
    layers: tuple[str, ...]
    stages: tuple[str, ...]
    panels: tuple[Panel, ...]


def plot_of(report: Report, analysis: Analysis, plotted: Sequence[Plotted]) -> Plot:
    """Makes the panels that are wanted of a report; one that stops at an error has no memory to show."""
    rows = report.layers
    panels = [_PANELS[name](report, analysis) for name in plotted if name != "memory" or report.error is None]
    stages = tuple(row.path[0] if row.path else row.name for row in rows)
    return Plot(report.name, tuple(row.name for row in rows), stages, tuple(panels))


# Receptive fields -----------------------------------------------------------------------------------------------------


def _fields(report: Report, analysis: Analysis) -> Panel:
    rows = report.layers
    exact = _per_axis("exact", [row.exact.receptive_field for row in rows])
    notes = _per_axis("notes", [row.notes.receptive_field for row in rows])
    return Panel("Receptive field", "positions", (*exact, *notes), _input_sizes(report))


def _per_axis(side: Side, fields: Sequence[Extent]) -> list[Curve]:
    """Returns a curve for each axis, or one if all axes are alike."""
    rank = max((len(field) for field in fields if field is not None), default=0)
    curves = [
        Curve(f"{side}, {axis}", tuple([field[i] if field and i < len(field) else None for field in fields]), "last")
        for i, axis in enumerate(axis_names(rank))
    ]
    alike = len({curve.values for curve in curves}) == 1
    return [Curve(side, curves[0].values, "last")] if alike else curves


def _input_sizes(report: Report) -> tuple[Level, ...]:
    """Returns the sizes of the inputs that have spatial axes, each once."""
    shapes = [row.output_shape[:-1] for row in report.layers if row.name in report.inputs]
    sizes = sorted({size for shape in shapes for size in shape if size is not None})
    return tuple(Level(f"input {size:,}", size) for size in sizes)


# Running totals -------------------------------------------------------------------------------------------------------


def _operations(report: Report, analysis: Analysis) -> Panel:
    curves = (
        Curve("MACs, exact", _running_total(figures.macs for figures in analysis.figures)),
        Curve("operations, notes", _running_total(figures.ops for figures in analysis.figures)),
    )
    return Panel("Operations, added up", "numbers", curves)


def _parameters(report: Report, analysis: Analysis) -> Panel:
    own = [row.params if row.shared_with is None else 0 for row in report.layers]
    trained = [row.trainable_params if row.shared_with is None else 0 for row in report.layers]
    curves = [Curve("parameters", _sums(own))]
    if trained != own:
        curves.append(Curve("trainable", _sums(trained)))
    return Panel("Parameters, added up", "numbers", tuple(curves))


def _neurons(report: Report, analysis: Analysis) -> Panel:
    return Panel("Neurons, added up", "numbers", (Curve("neurons", _sums(row.neurons for row in report.layers)),))


def _running_total(quantities: Iterable[Quantity]) -> tuple[int | None, ...]:
    """Sums what is counted."""
    return _sums(0 if quantity.text is None else quantity.value for quantity in quantities)


def _sums(values: Iterable[int | None]) -> tuple[int | None, ...]:
    """Returns the sum up to each layer; `None` from the first value on that is not known."""
    sums: list[int | None] = []
    so_far: int | None = 0
    for value in values:
        so_far = None if so_far is None or value is None else so_far + value
        sums.append(so_far)
    return tuple(sums)


# Memory ---------------------------------------------------------------------------------------------------------------


def _memory(report: Report, analysis: Analysis) -> Panel:
    calculation = Calculation(analysis, Setting())
    curves = (
        Curve("kept for training", _sums(row.kept for row in calculation.rows())),
        Curve("alive at inference, at most", tuple(calculation.alive()), "largest"),
    )
    return Panel("Memory of activations, one sample in float32", "bytes", curves)


_PANELS: Final[dict[Plotted, Callable[[Report, Analysis], Panel]]] = {
    "rf": _fields,
    "macs": _operations,
    "params": _parameters,
    "neurons": _neurons,
    "memory": _memory,
}
