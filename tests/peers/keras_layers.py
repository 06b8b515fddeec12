"""What judges a layer of a random network: Keras's layer, or an operation or module of PyTorch dressed as one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import torch

from cnncalc.layers.registry import layer_class
from cnncalc.tensor import Shape
from tests.peers.operations import BATCH, OPERATIONS
from tests.peers.torch_layers import torch_layer

OTHER_NAMES = {"GroupedQueryAttention": "GroupQueryAttention"}
"""What Keras exports kinds as, where that is not the class's name."""
ONE_BY_ONE = ("MultiHeadAttention", "GroupedQueryAttention")
"""Attention with projections takes query, value and key one by one."""


def keras_layer(kind: str, arguments: dict[str, Any], x: Shape) -> keras.layers.Layer:
    """Keras's layer, or a PyTorch module dressed as one."""
    if kind in SOURCES:
        return SOURCES[kind](**arguments)
    kind_in_keras = OTHER_NAMES.get(kind, kind)
    if kind in OPERATIONS and (not hasattr(keras.layers, kind) or None in as_list(arguments.get("output_size"))):
        return OperationLayer(kind, arguments)
    if not hasattr(keras.layers, kind_in_keras) or needs_torch(kind, arguments):
        return TorchLayer(kind, arguments, x)
    known = {name: value for name, value in arguments.items() if not (name == "ceil_mode" or lacks_groups(kind, name))}
    if inside := known.pop("model", None) or known.get("layer"):
        known["layer"] = inner_layer(inside)
    layer: keras.layers.Layer = getattr(keras.layers, kind_in_keras)(**known)
    return layer


def called(kind: str, layer: keras.layers.Layer, tensors: Sequence[Any]) -> Any:
    """What comes out of a layer that reads these tensors."""
    if kind in ONE_BY_ONE:
        return layer(*(tensors if len(tensors) > 1 else 2 * list(tensors)))
    return layer(list(tensors) if layer_class(kind).merges and len(tensors) > 1 else tensors[0])


def inner_layer(written: Any) -> keras.layers.Layer:
    """The layer, or the model of several, inside of a wrapper."""
    if isinstance(written, list):
        return keras.Sequential([inner_layer(entry) for entry in written])
    [(kind, arguments)] = written.items()
    return getattr(keras.layers, kind)(**arguments)


def lacks_groups(kind: str, name: str) -> bool:
    return name == "groups" and kind.endswith("Transpose")


def needs_torch(kind: str, arguments: Mapping[str, Any]) -> bool:
    """Whether Keras lacks one of these arguments of a kind that it has, or one of their values."""
    windows = "Conv" in kind or kind.startswith(("MaxPooling", "AveragePooling"))
    if not windows:
        return False
    padded = not isinstance(arguments.get("padding", "valid"), str)
    grouped = kind.endswith("Transpose") and arguments.get("groups", 1) > 1
    steps = [arguments.get(name, 1) for name in ("strides", "dilation_rate")]
    both = "Conv" in kind and all(max(step if isinstance(step, list) else [step]) > 1 for step in steps)
    return padded or grouped or both or bool(arguments.get("ceil_mode"))


def as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


class OperationLayer(keras.layers.Layer):
    """An operation of keras.ops, or of PyTorch's, as a layer: zeros run through it where the sizes are known."""

    def __init__(self, kind: str, arguments: Mapping[str, Any]) -> None:
        super().__init__()
        self.operation = OPERATIONS[kind]
        self.arguments = {name: value for name, value in arguments.items() if name not in ("x_min", "x_max")}

    def compute_output_spec(self, inputs: Any) -> Any:
        given = inputs if isinstance(inputs, list) else [inputs]
        rank = max(len(tensor.shape) for tensor in given)  # a merge aligns the axes of one sample
        shapes = [(BATCH, *(1,) * (rank - len(tensor.shape)), *tensor.shape[1:]) for tensor in given]
        with torch.no_grad():
            y = self.operation(*(np.ones(shape, "float32") for shape in shapes), **self.arguments)
        if y.ndim < 2:
            raise ValueError("nothing but the batch is left")
        return keras.KerasTensor((None, *y.shape[1:]))


class TorchLayer(keras.layers.Layer):
    """A PyTorch module of channels-first maps as a Keras layer of channels-last ones: one sample is computed."""

    def __init__(self, kind: str, arguments: Mapping[str, Any], x: Shape) -> None:
        super().__init__()
        self.regions = arguments.get("regions", 1)
        self.make = lambda: torch_layer(kind, arguments, x[-1] or 0).eval()

    def build(self, input_shape: Sequence[int | None]) -> None:
        for weight in self.make().parameters():
            self.add_weight(shape=tuple(weight.shape))

    def compute_output_spec(self, x: Any) -> Any:
        with torch.no_grad():
            count, channels, *spatial = self.make()(torch.zeros(1, x.shape[-1], *x.shape[1:-1])).shape
        assert count == self.regions
        return keras.KerasTensor((None, *spatial, channels))


class ParameterLayer(keras.layers.Layer):
    """A weight as a tensor of its own; what it is called with only says that there is a net."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.sizes = tuple(shape)

    def build(self, input_shape: Sequence[int | None]) -> None:
        self.add_weight(shape=self.sizes)

    def compute_output_spec(self, x: Any) -> Any:
        return keras.KerasTensor((None, *self.sizes))


class OpaqueLayer(ParameterLayer):
    """A layer of which a shape and a number of weights are said."""

    def __init__(self, output_shape: Sequence[int], params: int = 0) -> None:
        super().__init__(output_shape)
        self.params = params

    def build(self, input_shape: Sequence[int | None]) -> None:
        if self.params:
            self.add_weight(shape=(self.params,))


SOURCES = {"Parameter": ParameterLayer, "Opaque": OpaqueLayer}
