"""What a layer's formulas read and what its output shape is, of layers that read one tensor and of merges alike."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.formula import Symbol
from cnncalc.layers.base import Layer, Term
from cnncalc.layers.input import InputLayer
from cnncalc.layers.merging import Merge
from cnncalc.tensor import Shape


def output_terms(layer: Layer, shapes: Sequence[Shape]) -> tuple[Term, ...]:
    """Returns one term per size of the output of a layer that reads these shapes; none for an input, whose shape is
    written.
    """
    if isinstance(layer, InputLayer):
        return ()
    if not shapes:
        return layer.output_terms(())
    return layer.merged_terms(shapes) if isinstance(layer, Merge) else layer.output_terms(shapes[0])


def layer_symbols(layer: Layer, shapes: Sequence[Shape], y: Shape) -> dict[str, Symbol]:
    """Gives the symbols of a layer's formulas if it reads tensors of these shapes and its output has the shape `y`."""
    if isinstance(layer, Merge):
        symbols = layer.merged_symbols(shapes, y)
    else:
        symbols = layer.symbols(shapes[0] if shapes else y, y)
    symbols["inputs"] = len(shapes)
    return symbols
