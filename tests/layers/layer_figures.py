"""One layer by itself: what it makes of an input, for the tests beside this file."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cnncalc.errors import Problem
from cnncalc.formula import Number, Symbol, formula
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.receptive_fields.reach import PerAxis
from cnncalc.tensor import Shape, Tensor

Arguments = Mapping[str, object]


def build(kind: str, arguments: Arguments) -> Layer:
    return registry.build(kind, arguments)


def shape_of(kind: str, arguments: Arguments, *inputs: Shape) -> Shape:
    return build(kind, arguments).output([Tensor(x) for x in inputs]).shape


def figure(layer: Layer, text: str, *inputs: Shape) -> Number | None:
    y = layer.output([Tensor(x) for x in inputs]).shape
    symbols: dict[str, Symbol] = layer.symbols(inputs[0], y) | {"inputs": len(inputs)}
    symbols["macs"] = formula(layer.macs()).evaluate(symbols)
    return formula(text).evaluate(symbols)


def weights(kind: str, arguments: Arguments, x: Shape) -> dict[str, tuple[Number | None, bool]]:
    layer = build(kind, arguments)
    return {weight.name: (figure(layer, weight.text, x), weight.trainable) for weight in layer.weights(x)}


def counts(kind: str, arguments: Arguments, *inputs: Shape) -> tuple[Number | None, Number | None]:
    """MACs and FLOPs."""
    layer = build(kind, arguments)
    flops = layer.flops(inputs[0])
    assert flops is not None
    return figure(layer, layer.macs(), *inputs), figure(layer, flops, *inputs)


def reach_of(kind: str, arguments: Arguments, x: Shape) -> object:
    layer = build(kind, arguments)
    reach = layer.reach(x, layer.infer_shape(x))
    return reach.axes if isinstance(reach, PerAxis) else reach


def problem(kind: str, arguments: Arguments, *inputs: Shape) -> Problem:
    with pytest.raises(Problem) as caught:
        shape_of(kind, arguments, *(inputs or ((4, 5, 6),)))
    return caught.value
