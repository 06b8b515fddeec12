"""The terms of an output shape, of layers that read one tensor and of merges alike."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.layers.base import Layer, Term
from cnncalc.layers.input import InputLayer
from cnncalc.layers.merging import Merge
from cnncalc.tensor import Shape


def output_terms(layer: Layer, shapes: Sequence[Shape]) -> tuple[Term, ...]:
    """One term per size of the output of a layer that reads these shapes; none for an input, whose shape is written."""
    if isinstance(layer, InputLayer):
        return ()
    if not shapes:
        return layer.output_terms(())
    return layer.merged_terms(shapes) if isinstance(layer, Merge) else layer.output_terms(shapes[0])
