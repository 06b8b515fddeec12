"""One layer in cnncalc and in Keras, built from the same arguments: what each reports, or that it refuses.

assert calculated("Conv2D", {"filters": 8, "kernel_size": 3}, (28, 28, 1)) == reported("Conv2D", ...)
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from cnncalc.errors import Problem
from cnncalc.formula import formula
from cnncalc.layers.merging import Merge
from cnncalc.layers.registry import IGNORED_ARGUMENTS, build, layer_class
from cnncalc.tensor import Shape, Tensor

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("torch")
keras = pytest.importorskip("keras")

import numpy as np  # noqa: E402  (comes with Keras)


@dataclass(frozen=True)
class Figures:
    """What is compared. The shape is without the batch."""

    shape: Shape
    trainable: int
    non_trainable: int


def exact(value: object) -> object:
    """An argument as the reader of specs hands it on: no floats, but fractions."""
    if isinstance(value, float):
        return Fraction(str(value))
    if isinstance(value, (list, tuple)):
        return [exact(entry) for entry in value]
    if isinstance(value, Mapping):
        return {name: exact(entry) for name, entry in value.items()}
    return value


def calculated(kind: str, arguments: Mapping[str, object], *shapes: Shape) -> Figures | None:
    """What cnncalc says; `None` if it refuses the arguments or the input."""
    ignored = IGNORED_ARGUMENTS | layer_class(kind).ignored  # the reader of specs keeps them from the layer
    try:
        layer = build(kind, {name: exact(value) for name, value in arguments.items() if name not in ignored})
        y = layer.output([Tensor(shape) for shape in shapes]).shape
        symbols = layer.merged_symbols(shapes, y) if isinstance(layer, Merge) else layer.symbols(shapes[0], y)
        counts = {True: 0, False: 0}
        for weight in layer.weights(shapes[0]):
            size = formula(weight.text).evaluate(symbols)
            assert isinstance(size, int), f"{kind} {arguments} on {shapes}: {weight} has no size"
            counts[weight.trainable] += size
        return Figures(y, counts[True], counts[False])
    except Problem:
        return None


def _inner(value: object) -> object:
    """An argument for Keras: a layer that is written as a mapping is made."""
    if not isinstance(value, Mapping):
        return value
    [(kind, arguments)] = value.items()
    return getattr(keras.layers, kind)(**arguments)


def _called(layer: Any, kind: str) -> Callable[[list[Any]], Any]:
    """How a layer of Keras's takes its inputs: attention with projections takes query, value and key one by one."""
    if kind in ("MultiHeadAttention", "GroupQueryAttention"):
        return lambda inputs: layer(*(inputs if len(inputs) > 1 else 2 * inputs))
    return lambda inputs: layer(inputs if len(inputs) > 1 else inputs[0])


def reported(kind: str, arguments: Mapping[str, object], *shapes: Shape, run: bool = True) -> Figures | None:
    """What Keras says; `None` where it refuses, be it only when zeros run through the layer (`run`, sizes known)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layer = getattr(keras.layers, kind)(**{name: _inner(value) for name, value in arguments.items()})
            inputs = [keras.Input(shape) for shape in shapes]
            call = _called(layer, kind)
            y = tuple(call(inputs).shape[1:])
            if run and not any(None in shape for shape in shapes):
                zeros = [np.zeros((1, *shape), "float32") for shape in shapes]
                ran = tuple(call(zeros).shape[1:])
                assert ran == y, f"Keras announces {y}, but what runs has shape {ran}"
    except Exception:  # whatever stops Keras is its refusal, a shape other than the announced one included
        return None
    return Figures(
        y,
        sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights),
        sum(int(np.prod(weight.shape)) for weight in layer.non_trainable_weights),
    )
