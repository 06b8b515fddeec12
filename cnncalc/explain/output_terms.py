"""The terms of an output shape, of layers that read one tensor and of merges alike."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.layers.base import Layer, Term
from cnncalc.layers.input import InputLayer
from cnncalc.layers.merging import Merge
from cnncalc.tensor import Tensor


def output_terms(layer: Layer, inputs: Sequence[Tensor]) -> tuple[Term, ...]:
    """One term per size of the output shape; none for an input, whose shape is written in the spec."""
    if isinstance(layer, InputLayer):
        return ()
    if isinstance(layer, Merge):
        return layer.merged_terms([tensor.shape for tensor in inputs])
    return layer.output_terms(inputs[0].shape)
