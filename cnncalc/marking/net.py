"""The net that answers are about: its right figures, and every layer in its context."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.errors import Problem
from cnncalc.layers.merging import Concatenate
from cnncalc.marking.branches import branches
from cnncalc.marking.changes import InputReading
from cnncalc.marking.layer_names import Layers
from cnncalc.marking.quantities import Figure, Value, of_record
from cnncalc.marking.recount import LayerInContext
from cnncalc.model import Model
from cnncalc.tensor import Tensor, volume

_POINTWISE = frozenset({"dropout", "activation", "batch normalization", "normalization"})
"""Families that hand their input's shape on."""


class Net:
    """A model analysed once, for any number of sheets. Raises: SpecError: if a shape does not fit."""

    def __init__(self, model: Model, convention: str = "notes") -> None:
        expansion = model.expansion
        self.name = model.name
        report, self.analysis = analyzed(expansion, convention)
        self.rows, self.totals = report.layers, report.totals
        self.layers = Layers([node.name for node in expansion.nodes], len(expansion.inputs))

    def right(self, index: int | None, figure: Figure) -> Value:
        """Returns the right figure of a layer, or of the totals if `index` is `None`."""
        return of_record(figure, self.totals if index is None else self.rows[index])

    def layer_name(self, index: int | None) -> str:
        return "totals" if index is None else self.rows[index].name


def layer_in_context(analysis: Analysis, index: int) -> LayerInContext:
    """Finds what a layer of an analysed net reads, and might be taken to read."""
    nodes = analysis.expansion.nodes
    node = nodes[index]
    inputs = tuple(analysis.figures[source].output for source in node.inputs) or (analysis.figures[index].output,)
    owner = node.owner if analysis.figures[index].weights else None
    frozen = node.frozen if owner is None else nodes[owner].frozen
    return LayerInContext(analysis.layers[index], inputs, frozen, _readings(analysis, index))


def _readings(analysis: Analysis, index: int) -> tuple[tuple[InputReading, Tensor], ...]:
    """Lists what Flatten and Dense might be taken to read in place of their input."""
    layer = analysis.layers[index]
    if isinstance(layer, Concatenate):
        return tuple(_around_branches(analysis, index))
    if layer.family not in ("flatten", "dense"):
        return ()
    readings: list[tuple[InputReading, Tensor]] = []
    source = _source(analysis, index)
    if source is not None and analysis.layers[source].family == "dropout":
        rate = vars(analysis.layers[source]).get("rate", 0)
        left = (1 - rate) * (analysis.figures[source].output.channels or 0)
        if left.denominator == 1 and len(analysis.figures[source].output.shape) == 1:
            readings.append(("what dropout leaves", Tensor((left.numerator,))))
    flatten = index if layer.family == "flatten" else _behind_pointwise(analysis, source)
    if flatten is None or analysis.layers[flatten].family != "flatten":
        return tuple(readings)
    before = _source(analysis, flatten)
    if before is None:
        return tuple(readings)
    flat = layer.family == "dense"
    shape = analysis.figures[before].output.shape
    if flat:
        readings.append(("channels of the map", Tensor(shape[-1:])))
        positions = volume(shape[:-1])
        if len(shape) > 1 and positions is not None:
            readings.append(("positions of the map", Tensor((positions,))))
    return (*readings, *_around_last_pooling(analysis, before, flat))


def _around_branches(analysis: Analysis, index: int) -> Iterator[tuple[InputReading, Tensor]]:
    """Lists what Concatenate gives if one branch alone counts, or all that is inside the branches."""
    ends = [analysis.figures[source].output.channels for source in analysis.expansion.nodes[index].inputs]
    positions = analysis.figures[analysis.expansion.nodes[index].inputs[0]].output.shape[:-1]
    inside = [
        analysis.figures[layer].output.channels
        for branch in branches(analysis, index)
        for layer in branch
        if analysis.layers[layer].family == "convolution"
    ]
    yield "first branch only", Tensor((*positions, ends[0]))
    yield "last branch only", Tensor((*positions, ends[-1]))
    if inside and None not in inside:
        yield "all convolutions of the branches", Tensor((*positions, sum(size for size in inside if size)))


def _around_last_pooling(analysis: Analysis, index: int, flat: bool) -> list[tuple[InputReading, Tensor]]:
    """Lists the map before the pooling that a layer's output comes from, and the map after one more such pooling."""
    pool = _behind_pointwise(analysis, index)
    while pool is not None and analysis.layers[pool].family == "pooling" and _keeps_shape(analysis, pool):
        pool = _behind_pointwise(analysis, _source(analysis, pool))
    if pool is None or analysis.layers[pool].family != "pooling":
        return []
    before = analysis.figures[analysis.expansion.nodes[pool].inputs[0]].output
    maps: list[tuple[InputReading, Tensor]] = [("map before the last pooling", before)]
    try:
        again = analysis.layers[pool].output((analysis.figures[pool].output,))
        maps.append(("map after one more pooling", again))
    except Problem:
        pass  # the map is too small for another one
    if not flat:
        return maps
    return [(name, Tensor((size,))) for name, x in maps if (size := volume(x.shape)) is not None]


def _source(analysis: Analysis, index: int) -> int | None:
    inputs = analysis.expansion.nodes[index].inputs
    return inputs[0] if len(inputs) == 1 else None


def _behind_pointwise(analysis: Analysis, index: int | None) -> int | None:
    """Finds the layer whose output reaches this one through layers that keep its shape."""
    while index is not None and analysis.layers[index].family in _POINTWISE:
        index = _source(analysis, index)
    return index


def _keeps_shape(analysis: Analysis, index: int) -> bool:
    source = analysis.expansion.nodes[index].inputs[0]
    return analysis.figures[source].output.shape == analysis.figures[index].output.shape
